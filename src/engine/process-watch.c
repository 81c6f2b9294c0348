/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Watching over the workers of a process pool, once a second while any of them has a task: one that has spoilt the memory that it shares with
 * the pool, or stands still, may never wake the dispatcher again. All on the dispatcher's thread.
 */
#include "config.h"

#include "engine/process-pool.h"

#include <glib/gi18n-lib.h>

#include "engine/log.h"
#include "measure/proc.h"

#define WATCH_EVERY_NS G_GINT64_CONSTANT (1000000000)
/* Looks in a row: after a run is stopped, and before the user is told that a program says nothing. */
#define LOOKS_STANDING_STILL 2
#define LOOKS_SAYING_NOTHING 5

/* Whether there may be news of the worker that nobody tells. */
static gboolean
is_settled (HeddleProcessPool *self, HeddlePlace *place, guint64 ended)
{
  return place->backlog->len == 0 && ended == place->segment.assigned
         && ended == heddle_collector_get_started (self->base.host.collector, place->slot);
}

static gboolean
is_ready (const HeddlePlace *place)
{
  return atomic_load (&place->segment.map->state) == HEDDLE_SEGMENT_READY;
}

/* A process that was stopped (SIGSTOP), or is none of our programs, hears nothing of the end of the run. */
static void
look_for_deaf_one (HeddlePlace *place)
{
  HeddleProcSample sample;
  gboolean stopped = heddle_proc_sample_process (place->pid, &sample) && sample.state == 'T';

  place->n_deaf = stopped || !is_ready (place) ? place->n_deaf + 1 : 0;
  if (place->n_deaf >= LOOKS_STANDING_STILL)
    heddle_place_kill (place, stopped ? N_("was stopped, did not continue when the run ended, and was killed")
                                      : N_("had not started when the run ended, and was killed"));
}

static void
look_for_silent_one (HeddleProcessPool *self, HeddlePlace *place)
{
  place->n_silent = is_ready (place) ? 0 : place->n_silent + 1;
  if (place->n_silent != LOOKS_SAYING_NOTHING || self->told_silent)
    return;
  self->told_silent = TRUE;
  heddle_log_printf (self->base.host.log, HEDDLE_LOG_WARNING, heddle_slot_get_number (place->slot), 0,
                     _("The worker program “%s” (process %d) has not answered yet. If it is not a heddle-worker, stop the run and set HEDDLE_WORKER."),
                     self->program, place->pid);
}

/* Returns whether it has to be looked at again. */
static gboolean
look_at_place (HeddleProcessPool *self, HeddlePlace *place)
{
  guint64 ended = heddle_segment_get_ended (&place->segment);

  if (is_settled (self, place, ended))
    return FALSE;
  heddle_slot_claim (place->slot, ended);
  heddle_segment_check (&place->segment, self->told_paused);
  /* it may have overwritten the word that says that it sleeps */
  if (ended == place->seen_ended)
    heddle_segment_ring_doorbell (&place->segment);
  place->seen_ended = ended;
  look_for_silent_one (self, place);
  if (self->told_cancel)
    look_for_deaf_one (place);
  return TRUE;
}

/**
 * heddle_place_kill_for_nonsense:
 *
 * What the worker that stands here has written cannot be.
 */
void
heddle_place_kill_for_nonsense (HeddlePlace *self)
{
  heddle_place_kill (self, N_("wrote invalid data to its shared memory and was killed"));
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
  gboolean due = self->watch_at != 0 && now >= self->watch_at;
  gboolean again = FALSE;

  for (guint i = 0; i < self->places->len; i++)
    {
      HeddlePlace *place = g_ptr_array_index (self->places, i);

      if (!heddle_place_is_alive (place))
        continue;
      again = again || place->given;
      if (due)
        place->given = look_at_place (self, place);
      if (place->segment.broken)
        heddle_place_kill_for_nonsense (place);
    }
  if (due || self->watch_at == 0)
    self->watch_at = again ? now + WATCH_EVERY_NS : 0;
  return self->watch_at != 0 ? self->watch_at : G_MAXINT64;
}
