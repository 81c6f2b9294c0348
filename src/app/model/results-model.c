/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The rows of a run's results as a list model that makes objects when they are asked for.
 *
 * The model remembers two numbers: how many rows there were at the last update, and how many of the
 * oldest were gone. So an update costs the same after ten tasks and after ten million. Rows that
 * come in are told in one change at the top (or, by id, at the end); rows that the budget gave up
 * in one change at the end (by id, at the top). Sorted by a column, what a pass of sorting has come
 * to is one change of everything. Rows never change once they are there, so an object, once made,
 * is right for ever, and the same object is given for the same row as long as somebody holds it.
 */
#include "config.h"

#include "app/model/results-model.h"

#define SORT_INTERVAL_MS 60 /* between looks whether a pass has ended */

struct _HeddleResultRow {
  GObject parent_instance;

  HeddleRow row;              /* owned texts */
  gboolean known;             /* row is filled: neither given up nor still to come */
  gboolean ended;             /* the task has, whether its row is kept or not */
  guint64 key;
  GHashTable *made;           /* owned: the model's, which finds the row by key; NULL: no longer */
};

struct _HeddleResultsModel {
  GObject parent_instance;

  HeddleResults *results; /* owned */
  HeddleResultsOrder order;  /* sorted: whether only errors */
  HeddleResultsSort *sort;   /* owned; NULL: not sorted by a column */
  guint n_sorted;            /* rows of it that were told of */
  guint sorting;             /* source that takes over passes, or 0 */
  /* oldest row that is shown; rows are counted over the whole life of the run */
  guint64 first;
  guint64 length;         /* one past the newest */
  guint64 given_up;
  /* key (row's index, or id) to HeddleResultRow, borrowed; those that somebody holds */
  GHashTable *made;
};

static guint looked_signal;

G_DEFINE_FINAL_TYPE (HeddleResultRow, heddle_result_row, G_TYPE_OBJECT)

static void
heddle_result_row_finalize (GObject *object)
{
  HeddleResultRow *self = HEDDLE_RESULT_ROW (object);

  if (self->made != NULL)
    g_hash_table_remove (self->made, &self->key);
  g_clear_pointer (&self->made, g_hash_table_unref);
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
 * Returns: (transfer none): the row. Where it is not known only its id may be set. Main loop, as
 * everything here.
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
 * Returns: %FALSE for a row that was given up meanwhile, and for a task that has not ended yet (by
 * id)
 */
gboolean
heddle_result_row_is_known (HeddleResultRow *self)
{
  g_return_val_if_fail (HEDDLE_IS_RESULT_ROW (self), FALSE);
  return self->known;
}

/**
 * heddle_result_row_has_ended:
 *
 * Returns: whether the task has ended: a row that is not known was given up then, and is still to
 * come otherwise
 */
gboolean
heddle_result_row_has_ended (HeddleResultRow *self)
{
  g_return_val_if_fail (HEDDLE_IS_RESULT_ROW (self), FALSE);
  return self->ended;
}

/**
 * heddle_results_fetch:
 * @order: of a model
 * @key: of a row of it
 * @row: (out caller-allocates): a copy of it: heddle_row_clear()
 *
 * Returns: %FALSE if there is no such row, or none any more; then @row is not touched. Any thread.
 */
gboolean
heddle_results_fetch (HeddleResults *results, HeddleResultsOrder order, guint64 key,
                      HeddleRow *row)
{
  guint64 index;

  if (order == HEDDLE_RESULTS_ERRORS)
    return heddle_results_get_error (results, key, row);
  if (order == HEDDLE_RESULTS_NEWEST_FIRST)
    return heddle_results_get (results, key, row);
  return heddle_results_find_id (results, key, &index)
    && heddle_results_get (results, index, row);
}

static void
read_counts (HeddleResultsModel *self, guint64 *first, guint64 *length)
{
  if (self->order == HEDDLE_RESULTS_BY_ID)
    {
      heddle_results_get_ids (self->results, first, length);
      (*first)--;
    }
  else
    heddle_results_sort_count (self->results, self->order == HEDDLE_RESULTS_ERRORS, first, length);
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

  if (self->sort != NULL)
    return self->n_sorted;
  return (guint) MIN (self->length - self->first, G_MAXUINT - 1);
}

/**
 * heddle_results_model_get_key:
 * @position: of a row
 *
 * Returns: by what heddle_results_fetch() finds it wherever it stands
 */
guint64
heddle_results_model_get_key (HeddleResultsModel *self, guint position)
{
  if (self->sort != NULL)
    return heddle_results_sort_get (self->sort, position);
  if (self->order == HEDDLE_RESULTS_BY_ID)
    return self->first + position + 1;
  return self->length - 1 - position;
}

/**
 * heddle_results_model_get_order:
 *
 * Returns: the order that heddle_results_fetch() needs with the keys
 */
HeddleResultsOrder
heddle_results_model_get_order (HeddleResultsModel *self)
{
  return self->order;
}

static gpointer
heddle_results_model_get_item (GListModel *model, guint position)
{
  HeddleResultsModel *self = HEDDLE_RESULTS_MODEL (model);
  HeddleResultRow *object;
  guint64 key;

  if (position >= heddle_results_model_get_n_items (model))
    return NULL;
  key = heddle_results_model_get_key (self, position);
  object = g_hash_table_lookup (self->made, &key);
  if (object != NULL)
    return g_object_ref (object);
  object = g_object_new (HEDDLE_TYPE_RESULT_ROW, NULL);
  object->made = g_hash_table_ref (self->made);
  object->key = key;
  object->known = heddle_results_fetch (self->results, self->order, key, &object->row);
  object->ended = object->known || self->order != HEDDLE_RESULTS_BY_ID
                  || heddle_results_has_ended (self->results, key);
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

  g_clear_handle_id (&self->sorting, g_source_remove);
  g_clear_pointer (&self->sort, heddle_results_sort_free);
  g_hash_table_unref (self->made);
  heddle_results_unref (self->results);
  G_OBJECT_CLASS (heddle_results_model_parent_class)->finalize (object);
}

static void
heddle_results_model_class_init (HeddleResultsModelClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = heddle_results_model_finalize;
  /* Rows were looked for: what has been found is in the list. */
  looked_signal = g_signal_new ("looked", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL,
                                NULL, NULL, G_TYPE_NONE, 0);
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

/* Rows that are no longer kept go from the list, where it is not made anew for that. */
static void
drop_sorted (HeddleResultsModel *self)
{
  guint dropped = heddle_results_sort_drop (self->sort);

  self->n_sorted -= dropped;
  if (dropped > 0)
    g_list_model_items_changed (G_LIST_MODEL (self), self->n_sorted, dropped, 0);
}

static gboolean
take_over_sorted (gpointer data)
{
  HeddleResultsModel *self = data;
  gboolean pending, changed;
  guint added;

  drop_sorted (self);
  changed = heddle_results_sort_update (self->sort, &pending, &added);
  if (changed)
    {
      guint before = self->n_sorted;

      self->n_sorted = heddle_results_sort_length (self->sort);
      if (added > 0)
        g_list_model_items_changed (G_LIST_MODEL (self), 0, 0, added);
      else
        g_list_model_items_changed (G_LIST_MODEL (self), 0, before, self->n_sorted);
    }
  if (!pending)
    self->sorting = 0;
  if (changed || !pending)
    g_signal_emit (self, looked_signal, 0);
  return pending ? G_SOURCE_CONTINUE : G_SOURCE_REMOVE;
}

/* Rows have come or gone: goes on until they are in the order, whether or not anybody updates the
 * model meanwhile. */
static void
sort_on (HeddleResultsModel *self)
{
  if (self->sorting != 0)
    return;
  self->sorting = g_timeout_add (SORT_INTERVAL_MS, take_over_sorted, self);
  g_source_set_name_by_id (self->sorting, "[heddle] sorting");
}

/**
 * heddle_results_model_new_sorted:
 * @results: the run's rows; a reference is taken
 * @errors: only those whose task failed or was lost
 * @key: the column by which they are sorted
 * @descending: the largest first; without a key it has to be set: the newest first
 * @filter: (nullable): which of them; copied
 *
 * Returns: (transfer full): a list model of #HeddleResultRow, without rows until they have been
 * found and sorted, but for the one of the task that @filter names. Main loop.
 */
HeddleResultsModel *
heddle_results_model_new_sorted (HeddleResults *results, gboolean errors, HeddleResultsKey key,
                                 gboolean descending, const HeddleResultsFilter *filter)
{
  HeddleResultsModel *self = heddle_results_model_new (
      results, errors ? HEDDLE_RESULTS_ERRORS : HEDDLE_RESULTS_NEWEST_FIRST);
  gboolean pending;
  guint added;

  self->sort = heddle_results_sort_new (results, errors, key, descending, filter);
  heddle_results_sort_update (self->sort, &pending, &added);
  self->n_sorted = heddle_results_sort_length (self->sort);
  sort_on (self);
  return self;
}

/* By id: tasks in sight that had not ended may have done so. Their rows are made anew; there are a
 * screenful of them at most. */
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

      if (row->known || row->ended || !heddle_results_has_ended (self->results, row->key))
        continue;
      g_array_append_val (keys, row->key);
      /* whoever holds it may keep it; the next one who asks gets a new one */
      g_hash_table_iter_remove (&iter);
      g_clear_pointer (&row->made, g_hash_table_unref);
    }
  for (guint i = 0; i < keys->len; i++)
    g_list_model_items_changed (G_LIST_MODEL (self),
                                (guint) (g_array_index (keys, guint64, i) - 1 - self->first), 1, 1);
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
  gboolean by_id, changed = FALSE;

  g_return_val_if_fail (HEDDLE_IS_RESULTS_MODEL (self), FALSE);

  by_id = self->order == HEDDLE_RESULTS_BY_ID;
  read_counts (self, &first, &length);
  self->given_up = heddle_results_get_first (self->results);
  if (self->sort != NULL)
    {
      drop_sorted (self);
      changed = first != self->first || length != self->length;
      self->first = first;
      self->length = length;
      if (changed)
        sort_on (self);
      return changed;
    }
  if (by_id)
    changed = renew_unknown (self);
  gone = MIN (first, self->length) - self->first;
  if (gone > 0)
    {
      self->first += gone;
      g_list_model_items_changed (
        G_LIST_MODEL (self),
        by_id ? 0 : heddle_results_model_get_n_items (G_LIST_MODEL (self)), (guint) gone, 0);
    }
  added = length - MAX (self->length, first);
  self->first = first;
  if (length > self->length)
    {
      guint position = by_id ? (guint) (MAX (self->length, first) - first) : 0;

      self->length = length;
      if (added > 0)
        g_list_model_items_changed (G_LIST_MODEL (self), position, 0, (guint) added);
    }
  return changed || gone > 0 || added > 0;
}

/**
 * heddle_results_model_has_rows:
 *
 * Returns: whether there were rows at the last update, also where they are still being sorted
 */
gboolean
heddle_results_model_has_rows (HeddleResultsModel *self)
{
  g_return_val_if_fail (HEDDLE_IS_RESULTS_MODEL (self), FALSE);
  return self->length > self->first;
}

/**
 * heddle_results_model_is_complete:
 *
 * Returns: whether every row that there was at the last update has been looked at: what a filter
 * wants is in the list
 */
gboolean
heddle_results_model_is_complete (HeddleResultsModel *self)
{
  g_return_val_if_fail (HEDDLE_IS_RESULTS_MODEL (self), FALSE);
  return self->sort == NULL || self->sorting == 0;
}

/**
 * heddle_results_model_get_length:
 *
 * Returns: how many rows there were at the last update, wanted or not
 */
guint64
heddle_results_model_get_length (HeddleResultsModel *self)
{
  g_return_val_if_fail (HEDDLE_IS_RESULTS_MODEL (self), 0);
  return self->length - self->first;
}

/**
 * heddle_results_model_find_id:
 * @id: a task's number
 * @position: (out): where its row stands
 *
 * Costs no more than a look at a list of numbers, whatever the number of rows.
 *
 * Returns: %FALSE if the list has no row of it
 */
gboolean
heddle_results_model_find_id (HeddleResultsModel *self, guint64 id, guint *position)
{
  gboolean errors;
  guint64 number;

  g_return_val_if_fail (HEDDLE_IS_RESULTS_MODEL (self), FALSE);

  errors = self->order == HEDDLE_RESULTS_ERRORS;
  if (self->order == HEDDLE_RESULTS_BY_ID)
    {
      *position = (guint) (id - 1 - self->first);
      return id > self->first && id <= self->length;
    }
  if (errors ? !heddle_results_find_error (self->results, id, &number)
             : !heddle_results_find_id (self->results, id, &number))
    return FALSE;
  if (self->sort != NULL)
    return heddle_results_sort_find (self->sort, number, position) && *position < self->n_sorted;
  *position = (guint) (self->length - 1 - number);
  return number >= self->first && number < self->length;
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

/**
 * heddle_results_model_get_first_id:
 *
 * Returns: by id: the task with which the list began at the last update; 0 where the rows stand in
 * another order
 */
guint64
heddle_results_model_get_first_id (HeddleResultsModel *self)
{
  g_return_val_if_fail (HEDDLE_IS_RESULTS_MODEL (self), 0);
  return self->order == HEDDLE_RESULTS_BY_ID && self->sort == NULL ? self->first + 1 : 0;
}

/**
 * heddle_results_model_find:
 * @item: one that it has given
 * @position: (out): where its row stands now
 *
 * Returns: %FALSE if it is not there any more
 */
gboolean
heddle_results_model_find (GListModel *model, GObject *item, guint *position)
{
  HeddleResultsModel *self = HEDDLE_RESULTS_MODEL (model);
  guint64 key = HEDDLE_RESULT_ROW (item)->key;
  guint n = heddle_results_model_get_n_items (model);

  if (self->sort != NULL)
    return heddle_results_sort_find (self->sort, key, position) && *position < n;
  if (self->order == HEDDLE_RESULTS_BY_ID)
    {
      *position = (guint) (key - 1 - self->first);
      return key > self->first && key <= self->length;
    }
  *position = (guint) (self->length - 1 - key);
  return key >= self->first && key < self->length;
}
