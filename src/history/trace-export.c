/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A stretch of a run as a trace, afterwards: from what the lanes and the results have kept. The
 * trace that a run writes while it goes on has every task, since nothing has been given up yet.
 */
#include "config.h"

#include "history/trace-export.h"

#include "trace/trace-writer.h"

#define AT_ONCE 256 /* spans that are copied under one lock */

typedef struct {
  HeddleRun *run;
  HeddleTraceWriter *writer;
  gint64 begin, end; /* CLOCK_MONOTONIC */
} Writing;

/* A task that was tried again has a row of its last attempt only: an earlier span has its number
 * alone, and no states. */
static gboolean
find_row (HeddleRun *run, const HeddleSpan *span, HeddleRow *row)
{
  HeddleResults *results = heddle_run_get_results (run);
  guint64 index;

  if (!heddle_results_find_id (results, span->id, &index)
      || !heddle_results_get (results, index, row))
    return FALSE;
  if (row->started_ns == span->begin)
    return TRUE;
  heddle_row_clear (row);
  return FALSE;
}

static void
put_span (const Writing *self, guint lane, const HeddleSpan *span)
{
  HeddleRow row = { 0 };
  gboolean known = find_row (self->run, span, &row);
  HeddleSpan whole = *span;

  /* a lane knows of no switches, and where each of them was seen it has stretches in place of a
   * task's times: the row has both */
  whole.times = row.times;
  heddle_trace_writer_span (self->writer, lane, &whole, known ? row.label : NULL,
                            known ? row.attempt : 1, known ? row.queued_ns : 0);
  if (known)
    heddle_row_clear (&row);
}

static gboolean
is_same (const HeddleSpan *a, const HeddleSpan *b)
{
  return a->id == b->id && a->begin == b->begin;
}

/* Page by page; each begins where the last one ended, and what stands in both is written once. */
static void
put_lane (const Writing *self, guint lane, GCancellable *cancellable)
{
  HeddleLaneStore *store = heddle_run_get_lanes (self->run);
  HeddleSpan spans[AT_ONCE], last = { .id = 0 };
  gint64 begin = self->begin;
  guint n = AT_ONCE;

  while (n == AT_ONCE && begin < self->end && !g_cancellable_is_cancelled (cancellable))
    {
      guint first = 0;

      n = heddle_lane_store_get_spans (store, lane, begin, self->end, spans, AT_ONCE);
      for (guint i = 0; i < n; i++)
        if (last.id != 0 && is_same (&spans[i], &last))
          first = i + 1;
      for (guint i = first; i < n; i++)
        put_span (self, lane, &spans[i]);
      if (n > 0)
        last = spans[n - 1];
      /* a page of spans without length at one moment is followed by what comes behind it */
      begin = n > 0 ? MAX (last.end, begin + (first == n)) : self->end;
    }
}

static void
put_lanes (const Writing *self, guint n_lanes, GCancellable *cancellable)
{
  g_autofree HeddleWorkerInfo *workers = g_new0 (HeddleWorkerInfo, n_lanes + 1);
  guint n = MIN (heddle_run_get_workers (self->run, workers, n_lanes), n_lanes);

  for (guint i = 0; i < n; i++)
    {
      guint lane = workers[i].number - 1;

      heddle_trace_writer_lane (self->writer, lane, workers[i].name, workers[i].pid,
                                workers[i].tid);
      put_lane (self, lane, cancellable);
    }
}

/* The writer tells of the file that it wrote to, which the user has never heard of. */
static void
name_place (GError *error, const char *path, const char *shown_path)
{
  g_autofree char *written = g_filename_display_name (path);
  g_autofree char *shown = g_filename_display_name (shown_path);
  g_autoptr (GString) message = g_string_new (error->message);

  g_string_replace (message, written, shown, 0);
  g_free (error->message);
  error->message = g_string_free (g_steal_pointer (&message), FALSE);
}

/**
 * heddle_trace_export_write:
 * @begin_ns: CLOCK_MONOTONIC nanoseconds
 * @end_ns: where the stretch has ended; 0: the whole run
 * @path: the file
 * @shown_path: what it is called where it could not be written
 * @cancellable: (nullable): the user may have thought better of it; then the file is no trace
 * @error: (out): what went wrong (#GFileError) and what to do
 *
 * Writes the tasks that were going on in the stretch, with the times of the run. Waits for the
 * disk: a thread of its own.
 *
 * Returns: whether all of it is in the file
 */
gboolean
heddle_trace_export_write (HeddleRun *run, gint64 begin_ns, gint64 end_ns, const char *path,
                           const char *shown_path, GCancellable *cancellable, GError **error)
{
  g_autofree HeddleRunSnapshot *snapshot = g_new (HeddleRunSnapshot, 1);
  g_autoptr (GError) local = NULL;
  HeddleLaneTotals totals = heddle_lane_store_get_totals (heddle_run_get_lanes (run));
  Writing writing = { .run = run, .begin = begin_ns, .end = end_ns };

  heddle_run_get_snapshot (run, snapshot);
  if (end_ns == 0)
    {
      writing.begin = totals.begin;
      writing.end = totals.end + 1;
    }
  writing.writer =
    heddle_trace_writer_new (path, heddle_run_get_workload (run)->id, snapshot->started_ns,
                             NULL, NULL, &local);
  if (writing.writer != NULL)
    {
      put_lanes (&writing, snapshot->n_lanes, cancellable);
      if (heddle_trace_writer_close (writing.writer, snapshot->dropped_events, &local))
        return TRUE;
    }
  name_place (local, path, shown_path);
  g_propagate_error (error, g_steal_pointer (&local));
  return FALSE;
}
