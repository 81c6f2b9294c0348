/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The rows of a run's results as a list model that makes objects when they are asked for.
 *
 * The model remembers two numbers: how many rows there were at the last update, and how many of the oldest were gone. So
 * an update costs the same after ten tasks and after ten million. Rows that come in are told in one
 * change at the top (or, by id, at the end); rows that the budget gave up in one change at the end.
 * Rows never change once they are there, so an object, once made, is right for ever, and the same object is given for
 * the same row as long as somebody holds it.
 */
#include "config.h"

#include "app/results-model.h"

struct _HeddleResultRow {
  GObject parent_instance;

  HeddleRow row;              /* owned texts */
  gboolean known;             /* row is filled: neither given up nor still to come */
  guint64 key;
  HeddleResultsModel *model;  /* borrowed; NULL once the model is gone */
};

struct _HeddleResultsModel {
  GObject parent_instance;

  HeddleResults *results; /* owned */
  HeddleResultsOrder order;
  guint64 first;          /* oldest row that is shown; rows are counted over the whole life of the run */
  guint64 length;         /* one past the newest */
  guint64 given_up;
  GHashTable *made;       /* key (row's index, or id) to HeddleResultRow, borrowed; those that somebody holds */
};

G_DEFINE_FINAL_TYPE (HeddleResultRow, heddle_result_row, G_TYPE_OBJECT)

static void
heddle_result_row_finalize (GObject *object)
{
  HeddleResultRow *self = HEDDLE_RESULT_ROW (object);

  if (self->model != NULL)
    g_hash_table_remove (self->model->made, &self->key);
  if (self->known)
    heddle_row_clear (&self->row);
  G_OBJECT_CLASS (heddle_result_row_parent_class)->finalize (object);
}

static void
heddle_result_row_class_init (HeddleResultRowClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = heddle_result_row_finalize;
}

static void
heddle_result_row_init (HeddleResultRow *self)
{
}

/**
 * heddle_result_row_get:
 *
 * Returns: (transfer none): the row. Where it is not known only its id may be set. Main loop, as everything here.
 */
const HeddleRow *
heddle_result_row_get (HeddleResultRow *self)
{
  g_return_val_if_fail (HEDDLE_IS_RESULT_ROW (self), NULL);
  return &self->row;
}

/**
 * heddle_result_row_is_known:
 *
 * Returns: %FALSE for a row that was given up meanwhile, and for a task that has not ended yet (by id)
 */
gboolean
heddle_result_row_is_known (HeddleResultRow *self)
{
  g_return_val_if_fail (HEDDLE_IS_RESULT_ROW (self), FALSE);
  return self->known;
}

static gboolean
fetch (HeddleResultsModel *self, guint64 key, HeddleRow *row)
{
  guint64 index;

  if (self->order == HEDDLE_RESULTS_ERRORS)
    return heddle_results_get_error (self->results, key, row);
  if (self->order == HEDDLE_RESULTS_NEWEST_FIRST)
    return heddle_results_get (self->results, key, row);
  return heddle_results_find_id (self->results, key, &index) && heddle_results_get (self->results, index, row);
}

static void
read_counts (HeddleResultsModel *self, guint64 *first, guint64 *length)
{
  gboolean errors = self->order == HEDDLE_RESULTS_ERRORS;

  /* Two calls, between which rows come and go: those that come are for the next update, those that go are seen by the second. */
  *length = errors ? heddle_results_get_n_errors (self->results) : heddle_results_get_length (self->results);
  *first = errors ? heddle_results_get_first_error (self->results) : heddle_results_get_first (self->results);
  if (self->order == HEDDLE_RESULTS_BY_ID)
    *first = 0;
  *first = MIN (*first, *length);
}

static GType
heddle_results_model_get_item_type (GListModel *model)
{
  return HEDDLE_TYPE_RESULT_ROW;
}

static guint
heddle_results_model_get_n_items (GListModel *model)
{
  HeddleResultsModel *self = HEDDLE_RESULTS_MODEL (model);

  return (guint) MIN (self->length - self->first, G_MAXUINT - 1);
}

static gpointer
heddle_results_model_get_item (GListModel *model, guint position)
{
  HeddleResultsModel *self = HEDDLE_RESULTS_MODEL (model);
  HeddleResultRow *object;
  guint64 key;

  if (position >= heddle_results_model_get_n_items (model))
    return NULL;
  key = self->order == HEDDLE_RESULTS_BY_ID ? (guint64) position + 1 : self->length - 1 - position;
  object = g_hash_table_lookup (self->made, &key);
  if (object != NULL)
    return g_object_ref (object);
  object = g_object_new (HEDDLE_TYPE_RESULT_ROW, NULL);
  object->model = self;
  object->key = key;
  object->known = fetch (self, key, &object->row);
  if (!object->known)
    object->row = (HeddleRow) { .id = self->order == HEDDLE_RESULTS_BY_ID ? key : 0 };
  g_hash_table_insert (self->made, &object->key, object);
  return object;
}

static void
list_model_iface_init (GListModelInterface *iface)
{
  iface->get_item_type = heddle_results_model_get_item_type;
  iface->get_n_items = heddle_results_model_get_n_items;
  iface->get_item = heddle_results_model_get_item;
}

G_DEFINE_FINAL_TYPE_WITH_CODE (HeddleResultsModel, heddle_results_model, G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (G_TYPE_LIST_MODEL, list_model_iface_init))

static void
heddle_results_model_finalize (GObject *object)
{
  HeddleResultsModel *self = HEDDLE_RESULTS_MODEL (object);
  GHashTableIter iter;
  gpointer row;

  g_hash_table_iter_init (&iter, self->made);
  while (g_hash_table_iter_next (&iter, NULL, &row))
    ((HeddleResultRow *) row)->model = NULL;
  g_hash_table_unref (self->made);
  heddle_results_unref (self->results);
  G_OBJECT_CLASS (heddle_results_model_parent_class)->finalize (object);
}

static void
heddle_results_model_class_init (HeddleResultsModelClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = heddle_results_model_finalize;
}

static void
heddle_results_model_init (HeddleResultsModel *self)
{
  self->made = g_hash_table_new (g_int64_hash, g_int64_equal);
}

/**
 * heddle_results_model_new:
 * @results: the run's rows; a reference is taken
 * @order: which of them, and how
 *
 * Returns: (transfer full): a list model of #HeddleResultRow, as the results are now. Main loop.
 */
HeddleResultsModel *
heddle_results_model_new (HeddleResults *results, HeddleResultsOrder order)
{
  HeddleResultsModel *self;

  g_return_val_if_fail (results != NULL, NULL);

  self = g_object_new (HEDDLE_TYPE_RESULTS_MODEL, NULL);
  self->results = heddle_results_ref (results);
  self->order = order;
  read_counts (self, &self->first, &self->length);
  self->given_up = heddle_results_get_first (results);
  return self;
}

/* By id: tasks in sight that had not ended may have done so. Their rows are made anew; there are a screenful of them at most. */
static gboolean
renew_unknown (HeddleResultsModel *self)
{
  g_autoptr (GArray) keys = g_array_new (FALSE, FALSE, sizeof (guint64));
  GHashTableIter iter;
  gpointer value;

  g_hash_table_iter_init (&iter, self->made);
  while (g_hash_table_iter_next (&iter, NULL, &value))
    {
      HeddleResultRow *row = value;
      guint64 index;

      if (row->known || !heddle_results_find_id (self->results, row->key, &index))
        continue;
      g_array_append_val (keys, row->key);
      row->model = NULL; /* whoever holds it may keep it; the next one who asks gets a new one */
      g_hash_table_iter_remove (&iter);
    }
  for (guint i = 0; i < keys->len; i++)
    g_list_model_items_changed (G_LIST_MODEL (self), (guint) g_array_index (keys, guint64, i) - 1, 1, 1);
  return keys->len > 0;
}

/**
 * heddle_results_model_update:
 *
 * Takes over what has come in and what was given up since the last call.
 *
 * Returns: whether anything changed. Main loop.
 */
gboolean
heddle_results_model_update (HeddleResultsModel *self)
{
  guint64 first, length, gone, added;
  gboolean changed = FALSE;

  g_return_val_if_fail (HEDDLE_IS_RESULTS_MODEL (self), FALSE);

  read_counts (self, &first, &length);
  self->given_up = heddle_results_get_first (self->results);
  if (self->order == HEDDLE_RESULTS_BY_ID)
    changed = renew_unknown (self);
  gone = MIN (first, self->length) - self->first;
  if (gone > 0)
    {
      self->first += gone;
      g_list_model_items_changed (G_LIST_MODEL (self), heddle_results_model_get_n_items (G_LIST_MODEL (self)), (guint) gone, 0);
    }
  added = length - MAX (self->length, first);
  self->first = first;
  if (length > self->length)
    {
      guint position = self->order == HEDDLE_RESULTS_BY_ID ? (guint) self->length : 0;

      self->length = length;
      if (added > 0)
        g_list_model_items_changed (G_LIST_MODEL (self), position, 0, (guint) added);
    }
  return changed || gone > 0 || added > 0;
}

/**
 * heddle_results_model_get_given_up:
 *
 * Returns: how many of the oldest rows were no longer kept at the last update
 */
guint64
heddle_results_model_get_given_up (HeddleResultsModel *self)
{
  g_return_val_if_fail (HEDDLE_IS_RESULTS_MODEL (self), 0);
  return self->given_up;
}
