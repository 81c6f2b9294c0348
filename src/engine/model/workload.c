/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <glib/gi18n-lib.h>

#include "engine/model/processors.h"
#include "engine/model/workload.h"

static const char *const group_names[HEDDLE_N_GROUPS] = {
  [HEDDLE_GROUP_REAL_WORK] = N_("Real Work"),
  [HEDDLE_GROUP_BASICS] = N_("Basics"),
  [HEDDLE_GROUP_POOLS] = N_("Pools"),
  [HEDDLE_GROUP_SHARING] = N_("Sharing Data"),
  [HEDDLE_GROUP_FAILURES] = N_("Failures"),
  [HEDDLE_GROUP_COSTS] = N_("Costs"),
};

/**
 * heddle_group_get_name:
 * @group: a group of the catalogue
 *
 * Returns: (transfer none): its name, not yet translated. Any thread.
 */
const char *
heddle_group_get_name (HeddleGroup group)
{
  g_return_val_if_fail (group >= 0 && group < HEDDLE_N_GROUPS, NULL);

  return group_names[group];
}

/**
 * heddle_workload_get_default_workers:
 *
 * Returns: how many workers a run of it has where nobody says how many. Any thread.
 */
guint
heddle_workload_get_default_workers (const HeddleWorkload *self)
{
  g_return_val_if_fail (self != NULL, 1);

  return self->default_workers != 0 ? self->default_workers
                                    : MIN (heddle_processors_get ().count, HEDDLE_MAX_WORKERS);
}

/**
 * heddle_workload_dup_default_workers_text:
 *
 * Returns: (transfer full): it and its source, translated: "2, from the processor affinity". Any
 * thread.
 */
char *
heddle_workload_dup_default_workers_text (const HeddleWorkload *self)
{
  HeddleProcessors processors;

  g_return_val_if_fail (self != NULL, NULL);

  if (self->default_workers != 0)
    return g_strdup_printf (_("%u, the default of the workload"), self->default_workers);
  processors = heddle_processors_get ();
  processors.count = MIN (processors.count, HEDDLE_MAX_WORKERS);
  return heddle_processors_dup_text (&processors);
}

/**
 * heddle_workload_open:
 *
 * Returns: (transfer full) (nullable): the data of a workload with these settings, to be given to
 * heddle_workload_close(); NULL if it cannot be opened. Any thread.
 */
gpointer
heddle_workload_open (const HeddleWorkload *self, const HeddleSettings *settings, GError **error)
{
  return (self->open != NULL ? self->open : heddle_settings_open) (settings, error);
}

/**
 * heddle_workload_close:
 * @data: (transfer full): of heddle_workload_open()
 */
void
heddle_workload_close (const HeddleWorkload *self, gpointer data)
{
  (self->close != NULL ? self->close : g_free) (data);
}

/**
 * heddle_workload_explain:
 * @error: (inout): set already, or to be set here
 *
 * For a function of the workload that has failed, perhaps without an error. Any thread.
 */
void
heddle_workload_explain (const HeddleWorkload *self, GError **error)
{
  g_return_if_fail (error != NULL);

  if (*error == NULL)
    g_set_error (
      error, HEDDLE_ERROR, HEDDLE_ERROR_START,
      _("The workload “%s” cannot go on and gives no reason. This is a bug in the workload."),
      self->id);
}
