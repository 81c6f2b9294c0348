/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

/* The supervisor, a thread a run: opens the workload, starts producer and pool, has the collector
 * read the rings, carries out the user's wishes (pause, resize, stop) and takes the run down when
 * everything has ended. So the main loop never waits for a run. */

#include <glib/gi18n-lib.h>
#include <poll.h>
#include <unistd.h>

#include "base/error.h"
#include "base/lock.h"
#include "engine/model/backend.h"
#include "engine/run/run-private.h"
#include "engine/sync/shared.h"
#include "engine/task/task-private.h"
#include "trace/clock.h"
#include "trace/thread-times.h"

/* How long the thread sleeps between two passes when nobody kicks it. */
#define TICK_BUSY_MS 5   /* events came in the last pass */
#define TICK_CALM_MS 20  /* tasks are running, nothing came */
#define TICK_IDLE_MS 100 /* paused, or waiting for the producer */

#define DEADLOCK_LOOK_NS (50 * G_GINT64_CONSTANT (1000000))

static void
look_for_deadlocks (HeddleRun *self, gint64 now)
{
  HeddleSupervision *supervision = &self->supervision;

  if (self->parts.shared == NULL || now - supervision->deadlock_looked_at < DEADLOCK_LOOK_NS)
    return;
  supervision->deadlock_looked_at = now;
  if (heddle_deadlock_look (&supervision->deadlock, self->parts.shared, self->collector->slots->len,
                            heddle_collector_worker_name, self->collector, self->stores.log))
    supervision->deadlocked = TRUE;
}

/* What is looked at after all rings have been read, in this order. */
static void
look_after (HeddleRun *self, gboolean producing, gint64 now)
{
  HeddleCollector *collector = self->collector;
  HeddleQueueCounts counts;

  heddle_queue_get_counts (self->queue, &counts);
  heddle_run_keep_policies_locked (
      self, now, !producing && counts.submitted == heddle_collector_count_ended_locked (collector));
  heddle_run_end_late_tasks_locked (self, now);
  heddle_run_rebalance_locked (self, now);
  heddle_collector_flush_locked (collector);
  heddle_collector_hand_out_rows_locked (collector);
  heddle_collector_tell_log_locked (collector);
  look_for_deadlocks (self, now);
  heddle_queue_get_counts (self->queue, &counts);
  heddle_run_look_for_standstill_locked (self, &counts, producing, now);
}

/* How long the thread sleeps, if nobody wakes it, milliseconds. */
static int
choose_tick (HeddleRun *self, const HeddleQueueCounts *counts, gboolean news, gint64 now)
{
  int tick = TICK_IDLE_MS;

  if (news || heddle_finish_order_get_length (self->collector->rows) > 0)
    tick = TICK_BUSY_MS;
  else if (counts->taken > heddle_collector_count_ended_locked (self->collector))
    tick = TICK_CALM_MS;
  return heddle_run_bound_tick_locked (self, tick, now);
}

/* Reads all rings, samples, publishes. Returns for how many ms to sleep; -1: until woken. */
static int
pass (HeddleRun *self, gboolean kicked, gboolean *ended)
{
  HeddleCollector *collector = self->collector;
  /* acquire before the counts: once it is FALSE, what was submitted is final */
  gboolean producing = atomic_load_explicit (&self->production.going, memory_order_acquire);
  HeddleQueueCounts counts;
  gboolean news;
  guint64 before;
  gint64 now;
  int tick;

  HEDDLE_AUTO_LOCK (&collector->lock);
  before = collector->counts.n_events;
  heddle_collector_read_rings_locked (collector);
  now = heddle_clock_monotonic_ns ();
  look_after (self, producing, now);
  heddle_run_sample_locked (self, now);
  heddle_run_publish_locked (self, now);
  heddle_queue_get_counts (self->queue, &counts);
  *ended = !producing && counts.submitted == heddle_collector_count_ended_locked (collector);
  if (*ended)
    heddle_run_end_locked (self, now);
  news = collector->counts.n_events != before;
  tick = choose_tick (self, &counts, news, now);
  if (!*ended)
    tick = heddle_run_enter_idle_locked (self, kicked || news, tick, now);
  return tick;
}

typedef struct {
  int workers;
  gboolean paused;
  gboolean produced; /* the pool knows that no more tasks come */
  int stop;
} Carried;

static void
set_wanted_workers (HeddleRun *run, guint n_workers, gint64 now)
{
  HEDDLE_AUTO_LOCK (&run->collector->lock);
  heddle_run_set_wanted_workers_locked (run, n_workers, now);
}

static void
note_wishes (HeddleRun *run, gboolean paused, int stop)
{
  HEDDLE_AUTO_LOCK (&run->collector->lock);
  if (stop > HEDDLE_STOP_REST + 1)
    heddle_collector_ask_locked (run->collector, HEDDLE_CANCEL_RUN);
  else if (stop == HEDDLE_STOP_REST + 1)
    heddle_collector_ask_locked (run->collector, HEDDLE_CANCEL_REST);
  heddle_run_set_paused_locked (run, paused, heddle_clock_monotonic_ns ());
}

/* Carries out what the user wants since the last time. */
static void
carry_out_wishes (HeddleRun *run, Carried *carried)
{
  HeddlePool *pool = run->parts.pool;
  int workers = MAX (atomic_load (&run->wishes.workers), (int) run->parts.parties);
  int stop = atomic_load (&run->wishes.stop);
  gboolean paused = atomic_load (&run->wishes.paused) && stop == 0;
  gboolean produced = !atomic_load_explicit (&run->production.going, memory_order_acquire);

  if (workers != carried->workers)
    {
      carried->workers = workers;
      set_wanted_workers (run, (guint) workers, heddle_clock_monotonic_ns ());
      if (pool->klass->resize != NULL)
        pool->klass->resize (pool, (guint) workers);
    }
  if (paused == carried->paused && stop == carried->stop && produced == carried->produced)
    return;
  carried->paused = paused;
  carried->stop = stop;
  carried->produced = produced;
  if (stop != 0)
    heddle_queue_close (run->queue);
  note_wishes (run, paused, stop);
  heddle_queue_set_paused (run->queue, paused);
  if (pool->klass->poke != NULL)
    pool->klass->poke (pool, paused, stop == HEDDLE_STOP_KILL + 1);
  heddle_run_set_state (run,
                        stop != 0  ? HEDDLE_RUN_STOPPING
                          : paused ? HEDDLE_RUN_PAUSED
                                   : HEDDLE_RUN_RUNNING);
}

/* Of the recording of switches; -1: there is none, which poll() passes over. Only this thread makes
 * or ends one. */
static int
get_switches_fd (HeddleRun *run)
{
  HeddleStates *states = run->collector->sinks.states;

  return states != NULL ? heddle_switches_get_wake_fd (heddle_states_get_switches (states)) : -1;
}

static void
run_passes (HeddleRun *run, int n_workers)
{
  HeddleCollector *self = run->collector;
  Carried carried = { .workers = n_workers };
  gboolean ended = FALSE;
  int tick = 0;

  set_wanted_workers (run, (guint) n_workers, run->started_ns);
  while (!ended)
    {
      /* a ring of switches that fills up is a reason for a pass, too */
      struct pollfd wake[] = { { .fd = self->wake_fd, .events = POLLIN },
                               { .fd = get_switches_fd (run), .events = POLLIN } };
      guint64 kicks = 0;

      /* where the read fails somebody else's kick was read before: nothing is lost */
      if (poll (wake, G_N_ELEMENTS (wake), tick) > 0 && wake[0].revents != 0
          && read (self->wake_fd, &kicks, sizeof kicks) < 0)
        kicks = 0;
      if (tick < 0)
        heddle_run_leave_idle (run);
      carry_out_wishes (run, &carried);
      tick = pass (run, kicks > 0, &ended);
    }
}

/* What the tasks share has to be there before any worker. */
static gboolean
share (HeddleRun *run, gpointer data, GError **error)
{
  if (run->workload->share == NULL)
    return TRUE;
  run->parts.shared = heddle_shared_new_host (run->workload->arena, error);
  if (run->parts.shared == NULL)
    return FALSE;
  run->parts.shared->worker_program = run->options.worker_program;
  return run->workload->share (data, run->parts.shared, error)
    && heddle_shared_check (run->parts.shared, error);
}

/* Tasks that wait for each other need a worker each. */
static int
count_workers (HeddleRun *run, gpointer data, int wanted)
{
  guint parties =
    run->workload->parties != NULL ? MIN (run->workload->parties (data), HEDDLE_MAX_WORKERS) : 0;

  run->parts.parties = parties;
  atomic_store (&run->sampling.tallies.n_needed, parties);
  if (wanted >= (int) parties)
    return wanted;
  heddle_log_printf (run->stores.log, HEDDLE_LOG_INFO, 0, 0,
                     _("The tasks wait for each other: %u workers are needed."), parties);
  atomic_compare_exchange_strong (&run->wishes.workers, &wanted, (int) parties);
  return (int) parties;
}

/* Seconds; 0: none. */
static double
get_limit (HeddleRun *run, gpointer data)
{
  if (run->options.timeout > 0)
    return run->options.timeout;
  return run->workload->time_limit != NULL ? run->workload->time_limit (data) : 0;
}

/* HeddleTraceStopped: a trace that has begun is told in full, unless the run is killed. */
static gboolean
is_stopped (gboolean opening, gpointer data)
{
  HeddleRun *run = data;
  int stop = atomic_load (&run->wishes.stop);

  return opening ? stop != 0 : stop == HEDDLE_STOP_KILL + 1;
}

/* Opens the best source, and returns what workers are to do for it: where every switch is recorded
 * they count, too, since a wake-up is no switch. Commands are counted by who waits for them. */
static HeddleStatesSource
choose_states (HeddleRun *run)
{
  gboolean counted = heddle_backend_get_info (run->options.backend)->is_command
    || heddle_thread_counters_are_there ();
  HeddleStatesSource states = heddle_run_open_states (run, counted);

  return counted ? MIN (states, HEDDLE_STATES_COUNTED) : HEDDLE_STATES_NONE;
}

/* Everything that may fail before a task can run. */
static gboolean
open_run (HeddleRun *run, int *n_workers, GError **error)
{
  HeddleCollectorSinks *sinks = &run->collector->sinks; /* no worker is born yet */
  HeddlePoolHost host = {
    .workload = run->workload,
    .settings = run->settings,
    .options = &run->options,
    .states = choose_states (run), /* what is to be recorded inherits from this thread */
    .queue = run->queue,
    .collector = run->collector,
    .log = run->stores.log,
    .cancel = run->cancel,
    .fail = heddle_run_fail,
    .run = run,
  };

  host.data = run->options.data;
  if (host.data == NULL)
    host.data = heddle_workload_open (run->workload, run->settings, error);
  if (host.data == NULL)
    return FALSE;
  atomic_store_explicit (&run->data, host.data, memory_order_release);
  if (!share (run, host.data, error))
    return FALSE;
  host.shared = run->parts.shared;
  sinks->shared = run->parts.shared;
  sinks->limit_ns = (gint64) (get_limit (run, host.data) * 1e9);
  *n_workers = count_workers (run, host.data, *n_workers);
  if (run->options.trace_path != NULL)
    {
      sinks->trace = heddle_trace_writer_new (run->options.trace_path, run->workload->id,
                                              run->started_ns, is_stopped, run, error);
      if (sinks->trace == NULL)
        return FALSE;
    }
  run->parts.pool = heddle_pool_new (run->options.backend, &host);
  return run->parts.pool->klass->start (run->parts.pool, (guint) *n_workers, error);
}

static gboolean
start_producer (HeddleRun *run, GError **error)
{
  int code;

  if (run->options.manual)
    return TRUE;
  atomic_store (&run->production.going, TRUE);
  code = pthread_create (&run->production.thread, NULL, heddle_producer_main, run);
  if (code == 0)
    return TRUE;
  atomic_store (&run->production.going, FALSE);
  heddle_set_system_error (error, code, _("The producer thread could not be started"));
  return FALSE;
}

static void
close_trace (HeddleRun *run)
{
  HeddleCollector *collector = run->collector;
  HeddleTraceWriter *trace = g_steal_pointer (&collector->sinks.trace);
  GError *error = NULL;

  if (trace != NULL
      && !heddle_trace_writer_close (trace, heddle_collector_count_dropped_locked (collector),
                                     &error))
    heddle_run_take_error (run, error);
}

static void
take_down (HeddleRun *run, gboolean produced)
{
  HeddleCollector *self = run->collector;

  heddle_queue_finish (run->queue);
  if (produced)
    pthread_join (run->production.thread, NULL);
  if (run->parts.pool != NULL)
    run->parts.pool->klass->join (run->parts.pool);
  if (run->parts.shared != NULL)
    heddle_shared_end (run->parts.shared, run->stores.log);
  pthread_mutex_lock (&self->lock);
  if (run->span.ended_ns == 0)
    heddle_run_end_locked (run, heddle_clock_monotonic_ns ());
  self->settled = G_MAXINT64; /* nobody prints, and nothing ends, any more */
  heddle_collector_flush_locked (self);
  heddle_collector_hand_out_rows_locked (self);
  close_trace (run);
  heddle_collector_tell_log_locked (self);
  for (guint i = 0; i < self->slots->len; i++)
    heddle_slot_detach_ring (g_ptr_array_index (self->slots, i));
  heddle_run_close_states_locked (run);
  /* all memory of the pool goes before anybody hears that the run is over */
  g_clear_pointer (&run->parts.pool, heddle_pool_free);
  heddle_run_finish_locked (run);
  pthread_mutex_unlock (&self->lock);
  if (run->options.hooks.changed != NULL)
    run->options.hooks.changed (run, run->options.hooks_data);
}

/**
 * heddle_run_supervise:
 *
 * Executes the run, from opening its workload until its last worker is gone. Supervisor's thread.
 */
void
heddle_run_supervise (HeddleRun *run)
{
  /* a resize from here on is a wish like others */
  int n_workers = atomic_load (&run->wishes.workers);
  GError *error = NULL;
  gboolean produced = FALSE;

  heddle_run_begin_tally (run);
  if (open_run (run, &n_workers, &error) && start_producer (run, &error))
    {
      produced = !run->options.manual;
      heddle_run_set_state (run, HEDDLE_RUN_RUNNING);
      run_passes (run, n_workers);
    }
  else
    heddle_run_take_error (run, error);
  take_down (run, produced);
  heddle_run_end_tally (run);
}
