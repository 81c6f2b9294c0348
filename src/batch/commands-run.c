/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

/* One attempt of a job, on the thread of its slot: the command is made, its begin is written down,
 * it is executed, its end is written down, and only then anybody hears of it. */

#include <errno.h>
#include <inttypes.h>
#include <string.h>

#include <glib/gi18n-lib.h>

#include "batch/commands-private.h"
#include "batch/hash.h"
#include "batch/shell-word.h"
#include "engine/task/task.h"
#include "trace/clock.h"
#include "trace/states.h"

/* What a shell ends with where there is no such command, or it cannot be executed. */
#define EXIT_NOT_FOUND      127
#define EXIT_NOT_EXECUTABLE 126

typedef struct {
  HeddleCommands *self;
  HeddleTask *task;
  HeddleJob job;
  GString *line;
  GStrv argv; /* NULL: a shell has to read the line */
  HeddleChildEnd end;
  char *why;
} Attempt;

/**
 * heddle_commands_expand:
 * @slot: 0 where it is not known
 * @line: where the command line is appended, as a shell reads it
 * @argv: (out) (nullable): its words, where no shell has to read it; else NULL
 *
 * Returns: FALSE with @error set if there is no command
 */
gboolean
heddle_commands_expand (HeddleCommands *self, const HeddleArguments *arguments, guint32 seq,
                        guint slot, GString *line, GStrv *argv, GError **error)
{
  g_auto (GStrv) words = NULL;

  if (!self->options.no_shell)
    {
      heddle_template_expand (self->template, arguments, seq, slot, self->total, line);
      if (argv != NULL)
        *argv = heddle_plain_words_split (line->str);
      return TRUE;
    }
  words = heddle_template_expand_argv (self->template, arguments, seq, slot, self->total, error);
  if (words == NULL)
    return FALSE;
  heddle_shell_words_append (line, words);
  if (argv != NULL)
    *argv = g_steal_pointer (&words);
  return TRUE;
}

static gboolean
make_command (Attempt *self)
{
  gsize length;
  const char *input = heddle_task_get_input (self->task, &length);
  g_autofree HeddleArguments *arguments = heddle_commands_decode (input, length);
  g_autoptr (GError) error = NULL;

  self->job.label = input;
  if (heddle_commands_expand (self->self, arguments, self->job.seq, self->job.slot, self->line,
                              &self->argv, &error))
    self->job.command = self->line->str;
  else
    self->why = g_strdup (error->message);
  return self->job.command != NULL;
}

/* Something cannot be written down. Who takes a job before the run has heard of it would fail, too:
 * that job is one that was not begun. */
static void
break_off (HeddleCommands *self, GError *error)
{
  atomic_store (&self->halted, TRUE);
  self->options.hooks.broken (error, self->options.hooks.data);
}

/* Returns: whether it is written down, and the command may be started. */
static gboolean
record_start (Attempt *self)
{
  HeddleCommands *commands = self->self;
  GError *error = NULL;
  HeddleJournalRecord record = {
    .kind = HEDDLE_JOURNAL_START,
    .time_us = self->job.started_us,
    .seq = self->job.seq,
    .attempt = self->job.attempt,
    .start = { .slot = self->job.slot,
               .command = heddle_hash_command (self->line->str, self->line->len) },
  };

  if (commands->options.journal == NULL
      || heddle_journal_append (commands->options.journal, &record, &error))
    return TRUE;
  self->why = g_strdup (error->message);
  break_off (commands, error);
  return FALSE;
}

static void
journal_end (Attempt *self)
{
  const HeddleChildEnd *end = &self->end;
  GError *error = NULL;
  HeddleJournalRecord record = {
    .kind = HEDDLE_JOURNAL_END,
    .time_us = self->job.started_us + self->job.runtime_us,
    .seq = self->job.seq,
    .attempt = self->job.attempt,
    .end = { .state = self->job.state,
             .exit_status = end->code,
             .signal = (guint) end->signal,
             .cpu_ns = (guint64) end->cpu_ns,
             .max_rss = end->max_rss,
             .output = end->n_bytes[HEDDLE_CHILD_OUT] + end->n_bytes[HEDDLE_CHILD_ERR],
             .why = self->why },
  };

  if (self->self->options.journal != NULL
      && !heddle_journal_append (self->self->options.journal, &record, &error))
    break_off (self->self, error);
}

/* One line for each job, when it is not tried again. As with GNU parallel there is none for a job
 * that the user has ended, so that it is run again. */
static void
joblog_end (Attempt *self)
{
  const HeddleChildEnd *end = &self->end;
  gboolean late = self->job.state == HEDDLE_JOB_STATE_TIMEOUT;
  GError *error = NULL;
  HeddleJoblogRow row = {
    .seq = self->job.seq,
    .started_us = self->job.started_us,
    .runtime_us = self->job.runtime_us,
    .received = end->n_bytes[HEDDLE_CHILD_OUT],
    .exit_status = late  ? -1
      : end->signal != 0 ? 0
                         : end->code,
    .signal = (guint) end->signal,
    .command = self->job.command,
  };

  if (self->self->options.joblog == NULL || !self->job.is_last
      || self->job.state == HEDDLE_JOB_STATE_CANCELLED)
    return;
  if (!heddle_joblog_append (self->self->options.joblog, &row, &error))
    break_off (self->self, error);
}

static void
on_output (HeddleChildStream stream, const char *bytes, gsize n, gpointer data)
{
  Attempt *self = data;
  const HeddleCommandsHooks *hooks = &self->self->options.hooks;

  if (hooks->output != NULL)
    hooks->output (&self->job, stream, bytes, n, hooks->data);
}

static gboolean
is_over (gpointer data)
{
  Attempt *self = data;

  return heddle_task_is_cancelled (self->task);
}

static void
run (Attempt *self, char *const *argv)
{
  const HeddleCommand command = { .argv = argv, .stdin_fd = -1 };
  const HeddleChildHost host = { .output = on_output,
                                 .is_over = is_over,
                                 .data = self,
                                 .wake_fd = heddle_task_get_wake_fd (self->task) };

  heddle_child_run (&command, &host, &self->end);
}

/* A command that cannot be started is the shell's to tell of, in its own words. */
static void
run_command (Attempt *self)
{
  char *const by_shell[] = { (char *) self->self->options.shell, (char *) "-c", self->line->str,
                             NULL };
  gint64 begun = heddle_clock_monotonic_ns ();

  if (self->argv != NULL)
    run (self, self->argv);
  if (!self->self->options.no_shell
      && (self->argv == NULL || self->end.ending == HEDDLE_CHILD_NOT_STARTED))
    run (self, by_shell);
  self->job.runtime_us = (heddle_clock_monotonic_ns () - begun) / 1000;
  if (self->end.ending == HEDDLE_CHILD_NOT_STARTED)
    self->end.code = self->end.error == ENOENT ? EXIT_NOT_FOUND : EXIT_NOT_EXECUTABLE;
}

static HeddleJobState
judge (Attempt *self)
{
  gint64 limit = self->self->options.limit_ns;

  if (self->end.ending == HEDDLE_CHILD_TERMINATED || self->end.ending == HEDDLE_CHILD_KILLED)
    return limit > 0 && self->job.runtime_us >= limit / 1000 ? HEDDLE_JOB_STATE_TIMEOUT
                                                             : HEDDLE_JOB_STATE_CANCELLED;
  return self->end.ending == HEDDLE_CHILD_ENDED && self->end.code == 0 ? HEDDLE_JOB_STATE_DONE
                                                                       : HEDDLE_JOB_STATE_FAILED;
}

/* Who did not listen when it was to end. */
static char *
explain_survivors (const HeddleChildEnd *end)
{
  if (end->n_left > 0)
    return g_strdup_printf (dngettext (GETTEXT_PACKAGE, "%u process could not be killed",
                                       "%u processes could not be killed", end->n_left),
                            end->n_left);
  if (end->n_killed > 0)
    return g_strdup_printf (
      dngettext (GETTEXT_PACKAGE, "%u process did not end when it was asked to, and was killed",
                 "%u processes did not end when they were asked to, and were killed",
                 end->n_killed),
      end->n_killed);
  return NULL;
}

static char *
explain (const Attempt *self)
{
  const HeddleChildEnd *end = &self->end;

  if (end->ending == HEDDLE_CHILD_NOT_STARTED)
    return g_strdup_printf (_("It could not be started: %s"), g_strerror (end->error));
  if (end->ending != HEDDLE_CHILD_ENDED)
    return explain_survivors (end);
  if (end->signal != 0)
    return g_strdup_printf (_("It was ended by signal %d (%s)"), end->signal,
                            g_strsignal (end->signal));
  return end->code != 0 ? g_strdup_printf (_("It ended with status %d"), end->code) : NULL;
}

static void
tell_times (Attempt *self)
{
  const HeddleTaskTimes times = {
    .known = TRUE,
    .on_cpu_ns = self->end.cpu_ns,
    .ready_ns = self->end.ready_ns,
    .switches = self->end.switches,
    .preempted = self->end.preempted,
  };

  if (self->end.ending != HEDDLE_CHILD_NOT_STARTED)
    heddle_task_set_times (self->task, &times);
}

/* The run hears of it a moment later, in which no other job shall begin. */
static void
count (Attempt *self)
{
  HeddleCommands *commands = self->self;
  guint64 n_failed;

  atomic_fetch_add_explicit (&commands->ended[self->job.state], 1, memory_order_relaxed);
  n_failed = atomic_load_explicit (&commands->ended[HEDDLE_JOB_STATE_FAILED], memory_order_relaxed)
    + atomic_load_explicit (&commands->ended[HEDDLE_JOB_STATE_TIMEOUT], memory_order_relaxed);
  if (commands->options.halt_after > 0 && n_failed >= commands->options.halt_after)
    atomic_store (&commands->halted, TRUE);
}

static void
execute (Attempt *self)
{
  const HeddleCommandsHooks *hooks = &self->self->options.hooks;

  if (atomic_load (&self->self->halted))
    {
      heddle_commands_wait_for_stop (self->self);
      heddle_task_cancel (self->task);
      return;
    }
  self->job.started_us = g_get_real_time ();
  self->job.state = HEDDLE_JOB_STATE_IN_HAND;
  if (make_command (self) && record_start (self))
    {
      run_command (self);
      self->job.state = judge (self);
      self->job.end = &self->end;
      self->why = explain (self);
      tell_times (self);
    }
  else
    self->job.state = HEDDLE_JOB_STATE_FAILED;
  self->job.why = self->why;
  self->job.is_last = self->job.state == HEDDLE_JOB_STATE_DONE
    || self->job.state == HEDDLE_JOB_STATE_CANCELLED
    || self->job.attempt > self->self->options.retries;
  if (self->job.is_last)
    count (self);
  if (self->job.end != NULL)
    {
      journal_end (self);
      joblog_end (self);
    }
  if (self->job.state == HEDDLE_JOB_STATE_FAILED)
    heddle_task_fail_literal (self->task, self->why);
  else if (self->job.state == HEDDLE_JOB_STATE_DONE && heddle_task_is_cancelled (self->task))
    heddle_task_return_text (self->task, "", 0); /* it was done before it could be ended */
  if (hooks->ended != NULL)
    hooks->ended (&self->job, hooks->data);
}

/* HeddleWorkload.execute */
void
heddle_commands_execute (gpointer data, HeddleTask *task)
{
  HeddleCommands *commands = data;
  Attempt self = {
    .self = commands,
    .task = task,
    .line = g_string_sized_new (256),
    .job = { .task = heddle_task_get_id (task),
             .seq = heddle_commands_get_seq (commands, heddle_task_get_id (task)),
             .attempt = heddle_task_get_attempt (task),
             .slot = heddle_task_get_worker (task) },
  };

  execute (&self);
  g_strfreev (self.argv);
  g_string_free (self.line, TRUE);
  g_free (self.why);
}
