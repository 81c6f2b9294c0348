/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Starts worker processes, replaces the dead, has surplus ones leave, and gives up when none
 * survives. All on the dispatcher's thread. */
#include "config.h"

#include "engine/pools/process/process-pool.h"

#include <glib/gi18n-lib.h>
#include <signal.h>
#include <string.h>

#include "base/utf8.h"

/* So many workers in a row may die before they start a task. */
#define MAX_DEATHS_UNSTARTED 5
/* Of their task, while no task ends well: a workload that kills every worker ends there. */
#define MAX_DEATHS_FRUITLESS 100
/* From so many on, the next worker waits, longer each time. */
#define SOON_DEATHS 8
#define MAX_DELAY_NS 100000000
/* Processes started in one go, before the dispatcher looks at the others again. */
#define SPAWN_AT_ONCE 8

/**
 * heddle_process_pool_fail:
 * @error: (transfer full): why
 *
 * Tells the run that it cannot go on, once; no more workers are started.
 */
void
heddle_process_pool_fail (HeddleProcessPool *self, GError *error)
{
  if (self->failed)
    {
      g_error_free (error);
      return;
    }
  self->failed = TRUE;
  self->base.host.fail (self->base.host.run, error);
}

static void
describe_exit (HeddleProcessPool *self, HeddleProcessWorker *worker, const siginfo_t *info,
               char *buffer, gsize buffer_size)
{
  char how[160];
  gsize size = sizeof how;

  if (worker->ending.because != NULL)
    heddle_utf8_copy (how, size, _(worker->ending.because));
  else if (info->si_code == CLD_EXITED)
    g_snprintf (how, size, _("exited with status %d"), info->si_status);
  else
    g_snprintf (how, size, _("was killed by signal %d (%s)"), info->si_status,
                g_strsignal (info->si_status));
  heddle_utf8_trim (how);
  if (self->isolated)
    g_snprintf (buffer, buffer_size, _("%s: all threads of the process died with it"), how);
  else
    heddle_utf8_copy (buffer, buffer_size, how);
  heddle_utf8_trim (buffer);
}

/* No other worker has the process any more, so none has to learn how it died. */
static gboolean
is_last (HeddleProcessPool *self, const HeddleProcessWorker *worker)
{
  for (guint i = 0; i < self->workers->len; i++)
    {
      const HeddleProcessWorker *other = g_ptr_array_index (self->workers, i);

      if (other != worker && heddle_process_worker_is_alive (other))
        return FALSE;
    }
  return TRUE;
}

/* Whether a thread of the process took tasks (one of which may have ended it) and none says that it
 * could not begin. Before another process is started. */
static gboolean
were_ready (HeddleProcessPool *self)
{
  gboolean ready = FALSE;

  for (guint i = 0; i < self->n_isolated; i++)
    {
      const HeddleProcessWorker *worker = g_ptr_array_index (self->workers, i);
      guint32 state = atomic_load (&worker->segment.map->state);

      if (state == HEDDLE_SEGMENT_FAILED)
        return FALSE;
      ready = ready || state == HEDDLE_SEGMENT_READY;
    }
  return ready;
}

/* Whether the program has come so far that it takes tasks; what ended it then was one of these. */
static gboolean
was_ready (HeddleProcessPool *self, const HeddleProcessWorker *worker)
{
  return self->isolated ? were_ready (self)
                        : atomic_load (&worker->segment.map->state) == HEDDLE_SEGMENT_READY;
}

/* A worker that gives up before it is ready says why; another would do the same. */
static GError *
explain_no_start (HeddleProcessPool *self, HeddleProcessWorker *worker, const siginfo_t *info)
{
  g_autofree char *text = heddle_segment_dup_error (&worker->segment);

  if (info->si_code != CLD_EXITED || info->si_status == HEDDLE_WORKER_EXIT_ORPHAN
      || was_ready (self, worker))
    return NULL;
  if (info->si_status == HEDDLE_WORKER_EXIT_WORKLOAD)
    return g_error_new (HEDDLE_ERROR, HEDDLE_ERROR_START,
                        _("A worker process could not open the workload: %s"), text);
  if (info->si_status == HEDDLE_WORKER_EXIT_PROTOCOL)
    return g_error_new (HEDDLE_ERROR, HEDDLE_ERROR_START,
                        _("The worker program “%s” has another version than this program (%s). Set HEDDLE_WORKER to the path of the heddle-worker of this version."),
                        self->setup.program, HEDDLE_VERSION);
  return g_error_new (HEDDLE_ERROR, HEDDLE_ERROR_START,
                      _("The worker program “%s” ended with status %d before it was ready. Set HEDDLE_WORKER to the path of a working heddle-worker."),
                      self->setup.program, info->si_status);
}

static guint64
count_ended (HeddleProcessPool *self)
{
  guint64 ended = self->deaths.ended_before;

  for (guint i = 0; i < self->workers->len; i++)
    {
      HeddleProcessWorker *worker = g_ptr_array_index (self->workers, i);

      if (heddle_process_worker_is_alive (worker))
        ended += heddle_segment_get_ended (&worker->segment);
    }
  return ended;
}

/* Progress is a task that ended in any worker since the last death. */
static void
count_death (HeddleProcessPool *self, HeddleProcessWorker *worker, guint64 n_started,
             const char *how)
{
  guint64 ended = count_ended (self);
  guint deaths;

  if (ended != self->deaths.ended_at_last)
    self->deaths.n_unstarted = self->deaths.n_fruitless = 0;
  self->deaths.ended_at_last = ended;
  self->deaths.n_fruitless++;
  self->deaths.n_unstarted = n_started == 0 ? self->deaths.n_unstarted + 1 : 0;
  deaths = MAX (self->deaths.n_fruitless, self->deaths.n_unstarted);
  if (self->deaths.n_unstarted >= MAX_DEATHS_UNSTARTED
      || self->deaths.n_fruitless >= MAX_DEATHS_FRUITLESS)
    heddle_process_pool_fail (self, g_error_new (HEDDLE_ERROR, HEDDLE_ERROR_WORKER,
                                                 _("Worker processes die faster than they can be replaced: %u in a row, the last one %s. "
                                                   "The log shows the others."), deaths, how));
  else if (self->deaths.n_unstarted > 1 || self->deaths.n_fruitless > SOON_DEATHS)
    worker->empty_until = heddle_clock_monotonic_ns ()
      + MIN (G_GINT64_CONSTANT (5000000) << MIN (deaths, 16), MAX_DELAY_NS);
}

/* Whether we killed it to stop the run, and whether another process takes its slot: not in a stop
 * or after a failure, not if it was to leave, not where each task has a process of its own. */
static HeddleDeath
judge_death (HeddleProcessPool *self, const HeddleProcessWorker *worker)
{
  gboolean stopping = self->finishing || atomic_load (self->base.host.cancel) != 0;
  HeddleDeath death = 0;

  if (stopping && worker->ending.because != NULL)
    death |= HEDDLE_DEATH_WANTED;
  if (!stopping && !self->failed && !self->base.klass->info.is_per_task
      && (!worker->ending.leaving || worker->ending.recycled))
    death |= HEDDLE_DEATH_REPLACED;
  return death;
}

/* What the worker had, and what it came to. */
static void
settle (HeddleProcessPool *self, HeddleProcessWorker *worker, const siginfo_t *info)
{
  HeddleCollector *collector = self->base.host.collector;
  gboolean well = info->si_code == CLD_EXITED && info->si_status == 0
    && worker->ending.because == NULL
    && atomic_load (&worker->segment.map->quit) == HEDDLE_QUIT_TAKEN && worker->ending.leaving;
  GError *error = NULL;
  guint64 n_started;
  char how[320];

  if (well)
    {
      heddle_collector_worker_gone (collector, worker->slot);
      n_started = heddle_collector_get_started (collector, worker->slot);
      if (worker->ending.recycled)
        heddle_collector_count_recycled (collector);
    }
  else
    {
      describe_exit (self, worker, info, how, sizeof how);
      n_started =
        heddle_collector_worker_died (collector, worker->slot, how, judge_death (self, worker));
      error = explain_no_start (self, worker, info);
    }
  heddle_process_worker_put_back (worker, self, n_started);
  self->deaths.ended_before += heddle_segment_get_ended (&worker->segment);
  if (error != NULL)
    heddle_process_pool_fail (self, error);
  else if (!well && worker->ending.term_until == 0 && (!self->isolated || is_last (self, worker)))
    count_death (self, worker, n_started, how);
}

/**
 * heddle_process_pool_handle_death:
 *
 * The process of @worker is dead: the collector reads its ring to the end, tasks that it had not
 * started go back, and @worker is free for another process.
 */
void
heddle_process_pool_handle_death (HeddleProcessPool *self, HeddleProcessWorker *worker)
{
  /* the other workers want to know how it died, too */
  gboolean keep = self->isolated && !is_last (self, worker);
  siginfo_t info;

  if (!heddle_process_pool_reap (self, worker, keep, &info))
    return;
  self->n_alive--;
  self->no_more = FALSE;
  settle (self, worker, &info);
}

/**
 * heddle_process_pool_get_empty:
 *
 * There are never more workers than a run may have workers, since their numbers say where things
 * lie in the arena: after a shrink, workers that are on their way out are waited for. The death of
 * one of them wakes the dispatcher.
 *
 * Returns: (nullable): a worker, perhaps a new one, whose process may be spawned now; NULL: none
 */
HeddleProcessWorker *
heddle_process_pool_get_empty (HeddleProcessPool *self, gint64 now)
{
  g_autoptr (GError) error = NULL;
  HeddleProcessWorker *worker;
  gboolean waits = FALSE;

  for (guint i = 0; i < self->workers->len; i++)
    {
      worker = g_ptr_array_index (self->workers, i);
      if (heddle_process_worker_is_alive (worker))
        continue;
      if (worker->empty_until <= now)
        return worker;
      waits = TRUE;
    }
  if (waits || self->workers->len >= HEDDLE_MAX_WORKERS)
    return NULL;
  worker = heddle_process_worker_new (self, &error);
  if (worker != NULL)
    g_ptr_array_add (self->workers, worker);
  else
    heddle_process_pool_run_short (self, g_steal_pointer (&error));
  return worker;
}

/**
 * heddle_process_pool_run_short:
 * @error: (transfer full): what the system says
 *
 * The system gives no more. With workers alive, and as many as the tasks need, the pool goes on
 * with those and says so; otherwise the run cannot go on.
 */
void
heddle_process_pool_run_short (HeddleProcessPool *self, GError *error)
{
  if (!heddle_pool_makes_do (&self->base, self->n_alive, error, !self->told.short_of))
    {
      heddle_process_pool_fail (self, error);
      return;
    }
  self->told.short_of = TRUE;
  self->no_more = TRUE;
  g_error_free (error);
}

/**
 * heddle_process_pool_begin_spawn:
 * @worker: reset, and without a process
 *
 * Shows the next process of @worker whether it is paused or cancelled.
 */
void
heddle_process_pool_begin_spawn (HeddleProcessPool *self, HeddleProcessWorker *worker)
{
  heddle_segment_set_paused (&worker->segment, self->told.paused);
  if (self->told.cancel != 0)
    heddle_segment_cancel (&worker->segment, self->told.cancel);
}

/**
 * heddle_process_pool_born:
 *
 * @worker has its process.
 */
void
heddle_process_pool_born (HeddleProcessPool *self, HeddleProcessWorker *worker)
{
  self->n_alive++;
  heddle_collector_worker_born (self->base.host.collector, worker->slot, worker->segment.ring,
                                worker->pid, 0, self->isolated ? &worker->segment.map->tid : NULL);
}

/**
 * heddle_process_pool_spawn_worker:
 * @worker: reset, and without a process
 *
 * Starts the process of @worker, with the pool's present state of pause and cancelling.
 *
 * Returns: FALSE if the system gave none; the run or its log has been told
 */
gboolean
heddle_process_pool_spawn_worker (HeddleProcessPool *self, HeddleProcessWorker *worker)
{
  gboolean out_of_resources = FALSE;
  GError *error = NULL;

  heddle_process_pool_begin_spawn (self, worker);
  heddle_collector_expect (self->base.host.collector, TRUE);
  if (heddle_process_pool_spawn (self, worker, &out_of_resources, &error))
    {
      heddle_process_pool_born (self, worker);
      heddle_collector_expect (self->base.host.collector, FALSE);
      return TRUE;
    }
  heddle_collector_expect (self->base.host.collector, FALSE);
  if (out_of_resources)
    heddle_process_pool_run_short (self, error);
  else
    heddle_process_pool_fail (self, error);
  return FALSE;
}

/* Those with the highest numbers leave first, and come back first when more are wanted again. */
static guint
count_staying (HeddleProcessPool *self)
{
  guint n = 0;

  for (guint i = 0; i < self->workers->len; i++)
    {
      HeddleProcessWorker *worker = g_ptr_array_index (self->workers, i);

      if (heddle_process_worker_is_alive (worker)
          && (!worker->ending.leaving || worker->ending.recycled))
        n++;
    }
  return n;
}

static guint
let_leave (HeddleProcessPool *self, guint staying, guint target)
{
  for (guint i = self->workers->len; i > 0 && staying > target; i--)
    {
      HeddleProcessWorker *worker = g_ptr_array_index (self->workers, i - 1);

      if (!heddle_process_worker_is_alive (worker) || worker->ending.leaving)
        continue;
      worker->ending.leaving = TRUE;
      heddle_segment_quit (&worker->segment);
      staying--;
    }
  return staying;
}

static guint
call_back (HeddleProcessPool *self, guint staying, guint target)
{
  for (guint i = 0; i < self->workers->len && staying < target; i++)
    {
      HeddleProcessWorker *worker = g_ptr_array_index (self->workers, i);

      if (!heddle_process_worker_is_alive (worker) || !worker->ending.leaving
          || worker->ending.recycled || !heddle_segment_take_back_quit (&worker->segment))
        continue;
      worker->ending.leaving = FALSE;
      staying++;
    }
  return staying;
}

/**
 * heddle_process_pool_scale:
 *
 * Brings the number of workers to what is wanted: spawns, calls back, or lets leave.
 *
 * Returns: TRUE if there are more to spawn at once
 */
gboolean
heddle_process_pool_scale (HeddleProcessPool *self)
{
  guint target = self->finishing ? 0 : atomic_load (&self->wishes.target);
  gint64 now = heddle_clock_monotonic_ns ();
  guint staying = count_staying (self);

  staying = let_leave (self, staying, target);
  if (self->finishing || self->failed || self->told.cancel)
    return FALSE;
  staying = call_back (self, staying, target);
  for (guint i = 0; i < SPAWN_AT_ONCE && staying < target && !self->no_more && !self->failed; i++)
    {
      HeddleProcessWorker *worker = heddle_process_pool_get_empty (self, now);

      if (worker == NULL)
        return FALSE;
      heddle_process_worker_reset (worker);
      if (!heddle_process_pool_spawn_worker (self, worker))
        return FALSE;
      staying++;
    }
  return staying < target && !self->no_more && !self->failed;
}
