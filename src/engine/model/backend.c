/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "engine/model/backend.h"

#include <glib/gi18n-lib.h>

#include "base/parse.h"
#include "base/utf8.h"
#include "engine/model/workload.h"

/**
 * heddle_backend_get_info:
 * @backend: a kind of pool
 *
 * Returns: (transfer none): what it is called and what it is. Any thread.
 */
const HeddleBackendInfo *
heddle_backend_get_info (HeddleBackend backend)
{
  g_return_val_if_fail ((guint) backend < HEDDLE_N_BACKENDS, NULL);

  return heddle_backends[backend];
}

#pragma GCC diagnostic push
#pragma GCC diagnostic ignored                                                                     \
  "-Wformat-nonliteral" /* a translation of "Thread %u", checked by msgfmt */
/**
 * heddle_backend_name_worker:
 * @number: of the worker, from 1
 * @buffer: (out): what it is called in the user's language ("Thread 2"), cut to @size
 *
 * Any thread.
 */
void
heddle_backend_name_worker (HeddleBackend backend, guint number, char *buffer, gsize size)
{
  g_snprintf (buffer, size, g_dgettext (GETTEXT_PACKAGE, heddle_backends[backend]->worker_name),
              number);
  heddle_utf8_trim (buffer);
}
#pragma GCC diagnostic pop

/**
 * heddle_backend_recycles:
 * @backend: a kind of pool
 *
 * Returns: whether a worker is a process that executes task after task, so that tasks can be handed
 * to it ahead of time and it can be replaced after some. Any thread.
 */
gboolean
heddle_backend_recycles (HeddleBackend backend)
{
  const HeddleBackendInfo *info = heddle_backend_get_info (backend);

  return info->is_process && !info->is_per_task;
}

/**
 * heddle_backend_dup_ids:
 * @backends: HEDDLE_BACKEND_BIT()s
 *
 * Returns: (transfer full): their ids, as on the command line: "threads, processes". Any thread.
 */
char *
heddle_backend_dup_ids (guint backends)
{
  GString *ids = g_string_new (NULL);

  for (guint i = 0; i < HEDDLE_N_BACKENDS; i++)
    if ((backends & HEDDLE_BACKEND_BIT (i)) != 0)
      g_string_append_printf (ids, "%s%s", ids->len > 0 ? ", " : "", heddle_backends[i]->id);
  return g_string_free (ids, FALSE);
}

/**
 * heddle_backend_parse:
 * @id: what a backend is called on the command line, as a user wrote it
 * @workload: what is to run on it
 * @backend: (out): that backend
 *
 * Any thread.
 *
 * Returns: FALSE with HEDDLE_ERROR_USAGE where @workload cannot run on such a backend
 */
gboolean
heddle_backend_parse (const char *id, const HeddleWorkload *workload, HeddleBackend *backend,
                      GError **error)
{
  g_autofree char *known = heddle_backend_dup_ids (workload->backends);

  for (guint i = 0; i < HEDDLE_N_BACKENDS; i++)
    {
      if (!g_str_equal (heddle_backends[i]->id, id))
        continue;
      if ((workload->backends & HEDDLE_BACKEND_BIT (i)) == 0)
        return heddle_refuse (error, _("%s cannot run on the backend “%s”, only on: %s"),
                              workload->id, id, known);
      *backend = i;
      return TRUE;
    }
  return heddle_refuse (error, _("There is no backend “%s”. The backends are: %s"), id, known);
}
