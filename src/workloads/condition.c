/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <glib/gi18n-lib.h>

#include "engine/sync/shared.h"
#include "engine/task/task.h"
#include "workloads/list.h"
#include "workloads/sharing.h"

#define MAX_TOLD 200 /* items; with more, no line is printed for each */

typedef struct {
  guint n_producers, n_consumers;
  guint n_items;
  guint capacity;
  gint64 make_ns, use_ns;
  gboolean careful;
  HeddleMutex *lock;
  HeddleCondition *not_full, *not_empty;
  /* guarded by lock */
  HeddleList *buffer;
  HeddleValue *made, *used;
  HeddleValue *sum_made, *sum_used;
  HeddleValue *fooled; /* times a consumer or producer was woken for nothing */
  HeddleEnd end;
} Buffer;

static const HeddleParam params[] = {
  { .name = "producers", .label = N_("Producers"), .initial = "1", .min = 1, .max = 32,
    .description = N_("Number of tasks that produce items."),
    .field = HEDDLE_FIELD (Buffer, n_producers) },
  { .name = "consumers", .label = N_("Consumers"), .initial = "2", .min = 1, .max = 32,
    .description = N_("Number of tasks that consume items."),
    .field = HEDDLE_FIELD (Buffer, n_consumers) },
  { .name = "items", .label = N_("Items"), .initial = "12", .min = 1, .max = 1e6,
    .description = N_("Number of items that are produced in all."),
    .field = HEDDLE_FIELD (Buffer, n_items) },
  { .name = "capacity", .label = N_("Buffer size"), .initial = "3", .min = 1, .max = 1000,
    .description = N_("Number of items that fit into the buffer."),
    .field = HEDDLE_FIELD (Buffer, capacity) },
  { .name = "make", .label = N_("Time to produce"), .initial = "0.05", .max = 60, .step = 0.01,
    .unit = N_("s"), .description = N_("Time that a producer needs for an item."),
    .field = HEDDLE_FIELD (Buffer, make_ns) },
  { .name = "use", .label = N_("Time to consume"), .initial = "0.2", .max = 60, .step = 0.01,
    .unit = N_("s"), .description = N_("Time that a consumer needs for an item."),
    .field = HEDDLE_FIELD (Buffer, use_ns) },
  { .name = "again", .label = N_("Check again"), .type = HEDDLE_PARAM_SWITCH, .initial = "on",
    .description = N_("Whether a woken worker checks again that there is an item or room for one."),
    .field = HEDDLE_FIELD (Buffer, careful) },
};

static const HeddlePreset tries[] = {
  { N_("Fast producer: the buffer is full"), "make=0.05 use=0.2 again=on" },
  { N_("Slow producer: the buffer is empty"), "make=0.2 use=0.05 again=on" },
  { N_("Woken workers do not check again"), "make=0.1 use=0 consumers=4 again=off" },
  { NULL, NULL },
};

static gboolean
buffer_share (gpointer data, HeddleShared *shared, GError **error)
{
  Buffer *self = data;

  self->lock = heddle_shared_mutex (shared, N_("buffer"));
  self->not_full = heddle_shared_condition (shared, N_("not full"));
  self->not_empty = heddle_shared_condition (shared, N_("not empty"));
  self->buffer = heddle_shared_list (shared, N_("buffer"), self->capacity, TRUE);
  self->made = heddle_shared_value (shared, N_("produced"), 0, TRUE);
  self->used = heddle_shared_value (shared, N_("consumed"), 0, TRUE);
  self->sum_made = heddle_shared_value (shared, N_("sum produced"), 0, FALSE);
  self->sum_used = heddle_shared_value (shared, N_("sum consumed"), 0, FALSE);
  self->fooled = heddle_shared_value (shared, N_("woken for nothing"), 0, TRUE);
  heddle_end_share (&self->end, shared, self->n_producers + self->n_consumers);
  return TRUE;
}

static guint
buffer_parties (gpointer data)
{
  const Buffer *self = data;

  return self->n_producers + self->n_consumers;
}

static gboolean
buffer_produce (gpointer data, HeddleProducer *producer, GError **error)
{
  const Buffer *self = data;

  return heddle_roles_submit (producer, "producer", self->n_producers,
                              "consumer", self->n_consumers);
}

static gboolean
is_full (Buffer *self)
{
  return heddle_list_get_length (self->buffer) >= self->capacity;
}

static gboolean
is_empty (Buffer *self)
{
  return heddle_list_get_length (self->buffer) == 0
    && heddle_value_get (self->used) < self->n_items;
}

/* The lock is held. FALSE: it is not held any more, and the task should end. */
static gboolean
wait_while (Buffer *self, HeddleTask *task, HeddleCondition *condition,
            gboolean (*must_wait) (Buffer *self))
{
  while (must_wait (self))
    {
      if (!HEDDLE_SYNC_ACQUIRED (heddle_condition_wait (condition, self->lock, task, -1)))
        return FALSE;
      if (!must_wait (self))
        break;
      heddle_value_set (self->fooled, heddle_value_get (self->fooled) + 1);
      if (!self->careful)
        break;
    }
  return TRUE;
}

static void
tell (Buffer *self, HeddleTask *task, gboolean put, gint64 item)
{
  g_autofree char *text = NULL;

  if (self->n_items > MAX_TOLD)
    return;
  text = heddle_list_dup_text (self->buffer);
  heddle_task_print (task, put ? _("Put %lld, buffer: %s") : _("Took %lld, buffer: %s"),
                     (long long) item, text);
}

/* One item; FALSE: all are made, or the task should end. */
static gboolean
make_one (Buffer *self, HeddleTask *task)
{
  gboolean put;
  gint64 item;

  if (!heddle_task_sleep (task, self->make_ns)
      || !HEDDLE_SYNC_ACQUIRED (heddle_mutex_lock (self->lock, task)))
    return FALSE;
  if (!wait_while (self, task, self->not_full, is_full))
    return FALSE;
  item = heddle_value_get (self->made) + 1;
  put = item <= self->n_items && heddle_list_append (self->buffer, item);
  if (put)
    {
      heddle_value_set (self->made, item);
      heddle_value_set (self->sum_made, heddle_value_get (self->sum_made) + item);
      tell (self, task, TRUE, item);
      heddle_condition_broadcast (self->not_empty);
    }
  heddle_mutex_unlock (self->lock, task);
  return item < self->n_items;
}

/* One item; FALSE: all are used, or the task should end. */
static gboolean
use_one (Buffer *self, HeddleTask *task, guint *n_used)
{
  gboolean over;
  gint64 item;

  if (!HEDDLE_SYNC_ACQUIRED (heddle_mutex_lock (self->lock, task)))
    return FALSE;
  if (!wait_while (self, task, self->not_empty, is_empty))
    return FALSE;
  if (heddle_list_pop_first (self->buffer, &item))
    {
      ++*n_used;
      heddle_value_set (self->sum_used, heddle_value_get (self->sum_used) + item);
      heddle_value_set (self->used, heddle_value_get (self->used) + 1);
      tell (self, task, FALSE, item);
      heddle_condition_broadcast (self->not_full);
    }
  else if (heddle_value_get (self->used) < self->n_items)
    heddle_task_print (task, _("Woken without checking again, and the buffer is empty."));
  over = heddle_value_get (self->used) >= self->n_items;
  if (over)
    heddle_condition_broadcast (self->not_empty); /* the others need not wait for more */
  heddle_mutex_unlock (self->lock, task);
  return !over && heddle_task_sleep (task, self->use_ns);
}

static void
take_stock (Buffer *self, HeddleTask *task)
{
  heddle_task_print (
    task, _("Produced %lld, consumed %lld, sums %lld and %lld; woken for nothing: %lld"),
    (long long) heddle_value_get (self->made), (long long) heddle_value_get (self->used),
    (long long) heddle_value_get (self->sum_made), (long long) heddle_value_get (self->sum_used),
    (long long) heddle_value_get (self->fooled));
}

static void
buffer_execute (gpointer data, HeddleTask *task)
{
  Buffer *self = data;
  gboolean producer = heddle_role_is (task, "producer");
  guint n = 0;

  if (producer)
    while (make_one (self, task))
      n++;
  else
    while (use_one (self, task, &n))
      heddle_task_set_progress (task, (double) heddle_value_get (self->used) / self->n_items);
  if (heddle_task_is_cancelled (task))
    return;
  if (heddle_end_is_last (&self->end, task))
    take_stock (self, task);
  if (producer)
    heddle_task_return_text (task, _("nothing is left to produce"), -1);
  else
    heddle_task_return_printf (
      task, g_dngettext (GETTEXT_PACKAGE, "consumed %u item", "consumed %u items", n), n);
}

const HeddleWorkload heddle_workload_condition = {
  .id = "condition",
  .name = N_("Condition"),
  .summary = N_("Producers and consumers share a small buffer: producers wait for room, consumers for items."),
  .about = N_("A lock keeps others out, but it cannot wait for something to happen. A condition can: a worker that holds the lock and finds the buffer full "
              "releases the lock and sleeps, until another worker that took an item signals “not full”. Consumers wait for “not empty” in the same way.\n"
              "\n"
              "What to look for: the buffer, live under “Shared”. With a fast producer it is full and the table “Workers” says that the producer waits for “not full”; with a slow one it is empty "
              "and the consumers wait for “not empty”. The slower side sets the pace of both.\n"
              "\n"
              "A woken worker has no right to an item. Here all waiting workers are woken (broadcast; notify_all() in Python): one of them gets the item, and the "
              "others find nothing. Waking only one (signal; notify()) does not change that: before it runs, a worker that never slept may have taken the item. So a woken worker has to check again. “woken for nothing” counts the workers that found nothing. Switch “Check again” off, with several consumers, and the log shows workers that take from an empty buffer."),
  .notes = N_("The notes: threading.Condition is “often used for signaling between threads. Threads can wait for a condition and be notified when it changes”. Their "
              "example calls wait() once and not in a loop; the switch “Check again” shows what can go wrong then."),
  .tries = tries,
  .group = HEDDLE_GROUP_SHARING,
  .backends = HEDDLE_BACKENDS_CONCURRENT,
  .default_backend = HEDDLE_BACKEND_THREADS,
  .default_workers = 3,
  .params = params,
  .n_params = G_N_ELEMENTS (params),
  .data_size = sizeof (Buffer),
  .share = buffer_share,
  .input_label = heddle_role_label,
  .parties = buffer_parties,
  .produce = buffer_produce,
  .execute = buffer_execute,
};
