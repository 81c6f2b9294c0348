/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The times of tasks by the exact source, beside what the tasks' own clocks say of them. Where the
 * system does not let this user see thread switches the cases are skipped; that a run then says so
 * is tested everywhere.
 */
#include "config.h"

#include <errno.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sched.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>

#include "engine/collect/states.h"
#include "own-times-workloads.h"
#include "test-harness.h"
#include "trace/lane-store.h"

#define MS G_GINT64_CONSTANT (1000000)
#define SWITCH_NS (MS / 10) /* the way through the scheduler, on a machine with much else to do */

/* The processor of a virtual machine may be taken away in the midst of a switch: then the kernel
 * charges the time to a thread that is not seen on the processor yet. Two of a hundred runs beside
 * four busy processes have such a task. */
#define HOST_NS (5 * MS)

static TestRun *
start (HeddleBackend backend, guint64 n, const char *spin, const char *nap, const char *hold)
{
  TestRun *test = test_run_new ("own-times", n, (const char *const[]) { spin, nap, hold, NULL });

  test->options.backend = backend;
  test->options.workers = 2;
  test->options.states = HEDDLE_STATES_EXACT;
  test->options.result_budget = 1 << 20;
  test_run_start (test);
  return test;
}

/* Whether it is over with times by the exact source; otherwise it is freed and the test skipped. */
static gboolean
finish (TestRun *test)
{
  g_autofree char *note = NULL;
  g_autoptr (GError) error = NULL;
  HeddleRunSnapshot snapshot;

  /* the main loop, where that is the worker */
  while (!heddle_run_wait (test->run, MS))
    g_main_context_iteration (NULL, FALSE);
  test_run_finish (test);
  error = heddle_run_dup_error (test->run);
  g_assert_no_error (error);
  snapshot = test_run_snapshot (test);
  g_assert_cmpuint (snapshot.states_lost, ==, 0);
  if (snapshot.states == HEDDLE_STATES_EXACT)
    return TRUE;
  note = heddle_run_dup_states_note (test->run);
  g_test_skip (note);
  test_run_free (test);
  return FALSE;
}

static TestOwnTimes
parse (const HeddleRow *row)
{
  TestOwnTimes own;

  if (row->result == NULL)
    g_error ("task %" G_GUINT64_FORMAT " ended %s: %s", row->id,
             heddle_task_state_name (row->state), row->error);
  g_assert_cmpint (sscanf (row->result, TEST_OWN_TIMES, &own.wall_ns, &own.on_cpu_ns, &own.ready_ns,
                           &own.asleep_ns, &own.locked_out_ns, &own.switches),
                   ==, 6);
  return own;
}

static void
assert_near (const char *what, gint64 shown, gint64 truth, gint64 slack)
{
  g_test_message ("%s: shown %" G_GINT64_FORMAT ", by its own clocks %" G_GINT64_FORMAT
                  ", to %" G_GINT64_FORMAT, what, shown, truth, slack);
  g_assert_cmpint (shown, >=, truth - slack);
  g_assert_cmpint (shown, <=, truth + slack);
}

/* To 1 ms or 1 %, the greater of the two; what was outside of the task's own clocks, which it
 * reads after it has begun and before it ends; and the switches. */
static gint64
get_slack (const HeddleRow *row, const TestOwnTimes *own, gint64 truth)
{
  gint64 outside = row->finished_ns - row->started_ns - own->wall_ns;

  g_assert_cmpint (outside, >=, 0);
  return MAX (MS, truth / 100) + outside + own->switches * SWITCH_NS
    + (own->switches > 0 ? HOST_NS : 0);
}

/* Checks what holds for each task, and returns its row. */
static HeddleRow
check_row (TestRun *test, guint64 index, TestOwnTimes *own)
{
  HeddleRow row;
  gint64 span, blocked, slack;

  g_assert_true (heddle_results_get (heddle_run_get_results (test->run), index, &row));
  *own = parse (&row);
  span = row.finished_ns - row.started_ns;
  g_assert_true (row.times.known);
  blocked = heddle_task_times_get_blocked (&row.times, span);
  assert_near ("on CPU", row.times.on_cpu_ns, own->on_cpu_ns,
               get_slack (&row, own, own->on_cpu_ns));
  /* from the wake-up on a sleeper is ready, but that is not seen by its switches */
  slack = get_slack (&row, own, own->ready_ns);
  g_assert_cmpint (row.times.ready_ns, <=, own->ready_ns + slack);
  g_assert_cmpint (row.times.ready_ns + blocked, >=, own->ready_ns - slack);
  g_assert_cmpint (row.times.switches, >=, own->switches);
  g_assert_cmpint (row.times.preempted, <=, row.times.switches);
  return row;
}

/* What the lanes show adds up to what the rows say. */
static void
check_lanes (TestRun *test)
{
  HeddleResults *results = heddle_run_get_results (test->run);
  HeddleLaneStore *lanes = heddle_run_get_lanes (test->run);
  HeddleLaneTotals totals = heddle_lane_store_get_totals (lanes);
  guint64 n = heddle_results_get_length (results);
  gint64 on_cpu = 0, ready = 0, busy = 0;
  gint64 lane_on_cpu = 0, lane_ready = 0, lane_known = 0;

  for (guint64 i = 0; i < n; i++)
    {
      HeddleRow row;

      g_assert_true (heddle_results_get (results, i, &row));
      on_cpu += row.times.on_cpu_ns;
      ready += row.times.ready_ns;
      busy += row.finished_ns - row.started_ns;
      heddle_row_clear (&row);
    }
  for (guint i = 0; i < totals.n_lanes; i++)
    {
      HeddleLaneSum sum;

      heddle_lane_store_sum (lanes, i, totals.begin, totals.end + 1, &sum);
      lane_on_cpu += sum.on_cpu_ns;
      lane_ready += sum.ready_ns;
      lane_known += sum.known_ns;
    }
  assert_near ("on CPU in the lanes", lane_on_cpu, on_cpu, MAX (MS, on_cpu / 100));
  /* rows know of waits after a wake-up, too, where their workers have counted those */
  g_assert_cmpint (lane_ready, <=, ready + MAX (MS, ready / 100));
  assert_near ("known in the lanes", lane_known, busy, MAX (MS, busy / 100));
}

static void
test_spin_and_sleep (gconstpointer data)
{
  TestRun *test =
    start ((HeddleBackend) GPOINTER_TO_UINT (data), 6, "spin=20000000", "nap=30000000", "hold=0");

  if (!finish (test))
    return;
  for (guint64 i = 0; i < 6; i++)
    {
      TestOwnTimes own;
      HeddleRow row = check_row (test, i, &own);
      gint64 blocked =
        heddle_task_times_get_blocked (&row.times, row.finished_ns - row.started_ns);

      g_assert_cmpint (own.asleep_ns, >=, 30 * MS);
      g_assert_cmpint (own.on_cpu_ns, >=, 20 * MS);
      /* all that it is blocked it sleeps; when it has a processor again it may lose it once more
       * before it looks at the clock */
      g_assert_cmpint (blocked, <=, own.asleep_ns + get_slack (&row, &own, own.asleep_ns));
      g_assert_cmpint (blocked + row.times.ready_ns, >=,
                       own.asleep_ns - get_slack (&row, &own, own.asleep_ns));
      /* it may have lost its processor on its way to bed */
      g_assert_cmpint (blocked, >=, 30 * MS - own.ready_ns - get_slack (&row, &own, 30 * MS));
      heddle_row_clear (&row);
    }
  check_lanes (test);
  test_run_free (test);
}

/* For how long two of the tasks were there at once. */
static gint64
get_overlap (const HeddleRow *rows, guint n)
{
  gint64 overlap = 0;

  for (guint i = 0; i < n; i++)
    for (guint j = 0; j < i; j++)
      {
        gint64 begin = MAX (rows[i].started_ns, rows[j].started_ns);

        overlap += MAX (MIN (rows[i].finished_ns, rows[j].finished_ns) - begin, 0);
      }
  return overlap;
}

static void
test_lock (gconstpointer data)
{
  TestRun *test =
    start ((HeddleBackend) GPOINTER_TO_UINT (data), 6, "spin=0", "nap=0", "hold=15000000");
  gint64 locked_out = 0, besides = 0;
  HeddleRow rows[6];

  if (!finish (test))
    return;
  for (guint64 i = 0; i < 6; i++)
    {
      TestOwnTimes own;

      /* it is off the processor for all of that wait but the looks that it takes at the lock, and
       * what it was off besides is ready time */
      rows[i] = check_row (test, i, &own);
      locked_out += own.locked_out_ns;
      besides += rows[i].finished_ns - rows[i].started_ns - own.locked_out_ns - 15 * MS;
    }
  /* two workers, one lock: of two that are there at once one at least waits for it, has had it or
   * is on its way to it */
  g_assert_cmpint (locked_out, >=, get_overlap (rows, 6) - besides);
  for (guint i = 0; i < 6; i++)
    heddle_row_clear (&rows[i]);
  check_lanes (test);
  test_run_free (test);
}

/* A processor that this program may use. */
static int
choose_cpu (void)
{
  cpu_set_t set;
  int cpu = 0;

  g_assert_cmpint (sched_getaffinity (0, sizeof set, &set), ==, 0);
  while (!CPU_ISSET (cpu, &set))
    cpu++;
  return cpu;
}

static void
test_one_processor (gconstpointer data)
{
  g_autofree char *cpu = g_strdup_printf ("cpu=%d", choose_cpu ());
  TestRun *test = start ((HeddleBackend) GPOINTER_TO_UINT (data), 2, "spin=100000000", "nap=0", cpu);
  gint64 ready = 0, both = 0;
  guint preempted = 0;
  HeddleRow rows[2];

  if (!finish (test))
    return;
  for (guint64 i = 0; i < 2; i++)
    {
      TestOwnTimes own;

      rows[i] = check_row (test, i, &own);
      preempted += rows[i].times.preempted;
      ready += rows[i].times.ready_ns;
    }
  both = MIN (rows[0].finished_ns, rows[1].finished_ns)
         - MAX (rows[0].started_ns, rows[1].started_ns);
  /* while both were there one of them at least has always waited for the other */
  if (both > 0)
    {
      g_assert_cmpuint (preempted, >=, 1);
      g_assert_cmpint (ready, >=, both / 2);
    }
  for (guint i = 0; i < 2; i++)
    heddle_row_clear (&rows[i]);
  check_lanes (test);
  test_run_free (test);
}

static void
test_replaced_workers (void)
{
  TestRun *test = test_run_new ("own-times", 8, (const char *const[]) { "spin=3000000", NULL });

  test->options.recycle = 1;
  test->options.result_budget = 1 << 20;
  test_run_start (test);
  if (!finish (test))
    return;
  for (guint64 i = 0; i < 8; i++)
    {
      TestOwnTimes own;
      HeddleRow row = check_row (test, i, &own);

      heddle_row_clear (&row);
    }
  test_run_free (test);
}

static void
test_resized (gconstpointer data)
{
  TestRun *test =
    start ((HeddleBackend) GPOINTER_TO_UINT (data), 30, "spin=2000000", "nap=5000000", "hold=0");

  heddle_run_resize (test->run, 5);
  if (!finish (test))
    return;
  for (guint64 i = 0; i < 30; i++)
    {
      TestOwnTimes own;
      HeddleRow row = check_row (test, i, &own);

      heddle_row_clear (&row);
    }
  check_lanes (test);
  test_run_free (test);
}

/* How many tasks a slow collector waits for; 0: it is not slow. */
static _Atomic guint slow_for;

void __real_heddle_states_drain (HeddleStates *self);
void __wrap_heddle_states_drain (HeddleStates *self);

/* Between the switches that it takes and the events that it takes then the collector loses its
 * processor until more tasks have ended than there are workers: the first of them is written down.
 * Not before a task has ended: workers that begin need the lock that it has. */
void
__wrap_heddle_states_drain (HeddleStates *self)
{
  guint seen = atomic_load (&test_own_times_n_ending);
  guint until = seen == 0 ? 0 : MIN (seen + 3, atomic_load (&slow_for));

  __real_heddle_states_drain (self);
  while (atomic_load (&test_own_times_n_ending) < until)
    g_thread_yield ();
}

static void
test_slow_collector (void)
{
  TestRun *test;

  atomic_store (&test_own_times_n_ending, 0);
  atomic_store (&slow_for, 60);
  test = start (HEDDLE_BACKEND_THREADS, 60, "spin=100000", "nap=1000000", "hold=0");
  if (!finish (test))
    return;
  atomic_store (&slow_for, 0);
  for (guint64 i = 0; i < 60; i++)
    {
      TestOwnTimes own;
      HeddleRow row = check_row (test, i, &own);

      heddle_row_clear (&row);
    }
  check_lanes (test);
  test_run_free (test);
}

static void
test_not_wanted (void)
{
  TestRun *test = test_run_new ("own-times", 4, NULL);
  HeddleRunSnapshot snapshot;

  test->options.states = HEDDLE_STATES_NONE;
  test->options.result_budget = 1 << 20;
  test_run_start (test);
  test_run_finish (test);
  snapshot = test_run_snapshot (test);
  g_assert_cmpint (snapshot.states, ==, HEDDLE_STATES_NONE);
  for (guint64 i = 0; i < 4; i++)
    {
      HeddleRow row;

      g_assert_true (heddle_results_get (heddle_run_get_results (test->run), i, &row));
      g_assert_false (row.times.known);
      heddle_row_clear (&row);
    }
  test_run_free (test);
}

/* From here on the kernel refuses the system call to this process. */
static void
forbid (void)
{
  struct sock_filter filter[] = {
    BPF_STMT (BPF_LD | BPF_W | BPF_ABS, offsetof (struct seccomp_data, nr)),
    BPF_JUMP (BPF_JMP | BPF_JEQ | BPF_K, SYS_perf_event_open, 0, 1),
    BPF_STMT (BPF_RET | BPF_K, SECCOMP_RET_ERRNO | EPERM),
    BPF_STMT (BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
  };
  const struct sock_fprog program = { .len = G_N_ELEMENTS (filter), .filter = filter };

  g_assert_cmpint (prctl (PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0), ==, 0);
  g_assert_cmpint (prctl (PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program), ==, 0);
}

static void
test_forbidden (void)
{
  g_autofree char *note = NULL;
  HeddleRunSnapshot snapshot;
  TestRun *test;

  if (!g_test_subprocess ())
    {
      g_test_trap_subprocess (NULL, 0, G_TEST_SUBPROCESS_INHERIT_STDERR);
      g_test_trap_assert_passed ();
      return;
    }
  forbid ();
  test = start (HEDDLE_BACKEND_THREADS, 4, "spin=1000000", "nap=0", "hold=0");
  test_run_finish (test);
  snapshot = test_run_snapshot (test);
  g_assert_cmpint (snapshot.states, <, HEDDLE_STATES_EXACT);
  note = heddle_run_dup_states_note (test->run);
  g_assert_nonnull (strstr (note, "perf_event_open"));
  g_assert_nonnull (strstr (note, "seccomp"));
  test_run_free (test);
}

int
main (int argc, char **argv)
{
  static const TestOnBoth on_both[] = {
    { "spin-and-sleep-are-told-apart", test_spin_and_sleep },
    { "lock-is-waited-for", test_lock },
    { "two-on-one-processor-are-ready-half-the-time", test_one_processor },
    { "more-workers-are-seen-too", test_resized },
  };
  static const struct {
    const char *path;
    HeddleBackend backend;
  } others[] = {
    { "/exact/thread-per-task", HEDDLE_BACKEND_THREAD_PER_TASK },
    { "/exact/process-per-task", HEDDLE_BACKEND_PROCESS_PER_TASK },
    { "/exact/main-loop", HEDDLE_BACKEND_MAIN_LOOP },
    { "/exact/main-loop-blocking", HEDDLE_BACKEND_MAIN_LOOP_BLOCKING },
  };

  g_test_init (&argc, &argv, NULL);
  /* the main loop's own descriptor is there before files are counted */
  g_main_context_iteration (NULL, FALSE);
  test_add_on_both ("exact", on_both, G_N_ELEMENTS (on_both));
  for (guint i = 0; i < G_N_ELEMENTS (others); i++)
    g_test_add_data_func (others[i].path, GUINT_TO_POINTER (others[i].backend),
                          test_spin_and_sleep);
  g_test_add_func ("/exact/replaced-workers-are-seen-too", test_replaced_workers);
  g_test_add_func ("/exact/slow-collector-sees-all-the-same", test_slow_collector);
  g_test_add_func ("/exact/none-is-none", test_not_wanted);
  g_test_add_func ("/exact/forbidden-is-said", test_forbidden);
  return g_test_run ();
}
