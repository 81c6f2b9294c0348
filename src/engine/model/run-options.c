/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "engine/model/run-options.h"

#include <glib/gi18n-lib.h>

#include "base/parse.h"
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
    .states = HEDDLE_STATES_EXACT,
    .lane_budget = 64 << 20,
    .result_budget = 128 << 20,
  };
}

static gboolean
is_in_range (const char *what, guint value, guint most, GError **error)
{
  return (value >= 1 && value <= most)
    || heddle_refuse (error, _("%s must be from 1 to %u, not %u."), what, most, value);
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
      g_autofree char *known = heddle_backend_dup_ids (workload->backends);

      return heddle_refuse (error, _("%s cannot run on this backend, only on: %s."), workload->id,
                            known);
    }
  return is_in_range (_("The number of workers"), options->workers, HEDDLE_MAX_WORKERS, error)
    && is_in_range (_("The size of the queue"), options->queue, HEDDLE_MAX_QUEUE, error)
    && is_in_range (_("The prefetch"), options->prefetch, HEDDLE_MAX_PREFETCH, error)
    && heddle_policy_check (options, error);
}
