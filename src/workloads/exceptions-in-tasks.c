/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <glib/gi18n-lib.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "engine/sync/shared.h"
#include "engine/task/task.h"
#include "workloads/common.h"
#include "workloads/list.h"

typedef enum { MODE_HANDLED, MODE_FUTURE, MODE_QUEUE, MODE_UNHANDLED } Mode;

typedef struct {
  guint n_tasks;
  guint every;
  gint64 work_ns;
  Mode mode;
  HeddleChannel *errors; /* MODE_QUEUE: closed by the task that ends last */
  HeddleValue *left;     /* MODE_QUEUE: tasks that have not ended */
} Exceptions;

/* What the notes raise. Not translated: it is the text of an exception. */
#define MESSAGE "An error occurred!"

#define COLLECTOR 1 /* MODE_QUEUE: the first task */

static const char *const modes[] = { "handled", "future", "queue", "unhandled", NULL };
static const char *const mode_names[] = {
  N_("Handled in the task"), N_("Carried in the result (future)"), N_("Sent to a central queue"),
  N_("Not handled"), NULL,
};

static const HeddleParam params[] = {
  { .name = "mode", .label = N_("Handling"), .type = HEDDLE_PARAM_CHOICE, .initial = "handled",
    .choices = modes, .choice_names = mode_names,
    .description = N_("What happens to an exception in a task."),
    .field = HEDDLE_FIELD (Exceptions, mode) },
  { .name = "tasks", .label = N_("Tasks"), .initial = "10", .min = 1, .max = 100000,
    .description = N_("Number of tasks."), .field = HEDDLE_FIELD (Exceptions, n_tasks) },
  { .name = "every", .label = N_("Failing: one in"), .initial = "3", .max = 100000,
    .description = N_("Every task whose number is a multiple of this raises an exception; 0: none."),
    .field = HEDDLE_FIELD (Exceptions, every) },
  { .name = "seconds", .label = N_("Seconds"), .initial = "0.3", .max = 3600, .step = 0.1,
    .unit = N_("s"),
    .description = N_("Time that each task takes."), .field = HEDDLE_FIELD (Exceptions, work_ns) },
};

static gboolean
exceptions_share (gpointer data, HeddleShared *shared, GError **error)
{
  Exceptions *self = data;

  self->errors = heddle_shared_channel (shared, N_("errors"), 8, self->mode == MODE_QUEUE);
  self->left = heddle_shared_value (shared, N_("tasks left"), self->n_tasks, FALSE);
  return TRUE;
}

/* The error handler, and one that works. */
static guint
exceptions_parties (gpointer data)
{
  return ((const Exceptions *) data)->mode == MODE_QUEUE ? 2 : 1;
}

static gboolean
exceptions_produce (gpointer data, HeddleProducer *producer, GError **error)
{
  const Exceptions *self = data;

  return heddle_range_submit (producer, self->n_tasks + (self->mode == MODE_QUEUE ? 1 : 0));
}

static gboolean
is_collector (const Exceptions *self, guint64 id)
{
  return self->mode == MODE_QUEUE && id == COLLECTOR;
}

static gboolean
raises (const Exceptions *self, guint64 number)
{
  return self->every != 0 && number % self->every == 0;
}

/* Reads the central queue until it is closed: no task is left that could put an error into it. */
static void
collect (const Exceptions *self, HeddleTask *task)
{
  char message[HEDDLE_MESSAGE_MAX + 1];
  HeddleSyncStatus status;
  guint n = 0;

  while ((status = heddle_channel_get (self->errors, task, message, NULL)) == HEDDLE_SYNC_OK)
    {
      heddle_task_print (task, _("Error in thread: %s"), message);
      n++;
    }
  if (status != HEDDLE_SYNC_CLOSED)
    return;
  heddle_task_return_printf (
    task, g_dngettext (GETTEXT_PACKAGE, "%u error collected", "%u errors collected", n), n);
}

static void
end_without_handler (HeddleTask *task, guint64 number)
{
  heddle_task_print (task, _("Exception in task %" PRIu64 ": %s"), number, MESSAGE);
  /* as in Python: a process with an exception that nobody handles exits with status 1, a thread
   * just ends */
  if (heddle_task_can_be_killed (task))
    _exit (EXIT_FAILURE);
}

static void
raise_exception (const Exceptions *self, HeddleTask *task, guint64 number)
{
  g_autofree char *message = NULL;

  switch (self->mode)
    {
    case MODE_HANDLED:
      heddle_task_print (task, _("Error in thread: %s"), MESSAGE);
      heddle_task_return_text (task, _("handled its own error"), -1);
      break;
    case MODE_FUTURE:
      heddle_task_fail_literal (task, MESSAGE);
      break;
    case MODE_QUEUE:
      message = g_strdup_printf (_("%s (task %" PRIu64 ")"), MESSAGE, number);
      if (heddle_channel_put (self->errors, task, message, -1) == HEDDLE_SYNC_OK)
        heddle_task_return_text (task, _("sent the error to the queue"), -1);
      break;
    case MODE_UNHANDLED:
    default:
      end_without_handler (task, number);
      break;
    }
}

static void
exceptions_execute (gpointer data, HeddleTask *task)
{
  const Exceptions *self = data;
  guint64 number = heddle_task_get_id (task);

  if (is_collector (self, number))
    {
      collect (self, task);
      return;
    }
  if (heddle_task_sleep (task, self->work_ns))
    {
      if (raises (self, number))
        raise_exception (self, task, number);
      else
        heddle_task_return_text (task, _("no error"), -1);
    }
  if (self->mode == MODE_QUEUE && heddle_value_add (self->left, -1) == 0)
    heddle_channel_close (self->errors);
}

static void
exceptions_label (gpointer data, guint64 id, char *buffer, gsize size)
{
  const Exceptions *self = data;

  if (is_collector (self, id))
    g_strlcpy (buffer, _("the error handler"), size);
  else
    g_snprintf (buffer, size, _("task %" PRIu64), id);
}

static const HeddlePreset tries[] = {
  { N_("The result carries it"), "mode=future" },
  { N_("The first exception ends the run"), "mode=future workers=1 halt=now,fail=1" },
  { N_("A central queue"), "mode=queue" },
  { N_("Nobody handles it, on threads"), "mode=unhandled backend=threads" },
  { N_("Nobody handles it, on processes"), "mode=unhandled backend=processes" },
  { NULL },
};

const HeddleWorkload heddle_workload_exceptions_in_tasks = {
  .id = "exceptions-in-tasks",
  .name = N_("Exceptions in tasks"),
  .summary = N_("Some tasks raise an exception: who learns of it, and do the others go on?"),
  .badge = N_("errors"),
  .about = N_("Every third task raises “An error occurred!”. There are four ways to handle that, and each shows the exception in a different place.\n"
    "\n"
    "Handled in the task: the task catches it, says so in the log and is done. Carried in the result: the task fails, and its row in the results has "
    "the error. A central queue: tasks put their errors into a queue, which is shown under “Shared”, and one more worker, the error handler, reads them and writes them to the log.\n"
    "\n"
    "Not handled: on threads the task ends without a result, and only a line in the log reports the exception: the row says “done”. On processes the "
    "worker exits with status 1 as a Python program does; its task is lost, and the worker is replaced.\n"
    "\n"
    "What to look for: in all four, the other tasks go on and are done."),
  .notes = N_("“Since exceptions in threads do not propagate to the main thread automatically, ensure that each thread has its own exception handling logic.” The notes name "
    "four techniques: try and except in the task, a handler in each thread, a central queue of errors, and futures, which carry the exception to the one who asks "
    "for the result (“Caught an exception: An error occurred!”). They say that an exception nobody handles “can lead to the termination of the entire application”.\n"
    "\n"
    "For Python's threads the latter is not true: the thread ends, its error is printed, and the others go on, as shown here. A crash does end the whole application: "
    "see “Crash a worker”."),
  .tries = tries,
  .group = HEDDLE_GROUP_FAILURES,
  .backends = HEDDLE_BACKENDS_CONCURRENT,
  .default_backend = HEDDLE_BACKEND_THREADS,
  .default_workers = 3,
  .ordered = TRUE,
  .params = params,
  .n_params = G_N_ELEMENTS (params),
  .data_size = sizeof (Exceptions),
  .share = exceptions_share,
  .parties = exceptions_parties,
  .produce = exceptions_produce,
  .execute = exceptions_execute,
  .label = exceptions_label,
};
