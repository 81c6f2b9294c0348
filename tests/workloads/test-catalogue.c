/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <string.h>

#include "engine/model/preset.h"
#include "engine/run/run.h"
#include "engine/sync/shared.h"
#include "workloads/list.h"

#include "fake-task.h"

/* As engine/shared-private.h has them, whose task is not the one of fake-task.h. */
HeddleShared *heddle_shared_new_host (gsize bytes, GError **error);
void heddle_shared_free (HeddleShared *self);

/* What the window and the command line take for granted of every workload. */

static gboolean
is_kebab_case (const char *id)
{
  return g_regex_match_simple ("^[a-z][a-z0-9]*(-[a-z0-9]+)*$", id, G_REGEX_DOLLAR_ENDONLY, 0);
}

static void
assert_text (const HeddleWorkload *workload, const char *what, const char *text)
{
  if (text == NULL || *text == '\0' || g_ascii_isspace (*text)
      || g_ascii_isspace (text[strlen (text) - 1]) || !g_utf8_validate (text, -1, NULL))
    g_error ("workload %s: %s is missing or not well formed", workload->id, what);
}

static void
every_workload_is_complete (void)
{
  const HeddleWorkload *const *workloads = heddle_workloads_get_all (NULL);

  for (guint i = 0; workloads[i] != NULL; i++)
    {
      const HeddleWorkload *workload = workloads[i];

      g_test_message ("%s", workload->id);
      g_assert_true (is_kebab_case (workload->id));
      assert_text (workload, "name", workload->name);
      assert_text (workload, "summary", workload->summary);
      assert_text (workload, "about", workload->about);
      g_assert_null (strchr (workload->summary, '\n'));
      g_assert_cmpint (g_utf8_strlen (workload->badge != NULL ? workload->badge : "", -1), <=, 12);
      g_assert_cmpint (workload->group, <, HEDDLE_N_GROUPS);
      g_assert_cmpuint (workload->backends & HEDDLE_BACKENDS_ALL, ==, workload->backends);
      g_assert_true (workload->backends & HEDDLE_BACKEND_BIT (workload->default_backend));
      g_assert_cmpuint (workload->default_workers, <=, HEDDLE_MAX_WORKERS);
      g_assert_cmpuint (workload->default_queue, <=, HEDDLE_MAX_QUEUE);
      g_assert_true (workload->open != NULL || workload->data_size > 0);
      g_assert_nonnull (workload->produce);
      g_assert_nonnull (workload->execute);
    }
}

static void
ids_are_unique_and_found (void)
{
  g_autoptr (GHashTable) seen = g_hash_table_new (g_str_hash, g_str_equal);
  const HeddleWorkload *const *workloads;
  guint n_workloads;

  workloads = heddle_workloads_get_all (&n_workloads);
  g_assert_cmpuint (n_workloads, >=, 5);
  g_assert_null (workloads[n_workloads]);
  for (guint i = 0; i < n_workloads; i++)
    {
      g_assert_true (g_hash_table_add (seen, (char *) workloads[i]->id));
      g_assert_true (heddle_workloads_find (workloads[i]->id) == workloads[i]);
    }
  g_assert_null (heddle_workloads_find ("no-such-workload"));
  g_assert_null (heddle_workloads_find (""));
}

/* The catalogue shows a heading a group. */
static void
groups_stand_together (void)
{
  const HeddleWorkload *const *workloads = heddle_workloads_get_all (NULL);

  for (guint i = 1; workloads[i] != NULL; i++)
    g_assert_cmpint (workloads[i]->group, >=, workloads[i - 1]->group);
}

static void
check_number (const HeddleParam *param)
{
  g_assert_cmpfloat (param->min, <, param->max);
  g_assert_cmpfloat (param->step, >=, 0);
}

static void
check_choice (const HeddleParam *param)
{
  g_assert_nonnull (param->choices);
  g_assert_nonnull (param->choice_names);
  g_assert_cmpuint (g_strv_length ((char **) param->choices), >=, 2);
  g_assert_cmpuint (g_strv_length ((char **) param->choices), ==,
                    g_strv_length ((char **) param->choice_names));
}

static void
parameters_are_complete (void)
{
  const HeddleWorkload *const *workloads = heddle_workloads_get_all (NULL);

  for (guint i = 0; workloads[i] != NULL; i++)
    {
      g_autoptr (GHashTable) seen = g_hash_table_new (g_str_hash, g_str_equal);
      /* aborts if an initial value is out of its own range */
      g_autoptr (HeddleSettings) settings = heddle_settings_new (workloads[i]);

      for (guint j = 0; j < workloads[i]->n_params; j++)
        {
          const HeddleParam *param = &workloads[i]->params[j];

          g_test_message ("%s: %s", workloads[i]->id, param->name);
          g_assert_true (is_kebab_case (param->name));
          g_assert_true (g_hash_table_add (seen, (char *) param->name));
          assert_text (workloads[i], param->name, param->label);
          assert_text (workloads[i], param->name, param->description);
          g_assert_cmpstr (heddle_settings_get (settings, param->name), ==, param->initial);
          if (param->type == HEDDLE_PARAM_NUMBER)
            check_number (param);
          if (param->type == HEDDLE_PARAM_CHOICE)
            check_choice (param);
        }
    }
}

/* A click on one of them must not lead to an error. */
static void
every_try_is_valid (void)
{
  const HeddleWorkload *const *workloads = heddle_workloads_get_all (NULL);

  for (guint i = 0; workloads[i] != NULL; i++)
    {
      g_autoptr (GHashTable) seen = g_hash_table_new (g_str_hash, g_str_equal);

      for (const HeddlePreset *try = workloads[i]->tries; try != NULL && try->label != NULL; try++)
        {
          g_autoptr (GError) error = NULL;
          g_auto (HeddlePresetValues) trial = { 0 };

          g_test_message ("%s: %s: %s", workloads[i]->id, try->label, try->settings);
          assert_text (workloads[i], "label of a try", try->label);
          g_assert_cmpint (g_utf8_strlen (try->label, -1), <=, 48);
          g_assert_true (g_hash_table_add (seen, (char *) try->label));
          g_assert_nonnull (try->settings);
          heddle_preset_parse (&trial, workloads[i], try->settings, &error);
          g_assert_no_error (error);
        }
    }
}

/* The values of the lecture notes and of the manual. */
static void
initial_values_are_those_of_the_notes (void)
{
  static const char *const expected[][3] = {
    { "checksum-files", "folder", "/usr/share" },  { "handle-requests", "requests", "5" },    { "handle-requests", "seconds", "2" },
    { "factorials", "n", "10" },                   { "factorials", "rounds", "1" },           { "squares", "n", "10" },
    { "numbers-and-letters", "numbers", "5" },     { "numbers-and-letters", "letters", "5" }, { "numbers-and-letters", "seconds", "1" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (expected); i++)
    {
      g_autoptr (HeddleSettings) settings =
        heddle_settings_new (heddle_workloads_find (expected[i][0]));

      g_assert_cmpstr (heddle_settings_get (settings, expected[i][1]), ==, expected[i][2]);
    }
}

/* What a description counts up follows from the initial values: whoever changes those changes the
 * text. */
static void
texts_follow_from_the_initial_values (void)
{
  static const char *const told[][3] = {
    { "adder-and-remover", "The adder puts the numbers 0 to 9 at the end of a list", "items=10" },
    { "adder-and-remover", "The run takes about 3 seconds", "items=10 min-wait=0.1 max-wait=0.5" },
    { "counter-race", "twenty million times", "steps=20000000" },
    { "lock", "Twelve visits of 0.1 seconds take 1.2 seconds", "tasks=3 visits=4 seconds=0.1" },
    { "recursive-lock", "calls itself twice, so the lock is taken three times", "depth=3" },
    { "semaphore", "six tasks of half a second take 1.5 seconds", "tasks=6 permits=2 seconds=0.5" },
    { "readers-and-writers", "“readers inside” goes up to four", "readers=4 writers=1" },
    { "shared-memory", "to 1 000 000 is 500 000 500 000", "numbers=1000000" },
    { "one-big-lock", "two tasks that compute for half a second each", "tasks=2 seconds=0.5" },
    { "handle-requests", "five requests of 2 seconds take 2 seconds together", "requests=5 seconds=2" },
    { "start-and-join", "five tasks sleep for two seconds each", "tasks=5 seconds=2" },
    { "exceptions-in-tasks", "Every third task raises", "every=3" },
    { "crash-a-worker", "One task crashes", "tasks=12" },
    { "hang", "Most tasks take half a second", "seconds=0.5" },
    { "pool-sizes", "of 2, 4 or 8 workers", "sizes=2,4,8" },
    { "reuse-or-not", "Each row does the same two hundred", "tasks=200" },
    { "ways-to-submit", "With apply() it waits ten times", "n=10 pool-workers=2" },
    { "preemptive-or-cooperative", "1 2 3 1 2 3", "jobs=3" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (told); i++)
    {
      const HeddleWorkload *workload = heddle_workloads_find (told[i][0]);
      g_autoptr (HeddleSettings) settings = heddle_settings_new (workload);
      g_auto (GStrv) assignments = g_strsplit (told[i][2], " ", -1);

      g_test_message ("%s: %s", told[i][0], told[i][1]);
      g_assert_true (strstr (workload->about, told[i][1]) != NULL
                     || strstr (workload->summary, told[i][1]) != NULL);
      for (guint j = 0; assignments[j] != NULL; j++)
        {
          g_auto (GStrv) pair = g_strsplit (assignments[j], "=", 2);

          g_assert_cmpstr (heddle_settings_get (settings, pair[0]), ==, pair[1]);
        }
    }
}

static gpointer
open_with (const HeddleWorkload *workload, const HeddleSettings *settings, HeddleShared **shared)
{
  g_autoptr (GError) error = NULL;
  gpointer data = heddle_workload_open (workload, settings, &error);

  g_assert_no_error (error);
  *shared = NULL;
  if (workload->share == NULL)
    return data;
  *shared = heddle_shared_new_host (workload->arena, &error);
  g_assert_no_error (error);
  workload->share (data, *shared, &error);
  g_assert_no_error (error);
  return data;
}

static guint64
count_tasks (const HeddleWorkload *workload, gpointer data)
{
  HeddleProducer producer;
  guint64 n;

  fake_producer_init (&producer);
  g_assert_true (workload->produce (data, &producer, NULL));
  n = producer.n_range + producer.inputs->len;
  fake_producer_clear (&producer);
  return n;
}

/* What a text says of their number is what the page counts. */
static void
texts_count_all_tasks (void)
{
  static const struct {
    const char *id;
    const char *text;
    guint64 n_tasks;
  } told[] = {
    { "numbers-and-letters", "There are two tasks", 2 },
    { "handle-requests", "five requests of 2 seconds", 5 },
    { "start-and-join", "Five tasks of two seconds, and a sixth", 6 },
    { "square-and-cube", "Two workers, each with a task", 2 },
    { "ways-to-submit", "in four ways", 4 },
    { "pool-sizes", "of 2, 4 or 8 workers", 3 },
    { "reuse-or-not", "the four figures", 4 },
    { "adder-and-remover", "One worker puts numbers into a list, another takes them out", 2 },
    { "semaphore", "Six tasks want to enter", 6 },
    { "one-big-lock", "with two tasks, in four phases", 2 },
  };

  for (guint i = 0; i < G_N_ELEMENTS (told); i++)
    {
      const HeddleWorkload *workload = heddle_workloads_find (told[i].id);
      g_autoptr (HeddleSettings) settings = heddle_settings_new (workload);
      HeddleShared *shared;
      gpointer data = open_with (workload, settings, &shared);

      g_test_message ("%s: %s", told[i].id, told[i].text);
      g_assert_true (strstr (workload->about, told[i].text) != NULL
                     || strstr (workload->summary, told[i].text) != NULL);
      g_assert_cmpuint (count_tasks (workload, data), ==, told[i].n_tasks);
      heddle_workload_close (workload, data);
      heddle_shared_free (shared);
    }
}

/* A task whose label numbers it, “task 5” or “request 5”, has that number on the page, too. */
static void
assert_numbered (const HeddleWorkload *workload, gpointer data, guint64 id)
{
  static const char pattern[] = "^(?:counting task|task|request|job|philosopher) (\\d+)$";
  g_autoptr (GRegex) regex = g_regex_new (pattern, 0, 0, NULL);
  g_autoptr (GMatchInfo) match = NULL;
  g_autofree char *number = NULL;
  char label[256];

  workload->label (data, id, label, sizeof label);
  g_assert_cmpstr (label, !=, "");
  if (!g_regex_match (regex, label, 0, &match))
    return;
  number = g_match_info_fetch (match, 1);
  g_test_message ("%s: task %" G_GUINT64_FORMAT " is called “%s”", workload->id, id, label);
  g_assert_cmpuint (g_ascii_strtoull (number, NULL, 10), ==, id);
}

static void
assert_all_numbered (const HeddleWorkload *workload, const HeddleSettings *settings)
{
  HeddleShared *shared;
  gpointer data = open_with (workload, settings, &shared);
  guint64 n = count_tasks (workload, data);

  for (guint64 id = 1; id <= MIN (n, 100); id++)
    assert_numbered (workload, data, id);
  heddle_workload_close (workload, data);
  heddle_shared_free (shared);
}

static void
labels_number_tasks_as_the_page_does (void)
{
  const HeddleWorkload *const *workloads = heddle_workloads_get_all (NULL);

  for (guint i = 0; workloads[i] != NULL; i++)
    {
      g_autoptr (HeddleSettings) settings = heddle_settings_new (workloads[i]);

      if (workloads[i]->label == NULL)
        continue;
      assert_all_numbered (workloads[i], settings);
      for (const HeddlePreset *try = workloads[i]->tries; try != NULL && try->label != NULL; try++)
        {
          g_autoptr (GError) error = NULL;
          g_auto (HeddlePresetValues) trial = { 0 };

          heddle_preset_parse (&trial, workloads[i], try->settings, &error);
          g_assert_no_error (error);
          assert_all_numbered (workloads[i], trial.settings);
        }
    }
}

/* A spread is told from ten measurements on. */
static void
spreads_are_measured_often_enough (void)
{
  static const char *const counts[][2] = {
    { "pool-sizes", "again" }, { "costs", "times" }, { "reuse-or-not", "times" }, { "ways-to-submit", "times" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (counts); i++)
    {
      g_autoptr (HeddleSettings) settings =
        heddle_settings_new (heddle_workloads_find (counts[i][0]));

      g_assert_cmpfloat (heddle_settings_get_number (settings, counts[i][1]), >=,
                         HEDDLE_FIGURE_SPREAD_MIN);
    }
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/catalogue/every-workload-is-complete", every_workload_is_complete);
  g_test_add_func ("/catalogue/ids-are-unique-and-found", ids_are_unique_and_found);
  g_test_add_func ("/catalogue/groups-stand-together", groups_stand_together);
  g_test_add_func ("/catalogue/parameters-are-complete", parameters_are_complete);
  g_test_add_func ("/catalogue/every-try-is-valid", every_try_is_valid);
  g_test_add_func ("/catalogue/initial-values-are-those-of-the-notes",
                   initial_values_are_those_of_the_notes);
  g_test_add_func ("/catalogue/texts-follow-from-the-initial-values",
                   texts_follow_from_the_initial_values);
  g_test_add_func ("/catalogue/texts-count-all-tasks", texts_count_all_tasks);
  g_test_add_func ("/catalogue/labels-number-tasks-as-the-page-does",
                   labels_number_tasks_as_the_page_does);
  g_test_add_func ("/catalogue/spreads-are-measured-often-enough",
                   spreads_are_measured_often_enough);
  return g_test_run ();
}
