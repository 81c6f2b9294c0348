/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

/*
 * What the host and a worker do about all that tasks share, whatever its kind: hand on what a dead
 * worker held, give back what a task has left, say who waits for what, and copy what is watched.
 */

#include <glib/gi18n-lib.h>

#include "base/utf8.h"
#include "engine/model/log.h"
#include "engine/sync/shared-private.h"

/* What differs from kind to kind. Of the kinds that are not here nobody can hold anything, and
 * nobody waits for them. */
static const struct {
  const char *text; /* how an object is called; has a place for its name */
  gboolean (*repair) (gpointer cell, guint worker);
} kinds[HEDDLE_N_SHARED_KINDS] = {
  [HEDDLE_SHARED_MUTEX] = { N_("the lock “%s”"), heddle_mutex_hand_on },
  [HEDDLE_SHARED_CONDITION] = { N_("the condition “%s”"), NULL },
  [HEDDLE_SHARED_SEMAPHORE] = { N_("the semaphore “%s”"), heddle_semaphore_hand_on },
  [HEDDLE_SHARED_FLAG] = { N_("the event “%s”"), NULL },
  [HEDDLE_SHARED_BARRIER] = { N_("the barrier “%s”"), heddle_barrier_hand_on },
  [HEDDLE_SHARED_RW_LOCK] = { N_("the lock “%s”"), heddle_rw_lock_hand_on },
  [HEDDLE_SHARED_CHANNEL] = { N_("the queue “%s”"), heddle_channel_hand_on },
  [HEDDLE_SHARED_PIPE] = { N_("the pipe “%s”"), NULL },
  [HEDDLE_SHARED_MANAGER] = { N_("the manager “%s”"), NULL },
};

/**
 * heddle_shared_worker_died:
 * @worker: number of a worker process that is known to be dead
 * @log: gets a line for what was handed on
 *
 * Hands on what a dead worker held. Host, collector's lock held.
 */
void
heddle_shared_worker_died (HeddleShared *self, guint worker, HeddleLog *log)
{
  g_return_if_fail (worker <= HEDDLE_MAX_WORKERS);

  atomic_store (&self->arena->waiters[worker].waits, 0);
  for (guint i = 0; i < self->n_objects; i++)
    {
      const HeddleSharedObject *object = &self->objects[i];
      char name[HEDDLE_SHARED_NAME];

      if (kinds[object->kind].repair != NULL
          && kinds[object->kind].repair (heddle_shared_cell (self, i + 1), worker))
        heddle_log_printf (
          log, HEDDLE_LOG_WARNING, worker, 0,
          _("The dead worker held “%s”. The next worker gets it, and is told so."),
          heddle_shared_show_name (object->name, name, sizeof name));
    }
}

/**
 * heddle_shared_task_begins:
 *
 * What earlier tasks of this worker acquired and gave away is no longer this worker's to give back.
 * Worker's thread.
 */
void
heddle_shared_task_begins (HeddleShared *self, guint worker)
{
  for (guint i = 0; i < self->n_objects; i++)
    if (self->objects[i].kind == HEDDLE_SHARED_SEMAPHORE)
      heddle_semaphore_forget (heddle_shared_cell (self, i + 1), worker);
}

static gboolean
is_held_by (guint32 kind, gpointer cell, guint worker)
{
  return kind == HEDDLE_SHARED_MUTEX ? heddle_mutex_get_holder (cell) == worker
                                     : kind == HEDDLE_SHARED_RW_LOCK
      && heddle_rw_lock_is_held_by (cell, worker);
}

/**
 * heddle_shared_release_held:
 * @task: has ended and still holds locks
 *
 * Gives the locks back, so that the others can go on; a task that did not fail otherwise fails with
 * that. Worker's thread.
 */
void
heddle_shared_release_held (HeddleShared *self, HeddleTask *task)
{
  for (guint i = 0; i < self->n_objects; i++)
    {
      const HeddleSharedObject *object = &self->objects[i];
      gpointer cell = heddle_shared_cell (self, i + 1);
      char name[HEDDLE_SHARED_NAME];

      if (!is_held_by (object->kind, cell, task->worker))
        continue;
      if (!heddle_task_is_cancelled (task))
        heddle_task_fail (task,
                          _("The task ended and still held the lock “%s”. The lock was released."),
                          heddle_shared_show_name (object->name, name, sizeof name));
      if (object->kind == HEDDLE_SHARED_MUTEX)
        heddle_mutex_release_for (cell, task->worker);
      else
        heddle_rw_lock_release_for (cell, task->worker);
    }
}

#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral" /* a translation of one in the table */
static void
describe_object (const HeddleSharedObject *object, const char *holder, char *buffer, gsize size)
{
  const char *text = kinds[object->kind].text;
  char name[HEDDLE_SHARED_NAME];

  heddle_shared_show_name (object->name, name, sizeof name);
  if (holder != NULL)
    g_snprintf (buffer, size, _("the lock “%s”, held by %s"), name, holder);
  else
    g_snprintf (buffer, size, text != NULL ? _(text) : "%s", name);
  heddle_utf8_trim (buffer);
}
#pragma GCC diagnostic pop

/**
 * heddle_shared_get_holder:
 * @number: of an object
 * @waiter: a worker that waits for it
 *
 * Returns: a worker that holds it, another one than @waiter if there is one; 0: nobody, or it is no
 * lock. Host.
 */
guint
heddle_shared_get_holder (HeddleShared *self, guint number, guint waiter)
{
  gpointer cell = heddle_shared_cell (self, number);

  switch (self->objects[number - 1].kind)
    {
    case HEDDLE_SHARED_MUTEX:
      return heddle_mutex_get_holder (cell);
    case HEDDLE_SHARED_RW_LOCK:
      return heddle_rw_lock_get_holder (cell, waiter);
    default:
      return 0;
    }
}

/**
 * heddle_shared_set_verdict:
 * @text: why waits are ended; cut where it is too long, with an ellipsis
 *
 * What the tasks fail with whose waits are doomed afterwards. Host.
 */
void
heddle_shared_set_verdict (HeddleShared *self, const char *text)
{
  heddle_utf8_copy (self->arena->verdict, sizeof self->arena->verdict, text);
}

/**
 * heddle_shared_describe_wait:
 * @buffer: (out): what @worker waits for: "the lock “list”, held by Thread 2"; empty where it does
 * not wait
 * @worker_name: what a worker is called
 *
 * Host.
 */
void
heddle_shared_describe_wait (HeddleShared *self, guint worker, char *buffer, gsize size,
                             HeddleWorkerNamer worker_name, gpointer data)
{
  guint64 waits = atomic_load_explicit (&self->arena->waiters[worker].waits, memory_order_acquire);
  guint number = (guint) (waits & 0xffffffff);
  const HeddleSharedObject *object;
  guint holder;

  buffer[0] = '\0';
  if (number == 0 || number > self->n_objects)
    return;
  object = &self->objects[number - 1];
  holder = heddle_shared_get_holder (self, number, worker);
  describe_object (object, holder != 0 && holder != worker ? worker_name (holder, data) : NULL,
                   buffer, size);
}

/**
 * heddle_shared_watch:
 * @watches: (out): room for @max_watches
 *
 * Copies what is watched, as it is now. Host.
 *
 * Returns: how many were set
 */
guint
heddle_shared_watch (HeddleShared *self, HeddleWatch *watches, guint max_watches)
{
  guint n = 0;

  for (guint i = 0; i < self->n_objects && n < max_watches; i++)
    {
      const HeddleSharedObject *object = &self->objects[i];
      gpointer handle = g_ptr_array_index (self->handles, i);
      HeddleWatch *watch = &watches[n];

      if (!object->watched)
        continue;
      memset (watch, 0, sizeof *watch);
      heddle_shared_show_name (object->name, watch->name, sizeof watch->name);
      if (object->kind == HEDDLE_SHARED_CHANNEL)
        heddle_channel_fill_watch (handle, watch);
      else
        heddle_data_fill_watch ((HeddleSharedKind) object->kind, handle, watch);
      n++;
    }
  return n;
}
