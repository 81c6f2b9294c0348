/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "app/run/tables/results-row.h"

#include <glib/gi18n.h>
#include <inttypes.h>
#include <string.h>

#include "app/model/worker-text.h"
#include "base/format.h"

#define NAME_CHARS 80 /* of a text that is part of a row's name */
#define MOST_BYTES 4  /* of a character in UTF-8 */

#define TEXT HEDDLE_COLUMN_SORTS
#define NUMBER (HEDDLE_COLUMN_SORTS | HEDDLE_COLUMN_NUMBER)
#define SPARE HEDDLE_COLUMN_SPARE

/* Where there is no room for all, the states go first, from the last one on. */
static const HeddleTableColumn columns[HEDDLE_N_ROW_TEXTS] = {
  [HEDDLE_ROW_TASK] = { NULL, 84, 0, 0, NUMBER },
  [HEDDLE_ROW_INPUT] = { NULL, 240, 3, GTK_INSCRIPTION_OVERFLOW_ELLIPSIZE_START, TEXT },
  [HEDDLE_ROW_RESULT] = { NULL, 200, 2, 0, TEXT },
  [HEDDLE_ROW_WORKER] = { NULL, 108, 0, 0, TEXT | SPARE },
  [HEDDLE_ROW_WAITED] = { NULL, 96, 0, 0, NUMBER | SPARE },
  [HEDDLE_ROW_RAN] = { NULL, 84, 0, 0, NUMBER },
  [HEDDLE_ROW_ON_CPU] = { NULL, 84, 0, 0, NUMBER | SPARE },
  [HEDDLE_ROW_READY] = { NULL, 84, 0, 0, NUMBER | SPARE },
  [HEDDLE_ROW_BLOCKED] = { NULL, 84, 0, 0, NUMBER | SPARE },
};

/**
 * heddle_results_row_init_columns:
 * @to: (out) (array fixed-size=9): those of a table of results
 * @with_states: whether there are times on CPU, ready and blocked
 *
 * Main loop, as everything here.
 */
void
heddle_results_row_init_columns (HeddleTableColumn *to, gboolean with_states)
{
  for (guint i = 0; i < HEDDLE_N_ROW_TEXTS; i++)
    {
      to[i] = columns[i];
      to[i].title = heddle_row_text_get_title (i);
      if (i >= HEDDLE_ROW_ON_CPU && !with_states)
        to[i].width = 0;
    }
}

static void
fill_unknown (HeddleTableRow *table_row, const HeddleRow *row, gboolean ended)
{
  char id[HEDDLE_FORMAT_SIZE];
  const char *why = ended ? _("no longer available") : _("not finished yet");
  g_autofree char *name = NULL;

  g_snprintf (id, sizeof id, "%" G_GUINT64_FORMAT, row->id);
  heddle_table_row_set_icon (table_row, HEDDLE_ROW_RESULT, NULL);
  heddle_table_row_set_text (table_row, HEDDLE_ROW_TASK, row->id > 0 ? id : "–", HEDDLE_CELL_DIM);
  for (guint i = HEDDLE_ROW_INPUT; i < HEDDLE_N_ROW_TEXTS; i++)
    heddle_table_row_set_text (table_row, i, i == HEDDLE_ROW_RESULT ? why : NULL,
                               HEDDLE_CELL_DIM);
  /* Translators: a row of the results for screen readers: number of the task, and that it has not
   * ended or that its row is not kept */
  name = row->id > 0 ? g_strdup_printf (_("Task %s, %s"), id, why) : g_strdup (why);
  heddle_table_row_set_name (table_row, name);
}

/* Digests and other long words are easier to compare in a fixed pitch. */
static HeddleCellLook
result_look (const HeddleRow *row, gboolean bad)
{
  if (bad)
    return HEDDLE_CELL_ERROR;
  if (row->state == HEDDLE_TASK_CANCELLED)
    return HEDDLE_CELL_DIM;
  return row->result != NULL && strlen (row->result) >= 24 && strchr (row->result, ' ') == NULL
    ? HEDDLE_CELL_MONOSPACE
    : HEDDLE_CELL_PLAIN;
}

/* Whether the label of a task says more than its number does. */
static gboolean
has_own_label (const HeddleRow *row, const char *number)
{
  g_autofree char *label = NULL, *folded = NULL;

  if (row->label == NULL || *row->label == '\0')
    return FALSE;
  if (!g_utf8_validate (row->label, -1, NULL))
    return TRUE;
  label = g_utf8_casefold (row->label, -1);
  folded = g_utf8_casefold (number, -1);
  return !g_str_equal (label, folded);
}

/* The beginning of the first line, as much as anybody wants to hear of one row among many. */
static void
append_beginning (GString *name, const char *text)
{
  gsize line = strcspn (text, "\n"), kept = MIN (line, NAME_CHARS * MOST_BYTES);
  g_autofree char *valid = g_utf8_make_valid (text, (gssize) kept);
  gboolean cut = text[kept] != '\0' || g_utf8_strlen (valid, -1) > NAME_CHARS;

  if (*valid == '\0')
    return;
  g_string_append (name, ", ");
  g_string_append_len (name, valid,
                       g_utf8_offset_to_pointer (valid, MIN (g_utf8_strlen (valid, -1), NAME_CHARS))
                         - valid);
  if (cut)
    g_string_append (name, "…");
}

/* What a screen reader says of a row, in either pane: "Task 17, doc/a.txt, done, 12 words, 0.3 ms,
 * Thread 2". */
static void
name_row (HeddleTableRow *table_row, HeddleRun *run, const HeddleRow *row)
{
  char text[HEDDLE_FORMAT_SIZE];
  /* Translators: a row of the results for screen readers begins with the number of the task */
  g_autofree char *number = g_strdup_printf (_("Task %" PRIu64), row->id);
  g_autoptr (GString) name = g_string_new (number);

  if (has_own_label (row, number))
    append_beginning (name, row->label);
  g_string_append_printf (name, ", %s", heddle_row_text_get_state (row->state));
  if (row->error != NULL)
    append_beginning (name, row->error);
  else if (row->state == HEDDLE_TASK_DONE && row->result != NULL)
    append_beginning (name, row->result);
  if (row->started_ns > 0)
    g_string_append_printf (
      name, ", %s", heddle_format_duration (row->finished_ns - row->started_ns, text, sizeof text));
  if (row->worker > 0)
    g_string_append_printf (name, ", %s",
                            heddle_worker_text_format_name (run, row->worker, text, sizeof text));
  heddle_table_row_set_name (table_row, name->str);
}

/**
 * heddle_results_row_fill:
 * @table_row: has the columns of heddle_results_row_init_columns()
 * @item: a row of @run, be it known or not
 *
 * Shows it.
 */
void
heddle_results_row_fill (HeddleTableRow *table_row, HeddleRun *run, HeddleResultRow *item)
{
  const HeddleRow *row = heddle_result_row_get (item);
  gboolean bad = row->state == HEDDLE_TASK_FAILED || row->state == HEDDLE_TASK_LOST;

  if (!heddle_result_row_is_known (item))
    {
      fill_unknown (table_row, row, heddle_result_row_has_ended (item));
      return;
    }
  heddle_table_row_set_icon (table_row, HEDDLE_ROW_RESULT, bad ? "dialog-error-symbolic" : NULL);
  for (guint i = 0; i < HEDDLE_N_ROW_TEXTS; i++)
    {
      char buffer[HEDDLE_FORMAT_SIZE];
      const char *text = heddle_row_text_get (run, row, i, buffer, sizeof buffer);
      HeddleCellLook look = HEDDLE_CELL_PLAIN;

      if (i == HEDDLE_ROW_INPUT && bad)
        look = HEDDLE_CELL_ERROR;
      else if (i == HEDDLE_ROW_RESULT)
        look = result_look (row, bad);
      else if (i >= HEDDLE_ROW_RAN && g_strcmp0 (text, "–") == 0)
        look = HEDDLE_CELL_DIM;
      heddle_table_row_set_text (table_row, i, text, look);
    }
  name_row (table_row, run, row);
}
