/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

/* Each rule at its limits: made-up facts on which it speaks, and for each limit the same facts with
 * one of them a step beyond it, on which it is silent. */

#include <string.h>

#include "diagnosis-recorded.h"
#include "engine/model/workload.h"
#include "engine/run/diagnosis.h"

#define MS G_GINT64_CONSTANT (1000000)
#define S (1000 * MS)

/* Ten seconds of four threads on two processors that want for nothing. */
static HeddleDiagnosisFacts
make_healthy (void)
{
  return (HeddleDiagnosisFacts) {
    .length_ns = 10 * S,
    .backend = HEDDLE_BACKEND_THREADS,
    .backends = HEDDLE_BACKENDS_ALL,
    .prefetch = 64,
    .workers = { .n = 4, .time_ns = 40 * S, .busy_ns = 40 * S, .on_cpu_ns = 12 * S,
                 .ready_ns = 2 * S, .slept_ns = 26 * S },
    .processors = { .n = 2, .used_ns = 12 * S },
    .queue = { .producing_ns = 10 * S, .full_ns = 9 * S, .stocked_ns = 4 * S, .left = 64 },
    .tasks = { .n_ended = 1000, .median_ns = 40 * MS },
  };
}

static void
assert_silent (const HeddleDiagnosisFacts *facts)
{
  HeddleVerdict verdict;

  heddle_diagnosis_find_best (facts, &verdict);
  g_assert_cmpstr (heddle_verdict_get_id (verdict.kind), ==, "none");
}

static HeddleVerdict
assert_says (const HeddleDiagnosisFacts *facts, HeddleVerdictKind kind)
{
  HeddleVerdict verdict;

  heddle_diagnosis_find_best (facts, &verdict);
  g_assert_cmpstr (heddle_verdict_get_id (verdict.kind), ==, heddle_verdict_get_id (kind));
  g_assert_cmpfloat (verdict.strength, >, 0);
  g_assert_cmpfloat (verdict.strength, <=, 1);
  return verdict;
}

static void
assert_text (const HeddleVerdict *verdict, const char *title, const char *text, const char *cure)
{
  g_autofree char *has_title = heddle_verdict_dup_title (verdict);
  g_autofree char *has_text = heddle_verdict_dup_text (verdict);
  g_autofree char *has_cure = heddle_verdict_dup_cure (verdict);

  g_assert_cmpstr (has_title, ==, title);
  g_assert_cmpstr (has_text, ==, text);
  g_assert_cmpstr (has_cure, ==, cure);
}

static void
silent_of_health (void)
{
  HeddleDiagnosisFacts facts = make_healthy ();

  assert_silent (&facts);
}

static void
silent_of_nothing (void)
{
  HeddleDiagnosisFacts facts = { 0 };

  assert_silent (&facts);
  facts.length_ns = 10 * S;
  assert_silent (&facts);
  facts.workers.on_cpu_ns = facts.workers.ready_ns = -1;
  assert_silent (&facts);
}

static HeddleDiagnosisFacts
make_starved (void)
{
  HeddleDiagnosisFacts facts = make_healthy ();

  facts.workers.busy_ns = 10 * S;
  facts.workers.on_cpu_ns = 10 * S;
  facts.workers.ready_ns = facts.workers.slept_ns = 0;
  facts.workers.starved_ns = 30 * S;
  facts.queue.full_ns = 0;
  facts.queue.stocked_ns = 0;
  return facts;
}

static void
starved (void)
{
  HeddleDiagnosisFacts facts = make_starved ();
  HeddleVerdict verdict = assert_says (&facts, HEDDLE_VERDICT_STARVED);

  g_assert_cmpfloat (verdict.strength, ==, 0.75);
  /* one worker would be busy all the time, with nothing to spare */
  assert_text (&verdict, "Workers wait for tasks.",
               "They had none 75 % of the time, as the queue was empty and its producer makes no more. 2 workers would do the same work.",
               "Try 2 Workers");
}

static void
starved_limits (void)
{
  HeddleDiagnosisFacts facts = make_starved ();

  facts.workers.starved_ns = 10 * S;
  assert_says (&facts, HEDDLE_VERDICT_STARVED);
  facts.workers.starved_ns -= 1;
  assert_silent (&facts);
  facts = make_starved ();
  facts.queue.producing_ns = 5 * S;
  assert_says (&facts, HEDDLE_VERDICT_STARVED);
  facts.queue.producing_ns -= 1;
  assert_silent (&facts);
  facts = make_starved ();
  facts.queue.full_ns = 500 * MS;
  assert_says (&facts, HEDDLE_VERDICT_STARVED);
  facts.queue.full_ns += 1;
  assert_silent (&facts);
  facts = make_starved ();
  facts.queue.by_hand = TRUE;
  assert_silent (&facts);
  facts = make_starved ();
  facts.workers.n_needed = 4;
  assert_silent (&facts);
  facts = make_starved ();
  facts.measures = TRUE;
  assert_silent (&facts);
  facts.measures = FALSE;
  facts.length_ns = 499 * MS;
  assert_silent (&facts);
  facts = make_starved ();
  facts.workers.n = 1;
  facts.workers.time_ns = 10 * S;
  facts.workers.busy_ns = facts.workers.on_cpu_ns = 5 * S;
  facts.workers.starved_ns = 5 * S;
  g_assert_cmpint (assert_says (&facts, HEDDLE_VERDICT_STARVED).cure, ==, HEDDLE_CURE_NONE);
}

static HeddleDiagnosisFacts
make_too_few (void)
{
  HeddleDiagnosisFacts facts = make_healthy ();

  facts.workers = (HeddleFactsWorkers) { .n = 1, .time_ns = 10 * S, .busy_ns = 10 * S,
                                         .on_cpu_ns = 10 * S };
  facts.queue.stocked_ns = 10 * S;
  return facts;
}

static void
too_few (void)
{
  HeddleDiagnosisFacts facts = make_too_few ();
  HeddleVerdict verdict = assert_says (&facts, HEDDLE_VERDICT_TOO_FEW);

  assert_text (&verdict, "Fewer workers than processors.",
               "1 worker computes all the time, and tasks wait in the queue. There are 2 processors.",
               "Try 2 Workers");
}

static void
too_few_limits (void)
{
  HeddleDiagnosisFacts facts = make_too_few ();

  facts.processors.n = 1;
  assert_silent (&facts);
  facts = make_too_few ();
  facts.workers.on_cpu_ns = 8500 * MS;
  assert_says (&facts, HEDDLE_VERDICT_TOO_FEW);
  facts.workers.on_cpu_ns = 8499 * MS;
  assert_silent (&facts);
  facts = make_too_few ();
  facts.workers.ready_ns = 501 * MS;
  assert_silent (&facts);
  facts.workers.ready_ns = -1;
  assert_silent (&facts);
  facts = make_too_few ();
  facts.queue.stocked_ns = 5 * S - 1;
  assert_silent (&facts);
  facts = make_too_few ();
  facts.workers.n_needed = 1;
  assert_silent (&facts);
  facts = make_too_few ();
  facts.backend = HEDDLE_BACKEND_MAIN_LOOP;
  g_assert_cmpint (assert_says (&facts, HEDDLE_VERDICT_MAIN_LOOP).cure_value, ==,
                   HEDDLE_BACKEND_THREADS);
}

static HeddleDiagnosisFacts
make_crowded (void)
{
  HeddleDiagnosisFacts facts = make_healthy ();

  facts.workers = (HeddleFactsWorkers) { .n = 8, .time_ns = 80 * S, .busy_ns = 80 * S,
                                         .on_cpu_ns = 20 * S, .ready_ns = 60 * S };
  facts.processors.used_ns = 20 * S;
  return facts;
}

static void
crowded (void)
{
  HeddleDiagnosisFacts facts = make_crowded ();
  HeddleVerdict verdict = assert_says (&facts, HEDDLE_VERDICT_CROWDED);

  assert_text (&verdict, "More workers than processors.",
               "8 workers share 2 processors: 75 % of their time tasks were ready and waited for one. 2 workers would do the same work.",
               "Try 2 Workers");
  /* where tasks also wait for the outside, more are needed to keep two processors busy */
  facts.workers.ready_ns = 40 * S;
  verdict = assert_says (&facts, HEDDLE_VERDICT_CROWDED);
  g_assert_cmpuint (verdict.cure_value, ==, 4);
}

static void
crowded_limits (void)
{
  HeddleDiagnosisFacts facts = make_crowded ();

  /* what others use is not theirs: fewer would get less */
  facts.processors.used_ns = 17 * S;
  assert_says (&facts, HEDDLE_VERDICT_CROWDED);
  facts.processors.used_ns = 17 * S - MS;
  assert_silent (&facts);
  facts.processors.used_ns = -1;
  assert_silent (&facts);
  facts = make_crowded ();
  facts.workers.on_cpu_ns = -1;
  assert_silent (&facts);
  facts = make_crowded ();
  facts.workers.ready_ns = 20 * S;
  facts.workers.busy_ns = 40 * S;
  assert_says (&facts, HEDDLE_VERDICT_CROWDED);
  facts.workers.ready_ns -= 1;
  assert_silent (&facts);
  facts = make_crowded ();
  facts.processors.n = 8;
  assert_silent (&facts);
  facts = make_crowded ();
  facts.workers.n_needed = 8; /* tasks wait for each other */
  assert_silent (&facts);
}

static HeddleDiagnosisFacts
make_too_small (HeddleBackend backend)
{
  HeddleDiagnosisFacts facts = make_healthy ();

  facts.backend = backend;
  facts.workers = (HeddleFactsWorkers) { .n = 2, .time_ns = 20 * S, .busy_ns = 2 * S,
                                         .on_cpu_ns = -1, .ready_ns = -1, .between_ns = 18 * S };
  facts.tasks.n_ended = 200000;
  facts.tasks.median_ns = 10000;
  return facts;
}

static void
too_small (void)
{
  HeddleDiagnosisFacts facts = make_too_small (HEDDLE_BACKEND_THREAD_PER_TASK);
  HeddleVerdict verdict = assert_says (&facts, HEDDLE_VERDICT_TOO_SMALL);

  g_assert_cmpint (verdict.other_ns, ==, 90000);
  assert_text (&verdict, "Tasks are too small.",
               "A task takes 10.0 µs, and 90.0 µs pass before its worker has the next one: workers had no task 90 % of the time although some were waiting.",
               "Try Threads");
  facts.backend = HEDDLE_BACKEND_PROCESS_PER_TASK;
  g_assert_cmpuint (assert_says (&facts, HEDDLE_VERDICT_TOO_SMALL).cure_value, ==,
                    HEDDLE_BACKEND_PROCESSES);
  facts.backends = HEDDLE_BACKEND_BIT (HEDDLE_BACKEND_PROCESS_PER_TASK);
  g_assert_cmpint (assert_says (&facts, HEDDLE_VERDICT_TOO_SMALL).cure, ==, HEDDLE_CURE_NONE);
  facts = make_too_small (HEDDLE_BACKEND_PROCESSES);
  g_assert_cmpint (assert_says (&facts, HEDDLE_VERDICT_TOO_SMALL).cure, ==, HEDDLE_CURE_NONE);
  facts.prefetch = 1;
  verdict = assert_says (&facts, HEDDLE_VERDICT_TOO_SMALL);
  g_assert_cmpint (verdict.cure, ==, HEDDLE_CURE_PREFETCH);
  g_assert_cmpuint (verdict.cure_value, ==, 256);
}

static void
too_small_limits (void)
{
  HeddleDiagnosisFacts facts = make_too_small (HEDDLE_BACKEND_THREAD_PER_TASK);

  facts.workers.between_ns = 5 * S;
  facts.tasks.n_ended = 50000;
  assert_says (&facts, HEDDLE_VERDICT_TOO_SMALL);
  facts.workers.between_ns -= 1;
  assert_silent (&facts);
  facts = make_too_small (HEDDLE_BACKEND_THREAD_PER_TASK);
  facts.tasks.median_ns = 90000;
  assert_says (&facts, HEDDLE_VERDICT_TOO_SMALL);
  facts.tasks.median_ns = 90001;
  assert_silent (&facts);
  facts = make_too_small (HEDDLE_BACKEND_THREAD_PER_TASK);
  facts.processors.n = 1; /* a worker without a task may wait for a processor */
  assert_silent (&facts);
  facts = make_too_small (HEDDLE_BACKEND_PROCESSES);
  facts.workers.ready_ns = 5 * S;
  assert_says (&facts, HEDDLE_VERDICT_TOO_SMALL);
  facts.workers.ready_ns += 1;
  assert_silent (&facts);
  facts = make_too_small (HEDDLE_BACKEND_THREAD_PER_TASK);
  facts.tasks.n_ended = 100;
  assert_says (&facts, HEDDLE_VERDICT_TOO_SMALL);
  facts.tasks.n_ended = 99;
  assert_silent (&facts);
}

static HeddleDiagnosisFacts
make_straggler (void)
{
  HeddleDiagnosisFacts facts = make_healthy ();

  facts.workers = (HeddleFactsWorkers) { .n = 4, .time_ns = 40 * S, .busy_ns = 20 * S,
                                         .on_cpu_ns = 4 * S, .ready_ns = 0, .slept_ns = 16 * S,
                                         .over_ns = 20 * S };
  facts.queue = (HeddleFactsQueue) { .producing_ns = S };
  facts.tasks = (HeddleFactsTasks) { .n_ended_ever = 100, .median_ns = 500 * MS, .last = 17,
                                     .last_worker = 3, .last_ns = 8 * S, .alone_ns = 6 * S };
  return facts;
}

static void
straggler (void)
{
  HeddleDiagnosisFacts facts = make_straggler ();
  HeddleVerdict verdict = assert_says (&facts, HEDDLE_VERDICT_STRAGGLER);

  g_assert_cmpuint (verdict.evidence_worker, ==, 3);
  assert_text (&verdict, "One long task holds the end up.",
               "Task 17 ran for 8.0 s, where a task takes 500 ms. 3 other workers had nothing left to do meanwhile.",
               NULL);
}

static void
straggler_limits (void)
{
  HeddleDiagnosisFacts facts = make_straggler ();

  facts.tasks.last = 0;
  assert_silent (&facts);
  facts = make_straggler ();
  facts.tasks.n_ended_ever = 8;
  assert_says (&facts, HEDDLE_VERDICT_STRAGGLER);
  facts.tasks.n_ended_ever = 7;
  assert_silent (&facts);
  facts = make_straggler ();
  facts.tasks.median_ns = 2 * S;
  assert_says (&facts, HEDDLE_VERDICT_STRAGGLER);
  facts.tasks.median_ns += 1;
  assert_silent (&facts);
  facts = make_straggler ();
  facts.tasks.alone_ns = 2 * S;
  assert_says (&facts, HEDDLE_VERDICT_STRAGGLER);
  facts.tasks.alone_ns -= 1;
  assert_silent (&facts);
  facts = make_straggler ();
  facts.workers.over_ns = 10 * S;
  assert_says (&facts, HEDDLE_VERDICT_STRAGGLER);
  facts.workers.over_ns -= 1;
  assert_silent (&facts);
  facts = make_straggler ();
  facts.workers.n_needed = 4;
  assert_silent (&facts);
}

static HeddleDiagnosisFacts
make_lock (void)
{
  HeddleDiagnosisFacts facts = make_healthy ();

  facts.workers.n_needed = 4;
  facts.workers.slept_ns = 10 * S;
  facts.workers.shared_ns = 28 * S;
  facts.object = (HeddleFactsObject) { .is_lock = TRUE, .is_mutex = TRUE, .name = "list",
                                       .waited_ns = 28 * S,
                                       .n_waiters = 4 };
  return facts;
}

static void
lock (void)
{
  HeddleDiagnosisFacts facts = make_lock ();
  HeddleVerdict verdict = assert_says (&facts, HEDDLE_VERDICT_LOCK);

  assert_text (&verdict, "Workers wait for a lock.",
               "4 workers waited for their turn with “list”: 70 % of all time that tasks took. One at a time can hold it.",
               NULL);
}

static void
lock_limits (void)
{
  HeddleDiagnosisFacts facts = make_lock ();

  facts.object.is_lock = FALSE;
  assert_silent (&facts);
  facts = make_lock ();
  facts.deadlocked = TRUE;
  assert_silent (&facts);
  facts = make_lock ();
  facts.object.n_waiters = 1;
  assert_silent (&facts);
  facts = make_lock ();
  facts.object.waited_ns = 10 * S;
  assert_says (&facts, HEDDLE_VERDICT_LOCK);
  facts.object.waited_ns -= 1;
  assert_silent (&facts);
  facts = make_lock ();
  facts.workers.on_cpu_ns = facts.workers.ready_ns = -1; /* waits are known all the same */
  assert_says (&facts, HEDDLE_VERDICT_LOCK);
}

static void
assert_holder (const HeddleDiagnosisFacts *facts, guint holder, double held)
{
  HeddleVerdict verdict = assert_says (facts, HEDDLE_VERDICT_LOCK);

  g_assert_cmpuint (verdict.object.holder, ==, holder);
  g_assert_cmpfloat_with_epsilon (verdict.object.held, held, 1e-9);
}

/* Who holds it, where that has been seen: somebody does while anybody waits. */
static void
lock_holder (void)
{
  HeddleDiagnosisFacts facts = make_lock ();
  HeddleVerdict verdict;

  facts.object.holder = 3;
  facts.object.holder_ns = 5 * S;
  facts.object.held_ns = 6300 * MS; /* nine tenths of the time that each of four waited */
  assert_holder (&facts, 3, 0.63);
  facts.object.held_ns -= 1;
  assert_holder (&facts, 0, 0);
  facts.object.held_ns = 10 * S + 5 * MS; /* the last pass was a little later */
  assert_holder (&facts, 3, 1);
  facts.object.held_ns = 8 * S;
  verdict = assert_says (&facts, HEDDLE_VERDICT_LOCK);
  assert_text (&verdict, "Workers wait for a lock.",
               "4 workers waited for their turn with “list”: 70 % of all time that tasks took. One at a time can hold it. It was held 80 % of the time, most of it by Thread 3: 5.0 s in all.", NULL);
  facts.backend = HEDDLE_BACKEND_PROCESSES;
  facts.object.is_mutex = FALSE; /* its readers' times add up */
  verdict = assert_says (&facts, HEDDLE_VERDICT_LOCK);
  assert_text (&verdict, "Workers wait for a lock.",
               "4 workers waited for their turn with “list”: 70 % of all time that tasks took. Process 3 held it most: 5.0 s in all.", NULL);
}

/* Their readers hold it together. */
static void
lock_of_readers_and_writers (void)
{
  HeddleDiagnosisFacts facts = make_lock ();
  HeddleVerdict verdict;

  facts.object.is_mutex = FALSE;
  verdict = assert_says (&facts, HEDDLE_VERDICT_LOCK);
  assert_text (&verdict, "Workers wait for a lock.",
               "4 workers waited for their turn with “list”: 70 % of all time that tasks took.", NULL);
}

static HeddleDiagnosisFacts
make_waiting (void)
{
  HeddleDiagnosisFacts facts = make_healthy ();

  facts.workers = (HeddleFactsWorkers) { .n = 4, .time_ns = 40 * S, .busy_ns = 40 * S,
                                         .on_cpu_ns = 400 * MS, .ready_ns = 0,
                                         .slept_ns = 20 * S };
  facts.queue.stocked_ns = 9 * S;
  return facts;
}

static void
waiting (void)
{
  HeddleDiagnosisFacts facts = make_waiting ();
  HeddleVerdict verdict = assert_says (&facts, HEDDLE_VERDICT_WAITING);

  assert_text (&verdict, "Tasks mostly wait.",
               "They slept or waited for input and output 99 % of their time. 16 workers could wait at the same time.",
               "Try 16 Workers");
}

static void
waiting_limits (void)
{
  HeddleDiagnosisFacts facts = make_waiting ();

  facts.workers.on_cpu_ns = 9900 * MS;
  facts.workers.ready_ns = 2100 * MS;
  assert_says (&facts, HEDDLE_VERDICT_WAITING);
  facts.workers.ready_ns += 1;
  assert_silent (&facts);
  facts.workers.on_cpu_ns = -1;
  assert_silent (&facts);
  facts = make_waiting ();
  facts.workers.slept_ns = 0; /* but waited for the outside world, for which tasks are too short */
  assert_says (&facts, HEDDLE_VERDICT_WAITING);
  facts.tasks.median_ns = 99999;
  assert_silent (&facts);
  facts = make_waiting ();
  facts.workers.shared_ns = 4 * S + 1;
  assert_silent (&facts);
  facts = make_waiting ();
  facts.queue.stocked_ns = 5 * S;
  assert_says (&facts, HEDDLE_VERDICT_WAITING);
  facts.queue.stocked_ns -= 1;
  assert_silent (&facts);
  facts = make_waiting ();
  facts.workers.n_needed = 4;
  assert_silent (&facts);
  facts = make_waiting ();
  facts.workers.time_ns = 48 * S; /* they have no task a sixth of the time */
  assert_silent (&facts);
}

static void
main_loop (void)
{
  HeddleDiagnosisFacts facts = make_healthy ();
  HeddleVerdict verdict;

  facts.backend = HEDDLE_BACKEND_MAIN_LOOP_BLOCKING;
  facts.workers = (HeddleFactsWorkers) { .n = 1, .time_ns = 10 * S, .busy_ns = 9 * S,
                                         .on_cpu_ns = -1, .ready_ns = -1 };
  verdict = assert_says (&facts, HEDDLE_VERDICT_MAIN_LOOP);
  assert_text (&verdict, "The main loop does the work.",
               "Tasks took 90 % of its time, in which it can answer nobody.", "Try Threads");
  facts.workers.busy_ns = 5 * S;
  assert_says (&facts, HEDDLE_VERDICT_MAIN_LOOP);
  facts.workers.busy_ns -= MS;
  assert_silent (&facts);
  facts.workers.busy_ns = 9 * S;
  facts.backends = HEDDLE_BACKEND_BIT (HEDDLE_BACKEND_MAIN_LOOP);
  g_assert_cmpint (assert_says (&facts, HEDDLE_VERDICT_MAIN_LOOP).cure, ==, HEDDLE_CURE_NONE);
}

static void
quota (void)
{
  HeddleDiagnosisFacts facts = make_healthy ();
  HeddleVerdict verdict;

  facts.processors = (HeddleFactsProcessors) { .n = 2, .used_ns = -1, .quota = 1.5,
                                               .n_periods = 100,
                                               .n_throttled = 50 };
  verdict = assert_says (&facts, HEDDLE_VERDICT_QUOTA);
  assert_text (&verdict, "A processor quota holds the work up.",
               "The control group may use 1.5 CPUs, and was stopped in 50 % of its periods.",
               "Try 2 Workers");
  facts.measures = TRUE; /* what is stopped meanwhile measures nothing */
  assert_says (&facts, HEDDLE_VERDICT_QUOTA);
  facts.processors.n_throttled = 25;
  assert_says (&facts, HEDDLE_VERDICT_QUOTA);
  facts.processors.n_throttled = 24;
  assert_silent (&facts);
  facts.processors = (HeddleFactsProcessors) { .n = 2, .used_ns = -1, .quota = 1.5, .n_periods = 9,
                                               .n_throttled = 9 };
  assert_silent (&facts);
  facts.processors.n_periods = 100;
  facts.processors.n_throttled = 100;
  facts.workers.n = 2;
  g_assert_cmpint (assert_says (&facts, HEDDLE_VERDICT_QUOTA).cure, ==, HEDDLE_CURE_NONE);
  facts.processors.quota = 0;
  assert_silent (&facts);
}

/* Of two that hold, the one that explains more. */
static void
the_stronger_one (void)
{
  HeddleDiagnosisFacts facts = make_crowded ();

  facts.object = (HeddleFactsObject) { .is_lock = TRUE, .name = "list", .n_waiters = 8,
                                       .waited_ns = 30 * S };
  assert_says (&facts, HEDDLE_VERDICT_CROWDED);
  facts.object.waited_ns = 70 * S;
  assert_says (&facts, HEDDLE_VERDICT_LOCK);
}

static void
recorded (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (recorded_runs); i++)
    {
      const HeddleDiagnosisFacts *facts = &recorded_runs[i].facts;
      HeddleVerdict verdict;

      heddle_diagnosis_find_best (facts, &verdict);
      g_assert_cmpuint (verdict.object.holder, ==, facts->object.holder);
      if (!g_str_equal (heddle_verdict_get_id (verdict.kind), recorded_runs[i].says))
        g_error ("%s: “%s” rather than “%s”", recorded_runs[i].run,
                 heddle_verdict_get_id (verdict.kind), recorded_runs[i].says);
    }
}

static void
filter (void)
{
  const gint64 appears = HEDDLE_DIAGNOSIS_APPEARS_NS, goes = HEDDLE_DIAGNOSIS_GOES_NS;
  HeddleDiagnosisFilter self = { 0 };
  HeddleVerdict a = { .kind = HEDDLE_VERDICT_LOCK, .share = 0.5 };
  HeddleVerdict b = { .kind = HEDDLE_VERDICT_QUOTA }, none = { 0 };
  gint64 now = 100 * S;

  g_assert_false (heddle_diagnosis_filter_take (&self, &a, now));
  g_assert_false (heddle_diagnosis_filter_take (&self, &a, now + appears - 1));
  g_assert_true (heddle_diagnosis_filter_take (&self, &a, now + appears));
  g_assert_cmpint (self.shown.kind, ==, HEDDLE_VERDICT_LOCK);
  /* its figures follow, and that is no other verdict */
  a.share = 0.75;
  now += 10 * S;
  g_assert_false (heddle_diagnosis_filter_take (&self, &a, now));
  g_assert_cmpfloat (self.shown.share, ==, 0.75);
  /* it is not found for a moment: it stays */
  g_assert_false (heddle_diagnosis_filter_take (&self, &none, now + goes - 1));
  g_assert_false (heddle_diagnosis_filter_take (&self, &a, now + goes - 1));
  now += goes - 1;
  /* another one that comes and goes does not push it away */
  g_assert_false (heddle_diagnosis_filter_take (&self, &b, now + 1));
  g_assert_false (heddle_diagnosis_filter_take (&self, &a, now + appears));
  g_assert_false (heddle_diagnosis_filter_take (&self, &b, now + appears + 1));
  g_assert_cmpint (self.shown.kind, ==, HEDDLE_VERDICT_LOCK);
  g_assert_true (heddle_diagnosis_filter_take (&self, &b, now + 2 * appears + 1));
  g_assert_cmpint (self.shown.kind, ==, HEDDLE_VERDICT_QUOTA);
  now += 2 * appears + 1;
  g_assert_true (heddle_diagnosis_filter_take (&self, &none, now + goes));
  g_assert_cmpint (self.shown.kind, ==, HEDDLE_VERDICT_NONE);
}

static void
figures_have_names (void)
{
  for (guint kind = HEDDLE_VERDICT_NONE + 1; kind < HEDDLE_N_VERDICTS; kind++)
    {
      HeddleVerdict verdict = { .kind = (HeddleVerdictKind) kind, .strength = 0.5, .n = 2,
                                .task_ns = 5, .other_ns = 6, .task = 7, .quota = 1,
                                .object = { "list", TRUE, 2, 8, 0.5 } };
      HeddleVerdictFigure figures[HEDDLE_VERDICT_FIGURES];
      guint n = heddle_verdict_get_figures (&verdict, figures);

      g_assert_cmpuint (n, >=, 4);
      for (guint i = 0; i < n; i++)
        for (guint j = 0; j < i; j++)
          g_assert_cmpstr (figures[i].key, !=, figures[j].key);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/diagnosis/silent-of-health", silent_of_health);
  g_test_add_func ("/diagnosis/silent-of-nothing", silent_of_nothing);
  g_test_add_func ("/diagnosis/starved", starved);
  g_test_add_func ("/diagnosis/starved-limits", starved_limits);
  g_test_add_func ("/diagnosis/too-few", too_few);
  g_test_add_func ("/diagnosis/too-few-limits", too_few_limits);
  g_test_add_func ("/diagnosis/crowded", crowded);
  g_test_add_func ("/diagnosis/crowded-limits", crowded_limits);
  g_test_add_func ("/diagnosis/too-small", too_small);
  g_test_add_func ("/diagnosis/too-small-limits", too_small_limits);
  g_test_add_func ("/diagnosis/straggler", straggler);
  g_test_add_func ("/diagnosis/straggler-limits", straggler_limits);
  g_test_add_func ("/diagnosis/lock", lock);
  g_test_add_func ("/diagnosis/lock-limits", lock_limits);
  g_test_add_func ("/diagnosis/lock-holder", lock_holder);
  g_test_add_func ("/diagnosis/lock-of-readers-and-writers", lock_of_readers_and_writers);
  g_test_add_func ("/diagnosis/waiting", waiting);
  g_test_add_func ("/diagnosis/waiting-limits", waiting_limits);
  g_test_add_func ("/diagnosis/main-loop", main_loop);
  g_test_add_func ("/diagnosis/quota", quota);
  g_test_add_func ("/diagnosis/the-stronger-one", the_stronger_one);
  g_test_add_func ("/diagnosis/recorded", recorded);
  g_test_add_func ("/diagnosis/filter", filter);
  g_test_add_func ("/diagnosis/figures-have-names", figures_have_names);
  return g_test_run ();
}
