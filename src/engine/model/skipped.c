/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "engine/model/skipped.h"

#include <glib/gi18n-lib.h>

static const char *const keys[HEDDLE_N_SKIPPED] = {
  [HEDDLE_SKIPPED_SYMBOLIC_LINK] = "symbolic_links",
  [HEDDLE_SKIPPED_FIFO] = "fifos",
  [HEDDLE_SKIPPED_SOCKET] = "sockets",
  [HEDDLE_SKIPPED_DEVICE] = "devices",
  [HEDDLE_SKIPPED_OTHER] = "others",
};

/* What follows the number. */
static const char *
name_of (HeddleSkipped kind, guint64 count)
{
  gulong n = (gulong) count;

  switch (kind)
    {
    case HEDDLE_SKIPPED_SYMBOLIC_LINK:
      /* Translators: a number stands in front: "3 symbolic links" */
      return g_dngettext (GETTEXT_PACKAGE, "symbolic link", "symbolic links", n);
    case HEDDLE_SKIPPED_FIFO:
      return g_dngettext (GETTEXT_PACKAGE, "FIFO", "FIFOs", n);
    case HEDDLE_SKIPPED_SOCKET:
      return g_dngettext (GETTEXT_PACKAGE, "socket", "sockets", n);
    case HEDDLE_SKIPPED_DEVICE:
      return g_dngettext (GETTEXT_PACKAGE, "device", "devices", n);
    default:
      return g_dngettext (GETTEXT_PACKAGE, "of an unknown kind", "of unknown kinds", n);
    }
}

/**
 * heddle_skipped_get_key:
 *
 * Returns: (transfer none): what the kind is called in files that programs read. Any thread.
 */
const char *
heddle_skipped_get_key (HeddleSkipped kind)
{
  g_return_val_if_fail ((guint) kind < HEDDLE_N_SKIPPED, NULL);

  return keys[kind];
}

/**
 * heddle_skipped_append_text:
 * @text: appended to
 * @skipped: how many of each kind
 *
 * "3 symbolic links, 1 FIFO", translated. Any thread.
 *
 * Returns: FALSE if there is none, and nothing was appended
 */
gboolean
heddle_skipped_append_text (GString *text, const guint64 skipped[HEDDLE_N_SKIPPED])
{
  gboolean any = FALSE;

  for (guint i = 0; i < HEDDLE_N_SKIPPED; i++)
    {
      if (skipped[i] == 0)
        continue;
      g_string_append (text, any ? ", " : "");
      g_string_append_printf (text, "%" G_GUINT64_FORMAT " %s", skipped[i],
                              name_of (i, skipped[i]));
      any = TRUE;
    }
  return any;
}
