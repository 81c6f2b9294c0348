/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "engine/model/run-options.h"

#include <glib/gi18n-lib.h>

#include "engine/model/backend.h"
#include "engine/model/workload.h"

/**
 * heddle_run_options_init:
 * @options: (out): set to what suits @workload on this machine
 *
 * Any thread.
 */
void
heddle_run_options_init (HeddleRunOptions *options, const HeddleWorkload *workload)
{
  g_return_if_fail (options != NULL);
  g_return_if_fail (workload != NULL);

  *options = (HeddleRunOptions) {
    .backend = workload->default_backend,
    .workers = heddle_workload_get_default_workers (workload),
    .queue = workload->default_queue != 0 ? workload->default_queue : 64,
    .prefetch = 64, /* the pool hands out less of long tasks */
    .retry_delay = HEDDLE_RETRY_DELAY,
    .lane_budget = 64 << 20,
    .result_budget = 128 << 20,
  };
}

static gboolean
refuse (GError **error, const char *what, guint value, guint most)
{
  g_set_error (error, HEDDLE_ERROR, HEDDLE_ERROR_USAGE, _("%s must be from 1 to %u, not %u."),
               what, most, value);
  return FALSE;
}

/**
 * heddle_run_options_check:
 * @workload: what is to be run with them
 *
 * Any thread.
 *
 * Returns: FALSE with HEDDLE_ERROR_USAGE if a run of @workload cannot have these options
 */
gboolean
heddle_run_options_check (const HeddleRunOptions *options, const HeddleWorkload *workload,
                          GError **error)
{
  if ((guint) options->backend >= HEDDLE_N_BACKENDS
      || (workload->backends & HEDDLE_BACKEND_BIT (options->backend)) == 0)
    {
      g_autoptr (GString) known = g_string_new (NULL);

      for (guint i = 0; i < HEDDLE_N_BACKENDS; i++)
        if ((workload->backends & HEDDLE_BACKEND_BIT (i)) != 0)
          g_string_append_printf (known, "%s%s", known->len > 0 ? ", " : "",
                                  heddle_backend_get_info (i)->id);
      g_set_error (error, HEDDLE_ERROR, HEDDLE_ERROR_USAGE,
                   _("%s cannot run on this backend, only on: %s."), workload->id, known->str);
      return FALSE;
    }
  if (options->workers < 1 || options->workers > HEDDLE_MAX_WORKERS)
    return refuse (error, _("The number of workers"), options->workers, HEDDLE_MAX_WORKERS);
  if (options->queue < 1 || options->queue > HEDDLE_MAX_QUEUE)
    return refuse (error, _("The size of the queue"), options->queue, HEDDLE_MAX_QUEUE);
  if (options->prefetch < 1 || options->prefetch > HEDDLE_MAX_PREFETCH)
    return refuse (error, _("The prefetch"), options->prefetch, HEDDLE_MAX_PREFETCH);
  return heddle_policy_check (options, error);
}
