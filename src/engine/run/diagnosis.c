/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

/*
 * The rules. Each looks at the facts of a stretch of time alone, and says something only where the
 * figures leave no other explanation: a wrong sentence costs more trust than a missing one. Where
 * several hold, the one counts that explains the largest share of the workers' time, since that is
 * what a cure gives back. The limits stand beside their reasons; docs/diagnosis.md has both in a
 * table, with what is said about every workload.
 */

#include "engine/run/diagnosis.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/utf8.h"
#include "engine/model/backend.h"
#include "engine/model/workload.h"

/* Series are sampled ten times a second and processor times four times: half a second is the least
 * of which shares can be told to a few per cent. */
#define MIN_LENGTH_NS (500 * G_GINT64_CONSTANT (1000000))

/* Below this share of the workers' time a cure would hardly be noticed. */
#define NOTABLE 0.25

/* A share of time is nearly all of it from here on: samples at the edges are of other times. */
#define NEARLY_ALL 0.85

static double
share_of (gint64 part, gint64 whole)
{
  return whole > 0 && part > 0 ? MIN ((double) part / (double) whole, 1.0) : 0;
}

/* How many workers keep @n processors busy, where a worker of those whose times these are is
 * executed for on_cpu_ns of so long: the time in which it waits for a processor does not count, as
 * it is what one wants to be rid of. */
static guint
count_workers_for (const HeddleFactsWorkers *workers, double n)
{
  gint64 wanted = workers->busy_ns - MAX (workers->ready_ns, 0);
  double count;

  if (workers->on_cpu_ns <= 0)
    return HEDDLE_MAX_WORKERS;
  count = ceil (n * (double) MAX (wanted, workers->on_cpu_ns) / (double) workers->on_cpu_ns - 0.1);
  return (guint) CLAMP (count, 1, HEDDLE_MAX_WORKERS);
}

static gboolean
knows_processor_time (const HeddleFactsWorkers *workers)
{
  return workers->on_cpu_ns >= 0 && workers->ready_ns >= 0;
}

/* Tasks that wait for the outside world take so long at least. */
#define OUTSIDE_NS 100000

/* Time in tasks in which nothing executed them and Heddle does not know of a reason of its own:
 * mostly waits for the outside world. But workers whose tasks are far shorter than any such wait
 * have to wait until what they record of them is read. */
static gint64
count_outside (const HeddleDiagnosisFacts *facts)
{
  const HeddleFactsWorkers *workers = &facts->workers;

  if (facts->tasks.median_ns < OUTSIDE_NS)
    return 0;
  return MAX (workers->busy_ns - workers->on_cpu_ns - workers->ready_ns - workers->slept_ns
                - workers->shared_ns,
              0);
}

static void
cure_by_workers (HeddleVerdict *verdict, guint n)
{
  verdict->cure = HEDDLE_CURE_WORKERS;
  verdict->cure_value = n;
}

/* The producer never waits, so it is what limits: workers without a task are none too few. */
static gboolean
find_starved (const HeddleDiagnosisFacts *facts, HeddleVerdict *verdict)
{
  const HeddleFactsWorkers *workers = &facts->workers;
  double share = share_of (workers->starved_ns, workers->time_ns);
  guint enough;

  /* one who submits by hand makes tasks when he wants to, and tasks that wait for each other may be
   * fewer than workers */
  if (facts->queue.by_hand || workers->n_needed > 0
      || heddle_backend_get_info (facts->backend)->is_per_task)
    return FALSE;
  /* it limits for most of the time only if it works for most of it, and hardly ever waits */
  if (share < NOTABLE || facts->queue.producing_ns < facts->length_ns / 2
      || facts->queue.full_ns > facts->queue.producing_ns / 20)
    return FALSE;
  verdict->strength = verdict->share = share;
  verdict->task_ns = facts->tasks.median_ns;
  verdict->evidence = HEDDLE_EVIDENCE_IDLE;
  /* a tenth more than what they were busy for, so that these have a moment to spare, too */
  enough = (guint) ceil (1.1 * share_of (workers->busy_ns, workers->time_ns) * workers->n);
  if (enough >= 1 && enough < workers->n)
    cure_by_workers (verdict, enough);
  return TRUE;
}

/* All workers are executed all the time, and there are processors that they do not use. */
static gboolean
find_too_few (const HeddleDiagnosisFacts *facts, HeddleVerdict *verdict)
{
  const HeddleFactsWorkers *workers = &facts->workers;
  guint n = facts->processors.n;

  if (!knows_processor_time (workers) || workers->n >= n || workers->n_needed > 0
      || heddle_backend_get_info (facts->backend)->is_loop)
    return FALSE;
  /* Tasks have to be there for more workers, and to want a processor rather than anything else.
   * Workers that wait for a processor show that others use what seems to be free. */
  if (facts->queue.stocked_ns < facts->length_ns / 2
      || share_of (workers->on_cpu_ns, workers->time_ns) < NEARLY_ALL
      || share_of (workers->ready_ns, workers->busy_ns) > 0.05)
    return FALSE;
  verdict->strength = 1.0 - (double) workers->n / n;
  verdict->share = share_of (facts->queue.stocked_ns, facts->length_ns);
  verdict->evidence = HEDDLE_EVIDENCE_BUSY;
  cure_by_workers (verdict, n);
  return TRUE;
}

/* Workers wait for a processor although this program has nearly all that there are: fewer of them
 * would be executed for as long. Where other programs took the processors, fewer workers would get
 * less. */
static gboolean
find_crowded (const HeddleDiagnosisFacts *facts, HeddleVerdict *verdict)
{
  const HeddleFactsWorkers *workers = &facts->workers;
  guint n = facts->processors.n, enough;
  double used;

  if (!knows_processor_time (workers) || n == 0 || workers->n <= n || facts->processors.used_ns < 0
      || heddle_backend_get_info (facts->backend)->is_loop)
    return FALSE;
  used = (double) facts->processors.used_ns / ((double) n * (double) facts->length_ns);
  enough = MAX (count_workers_for (workers, n), workers->n_needed);
  if (share_of (workers->ready_ns, workers->time_ns) < NOTABLE || used < NEARLY_ALL
      || enough >= workers->n)
    return FALSE;
  verdict->strength = share_of (workers->ready_ns, workers->time_ns);
  verdict->share = share_of (workers->ready_ns, workers->busy_ns);
  verdict->n = enough;
  verdict->evidence = HEDDLE_EVIDENCE_READY;
  cure_by_workers (verdict, enough);
  return TRUE;
}

/* Workers have no task for longer than they have one, though tasks wait for them: what is done
 * between two tasks costs more than a task. */
static gboolean
find_too_small (const HeddleDiagnosisFacts *facts, HeddleVerdict *verdict)
{
  const HeddleFactsWorkers *workers = &facts->workers;
  const HeddleBackendInfo *info = heddle_backend_get_info (facts->backend);
  double share = share_of (workers->between_ns, workers->time_ns);
  gint64 between;

  /* A hundred tasks: of fewer the start of the workers is a part that counts. Where workers share
   * processors, or others use them, a worker without a task may have waited for one. */
  if (share < NOTABLE || facts->tasks.n_ended < 100 || workers->n > facts->processors.n
      || share_of (workers->ready_ns, workers->time_ns) > NOTABLE)
    return FALSE;
  between = workers->between_ns / (gint64) facts->tasks.n_ended;
  if (between < facts->tasks.median_ns)
    return FALSE;
  verdict->strength = verdict->share = share;
  verdict->task_ns = facts->tasks.median_ns;
  verdict->other_ns = between;
  verdict->evidence = HEDDLE_EVIDENCE_IDLE;
  if (info->is_per_task)
    {
      guint pool = info->is_process ? HEDDLE_BACKEND_PROCESSES : HEDDLE_BACKEND_THREADS;

      if ((facts->backends & HEDDLE_BACKEND_BIT (pool)) != 0)
        {
          verdict->cure = HEDDLE_CURE_BACKEND;
          verdict->cure_value = pool;
        }
    }
  else if (info->is_process && facts->prefetch < 64)
    {
      /* so many empty tasks last longer than it takes to hand out the next ones */
      verdict->cure = HEDDLE_CURE_PREFETCH;
      verdict->cure_value = 256;
    }
  return TRUE;
}

/* At the end one task runs alone, far longer than tasks do. */
static gboolean
find_straggler (const HeddleDiagnosisFacts *facts, HeddleVerdict *verdict)
{
  const HeddleFactsWorkers *workers = &facts->workers;
  const HeddleFactsTasks *tasks = &facts->tasks;
  double share = share_of (workers->over_ns, workers->time_ns);

  /* Some worker ends last in every run, by up to a task's time. A median needs a few tasks, and
   * where each worker has one task there is no order that would be better. */
  if (tasks->last == 0 || workers->n < 2 || workers->n_needed > 0
      || tasks->n_ended_ever < 2 * (guint64) workers->n || tasks->median_ns <= 0)
    return FALSE;
  if (share < NOTABLE || tasks->last_ns < 4 * tasks->median_ns
      || tasks->alone_ns < tasks->last_ns / 4)
    return FALSE;
  verdict->strength = verdict->share = share;
  verdict->task = tasks->last;
  verdict->task_ns = tasks->last_ns;
  verdict->other_ns = tasks->median_ns;
  verdict->n = workers->n - 1;
  verdict->evidence = HEDDLE_EVIDENCE_BUSY;
  verdict->evidence_worker = tasks->last_worker;
  return TRUE;
}

/* Who holds the lock. While a worker waits for it another one holds it, so it was held for as long
 * as any of them waited. Where less of that is known, holds were too short to be recorded, or were
 * dropped, and who is known to have held it most need not be the one. */
static void
add_holder (const HeddleDiagnosisFacts *facts, HeddleVerdict *verdict)
{
  const HeddleFactsObject *object = &facts->object;
  gint64 least = object->waited_ns / object->n_waiters;

  if (object->holder == 0 || object->held_ns < least - least / 10)
    return;
  verdict->object.holder = object->holder;
  verdict->object.holder_ns = object->holder_ns;
  /* readers hold theirs together: their times add up to more than the lock was held */
  if (object->is_mutex)
    verdict->object.held = share_of (object->held_ns, facts->length_ns);
}

/* Only locks: a semaphore, a barrier or a queue makes its workers wait on purpose. */
static gboolean
find_lock (const HeddleDiagnosisFacts *facts, HeddleVerdict *verdict)
{
  const HeddleFactsWorkers *workers = &facts->workers;
  const HeddleFactsObject *object = &facts->object;
  double share = share_of (object->waited_ns, workers->busy_ns);

  /* workers that waited for ever did not wait for their turn */
  if (!object->is_lock || facts->deadlocked || workers->n < 2 || object->n_waiters < 2
      || share < NOTABLE)
    return FALSE;
  verdict->strength = share_of (object->waited_ns, workers->time_ns);
  verdict->share = share;
  verdict->n = object->n_waiters;
  verdict->object.is_mutex = object->is_mutex;
  heddle_utf8_copy (verdict->object.name, sizeof verdict->object.name, object->name);
  add_holder (facts, verdict);
  verdict->evidence = HEDDLE_EVIDENCE_SHARED;
  return TRUE;
}

/* Tasks sleep or wait for the outside world, processors have nothing to do, and there are more
 * tasks that could wait at the same time. */
static gboolean
find_waiting (const HeddleDiagnosisFacts *facts, HeddleVerdict *verdict)
{
  const HeddleFactsWorkers *workers = &facts->workers;
  gint64 waited;
  double used;
  guint more;

  if (!knows_processor_time (workers) || workers->n_needed > 0 || facts->processors.n == 0
      || heddle_backend_get_info (facts->backend)->is_loop)
    return FALSE;
  waited = workers->slept_ns + count_outside (facts);
  used = (double) workers->on_cpu_ns / ((double) facts->processors.n * (double) facts->length_ns);
  /* Workers that wait for each other would do so more if there were more of them. Half of the
   * processors is left for what more workers do. */
  if (share_of (waited, workers->busy_ns) < 0.7
      || share_of (workers->busy_ns, workers->time_ns) < NEARLY_ALL
      || share_of (workers->shared_ns, workers->busy_ns) > 0.1 || used > 0.5
      || facts->queue.stocked_ns < facts->length_ns / 2)
    return FALSE;
  /* four times as many at once: whoever wants more sees it said again */
  more = MIN (count_workers_for (workers, facts->processors.n), 4 * workers->n);
  if (more < workers->n + workers->n / 2 + 1)
    return FALSE;
  verdict->strength = share_of (waited, workers->time_ns);
  verdict->share = share_of (waited, workers->busy_ns);
  verdict->n = more;
  verdict->evidence = HEDDLE_EVIDENCE_SLEEP;
  cure_by_workers (verdict, more);
  return TRUE;
}

/* The one thread that answers the user executes tasks for most of the time. */
static gboolean
find_main_loop (const HeddleDiagnosisFacts *facts, HeddleVerdict *verdict)
{
  const HeddleFactsWorkers *workers = &facts->workers;
  double share = share_of (workers->busy_ns, workers->time_ns);

  if (!heddle_backend_get_info (facts->backend)->is_loop || share < 0.5)
    return FALSE;
  verdict->strength = verdict->share = share;
  verdict->evidence = HEDDLE_EVIDENCE_BUSY;
  if ((facts->backends & HEDDLE_BACKEND_BIT (HEDDLE_BACKEND_THREADS)) != 0)
    {
      verdict->cure = HEDDLE_CURE_BACKEND;
      verdict->cure_value = HEDDLE_BACKEND_THREADS;
    }
  return TRUE;
}

/* The kernel stops all threads of the control group until its next period begins. */
static gboolean
find_quota (const HeddleDiagnosisFacts *facts, HeddleVerdict *verdict)
{
  const HeddleFactsProcessors *processors = &facts->processors;
  double share;

  /* a second has ten periods: of fewer, one is too large a part */
  if (processors->quota <= 0 || processors->n_periods < 10)
    return FALSE;
  share = (double) processors->n_throttled / (double) processors->n_periods;
  if (share < NOTABLE)
    return FALSE;
  verdict->strength = share * share_of (facts->workers.busy_ns, facts->workers.time_ns);
  verdict->share = share;
  verdict->quota = processors->quota;
  verdict->evidence = HEDDLE_EVIDENCE_READY;
  if (processors->n > 0 && facts->workers.n > processors->n
      && facts->workers.n_needed <= processors->n)
    cure_by_workers (verdict, processors->n);
  return TRUE;
}

static const HeddleDiagnosisRule rules[HEDDLE_N_VERDICTS] = {
  [HEDDLE_VERDICT_STARVED] = find_starved,     [HEDDLE_VERDICT_TOO_FEW] = find_too_few,
  [HEDDLE_VERDICT_CROWDED] = find_crowded,     [HEDDLE_VERDICT_TOO_SMALL] = find_too_small,
  [HEDDLE_VERDICT_STRAGGLER] = find_straggler, [HEDDLE_VERDICT_LOCK] = find_lock,
  [HEDDLE_VERDICT_WAITING] = find_waiting,     [HEDDLE_VERDICT_MAIN_LOOP] = find_main_loop,
  [HEDDLE_VERDICT_QUOTA] = find_quota,
};

/**
 * heddle_diagnosis_find:
 * @facts: about a stretch of time
 * @kind: which rule is asked
 * @verdict: (out): what it says; of kind HEDDLE_VERDICT_NONE if it is silent
 *
 * Asks one rule. Pure; any thread.
 *
 * Returns: whether it says something
 */
gboolean
heddle_diagnosis_find (const HeddleDiagnosisFacts *facts, HeddleVerdictKind kind,
                       HeddleVerdict *verdict)
{
  g_return_val_if_fail (facts != NULL, FALSE);
  g_return_val_if_fail (kind > HEDDLE_VERDICT_NONE && kind < HEDDLE_N_VERDICTS, FALSE);

  *verdict = (HeddleVerdict){ .n_workers = facts->workers.n,
                              .n_processors = facts->processors.n,
                              .backend = facts->backend };
  if (facts->length_ns < MIN_LENGTH_NS)
    return FALSE;
  /* measurements wait, starve and compute on one worker on purpose, but are never stopped so */
  if (facts->measures && kind != HEDDLE_VERDICT_QUOTA)
    return FALSE;
  if (!rules[kind](facts, verdict))
    return FALSE;
  verdict->kind = kind;
  return TRUE;
}

static int
compare_strengths (const void *a, const void *b)
{
  double strength_a = ((const HeddleVerdict *) a)->strength;
  double strength_b = ((const HeddleVerdict *) b)->strength;

  return strength_a < strength_b ? 1 : strength_a > strength_b ? -1 : 0;
}

/**
 * heddle_diagnosis_find_all:
 * @facts: about a stretch of time
 * @verdicts: (out): what the rules say, first the one that explains most of the workers' time
 *
 * Asks all rules. Pure; any thread.
 *
 * Returns: how many say something
 */
guint
heddle_diagnosis_find_all (const HeddleDiagnosisFacts *facts,
                           HeddleVerdict verdicts[HEDDLE_N_VERDICTS])
{
  guint n = 0;

  for (guint kind = HEDDLE_VERDICT_NONE + 1; kind < HEDDLE_N_VERDICTS; kind++)
    if (heddle_diagnosis_find (facts, (HeddleVerdictKind) kind, &verdicts[n]))
      n++;
  qsort (verdicts, n, sizeof *verdicts, compare_strengths);
  return n;
}

/**
 * heddle_diagnosis_find_best:
 * @facts: about a stretch of time
 * @verdict: (out): the one that explains most of the workers' time
 *
 * Asks all rules. Pure; any thread.
 *
 * Returns: whether one of them says something
 */
gboolean
heddle_diagnosis_find_best (const HeddleDiagnosisFacts *facts, HeddleVerdict *verdict)
{
  HeddleVerdict verdicts[HEDDLE_N_VERDICTS];
  guint n = heddle_diagnosis_find_all (facts, verdicts);

  *verdict = n > 0 ? verdicts[0] : (HeddleVerdict){ 0 };
  return n > 0;
}

/**
 * heddle_diagnosis_filter_take:
 * @found: the verdict of the last seconds; of kind HEDDLE_VERDICT_NONE: there is none
 * @now: CLOCK_MONOTONIC nanoseconds
 *
 * A verdict is shown once it has been found for HEDDLE_DIAGNOSIS_APPEARS_NS, and stays until it has
 * not been found for HEDDLE_DIAGNOSIS_GOES_NS, or another one has been for the former time. The
 * figures of the one that is shown follow what is found.
 *
 * Returns: whether there is another one to be shown, or none any more
 */
gboolean
heddle_diagnosis_filter_take (HeddleDiagnosisFilter *self, const HeddleVerdict *found, gint64 now)
{
  HeddleVerdictKind before = self->shown.kind;

  if (found->kind == before)
    {
      self->candidate = HEDDLE_VERDICT_NONE;
      self->shown = *found;
      self->shown_confirmed_ns = now;
      return FALSE;
    }
  if (found->kind != self->candidate)
    {
      self->candidate = found->kind;
      self->candidate_since_ns = now;
    }
  if (found->kind != HEDDLE_VERDICT_NONE
      && now - self->candidate_since_ns >= HEDDLE_DIAGNOSIS_APPEARS_NS)
    {
      self->shown = *found;
      self->shown_confirmed_ns = now;
      self->candidate = HEDDLE_VERDICT_NONE;
    }
  else if (now - self->shown_confirmed_ns >= HEDDLE_DIAGNOSIS_GOES_NS)
    self->shown = (HeddleVerdict){ 0 };
  return self->shown.kind != before;
}
