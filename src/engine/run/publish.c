/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

/* Publishes one snapshot after each pass over the rings. Readers copy it under a lock that is held
 * for the copy only, so they never wait for a worker, the queue or the collector. */

#include <glib/gi18n-lib.h>
#include <math.h>
#include <string.h>

#include "base/lock.h"
#include "engine/model/skipped.h"
#include "engine/queue/retry.h"
#include "engine/run/run-private.h"
#include "engine/sync/shared.h"
#include "trace/clock.h"

#define WORKERS_INTERVAL_NS (50 * G_GINT64_CONSTANT (1000000))

/* What stands in line under this input. The end of a path says more than its begin. */
static void
label_input (HeddleRun *self, HeddleQueueEntry *entry, const char *input, gssize length,
             gboolean truncated)
{
  g_autofree char *valid = g_utf8_make_valid (input, length);
  g_autofree char *shown = truncated ? g_strconcat ("…", valid, NULL) : g_strdup (valid);

  if (self->workload->input_label != NULL && !truncated)
    self->workload->input_label (valid, entry->label, sizeof entry->label);
  else
    heddle_utf8_copy_end (entry->label, sizeof entry->label, shown);
}

static void
fill_entries (HeddleRun *self, HeddleRunSnapshot *draft, HeddleQueueCounts *counts)
{
  HeddleQueuePeek peeks[HEDDLE_SNAPSHOT_QUEUE];

  draft->n_entries = heddle_queue_peek (self->queue, peeks, HEDDLE_SNAPSHOT_QUEUE, counts);
  for (guint i = 0; i < draft->n_entries; i++)
    {
      HeddleQueueEntry *entry = &draft->entries[i];

      entry->id = peeks[i].id;
      entry->due_ns = 0;
      entry->since_ns = heddle_clock_to_ns (peeks[i].queued);
      if (peeks[i].has_input)
        label_input (self, entry, peeks[i].text, -1, peeks[i].truncated);
      else
        heddle_run_label (self, entry->id, NULL, entry->label, sizeof entry->label);
    }
}

/* Behind those in line, as far as there is room. */
static void
fill_waiting_entries (HeddleRun *self, HeddleRunSnapshot *draft)
{
  guint n_waiting = heddle_retries_get_length (self->collector->retries);

  for (guint i = 0; i < n_waiting && draft->n_entries < HEDDLE_SNAPSHOT_QUEUE; i++)
    {
      HeddleQueueEntry *entry = &draft->entries[draft->n_entries++];
      HeddleItem item;

      entry->due_ns = heddle_retries_peek (self->collector->retries, i, &item);
      entry->id = item.id;
      entry->since_ns = heddle_clock_to_ns (item.queued);
      if (item.input != NULL)
        label_input (self, entry, item.input->text, (gssize) item.input->length, FALSE);
      else
        heddle_run_label (self, entry->id, NULL, entry->label, sizeof entry->label);
    }
}

static void
fill_counts (HeddleRun *self, HeddleRunSnapshot *draft, gint64 now)
{
  HeddleCollector *collector = self->collector;
  HeddleQueueCounts counts;

  fill_entries (self, draft, &counts);
  fill_waiting_entries (self, draft);
  draft->done = collector->counts.done;
  draft->failed = collector->counts.failed;
  draft->cancelled = collector->counts.cancelled;
  draft->lost = collector->counts.lost;
  draft->retried = collector->counts.retried;
  draft->times = collector->counts.times;
  draft->n_waiting_retries = heddle_retries_get_length (collector->retries);
  draft->halted = self->supervision.halted;
  draft->workers_lost = collector->counts.workers_lost;
  draft->death_line = collector->counts.death_line;
  draft->workers_recycled = collector->counts.workers_recycled;
  draft->submitted = counts.submitted;
  draft->queue_length = counts.queued;
  draft->running = heddle_collector_count_in_hand_locked (collector);
  draft->queued =
    counts.submitted - heddle_collector_count_ended_locked (collector) - draft->running;
  draft->queue_capacity = counts.capacity;
  draft->producer_waiting = counts.producer_waiting;
  draft->producer_resumes_at = counts.producer_resumes_at;
  draft->producing = atomic_load (&self->production.going);
  draft->total = draft->producing ? atomic_load (&self->production.total) : counts.submitted;
  draft->started_ns = self->started_ns;
  draft->now_ns = now;
  draft->elapsed_ns = (self->span.ended_ns != 0 ? self->span.ended_ns : now) - self->started_ns;
  draft->n_workers_target = (guint) atomic_load (&self->wishes.workers);
  draft->n_lanes = collector->slots->len;
  draft->dropped_events = heddle_collector_count_dropped_locked (self->collector);
  draft->backlog = heddle_backlog_peak_take (&self->draft.backlog, now, &collector->counts.backlog);
  for (guint i = 0; i < HEDDLE_N_SKIPPED; i++)
    draft->skipped[i] = atomic_load_explicit (&self->production.skipped[i], memory_order_relaxed);
  heddle_run_count_lost_states_locked (self);
  heddle_run_estimate_left_locked (self, draft);
}

static HeddleWorkerState
slot_state (HeddleRun *self, const HeddleSlot *slot)
{
  if (!slot->worker.present)
    return HEDDLE_WORKER_GONE;
  if (slot->task.in_hand)
    return slot->task.wait_begin != 0 ? HEDDLE_WORKER_WAITING : HEDDLE_WORKER_BUSY;
  return atomic_load (&self->wishes.paused) ? HEDDLE_WORKER_PAUSED : HEDDLE_WORKER_IDLE;
}

static void
fill_wait (HeddleRun *self, HeddleWorkerInfo *info, const HeddleSlot *slot)
{
  if (slot->task.wait_kind == HEDDLE_WAIT_SLEEP)
    heddle_utf8_copy (info->waits_for, sizeof info->waits_for, _("time to pass"));
  else if (slot->task.wait_kind == HEDDLE_WAIT_IO)
    heddle_utf8_copy (info->waits_for, sizeof info->waits_for, _("data to be read or written"));
  else if (self->parts.shared != NULL)
    heddle_shared_describe_wait (self->parts.shared, slot->number, info->waits_for,
                                 sizeof info->waits_for, heddle_collector_worker_name,
                                 self->collector);
}

static void
fill_worker (HeddleRun *self, HeddleWorkerInfo *info, const HeddleSlot *slot, gint64 now)
{
  *info = (HeddleWorkerInfo){
    .number = slot->number,
    .is_process = !slot->is_thread,
    .state = slot_state (self, slot),
    .pid = slot->worker.pid,
    .tid = slot->worker.tid,
    .tasks = slot->totals.tasks,
    .task = slot->task.in_hand ? slot->task.id : 0,
    .progress = slot->task.in_hand ? slot->task.progress : -1,
    .overdue = heddle_slot_is_overdue (slot),
    .busy_ns = heddle_slot_get_busy (slot, now),
    .alive_ns = heddle_slot_get_alive (slot, now),
    .cpu_ns = slot->totals.cpu_ns,
    .rss = slot->totals.rss,
    .deaths = slot->totals.deaths,
  };
  g_strlcpy (info->name, slot->name, sizeof info->name);
  if (info->state == HEDDLE_WORKER_WAITING)
    fill_wait (self, info, slot);
  if (slot->task.in_hand)
    heddle_run_label (self, slot->task.id, heddle_input_table_get (self->inputs, slot->task.id),
                      info->label, sizeof info->label);
}

/* Takes what tasks printed since the last time from the log; of many lines the first. */
static void
take_lines (HeddleRun *self)
{
  HeddleWatch *watch = &self->draft.lines;
  guint64 length = heddle_log_get_length (self->stores.log);
  HeddleLogLine line;

  for (guint64 i = MAX (self->draft.lines_taken, heddle_log_get_first (self->stores.log));
       i < length; i++)
    {
      if (!heddle_log_get (self->stores.log, i, &line))
        continue;
      if (line.level == HEDDLE_LOG_OUTPUT && watch->length++ < HEDDLE_WATCH_ENTRIES)
        heddle_utf8_copy (watch->entries[watch->n_entries++], sizeof watch->entries[0], line.text);
      heddle_log_line_clear (&line);
    }
  self->draft.lines_taken = length;
  watch->kind = HEDDLE_WATCH_LINES;
  heddle_utf8_copy (watch->name, sizeof watch->name, _(self->workload->lines));
}

/* Drafted before the swap: texts of a thousand workers take longer than readers may wait. */
static void
draft_workers (HeddleRun *self, HeddlePublished *draft, gint64 now)
{
  GPtrArray *slots = self->collector->slots;

  if (slots->len > draft->n_alloc)
    {
      draft->n_alloc = MAX (slots->len, draft->n_alloc * 2);
      draft->workers = g_renew (HeddleWorkerInfo, draft->workers, draft->n_alloc);
    }
  draft->n_workers = slots->len;
  for (guint i = 0; i < slots->len; i++)
    fill_worker (self, &draft->workers[i], g_ptr_array_index (slots, i), now);
  if (self->parts.shared != NULL)
    draft->n_watches = heddle_shared_watch (self->parts.shared, draft->watches,
                                            HEDDLE_MAX_WATCHES - (self->workload->lines != NULL));
  else
    draft->n_watches = 0;
  if (self->workload->lines != NULL)
    {
      take_lines (self);
      draft->watches[draft->n_watches++] = self->draft.lines;
    }
  draft->task_times = self->collector->task_times;
  draft->bytes_on_the_way = heddle_collector_get_bytes_locked (self->collector);
}

static guint
count_groups (const HeddleWorkload *workload)
{
  guint n = 0;

  while (workload->figures != NULL && workload->figures[n].name != NULL)
    n++;
  return n;
}

/* What a worker process says is not believed: a figure that cannot be drawn is not taken. */
static gboolean
is_sound (const HeddleRun *self, const HeddleFigure *figure)
{
  const double *numbers[] = { &figure->value, &figure->low, &figure->high, &figure->claim };

  for (guint i = 0; i < G_N_ELEMENTS (numbers); i++)
    if (!isfinite (*numbers[i]) || *numbers[i] < 0)
      return FALSE;
  return figure->low <= figure->high && figure->unit < HEDDLE_N_FIGURE_UNITS
    && figure->group < count_groups (self->workload)
    && memchr (figure->name, '\0', sizeof figure->name) != NULL
    && g_utf8_validate (figure->name, -1, NULL);
}

static gboolean
is_same (const HeddleFigure *a, const HeddleFigure *b)
{
  return a->group == b->group && a->unit == b->unit && g_str_equal (a->name, b->name);
}

/* Where the task's figure stands or, if there is none yet, is to stand. */
static guint
find_figure (const HeddleRun *self, guint64 task, const HeddleFigure *figure)
{
  guint i = 0;

  while (
    i < self->public.n_figures
    && (self->public.figure_tasks[i] < task
        || (self->public.figure_tasks[i] == task && !is_same (&self->public.figures[i], figure))))
    i++;
  return i;
}

/* HeddleCollectorSinks.figure: a task has published one. Collector's lock held. */
void
heddle_run_take_figure_locked (gpointer run, guint64 task, const char *payload, gsize length)
{
  HeddleRun *self = run;
  HeddleFigure figure;
  gboolean is_new;
  guint at;

  if (length != sizeof figure)
    return;
  memcpy (&figure, payload, sizeof figure);
  if (!is_sound (self, &figure))
    return;
  HEDDLE_AUTO_LOCK (&self->public.lock);
  at = find_figure (self, task, &figure);
  is_new = at == self->public.n_figures || self->public.figure_tasks[at] != task;
  if (!is_new)
    self->public.figures[at] = figure;
  else if (self->public.n_figures < HEDDLE_MAX_FIGURES)
    {
      memmove (&self->public.figures[at + 1], &self->public.figures[at],
               sizeof figure * (self->public.n_figures - at));
      memmove (&self->public.figure_tasks[at + 1], &self->public.figure_tasks[at],
               sizeof task * (self->public.n_figures - at));
      self->public.figures[at] = figure;
      self->public.figure_tasks[at] = task;
      self->public.n_figures++;
    }
}

/* Makes what has happened visible to readers. */
void
heddle_run_publish_locked (HeddleRun *self, gint64 now)
{
  HeddleRunSnapshot *draft = &self->draft.snapshot;
  HeddlePublished *last;
  gboolean workers_too = now - self->draft.workers_at >= WORKERS_INTERVAL_NS
                         || self->draft.workers_at == 0
                         || self->public.published->n_workers != self->collector->slots->len;

  fill_counts (self, draft, now);
  draft->n_workers = heddle_collector_count_present_locked (self->collector);
  if (workers_too)
    draft_workers (self, self->draft.unpublished, now);
  HEDDLE_AUTO_LOCK (&self->public.lock);
  if (now < self->public.snapshot.now_ns && self->public.state != HEDDLE_RUN_FINISHED)
    {
      /* somebody has been told a later time meanwhile; for readers it never goes back */
      draft->now_ns = self->public.snapshot.now_ns;
      draft->elapsed_ns = self->public.snapshot.elapsed_ns;
    }
  draft->serial = self->public.snapshot.serial + 1;
  draft->state = self->public.state;
  draft->failed_to_start = self->public.failed_to_start;
  self->public.snapshot = *draft;
  self->public.pause_begin = heddle_run_get_pause_begin_locked (self);
  if (workers_too)
    {
      self->draft.workers_at = now;
      last = self->public.published;
      self->public.published = self->draft.unpublished;
      self->draft.unpublished = last;
    }
}

/* Every worker is gone: the last snapshot, with the last state. */
void
heddle_run_finish_locked (HeddleRun *self)
{
  self->draft.workers_at = 0;
  /* every ring is read, and none will be written */
  self->draft.backlog = (HeddleBacklogPeak) { 0 };
  self->collector->counts.backlog = (HeddleBacklog) { 0 };
  pthread_mutex_lock (&self->public.lock);
  self->public.state = HEDDLE_RUN_FINISHED;
  pthread_mutex_unlock (&self->public.lock);
  heddle_run_publish_locked (self, heddle_clock_monotonic_ns ());
  pthread_mutex_lock (&self->public.lock);
  pthread_cond_broadcast (&self->public.finished);
  pthread_mutex_unlock (&self->public.lock);
}
