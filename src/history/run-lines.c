/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "history/run-lines.h"

#include "engine/model/backend.h"
#include "engine/run/tally.h"
#include "history/json-line.h"

/* What tasks have measured; of a workload that measures nothing there is none. Names are not
 * translated: lines of JSON are the same in every country. */
static void
write_figures (HeddleRun *run, const HeddleLineSink *sink, gpointer data)
{
  const HeddleFigureGroup *groups = heddle_run_get_workload (run)->figures;
  g_autofree HeddleFigure *figures = g_new (HeddleFigure, HEDDLE_MAX_FIGURES);
  guint n = heddle_run_get_figures (run, figures, HEDDLE_MAX_FIGURES), n_groups = 0;

  while (groups != NULL && groups[n_groups].name != NULL)
    n_groups++;
  for (guint i = 0; i < n; i++)
    {
      const char *group = figures[i].group < n_groups ? groups[figures[i].group].name : NULL;

      sink->end (heddle_json_put_figure (sink->begin (HEDDLE_JSON_FIGURE_ROOM, data), &figures[i],
                                         group, figures[i].name),
                 data);
    }
}

/**
 * heddle_run_lines_diagnose:
 * @verdicts: (out caller-allocates): what has held the whole run up
 *
 * Returns: how many. Any thread.
 */
guint
heddle_run_lines_diagnose (HeddleRun *run, HeddleVerdict verdicts[HEDDLE_N_VERDICTS])
{
  HeddleRunTally tally;
  HeddleDiagnosisFacts facts;

  heddle_run_get_tally (run, &tally);
  heddle_run_fill_facts (run, NULL, &tally, &facts);
  return heddle_diagnosis_find_all (&facts, verdicts);
}

/**
 * heddle_json_write_closing:
 * @run: its tasks have been written
 * @sink: where the lines go
 * @data: for @sink
 *
 * Writes the lines that follow those of the tasks: of the workers, of the figures and of the run.
 * Any thread.
 */
void
heddle_json_write_closing (HeddleRun *run, const HeddleLineSink *sink, gpointer data)
{
  g_autofree HeddleRunSnapshot *snapshot = g_new (HeddleRunSnapshot, 1);
  const HeddleRunOptions *options = heddle_run_get_options (run);
  g_autofree char *halt = heddle_halt_dup_text (&options->halt);
  g_autofree HeddleWorkerInfo *workers = NULL;
  HeddleVerdict verdicts[HEDDLE_N_VERDICTS];
  guint n_workers, n_verdicts = heddle_run_lines_diagnose (run, verdicts);

  heddle_run_get_snapshot (run, snapshot);
  workers = g_new0 (HeddleWorkerInfo, snapshot->n_lanes + 1);
  n_workers = MIN (heddle_run_get_workers (run, workers, snapshot->n_lanes), snapshot->n_lanes);
  for (guint i = 0; i < n_workers; i++)
    sink->end (heddle_json_put_worker (sink->begin (HEDDLE_JSON_WORKER_ROOM, data), &workers[i]),
               data);
  write_figures (run, sink, data);
  sink->end (heddle_json_put_run (sink->begin (HEDDLE_JSON_RUN_ROOM, data),
                                  heddle_run_get_workload (run),
                                  heddle_backend_get_info (options->backend),
                                  snapshot->n_workers_target, snapshot, halt, verdicts,
                                  n_verdicts),
             data);
}
