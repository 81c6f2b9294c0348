/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>

#include "trace/lane-store-private.h"

/* enough to tell that cost does not grow with it; sanitizers make all of it ten times slower */
#if defined(__SANITIZE_THREAD__) || defined(__SANITIZE_ADDRESS__)
#define N_MANY 200000
#else
#define N_MANY 2000000
#endif

#define SECOND G_GINT64_CONSTANT (1000000000)

static void
add_span (HeddleLaneStore *store, guint lane, guint64 id, gint64 begin, gint64 end,
          HeddleTaskState state)
{
  heddle_lane_store_open_locked (store, lane, id, begin, 0);
  heddle_lane_store_close_locked (store, lane, end, state, NULL);
}

static HeddleLaneStore *
store_with_lane (gsize budget)
{
  HeddleLaneStore *store = heddle_lane_store_new (budget);

  g_assert_cmpuint (heddle_lane_store_add_lane (store, "Thread 1"), ==, 0);
  return store;
}

static void
test_empty (void)
{
  HeddleLaneStore *store = heddle_lane_store_new (1 << 20);
  HeddleLaneCell cells[3] = { { .busy = 1, .waiting = 1, .n_done = 1, .n_failed = 1 } };
  HeddleLaneInfo info;
  HeddleSpan span;

  g_assert_cmpuint (heddle_lane_store_get_totals (store).n_lanes, ==, 0);
  g_assert_null (heddle_lane_store_dup_name (store, 0));
  g_assert_false (heddle_lane_store_get_info (store, 0, &info));
  g_assert_false (heddle_lane_store_find_span (store, 7, 5, &span));
  g_assert_cmpuint (heddle_lane_store_get_spans (store, 0, 0, 10, &span, 1), ==, 0);
  heddle_lane_store_get_cells (store, 0, 0, 10, cells, 3);
  g_assert_cmpfloat (cells[0].busy, ==, 0);
  g_assert_cmpuint (cells[0].n_failed, ==, 0);
  g_assert_cmpint (heddle_lane_store_get_totals (store).begin, ==, 0);
  g_assert_cmpint (heddle_lane_store_get_totals (store).end, ==, 0);
  heddle_lane_store_unref (store);
}

static void
test_info (void)
{
  HeddleLaneStore *store = store_with_lane (1 << 20);
  guint64 serial = heddle_lane_store_get_serial (store);
  HeddleLaneInfo info;

  heddle_lane_store_lock (store);
  heddle_lane_store_unlock (store);
  g_assert_cmpuint (heddle_lane_store_get_serial (store), ==, serial);

  heddle_lane_store_lock (store);
  heddle_lane_store_born_locked (store, 0, 5);
  add_span (store, 0, 1, 10, 20, HEDDLE_TASK_DONE);
  heddle_lane_store_open_locked (store, 0, 2, 30, 12);
  heddle_lane_store_progress_locked (store, 0, 0.25);
  heddle_lane_store_stretch_locked (store, 0, HEDDLE_FOLD_SLEEP, 31, 36, 0);
  heddle_lane_store_unlock (store);
  g_assert_cmpuint (heddle_lane_store_get_serial (store), >, serial);

  g_assert_true (heddle_lane_store_get_info (store, 0, &info));
  g_assert_true (info.open);
  g_assert_cmpuint (info.current.id, ==, 2);
  g_assert_cmpint (info.current.begin, ==, 30);
  g_assert_cmpint (info.current.queued, ==, 12);
  g_assert_cmpint (info.current.state, ==, HEDDLE_TASK_RUNNING);
  g_assert_cmpfloat (info.progress, ==, 0.25);
  g_assert_cmpint (info.born, ==, 5);
  g_assert_cmpint (info.died, ==, 0);
  g_assert_cmpint (info.busy_ns, ==, 16);
  g_assert_cmpuint (info.n_spans, ==, 1);
  g_assert_cmpint (heddle_lane_store_get_totals (store).begin, ==, 5);
  g_assert_cmpint (heddle_lane_store_get_totals (store).end, ==, 36);
  heddle_lane_store_unref (store);
}

static void
test_died (void)
{
  HeddleLaneStore *store = store_with_lane (1 << 20);
  HeddleLaneInfo info;
  HeddleSpan span;

  heddle_lane_store_lock (store);
  heddle_lane_store_born_locked (store, 0, 5);
  heddle_lane_store_open_locked (store, 0, 7, 10, 0);
  heddle_lane_store_died_locked (store, 0, 50);
  heddle_lane_store_unlock (store);
  g_assert_true (heddle_lane_store_find_span (store, 0, 49, &span));
  g_assert_cmpint (span.state, ==, HEDDLE_TASK_LOST);
  g_assert_cmpint (span.end, ==, 50);
  heddle_lane_store_get_info (store, 0, &info);
  g_assert_cmpint (info.died, ==, 50);

  heddle_lane_store_lock (store);
  heddle_lane_store_born_locked (store, 0, 60);
  heddle_lane_store_unlock (store);
  heddle_lane_store_get_info (store, 0, &info);
  g_assert_cmpint (info.born, ==, 5);
  g_assert_cmpint (info.died, ==, 0);
  heddle_lane_store_unref (store);
}

static void
test_open_is_busy (void)
{
  HeddleLaneStore *store = store_with_lane (1 << 20);
  HeddleLaneCell cells[4];

  heddle_lane_store_lock (store);
  heddle_lane_store_open_locked (store, 0, 1, 150, 0);
  heddle_lane_store_unlock (store);
  heddle_lane_store_get_cells (store, 0, 0, 400, cells, 4);
  g_assert_cmpfloat (cells[0].busy, ==, 0);
  g_assert_cmpfloat (cells[1].busy, ==, 0.5);
  g_assert_cmpfloat (cells[2].busy, ==, 1);
  g_assert_cmpfloat (cells[3].busy, ==, 1);
  g_assert_cmpuint (cells[3].n_done, ==, 0);
  heddle_lane_store_unref (store);
}

static void
test_wait_pieces (void)
{
  HeddleLaneStore *store = store_with_lane (1 << 20);
  gsize bytes = 0;
  HeddleLaneCell cell;

  heddle_lane_store_lock (store);
  heddle_lane_store_open_locked (store, 0, 1, 0, 0);
  for (gint64 i = 0; i < 100000; i++)
    {
      heddle_lane_store_stretch_locked (store, 0, HEDDLE_FOLD_SLEEP, i * 10, i * 10 + 10, 0);
      if (i == 0)
        bytes = store->bytes;
    }
  g_assert_cmpuint (store->bytes, ==, bytes);
  heddle_lane_store_unlock (store);
  heddle_lane_store_get_cells (store, 0, 0, 2000000, &cell, 1);
  g_assert_cmpfloat (cell.waiting, ==, 0.5);
  g_assert_cmpfloat (cell.busy, ==, 1);
  heddle_lane_store_unref (store);
}

/* Times of a broken worker: nothing may come out of order, nothing may crash, sums stay shares. */
static void
test_nonsense_times (void)
{
  HeddleLaneStore *store = store_with_lane (64 * 1024);
  HeddleLaneCell cells[50];

  heddle_lane_store_lock (store);
  for (guint i = 0; i < 20000; i++)
    {
      gint64 times[2];

      for (guint k = 0; k < 2; k++)
        times[k] = (gint64) ((guint64) g_test_rand_int () << 32 | (guint32) g_test_rand_int ())
          >> g_test_rand_int_range (0, 64);
      if (i % 3 == 0)
        heddle_lane_store_open_locked (store, 0, i, times[0], 0);
      if (i % 5 == 0)
        heddle_lane_store_stretch_locked (store, 0, HEDDLE_FOLD_SLEEP, times[0], times[1], 0);
      heddle_lane_store_close_locked (store, 0, times[1], (HeddleTaskState) (i % 6), NULL);
      heddle_lane_store_progress_locked (store, 0, (gdouble) times[0]);
    }
  heddle_lane_store_unlock (store);
  heddle_lane_store_get_cells (store, 0, G_MININT64, G_MAXINT64, cells, 50);
  heddle_lane_store_get_cells (store, 0, 0, heddle_lane_store_get_totals (store).end + 1, cells,
                               50);
  for (guint i = 0; i < 50; i++)
    {
      g_assert_cmpfloat (cells[i].busy, >=, 0);
      g_assert_cmpfloat (cells[i].busy, <=, 1);
      g_assert_cmpfloat (cells[i].waiting, <=, cells[i].busy);
    }
  heddle_lane_store_unref (store);
}

/* How many entries are looked at for 500 cells over all of the history. */
static guint64
touched_by_cells (HeddleLaneStore *store, gint64 end)
{
  g_autofree HeddleLaneCell *cells = g_new (HeddleLaneCell, 500);
  guint64 before = heddle_lane_store_get_touched (store);

  heddle_lane_store_get_cells (store, 0, 0, end, cells, 500);
  return heddle_lane_store_get_touched (store) - before;
}

static void
test_cost (void)
{
  HeddleLaneStore *store = store_with_lane (1 << 30);
  guint64 few = 0, many;
  gint64 time = 0;

  heddle_lane_store_lock (store);
  for (guint64 i = 0; i < N_MANY; i++)
    {
      gint64 length = g_test_rand_int_range (100, 1000);

      add_span (store, 0, i, time, time + length, HEDDLE_TASK_DONE);
      time += length + 50;
      if (i == 2000)
        {
          heddle_lane_store_unlock (store);
          few = touched_by_cells (store, time);
          heddle_lane_store_lock (store);
        }
    }
  heddle_lane_store_unlock (store);
  many = touched_by_cells (store, time);
  g_test_message ("entries looked at for 500 cells: %" G_GUINT64_FORMAT
                  " of 2 thousand, %" G_GUINT64_FORMAT " of %d",
                  few, many, N_MANY);
  g_assert_cmpuint (many, <, 500 * 24);
  g_assert_cmpuint (many, <, few * 3);
  heddle_lane_store_unref (store);
}

static void
test_folded_cost (void)
{
  HeddleLaneStore *store = store_with_lane (100 * 1024);
  gint64 time = 0;

  heddle_lane_store_lock (store);
  for (guint64 i = 0; i < N_MANY / 2; i++, time += 20000)
    add_span (store, 0, i, time, time + 10000, HEDDLE_TASK_DONE);
  heddle_lane_store_unlock (store);
  g_assert_cmpuint (heddle_lane_store_get_totals (store).n_given_up, >, N_MANY / 2 - 20000);
  g_assert_cmpuint (touched_by_cells (store, time), <, 500 * 24 + 2 * HEDDLE_FOLD_BUCKETS);
  heddle_lane_store_unref (store);
}

/* One failure of a microsecond among a hundred thousand good tasks marks exactly its cell, however
 * wide the view. */
static void
test_failure_is_seen (void)
{
  HeddleLaneStore *store = store_with_lane (1 << 30);
  const gint64 failed_end = 77777 * 10000 + 1000;
  HeddleLaneCell cells[100];

  heddle_lane_store_lock (store);
  for (gint64 i = 0; i < 100000; i++)
    add_span (store, 0, (guint64) i, i * 10000, i == 77777 ? failed_end : i * 10000 + 9000,
              i == 77777 ? HEDDLE_TASK_FAILED : HEDDLE_TASK_DONE);
  heddle_lane_store_unlock (store);
  for (gint64 width = 100; width < 100 * SECOND; width *= 3)
    {
      gint64 begin = MAX (failed_end - width / 3, 0);
      guint n_failed = 0;

      heddle_lane_store_get_cells (store, 0, begin, begin + width, cells, 100);
      for (guint i = 0; i < 100; i++)
        n_failed += cells[i].n_failed;
      g_assert_cmpuint (n_failed, ==, 1);
      g_assert_cmpuint (cells[(failed_end - begin) * 100 / width].n_failed, ==, 1);
    }
  heddle_lane_store_unref (store);
}

static void
test_budget (void)
{
  const gsize budget = 2 * 1024 * 1024;
  HeddleLaneStore *store = heddle_lane_store_new (budget);
  gint64 kept = 0;

  for (guint lane = 0; lane < 8; lane++)
    heddle_lane_store_add_lane (store, "lane");
  for (gint64 i = 0; i < 50000; i++)
    {
      heddle_lane_store_lock (store);
      for (guint lane = 0; lane < 8; lane++)
        add_span (store, lane, (guint64) i, i * 1000, i * 1000 + 900, HEDDLE_TASK_DONE);
      heddle_lane_store_unlock (store);
      g_assert_cmpuint (heddle_lane_store_get_totals (store).bytes, <=, budget);
      g_assert_cmpint (heddle_lane_store_get_totals (store).begin, >=, kept);
      kept = heddle_lane_store_get_totals (store).begin;
    }
  /* the oldest went first: every lane keeps about as much as the others, from the same time on */
  for (guint lane = 0; lane < 8; lane++)
    {
      HeddleSpan span;

      g_assert_true (heddle_lane_store_find_span (store, lane, kept + 200, &span));
      g_assert_cmpuint (heddle_lane_store_count_spans (store, lane, kept, 50000 * 1000), >, 10000);
    }
  heddle_lane_store_unref (store);
}

static void
test_empty_lanes (void)
{
  HeddleLaneStore *store = heddle_lane_store_new (1 << 30);

  for (guint i = 0; i < 1024; i++)
    heddle_lane_store_add_lane (store, "lane");
  g_assert_cmpuint (heddle_lane_store_get_totals (store).bytes, <, 1024 * 512);
  heddle_lane_store_unref (store);
}

static void
test_memory_of_spans (void)
{
  HeddleLaneStore *store = store_with_lane (1 << 30);

  heddle_lane_store_lock (store);
  for (gint64 i = 0; i < N_MANY / 2; i++)
    add_span (store, 0, (guint64) i, i * 1000, i * 1000 + 900, HEDDLE_TASK_DONE);
  heddle_lane_store_unlock (store);
  g_assert_cmpuint (heddle_lane_store_get_totals (store).bytes, <, 8 * N_MANY / 2);
  heddle_lane_store_unref (store);
}

/* In claims of 64, as two workers take them in turns. */
static void
test_memory_of_trains (void)
{
  HeddleLaneStore *store = store_with_lane (1 << 30);
  gint64 bounds[65];
  HeddleSpan span;

  heddle_lane_store_lock (store);
  for (guint i = 0; i < N_MANY / 2; i += 64)
    {
      for (guint j = 0; j <= 64; j++)
        bounds[j] = i * 100 + j * 90;
      heddle_lane_store_sequence_locked (store, 0, bounds, 64, 2 * i);
    }
  heddle_lane_store_unlock (store);
  g_assert_cmpuint (heddle_lane_store_get_totals (store).bytes, <, 5 * N_MANY / 2);
  g_assert_cmpuint (
    heddle_lane_store_get_spans (store, 0, 6400 * 7 + 90 * 3, 6400 * 7 + 90 * 3 + 1, &span, 1), ==,
    1);
  g_assert_cmpuint (span.id, ==, 2 * 64 * 7 + 3);
  heddle_lane_store_unref (store);
}

typedef struct {
  HeddleLaneStore *store;
  _Atomic gboolean done;
} Reading;

static gpointer
read_all_the_time (gpointer data)
{
  Reading *reading = data;
  HeddleLaneCell cells[64];
  HeddleSpan spans[64];
  HeddleLaneInfo info;

  do
    {
      gint64 end = heddle_lane_store_get_totals (reading->store).end + 1;

      heddle_lane_store_get_cells (reading->store, 0, 0, end, cells, 64);
      for (guint i = 0; i < 64; i++)
        g_assert_cmpfloat (cells[i].busy, <=, 1);
      heddle_lane_store_get_spans (reading->store, 0, end / 2, end, spans, 64);
      heddle_lane_store_get_info (reading->store, 0, &info);
      heddle_lane_store_get_serial (reading->store);
      sched_yield ();
    }
  while (!atomic_load (&reading->done));
  heddle_lane_store_unref (reading->store);
  return NULL;
}

static void
test_threads (void)
{
  Reading reading = { heddle_lane_store_ref (store_with_lane (256 * 1024)), FALSE };
  pthread_t threads[2];

  heddle_lane_store_ref (reading.store);
  for (guint i = 0; i < 2; i++)
    g_assert_cmpint (pthread_create (&threads[i], NULL, read_all_the_time, &reading), ==, 0);
  for (gint64 i = 0; i < N_MANY / 40; i++)
    {
      heddle_lane_store_lock (reading.store);
      add_span (reading.store, 0, (guint64) i, i * 1000, i * 1000 + 500, HEDDLE_TASK_DONE);
      heddle_lane_store_unlock (reading.store);
    }
  atomic_store (&reading.done, TRUE);
  for (guint i = 0; i < 2; i++)
    pthread_join (threads[i], NULL);
  heddle_lane_store_unref (reading.store);
}

/*
 * How much time there was for tasks, whoever was there: each number counts for as long as it held.
 */
static void
test_slots (void)
{
  HeddleLaneStore *store = heddle_lane_store_new (1 << 20);
  gint64 begin = 0;

  heddle_lane_store_add_lane (store, "a");
  heddle_lane_store_add_lane (store, "b");
  begin = 50;
  g_assert_cmpint (heddle_lane_store_count_slots (store, &begin, 150), ==,
                   200); /* nobody has said */
  g_assert_cmpint (begin, ==, 50);

  heddle_lane_store_lock (store);
  heddle_lane_store_set_slots_locked (store, 2, 100);
  heddle_lane_store_set_slots_locked (store, 5, 200);
  heddle_lane_store_set_slots_locked (store, 3, 200); /* at once */
  heddle_lane_store_set_slots_locked (store, 1, 150); /* late: from 200 on */
  heddle_lane_store_unlock (store);
  begin = 0;
  g_assert_cmpint (heddle_lane_store_count_slots (store, &begin, 300), ==, 2 * 100 + 1 * 100);
  g_assert_cmpint (begin, ==, 100);
  begin = 150;
  g_assert_cmpint (heddle_lane_store_count_slots (store, &begin, 250), ==, 2 * 50 + 1 * 50);
  g_assert_cmpint (begin, ==, 150);
  begin = 250;
  g_assert_cmpint (heddle_lane_store_count_slots (store, &begin, 1000), ==, 750);
  begin = 300;
  g_assert_cmpint (heddle_lane_store_count_slots (store, &begin, 300), ==, 0);
  begin = 0;
  g_assert_cmpint (heddle_lane_store_count_slots (store, &begin, 90), ==, 0);
  heddle_lane_store_unref (store);
}

/* However often the number is changed, the sum over all of it stays exact. */
static void
test_many_slots (void)
{
  HeddleLaneStore *store = heddle_lane_store_new (1 << 20);
  gint64 time = 1000, sum = 0, begin = 0;

  for (guint i = 0; i < 20000; i++)
    {
      guint n = (guint) g_test_rand_int_range (0, 9);
      gint64 length = g_test_rand_int_range (1, 100);

      heddle_lane_store_lock (store);
      heddle_lane_store_set_slots_locked (store, n, time);
      heddle_lane_store_unlock (store);
      time += length;
      sum += n * length;
    }
  g_assert_cmpint (heddle_lane_store_count_slots (store, &begin, time), ==, sum);
  g_assert_cmpint (begin, ==, 1000);
  heddle_lane_store_unref (store);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/lane-store/nothing-there-is-no-trap", test_empty);
  g_test_add_func ("/lane-store/info-tells-how-a-lane-stands", test_info);
  g_test_add_func ("/lane-store/dead-worker-loses-its-task", test_died);
  g_test_add_func ("/lane-store/time-of-workers-knows-when-the-number-changed", test_slots);
  g_test_add_func ("/lane-store/time-of-workers-is-exact-after-many-changes", test_many_slots);
  g_test_add_func ("/lane-store/open-task-is-busy", test_open_is_busy);
  g_test_add_func ("/lane-store/wait-told-in-pieces-is-one", test_wait_pieces);
  g_test_add_func ("/lane-store/nonsense-times-are-bent", test_nonsense_times);
  g_test_add_func ("/lane-store/cells-cost-the-same-for-any-history", test_cost);
  g_test_add_func ("/lane-store/cells-of-given-up-history-cost-little", test_folded_cost);
  g_test_add_func ("/lane-store/short-failure-is-seen-at-every-zoom", test_failure_is_seen);
  g_test_add_func ("/lane-store/budget-holds-and-the-oldest-go", test_budget);
  g_test_add_func ("/lane-store/empty-lanes-cost-little", test_empty_lanes);
  g_test_add_func ("/lane-store/span-takes-8-bytes", test_memory_of_spans);
  g_test_add_func ("/lane-store/task-of-a-sequence-takes-5-bytes", test_memory_of_trains);
  g_test_add_func ("/lane-store/threads-read-while-one-writes", test_threads);
  return g_test_run ();
}
