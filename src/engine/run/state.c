/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

/* What all parts of a run need: its state, its error, its stop, and what a task is called. */

#include <glib/gi18n-lib.h>

#include "base/utf8.h"
#include "engine/run/run-private.h"

void
heddle_run_set_state (HeddleRun *self, HeddleRunState state)
{
  gboolean changed;

  pthread_mutex_lock (&self->public.lock);
  changed = self->public.state != state;
  self->public.state = state;
  self->public.snapshot.state = state;
  if (changed)
    self->public.snapshot.serial++;
  pthread_mutex_unlock (&self->public.lock);
  if (changed && self->options.hooks.changed != NULL)
    self->options.hooks.changed (self, self->options.hooks_data);
}

/* Keeps the first error of the run. Takes it over. */
void
heddle_run_keep_error (HeddleRun *self, GError *error)
{
  pthread_mutex_lock (&self->public.lock);
  if (self->public.error == NULL)
    self->public.error = g_steal_pointer (&error);
  pthread_mutex_unlock (&self->public.lock);
  g_clear_error (&error);
}

/* Takes it over, logs it, and keeps the first. NULL: the workload failed without one. */
void
heddle_run_take_error (HeddleRun *self, GError *error)
{
  if (error == NULL)
    heddle_workload_explain (self->workload, &error);
  heddle_log_printf (self->stores.log, HEDDLE_LOG_ERROR, 0, 0, "%s", error->message);
  pthread_mutex_lock (&self->public.lock);
  if (self->public.snapshot.submitted == 0)
    self->public.failed_to_start = TRUE;
  pthread_mutex_unlock (&self->public.lock);
  heddle_run_keep_error (self, error);
}

/* HeddlePoolHost.fail: the run cannot go on. */
void
heddle_run_fail (gpointer run, GError *error)
{
  heddle_run_take_error (run, error);
  heddle_run_stop (run, HEDDLE_STOP_CANCEL);
}

/* HeddleCollectorSinks.label: the input, or what the workload says. Valid UTF-8. */
void
heddle_run_label (gpointer run, guint64 id, const HeddleInput *input, char *buffer, gsize size)
{
  HeddleRun *self = run;
  gpointer data = atomic_load_explicit (&self->data, memory_order_acquire);

  buffer[0] = '\0';
  if (input != NULL && self->workload->input_label != NULL)
    self->workload->input_label (input->text, buffer, size);
  else if (input != NULL)
    {
      gboolean fine = g_utf8_validate_len (input->text, input->length, NULL);
      g_autofree char *valid = fine ? NULL : g_utf8_make_valid (input->text, input->length);

      heddle_utf8_append (buffer, size, valid != NULL ? valid : input->text);
    }
  else if (self->workload->label != NULL && data != NULL)
    {
      self->workload->label (data, id, buffer, size);
      heddle_utf8_trim (buffer);
    }
  else
    g_snprintf (buffer, size, "%" G_GUINT64_FORMAT, id);
}

/**
 * heddle_run_stop:
 * @policy: what happens to queued and running tasks; a milder one than the last is ignored
 *
 * Ends the run; also ends a pause. Any thread, any number of times; does not wait.
 */
void
heddle_run_stop (HeddleRun *self, HeddleStopPolicy policy)
{
  int want = (int) policy + 1;
  int now = atomic_load (&self->wishes.stop);

  while (now < want && !atomic_compare_exchange_weak (&self->wishes.stop, &now, want))
    ;
  /* the producer may sleep in a full queue: the collector is not needed to let it go */
  heddle_queue_close (self->queue);
  if (self->options.manual)
    /* nothing goes into a closed queue */
    atomic_store_explicit (&self->production.going, FALSE, memory_order_release);
  heddle_collector_kick (self->collector);
}
