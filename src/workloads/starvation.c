/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <glib/gi18n-lib.h>

#include "engine/sync/shared.h"
#include "engine/task/task.h"
#include "trace/clock.h"
#include "workloads/common.h"
#include "workloads/list.h"

#define MAX_WORKERS 12

typedef enum { SCENE_READERS, SCENE_GREEDY } Scene;

typedef struct {
  HeddleRange tasks; /* first */
  Scene scene;
  gboolean fair;
  gint64 seconds_ns;
  gint64 hold_ns;
  HeddleRwLock *book;       /* SCENE_READERS */
  HeddleMutex *lock;
  HeddleCondition *called;  /* fair: another number is served */
  HeddleValue *next_ticket; /* fair */
  HeddleValue *now_served;  /* fair; guarded by lock */
  HeddleValue *turns[MAX_WORKERS];
  HeddleBarrier *start;
  HeddleBarrier *end;
} Starvation;

static const char *const scenes[] = { "readers", "greedy", NULL };
static const char *const scene_names[] = {
  N_("Readers against a writer"), N_("One greedy worker against modest ones"), NULL,
};

static const HeddleParam params[] = {
  { .name = "scene", .label = N_("Scenario"), .type = HEDDLE_PARAM_CHOICE, .initial = "readers",
    .choices = scenes, .choice_names = scene_names,
    .description = N_("Which workers want which locks."),
    .field = HEDDLE_FIELD (Starvation, scene) },
  { .name = "fair", .label = N_("Fair"), .type = HEDDLE_PARAM_SWITCH, .initial = "off",
    .description = N_("Whether no reader may enter while the writer waits, or the lock is given in the order of asking (a ticket lock)."),
    .field = HEDDLE_FIELD (Starvation, fair) },
  { .name = "others", .label = N_("Others"), .initial = "3", .min = 1, .max = MAX_WORKERS - 1,
    .description = N_("Number of readers, or of modest workers."),
    .field = HEDDLE_FIELD (Starvation, tasks.n) },
  { .name = "seconds", .label = N_("Seconds"), .initial = "3", .max = 3600, .step = 0.1,
    .unit = N_("s"), .description = N_("Time that all workers go on."),
    .field = HEDDLE_FIELD (Starvation, seconds_ns) },
  { .name = "hold", .label = N_("Time per turn"), .initial = "2", .max = 1000, .step = 0.1,
    .unit = N_("ms"), .description = N_("Time that each worker keeps the lock."),
    .field = HEDDLE_FIELD (Starvation, hold_ns) },
};

static gpointer
starvation_open (const HeddleSettings *settings, GError **error)
{
  Starvation *self = heddle_settings_open (settings, error);

  self->tasks.n++; /* the writer, or the greedy worker */
  return self;
}

static gboolean
starvation_share (gpointer data, HeddleShared *shared, GError **error)
{
  Starvation *self = data;
  gboolean readers = self->scene == SCENE_READERS;

  self->book = heddle_shared_rw_lock (shared, N_("book"), self->fair);
  self->lock = heddle_shared_mutex (shared, N_("lock"));
  self->called = heddle_shared_condition (shared, N_("next please"));
  self->next_ticket = heddle_shared_value (shared, N_("next ticket"), 0, FALSE);
  self->now_served = heddle_shared_value (shared, N_("now served"), 0, self->fair && !readers);
  self->start = heddle_shared_barrier (shared, N_("start"), self->tasks.n);
  self->end = heddle_shared_barrier (shared, N_("end"), self->tasks.n);
  for (guint i = 0; i < self->tasks.n; i++)
    {
      char name[32];

      if (i == 0)
        g_strlcpy (name, readers ? N_("turns: writer") : N_("turns: greedy"), sizeof name);
      else
        g_snprintf (name, sizeof name, readers ? N_("turns: reader %u") : N_("turns: modest %u"), i);
      self->turns[i] = heddle_shared_value (shared, name, 0, TRUE);
    }
  return TRUE;
}

/* Computes for as long as it keeps the lock. */
static void
use (const Starvation *self)
{
  gint64 until = heddle_clock_monotonic_ns () + self->hold_ns;

  while (heddle_clock_monotonic_ns () < until)
    ;
}

/* A ticket lock: the worker that asked first is served first. It holds the plain lock only while it
 * looks at the number that is served. */
static gboolean
take_turn_fairly (const Starvation *self, HeddleTask *task)
{
  gint64 ticket = heddle_value_add (self->next_ticket, 1) - 1;

  if (!HEDDLE_SYNC_ACQUIRED (heddle_mutex_lock (self->lock, task)))
    return FALSE;
  while (heddle_value_get (self->now_served) != ticket)
    if (!HEDDLE_SYNC_ACQUIRED (heddle_condition_wait (self->called, self->lock, task, -1)))
      return FALSE;
  heddle_mutex_unlock (self->lock, task);
  return TRUE;
}

static gboolean
end_turn_fairly (const Starvation *self, HeddleTask *task)
{
  if (!HEDDLE_SYNC_ACQUIRED (heddle_mutex_lock (self->lock, task)))
    return FALSE;
  heddle_value_add (self->now_served, 1);
  heddle_condition_broadcast (self->called);
  heddle_mutex_unlock (self->lock, task);
  return TRUE;
}

static gboolean
take (const Starvation *self, HeddleTask *task, guint nth)
{
  if (self->scene == SCENE_READERS)
    return HEDDLE_SYNC_ACQUIRED (nth == 0 ? heddle_rw_lock_write (self->book, task)
                                          : heddle_rw_lock_read (self->book, task));
  return self->fair ? take_turn_fairly (self, task)
                    : HEDDLE_SYNC_ACQUIRED (heddle_mutex_lock (self->lock, task));
}

static gboolean
give (const Starvation *self, HeddleTask *task)
{
  if (self->scene == SCENE_READERS)
    heddle_rw_lock_unlock (self->book, task);
  else if (self->fair)
    return end_turn_fairly (self, task);
  else
    heddle_mutex_unlock (self->lock, task);
  return TRUE;
}

/* One turn. Returns FALSE when the run is being stopped. */
static gboolean
take_turn (const Starvation *self, HeddleTask *task, guint nth, gint64 *longest)
{
  gint64 asked = heddle_clock_monotonic_ns ();
  gboolean go_on = TRUE;

  if (!take (self, task, nth))
    return FALSE;
  *longest = MAX (*longest, heddle_clock_monotonic_ns () - asked);
  heddle_value_add (self->turns[nth], 1);
  if (self->scene == SCENE_GREEDY)
    use (self);
  else
    /* readers read for different times: otherwise all would come and go together */
    go_on = heddle_task_sleep (task, self->hold_ns + self->hold_ns * nth / self->tasks.n);
  return give (self, task) && go_on;
}

static void
report (const Starvation *self, HeddleTask *task, guint nth, gint64 longest)
{
  gint64 own = heddle_value_get (self->turns[nth]);
  gint64 all = 0;

  for (guint i = 0; i < self->tasks.n; i++)
    all += heddle_value_get (self->turns[i]);
  heddle_task_return_printf (task, _("%llu of %llu turns (%.1f %%), longest wait %.1f ms"),
                             (unsigned long long) own, (unsigned long long) all,
                             all > 0 ? 100.0 * (double) own / (double) all : 0,
                             (double) longest / 1e6);
}

static void
starvation_execute (gpointer data, HeddleTask *task)
{
  const Starvation *self = data;
  guint nth = (guint) (heddle_task_get_id (task) - 1);
  gint64 longest = 0;
  gint64 end;

  if (!HEDDLE_SYNC_ACQUIRED (heddle_barrier_wait (self->start, task, NULL)))
    return;
  end = heddle_clock_monotonic_ns () + self->seconds_ns;
  do
    {
      if (!take_turn (self, task, nth, &longest))
        return;
      /* readers and the greedy worker want the lock again at once */
      if ((self->scene == SCENE_READERS) == (nth == 0) && !heddle_task_sleep (task, self->hold_ns))
        return;
      if (heddle_task_is_cancelled (task))
        return;
    }
  while (heddle_clock_monotonic_ns () < end);
  /* no worker reports its share before all turns are counted */
  if (HEDDLE_SYNC_ACQUIRED (heddle_barrier_wait (self->end, task, NULL)))
    report (self, task, nth, longest);
}

static void
starvation_label (gpointer data, guint64 id, char *buffer, gsize size)
{
  const Starvation *self = data;

  if (self->scene == SCENE_READERS && id == 1)
    g_strlcpy (buffer, _("the writer"), size);
  else if (self->scene == SCENE_READERS)
    g_snprintf (buffer, size, _("reader %u"), (guint) id - 1);
  else if (id == 1)
    g_strlcpy (buffer, _("the greedy worker"), size);
  else
    g_snprintf (buffer, size, _("modest worker %u"), (guint) id - 1);
}

static const HeddlePreset tries[] = {
  { N_("Fair"), "fair=on" },
  { N_("One greedy worker against modest ones"), "scene=greedy fair=off" },
  { N_("The same with tickets"), "scene=greedy fair=on" },
  { N_("On processes"), "backend=processes" },
  { NULL },
};

const HeddleWorkload heddle_workload_starvation = {
  .id = "starvation",
  .name = N_("Starvation"),
  .summary = N_("Some workers take the lock again and again; others hardly ever get it."),
  .badge = N_("locks"),
  .about = N_("A writer wants a book for itself; readers may read it together, and want it again as soon as they have put it down. Nearly always one of them is "
    "reading, so the writer keeps waiting. Nobody is stuck, as in a deadlock, and yet one worker makes no progress: it starves.\n"
    "\n"
    "What to look for: in the table “Workers” the writer waits for “book” nearly all the time. (The readers' lanes are grey, too: reading is a sleep here.) The counters under “Shared” show how many turns each worker had; the results show its share of "
    "all turns and its longest wait. Switch “Fair” on: while the writer waits no other reader enters, and the writer gets its turns.\n"
    "\n"
    "The other scenario is a plain lock and a greedy worker that takes it again as soon as it has released it, while modest workers pause. A lock has no queue: a sleeping "
    "worker that is woken may find the lock taken again. The greedy worker has more turns than any other, and now and then a modest worker is passed over many times in a row. With “Fair” on it is a ticket lock: turns go in the order of asking."),
  .notes = N_("The notes do not name starvation. They say of preemptive multitasking that threads are interrupted “to ensure fair CPU time distribution”.\n"
    "\n"
    "The processor is shared fairly; a lock is not, unless it is designed to be. Measured here with the defaults, on two processors: the writer had hardly a turn in three "
    "seconds, and with “Fair” on about every fourth one. Fairness has its price: all workers together had fewer turns."),
  .tries = tries,
  .group = HEDDLE_GROUP_FAILURES,
  .backends = HEDDLE_BACKENDS_CONCURRENT,
  .default_backend = HEDDLE_BACKEND_THREADS,
  .default_workers = 4,
  .ordered = TRUE,
  .params = params,
  .n_params = G_N_ELEMENTS (params),
  .data_size = sizeof (Starvation),
  .open = starvation_open,
  .share = starvation_share,
  .parties = heddle_range_get_n,
  .produce = heddle_range_produce,
  .execute = starvation_execute,
  .label = starvation_label,
};
