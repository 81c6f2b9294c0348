/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "measure/types.h"

G_BEGIN_DECLS

/*
 * A number over time: depth of the queue, utilisation, throughput ...
 *
 * A series is of samples or of stretches. A sample is what was found at a moment, and holds until
 * the next one comes. A stretch is what holds of a piece of time, as a rate does; stretches follow
 * each other without a gap, so the sum of their values times their lengths is exact.
 * They come in the order of time, from one writer; any thread may read (one short lock inside).
 * Past its capacity the series halves itself: pairs become one that keeps their minimum, maximum
 * and time-weighted mean, so memory is bounded and a one-sample spike stays visible at every zoom.
 */

/* What a piece of time looked like. known FALSE: nothing is known of it. */
typedef struct {
  double min;
  double max;
  double mean;
  guint n_samples; /* that were taken in it, or stretches that begin in it */
  gboolean known;  /* one was, or a stretch covers a part of it */
} HeddleSeriesCell;

HeddleSeries *heddle_series_new (const char *name, const char *unit, guint capacity);
HeddleSeries *heddle_series_new_of_stretches (const char *name, const char *unit,
                                              guint capacity);
HeddleSeries *heddle_series_ref (HeddleSeries *self);
void heddle_series_unref (HeddleSeries *self);
const char *heddle_series_get_name (HeddleSeries *self);
const char *heddle_series_get_unit (HeddleSeries *self);
gboolean heddle_series_is_of_stretches (HeddleSeries *self);
void heddle_series_add (HeddleSeries *self, gint64 time, double value);
void heddle_series_add_stretch (HeddleSeries *self, gint64 begin, gint64 end, double value);
void heddle_series_replace_last_stretch (HeddleSeries *self, gint64 end, double value);
guint heddle_series_get_length (HeddleSeries *self);
guint64 heddle_series_get_serial (HeddleSeries *self);
gboolean heddle_series_get_last (HeddleSeries *self, gint64 *time, double *value);
gint64 heddle_series_get_known_until (HeddleSeries *self);
gboolean heddle_series_get_range (HeddleSeries *self, gint64 begin, gint64 end, double *min,
                                  double *max);
gsize heddle_series_get_bytes (HeddleSeries *self);
void heddle_series_get_cells (HeddleSeries *self, gint64 begin, gint64 end, HeddleSeriesCell *cells,
                              guint n_cells);

G_END_DECLS
