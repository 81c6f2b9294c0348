/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

#include "charts/state-colours.h"

G_BEGIN_DECLS

/*
 * The dense part of a chart, thousands of small rectangles, as one picture.
 *
 * A rectangle that is a render node of its own costs about a microsecond when it is made and drawn;
 * in memory it costs its pixels. All calls in pixels of the widget; the picture has @scale times as
 * many, so that it is sharp on dense displays. Main loop only.
 *
 * Measured with `tests/charts/chart-gallery --live --seconds 10` and GTK 4.8.3. A GTK that draws
 * thousands of colour nodes in less than a millisecond with its cairo renderer makes it
 * unnecessary.
 */
typedef struct {
  /* a reference (g_atomic_rc_box): premultiplied, as CAIRO_FORMAT_ARGB32 has them */
  guint32 *pixels;
  int x, y;         /* of its upper left corner in the widget */
  int width, height; /* of the picture */
  int scale;
  int limit;        /* column from which on it is drawn */
  int phase;        /* pixels by which patterns are moved to the left, at least 0 */
  gboolean drawn;   /* anything at all */
} HeddleRaster;

/* What was drawn into pictures since the program began. */
typedef struct {
  guint64 n_pictures;   /* handed over */
  guint64 n_rectangles; /* and areas with a pattern; those outside of their picture are none */
  guint64 n_pixels;     /* that these covered, of the display: one twice where two lie over it */
} HeddleRasterDrawn;

void heddle_raster_begin (HeddleRaster *self, int x, int y, int width, int height, int scale);
void heddle_raster_begin_moved (HeddleRaster *self, const HeddleRaster *old, int left);
void heddle_raster_clear_rect (HeddleRaster *self, int x, int y, int height);
void heddle_raster_limit (HeddleRaster *self, int x);
HeddleRaster heddle_raster_copy (const HeddleRaster *self);
void heddle_raster_clear (HeddleRaster *self);
void heddle_raster_rect (HeddleRaster *self, float x, float y, float width, float height,
                         const GdkRGBA *colour);
void heddle_raster_pattern (HeddleRaster *self, float x, float y, float width, float height,
                            HeddlePattern pattern, const GdkRGBA *colour);
void heddle_raster_end (HeddleRaster *self, GtkSnapshot *snapshot);
HeddleRasterDrawn heddle_raster_get_drawn (void);

G_END_DECLS
