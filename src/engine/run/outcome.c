/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <glib/gi18n-lib.h>

#include "engine/run/run-private.h"

/**
 * heddle_run_dup_why_no_task:
 *
 * Why there is not a single result, for the place where results would be. Any thread.
 *
 * Returns: (transfer full) (nullable): sentences; NULL while the run goes on and if it had tasks
 */
char *
heddle_run_dup_why_no_task (HeddleRun *self)
{
  g_autoptr (GError) error = heddle_run_dup_error (self);
  g_autoptr (GString) text = NULL;
  g_autoptr (GString) skipped = g_string_new (NULL);
  HeddleRunSnapshot snapshot;

  heddle_run_get_snapshot (self, &snapshot);
  if (snapshot.state != HEDDLE_RUN_FINISHED || snapshot.submitted > 0)
    return NULL;
  if (error != NULL)
    return g_strdup (error->message);
  if (atomic_load (&self->wishes.stop) != 0)
    return g_strdup (_("The run was stopped before it had a task."));
  text = g_string_new (self->workload->nothing != NULL ? _(self->workload->nothing)
                                                       : _("There were no tasks."));
  if (heddle_skipped_append_text (skipped, snapshot.skipped))
    g_string_append_printf (text, _(" Skipped: %s."), skipped->str);
  return g_string_free (g_steal_pointer (&text), FALSE);
}
