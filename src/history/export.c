/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A run as a file.
 *
 * Rows are formatted into a buffer while the lock of the results is held, a few hundred at a time,
 * and written without it, so that a slow disk never holds the run.
 */
#include "config.h"

#include "history/export.h"

#include "base/new-file.h"
#include "history/csv-line.h"
#include "history/json-line.h"
#include "history/run-lines.h"
#include "history/trace-export.h"

#define AT_ONCE 64 /* rows that are formatted under one lock */

typedef struct {
  const HeddleExport *what;
  HeddleNewFile *file;
  gint64 origin;
} Writing;

static void
put_row (Writing *self, const HeddleRow *row)
{
  char *to;

  if (self->what->format == HEDDLE_EXPORT_CSV)
    {
      to = heddle_new_file_begin (self->file, heddle_csv_task_room (row));
      to = heddle_csv_put_task (to, row, self->origin);
    }
  else
    {
      to = heddle_new_file_begin (self->file, heddle_json_task_room (row));
      to = heddle_json_put_task (to, row, self->origin);
    }
  heddle_new_file_end (self->file, to);
}

static void
visit (guint64 number, const HeddleRow *row, gpointer data)
{
  GPtrArray *rows = data;
  HeddleRow *copy = g_memdup2 (row, sizeof *row);

  copy->label = g_strdup (row->label);
  copy->result = g_strdup (row->result);
  copy->error = g_strdup (row->error);
  g_ptr_array_add (rows, copy);
}

static void
row_free (gpointer data)
{
  heddle_row_clear (data);
  g_free (data);
}

/* Rows that come while this goes on are taken, too, up to what there was at the begin. */
static void
put_all (Writing *self, HeddleResults *results, GCancellable *cancellable)
{
  guint64 next = heddle_results_get_first (results), end = heddle_results_get_length (results);
  g_autoptr (GPtrArray) rows = g_ptr_array_new_with_free_func (row_free);

  while (next < end && !g_cancellable_is_cancelled (cancellable)
         && !heddle_new_file_is_broken (self->file))
    {
      heddle_results_visit (results, FALSE, &next, (guint) MIN (end - next, AT_ONCE), visit, rows);
      for (guint i = 0; i < rows->len; i++)
        if (self->what->wants == NULL
            || self->what->wants (g_ptr_array_index (rows, i), self->what->wants_data))
          put_row (self, g_ptr_array_index (rows, i));
      g_ptr_array_set_size (rows, 0);
    }
}

static void
put_chosen (Writing *self, HeddleResults *results, GCancellable *cancellable)
{
  for (gsize i = 0; i < self->what->n_ids && !g_cancellable_is_cancelled (cancellable)
                    && !heddle_new_file_is_broken (self->file);
       i++)
    {
      guint64 index;
      HeddleRow row;

      if (!heddle_results_find_id (results, self->what->ids[i], &index)
          || !heddle_results_get (results, index, &row))
        continue;
      put_row (self, &row);
      heddle_row_clear (&row);
    }
}

static char *
begin_line (gsize room, gpointer data)
{
  return heddle_new_file_begin (data, room);
}

static void
end_line (char *end, gpointer data)
{
  heddle_new_file_end (data, end);
}

static void
put_lines (Writing *self, HeddleRun *run, GCancellable *cancellable)
{
  static const HeddleLineSink sink = { begin_line, end_line };
  HeddleResults *results = heddle_run_get_results (run);

  if (self->what->format == HEDDLE_EXPORT_CSV)
    heddle_new_file_end (self->file, heddle_csv_put_head (heddle_new_file_begin (
                                         self->file, HEDDLE_CSV_HEAD_ROOM)));
  if (self->what->ids != NULL)
    put_chosen (self, results, cancellable);
  else
    put_all (self, results, cancellable);
  /* what the whole run came to would not be true of some of its tasks */
  if (self->what->format == HEDDLE_EXPORT_JSONL && self->what->ids == NULL
      && self->what->wants == NULL)
    heddle_json_write_closing (run, &sink, self->file);
}

/**
 * heddle_export_write:
 * @run: be it finished or not
 * @what: which part of it, and how
 * @path: the file; what was there before is replaced when all is written, and not if anything fails
 * @cancellable: (nullable): the user may have thought better of it
 * @error: (out): what went wrong (#GFileError) and what to do, or %G_IO_ERROR_CANCELLED
 *
 * Writes a file. Waits for the disk: a thread of its own.
 *
 * Returns: whether it is there
 */
gboolean
heddle_export_write (HeddleRun *run, const HeddleExport *what, const char *path,
                     GCancellable *cancellable, GError **error)
{
  g_autofree HeddleRunSnapshot *snapshot = NULL;
  g_autoptr (HeddleNewFile) file = NULL;
  Writing writing;

  g_return_val_if_fail (run != NULL && what != NULL && path != NULL, FALSE);

  file = heddle_new_file_open (path, error);
  if (file == NULL)
    return FALSE;
  if (what->format == HEDDLE_EXPORT_TRACE)
    {
      if (!heddle_trace_export_write (run, what->begin_ns, what->end_ns,
                                      heddle_new_file_get_written_path (file), path, cancellable,
                                      error))
        return FALSE;
    }
  else
    {
      snapshot = g_new (HeddleRunSnapshot, 1);
      heddle_run_get_snapshot (run, snapshot);
      writing = (Writing) { what, file, snapshot->started_ns };
      put_lines (&writing, run, cancellable);
    }
  if (g_cancellable_set_error_if_cancelled (cancellable, error))
    return FALSE;
  return heddle_new_file_commit (g_steal_pointer (&file), error);
}
