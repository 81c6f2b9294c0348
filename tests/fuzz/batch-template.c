/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Templates of commands: options, the command, then values, a line each. What is expanded has every
 * value in it where the whole of all is wanted, and is the same the second time.
 */
#include "config.h"

#include <string.h>

#include "batch/template.h"
#include "fuzz.h"

static HeddleArguments *
read_values (FuzzInput *input)
{
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();
  g_auto (GStrv) values = NULL;

  while (input->left > 0)
    {
      g_autofree char *value = fuzz_line (input);

      g_strv_builder_add (builder, value);
    }
  values = g_strv_builder_end (builder);
  return heddle_arguments_new_from_strv ((const char *const *) values);
}

static void
check_line (const HeddleTemplate *template, const HeddleArguments *arguments)
{
  g_autoptr (GString) line = g_string_new (NULL);
  g_autoptr (GString) again = g_string_new (NULL);

  heddle_template_expand (template, arguments, 1, 2, 3, line);
  heddle_template_expand (template, arguments, 1, 2, 3, again);
  g_assert_true (g_string_equal (line, again));
  g_assert_cmpuint (strlen (line->str), ==, line->len);
}

static void
check_argv (const HeddleTemplate *template, const HeddleArguments *arguments)
{
  g_autoptr (GError) error = NULL;
  g_auto (GStrv) argv = heddle_template_expand_argv (template, arguments, 1, 2, 3, &error);

  if (argv == NULL)
    fuzz_assert_error (error);
  else
    g_assert_nonnull (argv[0]);
}

/* What a shell would make of the command is what was put in: one value is one word. */
static void
check_word (const HeddleArguments *arguments)
{
  const HeddleTemplateOptions options = { .placeholder = "@" };
  g_autoptr (HeddleTemplate) template = heddle_template_new ("x @", &options, NULL);
  g_autoptr (GString) line = g_string_new (NULL);
  g_auto (GStrv) words = NULL;
  const char *value = arguments->text;

  heddle_template_expand (template, arguments, 1, 1, 1, line);
  g_assert_true (g_shell_parse_argv (line->str, NULL, &words, NULL));
  g_assert_cmpuint (g_strv_length (words), ==, arguments->n + 1);
  for (guint i = 0; i < arguments->n; i++, value += strlen (value) + 1)
    g_assert_cmpstr (words[i + 1], ==, value);
}

int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
  FuzzInput input = { data, size };
  guint flags = fuzz_u8 (&input);
  g_autofree char *placeholder = (flags & 1) != 0 ? fuzz_line (&input) : NULL;
  g_autofree char *name = (flags & 2) != 0 ? fuzz_line (&input) : NULL;
  g_autofree char *command = fuzz_line (&input);
  const char *const names[] = { name, NULL };
  const HeddleTemplateOptions options = {
    .placeholder = placeholder,
    .names = names,
    .repeat = (flags & 4) != 0,
    .no_shell = (flags & 8) != 0,
  };
  g_autoptr (HeddleArguments) arguments = NULL;
  g_autoptr (HeddleTemplate) template = NULL;
  g_autoptr (GError) error = NULL;

  /* words that are repeated for each value grow with the square of the input */
  if (size > 4096)
    return 0;
  arguments = read_values (&input);
  template = heddle_template_new ((flags & 16) != 0 ? NULL : command, &options, &error);
  check_word (arguments);
  if (template == NULL)
    fuzz_assert_error (error);
  else if (options.no_shell)
    check_argv (template, arguments);
  else
    check_line (template, arguments);
  return 0;
}
