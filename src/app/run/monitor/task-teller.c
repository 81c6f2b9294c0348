/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a run tells the timeline of its tasks. */
#include "config.h"

#include "app/run/monitor/task-teller.h"

#include "app/model/worker-text.h"
#include "engine/run/run.h"

/* Called for the tooltip: what the task is called, and what its worker waits for, if it does so
 * now. */
static void
label_task (guint64 id, char *buffer, gsize size, gpointer data)
{
  g_autofree HeddleWorkerInfo *workers = NULL;
  guint n;

  heddle_run_dup_task_label (data, id, buffer, size);
  if (heddle_run_get_workload (data)->share == NULL
      || heddle_run_get_state (data) == HEDDLE_RUN_FINISHED)
    return;
  workers = g_new (HeddleWorkerInfo, HEDDLE_MAX_WORKERS);
  n = MIN (heddle_run_get_workers (data, workers, HEDDLE_MAX_WORKERS), HEDDLE_MAX_WORKERS);
  for (guint i = 0; i < n; i++)
    if (workers[i].task == id && workers[i].state == HEDDLE_WORKER_WAITING
        && workers[i].waits_for[0] != '\0')
      {
        g_autofree char *text = heddle_worker_text_dup_wait (&workers[i]);

        g_strlcat (buffer, "\n", size);
        g_strlcat (buffer, text, size);
        return;
      }
}

/* What the row of the task tells, where its last attempt is the one that is pointed at. */
static void
add_facts (const HeddleSpan *span, HeddleTaskFacts *facts, gpointer data)
{
  HeddleResults *results = heddle_run_get_results (data);
  guint64 index;
  HeddleRow row;

  if (!heddle_results_find_id (results, span->id, &index)
      || !heddle_results_get (results, index, &row))
    return;
  if (row.started_ns == span->begin)
    {
      facts->waited_ns = MAX (row.started_ns - row.queued_ns, 0);
      facts->attempt = row.attempt;
      facts->has_switches = row.times.known;
      if (row.times.known)
        facts->times = row.times;
    }
  heddle_row_clear (&row);
}

/* Of an attempt that is not the last one nothing is known. */
static gint64
get_queued (const HeddleSpan *span, gpointer data)
{
  return heddle_results_get_queued (heddle_run_get_results (data), span->id, span->begin);
}

const HeddleTaskTeller heddle_task_teller = { label_task, add_facts, get_queued };
