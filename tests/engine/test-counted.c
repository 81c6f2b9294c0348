/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What a run with the counted source says that its tasks' time went to, beside what these tasks
 * have measured themselves. Other programs may run meanwhile, so nothing is compared with a time
 * that only holds on an idle machine: a task that wants to spin for 20 ms may be ready for much
 * longer.
 *
 * A task measures inside of its span. What is between the bounds of the two, a few microseconds on
 * an idle machine, is known from the clock, and may have gone to anything.
 */
#include "config.h"

#include <sched.h>
#include <stdio.h>

#include "engine/run/run-private.h"
#include "states-workloads.h"
#include "test-harness.h"
#include "trace/thread-times.h"

#define MS G_GINT64_CONSTANT (1000000)

typedef struct {
  HeddleTaskTimes times;
  gint64 started, finished;
  StatesOwn begin, end;
} Task;

typedef struct {
  GArray *tasks; /* of Task, in the order of their ids */
  HeddleRunSnapshot snapshot;
} Seen;

static void
seen_clear (Seen *self)
{
  g_array_unref (self->tasks);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Seen, seen_clear)

static int
compare_started (const void *a, const void *b)
{
  const Task *x = a, *y = b;

  return (x->started > y->started) - (x->started < y->started);
}

static void
take_rows (Seen *seen, HeddleResults *results, gboolean measured)
{
  for (guint64 i = 0; i < heddle_results_get_length (results); i++)
    {
      HeddleRow row;
      Task task;

      g_assert_true (heddle_results_get (results, i, &row));
      task = (Task) { row.times, row.started_ns, row.finished_ns };
      if (measured)
        g_assert_cmpint (sscanf (row.result, STATES_FORMAT, &task.begin.cpu, &task.begin.delay,
                                 &task.begin.wall, &task.end.cpu, &task.end.delay, &task.end.wall),
                         ==, 6);
      g_array_append_val (seen->tasks, task);
      heddle_row_clear (&row);
    }
  g_array_sort (seen->tasks, compare_started);
}

typedef struct {
  const char *workload;
  guint64 n;
  guint workers;
  guint what;
  guint ms;
  const char *affinity;
  HeddleStatesSource states;
} Wanted;

static void
run_it (Seen *seen, gconstpointer backend, const Wanted *wanted)
{
  g_autofree char *what = g_strdup_printf ("what=%u", wanted->what);
  g_autofree char *ms = g_strdup_printf ("ms=%u", wanted->ms);
  const char *const assignments[] = { what, ms, NULL };
  TestRun *run = test_run_new (wanted->workload, wanted->n, assignments);

  run->options.backend = (HeddleBackend) GPOINTER_TO_UINT (backend);
  run->options.workers = wanted->workers;
  run->options.result_budget = 64 << 20;
  run->options.states = wanted->states;
  if (wanted->affinity != NULL)
    g_strlcpy (run->options.affinity, wanted->affinity, sizeof run->options.affinity);
  test_run_start (run);
  /* the main loop's worker is this thread */
  while (run->options.backend == HEDDLE_BACKEND_MAIN_LOOP
         && !heddle_run_wait (run->run, 100000))
    g_main_context_iteration (NULL, FALSE);
  test_run_finish (run);
  seen->tasks = g_array_new (FALSE, FALSE, sizeof (Task));
  seen->snapshot = test_run_snapshot (run);
  g_assert_cmpuint (seen->snapshot.done, ==, wanted->n);
  take_rows (seen, heddle_run_get_results (run->run), g_str_equal (wanted->workload, "spend"));
  test_run_free (run);
}

static gint64
span_of (const Task *task)
{
  return task->finished - task->started;
}

static gint64
blocked_of (const Task *task)
{
  return heddle_task_times_get_blocked (&task->times, span_of (task));
}

static gint64
tolerance (gint64 ns)
{
  return MAX (ns / 100, MS);
}

static gboolean
is_near (gint64 told, gint64 own, gint64 beside)
{
  return told >= own - tolerance (own) && told <= own + beside + tolerance (own);
}

/* Whether what is told agrees with what the task has measured, to 1 ms or 1 %. */
static gboolean
agrees (const Task *task)
{
  gint64 cpu = task->end.cpu - task->begin.cpu;
  gint64 delay = task->end.delay - task->begin.delay;
  gint64 wall = task->end.wall - task->begin.wall;
  gint64 beside = span_of (task) - wall;

  g_assert_true (task->times.known);
  g_assert_cmpint (task->times.on_cpu_ns + task->times.ready_ns, <=, span_of (task));
  g_assert_cmpuint (task->times.preempted, <=, task->times.switches);
  g_test_message ("on CPU %.3f of %.3f, ready %.3f of %.3f, blocked %.3f of %.3f, beside %.3f ms",
                  (double) task->times.on_cpu_ns / MS, (double) cpu / MS,
                  (double) task->times.ready_ns / MS, (double) delay / MS,
                  (double) blocked_of (task) / MS, (double) (wall - cpu - delay) / MS,
                  (double) beside / MS);
  return is_near (task->times.on_cpu_ns, cpu, beside)
    && is_near (task->times.ready_ns, delay, beside)
    && is_near (blocked_of (task), wall - cpu - delay, beside);
}

/* The thread may lose its CPU between a reading and the time stamp that belongs to it, which lie a
 * few hundred nanoseconds apart; that two of ten do is one in a million even on a busy machine. */
static void
most_agree (const Seen *seen)
{
  guint n = 0;

  for (guint i = 0; i < seen->tasks->len; i++)
    n += agrees (&g_array_index (seen->tasks, Task, i));
  g_assert_cmpuint (n + 1, >=, seen->tasks->len);
}

static void
totals_agree (const Seen *seen)
{
  const HeddleTimesTotals *told = &seen->snapshot.times;
  HeddleTimesTotals counted = { 0 };

  for (guint i = 0; i < seen->tasks->len; i++)
    {
      const Task *task = &g_array_index (seen->tasks, Task, i);

      heddle_times_totals_add (&counted, &task->times, span_of (task));
    }
  g_assert_cmpuint (told->n_tasks, ==, counted.n_tasks);
  g_assert_cmpint (told->span_ns, ==, counted.span_ns);
  g_assert_cmpint (told->on_cpu_ns, ==, counted.on_cpu_ns);
  g_assert_cmpint (told->ready_ns, ==, counted.ready_ns);
  g_assert_cmpuint (told->switches, ==, counted.switches);
  g_assert_cmpuint (told->preempted, ==, counted.preempted);
}

static void
spinning_is_on_cpu (gconstpointer backend)
{
  g_auto (Seen) seen = { 0 };

  run_it (&seen, backend,
          &(Wanted) { "spend", 10, 1, STATES_SPIN, 20, .states = HEDDLE_STATES_COUNTED });
  g_assert_cmpint (seen.snapshot.states, ==, HEDDLE_STATES_COUNTED);
  most_agree (&seen);
  totals_agree (&seen);
  for (guint i = 0; i < seen.tasks->len; i++)
    g_assert_cmpint (g_array_index (seen.tasks, Task, i).times.on_cpu_ns, >=, 20 * MS - MS / 5);
}

static void
sleeping_is_blocked (gconstpointer backend)
{
  g_auto (Seen) seen = { 0 };
  guint n_slept = 0;

  run_it (&seen, backend,
          &(Wanted) { "spend", 10, 2, STATES_SLEEP, 20, .states = HEDDLE_STATES_COUNTED });
  most_agree (&seen);
  totals_agree (&seen);
  for (guint i = 0; i < seen.tasks->len; i++)
    {
      const Task *task = &g_array_index (seen.tasks, Task, i);

      /* whoever was kept from the processor until the time was over has nothing left to sleep */
      if (span_of (task) - task->times.on_cpu_ns - task->times.ready_ns > MS)
        {
          g_assert_cmpuint (task->times.switches - task->times.preempted, >=, 1);
          n_slept++;
        }
      g_assert_cmpint (task->times.on_cpu_ns, <, 10 * MS);
    }
  g_assert_cmpuint (n_slept, >=, 1);
}

/* Four that want one lock are blocked for as long as the ones before them sleep, and they. */
static void
waiting_for_a_lock_is_blocked (gconstpointer backend)
{
  g_auto (Seen) seen = { 0 };
  gint64 blocked = 0;

  run_it (&seen, backend,
          &(Wanted) { "spend", 4, 4, STATES_LOCK, 100, .states = HEDDLE_STATES_COUNTED });
  most_agree (&seen);
  for (guint i = 0; i < seen.tasks->len; i++)
    blocked += blocked_of (&g_array_index (seen.tasks, Task, i));
  /* one at a time holds it, so with all there at once it would be 1 + 2 + 3 + 4 times 100 ms */
  g_assert_cmpint (blocked, >, 4 * 100 * MS);
}

/* A worker that runs one task after another is in them for nearly all of its time: what they come
 * to is what its own counters say from the first to the last, but for what was between them. */
static void
sums_agree_with_the_thread (gconstpointer backend)
{
  g_auto (Seen) seen = { 0 };
  const Task *first, *last;
  gint64 on_cpu = 0, ready = 0, gaps = 0, cpu, delay;

  run_it (&seen, backend,
          &(Wanted) { "spend", 40, 1, STATES_MIXED, 10, .states = HEDDLE_STATES_COUNTED });
  first = &g_array_index (seen.tasks, Task, 0);
  last = &g_array_index (seen.tasks, Task, seen.tasks->len - 1);
  for (guint i = 0; i < seen.tasks->len; i++)
    {
      const Task *task = &g_array_index (seen.tasks, Task, i);

      on_cpu += task->times.on_cpu_ns;
      ready += task->times.ready_ns;
      if (i > 0)
        gaps += task->started - g_array_index (seen.tasks, Task, i - 1).finished;
    }
  cpu = last->end.cpu - first->begin.cpu;
  delay = last->end.delay - first->begin.delay;
  gaps += first->begin.wall - first->started + last->finished - last->end.wall;
  g_test_message ("on CPU %.3f of %.3f, ready %.3f of %.3f, between %.3f ms", (double) on_cpu / MS,
                  (double) cpu / MS, (double) ready / MS, (double) delay / MS, (double) gaps / MS);
  g_assert_cmpint (ABS (on_cpu - cpu), <=, gaps + tolerance (cpu));
  g_assert_cmpint (ABS (ready - delay), <=, gaps + tolerance (delay));
}

static int
first_allowed (void)
{
  cpu_set_t set;
  int cpu = 0;

  g_assert_cmpint (sched_getaffinity (0, sizeof set, &set), ==, 0);
  while (!CPU_ISSET (cpu, &set))
    cpu++;
  return cpu;
}

/* Of two that spin on one CPU the one that ends last has been ready for as long as the other one
 * was on it, less what that had done before this one got to its first reading. */
static void
two_on_one_cpu_are_ready_in_turn (gconstpointer backend)
{
  g_auto (Seen) seen = { 0 };
  g_autofree char *cpu = g_strdup_printf ("%d", first_allowed ());
  gint64 ready;

  run_it (&seen, backend,
          &(Wanted) { "spend", 2, 2, STATES_RACE, 200, cpu, HEDDLE_STATES_COUNTED });
  most_agree (&seen);
  ready = MAX (g_array_index (seen.tasks, Task, 0).times.ready_ns,
               g_array_index (seen.tasks, Task, 1).times.ready_ns);
  g_assert_cmpint (ready, >, 150 * MS);
}

/* Reading would cost them more than a hundredth of their time. */
static void
short_tasks_are_not_read (gconstpointer backend)
{
  g_auto (Seen) seen = { 0 };
  guint n = 0;

  run_it (&seen, backend, &(Wanted) { "nothing", 20000, 2, .states = HEDDLE_STATES_COUNTED });
  for (guint i = 0; i < seen.tasks->len; i++)
    n += g_array_index (seen.tasks, Task, i).times.known;
  g_test_message ("%u of 20000 tasks are counted", n);
  /* each worker's first one; then those after one in which it lost its CPU for a while: an average
   * of such tasks is above the bound for at most some thirty more */
  g_assert_cmpuint (n, >=, 1);
  g_assert_cmpuint (n, <, 2000);
  totals_agree (&seen);
}

static void
none_is_none (gconstpointer backend)
{
  g_auto (Seen) seen = { 0 };

  run_it (&seen, backend, &(Wanted) { "spend", 4, 2, STATES_SLEEP, 5, .states = HEDDLE_STATES_NONE });
  g_assert_cmpint (seen.snapshot.states, ==, HEDDLE_STATES_NONE);
  g_assert_cmpuint (seen.snapshot.times.n_tasks, ==, 0);
  for (guint i = 0; i < seen.tasks->len; i++)
    g_assert_false (g_array_index (seen.tasks, Task, i).times.known);
}

/* Of short tasks on a thread each, each would be its thread's first one. */
static void
a_thread_learns_from_the_one_before_it (void)
{
  g_auto (Seen) seen = { 0 };
  guint n = 0;

  run_it (&seen, GUINT_TO_POINTER (HEDDLE_BACKEND_THREAD_PER_TASK),
          &(Wanted) { "nothing", 300, 2, .states = HEDDLE_STATES_COUNTED });
  for (guint i = 0; i < seen.tasks->len; i++)
    n += g_array_index (seen.tasks, Task, i).times.known;
  g_test_message ("%u of 300 tasks are counted", n);
  g_assert_cmpuint (n, >=, 1);
  g_assert_cmpuint (n, <, 200);
}

static void
main_loop_is_counted (void)
{
  g_auto (Seen) seen = { 0 };

  g_main_context_default (); /* it opens a file, which is not the run's */
  run_it (&seen, GUINT_TO_POINTER (HEDDLE_BACKEND_MAIN_LOOP),
          &(Wanted) { "spend", 5, 1, STATES_MIXED, 10, .states = HEDDLE_STATES_COUNTED });
  most_agree (&seen);
}

int
main (int argc, char **argv)
{
  static const TestOnBoth tests[] = {
    { "spinning-is-on-cpu", spinning_is_on_cpu },
    { "sleeping-is-blocked", sleeping_is_blocked },
    { "waiting-for-a-lock-is-blocked", waiting_for_a_lock_is_blocked },
    { "sums-agree-with-the-thread", sums_agree_with_the_thread },
    { "two-on-one-cpu-are-ready-in-turn", two_on_one_cpu_are_ready_in_turn },
    { "short-tasks-are-not-read", short_tasks_are_not_read },
    { "none-is-none", none_is_none },
  };

  g_test_init (&argc, &argv, NULL);
  if (!heddle_thread_counters_are_there ())
    return 77; /* this kernel counts nothing */
  test_add_on_both ("counted", tests, G_N_ELEMENTS (tests));
  g_test_add_func ("/counted/a-thread-learns-from-the-one-before-it",
                   a_thread_learns_from_the_one_before_it);
  g_test_add_func ("/counted/main-loop-is-counted", main_loop_is_counted);
  return g_test_run ();
}
