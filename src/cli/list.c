/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include <glib/gi18n.h>
#include <json-glib/json-glib.h>

#include "cli/commands.h"
#include "cli/format.h"
#include "cli/options.h"
#include "engine/model/backend.h"
#include "engine/model/preset.h"
#include "workloads/list.h"

static const char *const type_names[] = {
  [HEDDLE_PARAM_NUMBER] = "number",
  [HEDDLE_PARAM_CHOICE] = "choice",
  [HEDDLE_PARAM_FOLDER] = "folder",
  [HEDDLE_PARAM_TEXT] = "text",
  [HEDDLE_PARAM_SWITCH] = "switch",
};

/* A text that programs read is not translated. */
static void
add_string (JsonBuilder *builder, const char *key, const char *text)
{
  json_builder_set_member_name (builder, key);
  if (text != NULL)
    json_builder_add_string_value (builder, text);
  else
    json_builder_add_null_value (builder);
}

static void
add_number (JsonBuilder *builder, const char *key, double number)
{
  json_builder_set_member_name (builder, key);
  if (number == (double) (gint64) number)
    json_builder_add_int_value (builder, (gint64) number);
  else
    json_builder_add_double_value (builder, number);
}

static void
add_default (JsonBuilder *builder, const HeddleParam *param)
{
  if (param->type == HEDDLE_PARAM_NUMBER)
    add_number (builder, "default", g_ascii_strtod (param->initial, NULL));
  else if (param->type == HEDDLE_PARAM_SWITCH)
    {
      json_builder_set_member_name (builder, "default");
      json_builder_add_boolean_value (builder, g_str_equal (param->initial, "on"));
    }
  else
    add_string (builder, "default", param->initial);
}

static void
add_parameter (JsonBuilder *builder, const HeddleParam *param)
{
  json_builder_begin_object (builder);
  add_string (builder, "name", param->name);
  add_string (builder, "label", param->label);
  add_string (builder, "description", param->description);
  add_string (builder, "type", type_names[param->type]);
  add_default (builder, param);
  if (param->type == HEDDLE_PARAM_NUMBER)
    {
      add_number (builder, "minimum", param->min);
      add_number (builder, "maximum", param->max);
      add_number (builder, "step", heddle_param_get_step (param));
      add_string (builder, "unit", param->unit);
    }
  if (param->type == HEDDLE_PARAM_CHOICE)
    {
      json_builder_set_member_name (builder, "choices");
      json_builder_begin_array (builder);
      for (guint i = 0; param->choices[i] != NULL; i++)
        {
          json_builder_begin_object (builder);
          add_string (builder, "id", param->choices[i]);
          add_string (builder, "name", param->choice_names[i]);
          json_builder_end_object (builder);
        }
      json_builder_end_array (builder);
    }
  json_builder_end_object (builder);
}

static void
add_tries (JsonBuilder *builder, const HeddleWorkload *workload)
{
  json_builder_set_member_name (builder, "tries");
  json_builder_begin_array (builder);
  for (const HeddlePreset *try = workload->tries; try != NULL && try->label != NULL; try++)
    {
      g_autofree char *command = heddle_preset_dup_command (workload, try->settings);

      json_builder_begin_object (builder);
      add_string (builder, "label", try->label);
      add_string (builder, "settings", try->settings);
      add_string (builder, "command", command);
      json_builder_end_object (builder);
    }
  json_builder_end_array (builder);
}

static void
add_workload (JsonBuilder *builder, const HeddleWorkload *workload)
{
  HeddleRunOptions options;

  heddle_run_options_init (&options, workload);
  json_builder_begin_object (builder);
  add_string (builder, "id", workload->id);
  add_string (builder, "name", workload->name);
  add_string (builder, "group", heddle_group_get_name (workload->group));
  add_string (builder, "badge", workload->badge);
  add_string (builder, "summary", workload->summary);
  add_string (builder, "about", workload->about);
  add_string (builder, "notes", workload->notes);
  add_tries (builder, workload);
  json_builder_set_member_name (builder, "backends");
  json_builder_begin_array (builder);
  for (guint i = 0; i < HEDDLE_N_BACKENDS; i++)
    if (workload->backends & HEDDLE_BACKEND_BIT (i))
      json_builder_add_string_value (builder, heddle_backend_get_info (i)->id);
  json_builder_end_array (builder);
  add_string (builder, "default_backend", heddle_backend_get_info (workload->default_backend)->id);
  add_number (builder, "default_workers", workload->default_workers);
  add_number (builder, "default_queue", options.queue);
  json_builder_set_member_name (builder, "ordered");
  json_builder_add_boolean_value (builder, workload->ordered);
  json_builder_set_member_name (builder, "parameters");
  json_builder_begin_array (builder);
  for (guint i = 0; i < workload->n_params; i++)
    add_parameter (builder, &workload->params[i]);
  json_builder_end_array (builder);
  json_builder_end_object (builder);
}

static char *
list_json (void)
{
  g_autoptr (JsonBuilder) builder = json_builder_new ();
  g_autoptr (JsonNode) root = NULL;
  g_autofree char *text = NULL;

  json_builder_begin_array (builder);
  for (const HeddleWorkload *const *next = heddle_workloads_get_all (NULL); *next != NULL; next++)
    add_workload (builder, *next);
  json_builder_end_array (builder);
  root = json_builder_get_root (builder);
  text = json_to_string (root, TRUE);
  return g_strconcat (text, "\n", NULL);
}

static void
describe_range (GString *text, const HeddleParam *param)
{
  char min[G_ASCII_DTOSTR_BUF_SIZE], max[G_ASCII_DTOSTR_BUF_SIZE];

  switch (param->type)
    {
    case HEDDLE_PARAM_NUMBER:
      g_ascii_formatd (min, sizeof min, "%.12g", param->min);
      g_ascii_formatd (max, sizeof max, "%.12g", param->max);
      g_string_append_printf (text,
                              heddle_param_get_step (param) >= 1 ? _("whole number, %s to %s")
                                                                 : _("number, %s to %s"),
                              min, max);
      if (param->unit != NULL)
        g_string_append_printf (text, " %s", _(param->unit));
      break;
    case HEDDLE_PARAM_CHOICE:
      for (guint i = 0; param->choices[i] != NULL; i++)
        g_string_append_printf (text, "%s%s", i > 0 ? "|" : "", param->choices[i]);
      break;
    case HEDDLE_PARAM_FOLDER:
      g_string_append (text, _("folder"));
      break;
    case HEDDLE_PARAM_TEXT:
      g_string_append (text, _("text"));
      break;
    case HEDDLE_PARAM_SWITCH:
      g_string_append (text, "on|off");
      break;
    default:
      g_assert_not_reached ();
    }
}

static void
describe_workload (GString *text, const HeddleWorkload *workload)
{
  g_string_append_printf (text, "  %s — %s", workload->id, _(workload->name));
  if (workload->badge != NULL)
    g_string_append_printf (text, " (%s)", _(workload->badge));
  g_string_append_printf (text, "\n    %s\n    %s", _(workload->summary), _("Backends:"));
  for (guint i = 0; i < HEDDLE_N_BACKENDS; i++)
    if (workload->backends & HEDDLE_BACKEND_BIT (i))
      g_string_append_printf (text, " %s%s", heddle_backend_get_info (i)->id,
                              i == workload->default_backend ? "*" : "");
  g_string_append_c (text, '\n');
  for (guint i = 0; i < workload->n_params; i++)
    {
      const HeddleParam *param = &workload->params[i];

      g_string_append_printf (text, "      %s=%s  %s (", param->name, param->initial,
                              _(param->description));
      describe_range (text, param);
      g_string_append (text, ")\n");
    }
}

static char *
list_text (void)
{
  GString *text = g_string_new (NULL);

  for (guint group = 0; group < HEDDLE_N_GROUPS; group++)
    {
      gboolean first = TRUE;

      for (const HeddleWorkload *const *next = heddle_workloads_get_all (NULL); *next != NULL;
           next++)
        {
          if ((*next)->group != group)
            continue;
          if (first)
            g_string_append_printf (text, "%s%s\n", text->len > 0 ? "\n" : "",
                                    _(heddle_group_get_name (group)));
          first = FALSE;
          describe_workload (text, *next);
        }
    }
  g_string_append_printf (
    text, "\n%s\n",
    _("NAME=VALUE shows the default of a parameter; * marks the default backend."));
  return g_string_free (text, FALSE);
}

/**
 * heddle_command_list:
 *
 * `heddle-cli list`: writes the catalogue. Returns the exit status.
 */
int
heddle_command_list (int argc, char **argv)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *text = NULL;
  gboolean json = FALSE, help = FALSE;

  if (!heddle_cli_list_parse (&json, &help, argc, argv, &error))
    {
      g_printerr ("heddle-cli: %s\n%s\n", error->message, _("Try: heddle-cli list --help"));
      return HEDDLE_EXIT_USAGE;
    }
  text = help ? heddle_cli_list_help () : json ? list_json () : list_text ();
  return heddle_cli_print (text);
}
