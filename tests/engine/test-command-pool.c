/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

/*
 * Runs whose tasks are commands, executed for real: that they do what runs on other pools do, that
 * nothing is left of a command that is ended, and that what a task has cost is what its command
 * has.
 *
 * A test that needs a command to stay has it read from a named pipe, and lets it go on by opening
 * that for writing.
 */

#include <fcntl.h>
#include <glib/gstdio.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "command-workloads.h"
#include "engine/pools/command/guard.h"
#include "test-harness.h"

#define MS G_GINT64_CONSTANT (1000000)

#define DEAF "sh -c \"trap '' TERM; exec sleep 1000\""

static TestRun *
new_run (guint n, guint workers, const char *commands)
{
  g_autofree char *assignment = g_strconcat ("commands=", commands, NULL);
  TestRun *run = test_run_new ("commands", n, (const char *const[]) { assignment, NULL });

  run->options.backend = HEDDLE_BACKEND_COMMANDS;
  run->options.workers = workers;
  run->options.result_budget = 16 << 20;
  return run;
}

static void
set_policy (TestRun *run, const char *name, const char *value)
{
  g_autoptr (GError) error = NULL;

  heddle_policy_set (&run->options, name, value, &error);
  g_assert_no_error (error);
}

/* Copies the row of task @id, which has ended. */
static void
get_row (TestRun *run, guint64 id, HeddleRow *row)
{
  HeddleResults *results = heddle_run_get_results (run->run);
  guint64 index;

  g_assert_true (heddle_results_find_id (results, id, &index));
  g_assert_true (heddle_results_get (results, index, row));
}

typedef struct {
  char *folder, *path, *command;
} Gate;

static void
gate_init (Gate *self)
{
  self->folder = g_dir_make_tmp ("heddle-pipe-XXXXXX", NULL);
  self->path = g_build_filename (self->folder, "pipe", NULL);
  self->command = g_strdup_printf ("cat %s", self->path);
  g_assert_cmpint (mkfifo (self->path, 0600), ==, 0);
}

/* Lets those go on that wait at this moment, if any do. */
static void
gate_open (Gate *self)
{
  int fd = open (self->path, O_WRONLY | O_NONBLOCK | O_CLOEXEC);

  if (fd >= 0)
    close (fd);
}

static void
gate_clear (Gate *self)
{
  g_unlink (self->path);
  g_assert_cmpint (g_rmdir (self->folder), ==, 0);
  g_free (self->folder);
  g_free (self->path);
  g_free (self->command);
}

/* A process, as far as its line in /proc says. */
typedef struct {
  int pid, parent, group;
  char state;
} Process;

/* All that there are but those that have ended and that nobody has waited for yet, which for an
 * orphan is the system's business. */
static GArray *
list_processes (void)
{
  g_autoptr (GDir) dir = g_dir_open ("/proc", 0, NULL);
  GArray *processes = g_array_new (FALSE, FALSE, sizeof (Process));
  const char *name;

  while ((name = g_dir_read_name (dir)) != NULL)
    {
      g_autofree char *path = g_build_filename ("/proc", name, "stat", NULL);
      g_autofree char *text = NULL;
      Process process = { .pid = atoi (name) };

      if (g_ascii_isdigit (name[0]) && g_file_get_contents (path, &text, NULL, NULL)
          && sscanf (strrchr (text, ')') + 1, " %c %d %d", &process.state, &process.parent,
                     &process.group)
            == 3
          && process.state != 'Z' && process.state != 'X')
        g_array_append_val (processes, process);
    }
  return processes;
}

/* The groups of our commands. A group has the number of the process that leads it, our child. */
static guint
list_groups (int *groups, guint most)
{
  g_autoptr (GArray) processes = list_processes ();
  guint n = 0;

  for (guint i = 0; i < processes->len && n < most; i++)
    {
      const Process *process = &g_array_index (processes, Process, i);

      if (process->parent == getpid () && process->group == process->pid)
        groups[n++] = process->group;
    }
  return n;
}

static void
assert_gone (const int *groups, guint n)
{
  g_autoptr (GArray) processes = list_processes ();

  for (guint i = 0; i < processes->len; i++)
    for (guint j = 0; j < n; j++)
      g_assert_cmpint (g_array_index (processes, Process, i).group, !=, groups[j]);
}

static void
many (void)
{
  const guint n = 2000;
  TestRun *run = new_run (n, 4, "true");
  HeddleRunSnapshot snapshot;

  test_run_start (run);
  test_run_finish (run);
  snapshot = test_run_snapshot (run);
  g_assert_cmpuint (snapshot.done, ==, n);
  g_assert_cmpuint (snapshot.times.n_tasks, ==, n);
  g_assert_cmpuint (snapshot.dropped_events, ==, 0);
  /* when they used processors and memory is not known */
  g_assert_cmpuint (
    heddle_series_get_length (heddle_run_get_series (run->run, HEDDLE_SERIES_CPUS)), ==, 0);
  g_assert_cmpuint (
    heddle_series_get_length (heddle_run_get_series (run->run, HEDDLE_SERIES_MEMORY)), ==, 0);
  test_run_free (run);
}

static void
failures (void)
{
  TestRun *run = new_run (3, 2, "true\nsh -c 'exit 3'\nno-such-program");
  HeddleRow row;

  run->options.retries = 2;
  run->options.retry_delay = 0.01;
  test_run_start (run);
  test_run_finish (run);
  g_assert_cmpuint (test_run_snapshot (run).done, ==, 1);
  g_assert_cmpuint (test_run_snapshot (run).failed, ==, 2);
  g_assert_cmpuint (test_run_snapshot (run).retried, ==, 4);
  get_row (run, 2, &row);
  g_assert_cmpuint (row.attempt, ==, 3);
  g_assert_cmpstr (row.error, ==, "exit status 3");
  heddle_row_clear (&row);
  get_row (run, 3, &row);
  g_assert_cmpstr (row.error, ==, "not started: No such file or directory");
  heddle_row_clear (&row);
  g_assert_true (test_run_log_has (run, "is tried again in 0.01 s: exit status 3"));
  g_assert_true (test_run_log_has (run, "is tried again in 0.02 s: exit status 3"));
  test_run_free (run);
}

/* A slot goes on with the next one, and what the others have in hand ends by itself. */
static void
time_limit (void)
{
  TestRun *run = new_run (8, 4, DEAF "\nsleep 0.01\nsh -c 'sleep 1000 & wait'\ntrue");
  HeddleRow row;

  run->options.timeout = 5;
  test_run_start (run);
  test_run_finish (run);
  for (guint64 id = 1; id <= 8; id++)
    g_assert_cmpuint (run->states[id], ==, id % 2 == 1 ? HEDDLE_TASK_FAILED : HEDDLE_TASK_DONE);
  get_row (run, 1, &row);
  g_assert_cmpstr (row.error, ==, "The task took longer than 5 s.");
  heddle_row_clear (&row);
  g_assert_true (test_run_log_has (run, "1 did not listen, 0 left"));
  test_run_free (run);
}

static void
stop (const char *command, HeddleStopPolicy policy, gboolean hears)
{
  TestRun *run = new_run (20, 8, command);
  HeddleRunSnapshot snapshot;
  int groups[64];
  guint n;

  test_run_start (run);
  test_run_wait_for (run, snapshot, snapshot.running == 8);
  /* a task is running before its command is there */
  test_wait_until ((n = list_groups (groups, G_N_ELEMENTS (groups))) == 8);
  heddle_run_stop (run->run, policy);
  test_run_finish (run);
  assert_gone (groups, n);
  snapshot = test_run_snapshot (run);
  g_assert_cmpuint (snapshot.cancelled, ==, snapshot.submitted);
  if (hears)
    g_assert_false (test_run_log_has (run, "did not listen"));
  test_run_free (run);
}

static void
cancel_all (void)
{
  stop ("sleep 1000", HEDDLE_STOP_CANCEL, TRUE);
}

static void
cancel_groups (void)
{
  stop ("sh -c 'sleep 1000 & (sleep 1000; :) & wait'", HEDDLE_STOP_CANCEL, TRUE);
}

static void
kill_all (void)
{
  stop (DEAF, HEDDLE_STOP_KILL, FALSE);
}

/* Waits in the first one; the others fail. */
static void
cancel_rest (void)
{
  const guint n = 300;
  g_autoptr (GString) commands = g_string_new (NULL);
  HeddleRunSnapshot snapshot;
  TestRun *run;
  Gate gate;

  gate_init (&gate);
  g_string_append (commands, gate.command);
  for (guint i = 1; i < n; i++)
    g_string_append (commands, "\nfalse");
  run = new_run (n, 2, commands->str);
  set_policy (run, "halt", "soon,fail=3");
  test_run_start (run);
  test_run_wait_for (run, snapshot, snapshot.halted && snapshot.running == 1);
  while (heddle_run_get_state (run->run) != HEDDLE_RUN_FINISHED)
    gate_open (&gate);
  test_run_finish (run);
  snapshot = test_run_snapshot (run);
  g_assert_cmpuint (run->states[1], ==, HEDDLE_TASK_DONE);
  g_assert_cmpuint (snapshot.done, ==, 1);
  g_assert_cmpuint (snapshot.failed, >=, 3);
  g_assert_cmpuint (snapshot.cancelled, ==, snapshot.submitted - 1 - snapshot.failed);
  test_run_free (run);
  gate_clear (&gate);
}

/* One whose own code finds out that it is to end; the others go on. */
static void
cancel_one (void)
{
  g_autofree char *commands = NULL;
  const guint64 one = 1;
  HeddleRunSnapshot snapshot;
  TestRun *run;
  Gate gate;

  gate_init (&gate);
  commands = g_strconcat (gate.command, "\nsleep 1000\n", gate.command, "\ntrue", NULL);
  run = new_run (4, 3, commands);
  atomic_store (&test_command_cancel.wake_fds[2], 0); /* that of the test before */
  test_run_start (run);
  test_run_wait_for (run, snapshot, snapshot.running == 3);
  test_wait_until (atomic_load (&test_command_cancel.wake_fds[2]) > 0);
  atomic_store (&test_command_cancel.id, 2);
  g_assert_cmpint (write (atomic_load (&test_command_cancel.wake_fds[2]), &one, sizeof one), ==,
                   sizeof one);
  /* its slot takes the next one */
  test_run_wait_for (run, snapshot,
                     snapshot.cancelled == 1 && snapshot.done == 1 && snapshot.running == 2);
  while (test_run_snapshot (run).done < 3)
    gate_open (&gate);
  test_run_finish (run);
  atomic_store (&test_command_cancel.id, 0);
  for (guint64 id = 1; id <= 4; id++)
    g_assert_cmpuint (run->states[id], ==, id == 2 ? HEDDLE_TASK_CANCELLED : HEDDLE_TASK_DONE);
  test_run_free (run);
  gate_clear (&gate);
}

static void
pause_run (void)
{
  HeddleRunSnapshot snapshot;
  TestRun *run;
  Gate gate;

  gate_init (&gate);
  run = new_run (4, 2, gate.command);
  test_run_start (run);
  test_run_wait_for (run, snapshot, snapshot.running == 2);
  heddle_run_pause (run->run);
  test_run_wait_for (run, snapshot, snapshot.state == HEDDLE_RUN_PAUSED);
  g_assert_cmpuint (snapshot.running, ==, 2);
  while (test_run_snapshot (run).done < 2)
    gate_open (&gate);
  test_wait_for_passes (run->run);
  snapshot = test_run_snapshot (run);
  g_assert_cmpuint (snapshot.done, ==, 2);
  g_assert_cmpuint (snapshot.running, ==, 0);
  heddle_run_resume (run->run);
  while (test_run_snapshot (run).done < 4)
    gate_open (&gate);
  test_run_finish (run);
  test_run_free (run);
  gate_clear (&gate);
}

static void
resize (void)
{
  HeddleRunSnapshot snapshot;
  TestRun *run;
  Gate gate;

  gate_init (&gate);
  run = new_run (12, 1, gate.command);
  test_run_start (run);
  test_run_wait_for (run, snapshot, snapshot.running == 1 && snapshot.n_workers == 1);
  heddle_run_resize (run->run, 5);
  test_run_wait_for (run, snapshot, snapshot.running == 5);
  heddle_run_resize (run->run, 2);
  test_wait_for_passes (run->run);
  /* nobody is ended for it */
  g_assert_cmpuint (test_run_snapshot (run).running, ==, 5);
  for (;;)
    {
      gate_open (&gate);
      snapshot = test_run_snapshot (run);
      if (snapshot.n_workers == 2)
        break;
    }
  heddle_run_resize (run->run, 3);
  while (test_run_snapshot (run).done < 12)
    gate_open (&gate);
  test_run_finish (run);
  g_assert_cmpuint (test_run_snapshot (run).n_lanes, ==, 5);
  test_run_free (run);
  gate_clear (&gate);
}

static void
surroundings (void)
{
  TestRun *run = new_run (2, 1, "nice\ngrep Cpus_allowed_list /proc/self/status");
  g_autofree char *cpu = NULL, *allowed = NULL;
  cpu_set_t cpus;
  int first = 0;
  HeddleRow row;

  sched_getaffinity (0, sizeof cpus, &cpus);
  while (!CPU_ISSET (first, &cpus))
    first++;
  cpu = g_strdup_printf ("%d", first);
  allowed = g_strdup_printf ("Cpus_allowed_list:\t%d\n", first);
  set_policy (run, "affinity", cpu);
  set_policy (run, "nice", "7");
  test_run_start (run);
  test_run_finish (run);
  get_row (run, 1, &row);
  g_assert_cmpstr (row.result, ==, "7\n");
  heddle_row_clear (&row);
  get_row (run, 2, &row);
  g_assert_cmpstr (row.result, ==, allowed);
  heddle_row_clear (&row);
  test_run_free (run);
}

/* Where not all of them could have a command, there are fewer: none of those fails. */
static void
few_files (void)
{
  TestRun *run = new_run (200, 64, "true\nsleep 0.01");
  struct rlimit limit, few;
  HeddleRunSnapshot snapshot;

  g_assert_cmpint (getrlimit (RLIMIT_NOFILE, &limit), ==, 0);
  few = limit;
  few.rlim_cur = 100;
  g_assert_cmpint (setrlimit (RLIMIT_NOFILE, &few), ==, 0);
  test_run_start (run);
  heddle_run_resize (run->run, 200);
  test_run_finish (run);
  g_assert_cmpint (setrlimit (RLIMIT_NOFILE, &limit), ==, 0);
  snapshot = test_run_snapshot (run);
  g_assert_cmpuint (snapshot.done, ==, 200);
  g_assert_cmpuint (snapshot.n_lanes, >, 1);
  g_assert_cmpuint (snapshot.n_lanes, <, 100 / 5);
  g_assert_true (test_run_log_has (run, "There is no room for so many commands: Too many"));
  test_run_free (run);
}

/* The shell looks at its own clock, and says at last what that was: more or less than 0.2 s, by the
 * kernel's ticks. */
#define BURN                                                                                       \
  "sh -c 'a=0; while [ $a -lt 200000000 ]; do read a b </proc/$$/schedstat; done; echo $a'"
#define TWO "sh -c 'true; (exit 0); exit 0'"

static void
check_times (HeddleStatesSource wanted)
{
  TestRun *run = new_run (3, 1, BURN "\nsleep 0.3\n" TWO);
  HeddleRunSnapshot snapshot;
  HeddleWorkerInfo worker;
  HeddleLaneSum sum;
  HeddleRow burnt, slept, two;
  gint64 own, known;

  run->options.states = wanted;
  test_run_start (run);
  test_run_finish (run);
  snapshot = test_run_snapshot (run);
  g_assert_cmpuint (heddle_run_get_workers (run->run, &worker, 1), ==, 1);
  heddle_lane_store_sum (heddle_run_get_lanes (run->run), 0, snapshot.started_ns,
                         snapshot.started_ns + snapshot.elapsed_ns + 1, &sum);
  get_row (run, 1, &burnt);
  get_row (run, 2, &slept);
  get_row (run, 3, &two);
  if (wanted == HEDDLE_STATES_NONE)
    {
      g_assert_cmpint (snapshot.states, ==, HEDDLE_STATES_NONE);
      g_assert_false (burnt.times.known || slept.times.known || two.times.known);
      g_assert_cmpint (worker.cpu_ns, ==, -1);
      g_assert_cmpint (sum.known_ns, ==, 0);
    }
  else
    {
      g_assert_cmpint (snapshot.states, ==, HEDDLE_STATES_COUNTED);
      g_assert_true (burnt.times.known && slept.times.known && two.times.known);
      own = g_ascii_strtoll (burnt.result, NULL, 10);
      g_assert_cmpint (own, >=, 200 * MS);
      /* what it came to after its last look is an exit, and what the kernel does at one */
      g_assert_cmpint (burnt.times.on_cpu_ns, >=, own - MS);
      g_assert_cmpint (burnt.times.on_cpu_ns, <=, own + 100 * MS);
      /* a tenth of a second is what the slowest of machines takes to start and to end a program */
      g_assert_cmpint (slept.times.on_cpu_ns, <=, 100 * MS);
      if (slept.times.ready_ns >= 0)
        g_assert_cmpint (heddle_task_times_get_blocked (
                           &slept.times, slept.finished_ns - slept.started_ns),
                         >, 0);
      g_assert_cmpint (two.times.ready_ns, ==, -1);
      g_assert_cmpint (two.times.on_cpu_ns, >, 0);
      /* the slot has what its commands have, whatever its thread did */
      g_assert_cmpint (worker.cpu_ns, ==,
                       burnt.times.on_cpu_ns + slept.times.on_cpu_ns + two.times.on_cpu_ns);
      g_assert_cmpuint (snapshot.times.n_tasks, ==, 3);
      g_assert_cmpint (snapshot.times.on_cpu_ns, ==, worker.cpu_ns);
      g_assert_cmpint (snapshot.times.untold_ns, >, 0);
      /* the lane knows of those of which all is known, and of no other */
      known = (burnt.times.ready_ns >= 0 ? burnt.finished_ns - burnt.started_ns : 0)
        + (slept.times.ready_ns >= 0 ? slept.finished_ns - slept.started_ns : 0);
      g_assert_cmpint (sum.known_ns, ==, known);
    }
  heddle_row_clear (&burnt);
  heddle_row_clear (&slept);
  heddle_row_clear (&two);
  test_run_free (run);
}

static void
times (void)
{
  for (guint i = 0; i < HEDDLE_N_STATES_SOURCES; i++)
    check_times ((HeddleStatesSource) i);
}

/* The note says what is known, and not that a better source is missing: there is none. */
static void
note (void)
{
  TestRun *run = new_run (1, 1, "true");
  g_autofree char *text = NULL;

  run->options.states = HEDDLE_STATES_EXACT;
  test_run_start (run);
  test_run_finish (run);
  text = heddle_run_dup_states_note (run->run);
  g_assert_true (g_str_has_prefix (text, "When a command has ended,"));
  g_assert_null (strstr (text, "perf_event"));
  test_run_free (run);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  /* it stays, with two descriptors, which no test is to take for some that were left open */
  g_assert_true (heddle_guard_start (NULL, NULL));
  g_test_add_func ("/command-pool/many", many);
  g_test_add_func ("/command-pool/failures", failures);
  g_test_add_func ("/command-pool/time-limit", time_limit);
  g_test_add_func ("/command-pool/cancel-all", cancel_all);
  g_test_add_func ("/command-pool/cancel-groups", cancel_groups);
  g_test_add_func ("/command-pool/kill-all", kill_all);
  g_test_add_func ("/command-pool/cancel-rest", cancel_rest);
  g_test_add_func ("/command-pool/cancel-one", cancel_one);
  g_test_add_func ("/command-pool/pause", pause_run);
  g_test_add_func ("/command-pool/resize", resize);
  g_test_add_func ("/command-pool/surroundings", surroundings);
  g_test_add_func ("/command-pool/few-files", few_files);
  g_test_add_func ("/command-pool/times", times);
  g_test_add_func ("/command-pool/note", note);
  return g_test_run ();
}
