/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <glib/gi18n-lib.h>

#include "engine/pool.h"

static gboolean
refuse (HeddlePool *pool, guint n_workers, GError **error)
{
  g_set_error_literal (error, HEDDLE_ERROR, HEDDLE_ERROR_START, _("Worker processes are not built yet."));
  return FALSE;
}

static void
nothing (HeddlePool *pool)
{
}

const HeddlePoolClass heddle_process_pool_class = { .instance_size = sizeof (HeddlePool), .start = refuse, .join = nothing, .finalize = nothing };
const HeddlePoolClass heddle_process_per_task_class = { .instance_size = sizeof (HeddlePool), .start = refuse, .join = nothing, .finalize = nothing };
