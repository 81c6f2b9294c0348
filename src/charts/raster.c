/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <math.h>
#include <string.h>

#include "charts/raster.h"

#define WHOLE 256 /* a pixel that is covered whole */

/* So that benchmarks can say that they compare equal amounts. Main loop only. */
static HeddleRasterDrawn drawn;

/* A stretch of pixels along one axis: how much of its first and last is covered, all between are
 * covered whole. */
typedef struct {
  int from, to; /* @to is beyond the last */
  guint first, last;
} Stretch;

/**
 * heddle_raster_begin:
 * @self: memory for a picture, in any state but begun
 * @x: left edge of the picture in the widget
 * @y: its upper edge
 * @width: its width
 * @height: its height
 * @scale: pixels of the display to one of the widget
 *
 * Begins an empty, transparent picture. Parts of rectangles that lie outside are not drawn.
 */
void
heddle_raster_begin (HeddleRaster *self, int x, int y, int width, int height, int scale)
{
  *self = (HeddleRaster){ .x = x,
                          .y = y,
                          .width = MAX (width, 0) * scale,
                          .height = MAX (height, 0) * scale,
                          .scale = scale };
  if (self->width > 0 && self->height > 0)
    self->pixels =
      g_atomic_rc_box_alloc0 ((gsize) self->width * (gsize) self->height * sizeof *self->pixels);
}

/**
 * heddle_raster_begin_moved:
 * @self: memory for a picture, in any state but begun
 * @old: a picture; it stays as it is
 * @left: how far, at least 0
 *
 * Begins a picture that shows what @old shows, moved to the left. What comes in at the right is
 * empty.
 */
void
heddle_raster_begin_moved (HeddleRaster *self, const HeddleRaster *old, int left)
{
  int away = MIN (left * old->scale, old->width);
  gsize kept = (gsize) (old->width - away) * sizeof *old->pixels,
        empty = (gsize) away * sizeof *old->pixels;

  *self = *old;
  self->limit = 0;
  self->pixels =
    g_atomic_rc_box_alloc ((gsize) old->width * (gsize) old->height * sizeof *self->pixels);
  for (int row = 0; row < self->height; row++)
    {
      guint32 *line = self->pixels + (gsize) row * (gsize) self->width;

      memcpy (line, old->pixels + (gsize) row * (gsize) self->width + away, kept);
      memset ((guchar *) line + kept, 0, empty);
    }
}

/**
 * heddle_raster_clear_rect:
 * @self: a picture that was begun
 * @x: left edge, in the widget
 * @y: upper edge
 * @height: of the stretch
 *
 * Empties a stretch from @x to the right edge.
 */
void
heddle_raster_clear_rect (HeddleRaster *self, int x, int y, int height)
{
  int from = CLAMP ((x - self->x) * self->scale, 0, self->width);
  int top = CLAMP ((y - self->y) * self->scale, 0, self->height),
      bottom = CLAMP ((y + height - self->y) * self->scale, 0, self->height);

  for (int row = top; row < bottom; row++)
    memset (self->pixels + (gsize) row * (gsize) self->width + from, 0,
            (gsize) (self->width - from) * sizeof *self->pixels);
}

/**
 * heddle_raster_limit:
 * @self: a picture that was begun
 * @x: in the widget
 *
 * From now on nothing left of @x is drawn.
 */
void
heddle_raster_limit (HeddleRaster *self, int x)
{
  self->limit = CLAMP ((x - self->x) * self->scale, 0, self->width);
}

/**
 * heddle_raster_copy:
 *
 * Returns: (transfer full): the same picture, which is not to be drawn on any more: free with
 * heddle_raster_clear()
 */
HeddleRaster
heddle_raster_copy (const HeddleRaster *self)
{
  HeddleRaster copy = *self;

  if (copy.pixels != NULL)
    g_atomic_rc_box_acquire (copy.pixels);
  return copy;
}

void
heddle_raster_clear (HeddleRaster *self)
{
  g_clear_pointer (&self->pixels, g_atomic_rc_box_release);
}

/* Which pixels from @first on, and of @n in all, lie between @begin and @end. */
static gboolean
stretch_init (Stretch *self, float begin, float end, int first, int n)
{
  begin = MAX (begin, (float) first);
  end = MIN (end, (float) n);
  if (!(end > begin))
    return FALSE;

  self->from = (int) begin;
  self->to = (int) ceilf (end);
  self->first = (guint) lroundf (WHOLE * (MIN (end, (float) (self->from + 1)) - begin));
  self->last = self->to - self->from == 1
    ? self->first
    : (guint) lroundf (WHOLE * (end - (float) (self->to - 1)));
  return TRUE;
}

static inline guint
stretch_at (const Stretch *self, int i)
{
  return i == self->from ? self->first : i == self->to - 1 ? self->last : WHOLE;
}

/* @colour by @alpha (0 to 256), two channels at a time. */
static inline guint32
scaled (guint32 colour, guint alpha)
{
  guint32 even = (((colour & 0x00ff00ff) * alpha) >> 8) & 0x00ff00ff;
  guint32 odd = (((colour >> 8) & 0x00ff00ff) * alpha) & 0xff00ff00;

  return even | odd;
}

/* Premultiplied source over destination. */
static inline guint32
over (guint32 source, guint32 destination)
{
  guint alpha = source >> 24;

  return source + scaled (destination, WHOLE - alpha - (alpha >> 7));
}

static guint32
premultiplied (const GdkRGBA *colour)
{
  guint alpha = (guint) lroundf (255 * colour->alpha);
  guint red = (guint) lroundf (255 * colour->red * colour->alpha);
  guint green = (guint) lroundf (255 * colour->green * colour->alpha);
  guint blue = (guint) lroundf (255 * colour->blue * colour->alpha);

  return alpha << 24 | MIN (red, alpha) << 16 | MIN (green, alpha) << 8 | MIN (blue, alpha);
}

/**
 * heddle_raster_rect:
 * @self: a picture that was begun
 * @x: left edge, in the widget
 * @y: upper edge
 * @width: may be 0 or less: then nothing is drawn
 * @height: may be 0 or less
 * @colour: its colour, laid over what is there
 *
 * Edges between two pixels are smoothed by the share of the pixel they cover.
 */
void
heddle_raster_rect (HeddleRaster *self, float x, float y, float width, float height,
                    const GdkRGBA *colour)
{
  float scale = (float) self->scale, left = (x - (float) self->x) * scale,
        top = (y - (float) self->y) * scale;
  guint32 whole = premultiplied (colour);
  Stretch columns, rows;

  if (self->pixels == NULL
      || !stretch_init (&columns, left, left + width * scale, self->limit, self->width)
      || !stretch_init (&rows, top, top + height * scale, 0, self->height))
    return;

  self->drawn = TRUE;
  drawn.n_rectangles++;
  drawn.n_pixels += (guint64) (rows.to - rows.from) * (guint64) (columns.to - columns.from);
  for (int row = rows.from; row < rows.to; row++)
    {
      guint32 *line = self->pixels + (gsize) row * (gsize) self->width;
      guint covered = stretch_at (&rows, row);

      for (int column = columns.from; column < columns.to; column++)
        {
          guint share = covered * stretch_at (&columns, column) / WHOLE;
          guint32 source = share == WHOLE ? whole : scaled (whole, share);

          line[column] = source >> 24 == 255 ? source : over (source, line[column]);
        }
    }
}

/**
 * heddle_raster_pattern:
 * @self: a picture that was begun
 * @x: left edge, in the widget
 * @y: upper edge
 * @width: may be 0 or less: then nothing is drawn
 * @height: may be 0 or less
 * @pattern: which lines
 * @colour: theirs, laid over what is there
 *
 * Lays a pattern over whole pixels. It does not begin at @x, but is the same all over the picture,
 * moved by its phase: two areas side by side have one pattern, and a picture that moves takes it
 * with it.
 */
void
heddle_raster_pattern (HeddleRaster *self, float x, float y, float width, float height,
                       HeddlePattern pattern, const GdkRGBA *colour)
{
  int left = MAX ((int) lroundf ((x - (float) self->x) * (float) self->scale), self->limit),
      right = MIN ((int) lroundf ((x + width - (float) self->x) * (float) self->scale),
                   self->width),
      top = MAX ((int) lroundf ((y - (float) self->y) * (float) self->scale), 0),
      bottom = MIN ((int) lroundf ((y + height - (float) self->y) * (float) self->scale),
                    self->height);
  guint32 source = premultiplied (colour);

  if (self->pixels == NULL || pattern == HEDDLE_PATTERN_NONE || left >= right || top >= bottom)
    return;
  drawn.n_rectangles++;
  drawn.n_pixels += (guint64) (bottom - top) * (guint64) (right - left);
  for (int row = top; row < bottom; row++)
    {
      guint32 *line = self->pixels + (gsize) row * (gsize) self->width;
      guint v = (guint) (row / self->scale);

      for (int column = left; column < right; column++)
        if (heddle_pattern_has (pattern, (guint) (column / self->scale + self->phase), v))
          line[column] = over (source, line[column]);
    }
}

/*
 * A cairo node of one image, rather than a texture: GTK 4.8 turns textures into images by way of
 * floating-point numbers, also where the bytes are the same, which takes 2 ms for 1010 by 160
 * pixels.
 */
static void
append_image (GtkSnapshot *snapshot, cairo_surface_t *image, const graphene_rect_t *bounds)
{
  cairo_t *cr = gtk_snapshot_append_cairo (snapshot, bounds);

  cairo_set_source_surface (cr, image, (double) bounds->origin.x, (double) bounds->origin.y);
  cairo_pattern_set_filter (cairo_get_source (cr), CAIRO_FILTER_NEAREST);
  cairo_paint (cr);
  cairo_destroy (cr);
}

/**
 * heddle_raster_end:
 * @self: a picture that was begun
 * @snapshot: where it is drawn
 *
 * Hands the picture over; @self can be begun anew.
 */
void
heddle_raster_end (HeddleRaster *self, GtkSnapshot *snapshot)
{
  static const cairo_user_data_key_t pixels_key;
  graphene_rect_t bounds = GRAPHENE_RECT_INIT ((float) self->x, (float) self->y,
                                               (float) (self->width / MAX (self->scale, 1)),
                                               (float) (self->height / MAX (self->scale, 1)));
  guint32 *pixels = g_steal_pointer (&self->pixels);
  cairo_surface_t *surface;

  drawn.n_pictures++;
  g_debug ("drawn so far: %" G_GUINT64_FORMAT " pictures, %" G_GUINT64_FORMAT
           " rectangles, %" G_GUINT64_FORMAT " pixels",
           drawn.n_pictures, drawn.n_rectangles, drawn.n_pixels);
  if (!self->drawn)
    {
      g_clear_pointer (&pixels, g_atomic_rc_box_release);
      return;
    }

  surface =
    cairo_image_surface_create_for_data ((guchar *) pixels, CAIRO_FORMAT_ARGB32, self->width,
                                         self->height, self->width * (int) sizeof *pixels);
  cairo_surface_set_user_data (surface, &pixels_key, pixels,
                               (cairo_destroy_func_t) g_atomic_rc_box_release);
  cairo_surface_set_device_scale (surface, self->scale, self->scale);
  append_image (snapshot, surface, &bounds);
  cairo_surface_destroy (surface);
}

/**
 * heddle_raster_get_drawn:
 *
 * Each picture that is handed over also says it to the debug log.
 *
 * Returns: what was drawn into all pictures since the program began
 */
HeddleRasterDrawn
heddle_raster_get_drawn (void)
{
  return drawn;
}
