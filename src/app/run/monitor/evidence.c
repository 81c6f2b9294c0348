/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <glib/gi18n.h>

#include "app/run/monitor/evidence.h"
#include "base/format.h"
#include "charts/state-colours.h"

#define LIVE_NS (5 * HEDDLE_S) /* a verdict on a run that goes on is about so much */
#define N_CELLS 400
#define N_TASKS 20 /* that are shown with the gaps between them */

#define BIT(state) (1u << HEDDLE_STATE_##state)

/* Which time the verdict is about, CLOCK_MONOTONIC ns. */
static void
get_stretch (const HeddleRunSnapshot *snapshot, gint64 *begin, gint64 *end)
{
  *begin = snapshot->started_ns;
  *end = snapshot->started_ns + snapshot->elapsed_ns;
  if (snapshot->state != HEDDLE_RUN_FINISHED)
    *begin = MAX (*begin, *end - LIVE_NS);
}

/**
 * heddle_evidence_find_longest:
 * @cells: of the queue, @n_cells of them
 * @n_workers: so many tasks are one for each worker
 * @stocked: whether to look for cells in which the queue always had these, or for others
 * @first: (out): the first cell of the longest row of such cells
 *
 * Pure. Cells of which nothing is known belong to neither.
 *
 * Returns: how many cells that are; 0: none
 */
guint
heddle_evidence_find_longest (const HeddleSeriesCell *cells, guint n_cells, guint n_workers,
                              gboolean stocked, guint *first)
{
  guint from = 0, longest = 0;

  *first = 0;
  for (guint i = 0; i < n_cells; i++)
    {
      gboolean is_stocked = cells[i].min >= n_workers;

      if (!cells[i].known || is_stocked != stocked)
        from = i + 1;
      else if (i + 1 - from > longest)
        {
          longest = i + 1 - from;
          *first = from;
        }
    }
  return longest;
}

/* The longest time in which the queue had a task for each worker, or had not. */
static gboolean
find_queue (HeddleRun *run, guint n_workers, gboolean stocked, HeddleTimelineView *view)
{
  g_autofree HeddleSeriesCell *cells = g_new0 (HeddleSeriesCell, N_CELLS);
  gint64 length = view->end - view->begin;
  guint first, n;

  heddle_series_get_cells (heddle_run_get_series (run, HEDDLE_SERIES_QUEUE), view->begin, view->end,
                           cells, N_CELLS);
  n = heddle_evidence_find_longest (cells, N_CELLS, n_workers, stocked, &first);
  view->end = view->begin + length * (first + n) / N_CELLS;
  view->begin += length * first / N_CELLS;
  view->queue = TRUE;
  return n > 0;
}

/* Some tasks in the middle, with the gaps between them. */
static gboolean
find_gaps (const HeddleVerdict *verdict, HeddleTimelineView *view)
{
  gint64 middle = view->begin + (view->end - view->begin) / 2;
  gint64 length = N_TASKS * (verdict->task_ns + verdict->other_ns);

  view->begin = MAX (view->begin, middle - length / 2);
  view->end = MIN (view->end, middle + length / 2);
  view->zoom = TRUE;
  return view->end > view->begin;
}

static guint
get_states (HeddleEvidence evidence)
{
  switch (evidence)
    {
    case HEDDLE_EVIDENCE_READY: return BIT (READY);
    case HEDDLE_EVIDENCE_SHARED: return BIT (SHARED) | BIT (HOLDING);
    case HEDDLE_EVIDENCE_SLEEP: return BIT (SLEEP) | BIT (IO) | BIT (BLOCKED);
    case HEDDLE_EVIDENCE_BUSY:
    case HEDDLE_EVIDENCE_IDLE:
    case HEDDLE_EVIDENCE_NONE:
    default: return HEDDLE_STATES_ALL;
    }
}

/**
 * heddle_evidence_find_task:
 * @id: a task's number
 * @lane: (out): that of its worker
 * @span: (out): its last attempt
 *
 * Looks for a task that has ended, or is in hand. Main loop, as everything here.
 *
 * Returns: whether its lane still has it
 */
gboolean
heddle_evidence_find_task (HeddleRun *run, guint64 id, guint *lane, HeddleSpan *span)
{
  HeddleLaneStore *lanes = heddle_run_get_lanes (run);
  HeddleResults *results = heddle_run_get_results (run);
  guint n_lanes = heddle_lane_store_get_totals (lanes).n_lanes;
  HeddleLaneInfo info;
  HeddleRow row;
  guint64 index;
  gboolean found;

  if (!heddle_results_find_id (results, id, &index) || !heddle_results_get (results, index, &row))
    {
      for (*lane = 0; *lane < n_lanes; (*lane)++)
        if (heddle_lane_store_get_info (lanes, *lane, &info) && info.open && info.current.id == id)
          {
            *span = info.current;
            return TRUE;
          }
      return FALSE;
    }
  *lane = row.worker - 1;
  found = row.worker > 0 && heddle_lane_store_find_span (lanes, *lane, row.started_ns, span)
    && span->id == id;
  heddle_row_clear (&row);
  return found;
}

/**
 * heddle_evidence_find:
 * @snapshot: of the run, as it is now
 * @view: (out): what the timeline has to show
 *
 * Returns: whether the timeline still has what the verdict is about
 */
gboolean
heddle_evidence_find (HeddleRun *run, const HeddleRunSnapshot *snapshot,
                      const HeddleVerdict *verdict, HeddleTimelineView *view)
{
  *view = (HeddleTimelineView){ .states = get_states (verdict->evidence) };
  if (heddle_evidence_describe (verdict, snapshot->states) == NULL)
    return FALSE;
  get_stretch (snapshot, &view->begin, &view->end);
  switch (verdict->kind)
    {
    case HEDDLE_VERDICT_STARVED: return find_queue (run, verdict->n_workers, FALSE, view);
    case HEDDLE_VERDICT_TOO_FEW: return find_queue (run, verdict->n_workers, TRUE, view);
    case HEDDLE_VERDICT_TOO_SMALL: return find_gaps (verdict, view);
    case HEDDLE_VERDICT_STRAGGLER:
      view->has_task = heddle_evidence_find_task (run, verdict->task, &view->lane, &view->task);
      return view->has_task;
    case HEDDLE_VERDICT_MAIN_LOOP: return view->end > view->begin;
    case HEDDLE_VERDICT_CROWDED:
    case HEDDLE_VERDICT_LOCK:
    case HEDDLE_VERDICT_WAITING:
    case HEDDLE_VERDICT_QUOTA:
      /* all over the lanes */
      view->begin = view->end = 0;
      return TRUE;
    case HEDDLE_VERDICT_NONE:
    case HEDDLE_N_VERDICTS:
    default: return FALSE;
    }
}

/**
 * heddle_evidence_describe:
 * @states: what the run knows of its tasks' time
 *
 * Returns: (transfer none) (nullable): what is shown of it; %NULL: the timeline has nothing to show
 */
const char *
heddle_evidence_describe (const HeddleVerdict *verdict, HeddleStatesSource states)
{
  switch (verdict->kind)
    {
    case HEDDLE_VERDICT_STARVED: return _("Select the Time in Which the Queue Was Nearly Empty");
    case HEDDLE_VERDICT_TOO_FEW: return _("Select the Time in Which Tasks Waited in the Queue");
    case HEDDLE_VERDICT_TOO_SMALL: return _("Zoom to the Gaps between Tasks");
    case HEDDLE_VERDICT_STRAGGLER: return _("Zoom to the Task");
    case HEDDLE_VERDICT_LOCK: return _("Highlight Who Waits and Who Holds Something");
    case HEDDLE_VERDICT_WAITING: return _("Highlight the Time in Which Tasks Wait");
    case HEDDLE_VERDICT_MAIN_LOOP: return _("Select the Time That Is Spoken Of");
    case HEDDLE_VERDICT_CROWDED:
    case HEDDLE_VERDICT_QUOTA:
      return states != HEDDLE_STATES_NONE ? _("Highlight the Time in Which Tasks Are Ready") : NULL;
    case HEDDLE_VERDICT_NONE:
    case HEDDLE_N_VERDICTS:
    default: return NULL;
    }
}
