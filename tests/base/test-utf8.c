/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <string.h>

#include "base/utf8.h"

/* Every size of the buffer: as much as has room, with an ellipsis where something is missing. */
static void
cut_between_characters (void)
{
  static const char text[] = "a€ä😀 Faden und Schütz";
  char buffer[64];

  for (gsize size = 4; size <= sizeof text + 2; size++)
    {
      heddle_utf8_copy (buffer, size, text);
      g_assert_true (g_utf8_validate (buffer, -1, NULL));
      g_assert_cmpint (g_str_has_suffix (buffer, "…"), ==, size < sizeof text);
      g_assert_true (strncmp (buffer, text, strcspn (buffer, "\xe2")) == 0);

      heddle_utf8_copy_end (buffer, size, text);
      g_assert_true (g_utf8_validate (buffer, -1, NULL));
      g_assert_cmpint (g_str_has_prefix (buffer, "…"), ==, size < sizeof text);
      g_assert_true (g_str_has_suffix (text, size < sizeof text ? buffer + strlen ("…") : buffer));

      buffer[0] = '\0';
      heddle_utf8_append (buffer, size, text);
      g_assert_true (g_utf8_validate (buffer, -1, NULL));
      g_assert_true (g_str_has_prefix (text, buffer));
      g_assert_cmpuint (strlen (buffer) + 4, >=, MIN (size, sizeof text));

      g_snprintf (buffer, size, "%s", text);
      heddle_utf8_trim (buffer);
      g_assert_true (g_utf8_validate (buffer, -1, NULL));
      g_assert_true (g_str_has_prefix (text, buffer));
      g_assert_cmpuint (strlen (buffer) + 4, >=, MIN (size, sizeof text));
    }
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/utf8/cut-between-characters", cut_between_characters);
  return g_test_run ();
}
