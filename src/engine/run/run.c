/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

/* The run, as the window and the command line hold it. The supervisor's thread does its work; the
 * functions here only leave wishes and copy what was published. heddle_run_wait() alone waits. */

#include <errno.h>
#include <glib/gi18n-lib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/error.h"
#include "base/lock.h"
#include "engine/model/backend.h"
#include "engine/run/run-private.h"
#include "engine/sync/shared.h"
#include "trace/clock.h"

#define LOG_LINES 20000
#define SERIES_SAMPLES 4096

static void
make_series (HeddleRun *self)
{
  static const struct {
    const char *name, *unit;
    HeddleSeries *(*make) (const char *name, const char *unit, guint capacity);
  } kinds[HEDDLE_N_SERIES] = {
    [HEDDLE_SERIES_UTILISATION] = { N_("Pool utilisation"), "", heddle_series_new_of_stretches },
    [HEDDLE_SERIES_THROUGHPUT] = { N_("Throughput"), N_("tasks/s"),
                                   heddle_series_new_of_stretches },
    [HEDDLE_SERIES_QUEUE] = { N_("Queue depth"), "", heddle_series_new },
    [HEDDLE_SERIES_RUNNING] = { N_("Running"), "", heddle_series_new },
    [HEDDLE_SERIES_CPUS] = { N_("CPUs busy"), "", heddle_series_new_of_stretches },
    [HEDDLE_SERIES_MEMORY] = { N_("Memory"), "", heddle_series_new },
  };

  for (guint i = 0; i < HEDDLE_N_SERIES; i++)
    self->stores.series[i] = kinds[i].make (kinds[i].name, kinds[i].unit, SERIES_SAMPLES);
}

static void
copy_options (HeddleRun *self, const HeddleRunOptions *options)
{
  self->options = *options;
  self->options.worker_program = g_strdup (options->worker_program);
  self->options.trace_path = g_strdup (options->trace_path);
  if (options->context != NULL)
    g_main_context_ref (options->context);
}

/* A page of its own for the word that everybody waits on. */
static gboolean
map_cancel (HeddleRun *self, GError **error)
{
  void *page = mmap (NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);

  if (page == MAP_FAILED)
    {
      heddle_set_system_error (error, errno, _("There is not enough memory for a run"));
      return FALSE;
    }
  self->cancel = page;
  return TRUE;
}

/* HeddleCollectorSinks.row */
static void
take_row (const HeddleRow *row, gpointer run)
{
  HeddleRun *self = run;

  if (self->stores.results != NULL)
    heddle_results_add (self->stores.results, row);
  if (self->options.hooks.row != NULL)
    self->options.hooks.row (row, self->options.hooks_data);
}

/* HeddleCollectorSinks.line */
static void
take_line (const HeddleLogLine *line, gpointer run)
{
  HeddleRun *self = run;

  self->options.hooks.line (line, self->options.hooks_data);
}

static void
set_sinks (HeddleRun *self)
{
  const HeddleRunOptions *options = &self->options;

  heddle_collector_set_sinks (self->collector, &(HeddleCollectorSinks) {
    .lanes = self->stores.lanes, .log = self->stores.log, .queue = self->queue,
    .inputs = self->inputs, .cancel = self->cancel, .backend = options->backend,
    .retries = options->retries, .retry_delay = options->retry_delay,
    .wants_rows = self->stores.results != NULL || options->hooks.row != NULL,
    .row = take_row, .line = options->hooks.line != NULL ? take_line : NULL,
    .label = heddle_run_label, .figure = heddle_run_take_figure_locked, .data = self,
  });
}

/**
 * heddle_run_new:
 * @settings: the workload's parameters; copied
 * @options: copied
 *
 * Prepares a run; nothing is started. Main thread.
 *
 * Returns: (transfer full): the run, or NULL with HEDDLE_ERROR_USAGE or HEDDLE_ERROR_START
 */
HeddleRun *
heddle_run_new (const HeddleSettings *settings, const HeddleRunOptions *options, GError **error)
{
  HeddleRun *self;

  g_return_val_if_fail (settings != NULL, NULL);
  g_return_val_if_fail (options != NULL, NULL);

  if (!heddle_run_options_check (options, heddle_settings_get_workload (settings), error))
    return NULL;
  heddle_clock_init ();
  self = g_new0 (HeddleRun, 1);
  atomic_init (&self->refs, 1);
  self->workload = heddle_settings_get_workload (settings);
  self->settings = heddle_settings_copy (settings);
  copy_options (self, options);
  if (map_cancel (self, error))
    self->collector = heddle_collector_new (error);
  self->queue =
    heddle_queue_new (options->queue, (HeddleQueueHook) heddle_collector_kick, self->collector);
  self->inputs = heddle_input_table_new ();
  self->stores.lanes = heddle_lane_store_new (options->lane_budget);
  self->stores.results =
    options->result_budget > 0 ? heddle_results_new (options->result_budget) : NULL;
  self->stores.log = heddle_log_new (LOG_LINES);
  self->public.pauses = g_array_new (FALSE, FALSE, sizeof (HeddlePause));
  make_series (self);
  pthread_mutex_init (&self->public.lock, NULL);
  heddle_cond_init (&self->public.finished);
  self->public.snapshot.n_workers_target =
    heddle_backend_get_info (options->backend)->is_loop ? 1 : options->workers;
  atomic_init (&self->wishes.workers, (int) self->public.snapshot.n_workers_target);
  self->public.snapshot.queue_capacity = options->queue;
  self->public.snapshot.left_ns = -1;
  self->public.published = &self->draft.buffers[0];
  self->draft.unpublished = &self->draft.buffers[1];
  heddle_histogram_clear (&self->public.published->task_times);
  heddle_pace_init (&self->sampling.pace, 0);
  if (self->collector == NULL)
    {
      heddle_run_unref (self);
      return NULL;
    }
  set_sinks (self);
  return self;
}

/**
 * heddle_run_ref:
 *
 * Returns: (transfer full): @self. Any thread.
 */
HeddleRun *
heddle_run_ref (HeddleRun *self)
{
  atomic_fetch_add_explicit (&self->refs, 1, memory_order_relaxed);
  return self;
}

/**
 * heddle_run_unref:
 *
 * Drops a reference. A run that goes on holds one itself: this never waits or ends it. Any thread.
 */
void
heddle_run_unref (HeddleRun *self)
{
  if (self == NULL || atomic_fetch_sub_explicit (&self->refs, 1, memory_order_acq_rel) > 1)
    return;
  if (atomic_load (&self->thread.joinable)) /* nobody waited */
    pthread_detach (self->thread.handle);
  if (atomic_load (&self->data) != NULL && self->options.data == NULL)
    heddle_workload_close (self->workload, atomic_load (&self->data));
  heddle_shared_free (self->parts.shared);
  heddle_collector_free (self->collector);
  heddle_queue_free (self->queue);
  heddle_input_table_free (self->inputs);
  heddle_lane_store_unref (self->stores.lanes);
  for (guint i = 0; i < HEDDLE_N_SERIES; i++)
    heddle_series_unref (self->stores.series[i]);
  g_clear_pointer (&self->stores.results, heddle_results_unref);
  heddle_log_unref (self->stores.log);
  g_array_unref (self->public.pauses);
  heddle_settings_free (self->settings);
  if (self->cancel != NULL)
    munmap ((void *) self->cancel, 4096);
  g_clear_pointer (&self->options.context, g_main_context_unref);
  pthread_cond_destroy (&self->public.finished);
  pthread_mutex_destroy (&self->public.lock);
  g_clear_error (&self->public.error);
  g_free (self->public.why_not_exact);
  for (guint i = 0; i < G_N_ELEMENTS (self->draft.buffers); i++)
    g_free (self->draft.buffers[i].workers);
  g_free ((char *) self->options.worker_program);
  g_free ((char *) self->options.trace_path);
  g_free (self);
}

/* The supervisor's thread; it has a reference of the run. */
static void *
run_main (void *data)
{
  HeddleRun *self = data;

  pthread_setname_np (pthread_self (), "heddle-supervis");
  heddle_run_supervise (self);
  heddle_run_unref (self);
  return NULL;
}

/**
 * heddle_run_start:
 *
 * Starts the run, once. Errors that show later (the folder is missing, no worker program) end the
 * run with heddle_run_dup_error(). Does not wait.
 *
 * Returns: FALSE with HEDDLE_ERROR_START if not even a thread could be started
 */
gboolean
heddle_run_start (HeddleRun *self, GError **error)
{
  int code;

  g_return_val_if_fail (self->started_ns == 0, FALSE);

  self->started_ns = heddle_clock_monotonic_ns ();
  atomic_store (&self->production.going, self->options.manual);
  pthread_mutex_lock (&self->public.lock); /* others may look at the run before it starts */
  self->public.snapshot.started_ns = self->started_ns;
  self->public.state = self->public.snapshot.state = HEDDLE_RUN_RUNNING;
  pthread_mutex_unlock (&self->public.lock);
  heddle_run_ref (self); /* the thread's */
  code = pthread_create (&self->thread.handle, NULL, run_main, self);
  if (code == 0)
    {
      atomic_store (&self->thread.joinable, TRUE);
      return TRUE;
    }
  pthread_mutex_lock (&self->public.lock);
  self->public.state = self->public.snapshot.state = HEDDLE_RUN_FINISHED;
  pthread_mutex_unlock (&self->public.lock);
  heddle_run_unref (self);
  heddle_set_system_error (error, code, _("The thread of the run could not be started"));
  return FALSE;
}

/**
 * heddle_run_pause:
 *
 * Workers finish the task in hand and take no other. Any thread; does not wait.
 */
void
heddle_run_pause (HeddleRun *self)
{
  atomic_store (&self->wishes.paused, TRUE);
  heddle_collector_kick (self->collector);
}

/**
 * heddle_run_resume:
 *
 * Ends a pause. Any thread; does not wait.
 */
void
heddle_run_resume (HeddleRun *self)
{
  atomic_store (&self->wishes.paused, FALSE);
  heddle_collector_kick (self->collector);
}

/**
 * heddle_run_resize:
 * @n_workers: how many workers there shall be, 1 to HEDDLE_MAX_WORKERS
 *
 * New workers start; surplus ones leave after the task in hand. There is one main loop, whatever is
 * asked for. Any thread; does not wait.
 */
void
heddle_run_resize (HeddleRun *self, guint n_workers)
{
  g_return_if_fail (n_workers >= 1 && n_workers <= HEDDLE_MAX_WORKERS);

  if (heddle_backend_get_info (self->options.backend)->is_loop)
    return;
  atomic_store (&self->wishes.workers, (int) n_workers);
  heddle_collector_kick (self->collector);
}

/**
 * heddle_run_wait:
 * @timeout_ns: how long at most, nanoseconds; negative: for ever
 *
 * Waits for the end of the run and of its last thread, so that a program that leaves main() then
 * leaves nothing behind that still runs. Never on the main loop of a window.
 *
 * Returns: TRUE if the run is over
 */
gboolean
heddle_run_wait (HeddleRun *self, gint64 timeout_ns)
{
  gint64 deadline = timeout_ns < 0 ? G_MAXINT64 : heddle_clock_deadline (timeout_ns);
  gboolean over;

  pthread_mutex_lock (&self->public.lock);
  while (self->public.state != HEDDLE_RUN_FINISHED
         && heddle_cond_wait_until (&self->public.finished, &self->public.lock, deadline))
    ;
  over = self->public.state == HEDDLE_RUN_FINISHED;
  pthread_mutex_unlock (&self->public.lock);
  if (over && atomic_load (&self->thread.joinable)
      && !pthread_equal (pthread_self (), self->thread.handle)
      && atomic_exchange (&self->thread.joinable, FALSE))
    pthread_join (self->thread.handle, NULL);
  return over;
}

/**
 * heddle_run_get_state:
 *
 * Returns: the state now. Any thread.
 */
HeddleRunState
heddle_run_get_state (HeddleRun *self)
{
  HEDDLE_AUTO_LOCK (&self->public.lock);

  return self->public.state;
}

/**
 * heddle_run_dup_error:
 *
 * Returns: (transfer full) (nullable): why the run could not start or go on. Any thread.
 */
GError *
heddle_run_dup_error (HeddleRun *self)
{
  HEDDLE_AUTO_LOCK (&self->public.lock);

  return self->public.error != NULL ? g_error_copy (self->public.error) : NULL;
}

/**
 * heddle_run_dup_why_no_task:
 *
 * Why there is not a single result, for the place where results would be. Any thread.
 *
 * Returns: (transfer full) (nullable): sentences; NULL while the run goes on and if it had tasks
 */
char *
heddle_run_dup_why_no_task (HeddleRun *self)
{
  g_autoptr (GError) error = heddle_run_dup_error (self);
  g_autoptr (GString) text = NULL;
  g_autoptr (GString) skipped = g_string_new (NULL);
  HeddleRunSnapshot snapshot;

  heddle_run_get_snapshot (self, &snapshot);
  if (snapshot.state != HEDDLE_RUN_FINISHED || snapshot.submitted > 0)
    return NULL;
  if (error != NULL)
    return g_strdup (error->message);
  if (atomic_load (&self->wishes.stop) != 0)
    return g_strdup (_("The run was stopped before it had a task."));
  text = g_string_new (self->workload->nothing != NULL ? _(self->workload->nothing)
                                                       : _("There were no tasks."));
  if (heddle_skipped_append_text (skipped, snapshot.skipped))
    g_string_append_printf (text, _(" Skipped: %s."), skipped->str);
  return g_string_free (g_steal_pointer (&text), FALSE);
}

/**
 * heddle_run_get_workload:
 *
 * Returns: (transfer none): what is run. Any thread.
 */
const HeddleWorkload *
heddle_run_get_workload (HeddleRun *self)
{
  return self->workload;
}

/**
 * heddle_run_get_settings:
 *
 * Returns: (transfer none): the parameters it runs with. Any thread.
 *
 * Only tests use it.
 */
const HeddleSettings *
heddle_run_get_settings (HeddleRun *self)
{
  return self->settings;
}

/**
 * heddle_run_get_options:
 *
 * Returns: (transfer none): the options it was made with. Any thread.
 */
const HeddleRunOptions *
heddle_run_get_options (HeddleRun *self)
{
  return &self->options;
}

/**
 * heddle_run_get_snapshot:
 * @snapshot: (out): the last one published
 *
 * Any thread; a copy under a short lock. Before the start: all zero. In a run where nothing has
 * happened for long, the time in it is now.
 */
void
heddle_run_get_snapshot (HeddleRun *self, HeddleRunSnapshot *snapshot)
{
  gboolean slept = heddle_collector_mark_observed (self->collector);

  HEDDLE_AUTO_LOCK (&self->public.lock);
  if (slept && self->public.state != HEDDLE_RUN_FINISHED)
    {
      /* Kept, since the pass that went idle may yet publish with the time of its beginning. A run
       * that has finished meanwhile keeps its last time. */
      self->public.snapshot.now_ns = heddle_clock_monotonic_ns ();
      self->public.snapshot.elapsed_ns =
        self->public.snapshot.now_ns - self->public.snapshot.started_ns;
    }
  *snapshot = self->public.snapshot;
}

/**
 * heddle_run_get_workers:
 * @workers: (out): room for @max_workers
 *
 * Copies what was last published about the workers, at most 50 milliseconds old; older where the
 * run is idle and nobody has looked, until that look has been noticed. Any thread.
 *
 * Returns: how many workers there are or were; may be more than @max_workers
 */
guint
heddle_run_get_workers (HeddleRun *self, HeddleWorkerInfo *workers, guint max_workers)
{
  guint n;

  heddle_collector_mark_observed (self->collector);
  HEDDLE_AUTO_LOCK (&self->public.lock);
  n = self->public.published->n_workers;
  if (n > 0 && max_workers > 0)
    memcpy (workers, self->public.published->workers, sizeof *workers * MIN (n, max_workers));
  return n;
}

/**
 * heddle_run_get_watches:
 * @watches: (out): room for @max_watches, HEDDLE_MAX_WATCHES is always enough
 *
 * Copies what the tasks share, as it was published at most 50 milliseconds ago. Any thread.
 *
 * Returns: how many were set
 */
guint
heddle_run_get_watches (HeddleRun *self, HeddleWatch *watches, guint max_watches)
{
  guint n;

  heddle_collector_mark_observed (self->collector);
  HEDDLE_AUTO_LOCK (&self->public.lock);
  n = MIN (self->public.published->n_watches, max_watches);
  memcpy (watches, self->public.published->watches, sizeof *watches * n);
  return n;
}

/**
 * heddle_run_get_figures:
 * @figures: (out): room for @max_figures, HEDDLE_MAX_FIGURES is always enough
 *
 * Copies the figures that tasks have published so far, in the order of the tasks. Any thread.
 *
 * Returns: how many were set
 */
guint
heddle_run_get_figures (HeddleRun *self, HeddleFigure *figures, guint max_figures)
{
  guint n;

  HEDDLE_AUTO_LOCK (&self->public.lock);
  n = MIN (self->public.n_figures, max_figures);
  memcpy (figures, self->public.figures, sizeof *figures * n);
  return n;
}

/**
 * heddle_run_get_task_times:
 * @histogram: (out): how long tasks took in the worker, nanoseconds
 *
 * Any thread; a copy under a short lock.
 */
void
heddle_run_get_task_times (HeddleRun *self, HeddleHistogram *histogram)
{
  HEDDLE_AUTO_LOCK (&self->public.lock);
  *histogram = self->public.published->task_times;
}

/**
 * heddle_run_get_memory:
 * @memory: (out): what it holds now
 *
 * Any thread; a few short locks. What workers hold, and the shared objects of a run, is not in it.
 */
void
heddle_run_get_memory (HeddleRun *self, HeddleRunMemory *memory)
{
  gsize rest = sizeof *self + sizeof *self->collector + heddle_queue_get_bytes (self->queue);

  for (guint i = 0; i < HEDDLE_N_SERIES; i++)
    rest += heddle_series_get_bytes (self->stores.series[i]);
  pthread_mutex_lock (&self->public.lock);
  rest += self->public.published->bytes_on_the_way;
  /* the other one is as large, or will be */
  rest += 2 * self->public.published->n_alloc * sizeof (HeddleWorkerInfo);
  pthread_mutex_unlock (&self->public.lock);
  *memory = (HeddleRunMemory) {
    .lanes = heddle_lane_store_get_totals (self->stores.lanes).bytes,
    .results = self->stores.results != NULL ? heddle_results_get_bytes (self->stores.results) : 0,
    .log = heddle_log_get_bytes (self->stores.log),
    .rest = rest,
  };
}

/**
 * heddle_run_get_lanes:
 *
 * Returns: (transfer none): the history of the workers. Any thread.
 */
HeddleLaneStore *
heddle_run_get_lanes (HeddleRun *self)
{
  return self->stores.lanes;
}

/**
 * heddle_run_get_series:
 *
 * Returns: (transfer none): a number over time. Any thread.
 */
HeddleSeries *
heddle_run_get_series (HeddleRun *self, HeddleSeriesKind kind)
{
  g_return_val_if_fail ((guint) kind < HEDDLE_N_SERIES, NULL);

  return self->stores.series[kind];
}

/**
 * heddle_run_get_results:
 *
 * Returns: (transfer none) (nullable): a row a task; NULL where rows are not kept. Any thread.
 */
HeddleResults *
heddle_run_get_results (HeddleRun *self)
{
  return self->stores.results;
}

/**
 * heddle_run_get_log:
 *
 * Returns: (transfer none): what was printed and what happened. Any thread.
 */
HeddleLog *
heddle_run_get_log (HeddleRun *self)
{
  return self->stores.log;
}

/**
 * heddle_run_dup_task_label:
 * @buffer: (out): what the task is called; its number if it had an input and is over
 *
 * For tooltips: looks into what stands in line, in hand and in the results. Any thread.
 */
void
heddle_run_dup_task_label (HeddleRun *self, guint64 id, char *buffer, gsize size)
{
  guint64 index;
  HeddleRow row;

  buffer[0] = '\0';
  if (self->workload->label != NULL)
    {
      heddle_run_label (self, id, NULL, buffer, size);
      return;
    }
  if (self->stores.results != NULL && heddle_results_find_id (self->stores.results, id, &index)
      && heddle_results_get (self->stores.results, index, &row))
    {
      heddle_utf8_append (buffer, size, row.label != NULL ? row.label : "");
      heddle_row_clear (&row);
      return;
    }
  HEDDLE_AUTO_LOCK (&self->public.lock);
  for (guint i = 0; i < self->public.published->n_workers; i++)
    if (self->public.published->workers[i].task == id)
      heddle_utf8_append (buffer, size, self->public.published->workers[i].label);
}

/**
 * heddle_run_dup_sentence:
 * @row: a row of this run's results
 *
 * Returns: (transfer full): the result in words, "The factorial of 5 is 120". Any thread.
 */
char *
heddle_run_dup_sentence (HeddleRun *self, const HeddleRow *row)
{
  gpointer data = atomic_load_explicit (&self->data, memory_order_acquire);

  if (self->workload->sentence != NULL && data != NULL && row->state == HEDDLE_TASK_DONE)
    return self->workload->sentence (data, row->id, row->label, row->result);
  if (row->result != NULL)
    return g_strdup_printf ("%s: %s", row->label, row->result);
  return g_strdup (row->label);
}
