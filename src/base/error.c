/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Heddle's own errors, and what a system that refuses something says, in words that help. One place
 * knows what can be done about which error: advice written beside a call is right for the error
 * that its author thought of, and sends everybody else to a limit that has nothing to do with it.
 */
#include "config.h"

#include "base/error.h"

#include <errno.h>
#include <glib/gi18n-lib.h>

/**
 * heddle_error_quark:
 *
 * Returns: the domain of Heddle's own errors. Any thread.
 */
G_DEFINE_QUARK (heddle-error-quark, heddle_error)

/* NULL: nothing is known that would help. */
static const char *
advise (int code)
{
  switch (code)
    {
    case EMFILE:
      return _("Use fewer workers, close other runs, or raise the limit of open files (ulimit -n).");
    case ENFILE:
      return _("The limit of open files of the whole system is reached: close other programs.");
    case EAGAIN:
      return _("Use fewer workers, close other programs, or raise the limits of threads and processes (ulimit -u) and of memory (ulimit -v).");
    case ENOMEM:
      return _("Use fewer workers, close other programs, or raise the limit of memory (ulimit -v).");
    case EFBIG:
      return _("Raise the limit of file sizes (ulimit -f).");
    default:
      return NULL;
    }
}

/**
 * heddle_system_error_dup:
 * @code: errno of a call that took something from the system: a descriptor, memory, a thread, a
 * process
 *
 * Returns: (transfer full): what the system says, and after a full stop what can be done about it,
 * where something can. Any thread.
 */
char *
heddle_system_error_dup (int code)
{
  const char *advice = advise (code);

  return advice != NULL ? g_strdup_printf ("%s. %s", g_strerror (code), advice)
                        : g_strdup_printf ("%s.", g_strerror (code));
}

/**
 * heddle_set_system_error:
 * @code: as for heddle_system_error_dup()
 * @what: what there is not, translated: "The thread of the run could not be started"
 *
 * Sets HEDDLE_ERROR_START with @what, the reason, and what can be done. Any thread.
 */
void
heddle_set_system_error (GError **error, int code, const char *what)
{
  g_autofree char *reason = heddle_system_error_dup (code);

  g_set_error (error, HEDDLE_ERROR, HEDDLE_ERROR_START, "%s: %s", what, reason);
}
