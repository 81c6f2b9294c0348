/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A widget as a picture in a file.
 *
 * What is on the screen is drawn once more, by the window's own renderer for PNG, whose pixels a
 * thread may compress, and by cairo for SVG, whose lines and letters stay lines and letters.
 */
#include "config.h"

#include "app/widgets/picture.h"

#include <cairo-svg.h>
#include <string.h>

#include "base/new-file.h"

struct _HeddlePicture {
  GdkTexture *texture; /* owned: of PNG, in memory; NULL: SVG */
  GByteArray *svg;     /* owned: of SVG, whole; NULL: PNG */
};

/* Widgets are drawn without what lies behind them. */
static GskRenderNode *
draw (GtkWidget *widget, float width, float height, int scale)
{
  GdkPaintable *paintable = gtk_widget_paintable_new (widget);
  GtkSnapshot *snapshot = gtk_snapshot_new ();
  GdkRGBA background = { 1, 1, 1, 1 };

  gtk_style_context_lookup_color (
    gtk_widget_get_style_context (GTK_WIDGET (gtk_widget_get_root (widget))), "window_bg_color",
    &background);
  gtk_snapshot_scale (snapshot, (float) scale, (float) scale);
  gtk_snapshot_append_color (snapshot, &background, &GRAPHENE_RECT_INIT (0, 0, width, height));
  gdk_paintable_snapshot (paintable, GDK_SNAPSHOT (snapshot), width, height);
  g_object_unref (paintable);
  return gtk_snapshot_free_to_node (snapshot);
}

/* Pixels of a renderer may be in the graphics card, where only this thread can fetch them. */
static GdkTexture *
fetch (GdkTexture *texture)
{
  gsize stride = (gsize) gdk_texture_get_width (texture) * 4;
  gsize size = stride * (gsize) gdk_texture_get_height (texture);
  guchar *pixels = g_malloc (size);
  g_autoptr (GBytes) bytes = g_bytes_new_take (pixels, size);

  gdk_texture_download (texture, pixels, stride);
  return gdk_memory_texture_new (gdk_texture_get_width (texture),
                                 gdk_texture_get_height (texture), GDK_MEMORY_DEFAULT, bytes,
                                 stride);
}

static cairo_status_t
append (void *closure, const guchar *data, unsigned length)
{
  g_byte_array_append (closure, data, length);
  return CAIRO_STATUS_SUCCESS;
}

static GByteArray *
draw_svg (GskRenderNode *node, float width, float height)
{
  GByteArray *svg = g_byte_array_new ();
  cairo_surface_t *surface =
    cairo_svg_surface_create_for_stream (append, svg, (double) width, (double) height);
  cairo_t *cr = cairo_create (surface);

  gsk_render_node_draw (node, cr);
  cairo_destroy (cr);
  cairo_surface_finish (surface);
  cairo_surface_destroy (surface);
  return svg;
}

/**
 * heddle_picture_new:
 * @widget: one that is on the screen
 * @as_svg: whether it is to be a drawing rather than pixels
 *
 * Draws @widget as it is now. Main loop.
 *
 * Returns: (transfer full) (nullable): the picture; %NULL where @widget is not on the screen
 */
HeddlePicture *
heddle_picture_new (GtkWidget *widget, gboolean as_svg)
{
  float width = (float) gtk_widget_get_width (widget);
  float height = (float) gtk_widget_get_height (widget);
  int scale = as_svg ? 1 : gtk_widget_get_scale_factor (widget);
  HeddlePicture *self;
  GskRenderNode *node;

  if (!gtk_widget_get_mapped (widget) || width < 1 || height < 1)
    return NULL;
  self = g_new0 (HeddlePicture, 1);
  node = draw (widget, width, height, scale);
  if (as_svg)
    self->svg = draw_svg (node, width, height);
  else
    {
      GskRenderer *renderer = gtk_native_get_renderer (gtk_widget_get_native (widget));
      g_autoptr (GdkTexture) texture = gsk_renderer_render_texture (
        renderer, node,
        &GRAPHENE_RECT_INIT (0, 0, width * (float) scale, height * (float) scale));

      self->texture = fetch (texture);
    }
  gsk_render_node_unref (node);
  return self;
}

/**
 * heddle_picture_free:
 *
 * Any thread.
 */
void
heddle_picture_free (HeddlePicture *self)
{
  g_clear_object (&self->texture);
  g_clear_pointer (&self->svg, g_byte_array_unref);
  g_free (self);
}

/**
 * heddle_picture_write:
 * @path: the file
 * @error: (out): what went wrong, and what to do
 *
 * Waits for the disk: a thread of its own. Returns: whether the file is there.
 */
gboolean
heddle_picture_write (HeddlePicture *self, const char *path, GError **error)
{
  HeddleNewFile *file = heddle_new_file_open (path, error);
  g_autoptr (GBytes) png = NULL;
  gconstpointer bytes;
  gsize size;

  if (file == NULL)
    return FALSE;
  if (self->texture != NULL)
    {
      png = gdk_texture_save_to_png_bytes (self->texture);
      bytes = g_bytes_get_data (png, &size);
    }
  else
    {
      bytes = self->svg->data;
      size = self->svg->len;
    }
  heddle_new_file_end (file, (char *) memcpy (heddle_new_file_begin (file, size), bytes, size)
                               + size);
  return heddle_new_file_commit (file, error);
}
