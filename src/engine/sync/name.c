/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

/*
 * What shared objects are called. In the arena each has the name that its workload gave it, which
 * is the same in every language, since worker processes look for it. People read it in theirs:
 * N_("list") and N_("fork %u") stand in the workload, and a number in a name is looked for as %u.
 */

#include <glib/gi18n-lib.h>
#include <stdlib.h>
#include <string.h>

#include "base/utf8.h"
#include "engine/sync/shared-private.h"

#define DIGITS "0123456789"

/* "fork 3" by way of "fork %u". FALSE: there is no number in it, or nobody has translated it. */
static gboolean
translate_numbered (const char *name, char *buffer, gsize size)
{
  gsize before = strcspn (name, DIGITS), digits = strspn (name + before, DIGITS);
  g_autofree char *pattern =
    digits > 0 ? g_strdup_printf ("%.*s%%u%s", (int) before, name, name + before + digits) : NULL;
  const char *translated = pattern != NULL ? _(pattern) : NULL;
  const char *place =
    translated != NULL && translated != pattern ? strstr (translated, "%u") : NULL;
  g_autofree char *whole = NULL;

  if (place == NULL)
    return FALSE;
  whole = g_strdup_printf ("%.*s%.*s%s", (int) (place - translated), translated, (int) digits,
                           name + before, place + 2);
  heddle_utf8_append (buffer, size, whole);
  return TRUE;
}

/**
 * heddle_shared_show_name:
 * @name: as the workload named it
 * @buffer: (out): the same in the user's language, cut to @size
 *
 * Returns: @buffer. Any thread.
 */
const char *
heddle_shared_show_name (const char *name, char *buffer, gsize size)
{
  buffer[0] = '\0';
  /* gettext() takes an empty text for the head of the catalogue */
  if (name[0] != '\0' && !translate_numbered (name, buffer, size))
    heddle_utf8_append (buffer, size, _(name));
  return buffer;
}
