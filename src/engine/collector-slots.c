/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

/*
 * The places of the workers: who comes to stand in one, and who goes, of his own accord or not. Called by the pools, on threads of theirs; each
 * takes the collector's lock.
 */

#include <glib/gi18n-lib.h>
#include <inttypes.h>

#include "engine/run-private.h"
#include "trace/clock.h"

#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral" /* a translation of "Thread %u", checked by msgfmt */
static void
name_slot (HeddleSlot *slot, const char *format)
{
  g_snprintf (slot->name, sizeof slot->name, format, slot->number);
  heddle_utf8_trim (slot->name);
}
#pragma GCC diagnostic pop

/**
 * heddle_collector_add_slot:
 * @ring: (nullable): the ring of the first worker, or NULL until one is born
 * @ring_capacity: slots of every ring that will stand here
 * @is_process: its workers are child processes, or threads of one
 *
 * Makes room for one more worker: a lane. There may be HEDDLE_MAX_WORKERS of them. Any thread of the pool.
 *
 * Returns: (transfer none): the place, valid as long as the run
 */
HeddleSlot *
heddle_collector_add_slot (HeddleCollector *self, HeddleRing *ring, guint ring_capacity, gboolean is_process)
{
  const HeddleBackendInfo *info = heddle_backend_get_info (self->run->options.backend);
  HeddleSlot *slot = g_new0 (HeddleSlot, 1);

  pthread_mutex_lock (&self->lock);
  g_assert (self->slots->len < HEDDLE_MAX_WORKERS); /* the number is an index into memory that worker processes share */
  slot->number = self->slots->len + 1;
  slot->is_process = is_process;
  if (is_process)
    heddle_given_init (&slot->given);
  slot->is_thread = !info->is_process;
  slot->ring_capacity = ring_capacity;
  slot->cpu_ns = -1;
  slot->rss = -1;
  slot->progress = -1;
  atomic_init (&slot->cancel, atomic_load (self->run->cancel));
  name_slot (slot, g_dgettext (GETTEXT_PACKAGE, info->worker_name));
  if (ring != NULL)
    heddle_ring_reader_init (&slot->reader, ring, ring_capacity);
  heddle_lane_store_add_lane (self->run->lanes, slot->name);
  g_ptr_array_add (self->slots, slot);
  pthread_mutex_unlock (&self->lock);
  return slot;
}

/**
 * heddle_slot_get_number:
 *
 * Returns: the worker's number, from 1. Any thread.
 */
guint
heddle_slot_get_number (const HeddleSlot *slot)
{
  return slot->number;
}

/* The ring's memory is the pool's again. Collector's lock held. */
void
heddle_slot_detach_ring (HeddleSlot *slot)
{
  if (slot->reader.ring == NULL)
    return;
  slot->tid_word = NULL;
  slot->dropped_before += heddle_ring_dropped (&slot->reader);
  slot->reader.ring = NULL;
}

/**
 * heddle_collector_expect:
 * @worker: TRUE before a process is started, FALSE when its workers are born, or none came
 *
 * A process may print before its ring is known here: what other workers print from now on stays until it is. Dispatcher's thread.
 */
void
heddle_collector_expect (HeddleCollector *self, gboolean worker)
{
  atomic_store (&self->expected_ticks, worker ? heddle_clock_ticks () : 0);
}

static void
introduce (HeddleCollector *self, HeddleSlot *slot)
{
  slot->tid_word = NULL;
  if (self->trace != NULL)
    heddle_trace_writer_lane (self->trace, slot->number - 1, slot->name, slot->pid, slot->tid);
}

/*
 * Which thread of its process the worker is, if that was not known yet. Asked before its ring is read: what can be seen there was told after that
 * number, so that nothing is told of a lane which is not introduced. @must: introduce it whatever is known. Collector's lock held.
 */
void
heddle_slot_learn_thread_locked (HeddleCollector *self, HeddleSlot *slot, gboolean must)
{
  int tid;

  if (slot->tid_word == NULL)
    return;
  tid = (int) atomic_load (slot->tid_word);
  slot->tid = MAX (tid, 0);
  if (tid > 0 || must)
    introduce (self, slot);
}

/**
 * heddle_collector_worker_born:
 * @ring: its ring, newly initialised
 * @pid: its process
 * @tid: its thread, 0 for a process
 * @tid_word: (nullable): where a thread of a child process writes its number before it tells anything; stays as long as the ring
 *
 * A worker has come to stand in @slot. Any thread of the pool.
 */
void
heddle_collector_worker_born (HeddleCollector *self, HeddleSlot *slot, HeddleRing *ring, int pid, int tid, const _Atomic gint32 *tid_word)
{
  gint64 now = heddle_clock_monotonic_ns ();

  pthread_mutex_lock (&self->lock);
  heddle_slot_detach_ring (slot);
  heddle_ring_reader_init (&slot->reader, ring, slot->ring_capacity);
  slot->present = TRUE;
  slot->pid = pid;
  slot->tid = tid;
  slot->born_ns = now;
  slot->n_started = 0;
  self->n_moves++;
  atomic_fetch_and (&slot->cancel, HEDDLE_CANCEL_ALL);
  atomic_store (&slot->overdue, 0);
  atomic_store (&slot->ended_for, 0);
  slot->told_broken = FALSE;
  slot->queued_ns = 0;
  slot->lane_open = FALSE;
  slot->in_hand = FALSE;
  slot->has_result = FALSE;
  slot->has_error = FALSE;
  slot->tid_word = tid_word;
  if (tid_word == NULL)
    introduce (self, slot);
  heddle_lane_store_lock (self->run->lanes);
  heddle_lane_store_born_locked (self->run->lanes, slot->number - 1, now);
  heddle_lane_store_unlock (self->run->lanes);
  pthread_mutex_unlock (&self->lock);
  heddle_collector_stir (self);
}

static void
leave_slot_locked (HeddleCollector *self, HeddleSlot *slot, gint64 now)
{
  heddle_slot_detach_ring (slot);
  slot->present = FALSE;
  self->n_moves++;
  slot->alive_ns += now - slot->born_ns;
  if (slot->cpu_ns >= 0)
    slot->cpu_before_ns = slot->cpu_ns;
  slot->rss = -1;
  heddle_lane_store_lock (self->run->lanes);
  heddle_lane_store_died_locked (self->run->lanes, slot->number - 1, now);
  heddle_lane_store_unlock (self->run->lanes);
}

/**
 * heddle_collector_worker_gone:
 *
 * The worker in @slot has left as it was asked to. Reads what it told last. Any thread of the pool; the ring may be reused afterwards.
 */
void
heddle_collector_worker_gone (HeddleCollector *self, HeddleSlot *slot)
{
  gint64 now;

  pthread_mutex_lock (&self->lock);
  heddle_collector_drain_locked (self, slot, G_MAXUINT);
  now = heddle_clock_monotonic_ns ();
  heddle_collector_lose_task_locked (self, slot, now, _("The worker ended while it ran the task."));
  heddle_collector_flush_locked (self);
  leave_slot_locked (self, slot, now);
  pthread_mutex_unlock (&self->lock);
  heddle_collector_kick (self); /* its last task may have been that of the run */
}

/* Reads what all workers have told until now, and logs what they printed. */
static void
read_all (HeddleCollector *self)
{
  heddle_collector_settle_locked (self);
  for (guint i = 0; i < self->slots->len; i++)
    heddle_collector_drain_locked (self, g_ptr_array_index (self->slots, i), G_MAXUINT);
  heddle_collector_flush_locked (self);
}

/* Returns: the line's index. */
static guint64
log_death (HeddleCollector *self, HeddleSlot *slot, const char *why, gboolean replaced)
{
  g_autoptr (GString) text = g_string_new (why);

  g_string_append_c (text, ' ');
  if (slot->in_hand)
    g_string_append_printf (text, _("It was running task %" PRIu64 "."), slot->id);
  else
    g_string_append (text, _("It was not running a task."));
  if (replaced)
    g_string_append_printf (text, " %s", _("The worker is replaced."));
  return heddle_log_printf (self->run->log, HEDDLE_LOG_WARNING, slot->number, slot->in_hand ? slot->id : 0, "%s", text->str);
}

/**
 * heddle_collector_worker_died:
 * @how: for people: "was killed by signal 9 (Killed)"
 * @death: what else is known of it
 *
 * The worker in @slot died. Reads what it told last; the task in its hand is tried again or lost. Any thread of the pool.
 *
 * Returns: how many tasks it had started since it was born, the one in hand counted
 */
guint64
heddle_collector_worker_died (HeddleCollector *self, HeddleSlot *slot, const char *how, HeddleDeath death)
{
  g_autofree char *why = NULL;
  gint64 now;
  guint64 n_started, line;

  pthread_mutex_lock (&self->lock);
  read_all (self); /* what led to its death stands before it in the log */
  heddle_slot_learn_thread_locked (self, slot, TRUE);
  now = heddle_clock_monotonic_ns ();
  why = g_strdup_printf (_("%s (process %d) %s."), slot->name, slot->pid, how);
  line = log_death (self, slot, why, (death & HEDDLE_DEATH_REPLACED) != 0);
  if (self->trace != NULL)
    heddle_trace_writer_mark (self->trace, slot->number - 1, now, why);
  heddle_collector_lose_task_locked (self, slot, now, why);
  if (atomic_load (&slot->ended_for) == 0 && (death & HEDDLE_DEATH_WANTED) == 0)
    {
      slot->deaths++;
      self->workers_lost++;
      self->death_line = line;
    }
  heddle_collector_flush_locked (self);
  leave_slot_locked (self, slot, now);
  if (self->run->shared != NULL)
    heddle_shared_worker_died (self->run->shared, slot->number, self->run->log);
  n_started = slot->n_started;
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
  self->workers_recycled++;
  pthread_mutex_unlock (&self->lock);
}

/**
 * heddle_slot_get_cancel:
 *
 * Returns: (transfer none): the futex word by which tasks of a worker that is a thread are asked to end. Any thread.
 */
const _Atomic guint32 *
heddle_slot_get_cancel (const HeddleSlot *slot)
{
  return &slot->cancel;
}

/**
 * heddle_slot_get_overdue:
 *
 * Returns: which of its tasks since its birth the worker has had in hand for too long, from 1; 0: none. Any thread of the pool.
 */
guint64
heddle_slot_get_overdue (const HeddleSlot *slot)
{
  return atomic_load (&slot->overdue);
}

/**
 * heddle_slot_end_for:
 * @nth: a task's number as of heddle_slot_get_overdue()
 *
 * Says, before it is done, that the worker is ended because of that task. The thread of the pool.
 */
void
heddle_slot_end_for (HeddleSlot *slot, guint64 nth)
{
  atomic_store (&slot->ended_for, nth);
}

/**
 * heddle_collector_get_started:
 *
 * Returns: how many tasks the worker in @slot has started since it was born, as far as its ring has been read. Any thread of the pool.
 */
guint64
heddle_collector_get_started (HeddleCollector *self, HeddleSlot *slot)
{
  guint64 n_started;

  pthread_mutex_lock (&self->lock);
  n_started = slot->n_started;
  pthread_mutex_unlock (&self->lock);
  return n_started;
}

/**
 * heddle_collector_is_broken:
 *
 * Returns: TRUE if what the worker in @slot wrote into its ring makes no sense: it is to be killed and replaced. Any thread of the pool.
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
