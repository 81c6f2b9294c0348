/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <errno.h>
#include <glib/gi18n-lib.h>
#include <inttypes.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <unistd.h>

#include "engine/task/task.h"
#include "workloads/common.h"
#include "workloads/list.h"

typedef enum { HOW_SEGV, HOW_ABORT, HOW_KILL, HOW_EXIT } How;

typedef struct {
  HeddleRange tasks; /* first */
  guint64 odd; /* which one crashes, 0: none */
  gint64 work_ns;
  guint attempts;
  How how;
} Crash;

static const char *const hows[] = { "segv", "abort", "kill", "exit", NULL };
static const char *const how_names[] = { N_("Writes to invalid memory (SIGSEGV)"),
                                         N_("Aborts (SIGABRT)"), N_("Kills itself (SIGKILL)"),
                                         N_("Exits (status 3)"), NULL };

static const HeddleParam params[] = {
  { .name = "tasks", .label = N_("Tasks"), .initial = "12", .min = 1, .max = 1e6,
    .description = N_("Number of tasks."), .field = HEDDLE_FIELD (Crash, tasks.n) },
  { .name = "task", .label = N_("Crashing task"), .initial = "5", .max = 1e6,
    .description = N_("Number of the task that crashes; 0: none."),
    .field = HEDDLE_FIELD (Crash, odd) },
  { .name = "how", .label = N_("Kind of crash"), .type = HEDDLE_PARAM_CHOICE, .initial = "segv",
    .choices = hows, .choice_names = how_names,
    .description = N_("What the crashing task does."), .field = HEDDLE_FIELD (Crash, how) },
  { .name = "attempts", .label = N_("Crashes"), .initial = "1", .min = 1, .max = 200,
    .description = N_("Number of attempts that crash. With at least as many retries no task is lost."),
    .field = HEDDLE_FIELD (Crash, attempts) },
  { .name = "seconds", .label = N_("Seconds"), .initial = "0.5", .max = 3600, .step = 0.1,
    .unit = N_("s"),
    .description = N_("Time that each task takes; the crashing one crashes half-way."),
    .field = HEDDLE_FIELD (Crash, work_ns) },
};

/* Leaves the crash to the kernel: no handler catches it, and no core file is written of a crash
 * that was wanted. */
static void
expose (int signal_number)
{
  signal (signal_number, SIG_DFL);
  prctl (PR_SET_DUMPABLE, 0);
}

static void
crash (How how)
{
  volatile int *page;

  switch (how)
    {
    case HOW_SEGV:
      expose (SIGSEGV);
      page = mmap (NULL, 4096, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
      *page = 1;
      break;
    case HOW_ABORT:
      expose (SIGABRT);
      abort ();
    case HOW_KILL:
      kill (getpid (), SIGKILL);
      break;
    case HOW_EXIT:
    default:
      _exit (3);
    }
  pause ();
}

static void
crash_execute (gpointer data, HeddleTask *task)
{
  const Crash *self = data;
  guint64 id = heddle_task_get_id (task);
  gboolean crashes = id == self->odd && heddle_task_get_attempt (task) <= self->attempts;

  if (!heddle_task_sleep (task, crashes ? self->work_ns / 2 : self->work_ns))
    return;
  if (crashes && !heddle_task_can_be_killed (task))
    {
      heddle_task_fail_literal (
        task, _("This task would crash the whole program. It runs in worker processes only."));
      return;
    }
  if (crashes)
    {
      heddle_task_print (task, _("Task %" PRIu64 " crashes now"), id);
      crash (self->how);
    }
  heddle_task_return_number (task, id);
}

static void
crash_label (gpointer data, guint64 id, char *buffer, gsize size)
{
  const Crash *self = data;

  g_snprintf (buffer, size,
              id == self->odd ? _("task %" PRIu64 ", which crashes") : _("task %" PRIu64),
              id);
}

static const HeddlePreset tries[] = {
  { N_("Processes: one task is lost"), "backend=processes workers=4" },
  { N_("Threads: all of them die"), "backend=threads workers=4" },
  { N_("The task exits"), "backend=processes how=exit" },
  { N_("The task kills itself"), "backend=processes how=kill" },
  { NULL },
};

const HeddleWorkload heddle_workload_crash_a_worker = {
  .id = "crash-a-worker",
  .name = N_("Crash a worker"),
  .summary =
    N_("One task crashes. On processes one task is lost, on threads all tasks that were running."),
  .about = N_("Every task works for a while; one of them then crashes: it writes to invalid memory, aborts, sends itself the signal that no process can "
    "ignore (SIGKILL), or exits.\n"
    "\n"
    "What to look for: on processes the crash costs one worker and the task that it was running. The lane ends, a new process replaces "
    "the worker, and all other tasks are done. Allow one retry, under “Policy”, and even that task is done in the end. To kill a worker yourself, take the number of its process from the table “Workers” and call kill -9 in a terminal: the same happens, whatever the worker was doing.\n"
    "\n"
    "On threads the same crash ends the process with all its threads: every running task is lost, not only the one that crashed. To protect "
    "this window, the threads of this workload run in a separate process, which is started again for the remaining tasks."),
  .notes = N_("“Each process has its own memory space, so errors in one process (such as segmentation faults) do not affect other processes”, and “if one process "
    "crashes or encounters an error, it doesn't affect the main program or other processes.”\n"
    "\n"
    "The measurement here agrees: on 4 processes 11 of 12 tasks are done and 1 is lost, on 4 threads 4 are lost. This is true of memory that is not "
    "shared: a process that dies while it changes shared memory leaves it half changed, and the others have to deal with that."),
  .tries = tries,
  .group = HEDDLE_GROUP_FAILURES,
  .backends = HEDDLE_BACKEND_BIT (HEDDLE_BACKEND_THREADS)
    | HEDDLE_BACKEND_BIT (HEDDLE_BACKEND_PROCESSES)
    | HEDDLE_BACKEND_BIT (HEDDLE_BACKEND_PROCESS_PER_TASK),
  .default_backend = HEDDLE_BACKEND_PROCESSES,
  .default_workers = 4,
  .dangerous = TRUE,
  .params = params,
  .n_params = G_N_ELEMENTS (params),
  .data_size = sizeof (Crash),
  .produce = heddle_range_produce,
  .execute = crash_execute,
  .label = crash_label,
};
