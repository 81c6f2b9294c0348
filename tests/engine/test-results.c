/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <malloc.h>
#include <pthread.h>
#include <string.h>
#include <unistd.h>

#include "engine/model/results.h"

#define PLENTY (1024 * 1024 * 1024)

/* A row all of whose fields follow from its id, so that each can be checked when it comes back. */
static void
make_row (HeddleRow *row, guint64 id)
{
  static const HeddleTaskState states[] = { HEDDLE_TASK_DONE, HEDDLE_TASK_DONE, HEDDLE_TASK_FAILED,
                                            HEDDLE_TASK_CANCELLED, HEDDLE_TASK_LOST };

  *row = (HeddleRow) {
    .id = id,
    .state = states[id % G_N_ELEMENTS (states)],
    .attempt = 1 + id % 3,
    .worker = id % 1025,
    .queued_ns = (gint64) id * 1000,
    .started_ns = (gint64) id * 1000 + 1,
    .finished_ns = (gint64) id * 1000 + 2,
  };
  if (id % 3 != 0)
    row->times = (HeddleTaskTimes) { (gint64) id * 1000003, (gint64) id * 77, (guint32) id,
                                     (guint32) id / 2, TRUE };
  if (id % 7 != 0)
    row->label = g_strdup_printf ("task %" G_GUINT64_FORMAT, id);
  if (row->state == HEDDLE_TASK_DONE)
    row->result = g_strdup_printf ("%" G_GUINT64_FORMAT, id * id);
  if (row->state == HEDDLE_TASK_FAILED || row->state == HEDDLE_TASK_LOST)
    row->error = g_strdup (id % 2 == 0 ? "Permission denied" : "");
}

static gboolean
is_error (guint64 id)
{
  return id % 5 == 2 || id % 5 == 4;
}

static void
add_id (HeddleResults *results, guint64 id)
{
  HeddleRow row;

  make_row (&row, id);
  heddle_results_add (results, &row);
  heddle_row_clear (&row);
}

static void
assert_row (HeddleRow *row, guint64 id)
{
  HeddleRow expected;

  make_row (&expected, id);
  g_assert_cmpuint (row->id, ==, id);
  g_assert_cmpint (row->state, ==, expected.state);
  g_assert_cmpuint (row->attempt, ==, expected.attempt);
  g_assert_cmpuint (row->worker, ==, expected.worker);
  g_assert_cmpint (row->queued_ns, ==, expected.queued_ns);
  g_assert_cmpint (row->started_ns, ==, expected.started_ns);
  g_assert_cmpint (row->finished_ns, ==, expected.finished_ns);
  g_assert_cmpint (row->times.known, ==, expected.times.known);
  g_assert_cmpint (row->times.on_cpu_ns, ==, expected.times.on_cpu_ns);
  g_assert_cmpint (row->times.ready_ns, ==, expected.times.ready_ns);
  g_assert_cmpuint (row->times.switches, ==, expected.times.switches);
  g_assert_cmpuint (row->times.preempted, ==, expected.times.preempted);
  g_assert_cmpstr (row->label, ==, expected.label);
  g_assert_cmpstr (row->result, ==, expected.result);
  g_assert_cmpstr (row->error, ==, expected.error);
  heddle_row_clear (&expected);
  heddle_row_clear (row);
}

static void
assert_index (HeddleResults *results, guint64 index, guint64 id)
{
  HeddleRow row;
  guint64 found;

  g_assert_true (heddle_results_get (results, index, &row));
  assert_row (&row, id);
  g_assert_true (heddle_results_find_id (results, id, &found));
  g_assert_cmpuint (found, ==, index);
  g_assert_true (heddle_results_get (results, index, &row));
  g_assert_cmpint (heddle_results_get_queued (results, id, row.started_ns), ==, row.queued_ns);
  g_assert_cmpint (heddle_results_get_queued (results, id, row.started_ns + 1), ==, 0);
  heddle_row_clear (&row);
}

static void
empty (void)
{
  HeddleResults *results = heddle_results_new (PLENTY);
  HeddleRow row;
  guint64 index;

  g_assert_cmpuint (heddle_results_get_first (results), ==, 0);
  g_assert_cmpuint (heddle_results_get_length (results), ==, 0);
  g_assert_cmpuint (heddle_results_get_n_errors (results), ==, 0);
  g_assert_cmpuint (heddle_results_get_first_error (results), ==, 0);
  g_assert_cmpuint (heddle_results_get_bytes (results), ==, 0);
  g_assert_false (heddle_results_get (results, 0, &row));
  g_assert_false (heddle_results_get_error (results, 0, &row));
  g_assert_false (heddle_results_find_id (results, 0, &index));
  g_assert_false (heddle_results_find_id (results, 1, &index));
  g_assert_cmpint (heddle_results_get_queued (results, 1, 1), ==, 0);
  heddle_results_unref (results);
}

/* Ids come in an order of their own: pairs swapped, as two workers do it. */
static guint64
shuffled (guint64 index)
{
  return (index ^ 1) + 1;
}

static void
gives_back_what_came (void)
{
  HeddleResults *results = heddle_results_new (PLENTY);
  guint64 n_errors = 0;
  HeddleRow row;

  for (guint64 i = 0; i < 10000; i++)
    {
      add_id (results, shuffled (i));
      n_errors += is_error (shuffled (i));
    }
  g_assert_cmpuint (heddle_results_get_length (results), ==, 10000);
  g_assert_cmpuint (heddle_results_get_first (results), ==, 0);
  g_assert_cmpuint (heddle_results_get_n_errors (results), ==, n_errors);
  for (guint64 i = 0; i < 10000; i++)
    assert_index (results, i, shuffled (i));
  g_assert_false (heddle_results_get (results, 10000, &row));
  g_assert_false (heddle_results_get (results, G_MAXUINT64, &row));
  heddle_results_unref (results);
}

static void
errors_are_numbered (void)
{
  HeddleResults *results = heddle_results_new (PLENTY);
  guint64 nth = 0;
  HeddleRow row;

  for (guint64 i = 0; i < 5000; i++)
    add_id (results, shuffled (i));
  for (guint64 i = 0; i < 5000; i++)
    if (is_error (shuffled (i)))
      {
        g_assert_true (heddle_results_get_error (results, nth++, &row));
        assert_row (&row, shuffled (i));
      }
  g_assert_cmpuint (nth, ==, heddle_results_get_n_errors (results));
  g_assert_false (heddle_results_get_error (results, nth, &row));
  heddle_results_unref (results);
}

/* Errors far apart: most chunks have none. */
static void
rare_errors_are_found (void)
{
  HeddleResults *results = heddle_results_new (PLENTY);
  HeddleRow row = { .state = HEDDLE_TASK_DONE };
  HeddleRow found;

  for (row.id = 1; row.id <= 50000; row.id++)
    {
      row.state = row.id % 20000 == 0 ? HEDDLE_TASK_LOST : HEDDLE_TASK_DONE;
      heddle_results_add (results, &row);
    }
  g_assert_cmpuint (heddle_results_get_n_errors (results), ==, 2);
  g_assert_true (heddle_results_get_error (results, 0, &found));
  g_assert_cmpuint (found.id, ==, 20000);
  g_assert_true (heddle_results_get_error (results, 1, &found));
  g_assert_cmpuint (found.id, ==, 40000);
  heddle_results_unref (results);
}

static void
budget_holds_and_the_oldest_go (void)
{
  const gsize budget = 1024 * 1024;
  HeddleResults *results = heddle_results_new (budget);
  guint64 errors_gone = 0;
  guint64 first = 0;
  guint64 index;
  HeddleRow row;

  for (guint64 i = 0; i < 100000; i++)
    {
      add_id (results, shuffled (i));
      g_assert_cmpuint (heddle_results_get_bytes (results), <=, budget);
      g_assert_cmpuint (heddle_results_get_first (results), >=, first);
      first = heddle_results_get_first (results);
    }
  g_assert_cmpuint (first, >, 0);
  /* the budget is used: a row takes less than 200 bytes */
  g_assert_cmpuint (first, <, 100000 - 5000);
  g_assert_cmpuint (heddle_results_get_length (results), ==, 100000);
  for (guint64 i = 0; i < first; i++)
    {
      g_assert_false (heddle_results_get (results, i, &row));
      g_assert_false (heddle_results_find_id (results, shuffled (i), &index));
      errors_gone += is_error (shuffled (i));
    }
  for (guint64 i = first; i < 100000; i++)
    assert_index (results, i, shuffled (i));
  g_assert_cmpuint (heddle_results_get_first_error (results), ==, errors_gone);
  g_assert_false (heddle_results_get_error (results, errors_gone - 1, &row));
  g_assert_true (heddle_results_get_error (results, errors_gone, &row));
  heddle_row_clear (&row);
  heddle_results_unref (results);
}

static void
long_results_are_given_up_in_small_pieces (void)
{
  const gsize budget = 4 * 1024 * 1024;
  HeddleResults *results = heddle_results_new (budget);
  g_autofree char *text = g_strnfill (20000, '7');
  HeddleRow row = { .state = HEDDLE_TASK_DONE, .result = text };
  guint64 kept;

  for (row.id = 1; row.id <= 1000; row.id++)
    heddle_results_add (results, &row);
  kept = 1000 - heddle_results_get_first (results);
  g_assert_cmpuint (heddle_results_get_bytes (results), <=, budget);
  g_assert_cmpuint (kept, >, 100);
  g_assert_true (heddle_results_get (results, 999, &row));
  g_assert_cmpuint (strlen (row.result), ==, 20000);
  heddle_row_clear (&row);
  heddle_results_unref (results);
}

typedef struct {
  HeddleResults *results;
  gsize before, most; /* bytes */
} Holes;

static gsize
resident_bytes (void)
{
  g_autofree char *text = NULL;
  g_auto (GStrv) words = NULL;

  g_assert_true (g_file_get_contents ("/proc/self/statm", &text, NULL, NULL));
  words = g_strsplit (text, " ", 3);
  return g_ascii_strtoull (words[1], NULL, 10) * (gsize) sysconf (_SC_PAGESIZE);
}

/* As the collector: on a thread of its own, among other memory that comes and goes. Results as
 * those of factorials, of all lengths. */
static void *
add_factorials (void *data)
{
  Holes *self = data;
  g_autofree char *digits = g_strnfill (6000, '7');
  HeddleRow row = { .state = HEDDLE_TASK_DONE, .label = (char *) "the factorial of 2000" };

  self->before = resident_bytes ();
  for (row.id = 1; row.id <= 120000; row.id++)
    {
      g_autoptr (GString) text = g_string_new (digits + row.id * 2654435761 % 6000);

      row.result = text->str;
      heddle_results_add (self->results, &row);
      if (row.id % 256 == 0)
        self->most = MAX (self->most, resident_bytes ());
    }
  return NULL;
}

/* What the system has given for them, holes that nothing fits into counted. */
static void
long_results_leave_no_holes (void)
{
  const gsize budget = 32 * 1024 * 1024;
  Holes holes = { .results = heddle_results_new (budget) };
  pthread_t thread;
  gpointer picture = g_malloc (16 * 1024 * 1024);

  /* the C library then keeps what is smaller in its heaps, too, as in a program with a window */
  g_free (picture);
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
  heddle_results_unref (holes.results);
  g_test_skip ("the sanitizer's allocator keeps what was freed");
  return;
#endif
  g_assert_cmpint (pthread_create (&thread, NULL, add_factorials, &holes), ==, 0);
  pthread_join (thread, NULL);
  g_test_message ("%.1f MB from the system, %.1f MB by the store",
                  (double) (holes.most - holes.before) / 1e6,
                  (double) heddle_results_get_bytes (holes.results) / 1e6);
  g_assert_cmpuint (heddle_results_get_bytes (holes.results), >, budget / 10 * 9);
  g_assert_cmpuint (holes.most - holes.before, <, budget / 8 * 9);
  heddle_results_unref (holes.results);
}

static void
without_budget_only_counts (void)
{
  HeddleResults *results = heddle_results_new (0);
  HeddleRow row;
  guint64 index;

  for (guint64 id = 1; id <= 10; id++)
    add_id (results, id);
  g_assert_cmpuint (heddle_results_get_length (results), ==, 10);
  g_assert_cmpuint (heddle_results_get_first (results), ==, 10);
  g_assert_cmpuint (heddle_results_get_n_errors (results), ==, 4);
  g_assert_cmpuint (heddle_results_get_first_error (results), ==, 4);
  g_assert_cmpuint (heddle_results_get_bytes (results), ==, 0);
  g_assert_false (heddle_results_get (results, 9, &row));
  g_assert_false (heddle_results_get_error (results, 0, &row));
  g_assert_false (heddle_results_find_id (results, 10, &index));
  heddle_results_unref (results);
}

static void
newest_rows_stay_with_a_tiny_budget (void)
{
  HeddleResults *results = heddle_results_new (1);

  for (guint64 id = 1; id <= 3000; id++)
    {
      add_id (results, id);
      assert_index (results, id - 1, id);
    }
  heddle_results_unref (results);
}

static void
ids_far_apart_are_found (void)
{
  static const guint64 ids[] = {
    1, 4095, 4096, 4097, G_GUINT64_CONSTANT (1) << 32, (G_GUINT64_CONSTANT (1) << 48) - 1
  };
  HeddleResults *results = heddle_results_new (PLENTY);
  guint64 index;

  for (guint i = 0; i < G_N_ELEMENTS (ids); i++)
    add_id (results, ids[i]);
  for (guint i = 0; i < G_N_ELEMENTS (ids); i++)
    assert_index (results, i, ids[i]);
  g_assert_false (heddle_results_find_id (results, 0, &index));
  g_assert_false (heddle_results_find_id (results, 2, &index));
  g_assert_false (heddle_results_find_id (results, (G_GUINT64_CONSTANT (1) << 32) + 1, &index));
  heddle_results_unref (results);
}

/* The promise that makes a list of a million results possible. Counted by the allocator, not by the
 * store. */
static void
a_million_squares_take_less_than_100_megabytes (void)
{
  HeddleResults *results;
  char label[64], result[32];
  HeddleRow row = { .state = HEDDLE_TASK_DONE, .attempt = 1, .label = label, .result = result };
  gsize before, taken;

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
  g_test_skip ("the sanitizer's allocator does not count");
  return;
#endif
  before = mallinfo2 ().uordblks + mallinfo2 ().hblkhd;
  results = heddle_results_new (PLENTY);
  for (row.id = 1; row.id <= 1000000; row.id++)
    {
      g_snprintf (label, sizeof label, "the square of %" G_GUINT64_FORMAT, row.id);
      g_snprintf (result, sizeof result, "%" G_GUINT64_FORMAT, row.id * row.id);
      heddle_results_add (results, &row);
    }
  taken = mallinfo2 ().uordblks + mallinfo2 ().hblkhd - before;
  g_test_message ("%.1f MB by the allocator, %.1f MB by the store", (double) taken / 1e6,
                  (double) heddle_results_get_bytes (results) / 1e6);
  g_assert_cmpuint (taken, >, 40000000);
  g_assert_cmpuint (taken, <, 100000000);
  g_assert_cmpuint (heddle_results_get_bytes (results), <=, taken);
  g_assert_cmpuint (heddle_results_get_bytes (results), >, taken / 10 * 9);
  heddle_results_unref (results);
}

typedef struct {
  HeddleResults *results;
  guint64 n_rows;
} Reader;

static void *
read_rows (void *data)
{
  Reader *reader = data;
  guint64 length = 0;

  while (length < reader->n_rows)
    {
      guint64 first = heddle_results_get_first (reader->results);
      HeddleRow row;

      length = heddle_results_get_length (reader->results);
      for (guint64 i = first; i < length; i += 97)
        if (heddle_results_get (reader->results, i, &row))
          assert_row (&row, i + 1);
    }
  heddle_results_unref (reader->results);
  return NULL;
}

static void
reading_while_writing (void)
{
  Reader reader = { heddle_results_new (512 * 1024), 20000 };
  HeddleResults *results = heddle_results_ref (reader.results);
  pthread_t thread;

  g_assert_cmpint (pthread_create (&thread, NULL, read_rows, &reader), ==, 0);
  for (guint64 id = 1; id <= reader.n_rows; id++)
    add_id (results, id);
  pthread_join (thread, NULL);
  heddle_results_unref (results);
}

typedef struct {
  guint64 next;    /* number that has to come */
  guint64 last_id; /* smallest of the ids that came */
  guint n;
} Visits;

static void
visit (guint64 number, const HeddleRow *row, gpointer data)
{
  Visits *visits = data;
  HeddleRow copy = *row;

  copy.label = g_strdup (row->label);
  copy.result = g_strdup (row->result);
  copy.error = g_strdup (row->error);
  g_assert_cmpuint (number, ==, visits->next++);
  visits->last_id = MIN (visits->last_id, row->id);
  visits->n++;
  assert_row (&copy, row->id);
}

/* Tasks end in any order: the smallest id that is kept is that of a row, and who has not ended is
 * told from who was given up. */
static void
ids_tell_what_was_given_up (void)
{
  enum { N = 60000, NEAR = 300 };
  g_autofree guint8 *ended = g_new0 (guint8, N + 2);
  g_autofree guint64 *ids = g_new (guint64, N);
  HeddleResults *results = heddle_results_new (1 << 20);
  guint64 first, last, largest = 0;

  heddle_results_get_ids (results, &first, &last);
  g_assert_cmpuint (first, ==, 1);
  g_assert_cmpuint (last, ==, 0);
  for (guint i = 0; i < N; i++)
    ids[i] = i + 1;
  for (guint i = 0; i + 1 < N; i++)
    {
      guint other = i + (guint) g_test_rand_int_range (0, MIN (NEAR, N - (int) i));
      guint64 id = ids[i];

      ids[i] = ids[other];
      ids[other] = id;
    }
  for (guint i = 0; i < N; i++)
    {
      Visits rows = { .last_id = G_MAXUINT64 }, errors = { .last_id = G_MAXUINT64 };
      guint64 next = 0;

      add_id (results, ids[i]);
      ended[ids[i]] = TRUE;
      largest = MAX (largest, ids[i]);
      if (i % 1999 != 0 && i + 1 != N)
        continue;
      rows.next = heddle_results_get_first (results);
      errors.next = heddle_results_get_first_error (results);
      while (heddle_results_visit (results, FALSE, &next, 777, visit, &rows))
        ;
      g_assert_cmpuint (rows.n, ==,
                        heddle_results_get_length (results) - heddle_results_get_first (results));
      next = 0;
      while (heddle_results_visit (results, TRUE, &next, 3, visit, &errors))
        ;
      g_assert_cmpuint (errors.n, ==,
                        heddle_results_get_n_errors (results)
                            - heddle_results_get_first_error (results));
      heddle_results_get_ids (results, &first, &last);
      g_assert_cmpuint (last, ==, largest);
      g_assert_cmpuint (first, ==, heddle_results_get_first (results) > 0 ? rows.last_id : 1);
      for (guint64 id = 1; id <= MIN (largest + 2, N); id++)
        g_assert_cmpint (heddle_results_has_ended (results, id), ==, ended[id]);
    }
  g_assert_cmpuint (heddle_results_get_first (results), >, 0);
  heddle_results_unref (results);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/results/empty", empty);
  g_test_add_func ("/results/gives-back-what-came", gives_back_what_came);
  g_test_add_func ("/results/errors-are-numbered", errors_are_numbered);
  g_test_add_func ("/results/rare-errors-are-found", rare_errors_are_found);
  g_test_add_func ("/results/budget-holds-and-the-oldest-go", budget_holds_and_the_oldest_go);
  g_test_add_func ("/results/long-results-are-given-up-in-small-pieces",
                   long_results_are_given_up_in_small_pieces);
  g_test_add_func ("/results/long-results-leave-no-holes", long_results_leave_no_holes);
  g_test_add_func ("/results/without-budget-only-counts", without_budget_only_counts);
  g_test_add_func ("/results/newest-rows-stay-with-a-tiny-budget",
                   newest_rows_stay_with_a_tiny_budget);
  g_test_add_func ("/results/ids-far-apart-are-found", ids_far_apart_are_found);
  g_test_add_func ("/results/ids-tell-what-was-given-up", ids_tell_what_was_given_up);
  g_test_add_func ("/results/a-million-squares-take-less-than-100-megabytes",
                   a_million_squares_take_less_than_100_megabytes);
  g_test_add_func ("/results/reading-while-writing", reading_while_writing);
  return g_test_run ();
}
