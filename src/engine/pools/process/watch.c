/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Looks at the workers once a second while any has a task: one that has spoilt its shared memory,
 * or stands still, may never wake the dispatcher. All on the dispatcher's thread. */
#include "config.h"

#include "engine/pools/process/process-pool.h"

#include <glib/gi18n-lib.h>

#include "engine/model/log.h"
#include "measure/proc.h"

#define WATCH_EVERY_NS G_GINT64_CONSTANT (1000000000)
/* Looks in a row: before a worker that ignores the end of the run is killed, and before the log
 * says that its program does not answer. */
#define LOOKS_STANDING_STILL 2
#define LOOKS_SAYING_NOTHING 5

/* Whether nothing is left to learn of the worker: all it was assigned has ended and been read. */
static gboolean
is_settled (HeddleProcessPool *self, HeddleProcessWorker *worker, guint64 ended)
{
  return worker->backlog.items->len == 0 && ended == worker->segment.assigned
         && ended == heddle_collector_get_started (self->base.host.collector, worker->slot);
}

static gboolean
is_ready (const HeddleProcessWorker *worker)
{
  return atomic_load (&worker->segment.map->state) == HEDDLE_SEGMENT_READY;
}

/* A stopped process (SIGSTOP), or another program, does not hear that the run ends. */
static void
look_for_deaf_one (HeddleProcessWorker *worker)
{
  HeddleProcSample sample;
  gboolean stopped = heddle_proc_sample_process (worker->pid, &sample) && sample.state == 'T';

  worker->watch.n_deaf = stopped || !is_ready (worker) ? worker->watch.n_deaf + 1 : 0;
  if (worker->watch.n_deaf >= LOOKS_STANDING_STILL)
    heddle_process_worker_kill (
      worker,
      stopped ? N_("was stopped, did not continue when the run ended, and was killed")
              : N_("had not started when the run ended, and was killed"));
}

static void
look_for_silent_one (HeddleProcessPool *self, HeddleProcessWorker *worker)
{
  worker->watch.n_silent = is_ready (worker) ? 0 : worker->watch.n_silent + 1;
  if (worker->watch.n_silent != LOOKS_SAYING_NOTHING || self->told.silent)
    return;
  self->told.silent = TRUE;
  heddle_log_printf (
    self->base.host.log, HEDDLE_LOG_WARNING, heddle_slot_get_number (worker->slot), 0,
    _("The worker program “%s” (process %d) has not answered yet. If it is not a heddle-worker, stop the run and set HEDDLE_WORKER."),
    self->setup.program, worker->pid);
}

/* Returns whether it has to be looked at again. */
static gboolean
look_at_worker (HeddleProcessPool *self, HeddleProcessWorker *worker)
{
  guint64 ended = heddle_segment_get_ended (&worker->segment);

  if (is_settled (self, worker, ended))
    return FALSE;
  heddle_slot_report_ended (worker->slot, ended);
  heddle_segment_check (&worker->segment, self->told.paused);
  /* it may have overwritten the word that says that it sleeps */
  if (ended == worker->watch.seen_ended)
    heddle_segment_ring_doorbell (&worker->segment);
  worker->watch.seen_ended = ended;
  look_for_silent_one (self, worker);
  if (self->told.cancel)
    look_for_deaf_one (worker);
  return TRUE;
}

/**
 * heddle_process_worker_kill_for_nonsense:
 *
 * What the worker has written cannot be true.
 */
void
heddle_process_worker_kill_for_nonsense (HeddleProcessWorker *self)
{
  heddle_process_worker_kill (self, N_("wrote invalid data to its shared memory and was killed"));
}

/**
 * heddle_process_pool_watch_over:
 * @now: CLOCK_MONOTONIC, nanoseconds
 *
 * Kills workers whose segment makes no sense, and looks at all that have tasks when it is time to.
 *
 * Returns: when to be called again at the latest; G_MAXINT64: when anything else happens
 */
gint64
heddle_process_pool_watch_over (HeddleProcessPool *self, gint64 now)
{
  gboolean due = self->times.watch_at != 0 && now >= self->times.watch_at;
  gboolean again = FALSE;

  for (guint i = 0; i < self->workers->len; i++)
    {
      HeddleProcessWorker *worker = g_ptr_array_index (self->workers, i);

      if (!heddle_process_worker_is_alive (worker))
        continue;
      again = again || worker->watch.given;
      if (due)
        worker->watch.given = look_at_worker (self, worker);
      if (worker->segment.broken)
        heddle_process_worker_kill_for_nonsense (worker);
    }
  if (due || self->times.watch_at == 0)
    self->times.watch_at = again ? now + WATCH_EVERY_NS : 0;
  return self->times.watch_at != 0 ? self->times.watch_at : G_MAXINT64;
}
