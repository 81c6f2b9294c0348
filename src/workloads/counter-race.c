/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <glib/gi18n-lib.h>
#include <stdatomic.h>

#include "engine/sync/shared.h"
#include "engine/task/task.h"
#include "workloads/common.h"
#include "workloads/list.h"
#include "workloads/sharing.h"

typedef enum { MODE_NONE, MODE_MUTEX, MODE_ATOMIC } Mode;

#define BLOCK 4096 /* steps */

typedef struct {
  HeddleRange tasks; /* first */
  guint n_steps;
  Mode mode;
  HeddleStart start;
  HeddleMutex *lock;
  HeddleValue *counter;
  HeddleValue *lost; /* steps that are missing in the counter, as far as seen */
  HeddleValue *died; /* workers: up to a block of steps of each is made again */
  HeddleEnd end;
  /* steps of each task, block by block: one that is tried again goes on there */
  _Atomic guint32 *made;
} Race;

static const char *const modes[] = { "none", "mutex", "atomic", NULL };
static const char *const mode_names[] = { N_("None"), N_("Lock"), N_("Atomic addition"), NULL };

static const HeddleParam params[] = {
  { .name = "counters", .label = N_("Counting tasks"), .initial = "2", .min = 1, .max = 64,
    .description = N_("Number of tasks that count at the same time."),
    .field = HEDDLE_FIELD (Race, tasks.n) },
  { .name = "steps", .label = N_("Steps"), .initial = "20000000", .min = 1, .max = 1e8,
    .description = N_("How often each task adds one."), .field = HEDDLE_FIELD (Race, n_steps) },
  { .name = "protection", .label = N_("Protection"), .type = HEDDLE_PARAM_CHOICE, .initial = "none",
    .choices = modes, .choice_names = mode_names,
    .description = N_("What protects the counter: nothing, a lock around each step, or one atomic addition."),
    .field = HEDDLE_FIELD (Race, mode) },
};

static const HeddlePreset tries[] = {
  { N_("No protection"), "protection=none" },
  { N_("Lock"), "protection=mutex" },
  { N_("Atomic addition"), "protection=atomic" },
  { N_("No protection, on processes"), "protection=none backend=processes" },
  { NULL, NULL },
};

static gboolean
race_share (gpointer data, HeddleShared *shared, GError **error)
{
  Race *self = data;

  heddle_start_share (&self->start, shared, self->tasks.n);
  self->lock = heddle_shared_mutex (shared, N_("counter"));
  self->counter = heddle_shared_value (shared, N_("counter"), 0, TRUE);
  self->lost = heddle_shared_value (shared, N_("steps lost so far"), 0, TRUE);
  self->died = heddle_shared_value (shared, "died", 0, FALSE);
  self->made = heddle_shared_bytes (shared, "made", sizeof *self->made * self->tasks.n);
  heddle_end_share (&self->end, shared, self->tasks.n);
  return TRUE;
}

static gboolean
count (Race *self, HeddleTask *task)
{
  switch (self->mode)
    {
    case MODE_MUTEX:
      if (!HEDDLE_SYNC_ACQUIRED (heddle_mutex_lock (self->lock, task)))
        return FALSE;
      heddle_value_set (self->counter, heddle_value_get (self->counter) + 1);
      heddle_mutex_unlock (self->lock, task);
      return TRUE;
    case MODE_ATOMIC:
      heddle_value_add (self->counter, 1);
      return TRUE;
    case MODE_NONE:
    default:
      heddle_value_set (self->counter, heddle_value_get (self->counter) + 1);
      return TRUE;
    }
}

/*
 * The task has made another block of steps. Those that the others had made by then were in the
 * counter as well, so all that are missing now are lost. A task that was interrupted between
 * reading and writing may still put back an older, higher number: the last task stores how many
 * are lost in the end.
 */
static void
take_stock (Race *self, guint nth, guint n_made)
{
  gint64 sum = 0;

  atomic_store (&self->made[nth], n_made);
  for (guint i = 0; i < self->tasks.n; i++)
    sum += atomic_load (&self->made[i]);
  heddle_value_raise (self->lost, sum - heddle_value_get (self->counter));
}

static void
tell_end (Race *self, HeddleTask *task)
{
  gint64 expected = (gint64) self->tasks.n * self->n_steps;
  gint64 actual = heddle_value_get (self->counter);
  gint64 n_died = heddle_value_get (self->died);

  heddle_value_set (self->lost, MAX (expected - actual, 0));
  heddle_task_print (task, _("Expected: %lld, actual: %lld"), (long long) expected,
                     (long long) actual);
  if (n_died > 0)
    heddle_task_print (task, _("Workers that died: %lld; up to %d steps of each were repeated."),
                       (long long) n_died, BLOCK);
  if (actual < expected)
    heddle_task_print (task, _("Race: %lld steps were lost, %.1f %% of all."),
                       (long long) (expected - actual),
                       100.0 * (double) (expected - actual) / (double) expected);
  else if (actual == expected && n_died == 0)
    heddle_task_print (task, _("No step was lost."));
}

static void
race_execute (gpointer data, HeddleTask *task)
{
  Race *self = data;
  guint nth = (guint) heddle_task_get_id (task) - 1;

  if (!heddle_start_wait (&self->start, task))
    return;
  if (heddle_task_get_attempt (task) > 1)
    heddle_value_add (self->died, 1);
  for (guint i = atomic_load (&self->made[nth]); i < self->n_steps; i++)
    {
      if (!count (self, task) || (i % 4096 == 0 && heddle_task_is_cancelled (task)))
        return;
      if (i % BLOCK == BLOCK - 1 || i == self->n_steps - 1)
        take_stock (self, nth, i + 1);
      if (i % 65536 == 65535)
        heddle_task_set_progress (task, (double) i / self->n_steps);
    }
  if (heddle_end_is_last (&self->end, task))
    tell_end (self, task);
  heddle_task_return_number (task, (guint64) heddle_value_get (self->counter));
}

static void
race_label (gpointer data, guint64 id, char *buffer, gsize size)
{
  g_snprintf (buffer, size, _("counting task %llu"), (unsigned long long) id);
}

static char *
race_sentence (gpointer data, guint64 id, const char *label, const char *result)
{
  const Race *self = data;

  return g_strdup_printf (_("Counting task %llu added %u and left the counter at %s"),
                          (unsigned long long) id, self->n_steps, result);
}

const HeddleWorkload heddle_workload_counter_race = {
  .id = "counter-race",
  .name = N_("Counter race"),
  .summary = N_("Several tasks add to the same counter: without protection, with a lock, or with an atomic addition."),
  .about = N_("Every task adds one to a shared counter, twenty million times. Adding one looks like a single step but is three: read the counter, add, "
              "write it back. When two workers read the same number, both write the same next number, and one step is lost.\n"
              "\n"
              "What to look for: without protection the counter ends well below what was expected, and at another number each time. The lock makes the "
              "result right, at a price: the run takes much longer, and the lanes show waits. Atomic addition is right as well and much cheaper, because the processor does the three steps as one.\n"
              "\n"
              "With a single processor, or few steps, one worker is often done before the next begins, and nothing seems to be wrong."),
  .notes = N_("The notes warn that threads which access shared data at the same time without synchronisation corrupt it, and name locks as the cure. They say that "
              "Python's interpreter lock is beneficial for thread safety. It protects the interpreter's own data, not the program's: adding one is several steps there, too, and another thread may get the lock between them. "
              "And they say that processes, having a memory each, cannot corrupt each other's data. The counter shows "
              "where that ends: as soon as processes share memory they race exactly as threads do."),
  .tries = tries,
  .group = HEDDLE_GROUP_SHARING,
  .backends = HEDDLE_BACKENDS_CONCURRENT,
  .default_backend = HEDDLE_BACKEND_THREADS,
  .default_workers = 2,
  .params = params,
  .n_params = G_N_ELEMENTS (params),
  .data_size = sizeof (Race),
  .share = race_share,
  .parties = heddle_range_get_n,
  .produce = heddle_range_produce,
  .execute = race_execute,
  .label = race_label,
  .sentence = race_sentence,
};
