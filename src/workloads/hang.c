/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <glib/gi18n-lib.h>
#include <inttypes.h>
#include <signal.h>
#include <unistd.h>

#include "engine/task/task.h"
#include "trace/clock.h"
#include "workloads/common.h"
#include "workloads/list.h"

typedef enum { HOW_SLEEPS, HOW_LOOPS, HOW_DEAF } How;

typedef struct {
  HeddleRange tasks; /* first */
  guint64 odd; /* which one hangs, 0: none */
  gint64 work_ns;
  double limit;
  How how;
} Hang;

static const char *const hows[] = { "sleeps", "loops", "deaf", NULL };
static const char *const how_names[] = { N_("Sleeps for ever"), N_("Computes for ever"),
                                         N_("Computes for ever, ignores requests to end"), NULL };

static const HeddleParam params[] = {
  { .name = "tasks", .label = N_("Tasks"), .initial = "8", .min = 1, .max = 1e6,
    .description = N_("Number of tasks."), .field = HEDDLE_FIELD (Hang, tasks.n) },
  { .name = "task", .label = N_("Hanging task"), .initial = "3", .max = 1e6,
    .description = N_("Number of the task that never ends by itself; 0: none."),
    .field = HEDDLE_FIELD (Hang, odd) },
  { .name = "how", .label = N_("Kind of hang"), .type = HEDDLE_PARAM_CHOICE, .initial = "sleeps",
    .choices = hows, .choice_names = how_names,
    .description = N_("What the hanging task does. On threads it never ignores requests: nobody can end a thread from outside."),
    .field = HEDDLE_FIELD (Hang, how) },
  { .name = "limit", .label = N_("Time limit"), .initial = "2", .max = 3600, .step = 0.1,
    .unit = N_("s"),
    .description = N_("Time that a task may take; 0: no limit, so that only “Stop” ends the run."),
    .field = HEDDLE_FIELD (Hang, limit) },
  { .name = "seconds", .label = N_("Seconds"), .initial = "0.5", .max = 3600, .step = 0.1,
    .unit = N_("s"), .description = N_("Time that each of the other tasks takes."),
    .field = HEDDLE_FIELD (Hang, work_ns) },
};

static double
hang_time_limit (gpointer data)
{
  return ((const Hang *) data)->limit;
}

/* Never ends by itself. It ignores requests to end only where it can be killed: a thread of the
 * host that ignored them would stay for ever. */
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

  if (id == self->odd)
    {
      heddle_task_print (task, _("Task %" PRIu64 " will never end by itself"), id);
      hang (self, task);
      return;
    }
  if (heddle_task_sleep (task, self->work_ns))
    heddle_task_return_number (task, id);
}

static void
hang_label (gpointer data, guint64 id, char *buffer, gsize size)
{
  const Hang *self = data;

  g_snprintf (buffer, size,
              id == self->odd ? _("task %" PRIu64 ", which hangs") : _("task %" PRIu64),
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
  .backends = HEDDLE_BACKENDS_CONCURRENT,
  .default_backend = HEDDLE_BACKEND_PROCESSES,
  .default_workers = 3,
  .params = params,
  .n_params = G_N_ELEMENTS (params),
  .data_size = sizeof (Hang),
  .time_limit = hang_time_limit,
  .produce = heddle_range_produce,
  .execute = hang_execute,
  .label = hang_label,
};
