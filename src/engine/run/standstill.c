/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

/* Finds a run whose open tasks all wait for each other, or for one that has ended: it would never
 * end. Every wait is cut into slices, after each of which the waiter looks again and counts that
 * look. The supervisor notes who waits and how often each has looked. Once each has looked twice
 * more and is still in the same wait, the second look began after the note was taken. Nobody left
 * its wait in between, so nobody changed anything, and all have seen that they cannot go on. A
 * waiter that was woken and has not run since delays the verdict and is never part of it, so this
 * needs no clock and no knowledge of the object. Only waits without a time limit for what tasks
 * share count: a task that computes, sleeps, or waits for a time or for a manager's answer may wake
 * the others. What wakes a task from outside of the run must therefore be waited for with a time
 * limit. */

#include <glib/gi18n-lib.h>
#include <inttypes.h>
#include <string.h>

#include "engine/queue/retry.h"
#include "engine/run/run-private.h"
#include "engine/sync/shared-private.h"
#include "engine/sync/shared.h"
#include "engine/task/task-private.h"

#define LOOK_NS (50 * G_GINT64_CONSTANT (1000000))
/* What is worth a verdict lasts; until then no text is made. */
#define QUIET_NS (500 * G_GINT64_CONSTANT (1000000))
/* For so long after the last change, workers that are still missing may come. */
#define NO_MORE_WORKERS_NS (10 * G_GINT64_CONSTANT (1000000000))
#define LOOKS 2
#define MAX_NAMED 3

static HeddleSlot *
nth_slot (HeddleRun *self, guint nth)
{
  return heddle_collector_get_slot (self->collector, nth);
}

static HeddleSharedWaiter *
waiter_of (HeddleRun *self, const HeddleSlot *slot)
{
  return &self->parts.shared->arena->waiters[slot->number];
}

/* Which wait it is in that only other tasks can end; 0: none. */
static guint64
get_wait (HeddleRun *self, const HeddleSlot *slot)
{
  HeddleShared *shared = self->parts.shared;
  HeddleSharedWaiter *waiter = waiter_of (self, slot);
  guint64 waits = atomic_load_explicit (&waiter->waits, memory_order_acquire);
  guint number = (guint) (waits & 0xffffffff);

  if (number == 0 || number > shared->n_objects
      || shared->objects[number - 1].kind == HEDDLE_SHARED_MANAGER)
    return 0;
  if (atomic_load_explicit (&waiter->timed, memory_order_relaxed) != 0)
    return 0;
  /* it has been told to give up, and will */
  return atomic_load (&waiter->doomed) == (guint32) (waits >> 32) ? 0 : waits;
}

/* How many tasks are in hand, if all of those wait; 0: one may go on, or there are none. */
static guint
count_waiting (HeddleRun *self, guint *n_present)
{
  guint n = 0;

  *n_present = 0;
  for (guint i = 0; i < self->collector->slots->len; i++)
    {
      const HeddleSlot *slot = nth_slot (self, i);

      *n_present += slot->worker.present;
      if (!slot->task.in_hand)
        continue;
      if (!slot->worker.present || get_wait (self, slot) == 0)
        return 0;
      n++;
    }
  return n;
}

/* Takes the note anew where anything differs from it. Returns whether nothing does. */
static gboolean
is_noted (HeddleRun *self, guint64 n_rest, gint64 now)
{
  HeddleStandstill *note = &self->supervision.standstill;
  gboolean same =
    note->since != 0 && note->n_moves == self->collector->counts.n_moves && note->n_rest == n_rest;

  for (guint i = 0; i < self->collector->slots->len; i++)
    {
      const HeddleSlot *slot = nth_slot (self, i);
      guint64 wait = slot->task.in_hand ? get_wait (self, slot) : 0;

      same = same && wait == note->waits[slot->number];
      note->waits[slot->number] = wait;
    }
  if (same)
    return TRUE;
  note->since = now;
  note->n_moves = self->collector->counts.n_moves;
  note->n_rest = n_rest;
  /* after the waits: each counted look was before the last of them was noted */
  for (guint i = 0; i < self->collector->slots->len; i++)
    note->looks[i + 1] = atomic_load (&waiter_of (self, nth_slot (self, i))->looks);
  return FALSE;
}

static gboolean
have_looked (HeddleRun *self)
{
  const HeddleStandstill *note = &self->supervision.standstill;

  for (guint i = 0; i < self->collector->slots->len; i++)
    {
      const HeddleSlot *slot = nth_slot (self, i);

      if (slot->task.in_hand
          && atomic_load (&waiter_of (self, slot)->looks) - note->looks[slot->number] < LOOKS)
        return FALSE;
    }
  return TRUE;
}

/* The task waits for a lock that another waiter holds: it goes on once that one gives up. */
static gboolean
waits_for_a_waiter (HeddleRun *self, const HeddleSlot *slot)
{
  guint number = (guint) (self->supervision.standstill.waits[slot->number] & 0xffffffff);
  guint holder = heddle_shared_get_holder (self->parts.shared, number, slot->number);

  return holder >= 1 && holder <= self->collector->slots->len && holder != slot->number
    && nth_slot (self, holder - 1)->task.in_hand;
}

static void
name_waiter (HeddleRun *self, const HeddleSlot *slot, GString *text)
{
  char what[160], label[48];

  heddle_shared_describe_wait (self->parts.shared, slot->number, what, sizeof what,
                               heddle_collector_worker_name, self->collector);
  heddle_run_label (self, slot->task.id, heddle_input_table_get (self->inputs, slot->task.id),
                    label, sizeof label);
  g_string_append_printf (text, _("%s with task %" PRIu64 " (%s) waits for %s"), slot->name,
                          slot->task.id, label, what);
}

/* Who might have let them go on, and does not. */
static void
name_missing (HeddleRun *self, guint64 n_rest, GString *text)
{
  static const char *const ends[] = {
    [HEDDLE_TASK_FAILED] = N_(" Task %" PRIu64 " (%s) has failed."),
    [HEDDLE_TASK_CANCELLED] = N_(" Task %" PRIu64 " (%s) was cancelled."),
    [HEDDLE_TASK_LOST] = N_(" Task %" PRIu64 " (%s) was lost."),
  };
  guint64 total = atomic_load_explicit (&self->production.total, memory_order_relaxed);
  guint64 n_made = heddle_collector_count_ended_locked (self->collector) + n_rest
    + self->supervision.standstill.n_waiting;
  gsize before = text->len;

#pragma GCC diagnostic push
#pragma GCC diagnostic ignored                                                                     \
  "-Wformat-nonliteral" /* translations of the above, checked by msgfmt */
  for (guint i = 0; i < self->collector->n_fallen; i++)
    g_string_append_printf (text, _(ends[self->collector->fallen[i].state]),
                            self->collector->fallen[i].id, self->collector->fallen[i].label);
#pragma GCC diagnostic pop
  if (n_rest > 0)
    g_string_append_printf (text, _(" No worker is free for the queued tasks: %" PRIu64 "."),
                            n_rest);
  if (total > n_made && atomic_load (&self->wishes.stop) != 0)
    g_string_append_printf (
      text,
      _(" Only %" PRIu64 " of %" PRIu64 " tasks had been produced when the run was stopped."),
      n_made, total);
  else if (text->len == before && atomic_load (&self->wishes.stop) != 0)
    g_string_append (text, _(" The run was stopped, so no more tasks are produced."));
  if (text->len == before)
    g_string_append (text, _(" All other tasks have ended."));
}

/* Those that wait fail, with who waits for what, and who is missing. */
static void
pronounce (HeddleRun *self, guint64 n_rest, gint64 now)
{
  HeddleShared *shared = self->parts.shared;
  g_autoptr (GString) text = g_string_new (_("No task can go on: "));
  g_autoptr (GPtrArray) doomed = g_ptr_array_new ();

  for (guint i = 0; i < self->collector->slots->len; i++)
    if (nth_slot (self, i)->task.in_hand && !waits_for_a_waiter (self, nth_slot (self, i)))
      g_ptr_array_add (doomed, nth_slot (self, i));
  /* in a cycle that is none of locks alone everybody waits for somebody */
  for (guint i = 0; i < self->collector->slots->len && doomed->len == 0; i++)
    if (nth_slot (self, i)->task.in_hand)
      g_ptr_array_add (doomed, nth_slot (self, i));
  for (guint i = 0; i < MIN (doomed->len, MAX_NAMED); i++)
    {
      if (i > 0)
        g_string_append (text, "; ");
      name_waiter (self, g_ptr_array_index (doomed, i), text);
    }
  if (doomed->len > MAX_NAMED)
    g_string_append_printf (text, _("; and %u more"), doomed->len - MAX_NAMED);
  g_string_append_c (text, '.');
  name_missing (self, n_rest, text);
  heddle_log_add (self->stores.log, now, HEDDLE_LOG_ERROR, 0, 0, text->str);
  heddle_shared_set_verdict (shared, text->str);
  self->supervision.deadlocked = TRUE;
  for (guint i = 0; i < doomed->len; i++)
    {
      HeddleSlot *slot = g_ptr_array_index (doomed, i);

      /* what it waits for has ended: another attempt would wait for the same */
      slot->task.doomed = TRUE;
      /* release: the text first */
      atomic_store_explicit (&waiter_of (self, slot)->doomed,
                             (guint32) (self->supervision.standstill.waits[slot->number] >> 32),
                             memory_order_release);
    }
}

/* A halted run gives up its tasks as a user's stop does. */
static void
end_halted (HeddleRun *self, gint64 now)
{
  heddle_log_add (self->stores.log, now, HEDDLE_LOG_WARNING, 0, 0,
                  _("The running tasks wait for tasks that will not be started any more. They are asked to end."));
  heddle_collector_ask_locked (self->collector, HEDDLE_CANCEL_RUN);
  heddle_run_stop (self, HEDDLE_STOP_CANCEL);
}

/* Whether somebody may still take one of the tasks that are not in hand. */
static gboolean
may_be_taken (HeddleRun *self, const HeddleQueueCounts *counts, guint n_present, gint64 now)
{
  const HeddleStandstill *note = &self->supervision.standstill;

  if (counts->paused || n_present > note->n_waiting)
    return TRUE;
  return n_present < (guint) atomic_load (&self->wishes.workers)
    && now - note->since < NO_MORE_WORKERS_NS;
}

/* A producer that waits for room makes nothing; a run that is fed by hand may always go on. */
static gboolean
is_making (HeddleRun *self, const HeddleQueueCounts *counts, gboolean producing)
{
  return producing && (self->options.manual || !counts->producer_waiting || counts->queued == 0);
}

/**
 * heddle_run_look_for_standstill_locked:
 * @counts: of the queue, after all rings were read
 * @producing: tasks may still be made
 * @now: CLOCK_MONOTONIC nanoseconds
 *
 * Ends the waits of a run in which no task can go on. Supervisor's thread, after each pass.
 */
void
heddle_run_look_for_standstill_locked (HeddleRun *self, const HeddleQueueCounts *counts,
                                       gboolean producing, gint64 now)
{
  HeddleStandstill *note = &self->supervision.standstill;
  guint64 n_rest;
  guint n_present = 0;

  if (self->parts.shared == NULL || now - note->looked_at < LOOK_NS)
    return;
  note->looked_at = now;
  note->n_waiting = 0;
  if (!is_making (self, counts, producing)
      && heddle_retries_get_length (self->collector->retries) == 0
      && (atomic_load (self->cancel) & HEDDLE_CANCEL_RUN) == 0)
    note->n_waiting = count_waiting (self, &n_present);
  if (note->n_waiting == 0)
    {
      note->since = 0;
      return;
    }
  n_rest =
    counts->submitted - heddle_collector_count_ended_locked (self->collector) - note->n_waiting;
  if (!is_noted (self, n_rest, now) || now - note->since < QUIET_NS || !have_looked (self))
    return;
  if (n_rest > 0 && may_be_taken (self, counts, n_present, now))
    return;
  note->since = 0;
  if (self->supervision.halted)
    end_halted (self, now);
  else
    pronounce (self, n_rest, now);
}
