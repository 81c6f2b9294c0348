/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What the kernel tells of thread switches, beside the threads' own clocks. Where the system does
 * not let this user see them, most cases are skipped; that it is then said why is tested
 * everywhere.
 */
#include "config.h"

#include <errno.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <poll.h>
#include <pthread.h>
#include <sched.h>
#include <spawn.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/error.h"
#include "trace/clock.h"
#include "trace/switches.h"

#define MS G_GINT64_CONSTANT (1000000)
#define SWITCH_NS G_GINT64_CONSTANT (100000) /* on a machine that has much else to do */
/* The processor of a virtual machine may be taken away in the midst of a switch: then the kernel
 * charges the time to a thread that is not seen on the processor yet. */
#define HOST_NS (5 * MS)

/* What a thread under test knows of itself. */
typedef struct {
  _Atomic guint32 tid;
  int cpu;          /* to stay on; -1: any */
  gint64 begin;     /* CLOCK_MONOTONIC: before what it does, and after it */
  gint64 end;
  gint64 cpu_ns;    /* by its own clock, between the two */
  gint64 ready_ns;  /* by /proc, likewise */
  gint64 asleep_ns; /* by CLOCK_MONOTONIC, around its sleeps */
  glong n_waits;    /* by the kernel's count of voluntary switches, likewise */
  glong n_switches; /* by its count of both kinds */
  guint n_sleeps;   /* to do */
  gint64 sleep_ns;
  gint64 spin_ns;
  pthread_barrier_t *start; /* NULL: at once */
} Subject;

/* What was recorded of one. */
typedef struct {
  guint32 tid;
  gint64 begin, end; /* only between these */
  GArray *records;
  guint n_lost;
} Recorded;

static HeddleSwitches *
open_or_skip (guint n_pages)
{
  g_autoptr (GError) error = NULL;
  HeddleSwitches *switches = heddle_switches_open (n_pages, &error);

  if (switches == NULL)
    g_test_skip (error->message);
  return switches;
}

static void
nap (gint64 ns)
{
  const struct timespec time = { .tv_sec = ns / (1000 * MS), .tv_nsec = ns % (1000 * MS) };

  while (clock_nanosleep (CLOCK_MONOTONIC, 0, &time, NULL) == EINTR)
    continue;
}

static gint64
read_ready (guint32 tid)
{
  g_autofree char *path = g_strdup_printf ("/proc/self/task/%u/schedstat", tid);
  g_autofree char *text = NULL;
  gint64 on_cpu, ready;

  g_assert_true (g_file_get_contents (path, &text, NULL, NULL));
  g_assert_cmpint (sscanf (text, "%" G_GINT64_FORMAT " %" G_GINT64_FORMAT, &on_cpu, &ready), ==, 2);
  return ready;
}

static struct rusage
count_switches (void)
{
  struct rusage usage;

  g_assert_cmpint (getrusage (RUSAGE_THREAD, &usage), ==, 0);
  return usage;
}

static void *
live (void *data)
{
  Subject *self = data;
  gint64 cpu, ready;
  struct rusage before, after;

  self->tid = (guint32) gettid ();
  if (self->cpu >= 0)
    {
      cpu_set_t set;

      CPU_ZERO (&set);
      CPU_SET (self->cpu, &set);
      g_assert_cmpint (pthread_setaffinity_np (pthread_self (), sizeof set, &set), ==, 0);
    }
  if (self->start != NULL)
    pthread_barrier_wait (self->start);
  ready = read_ready (self->tid);
  before = count_switches ();
  self->begin = heddle_clock_monotonic_ns ();
  cpu = heddle_clock_thread_cpu_ns ();
  for (guint i = 0; i < self->n_sleeps; i++)
    {
      gint64 slept_at = heddle_clock_monotonic_ns ();

      nap (self->sleep_ns);
      self->asleep_ns += heddle_clock_monotonic_ns () - slept_at;
    }
  while (heddle_clock_thread_cpu_ns () - cpu < self->spin_ns)
    continue;
  self->cpu_ns = heddle_clock_thread_cpu_ns () - cpu;
  self->end = heddle_clock_monotonic_ns ();
  after = count_switches ();
  self->n_waits = after.ru_nvcsw - before.ru_nvcsw;
  self->n_switches = self->n_waits + after.ru_nivcsw - before.ru_nivcsw;
  self->ready_ns = read_ready (self->tid) - ready;
  return NULL;
}

static gint
by_time (gconstpointer a, gconstpointer b)
{
  const HeddleSwitch *first = a, *second = b;

  return first->time_ns < second->time_ns ? -1 : first->time_ns > second->time_ns;
}

static void
record (const HeddleSwitch *change, gpointer data)
{
  Recorded *self = data;

  if (change->kind == HEDDLE_SWITCH_LOST)
    self->n_lost++;
  else if (self->tid == 0 || change->tid == self->tid)
    g_array_append_val (self->records, *change);
}

static void
collect (HeddleSwitches *switches, Recorded *recorded)
{
  recorded->records = g_array_new (FALSE, FALSE, sizeof (HeddleSwitch));
  heddle_switches_drain (switches, record, recorded);
  g_array_sort (recorded->records, by_time);
}

static guint
count (const Recorded *recorded, guint32 tid, HeddleSwitchKind kind)
{
  guint n = 0;

  for (guint i = 0; i < recorded->records->len; i++)
    {
      const HeddleSwitch *change = &g_array_index (recorded->records, HeddleSwitch, i);

      n += change->tid == tid && change->kind == kind;
    }
  return n;
}

/* How long the thread was in the state into which records of @kind bring it, while it was under
 * test; and checks that a thread on a processor leaves it before it gets one again. */
static gint64
sum_up (const Recorded *recorded, const Subject *subject, HeddleSwitchKind kind)
{
  const HeddleSwitch *last = NULL;
  gint64 sum = 0;

  for (guint i = 0; i < recorded->records->len; i++)
    {
      const HeddleSwitch *change = &g_array_index (recorded->records, HeddleSwitch, i);

      if (change->tid != subject->tid)
        continue;
      if (last != NULL && last->kind == kind)
        sum += MAX (MIN (change->time_ns, subject->end) - MAX (last->time_ns, subject->begin), 0);
      if (last != NULL)
        g_assert_true ((last->kind == HEDDLE_SWITCH_IN) != (change->kind == HEDDLE_SWITCH_IN));
      last = change;
    }
  g_assert_nonnull (last);
  g_assert_cmpint (last->kind, ==, HEDDLE_SWITCH_EXIT);
  return sum;
}

/* To 1 ms or 1 %, the greater of the two; and of each switch the way through the scheduler, which
 * the kernel charges to a thread, while the record is written at one end of it. */
static void
assert_near (gint64 measured, gint64 truth, glong n_switches)
{
  gint64 slack =
    MAX (MS, truth / 100) + n_switches * SWITCH_NS + (n_switches > 0 ? HOST_NS : 0);

  g_test_message ("measured %" G_GINT64_FORMAT ", by its own clocks %" G_GINT64_FORMAT, measured,
                  truth);
  g_assert_cmpint (measured, >=, truth - slack);
  g_assert_cmpint (measured, <=, truth + slack);
}

/* The times of a thread that has been the subject of a recording, by its records. */
static void
assert_times (const Recorded *recorded, const Subject *subject)
{
  gint64 on_cpu = sum_up (recorded, subject, HEDDLE_SWITCH_IN);
  gint64 preempted = sum_up (recorded, subject, HEDDLE_SWITCH_PREEMPTED);
  gint64 out = sum_up (recorded, subject, HEDDLE_SWITCH_OUT);
  gint64 slack;

  assert_near (on_cpu, subject->cpu_ns, subject->n_switches);
  assert_near (on_cpu + preempted + out, subject->end - subject->begin, 0);
  /* what the kernel calls ready is a part of both: it begins when a sleeper is woken */
  slack = MAX (MS, subject->ready_ns / 100) + subject->n_switches * SWITCH_NS + HOST_NS;
  g_assert_cmpint (preempted, <=, subject->ready_ns + slack);
  g_assert_cmpint (preempted + out, >=, subject->ready_ns - slack);
}

static void
run (Subject *subjects, guint n)
{
  pthread_t threads[4];

  for (guint i = 0; i < n; i++)
    g_assert_cmpint (pthread_create (&threads[i], NULL, live, &subjects[i]), ==, 0);
  for (guint i = 0; i < n; i++)
    pthread_join (threads[i], NULL);
}

static void
test_sleeper (void)
{
  HeddleSwitches *switches = open_or_skip (HEDDLE_SWITCHES_PAGES);
  Subject subject = { .cpu = -1, .n_sleeps = 20, .sleep_ns = 2 * MS, .spin_ns = 20 * MS };
  Recorded recorded = { 0 };

  if (switches == NULL)
    return;
  run (&subject, 1);
  recorded.tid = subject.tid;
  collect (switches, &recorded);
  g_assert_cmpuint (count (&recorded, subject.tid, HEDDLE_SWITCH_BORN), ==, 1);
  g_assert_cmpuint (count (&recorded, subject.tid, HEDDLE_SWITCH_OUT), >=, subject.n_sleeps);
  assert_times (&recorded, &subject);
  assert_near (sum_up (&recorded, &subject, HEDDLE_SWITCH_OUT), subject.asleep_ns,
               subject.n_switches);
  g_assert_cmpuint (heddle_switches_get_lost (switches), ==, 0);
  g_array_unref (recorded.records);
  heddle_switches_free (switches);
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
test_preempted (void)
{
  HeddleSwitches *switches = open_or_skip (HEDDLE_SWITCHES_PAGES);
  int cpu = choose_cpu ();
  pthread_barrier_t start;
  Subject subjects[] = { { .cpu = cpu, .spin_ns = 60 * MS, .start = &start },
                         { .cpu = cpu, .spin_ns = 60 * MS, .start = &start } };
  Recorded recorded = { 0 };

  if (switches == NULL)
    return;
  pthread_barrier_init (&start, NULL, 2);
  run (subjects, 2);
  pthread_barrier_destroy (&start);
  collect (switches, &recorded);
  for (guint i = 0; i < 2; i++)
    {
      assert_times (&recorded, &subjects[i]);
      /* none of them waits for anything: ready is all that it was off the processor */
      assert_near (sum_up (&recorded, &subjects[i], HEDDLE_SWITCH_PREEMPTED),
                   subjects[i].ready_ns, subjects[i].n_switches);
    }
  /* the one that was still there when the other one began has lost the processor to it */
  g_assert_cmpuint (count (&recorded, subjects[0].tid, HEDDLE_SWITCH_PREEMPTED)
                      + count (&recorded, subjects[1].tid, HEDDLE_SWITCH_PREEMPTED),
                    >=, 1);
  for (guint i = 0; i < recorded.records->len; i++)
    {
      const HeddleSwitch *change = &g_array_index (recorded.records, HeddleSwitch, i);

      if ((change->tid == subjects[0].tid || change->tid == subjects[1].tid)
          && change->time_ns > MAX (subjects[0].begin, subjects[1].begin))
        g_assert_cmpint (change->cpu, ==, cpu);
    }
  g_array_unref (recorded.records);
  heddle_switches_free (switches);
}

static void
test_processes_inherit (void)
{
  HeddleSwitches *switches = open_or_skip (HEDDLE_SWITCHES_PAGES);
  char *arguments[] = { (char *) "sh", (char *) "-c", (char *) "sleep 0.05; exit 7", NULL };
  Recorded recorded = { 0 };
  int status;
  pid_t pid;

  if (switches == NULL)
    return;
  g_assert_cmpint (posix_spawn (&pid, "/bin/sh", NULL, NULL, arguments, environ), ==, 0);
  g_assert_cmpint (waitpid (pid, &status, 0), ==, pid);
  g_assert_cmpint (WEXITSTATUS (status), ==, 7);
  collect (switches, &recorded);
  g_assert_cmpuint (count (&recorded, (guint32) pid, HEDDLE_SWITCH_BORN), ==, 1);
  g_assert_cmpuint (count (&recorded, (guint32) pid, HEDDLE_SWITCH_IN), >=, 1);
  g_assert_cmpuint (count (&recorded, (guint32) pid, HEDDLE_SWITCH_EXIT), ==, 1);
  g_array_unref (recorded.records);
  heddle_switches_free (switches);
}

/* One that is there before the recording begins. */
static void
test_added_thread (void)
{
  pthread_barrier_t start;
  Subject subject = {
    .cpu = -1, .n_sleeps = 5, .sleep_ns = 2 * MS, .spin_ns = 5 * MS, .start = &start
  };
  g_autoptr (GError) error = NULL;
  HeddleSwitches *switches;
  Recorded recorded = { 0 };
  pthread_t thread;

  pthread_barrier_init (&start, NULL, 2);
  g_assert_cmpint (pthread_create (&thread, NULL, live, &subject), ==, 0);
  switches = open_or_skip (HEDDLE_SWITCHES_PAGES);
  if (switches != NULL)
    {
      /* its number is known once it is there */
      while (atomic_load (&subject.tid) == 0)
        nap (MS);
      heddle_switches_add_thread (switches, subject.tid, &error);
      g_assert_no_error (error);
    }
  pthread_barrier_wait (&start);
  pthread_join (thread, NULL);
  pthread_barrier_destroy (&start);
  if (switches == NULL)
    return;
  recorded.tid = subject.tid;
  collect (switches, &recorded);
  g_assert_cmpuint (count (&recorded, subject.tid, HEDDLE_SWITCH_OUT), >=, subject.n_sleeps);
  assert_near (sum_up (&recorded, &subject, HEDDLE_SWITCH_OUT), subject.asleep_ns,
               subject.n_switches);
  g_assert_false (heddle_switches_add_thread (switches, subject.tid, &error));
  g_assert_error (error, HEDDLE_ERROR, HEDDLE_ERROR_START);
  g_array_unref (recorded.records);
  heddle_switches_free (switches);
}

/* A ring of one page has room for 128 records. */
static void
test_losses (void)
{
  HeddleSwitches *switches = open_or_skip (1);
  Subject subject = { .cpu = choose_cpu (), .n_sleeps = 500, .sleep_ns = 1 };
  Subject later = { .cpu = choose_cpu (), .n_sleeps = 3, .sleep_ns = MS };
  struct pollfd wake = { .events = POLLIN };
  Recorded recorded = { 0 };

  if (switches == NULL)
    return;
  wake.fd = heddle_switches_get_wake_fd (switches);
  run (&subject, 1);
  g_assert_cmpint (poll (&wake, 1, 0), ==, 1);
  collect (switches, &recorded);
  g_assert_cmpuint (recorded.n_lost, >=, 1);
  /* all of them on one processor; some sleeps are over before they begin */
  g_assert_cmpint (subject.n_waits, >, 128);
  g_array_unref (recorded.records);

  /* there is room again */
  run (&later, 1);
  recorded.tid = later.tid;
  collect (switches, &recorded);
  g_assert_cmpuint (count (&recorded, later.tid, HEDDLE_SWITCH_OUT), >=, later.n_sleeps);
  /* of the first one no more than one ring full of each processor came, and the rest is counted */
  g_assert_cmpint (heddle_switches_get_lost (switches), >=,
                   2 * subject.n_waits - 128 * sysconf (_SC_NPROCESSORS_CONF));
  g_array_unref (recorded.records);
  heddle_switches_free (switches);
}

/* From here on the kernel refuses the system call to this process. */
static void
forbid (int code)
{
  struct sock_filter filter[] = {
    BPF_STMT (BPF_LD | BPF_W | BPF_ABS, offsetof (struct seccomp_data, nr)),
    BPF_JUMP (BPF_JMP | BPF_JEQ | BPF_K, SYS_perf_event_open, 0, 1),
    BPF_STMT (BPF_RET | BPF_K, SECCOMP_RET_ERRNO | (guint32) code),
    BPF_STMT (BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
  };
  const struct sock_fprog program = { .len = G_N_ELEMENTS (filter), .filter = filter };

  g_assert_cmpint (prctl (PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0), ==, 0);
  g_assert_cmpint (prctl (PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program), ==, 0);
}

static void
test_forbidden (gconstpointer data)
{
  int code = GPOINTER_TO_INT (data);
  g_autoptr (GError) error = NULL;

  if (!g_test_subprocess ())
    {
      g_test_trap_subprocess (NULL, 0, G_TEST_SUBPROCESS_INHERIT_STDERR);
      g_test_trap_assert_passed ();
      return;
    }
  forbid (code);
  g_assert_null (heddle_switches_open (HEDDLE_SWITCHES_PAGES, &error));
  g_assert_error (error, HEDDLE_ERROR, HEDDLE_ERROR_START);
  if (code == EPERM)
    g_assert_nonnull (strstr (error->message, "seccomp"));
  else if (code == EMFILE)
    g_assert_nonnull (strstr (error->message, "ulimit -n"));
}

static void
test_advice (void)
{
  static const struct {
    int code;
    int paranoid;
    const char *part;
  } table[] = {
    { EACCES, 3, HEDDLE_SWITCHES_ALLOW },
    { EACCES, 3, "/etc/sysctl.d/60-heddle.conf" },
    { EACCES, 4, "kernel.perf_event_paranoid is 4" },
    { EACCES, 2, "another user" },
    { EPERM, 3, "container" },
    { EPERM, G_MININT, "container" },
    { ENOSYS, 2, "container" },
    { ENOSYS, G_MININT, "CONFIG_PERF_EVENTS" },
    { EMFILE, 2, "ulimit -n" },
    { ESRCH, 2, "has ended" },
    { EINVAL, 2, "Invalid argument" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (table); i++)
    {
      g_autofree char *text = heddle_switches_explain_dup (table[i].code, table[i].paranoid);

      g_test_message ("%s", text);
      g_assert_nonnull (strstr (text, table[i].part));
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/switches/sleeper-is-seen-asleep", test_sleeper);
  g_test_add_func ("/switches/two-on-one-processor-are-preempted", test_preempted);
  g_test_add_func ("/switches/processes-inherit-the-recording", test_processes_inherit);
  g_test_add_func ("/switches/thread-of-before-is-added", test_added_thread);
  g_test_add_func ("/switches/losses-are-told-and-counted", test_losses);
  g_test_add_data_func ("/switches/forbidden-by-a-container", GINT_TO_POINTER (EPERM),
                        test_forbidden);
  g_test_add_data_func ("/switches/not-there", GINT_TO_POINTER (ENOSYS), test_forbidden);
  g_test_add_data_func ("/switches/no-descriptor", GINT_TO_POINTER (EMFILE), test_forbidden);
  g_test_add_func ("/switches/advice-fits-the-error", test_advice);
  return g_test_run ();
}
