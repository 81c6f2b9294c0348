/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Lanes that move with the clock keep most of their picture. Whatever happens meanwhile, it is the
 * one that is drawn when nothing is kept. */
#include "config.h"

#include <string.h>

#include "charts/axis.h"
#include "charts/lanes-chart-private.h"
#include "pixels.h"
#include "sample-data.h"
#include "trace/clock.h"

#define WIDTH 700
#define HEIGHT 220
#define SHOWN (10 * HEDDLE_S)
#define N_LANES 5

typedef struct {
  HeddleLaneStore *store;
  HeddleTimeWindow *window;
  GtkWidget *chart;
  GRand *random;
  gint64 now;                /* up to here things have happened */
  gint64 free_from[N_LANES]; /* when the lane's last task ended */
  gboolean open[N_LANES];
  guint64 id;
} Movie;

static void
movie_init (Movie *self)
{
  guint32 seed = g_random_int ();
  const char *told = g_getenv ("HEDDLE_TEST_SEED");

  if (told != NULL)
    seed = (guint32) g_ascii_strtoull (told, NULL, 10);
  g_test_message ("HEDDLE_TEST_SEED=%u", seed);
  *self = (Movie){ .store = heddle_lane_store_new (64 << 20),
                   .window = g_object_new (HEDDLE_TYPE_TIME_WINDOW, NULL),
                   .random = g_rand_new_with_seed (seed),
                   .now = SHOWN };
  for (guint lane = 0; lane < N_LANES; lane++)
    {
      heddle_lane_store_add_lane (self->store, "Thread");
      self->free_from[lane] = HEDDLE_S;
    }
  self->chart = g_object_ref_sink (g_object_new (HEDDLE_TYPE_LANES_CHART, NULL));
  heddle_chart_set_window (HEDDLE_CHART (self->chart), self->window);
  heddle_lanes_chart_set_store (HEDDLE_LANES_CHART (self->chart), self->store);
}

static void
movie_clear (Movie *self)
{
  g_assert_finalize_object (self->chart);
  g_assert_finalize_object (self->window);
  heddle_lane_store_unref (self->store);
  g_rand_free (self->random);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Movie, movie_clear)

/* Lanes 0 and 1: many short tasks, some that fail, some that wait. Lane 2: few. Lane 3: dense now
 * and then. Lane 4: a long pause. */
static gint64
length_of (Movie *self,
           guint  lane)
{
  gboolean calm = lane == 2 || (lane == 3 && (self->free_from[lane] / (4 * HEDDLE_S)) % 2 == 0);

  return g_rand_int_range (self->random, 1, calm ? 900 : 6) * HEDDLE_MS / 2;
}

static void
go_on (Movie *self,
       guint  lane)
{
  heddle_lane_store_lock (self->store);
  while (self->free_from[lane] < self->now)
    {
      gint64 begin = self->free_from[lane] + (g_rand_boolean (self->random) ? 0 : 100 * HEDDLE_US),
             end = begin + length_of (self, lane);
      HeddleTaskState state =
        g_rand_int_range (self->random, 0, 300) == 0 ? HEDDLE_TASK_FAILED : HEDDLE_TASK_DONE;

      if (!self->open[lane])
        heddle_lane_store_open_locked (self->store, lane, ++self->id, begin, 0);
      self->open[lane] = TRUE;
      self->free_from[lane] = end;
      if (end > self->now) /* in hand when the picture is taken; ends before anything else comes */
        break;
      if (g_rand_int_range (self->random, 0, 5) == 0)
        heddle_lane_store_stretch_locked (self->store, lane, HEDDLE_FOLD_SLEEP, begin, end, 0);
      heddle_lane_store_close_locked (self->store, lane, end, state, NULL);
      self->open[lane] = FALSE;
    }
  heddle_lane_store_unlock (self->store);
}

static void
end_open (Movie *self,
          guint  lane)
{
  if (!self->open[lane] || self->free_from[lane] > self->now)
    return;
  heddle_lane_store_lock (self->store);
  heddle_lane_store_close_locked (self->store, lane, self->free_from[lane], HEDDLE_TASK_DONE, NULL);
  heddle_lane_store_unlock (self->store);
  self->open[lane] = FALSE;
}

static void
step (Movie *self,
      gint64 time)
{
  self->now += time;
  for (guint lane = 0; lane < N_LANES; lane++)
    {
      if (lane == 4 && (self->now / (3 * HEDDLE_S)) % 2 == 0)
        continue;
      end_open (self, lane);
      if (!self->open[lane])
        go_on (self, lane);
    }
  heddle_time_window_set_extent (self->window, self->now - SHOWN, self->now);
}

/* Names and shares stand at the left; they are told less often. A mark that goes out at the left
 * edge is cut one cell earlier or later. */
static void
assert_same_rows (Movie        *self,
                  const Pixels *a,
                  const Pixels *b)
{
  HeddleLanesChart *chart = HEDDLE_LANES_CHART (self->chart);
  const guint32 *first = (const guint32 *) (gpointer) a->data,
                *second = (const guint32 *) (gpointer) b->data;

  for (int y = 0; y < chart->layout.view_height; y++)
    for (int x = chart->plot_x + 2 * HEDDLE_CELL_PIXELS; x < WIDTH; x++)
      if (first[y * WIDTH + x] != second[y * WIDTH + x])
        g_error ("at %d ms the pixels at %d, %d differ: %08x moved, %08x drawn anew",
                 (int) (self->now / HEDDLE_MS), x, y, first[y * WIDTH + x], second[y * WIDTH + x]);
}

static void
compare (Movie *self)
{
  GtkWidget *anew = g_object_ref_sink (g_object_new (HEDDLE_TYPE_LANES_CHART, NULL));
  g_auto (Pixels) moved = { 0 }, drawn = { 0 };

  heddle_chart_set_window (HEDDLE_CHART (anew), self->window);
  heddle_lanes_chart_set_store (HEDDLE_LANES_CHART (anew), self->store);
  moved = draw (self->chart, WIDTH, HEIGHT);
  drawn = draw (anew, WIDTH, HEIGHT);
  assert_same_rows (self, &moved, &drawn);
  g_assert_finalize_object (anew);
}

static void
test_same_picture (void)
{
  g_auto (Movie) movie = { 0 };
  guint n_kept = 0;

  movie_init (&movie);
  for (guint i = 0; i < 120; i++)
    {
      HeddleLanesRows *rows = &HEDDLE_LANES_CHART (movie.chart)->rows;

      step (&movie, g_rand_int_range (movie.random, 1, 400) * HEDDLE_MS + 137);
      compare (&movie);
      n_kept += rows->raster.pixels != NULL && rows->settled[0] > G_MININT64
        && rows->settled[1] > G_MININT64;
    }
  /* the comparison would be worth nothing if nothing had been kept */
  g_assert_cmpuint (n_kept, >, 80);
}

/* A step beyond what is shown, another width, and back. */
static void
test_jumps (void)
{
  g_auto (Movie) movie = { 0 };

  movie_init (&movie);
  step (&movie, HEDDLE_S);
  compare (&movie);
  step (&movie, 3 * SHOWN);
  compare (&movie);
  heddle_time_window_set_extent (movie.window, movie.now - SHOWN - HEDDLE_S, movie.now - HEDDLE_S);
  compare (&movie);
  heddle_time_window_set_extent (movie.window, movie.now - SHOWN / 3, movie.now);
  compare (&movie);
  step (&movie, HEDDLE_S / 2);
  compare (&movie);
}

int
main (int   argc,
      char *argv[])
{
  gtk_test_init (&argc, &argv, NULL);
  heddle_clock_init ();
  g_test_add_func ("/lanes-move/what-is-kept-is-what-would-be-drawn", test_same_picture);
  g_test_add_func ("/lanes-move/jumps-draw-anew", test_jumps);
  return g_test_run ();
}
