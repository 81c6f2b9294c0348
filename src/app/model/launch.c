/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <glib/gi18n.h>
#include <string.h>

#include "app/model/launch.h"
#include "base/parse.h"
#include "engine/model/backend.h"
#include "workloads/list.h"

/* Folders are called as the system calls them, not always in UTF-8. Counts are texts here:
 * GApplication does not tell a 0 that was given from none, and our own check says what is
 * acceptable. */
const GOptionEntry heddle_launch_entries[] = {
  { "workload", 'w', 0, G_OPTION_ARG_STRING, NULL, N_("Show this workload"), N_("ID") },
  { "set", 's', 0, G_OPTION_ARG_FILENAME_ARRAY, NULL, N_("Set a parameter of the workload; may be repeated"), N_("NAME=VALUE") },
  { "backend", 'b', 0, G_OPTION_ARG_STRING, NULL, N_("Run on this backend; “heddle-cli list” names those of each workload"), N_("BACKEND") },
  { "workers", 'n', 0, G_OPTION_ARG_STRING, NULL, N_("Number of workers"), N_("N") },
  { "queue", 'q', 0, G_OPTION_ARG_STRING, NULL, N_("Capacity of the queue, in tasks"), N_("N") },
  { "start", 0, 0, G_OPTION_ARG_NONE, NULL, N_("Start the run at once"), NULL },
  { "new-window", 0, 0, G_OPTION_ARG_NONE, NULL, N_("Open a new window"), NULL },
  { "version", 0, 0, G_OPTION_ARG_NONE, NULL, N_("Print the version and exit"), NULL },
  { G_OPTION_REMAINING, 0, 0, G_OPTION_ARG_STRING_ARRAY, NULL, NULL, NULL },
  { NULL }
};

static gboolean
read_count (GVariantDict *options, const char *name, guint max, guint *count, GError **error)
{
  const char *text;

  return !g_variant_dict_lookup (options, name, "&s", &text)
    || heddle_option_parse_count (name, text, 1, max, count, error);
}

static gboolean
check_remaining (GVariantDict *options, GError **error)
{
  g_autofree const char **remaining = NULL;

  if (!g_variant_dict_lookup (options, G_OPTION_REMAINING, "^a&s", &remaining)
      || remaining[0] == NULL)
    return TRUE;
  g_set_error (error, HEDDLE_ERROR, HEDDLE_ERROR_USAGE,
               _("“%s” is not an option; --help lists them"), remaining[0]);
  return FALSE;
}

static gboolean
read_workload (HeddleLaunch *self, GVariantDict *options, GError **error)
{
  const HeddleWorkload *workload;
  const char *id;
  g_autofree const char **assignments = NULL;

  if (!g_variant_dict_lookup (options, "workload", "&s", &id))
    {
      if (!g_variant_dict_contains (options, "set")
          && !g_variant_dict_contains (options, "backend"))
        return TRUE;
      g_set_error (error, HEDDLE_ERROR, HEDDLE_ERROR_USAGE,
                   _("--set and --backend need a workload: add --workload ID"));
      return FALSE;
    }

  workload = heddle_workloads_find (id);
  if (workload == NULL)
    {
      g_set_error (error, HEDDLE_ERROR, HEDDLE_ERROR_USAGE,
                   _("There is no workload “%s”; “heddle-cli list” names them all"), id);
      return FALSE;
    }
  self->settings = heddle_settings_new (workload);
  if (!g_variant_dict_lookup (options, "set", "^a&ay", &assignments))
    return TRUE;
  for (guint i = 0; assignments[i] != NULL; i++)
    {
      if (!heddle_settings_parse (self->settings, assignments[i], error))
        return FALSE;
      g_ptr_array_add (self->named, g_strndup (assignments[i], strcspn (assignments[i], "=")));
    }
  return TRUE;
}

static gboolean
read_backend (HeddleLaunch *self, GVariantDict *options, GError **error)
{
  const char *id;

  if (!g_variant_dict_lookup (options, "backend", "&s", &id))
    return TRUE;
  if (!heddle_backend_parse (id, heddle_settings_get_workload (self->settings), &self->backend,
                             error))
    return FALSE;
  self->has_backend = TRUE;
  return TRUE;
}

/**
 * heddle_launch_new:
 * @options: what g_option parsed from heddle_launch_entries
 * @error: which value is not acceptable, and what is
 *
 * Returns: (transfer full) (nullable): the checked wishes
 */
HeddleLaunch *
heddle_launch_new (GVariantDict *options, GError **error)
{
  g_autoptr (HeddleLaunch) self = g_new0 (HeddleLaunch, 1);

  g_return_val_if_fail (options != NULL, NULL);

  self->named = g_ptr_array_new_with_free_func (g_free);
  if (!check_remaining (options, error) ||
      !read_workload (self, options, error) ||
      !read_backend (self, options, error) ||
      !read_count (options, "workers", HEDDLE_MAX_WORKERS, &self->workers, error) ||
      !read_count (options, "queue", HEDDLE_MAX_QUEUE, &self->queue, error))
    return NULL;
  self->start = g_variant_dict_contains (options, "start");
  self->new_window = g_variant_dict_contains (options, "new-window");
  return g_steal_pointer (&self);
}

/**
 * heddle_launch_free:
 * @self: (transfer full) (nullable): wishes
 */
void
heddle_launch_free (HeddleLaunch *self)
{
  if (self == NULL)
    return;
  g_clear_pointer (&self->settings, heddle_settings_free);
  g_clear_pointer (&self->named, g_ptr_array_unref);
  g_free (self);
}

/**
 * heddle_launch_make_absolute:
 * @options: options as parsed in the process that the user has started
 * @error: which value is not acceptable
 *
 * Checks @options, and makes the folders in them independent of the current directory: the window
 * may belong to another process, which was started elsewhere.
 *
 * Returns: whether the options are acceptable
 */
gboolean
heddle_launch_make_absolute (GVariantDict *options, GError **error)
{
  g_autoptr (HeddleLaunch) self = heddle_launch_new (options, error);
  g_autoptr (GPtrArray) assignments = NULL;
  const HeddleWorkload *workload;

  if (self == NULL)
    return FALSE;
  if (!g_variant_dict_contains (options, "set"))
    return TRUE;

  workload = heddle_settings_get_workload (self->settings);
  assignments = g_ptr_array_new_with_free_func (g_free);
  for (guint i = 0; i < workload->n_params; i++)
    {
      const HeddleParam *param = &workload->params[i];
      const char *value = heddle_settings_get (self->settings, param->name);
      g_autofree char *path = NULL;

      if (!g_ptr_array_find_with_equal_func (self->named, param->name, g_str_equal, NULL))
        continue;
      if (param->type == HEDDLE_PARAM_FOLDER && *value != '\0')
        value = path = g_canonicalize_filename (value, NULL);
      g_ptr_array_add (assignments, g_strdup_printf ("%s=%s", param->name, value));
    }
  g_variant_dict_insert_value (
    options, "set",
    g_variant_new_bytestring_array ((const char *const *) assignments->pdata, assignments->len));
  return TRUE;
}
