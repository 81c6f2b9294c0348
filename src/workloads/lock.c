/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <glib/gi18n-lib.h>

#include "engine/sync/shared.h"
#include "engine/task/task.h"
#include "trace/clock.h"
#include "workloads/common.h"
#include "workloads/list.h"
#include "workloads/room.h"
#include "workloads/sharing.h"

typedef enum { HOW_WAIT, HOW_TRY, HOW_LIMIT, HOW_NONE } How;

typedef struct {
  HeddleRange tasks; /* first */
  guint n_visits;
  gint64 inside_ns;
  How how;
  HeddleStart start;
  HeddleMutex *lock;
  HeddleRoom room;
  HeddleEnd end;
} Door;

static const char *const hows[] = { "wait", "try", "limit", "none", NULL };
static const char *const how_names[] = {
  N_("Wait for the lock"), N_("Try, otherwise do something else"),
  N_("Wait for half a visit at most"), N_("No lock"), NULL,
};

static const HeddleParam params[] = {
  { .name = "tasks", .label = N_("Tasks"), .initial = "3", .min = 1, .max = 64,
    .description = N_("Number of tasks that want to enter."),
    .field = HEDDLE_FIELD (Door, tasks.n) },
  { .name = "visits", .label = N_("Visits"), .initial = "4", .min = 1, .max = 100000,
    .description = N_("How often each task enters."), .field = HEDDLE_FIELD (Door, n_visits) },
  { .name = "seconds", .label = N_("Time inside"), .initial = "0.1", .max = 3600, .step = 0.01,
    .unit = N_("s"),
    .description = N_("Time that each visit takes."), .field = HEDDLE_FIELD (Door, inside_ns) },
  { .name = "how", .label = N_("When it is taken"), .type = HEDDLE_PARAM_CHOICE, .initial = "wait",
    .choices = hows, .choice_names = how_names,
    .description = N_("What a task does when the lock is taken."),
    .field = HEDDLE_FIELD (Door, how) },
};

static const HeddlePreset tries[] = {
  { N_("Wait for the lock"), "how=wait" },
  { N_("Try, otherwise do something else"), "how=try" },
  { N_("Wait with a time limit"), "how=limit" },
  { N_("Without the lock"), "how=none" },
  { NULL, NULL },
};

static gboolean
door_share (gpointer data, HeddleShared *shared, GError **error)
{
  Door *self = data;

  heddle_start_share (&self->start, shared, self->tasks.n);
  self->lock = heddle_shared_mutex (shared, N_("door"));
  heddle_room_share (&self->room, shared, N_("inside now"), N_("most inside"));
  heddle_end_share (&self->end, shared, self->tasks.n);
  return TRUE;
}

static HeddleSyncStatus
knock (Door *self, HeddleTask *task)
{
  switch (self->how)
    {
    case HOW_TRY:
      return heddle_mutex_try_lock (self->lock, task);
    case HOW_LIMIT:
      return heddle_mutex_lock_for (self->lock, task, self->inside_ns / 2);
    case HOW_NONE:
      return heddle_task_is_cancelled (task) ? HEDDLE_SYNC_CANCELLED : HEDDLE_SYNC_OK;
    case HOW_WAIT:
    default:
      return heddle_mutex_lock (self->lock, task);
    }
}

/* Enters. While the lock is taken the task does something else. FALSE: the task should end. */
static gboolean
go_in (Door *self, HeddleTask *task, guint *n_vain)
{
  HeddleSyncStatus status;

  while (!HEDDLE_SYNC_ACQUIRED (status = knock (self, task)))
    {
      if (status == HEDDLE_SYNC_CANCELLED || status == HEDDLE_SYNC_DEADLOCK)
        return FALSE;
      ++*n_vain;
      if (!heddle_task_sleep (task, MAX (self->inside_ns / 4, 100000)))
        return FALSE;
    }
  if (status == HEDDLE_SYNC_OWNER_DIED)
    /* the worker that held the lock died inside, and is not there any more */
    heddle_room_clear (&self->room);
  return TRUE;
}

static gboolean
visit (Door *self, HeddleTask *task)
{
  gboolean go_on;

  heddle_room_enter (&self->room, task);
  go_on = heddle_task_sleep (task, self->inside_ns);
  heddle_room_leave (&self->room, task);
  if (self->how != HOW_NONE)
    heddle_mutex_unlock (self->lock, task);
  return go_on;
}

static void
tell_most (Door *self, HeddleTask *task)
{
  guint n_died;
  guint most = heddle_room_get_most (&self->room, &n_died);

  heddle_task_print (task,
                     g_dngettext (GETTEXT_PACKAGE, "At most %u was inside at the same time.",
                                  "At most %u were inside at the same time.", most),
                     most);
  if (n_died > 0)
    heddle_task_print (
      task, _("Workers that died inside: %u; each was counted until its task entered again."),
      n_died);
}

static void
door_execute (gpointer data, HeddleTask *task)
{
  Door *self = data;
  gint64 waited = 0;
  guint n_vain = 0;

  if (!heddle_start_wait (&self->start, task))
    return;
  heddle_room_come_again (&self->room, task);
  for (guint i = 0; i < self->n_visits; i++)
    {
      gint64 asked = heddle_clock_monotonic_ns ();

      if (!go_in (self, task, &n_vain))
        return;
      waited += heddle_clock_monotonic_ns () - asked;
      if (!visit (self, task))
        return;
      heddle_task_set_progress (task, (double) (i + 1) / self->n_visits);
    }
  if (heddle_end_is_last (&self->end, task))
    tell_most (self, task);
  if (n_vain > 0)
    heddle_task_return_printf (
      task,
      g_dngettext (GETTEXT_PACKAGE, "%u visit, waited %.2f s to enter; failed attempts: %u",
                   "%u visits, waited %.2f s to enter; failed attempts: %u", self->n_visits),
      self->n_visits, (double) waited / 1e9, n_vain);
  else
    heddle_task_return_printf (
      task,
      g_dngettext (GETTEXT_PACKAGE, "%u visit, waited %.2f s to enter",
                   "%u visits, waited %.2f s to enter", self->n_visits),
      self->n_visits, (double) waited / 1e9);
}

static void
door_label (gpointer data, guint64 id, char *buffer, gsize size)
{
  g_snprintf (buffer, size, _("visitor %llu"), (unsigned long long) id);
}

const HeddleWorkload heddle_workload_lock = {
  .id = "lock",
  .name = N_("Lock"),
  .summary = N_("A room that only one task may enter at a time, and what the others do meanwhile."),
  .about = N_("A lock, or mutex, lets one worker in and makes the others wait until it comes out. Here every task enters the room a few times and "
              "stays for a tenth of a second. “inside now” counts the tasks in the room.\n"
              "\n"
              "What to look for: “inside now” is never above one. In the table “Workers” one worker waits for time to pass, which is its stay in the room, the others for the lock, and it says who holds "
              "it; in the lanes both look alike. Often the same worker enters again at once: a worker that comes out is awake and asks first, while the sleeping ones have to be woken. Twelve visits of 0.1 seconds take 1.2 seconds at least, however many workers there are: what happens under a lock happens one after "
              "another. So do little under a lock, and do it quickly.\n"
              "\n"
              "A task need not wait. It can try, and do something else if the lock is taken, or wait for a limited time. And it can ignore the lock: then "
              "all tasks are inside together, because a lock protects only against those that ask for it. “most inside” is counted with an atomic operation, so it is right then, too."),
  .notes = N_("The notes show threading.Lock and multiprocessing.Lock, used with “with lock:”, as the simplest means of sharing data safely. Both are this one lock here; "
              "it works the same between threads and between processes."),
  .tries = tries,
  .group = HEDDLE_GROUP_SHARING,
  .backends = HEDDLE_BACKENDS_CONCURRENT,
  .default_backend = HEDDLE_BACKEND_THREADS,
  .default_workers = 3,
  .params = params,
  .n_params = G_N_ELEMENTS (params),
  .data_size = sizeof (Door),
  .share = door_share,
  .parties = heddle_range_get_n,
  .produce = heddle_range_produce,
  .execute = door_execute,
  .label = door_label,
};
