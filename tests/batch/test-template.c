/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Templates: what is compared with GNU parallel is in test_parallel.py; here is the rest. */
#include "config.h"

#include "base/error.h"
#include "batch/template.h"

static const char *const names[] = { "file", "a b", "x.y", NULL };

static char *
expand (const char *command, const HeddleTemplateOptions *options, const char *const *values)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (HeddleTemplate) template = heddle_template_new (command, options, &error);
  g_autoptr (HeddleArguments) arguments = heddle_arguments_new_from_strv (values);
  GString *line = g_string_new (NULL);

  g_assert_no_error (error);
  heddle_template_expand (template, arguments, 7, 3, 12345, line);
  return g_string_free (line, FALSE);
}

static char *
expand_argv (const char *command, const char *const *values, GError **error)
{
  const HeddleTemplateOptions options = { .no_shell = TRUE };
  g_autoptr (HeddleTemplate) template = heddle_template_new (command, &options, error);
  g_autoptr (HeddleArguments) arguments = heddle_arguments_new_from_strv (values);
  g_auto (GStrv) argv = NULL;

  if (template == NULL)
    return NULL;
  argv = heddle_template_expand_argv (template, arguments, 7, 3, 12345, error);
  return argv != NULL ? g_strjoinv ("|", argv) : NULL;
}

static void
replacement_strings_are_replaced (void)
{
  static const struct {
    const char *command;
    const char *line;
  } rows[] = {
    { "echo {#} {%} {##}", "echo 7 3 12345" },
    { "echo {file} {file/} {a b} {x.y} {x.y.}", "echo d/a.b a.b '' 'c d' 'c d'" },
    { "echo {1}{2}{3}{4}.", "echo d/a.b'''c d'." },
    { "echo {-1} {-4}.", "echo 'c d' ." },
    { "echo {1/.}>{1}", "echo 'a'>d/a.b" },
    { "echo {#}{%}0>f", "echo '7''3'0>f" },
    { "echo {#}x>f", "echo 7x>f" },
    { "echo {1234567890} {-0} {", "echo {1234567890} {-0} { d/a.b '' 'c d'" },
  };
  static const char *const values[] = { "d/a.b", "", "c d", NULL };
  const HeddleTemplateOptions options = { .names = names };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autofree char *line = expand (rows[i].command, &options, values);

      g_assert_cmpstr (line, ==, rows[i].line);
    }
}

static void
a_job_without_values_gets_none (void)
{
  static const char *const none[] = { NULL };
  g_autofree char *line = expand ("echo a{}b {1} {.}", &(HeddleTemplateOptions) { 0 }, none);
  g_autofree char *repeated =
    expand ("echo a{}b", &(HeddleTemplateOptions) { .repeat = TRUE }, none);

  g_assert_cmpstr (line, ==, "echo ab  ");
  g_assert_cmpstr (repeated, ==, "echo ab");
}

static void
only_a_total_is_waited_for (void)
{
  const HeddleTemplateOptions options = { 0 };
  g_autoptr (HeddleTemplate) with = heddle_template_new ("echo {##}", &options, NULL);
  g_autoptr (HeddleTemplate) without = heddle_template_new ("echo {#} ##", &options, NULL);

  g_assert_true (heddle_template_needs_total (with));
  g_assert_false (heddle_template_needs_total (without));
}

static void
without_a_shell_words_are_arguments (void)
{
  static const struct {
    const char *command;
    const char *argv;
  } rows[] = {
    { "cp {1} 'to {2}'", "cp|$a b|to it's" },
    { "echo x{}y", "echo|x$a by|xit'sy" },
    { "echo \"\" a\\ b", "echo||a b|$a b|it's" },
    { "'my program' {#}", "my program|7" },
    { NULL, "$a|b its" },
  };
  static const char *const values[] = { "$a b", "it's", NULL };
  static const char *const line[] = { "$a", "'b its'", NULL };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autofree char *argv =
        expand_argv (rows[i].command, rows[i].command != NULL ? values : line, &error);

      g_assert_no_error (error);
      g_assert_cmpstr (argv, ==, rows[i].argv);
    }
}

static void
what_is_no_command_is_refused (void)
{
  static const struct {
    const char *command;
    const char *value;
  } rows[] = { { "echo 'a", "v" }, { "   ", "v" }, { NULL, "echo 'a\xff" }, { NULL, "" },
               { "{}", NULL } };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      const char *const values[] = { rows[i].value, NULL };
      g_autoptr (GError) error = NULL;

      g_assert_null (expand_argv (rows[i].command, values, &error));
      g_assert_error (error, HEDDLE_ERROR, HEDDLE_ERROR_USAGE);
      g_assert_true (g_utf8_validate (error->message, -1, NULL));
    }
}

static void
the_same_buffer_serves_every_job (void)
{
  static const char *const values[] = { "a b/c.d", "e", NULL };
  const HeddleTemplateOptions options = { .repeat = TRUE };
  g_autoptr (HeddleTemplate) template =
    heddle_template_new ("echo {} {.}x {2} {#} >{/.}", &options, NULL);
  g_autoptr (HeddleArguments) arguments = heddle_arguments_new_from_strv (values);
  g_autoptr (GString) line = g_string_sized_new (4096);
  char *memory = line->str;

  for (guint64 seq = 1; seq <= 100000; seq++)
    {
      g_string_truncate (line, 0);
      heddle_template_expand (template, arguments, seq, 1, 0, line);
    }
  g_assert_true (line->str == memory);
  g_assert_cmpstr (line->str, ==, "echo 'a b/c.d' e 'a b/c'x ex e 100000 >c >e");
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/template/replacement-strings-are-replaced", replacement_strings_are_replaced);
  g_test_add_func ("/template/a-job-without-values-gets-none", a_job_without_values_gets_none);
  g_test_add_func ("/template/only-a-total-is-waited-for", only_a_total_is_waited_for);
  g_test_add_func ("/template/without-a-shell-words-are-arguments",
                   without_a_shell_words_are_arguments);
  g_test_add_func ("/template/what-is-no-command-is-refused", what_is_no_command_is_refused);
  g_test_add_func ("/template/the-same-buffer-serves-every-job",
                   the_same_buffer_serves_every_job);
  return g_test_run ();
}
