/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

/* From which source a run knows the scheduling states of its tasks: the best one that is wanted and
 * that the system allows. */

#include <glib/gi18n-lib.h>

#include "base/lock.h"
#include "engine/model/backend.h"
#include "engine/run/run-private.h"
#include "trace/switches.h"

/* Its threads are not those that do the work, and the work is not this program's to record. */
static gboolean
is_command (HeddleRun *self)
{
  return heddle_backend_get_info (self->options.backend)->is_command;
}

/* Begins to record the switches of all threads that this one makes from now on. */
static gboolean
record_switches (HeddleRun *self)
{
  GError *error = NULL;
  HeddleSwitches *switches = heddle_switches_open (HEDDLE_SWITCHES_PAGES, &error);

  if (switches != NULL)
    {
      HEDDLE_AUTO_LOCK (&self->collector->lock);
      self->collector->sinks.states = heddle_states_new (switches);
      return TRUE;
    }
  HEDDLE_AUTO_LOCK (&self->public.lock);
  g_free (self->public.why_not_exact);
  self->public.why_not_exact = g_strdup (error->message);
  g_error_free (error);
  return FALSE;
}

/**
 * heddle_run_open_states:
 * @counted: whether the times of tasks can be counted
 *
 * Chooses the source. The supervisor's thread, before it makes any other.
 *
 * Returns: the source
 */
HeddleStatesSource
heddle_run_open_states (HeddleRun *self, gboolean counted)
{
  HeddleStatesSource states = self->options.states;

  if (is_command (self))
    states = MIN (states, HEDDLE_STATES_COUNTED);
  if (states == HEDDLE_STATES_EXACT && !record_switches (self))
    states = HEDDLE_STATES_COUNTED;
  if (states == HEDDLE_STATES_COUNTED && !counted)
    states = HEDDLE_STATES_NONE;
  HEDDLE_AUTO_LOCK (&self->collector->lock);
  self->draft.snapshot.states = states;
  return states;
}

/**
 * heddle_run_close_states_locked:
 *
 * Ends the recording. The supervisor's thread with the collector's lock held, after all workers
 * have left.
 */
void
heddle_run_close_states_locked (HeddleRun *self)
{
  HeddleCollector *collector = self->collector;

  for (guint i = 0; i < collector->slots->len; i++)
    heddle_collector_leave_states_locked (collector, heddle_collector_get_slot (collector, i));
  heddle_run_count_lost_states_locked (self);
  g_clear_pointer (&collector->sinks.states, heddle_states_free);
}

/**
 * heddle_run_count_lost_states_locked:
 *
 * Writes into the next snapshot how many switches were lost. With the collector's lock held.
 */
void
heddle_run_count_lost_states_locked (HeddleRun *self)
{
  HeddleStates *states = self->collector->sinks.states;

  if (states != NULL)
    self->draft.snapshot.states_lost =
      heddle_switches_get_lost (heddle_states_get_switches (states));
}

static const char *
describe (HeddleStatesSource source, gboolean is_command)
{
  if (is_command && source == HEDDLE_STATES_COUNTED)
    return _("When a command has ended, the kernel tells how long it and what it started were on a CPU. How long it waited for one, and how long it was blocked, is told of commands that are one process with one thread; of others it is not known, nor is it known of any when that was.");
  switch (source)
    {
    case HEDDLE_STATES_EXACT:
      return _("The kernel records every switch of a worker's thread: when a task was on a CPU, when another thread had its turn, and when it was blocked. From the moment in which it is woken until it gets a CPU a task still counts as blocked in its lane.");
    case HEDDLE_STATES_COUNTED:
      return _("Workers read the kernel's counters when a task begins and ends, where tasks last long enough for it: how long it was on a CPU and how long it waited for one is exact, but not when.");
    case HEDDLE_STATES_NONE:
    default:
      return _("Whether tasks were on a CPU is not recorded.");
    }
}

/**
 * heddle_run_dup_states_note:
 *
 * Any thread.
 *
 * Returns: (transfer full): what the run's source of scheduling states can show and what it cannot,
 *   and, where the better one was wanted, why it is not there and what would allow it
 */
char *
heddle_run_dup_states_note (HeddleRun *self)
{
  HEDDLE_AUTO_LOCK (&self->public.lock);
  if (self->public.why_not_exact == NULL)
    return g_strdup (describe (self->public.snapshot.states, is_command (self)));
  return g_strdup_printf ("%s %s", describe (self->public.snapshot.states, is_command (self)),
                          self->public.why_not_exact);
}
