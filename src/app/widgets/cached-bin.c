/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A bin that draws a picture of its child while the child does not change.
 *
 * GTK 4.8's cairo renderer goes through every render node of the window in each frame, also those
 * outside of what it draws anew. The catalogue alone has a hundred of them, most of them text,
 * which took a fifth of a frame's rendering while charts moved beside it. So the bin draws its
 * child into a picture, which is one node, when the child has not changed for half a second. When
 * anything in the child changes, the bin shows the child itself again at once.
 *
 * GTK asks a widget for a snapshot only when something in it has changed. The bin queues a draw
 * itself when the half second is over, so it knows that this snapshot shows what is there.
 *
 * A renderer that keeps what it has drawn makes the bin unnecessary: with any but the cairo
 * renderer it does nothing. Measured with bench/window-bench.py and GTK 4.8.3.
 */
#include "config.h"

#include <gsk/gsk.h>

#include "app/widgets/cached-bin.h"

#define SETTLE_MS 500

struct _HeddleCachedBin {
  AdwBin parent_instance;

  guint settling;   /* source: ends when nothing has changed for a while; 0: none */
  gboolean due;     /* the next snapshot is the one that was asked for here */
  gboolean picture; /* the last one was made of a picture */
};

G_DEFINE_FINAL_TYPE (HeddleCachedBin, heddle_cached_bin, ADW_TYPE_BIN)

static gboolean
settled (gpointer data)
{
  HeddleCachedBin *self = data;

  self->settling = 0;
  self->due = TRUE;
  gtk_widget_queue_draw (GTK_WIDGET (self));
  return G_SOURCE_REMOVE;
}

static void
settle (HeddleCachedBin *self)
{
  g_clear_handle_id (&self->settling, g_source_remove);
  self->settling = g_timeout_add (SETTLE_MS, settled, self);
  g_source_set_name_by_id (self->settling, "[heddle] cached bin");
}

/* Other renderers keep what they have drawn; and letters with coloured edges need the ground below
 * them, which a picture has not. */
static gboolean
is_worth_it (GtkWidget *widget)
{
  GtkNative *native = gtk_widget_get_native (widget);
  GskRenderer *renderer = native != NULL ? gtk_native_get_renderer (native) : NULL;
  g_autofree char *edges = NULL;

  g_object_get (gtk_widget_get_settings (widget), "gtk-xft-rgba", &edges, NULL);
  return renderer != NULL && GSK_IS_CAIRO_RENDERER (renderer)
    && (edges == NULL || g_str_equal (edges, "none"));
}

static void
append_picture (HeddleCachedBin *self, GtkSnapshot *snapshot, GskRenderNode *node)
{
  int scale = gtk_widget_get_scale_factor (GTK_WIDGET (self));
  graphene_rect_t bounds;
  cairo_surface_t *surface;
  cairo_t *cr;

  gsk_render_node_get_bounds (node, &bounds);
  graphene_rect_round_extents (&bounds, &bounds);
  surface = cairo_image_surface_create (CAIRO_FORMAT_ARGB32, (int) bounds.size.width * scale,
                                        (int) bounds.size.height * scale);
  cairo_surface_set_device_scale (surface, scale, scale);
  cr = cairo_create (surface);
  cairo_translate (cr, -(double) bounds.origin.x, -(double) bounds.origin.y);
  gsk_render_node_draw (node, cr);
  cairo_destroy (cr);

  /* a cairo node rather than a texture, as charts/raster.c says */
  cr = gtk_snapshot_append_cairo (snapshot, &bounds);
  cairo_set_source_surface (cr, surface, (double) bounds.origin.x, (double) bounds.origin.y);
  cairo_pattern_set_filter (cairo_get_source (cr), CAIRO_FILTER_NEAREST);
  cairo_paint (cr);
  cairo_destroy (cr);
  cairo_surface_destroy (surface);
}

static void
heddle_cached_bin_snapshot (GtkWidget *widget, GtkSnapshot *snapshot)
{
  HeddleCachedBin *self = HEDDLE_CACHED_BIN (widget);
  GtkSnapshot *own = gtk_snapshot_new ();
  g_autoptr (GskRenderNode) node = NULL;

  GTK_WIDGET_CLASS (heddle_cached_bin_parent_class)->snapshot (widget, own);
  node = gtk_snapshot_free_to_node (own);
  self->picture = self->due && node != NULL && is_worth_it (widget);
  if (!self->due)
    settle (self);
  self->due = FALSE;

  if (self->picture)
    append_picture (self, snapshot, node);
  else if (node != NULL)
    gtk_snapshot_append_node (snapshot, node);
}

static void
heddle_cached_bin_unmap (GtkWidget *widget)
{
  g_clear_handle_id (&HEDDLE_CACHED_BIN (widget)->settling, g_source_remove);
  HEDDLE_CACHED_BIN (widget)->due = FALSE;
  GTK_WIDGET_CLASS (heddle_cached_bin_parent_class)->unmap (widget);
}

static void
heddle_cached_bin_dispose (GObject *object)
{
  g_clear_handle_id (&HEDDLE_CACHED_BIN (object)->settling, g_source_remove);
  G_OBJECT_CLASS (heddle_cached_bin_parent_class)->dispose (object);
}

static void
heddle_cached_bin_class_init (HeddleCachedBinClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = heddle_cached_bin_dispose;
  GTK_WIDGET_CLASS (klass)->snapshot = heddle_cached_bin_snapshot;
  GTK_WIDGET_CLASS (klass)->unmap = heddle_cached_bin_unmap;
  gtk_widget_class_set_css_name (GTK_WIDGET_CLASS (klass), "cachedbin");
}

static void
heddle_cached_bin_init (HeddleCachedBin *self)
{
}

/**
 * heddle_cached_bin_is_picture:
 *
 * Returns: whether a picture was drawn last, in place of what is in it. Main loop.
 *
 * Only tests use it.
 */
gboolean
heddle_cached_bin_is_picture (HeddleCachedBin *self)
{
  g_return_val_if_fail (HEDDLE_IS_CACHED_BIN (self), FALSE);
  return self->picture;
}
