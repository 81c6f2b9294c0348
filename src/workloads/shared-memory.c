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

#define MAX_NUMBERS 4000000
#define BLOCK 65536

typedef struct {
  HeddleRange tasks; /* first */
  guint n_numbers;
  HeddleBarrier *filled;
  HeddleValue *n_filled;
  HeddleValue *sum;
  _Atomic gint64 *sums;       /* of each task, so that one that is tried again counts once */
  _Atomic guint32 *filled_of; /* numbers that each task has filled in, for the same reason */
  HeddleEnd end;
  /* each task writes its own part, and reads those of others only after the barrier */
  gint64 *numbers;
} Memory;

static const HeddleParam params[] = {
  { .name = "tasks", .label = N_("Tasks"), .initial = "4", .min = 1, .max = 64,
    .description = N_("Number of tasks, each of which fills a part."),
    .field = HEDDLE_FIELD (Memory, tasks.n) },
  { .name = "numbers", .label = N_("Numbers"), .initial = "1000000", .min = 1, .max = MAX_NUMBERS,
    .description = N_("Number of numbers in the memory, 8 bytes each."),
    .field = HEDDLE_FIELD (Memory, n_numbers) },
};

static const HeddlePreset tries[] = {
  { N_("1 000 000 numbers, on processes"), "numbers=1000000 backend=processes" },
  { N_("The same on threads"), "numbers=1000000 backend=threads" },
  { N_("4 000 000 numbers"), "numbers=4000000" },
  { NULL, NULL },
};

static gboolean
memory_share (gpointer data, HeddleShared *shared, GError **error)
{
  Memory *self = data;

  self->filled = heddle_shared_barrier (shared, N_("all filled"), self->tasks.n);
  self->n_filled = heddle_shared_value (shared, N_("numbers filled in"), 0, TRUE);
  self->sum = heddle_shared_value (shared, N_("sum"), 0, TRUE);
  heddle_end_share (&self->end, shared, self->tasks.n);
  self->sums = heddle_shared_bytes (shared, "sums", sizeof *self->sums * self->tasks.n);
  self->filled_of = heddle_shared_bytes (shared, "filled", sizeof *self->filled_of * self->tasks.n);
  self->numbers = heddle_shared_bytes (shared, "numbers", sizeof *self->numbers * self->n_numbers);
  return TRUE;
}

static guint
part_begin (const Memory *self, guint64 part)
{
  return (guint) (part * self->n_numbers / self->tasks.n);
}

/* How many numbers all tasks have filled in; a part that is filled a second time counts once. */
static void
show_filled (Memory *self)
{
  gint64 n = 0;

  for (guint i = 0; i < self->tasks.n; i++)
    n += atomic_load (&self->filled_of[i]);
  heddle_value_raise (self->n_filled, n);
}

static void
show_sum (Memory *self)
{
  gint64 sum = 0;

  for (guint i = 0; i < self->tasks.n; i++)
    sum += atomic_load (&self->sums[i]);
  heddle_value_raise (self->sum, sum);
}

/* FALSE: the task should end. */
static gboolean
fill (Memory *self, HeddleTask *task, guint64 part)
{
  guint end = part_begin (self, part + 1);

  for (guint i = part_begin (self, part), next; i < end; i = next)
    {
      if (heddle_task_is_cancelled (task))
        return FALSE;
      next = MIN (i + BLOCK, end);
      for (guint k = i; k < next; k++)
        self->numbers[k] = (gint64) k + 1;
      atomic_store (&self->filled_of[part], next - part_begin (self, part));
      show_filled (self);
    }
  return TRUE;
}

/* A task that has added up has passed the barrier, and so have all: one that is tried again would
 * wait there alone. */
static gboolean
all_have_met (const Memory *self)
{
  for (guint i = 0; i < self->tasks.n; i++)
    if (atomic_load (&self->sums[i]) != 0)
      return TRUE;
  return FALSE;
}

static void
memory_execute (gpointer data, HeddleTask *task)
{
  Memory *self = data;
  guint64 part = heddle_task_get_id (task) - 1;
  guint64 others = (part + 1) % self->tasks.n;
  gint64 began = heddle_clock_monotonic_ns ();
  double fill_seconds, add_seconds;
  gint64 sum = 0;

  if (!fill (self, task, part))
    return;
  fill_seconds = heddle_seconds_since (began);
  if (!all_have_met (self)
      && !HEDDLE_SYNC_ACQUIRED (heddle_barrier_wait (self->filled, task, NULL)))
    return;
  /* the part that another task has filled: nothing was sent, the numbers are just there */
  began = heddle_clock_monotonic_ns ();
  for (guint i = part_begin (self, others); i < part_begin (self, others + 1); i++)
    sum += self->numbers[i];
  add_seconds = heddle_seconds_since (began);
  atomic_store (&self->sums[part], sum);
  show_sum (self);
  if (heddle_end_is_last (&self->end, task))
    heddle_task_print (task, _("The sum of 1 to %u is %lld."), self->n_numbers,
                       (long long) heddle_value_get (self->sum));
  heddle_task_return_printf (
    task, _("filled %u numbers in %.2f ms, added up those of the next task in %.2f ms: %lld"),
    part_begin (self, part + 1) - part_begin (self, part), fill_seconds * 1e3, add_seconds * 1e3,
    (long long) sum);
}

static void
memory_label (gpointer data, guint64 id, char *buffer, gsize size)
{
  const Memory *self = data;

  g_snprintf (buffer, size, _("the numbers from %u to %u"), part_begin (self, id - 1) + 1,
              part_begin (self, id));
}

const HeddleWorkload heddle_workload_shared_memory = {
  .id = "shared-memory",
  .name = N_("Shared memory"),
  .summary = N_("Processes fill one array together and add up the numbers of the others, without sending a byte."),
  .about = N_("Each process has a memory of its own, but the kernel can show the same pages to several of them. The others see what one writes at once: nothing "
              "is packed, sent and unpacked.\n"
              "\n"
              "What to look for: every task fills its part of the array, all wait at a barrier, and then each adds up the part of the next task. The sum of 1 "
              "to 1 000 000 is 500 000 500 000, which is only right if all parts are there. On threads and on processes it takes about the same time.\n"
              "\n"
              "Shared memory has the dangers of threads: without the barrier a task could read numbers that are not written yet. Only the "
              "program itself can prevent that."),
  .notes = N_("The notes: multiprocessing.shared_memory “allows for sharing data between processes without the need for serialization (pickling), which can improve performance for "
              "large datasets”. Compare with the pipe, where every byte is copied twice."),
  .tries = tries,
  .group = HEDDLE_GROUP_SHARING,
  .backends = HEDDLE_BACKENDS_CONCURRENT,
  .default_backend = HEDDLE_BACKEND_PROCESSES,
  .default_workers = 4,
  .params = params,
  .n_params = G_N_ELEMENTS (params),
  .data_size = sizeof (Memory),
  .share = memory_share,
  /* pages cost memory only once they are used */
  .arena = MAX_NUMBERS * sizeof (gint64) + 64 * 1024,
  .parties = heddle_range_get_n,
  .produce = heddle_range_produce,
  .execute = memory_execute,
  .label = memory_label,
};
