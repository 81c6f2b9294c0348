/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Pieces of JSON, compared with what json-glib reads in them. */
#include "config.h"

#include <json-glib/json-glib.h>
#include <locale.h>
#include <string.h>

#include "base/json.h"

static JsonNode *
read_back (const char *text, const char *end)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *whole = g_strndup (text, (gsize) (end - text));
  JsonNode *node = json_from_string (whole, &error);

  g_assert_no_error (error);
  return node;
}

static void
numbers_are_whole (void)
{
  static const gint64 numbers[] = { 0,          1,          -1,
                                    9,          10,         1234567890,
                                    G_MAXINT64, G_MININT64, G_MININT64 + 1 };
  char text[HEDDLE_JSON_NUMBER_ROOM + 1] = { 0 };

  for (guint i = 0; i < G_N_ELEMENTS (numbers); i++)
    {
      g_autofree char *expected = g_strdup_printf ("%" G_GINT64_FORMAT, numbers[i]);

      *heddle_json_put_signed (text, numbers[i]) = '\0';
      g_assert_cmpstr (text, ==, expected);
    }
  *heddle_json_put_unsigned (text, G_MAXUINT64) = '\0';
  g_assert_cmpstr (text, ==, "18446744073709551615");
}

static void
doubles_have_a_point_in_every_locale (void)
{
  char text[G_ASCII_DTOSTR_BUF_SIZE + 1];

  setlocale (LC_NUMERIC, "de_DE.UTF-8");
  *heddle_json_put_double (text, 2.55, "%.1f") = '\0';
  g_assert_cmpstr (text, ==, "2.5");
  *heddle_json_put_double (text, 1.0 / 0.0, "%.1f") = '\0';
  g_assert_cmpstr (text, ==, "null");
  setlocale (LC_NUMERIC, "C");
}

static void
texts_read_back_as_they_were (void)
{
  char text[256], line[sizeof text * HEDDLE_JSON_CHAR_ROOM + 2], *end;
  gboolean valid = TRUE;

  for (guint i = 0; i < 127; i++)
    text[i] = (char) (i + 1);
  strcpy (text + 127, "aä€😀");
  end = heddle_json_put_string (line, text, &valid);
  g_assert_true (valid);
  g_assert_cmpint (end - line, <=, (gssize) strlen (text) * HEDDLE_JSON_CHAR_ROOM + 2);
  {
    g_autoptr (JsonNode) node = read_back (line, end);

    g_assert_cmpstr (json_node_get_string (node), ==, text);
  }
}

/* The forms that documents name: short ones where there are some, and a control character that
 * terminals would obey never as it is. */
static void
escapes (void)
{
  char line[64];
  gboolean valid = TRUE;

  *heddle_json_put_string (line, "\"\\\n\r\t\b\x1b\x7f/", &valid) = '\0';
  g_assert_cmpstr (line, ==, "\"\\\"\\\\\\n\\r\\t\\u0008\\u001b\\u007f/\"");
  g_assert_true (valid);
}

static void
what_is_no_text_is_replaced (void)
{
  char line[64];
  gboolean valid = TRUE;

  *heddle_json_put_string (line, "a\xff\xc3", &valid) = '\0';
  g_assert_cmpstr (line, ==, "\"a\357\277\275\357\277\275\"");
  g_assert_false (valid);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/json/numbers-are-whole", numbers_are_whole);
  g_test_add_func ("/json/doubles-have-a-point-in-every-locale",
                   doubles_have_a_point_in_every_locale);
  g_test_add_func ("/json/texts-read-back-as-they-were", texts_read_back_as_they_were);
  g_test_add_func ("/json/escapes", escapes);
  g_test_add_func ("/json/what-is-no-text-is-replaced", what_is_no_text_is_replaced);
  return g_test_run ();
}
