/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <glib/gi18n-lib.h>
#include <inttypes.h>
#include <signal.h>
#include <unistd.h>

#include "engine/task/task.h"
#include "trace/clock.h"
#include "workloads/list.h"
#include "workloads/odd-task.h"

typedef enum { HOW_SLEEPS, HOW_LOOPS, HOW_DEAF } How;

typedef struct {
  HeddleOddTask tasks; /* first */
  double limit;
  How how;
} Hang;

static const char *const hows[] = { "sleeps", "loops", "deaf", NULL };
static const char *const how_names[] = { N_("Sleeps for ever"), N_("Computes for ever"),
                                         N_("Computes for ever, ignores requests to end"), NULL };

static const HeddleParam params[] = {
  HEDDLE_ODD_TASK_PARAMS ("8", N_("Hanging task"),
                          N_("Number of the task that never ends by itself; 0: none."), "3"),
  {
    .name = "how",
    .label = N_("Kind of hang"),
    .description = N_("What the hanging task does. On threads it never ignores requests: nobody can end a thread from outside."),
    .type = HEDDLE_PARAM_CHOICE,
    .initial = "sleeps",
    .choices = hows,
    .choice_names = how_names,
  },
  {
    .name = "limit",
    .label = N_("Time limit"),
    .description = N_("Time that a task may take; 0: no limit, so that only “Stop” ends the run."),
    .type = HEDDLE_PARAM_NUMBER,
    .initial = "2",
    .min = 0,
    .max = 3600,
    .step = 0.1,
    .unit = N_("s"),
  },
  HEDDLE_ODD_TASK_SECONDS (N_("Time that each of the other tasks takes.")),
};

static gpointer
hang_open (const HeddleSettings *settings, GError **error)
{
  Hang *self = g_new0 (Hang, 1);

  heddle_odd_task_open (&self->tasks, settings);
  self->limit = heddle_settings_get_number (settings, "limit");
  self->how = (How) heddle_settings_get_choice (settings, "how");
  return self;
}

static double
hang_time_limit (gpointer data)
{
  return ((const Hang *) data)->limit;
}

/* Never answers. Where nobody could end it, it listens: a thread of the host that does not would
 * stay for ever. */
static void
hang (const Hang *self, HeddleTask *task)
{
  gboolean deaf = self->how == HOW_DEAF && heddle_task_can_be_killed (task);
  volatile guint64 n = 0;

  if (deaf)
    signal (SIGTERM, SIG_IGN);
  if (self->how == HOW_SLEEPS)
    while (heddle_task_sleep (task, G_GINT64_CONSTANT (3600000000000)))
      ;
  else
    while (deaf || !heddle_task_is_cancelled (task))
      for (guint i = 0; i < 100000; i++)
        n += i;
}

static void
hang_execute (gpointer data, HeddleTask *task)
{
  const Hang *self = data;
  guint64 id = heddle_task_get_id (task);

  if (id == self->tasks.odd)
    {
      heddle_task_print (task, _("Task %" PRIu64 " will never end by itself"), id);
      hang (self, task);
      return;
    }
  if (heddle_task_sleep (task, self->tasks.work_ns))
    heddle_task_return_number (task, id);
}

static void
hang_label (gpointer data, guint64 id, char *buffer, gsize size)
{
  const Hang *self = data;

  g_snprintf (buffer, size,
              id == self->tasks.odd ? _("task %" PRIu64 ", which hangs") : _("task %" PRIu64),
              id);
}

static const HeddlePreset tries[] = {
  { N_("Processes, ignoring requests"), "backend=processes how=deaf" },
  { N_("Threads, computing"), "backend=threads how=loops" },
  { N_("No time limit: press “Stop”"), "limit=0" },
  { NULL },
};

const HeddleWorkload heddle_workload_hang = {
  .id = "hang",
  .name = N_("Hang and timeout"),
  .summary = N_("One task never ends by itself; a time limit ends it."),
  .about = N_("Most tasks take half a second; one of them never ends. Without a time limit its worker never takes another task, and the run never ends.\n"
    "\n"
    "What to look for: the others go on with one worker less. When the task exceeds its limit, the log says so. On processes the worker is asked to end "
    "(SIGTERM), killed if it has not ended a second later (SIGKILL), and replaced, whatever the task was doing.\n"
    "\n"
    "On threads the task can only be asked to end. A task that checks from time to time for such a request ends; one that never checks can "
    "only be ended with the whole program, so in this workload every task checks when it runs on a thread.\n"
    "\n"
    "The same limit can be set for every workload: under “Policy”, or with heddle-cli run --timeout 2."),
  .notes = N_("The notes do not speak of tasks that hang. What they call isolation helps here, too: “each process has its own memory space”, so one can be ended "
    "without harm to the others. Python's threads cannot be ended from outside either; its pools offer a time limit only to whoever waits for the result: the task itself goes on."),
  .tries = tries,
  .group = HEDDLE_GROUP_FAILURES,
  .backends = HEDDLE_BACKEND_BIT (HEDDLE_BACKEND_THREADS)
    | HEDDLE_BACKEND_BIT (HEDDLE_BACKEND_PROCESSES)
    | HEDDLE_BACKEND_BIT (HEDDLE_BACKEND_THREAD_PER_TASK)
    | HEDDLE_BACKEND_BIT (HEDDLE_BACKEND_PROCESS_PER_TASK),
  .default_backend = HEDDLE_BACKEND_PROCESSES,
  .default_workers = 3,
  .default_queue = 64,
  .params = params,
  .n_params = G_N_ELEMENTS (params),
  .open = hang_open,
  .close = g_free,
  .time_limit = hang_time_limit,
  .produce = heddle_odd_task_produce,
  .execute = hang_execute,
  .label = hang_label,
};
