/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a shell makes of a quoted value is the value: the shell itself is asked. */
#include "config.h"

#include <string.h>
#include <unistd.h>

#include <glib/gstdio.h>

#include "batch/shell-word.h"
#include "engine/pools/command/child.h"

static void
take_output (HeddleChildStream stream, const char *bytes, gsize n, gpointer data)
{
  g_assert_cmpint (stream, ==, HEDDLE_CHILD_OUT);
  g_string_append_len (data, bytes, (gssize) n);
}

static gboolean
never (gpointer data)
{
  return FALSE;
}

/* Returns: what a shell prints that executes @script */
static GString *
execute (const GString *script)
{
  g_autofree char *path = NULL;
  g_autoptr (GError) error = NULL;
  GString *output = g_string_new (NULL);
  HeddleChildHost host = { take_output, never, output, -1 };
  HeddleChildEnd end;
  char *argv[3] = { NULL };
  int fd = g_file_open_tmp ("heddle-words-XXXXXX", &path, &error);

  g_assert_no_error (error);
  g_assert_cmpint (write (fd, script->str, script->len), ==, (gssize) script->len);
  close (fd);
  argv[0] = (char *) "sh";
  argv[1] = path;
  heddle_child_run (&(HeddleCommand){ .argv = argv, .stdin_fd = -1 }, &host, &end);
  g_assert_cmpint (end.code, ==, 0);
  g_unlink (path);
  return output;
}

/* Has sh print every value, each with a NUL behind it, and compares. */
static void
check (const GPtrArray *values, gboolean bare)
{
  g_autoptr (GString) script = g_string_new ("printf '%s\\0'");
  g_autoptr (GString) expected = g_string_new (NULL);
  g_autoptr (GString) output = NULL;

  for (guint i = 0; i < values->len; i++)
    {
      const char *value = g_ptr_array_index (values, i);

      g_string_append_c (script, ' ');
      heddle_shell_word_append (script, value, strlen (value), bare);
      g_string_append_len (expected, value, (gssize) strlen (value) + 1);
    }
  g_string_append_c (script, '\n');
  output = execute (script);
  g_assert_cmpmem (output->str, output->len, expected->str, expected->len);
}

static void
every_byte_stays (void)
{
  g_autoptr (GPtrArray) values = g_ptr_array_new_with_free_func (g_free);

  for (guint byte = 1; byte < 256; byte++)
    {
      g_ptr_array_add (values, g_strdup_printf ("%c", byte));
      g_ptr_array_add (values, g_strdup_printf ("a%cb", byte));
      g_ptr_array_add (values, g_strdup_printf ("'%c", byte));
      g_ptr_array_add (values, g_strdup_printf ("%c%c'", byte, byte));
    }
  check (values, TRUE);
  check (values, FALSE);
}

static void
any_value_stays (void)
{
  static const char bytes[] = "'\"\\$`\n \t*!#~ab=;&|<>(){}[]?^%\r\xff\xc3\xa4-";
  g_autoptr (GPtrArray) values = g_ptr_array_new_with_free_func (g_free);

  g_ptr_array_add (values, g_strdup (""));
  for (guint i = 0; i < 3000; i++)
    {
      guint length = (guint) g_test_rand_int_range (0, 12);
      g_autoptr (GString) value = g_string_new (NULL);

      while (value->len < length)
        g_string_append_c (value, bytes[g_test_rand_int_range (0, sizeof bytes - 1)]);
      g_ptr_array_add (values, g_strdup (value->str));
    }
  check (values, TRUE);
}

static void
words_are_short_where_they_can_be (void)
{
  static const struct {
    const char *value;
    gboolean bare;
    const char *word;
  } rows[] = {
    { "", TRUE, "''" },       { "a/b-c_d.e+1", TRUE, "a/b-c_d.e+1" }, { "2", FALSE, "'2'" },
    { "a b", TRUE, "'a b'" }, { "it's", TRUE, "'it'\"'\"'s'" },       { "''", TRUE, "\"''\"" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autoptr (GString) word = g_string_new (NULL);

      heddle_shell_word_append (word, rows[i].value, strlen (rows[i].value), rows[i].bare);
      g_assert_cmpstr (word->str, ==, rows[i].word);
    }
}

/* Lines of all kinds, of which those that are split have the words that a shell finds. */
static void
plain_words_are_those_of_a_shell (void)
{
  static const char *const pieces[] = {
    "a",     "bc",      " ",   "  ", "\t", "'", "\"", "$", "$HOME", "`", "\\", "*",
    "?",     "[a]",     "~",   "#",  "=",  ";", "&",  "|", "<",     ">", "(",  ")",
    "{",     "}",       "!",   "%",  "@",  ":", ",",  "^", "-n",    "ü", "''", "\"\"",
    "'x y'", "\"x y\"", "a=b", "\n", "1",  "/", ".",  "+", "_",
  };
  g_autoptr (GString) script = g_string_new ("show () { printf '%s\\0' \"$@\" .; }\n");
  g_autoptr (GString) expected = g_string_new (NULL);
  g_autoptr (GString) output = NULL;
  guint n_split = 0;

  for (guint i = 0; i < 20000; i++)
    {
      g_autoptr (GString) line = g_string_new ("show ");
      g_auto (GStrv) words = NULL;

      for (int n = g_test_rand_int_range (0, 6); n > 0; n--)
        g_string_append (line, pieces[g_test_rand_int_range (0, G_N_ELEMENTS (pieces))]);
      words = heddle_plain_words_split (line->str);
      if (words == NULL)
        continue;
      n_split++;
      g_string_append_printf (script, "%s\n", line->str);
      for (guint k = 1; words[k] != NULL; k++)
        g_string_append_len (expected, words[k], (gssize) strlen (words[k]) + 1);
      g_string_append_len (expected, ".", 2);
    }
  g_assert_cmpuint (n_split, >, 1000);
  output = execute (script);
  g_assert_cmpmem (output->str, output->len, expected->str, expected->len);
}

static void
what_is_a_shells_stays_a_shells (void)
{
  static const char *const lines[] = {
    "",     " ",      "''",      "cd /",     "echo a",  "exec a", "a=b c",  "if a",   ". a",
    ": a",  "a 'b",   "a \"b",   "a \"$b\"", "a >b",    "a | b",  "a; b",   "a &",    "~/a",
    "a ~",  "a #b",   "a {b,c}", "a *",      "a \\b",   "a $b",   "a `b`",  "! a",    "[ a ]",
    "wait", "'cd' /", "a\nb",    "time a",   "a \"!\"", "kill 1", "test a", "type a",
  };

  for (guint i = 0; i < G_N_ELEMENTS (lines); i++)
    g_assert_null (heddle_plain_words_split (lines[i]));
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/shell-word/every-byte-stays", every_byte_stays);
  g_test_add_func ("/shell-word/any-value-stays", any_value_stays);
  g_test_add_func ("/shell-word/words-are-short-where-they-can-be",
                   words_are_short_where_they_can_be);
  g_test_add_func ("/shell-word/plain-words-are-those-of-a-shell",
                   plain_words_are_those_of_a_shell);
  g_test_add_func ("/shell-word/what-is-a-shells-stays-a-shells", what_is_a_shells_stays_a_shells);
  return g_test_run ();
}
