/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <glib/gi18n-lib.h>
#include <stdatomic.h>

#include "engine/run/producer.h"
#include "engine/sync/shared.h"
#include "engine/task/task.h"
#include "trace/clock.h"
#include "workloads/list.h"
#include "workloads/sharing.h"

typedef struct {
  guint n_parties;
  guint n_phases;
  gint64 min_ns, max_ns;
  gboolean meet;
  guint seed;
  HeddleBarrier *barrier;
  HeddleMutex *count_lock;
  HeddleValue *phase; /* the last one that all have begun */
  HeddleValue *lead;  /* the most phases that one was ahead of another */
  HeddleEnd end;
  _Atomic gint32 *phases; /* each task's, from 1 */
} Phases;

static const HeddleParam params[] = {
  HEDDLE_SHARING_WHOLE ("parties", N_("Tasks"), N_("Number of tasks that work in phases."), "3",
                        1, 64),
  HEDDLE_SHARING_WHOLE ("phases", N_("Phases"), N_("Number of phases."), "5", 1, 10000),
  HEDDLE_SHARING_SECONDS ("min-work", N_("Shortest work"),
                          N_("Shortest time that a task needs for a phase."), "0.05", 60),
  HEDDLE_SHARING_SECONDS ("max-work", N_("Longest work"),
                          N_("Longest time that a task needs for a phase."), "0.4", 60),
  HEDDLE_SHARING_SWITCH ("barrier", N_("Barrier"),
                         N_("Whether the tasks wait for each other between the phases."), "on"),
  HEDDLE_SHARING_SEED,
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
  Phases *self;

  if (!heddle_settings_check_order (settings, "min-work", "max-work", error))
    return NULL;
  self = g_new0 (Phases, 1);
  self->n_parties = heddle_settings_get_uint (settings, "parties");
  self->n_phases = heddle_settings_get_uint (settings, "phases");
  self->min_ns = heddle_settings_get_ns (settings, "min-work");
  self->max_ns = heddle_settings_get_ns (settings, "max-work");
  self->meet = heddle_settings_get_switch (settings, "barrier");
  self->seed = heddle_settings_get_uint (settings, "seed");
  return self;
}

static gboolean
phases_share (gpointer data, HeddleShared *shared, GError **error)
{
  Phases *self = data;

  self->barrier = heddle_shared_barrier (shared, N_("phase"), self->n_parties);
  self->count_lock = heddle_shared_mutex (shared, N_("count"));
  self->phase = heddle_shared_value (shared, N_("phase of all"), 0, TRUE);
  self->lead = heddle_shared_value (shared, N_("longest lead"), 0, TRUE);
  heddle_end_share (&self->end, shared, self->n_parties);
  self->phases = heddle_shared_bytes (shared, "phases", sizeof *self->phases * self->n_parties);
  return TRUE;
}

static guint
phases_parties (gpointer data)
{
  return ((const Phases *) data)->n_parties;
}

static gboolean
phases_produce (gpointer data, HeddleProducer *producer, GError **error)
{
  const Phases *self = data;

  heddle_producer_set_total (producer, self->n_parties);
  heddle_producer_submit_range (producer, self->n_parties);
  return TRUE;
}

/* Notes that this task is in the phase, and how far it is ahead of the last one. FALSE: the task
 * should end. */
static gboolean
begin_phase (Phases *self, HeddleTask *task, guint phase)
{
  gint32 least = (gint32) phase;

  if (!HEDDLE_SYNC_ACQUIRED (heddle_mutex_lock (self->count_lock, task)))
    return FALSE;
  atomic_store (&self->phases[heddle_task_get_id (task) - 1], (gint32) phase);
  for (guint i = 0; i < self->n_parties; i++)
    least = MIN (least, atomic_load (&self->phases[i]));
  heddle_value_raise (self->lead, (gint64) phase - least);
  heddle_value_set (self->phase, least);
  heddle_mutex_unlock (self->count_lock, task);
  return TRUE;
}

/*
 * Where a task begins: with the first phase, or where it was when its worker died. If another is
 * further by now, or has ended, all have met after that phase, and whoever came to the barrier for
 * it a second time would stand there for the next one.
 */
static guint
first_phase (const Phases *self, HeddleTask *task)
{
  gint32 mine = atomic_load (&self->phases[heddle_task_get_id (task) - 1]);
  gint32 furthest = 0;

  if (mine == 0)
    return 1;
  for (guint i = 0; i < self->n_parties; i++)
    furthest = MAX (furthest, atomic_load (&self->phases[i]));
  return (guint) (self->meet && furthest > mine ? mine + 1 : mine);
}

static void
phases_execute (gpointer data, HeddleTask *task)
{
  Phases *self = data;
  g_autofree char *result = NULL;
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
                           self->n_parties);
      heddle_task_set_progress (task, (double) phase / self->n_phases);
    }
  atomic_store (&self->phases[heddle_task_get_id (task) - 1], (gint32) self->n_phases + 1);
  if (heddle_end_is_last (&self->end, task))
    heddle_task_print (task, _("Longest lead of a task over another, in phases: %lld"),
                       (long long) heddle_value_get (self->lead));
  result = self->meet ? g_strdup_printf (_("waited %.2f s for the others; times it was last: %u"),
                                         (double) waited / 1e9, n_last)
                      : g_strdup (_("did not wait"));
  heddle_task_return_text (task, result, -1);
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
  .backends = HEDDLE_SHARING_BACKENDS,
  .default_backend = HEDDLE_BACKEND_THREADS,
  .default_workers = 3,
  .default_queue = 64,
  .params = params,
  .n_params = G_N_ELEMENTS (params),
  .open = phases_open,
  .close = g_free,
  .share = phases_share,
  .parties = phases_parties,
  .produce = phases_produce,
  .execute = phases_execute,
  .label = phases_label,
};
