/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

/*
 * The slots of the workers: which worker comes to occupy one, and which leaves or dies. Called by
 * the pools, on threads of theirs; each takes the collector's lock.
 */

#include <glib/gi18n-lib.h>
#include <inttypes.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "engine/collect/collector-private.h"
#include "engine/sync/shared-private.h"
#include "engine/task/task-private.h"
#include "trace/clock.h"

/**
 * heddle_collector_add_slot:
 * @ring: (nullable): the ring of the first worker, or NULL until one is born
 * @ring_capacity: slots of every ring that will be read here
 * @is_process: its workers are child processes, or threads of one
 *
 * Makes room for one more worker: a lane. There may be HEDDLE_MAX_WORKERS of them. Any thread of
 * the pool.
 *
 * Returns: (transfer none): the slot, valid as long as the run
 */
HeddleSlot *
heddle_collector_add_slot (HeddleCollector *self, HeddleRing *ring, guint ring_capacity,
                           gboolean is_process)
{
  HeddleSlot *slot;

  pthread_mutex_lock (&self->lock);
  /* the number is an index into memory that worker processes share */
  g_assert (self->slots->len < HEDDLE_MAX_WORKERS);
  slot = heddle_slot_new (self->slots->len + 1, self->sinks.backend, ring_capacity, is_process);
  atomic_init (&slot->cancel, atomic_load (self->sinks.cancel));
  if (ring != NULL)
    heddle_ring_reader_init (&slot->reader, ring, ring_capacity);
  heddle_lane_store_add_lane (self->sinks.lanes, slot->name);
  g_ptr_array_add (self->slots, slot);
  pthread_mutex_unlock (&self->lock);
  return slot;
}

/**
 * heddle_collector_expect:
 * @worker: TRUE before a process is started, FALSE when its workers are born, or none came
 *
 * A process may print before its ring is known here: what other workers print from now on stays
 * until it is. Dispatcher's thread.
 */
void
heddle_collector_expect (HeddleCollector *self, gboolean worker)
{
  atomic_store (&self->expected_ticks, worker ? heddle_clock_ticks () : 0);
}

/* Whether the worker is the thread that calls, and that is what it is measured by. */
static gboolean
is_own (const HeddleSlot *slot)
{
  return slot->is_thread && !slot->is_command && slot->worker.tid == (int) syscall (SYS_gettid);
}

/**
 * heddle_collector_worker_born:
 * @ring: its ring, newly initialised
 * @pid: its process
 * @tid: its thread, 0 for a process
 * @tid_word: (nullable): where a thread of a child process writes its number before it publishes
 * anything; stays as long as the ring
 *
 * A worker has come to occupy @slot. Any thread of the pool.
 */
void
heddle_collector_worker_born (HeddleCollector *self, HeddleSlot *slot, HeddleRing *ring, int pid,
                              int tid, const _Atomic gint32 *tid_word)
{
  gint64 now = heddle_clock_monotonic_ns ();

  pthread_mutex_lock (&self->lock);
  heddle_slot_detach_ring (slot);
  heddle_ring_reader_init (&slot->reader, ring, slot->ring_capacity);
  slot->worker.present = TRUE;
  slot->worker.pid = pid;
  slot->worker.tid = tid;
  slot->worker.born_ns = now;
  slot->worker.n_started = 0;
  if (is_own (slot)) /* the main loop's thread has a past that is none of this run's */
    slot->totals.cpu_before_ns -= heddle_clock_thread_cpu_ns ();
  self->counts.n_moves++;
  atomic_fetch_and (&slot->cancel, HEDDLE_CANCEL_ALL);
  atomic_store (&slot->overdue, 0);
  atomic_store (&slot->ended_for, 0);
  slot->told_broken = FALSE;
  slot->queued_ns = 0;
  slot->task.lane_open = FALSE;
  slot->task.in_hand = FALSE;
  slot->task.has_result = FALSE;
  slot->task.has_error = FALSE;
  slot->worker.tid_word = tid_word;
  if (tid_word == NULL)
    heddle_collector_join_states_locked (self, slot);
  if (tid_word == NULL)
    heddle_collector_introduce_locked (self, slot);
  heddle_lane_store_lock (self->sinks.lanes);
  heddle_lane_store_born_locked (self->sinks.lanes, slot->number - 1, now);
  heddle_lane_store_unlock (self->sinks.lanes);
  pthread_mutex_unlock (&self->lock);
  heddle_collector_wake_if_idle (self);
}

static void
leave_slot_locked (HeddleCollector *self, HeddleSlot *slot, gint64 now)
{
  heddle_slot_detach_ring (slot);
  heddle_collector_leave_states_locked (self, slot);
  slot->worker.present = FALSE;
  self->counts.n_moves++;
  slot->totals.alive_ns += now - slot->worker.born_ns;
  if (slot->totals.cpu_ns >= 0)
    slot->totals.cpu_before_ns = slot->totals.cpu_ns;
  if (slot->totals.ready_ns >= 0)
    slot->totals.ready_before_ns = slot->totals.ready_ns;
  slot->totals.rss = -1;
  heddle_lane_store_lock (self->sinks.lanes);
  heddle_lane_store_died_locked (self->sinks.lanes, slot->number - 1, now);
  heddle_lane_store_unlock (self->sinks.lanes);
}

/**
 * heddle_collector_worker_gone:
 *
 * The worker in @slot has left as it was asked to. Reads what it published last. Any thread of the
 * pool; the ring may be reused afterwards.
 */
void
heddle_collector_worker_gone (HeddleCollector *self, HeddleSlot *slot)
{
  gint64 now;

  pthread_mutex_lock (&self->lock);
  heddle_collector_drain_locked (self, slot);
  now = heddle_clock_monotonic_ns ();
  heddle_collector_lose_task_locked (self, slot, now, _("The worker ended while it ran the task."));
  heddle_collector_flush_locked (self);
  if (is_own (slot)) /* one that lived shortly may never have been looked at */
    slot->totals.cpu_ns = slot->totals.cpu_before_ns + heddle_clock_thread_cpu_ns ();
  leave_slot_locked (self, slot, now);
  pthread_mutex_unlock (&self->lock);
  heddle_collector_kick (self); /* its last task may have been that of the run */
}

/* Reads what all workers have published until now, and logs what they printed. */
static void
read_all (HeddleCollector *self)
{
  heddle_collector_settle_locked (self);
  heddle_collector_drain_all_locked (self);
  heddle_collector_flush_locked (self);
}

/* Returns: the line's index. */
static guint64
log_death (HeddleCollector *self, HeddleSlot *slot, const char *why, gboolean replaced)
{
  g_autoptr (GString) text = g_string_new (why);

  g_string_append_c (text, ' ');
  if (slot->task.in_hand)
    g_string_append_printf (text, _("It was running task %" PRIu64 "."), slot->task.id);
  else
    g_string_append (text, _("It was not running a task."));
  if (replaced)
    g_string_append_printf (text, " %s", _("The worker is replaced."));
  return heddle_log_printf (self->sinks.log, HEDDLE_LOG_WARNING, slot->number,
                            slot->task.in_hand ? slot->task.id : 0, "%s", text->str);
}

/**
 * heddle_collector_worker_died:
 * @how: for people: "was killed by signal 9 (Killed)"
 * @death: what else is known of it
 *
 * The worker in @slot died. Reads what it published last; the task that it was running is tried
 * again or lost. Any thread of the pool.
 *
 * Returns: how many tasks it had started since it was born, the last one included
 */
guint64
heddle_collector_worker_died (HeddleCollector *self, HeddleSlot *slot, const char *how,
                              HeddleDeath death)
{
  g_autofree char *why = NULL;
  gint64 now;
  guint64 n_started, line;

  pthread_mutex_lock (&self->lock);
  read_all (self); /* what led to its death comes before it in the log */
  heddle_collector_learn_thread_locked (self, slot, TRUE);
  now = heddle_clock_monotonic_ns ();
  why = g_strdup_printf (_("%s (process %d) %s."), slot->name, slot->worker.pid, how);
  line = log_death (self, slot, why, (death & HEDDLE_DEATH_REPLACED) != 0);
  if (self->sinks.trace != NULL)
    heddle_trace_writer_mark (self->sinks.trace, slot->number - 1, now, why);
  heddle_collector_lose_task_locked (self, slot, now, why);
  if (atomic_load (&slot->ended_for) == 0 && (death & HEDDLE_DEATH_WANTED) == 0)
    {
      slot->totals.deaths++;
      self->counts.workers_lost++;
      self->counts.death_line = line;
    }
  heddle_collector_flush_locked (self);
  leave_slot_locked (self, slot, now);
  if (self->sinks.shared != NULL)
    heddle_shared_worker_died (self->sinks.shared, slot->number, self->sinks.log);
  n_started = slot->worker.n_started;
  pthread_mutex_unlock (&self->lock);
  heddle_collector_kick (self);
  return n_started;
}

/**
 * heddle_collector_count_recycled:
 *
 * A worker process has left after as many tasks as the run's options allow. Any thread of the pool.
 */
void
heddle_collector_count_recycled (HeddleCollector *self)
{
  pthread_mutex_lock (&self->lock);
  self->counts.workers_recycled++;
  pthread_mutex_unlock (&self->lock);
}

/**
 * heddle_collector_get_started:
 *
 * Returns: how many tasks the worker in @slot has started since it was born, as far as its ring has
 * been read. Any thread of the pool.
 */
guint64
heddle_collector_get_started (HeddleCollector *self, HeddleSlot *slot)
{
  guint64 n_started;

  pthread_mutex_lock (&self->lock);
  n_started = slot->worker.n_started;
  pthread_mutex_unlock (&self->lock);
  return n_started;
}

/**
 * heddle_collector_is_broken:
 *
 * Returns: TRUE if what the worker in @slot wrote into its ring makes no sense: it is to be killed
 * and replaced. Any thread of the pool.
 */
gboolean
heddle_collector_is_broken (HeddleCollector *self, HeddleSlot *slot)
{
  gboolean broken;

  pthread_mutex_lock (&self->lock);
  broken = slot->reader.broken;
  pthread_mutex_unlock (&self->lock);
  return broken;
}
