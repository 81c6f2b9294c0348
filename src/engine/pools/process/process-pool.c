/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The process pool: workers are child processes, so one that crashes loses only the task in its
 * hand. One thread, the dispatcher, feeds them through shared memory, notices their death and
 * replaces them. It sleeps in epoll_wait() on their pidfds and on one eventfd, by which the queue,
 * the run and workers that run low wake it. It also starts them, because a worker dies with the
 * thread that started it (PR_SET_PDEATHSIG). */
#include "config.h"

#include "base/descriptor.h"
#include "base/error.h"
#include "base/program.h"
#include "engine/model/workload.h"
#include "engine/pools/process/process-pool.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gi18n-lib.h>
#include <signal.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#define KILL_AFTER_NS G_GINT64_CONSTANT (1000000000)
#define LEAVE_WITHIN_NS G_GINT64_CONSTANT (2000000000)
#define LOOK_EVERY_NS G_GINT64_CONSTANT (50000000)
#define SMALL_RING_SLOTS 2048

static void
wake_dispatcher (gpointer data)
{
  heddle_process_pool_wake (data);
}

static const HeddleQueueTaker dispatcher = { .tasks_came = wake_dispatcher };

/* Whoever submits a task by hand gives it to a worker itself. */
static const HeddleQueueTaker dispatcher_or_submitter = {
  .tasks_came = wake_dispatcher,
  .tasks_pushed = heddle_process_pool_feed_for_dispatcher,
};

/* Tells the workers what has changed. */
static void
carry_out_wishes (HeddleProcessPool *self)
{
  gboolean paused = atomic_load (&self->wishes.paused);
  guint32 cancel = atomic_load (self->base.host.cancel);

  for (guint i = 0; i < self->workers->len; i++)
    {
      HeddleProcessWorker *worker = g_ptr_array_index (self->workers, i);

      if (paused != self->told.paused)
        heddle_segment_set_paused (&worker->segment, paused);
      if (cancel != self->told.cancel)
        heddle_segment_cancel (&worker->segment, cancel);
    }
  self->told.paused = paused;
  self->told.cancel = cancel;
  if (!self->finishing && heddle_queue_is_finished (self->base.host.queue))
    {
      self->finishing = TRUE;
      self->times.kill_at = heddle_clock_monotonic_ns () + LEAVE_WITHIN_NS;
    }
  else if (self->times.kill_at == 0 && atomic_load (&self->wishes.kill))
    self->times.kill_at = heddle_clock_monotonic_ns () + KILL_AFTER_NS;
}

/* Ends the workers that still have tasks; from the second round on, all. */
static void
kill_late_ones (HeddleProcessPool *self, gint64 now)
{
  for (guint i = 0; i < self->workers->len; i++)
    {
      HeddleProcessWorker *worker = g_ptr_array_index (self->workers, i);

      if (!heddle_process_worker_is_alive (worker)
          || !(self->finishing || self->times.n_kills > 0
               || heddle_process_worker_get_unended (worker) > 0))
        continue;
      if (self->finishing)
        heddle_process_worker_kill (worker, N_("did not end when it was asked to and was killed"));
      else
        heddle_process_worker_terminate (
          worker, now, N_("did not end within a second and was terminated"),
          N_("did not end within a second, nor after SIGTERM, and was killed"));
    }
  self->times.n_kills++;
  self->times.kill_at = now + KILL_AFTER_NS;
}

static void
kill_broken_ones (HeddleProcessPool *self)
{
  for (guint i = 0; i < self->workers->len; i++)
    {
      HeddleProcessWorker *worker = g_ptr_array_index (self->workers, i);

      if (heddle_process_worker_is_alive (worker)
          && heddle_collector_is_broken (self->base.host.collector, worker->slot))
        heddle_process_worker_kill_for_nonsense (worker);
    }
}

/* Ends a task that took too long: asks its process, kills it a second later; asks a thread. */
static gint64
end_late_one (HeddleProcessPool *self, HeddleProcessWorker *worker, gint64 now)
{
  guint64 nth = heddle_slot_get_overdue (worker->slot);

  if (nth != 0 && heddle_process_worker_is_alive (worker) && self->isolated)
    heddle_segment_cancel_task (&worker->segment, nth);
  else if (nth != 0 && heddle_process_worker_is_alive (worker) && worker->ending.because == NULL)
    {
      heddle_slot_end_for (worker->slot, nth);
      heddle_process_worker_terminate (worker, now, N_("was asked to end because of its task"),
                              N_("was asked to end because of its task, did not end within a second and was killed"));
    }
  return heddle_process_worker_kill_if_late (worker, now);
}

/* Does what is due. Returns for how many milliseconds the dispatcher may sleep; -1: for ever. */
static int
look_at_clock (HeddleProcessPool *self)
{
  gint64 now = heddle_clock_monotonic_ns ();
  gint64 next = heddle_process_pool_watch_over (self, now);

  if (self->times.kill_at != 0 && now >= self->times.kill_at)
    kill_late_ones (self, now);
  if (self->times.look_at != 0 && now >= self->times.look_at)
    {
      self->times.look_at = 0;
      kill_broken_ones (self);
    }
  if (self->times.look_at != 0)
    next = MIN (next, self->times.look_at);
  if (self->times.kill_at != 0 && self->n_alive > 0)
    next = MIN (next, self->times.kill_at);
  for (guint i = 0; i < self->workers->len; i++)
    {
      HeddleProcessWorker *worker = g_ptr_array_index (self->workers, i);

      next = MIN (next, end_late_one (self, worker, now));
      if (!self->finishing && !self->failed && !heddle_process_worker_is_alive (worker)
          && worker->empty_until > now)
        next = MIN (next, worker->empty_until);
    }
  return next == G_MAXINT64 ? -1 : (int) CLAMP ((next - now + 999999) / 1000000, 1, 1000);
}

static void
take_signals (HeddleProcessPool *self, const struct epoll_event *events, int n_events)
{
  for (int i = 0; i < n_events; i++)
    {
      guint64 count;

      if (events[i].data.ptr != NULL)
        heddle_process_pool_handle_death (self, events[i].data.ptr);
      else if (read (self->files.wake, &count, sizeof count) == sizeof count
               && self->times.look_at == 0)
        {
          /* the collector notices broken rings; asking it takes a lock, so not each time */
          self->times.look_at = heddle_clock_monotonic_ns () + LOOK_EVERY_NS;
        }
    }
}

/* Does all there is to do, and sets the timeout. Returns FALSE when the dispatcher is to leave. */
static gboolean
look_around (HeddleProcessPool *self)
{
  gboolean hurry;

  carry_out_wishes (self);
  hurry = self->adjust (self);
  if (self->finishing && self->n_alive == 0)
    return FALSE;
  self->times.timeout = look_at_clock (self);
  if (hurry || !heddle_process_pool_prepare_sleep (self))
    self->times.timeout = 0;
  return TRUE;
}

static void *
dispatch (void *data)
{
  HeddleProcessPool *self = data;
  struct epoll_event events[32];

  pthread_setname_np (pthread_self (), "heddle-dispatch");
  pthread_mutex_lock (&self->lock);
  while (look_around (self))
    {
      int timeout = self->times.timeout;
      int n_events;

      pthread_mutex_unlock (&self->lock);
      n_events = epoll_wait (self->files.epoll, events, G_N_ELEMENTS (events), timeout);
      pthread_mutex_lock (&self->lock);
      take_signals (self, events, n_events);
    }
  pthread_mutex_unlock (&self->lock);
  return NULL;
}

/* All descriptors that are handed to workers stand above the numbers that they get there. */
static gboolean
open_files (HeddleProcessPool *self)
{
  HeddleProcessFiles *files = &self->files;
  struct epoll_event event = { .events = EPOLLIN, .data.ptr = NULL };

  files->wake = heddle_move_high (eventfd (0, EFD_NONBLOCK | EFD_CLOEXEC));
  files->collector = heddle_dup_high (heddle_collector_get_wake_fd (self->base.host.collector));
  files->epoll = epoll_create1 (EPOLL_CLOEXEC);
  if (files->wake < 0 || files->collector < 0 || files->epoll < 0
      || pipe2 (files->lifeline, O_CLOEXEC) != 0)
    return FALSE;
  files->lifeline[0] = heddle_move_high (files->lifeline[0]);
  return files->lifeline[0] >= 0
    && epoll_ctl (files->epoll, EPOLL_CTL_ADD, files->wake, &event) == 0;
}

/**
 * heddle_process_pool_make_argv:
 * @n_threads: how many workers the process is to have, 0: it is one itself
 *
 * Returns: (transfer full): the command line of the worker program
 */
char **
heddle_process_pool_make_argv (HeddleProcessPool *self, guint n_threads)
{
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();
  g_auto (GStrv) settings = heddle_settings_to_argv (self->base.host.settings);
  g_autofree char *nice = g_strdup_printf ("%d", self->base.host.options->nice);

  g_strv_builder_add_many (builder, "heddle-worker", "--protocol", HEDDLE_PROTOCOL_TEXT, "--nice",
                           nice, "--prompt", self->base.host.options->manual ? "yes" : "no",
                           "--affinity", self->base.host.options->affinity, "--workload",
                           self->base.host.workload->id, "--states",
                           heddle_states_source_name (self->base.host.states), NULL);
  if (n_threads > 0)
    {
      g_autofree char *threads = g_strdup_printf ("%u", n_threads);

      g_strv_builder_add_many (builder, "--threads", threads, NULL);
    }
  g_strv_builder_addv (builder, (const char **) settings);
  return g_strv_builder_end (builder);
}

/**
 * heddle_process_pool_start:
 *
 * Finds the worker program (reads files) and starts the dispatcher, which starts the workers.
 *
 * Returns: FALSE with @error set without a worker program, a thread or a file descriptor
 */
gboolean
heddle_process_pool_start (HeddleProcessPool *self, guint n_workers, GError **error)
{
  const HeddleRunOptions *options = self->base.host.options;
  gboolean lasting = heddle_process_pool_is_lasting (self);
  int code;

  self->files = (HeddleProcessFiles) { -1, -1, -1, -1, { -1, -1 } };
  pthread_mutex_init (&self->lock, NULL);
  self->workers = g_ptr_array_new_with_free_func ((GDestroyNotify) heddle_process_worker_free);
  self->setup.prefetch = MAX (options->prefetch, 1);
  self->setup.recycle = options->recycle > 0 && lasting ? options->recycle : G_MAXINT64;
  self->setup.ring_capacity = lasting ? heddle_pool_ring_capacity (n_workers) : SMALL_RING_SLOTS;
  atomic_store (&self->wishes.target, n_workers);
  self->setup.program = heddle_worker_program_find (options->worker_program, error);
  if (self->setup.program == NULL)
    return FALSE;
  self->setup.argv = heddle_process_pool_make_argv (self, 0);
  if (!open_files (self))
    {
      heddle_set_system_error (error, errno, _("The workers could get no file descriptor"));
      return FALSE;
    }
  heddle_queue_set_takers (self->base.host.queue, 1); /* the dispatcher, which shares out itself */
  heddle_queue_attach (self->base.host.queue,
                       options->manual && !self->base.klass->info.is_per_task
                         ? &dispatcher_or_submitter
                         : &dispatcher,
                       self);
  code = pthread_create (&self->thread, NULL, dispatch, self);
  self->thread_runs = code == 0;
  if (code != 0)
    heddle_set_system_error (error, code,
                             _("The dispatcher thread of the workers could not be started"));
  return self->thread_runs;
}

static gboolean
adjust (HeddleProcessPool *self)
{
  gboolean hurry = heddle_process_pool_scale (self);

  heddle_process_pool_feed (self);
  return hurry;
}

static gboolean
start (HeddlePool *pool, guint n_workers, GError **error)
{
  HeddleProcessPool *self = (HeddleProcessPool *) pool;

  self->adjust = adjust;
  return heddle_process_pool_start (self, n_workers, error);
}

/**
 * heddle_process_pool_resize:
 *
 * Wants so many workers. Any thread, does not block.
 */
void
heddle_process_pool_resize (HeddlePool *pool, guint n_workers)
{
  HeddleProcessPool *self = (HeddleProcessPool *) pool;

  atomic_store (&self->wishes.target, n_workers);
  heddle_process_pool_wake (self);
}

/**
 * heddle_process_pool_poke:
 *
 * Pause, the cancel word or the queue has changed. Any thread, does not block.
 */
void
heddle_process_pool_poke (HeddlePool *pool, gboolean paused, gboolean kill)
{
  HeddleProcessPool *self = (HeddleProcessPool *) pool;

  atomic_store (&self->wishes.paused, paused);
  if (kill)
    atomic_store (&self->wishes.kill, TRUE);
  heddle_process_pool_wake (self);
}

/**
 * heddle_process_pool_overdue:
 *
 * A task takes longer than it may. Any thread, does not block.
 */
void
heddle_process_pool_overdue (HeddlePool *pool)
{
  heddle_process_pool_wake ((HeddleProcessPool *) pool);
}

/**
 * heddle_process_pool_join:
 *
 * Waits until every worker has left and is reaped; the queue must be finished.
 */
void
heddle_process_pool_join (HeddlePool *pool)
{
  HeddleProcessPool *self = (HeddleProcessPool *) pool;

  if (!self->thread_runs)
    return;
  heddle_process_pool_wake (self);
  pthread_join (self->thread, NULL);
  self->thread_runs = FALSE;
  heddle_queue_detach (self->base.host.queue);
}

/**
 * heddle_process_pool_finalize:
 *
 * Unmaps and closes everything. After heddle_process_pool_join().
 */
void
heddle_process_pool_finalize (HeddlePool *pool)
{
  HeddleProcessPool *self = (HeddleProcessPool *) pool;

  if (self->workers == NULL)
    return; /* never started */
  g_ptr_array_unref (self->workers);
  pthread_mutex_destroy (&self->lock);
  heddle_clear_fd (&self->files.parts);
  heddle_clear_fd (&self->files.wake);
  heddle_clear_fd (&self->files.collector);
  heddle_clear_fd (&self->files.epoll);
  heddle_clear_fd (&self->files.lifeline[0]);
  heddle_clear_fd (&self->files.lifeline[1]);
  g_strfreev (self->setup.argv);
  g_free (self->setup.program);
}

const HeddlePoolClass heddle_process_pool_class = {
  .info = {
    .id = "processes",
    .name = N_("Processes"),
    .variant = N_("Pool"),
    .worker_name = N_("Process %u"),
    .description = N_("A pool of child processes, each with its own memory: if one dies, only the task that it was running is lost."),
    .is_process = TRUE,
  },
  .instance_size = sizeof (HeddleProcessPool),
  .start = start,
  .resize = heddle_process_pool_resize,
  .poke = heddle_process_pool_poke,
  .overdue = heddle_process_pool_overdue,
  .join = heddle_process_pool_join,
  .finalize = heddle_process_pool_finalize,
};
