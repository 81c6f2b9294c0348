/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <locale.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <glib/gi18n.h>

#include "base/program.h"
#include "cli/commands.h"

typedef struct {
  const char *name;
  int (*func) (int argc, char **argv);
  const char *summary;
} Command;

static const Command commands[] = {
  { "batch", heddle_command_batch, N_("Run a command for each of many values") },
  { "list", heddle_command_list, N_("List the workloads with their parameters") },
  { "run", heddle_command_run, N_("Run a workload") },
};

/**
 * heddle_cli_print:
 * @text: what was asked for
 *
 * Writes @text to standard output, all of it, or says why not. Returns the exit status.
 */
int
heddle_cli_print (const char *text)
{
  if (fputs (text, stdout) >= 0 && fflush (stdout) == 0)
    return HEDDLE_EXIT_DONE;
  if (errno == EPIPE)
    return HEDDLE_EXIT_PIPE;
  g_printerr (_("heddle-cli: Standard output cannot be written: %s\n"), g_strerror (errno));
  return HEDDLE_EXIT_FAILED;
}

static char *
usage (void)
{
  GString *text = g_string_new (_("Usage:\n  heddle-cli COMMAND [OPTION…]\n\nCommands:\n"));

  for (guint i = 0; i < G_N_ELEMENTS (commands); i++)
    g_string_append_printf (text, "  %-16s %s\n", commands[i].name, _(commands[i].summary));
  g_string_append_printf (text,
                          _("\nOptions:\n  -h, --help       %s\n  -v, --version    %s\n\n%s\n"),
                          _("Show this help"), _("Show the version"),
                          _("Help on a command: heddle-cli COMMAND --help"));
  return g_string_free (text, FALSE);
}

/* A standard descriptor that is closed must not become some other file of ours: writing to it shall
 * fail. */
static void
keep_standard_descriptors (void)
{
  for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++)
    if (fcntl (fd, F_GETFD) < 0 && errno == EBADF
        && open ("/dev/null", fd == STDIN_FILENO ? O_WRONLY : O_RDONLY) != fd)
      _exit (HEDDLE_EXIT_FAILED);
}

int
main (int argc, char **argv)
{
  const char *localedir = g_getenv ("HEDDLE_LOCALEDIR"); /* in the build tree */
  g_autofree char *help = NULL;
  g_autofree char *shown = NULL;
  gboolean is_help;

  keep_standard_descriptors ();
  setlocale (LC_ALL, "");
  bindtextdomain (GETTEXT_PACKAGE, localedir != NULL ? localedir : HEDDLE_LOCALEDIR);
  bind_textdomain_codeset (GETTEXT_PACKAGE, "UTF-8");
  textdomain (GETTEXT_PACKAGE);
  g_set_prgname ("heddle-cli");
  heddle_program_init_signals ();

  help = usage ();
  if (argc < 2)
    {
      g_printerr ("%s", help);
      return HEDDLE_EXIT_USAGE;
    }
  is_help = g_str_equal (argv[1], "--help") || g_str_equal (argv[1], "-h");
  if (is_help || g_str_equal (argv[1], "--version") || g_str_equal (argv[1], "-v"))
    {
      if (argc == 2)
        return heddle_cli_print (is_help ? help : "heddle-cli " HEDDLE_VERSION "\n");
      shown = g_utf8_make_valid (argv[2], -1);
      g_printerr (
        _("heddle-cli: %s takes no argument, but “%s” was given\nTry: heddle-cli --help\n"),
        argv[1], shown);
      return HEDDLE_EXIT_USAGE;
    }
  for (guint i = 0; i < G_N_ELEMENTS (commands); i++)
    if (g_str_equal (argv[1], commands[i].name))
      return commands[i].func (argc - 1, argv + 1);
  shown = g_utf8_make_valid (argv[1], -1);
  g_printerr (
    _("heddle-cli: There is no command “%s”. The commands are: batch, list, run\nTry: heddle-cli --help\n"),
    shown);
  return HEDDLE_EXIT_USAGE;
}
