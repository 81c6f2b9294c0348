/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <glib/gi18n-lib.h>

#include "engine/sync/shared.h"
#include "engine/task/task.h"
#include "workloads/common.h"
#include "workloads/list.h"
#include "workloads/sharing.h"

typedef enum { KIND_RECURSIVE, KIND_PLAIN } Kind;

typedef struct {
  HeddleRange tasks; /* first */
  guint depth;
  gint64 step_ns;
  Kind kind;
  HeddleMutex *lock;
  HeddleValue *deepest;
} Nest;

static const char *const kinds[] = { "recursive", "plain", NULL };
static const char *const kind_names[] = { N_("Recursive"), N_("Plain"), NULL };

static const HeddleParam params[] = {
  { .name = "tasks", .label = N_("Tasks"), .initial = "2", .min = 1, .max = 64,
    .description = N_("Number of tasks that call the function."),
    .field = HEDDLE_FIELD (Nest, tasks.n) },
  { .name = "depth", .label = N_("Depth"), .initial = "3", .min = 1, .max = 1000,
    .description = N_("How many times each task takes the lock; the function calls itself one time less."),
    .field = HEDDLE_FIELD (Nest, depth) },
  { .name = "seconds", .label = N_("Time in each call"), .initial = "0.1", .max = 3600,
    .step = 0.01, .unit = N_("s"),
    .description = N_("Time that each call takes."), .field = HEDDLE_FIELD (Nest, step_ns) },
  { .name = "lock", .label = N_("Kind of lock"), .type = HEDDLE_PARAM_CHOICE,
    .initial = "recursive", .choices = kinds, .choice_names = kind_names,
    .description = N_("Whether the worker that holds the lock may lock it again: a recursive lock allows that, a plain one does not."),
    .field = HEDDLE_FIELD (Nest, kind) },
};

static const HeddlePreset tries[] = {
  { N_("Recursive lock"), "lock=recursive" },
  { N_("Plain lock"), "lock=plain" },
  { N_("Plain lock, locked once"), "lock=plain depth=1" },
  { NULL, NULL },
};

static gboolean
nest_share (gpointer data, HeddleShared *shared, GError **error)
{
  Nest *self = data;

  self->lock = self->kind == KIND_RECURSIVE ? heddle_shared_recursive_mutex (shared, N_("lock"))
                               : heddle_shared_mutex (shared, N_("lock"));
  self->deepest = heddle_shared_value (shared, N_("times locked"), 0, TRUE);
  return TRUE;
}

/* Locks, and calls itself while it holds the lock. FALSE: it cannot go on; each call has unlocked
 * what it locked. */
static gboolean
go_down (Nest *self, HeddleTask *task, guint level)
{
  gboolean go_on;

  if (!HEDDLE_SYNC_ACQUIRED (heddle_mutex_lock (self->lock, task)))
    return FALSE;
  heddle_value_set (self->deepest, level);
  heddle_task_print (task, _("Locked: %u of %u"), level, self->depth);
  go_on = heddle_task_sleep (task, self->step_ns)
    && (level == self->depth || go_down (self, task, level + 1));
  heddle_value_set (self->deepest, level - 1);
  heddle_mutex_unlock (self->lock, task);
  return go_on;
}

static void
nest_execute (gpointer data, HeddleTask *task)
{
  Nest *self = data;

  if (!go_down (self, task, 1))
    return;
  heddle_task_print (task, _("Unlocked as often as locked: the lock is free"));
  heddle_task_return_printf (task,
                             g_dngettext (GETTEXT_PACKAGE, "locked and unlocked %u time",
                                          "locked and unlocked %u times", self->depth),
                             self->depth);
}

static void
nest_label (gpointer data, guint64 id, char *buffer, gsize size)
{
  g_snprintf (buffer, size, _("call %llu"), (unsigned long long) id);
}

const HeddleWorkload heddle_workload_recursive_lock = {
  .id = "recursive-lock",
  .name = N_("Recursive lock"),
  .summary = N_("A function takes a lock and calls itself: with a recursive lock it works, with a plain lock it is a deadlock."),
  .about = N_("A function takes a lock and then calls another one, or itself, that takes the same lock. A recursive lock knows which worker holds it, lets that "
              "worker lock it again and counts; it is free when it has been unlocked as often. For all other workers it is a lock like any other.\n"
              "\n"
              "What to look for: the function calls itself twice, so the lock is taken three times. The log counts up to three for one worker, and only then begins for the other, which has been waiting.\n"
              "\n"
              "Then choose “Plain” as the kind of lock. The second attempt would wait for the lock to become free, and the only worker that could free it is the "
              "one that waits. Most programs then hang without a message. Here the task fails at once and says why, its lock is released, and the next task fails in the same way. With a depth of 1 the plain lock is enough, since no task locks twice."),
  .notes = N_("The notes: threading.RLock “allows a thread to acquire the lock multiple times without causing a deadlock”. The same lock is used here, between threads and "
              "between processes; the plain lock shows the deadlock that they mean."),
  .tries = tries,
  .group = HEDDLE_GROUP_SHARING,
  .backends = HEDDLE_BACKENDS_CONCURRENT,
  .default_backend = HEDDLE_BACKEND_THREADS,
  .default_workers = 2,
  .params = params,
  .n_params = G_N_ELEMENTS (params),
  .data_size = sizeof (Nest),
  .share = nest_share,
  .parties = heddle_range_get_n,
  .produce = heddle_range_produce,
  .execute = nest_execute,
  .label = nest_label,
};
