/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "measure/types.h"

G_BEGIN_DECLS

/*
 * A number over time: depth of the queue, utilisation, throughput ...
 *
 * Samples come in the order of time, from one writer; any thread may read (one short lock inside).
 * Past its capacity the series halves itself: pairs of samples become one that keeps their minimum, maximum and
 * time-weighted mean, so memory is bounded and a one-sample spike stays visible at every zoom.
 */

/* What a stretch of time looked like. n_samples 0: nothing was measured in it. */
typedef struct {
  double min;
  double max;
  double mean;
  guint n_samples;
} HeddleSeriesCell;

HeddleSeries *heddle_series_new (const char *name, const char *unit, guint capacity);
HeddleSeries *heddle_series_ref (HeddleSeries *self);
void heddle_series_unref (HeddleSeries *self);
const char *heddle_series_get_name (HeddleSeries *self);
const char *heddle_series_get_unit (HeddleSeries *self);
void heddle_series_add (HeddleSeries *self, gint64 time, double value);
guint heddle_series_get_length (HeddleSeries *self);
guint64 heddle_series_get_serial (HeddleSeries *self);
gboolean heddle_series_get_last (HeddleSeries *self, gint64 *time, double *value);
gboolean heddle_series_get_range (HeddleSeries *self, gint64 begin, gint64 end, double *min, double *max);
gsize heddle_series_get_bytes (HeddleSeries *self);
void heddle_series_get_cells (HeddleSeries *self, gint64 begin, gint64 end, HeddleSeriesCell *cells, guint n_cells);

G_END_DECLS
