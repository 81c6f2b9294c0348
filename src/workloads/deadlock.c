/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <glib/gi18n-lib.h>

#include "engine/sync/shared.h"
#include "engine/task/task.h"
#include "workloads/common.h"
#include "workloads/list.h"
#include "workloads/sharing.h"

/*
 * N locks in a circle: worker i uses lock i and the next one. So two workers use the same two
 * locks in opposite order; more workers are the dining philosophers.
 */
#define MAX_PARTIES 32

typedef enum { SCENE_TWO_LOCKS, SCENE_PHILOSOPHERS } Scene;
typedef enum { CURE_NONE, CURE_ORDER, CURE_TRY } Cure;

typedef struct {
  HeddleRange tasks; /* first */
  Scene scene;
  Cure cure;
  guint n_meals;
  gint64 hold_ns;
  HeddleMutex *locks[MAX_PARTIES];
  HeddleValue *meals[MAX_PARTIES];
  HeddleBarrier *all_hold_one;
} Deadlock;

static const char *const scenes[] = { "two-locks", "philosophers", NULL };
static const char *const scene_names[] = {
  N_("Two locks in opposite order"), N_("Dining philosophers"), NULL,
};
static const char *const cures[] = { "none", "order", "try-lock", NULL };
static const char *const cure_names[] = {
  N_("None"), N_("The same order for all"), N_("Try, release, wait a little"), NULL,
};

static const HeddleParam params[] = {
  { .name = "scene", .label = N_("Scenario"), .type = HEDDLE_PARAM_CHOICE, .initial = "two-locks",
    .choices = scenes, .choice_names = scene_names,
    .description = N_("Which workers want which locks."), .field = HEDDLE_FIELD (Deadlock, scene) },
  { .name = "cure", .label = N_("Solution"), .type = HEDDLE_PARAM_CHOICE, .initial = "none",
    .choices = cures, .choice_names = cure_names,
    .description = N_("What prevents the workers from waiting for ever."),
    .field = HEDDLE_FIELD (Deadlock, cure) },
  { .name = "philosophers", .label = N_("Philosophers"), .initial = "5", .min = 2,
    .max = MAX_PARTIES, .description = N_("Number of philosophers at the table."),
    .field = HEDDLE_FIELD (Deadlock, tasks.n) },
  { .name = "rounds", .label = N_("Rounds"), .initial = "5", .min = 1, .max = 100000,
    .description = N_("How often each worker takes both locks."),
    .field = HEDDLE_FIELD (Deadlock, n_meals) },
  { .name = "seconds", .label = N_("Seconds"), .initial = "0.05", .max = 60, .step = 0.01,
    .unit = N_("s"),
    .description = N_("Time that each worker works with both locks held, and then pauses."),
    .field = HEDDLE_FIELD (Deadlock, hold_ns) },
};

static gpointer
deadlock_open (const HeddleSettings *settings, GError **error)
{
  Deadlock *self = heddle_settings_open (settings, error);

  if (self->scene == SCENE_TWO_LOCKS)
    self->tasks.n = 2;
  return self;
}

static gboolean
deadlock_share (gpointer data, HeddleShared *shared, GError **error)
{
  Deadlock *self = data;

  for (guint i = 0; i < self->tasks.n; i++)
    {
      char name[32];

      if (self->scene == SCENE_TWO_LOCKS)
        g_strlcpy (name, i == 0 ? N_("lock A") : N_("lock B"), sizeof name);
      else
        g_snprintf (name, sizeof name, N_("fork %u"), i + 1);
      self->locks[i] = heddle_shared_mutex (shared, name);
      if (self->scene == SCENE_TWO_LOCKS)
        g_snprintf (name, sizeof name, N_("rounds of worker %u"), i + 1);
      else
        g_snprintf (name, sizeof name, N_("meals of %u"), i + 1);
      self->meals[i] = heddle_shared_value (shared, name, 0, TRUE);
    }
  self->all_hold_one = heddle_shared_barrier (shared, N_("one for each"), self->tasks.n);
  return TRUE;
}

/* The two locks of a worker, in the order in which it takes them. */
static void
find_locks (const Deadlock *self, guint nth, HeddleMutex **first, HeddleMutex **second)
{
  guint one = nth;
  guint other = (nth + 1) % self->tasks.n;

  if (self->cure == CURE_ORDER && other < one)
    {
      one = other;
      other = nth;
    }
  *first = self->locks[one];
  *second = self->locks[other];
}

/* Takes both locks. FALSE: neither is held, and the task should end. */
static gboolean
take_both (const Deadlock *self, HeddleTask *task, gboolean together, HeddleMutex *first,
           HeddleMutex *second, guint *n_given_back, HeddleRandom *random)
{
  while (TRUE)
    {
      HeddleSyncStatus status;

      if (!HEDDLE_SYNC_ACQUIRED (heddle_mutex_lock (first, task)))
        return FALSE;
      /* no worker asks for its second lock before all have their first: what would happen once in
       * many runs then happens in each */
      if (together && !HEDDLE_SYNC_ACQUIRED (heddle_barrier_wait (self->all_hold_one, task, NULL)))
        status = HEDDLE_SYNC_CANCELLED;
      else
        status = self->cure == CURE_TRY ? heddle_mutex_try_lock (second, task)
                                        : heddle_mutex_lock (second, task);
      if (HEDDLE_SYNC_ACQUIRED (status))
        return TRUE;
      heddle_mutex_unlock (first, task);
      if (status != HEDDLE_SYNC_BUSY)
        return FALSE;
      (*n_given_back)++;
      /* for a random time: otherwise all might try again at the same moment for ever */
      if (!heddle_task_sleep (task, heddle_random_between (random, 100000, 2100000)))
        return FALSE;
    }
}

static void
deadlock_execute (gpointer data, HeddleTask *task)
{
  const Deadlock *self = data;
  guint nth = (guint) (heddle_task_get_id (task) - 1);
  HeddleRandom random;
  HeddleMutex *first, *second;
  guint n_given_back = 0;

  heddle_random_init (&random, 1, heddle_task_get_id (task));
  find_locks (self, nth, &first, &second);
  for (guint i = 0; i < self->n_meals; i++)
    {
      /* only once: a task that has failed does not come to the barrier again */
      gboolean together = self->cure == CURE_NONE && i == 0 && heddle_task_get_attempt (task) == 1;
      gboolean go_on;

      if (!take_both (self, task, together, first, second, &n_given_back, &random))
        return;
      go_on = heddle_task_sleep (task, self->hold_ns);
      heddle_value_add (self->meals[nth], 1);
      heddle_mutex_unlock (second, task);
      heddle_mutex_unlock (first, task);
      heddle_task_set_progress (task, (double) (i + 1) / self->n_meals);
      if (!go_on || !heddle_task_sleep (task, self->hold_ns))
        return;
    }
  heddle_task_return_printf (
    task, _("took both locks %u times, released the first one early %u times"), self->n_meals,
    n_given_back);
}

static void
deadlock_label (gpointer data, guint64 id, char *buffer, gsize size)
{
  const Deadlock *self = data;

  if (self->scene == SCENE_PHILOSOPHERS)
    g_snprintf (buffer, size, _("philosopher %u"), (guint) id);
  else if (id == 1 || self->cure == CURE_ORDER)
    g_strlcpy (buffer, _("first lock A, then lock B"), size);
  else
    g_strlcpy (buffer, _("first lock B, then lock A"), size);
}

static const HeddlePreset tries[] = {
  { N_("Solution: the same order"), "cure=order" },
  { N_("Solution: try and release"), "cure=try-lock" },
  { N_("Five philosophers"), "scene=philosophers cure=none" },
  { N_("Five philosophers, solved"), "scene=philosophers cure=order" },
  { N_("On processes"), "backend=processes" },
  { NULL },
};

const HeddleWorkload heddle_workload_deadlock = {
  .id = "deadlock",
  .name = N_("Deadlock"),
  .summary = N_("Each worker holds one lock and waits for the next, for ever."),
  .badge = N_("locks"),
  .about = N_("Each worker needs two locks for its work. It takes one, then the other. If the first has A and wants B while the second has B and wants A, neither will "
    "ever go on. The dining philosophers are the same with more workers: each has taken the fork on the left and waits for the one on the right.\n"
    "\n"
    "What to look for: the lanes show waits, and the table “Workers” says which worker waits for what and which one holds it. Other programs would hang now; but "
    "Heddle looks for cycles of waiting workers, says in the log which worker waits for which, and lets tasks in the cycle fail, so that the run ends by itself. A worker that gets a lock which was released in time goes on.\n"
    "\n"
    "Two solutions: if all workers take the locks in the same order, there can be no cycle. Or a worker tries the second lock, and if it is taken releases "
    "the first one, waits a little and begins again; that works here, but costs some attempts: the results say how many.\n"
    "\n"
    "To make the deadlock happen in every run and not once in a thousand, each worker without a solution at first waits with one lock until all have one."),
  .notes = N_("The notes name deadlocks once: multithreading can make “the program more complex and harder to debug due to race conditions, deadlocks, and synchronization issues”. "
    "They say that between processes, which share no memory, “issues related to locking, race conditions, and data corruption can be avoided”.\n"
    "\n"
    "Processes that share a lock have the same problem: choose processes, and the same deadlock happens."),
  .tries = tries,
  .group = HEDDLE_GROUP_FAILURES,
  .backends = HEDDLE_BACKENDS_CONCURRENT,
  .default_backend = HEDDLE_BACKEND_THREADS,
  .default_workers = 2,
  .ordered = TRUE,
  .params = params,
  .n_params = G_N_ELEMENTS (params),
  .data_size = sizeof (Deadlock),
  .open = deadlock_open,
  .share = deadlock_share,
  .parties = heddle_range_get_n,
  .produce = heddle_range_produce,
  .execute = deadlock_execute,
  .label = deadlock_label,
};
