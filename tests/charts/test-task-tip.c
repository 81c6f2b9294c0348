/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a tip tells of a task, and what it does not. */
#include "config.h"

#include <string.h>

#include "charts/task-tip.h"

#define MS G_GINT64_CONSTANT (1000000)

static void
assert_says (const HeddleTaskFacts *facts, const char *text, gboolean says)
{
  g_autofree char *all = heddle_task_facts_describe (facts, " · ", "\n");

  if ((strstr (all, text) != NULL) != says)
    g_error ("“%s” in: %s", text, all);
}

static const HeddleSpan span = { .begin = 0, .end = 10 * MS, .id = 1, .state = HEDDLE_TASK_DONE };

/* Nothing known is not nothing. */
static void
test_unknown (void)
{
  const HeddleLaneSum sum = { .busy_ns = 10 * MS };
  HeddleTaskFacts facts;

  heddle_task_facts_init (&facts, &span, &sum);
  assert_says (&facts, "ran 10", TRUE);
  assert_says (&facts, "done", TRUE);
  assert_says (&facts, "not known", TRUE);
  assert_says (&facts, "on CPU 0", FALSE);
  assert_says (&facts, "waited", FALSE);
  assert_says (&facts, "preempted", FALSE);
  assert_says (&facts, "attempt", FALSE);
}

/* A store knows of a task that runs when it came into the queue. */
static void
test_running (void)
{
  const HeddleSpan running = { .begin = 10 * MS, .end = 30 * MS, .id = 1,
                               .state = HEDDLE_TASK_RUNNING, .queued = 7 * MS };
  const HeddleLaneSum sum = { .busy_ns = 20 * MS };
  HeddleTaskFacts facts;

  heddle_task_facts_init (&facts, &running, &sum);
  assert_says (&facts, "waited 3", TRUE);
  assert_says (&facts, "ran 20", TRUE);
}

static void
test_counted (void)
{
  const HeddleLaneSum sum = { .busy_ns = 10 * MS, .waits_ns = { 0, 0, 2 * MS } };
  HeddleSpan counted = span;
  HeddleTaskFacts facts;

  counted.times = (HeddleTaskTimes) { .on_cpu_ns = 3 * MS, .ready_ns = MS, .known = TRUE };
  heddle_task_facts_init (&facts, &counted, &sum);
  facts.waited_ns = 5 * MS;
  facts.attempt = 2;
  assert_says (&facts, "waited 5", TRUE);
  assert_says (&facts, "on CPU 3", TRUE);
  assert_says (&facts, "ready 1", TRUE);
  assert_says (&facts, "I/O 2", TRUE);
  assert_says (&facts, "another reason 4", TRUE);
  assert_says (&facts, "attempt 2", TRUE);
  /* a store has no switches: that none are said to have been would be wrong */
  assert_says (&facts, "preempted", FALSE);
  facts.has_switches = TRUE;
  facts.times.switches = 3;
  facts.times.preempted = 2;
  assert_says (&facts, "preempted 2 times", TRUE);
}

/* Of a command with several processes the rest may have been time ready. */
static void
test_on_cpu_alone (void)
{
  const HeddleLaneSum sum = { .busy_ns = 10 * MS };
  HeddleSpan told = span;
  HeddleTaskFacts facts;

  told.times = (HeddleTaskTimes) { .on_cpu_ns = 15 * MS, .ready_ns = -1, .known = TRUE };
  heddle_task_facts_init (&facts, &told, &sum);
  assert_says (&facts, "on CPU 15", TRUE);
  assert_says (&facts, "ready", FALSE);
  assert_says (&facts, "another reason", FALSE);
}

/* Stretches say what totals would. */
static void
test_exact (void)
{
  HeddleLaneSum sum = { .busy_ns = 10 * MS, .on_cpu_ns = 6 * MS, .ready_ns = 4 * MS,
                        .known_ns = 10 * MS };
  HeddleTaskFacts facts;

  heddle_task_facts_init (&facts, &span, &sum);
  assert_says (&facts, "on CPU 6", TRUE);
  assert_says (&facts, "ready 4", TRUE);
  assert_says (&facts, "another reason", FALSE);
  /* half of them do not */
  sum.known_ns = 10 * MS / 2;
  heddle_task_facts_init (&facts, &span, &sum);
  assert_says (&facts, "on CPU 6", FALSE);
  assert_says (&facts, "not known", TRUE);
}

/* Where a task was; of many CPUs the number, and none that is not known. */
static void
test_cpus (void)
{
  const HeddleLaneSum sum = { .busy_ns = 10 * MS };
  HeddleSpan counted = span;
  HeddleTaskFacts facts;

  counted.times = (HeddleTaskTimes) { .on_cpu_ns = 3 * MS, .known = TRUE };
  heddle_task_facts_init (&facts, &counted, &sum);
  facts.has_switches = TRUE;
  assert_says (&facts, "\nleft a CPU", TRUE);
  assert_says (&facts, "CPU 0 ·", FALSE);
  facts.times.cpus = heddle_cpu_bit (1);
  assert_says (&facts, "CPU 1 · left", TRUE);
  facts.times.cpus |= heddle_cpu_bit (0);
  assert_says (&facts, "CPUs 0, 1 · left", TRUE);
  facts.times.cpus |= heddle_cpu_bit (190);
  assert_says (&facts, "CPUs 0, 1, 63+ · left", TRUE);
  facts.times.cpus = 0xff;
  assert_says (&facts, "on 8 CPUs in turn · left", TRUE);
  facts.times.cpus = G_MAXUINT64;
  assert_says (&facts, "on 64 CPUs or more in turn · left", TRUE);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/task-tip/unknown-is-not-nothing", test_unknown);
  g_test_add_func ("/task-tip/running-knows-its-wait", test_running);
  g_test_add_func ("/task-tip/totals-and-waits", test_counted);
  g_test_add_func ("/task-tip/stretches-say-what-totals-would", test_exact);
  g_test_add_func ("/task-tip/on-cpu-alone", test_on_cpu_alone);
  g_test_add_func ("/task-tip/cpus", test_cpus);
  return g_test_run ();
}
