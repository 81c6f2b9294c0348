/* SPDX-License-Identifier: GPL-3.0-or-later */
/* `heddle-cli batch` runs its jobs: a session whose tasks are commands. */
#include "config.h"

#include "cli/batch-run.h"

#include <inttypes.h>
#include <pthread.h>
#include <unistd.h>

#include <glib/gi18n.h>

#include "base/error.h"
#include "base/lock.h"
#include "base/parse.h"
#include "batch/batches.h"
#include "cli/commands.h"
#include "cli/job-lines.h"
#include "cli/session.h"

#define SHELL "/bin/sh"

typedef struct {
  HeddleCliBatch *cli;
  HeddleCommands *commands;
  HeddleJournal *journal;          /* NULL: none */
  HeddleJournalContents *contents; /* what it said; NULL: it is a new one, or none */
  HeddleJoblog *joblog;            /* NULL: none */
  HeddleJoblogRecord *record;      /* what it said; NULL: it is not gone on with */
  HeddleSettings *settings;
  HeddleJobPrinter *printer; /* as the next two: from before the start of the run to its end */
  HeddleJobLines *lines;     /* NULL: the format is another one */
  HeddleRun *run;

  pthread_mutex_t lock;
  GError
    *broken; /* why nothing more is begun, the first reason; with the lock; NULL: all is well */
} BatchRun;

static gint64
get_limit (const BatchRun *self)
{
  return (gint64) (self->cli->options.timeout * 1e9);
}

static void
on_output (const HeddleJob *job, HeddleChildStream stream, const char *bytes, gsize n,
           gpointer data)
{
  BatchRun *self = data;

  if (self->lines != NULL)
    heddle_job_lines_add (self->lines, job, stream, bytes, n);
  else
    heddle_job_printer_add (self->printer, job, stream, bytes, n);
}

static void
on_ended (const HeddleJob *job, gpointer data)
{
  BatchRun *self = data;

  if (self->lines != NULL)
    heddle_job_lines_end (self->lines, job);
  else
    heddle_job_printer_end (self->printer, job, get_limit (self));
}

/* What cannot be written down shall not be done. */
static void
on_broken (GError *error, gpointer data)
{
  BatchRun *self = data;

  HEDDLE_AUTO_LOCK (&self->lock);
  if (self->broken == NULL)
    self->broken = error;
  else
    g_error_free (error);
  heddle_run_stop (self->run, HEDDLE_STOP_REST);
}

static void
on_opened (HeddleOutput *output, HeddleRun *run, gpointer data)
{
  BatchRun *self = data;

  self->run = heddle_run_ref (run);
  self->printer = heddle_job_printer_new (&self->cli->printer, output);
  if (self->cli->format == HEDDLE_CLI_JSONL)
    self->lines = heddle_job_lines_new (output);
}

/* The output of jobs and what became of them is said on their slots' threads. */
static void
on_row (HeddleReport *report, HeddleRun *run, const HeddleRow *row, gpointer data)
{
  BatchRun *self = data;

  if (self->lines != NULL)
    heddle_job_lines_row (self->lines, run, row);
}

static void
on_stopping (gpointer data)
{
  BatchRun *self = data;

  heddle_commands_stop (self->commands);
}

/* That the batch was not broken off. */
static gboolean
write_close (BatchRun *self, GError **error)
{
  HeddleJournalRecord record = { .kind = HEDDLE_JOURNAL_CLOSE, .time_us = g_get_real_time () };

  if (self->journal == NULL)
    return TRUE;
  heddle_commands_get_counts (self->commands, &record.close);
  return heddle_journal_append (self->journal, &record, error);
}

static void
on_finished (gpointer data)
{
  BatchRun *self = data;

  GError *error = NULL;

  heddle_job_printer_finish (self->printer);
  if (!write_close (self, &error))
    on_broken (error, self);
}

static gboolean
open_journal (BatchRun *self, GError **error)
{
  const HeddleCliBatch *cli = self->cli;
  g_autofree char *folder = heddle_batches_dup_folder ();
  g_autofree char *directory = g_get_current_dir ();
  const HeddleJournalOptions options = { .sync = TRUE,
                                         .most = HEDDLE_BATCHES_MOST,
                                         .most_bytes = HEDDLE_BATCHES_MOST_BYTES };
  g_autofree char *id = g_uuid_string_random ();
  const HeddleJournalHeader header = {
    .id = id,
    .name = cli->journal,
    .begun_us = g_get_real_time (),
    .directory = directory,
    .command = cli->command != NULL ? cli->command : (char *) "",
    .options = cli->words,
    .inputs = (char *) "",
  };

  if (cli->journal == NULL)
    return TRUE;
  if (cli->resume)
    self->journal = heddle_journal_go_on (folder, cli->journal, TRUE, &self->contents, error);
  else
    self->journal = heddle_journal_create (folder, &header, &options, error);
  if (self->journal == NULL)
    return FALSE;
  if (self->contents == NULL || g_str_equal (self->contents->header.directory, directory))
    return TRUE;
  return heddle_refuse (error,
                        _("The batch “%s” was begun in the folder %s: go there to resume it"),
                        cli->journal, self->contents->header.directory);
}

static gboolean
open_joblog (BatchRun *self, GError **error)
{
  const HeddleCliBatch *cli = self->cli;

  if (cli->joblog == NULL)
    return TRUE;
  if (cli->resume && cli->journal == NULL && g_file_test (cli->joblog, G_FILE_TEST_EXISTS)
      && (self->record = heddle_joblog_read (cli->joblog, error)) == NULL)
    return FALSE;
  self->joblog = heddle_joblog_open (cli->joblog, cli->resume, error);
  return self->joblog != NULL;
}

/* What was done before, and that all of it is the same as now. */
static gboolean
check_known (BatchRun *self, GError **error)
{
  HeddleCommandsKnown known;

  heddle_commands_get_known (self->commands, &known);
  if (known.changed > 0 && !self->cli->anyway)
    return heddle_refuse (
      error,
      ngettext (
        "%" PRIu64
        " job has another command than when it was run. To run it again add --accept-changes",
        "%" PRIu64
        " jobs have other commands than when they were run. To run them again add --accept-changes",
        (gulong) known.changed),
      known.changed);
  if (known.in_hand > 0)
    g_printerr (
      ngettext ("heddle-cli: %" PRIu64
                " job had been started, and is run again: how far it was is not known\n",
                "heddle-cli: %" PRIu64
                " jobs had been started, and are run again: how far they were is not known\n",
                (gulong) known.in_hand),
      known.in_hand);
  return TRUE;
}

static gboolean
prepare (BatchRun *self, GError **error)
{
  HeddleCliBatch *cli = self->cli;
  HeddleCommandsOptions options = {
    .inputs = &cli->inputs,
    .command = cli->command,
    .placeholder = cli->placeholder,
    .no_shell = cli->no_shell,
    .shell = SHELL,
    .again = cli->again,
    .halt_after = cli->options.halt.when != HEDDLE_HALT_NEVER && !cli->options.halt.percent
      ? cli->options.halt.fail
      : 0,
    .retries = cli->options.retries,
    .limit_ns = get_limit (self),
    .hooks = { on_output, on_ended, on_broken, self },
  };

  pthread_mutex_init (&self->lock, NULL);
  if (!open_journal (self, error) || !open_joblog (self, error))
    return FALSE;
  options.journal = self->journal;
  options.joblog = self->joblog;
  if (self->contents != NULL)
    options.known = &self->contents->jobs;
  else if (self->record != NULL)
    options.known = &self->record->jobs;
  self->commands = heddle_commands_new (&options, error);
  if (self->commands == NULL || !check_known (self, error))
    return FALSE;
  self->settings = heddle_settings_new (&heddle_commands_workload);
  cli->options.data = self->commands;
  return TRUE;
}

/* Returns: FALSE with @error set if the last of what was to be written down was not. */
static gboolean
close_records (BatchRun *self, GError **error)
{
  HeddleJournal *journal = g_steal_pointer (&self->journal);
  HeddleJoblog *joblog = g_steal_pointer (&self->joblog);
  gboolean good = TRUE;

  if (journal != NULL)
    good = heddle_journal_close (journal, error);
  if (joblog != NULL)
    good = heddle_joblog_close (joblog, good ? error : NULL) && good;
  return good;
}

static void
clear (gpointer data)
{
  BatchRun *self = data;

  close_records (self, NULL);
  g_clear_pointer (&self->printer, heddle_job_printer_free);
  g_clear_pointer (&self->lines, heddle_job_lines_free);
  g_clear_pointer (&self->run, heddle_run_unref);
  g_clear_pointer (&self->settings, heddle_settings_free);
  g_clear_pointer (&self->commands, heddle_commands_free);
  g_clear_pointer (&self->contents, heddle_journal_contents_free);
  g_clear_pointer (&self->record, heddle_joblog_record_free);
  g_clear_error (&self->broken);
  pthread_mutex_destroy (&self->lock);
}

static int
execute (BatchRun *self, GError **error)
{
  const HeddleSession session = {
    .settings = self->settings,
    .options = &self->cli->options,
    .format = self->cli->format,
    .no_live = self->cli->no_live,
    .own_words = TRUE,
    .quiet = TRUE,
    .stops = { { HEDDLE_STOP_REST, N_("Running jobs may end: Ctrl+C again ends them") },
               { HEDDLE_STOP_CANCEL, N_("Ending the jobs: Ctrl+C again exits at once") } },
    .opened = on_opened,
    .row = on_row,
    .stopping = on_stopping,
    .finished = on_finished,
    .cleared = clear,
    .data = self,
  };
  int status = heddle_session_run (&session, error);

  if (self->broken != NULL && (error == NULL || *error == NULL))
    g_propagate_error (error, g_steal_pointer (&self->broken));
  return close_records (self, error != NULL && *error == NULL ? error : NULL) ? status
                                                                              : HEDDLE_EXIT_FAILED;
}

/**
 * heddle_cli_batch_run:
 * @error: that nothing was started, or that not all could be written down
 *
 * Runs the jobs of a batch to their end. Main thread.
 *
 * Returns: the exit status, if there is no error
 */
int
heddle_cli_batch_run (HeddleCliBatch *batch, GError **error)
{
  BatchRun self = { .cli = batch };
  int status = HEDDLE_EXIT_FAILED;

  if (prepare (&self, error))
    status = execute (&self, error);
  clear (&self);
  return status;
}
