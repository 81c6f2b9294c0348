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

typedef struct {
  HeddleRange tasks; /* first */
  guint permits;
  gint64 inside_ns;
  HeddleStart start;
  HeddleSemaphore *semaphore;
  HeddleRoom room;
  HeddleEnd end;
} Permits;

static const HeddleParam params[] = {
  { .name = "tasks", .label = N_("Tasks"), .initial = "6", .min = 1, .max = 64,
    .description = N_("Number of tasks that want to enter."),
    .field = HEDDLE_FIELD (Permits, tasks.n) },
  { .name = "permits", .label = N_("Permits"), .initial = "2", .min = 1, .max = 64,
    .description = N_("Number of tasks that may be inside at the same time."),
    .field = HEDDLE_FIELD (Permits, permits) },
  { .name = "seconds", .label = N_("Time inside"), .initial = "0.5", .max = 3600, .step = 0.01,
    .unit = N_("s"), .description = N_("Time that each task stays inside."),
    .field = HEDDLE_FIELD (Permits, inside_ns) },
};

static const HeddlePreset tries[] = {
  { N_("Two of six"), "tasks=6 permits=2" },
  { N_("One permit: a lock"), "tasks=6 permits=1" },
  { N_("As many permits as tasks"), "tasks=6 permits=6" },
  { NULL, NULL },
};

static gboolean
permits_share (gpointer data, HeddleShared *shared, GError **error)
{
  Permits *self = data;

  heddle_start_share (&self->start, shared, self->tasks.n);
  self->semaphore = heddle_shared_semaphore (shared, N_("permits"), self->permits);
  heddle_room_share (&self->room, shared, N_("inside now"), N_("most inside"));
  heddle_end_share (&self->end, shared, self->tasks.n);
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
  gint64 asked;
  double waited;
  gboolean stayed;

  if (!heddle_start_wait (&self->start, task))
    return;
  heddle_room_come_again (&self->room, task);
  asked = heddle_clock_monotonic_ns ();
  if (!HEDDLE_SYNC_ACQUIRED (heddle_semaphore_acquire (self->semaphore, task, -1)))
    return;
  waited = heddle_seconds_since (asked);
  heddle_task_print (task, _("Entered after %.2f s: %u inside"), waited,
                     heddle_room_enter (&self->room, task));
  stayed = heddle_task_sleep (task, self->inside_ns);
  heddle_room_leave (&self->room, task);
  heddle_semaphore_release (self->semaphore, task);
  if (!stayed)
    return;
  if (heddle_end_is_last (&self->end, task))
    tell_most (self, task);
  heddle_task_return_printf (task, _("waited %.2f s for a permit"), waited);
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
  .backends = HEDDLE_BACKENDS_CONCURRENT,
  .default_backend = HEDDLE_BACKEND_THREADS,
  .default_workers = 6,
  .params = params,
  .n_params = G_N_ELEMENTS (params),
  .data_size = sizeof (Permits),
  .share = permits_share,
  .parties = heddle_range_get_n,
  .produce = heddle_range_produce,
  .execute = permits_execute,
  .label = permits_label,
};
