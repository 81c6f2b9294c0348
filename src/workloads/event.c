/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <glib/gi18n-lib.h>
#include <stdatomic.h>

#include "engine/sync/shared.h"
#include "engine/task/task.h"
#include "trace/clock.h"
#include "workloads/list.h"
#include "workloads/sharing.h"

typedef struct {
  guint n_runners;
  gint64 delay_ns;
  gint64 run_ns;
  HeddleFlag *gate;
  HeddleValue *opened;  /* when, by the monotonic clock; stored before the gate opens */
  HeddleValue *slowest; /* how late the last runner started */
  HeddleValue *ready;   /* runners that wait at the gate */
  _Atomic guint8 *counted; /* which they are: one whose worker dies is not counted again */
  HeddleEnd end;
} Gate;

static const HeddleParam params[] = {
  { .name = "runners", .label = N_("Runners"), .initial = "4", .min = 1, .max = 64,
    .description = N_("Number of tasks that wait at the gate."),
    .field = HEDDLE_FIELD (Gate, n_runners) },
  { .name = "delay", .label = N_("Time to the start"), .initial = "1", .max = 3600, .step = 0.01,
    .unit = N_("s"),
    .description = N_("Time until the gate opens."), .field = HEDDLE_FIELD (Gate, delay_ns) },
  { .name = "seconds", .label = N_("Time to run"), .initial = "0.5", .max = 3600, .step = 0.01,
    .unit = N_("s"), .description = N_("Time that each runner runs after that."),
    .field = HEDDLE_FIELD (Gate, run_ns) },
};

static const HeddlePreset tries[] = {
  { N_("Four runners"), "runners=4" },
  { N_("Sixteen runners"), "runners=16" },
  { N_("The gate is open at once"), "delay=0" },
  { N_("On processes"), "runners=4 backend=processes" },
  { NULL, NULL },
};

static gboolean
gate_share (gpointer data, HeddleShared *shared, GError **error)
{
  Gate *self = data;

  self->gate = heddle_shared_flag (shared, N_("gate"));
  self->ready = heddle_shared_value (shared, N_("at the gate"), 0, TRUE);
  self->opened = heddle_shared_value (shared, N_("opened"), 0, FALSE);
  self->counted = heddle_shared_bytes (shared, "counted", self->n_runners + 1);
  self->slowest = heddle_shared_value (shared, N_("slowest"), 0, FALSE);
  heddle_end_share (&self->end, shared, self->n_runners + 1);
  return TRUE;
}

static guint
gate_parties (gpointer data)
{
  return ((const Gate *) data)->n_runners + 1;
}

static gboolean
gate_produce (gpointer data, HeddleProducer *producer, GError **error)
{
  const Gate *self = data;

  return heddle_roles_submit (producer, "starter", 1, "runner", self->n_runners);
}

static void
finish (Gate *self, HeddleTask *task)
{
  if (heddle_end_is_last (&self->end, task))
    heddle_task_print (task,
                       _("All runners have started, the last one %.3f ms after the gate opened."),
                       (double) heddle_value_get (self->slowest) / 1e6);
}

static void
start_them (Gate *self, HeddleTask *task)
{
  /* if an attempt whose worker died has opened it, the time of that one counts */
  if (!heddle_flag_is_set (self->gate))
    {
      if (!heddle_task_sleep (task, self->delay_ns))
        return;
      heddle_task_print (task, _("The gate opens; waiting: %lld"),
                         (long long) heddle_value_get (self->ready));
      heddle_value_set (self->opened, heddle_clock_monotonic_ns ());
      heddle_flag_set (self->gate);
    }
  finish (self, task);
  heddle_task_return_text (task, _("opened the gate"), -1);
}

static void
run (Gate *self, HeddleTask *task)
{
  _Atomic guint8 *counted = &self->counted[heddle_task_get_id (task) - 1];
  gboolean early = !heddle_flag_is_set (self->gate);
  g_autofree char *result = NULL;
  gint64 late;

  if (early)
    {
      if (atomic_exchange (counted, 1) == 0)
        heddle_value_add (self->ready, 1);
      heddle_task_print (task, _("Runner %u is ready."), heddle_role_get_number (task));
    }
  if (!HEDDLE_SYNC_ACQUIRED (heddle_flag_wait (self->gate, task, -1)))
    return;
  late = heddle_clock_monotonic_ns () - heddle_value_get (self->opened);
  if (atomic_exchange (counted, 0) != 0)
    heddle_value_add (self->ready, -1);
  if (early)
    {
      heddle_value_raise (self->slowest, late);
      result = g_strdup_printf (_("started %.3f ms after the gate opened"), (double) late / 1e6);
    }
  else
    result = g_strdup (_("found the gate open"));
  if (!heddle_task_sleep (task, self->run_ns))
    return;
  finish (self, task);
  heddle_task_return_text (task, result, -1);
}

static void
gate_execute (gpointer data, HeddleTask *task)
{
  if (heddle_role_is (task, "starter"))
    start_them (data, task);
  else
    run (data, task);
}

const HeddleWorkload heddle_workload_event = {
  .id = "event",
  .name = N_("Event"),
  .summary = N_("Runners wait at a gate until a starter opens it for all at once."),
  .about = N_("An event is either set or not. Any number of workers can wait for it, and setting it lets all of them go on; it stays set, so a worker that comes "
              "later does not wait at all.\n"
              "\n"
              "What to look for: in the table “Workers” all runners wait for the gate, and then, all at once, for time to pass: that is their run. Their results say how long after the opening each of them "
              "started: first the kernel has to wake it, and with more runners than processors some of them also wait for a processor. Compare four runners "
              "with sixteen, and threads with processes."),
  .notes = N_("The notes: threading.Event is “a simple way to communicate between threads. One thread can signal an event that other threads are waiting for”. They "
              "do not say how soon the waiting threads go on: that is measured here."),
  .tries = tries,
  .group = HEDDLE_GROUP_SHARING,
  .backends = HEDDLE_BACKENDS_CONCURRENT,
  .default_backend = HEDDLE_BACKEND_THREADS,
  .default_workers = 5,
  .params = params,
  .n_params = G_N_ELEMENTS (params),
  .data_size = sizeof (Gate),
  .share = gate_share,
  .input_label = heddle_role_label,
  .parties = gate_parties,
  .produce = gate_produce,
  .execute = gate_execute,
};
