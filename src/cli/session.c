/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "cli/session.h"

#include <errno.h>
#include <locale.h>
#include <signal.h>
#include <stdatomic.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <glib/gi18n.h>

#include "base/error.h"
#include "cli/commands.h"
#include "cli/live.h"
#include "cli/signals.h"
#include "cli/terminal.h"
#include "trace/clock.h"

/* Bytes for lanes where nobody looks at them. */
#define HIDDEN_LANE_BUDGET (1024 * 1024)

typedef struct {
  const HeddleSession *spec;
  GMainLoop *loop;
  HeddleOutput *output;
  HeddleReport *report;
  HeddleRun *run;   /* set before the run and the signals start */
  HeddleLive *live; /* NULL: none; set before the signals start */
  HeddleSignals *signals;
  atomic_int interrupts;  /* signals thread writes: how often Ctrl+C was pressed */
  atomic_int terminated;  /* signals thread writes: SIGTERM or SIGHUP came */
  atomic_int ended_by;    /* signals thread writes: the signal that asked last for the end, or 0 */
  atomic_int write_error; /* output's thread writes: errno of standard output, or 0 */
} Session;

static void
on_row (const HeddleRow *row, gpointer data)
{
  Session *self = data;

  if (self->spec->row != NULL)
    self->spec->row (self->report, self->run, row, self->spec->data);
  else
    heddle_report_row (self->report, self->run, row);
}

static void
on_line (const HeddleLogLine *line, gpointer data)
{
  Session *self = data;

  if (line->task == 0 || !self->spec->own_words)
    heddle_report_line (self->report, line);
}

static gboolean
quit (gpointer data)
{
  g_main_loop_quit (data);
  return G_SOURCE_REMOVE;
}

static void
on_changed (HeddleRun *run, gpointer data)
{
  Session *self = data;
  HeddleRunState state = heddle_run_get_state (run);
  GSource *source;

  if (state >= HEDDLE_RUN_STOPPING && self->spec->stopping != NULL)
    self->spec->stopping (self->spec->data);
  if (state != HEDDLE_RUN_FINISHED)
    return;
  source = g_idle_source_new (); /* the loop may not have been entered yet */
  g_source_set_static_name (source, "[heddle-cli] run finished");
  g_source_set_priority (source, G_PRIORITY_DEFAULT);
  g_source_set_callback (source, quit, self->loop, NULL);
  g_source_attach (source, NULL);
  g_source_unref (source);
}

/* Nobody can read the results any more: nothing that is done now is of use. */
static void
on_write_failed (HeddleStream stream, int error, gpointer data)
{
  Session *self = data;

  if (stream != HEDDLE_STREAM_OUT)
    return;
  atomic_store (&self->write_error, error);
  heddle_run_stop (self->run, error == EPIPE ? HEDDLE_STOP_KILL : HEDDLE_STOP_CANCEL);
}

static void
notice (Session *self, const char *text)
{
  if (self->live != NULL)
    {
      heddle_live_set_notice (self->live, text);
      heddle_output_repaint (self->output);
    }
  else
    {
      g_autofree char *line = g_strdup_printf ("heddle-cli: %s\n", text);

      heddle_output_say (self->output, line);
    }
}

static void
leave_at_once (int number)
{
  heddle_terminal_restore ();
  heddle_signals_die (number); /* worker processes end with their parent */
}

/* Ctrl+C. A run that is over may still hang in the writing of its results, if nobody reads them. */
static void
interrupt (Session *self)
{
  int n = atomic_fetch_add (&self->interrupts, 1) + 1;

  if (n > HEDDLE_SESSION_STOPS || self->spec->stops[n - 1].notice == NULL
      || (n > 1 && heddle_run_get_state (self->run) == HEDDLE_RUN_FINISHED))
    leave_at_once (SIGINT);
  heddle_run_stop (self->run, self->spec->stops[n - 1].policy);
  notice (self, _ (self->spec->stops[n - 1].notice));
}

static void
on_signal (int number, gpointer data)
{
  Session *self = data;

  switch (number)
    {
    case SIGINT:
      atomic_store (&self->ended_by, number);
      interrupt (self);
      break;
    case SIGTERM:
    case SIGHUP:
      atomic_store (&self->ended_by, number);
      if (atomic_exchange (&self->terminated, TRUE))
        leave_at_once (number);
      heddle_run_stop (self->run, HEDDLE_STOP_KILL);
      notice (self, _("Cancelling"));
      break;
    case SIGWINCH:
      heddle_output_repaint (self->output);
      break;
    case SIGTSTP:
      heddle_output_suspend (self->output);
      heddle_output_repaint (self->output);
      break;
    default:
      g_assert_not_reached ();
    }
}

/* Whether the end of the run is worth a word. */
static gboolean
is_told (const Session *self, const HeddleRunSnapshot *snapshot)
{
  return !self->spec->quiet || self->live != NULL || self->spec->format == HEDDLE_CLI_JSONL
    || snapshot->done != snapshot->submitted;
}

static int
finish (Session *self)
{
  g_autofree HeddleRunSnapshot *snapshot = g_new (HeddleRunSnapshot, 1);
  g_autoptr (GError) error = NULL;
  int write_error;

  heddle_run_wait (self->run, -1);
  heddle_run_get_snapshot (self->run, snapshot);
  error = heddle_run_dup_error (self->run);
  heddle_output_set_painter (self->output, -1, NULL, NULL);
  if (self->spec->finished != NULL)
    self->spec->finished (self->spec->data);
  /* a run that could not be started may have been given tasks, which are reported: then so are
   * their sums */
  if ((!snapshot->failed_to_start || snapshot->submitted > 0) && is_told (self, snapshot))
    heddle_report_finish (self->report, self->run);
  heddle_output_close (self->output);
  write_error = atomic_load (&self->write_error);
  if (write_error != 0 && write_error != EPIPE)
    g_printerr (_("heddle-cli: Standard output cannot be written: %s\n"),
                g_strerror (write_error));
  if (snapshot->failed_to_start && g_error_matches (error, HEDDLE_ERROR, HEDDLE_ERROR_USAGE))
    return HEDDLE_EXIT_USAGE;
  if (write_error == EPIPE)
    return HEDDLE_EXIT_PIPE;
  return error != NULL || write_error != 0 || snapshot->done != snapshot->submitted
    ? HEDDLE_EXIT_FAILED
    : HEDDLE_EXIT_DONE;
}

static void
session_clear (Session *self)
{
  g_clear_pointer (&self->signals, heddle_signals_free);
  g_clear_pointer (&self->output, heddle_output_free);
  g_clear_pointer (&self->live, heddle_live_free);
  g_clear_pointer (&self->run, heddle_run_unref);
  g_clear_pointer (&self->report, heddle_report_free);
  g_clear_pointer (&self->loop, g_main_loop_unref);
}

/* GLib ends the program where a main loop gets no descriptor to be woken by, so that is tried out
 * first, while there is one thread. */
static GMainLoop *
new_loop (GError **error)
{
  int fd = eventfd (0, EFD_CLOEXEC);

  if (fd < 0)
    {
      heddle_set_system_error (error, errno, _("The main loop could get no file descriptor"));
      return NULL;
    }
  close (fd);
  return g_main_loop_new (NULL, FALSE);
}

/* Lines of JSON are the same in every country: from here on texts are the program's own, and
 * numbers have a point. So it is in worker processes, which learn it from the environment. Before
 * any thread is started. */
static void
speak_to_programs (void)
{
  g_autofree char *characters = g_strdup (setlocale (LC_CTYPE, NULL));

  g_unsetenv ("LC_ALL");
  g_setenv ("LC_CTYPE", characters, TRUE);
  g_setenv ("LC_MESSAGES", "C", TRUE);
  g_setenv ("LC_NUMERIC", "C", TRUE);
  setlocale (LC_MESSAGES, "C");
  setlocale (LC_NUMERIC, "C");
}

static gboolean
start (Session *self, GError **error)
{
  HeddleRunOptions *options = self->spec->options;
  int terminal = self->spec->no_live ? -1 : heddle_output_find_terminal ();

  if (self->spec->format == HEDDLE_CLI_JSONL)
    speak_to_programs ();
  heddle_signals_block (terminal >= 0);
  heddle_clock_init ();
  options->result_budget = 0;
  if (terminal < 0)
    options->lane_budget = HIDDEN_LANE_BUDGET;
  options->hooks = (HeddleRunHooks){ .row = on_row, .line = on_line, .changed = on_changed };
  options->hooks_data = self;
  if ((self->run = heddle_run_new (self->spec->settings, options, error)) == NULL)
    return FALSE;
  if ((self->loop = new_loop (error)) == NULL)
    return FALSE;
  if ((self->output = heddle_output_new (on_write_failed, self, error)) == NULL)
    return FALSE;
  self->report = heddle_report_new (self->output, self->spec->format);
  if (self->spec->opened != NULL)
    self->spec->opened (self->output, self->run, self->spec->data);
  /* before the run: once tasks are reported their sums must be, too, and without this thread there
   * are none */
  if ((self->signals = heddle_signals_new (on_signal, self, error)) == NULL)
    return FALSE;
  if (!heddle_run_start (self->run, error))
    return FALSE;
  if (terminal >= 0)
    {
      self->live = heddle_live_new (self->run);
      heddle_output_set_painter (self->output, terminal, heddle_live_paint, self->live);
    }
  heddle_signals_listen (self->signals);
  return TRUE;
}

/**
 * heddle_session_run:
 * @error: that it could not be started
 *
 * Executes a run to its end, with all that is to be seen and said of it. Ended by a signal, the
 * program dies of that: this does not return. Main thread.
 *
 * Returns: the exit status; with @error set it is the caller's to tell, and to choose
 */
int
heddle_session_run (const HeddleSession *spec, GError **error)
{
  Session self = { .spec = spec };
  int status = HEDDLE_EXIT_FAILED;

  if (start (&self, error))
    {
      g_main_loop_run (self.loop);
      status = finish (&self);
    }
  session_clear (&self);
  heddle_signals_release ();
  if (atomic_load (&self.ended_by) != 0)
    {
      if (spec->cleared != NULL)
        spec->cleared (spec->data);
      heddle_signals_die (atomic_load (&self.ended_by));
    }
  return status;
}
