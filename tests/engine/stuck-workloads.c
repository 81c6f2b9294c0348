/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "stuck-workloads.h"

#include <signal.h>
#include <stdlib.h>
#include <string.h>

#include "test-workloads.h"

/* The first task is lost, and all others wait for what it was to do: the parameter "what" says on
 * which kind of object. */

typedef struct {
  guint64 n;
  guint64 what;
  HeddleMutex *mutex, *recursive;
  HeddleCondition *condition;
  HeddleSemaphore *semaphore;
  HeddleFlag *flag;
  HeddleBarrier *barrier;
  HeddleRwLock *rw;
  HeddleChannel *channel, *full;
  HeddlePipe *pipe, *full_pipe;
  HeddleValue *go;
} Data;

const char *const stuck_kinds[] = {
  "mutex", "recursive-mutex", "condition", "semaphore", "event", "barrier", "rw-lock", "queue-empty", "queue-full", "pipe-empty", "pipe-full", "ring-with-a-reader",
};
const guint stuck_n_kinds = G_N_ELEMENTS (stuck_kinds);
const char *const stuck_names[] = {
  "the event “flag”", "the event “flag”", "the condition “condition”", "the semaphore “semaphore”", "the event “flag”", "the barrier “barrier”",
  "the event “flag”", "the queue “channel”", "the queue “full”", "the pipe “pipe”", "the pipe “full pipe”", "the lock “",
};
G_STATIC_ASSERT (G_N_ELEMENTS (stuck_kinds) == G_N_ELEMENTS (stuck_names));

static const HeddleParam params[] = {
  { .name = "n", .initial = "3", .min = 1, .max = 10000, .step = 1, .field = HEDDLE_FIELD (Data, n) },
  { .name = "what", .initial = "0", .min = 0, .max = 1000, .step = 1, .field = HEDDLE_FIELD (Data, what) },
};

static gboolean
share (gpointer data, HeddleShared *shared, GError **error)
{
  Data *self = data;

  self->mutex = heddle_shared_mutex (shared, "mutex");
  self->recursive = heddle_shared_recursive_mutex (shared, "recursive");
  self->condition = heddle_shared_condition (shared, "condition");
  self->semaphore = heddle_shared_semaphore (shared, "semaphore", 0);
  self->flag = heddle_shared_flag (shared, "flag");
  self->barrier = heddle_shared_barrier (shared, "barrier", (guint) self->n);
  self->rw = heddle_shared_rw_lock (shared, "rw", self->what % 2 == 0);
  self->channel = heddle_shared_channel (shared, "channel", 2, FALSE);
  self->full = heddle_shared_channel (shared, "full", 2, FALSE);
  self->pipe = heddle_shared_pipe (shared, "pipe");
  self->full_pipe = heddle_shared_pipe (shared, "full pipe");
  self->go = heddle_shared_value (shared, "go", 0, FALSE);
  return TRUE;
}

static guint
all_at_once (gpointer data)
{
  return (guint) ((Data *) data)->n;
}

static gboolean
produce (gpointer data, HeddleProducer *producer, GError **error)
{
  heddle_producer_set_total (producer, ((Data *) data)->n);
  heddle_producer_submit_range (producer, ((Data *) data)->n);
  return TRUE;
}

/* The last task waits for a lock that another one holds: it goes on once that one has given up. */
static gboolean
waits_for_holder (const Data *self, HeddleTask *task)
{
  return heddle_task_get_id (task) == self->n;
}

static HeddleSyncStatus
wait_behind_mutex (Data *self, HeddleTask *task, HeddleMutex *mutex)
{
  HeddleSyncStatus status;

  if (!waits_for_holder (self, task))
    {
      status = heddle_task_get_id (task) == 2 ? heddle_mutex_lock (mutex, task) : HEDDLE_SYNC_OK;
      return status == HEDDLE_SYNC_OK ? heddle_flag_wait (self->flag, task, -1) : status;
    }
  /* after the other has it */
  while ((status = heddle_mutex_try_lock (mutex, task)) == HEDDLE_SYNC_OK)
    heddle_mutex_unlock (mutex, task);
  status = heddle_mutex_lock (mutex, task);
  if (HEDDLE_SYNC_ACQUIRED (status))
    heddle_mutex_unlock (mutex, task);
  return status;
}

static HeddleSyncStatus
wait_behind_reader (Data *self, HeddleTask *task)
{
  HeddleSyncStatus status = HEDDLE_SYNC_OK;

  if (!waits_for_holder (self, task))
    {
      if (heddle_task_get_id (task) == 2)
        status = heddle_rw_lock_read (self->rw, task);
      heddle_semaphore_release (self->semaphore, task);
      status = status == HEDDLE_SYNC_OK ? heddle_flag_wait (self->flag, task, -1) : status;
      heddle_rw_lock_unlock (self->rw, task);
      return status;
    }
  for (guint i = 0; i < self->n - 2 && status == HEDDLE_SYNC_OK; i++)
    status = heddle_semaphore_acquire (self->semaphore, task, -1);
  if (status == HEDDLE_SYNC_OK)
    status = heddle_rw_lock_write (self->rw, task);
  heddle_rw_lock_unlock (self->rw, task);
  return status;
}

/* One reads and wants the mutex; another one has that and wants to write. Task 1 is not missed. */
static HeddleSyncStatus
wait_in_ring (Data *self, HeddleTask *task)
{
  char message[HEDDLE_MESSAGE_MAX + 1];
  HeddleSyncStatus status;

  if (heddle_task_get_id (task) == 2)
    {
      status = heddle_rw_lock_read (self->rw, task);
      heddle_flag_set (self->flag);
      status =
        status == HEDDLE_SYNC_OK ? heddle_channel_get (self->channel, task, message, NULL) : status;
      status = status == HEDDLE_SYNC_OK ? heddle_mutex_lock (self->mutex, task) : status;
      heddle_mutex_unlock (self->mutex, task);
      heddle_rw_lock_unlock (self->rw, task);
      return status;
    }
  if (heddle_task_get_id (task) != 3)
    return HEDDLE_SYNC_OK;
  status = heddle_mutex_lock (self->mutex, task);
  heddle_channel_put (self->channel, task, "it is mine", -1);
  status = status == HEDDLE_SYNC_OK ? heddle_flag_wait (self->flag, task, -1) : status;
  /* gets it where the other one has given up first */
  status = status == HEDDLE_SYNC_OK ? heddle_rw_lock_write (self->rw, task) : status;
  heddle_rw_lock_unlock (self->rw, task);
  heddle_mutex_unlock (self->mutex, task);
  return status;
}

static HeddleSyncStatus
wait_for_first (Data *self, HeddleTask *task)
{
  static const char bytes[4096];
  char message[HEDDLE_MESSAGE_MAX + 1];
  HeddleSyncStatus status = HEDDLE_SYNC_OK;
  gsize length;

  switch (self->what)
    {
    case 0: return wait_behind_mutex (self, task, self->mutex);
    case 1: return wait_behind_mutex (self, task, self->recursive);
    case 2:
      status = heddle_mutex_lock (self->mutex, task);
      while (HEDDLE_SYNC_ACQUIRED (status))
        status = heddle_condition_wait (self->condition, self->mutex, task, -1);
      return status;
    case 3: return heddle_semaphore_acquire (self->semaphore, task, -1);
    case 4: return heddle_flag_wait (self->flag, task, -1);
    case 5: return heddle_barrier_wait (self->barrier, task, NULL);
    case 6: return wait_behind_reader (self, task);
    case 7: return heddle_channel_get (self->channel, task, message, NULL);
    case 8:
      while (status == HEDDLE_SYNC_OK)
        status = heddle_channel_put (self->full, task, "full", -1);
      return status;
    case 9: return heddle_pipe_read (self->pipe, task, message, sizeof message, &length);
    case 10:
      while (status == HEDDLE_SYNC_OK)
        status = heddle_pipe_write (self->full_pipe, task, bytes, sizeof bytes);
      return status;
    default: return wait_in_ring (self, task);
    }
}

static void
lose_first (gpointer data, HeddleTask *task)
{
  Data *self = data;

  if (heddle_task_get_id (task) == 1)
    {
      if (test_in_worker)
        raise (SIGKILL);
      heddle_task_fail_literal (task, "is lost");
      return;
    }
  if (HEDDLE_SYNC_ACQUIRED (wait_for_first (self, task)))
    heddle_task_return_number (task, 1);
}

/* All stand at the barrier again and again: a task that is retried finds the others gone. */
static void
meet_often (gpointer data, HeddleTask *task)
{
  Data *self = data;

  for (guint i = 0; i < 4; i++)
    {
      if (heddle_task_get_id (task) == 1 && heddle_task_get_attempt (task) == 1 && i == 2)
        raise (SIGKILL);
      if (heddle_barrier_wait (self->barrier, task, NULL) != HEDDLE_SYNC_OK)
        return;
    }
  heddle_task_return_number (task, 1);
}

/* All but the first three are never made: the producer waits for the run to be stopped. */
static gboolean
produce_slowly (gpointer data, HeddleProducer *producer, GError **error)
{
  Data *self = data;

  heddle_producer_set_total (producer, self->n);
  if (!heddle_producer_submit_range (producer, 3))
    return TRUE;
  while (!heddle_producer_is_stopped (producer))
    g_usleep (1000);
  heddle_producer_submit_range (producer, self->n - 3);
  return TRUE;
}

/* One after another, and more than there are workers. */
static gboolean
produce_one_by_one (gpointer data, HeddleProducer *producer, GError **error)
{
  for (guint64 i = 0; i < ((Data *) data)->n; i++)
    if (!heddle_producer_submit (producer, NULL, 0))
      break;
  return TRUE;
}

static void
meet (gpointer data, HeddleTask *task)
{
  Data *self = data;

  if (heddle_barrier_wait (self->barrier, task, NULL) == HEDDLE_SYNC_OK)
    heddle_task_return_number (task, 1);
}

/* Task 1 waits for the semaphore, task 2 for the event and gives a permit then; task 3 sets the
 * event once it is told to, and ends. */
static void
hand_over (gpointer data, HeddleTask *task)
{
  Data *self = data;
  HeddleSyncStatus status = HEDDLE_SYNC_OK;

  if (heddle_task_get_id (task) == 1)
    status = heddle_semaphore_acquire (self->semaphore, task, -1);
  else if (heddle_task_get_id (task) == 2)
    status = heddle_flag_wait (self->flag, task, -1);
  else
    while (heddle_value_get (self->go) == 0)
      if (!heddle_task_sleep (task, 1000000))
        return;
  if (status != HEDDLE_SYNC_OK)
    return;
  if (heddle_task_get_id (task) == 2)
    heddle_semaphore_release (self->semaphore, task);
  else if (heddle_task_get_id (task) == 3)
    heddle_flag_set (self->flag);
  heddle_task_return_number (task, 1);
}

#define COMMON TEST_WORKLOAD (Data), .backends = HEDDLE_BACKENDS_ALL, .share = share
#define TOGETHER COMMON, .parties = all_at_once, .produce = produce

const HeddleWorkload test_stuck_workloads[] = {
  { TOGETHER, .id = "stuck", .execute = lose_first },
  { TOGETHER, .id = "hand-over", .execute = hand_over },
  { TOGETHER, .id = "meet-often", .execute = meet_often },
  { COMMON, .id = "meet-late", .produce = produce_slowly, .execute = meet },
  { COMMON, .id = "meet-alone", .produce = produce_one_by_one, .execute = meet },
  { .id = NULL },
};
