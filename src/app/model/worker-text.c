/* SPDX-License-Identifier: GPL-3.0-or-later */
/* How the data panes call workers. */
#include "config.h"

#include <glib/gi18n.h>

#include "app/model/worker-text.h"
#include "engine/model/backend.h"

/**
 * heddle_worker_text_format_name:
 * @worker: its number, from 1; 0: none
 *
 * What the run calls the worker ("Thread 3"). Returns: @buffer. Any thread.
 */
char *
heddle_worker_text_format_name (HeddleRun *run, guint worker, char *buffer, gsize size)
{
  const HeddleRunOptions *options = heddle_run_get_options (run);

  if (worker == 0)
    g_strlcpy (buffer, "–", size);
  else
    heddle_backend_name_worker (options->backend, worker, buffer, size);
  return buffer;
}

/**
 * heddle_worker_text_dup_wait:
 * @worker: one that waits
 *
 * Returns: (transfer full): "waits for the lock “list”, held by Thread 2". Any thread.
 */
char *
heddle_worker_text_dup_wait (const HeddleWorkerInfo *worker)
{
  /* Translators: %s is "the lock “list”, held by Thread 2" or the like */
  return g_strdup_printf (_("waits for %s"), worker->waits_for);
}
