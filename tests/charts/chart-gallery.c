/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * All charts with made-up data, to look at. Not installed, not a test.
 *
 *   chart-gallery [--dark] [--lanes N] [--spans N] [--live]      a window
 *   chart-gallery --render FOLDER ...                            the page as a PNG; each chart as
 * one, too, drawn without a window
 */
#include "config.h"

#include <time.h>

#include <adwaita.h>

#include "charts/area-chart.h"
#include "charts/bars-chart.h"
#include "charts/draw-budget.h"
#include "charts/histogram-chart.h"
#include "charts/lanes-chart.h"
#include "charts/pulse-strip.h"
#include "charts/redraw.h"
#include "sample-data.h"
#include "trace/clock.h"

static gboolean dark, live;
static int n_lanes = 4, n_spans = 60, seconds = 0, width = 1140, height = 640;
static char *folder;

static const GOptionEntry entries[] = {
  { "dark", 0, 0, G_OPTION_ARG_NONE, &dark, "On a dark background", NULL },
  { "lanes", 0, 0, G_OPTION_ARG_INT, &n_lanes, "How many workers", "N" },
  { "spans", 0, 0, G_OPTION_ARG_INT, &n_spans, "How many tasks a worker", "N" },
  { "live", 0, 0, G_OPTION_ARG_NONE, &live, "Let time go on", NULL },
  { "seconds", 0, 0, G_OPTION_ARG_INT, &seconds, "With --live: say after so long what drawing cost, and end", "N" },
  { "width", 0, 0, G_OPTION_ARG_INT, &width, "Of the window", "PIXELS" },
  { "height", 0, 0, G_OPTION_ARG_INT, &height, "Of the window", "PIXELS" },
  { "render", 0, 0, G_OPTION_ARG_FILENAME, &folder, "Write pictures there and end", "FOLDER" },
  { NULL }
};

typedef struct {
  GtkWidget *window;
  GtkWidget *lanes, *areas[3], *histogram, *strip;
  HeddleLaneStore *store;
  HeddleSeries *series[3];
  HeddleTimeWindow *time;
  GMainLoop *loop;
  GRand *rand;
  guint64 next_id;
  gint64 cpu, wall;
  gint64 frame_began;
  guint64 frame_draws; /* of the lanes, when the frame began */
  GArray *frame_costs; /* of frames in which the lanes were drawn, processor time */
} Gallery;

static GtkWidget *
card (const char *title,
      const char *detail,
      GtkWidget  *chart)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 8);
  GtkWidget *head = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 8);
  GtkWidget *left = gtk_label_new (title), *right = gtk_label_new (detail);

  gtk_widget_add_css_class (box, "card");
  gtk_widget_add_css_class (left, "heading");
  gtk_widget_add_css_class (right, "caption");
  gtk_widget_add_css_class (right, "dim-label");
  gtk_widget_set_hexpand (left, TRUE);
  gtk_label_set_xalign (GTK_LABEL (left), 0);
  gtk_box_append (GTK_BOX (head), left);
  gtk_box_append (GTK_BOX (head), right);
  gtk_box_append (GTK_BOX (box), head);
  gtk_box_append (GTK_BOX (box), chart);
  gtk_widget_set_vexpand (chart, TRUE);
  gtk_widget_set_hexpand (box, TRUE);
  return box;
}

static void
style (void)
{
  g_autoptr (GtkCssProvider) provider = gtk_css_provider_new ();

  gtk_css_provider_load_from_data (provider, ".card { padding: 8px 12px 10px 12px; }", -1);
  gtk_style_context_add_provider_for_display (gdk_display_get_default (),
                                              GTK_STYLE_PROVIDER (provider),
                                              GTK_STYLE_PROVIDER_PRIORITY_APPLICATION);
}

static void
task_label (guint64   id,
            char     *buffer,
            gsize     size,
            gpointer  data)
{
  g_snprintf (buffer, size, "made-up task");
}

static void
make_charts (Gallery *self,
             gint64   begin,
             gint64   now)
{
  static const char *classes[] = { "utilisation", "throughput", "queue" };
  HeddleHistogram *histogram = g_new0 (HeddleHistogram, 1);
  HeddlePulseReading reading;

  self->time = g_object_new (HEDDLE_TYPE_TIME_WINDOW, NULL);
  heddle_time_window_set_extent (self->time, begin, live ? 0 : now);
  self->store = sample_lanes ((guint) n_lanes, (guint) n_spans, begin, now, 256 << 20);
  self->lanes = g_object_new (HEDDLE_TYPE_LANES_CHART, NULL);
  heddle_lanes_chart_set_store (HEDDLE_LANES_CHART (self->lanes), self->store);
  heddle_chart_set_window (HEDDLE_CHART (self->lanes), self->time);
  heddle_lanes_chart_set_teller (HEDDLE_LANES_CHART (self->lanes),
                                 &(const HeddleTaskTeller) { .label = task_label }, NULL, NULL);
  heddle_chart_set_live (HEDDLE_CHART (self->lanes), live);

  self->series[0] = sample_utilisation (begin, now, 100);
  self->series[1] = sample_throughput (begin, now, 100);
  self->series[2] = sample_queue (begin, now, 100);
  for (guint i = 0; i < 3; i++)
    {
      self->areas[i] = g_object_new (HEDDLE_TYPE_AREA_CHART, NULL);
      gtk_widget_add_css_class (self->areas[i], classes[i]);
      heddle_area_chart_set_series (HEDDLE_AREA_CHART (self->areas[i]), self->series[i]);
      heddle_chart_set_window (HEDDLE_CHART (self->areas[i]), self->time);
      heddle_chart_set_live (HEDDLE_CHART (self->areas[i]), live);
    }
  heddle_area_chart_set_maximum (HEDDLE_AREA_CHART (self->areas[0]), 1);

  self->histogram = g_object_new (HEDDLE_TYPE_HISTOGRAM_CHART, NULL);
  sample_histogram (histogram, 30000);
  heddle_histogram_chart_set_histogram (HEDDLE_HISTOGRAM_CHART (self->histogram), histogram);
  g_free (histogram);

  self->strip = g_object_new (HEDDLE_TYPE_PULSE_STRIP, NULL);
  sample_reading (&reading);
  heddle_pulse_strip_set_reading (HEDDLE_PULSE_STRIP (self->strip), &reading);
}

static GtkWidget *
make_page (Gallery *self)
{
  GtkWidget *page = gtk_box_new (GTK_ORIENTATION_VERTICAL, 9);
  GtkWidget *row = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 9);

  g_object_set (page, "margin-start", 18, "margin-end", 18, "margin-top", 12, "margin-bottom", 12,
                NULL);
  gtk_box_append (GTK_BOX (page), card ("Workers", "made-up data", self->lanes));
  gtk_box_append (GTK_BOX (row), card ("Pool utilisation", "made-up data", self->areas[0]));
  gtk_box_append (GTK_BOX (row), card ("Throughput", "made-up data", self->areas[1]));
  gtk_box_append (GTK_BOX (row), card ("Queue depth", "made-up data", self->areas[2]));
  gtk_box_append (GTK_BOX (row), card ("Task time", "made-up data", self->histogram));
  gtk_box_set_homogeneous (GTK_BOX (row), TRUE);
  gtk_box_append (GTK_BOX (page), row);
  gtk_box_append (GTK_BOX (page), card ("Pulse", "made-up data", self->strip));
  return page;
}

static void
save (GskRenderNode *node,
      int            w,
      int            h,
      const char    *name)
{
  GdkRGBA background = dark ? (GdkRGBA) { 0.22f, 0.22f, 0.22f, 1 } : (GdkRGBA) { 1, 1, 1, 1 };
  g_autoptr (GdkTexture) texture = sample_render (node, w, h, &background);
  g_autofree char *path = g_strdup_printf ("%s/%s%s.png", folder, name, dark ? "-dark" : "");

  if (!gdk_texture_save_to_png (texture, path))
    g_printerr ("could not write %s\n", path);
}

static gboolean
render_all (gpointer data)
{
  Gallery *self = data;
  GtkWidget *charts[] = { self->lanes,    self->areas[0],  self->areas[1],
                          self->areas[2], self->histogram, self->strip };
  const char *names[] = { "lanes", "utilisation", "throughput", "queue", "histogram", "pulse" };
  g_autoptr (GdkPaintable) paintable = gtk_widget_paintable_new (self->window);
  GtkSnapshot *snapshot = gtk_snapshot_new ();
  GskRenderNode *node;

  gdk_paintable_snapshot (paintable, snapshot, gdk_paintable_get_intrinsic_width (paintable),
                          gdk_paintable_get_intrinsic_height (paintable));
  node = gtk_snapshot_free_to_node (snapshot);
  save (node, gdk_paintable_get_intrinsic_width (paintable),
        gdk_paintable_get_intrinsic_height (paintable), "page");
  g_clear_pointer (&node, gsk_render_node_unref);

  for (guint i = 0; i < G_N_ELEMENTS (charts); i++)
    {
      int w = gtk_widget_get_width (charts[i]), h = gtk_widget_get_height (charts[i]);

      node = sample_snapshot (charts[i], w, h);
      save (node, w, h, names[i]);
      g_clear_pointer (&node, gsk_render_node_unref);
    }
  g_main_loop_quit (self->loop);
  return G_SOURCE_REMOVE;
}

/* Live: each worker ends its task now and then and takes the next. */
static gboolean
work (gpointer data)
{
  Gallery *self = data;
  gint64 now = heddle_clock_monotonic_ns ();

  heddle_lane_store_lock (self->store);
  for (guint lane = 0; lane < (guint) n_lanes; lane++)
    if (g_rand_double (self->rand) < 0.15)
      {
        heddle_lane_store_close_locked (self->store, lane, now,
                                        g_rand_double (self->rand) < 0.02 ? HEDDLE_TASK_FAILED
                                                                          : HEDDLE_TASK_DONE,
                                        NULL);
        heddle_lane_store_open_locked (self->store, lane, ++self->next_id, now, 0);
      }
  heddle_lane_store_unlock (self->store);
  heddle_series_add (self->series[0], now, g_rand_double_range (self->rand, 0.88, 0.97));
  heddle_series_add (self->series[1], now, g_rand_double_range (self->rand, 3800, 4400));
  heddle_series_add (self->series[2], now, 64);
  return G_SOURCE_CONTINUE;
}

static gint64
processor_time (void)
{
  struct timespec now;

  clock_gettime (CLOCK_PROCESS_CPUTIME_ID, &now);
  return (gint64) now.tv_sec * 1000000000 + now.tv_nsec;
}

static void
frame_begins (GdkFrameClock *clock,
              Gallery       *self)
{
  self->frame_began = processor_time ();
  self->frame_draws = HEDDLE_CHART (self->lanes)->redraw.n_draws;
}

static void
frame_ends (GdkFrameClock *clock,
            Gallery       *self)
{
  gint64 cost = processor_time () - self->frame_began;

  if (HEDDLE_CHART (self->lanes)->redraw.n_draws != self->frame_draws)
    g_array_append_val (self->frame_costs, cost);
}

static int
compare_costs (gconstpointer a,
               gconstpointer b)
{
  gint64 x = *(const gint64 *) a, y = *(const gint64 *) b;

  return x < y ? -1 : x > y;
}

static void
say_cost (const char *name,
          GtkWidget  *chart)
{
  HeddleRedraw *redraw = &HEDDLE_CHART (chart)->redraw;

  g_print ("  %s: %.2f ms to snapshot, %" G_GUINT64_FORMAT " times\n", name,
           (double) redraw->cost / (double) MAX (redraw->n_draws, 1) / 1e6, redraw->n_draws);
}

static gboolean
report (gpointer data)
{
  Gallery *self = data;
  HeddleDrawBudget *budget = heddle_draw_budget_get ();
  double wall = (double) (heddle_clock_monotonic_ns () - self->wall);

  g_print ("%.1f rounds a second, %.2f ms each; process %.1f %% of a core\n",
           (double) budget->round / wall * 1e9, budget->average / 1e6,
           100 * (double) (processor_time () - self->cpu) / wall);
  g_array_sort (self->frame_costs, compare_costs);
  if (self->frame_costs->len > 0)
    g_print ("  a frame with all charts: %.2f ms at best, %.2f ms in the middle\n",
             (double) g_array_index (self->frame_costs, gint64, 0) / 1e6,
             (double) g_array_index (self->frame_costs, gint64, self->frame_costs->len / 2) / 1e6);
  say_cost ("lanes", self->lanes);
  for (guint i = 0; i < 3; i++)
    say_cost (heddle_series_get_name (self->series[i]), self->areas[i]);
  g_main_loop_quit (self->loop);
  return G_SOURCE_REMOVE;
}

int
main (int   argc,
      char *argv[])
{
  g_autoptr (GOptionContext) options = g_option_context_new ("- the charts, with made-up data");
  g_autoptr (GError) error = NULL;
  Gallery self = { 0 };
  gint64 now;

  g_option_context_add_main_entries (options, entries, NULL);
  if (!g_option_context_parse (options, &argc, &argv, &error))
    {
      g_printerr ("%s\n", error->message);
      return 2;
    }

  adw_init ();
  heddle_clock_init ();
  adw_style_manager_set_color_scheme (adw_style_manager_get_default (),
                                      dark ? ADW_COLOR_SCHEME_FORCE_DARK
                                           : ADW_COLOR_SCHEME_FORCE_LIGHT);
  style ();
  now = heddle_clock_monotonic_ns ();
  self.rand = g_rand_new_with_seed (1);
  self.loop = g_main_loop_new (NULL, FALSE);
  make_charts (&self, now - 10 * G_GINT64_CONSTANT (1000000000), now);

  self.window = gtk_window_new ();
  gtk_window_set_title (GTK_WINDOW (self.window), "Chart Gallery (made-up data)");
  gtk_window_set_default_size (GTK_WINDOW (self.window), width, height);
  gtk_window_set_child (GTK_WINDOW (self.window), make_page (&self));
  g_signal_connect_swapped (self.window, "close-request", G_CALLBACK (g_main_loop_quit), self.loop);
  gtk_window_present (GTK_WINDOW (self.window));

  self.frame_costs = g_array_new (FALSE, FALSE, sizeof (gint64));
  g_signal_connect (gtk_widget_get_frame_clock (self.window), "before-paint",
                    G_CALLBACK (frame_begins), &self);
  g_signal_connect (gtk_widget_get_frame_clock (self.window), "after-paint",
                    G_CALLBACK (frame_ends), &self);
  self.cpu = processor_time ();
  self.wall = heddle_clock_monotonic_ns ();
  if (live)
    g_timeout_add (20, work, &self);
  if (seconds > 0)
    g_timeout_add_seconds ((guint) seconds, report, &self);
  if (folder != NULL)
    g_timeout_add (400, render_all, &self); /* once the window has its size */
  g_main_loop_run (self.loop);
  return 0;
}
