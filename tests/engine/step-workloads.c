/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "step-workloads.h"

#include <sched.h>
#include <signal.h>
#include <stdatomic.h>
#include <string.h>
#include <unistd.h>

#include "fault-workloads.h"
#include "test-workloads.h"

/*
 * Every second task dies at its first attempt, so many instructions after it has begun to use an
 * object: each some more than the one before. Whatever it leaves must let the others, and its own
 * second attempt, go on.
 */

enum { READS = 1, WRITES };

typedef struct {
  guint64 n;
  guint64 what;
  guint64 stride, cycle, first;
  HeddleMutex *mutex, *recursive, *guard;
  HeddleCondition *condition;
  HeddleSemaphore *semaphore;
  HeddleFlag *flag;
  HeddleBarrier *barrier;
  HeddleRwLock *readers_first, *writers_first;
  HeddleChannel *channel;
  HeddlePipe *pipe;
  HeddleValue *value, *waiters;
  HeddleList *list;
  HeddleDict *dict;
  HeddleManager *manager;
  _Atomic guint32 *inside; /* each worker's: process * 4 + how it holds the lock */
} Data;

const char *const step_kinds[] = {
  "mutex", "recursive-mutex", "condition", "semaphore", "event", "barrier", "rw-lock", "rw-lock-for-writers", "queue", "pipe", "value", "list", "dictionary", "manager",
};
const guint step_n_kinds = G_N_ELEMENTS (step_kinds);

static const HeddleParam params[] = {
  { .name = "n", .initial = "50", .min = 0, .max = 1e9, .step = 1, .field = HEDDLE_FIELD (Data, n) },
  { .name = "what", .initial = "0", .min = 0, .max = 1000, .step = 1, .field = HEDDLE_FIELD (Data, what) },
  { .name = "stride", .initial = "1", .min = 1, .max = 1000, .step = 1, .field = HEDDLE_FIELD (Data, stride) },
  { .name = "first", .initial = "0", .min = 0, .max = 1000, .step = 1, .field = HEDDLE_FIELD (Data, first) },
  { .name = "cycle", .initial = "100", .min = 1, .max = 1e9, .step = 1, .field = HEDDLE_FIELD (Data, cycle) },
};

static gboolean
share (gpointer data, HeddleShared *shared, GError **error)
{
  Data *self = data;

  self->mutex = heddle_shared_mutex (shared, "mutex");
  self->recursive = heddle_shared_recursive_mutex (shared, "recursive");
  self->guard = heddle_shared_mutex (shared, "guard");
  self->semaphore = heddle_shared_semaphore (shared, "semaphore", STEP_PERMITS);
  self->condition = heddle_shared_condition (shared, "condition");
  self->flag = heddle_shared_flag (shared, "flag");
  self->barrier = heddle_shared_barrier (shared, "barrier", 2);
  self->readers_first = heddle_shared_rw_lock (shared, "readers first", FALSE);
  self->writers_first = heddle_shared_rw_lock (shared, "writers first", TRUE);
  self->channel = heddle_shared_channel (shared, "channel", 64, FALSE);
  self->pipe = heddle_shared_pipe (shared, "pipe");
  self->value = heddle_shared_value (shared, "value", 0, TRUE);
  self->waiters = heddle_shared_value (shared, "waiters", 0, FALSE);
  self->list = heddle_shared_list (shared, "list", 8, TRUE);
  self->dict = heddle_shared_dict (shared, "dict", 8, TRUE);
  self->inside = heddle_shared_bytes (shared, "inside", sizeof *self->inside * 64);
  if (self->what == STEP_MANAGER)
    self->manager = heddle_shared_manager (shared, "manager");
  return TRUE;
}

static gboolean
produce (gpointer data, HeddleProducer *producer, GError **error)
{
  heddle_producer_submit_range (producer, ((Data *) data)->n);
  return TRUE;
}

static gboolean
use_mutex (Data *self, HeddleTask *task, HeddleMutex *mutex, guint depth)
{
  for (guint i = 0; i < depth; i++)
    if (!HEDDLE_SYNC_ACQUIRED (heddle_mutex_lock (mutex, task)))
      return FALSE;
  heddle_value_set (self->value, heddle_value_get (self->value) + 1);
  for (guint i = 0; i < depth; i++)
    heddle_mutex_unlock (mutex, task);
  return TRUE;
}

/* Waits a moment for one who signals, and signals. */
static gboolean
use_condition (Data *self, HeddleTask *task)
{
  HeddleSyncStatus status = heddle_mutex_lock (self->mutex, task);

  if (HEDDLE_SYNC_ACQUIRED (status) && heddle_value_add (self->waiters, 1) % 2 == 0)
    status = heddle_condition_wait (self->condition, self->mutex, task, 2000000);
  else
    heddle_condition_signal (self->condition);
  if (HEDDLE_SYNC_ACQUIRED (status) || status == HEDDLE_SYNC_TIMEOUT)
    heddle_mutex_unlock (self->mutex, task);
  return status != HEDDLE_SYNC_CANCELLED && status != HEDDLE_SYNC_DEADLOCK;
}

static gboolean
use_event (Data *self, HeddleTask *task)
{
  HeddleSyncStatus status;

  heddle_flag_clear (self->flag);
  status = heddle_flag_wait (self->flag, task, 300000);
  heddle_flag_set (self->flag);
  return status == HEDDLE_SYNC_OK || status == HEDDLE_SYNC_TIMEOUT;
}

/* Whether nobody else who lives is in there in a way that does not suit. What a dead one held is
 * handed on once its process is reaped. */
static gboolean
is_alone (const Data *self, HeddleTask *task, guint32 way)
{
  for (guint i = 1; i <= STEP_WORKERS; i++)
    {
      guint32 other = i == heddle_task_get_worker (task) ? 0 : atomic_load (&self->inside[i]);

      if ((other % 4 == WRITES || (other != 0 && way == WRITES))
          && kill ((pid_t) (other / 4), 0) == 0 && atomic_load (&self->inside[i]) == other)
        return FALSE;
    }
  return TRUE;
}

static gboolean
use_rw_lock (Data *self, HeddleTask *task, HeddleRwLock *lock)
{
  guint32 way = heddle_task_get_id (task) / 2 % 2 == 0 ? WRITES : READS;
  _Atomic guint32 *mine = &self->inside[heddle_task_get_worker (task)];

  if ((way == WRITES ? heddle_rw_lock_write (lock, task) : heddle_rw_lock_read (lock, task))
      != HEDDLE_SYNC_OK)
    return FALSE;
  atomic_store (mine, (guint32) getpid () * 4 + way);
  if (!is_alone (self, task, way))
    heddle_task_fail_literal (task, "not alone");
  atomic_store (mine, 0);
  heddle_rw_lock_unlock (lock, task);
  return TRUE;
}

static gboolean
use_channel (Data *self, HeddleTask *task)
{
  char message[HEDDLE_MESSAGE_MAX + 1];

  /* what a dead one put and did not take lies there: those who live take one more now and then, so
   * that there is room for all */
  if (heddle_channel_get_length (self->channel) >= 16
      && heddle_channel_get (self->channel, task, message, NULL) != HEDDLE_SYNC_OK)
    return FALSE;
  if (heddle_channel_put (self->channel, task,
                          "a message of some length, so that copying it takes a while", -1)
        != HEDDLE_SYNC_OK
      || heddle_channel_put (self->channel, task, "another", -1) != HEDDLE_SYNC_OK
      || heddle_channel_get (self->channel, task, message, NULL) != HEDDLE_SYNC_OK)
    return FALSE;
  if (strcmp (message, "another") != 0
      && strcmp (message, "a message of some length, so that copying it takes a while") != 0)
    heddle_task_fail (task, "half a message: %s", message);
  return TRUE;
}

static gboolean
use_pipe (Data *self, HeddleTask *task)
{
  char bytes[8];
  gsize length;

  return heddle_pipe_write (self->pipe, task, "eight bytes more", 16) == HEDDLE_SYNC_OK
    && heddle_pipe_read (self->pipe, task, bytes, sizeof bytes, &length) == HEDDLE_SYNC_OK
    && length > 0;
}

/* Under a lock, of which the next owner is told: what it guards may be half done, and is within its
 * memory. */
static gboolean
use_list (Data *self, HeddleTask *task)
{
  gint64 value;

  if (!HEDDLE_SYNC_ACQUIRED (heddle_mutex_lock (self->mutex, task)))
    return FALSE;
  while (heddle_list_get_length (self->list) > 4)
    heddle_list_pop_first (self->list, &value);
  heddle_list_append (self->list, 1);
  heddle_list_append (self->list, 2);
  heddle_list_pop_first (self->list, &value);
  if (heddle_list_get_length (self->list) > 8)
    heddle_task_fail_literal (task, "more than there is room for");
  heddle_mutex_unlock (self->mutex, task);
  return TRUE;
}

static gboolean
use_dict (Data *self, HeddleTask *task)
{
  static const char *const names[] = { "one", "two", "three", "four" };
  const char *name = names[heddle_task_get_id (task) / 2 % G_N_ELEMENTS (names)];
  gint64 value = 0;

  if (!HEDDLE_SYNC_ACQUIRED (heddle_mutex_lock (self->mutex, task)))
    return FALSE;
  heddle_dict_get (self->dict, name, &value);
  if (!heddle_dict_set (self->dict, name, value + 1) || heddle_dict_get_length (self->dict) > 8)
    heddle_task_fail_literal (task, "no room for four names");
  heddle_mutex_unlock (self->mutex, task);
  return TRUE;
}

static gboolean
use_manager (Data *self, HeddleTask *task)
{
  gint64 value;
  gboolean found;

  return heddle_manager_dict_add (self->manager, task, "sum", 1, &value) == HEDDLE_SYNC_OK
         && heddle_manager_list_append (self->manager, task, 1) == HEDDLE_SYNC_OK
         && heddle_manager_list_pop_first (self->manager, task, &value, &found) == HEDDLE_SYNC_OK;
}

static gboolean
use_semaphore (Data *self, HeddleTask *task)
{
  if (heddle_semaphore_acquire (self->semaphore, task, -1) != HEDDLE_SYNC_OK)
    return FALSE;
  sched_yield ();
  heddle_semaphore_release (self->semaphore, task);
  return TRUE;
}

static gboolean
use (Data *self, HeddleTask *task)
{
  switch (self->what)
    {
    case 0: return use_mutex (self, task, self->mutex, 1);
    case 1: return use_mutex (self, task, self->recursive, 3);
    case 2: return use_condition (self, task);
    case 3: return use_semaphore (self, task);
    case 4: return use_event (self, task);
    case 5: return heddle_barrier_wait (self->barrier, task, NULL) == HEDDLE_SYNC_OK;
    case 6: return use_rw_lock (self, task, self->readers_first);
    case 7: return use_rw_lock (self, task, self->writers_first);
    case 8: return use_channel (self, task);
    case 9: return use_pipe (self, task);
    case 10: heddle_value_add (self->value, 1); return TRUE;
    case 11: return use_list (self, task);
    case 12: return use_dict (self, task);
    default: return use_manager (self, task);
    }
}

static void
use_stepped (gpointer data, HeddleTask *task)
{
  Data *self = data;

  atomic_store (&self->inside[heddle_task_get_worker (task)], 0);
  if (heddle_task_get_id (task) % 2 == 0 && heddle_task_get_attempt (task) == 1)
    fault_die_after (heddle_task_get_id (task) / 2 % self->cycle * self->stride + self->first);
  if (use (self, task))
    heddle_task_return_number (task, heddle_task_get_id (task));
}

const HeddleWorkload test_step_workloads[] = {
  { TEST_WORKLOAD (Data),
    .id = "use-stepped",
    .backends = HEDDLE_BACKEND_BIT (HEDDLE_BACKEND_PROCESSES),
    .share = share,
    .produce = produce,
    .execute = use_stepped },
  { .id = NULL },
};
