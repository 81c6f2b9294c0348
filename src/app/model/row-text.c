/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a row of results says, in the table and where it is copied to. Any thread. */
#include "config.h"

#include "app/model/row-text.h"

#include <glib/gi18n.h>
#include <string.h>

#include "app/model/worker-text.h"
#include "base/format.h"

static const struct {
  const char *title; /* N_ */
  HeddleResultsKey key;
} columns[] = {
  [HEDDLE_ROW_TASK] = { N_("Task"), HEDDLE_RESULTS_KEY_ID },
  [HEDDLE_ROW_INPUT] = { N_("Input"), HEDDLE_RESULTS_KEY_LABEL },
  [HEDDLE_ROW_RESULT] = { N_("Result"), HEDDLE_RESULTS_KEY_RESULT },
  [HEDDLE_ROW_WORKER] = { N_("Worker"), HEDDLE_RESULTS_KEY_WORKER },
  [HEDDLE_ROW_WAITED] = { N_("Waited"), HEDDLE_RESULTS_KEY_WAITED },
  [HEDDLE_ROW_RAN] = { N_("Ran"), HEDDLE_RESULTS_KEY_RAN },
  [HEDDLE_ROW_ON_CPU] = { N_("On CPU"), HEDDLE_RESULTS_KEY_ON_CPU },
  [HEDDLE_ROW_READY] = { N_("Ready"), HEDDLE_RESULTS_KEY_READY },
  [HEDDLE_ROW_BLOCKED] = { N_("Blocked"), HEDDLE_RESULTS_KEY_BLOCKED },
};

/**
 * heddle_row_text_get_title:
 *
 * Returns: what it is called, not translated
 */
const char *
heddle_row_text_get_title (HeddleRowText what)
{
  return columns[what].title;
}

/**
 * heddle_row_text_get_key:
 *
 * Returns: by what rows are sorted by it
 */
HeddleResultsKey
heddle_row_text_get_key (HeddleRowText what)
{
  return columns[what].key;
}

/**
 * heddle_row_text_get_state:
 *
 * Returns: how a task ended, in a word
 */
const char *
heddle_row_text_get_state (HeddleTaskState state)
{
  switch (state)
    {
    case HEDDLE_TASK_FAILED: return _("failed");
    case HEDDLE_TASK_LOST: return _("lost");
    case HEDDLE_TASK_CANCELLED: return _("cancelled");
    default: return _("done");
    }
}

static const char *
get_result (const HeddleRow *row)
{
  if (row->error != NULL)
    return row->error;
  switch (row->state)
    {
    case HEDDLE_TASK_FAILED: return _("failed");
    case HEDDLE_TASK_LOST: return _("lost: its worker died");
    case HEDDLE_TASK_CANCELLED: return _("cancelled");
    default: return row->result;
    }
}

/* Nanoseconds; below 0: not known. */
static gint64
get_time (const HeddleRow *row, HeddleRowText what)
{
  gint64 span = row->finished_ns - row->started_ns;
  gboolean started = row->started_ns > 0;

  if (what == HEDDLE_ROW_WAITED)
    return (started ? row->started_ns : row->finished_ns) - row->queued_ns;
  if (!started || (what != HEDDLE_ROW_RAN && !row->times.known))
    return -1;
  switch (what)
    {
    case HEDDLE_ROW_ON_CPU: return row->times.on_cpu_ns;
    case HEDDLE_ROW_READY: return row->times.ready_ns;
    case HEDDLE_ROW_BLOCKED: return heddle_task_times_get_blocked (&row->times, span);
    default: return span;
    }
}

/**
 * heddle_row_text_get:
 * @row: of @run
 * @buffer: room for a text
 * @size: of it, at least %HEDDLE_FORMAT_SIZE
 *
 * Returns: (nullable): what the row says of it: @buffer, or a text of the row's own, which may be
 * long, have many lines and be no UTF-8; "–" for a time that is not known
 */
const char *
heddle_row_text_get (HeddleRun *run, const HeddleRow *row, HeddleRowText what, char *buffer,
                     gsize size)
{
  gint64 time;

  switch (what)
    {
    case HEDDLE_ROW_TASK:
      /* what a task is called, in the log and elsewhere, too: no count, so its digits stay
       * together */
      g_snprintf (buffer, size, "%" G_GUINT64_FORMAT, row->id);
      return buffer;
    case HEDDLE_ROW_INPUT: return row->label;
    case HEDDLE_ROW_RESULT: return get_result (row);
    case HEDDLE_ROW_WORKER: return heddle_worker_text_format_name (run, row->worker, buffer, size);
    default:
      time = get_time (row, what);
      return time < 0 ? "–" : heddle_format_duration (time, buffer, size);
    }
}

/**
 * heddle_row_text_append_cell:
 * @cell: (nullable): any text
 *
 * Appends it as spreadsheets take a cell from the clipboard: in quotes where it would fall apart
 * otherwise. What is no UTF-8 is replaced.
 */
void
heddle_row_text_append_cell (GString *text, const char *cell)
{
  g_autofree char *valid = NULL;

  if (cell == NULL)
    return;
  if (!g_utf8_validate (cell, -1, NULL))
    cell = valid = g_utf8_make_valid (cell, -1);
  if (strpbrk (cell, "\t\n\r\"") == NULL)
    {
      g_string_append (text, cell);
      return;
    }
  g_string_append_c (text, '"');
  for (const char *c = cell; *c != '\0'; c++)
    {
      if (*c == '"')
        g_string_append_c (text, '"');
      g_string_append_c (text, *c);
    }
  g_string_append_c (text, '"');
}
