/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

#include "measure/histogram.h"
#include "measure/pulse.h"
#include "measure/series.h"
#include "trace/lane-store.h"

G_BEGIN_DECLS

/* Made-up data for tests of the charts and for their gallery; the same numbers give the same
 * data. */
HeddleLaneStore *sample_lanes (guint n_lanes, guint n_spans, gint64 begin, gint64 end,
                               gsize budget);
HeddleSeries *sample_utilisation (gint64 begin, gint64 end, guint n);
HeddleSeries *sample_throughput (gint64 begin, gint64 end, guint n);
HeddleSeries *sample_queue (gint64 begin, gint64 end, guint n);
void sample_histogram (HeddleHistogram *histogram, guint n);
void sample_reading (HeddlePulseReading *reading);

/* Rendering without a window, with the cairo renderer. */
GskRenderNode *sample_snapshot (GtkWidget *chart, int width, int height);
GdkTexture *sample_render (GskRenderNode *node, int width, int height, const GdkRGBA *background);
guint sample_count_nodes (GskRenderNode *node, guint *n_other);

G_END_DECLS
