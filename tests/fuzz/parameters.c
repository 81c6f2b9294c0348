/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * NAME=VALUE for the parameters of every workload. What is taken comes back from
 * heddle_settings_to_argv() and is taken again as the same; what is refused changes nothing and is
 * explained in UTF-8.
 */
#include "config.h"

#include <string.h>

#include "engine/model/param.h"
#include "fuzz.h"
#include "workloads/list.h"

static void
assert_same (const HeddleSettings *a, const HeddleSettings *b)
{
  g_auto (GStrv) one = heddle_settings_to_argv (a);
  g_auto (GStrv) two = heddle_settings_to_argv (b);

  g_assert_true (g_strv_equal ((const char *const *) one, (const char *const *) two));
}

static void
check_round_trip (const HeddleSettings *settings)
{
  g_auto (GStrv) argv = heddle_settings_to_argv (settings);
  g_autoptr (HeddleSettings) again = heddle_settings_new (heddle_settings_get_workload (settings));

  for (guint i = 0; argv[i] != NULL; i += 2)
    {
      g_autoptr (GError) error = NULL;

      g_assert_cmpstr (argv[i], ==, "--set");
      heddle_settings_parse (again, argv[i + 1], &error);
      g_assert_no_error (error);
    }
  assert_same (settings, again);
}

static void
check_numbers (const HeddleSettings *settings)
{
  const HeddleWorkload *workload = heddle_settings_get_workload (settings);

  for (guint i = 0; i < workload->n_params; i++)
    {
      const HeddleParam *param = &workload->params[i];
      double number = heddle_settings_get_number (settings, param->name);

      if (param->type == HEDDLE_PARAM_NUMBER)
        g_assert_true (number >= param->min && number <= param->max);
      else if (param->type == HEDDLE_PARAM_CHOICE)
        g_assert_cmpstr (param->choices[(guint) number], ==,
                         heddle_settings_get (settings, param->name));
      else if (param->type == HEDDLE_PARAM_TEXT)
        fuzz_assert_utf8 (heddle_settings_get (settings, param->name));
    }
}

/* A line that begins with "=" is for the parameter whose number the next byte is: names are hard to
 * guess. */
static char *
make_assignment (const HeddleWorkload *workload, FuzzInput *input)
{
  g_autofree char *line = fuzz_line (input);

  if (line[0] != '=' || line[1] == '\0' || workload->n_params == 0)
    return g_steal_pointer (&line);
  return g_strdup_printf ("%s=%s", workload->params[(guchar) line[1] % workload->n_params].name,
                          line + 2);
}

int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
  FuzzInput input = { data, size };
  guint n;
  const HeddleWorkload *const *all = heddle_workloads_get_all (&n);
  const HeddleWorkload *workload = all[fuzz_u8 (&input) % n];
  g_autoptr (HeddleSettings) settings = heddle_settings_new (workload);

  while (input.left > 0)
    {
      g_autofree char *assignment = make_assignment (workload, &input);
      g_autoptr (HeddleSettings) before = heddle_settings_copy (settings);
      g_autoptr (GError) error = NULL;

      if (heddle_settings_parse (settings, assignment, &error))
        {
          g_assert_no_error (error);
          check_round_trip (settings);
          check_numbers (settings);
        }
      else
        {
          fuzz_assert_error (error);
          assert_same (settings, before);
        }
    }
  return 0;
}
