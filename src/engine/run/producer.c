/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "engine/model/skipped.h"
#include "engine/run/producer.h"
#include "engine/run/run-private.h"
#include "engine/worker/nice.h"

struct _HeddleProducer {
  HeddleRun *run;
  guint64 next_id;
};

/* Where the task does not get into line its text stays in the table, which goes with the run. */
static gboolean
keep_input (HeddleRun *run, guint64 id, const char *input, gsize length, const HeddleInput **kept)
{
  *kept = input != NULL ? heddle_input_table_add (run->inputs, id, input, length) : NULL;
  return input == NULL || *kept != NULL;
}

/**
 * heddle_producer_submit:
 * @input: the task's input text
 * @length: bytes, or -1 if @input is NUL-terminated
 *
 * Submits one task; sleeps while the queue is full. Producer's thread, as all of a producer.
 *
 * Returns: FALSE when the run is being stopped
 */
gboolean
heddle_producer_submit (HeddleProducer *self, const char *input, gssize length)
{
  const HeddleInput *kept;

  if (!keep_input (self->run, self->next_id, input,
                   input != NULL && length < 0 ? strlen (input) : (gsize) length, &kept)
      || !heddle_queue_push_from_producer (self->run->queue, self->next_id, kept))
    return FALSE;
  self->next_id++;
  return TRUE;
}

/**
 * heddle_producer_submit_range:
 * @count: how many tasks
 *
 * Submits tasks that know their work from their id, as one range; sleeps while the queue is full.
 *
 * Returns: FALSE when the run is being stopped
 */
gboolean
heddle_producer_submit_range (HeddleProducer *self, guint64 count)
{
  while (count > 0)
    {
      guint32 piece = (guint32) MIN (count, G_MAXUINT32 / 2);
      HeddleItem item = { .id = self->next_id, .count = piece, .attempt = 1 };

      if (!heddle_queue_push (self->run->queue, &item))
        return FALSE;
      self->next_id += piece;
      count -= piece;
    }
  return TRUE;
}

/**
 * heddle_producer_set_total:
 * @total: how many tasks there will be in all
 *
 * Tells the number as soon as it is known, so that progress and time left can be shown.
 */
void
heddle_producer_set_total (HeddleProducer *self, guint64 total)
{
  atomic_store_explicit (&self->run->production.total, total, memory_order_relaxed);
}

/**
 * heddle_producer_skip:
 * @kind: what it is
 *
 * Counts something that was found and is no task, so that it is told at the end.
 */
void
heddle_producer_skip (HeddleProducer *self, HeddleSkipped kind)
{
  g_return_if_fail ((guint) kind < HEDDLE_N_SKIPPED);

  atomic_fetch_add_explicit (&self->run->production.skipped[kind], 1, memory_order_relaxed);
}

/**
 * heddle_producer_is_stopped:
 *
 * Returns: TRUE when no more tasks are wanted; for producers that search long between two tasks
 */
gboolean
heddle_producer_is_stopped (HeddleProducer *self)
{
  return atomic_load_explicit (&self->run->wishes.stop, memory_order_relaxed) != 0;
}

/**
 * heddle_run_submit:
 * @input: (nullable): the task's input text
 * @id: (out) (optional): the task's id, by which the hooks know it
 *
 * Submits one task to a started manual run; sleeps while the queue is full. One thread at a time.
 *
 * Returns: FALSE when the run is closed, being stopped or over
 */
gboolean
heddle_run_submit (HeddleRun *self, const char *input, guint64 *id)
{
  HeddleItem item = { .id = self->production.n_manual + 1, .count = 1, .attempt = 1 };

  g_return_val_if_fail (self->options.manual, FALSE);
  g_return_val_if_fail (self->started_ns != 0, FALSE);

  /* with the lock, which orders it against a close() by another thread */
  if (!keep_input (self, item.id, input, input != NULL ? strlen (input) : 0, &item.input)
      || !heddle_queue_push (self->queue, &item))
    return FALSE;
  heddle_collector_wake_if_idle (self->collector);
  self->production.n_manual++;
  if (id != NULL)
    *id = self->production.n_manual;
  return TRUE;
}

/* No more tasks come. Release: what was pushed is counted before the collector sees that. */
static void
end_producing (HeddleRun *run)
{
  heddle_queue_close (run->queue);
  atomic_store_explicit (&run->production.going, FALSE, memory_order_release);
  heddle_collector_kick (run->collector);
}

/**
 * heddle_run_close:
 *
 * No more tasks will be submitted by hand: the run ends once those submitted have ended. Any
 * thread, any number of times; does not wait.
 */
void
heddle_run_close (HeddleRun *self)
{
  g_return_if_fail (self->options.manual);

  end_producing (self);
}

static void
tell_skipped (HeddleRun *run)
{
  g_autoptr (GString) text = g_string_new (NULL);
  guint64 skipped[HEDDLE_N_SKIPPED];

  for (guint i = 0; i < HEDDLE_N_SKIPPED; i++)
    skipped[i] = atomic_load_explicit (&run->production.skipped[i], memory_order_relaxed);
  if (heddle_skipped_append_text (text, skipped))
    heddle_log_printf (run->stores.log, HEDDLE_LOG_INFO, 0, 0,
                       _("Skipped because they are not regular files: %s"), text->str);
}

void *
heddle_producer_main (void *data)
{
  HeddleRun *run = data;
  HeddleProducer self = { .run = run, .next_id = 1 };
  GError *error = NULL;

  pthread_setname_np (pthread_self (), "heddle-producer");
  heddle_give_way (run->options.nice);
  if (!run->workload->produce (atomic_load_explicit (&run->data, memory_order_acquire), &self,
                               &error))
    heddle_run_take_error (run, error); /* what was submitted still runs */
  tell_skipped (run);
  end_producing (run);
  return NULL;
}
