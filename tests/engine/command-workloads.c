/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "command-workloads.h"
#include "engine/pools/command/child.h"
#include "test-workloads.h"
#include "trace/states.h"

/* "commands": a task for each of the commands, in turn, that are the lines of its parameter. What a
 * command has written is the result; how one has failed or was ended is said in words. */

typedef struct {
  guint64 n;
  const char *commands; /* of the settings */
} Data;

static const HeddleParam params[] = {
  { .name = "n", .initial = "1", .min = 1, .max = 1e9, .step = 1, .field = HEDDLE_FIELD (Data, n) },
  { .name = "commands", .type = HEDDLE_PARAM_TEXT, .initial = "true" },
};

static gpointer
open_data (const HeddleSettings *settings, GError **error)
{
  Data *self = heddle_settings_open (settings, error);

  self->commands = heddle_settings_get (settings, "commands");
  return self;
}

static gboolean
produce (gpointer data, HeddleProducer *producer, GError **error)
{
  const Data *self = data;
  g_auto (GStrv) commands = g_strsplit (self->commands, "\n", -1);
  guint n = g_strv_length (commands);

  heddle_producer_set_total (producer, self->n);
  for (guint64 i = 0; i < self->n; i++)
    if (!heddle_producer_submit (producer, commands[i % n], -1))
      break;
  return TRUE;
}

typedef struct {
  HeddleTask *task;
  GString *written;
} Job;

static void
take_output (HeddleChildStream stream, const char *bytes, gsize n, gpointer data)
{
  g_string_append_len (((Job *) data)->written, bytes, (gssize) n);
}

TestCommandCancel test_command_cancel;

/* The run may want it to end, or the test this one alone. */
static gboolean
is_over (gpointer data)
{
  HeddleTask *task = ((Job *) data)->task;

  if (atomic_load (&test_command_cancel.id) == heddle_task_get_id (task))
    {
      heddle_task_cancel (task);
      return TRUE;
    }
  return heddle_task_is_cancelled (task);
}

static void
tell (Job *self, const HeddleChildEnd *end)
{
  switch (end->ending)
    {
    case HEDDLE_CHILD_NOT_STARTED:
      heddle_task_fail (self->task, "not started: %s", g_strerror (end->error));
      return;
    case HEDDLE_CHILD_KILLED:
      heddle_task_print (self->task, "%u did not listen, %u left", end->n_killed, end->n_left);
      return;
    case HEDDLE_CHILD_TERMINATED:
      return;
    case HEDDLE_CHILD_ENDED:
    default:
      break;
    }
  if (end->signal != 0)
    heddle_task_fail (self->task, "signal %d", end->signal);
  else if (end->code != 0)
    heddle_task_fail (self->task, "exit status %d", end->code);
  else
    heddle_task_return_text (self->task, self->written->str, (gssize) self->written->len);
}

static void
run_command (gpointer data, HeddleTask *task)
{
  g_auto (GStrv) argv = NULL;
  g_autoptr (GString) written = g_string_new (NULL);
  Job job = { task, written };
  HeddleChildHost host = { take_output, is_over, &job, heddle_task_get_wake_fd (task) };
  HeddleCommand command = { .stdin_fd = -1 };
  HeddleTaskTimes times = { .known = TRUE };
  HeddleChildEnd end;

  g_assert_cmpint (host.wake_fd, >=, 0);
  g_assert_true (g_shell_parse_argv (heddle_task_get_input (task, NULL), NULL, &argv, NULL));
  command.argv = argv;
  if (heddle_task_get_id (task) < G_N_ELEMENTS (test_command_cancel.wake_fds))
    atomic_store (&test_command_cancel.wake_fds[heddle_task_get_id (task)], host.wake_fd);
  heddle_child_run (&command, &host, &end);
  times.on_cpu_ns = end.cpu_ns;
  times.ready_ns = end.ready_ns;
  times.switches = (guint32) MIN (end.switches, G_MAXUINT32);
  times.preempted = (guint32) MIN (end.preempted, G_MAXUINT32);
  if (end.ending != HEDDLE_CHILD_NOT_STARTED)
    heddle_task_set_times (task, &times);
  tell (&job, &end);
}

const HeddleWorkload test_command_workloads[] = {
  { TEST_WORKLOAD (Data), .id = "commands",
    .backends = HEDDLE_BACKEND_BIT (HEDDLE_BACKEND_COMMANDS), .open = open_data,
    .produce = produce, .execute = run_command },
  { .id = NULL },
};
