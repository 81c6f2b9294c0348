/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

/*
 * Where the workers' time went, added up since the start of the run: the facts of any stretch of
 * time are the difference of two tallies. Each sample of the series adds its stretch here, under
 * the collector's lock; readers get a copy that was made together with the last sample of the
 * workers' processor times, so that the two fit.
 */

#include <string.h>

#include "base/lock.h"
#include "engine/model/backend.h"
#include "engine/model/processors.h"
#include "engine/run/run-private.h"
#include "engine/run/tally.h"
#include "trace/clock.h"

/* Which of two samples, 100 ms apart, is right for the time between them is not known: only where
 * both say the same it is told what the workers without a task lacked. */
typedef enum {
  LINE_OTHER,
  LINE_SHORT,   /* the producer goes on, and there is not a task for each worker */
  LINE_STOCKED, /* there is */
  LINE_OVER,    /* no task is left or to come but those in hand */
} Line;

/* Runs that go on in this program, and that have begun: another one uses the processors, too. */
static atomic_uint n_going, n_begun;

/* Before the run has a thread of its own but the supervisor's. */
void
heddle_run_begin_tally (HeddleRun *self)
{
  HeddleTallies *tallies = &self->sampling.tallies;

  tallies->program_ns = heddle_clock_read (CLOCK_PROCESS_CPUTIME_ID);
  tallies->alone = atomic_fetch_add (&n_going, 1) == 0;
  tallies->n_begun = atomic_fetch_add (&n_begun, 1) + 1;
}

/* Once, when the run is over. */
void
heddle_run_end_tally (HeddleRun *self)
{
  atomic_fetch_sub (&n_going, 1);
}

static Line
judge_line (HeddleRun *self, const HeddleQueueCounts *counts)
{
  gboolean producing = atomic_load (&self->production.going);
  guint64 left = counts->submitted - heddle_collector_count_ended_locked (self->collector)
    - heddle_collector_count_in_hand_locked (self->collector);

  if (counts->queued >= self->span.wanted)
    return LINE_STOCKED;
  if (producing)
    return LINE_SHORT;
  return left == 0 ? LINE_OVER : LINE_OTHER;
}

static const HeddleSlot *
find_in_hand (const HeddleCollector *collector)
{
  for (guint i = 0; i < collector->slots->len; i++)
    if (heddle_collector_get_slot (collector, i)->task.in_hand)
      return heddle_collector_get_slot (collector, i);
  return NULL;
}

/* The task that is in hand alone at the end, or was until now. */
static void
follow_last (HeddleRun *self, HeddleTallyLast *last, gint64 length, gint64 now)
{
  guint n = heddle_collector_count_in_hand_locked (self->collector);
  const HeddleSlot *slot = n == 1 ? find_in_hand (self->collector) : NULL;

  if (slot != NULL && slot->task.id != last->task)
    *last = (HeddleTallyLast){ .task = slot->task.id, .worker = slot->number };
  if (slot != NULL)
    last->ran_ns = now - slot->task.started_ns;
  else if (n == 0 && last->task != 0) /* it has just ended */
    last->ran_ns += length;
  else
    return;
  last->alone_ns += length;
}

/* Adds a stretch of time, whose end is now or the end of the run. Collector's lock held. */
void
heddle_run_tally_stretch_locked (HeddleRun *self, const HeddleTotals *from, const HeddleTotals *to)
{
  HeddleRunTally *tally = &self->sampling.tallies.now;
  gint64 length = to->at - from->at, worker_ns = to->worker_ns - from->worker_ns;
  gint64 idle = MAX (worker_ns - (to->busy - from->busy), 0);
  HeddleQueueCounts counts;
  Line line, before = self->sampling.tallies.line;
  gint64 full_ns;

  if (length <= 0)
    return;
  heddle_queue_get_counts (self->queue, &counts);
  line = judge_line (self, &counts);
  full_ns = counts.producer_waited_ns - self->sampling.tallies.full_ns;
  self->sampling.tallies.line = line;
  self->sampling.tallies.full_ns = counts.producer_waited_ns;
  if (self->span.paused_since != 0 || counts.paused)
    return;
  tally->length_ns += length;
  tally->time_ns += worker_ns;
  tally->busy_ns += to->busy - from->busy;
  if (atomic_load (&self->production.going))
    {
      tally->producing_ns += length;
      tally->full_ns += MIN (full_ns, length);
    }
  if (line == LINE_OVER && before == LINE_OVER)
    follow_last (self, &tally->last, length, to->at);
  if (line != before)
    return;
  tally->stocked_ns += line == LINE_STOCKED ? length : 0;
  tally->starved_ns += line == LINE_SHORT ? idle : 0;
  /* where workers are replaced, it is that which takes time between tasks */
  if (self->collector->counts.workers_recycled + self->collector->counts.workers_lost == 0)
    tally->between_ns += line == LINE_STOCKED ? idle : 0;
  tally->over_ns += line == LINE_OVER && tally->last.task != 0 ? idle : 0;
}

/* A worker that was replaced had processor time after it was asked for it last, and a command that
 * is going on has not told of any. */
static gboolean
knows_processor_times (HeddleRun *self, gboolean ended)
{
  const HeddleCollector *collector = self->collector;
  const HeddleBackendInfo *info = heddle_backend_get_info (self->options.backend);

  if (info->is_per_task || info->is_loop || info->is_command || collector->counts.workers_lost > 0
      || collector->counts.workers_recycled > 0
      || (!ended && collector->slots->len > HEDDLE_TALLY_WORKERS))
    return FALSE;
  for (guint i = 0; i < collector->slots->len; i++)
    {
      const HeddleSlot *slot = heddle_collector_get_slot (collector, i);

      if (slot->totals.busy_ns > 0 && (slot->totals.cpu_ns < 0 || slot->totals.ready_ns < 0))
        return FALSE;
    }
  return TRUE;
}

static void
add_processor_times (HeddleRun *self, HeddleRunTally *tally, gboolean ended)
{
  const HeddleCollector *collector = self->collector;

  tally->cpu_ns = tally->ready_ns = 0;
  for (guint i = 0; i < collector->slots->len; i++)
    {
      const HeddleSlot *slot = heddle_collector_get_slot (collector, i);

      tally->cpu_ns += MAX (slot->totals.cpu_ns, 0);
      tally->ready_ns += MAX (slot->totals.ready_ns, 0);
    }
  tally->processor_times_known = knows_processor_times (self, ended);
  if (atomic_load (&n_begun) != self->sampling.tallies.n_begun || !self->sampling.tallies.alone
      || heddle_backend_get_info (self->options.backend)->is_command)
    tally->used_ns = -1;
  else
    tally->used_ns = heddle_clock_read (CLOCK_PROCESS_CPUTIME_ID)
      - self->sampling.tallies.program_ns
      + (heddle_backend_get_info (self->options.backend)->is_process ? tally->cpu_ns : 0);
}

static guint
count_bits (guint64 bits)
{
  return (guint) __builtin_popcountll (bits);
}

G_STATIC_ASSERT (HEDDLE_TALLY_WORKERS == HEDDLE_HOLD_WORKERS);

static void
add_holders (HeddleTallyObject *object, const HeddleHoldSums *holds)
{
  object->held_ns = holds->objects_ns[object->number];
  if (holds->workers_ns[object->number] != NULL)
    memcpy (object->holders_ns, holds->workers_ns[object->number], sizeof object->holders_ns);
}

/* Puts the object among those that were waited for most, in order. */
static void
rank_object (HeddleRunTally *tally, HeddleShared *shared, const HeddleWaitSums *waits, guint number)
{
  gint64 waited = waits->objects_ns[number];
  const HeddleSharedObject *object = &shared->objects[number - 1];
  HeddleTallyObject *to;
  guint at = tally->n_objects;

  while (at > 0 && tally->objects[at - 1].waited_ns < waited)
    at--;
  if (at == HEDDLE_TALLY_OBJECTS)
    return;
  tally->n_objects = MIN (tally->n_objects + 1, HEDDLE_TALLY_OBJECTS);
  to = &tally->objects[at];
  memmove (to + 1, to, sizeof *to * (tally->n_objects - 1 - at));
  *to = (HeddleTallyObject){
    .number = number,
    .is_lock = object->kind == HEDDLE_SHARED_MUTEX || object->kind == HEDDLE_SHARED_RW_LOCK,
    .is_mutex = object->kind == HEDDLE_SHARED_MUTEX,
    .waited_ns = waited,
    .n_waiters = count_bits (waits->waiters[number]),
  };
  heddle_shared_show_name (object->name, to->name, sizeof to->name);
}

static void
add_waits (HeddleRun *self, HeddleRunTally *tally)
{
  const HeddleWaitSums *waits = &self->collector->counts.waits;
  HeddleShared *shared = self->parts.shared;

  tally->slept_ns = waits->slept_ns;
  tally->shared_ns = waits->shared_ns;
  tally->n_objects = 0;
  for (guint number = 1; shared != NULL && number <= shared->n_objects; number++)
    if (waits->objects_ns[number] > 0)
      rank_object (tally, shared, waits, number);
  for (guint i = 0; i < tally->n_objects; i++)
    add_holders (&tally->objects[i], &self->collector->counts.holds);
}

static void
add_periods (HeddleRun *self, HeddleRunTally *tally)
{
  HeddleThrottling throttling;

  if (heddle_processors_get ().quota <= 0 || !heddle_processors_get_throttling (&throttling))
    return;
  if (!self->sampling.tallies.has_throttling)
    self->sampling.tallies.throttling = throttling;
  self->sampling.tallies.has_throttling = TRUE;
  tally->n_periods = throttling.n_periods - self->sampling.tallies.throttling.n_periods;
  tally->n_throttled = throttling.n_throttled - self->sampling.tallies.throttling.n_throttled;
}

/* Makes a tally for readers, right after the workers' processor times were read. @ended: they were
 * read of all. Collector's lock held. */
void
heddle_run_tally_locked (HeddleRun *self, gboolean ended)
{
  HeddleRunTally *tally = &self->sampling.tallies.now;
  const HeddleCollector *collector = self->collector;

  tally->n_workers = self->span.wanted;
  tally->n_ended = collector->counts.done + collector->counts.failed;
  tally->deadlocked = self->supervision.deadlocked;
  add_processor_times (self, tally, ended);
  add_waits (self, tally);
  add_periods (self, tally);
  HEDDLE_AUTO_LOCK (&self->public.lock);
  self->public.tally = *tally;
}

/**
 * heddle_run_get_tally:
 * @tally: (out): where time went, from the start until at most 350 milliseconds ago
 *
 * Any thread; a copy under a short lock. Before there is one, and in a run that was over before:
 * all zero.
 */
void
heddle_run_get_tally (HeddleRun *self, HeddleRunTally *tally)
{
  HEDDLE_AUTO_LOCK (&self->public.lock);

  *tally = self->public.tally;
}

static gint64
difference (gint64 to, gint64 from)
{
  return MAX (to - from, 0);
}

static void
fill_workers (const HeddleRunTally *from, const HeddleRunTally *to, HeddleFactsWorkers *workers)
{
  workers->n = to->n_workers;
  workers->time_ns = difference (to->time_ns, from->time_ns);
  workers->busy_ns = difference (to->busy_ns, from->busy_ns);
  workers->slept_ns = difference (to->slept_ns, from->slept_ns);
  workers->shared_ns = difference (to->shared_ns, from->shared_ns);
  workers->starved_ns = difference (to->starved_ns, from->starved_ns);
  workers->between_ns = difference (to->between_ns, from->between_ns);
  workers->over_ns = difference (to->over_ns, from->over_ns);
  workers->on_cpu_ns = workers->ready_ns = -1;
  if (!to->processor_times_known)
    return;
  /* a worker also takes and records its tasks, which is no time in them */
  workers->on_cpu_ns = MIN (difference (to->cpu_ns, from->cpu_ns), workers->busy_ns);
  workers->ready_ns =
    MIN (difference (to->ready_ns, from->ready_ns), workers->busy_ns - workers->on_cpu_ns);
}

static const HeddleTallyObject *
find_object (const HeddleRunTally *tally, guint number)
{
  for (guint i = 0; i < tally->n_objects; i++)
    if (tally->objects[i].number == number)
      return &tally->objects[i];
  return NULL;
}

/* Who has held it most in the stretch. @from: (nullable): at its begin */
static void
fill_holder (const HeddleTallyObject *from, const HeddleTallyObject *to, HeddleFactsObject *object)
{
  object->held_ns = difference (to->held_ns, from != NULL ? from->held_ns : 0);
  object->holder = 0;
  object->holder_ns = 0;
  for (guint i = 0; i < HEDDLE_TALLY_WORKERS; i++)
    {
      gint64 held = to->holders_ns[i] - (from != NULL ? from->holders_ns[i] : 0);

      if (held <= object->holder_ns)
        continue;
      object->holder = i + 1;
      object->holder_ns = held;
    }
}

/* The one that cost most in the stretch. */
static void
fill_object (const HeddleRunTally *from, const HeddleRunTally *to, HeddleFactsObject *object)
{
  for (guint i = 0; i < to->n_objects; i++)
    {
      const HeddleTallyObject *before = find_object (from, to->objects[i].number);
      gint64 waited = to->objects[i].waited_ns - (before != NULL ? before->waited_ns : 0);

      if (waited <= object->waited_ns)
        continue;
      object->is_lock = to->objects[i].is_lock;
      object->is_mutex = to->objects[i].is_mutex;
      object->waited_ns = waited;
      object->n_waiters = to->objects[i].n_waiters;
      memcpy (object->name, to->objects[i].name, sizeof object->name);
      fill_holder (before, &to->objects[i], object);
      /* of an object that was not among those that were waited for most when the stretch began it
       * is not known what was before; nor how long workers with higher numbers held it */
      if ((before == NULL && from->n_objects == HEDDLE_TALLY_OBJECTS)
          || to->n_workers > HEDDLE_TALLY_WORKERS)
        object->holder = 0;
    }
}

/**
 * heddle_run_fill_facts:
 * @from: (nullable): a tally of this run at the begin of the stretch; NULL: the start of the run
 * @to: one at its end
 * @facts: (out): what is known of that stretch
 *
 * Any thread; a copy of a few numbers.
 */
void
heddle_run_fill_facts (HeddleRun *self, const HeddleRunTally *from, const HeddleRunTally *to,
                       HeddleDiagnosisFacts *facts)
{
  static const HeddleRunTally start = { 0 };
  g_autofree HeddleRunSnapshot *snapshot = g_new (HeddleRunSnapshot, 1);
  HeddleProcessors processors = heddle_processors_get ();
  const HeddleRunOptions *options = &self->options;

  if (from == NULL)
    from = &start;
  heddle_run_get_snapshot (self, snapshot);
  *facts = (HeddleDiagnosisFacts){
    .length_ns = difference (to->length_ns, from->length_ns),
    .backend = options->backend,
    .backends = self->workload->backends,
    .prefetch = options->prefetch,
    .measures = self->workload->figures != NULL,
    .deadlocked = to->deadlocked,
    .processors = { .used_ns = to->used_ns >= 0 && from->used_ns >= 0
                      ? difference (to->used_ns, from->used_ns)
                      : -1,
                    .quota = processors.quota,
                    .n_periods = to->n_periods - MIN (from->n_periods, to->n_periods),
                    .n_throttled = to->n_throttled - MIN (from->n_throttled, to->n_throttled) },
    .queue = { .by_hand = options->manual,
               .producing_ns = difference (to->producing_ns, from->producing_ns),
               .full_ns = difference (to->full_ns, from->full_ns),
               .stocked_ns = difference (to->stocked_ns, from->stocked_ns),
               .left = snapshot->queued },
    .tasks = { .n_ended = to->n_ended - MIN (from->n_ended, to->n_ended),
               .n_ended_ever = to->n_ended,
               .median_ns = snapshot->task_p50_ns,
               .last = to->last.task,
               .last_worker = to->last.worker,
               .last_ns = to->last.ran_ns,
               .alone_ns = to->last.alone_ns },
  };
  /* where the user names the processors, these are others than the program's */
  if (options->affinity[0] == '\0' || g_str_equal (options->affinity, "spread"))
    facts->processors.n = processors.count;
  fill_workers (from, to, &facts->workers);
  facts->workers.n_needed = atomic_load (&self->sampling.tallies.n_needed);
  fill_object (from, to, &facts->object);
}
