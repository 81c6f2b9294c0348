/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include <glib/gi18n.h>

#include "base/error.h"
#include "batch/shell-word.h"
#include "batch/template.h"
#include "cli/batch-run.h"
#include "cli/commands.h"

#define SLOT 1 /* which one a job gets is not known before it runs */

/* What has been printed is there before the next value is waited for. @data: errno of what failed
 * first, 0 while all is well. */
static gboolean
flush (int fd, gpointer data)
{
  int *failed = data;

  if (*failed == 0 && fflush (stdout) != 0)
    *failed = errno;
  return TRUE;
}

/* Words that no shell will read are printed so that one would read them as they are. */
static gboolean
append_argv (const HeddleTemplate *template, const HeddleArguments *arguments, guint64 seq,
             guint64 total, GString *line, GError **error)
{
  g_auto (GStrv) argv =
    heddle_template_expand_argv (template, arguments, seq, SLOT, total, error);

  if (argv != NULL)
    heddle_shell_words_append (line, argv);
  return argv != NULL;
}

static gboolean
print_job (const HeddleCliBatch *batch, const HeddleTemplate *template,
           const HeddleArguments *arguments, guint64 seq, guint64 total, GString *line,
           GError **error)
{
  int failed = *(const int *) batch->inputs.before_read_data;

  g_string_truncate (line, 0);
  if (!batch->no_shell)
    heddle_template_expand (template, arguments, seq, SLOT, total, line);
  else if (!append_argv (template, arguments, seq, total, line, error))
    return FALSE;
  g_string_append_c (line, '\n');
  if (failed == 0 && fwrite (line->str, 1, line->len, stdout) == line->len)
    return TRUE;
  failed = failed != 0 ? failed : errno;
  g_set_error (error, G_FILE_ERROR, g_file_error_from_errno (failed),
               _("Standard output cannot be written: %s"), g_strerror (failed));
  return FALSE;
}

static gboolean
print_as_they_come (const HeddleCliBatch *batch, HeddleInputs *inputs,
                    const HeddleTemplate *template, GError **error)
{
  g_autoptr (GString) line = g_string_new (NULL);
  g_autoptr (GError) local = NULL;
  gboolean good = TRUE;

  for (guint64 seq = 1; good; seq++)
    {
      g_autoptr (HeddleArguments) arguments = heddle_inputs_next (inputs, &local);

      if (arguments == NULL)
        break;
      good = print_job (batch, template, arguments, seq, 0, line, &local);
    }
  if (local == NULL)
    return TRUE;
  g_propagate_error (error, g_steal_pointer (&local));
  return FALSE;
}

/* Where {##} stands, the first command line depends on how many there are. */
static gboolean
print_all (const HeddleCliBatch *batch, HeddleInputs *inputs, const HeddleTemplate *template,
           GError **error)
{
  g_autoptr (GPtrArray) jobs = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (GString) line = g_string_new (NULL);
  g_autoptr (GError) local = NULL;
  HeddleArguments *next;

  while ((next = heddle_inputs_next (inputs, &local)) != NULL)
    g_ptr_array_add (jobs, next);
  if (local != NULL)
    {
      g_propagate_error (error, g_steal_pointer (&local));
      return FALSE;
    }
  for (guint i = 0; i < jobs->len; i++)
    if (!print_job (batch, template, g_ptr_array_index (jobs, i), i + 1, jobs->len, line, error))
      return FALSE;
  return TRUE;
}

static gboolean
dry_run (HeddleCliBatch *batch, GError **error)
{
  g_autoptr (HeddleInputs) inputs = NULL;
  g_autoptr (HeddleTemplate) template = NULL;
  int failed = 0;
  HeddleTemplateOptions options = {
    .placeholder = batch->placeholder,
    .repeat = batch->inputs.per_job > 1,
    .no_shell = batch->no_shell,
  };

  batch->inputs.before_read = flush;
  batch->inputs.before_read_data = &failed;
  inputs = heddle_inputs_new (&batch->inputs, error);
  if (inputs == NULL)
    return FALSE;
  options.names = heddle_inputs_get_names (inputs);
  template = heddle_template_new (batch->command, &options, error);
  if (template == NULL)
    return FALSE;
  return heddle_template_needs_total (template)
           ? print_all (batch, inputs, template, error)
           : print_as_they_come (batch, inputs, template, error);
}

/* Returns: the exit status. */
static int
complain (const GError *error)
{
  if (g_error_matches (error, HEDDLE_ERROR, HEDDLE_ERROR_USAGE))
    {
      g_printerr ("heddle-cli: %s\n%s\n", error->message, _("Try: heddle-cli batch --help"));
      return HEDDLE_EXIT_USAGE;
    }
  if (g_error_matches (error, G_FILE_ERROR, G_FILE_ERROR_PIPE))
    return HEDDLE_EXIT_PIPE;
  g_printerr ("heddle-cli: %s\n", error->message);
  return HEDDLE_EXIT_FAILED;
}

/**
 * heddle_command_batch:
 *
 * `heddle-cli batch`: runs a command for each of many values, or prints the command lines. Returns
 * the exit status, unless a signal has ended the run: then the program dies of that.
 */
int
heddle_command_batch (int argc, char **argv)
{
  g_auto (HeddleCliBatch) batch = { 0 };
  g_autoptr (GError) error = NULL;
  g_autofree char *help = NULL;
  int status = HEDDLE_EXIT_DONE;

  if (!heddle_cli_batch_parse (&batch, argc, argv, &error))
    return complain (error);
  if (batch.help)
    {
      help = heddle_cli_batch_help ();
      return heddle_cli_print (help);
    }
  if (batch.list)
    {
      status = heddle_cli_batch_list (&error);
      return error != NULL ? complain (error) : status;
    }
  if (!batch.dry_run)
    {
      status = heddle_cli_batch_run (&batch, &error);
      return error != NULL ? complain (error) : status;
    }
  if (!dry_run (&batch, &error))
    {
      fflush (stdout);
      status = complain (error);
    }
  if (status == HEDDLE_EXIT_DONE)
    status = heddle_cli_print ("");
  return status;
}
