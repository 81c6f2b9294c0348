/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <glib/gi18n-lib.h>
#include <stdlib.h>

#include "engine/sync/shared.h"
#include "engine/task/task.h"
#include "trace/clock.h"
#include "workloads/list.h"
#include "workloads/sharing.h"

#define MAX_TOLD 200 /* items; with more, no line is printed for each */

typedef struct {
  guint n_producers, n_consumers;
  guint n_items; /* of each producer */
  guint capacity;
  gint64 make_ns, use_ns;
  HeddleChannel *queue;
  HeddleValue *producers_left;
  HeddleValue *n_put, *sum_put;
  HeddleValue *n_got, *sum_got;
  HeddleEnd end;
} Line;

static const HeddleParam params[] = {
  { .name = "producers", .label = N_("Producers"), .initial = "2", .min = 1, .max = 32,
    .description = N_("Number of tasks that put items into the queue."),
    .field = HEDDLE_FIELD (Line, n_producers) },
  { .name = "consumers", .label = N_("Consumers"), .initial = "2", .min = 1, .max = 32,
    .description = N_("Number of tasks that take items out."),
    .field = HEDDLE_FIELD (Line, n_consumers) },
  { .name = "items", .label = N_("Items"), .initial = "10", .min = 1, .max = 1e6,
    .description = N_("Number of items that each producer puts into the queue."),
    .field = HEDDLE_FIELD (Line, n_items) },
  { .name = "capacity", .label = N_("Queue size"), .initial = "4", .min = 1, .max = 1000,
    .description = N_("Number of items that fit into the queue."),
    .field = HEDDLE_FIELD (Line, capacity) },
  { .name = "make", .label = N_("Time to produce"), .initial = "0.05", .max = 60, .step = 0.01,
    .unit = N_("s"), .description = N_("Time that a producer needs for an item."),
    .field = HEDDLE_FIELD (Line, make_ns) },
  { .name = "use", .label = N_("Time to consume"), .initial = "0.1", .max = 60, .step = 0.01,
    .unit = N_("s"), .description = N_("Time that a consumer needs for an item."),
    .field = HEDDLE_FIELD (Line, use_ns) },
};

static const HeddlePreset tries[] = {
  { N_("Slow consumers: the queue fills up"), "make=0.05 use=0.2" },
  { N_("Slow producers: the queue is empty"), "make=0.2 use=0.05" },
  { N_("100 000 items, no waits"), "items=50000 make=0 use=0 capacity=64" },
  { N_("The same on processes"), "items=50000 make=0 use=0 capacity=64 backend=processes" },
  { NULL, NULL },
};

static gboolean
line_share (gpointer data, HeddleShared *shared, GError **error)
{
  Line *self = data;

  self->queue = heddle_shared_channel (shared, N_("queue"), self->capacity, TRUE);
  self->producers_left =
    heddle_shared_value (shared, N_("producers left"), self->n_producers, TRUE);
  self->n_put = heddle_shared_value (shared, N_("put"), 0, TRUE);
  self->sum_put = heddle_shared_value (shared, N_("sum put"), 0, FALSE);
  self->n_got = heddle_shared_value (shared, N_("taken"), 0, TRUE);
  self->sum_got = heddle_shared_value (shared, N_("sum taken"), 0, FALSE);
  heddle_end_share (&self->end, shared, self->n_producers + self->n_consumers);
  return TRUE;
}

static guint
line_parties (gpointer data)
{
  const Line *self = data;

  return self->n_producers + self->n_consumers;
}

static gboolean
line_produce (gpointer data, HeddleProducer *producer, GError **error)
{
  const Line *self = data;

  return heddle_roles_submit (producer, "producer", self->n_producers,
                              "consumer", self->n_consumers);
}

static gboolean
is_told (Line *self)
{
  return (guint64) self->n_items * self->n_producers <= MAX_TOLD;
}

/* FALSE: the task should end. */
static gboolean
put_all (Line *self, HeddleTask *task, gint64 *waited)
{
  guint first = (heddle_role_get_number (task) - 1) * self->n_items;

  for (guint i = 1; i <= self->n_items; i++)
    {
      char message[16];
      gint64 asked;

      if (self->make_ns > 0 && !heddle_task_sleep (task, self->make_ns))
        return FALSE;
      g_snprintf (message, sizeof message, "%u", first + i);
      asked = heddle_clock_monotonic_ns ();
      if (heddle_channel_put (self->queue, task, message, -1) != HEDDLE_SYNC_OK)
        return FALSE;
      *waited += heddle_clock_monotonic_ns () - asked;
      heddle_value_add (self->n_put, 1);
      heddle_value_add (self->sum_put, first + i);
      if (is_told (self))
        heddle_task_print (task, _("Put %s"), message);
      heddle_task_set_progress (task, (double) i / self->n_items);
    }
  /* no more will come */
  if (heddle_value_add (self->producers_left, -1) == 0)
    heddle_channel_close (self->queue);
  return TRUE;
}

/* Until the queue is closed and empty. FALSE: the task should end. */
static gboolean
take_all (Line *self, HeddleTask *task, gint64 *waited, guint *n)
{
  while (TRUE)
    {
      char message[HEDDLE_MESSAGE_MAX + 1];
      gint64 asked = heddle_clock_monotonic_ns ();
      HeddleSyncStatus status = heddle_channel_get (self->queue, task, message, NULL);

      *waited += heddle_clock_monotonic_ns () - asked;
      if (status != HEDDLE_SYNC_OK)
        return status == HEDDLE_SYNC_CLOSED;
      ++*n;
      heddle_value_add (self->n_got, 1);
      heddle_value_add (self->sum_got, atoi (message));
      if (is_told (self))
        heddle_task_print (task, _("Took %s"), message);
      if (self->use_ns > 0 && !heddle_task_sleep (task, self->use_ns))
        return FALSE;
    }
}

static void
line_execute (gpointer data, HeddleTask *task)
{
  Line *self = data;
  gboolean producer = heddle_role_is (task, "producer");
  gint64 waited = 0;
  guint n = 0;

  if (!(producer ? put_all (self, task, &waited) : take_all (self, task, &waited, &n)))
    return;
  if (heddle_end_is_last (&self->end, task))
    heddle_task_print (
      task, _("Put %lld, taken %lld, sums %lld and %lld"),
      (long long) heddle_value_get (self->n_put), (long long) heddle_value_get (self->n_got),
      (long long) heddle_value_get (self->sum_put), (long long) heddle_value_get (self->sum_got));
  if (producer)
    heddle_task_return_printf (task,
                               g_dngettext (GETTEXT_PACKAGE, "put %u item, waited %.2f s for room",
                                            "put %u items, waited %.2f s for room", self->n_items),
                               self->n_items, (double) waited / 1e9);
  else
    heddle_task_return_printf (task,
                               g_dngettext (GETTEXT_PACKAGE, "took %u item, waited %.2f s for items",
                                            "took %u items, waited %.2f s for items", n),
                               n, (double) waited / 1e9);
}

const HeddleWorkload heddle_workload_queue = {
  .id = "queue",
  .name = N_("Queue"),
  .summary = N_("Producers put items into a queue, consumers take them out; no task needs a lock of its own."),
  .about = N_("A queue carries messages from some workers to others. Its size is limited: a producer waits while it is full, a consumer while it is empty. Many "
              "programs need no other synchronisation.\n"
              "\n"
              "What to look for: the contents of the queue, live under “Shared”. With slow consumers it is full, and the table “Workers” says that the producers wait for room in it; "
              "with slow producers it is empty. At the end the numbers of items put and taken agree, and so do their sums.\n"
              "\n"
              "How do consumers know that nothing more will come? The last producer closes the queue: then they get the items that are left, and after that are "
              "told that it is closed."),
  .notes = N_("The notes call queue.Queue and multiprocessing.Queue thread-safe and process-safe, one that “allows one thread to enqueue items while others dequeue them safely”, with the "
              "locking inside. A multiprocessing.Queue packs each item, sends it through a pipe and unpacks it; this one copies short messages within shared memory."),
  .tries = tries,
  .group = HEDDLE_GROUP_SHARING,
  .backends = HEDDLE_BACKENDS_CONCURRENT,
  .default_backend = HEDDLE_BACKEND_THREADS,
  .default_workers = 4,
  .params = params,
  .n_params = G_N_ELEMENTS (params),
  .data_size = sizeof (Line),
  .share = line_share,
  .input_label = heddle_role_label,
  .arena = 512 * 1024,
  .parties = line_parties,
  .produce = line_produce,
  .execute = line_execute,
};
