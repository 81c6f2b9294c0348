/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The progress line: how far it is filled, that it moves where nobody knows how much there is, and
 * that neither lays the window out. On a real X server. */
#include "config.h"

#include "app/widgets/progress-line.h"

#define WIDTH 400
#define S G_GINT64_CONSTANT (1000000000)

/* A parent that counts how often it is asked for its size: once for each layout that something
 * below it wants. */
struct _Probe {
  GtkWidget parent_instance;

  HeddleProgressLine *line;
  guint n_measured;
};

G_DECLARE_FINAL_TYPE (Probe, probe, TEST, PROBE, GtkWidget)
G_DEFINE_FINAL_TYPE (Probe, probe, GTK_TYPE_WIDGET)

static void
probe_measure (GtkWidget *widget, GtkOrientation orientation, int for_size, int *minimum,
               int *natural, int *minimum_baseline, int *natural_baseline)
{
  Probe *self = TEST_PROBE (widget);

  self->n_measured++;
  gtk_widget_measure (GTK_WIDGET (self->line), orientation, for_size, minimum, natural,
                      minimum_baseline, natural_baseline);
}

static void
probe_size_allocate (GtkWidget *widget, int width, int height, int baseline)
{
  gtk_widget_size_allocate (GTK_WIDGET (TEST_PROBE (widget)->line),
                            &(GtkAllocation){ 0, 0, width, height }, baseline);
}

static void
probe_dispose (GObject *object)
{
  g_clear_pointer ((GtkWidget **) &TEST_PROBE (object)->line, gtk_widget_unparent);
  G_OBJECT_CLASS (probe_parent_class)->dispose (object);
}

static void
probe_class_init (ProbeClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = probe_dispose;
  GTK_WIDGET_CLASS (klass)->measure = probe_measure;
  GTK_WIDGET_CLASS (klass)->size_allocate = probe_size_allocate;
}

static void
probe_init (Probe *self)
{
  self->line = g_object_new (HEDDLE_TYPE_PROGRESS_LINE, NULL);
  gtk_widget_set_parent (GTK_WIDGET (self->line), GTK_WIDGET (self));
}

static void
on_after_paint (GdkFrameClock *clock, gboolean *painted)
{
  *painted = TRUE;
}

/* Returns when a frame has been drawn. */
static void
wait_frame (GtkWidget *window)
{
  GdkFrameClock *clock = gtk_widget_get_frame_clock (window);
  gboolean painted = FALSE;
  gulong handler = g_signal_connect (clock, "after-paint", G_CALLBACK (on_after_paint), &painted);

  gdk_frame_clock_request_phase (clock, GDK_FRAME_CLOCK_PHASE_PAINT);
  while (!painted)
    g_main_context_iteration (NULL, TRUE);
  g_signal_handler_disconnect (clock, handler);
}

/* From where to where the line is filled: red pixels in the middle of it. Both 0: nowhere. */
static void
look (Probe *probe, int *begin, int *end)
{
  int width = gtk_widget_get_width (GTK_WIDGET (probe->line)),
      height = gtk_widget_get_height (GTK_WIDGET (probe->line));
  GtkSnapshot *snapshot = gtk_snapshot_new ();
  cairo_surface_t *surface = cairo_image_surface_create (CAIRO_FORMAT_RGB24, width, height);
  cairo_t *cr = cairo_create (surface);
  GskRenderNode *node;
  const guint32 *row;

  GTK_WIDGET_GET_CLASS (probe->line)->snapshot (GTK_WIDGET (probe->line), snapshot);
  node = gtk_snapshot_free_to_node (snapshot);
  g_assert_nonnull (node);
  cairo_set_source_rgb (cr, 1, 1, 1);
  cairo_paint (cr);
  gsk_render_node_draw (node, cr);
  cairo_surface_flush (surface);
  row = (const guint32 *) (gconstpointer) (cairo_image_surface_get_data (surface)
                                           + height / 2 * cairo_image_surface_get_stride (surface));
  *begin = *end = 0;
  for (int x = 0; x < width; x++)
    if ((row[x] & 0xff) < 0x40 && (row[x] >> 8 & 0xff) < 0x40 && (row[x] >> 16 & 0xff) > 0xc0)
      {
        *begin = *end == 0 ? x : *begin;
        *end = x + 1;
      }
  gsk_render_node_unref (node);
  cairo_destroy (cr);
  cairo_surface_destroy (surface);
}

static void
test_moves_without_a_layout (void)
{
  GtkCssProvider *red = gtk_css_provider_new ();
  GtkWidget *window = gtk_window_new ();
  Probe *probe = g_object_new (probe_get_type (), NULL);
  int begin, end, width;
  guint n_measured;

  gtk_css_provider_load_from_data (red, "progressline { color: #ff0000; }", -1);
  gtk_style_context_add_provider_for_display (gdk_display_get_default (), GTK_STYLE_PROVIDER (red),
                                              GTK_STYLE_PROVIDER_PRIORITY_USER);
  gtk_window_set_default_size (GTK_WINDOW (window), WIDTH, 20);
  gtk_window_set_child (GTK_WINDOW (window), GTK_WIDGET (probe));
  gtk_window_present (GTK_WINDOW (window));
  while (!gtk_widget_get_mapped (window) || gtk_widget_get_width (GTK_WIDGET (probe->line)) == 0)
    g_main_context_iteration (NULL, TRUE);
  wait_frame (window);
  width = gtk_widget_get_width (GTK_WIDGET (probe->line));
  n_measured = probe->n_measured;

  heddle_progress_line_set_fraction (probe->line, 0.5);
  look (probe, &begin, &end);
  g_assert_cmpint (begin, <=, 1); /* the ends are round */
  g_assert_cmpint (ABS (end - width / 2), <=, 1);

  /* a piece of a fifth, to and fro */
  heddle_progress_line_set_unknown (probe->line, 0);
  look (probe, &begin, &end);
  g_assert_cmpint (begin, <=, 1);
  g_assert_cmpint (ABS (end - width / 5), <=, 1);
  heddle_progress_line_set_unknown (probe->line, 1 * S);
  look (probe, &begin, &end);
  g_assert_cmpint (ABS (begin - width * 2 / 5), <=, 1);
  g_assert_cmpint (ABS (end - begin - width / 5), <=, 1);
  heddle_progress_line_set_unknown (probe->line, 2 * S);
  look (probe, &begin, &end);
  g_assert_cmpint (ABS (begin - width * 4 / 5), <=, 1);
  heddle_progress_line_set_unknown (probe->line, 3 * S);
  look (probe, &begin, &end);
  g_assert_cmpint (ABS (begin - width * 2 / 5), <=, 1);

  /* it is known after all, and is nothing yet */
  heddle_progress_line_set_fraction (probe->line, 0);
  look (probe, &begin, &end);
  g_assert_cmpint (end, ==, 0);

  wait_frame (window);
  g_assert_cmpuint (probe->n_measured, ==, n_measured);
  gtk_style_context_remove_provider_for_display (gdk_display_get_default (),
                                                 GTK_STYLE_PROVIDER (red));
  g_object_unref (red);
  gtk_window_destroy (GTK_WINDOW (window));
}

int
main (int argc, char *argv[])
{
  gtk_test_init (&argc, &argv, NULL);
  g_test_add_func ("/progress-line/moves-without-a-layout", test_moves_without_a_layout);
  return g_test_run ();
}
