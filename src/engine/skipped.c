/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "engine/skipped.h"

#include <glib/gi18n-lib.h>

static const struct {
  const char *key;
  const char *one, *many;
} kinds[HEDDLE_N_SKIPPED] = {
  /* Translators: a number stands in front: "3 symbolic links" */
  [HEDDLE_SKIPPED_SYMBOLIC_LINK] = { "symbolic_links", N_("symbolic link"), N_("symbolic links") },
  [HEDDLE_SKIPPED_FIFO] = { "fifos", N_("FIFO"), N_("FIFOs") },
  [HEDDLE_SKIPPED_SOCKET] = { "sockets", N_("socket"), N_("sockets") },
  [HEDDLE_SKIPPED_DEVICE] = { "devices", N_("device"), N_("devices") },
  [HEDDLE_SKIPPED_OTHER] = { "others", N_("of an unknown kind"), N_("of unknown kinds") },
};

/**
 * heddle_skipped_get_key:
 *
 * Returns: (transfer none): what the kind is called in files that programs read. Any thread.
 */
const char *
heddle_skipped_get_key (HeddleSkipped kind)
{
  g_return_val_if_fail ((guint) kind < HEDDLE_N_SKIPPED, NULL);

  return kinds[kind].key;
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
      g_string_append_printf (text, "%" G_GUINT64_FORMAT " %s", skipped[i], _(skipped[i] == 1 ? kinds[i].one : kinds[i].many));
      any = TRUE;
    }
  return any;
}
