/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The worker program: one thread (or several, see isolated-pool.c) that takes tasks out of its
 * segment, executes them and records into its ring until it is asked to quit. The kernel kills it
 * when the dispatcher's thread ends (PR_SET_PDEATHSIG) or the host's end of the lifeline closes. It
 * starts fast, because process-per-task starts one for every task. */
#include "config.h"

#include "engine/worker/main.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gi18n-lib.h>
#include <libintl.h>
#include <locale.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/descriptor.h"
#include "base/error.h"
#include "base/futex.h"
#include "base/program.h"
#include "base/utf8.h"
#include "engine/model/affinity.h"
#include "engine/model/run-options.h"
#include "engine/sync/shared-private.h"
#include "engine/sync/shared.h"
#include "engine/task/task-private.h"
#include "engine/worker/executor.h"
#include "engine/worker/nice.h"
#include "engine/worker/options.h"
#include "engine/worker/segment.h"

/* The collector may have gone to sleep when nothing was recorded for so long. */
#define QUIET_NS 1000000

typedef struct {
  HeddleSegment segment;
  HeddleShared *shared; /* NULL: the tasks share nothing */
  HeddleExecutor executor;
  const HeddleWorkload *workload;
  HeddleSettings *settings;
  gpointer data;
  guint64 ended;
  guint64 quiet_ticks;
  guint64 last_event; /* ticks */
  pthread_t thread;
  const char *affinity; /* of the thread, where the process has several workers */
} Worker;

static void
kick_collector (gpointer data)
{
  heddle_eventfd_write (HEDDLE_WORKER_FD_COLLECTOR);
}

static void
wake_dispatcher (Worker *self)
{
  if (atomic_exchange (&self->segment.map->wake_at, 0) != 0)
    heddle_eventfd_write (HEDDLE_WORKER_FD_DISPATCHER);
}

static gboolean
is_cancelled (Worker *self)
{
  return (atomic_load_explicit (&self->segment.map->cancel, memory_order_relaxed)
          & HEDDLE_CANCEL_ALL)
    != 0;
}

static gboolean
is_paused (Worker *self)
{
  return atomic_load_explicit (&self->segment.map->paused, memory_order_relaxed) != 0;
}

static gboolean
may_start (Worker *self)
{
  return !is_paused (self) || is_cancelled (self);
}

static gboolean
has_something_to_do (Worker *self)
{
  return heddle_segment_has_more (&self->segment)
         || (!self->segment.in_record && atomic_load (&self->segment.map->quit) != HEDDLE_QUIT_NO);
}

/* Sleeps until @ready. The host changes what that reads before it loads asleep. */
static void
sleep_until (Worker *self, gboolean (*ready) (Worker *self))
{
  HeddleSegmentMap *map = self->segment.map;

  heddle_executor_flush (&self->executor);
  while (TRUE)
    {
      guint32 doorbell = atomic_load (&map->doorbell);

      atomic_store (&map->asleep, 1);
      if (ready (self))
        break;
      if (atomic_load (&map->wake_at) != 0)
        wake_dispatcher (self);
      heddle_futex_wait (&map->doorbell, doorbell);
    }
  atomic_store_explicit (&map->asleep, 0, memory_order_relaxed);
}

/* The collector sleeps when nothing happens; whoever breaks a silence wakes it. */
static void
break_silence (Worker *self, guint64 now)
{
  if (now - self->last_event > self->quiet_ticks)
    kick_collector (NULL);
  self->last_event = now;
}

static void
count_end (Worker *self)
{
  HeddleSegmentMap *map = self->segment.map;
  guint32 wake_at;

  self->ended++;
  atomic_store_explicit (&map->task_ticks, heddle_executor_get_task_ticks (&self->executor),
                         memory_order_relaxed);
  atomic_store_explicit (&map->ended, self->ended, memory_order_release);
  /* a stale value delays one task at most: the worker looks again before it sleeps */
  wake_at = atomic_load_explicit (&map->wake_at, memory_order_relaxed);
  if (G_UNLIKELY (wake_at != 0)
      && atomic_load_explicit (&map->assigned, memory_order_relaxed) - self->ended < wake_at)
    wake_dispatcher (self);
}

static void
run_record (Worker *self)
{
  const HeddleTaskRecord *record = &self->segment.record;
  const char *input = record->has_input != 0 ? self->segment.input->str : NULL;

  for (guint32 i = 0; i < record->count; i++)
    {
      if (G_UNLIKELY (!may_start (self)))
        sleep_until (self, may_start);
      if (G_UNLIKELY (is_cancelled (self)))
        heddle_executor_skip (&self->executor, record->id + i, record->queued);
      else
        {
          gboolean more = (i + 1 < record->count || heddle_segment_has_more (&self->segment))
            && !is_paused (self);

          if (self->executor.pending == 0)
            break_silence (self, heddle_clock_ticks ());
          heddle_executor_run (&self->executor, record->id + i, record->attempt, record->queued,
                               input, record->input_length, more);
          break_silence (self, self->executor.last_end);
        }
      count_end (self);
    }
}

/* TRUE when the worker is to leave: asked to, and nothing is left in the line. */
static gboolean
may_leave (Worker *self)
{
  guint32 asked = HEDDLE_QUIT_ASKED;

  if (self->segment.in_record || heddle_segment_has_more (&self->segment))
    return FALSE;
  if (atomic_load (&self->segment.map->quit) == HEDDLE_QUIT_NO)
    return FALSE;
  /* The host may have taken it back, given tasks and asked again since we looked at the line: look
   * once more after the point of no return. */
  return (atomic_compare_exchange_strong (&self->segment.map->quit, &asked, HEDDLE_QUIT_TAKEN)
          || asked == HEDDLE_QUIT_TAKEN)
    && !heddle_segment_has_more (&self->segment);
}

static void
work (Worker *self)
{
  while (TRUE)
    {
      if (heddle_segment_take (&self->segment))
        run_record (self);
      else if (may_leave (self))
        return;
      else
        sleep_until (self, has_something_to_do);
    }
}

/* Ctrl+C reaches the whole foreground group; the host decides. Blocked until here. */
static void
set_signals (void)
{
  sigset_t none;

  heddle_program_init_signals ();
  signal (SIGINT, SIG_IGN);
  sigemptyset (&none);
  sigprocmask (SIG_SETMASK, &none, NULL);
}

/* Dies with the host, even if its death signal does not come: when the last writer of the lifeline
 * is gone, the kernel sends SIGIO, which ends the process. It opens the pipe once more because the
 * signal's owner belongs to the open file, which all workers share. */
static gboolean
tie_to_host (int host_pid)
{
  int lifeline;

  prctl (PR_SET_PDEATHSIG, SIGKILL);
  lifeline = open ("/proc/self/fd/" G_STRINGIFY (HEDDLE_WORKER_FD_LIFELINE),
                   O_RDONLY | O_NONBLOCK | O_CLOEXEC);
  if (lifeline >= 0)
    {
      fcntl (lifeline, F_SETOWN, getpid ());
      fcntl (lifeline, F_SETFL, O_NONBLOCK | O_ASYNC);
    }
  return getppid () == host_pid;
}

static void
close_on_exec (void)
{
  for (int fd = HEDDLE_WORKER_FD_SEGMENT; fd < HEDDLE_WORKER_FD_END; fd++)
    fcntl (fd, F_SETFD, FD_CLOEXEC);
}

static gboolean
share (Worker *self, GError **error)
{
  self->shared = heddle_shared_new_worker (HEDDLE_WORKER_FD_ARENA, error);
  return self->shared != NULL && self->workload->share (self->data, self->shared, error)
    && heddle_shared_check (self->shared, error);
}

static gboolean
open_workload (Worker *self, const HeddleWorkerOptions *options, HeddleFindWorkload find_workload,
               GError **error)
{
  self->workload = find_workload (options->workload);
  if (self->workload == NULL)
    {
      g_set_error (error, HEDDLE_ERROR, HEDDLE_ERROR_START, _("The workload “%s” is unknown"),
                   options->workload);
      return FALSE;
    }
  self->settings = heddle_settings_new (self->workload);
  for (guint i = 0; i < options->assignments->len; i++)
    if (!heddle_settings_parse (self->settings, g_ptr_array_index (options->assignments, i), error))
      return FALSE;
  self->data = heddle_workload_open (self->workload, self->settings, error);
  if (self->data != NULL && (self->workload->share == NULL || share (self, error)))
    return TRUE;
  heddle_workload_explain (self->workload, error);
  return FALSE;
}

static void
begin (Worker *self, const Worker *opened, const HeddleWorkerOptions *options)
{
  HeddleSegmentMap *map = self->segment.map;

  self->workload = opened->workload;
  self->data = opened->data;
  self->shared = opened->shared;
  self->quiet_ticks = opened->quiet_ticks;
  self->affinity = options->affinity;
  heddle_executor_init (&self->executor, self->workload, self->data, map->worker,
                        self->segment.ring, kick_collector, NULL, &map->cancel);
  if (options->states == HEDDLE_STATES_COUNTED)
    heddle_executor_count (&self->executor);
  self->executor.shared = self->shared;
  self->executor.prompt = options->prompt;
  self->executor.task.killable = TRUE;
}

static void *
thread_main (void *data)
{
  Worker *self = data;
  char name[16];

  g_snprintf (name, sizeof name, "heddle-w%u", self->segment.map->worker);
  pthread_setname_np (pthread_self (), name);
  /* the CPUs were there when the run began */
  heddle_affinity_bind (self->affinity, self->segment.map->worker, NULL);
  atomic_store (&self->segment.map->tid, (gint32) syscall (SYS_gettid));
  atomic_store (&self->segment.map->state, HEDDLE_SEGMENT_READY);
  heddle_eventfd_write (HEDDLE_WORKER_FD_DISPATCHER);
  work (self);
  return NULL;
}

/* Returns FALSE with error set if a thread could not be started; then the process is to end. */
static gboolean
work_in_threads (Worker *workers, guint n_workers, GError **error)
{
  for (guint i = 0; i < n_workers; i++)
    {
      int code = pthread_create (&workers[i].thread, NULL, thread_main, &workers[i]);
      g_autofree char *reason = NULL;

      if (code == 0)
        continue;
      reason = heddle_system_error_dup (code);
      g_set_error (error, HEDDLE_ERROR, HEDDLE_ERROR_START,
                   _("Worker thread %u could not be started: %s"), i + 1, reason);
      return FALSE;
    }
  for (guint i = 0; i < n_workers; i++)
    pthread_join (workers[i].thread, NULL);
  return TRUE;
}

static int
give_up (Worker *workers, guint n_workers, const GError *error)
{
  for (guint i = 0; i < n_workers; i++)
    {
      HeddleSegmentMap *map = workers[i].segment.map;

      heddle_utf8_copy (map->error, sizeof map->error, error->message);
      atomic_store (&map->state, HEDDLE_SEGMENT_FAILED);
    }
  return HEDDLE_WORKER_EXIT_WORKLOAD;
}

static int
run (Worker *self, guint n_workers, const HeddleWorkerOptions *options,
     HeddleFindWorkload find_workload)
{
  HeddleSegmentMap *map = self->segment.map;
  g_autoptr (GError) error = NULL;

  if (!tie_to_host (map->host_pid))
    return HEDDLE_WORKER_EXIT_ORPHAN;
  close_on_exec ();
  heddle_clock_adopt (&map->clock);
  self->quiet_ticks = heddle_clock_span (QUIET_NS);
  heddle_give_way (options->nice);

  /* where the process has several workers, each binds itself */
  if (options->n_threads == 0 && !heddle_affinity_bind (options->affinity, map->worker, &error))
    return give_up (self, n_workers, error);
  if (!open_workload (self, options, find_workload, &error))
    return give_up (self, n_workers, error);
  for (guint i = 0; i < n_workers; i++)
    begin (&self[i], self, options);
  if (options->n_threads == 0)
    {
      atomic_store (&map->state, HEDDLE_SEGMENT_READY);
      work (self);
    }
  else if (!work_in_threads (self, n_workers, &error))
    return give_up (self, n_workers, error);
  heddle_workload_close (self->workload, self->data);
  return EXIT_SUCCESS;
}

static gboolean
open_segments (Worker *workers, const HeddleWorkerOptions *options)
{
  if (options->n_threads == 0)
    return heddle_segment_open (&workers[0].segment, HEDDLE_WORKER_FD_SEGMENT, NULL);
  for (guint i = 0; i < options->n_threads; i++)
    if (!heddle_segment_open_part (&workers[i].segment, HEDDLE_WORKER_FD_SEGMENT, i, NULL))
      return FALSE;
  return TRUE;
}

/**
 * heddle_worker_main:
 * @find_workload: what a workload of this name is
 *
 * The whole of the worker program. It is started by a process pool, which hands it a segment and
 * three more file descriptors (see docs/worker-protocol.md), or by a run for its manager; started
 * by hand it only tells its version.
 *
 * Returns: the exit status
 */
int
heddle_worker_main (int argc, char **argv, HeddleFindWorkload find_workload)
{
  const char *localedir = g_getenv ("HEDDLE_LOCALEDIR"); /* in the build tree */
  g_auto (HeddleWorkerOptions) options = { 0 };
  g_autofree Worker *workers = NULL;
  guint n_workers;
  int status;

  if (argc == 2 && g_str_equal (argv[1], "--version"))
    {
      printf ("heddle-worker %s\n", HEDDLE_VERSION);
      return EXIT_SUCCESS;
    }
  /* not LC_ALL, which is slow to load; numbers are read as the host wrote them */
  setlocale (LC_CTYPE, "");
  setlocale (LC_MESSAGES, "");
  bindtextdomain (GETTEXT_PACKAGE, localedir != NULL ? localedir : HEDDLE_LOCALEDIR);
  bind_textdomain_codeset (GETTEXT_PACKAGE, "UTF-8");
  if (!heddle_worker_options_parse (&options, argc, argv))
    {
      fprintf (
        stderr, "%s\n",
        _("heddle and heddle-cli start heddle-worker to execute tasks. It is of no use by itself."));
      return HEDDLE_WORKER_EXIT_USAGE;
    }
  set_signals ();
  if (options.protocol == HEDDLE_PROTOCOL && options.manager != 0)
    return heddle_manager_serve (options.manager);
  n_workers = MAX (options.n_threads, 1);
  workers = g_new0 (Worker, n_workers);
  if (options.protocol != HEDDLE_PROTOCOL || !open_segments (workers, &options))
    return HEDDLE_WORKER_EXIT_PROTOCOL;

  status = run (workers, n_workers, &options, find_workload);
  if (status != EXIT_SUCCESS)
    _exit (status); /* there may be threads that look at all this */
  heddle_settings_free (workers[0].settings);
  for (guint i = 0; i < n_workers; i++)
    {
      heddle_executor_clear (&workers[i].executor);
      heddle_segment_clear (&workers[i].segment);
    }
  return status;
}
