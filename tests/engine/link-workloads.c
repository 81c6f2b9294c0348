/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "test-workloads.h"

/* Workloads whose tasks talk through pipes and managers. */

typedef struct {
  guint64 n;
  guint64 size;
  HeddlePipe *pipe;
  HeddleFlag *gate;
  HeddleFlag *begun;
  HeddleManager *manager;
} Link;

static const HeddleParam params[] = {
  { .name = "n", .initial = "10", .min = 1, .max = 1e9, .step = 1, .field = HEDDLE_FIELD (Link, n) },
  { .name = "size", .initial = "0", .min = 0, .max = 1e9, .step = 1, .field = HEDDLE_FIELD (Link, size) },
};

static gboolean
share_pipe (gpointer data, HeddleShared *shared, GError **error)
{
  Link *self = data;

  self->pipe = heddle_shared_pipe (shared, "bytes");
  self->gate = heddle_shared_flag (shared, "gate");
  return TRUE;
}

static gboolean
share_manager (gpointer data, HeddleShared *shared, GError **error)
{
  Link *self = data;

  self->manager = heddle_shared_manager (shared, "clerk");
  return TRUE;
}

static guint
all_at_once (gpointer data)
{
  const Link *self = data;

  return (guint) self->n;
}

static gboolean
produce (gpointer data, HeddleProducer *producer, GError **error)
{
  const Link *self = data;

  heddle_producer_submit_range (producer, self->n);
  return TRUE;
}

static void
write_all (const Link *self, HeddleTask *task)
{
  guint8 part[1000];

  for (guint64 done = 0; done < self->size; done += sizeof part)
    {
      for (gsize i = 0; i < sizeof part; i++)
        part[i] = (guint8) ((done + i) % 251);
      if (heddle_pipe_write (self->pipe, task, part, MIN (sizeof part, self->size - done))
          != HEDDLE_SYNC_OK)
        return;
    }
  heddle_pipe_close_write (self->pipe);
  if (heddle_pipe_write (self->pipe, task, part, 1) != HEDDLE_SYNC_CLOSED)
    heddle_task_fail_literal (task, "the closed pipe took a byte");
  heddle_task_return_number (task, 0);
}

static void
read_all (const Link *self, HeddleTask *task)
{
  guint8 part[777];
  HeddleSyncStatus status;
  guint64 done = 0;
  gsize length;

  while ((status = heddle_pipe_read (self->pipe, task, part, sizeof part, &length))
         == HEDDLE_SYNC_OK)
    for (gsize i = 0; i < length; i++)
      if (part[i] != done++ % 251)
        heddle_task_fail (task, "byte %" G_GUINT64_FORMAT " is wrong", done - 1);
  if (status == HEDDLE_SYNC_CLOSED)
    heddle_task_return_number (task, done);
}

/* The first task reads, the second writes; a reader that is tried again opens the gate for the
 * writer. */
static void
gated_pipe (gpointer data, HeddleTask *task)
{
  const Link *self = data;

  if (heddle_task_get_id (task) == 2)
    {
      if (heddle_flag_wait (self->gate, task, -1) == HEDDLE_SYNC_OK)
        write_all (self, task);
      return;
    }
  if (heddle_task_get_attempt (task) > 1)
    heddle_flag_set (self->gate);
  read_all (self, task);
}

static void
through_pipe (gpointer data, HeddleTask *task)
{
  if (heddle_task_get_id (task) == 1)
    read_all (data, task);
  else
    write_all (data, task);
}

static void
only_write (gpointer data, HeddleTask *task)
{
  write_all (data, task);
}

/* Adds size times, puts as many entries in and takes as many out; returns the last sum. */
static void
ask_manager (gpointer data, HeddleTask *task)
{
  const Link *self = data;
  gint64 sum = 0;
  gint64 value;
  gboolean found;
  guint length;

  for (guint64 i = 0; i < self->size; i++)
    {
      if (heddle_manager_dict_add (self->manager, task, "sum", 1, &sum) != HEDDLE_SYNC_OK
          || heddle_manager_list_append (self->manager, task, (gint64) heddle_task_get_id (task))
            != HEDDLE_SYNC_OK
          || heddle_manager_list_get_length (self->manager, task, &length) != HEDDLE_SYNC_OK
          || heddle_manager_list_pop_first (self->manager, task, &value, &found) != HEDDLE_SYNC_OK)
        return;
      if (length < 1 || length > self->n || !found || value < 1 || value > (gint64) self->n)
        heddle_task_fail (task, "%u entries, %d, %" G_GINT64_FORMAT, length, found, value);
    }
  heddle_task_return_number (task, (guint64) sum);
}

/* What single calls say. */
static void
quiz_manager (gpointer data, HeddleTask *task)
{
  HeddleManager *manager = ((const Link *) data)->manager;
  gint64 value = 7;
  gboolean found = TRUE;
  guint length = 7;

  if (heddle_manager_list_pop_first (manager, task, &value, &found) != HEDDLE_SYNC_OK || found)
    heddle_task_fail_literal (task, "an entry in an empty list");
  if (heddle_manager_dict_get (manager, task, "a", &value, &found) != HEDDLE_SYNC_OK || found)
    heddle_task_fail_literal (task, "a name in an empty dictionary");
  heddle_manager_dict_set (manager, task, "a", -5);
  if (heddle_manager_dict_get (manager, task, "a", &value, &found) != HEDDLE_SYNC_OK || !found
      || value != -5)
    heddle_task_fail_literal (task, "not what was set");
  for (gint64 i = 0; i < 1000; i++)
    heddle_manager_list_append (manager, task, i);
  if (heddle_manager_list_get_length (manager, task, &length) != HEDDLE_SYNC_OK || length != 1000)
    heddle_task_fail (task, "%u entries", length);
  for (gint64 i = 0; i < 1000; i++)
    if (heddle_manager_list_pop_first (manager, task, &value, &found) != HEDDLE_SYNC_OK || !found
        || value != i)
      heddle_task_fail (task, "entry %d is %d", (int) i, (int) value);
  heddle_task_return_number (task, 1);
}

/* Asks until there is nobody to answer. */
static void
ask_for_ever (gpointer data, HeddleTask *task)
{
  const Link *self = data;
  HeddleSyncStatus status;

  do
    status = heddle_manager_dict_add (self->manager, task, "sum", 1, NULL);
  while (status == HEDDLE_SYNC_OK);
  if (status == HEDDLE_SYNC_CLOSED)
    heddle_task_return_number (task, 0);
}

/* The first attempt holds on with its question answered. */
static void
ask_and_hold (gpointer data, HeddleTask *task)
{
  const Link *self = data;
  gint64 sum = 0;

  if (heddle_manager_dict_add (self->manager, task, "sum", 1, &sum) != HEDDLE_SYNC_OK)
    return;
  if (heddle_task_get_attempt (task) == 1)
    heddle_task_sleep (task, 3600 * G_GINT64_CONSTANT (1000000000));
  heddle_task_return_number (task, (guint64) sum);
}

/* The first task waits for the last one, and those between them fail. */
static void
wait_for_last (gpointer data, HeddleTask *task)
{
  const Link *self = data;

  if (heddle_task_get_id (task) == self->n)
    heddle_flag_set (self->gate);
  else if (heddle_task_get_id (task) != 1)
    {
      /* else the run may halt before the first task has begun, and leave that out, too */
      heddle_flag_wait (self->begun, task, -1);
      heddle_task_sleep (task, 1000000);
      heddle_task_fail_literal (task, "one between");
    }
  else
    {
      heddle_flag_set (self->begun);
      if (heddle_flag_wait (self->gate, task, -1) == HEDDLE_SYNC_OK)
        heddle_task_return_number (task, 1);
    }
}

static gboolean
share_gate (gpointer data, HeddleShared *shared, GError **error)
{
  ((Link *) data)->gate = heddle_shared_flag (shared, "gate");
  ((Link *) data)->begun = heddle_shared_flag (shared, "begun");
  return TRUE;
}

#define COMMON TEST_WORKLOAD (Link), .backends = HEDDLE_BACKENDS_ALL, .produce = produce
#define TOGETHER COMMON, .parties = all_at_once

const HeddleWorkload test_link_workloads[] = {
  { TOGETHER, .id = "pipe", .share = share_pipe, .execute = through_pipe },
  { TOGETHER, .id = "gated-pipe", .share = share_pipe, .execute = gated_pipe },
  { TOGETHER, .id = "stopped-pipe", .share = share_pipe, .execute = only_write },
  { TOGETHER, .id = "manager", .share = share_manager, .execute = ask_manager },
  { TOGETHER, .id = "manager-quiz", .share = share_manager, .execute = quiz_manager },
  { TOGETHER, .id = "manager-for-ever", .share = share_manager, .execute = ask_for_ever },
  { COMMON, .id = "wait-for-last", .share = share_gate, .execute = wait_for_last },
  { TOGETHER, .id = "manager-hold", .share = share_manager, .execute = ask_and_hold },
  { .id = NULL },
};
