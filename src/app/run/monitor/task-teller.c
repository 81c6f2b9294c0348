/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a run tells the timeline of its tasks. */
#include "config.h"

#include "app/run/monitor/task-teller.h"

#include "app/model/worker-text.h"

/**
 * heddle_task_teller_data_new:
 * @run: the run to tell of; a reference is taken
 *
 * Returns: (transfer full): data for heddle_task_teller
 */
HeddleTaskTellerData *
heddle_task_teller_data_new (HeddleRun *run)
{
  HeddleTaskTellerData *self = g_new0 (HeddleTaskTellerData, 1);

  self->run = heddle_run_ref (run);
  self->kinds = heddle_task_kinds_new (HEDDLE_N_TASK_KINDS);
  return self;
}

/**
 * heddle_task_teller_data_free:
 * @data: a #HeddleTaskTellerData
 */
void
heddle_task_teller_data_free (gpointer data)
{
  HeddleTaskTellerData *self = data;

  heddle_run_unref (self->run);
  heddle_task_kinds_free (self->kinds);
  g_free (self);
}

/* Called for the tooltip: what the task is called, and what its worker waits for, if it does so
 * now. */
static void
label_task (guint64 id, char *buffer, gsize size, gpointer data)
{
  HeddleRun *run = ((HeddleTaskTellerData *) data)->run;
  g_autofree HeddleWorkerInfo *workers = NULL;
  guint n;

  heddle_run_dup_task_label (run, id, buffer, size);
  if (heddle_run_get_workload (run)->share == NULL
      || heddle_run_get_state (run) == HEDDLE_RUN_FINISHED)
    return;
  workers = g_new (HeddleWorkerInfo, HEDDLE_MAX_WORKERS);
  n = MIN (heddle_run_get_workers (run, workers, HEDDLE_MAX_WORKERS), HEDDLE_MAX_WORKERS);
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
  HeddleResults *results = heddle_run_get_results (((HeddleTaskTellerData *) data)->run);
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

/* Of an attempt that has ended and is not the last one nothing is known. */
static gint64
get_queued (const HeddleSpan *span, gpointer data)
{
  if (span->state == HEDDLE_TASK_RUNNING)
    return span->queued;
  return heddle_results_get_queued (
    heddle_run_get_results (((HeddleTaskTellerData *) data)->run), span->id, span->begin);
}

static guint
get_kind (const HeddleSpan *span, gpointer data)
{
  HeddleTaskTellerData *self = data;
  guint kind = heddle_task_kinds_find (self->kinds, span->id);
  char label[256];

  if (kind != HEDDLE_TASK_KIND_NEW)
    return kind;
  heddle_run_dup_task_label (self->run, span->id, label, sizeof label);
  return heddle_task_kinds_add (self->kinds, span->id, label);
}

const HeddleTaskTeller heddle_task_teller = { label_task, add_facts, get_queued, get_kind };
