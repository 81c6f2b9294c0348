/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "pixels.h"

#include "sample-data.h"

static const GdkRGBA white = { 1, 1, 1, 1 };

void
pixels_clear (Pixels *pixels)
{
  g_free (pixels->data);
}

Pixels
draw (GtkWidget *chart,
      int        width,
      int        height)
{
  g_autoptr (GskRenderNode) node = sample_snapshot (chart, width, height);
  g_autoptr (GdkTexture) texture = sample_render (node, width, height, &white);
  Pixels pixels = { g_malloc ((gsize) width * (gsize) height * 4), width, height };

  gdk_texture_download (texture, pixels.data, (gsize) width * 4);
  return pixels;
}

GdkRGBA
pixel (const Pixels *pixels,
       int           x,
       int           y)
{
  const guint32 *all = (const guint32 *) (gpointer) pixels->data;
  guint32 argb = all[y * pixels->width + x];

  return (GdkRGBA){ (float) ((argb >> 16) & 255) / 255, (float) ((argb >> 8) & 255) / 255,
                    (float) (argb & 255) / 255, 1 };
}

gboolean
is_red (GdkRGBA c)
{
  return c.red > 0.55f && c.green < 0.35f && c.blue < 0.35f;
}

gboolean
is_blue (GdkRGBA c)
{
  return c.blue > 0.7f && c.red < 0.6f;
}

gboolean
is_grey (GdkRGBA c)
{
  return ABS (c.red - c.green) < 0.05f && ABS (c.green - c.blue) < 0.05f && c.red < 0.9f;
}

guint
count_pixels (const Pixels *pixels,
              gboolean (*is) (GdkRGBA))
{
  guint n = 0;

  for (int y = 0; y < pixels->height; y++)
    for (int x = 0; x < pixels->width; x++)
      n += is (pixel (pixels, x, y));
  return n;
}

gboolean
is_purple (GdkRGBA c)
{
  return c.red > c.green + 0.15f && c.blue > c.green + 0.2f;
}

gboolean
is_orange (GdkRGBA c)
{
  return c.red > 0.7f && c.green > 0.4f && c.green < 0.85f && c.blue < 0.35f;
}
