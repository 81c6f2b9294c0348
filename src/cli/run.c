/* SPDX-License-Identifier: GPL-3.0-or-later */
/* `heddle-cli run`. */
#include "config.h"

#include <glib/gi18n.h>

#include "base/error.h"
#include "cli/commands.h"
#include "cli/options.h"
#include "cli/session.h"

/* Nothing has been started yet, or nothing of it is left. */
static int
complain (const GError *error)
{
  g_printerr ("heddle-cli: %s\n", error->message);
  if (!g_error_matches (error, HEDDLE_ERROR, HEDDLE_ERROR_USAGE))
    return HEDDLE_EXIT_FAILED;
  g_printerr ("%s\n", _("Try: heddle-cli run --help"));
  return HEDDLE_EXIT_USAGE;
}

static void
clear (gpointer data)
{
  heddle_cli_run_clear (data);
}

static int
run (HeddleCliRun *cli, GError **error)
{
  const HeddleSession session = {
    .settings = cli->settings,
    .options = &cli->options,
    .format = cli->format,
    .no_live = cli->no_live,
    .stops = { { HEDDLE_STOP_DRAIN, N_("Finishing queued tasks: Ctrl+C again cancels them") },
               { HEDDLE_STOP_CANCEL, N_("Cancelling: Ctrl+C again kills the workers") },
               { HEDDLE_STOP_KILL, N_("Killing the workers: Ctrl+C again exits at once") } },
    .cleared = clear,
    .data = cli,
  };

  return heddle_session_run (&session, error);
}

/**
 * heddle_command_run:
 *
 * `heddle-cli run`: runs a workload to its end. Returns the exit status, unless a signal has ended
 * the run: then the program dies of that.
 */
int
heddle_command_run (int argc, char **argv)
{
  g_autoptr (GError) error = NULL;
  HeddleCliRun cli = { 0 };
  int status = HEDDLE_EXIT_DONE;

  if (heddle_cli_run_parse (&cli, argc, argv, &error) && cli.help)
    {
      g_autofree char *help = heddle_cli_run_help ();

      status = heddle_cli_print (help);
    }
  else if (error == NULL)
    status = run (&cli, &error);
  if (error != NULL)
    status = complain (error);
  heddle_cli_run_clear (&cli);
  return status;
}
