/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <glib/gi18n-lib.h>
#include <math.h>

#include "engine/run/producer.h"
#include "engine/sync/shared.h"
#include "engine/task/task.h"
#include "trace/clock.h"
#include "workloads/list.h"

/*
 * N locks in a circle; worker i uses lock i and the next one. Two workers with two locks use the
 * same two in opposite order; more are the dining philosophers.
 */
#define MAX_PARTIES 32

typedef enum { SCENE_TWO_LOCKS, SCENE_PHILOSOPHERS } Scene;
typedef enum { CURE_NONE, CURE_ORDER, CURE_TRY } Cure;

typedef struct {
  Scene scene;
  Cure cure;
  guint n_parties;
  guint n_meals;
  gint64 hold_ns;
  HeddleMutex *locks[MAX_PARTIES];
  HeddleValue *meals[MAX_PARTIES];
  HeddleBarrier *all_hold_one;
} Deadlock;

static const char *const scenes[] = { "two-locks", "philosophers", NULL };
static const char *const scene_names[] = { N_("Two locks in opposite order"),
                                           N_("Dining philosophers"), NULL };
static const char *const cures[] = { "none", "order", "try-lock", NULL };
static const char *const cure_names[] = { N_("None"), N_("The same order for all"),
                                          N_("Try, release, wait a little"), NULL };

static const HeddleParam params[] = {
  {
    .name = "scene",
    .label = N_("Scenario"),
    .description = N_("Which workers want which locks."),
    .type = HEDDLE_PARAM_CHOICE,
    .initial = "two-locks",
    .choices = scenes,
    .choice_names = scene_names,
  },
  {
    .name = "cure",
    .label = N_("Solution"),
    .description = N_("What prevents the workers from waiting for ever."),
    .type = HEDDLE_PARAM_CHOICE,
    .initial = "none",
    .choices = cures,
    .choice_names = cure_names,
  },
  {
    .name = "philosophers",
    .label = N_("Philosophers"),
    .description = N_("Number of philosophers at the table."),
    .type = HEDDLE_PARAM_NUMBER,
    .initial = "5",
    .min = 2,
    .max = MAX_PARTIES,
    .step = 1,
  },
  {
    .name = "rounds",
    .label = N_("Rounds"),
    .description = N_("How often each worker takes both locks."),
    .type = HEDDLE_PARAM_NUMBER,
    .initial = "5",
    .min = 1,
    .max = 100000,
    .step = 1,
  },
  {
    .name = "seconds",
    .label = N_("Seconds"),
    .description = N_("Time that each worker works with both locks held, and then pauses."),
    .type = HEDDLE_PARAM_NUMBER,
    .initial = "0.05",
    .min = 0,
    .max = 60,
    .step = 0.01,
    .unit = N_("s"),
  },
};

static gpointer
deadlock_open (const HeddleSettings *settings, GError **error)
{
  Deadlock *self = g_new0 (Deadlock, 1);

  self->scene = (Scene) heddle_settings_get_choice (settings, "scene");
  self->cure = (Cure) heddle_settings_get_choice (settings, "cure");
  self->n_parties = self->scene == SCENE_TWO_LOCKS
    ? 2
    : (guint) heddle_settings_get_number (settings, "philosophers");
  self->n_meals = (guint) heddle_settings_get_number (settings, "rounds");
  self->hold_ns = llround (heddle_settings_get_number (settings, "seconds") * 1e9);
  return self;
}

static gboolean
deadlock_share (gpointer data, HeddleShared *shared, GError **error)
{
  Deadlock *self = data;

  for (guint i = 0; i < self->n_parties; i++)
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
  self->all_hold_one = heddle_shared_barrier (shared, N_("one for each"), self->n_parties);
  return TRUE;
}

static guint
deadlock_parties (gpointer data)
{
  return ((const Deadlock *) data)->n_parties;
}

static gboolean
deadlock_produce (gpointer data, HeddleProducer *producer, GError **error)
{
  const Deadlock *self = data;

  heddle_producer_set_total (producer, self->n_parties);
  heddle_producer_submit_range (producer, self->n_parties);
  return TRUE;
}

/* The two locks of a worker, in the order in which it takes them. */
static void
find_locks (const Deadlock *self, guint nth, HeddleMutex **first, HeddleMutex **second)
{
  guint one = nth;
  guint other = (nth + 1) % self->n_parties;

  if (self->cure == CURE_ORDER && other < one)
    {
      one = other;
      other = nth;
    }
  *first = self->locks[one];
  *second = self->locks[other];
}

/* Random, so that those who give back do not try again in step for ever. */
static gboolean
wait_a_little (HeddleTask *task, guint64 *state)
{
  *state ^= *state << 13;
  *state ^= *state >> 7;
  *state ^= *state << 17;
  return heddle_task_sleep (task, 100000 + (gint64) (*state % 2000000));
}

/* Takes both locks. Returns FALSE with none in hand when it was not to be. */
static gboolean
take_both (const Deadlock *self, HeddleTask *task, gboolean together, HeddleMutex *first,
           HeddleMutex *second, guint *n_given_back, guint64 *random)
{
  while (TRUE)
    {
      HeddleSyncStatus status;

      if (!HEDDLE_SYNC_ACQUIRED (heddle_mutex_lock (first, task)))
        return FALSE;
      /* all of them have their first lock before one asks for its second: what happens once in many
       * runs then happens in each */
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
      if (!wait_a_little (task, random))
        return FALSE;
    }
}

static void
deadlock_execute (gpointer data, HeddleTask *task)
{
  const Deadlock *self = data;
  guint nth = (guint) (heddle_task_get_id (task) - 1);
  guint64 random = (heddle_task_get_id (task) + 1) * G_GUINT64_CONSTANT (0x9e3779b97f4a7c15);
  g_autofree char *result = NULL;
  HeddleMutex *first, *second;
  guint n_given_back = 0;

  find_locks (self, nth, &first, &second);
  for (guint i = 0; i < self->n_meals; i++)
    {
      /* once only: whoever fails does not come a second time */
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
  result = g_strdup_printf (_("took both locks %u times, released the first one early %u times"),
                            self->n_meals, n_given_back);
  heddle_task_return_text (task, result, -1);
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
  .backends = HEDDLE_BACKEND_BIT (HEDDLE_BACKEND_THREADS)
    | HEDDLE_BACKEND_BIT (HEDDLE_BACKEND_PROCESSES)
    | HEDDLE_BACKEND_BIT (HEDDLE_BACKEND_THREAD_PER_TASK)
    | HEDDLE_BACKEND_BIT (HEDDLE_BACKEND_PROCESS_PER_TASK),
  .default_backend = HEDDLE_BACKEND_THREADS,
  .default_workers = 2,
  .default_queue = 64,
  .ordered = TRUE,
  .params = params,
  .n_params = G_N_ELEMENTS (params),
  .open = deadlock_open,
  .close = g_free,
  .share = deadlock_share,
  .parties = deadlock_parties,
  .produce = deadlock_produce,
  .execute = deadlock_execute,
  .label = deadlock_label,
};
