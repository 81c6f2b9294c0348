/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

/*
 * What is known of a run when it has ended, as an entry of tests/engine/diagnosis-recorded.h: rules
 * are tried on what runs really were.
 *
 * facts-bench WORKLOAD ["NAME=VALUE ..."] [SECONDS]: settings as a preset has them; after so many
 * seconds the run is asked to end
 */

#include <locale.h>
#include <stdlib.h>

#include "engine/model/preset.h"
#include "engine/run/run.h"
#include "engine/run/tally.h"
#include "workloads/list.h"

#define NUMBER(group, name)                                                                        \
  if (facts->group.name != 0)                                                                      \
  g_print (" ." #name " = %" G_GINT64_FORMAT ",", (gint64) facts->group.name)

static void
print_workers (const HeddleDiagnosisFacts *facts)
{
  g_print ("    .workers = {");
  NUMBER (workers, n);
  NUMBER (workers, n_needed);
  NUMBER (workers, time_ns);
  NUMBER (workers, busy_ns);
  NUMBER (workers, on_cpu_ns);
  NUMBER (workers, ready_ns);
  g_print ("\n                ");
  NUMBER (workers, slept_ns);
  NUMBER (workers, shared_ns);
  NUMBER (workers, starved_ns);
  NUMBER (workers, between_ns);
  NUMBER (workers, over_ns);
  g_print (" },\n");
}

static void
print_rest (const HeddleDiagnosisFacts *facts)
{
  g_print ("    .processors = {");
  NUMBER (processors, n);
  NUMBER (processors, used_ns);
  NUMBER (processors, n_periods);
  NUMBER (processors, n_throttled);
  g_print (" },\n    .queue = {");
  NUMBER (queue, producing_ns);
  NUMBER (queue, full_ns);
  NUMBER (queue, stocked_ns);
  g_print (" },\n    .tasks = {");
  NUMBER (tasks, n_ended);
  NUMBER (tasks, n_ended_ever);
  NUMBER (tasks, median_ns);
  NUMBER (tasks, last);
  NUMBER (tasks, last_worker);
  NUMBER (tasks, last_ns);
  NUMBER (tasks, alone_ns);
  g_print (" },\n    .object = {");
  NUMBER (object, is_lock);
  NUMBER (object, is_mutex);
  NUMBER (object, waited_ns);
  NUMBER (object, n_waiters);
  NUMBER (object, held_ns);
  NUMBER (object, holder);
  NUMBER (object, holder_ns);
  g_print (" .name = \"%s\" },\n", facts->object.name);
}

static void
print_facts (const HeddleDiagnosisFacts *facts, const char *workload, const char *settings)
{
  HeddleVerdict verdict;

  heddle_diagnosis_find_best (facts, &verdict);
  g_print ("  { \"%s %s\", \"%s\", {\n", workload, settings, heddle_verdict_get_id (verdict.kind));
  g_print ("    .length_ns = %" G_GINT64_FORMAT ", .backend = %d, .backends = %u,"
           " .prefetch = %u, .deadlocked = %d,\n",
           facts->length_ns, (int) facts->backend, facts->backends, facts->prefetch,
           facts->deadlocked);
  print_workers (facts);
  print_rest (facts);
  g_print ("  } },\n");
}

static gboolean
quit (gpointer data)
{
  g_main_loop_quit (data);
  return G_SOURCE_REMOVE;
}

/* Supervisor's thread; the loop may not have been entered yet. */
static void
on_changed (HeddleRun *run, gpointer data)
{
  if (heddle_run_get_state (run) == HEDDLE_RUN_FINISHED)
    g_idle_add (quit, data);
}

static gboolean
stop (gpointer data)
{
  heddle_run_stop (data, HEDDLE_STOP_CANCEL);
  return G_SOURCE_REMOVE;
}

int
main (int argc, char **argv)
{
  const HeddleWorkload *workload = argc > 1 ? heddle_workloads_find (argv[1]) : NULL;
  const char *settings = argc > 2 ? argv[2] : "";
  double seconds = argc > 3 ? g_ascii_strtod (argv[3], NULL) : 10;
  g_autoptr (GMainLoop) loop = g_main_loop_new (NULL, FALSE);
  g_autoptr (GError) error = NULL;
  g_autoptr (HeddleRun) run = NULL;
  g_auto (HeddlePresetValues) values = { 0 };
  HeddleRunTally tally;
  HeddleDiagnosisFacts facts;

  setlocale (LC_NUMERIC, "C");
  if (workload == NULL || !heddle_preset_parse (&values, workload, settings, &error))
    {
      g_printerr ("facts-bench: %s\n",
                  error != NULL ? error->message : "there is no such workload");
      return EXIT_FAILURE;
    }
  values.options.hooks.changed = on_changed;
  values.options.hooks_data = loop;
  run = heddle_run_new (values.settings, &values.options, &error);
  if (run == NULL || !heddle_run_start (run, &error))
    {
      g_printerr ("facts-bench: %s\n", error->message);
      return EXIT_FAILURE;
    }
  g_timeout_add ((guint) (seconds * 1000), stop, run);
  g_main_loop_run (loop);
  heddle_run_wait (run, -1);
  heddle_run_get_tally (run, &tally);
  heddle_run_fill_facts (run, NULL, &tally, &facts);
  print_facts (&facts, workload->id, settings);
  return EXIT_SUCCESS;
}
