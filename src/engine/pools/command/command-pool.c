/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

/*
 * Slots for commands of the user: N threads, each of which takes one task, has heddle_child_run()
 * execute its command and sleeps meanwhile. None takes a second one ahead: what lies behind a
 * command waits for hours.
 *
 * A thread that sleeps in poll() does not see its futex word change, so each slot has an eventfd
 * beside it, to which the pool writes when the command may have to end. A write that comes late, to
 * a slot that has its next command by then, has that one asked once more whether it is over.
 */

#include <errno.h>
#include <glib/gi18n-lib.h>
#include <sys/eventfd.h>
#include <sys/resource.h>
#include <unistd.h>

#include "base/descriptor.h"
#include "base/error.h"
#include "engine/collect/collector.h"
#include "engine/model/log.h"
#include "engine/pools/command/guard.h"
#include "engine/pools/thread-worker.h"
#include "measure/own-cpu.h"

/* Descriptors: of a command while it is started (two pipes, and what it reads from), and what is
 * left for everything else. */
#define FILES_A_COMMAND 5
#define FILES_BESIDE    16

typedef struct {
  HeddleThreadPool threads;
  /* By worker. The supervisor's thread makes each before the thread of its slot, writes to it, and
   * closes it after the end of that thread, which reads it. */
  int wake_fds[HEDDLE_MAX_WORKERS];
  guint n_slots; /* supervisor's thread */
} CommandPool;

static void *
worker_main (void *data)
{
  HeddleThreadWorker *worker = data;
  const HeddlePoolHost *host = &worker->pool->parent.host;
  CommandPool *pool = (CommandPool *) worker->pool;
  HeddleExecutor executor;
  HeddleItem item;

  heddle_thread_worker_begin (worker, &executor);
  executor.prompt = host->options->manual;
  executor.task.wake_fd = pool->wake_fds[heddle_slot_get_number (worker->slot) - 1];
  do
    while (heddle_queue_take (host->queue, &item, 1, 1, &worker->leave) > 0)
      heddle_thread_worker_run_one (&executor, &item, item.id, FALSE);
  while (!heddle_thread_worker_leaves (worker));
  heddle_executor_clear (&executor);
  heddle_own_cpu_worker_ends ();
  heddle_collector_worker_gone (host->collector, worker->slot);
  return NULL;
}

/* Whether commands can be started in all of @n slots at once. The last one's descriptor has the
 * lowest number that was free. A command that finds none would fail for no reason of its own. */
static gboolean
has_room (int last, guint n)
{
  struct rlimit limit;

  return getrlimit (RLIMIT_NOFILE, &limit) != 0
    || (rlim_t) last + FILES_BESIDE + (rlim_t) n * FILES_A_COMMAND < limit.rlim_cur;
}

static int
open_slot (guint n)
{
  int fd = eventfd (0, EFD_CLOEXEC | EFD_NONBLOCK);

  if (fd < 0 || has_room (fd, n))
    return fd;
  close (fd);
  errno = EMFILE;
  return -1;
}

/* Returns: FALSE with @error set if the system gives no more of them; some there are. */
static gboolean
open_slots (CommandPool *self, guint n, GError **error)
{
  for (; self->n_slots < n; self->n_slots++)
    {
      self->wake_fds[self->n_slots] = open_slot (self->n_slots + 1);
      if (self->wake_fds[self->n_slots] < 0)
        {
          heddle_set_system_error (error, errno, _("There is no room for so many commands"));
          return FALSE;
        }
    }
  return TRUE;
}

/* Without one the commands go on if this program is killed, which is no reason not to run them. */
static void
start_guard (HeddlePool *pool)
{
  g_autoptr (GError) error = NULL;

  if (!heddle_guard_start (pool->host.options->worker_program, &error))
    heddle_log_printf (pool->host.log, HEDDLE_LOG_WARNING, 0, 0, "%s", error->message);
}

static gboolean
command_pool_start (HeddlePool *pool, guint n_workers, GError **error)
{
  CommandPool *self = (CommandPool *) pool;
  GError *shortage = NULL;

  if (!open_slots (self, n_workers, &shortage)
      && !heddle_pool_makes_do (pool, self->n_slots, shortage, TRUE))
    {
      g_propagate_error (error, shortage);
      return FALSE;
    }
  g_clear_error (&shortage);
  start_guard (pool);
  return heddle_thread_pool_start (pool, MIN (n_workers, self->n_slots), worker_main, error);
}

static void
command_pool_resize (HeddlePool *pool, guint n_workers)
{
  CommandPool *self = (CommandPool *) pool;
  g_autoptr (GError) error = NULL;

  if (!open_slots (self, n_workers, &error))
    heddle_log_printf (pool->host.log, HEDDLE_LOG_WARNING, 0, 0, "%s", error->message);
  heddle_thread_pool_resize (pool, MIN (n_workers, self->n_slots));
}

static void
wake (int fd)
{
  const guint64 one = 1;

  /* where it fails the slot has not yet read so many that there is no room for one more */
  (void) !write (fd, &one, sizeof one);
}

/* A pause concerns no command that is going on. */
static void
command_pool_poke (HeddlePool *pool, gboolean paused, gboolean kill)
{
  CommandPool *self = (CommandPool *) pool;

  for (guint i = 0; i < self->n_slots; i++)
    wake (self->wake_fds[i]);
}

static void
command_pool_overdue (HeddlePool *pool)
{
  CommandPool *self = (CommandPool *) pool;

  for (guint i = 0; i < self->threads.n_workers; i++)
    if (heddle_slot_get_overdue (self->threads.workers[i]->slot) != 0)
      wake (self->wake_fds[i]);
}

static void
command_pool_finalize (HeddlePool *pool)
{
  CommandPool *self = (CommandPool *) pool;

  for (guint i = 0; i < self->n_slots; i++)
    heddle_clear_fd (&self->wake_fds[i]);
  heddle_thread_pool_finalize (pool);
}

const HeddlePoolClass heddle_command_pool_class = {
  .info = {
    .id = "commands",
    .name = N_("Commands"),
    .variant = N_("Slots"),
    .worker_name = N_("Slot %u"),
    .description = N_("Slots in which commands are run, one at a time in each."),
    .is_command = TRUE,
  },
  .instance_size = sizeof (CommandPool),
  .start = command_pool_start,
  .resize = command_pool_resize,
  .poke = command_pool_poke,
  .overdue = command_pool_overdue,
  .join = heddle_thread_pool_join,
  .finalize = command_pool_finalize,
};
