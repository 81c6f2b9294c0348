/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <pthread.h>

#include "engine/run.h"
#include "workloads/list.h"

/* Runs whose tasks are submitted one by one from outside. */

typedef struct {
  pthread_mutex_t lock;
  pthread_cond_t came;
  guint64 id; /* of the row that came last */
  guint64 n;
  char *result;
} Mailbox;

static void
take_row (const HeddleRow *row, gpointer data)
{
  Mailbox *self = data;

  pthread_mutex_lock (&self->lock);
  self->id = row->id;
  self->n++;
  g_free (self->result);
  self->result = g_strdup (row->result);
  pthread_cond_signal (&self->came);
  pthread_mutex_unlock (&self->lock);
}

static HeddleRun *
start_run (Mailbox *mailbox, HeddleBackend backend)
{
  g_autoptr (HeddleSettings) settings = heddle_settings_new (heddle_workloads_find ("squares"));
  g_autoptr (GError) error = NULL;
  HeddleRunOptions options;
  HeddleRun *run;

  pthread_mutex_init (&mailbox->lock, NULL);
  pthread_cond_init (&mailbox->came, NULL);
  heddle_run_options_init (&options, heddle_settings_get_workload (settings));
  options.backend = backend;
  options.workers = 2;
  options.by_hand = TRUE;
  options.hooks.row = take_row;
  options.hooks_data = mailbox;
  run = heddle_run_new (settings, &options, &error);
  g_assert_no_error (error);
  heddle_run_start (run, &error);
  g_assert_no_error (error);
  return run;
}

static void
end_run (Mailbox *mailbox, HeddleRun *run, guint64 n_done)
{
  HeddleRunSnapshot snapshot;

  g_assert_true (heddle_run_wait (run, -1));
  g_assert_false (heddle_run_submit (run, NULL, NULL));
  heddle_run_get_snapshot (run, &snapshot);
  g_assert_cmpuint (snapshot.submitted, ==, n_done);
  g_assert_cmpuint (snapshot.done, ==, n_done);
  g_assert_false (snapshot.producing);
  heddle_run_unref (run);
  g_free (mailbox->result);
}

/* Each result comes before the next task is submitted: nothing else happens that could bring it. */
static void
each_result_comes_by_itself (gconstpointer data)
{
  Mailbox mailbox = { 0 };
  HeddleRun *run = start_run (&mailbox, (HeddleBackend) GPOINTER_TO_INT (data));

  for (guint64 i = 1; i <= 20; i++)
    {
      guint64 id = 0;

      g_assert_true (heddle_run_submit (run, i % 2 == 0 ? "even" : NULL, &id));
      g_assert_cmpuint (id, ==, i);
      pthread_mutex_lock (&mailbox.lock);
      while (mailbox.id != id)
        pthread_cond_wait (&mailbox.came, &mailbox.lock);
      g_assert_cmpuint (g_ascii_strtoull (mailbox.result, NULL, 10), ==, id * id);
      pthread_mutex_unlock (&mailbox.lock);
    }
  heddle_run_close (run);
  heddle_run_close (run);
  end_run (&mailbox, run, 20);
}

static void
closing_ends_what_was_submitted (gconstpointer data)
{
  Mailbox mailbox = { 0 };
  HeddleRun *run = start_run (&mailbox, (HeddleBackend) GPOINTER_TO_INT (data));

  for (guint i = 0; i < 50; i++)
    g_assert_true (heddle_run_submit (run, NULL, NULL));
  heddle_run_close (run);
  g_assert_false (heddle_run_submit (run, NULL, NULL));
  end_run (&mailbox, run, 50);
  g_assert_cmpuint (mailbox.n, ==, 50);
}

static void
stopping_ends_a_run_that_is_never_closed (gconstpointer data)
{
  Mailbox mailbox = { 0 };
  HeddleRun *run = start_run (&mailbox, (HeddleBackend) GPOINTER_TO_INT (data));

  heddle_run_stop (run, HEDDLE_STOP_CANCEL);
  end_run (&mailbox, run, 0);
}

int
main (int argc, char **argv)
{
  static const HeddleBackend backends[] = {
    HEDDLE_BACKEND_THREADS, HEDDLE_BACKEND_PROCESSES, HEDDLE_BACKEND_THREAD_PER_TASK, HEDDLE_BACKEND_PROCESS_PER_TASK,
  };

  g_test_init (&argc, &argv, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (backends); i++)
    {
      const char *id = heddle_backend_get_info (backends[i])->id;
      g_autofree char *each = g_strdup_printf ("/by-hand/%s/each-result-comes-by-itself", id);
      g_autofree char *closing = g_strdup_printf ("/by-hand/%s/closing-ends-what-was-submitted", id);
      g_autofree char *stopping = g_strdup_printf ("/by-hand/%s/stopping-ends-a-run-that-is-never-closed", id);

      g_test_add_data_func (each, GINT_TO_POINTER (backends[i]), each_result_comes_by_itself);
      g_test_add_data_func (closing, GINT_TO_POINTER (backends[i]), closing_ends_what_was_submitted);
      g_test_add_data_func (stopping, GINT_TO_POINTER (backends[i]), stopping_ends_a_run_that_is_never_closed);
    }
  return g_test_run ();
}
