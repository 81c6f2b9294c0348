/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The lane store against a model that keeps everything in plain arrays and adds up by hand, over
 * random histories.
 */
#include "config.h"

#include <math.h>

#include "trace/lane-store.h"

#define LONGEST_TRAIN 300

/* How many of ten tasks that are added, or of ten sequences of them, are sequences. */
static gint sequences_of_ten;

typedef struct {
  GArray *spans; /* HeddleSpan */
  GArray *waits; /* HeddleSpan */
  gboolean open;
  HeddleSpan current;
} Model;

static void
model_init (Model *model)
{
  *model = (Model){ .spans = g_array_new (FALSE, FALSE, sizeof (HeddleSpan)),
                    .waits = g_array_new (FALSE, FALSE, sizeof (HeddleSpan)) };
}

static void
model_clear (Model *model)
{
  g_array_unref (model->spans);
  g_array_unref (model->waits);
}

static gint64
overlap (const HeddleSpan *span, gint64 begin, gint64 end)
{
  return MAX (MIN (span->end, end) - MAX (span->begin, begin), 0);
}

static gint64
model_covered (const GArray *spans, gint64 begin, gint64 end)
{
  gint64 sum = 0;

  for (guint i = 0; i < spans->len; i++)
    sum += overlap (&g_array_index (spans, HeddleSpan, i), begin, end);
  return sum;
}

static void
model_cell (const Model *model, gint64 begin, gint64 end, HeddleLaneCell *cell)
{
  gint64 busy = model_covered (model->spans, begin, end);

  if (model->open)
    busy += MAX (end - MAX (begin, model->current.begin), 0);
  *cell = (HeddleLaneCell) { 0 };
  if (end > begin)
    {
      cell->busy = (float) ((double) busy / (double) (end - begin));
      cell->waiting =
        (float) ((double) model_covered (model->waits, begin, end) / (double) (end - begin));
    }
  for (guint i = 0; i < model->spans->len; i++)
    {
      const HeddleSpan *span = &g_array_index (model->spans, HeddleSpan, i);

      if (span->end >= begin && span->end < end && span->state == HEDDLE_TASK_DONE)
        cell->n_done++;
      else if (span->end >= begin && span->end < end)
        cell->n_failed++;
    }
}

/* One task, with some waits, in both; returns when it ended. */
static gint64
add_task (HeddleLaneStore *store, Model *model, gint64 begin, guint64 id, gint max_length)
{
  gint64 end = begin + g_test_rand_int_range (0, max_length);
  gint64 time = begin;
  HeddleSpan span = { begin, end, id, HEDDLE_TASK_DONE };

  if (g_test_rand_int_range (0, 20) == 0)
    span.state = (HeddleTaskState) g_test_rand_int_range (HEDDLE_TASK_FAILED, HEDDLE_TASK_LOST + 1);
  heddle_lane_store_open_locked (store, 0, id, begin);
  while (time < end && g_test_rand_int_range (0, 3) == 0)
    {
      HeddleSpan wait = { time + (end - time) / 4, time + (end - time) / 2, 0, HEDDLE_TASK_DONE };

      heddle_lane_store_wait_locked (store, 0, wait.begin, wait.end);
      g_array_append_val (model->waits, wait);
      time = wait.end + 1;
    }
  heddle_lane_store_close_locked (store, 0, end, span.state);
  g_array_append_val (model->spans, span);
  return end;
}

/* Tasks back to back, added at once; returns when the last one ended. */
static gint64
add_sequence (HeddleLaneStore *store, Model *model, gint64 begin, guint64 first_id, guint n,
              gint max_length)
{
  gint64 bounds[LONGEST_TRAIN + 1];

  bounds[0] = begin;
  for (guint i = 0; i < n; i++)
    {
      HeddleSpan span = { bounds[i], bounds[i] + g_test_rand_int_range (0, max_length),
                          first_id + i, HEDDLE_TASK_DONE };

      bounds[i + 1] = span.end;
      g_array_append_val (model->spans, span);
    }
  heddle_lane_store_sequence_locked (store, 0, bounds, n, first_id);
  return bounds[n];
}

static gint64
random_time (gint64 begin, gint64 end)
{
  return begin + (gint64) (g_test_rand_double () * (double) (end - begin));
}

static gint64
fill (HeddleLaneStore *store, Model *model, guint n, gint64 begin, gint max_length,
      gboolean leave_open)
{
  gint64 time = begin;

  heddle_lane_store_lock (store);
  for (guint i = 0; i < n; i++)
    {
      if (g_test_rand_int_range (0, 3) == 0)
        time += 2 * (gint64) g_test_rand_int_range (0, max_length);
      if (g_test_rand_int_range (0, 10) < sequences_of_ten)
        {
          guint n_train = (guint) g_test_rand_int_range (1, (gint) MIN (n - i, LONGEST_TRAIN) + 1);

          time = add_sequence (store, model, time, i, n_train, max_length);
          i += n_train - 1;
          continue;
        }
      /* ids jump now and then, further than 32 bits reach */
      time = add_task (store, model, time,
                       g_test_rand_int_range (0, 500) == 0 ? G_GUINT64_CONSTANT (1) << 40 : i,
                       max_length);
    }
  if (leave_open)
    {
      model->open = TRUE;
      model->current = (HeddleSpan) { time + 10, 0, n, HEDDLE_TASK_RUNNING };
      heddle_lane_store_open_locked (store, 0, n, time + 10);
      time += max_length;
    }
  heddle_lane_store_unlock (store);
  return time;
}

static void
check_cells (HeddleLaneStore *store, const Model *model, gint64 begin, gint64 end, guint n_cells)
{
  g_autofree HeddleLaneCell *cells = g_new (HeddleLaneCell, n_cells);

  heddle_lane_store_get_cells (store, 0, begin, end, cells, n_cells);
  for (guint i = 0; i < n_cells; i++)
    {
      gint64 from = (gint64) (begin + (__int128) (end - begin) * i / n_cells);
      gint64 to = (gint64) (begin + (__int128) (end - begin) * (i + 1) / n_cells);
      HeddleLaneCell expected;

      model_cell (model, from, to, &expected);
      g_assert_cmpfloat_with_epsilon (cells[i].busy, expected.busy, 1e-5);
      g_assert_cmpfloat_with_epsilon (cells[i].waiting, expected.waiting, 1e-5);
      g_assert_cmpuint (cells[i].n_done, ==, expected.n_done);
      g_assert_cmpuint (cells[i].n_failed, ==, expected.n_failed);
    }
}

static void
check_spans (HeddleLaneStore *store, const Model *model, gint64 begin, gint64 end)
{
  g_autofree HeddleSpan *spans = g_new (HeddleSpan, model->spans->len + 1);
  guint n = heddle_lane_store_get_spans (store, 0, begin, end, spans, model->spans->len + 1);
  guint expected = 0;

  for (guint i = 0; i < model->spans->len; i++)
    {
      const HeddleSpan *span = &g_array_index (model->spans, HeddleSpan, i);

      if (span->begin >= end || (span->end <= begin && span->begin < begin))
        continue;
      g_assert_cmpuint (expected, <, n);
      g_assert_cmpint (spans[expected].begin, ==, span->begin);
      g_assert_cmpint (spans[expected].end, ==, span->end);
      g_assert_cmpuint (spans[expected].id, ==, span->id);
      g_assert_cmpint (spans[expected].state, ==, span->state);
      expected++;
    }
  if (model->open && model->current.begin < end)
    {
      g_assert_cmpuint (expected, <, n);
      g_assert_cmpint (spans[expected].state, ==, HEDDLE_TASK_RUNNING);
      g_assert_cmpint (spans[expected].begin, ==, model->current.begin);
      g_assert_cmpint (spans[expected].end, >=, model->current.begin);
      expected++;
    }
  g_assert_cmpuint (n, ==, expected);
  g_assert_cmpuint (heddle_lane_store_count_spans (store, 0, begin, end), ==, expected);
}

static void
check_find (HeddleLaneStore *store, const Model *model, gint64 time)
{
  const HeddleSpan *expected = NULL;
  HeddleSpan found;

  for (guint i = 0; i < model->spans->len; i++)
    {
      const HeddleSpan *span = &g_array_index (model->spans, HeddleSpan, i);

      if (span->begin <= time && (time < span->end || time == span->begin))
        expected = span;
    }
  if (model->open && model->current.begin <= time)
    expected = &model->current;
  g_assert_cmpint (heddle_lane_store_find_span (store, 0, time, &found), ==, expected != NULL);
  if (expected != NULL)
    g_assert_cmpuint (found.id, ==, expected->id);
}

static void
check_history (guint n, gint max_length, gboolean leave_open)
{
  gint64 begin = G_GINT64_CONSTANT (1000000000000);
  HeddleLaneStore *store = heddle_lane_store_new (1 << 30);
  gint64 end;
  Model model;

  model_init (&model);
  heddle_lane_store_add_lane (store, "lane");
  end = fill (store, &model, n, begin, max_length, leave_open) + max_length;
  for (guint i = 0; i < 30; i++)
    {
      gint64 from = random_time (begin - max_length, end);
      gint64 to =
        random_time (from + 1, i % 2 == 0 ? end + max_length : from + 3 * (gint64) max_length + 2);

      check_cells (store, &model, from, to, (guint) g_test_rand_int_range (1, 40));
      check_spans (store, &model, from, to);
      check_find (store, &model, from);
    }
  for (guint i = 0; i < 30 && i < model.spans->len; i++)
    {
      const HeddleSpan *span = &g_array_index (model.spans, HeddleSpan, i);

      check_cells (store, &model, span->begin, span->end + 1, 1);
      check_spans (store, &model, span->begin, span->end + 1);
      check_spans (store, &model, span->end, span->end + 1);
      check_find (store, &model, span->begin);
      check_find (store, &model, span->end);
    }
  model_clear (&model);
  heddle_lane_store_unref (store);
}

static void
test_short (void)
{
  for (guint i = 0; i < 30; i++)
    check_history ((guint) g_test_rand_int_range (0, 100), 10, i % 2);
}

static void
test_many (void)
{
  for (guint i = 0; i < 6; i++)
    check_history ((guint) g_test_rand_int_range (900, 4200), 100000, i % 2);
}

static void
test_long (void)
{
  for (guint i = 0; i < 6; i++)
    check_history ((guint) g_test_rand_int_range (900, 4200), 2000000000, i % 2);
}

/* What was given up keeps its sums; what is kept stays exact; the borders between neither lose nor
 * double anything. */
static void
check_given_up (gsize budget, guint n, gint max_length)
{
  gint64 begin = G_GINT64_CONSTANT (777000000123);
  HeddleLaneStore *store = heddle_lane_store_new (budget);
  HeddleLaneCell cells[333], all;
  double busy = 0, waiting = 0, width;
  guint64 n_done = 0, n_failed = 0;
  gint64 end, kept;
  Model model;

  model_init (&model);
  heddle_lane_store_add_lane (store, "lane");
  end = fill (store, &model, n, begin, max_length, FALSE) + 1;
  kept = heddle_lane_store_get_totals (store).begin;
  g_assert_cmpuint (heddle_lane_store_get_totals (store).n_given_up, >, 0);
  g_assert_cmpuint (heddle_lane_store_get_totals (store).n_given_up
                      + heddle_lane_store_count_spans (store, 0, begin - 1, end),
                    ==, n);
  g_assert_cmpint (kept, >, begin);

  heddle_lane_store_get_cells (store, 0, begin - max_length, end, cells, G_N_ELEMENTS (cells));
  width = (double) (end - begin + max_length) / G_N_ELEMENTS (cells);
  for (guint i = 0; i < G_N_ELEMENTS (cells); i++)
    {
      busy += cells[i].busy * width;
      waiting += cells[i].waiting * width;
      n_done += cells[i].n_done;
      n_failed += cells[i].n_failed;
    }
  model_cell (&model, begin - max_length, end, &all);
  g_assert_cmpfloat_with_epsilon (busy / (double) model_covered (model.spans, begin, end), 1, 1e-4);
  if (model.waits->len > 0)
    g_assert_cmpfloat_with_epsilon (waiting / (double) model_covered (model.waits, begin, end), 1,
                                    1e-2);
  g_assert_cmpuint (n_done, ==, all.n_done);
  g_assert_cmpuint (n_failed, ==, all.n_failed);
  if (kept < end - 1)
    check_spans (store, &model, kept + 1, end);
  model_clear (&model);
  heddle_lane_store_unref (store);
}

static void
test_given_up (void)
{
  for (guint i = 0; i < 6; i++)
    {
      check_given_up (200 * 1024, (guint) g_test_rand_int_range (10000, 30000), 100000);
      check_given_up (100 * 1024, (guint) g_test_rand_int_range (5000, 9000), 1500000000);
      check_given_up (1, 2000, 1000);
    }
}

static void
test_trains (void)
{
  for (sequences_of_ten = 5; sequences_of_ten <= 10; sequences_of_ten += 5)
    {
      test_short ();
      test_many ();
      test_long ();
    }
  sequences_of_ten = 0;
}

static void
test_trains_given_up (void)
{
  for (sequences_of_ten = 5; sequences_of_ten <= 10; sequences_of_ten += 5)
    {
      check_given_up (60 * 1024, (guint) g_test_rand_int_range (20000, 60000), 1000);
      check_given_up (60 * 1024, (guint) g_test_rand_int_range (20000, 60000), 100000);
      check_given_up (40 * 1024, (guint) g_test_rand_int_range (8000, 20000), 1500000000);
    }
  sequences_of_ten = 0;
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/lane-store/model/few-short-spans", test_short);
  g_test_add_func ("/lane-store/model/many-spans", test_many);
  g_test_add_func ("/lane-store/model/long-spans", test_long);
  g_test_add_func ("/lane-store/model/given-up-spans-keep-their-sums", test_given_up);
  g_test_add_func ("/lane-store/model/tasks-back-to-back", test_trains);
  g_test_add_func ("/lane-store/model/tasks-back-to-back-keep-their-sums", test_trains_given_up);
  return g_test_run ();
}
