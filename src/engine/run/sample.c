/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

/* Numbers over time, under the collector's lock; docs/architecture.md, "What the numbers mean",
 * defines them. Ten times a second the series get a stretch of utilisation and one of throughput, a
 * sample of the queue and of the tasks in hand, and four times a second what /proc tells: a stretch
 * of processors and a sample of memory. A stretch knows its length, so throughput times
 * time adds up to every task that ended by itself. What is left at the end makes the last stretch
 * longer: as one of its own it might have any rate. */

#include <unistd.h>

#include "engine/model/backend.h"
#include "engine/run/run-private.h"
#include "measure/proc.h"
#include "trace/clock.h"

#define SAMPLE_NS (100 * G_GINT64_CONSTANT (1000000))
#define PROC_SAMPLE_NS (250 * G_GINT64_CONSTANT (1000000))
#define PROC_SAMPLES_AT_ONCE 32 /* bounds what /proc costs with a thousand workers */

/* The time for which the run has been set to so many workers, times that number. */
static gint64
count_worker_ns (const HeddleRun *self, gint64 now)
{
  return self->span.worker_ns + self->span.wanted * MAX (now - self->span.wanted_since, 0);
}

/* Time since the start without that in which the run was paused. */
static gint64
count_active (const HeddleRun *self, gint64 now)
{
  return MAX (now - self->started_ns - heddle_run_count_paused_locked (self, now), 0);
}

/* The run is set to so many workers from @now on; the first number holds from its start. */
void
heddle_run_set_wanted_workers_locked (HeddleRun *self, guint n_workers, gint64 now)
{
  self->span.worker_ns = count_worker_ns (self, now);
  self->span.wanted_since = now;
  self->span.wanted = n_workers;
  heddle_pace_set_workers (&self->sampling.pace, n_workers);
  heddle_lane_store_lock (self->stores.lanes);
  heddle_lane_store_set_slots_locked (self->stores.lanes, n_workers, now);
  heddle_lane_store_unlock (self->stores.lanes);
}

static double
share_of (gint64 busy, gint64 slots)
{
  return slots > 0 ? CLAMP ((double) busy / (double) slots, 0.0, 1.0) : 0;
}

static double
rate_of (guint64 n, gint64 length)
{
  return length > 0 ? (double) n * 1e9 / (double) length : 0;
}

/* Tasks that have ended by themselves: what was cancelled or lost is no work done. */
static guint64
count_completed (const HeddleCollector *collector)
{
  return collector->counts.done + collector->counts.failed;
}

/* Asks the next @n workers for their processor times. */
static void
sample_proc (HeddleRun *self, guint n, gint64 now)
{
  HeddleCollector *collector = self->collector;

  self->sampling.proc_sampled_at = now;
  for (guint i = 0; i < n; i++)
    {
      guint at = self->sampling.proc_next++ % collector->slots->len;
      HeddleSlot *slot = heddle_collector_get_slot (collector, at);
      HeddleProcSample sample;
      gboolean known;

      if (!slot->worker.present || slot->is_command || (slot->is_thread && slot->worker.tid == 0))
        continue;
      known = slot->is_thread
        ? heddle_proc_sample_thread (slot->worker.pid, slot->worker.tid, &sample)
        : heddle_proc_sample_process (slot->worker.pid, &sample);
      if (!known)
        continue;
      slot->totals.cpu_ns = slot->totals.cpu_before_ns + sample.cpu_ns;
      slot->totals.ready_ns =
        sample.ready_ns >= 0 ? slot->totals.ready_before_ns + sample.ready_ns : -1;
      slot->totals.rss = !slot->is_thread ? sample.rss : -1;
    }
}

/* Commands tell when they have ended: that is no time of the last quarter of a second. */
static gboolean
tells_meanwhile (const HeddleRun *self)
{
  return !heddle_backend_get_info (self->options.backend)->is_command;
}

/* What all workers have used of processors, as far as it has been read. */
static gint64
count_cpu (const HeddleCollector *collector)
{
  gint64 sum = 0;

  for (guint i = 0; i < collector->slots->len; i++)
    sum += MAX (heddle_collector_get_slot (collector, i)->totals.cpu_ns, 0);
  return sum;
}

/* Memory of the worker processes; workers in this program share its own with all else in it. -1:
 * not known. */
static gint64
count_memory (const HeddleCollector *collector)
{
  gint64 sum = -1;
  HeddleProcSample own;

  for (guint i = 0; i < collector->slots->len; i++)
    {
      const HeddleSlot *slot = heddle_collector_get_slot (collector, i);

      if (slot->is_thread)
        return heddle_proc_sample_process (getpid (), &own) ? own.rss : -1;
      if (slot->totals.rss >= 0)
        sum = MAX (sum, 0) + slot->totals.rss;
    }
  return sum;
}

/* Asks the next @n workers what they use now. A stretch of processors ends when they were read, not
 * when the pass began: a supervisor that was put aside in between would tell of more than there
 * are. */
static void
measure_proc (HeddleRun *self, guint n, gint64 now)
{
  gint64 begin = self->sampling.cpu_at != 0 ? self->sampling.cpu_at : self->started_ns;
  gint64 cpu, memory, end;

  if (!tells_meanwhile (self))
    {
      self->sampling.proc_sampled_at = now;
      return;
    }
  sample_proc (self, n, now);
  end = MAX (heddle_clock_monotonic_ns (), begin + 1);
  cpu = count_cpu (self->collector);
  heddle_series_add_stretch (self->stores.series[HEDDLE_SERIES_CPUS], begin, end,
                             (double) MAX (cpu - self->sampling.cpu_before, 0)
                               / (double) (end - begin));
  self->sampling.cpu_before = cpu;
  self->sampling.cpu_at = end;
  memory = count_memory (self->collector);
  if (memory >= 0)
    heddle_series_add (self->stores.series[HEDDLE_SERIES_MEMORY], end, (double) memory);
}

static HeddleTotals
count_totals (HeddleRun *self, gint64 now)
{
  HeddleCollector *collector = self->collector;
  HeddleTotals totals = { now, 0, count_worker_ns (self, now), count_completed (collector) };

  for (guint i = 0; i < collector->slots->len; i++)
    totals.busy += heddle_slot_get_busy (heddle_collector_get_slot (collector, i), now);
  return totals;
}

/* The values of the stretch between two moments. */
static void
measure (const HeddleTotals *from, const HeddleTotals *to, double *utilisation, double *rate)
{
  *utilisation = share_of (to->busy - from->busy, to->worker_ns - from->worker_ns);
  *rate = rate_of (to->completed - from->completed, to->at - from->at);
}

static void
add_samples (HeddleRun *self, gint64 now, double queued)
{
  guint in_hand = heddle_collector_count_in_hand_locked (self->collector);

  heddle_series_add (self->stores.series[HEDDLE_SERIES_QUEUE], now, queued);
  heddle_series_add (self->stores.series[HEDDLE_SERIES_RUNNING], now, in_hand);
  if (self->collector->sinks.trace != NULL)
    {
      heddle_trace_writer_counter (self->collector->sinks.trace, now, "queue", queued);
      heddle_trace_writer_counter (self->collector->sinks.trace, now, "running", in_hand);
    }
}

/* A stretch from the last totals to these, which are the last ones now. */
static void
add_stretch (HeddleRun *self, const HeddleTotals *totals)
{
  gint64 begin = self->sampling.totals.at;
  double share, rate;

  measure (&self->sampling.totals, totals, &share, &rate);
  heddle_run_tally_stretch_locked (self, &self->sampling.totals, totals);
  heddle_series_add_stretch (self->stores.series[HEDDLE_SERIES_UTILISATION], begin, totals->at,
                             share);
  heddle_series_add_stretch (self->stores.series[HEDDLE_SERIES_THROUGHPUT], begin, totals->at,
                             rate);
  self->draft.snapshot.utilisation = share;
  self->sampling.totals_before = self->sampling.totals;
  self->sampling.totals = *totals;
}

static void
draft_times (HeddleRun *self)
{
  HeddleRunSnapshot *draft = &self->draft.snapshot;
  const HeddleCollector *collector = self->collector;

  draft->n_task_times = collector->task_times.count;
  draft->task_p50_ns = heddle_histogram_quantile (&collector->task_times, 0.5);
  draft->task_p99_ns = heddle_histogram_quantile (&collector->task_times, 0.99);
  draft->wait_p50_ns = heddle_histogram_quantile (&collector->wait_times, 0.5);
  draft->wait_p99_ns = heddle_histogram_quantile (&collector->wait_times, 0.99);
}

static double
get_queued (HeddleRun *self)
{
  HeddleQueueCounts counts;

  heddle_queue_get_counts (self->queue, &counts);
  return (double) counts.queued;
}

/* Tells the series, where it is time, what there was since the last time. */
void
heddle_run_sample_locked (HeddleRun *self, gint64 now)
{
  HeddleCollector *collector = self->collector;
  gboolean with_proc = collector->slots->len > 0
    && now - self->sampling.proc_sampled_at >= PROC_SAMPLE_NS;
  HeddleTotals totals;

  if (self->sampling.totals.at == 0)
    self->sampling.totals.at = self->started_ns;
  if (now - self->sampling.totals.at < SAMPLE_NS)
    return;
  if (with_proc)
    measure_proc (self, MIN (collector->slots->len, PROC_SAMPLES_AT_ONCE), now);
  totals = count_totals (self, now);
  add_stretch (self, &totals);
  if (with_proc)
    heddle_run_tally_locked (self, FALSE);
  add_samples (self, now, get_queued (self));
  heddle_pace_add (&self->sampling.pace, count_active (self, now), totals.completed);
  draft_times (self);
  if (self->span.paused_since != 0 && heddle_collector_count_in_hand_locked (collector) == 0)
    self->draft.snapshot.rate = 0;
  else
    self->draft.snapshot.rate = heddle_pace_get_rate (&self->sampling.pace);
}

/* The run was idle until then: one stretch and one sample say so. */
void
heddle_run_hold_locked (HeddleRun *self, gint64 until)
{
  HeddleTotals totals = self->sampling.totals;
  double queued = 0;

  if (until - totals.at < SAMPLE_NS)
    return;
  totals.at = until;
  totals.worker_ns = count_worker_ns (self, until);
  add_stretch (self, &totals);
  heddle_series_get_last (self->stores.series[HEDDLE_SERIES_QUEUE], NULL, &queued);
  add_samples (self, until, queued);
  heddle_pace_add (&self->sampling.pace, count_active (self, until), totals.completed);
}

/* What came since the last stretch is a part of it. If the run ended long before that was noticed,
 * because the producer went on looking for tasks, the series say so. */
static void
end_series (HeddleRun *self, const HeddleTotals *totals)
{
  gint64 sampled_at = self->sampling.totals.at;
  double share, rate;

  if (self->sampling.totals_before.at == 0)
    add_stretch (self, totals);
  else if (totals->at > self->sampling.totals_before.at)
    {
      HeddleSeries **series = self->stores.series;

      heddle_run_tally_stretch_locked (self, &self->sampling.totals, totals);
      measure (&self->sampling.totals_before, totals, &share, &rate);
      heddle_series_replace_last_stretch (series[HEDDLE_SERIES_UTILISATION], totals->at, share);
      heddle_series_replace_last_stretch (series[HEDDLE_SERIES_THROUGHPUT], totals->at, rate);
    }
  add_samples (self, MAX (totals->at, sampled_at), get_queued (self));
}

/* Every task has ended: time, rate and utilisation are now those of the whole run, which ends with
 * its last task; without tasks it ends now. */
void
heddle_run_end_locked (HeddleRun *self, gint64 now)
{
  HeddleCollector *collector = self->collector;
  HeddleRunSnapshot *draft = &self->draft.snapshot;
  HeddleTotals totals;

  self->span.ended_ns = collector->counts.last_end_ns != 0 ? collector->counts.last_end_ns : now;
  if (self->sampling.totals.at == 0)
    self->sampling.totals.at = self->started_ns;
  if (self->sampling.cpu_at == 0 || now - self->sampling.cpu_at >= SAMPLE_NS)
    measure_proc (self, collector->slots->len, now);
  else if (collector->slots->len > 0) /* the workers' own figures; a stretch would be too short */
    sample_proc (self, collector->slots->len, now);
  totals = count_totals (self, self->span.ended_ns);
  end_series (self, &totals);
  heddle_run_tally_locked (self, TRUE);
  draft_times (self);
  draft->utilisation = share_of (totals.busy, totals.worker_ns);
  draft->paused_ns = heddle_run_count_paused_locked (self, self->span.ended_ns);
  draft->rate = rate_of (totals.completed, count_active (self, self->span.ended_ns));
}

/* For how long the rest takes, as far as anything is known of it. */
void
heddle_run_estimate_left_locked (HeddleRun *self, HeddleRunSnapshot *draft)
{
  guint64 ended = draft->done + draft->failed + draft->cancelled + draft->lost;
  const HeddlePace *pace = &self->sampling.pace;

  if (draft->total == 0 || ended > draft->total
      || !heddle_pace_estimate (pace, draft->total - ended, &draft->left_ns, &draft->left_most_ns))
    draft->left_ns = draft->left_most_ns = -1;
}
