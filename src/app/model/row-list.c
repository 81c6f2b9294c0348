/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "app/model/row-list.h"

#include <glib/gi18n.h>

#include "app/model/row-text.h"
#include "base/format.h"

struct _HeddleRowList {
  HeddleRun *run; /* owned */
  HeddleResultsOrder order;
  GArray *keys;   /* owned: guint64, of the model */
};

/**
 * heddle_row_list_new:
 * @run: a reference is taken
 * @model: of its results
 *
 * Returns: (transfer full): a list without rows
 */
HeddleRowList *
heddle_row_list_new (HeddleRun *run, HeddleResultsModel *model)
{
  HeddleRowList *self = g_new0 (HeddleRowList, 1);

  self->run = heddle_run_ref (run);
  self->order = heddle_results_model_get_order (model);
  self->keys = g_array_new (FALSE, FALSE, sizeof (guint64));
  return self;
}

/**
 * heddle_row_list_free:
 *
 * Any thread.
 */
void
heddle_row_list_free (HeddleRowList *self)
{
  heddle_run_unref (self->run);
  g_array_unref (self->keys);
  g_free (self);
}

/**
 * heddle_row_list_add:
 * @model: as the list was made of
 * @begin: position of a row
 * @end: behind the last one
 *
 * Adds these rows.
 */
void
heddle_row_list_add (HeddleRowList *self, HeddleResultsModel *model, guint begin, guint end)
{
  end = MIN (end, g_list_model_get_n_items (G_LIST_MODEL (model)));
  for (guint i = begin; i < end; i++)
    {
      guint64 key = heddle_results_model_get_key (model, i);

      g_array_append_val (self->keys, key);
    }
}

/**
 * heddle_row_list_get_length:
 *
 * Returns: how many rows were added
 */
gsize
heddle_row_list_get_length (const HeddleRowList *self)
{
  return self->keys->len;
}

/* A task that has not ended yet, and one whose row is no longer kept, have none. */
static gboolean
fetch (const HeddleRowList *self, gsize nth, HeddleRow *row)
{
  return heddle_results_fetch (heddle_run_get_results (self->run), self->order,
                               g_array_index (self->keys, guint64, nth), row);
}

/**
 * heddle_row_list_dup_ids:
 * @n: (out): how many
 *
 * Returns: (transfer full): the numbers of the tasks whose rows there are
 */
guint64 *
heddle_row_list_dup_ids (const HeddleRowList *self, gsize *n)
{
  guint64 *ids = g_new (guint64, self->keys->len + 1);

  *n = 0;
  for (gsize i = 0; i < self->keys->len; i++)
    {
      HeddleRow row;

      if (!fetch (self, i, &row))
        continue;
      ids[(*n)++] = row.id;
      heddle_row_clear (&row);
    }
  return ids;
}

static void
append_row (const HeddleRowList *self, GString *text, const HeddleRow *row, guint n_columns)
{
  if (text->len > 0)
    g_string_append_c (text, '\n');
  for (guint i = 0; i < n_columns; i++)
    {
      char buffer[HEDDLE_FORMAT_SIZE];

      if (i > 0)
        g_string_append_c (text, '\t');
      heddle_row_text_append_cell (
        text, heddle_row_text_get (self->run, row, i, buffer, sizeof buffer));
    }
}

/**
 * heddle_row_list_dup_text:
 * @with_states: whether the times on CPU, ready and blocked are wanted
 *
 * Returns: (transfer full): the rows, one a line, with tabs between their cells, whole and not only
 * what fits a column; above several of them the titles
 */
char *
heddle_row_list_dup_text (const HeddleRowList *self, gboolean with_states)
{
  GString *text = g_string_new (NULL);
  guint n_columns = with_states ? HEDDLE_N_ROW_TEXTS : HEDDLE_ROW_ON_CPU;

  for (guint i = 0; i < n_columns && self->keys->len > 1; i++)
    g_string_append_printf (text, "%s%s", i > 0 ? "\t" : "", _(heddle_row_text_get_title (i)));
  for (gsize i = 0; i < self->keys->len; i++)
    {
      HeddleRow row;

      if (!fetch (self, i, &row))
        continue;
      append_row (self, text, &row, n_columns);
      heddle_row_clear (&row);
    }
  return g_string_free (text, FALSE);
}
