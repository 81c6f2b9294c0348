/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What the command line asks of the window, one argument a line. What is taken is in its range and
 * is taken again, as the same, after the folders in it were made absolute; what is refused is
 * explained in UTF-8.
 */
#include "config.h"

#include <string.h>

#include "app/model/launch.h"
#include "fuzz.h"

#define MAX_ENTRIES 16

/* As GApplication has it: a value that was given stands in the dictionary under the option's
 * name. */
typedef struct {
  GOptionEntry entries[MAX_ENTRIES];
  gboolean flags[MAX_ENTRIES];
  char *texts[MAX_ENTRIES];
  char **lists[MAX_ENTRIES];
  guint n;
} Line;

static void
line_init (Line *self)
{
  memset (self, 0, sizeof *self);
  for (; heddle_launch_entries[self->n].long_name != NULL; self->n++)
    {
      GOptionEntry *entry = &self->entries[self->n];

      g_assert_cmpuint (self->n, <, MAX_ENTRIES - 1);
      *entry = heddle_launch_entries[self->n];
      entry->arg_data = entry->arg == G_OPTION_ARG_NONE ? (gpointer) &self->flags[self->n]
        : entry->arg == G_OPTION_ARG_STRING             ? (gpointer) &self->texts[self->n]
                                                        : (gpointer) &self->lists[self->n];
    }
}

static void
line_clear (Line *self)
{
  for (guint i = 0; i < self->n; i++)
    {
      g_free (self->texts[i]);
      g_strfreev (self->lists[i]);
    }
}

static GVariantDict *
line_to_dict (const Line *self)
{
  GVariantDict *dict = g_variant_dict_new (NULL);

  for (guint i = 0; i < self->n; i++)
    if (self->flags[i])
      g_variant_dict_insert (dict, self->entries[i].long_name, "b", TRUE);
    else if (self->texts[i] != NULL)
      g_variant_dict_insert (dict, self->entries[i].long_name, "s", self->texts[i]);
    else if (self->lists[i] != NULL)
      g_variant_dict_insert_value (
        dict, self->entries[i].long_name,
        self->entries[i].arg == G_OPTION_ARG_FILENAME_ARRAY
          ? g_variant_new_bytestring_array ((const char *const *) self->lists[i], -1)
          : g_variant_new_strv ((const char *const *) self->lists[i], -1));
  return dict;
}

/* Returns: (transfer full) (nullable): what GApplication would hand on. It takes UTF-8 alone, but
 * for settings. */
static GVariantDict *
parse (char **argv)
{
  g_autoptr (GOptionContext) context = g_option_context_new (NULL);
  g_autoptr (GError) error = NULL;
  GVariantDict *dict = NULL;
  Line line;

  line_init (&line);
  g_option_context_set_help_enabled (context, FALSE);
  g_option_context_add_main_entries (context, line.entries, NULL);
  if (g_option_context_parse_strv (context, &argv, &error))
    dict = line_to_dict (&line);
  else
    g_assert_nonnull (error);
  line_clear (&line);
  /* it may have taken some of them out */
  g_strfreev (argv);
  return dict;
}

static void
check_taken (const HeddleLaunch *launch)
{
  g_assert_cmpuint (launch->workers, <=, HEDDLE_MAX_WORKERS);
  g_assert_cmpuint (launch->queue, <=, HEDDLE_MAX_QUEUE);
  if (launch->has_backend)
    g_assert_true ((heddle_settings_get_workload (launch->settings)->backends
                    & HEDDLE_BACKEND_BIT (launch->backend))
                   != 0);
}

/* The window that opens may belong to another process, which reads it all once more. */
static void
check_handed_on (const HeddleLaunch *launch, GVariantDict *dict)
{
  g_autoptr (HeddleLaunch) again = NULL;
  g_autoptr (GError) error = NULL;
  const HeddleWorkload *workload;

  heddle_launch_make_absolute (dict, &error);
  g_assert_no_error (error);
  again = heddle_launch_new (dict, &error);
  g_assert_no_error (error);
  check_taken (again);
  g_assert_cmpint (again->settings != NULL, ==, launch->settings != NULL);
  g_assert_cmpuint (again->workers, ==, launch->workers);
  g_assert_cmpuint (again->queue, ==, launch->queue);
  g_assert_cmpint (again->start, ==, launch->start);
  if (launch->settings == NULL)
    return;
  workload = heddle_settings_get_workload (launch->settings);
  g_assert_true (heddle_settings_get_workload (again->settings) == workload);
  for (guint i = 0; i < workload->n_params; i++)
    {
      const HeddleParam *param = &workload->params[i];
      const char *value = heddle_settings_get (again->settings, param->name);

      if (param->type != HEDDLE_PARAM_FOLDER)
        g_assert_cmpstr (value, ==, heddle_settings_get (launch->settings, param->name));
      else if (g_variant_dict_contains (dict, "set"))
        g_assert_true (*value == '\0' || g_path_is_absolute (value));
    }
}

int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
  FuzzInput input = { data, size };
  GPtrArray *argv = g_ptr_array_new ();
  g_autoptr (GVariantDict) dict = NULL;
  g_autoptr (HeddleLaunch) launch = NULL;
  g_autoptr (GError) error = NULL;

  g_ptr_array_add (argv, g_strdup ("heddle"));
  while (input.left > 0 && argv->len < 64)
    g_ptr_array_add (argv, fuzz_line (&input));
  g_ptr_array_add (argv, NULL);
  dict = parse ((char **) g_ptr_array_free (argv, FALSE));
  if (dict == NULL)
    return 0;
  launch = heddle_launch_new (dict, &error);
  if (launch == NULL)
    {
      fuzz_assert_error (error);
      return 0;
    }
  check_taken (launch);
  check_handed_on (launch, dict);
  return 0;
}
