/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

/*
 * What the time of tasks was made of, where thread switches are recorded: a task's times are the
 * difference of its thread's totals at its end and at its begin, and its lane has the stretches
 * between the switches. A thousand tasks between two switches are one stretch; the lane store cuts
 * it to them. Every function here runs under the collector's lock.
 *
 * From switches alone nobody knows since when a task that was blocked had been ready when it got a
 * CPU: its lane shows it as blocked until then. Where its worker counts, too, what the kernel has
 * counted as its wait for a CPU is the ready time of its row.
 */

#include "engine/collect/collector-private.h"
#include "engine/model/backend.h"

typedef struct {
  HeddleCollector *collector;
  HeddleSlot *slot;
} Lane;

/* HeddleStatesStretch. The lane gets it after the tasks in whose time it lies. */
static void
add_stretch (gpointer data, HeddleFoldKind kind, gint64 begin, gint64 end)
{
  const Lane *lane = data;
  LaneOp *op = heddle_collector_next_op_locked (lane->collector, LANE_STRETCH, lane->slot);

  op->stretch = kind;
  op->begin = begin;
  op->end = end;
  op->id = 0;
}

/* The main loop was there before the run, so that it has inherited nothing. Where it cannot be
 * recorded its tasks have no times, and are not said to have any. */
static void
add_main_loop (HeddleCollector *self, guint32 tid)
{
  HeddleSwitches *switches = heddle_states_get_switches (self->sinks.states);

  if (switches != NULL && heddle_backend_get_info (self->sinks.backend)->is_loop)
    heddle_switches_add_thread (switches, tid, NULL);
}

/**
 * heddle_collector_join_states_locked:
 *
 * The thread of the worker that occupies @slot is known from now on. With the lock held.
 */
void
heddle_collector_join_states_locked (HeddleCollector *self, HeddleSlot *slot)
{
  /* the only thread of a process has its number */
  int tid = slot->worker.tid > 0 ? slot->worker.tid : slot->worker.pid;

  if (self->sinks.states == NULL || slot->states.thread != NULL || tid <= 0)
    return;
  add_main_loop (self, (guint32) tid);
  slot->states.thread = heddle_states_join (self->sinks.states, (guint32) tid);
}

/**
 * heddle_collector_leave_states_locked:
 *
 * No worker occupies @slot any more. With the lock held.
 */
void
heddle_collector_leave_states_locked (HeddleCollector *self, HeddleSlot *slot)
{
  if (slot->states.thread != NULL)
    heddle_states_leave (self->sinks.states, g_steal_pointer (&slot->states.thread));
}

/**
 * heddle_collector_begin_times_locked:
 *
 * The current task of @slot has begun. With the lock held.
 */
void
heddle_collector_begin_times_locked (HeddleCollector *self, HeddleSlot *slot)
{
  HeddleSlotStates *states = &slot->states;
  Lane lane = { self, slot };

  if (states->thread == NULL)
    return;
  heddle_thread_states_pass (states->thread, slot->task.started_ns, add_stretch, &lane);
  states->begin_known =
    heddle_thread_states_get_totals (states->thread, slot->task.started_ns, &states->begin);
  heddle_thread_states_mark_cpus (states->thread);
}

/**
 * heddle_collector_end_times_locked:
 *
 * The current task of @slot has ended, and its lane knows. With the lock held.
 */
void
heddle_collector_end_times_locked (HeddleCollector *self, HeddleSlot *slot, gint64 end)
{
  HeddleSlotStates *states = &slot->states;
  HeddleTaskTimes *times = &slot->task.times;
  const HeddleStatesTotals *begin = &states->begin;
  HeddleStatesTotals now;
  Lane lane = { self, slot };
  gint64 counted_ns = times->known ? times->ready_ns : 0;
  gboolean known;

  if (states->thread == NULL)
    return;
  heddle_thread_states_pass (states->thread, end, add_stretch, &lane);
  known = heddle_thread_states_get_totals (states->thread, end, &now);
  if (!known || !states->begin_known || now.unknown_ns != begin->unknown_ns)
    return;
  *times = (HeddleTaskTimes){ .on_cpu_ns = now.on_cpu_ns - begin->on_cpu_ns,
                              .ready_ns = now.ready_ns - begin->ready_ns,
                              .switches = now.switches - begin->switches,
                              .preempted = now.preempted - begin->preempted,
                              .cpus = now.cpus,
                              .known = TRUE };
  times->ready_ns = MAX (times->ready_ns, counted_ns);
}

/**
 * heddle_collector_show_states_locked:
 *
 * Writes into the lane of @slot what is known of its states up to now. With the lock held, after a
 * pass, when the lane knows the task in hand.
 */
void
heddle_collector_show_states_locked (HeddleCollector *self, HeddleSlot *slot)
{
  HeddleThreadStates *thread = slot->states.thread;
  Lane lane = { self, slot };

  if (thread == NULL)
    return;
  heddle_thread_states_show (
    thread, slot->task.in_hand ? heddle_states_get_horizon (self->sinks.states, thread) : 0,
    add_stretch, &lane);
}
