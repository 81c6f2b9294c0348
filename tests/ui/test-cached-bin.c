/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A cached bin draws a picture of its child until the child changes. On a real X server. */
#include "config.h"

#include "app/widgets/cached-bin.h"

#define WIDTH 300
#define HEIGHT 200

typedef struct {
  GtkWidget *window;
  GtkWidget *label;
  HeddleCachedBin *bin;
} Stage;

static void
stage_init (Stage *self)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 6);

  self->window = gtk_window_new ();
  self->label = gtk_label_new ("Squares");
  self->bin = g_object_new (HEDDLE_TYPE_CACHED_BIN, "child", box, NULL);
  gtk_box_append (GTK_BOX (box), self->label);
  gtk_box_append (GTK_BOX (box), gtk_button_new_with_label ("Start"));
  gtk_window_set_default_size (GTK_WINDOW (self->window), WIDTH, HEIGHT);
  gtk_window_set_child (GTK_WINDOW (self->window), GTK_WIDGET (self->bin));
  gtk_window_present (GTK_WINDOW (self->window));
}

/* What the widget draws now, on white. */
static cairo_surface_t *
look (Stage *self)
{
  g_autoptr (GdkPaintable) paintable = gtk_widget_paintable_new (GTK_WIDGET (self->bin));
  GtkSnapshot *snapshot = gtk_snapshot_new ();
  cairo_surface_t *surface = cairo_image_surface_create (CAIRO_FORMAT_RGB24, WIDTH, HEIGHT);
  cairo_t *cr = cairo_create (surface);
  GskRenderNode *node;

  gdk_paintable_snapshot (paintable, snapshot, gdk_paintable_get_intrinsic_width (paintable),
                          gdk_paintable_get_intrinsic_height (paintable));
  node = gtk_snapshot_free_to_node (snapshot);
  cairo_set_source_rgb (cr, 1, 1, 1);
  cairo_paint (cr);
  g_assert_nonnull (node);
  gsk_render_node_draw (node, cr);
  gsk_render_node_unref (node);
  cairo_destroy (cr);
  cairo_surface_flush (surface);
  return surface;
}

/* The largest difference of any channel of any pixel. */
static int
difference (cairo_surface_t *a, cairo_surface_t *b)
{
  const guchar *first = cairo_image_surface_get_data (a),
               *second = cairo_image_surface_get_data (b);
  int most = 0;

  for (int i = 0; i < HEIGHT * cairo_image_surface_get_stride (a); i++)
    if (i % 4 != 3)
      most = MAX (most, ABS (first[i] - second[i]));
  return most;
}

static void
wait_for (Stage *self, gboolean picture)
{
  while (heddle_cached_bin_is_picture (self->bin) != picture)
    g_main_context_iteration (NULL, TRUE);
}

static void
test_picture (void)
{
  cairo_surface_t *live, *picture, *changed;
  Stage stage;

  stage_init (&stage);
  wait_for (&stage, TRUE);
  picture = look (&stage);

  /* the same words in the same place: drawn live again, and looks as its picture did */
  gtk_label_set_label (GTK_LABEL (stage.label), "Cubes");
  wait_for (&stage, FALSE);
  changed = look (&stage);
  gtk_label_set_label (GTK_LABEL (stage.label), "Squares");
  wait_for (&stage, TRUE);
  gtk_widget_queue_draw (stage.label);
  wait_for (&stage, FALSE);
  live = look (&stage);

  g_assert_cmpint (difference (live, picture), <=, 2);
  g_assert_cmpint (difference (changed, picture), >, 60);
  cairo_surface_destroy (live);
  cairo_surface_destroy (picture);
  cairo_surface_destroy (changed);
  gtk_window_destroy (GTK_WINDOW (stage.window));
}

/* With coloured edges letters need the ground below them. */
static void
test_coloured_edges (void)
{
  Stage stage;

  stage_init (&stage);
  wait_for (&stage, TRUE);
  g_object_set (gtk_widget_get_settings (stage.window), "gtk-xft-rgba", "rgb", NULL);
  gtk_widget_queue_draw (stage.label);
  wait_for (&stage, FALSE);
  g_object_set (gtk_widget_get_settings (stage.window), "gtk-xft-rgba", "none", NULL);
  wait_for (&stage, TRUE);
  gtk_window_destroy (GTK_WINDOW (stage.window));
}

int
main (int argc, char *argv[])
{
  gtk_test_init (&argc, &argv, NULL);
  g_type_ensure (HEDDLE_TYPE_CACHED_BIN);
  g_test_add_func ("/cached-bin/is-a-picture-of-itself-until-it-changes", test_picture);
  g_test_add_func ("/cached-bin/not-where-letters-have-coloured-edges", test_coloured_edges);
  return g_test_run ();
}
