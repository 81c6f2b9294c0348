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
/* How many of ten tasks have totals. */
static gint totals_of_ten;

typedef struct {
  GArray *spans;                      /* HeddleSpan: tasks */
  GArray *stretches[HEDDLE_N_FOLDS];  /* HeddleSpan: of the other kinds */
  gboolean open;
  HeddleSpan current;
} Model;

static void
model_init (Model *model)
{
  *model = (Model){ .spans = g_array_new (FALSE, FALSE, sizeof (HeddleSpan)) };
  for (guint kind = 0; kind < HEDDLE_N_FOLDS; kind++)
    model->stretches[kind] = g_array_new (FALSE, FALSE, sizeof (HeddleSpan));
}

static void
model_clear (Model *model)
{
  g_array_unref (model->spans);
  for (guint kind = 0; kind < HEDDLE_N_FOLDS; kind++)
    g_array_unref (model->stretches[kind]);
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

/* Time of stretches of that kind in tasks, or of tasks with totals their share of those. */
static double
model_state (const Model *model, HeddleFoldKind kind, gint64 begin, gint64 end)
{
  double sum = (double) model_covered (model->stretches[kind], begin, end);

  for (guint i = 0; i < model->spans->len; i++)
    {
      const HeddleSpan *span = &g_array_index (model->spans, HeddleSpan, i);
      double part = (double) overlap (span, begin, end);
      double whole = (double) (kind == HEDDLE_FOLD_ON_CPU  ? span->times.on_cpu_ns
                               : kind == HEDDLE_FOLD_READY ? span->times.ready_ns
                                                           : span->end - span->begin);

      if (span->times.known && part > 0)
        sum += whole * part / (double) (span->end - span->begin);
    }
  return sum;
}

static void
model_cell (const Model *model, gint64 begin, gint64 end, HeddleLaneCell *cell)
{
  gint64 busy = model_covered (model->spans, begin, end);
  double width = (double) MAX (end - begin, 1);

  if (model->open)
    busy += MAX (end - MAX (begin, model->current.begin), 0);
  *cell = (HeddleLaneCell) { 0 };
  cell->busy = (float) ((double) busy / width);
  for (guint i = 0; i < HEDDLE_N_WAITS; i++)
    {
      cell->waits[i] =
        (float) ((double) model_covered (model->stretches[HEDDLE_FOLD_SLEEP + i], begin, end)
                 / width);
      cell->waiting += cell->waits[i];
    }
  cell->on_cpu = (float) (model_state (model, HEDDLE_FOLD_ON_CPU, begin, end) / width);
  cell->ready = (float) (model_state (model, HEDDLE_FOLD_READY, begin, end) / width);
  cell->known = (float) (model_state (model, HEDDLE_FOLD_KNOWN, begin, end) / width);
  cell->known = CLAMP (cell->known, cell->on_cpu + cell->ready, cell->busy);
  cell->holding =
    (float) ((double) model_covered (model->stretches[HEDDLE_FOLD_HOLDING], begin, end) / width);
  for (guint i = 0; i < model->spans->len; i++)
    {
      const HeddleSpan *span = &g_array_index (model->spans, HeddleSpan, i);

      if (span->end >= begin && span->end < end && span->state == HEDDLE_TASK_DONE)
        cell->n_done++;
      else if (span->end >= begin && span->end < end)
        cell->n_failed++;
    }
}

static void
add_stretch (HeddleLaneStore *store, Model *model, HeddleFoldKind kind, gint64 begin, gint64 end,
             guint64 id)
{
  HeddleSpan stretch = { .begin = begin, .end = end, .id = id, .state = HEDDLE_TASK_DONE };

  heddle_lane_store_stretch_locked (store, 0, kind, begin, end, id);
  if (begin < end)
    g_array_append_val (model->stretches[kind], stretch);
}

/* Waits of the open task, for one thing or another. */
static void
add_waits (HeddleLaneStore *store, Model *model, gint64 begin, gint64 end)
{
  gint64 time = begin;

  while (time < end && g_test_rand_int_range (0, 3) == 0)
    {
      gint64 stop = time + (end - time) / 2;

      add_stretch (store, model,
                   (HeddleFoldKind) g_test_rand_int_range (HEDDLE_FOLD_SLEEP, HEDDLE_FOLD_IO + 1),
                   time + (end - time) / 4, stop, (guint64) g_test_rand_int_range (1, 3));
      time = stop + 1;
    }
}

/* Every switch in a task that has ended. */
static void
add_switches (HeddleLaneStore *store, Model *model, gint64 begin, gint64 end)
{
  gint64 time = begin;

  for (guint i = 0; i < 3; i++)
    {
      gint64 stop = time + (end - time) / 2, again = stop + (end - stop) / 3;

      add_stretch (store, model, HEDDLE_FOLD_ON_CPU, time, stop, 0);
      add_stretch (store, model, HEDDLE_FOLD_READY, stop, again, 0);
      time = again + (end - again) / 2;
    }
  add_stretch (store, model, HEDDLE_FOLD_KNOWN, begin, end, 0);
}

static HeddleTaskTimes
random_times (gint64 length)
{
  HeddleTaskTimes times = { .known = TRUE };

  times.on_cpu_ns = (gint64) (g_test_rand_double () * (double) length);
  times.ready_ns = (gint64) (g_test_rand_double () * (double) (length - times.on_cpu_ns));
  return times;
}

/* One task, with some waits, in both; returns when it ended. It has totals, or stretches of states,
 * or neither. */
static gint64
add_task (HeddleLaneStore *store, Model *model, gint64 begin, guint64 id, gint max_length)
{
  gint64 end = begin + g_test_rand_int_range (0, max_length);
  HeddleSpan span = { .begin = begin, .end = end, .id = id, .state = HEDDLE_TASK_DONE };

  if (g_test_rand_int_range (0, 20) == 0)
    span.state = (HeddleTaskState) g_test_rand_int_range (HEDDLE_TASK_FAILED, HEDDLE_TASK_LOST + 1);
  if (g_test_rand_int_range (0, 10) < totals_of_ten)
    span.times = random_times (end - begin);
  heddle_lane_store_open_locked (store, 0, id, begin, 0);
  add_waits (store, model, begin, end);
  if (g_test_rand_int_range (0, 4) == 0)
    add_stretch (store, model, HEDDLE_FOLD_HOLDING, begin + (end - begin) / 3, end, id % 5);
  heddle_lane_store_close_locked (store, 0, end, span.state, &span.times);
  g_array_append_val (model->spans, span);
  if (!span.times.known && g_test_rand_int_range (0, 3) == 0)
    add_switches (store, model, begin, end);
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
      HeddleSpan span = { .begin = bounds[i],
                          .end = bounds[i] + g_test_rand_int_range (0, max_length),
                          .id = first_id + i,
                          .state = HEDDLE_TASK_DONE };

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
      model->current =
        (HeddleSpan) { .begin = time + 10, .id = n, .state = HEDDLE_TASK_RUNNING };
      heddle_lane_store_open_locked (store, 0, n, time + 10, 0);
      time += max_length;
    }
  heddle_lane_store_unlock (store);
  return time;
}

static void
assert_cell (const HeddleLaneCell *cell, const HeddleLaneCell *expected, gint64 width)
{
  /* a part of a totals' nanosecond may fall on either side of a border */
  double epsilon = 1e-5 + 2.0 / (double) MAX (width, 1);

  g_assert_cmpfloat_with_epsilon (cell->busy, expected->busy, 1e-5);
  g_assert_cmpfloat_with_epsilon (cell->waiting, expected->waiting, 1e-5);
  for (guint i = 0; i < HEDDLE_N_WAITS; i++)
    g_assert_cmpfloat_with_epsilon (cell->waits[i], expected->waits[i], 1e-5);
  g_assert_cmpfloat_with_epsilon (cell->on_cpu, expected->on_cpu, epsilon);
  g_assert_cmpfloat_with_epsilon (cell->ready, expected->ready, epsilon);
  g_assert_cmpfloat_with_epsilon (cell->known, expected->known, epsilon);
  g_assert_cmpfloat_with_epsilon (cell->holding, expected->holding, 1e-5);
  g_assert_cmpuint (cell->n_done, ==, expected->n_done);
  g_assert_cmpuint (cell->n_failed, ==, expected->n_failed);
}

/* The sum of a stretch says the same as its one cell, in nanoseconds. */
static void
check_sum (HeddleLaneStore *store, const Model *model, gint64 begin, gint64 end)
{
  double width = (double) (end - begin);
  HeddleLaneCell as_cell = { 0 }, expected;
  HeddleLaneSum sum;
  guint64 n_failed;

  heddle_lane_store_sum (store, 0, begin, end, &sum);
  model_cell (model, begin, end, &expected);
  as_cell.busy = (float) ((double) sum.busy_ns / width);
  for (guint i = 0; i < HEDDLE_N_WAITS; i++)
    {
      as_cell.waits[i] = (float) ((double) sum.waits_ns[i] / width);
      as_cell.waiting += as_cell.waits[i];
    }
  as_cell.on_cpu = (float) ((double) sum.on_cpu_ns / width);
  as_cell.ready = (float) ((double) sum.ready_ns / width);
  as_cell.known = (float) ((double) sum.known_ns / width);
  as_cell.holding = (float) ((double) sum.holding_ns / width);
  as_cell.n_done = (guint32) sum.n_done;
  as_cell.n_failed = (guint32) sum.n_failed;
  assert_cell (&as_cell, &expected, end - begin);
  g_assert_cmpint (heddle_lane_store_sum_tasks (store, 0, begin, end, &n_failed), ==, sum.busy_ns);
  g_assert_cmpuint (n_failed, ==, sum.n_failed);
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
      assert_cell (&cells[i], &expected, to - from);
    }
  check_sum (store, model, begin, end);
}

/* Stretches that touch and have the same id are one to the store; so what is compared is the time
 * of each id. */
static void
check_stretches (HeddleLaneStore *store, const Model *model, HeddleFoldKind kind, gint64 begin,
                 gint64 end)
{
  gboolean has_ids = kind == HEDDLE_FOLD_SHARED || kind == HEDDLE_FOLD_HOLDING;
  guint n = heddle_lane_store_count_stretches (store, 0, kind, begin, end);
  g_autofree HeddleSpan *found = g_new (HeddleSpan, n + 1);
  gint64 covered[5] = { 0 }, expected[5] = { 0 };

  g_assert_cmpuint (
    heddle_lane_store_get_stretches (store, 0, kind, begin, end, found, n + 1), ==, n);
  for (guint i = 0; i < n; i++)
    {
      g_assert_cmpint (found[i].begin, <=, found[i].end);
      if (i > 0)
        g_assert_cmpint (found[i - 1].end, <=, found[i].begin);
      covered[found[i].id] += overlap (&found[i], begin, end);
    }
  for (guint i = 0; i < model->stretches[kind]->len; i++)
    {
      const HeddleSpan *stretch = &g_array_index (model->stretches[kind], HeddleSpan, i);

      expected[has_ids ? stretch->id : 0] += overlap (stretch, begin, end);
    }
  for (guint id = 0; id < G_N_ELEMENTS (covered); id++)
    g_assert_cmpint (covered[id], ==, expected[id]);
}

static void
check_all_stretches (HeddleLaneStore *store, const Model *model, gint64 begin, gint64 end)
{
  for (guint kind = HEDDLE_FOLD_SLEEP; kind < HEDDLE_N_FOLDS; kind++)
    check_stretches (store, model, (HeddleFoldKind) kind, begin, end);
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
      g_assert_cmpint (spans[expected].times.known, ==, span->times.known);
      g_assert_cmpint (spans[expected].times.on_cpu_ns, ==, span->times.on_cpu_ns);
      g_assert_cmpint (spans[expected].times.ready_ns, ==, span->times.ready_ns);
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
      check_all_stretches (store, &model, from, to);
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

static void
assert_about (double found, double expected, double epsilon)
{
  if (expected > 0)
    g_assert_cmpfloat_with_epsilon (found / expected, 1, epsilon);
  else
    g_assert_cmpfloat (found, ==, 0);
}

/* What was given up keeps its sums; what is kept stays exact; the borders between neither lose nor
 * double anything. */
static void
check_given_up (gsize budget, guint n, gint max_length)
{
  gint64 begin = G_GINT64_CONSTANT (777000000123);
  HeddleLaneStore *store = heddle_lane_store_new (budget);
  HeddleLaneCell cells[333], all, sum = { 0 };
  HeddleLaneSum whole;
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
  for (guint i = 0; i < G_N_ELEMENTS (cells); i++)
    {
      sum.busy += cells[i].busy / G_N_ELEMENTS (cells);
      for (guint wait = 0; wait < HEDDLE_N_WAITS; wait++)
        sum.waits[wait] += cells[i].waits[wait] / G_N_ELEMENTS (cells);
      sum.on_cpu += cells[i].on_cpu / G_N_ELEMENTS (cells);
      sum.ready += cells[i].ready / G_N_ELEMENTS (cells);
      sum.known += cells[i].known / G_N_ELEMENTS (cells);
      sum.holding += cells[i].holding / G_N_ELEMENTS (cells);
      sum.n_done += cells[i].n_done;
      sum.n_failed += cells[i].n_failed;
    }
  model_cell (&model, begin - max_length, end, &all);
  /* a cell takes a bucket's time as spread evenly in it, so parts of the busy time may be cut, and
   * time is known at least as long as on a CPU and ready; the sum of all, below, is exact */
  assert_about (sum.busy, all.busy, 1e-4);
  for (guint wait = 0; wait < HEDDLE_N_WAITS; wait++)
    assert_about (sum.waits[wait], all.waits[wait], 2e-2);
  assert_about (sum.on_cpu, all.on_cpu, 2e-2);
  assert_about (sum.ready, all.ready, 2e-2);
  g_assert_cmpfloat (sum.known, >=, all.known * 0.98);
  assert_about (sum.holding, all.holding, 1e-4);
  g_assert_cmpuint (sum.n_done, ==, all.n_done);
  g_assert_cmpuint (sum.n_failed, ==, all.n_failed);
  heddle_lane_store_sum (store, 0, begin - max_length, end, &whole);
  for (guint wait = 0; wait < HEDDLE_N_WAITS; wait++)
    g_assert_cmpint (
      whole.waits_ns[wait], ==,
      model_covered (model.stretches[HEDDLE_FOLD_SLEEP + wait], begin - max_length, end));
  assert_about ((double) whole.on_cpu_ns, model_state (&model, HEDDLE_FOLD_ON_CPU, begin, end),
                1e-9);
  assert_about ((double) whole.ready_ns, model_state (&model, HEDDLE_FOLD_READY, begin, end), 1e-9);
  assert_about ((double) whole.known_ns, model_state (&model, HEDDLE_FOLD_KNOWN, begin, end), 1e-9);
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
      check_given_up (100 * 1024, (guint) g_test_rand_int_range (10000, 30000), 100000);
      check_given_up (70 * 1024, (guint) g_test_rand_int_range (5000, 9000), 1500000000);
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

/* All of it, where some tasks have totals, and where all have. */
static void
test_totals (void)
{
  for (totals_of_ten = 3; totals_of_ten <= 10; totals_of_ten += 7)
    {
      test_short ();
      test_many ();
      test_long ();
    }
  totals_of_ten = 0;
}

static void
test_totals_given_up (void)
{
  for (totals_of_ten = 5; totals_of_ten <= 10; totals_of_ten += 5)
    test_given_up ();
  totals_of_ten = 5;
  test_trains_given_up ();
  totals_of_ten = 0;
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
  g_test_add_func ("/lane-store/model/totals", test_totals);
  g_test_add_func ("/lane-store/model/given-up-totals-keep-their-sums", test_totals_given_up);
  return g_test_run ();
}
