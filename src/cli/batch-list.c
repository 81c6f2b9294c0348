/* SPDX-License-Identifier: GPL-3.0-or-later */
/* `heddle-cli batch --list`: the batches that have a journal. */
#include "config.h"

#include <string.h>

#include <glib/gi18n.h>

#include "batch/batches.h"
#include "cli/batch-run.h"
#include "cli/commands.h"
#include "cli/format.h"

/* What of a batch its journal tells, as far as it can be read. */
static const char *
get_state (const HeddleBatchInfo *info)
{
  if (info->problem != NULL)
    return _("unreadable");
  if (info->is_running)
    return _("running");
  return info->is_closed ? _("ended") : _("broken off");
}

static void
append_jobs (GString *text, const HeddleBatchInfo *info)
{
  const struct {
    HeddleJobState state;
    const char *word;
  } parts[] = {
    { HEDDLE_JOB_STATE_DONE, _("done") },        { HEDDLE_JOB_STATE_FAILED, _("failed") },
    { HEDDLE_JOB_STATE_TIMEOUT, _("too late") }, { HEDDLE_JOB_STATE_CANCELLED, _("cancelled") },
    { HEDDLE_JOB_STATE_IN_HAND, _("in hand") },
  };
  gsize begin = text->len;

  for (guint i = 0; i < G_N_ELEMENTS (parts); i++)
    {
      guint64 n = info->counts.jobs[parts[i].state];

      if (n == 0)
        continue;
      g_string_append (text, text->len > begin ? ", " : "");
      heddle_append_count (text, n);
      g_string_append_printf (text, " %s", parts[i].word);
    }
}

static void
append_batch (GString *text, const HeddleBatchInfo *info, int width)
{
  g_autoptr (GDateTime) begun = g_date_time_new_from_unix_local (info->begun_us / G_USEC_PER_SEC);
  g_autofree char *when = begun != NULL && info->begun_us > 0
    ? g_date_time_format (begun, "%Y-%m-%d %H:%M")
    : g_strdup ("");

  g_string_append_printf (text, "%-*s  %-16s  %-10s  ", width, info->name, when, get_state (info));
  if (info->problem != NULL)
    heddle_format_safe (text, info->problem);
  else
    append_jobs (text, info);
  g_string_append_c (text, '\n');
}

/**
 * heddle_cli_batch_list:
 * @error: that the folder of the batches cannot be read
 *
 * Prints a line for each batch, the newest first.
 *
 * Returns: the exit status
 */
int
heddle_cli_batch_list (GError **error)
{
  g_autofree char *folder = heddle_batches_dup_folder ();
  g_autoptr (GPtrArray) batches = heddle_batches_list (folder, error);
  g_autoptr (GString) text = g_string_new (NULL);
  gsize width = 0;

  if (batches == NULL)
    return HEDDLE_EXIT_FAILED;
  for (guint i = 0; i < batches->len; i++)
    width = MAX (width, strlen (((HeddleBatchInfo *) batches->pdata[i])->name));
  for (guint i = 0; i < batches->len; i++)
    append_batch (text, batches->pdata[i], (int) width);
  return heddle_cli_print (text->str);
}
