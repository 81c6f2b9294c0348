/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

/*
 * The collector's thread: opens the workload, starts producer and pool, reads the rings while they work, carries out the
 * wishes of the user (pause, resize, stop), sees when everything has ended and takes the run down. The main loop therefore never
 * waits for anything of a run.
 */

#include <errno.h>
#include <glib/gi18n-lib.h>
#include <poll.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "base/descriptor.h"
#include "base/error.h"
#include "engine/claims.h"
#include "engine/retry.h"
#include "engine/run-private.h"
#include "trace/clock.h"

/* How long the thread sleeps between two passes when nobody kicks it. */
#define TICK_BUSY_MS 5   /* events came in the last pass */
#define TICK_CALM_MS 20  /* tasks are running, nothing came */

#define DEADLOCK_LOOK_NS (50 * G_GINT64_CONSTANT (1000000))
#define TICK_IDLE_MS 100 /* paused, or waiting for the producer */

HeddleCollector *
heddle_collector_new (HeddleRun *run, GError **error)
{
  HeddleCollector *self = g_new0 (HeddleCollector, 1);

  self->run = run;
  self->wake_fd = eventfd (0, EFD_NONBLOCK | EFD_CLOEXEC);
  if (self->wake_fd < 0)
    {
      heddle_set_system_error (error, errno, _("A run could get no file descriptor"));
      g_free (self);
      return NULL;
    }
  pthread_mutex_init (&self->lock, NULL);
  self->slots = g_ptr_array_new ();
  heddle_clock_check ();
  self->n_maps = atomic_load (&heddle_clock_n_maps);
  self->first_ticks = heddle_clock_ticks ();
  self->first_ns = heddle_clock_to_ns (self->first_ticks);
  self->output = g_array_new (FALSE, FALSE, sizeof (OutputLine));
  self->rows = heddle_finish_order_new ();
  self->retries = heddle_retries_new ();
  heddle_histogram_clear (&self->task_times);
  heddle_histogram_clear (&self->wait_times);
  heddle_pace_init (&self->pace, 0);
  return self;
}

static void
free_slot (HeddleSlot *slot)
{
  if (slot->result != NULL)
    g_string_free (slot->result, TRUE);
  if (slot->error != NULL)
    g_string_free (slot->error, TRUE);
  if (slot->is_process)
    heddle_given_clear (&slot->given);
  g_free (slot);
}

void
heddle_collector_free (HeddleCollector *self)
{
  if (self == NULL)
    return;
  for (guint i = 0; i < self->slots->len; i++)
    free_slot (g_ptr_array_index (self->slots, i));
  g_ptr_array_unref (self->slots);
  g_array_unref (self->output);
  heddle_finish_order_free (self->rows);
  heddle_retries_free (self->retries);
  pthread_mutex_destroy (&self->lock);
  close (self->wake_fd);
  g_free (self);
}

/**
 * heddle_collector_kick:
 *
 * Wakes the collector's thread. Any thread, also a signal handler.
 */
void
heddle_collector_kick (HeddleCollector *self)
{
  heddle_eventfd_write (self->wake_fd); /* full means that it is awake */
}

/**
 * heddle_collector_get_wake_fd:
 *
 * Returns: the eventfd that wakes the collector's thread; stays the collector's. Any thread.
 */
int
heddle_collector_get_wake_fd (HeddleCollector *self)
{
  return self->wake_fd;
}

static void
drain_and_check (HeddleCollector *self, HeddleSlot *slot)
{
  guint64 claimed = atomic_load_explicit (&slot->claimed, memory_order_acquire);

  heddle_collector_drain_locked (self, slot, G_MAXUINT);
  if (slot->reader.ring != NULL && !heddle_claim_of_ends_is_possible (slot, claimed))
    slot->reader.broken = TRUE;
  if (!slot->reader.broken || slot->told_broken)
    return;
  /* the pool asks heddle_collector_is_broken() when it is woken */
  slot->told_broken = TRUE;
  heddle_queue_wake_all (self->run->queue);
}

/**
 * heddle_collector_settle_locked:
 *
 * What was told until now is known once all rings have been read, which is to follow. With the lock
 * held.
 */
void
heddle_collector_settle_locked (HeddleCollector *self)
{
  guint64 expected;

  self->settled = heddle_clock_to_ns (heddle_clock_ticks ());
  expected = atomic_load (&self->expected_ticks);
  if (expected != 0)
    self->settled = MIN (self->settled, heddle_clock_to_ns (expected));
}

const char *
heddle_collector_worker_name (guint worker, gpointer data)
{
  HeddleCollector *self = data;

  return worker >= 1 && worker <= self->slots->len ? ((HeddleSlot *) g_ptr_array_index (self->slots, worker - 1))->name : "?";
}

static void
look_for_deadlocks (HeddleCollector *self, gint64 now)
{
  if (self->run->shared == NULL || now - self->deadlock_looked_at < DEADLOCK_LOOK_NS)
    return;
  self->deadlock_looked_at = now;
  heddle_deadlock_look (&self->deadlock, self->run->shared, self->slots->len, heddle_collector_worker_name, self, self->run->log);
}

/*
 * One pass: reads all rings, samples, publishes. Returns how long to sleep at most, milliseconds; -1:
 * until somebody wakes it, which is never after the last.
 */
static int
pass (HeddleCollector *self, gboolean kicked, gboolean *ended)
{
  HeddleRun *run = self->run;
  /* acquire before the counts: once it is FALSE, what was submitted is final */
  gboolean producing = atomic_load_explicit (&run->producing, memory_order_acquire);
  HeddleQueueCounts counts;
  guint64 before;
  gint64 now;
  int tick = TICK_IDLE_MS;

  pthread_mutex_lock (&self->lock);
  before = self->n_events;
  heddle_clock_check ();
  heddle_collector_settle_locked (self);
  for (guint i = 0; i < self->slots->len; i++)
    drain_and_check (self, g_ptr_array_index (self->slots, i));
  now = heddle_clock_monotonic_ns ();
  heddle_queue_get_counts (run->queue, &counts);
  heddle_collector_keep_policies_locked (self, now, !producing && counts.submitted == heddle_collector_count_ended_locked (self));
  heddle_collector_look_for_overdue_locked (self, now);
  heddle_collector_look_for_hoarders_locked (self, now);
  heddle_collector_flush_locked (self);
  heddle_collector_hand_out_rows_locked (self);
  heddle_collector_tell_log_locked (self);
  look_for_deadlocks (self, now);
  heddle_queue_get_counts (run->queue, &counts);
  heddle_collector_look_for_standstill_locked (self, &counts, producing, now);
  heddle_run_sample_locked (run, now);
  heddle_run_publish_locked (run, now);
  heddle_queue_get_counts (run->queue, &counts);
  *ended = !producing && counts.submitted == heddle_collector_count_ended_locked (self);
  if (*ended)
    heddle_run_end_locked (run, now);
  if (self->n_events != before || heddle_finish_order_get_length (self->rows) > 0)
    tick = TICK_BUSY_MS;
  else if (counts.taken > heddle_collector_count_ended_locked (self))
    tick = TICK_CALM_MS;
  tick = heddle_collector_bound_tick_locked (self, tick, now);
  if (!*ended)
    tick = heddle_collector_doze_locked (self, kicked || self->n_events != before, tick, now);
  pthread_mutex_unlock (&self->lock);
  return tick;
}

typedef struct {
  int workers;
  gboolean paused;
  gboolean produced; /* the pool knows that no more tasks come */
  int stop;
} Carried;

static void
cancel_running (HeddleRun *run)
{
  pthread_mutex_lock (&run->collector->lock);
  heddle_collector_ask_locked (run->collector, HEDDLE_CANCEL_RUN);
  pthread_mutex_unlock (&run->collector->lock);
}

static void
set_slots (HeddleRun *run, guint slots, gint64 now)
{
  pthread_mutex_lock (&run->collector->lock);
  heddle_run_set_slots_locked (run, slots, now);
  pthread_mutex_unlock (&run->collector->lock);
}

static void
note_paused (HeddleRun *run, gboolean paused)
{
  pthread_mutex_lock (&run->collector->lock);
  heddle_run_set_paused_locked (run, paused, heddle_clock_monotonic_ns ());
  pthread_mutex_unlock (&run->collector->lock);
}

/* Carries out what the user wants since the last time. */
static void
carry_out_wishes (HeddleRun *run, Carried *carried)
{
  int workers = MAX (atomic_load (&run->target_workers), (int) run->parties);
  int stop = atomic_load (&run->want_stop);
  gboolean paused = atomic_load (&run->want_paused) && stop == 0;
  gboolean produced = !atomic_load_explicit (&run->producing, memory_order_acquire);

  if (workers != carried->workers)
    {
      carried->workers = workers;
      set_slots (run, (guint) workers, heddle_clock_monotonic_ns ());
      run->pool->klass->resize (run->pool, (guint) workers);
    }
  if (paused == carried->paused && stop == carried->stop && produced == carried->produced)
    return;
  carried->paused = paused;
  carried->stop = stop;
  carried->produced = produced;
  if (stop != 0)
    heddle_queue_close (run->queue);
  if (stop > HEDDLE_STOP_DRAIN + 1)
    cancel_running (run);
  note_paused (run, paused);
  heddle_queue_set_paused (run->queue, paused);
  run->pool->klass->poke (run->pool, paused, stop == HEDDLE_STOP_KILL + 1);
  heddle_run_set_state (run, stop != 0 ? HEDDLE_RUN_STOPPING : paused ? HEDDLE_RUN_PAUSED : HEDDLE_RUN_RUNNING);
}

static void
collect (HeddleRun *run, int n_workers)
{
  HeddleCollector *self = run->collector;
  Carried carried = { .workers = n_workers };
  gboolean ended = FALSE;
  int tick = 0;

  set_slots (run, (guint) n_workers, run->started_ns);
  while (!ended)
    {
      struct pollfd wake = { .fd = self->wake_fd, .events = POLLIN };
      guint64 kicks = 0;

      /* where the read fails somebody else's kick was read before: nothing is lost */
      if (poll (&wake, 1, tick) > 0 && read (self->wake_fd, &kicks, sizeof kicks) < 0)
        kicks = 0;
      if (tick < 0)
        heddle_collector_get_up (self);
      carry_out_wishes (run, &carried);
      tick = pass (self, kicks > 0, &ended);
    }
}

/* Everything that may fail before a task can run. */
/* What the tasks share has to be there before any worker. */
static gboolean
share (HeddleRun *run, gpointer data, GError **error)
{
  if (run->workload->share == NULL)
    return TRUE;
  run->shared = heddle_shared_new_host (run->workload->arena, error);
  if (run->shared == NULL)
    return FALSE;
  run->shared->worker_program = run->options.worker_program;
  return run->workload->share (data, run->shared, error) && heddle_shared_check (run->shared, error);
}

/* Tasks that wait for each other need a worker each. */
static int
count_workers (HeddleRun *run, gpointer data, int wanted)
{
  guint parties = run->workload->parties != NULL ? MIN (run->workload->parties (data), HEDDLE_MAX_WORKERS) : 0;

  run->parties = parties;
  if (wanted >= (int) parties)
    return wanted;
  heddle_log_printf (run->log, HEDDLE_LOG_INFO, 0, 0, _("The tasks wait for each other: %u workers are needed."), parties);
  atomic_compare_exchange_strong (&run->target_workers, &wanted, (int) parties);
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

/* HeddleTraceStopped. A run that is to end does not begin; one that has begun tells all of its trace, unless it is to end at once. */
static gboolean
is_stopped (gboolean opening, gpointer data)
{
  HeddleRun *run = data;
  int stop = atomic_load (&run->want_stop);

  return opening ? stop != 0 : stop == HEDDLE_STOP_KILL + 1;
}

static gboolean
open_run (HeddleRun *run, int *n_workers, GError **error)
{
  HeddlePoolHost host = {
    .workload = run->workload, .settings = run->settings, .options = &run->options, .queue = run->queue,
    .collector = run->collector, .log = run->log, .cancel = run->cancel, .fail = heddle_run_fail, .run = run,
  };

  host.data = run->workload->open (run->settings, error);
  if (host.data == NULL)
    return FALSE;
  atomic_store_explicit (&run->data, host.data, memory_order_release);
  if (!share (run, host.data, error))
    return FALSE;
  host.shared = run->shared;
  run->limit_ns = (gint64) (get_limit (run, host.data) * 1e9);
  *n_workers = count_workers (run, host.data, *n_workers);
  if (run->options.trace_path != NULL)
    {
      run->collector->trace = heddle_trace_writer_new (run->options.trace_path, run->workload->id, run->started_ns, is_stopped, run,
                                                       error);
      if (run->collector->trace == NULL)
        return FALSE;
    }
  run->pool = heddle_pool_new (run->options.backend, &host);
  heddle_queue_set_idle_waker (run->queue, (HeddleQueueWaker) heddle_collector_kick, run->collector);
  return run->pool->klass->start (run->pool, (guint) *n_workers, error);
}

static gboolean
start_producer (HeddleRun *run, GError **error)
{
  int code;

  if (run->options.by_hand)
    return TRUE;
  atomic_store (&run->producing, TRUE);
  code = pthread_create (&run->producer, NULL, heddle_producer_main, run);
  if (code == 0)
    return TRUE;
  atomic_store (&run->producing, FALSE);
  heddle_set_system_error (error, code, _("The producer thread could not be started"));
  return FALSE;
}

static void
close_trace (HeddleRun *run)
{
  HeddleCollector *self = run->collector;
  GError *error = NULL;

  if (self->trace == NULL)
    return;
  if (!heddle_trace_writer_close (self->trace, heddle_run_count_dropped_locked (run), &error))
    heddle_run_take_error (run, error);
  self->trace = NULL;
}

static void
take_down (HeddleRun *run, gboolean produced)
{
  HeddleCollector *self = run->collector;

  heddle_queue_finish (run->queue);
  if (produced)
    pthread_join (run->producer, NULL);
  if (run->pool != NULL)
    run->pool->klass->join (run->pool);
  if (run->shared != NULL)
    heddle_shared_end (run->shared, run->log);
  pthread_mutex_lock (&self->lock);
  if (run->ended_ns == 0)
    heddle_run_end_locked (run, heddle_clock_monotonic_ns ());
  self->settled = G_MAXINT64; /* nobody prints, and nothing ends, any more */
  heddle_collector_flush_locked (self);
  heddle_collector_hand_out_rows_locked (self);
  close_trace (run);
  heddle_collector_tell_log_locked (self);
  for (guint i = 0; i < self->slots->len; i++)
    heddle_slot_detach_ring (g_ptr_array_index (self->slots, i));
  /* all memory of the pool goes before anybody hears that the run is over */
  g_clear_pointer (&run->pool, heddle_pool_free);
  heddle_run_finish_locked (run);
  pthread_mutex_unlock (&self->lock);
  if (run->options.hooks.changed != NULL)
    run->options.hooks.changed (run, run->options.hooks_data);
}

void *
heddle_collector_main (void *data)
{
  HeddleRun *run = data;
  int n_workers = atomic_load (&run->target_workers); /* a resize from here on is a wish like others */
  GError *error = NULL;
  gboolean produced = FALSE;

  pthread_setname_np (pthread_self (), "heddle-collect");
  if (open_run (run, &n_workers, &error) && start_producer (run, &error))
    {
      produced = !run->options.by_hand;
      heddle_run_set_state (run, HEDDLE_RUN_RUNNING);
      collect (run, n_workers);
    }
  else
    heddle_run_take_error (run, error);
  take_down (run, produced);
  heddle_run_unref (run);
  return NULL;
}
