/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <fcntl.h>
#include <pthread.h>
#include <sched.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include "trace/clock.h"
#include "trace/thread-times.h"

#define MS G_GINT64_CONSTANT (1000000)

static void
assert_refused (const char *text)
{
  HeddleSchedstat stat = { -1, -2, 3 };

  g_assert_false (heddle_schedstat_parse (text, strlen (text), &stat));
  g_assert_cmpint (stat.cpu_ns, ==, -1);
  g_assert_cmpint (stat.delay_ns, ==, -2);
  g_assert_cmpuint (stat.runs, ==, 3);
}

static void
schedstat_is_taken_as_the_kernel_writes_it (void)
{
  HeddleSchedstat stat;
  const char *text = "2744656139 34385453063 1184\nbehind";

  g_assert_true (heddle_schedstat_parse (text, strlen (text) - strlen ("behind"), &stat));
  g_assert_cmpint (stat.cpu_ns, ==, 2744656139);
  g_assert_cmpint (stat.delay_ns, ==, 34385453063);
  g_assert_cmpuint (stat.runs, ==, 1184);
  text = "9223372036854775807 0 9223372036854775807\n";
  g_assert_true (heddle_schedstat_parse (text, strlen (text), &stat));
  g_assert_cmpint (stat.cpu_ns, ==, G_MAXINT64);
}

static void
schedstat_of_another_shape_is_refused (void)
{
  static const char *const wrong[] = { "", "\n", "1 2 3", "1 2\n", "1 2 3 4\n", " 1 2 3\n", "1  2 3\n",
                                       "1 2 3\n\n", "-1 2 3\n", "1 2 x\n", "1,2,3\n",
                                       "9223372036854775808 1 1\n",
                                       "99999999999999999999999 1 1\n" };

  for (guint i = 0; i < G_N_ELEMENTS (wrong); i++)
    assert_refused (wrong[i]);
}

static void
difference_never_is_below_zero (void)
{
  HeddleThreadTimes begin = { 100, 50, 7, 3 };
  HeddleThreadTimes end = { 90, 40, 8, 5 };
  HeddleTaskTimes times = heddle_thread_times_between (&begin, &end);

  g_assert_true (times.known);
  g_assert_cmpint (times.on_cpu_ns, ==, 0);
  g_assert_cmpint (times.ready_ns, ==, 0);
  g_assert_cmpuint (times.switches, ==, 1);
  g_assert_cmpuint (times.preempted, ==, 1);
}

static void
spin (gint64 cpu_ns)
{
  gint64 end = heddle_clock_thread_cpu_ns () + cpu_ns;

  while (heddle_clock_thread_cpu_ns () < end)
    ;
}

static HeddleThreadTimes
must_read (HeddleThreadCounters *counters)
{
  HeddleThreadTimes times;

  g_assert_true (heddle_thread_counters_read (counters, &times));
  return times;
}

/* The CPU time is that of the clock, and on CPU and ready never exceed the time that passed. */
static void
spinning_is_on_cpu (void)
{
  HeddleThreadCounters counters;
  HeddleThreadTimes begin, end;
  HeddleTaskTimes times;
  gint64 from, span;

  heddle_thread_counters_init (&counters);
  from = heddle_clock_monotonic_ns ();
  begin = must_read (&counters);
  spin (50 * MS);
  end = must_read (&counters);
  span = heddle_clock_monotonic_ns () - from;
  times = heddle_thread_times_between (&begin, &end);
  g_assert_cmpint (times.on_cpu_ns, >=, 50 * MS);
  g_assert_cmpint (times.on_cpu_ns, <=, 51 * MS); /* of its own CPU time, whatever else runs */
  g_assert_cmpint (times.on_cpu_ns + times.ready_ns, <=, span);
  g_assert_cmpuint (times.preempted, <=, times.switches);
  heddle_thread_counters_clear (&counters);
}

/* Every sleep is a switch, and none of them a preemption. */
static void
sleeping_is_switches_that_are_wanted (void)
{
  HeddleThreadCounters counters;
  HeddleThreadTimes begin, end;
  HeddleTaskTimes times;
  struct rusage before, after;

  heddle_thread_counters_init (&counters);
  begin = must_read (&counters);
  getrusage (RUSAGE_THREAD, &before);
  for (guint i = 0; i < 20; i++)
    g_usleep (2000);
  getrusage (RUSAGE_THREAD, &after);
  end = must_read (&counters);
  times = heddle_thread_times_between (&begin, &end);
  /* it may be preempted between the two ways to count */
  g_assert_cmpuint (times.switches - times.preempted, >=, 20);
  g_assert_cmpint (times.preempted, >=, after.ru_nivcsw - before.ru_nivcsw);
  g_assert_cmpint (times.switches, >=,
                   after.ru_nvcsw - before.ru_nvcsw + after.ru_nivcsw - before.ru_nivcsw);
  g_assert_cmpint (times.on_cpu_ns, <, 20 * MS);
  heddle_thread_counters_clear (&counters);
}

typedef struct {
  pthread_barrier_t *barrier;
  gint64 cpu_ns;
  gint64 span_ns;
  HeddleTaskTimes times;
} Spinner;

static void *
spin_beside_another (void *data)
{
  Spinner *self = data;
  HeddleThreadCounters counters;
  HeddleThreadTimes begin, end;
  gint64 from;

  heddle_thread_counters_init (&counters);
  pthread_barrier_wait (self->barrier);
  from = heddle_clock_monotonic_ns ();
  begin = must_read (&counters);
  spin (200 * MS);
  end = must_read (&counters);
  self->span_ns = heddle_clock_monotonic_ns () - from;
  self->times = heddle_thread_times_between (&begin, &end);
  heddle_thread_counters_clear (&counters);
  return NULL;
}

static void
bind_to_one (cpu_set_t *before)
{
  cpu_set_t one;

  g_assert_cmpint (sched_getaffinity (0, sizeof *before, before), ==, 0);
  CPU_ZERO (&one);
  for (int cpu = 0; cpu < CPU_SETSIZE && CPU_COUNT (&one) == 0; cpu++)
    if (CPU_ISSET (cpu, before))
      CPU_SET (cpu, &one);
  g_assert_cmpint (sched_setaffinity (0, sizeof one, &one), ==, 0);
}

/* Two that spin on one CPU are each either on it or ready, never blocked. While both spin each has
 * at most the half of it, so the one that ends last has been ready for as long as the other one was
 * on it, less a slice at either end. */
static void
two_on_one_cpu_wait_for_each_other (void)
{
  pthread_barrier_t barrier;
  Spinner spinners[2];
  pthread_t threads[2];
  cpu_set_t before;
  gint64 ready;

  pthread_barrier_init (&barrier, NULL, 2);
  bind_to_one (&before);
  for (guint i = 0; i < 2; i++)
    {
      spinners[i] = (Spinner) { .barrier = &barrier };
      g_assert_cmpint (pthread_create (&threads[i], NULL, spin_beside_another, &spinners[i]), ==,
                       0);
    }
  for (guint i = 0; i < 2; i++)
    pthread_join (threads[i], NULL);
  g_assert_cmpint (sched_setaffinity (0, sizeof before, &before), ==, 0);
  for (guint i = 0; i < 2; i++)
    {
      const Spinner *it = &spinners[i];
      gint64 blocked = it->span_ns - it->times.on_cpu_ns - it->times.ready_ns;

      g_test_message ("%.3f ms, on CPU %.3f, ready %.3f", (double) it->span_ns / MS,
                      (double) it->times.on_cpu_ns / MS, (double) it->times.ready_ns / MS);
      g_assert_cmpint (blocked, <, MAX (it->span_ns / 100, MS));
    }
  ready = MAX (spinners[0].times.ready_ns, spinners[1].times.ready_ns);
  g_assert_cmpint (ready, >, 150 * MS);
  pthread_barrier_destroy (&barrier);
}

/* With more descriptors open than half of what is allowed, none is kept. */
static void
few_descriptors_are_left_to_others (void)
{
  HeddleThreadCounters counters;
  HeddleThreadTimes times;
  struct rlimit before, few;

  heddle_thread_counters_init (&counters);
  g_assert_true (heddle_thread_counters_read (&counters, &times));
  g_assert_cmpint (counters.fd, >=, 0);
  heddle_thread_counters_clear (&counters);
  g_assert_cmpint (counters.fd, ==, -1);
  g_assert_cmpint (getrlimit (RLIMIT_NOFILE, &before), ==, 0);
  few = before;
  few.rlim_cur = (rlim_t) dup (STDIN_FILENO) + 2;
  g_assert_cmpint (setrlimit (RLIMIT_NOFILE, &few), ==, 0);
  for (guint i = 0; i < 3; i++)
    {
      g_assert_true (heddle_thread_counters_read (&counters, &times));
      g_assert_cmpint (counters.fd, ==, -1);
    }
  g_assert_cmpint (setrlimit (RLIMIT_NOFILE, &before), ==, 0);
  close ((int) few.rlim_cur - 2);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/thread-times/schedstat-is-taken-as-the-kernel-writes-it",
                   schedstat_is_taken_as_the_kernel_writes_it);
  g_test_add_func ("/thread-times/schedstat-of-another-shape-is-refused",
                   schedstat_of_another_shape_is_refused);
  g_test_add_func ("/thread-times/difference-never-is-below-zero", difference_never_is_below_zero);
  if (heddle_thread_counters_are_there ())
    {
      g_test_add_func ("/thread-times/spinning-is-on-cpu", spinning_is_on_cpu);
      g_test_add_func ("/thread-times/sleeping-is-switches-that-are-wanted",
                       sleeping_is_switches_that_are_wanted);
      g_test_add_func ("/thread-times/two-on-one-cpu-wait-for-each-other",
                       two_on_one_cpu_wait_for_each_other);
      g_test_add_func ("/thread-times/few-descriptors-are-left-to-others",
                       few_descriptors_are_left_to_others);
    }
  return g_test_run ();
}
