/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

/* Tiny workloads, one for each primitive: the task's number is its role, and what came out stands
 * in a watched value. */

#include "test-workloads.h"

#include <signal.h>
#include <string.h>

#define ROUNDS 2000

typedef struct {
  guint64 n;
  HeddleMutex *a, *b;
  HeddleCondition *room, *some;
  HeddleSemaphore *semaphore;
  HeddleBarrier *barrier;
  HeddleRwLock *rw;
  HeddleFlag *flag;
  HeddleChannel *channel;
  HeddleValue *count, *most, *out;
  HeddleList *list;
  HeddleDict *dict;
} Data;

static const HeddleParam params[] = {
  { .name = "n", .initial = "4", .min = 1, .max = 1000, .step = 1, .field = HEDDLE_FIELD (Data, n) },
};

static gboolean
share (gpointer data, HeddleShared *shared, GError **error)
{
  Data *self = data;

  self->a = heddle_shared_mutex (shared, "A");
  self->b = heddle_shared_mutex (shared, "B");
  self->room = heddle_shared_condition (shared, "room");
  self->some = heddle_shared_condition (shared, "some");
  self->semaphore = heddle_shared_semaphore (shared, "seats", 2);
  self->barrier = heddle_shared_barrier (shared, "round", (guint) self->n);
  self->rw = heddle_shared_rw_lock (shared, "table", self->n % 2 == 0);
  self->flag = heddle_shared_flag (shared, "start");
  self->channel = heddle_shared_channel (shared, "mail", 7, TRUE);
  self->count = heddle_shared_value (shared, "count", 0, TRUE);
  self->most = heddle_shared_value (shared, "most", 0, TRUE);
  self->out = heddle_shared_value (shared, "out", 0, TRUE);
  self->list = heddle_shared_list (shared, "list", 64, TRUE);
  self->dict = heddle_shared_dict (shared, "dict", 8, TRUE);
  return TRUE;
}

static guint
parties (gpointer data)
{
  return (guint) ((Data *) data)->n;
}

static gboolean
produce (gpointer data, HeddleProducer *producer, GError **error)
{
  heddle_producer_submit_range (producer, ((Data *) data)->n);
  return TRUE;
}

/* Loses updates unless the lock holds. */
static void
add_one (HeddleValue *value)
{
  heddle_value_set (value, heddle_value_get (value) + 1);
}

static void
mutex_counts (gpointer data, HeddleTask *task)
{
  Data *self = data;

  for (guint i = 0; i < ROUNDS; i++)
    {
      if (!HEDDLE_SYNC_ACQUIRED (heddle_mutex_lock (self->a, task)))
        return;
      add_one (self->count);
      heddle_mutex_unlock (self->a, task);
    }
}

static void
recursive_self (gpointer data, HeddleTask *task)
{
  Data *self = data;

  if (heddle_task_get_id (task) == 1)
    {
      heddle_mutex_lock (self->a, task);
      heddle_mutex_lock (self->a, task); /* fails the task; the lock it has goes back at its end */
      return;
    }
  mutex_counts (data, task);
}

static void
not_owner (gpointer data, HeddleTask *task)
{
  Data *self = data;

  heddle_task_return_number (task, heddle_mutex_unlock (self->a, task));
}

/* Both hold one before either asks for the other. */
static void
cross (gpointer data, HeddleTask *task)
{
  Data *self = data;
  gboolean first = heddle_task_get_id (task) == 1;

  heddle_mutex_lock (first ? self->a : self->b, task);
  heddle_barrier_wait (self->barrier, task, NULL);
  if (HEDDLE_SYNC_ACQUIRED (heddle_mutex_lock (first ? self->b : self->a, task)))
    heddle_mutex_unlock (first ? self->b : self->a, task);
  heddle_mutex_unlock (first ? self->a : self->b, task);
}

static void
seats (gpointer data, HeddleTask *task)
{
  Data *self = data;

  for (guint i = 0; i < ROUNDS / 10; i++)
    {
      gint64 inside;

      if (heddle_semaphore_acquire (self->semaphore, task, -1) != HEDDLE_SYNC_OK)
        return;
      inside = heddle_value_add (self->count, 1);
      if (inside > 2)
        heddle_task_fail (task, "%d inside", (int) inside);
      if (inside > heddle_value_get (self->most))
        heddle_value_set (self->most, inside);
      heddle_value_add (self->count, -1);
      heddle_semaphore_release (self->semaphore, task);
    }
}

static void
rounds (gpointer data, HeddleTask *task)
{
  Data *self = data;

  for (guint64 i = 1; i <= 100; i++)
    {
      gboolean last;

      heddle_value_add (self->count, 1);
      if (heddle_barrier_wait (self->barrier, task, &last) != HEDDLE_SYNC_OK)
        return;
      if ((guint64) heddle_value_get (self->count) < i * self->n)
        heddle_task_fail (task, "went on before all were there, in round %" G_GUINT64_FORMAT, i);
      if (last)
        heddle_value_add (self->out, 1);
      heddle_barrier_wait (self->barrier, task, NULL);
    }
}

/* Odd ones write both values, even ones must never see them differ. */
static void
read_and_write (gpointer data, HeddleTask *task)
{
  Data *self = data;

  for (guint i = 0; i < ROUNDS / 4; i++)
    if (heddle_task_get_id (task) % 2 == 1)
      {
        if (heddle_rw_lock_write (self->rw, task) != HEDDLE_SYNC_OK)
          return;
        add_one (self->count);
        add_one (self->most);
        heddle_rw_lock_unlock (self->rw, task);
      }
    else
      {
        if (heddle_rw_lock_read (self->rw, task) != HEDDLE_SYNC_OK)
          return;
        if (heddle_value_get (self->count) != heddle_value_get (self->most))
          heddle_task_fail_literal (task, "saw half of a write");
        heddle_rw_lock_unlock (self->rw, task);
      }
}

/* The first puts, the others get and add up. */
static void
mail (gpointer data, HeddleTask *task)
{
  Data *self = data;
  char message[HEDDLE_MESSAGE_MAX + 1];

  if (heddle_task_get_id (task) == 1)
    {
      for (guint i = 1; i <= ROUNDS; i++)
        {
          g_snprintf (message, sizeof message, "%u", i);
          if (heddle_channel_put (self->channel, task, message, -1) != HEDDLE_SYNC_OK)
            return;
        }
      heddle_channel_close (self->channel);
      return;
    }
  while (heddle_channel_get (self->channel, task, message, NULL) == HEDDLE_SYNC_OK)
    heddle_value_add (self->count, g_ascii_strtoll (message, NULL, 10));
}

/* A buffer of eight behind a lock and two conditions. */
static void
buffer (gpointer data, HeddleTask *task)
{
  Data *self = data;
  gboolean producer = heddle_task_get_id (task) % 2 == 1;

  for (guint i = 0; i < ROUNDS / 4; i++)
    {
      HeddleSyncStatus status = heddle_mutex_lock (self->a, task);
      gint64 value;

      while (HEDDLE_SYNC_ACQUIRED (status)
             && (producer ? heddle_list_get_length (self->list) >= 8
                          : heddle_list_get_length (self->list) == 0))
        status = heddle_condition_wait (producer ? self->room : self->some, self->a, task, -1);
      if (!HEDDLE_SYNC_ACQUIRED (status))
        return;
      if (producer)
        heddle_list_append (self->list, i);
      else if (heddle_list_pop_first (self->list, &value))
        heddle_value_add (self->count, value);
      heddle_condition_signal (producer ? self->some : self->room);
      heddle_mutex_unlock (self->a, task);
    }
}

static void
gate (gpointer data, HeddleTask *task)
{
  Data *self = data;

  if (heddle_task_get_id (task) == self->n)
    heddle_flag_set (self->flag);
  else if (heddle_flag_wait (self->flag, task, -1) == HEDDLE_SYNC_OK)
    heddle_value_add (self->count, 1);
}

static void
stuck (gpointer data, HeddleTask *task)
{
  Data *self = data;

  switch (heddle_task_get_id (task) % 4)
    {
    case 0: heddle_flag_wait (self->flag, task, -1); break;
    case 1:
      heddle_channel_get (self->channel, task, (char[HEDDLE_MESSAGE_MAX + 1]) { 0 }, NULL);
      break;
    case 2:
      if (HEDDLE_SYNC_ACQUIRED (heddle_mutex_lock (self->a, task)))
        heddle_condition_wait (self->some, self->a, task, -1);
      break;
    default: heddle_semaphore_acquire (self->semaphore, task, -1);
             heddle_semaphore_acquire (self->semaphore, task, -1);
             heddle_semaphore_acquire (self->semaphore, task, -1);
    }
  heddle_task_is_cancelled (task);
}

/* The first dies with everything in hand, the first time. */
static void
holder_dies (gpointer data, HeddleTask *task)
{
  Data *self = data;
  HeddleSyncStatus status;

  if (heddle_task_get_id (task) == 1 && heddle_task_get_attempt (task) == 1)
    {
      heddle_mutex_lock (self->a, task);
      heddle_semaphore_acquire (self->semaphore, task, -1);
      heddle_semaphore_acquire (self->semaphore, task, -1);
      heddle_rw_lock_write (self->rw, task);
      heddle_flag_set (self->flag);
      if (test_in_worker)
        raise (SIGKILL);
    }
  if (heddle_flag_wait (self->flag, task, -1) != HEDDLE_SYNC_OK)
    return;
  status = heddle_mutex_lock (self->a, task);
  if (status == HEDDLE_SYNC_OWNER_DIED)
    heddle_value_add (self->out, 1);
  if (HEDDLE_SYNC_ACQUIRED (status))
    {
      heddle_semaphore_acquire (self->semaphore, task, -1);
      heddle_rw_lock_read (self->rw, task);
      add_one (self->count);
      heddle_rw_lock_unlock (self->rw, task);
      heddle_semaphore_release (self->semaphore, task);
      heddle_mutex_unlock (self->a, task);
    }
}

static void
forgets (gpointer data, HeddleTask *task)
{
  Data *self = data;

  if (HEDDLE_SYNC_ACQUIRED (heddle_mutex_lock (self->a, task)))
    add_one (self->count);
}

/* Odd ones to write, even ones to read, more than once; the last finds it free only if it was given
 * back for those before. */
static void
forgets_table (gpointer data, HeddleTask *task)
{
  Data *self = data;
  gboolean writes = heddle_task_get_id (task) % 2 == 1;

  for (guint i = 0; i < (writes ? 1 : 3); i++)
    if ((writes ? heddle_rw_lock_write (self->rw, task) : heddle_rw_lock_read (self->rw, task))
        != HEDDLE_SYNC_OK)
      return;
  heddle_value_add (self->count, 1);
}

/* The first writes and wants to read, the second one reads and wants to write; the others only
 * write. */
static void
table_self (gpointer data, HeddleTask *task)
{
  Data *self = data;

  if ((heddle_task_get_id (task) == 2 ? heddle_rw_lock_read (self->rw, task)
                                      : heddle_rw_lock_write (self->rw, task))
      != HEDDLE_SYNC_OK)
    return;
  if (heddle_task_get_id (task) == 1)
    heddle_rw_lock_read (self->rw, task);
  else if (heddle_task_get_id (task) == 2)
    heddle_rw_lock_write (self->rw, task);
  heddle_value_add (self->count, 1);
  heddle_rw_lock_unlock (self->rw, task);
}

static void
times_out (gpointer data, HeddleTask *task)
{
  Data *self = data;

  heddle_task_return_number (task, heddle_flag_wait (self->flag, task, 1000000));
}

static void
names (gpointer data, HeddleTask *task)
{
  Data *self = data;
  gint64 value = 0;

  heddle_mutex_lock (self->a, task);
  heddle_dict_get (self->dict, "ten", &value);
  heddle_dict_set (self->dict, "ten", value + 10);
  heddle_dict_set (self->dict, "one", 1);
  heddle_mutex_unlock (self->a, task);
}

#define COMMON                                                                                     \
  TEST_WORKLOAD (Data), .backends = HEDDLE_BACKENDS_ALL, .share = share, .parties = parties,       \
  .produce = produce

const HeddleWorkload test_sync_workloads[] = {
  { COMMON, .id = "sync-mutex", .execute = mutex_counts },
  { COMMON, .id = "sync-self", .execute = recursive_self },
  { COMMON, .id = "sync-not-owner", .execute = not_owner },
  { COMMON, .id = "sync-cross", .execute = cross },
  { COMMON, .id = "sync-seats", .execute = seats },
  { COMMON, .id = "sync-rounds", .execute = rounds },
  { COMMON, .id = "sync-rw", .execute = read_and_write },
  { COMMON, .id = "sync-mail", .execute = mail },
  { COMMON, .id = "sync-buffer", .execute = buffer },
  { COMMON, .id = "sync-gate", .execute = gate },
  { COMMON, .id = "sync-stuck", .execute = stuck },
  { COMMON, .id = "sync-holder-dies", .execute = holder_dies },
  { COMMON, .id = "sync-forgets", .execute = forgets },
  { COMMON, .id = "sync-forgets-table", .execute = forgets_table },
  { COMMON, .id = "sync-table-self", .execute = table_self },
  { COMMON, .id = "sync-times-out", .execute = times_out },
  { COMMON, .id = "sync-names", .execute = names },
  { .id = NULL },
};
