/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "base/parse.h"
#include "engine/model/backend.h"
#include "engine/model/command.h"
#include "engine/model/preset.h"

/* Numbers of the pool that a preset can set, beside the backend and the policies. */
static const struct {
  const char *name;
  guint min, max;
  gsize offset; /* of a guint in HeddleRunOptions */
} counts[] = {
  { "workers", 1, HEDDLE_MAX_WORKERS, G_STRUCT_OFFSET (HeddleRunOptions, workers) },
  { "queue", 1, HEDDLE_MAX_QUEUE, G_STRUCT_OFFSET (HeddleRunOptions, queue) },
  { "prefetch", 1, HEDDLE_MAX_PREFETCH, G_STRUCT_OFFSET (HeddleRunOptions, prefetch) },
};

static gboolean
is_called (const char *word, gsize length, const char *name)
{
  return strlen (name) == length && strncmp (word, name, length) == 0;
}

static gboolean
is_parameter (const HeddleWorkload *workload, const char *word, gsize length)
{
  for (guint i = 0; i < workload->n_params; i++)
    if (is_called (word, length, workload->params[i].name))
      return TRUE;
  return FALSE;
}

/* The policy that the word names, but for nice; NULL: none. */
static const char *
find_policy (const char *word, gsize length)
{
  for (guint i = 0; heddle_policy_names[i] != NULL; i++)
    if (is_called (word, length, heddle_policy_names[i])
        && !g_str_equal (heddle_policy_names[i], "nice"))
      return heddle_policy_names[i];
  return NULL;
}

/* Whether the word is meant for the pool rather than for the workload. */
static gboolean
is_option (const HeddleWorkload *workload, const char *word)
{
  gsize length = strcspn (word, "=");

  if (word[length] != '=' || is_parameter (workload, word, length))
    return FALSE;
  for (guint i = 0; i < G_N_ELEMENTS (counts); i++)
    if (is_called (word, length, counts[i].name))
      return TRUE;
  return find_policy (word, length) != NULL || is_called (word, length, "backend");
}

static gboolean
read_option (HeddlePresetValues *self, const char *word, GError **error)
{
  gsize length = strcspn (word, "=");
  const char *value = word + length + 1;

  for (guint i = 0; i < G_N_ELEMENTS (counts); i++)
    {
      if (!is_called (word, length, counts[i].name))
        continue;
      if (!heddle_option_parse_count (counts[i].name, value, counts[i].min, counts[i].max,
                                      &G_STRUCT_MEMBER (guint, &self->options, counts[i].offset),
                                      error))
        return FALSE;
      self->names_workers = self->names_workers || i == 0;
      return TRUE;
    }
  if (find_policy (word, length) != NULL)
    return heddle_policy_parse (&self->options, find_policy (word, length), value, error);
  return heddle_backend_parse (value, heddle_settings_get_workload (self->settings),
                               &self->options.backend, error);
}

/* An empty text has no words; g_shell_parse_argv() takes that for a mistake. */
static gboolean
split (const char *settings, char ***words, GError **error)
{
  g_autoptr (GError) local = NULL;

  if (settings[strspn (settings, " ")] == '\0')
    *words = g_new0 (char *, 1);
  else if (!g_shell_parse_argv (settings, NULL, words, &local))
    return heddle_refuse (error, "%s", local->message);
  return TRUE;
}

/**
 * heddle_preset_parse:
 * @self: (out): set; heddle_preset_clear() in any case
 * @workload: whose try it is
 * @settings: "lock=off workers=4"
 * @error: which word is not acceptable, and what is
 *
 * Returns: whether every word makes sense for @workload. Any thread.
 */
gboolean
heddle_preset_parse (HeddlePresetValues *self, const HeddleWorkload *workload, const char *settings,
                     GError **error)
{
  g_auto (GStrv) words = NULL;

  g_return_val_if_fail (self != NULL, FALSE);
  g_return_val_if_fail (workload != NULL && settings != NULL, FALSE);

  *self = (HeddlePresetValues) { .settings = heddle_settings_new (workload) };
  heddle_run_options_init (&self->options, workload);
  if (!split (settings, &words, error))
    return FALSE;
  for (guint i = 0; words[i] != NULL; i++)
    if (is_option (workload, words[i]) ? !read_option (self, words[i], error)
                                       : !heddle_settings_parse (self->settings, words[i], error))
      return FALSE;
  return TRUE;
}

/**
 * heddle_preset_clear:
 * @self: set by heddle_preset_parse(), whether it succeeded or not
 *
 * Frees what it owns.
 */
void
heddle_preset_clear (HeddlePresetValues *self)
{
  g_clear_pointer (&self->settings, heddle_settings_free);
}

/**
 * heddle_preset_dup_command:
 * @workload: whose try it is
 * @settings: as heddle_preset_parse() takes them
 *
 * Returns: (transfer full): the command that does the same in a terminal: "heddle-cli run
 * adder-and-remover --set lock=off --workers 4". Any thread.
 */
char *
heddle_preset_dup_command (const HeddleWorkload *workload, const char *settings)
{
  GString *command = g_string_new ("heddle-cli run ");
  g_auto (GStrv) words = NULL;

  g_return_val_if_fail (workload != NULL && settings != NULL, NULL);

  g_string_append (command, workload->id);
  if (!split (settings, &words, NULL))
    return g_string_free (command, FALSE);
  for (guint i = 0; words[i] != NULL; i++)
    {
      char *equals = strchr (words[i], '=');

      if (is_option (workload, words[i]))
        {
          *equals = '\0';
          g_string_append_printf (command, " --%s", words[i]);
          heddle_command_append_word (command, equals + 1);
          continue;
        }
      g_string_append (command, " --set");
      heddle_command_append_word (command, words[i]);
    }
  return g_string_free (command, FALSE);
}
