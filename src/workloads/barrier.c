/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <glib/gi18n-lib.h>
#include <stdatomic.h>

#include "engine/sync/shared.h"
#include "engine/task/task.h"
#include "trace/clock.h"
#include "workloads/common.h"
#include "workloads/list.h"
#include "workloads/sharing.h"

typedef struct {
  HeddleRange tasks; /* first */
  guint n_phases;
  gint64 min_ns, max_ns;
  gboolean meet;
  guint seed;
  HeddleBarrier *barrier;
  HeddleMutex *count_lock;
  HeddleValue *phase; /* the last one that all have begun */
  HeddleValue *lead;  /* the most phases that a task was ahead of another */
  HeddleEnd end;
  _Atomic gint32 *phases; /* each task's, from 1 */
} Phases;

static const HeddleParam params[] = {
  { .name = "parties", .label = N_("Tasks"), .initial = "3", .min = 1, .max = 64,
    .description = N_("Number of tasks that work in phases."),
    .field = HEDDLE_FIELD (Phases, tasks.n) },
  { .name = "phases", .label = N_("Phases"), .initial = "5", .min = 1, .max = 10000,
    .description = N_("Number of phases."), .field = HEDDLE_FIELD (Phases, n_phases) },
  { .name = "min-work", .label = N_("Shortest work"), .initial = "0.05", .max = 60, .step = 0.01,
    .unit = N_("s"), .description = N_("Shortest time that a task needs for a phase."),
    .field = HEDDLE_FIELD (Phases, min_ns) },
  { .name = "max-work", .label = N_("Longest work"), .initial = "0.4", .max = 60, .step = 0.01,
    .unit = N_("s"), .description = N_("Longest time that a task needs for a phase."),
    .field = HEDDLE_FIELD (Phases, max_ns) },
  { .name = "barrier", .label = N_("Barrier"), .type = HEDDLE_PARAM_SWITCH, .initial = "on",
    .description = N_("Whether the tasks wait for each other between the phases."),
    .field = HEDDLE_FIELD (Phases, meet) },
  HEDDLE_PARAM_SEED (Phases, seed),
};

static const HeddlePreset tries[] = {
  { N_("With the barrier"), "barrier=on" },
  { N_("Without the barrier"), "barrier=off" },
  { N_("Six tasks"), "parties=6 barrier=on" },
  { NULL, NULL },
};

static gpointer
phases_open (const HeddleSettings *settings, GError **error)
{
  if (!heddle_settings_check_order (settings, "min-work", "max-work", error))
    return NULL;
  return heddle_settings_open (settings, error);
}

static gboolean
phases_share (gpointer data, HeddleShared *shared, GError **error)
{
  Phases *self = data;

  self->barrier = heddle_shared_barrier (shared, N_("phase"), self->tasks.n);
  self->count_lock = heddle_shared_mutex (shared, N_("count"));
  self->phase = heddle_shared_value (shared, N_("phase of all"), 0, TRUE);
  self->lead = heddle_shared_value (shared, N_("longest lead"), 0, TRUE);
  heddle_end_share (&self->end, shared, self->tasks.n);
  self->phases = heddle_shared_bytes (shared, "phases", sizeof *self->phases * self->tasks.n);
  return TRUE;
}

/* Stores which phase this task has begun, and how far it is ahead of the slowest. FALSE: the task
 * should end. */
static gboolean
begin_phase (Phases *self, HeddleTask *task, guint phase)
{
  gint32 least = (gint32) phase;

  if (!HEDDLE_SYNC_ACQUIRED (heddle_mutex_lock (self->count_lock, task)))
    return FALSE;
  atomic_store (&self->phases[heddle_task_get_id (task) - 1], (gint32) phase);
  for (guint i = 0; i < self->tasks.n; i++)
    least = MIN (least, atomic_load (&self->phases[i]));
  heddle_value_raise (self->lead, (gint64) phase - least);
  heddle_value_set (self->phase, least);
  heddle_mutex_unlock (self->count_lock, task);
  return TRUE;
}

/*
 * Where a task begins: with the first phase, or where it was when its worker died. If another task
 * is further by now, or has ended, all have met after that phase already: the barrier would count
 * this one for the next phase if it came a second time.
 */
static guint
first_phase (const Phases *self, HeddleTask *task)
{
  gint32 mine = atomic_load (&self->phases[heddle_task_get_id (task) - 1]);
  gint32 furthest = 0;

  if (mine == 0)
    return 1;
  for (guint i = 0; i < self->tasks.n; i++)
    furthest = MAX (furthest, atomic_load (&self->phases[i]));
  return (guint) (self->meet && furthest > mine ? mine + 1 : mine);
}

static void
phases_execute (gpointer data, HeddleTask *task)
{
  Phases *self = data;
  HeddleRandom random;
  gint64 waited = 0;
  guint n_last = 0;

  heddle_random_init (&random, self->seed, heddle_task_get_id (task));
  for (guint phase = first_phase (self, task); phase <= self->n_phases; phase++)
    {
      gboolean last = FALSE;
      gint64 arrived;

      if (!begin_phase (self, task, phase)
          || !heddle_task_sleep (task, heddle_random_between (&random, self->min_ns, self->max_ns)))
        return;
      arrived = heddle_clock_monotonic_ns ();
      if (self->meet && !HEDDLE_SYNC_ACQUIRED (heddle_barrier_wait (self->barrier, task, &last)))
        return;
      waited += heddle_clock_monotonic_ns () - arrived;
      n_last += last;
      if (last)
        heddle_task_print (task, _("Phase %u has ended: all %u tasks have arrived."), phase,
                           self->tasks.n);
      heddle_task_set_progress (task, (double) phase / self->n_phases);
    }
  atomic_store (&self->phases[heddle_task_get_id (task) - 1], (gint32) self->n_phases + 1);
  if (heddle_end_is_last (&self->end, task))
    heddle_task_print (task, _("Longest lead of a task over another, in phases: %lld"),
                       (long long) heddle_value_get (self->lead));
  if (self->meet)
    heddle_task_return_printf (task, _("waited %.2f s for the others; times it was last: %u"),
                               (double) waited / 1e9, n_last);
  else
    heddle_task_return_text (task, _("did not wait"), -1);
}

static void
phases_label (gpointer data, guint64 id, char *buffer, gsize size)
{
  g_snprintf (buffer, size, _("party %llu"), (unsigned long long) id);
}

const HeddleWorkload heddle_workload_barrier = {
  .id = "barrier",
  .name = N_("Barrier"),
  .summary = N_("Tasks work in phases, and begin the next one only when all have finished the last."),
  .about = N_("Many computations go in rounds: every worker computes its part from the results of all the others in the last round. So no worker may begin a round "
              "before all have finished the one before. A barrier ensures that: a worker that arrives waits, and the last one to arrive lets all of them go on.\n"
              "\n"
              "What to look for: the log says when each phase has ended. In every phase each task works for a random time (it sleeps, so the lanes show a wait) and then waits for the slowest; the results say how long: that is the "
              "price. Switch “Barrier” off and the run is shorter, but the tasks drift apart: “longest lead” says by how many phases.\n"
              "\n"
              "With the barrier the lead is at most one phase, and only while the others are being woken."),
  .notes = N_("The notes do not mention threading.Barrier. It is shown here because programs without it build a barrier from a lock, a counter and a condition, and often wrongly."),
  .tries = tries,
  .group = HEDDLE_GROUP_SHARING,
  .backends = HEDDLE_BACKENDS_CONCURRENT,
  .default_backend = HEDDLE_BACKEND_THREADS,
  .default_workers = 3,
  .params = params,
  .n_params = G_N_ELEMENTS (params),
  .data_size = sizeof (Phases),
  .open = phases_open,
  .share = phases_share,
  .parties = heddle_range_get_n,
  .produce = heddle_range_produce,
  .execute = phases_execute,
  .label = phases_label,
};
