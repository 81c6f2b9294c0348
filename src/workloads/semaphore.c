/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <glib/gi18n-lib.h>

#include "engine/run/producer.h"
#include "engine/sync/shared.h"
#include "engine/task/task.h"
#include "trace/clock.h"
#include "workloads/list.h"
#include "workloads/room.h"
#include "workloads/sharing.h"

typedef struct {
  guint n_tasks;
  guint permits;
  gint64 inside_ns;
  HeddleStart start;
  HeddleSemaphore *semaphore;
  HeddleRoom room;
  HeddleEnd end;
} Permits;

static const HeddleParam params[] = {
  HEDDLE_SHARING_WHOLE ("tasks", N_("Tasks"), N_("Number of tasks that want to enter."), "6", 1,
                        64),
  HEDDLE_SHARING_WHOLE ("permits", N_("Permits"),
                        N_("Number of tasks that may be inside at the same time."), "2", 1, 64),
  HEDDLE_SHARING_SECONDS ("seconds", N_("Time inside"), N_("Time that each task stays inside."),
                          "0.5", 3600),
};

static const HeddlePreset tries[] = {
  { N_("Two of six"), "tasks=6 permits=2" },
  { N_("One permit: a lock"), "tasks=6 permits=1" },
  { N_("As many permits as tasks"), "tasks=6 permits=6" },
  { NULL, NULL },
};

static gpointer
permits_open (const HeddleSettings *settings, GError **error)
{
  Permits *self = g_new0 (Permits, 1);

  self->n_tasks = heddle_settings_get_uint (settings, "tasks");
  self->permits = heddle_settings_get_uint (settings, "permits");
  self->inside_ns = heddle_settings_get_ns (settings, "seconds");
  return self;
}

static gboolean
permits_share (gpointer data, HeddleShared *shared, GError **error)
{
  Permits *self = data;

  heddle_start_share (&self->start, shared, self->n_tasks);
  self->semaphore = heddle_shared_semaphore (shared, N_("permits"), self->permits);
  heddle_room_share (&self->room, shared, N_("inside now"), N_("most inside"));
  heddle_end_share (&self->end, shared, self->n_tasks);
  return TRUE;
}

static guint
permits_parties (gpointer data)
{
  return ((const Permits *) data)->n_tasks;
}

static gboolean
permits_produce (gpointer data, HeddleProducer *producer, GError **error)
{
  const Permits *self = data;

  heddle_producer_set_total (producer, self->n_tasks);
  heddle_producer_submit_range (producer, self->n_tasks);
  return TRUE;
}

static void
tell_most (Permits *self, HeddleTask *task)
{
  guint n_died;
  guint most = heddle_room_get_most (&self->room, &n_died);

  heddle_task_print (task, _("At most %u tasks were inside at the same time; permitted: %u."),
                     most, self->permits);
  if (n_died > 0)
    heddle_task_print (
      task,
      _("Workers that died inside: %u; their permits were returned, but each was counted until its task entered again."),
      n_died);
}

static void
permits_execute (gpointer data, HeddleTask *task)
{
  Permits *self = data;
  g_autofree char *result = NULL;
  gint64 asked;
  double waited;
  gboolean stayed;

  if (!heddle_start_wait (&self->start, task))
    return;
  heddle_room_come_again (&self->room, task);
  asked = heddle_clock_monotonic_ns ();
  if (!HEDDLE_SYNC_ACQUIRED (heddle_semaphore_acquire (self->semaphore, task, -1)))
    return;
  waited = (double) (heddle_clock_monotonic_ns () - asked) / 1e9;
  heddle_task_print (task, _("Entered after %.2f s: %u inside"), waited,
                     heddle_room_enter (&self->room, task));
  stayed = heddle_task_sleep (task, self->inside_ns);
  heddle_room_leave (&self->room, task);
  heddle_semaphore_release (self->semaphore, task);
  if (!stayed)
    return;
  if (heddle_end_is_last (&self->end, task))
    tell_most (self, task);
  result = g_strdup_printf (_("waited %.2f s for a permit"), waited);
  heddle_task_return_text (task, result, -1);
}

static void
permits_label (gpointer data, guint64 id, char *buffer, gsize size)
{
  g_snprintf (buffer, size, _("visitor %llu"), (unsigned long long) id);
}

const HeddleWorkload heddle_workload_semaphore = {
  .id = "semaphore",
  .name = N_("Semaphore"),
  .summary = N_("Six tasks want to enter, and only two may be inside at the same time."),
  .about = N_("A semaphore is a number of permits. A task takes one, or waits until another task returns one. Programs use it for things that exist a few times: "
              "connections to a database, licences, room in memory.\n"
              "\n"
              "What to look for: in the table “Workers” two at most wait for time to pass, which is their stay inside, and the others for a permit. They enter in pairs: six tasks of half a second take 1.5 "
              "seconds. “most inside” is counted, and never above the number of permits.\n"
              "\n"
              "With one permit it works like a lock, but no task owns it: any task may return a permit, while only the holder of a lock may unlock it."),
  .notes = N_("The notes: threading.Semaphore and multiprocessing.Semaphore “manage access to a shared resource, allowing a limited number of threads to access the "
              "resource concurrently”. Here the tasks inside are counted to prove it, on threads and on processes."),
  .tries = tries,
  .group = HEDDLE_GROUP_SHARING,
  .backends = HEDDLE_SHARING_BACKENDS,
  .default_backend = HEDDLE_BACKEND_THREADS,
  .default_workers = 6,
  .default_queue = 64,
  .params = params,
  .n_params = G_N_ELEMENTS (params),
  .open = permits_open,
  .close = g_free,
  .share = permits_share,
  .parties = permits_parties,
  .produce = permits_produce,
  .execute = permits_execute,
  .label = permits_label,
};
