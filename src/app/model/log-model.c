/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A run's log as a list model, oldest line first. The log itself is bounded; the model shows the
 * part that is kept, and makes an object for a line when somebody asks for it. The table holds the
 * rows in sight, so the model caches nothing; while somebody holds a row, the model gives out the
 * same object for that line.
 */
#include "config.h"

#include "app/model/log-model.h"

struct _HeddleLogRow {
  GObject parent_instance;

  HeddleLogLine line;    /* owned text; NULL where it was given up meanwhile */
  guint64 index;
  GHashTable *made;      /* owned: the model's, which finds the row by its index */
};

struct _HeddleLogModel {
  GObject parent_instance;

  HeddleLog *log; /* owned */
  guint64 first;
  guint64 length;
  GHashTable *made; /* index to HeddleLogRow, borrowed */
};

G_DEFINE_FINAL_TYPE (HeddleLogRow, heddle_log_row, G_TYPE_OBJECT)

static void
heddle_log_row_finalize (GObject *object)
{
  HeddleLogRow *self = HEDDLE_LOG_ROW (object);

  g_hash_table_remove (self->made, &self->index);
  g_hash_table_unref (self->made);
  heddle_log_line_clear (&self->line);
  G_OBJECT_CLASS (heddle_log_row_parent_class)->finalize (object);
}

static void
heddle_log_row_class_init (HeddleLogRowClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = heddle_log_row_finalize;
}

static void
heddle_log_row_init (HeddleLogRow *self)
{
}

/**
 * heddle_log_row_get:
 *
 * Returns: (transfer none): the line; its text is %NULL if it was given up before it could be read.
 * Main loop, as everything here.
 */
const HeddleLogLine *
heddle_log_row_get (HeddleLogRow *self)
{
  g_return_val_if_fail (HEDDLE_IS_LOG_ROW (self), NULL);
  return &self->line;
}

static GType
heddle_log_model_get_item_type (GListModel *model)
{
  return HEDDLE_TYPE_LOG_ROW;
}

static guint
heddle_log_model_get_n_items (GListModel *model)
{
  HeddleLogModel *self = HEDDLE_LOG_MODEL (model);

  return (guint) (self->length - self->first);
}

static gpointer
heddle_log_model_get_item (GListModel *model, guint position)
{
  HeddleLogModel *self = HEDDLE_LOG_MODEL (model);
  HeddleLogRow *row;
  guint64 index = self->first + position;

  if (index >= self->length)
    return NULL;
  row = g_hash_table_lookup (self->made, &index);
  if (row != NULL)
    return g_object_ref (row);
  row = g_object_new (HEDDLE_TYPE_LOG_ROW, NULL);
  row->made = g_hash_table_ref (self->made);
  row->index = index;
  heddle_log_get (self->log, index, &row->line);
  g_hash_table_insert (self->made, &row->index, row);
  return row;
}

static void
list_model_iface_init (GListModelInterface *iface)
{
  iface->get_item_type = heddle_log_model_get_item_type;
  iface->get_n_items = heddle_log_model_get_n_items;
  iface->get_item = heddle_log_model_get_item;
}

G_DEFINE_FINAL_TYPE_WITH_CODE (HeddleLogModel, heddle_log_model, G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (G_TYPE_LIST_MODEL, list_model_iface_init))

static void
heddle_log_model_finalize (GObject *object)
{
  HeddleLogModel *self = HEDDLE_LOG_MODEL (object);

  g_hash_table_unref (self->made);
  heddle_log_unref (self->log);
  G_OBJECT_CLASS (heddle_log_model_parent_class)->finalize (object);
}

static void
heddle_log_model_class_init (HeddleLogModelClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = heddle_log_model_finalize;
}

static void
heddle_log_model_init (HeddleLogModel *self)
{
  self->made = g_hash_table_new (g_int64_hash, g_int64_equal);
}

/**
 * heddle_log_model_new:
 * @log: a run's log; a reference is taken
 *
 * Returns: (transfer full): a list model of #HeddleLogRow, as the log is now. Main loop.
 */
HeddleLogModel *
heddle_log_model_new (HeddleLog *log)
{
  HeddleLogModel *self;

  g_return_val_if_fail (log != NULL, NULL);

  self = g_object_new (HEDDLE_TYPE_LOG_MODEL, NULL);
  self->log = heddle_log_ref (log);
  self->length = heddle_log_get_length (log);
  self->first = MIN (heddle_log_get_first (log), self->length);
  return self;
}

/**
 * heddle_log_model_update:
 *
 * Takes over the lines that came and those that went since the last call.
 *
 * Returns: whether there were any. Main loop.
 */
gboolean
heddle_log_model_update (HeddleLogModel *self)
{
  guint64 length, first, gone, added;

  g_return_val_if_fail (HEDDLE_IS_LOG_MODEL (self), FALSE);

  length = heddle_log_get_length (self->log);
  first = MIN (heddle_log_get_first (self->log), length);
  gone = MIN (first, self->length) - self->first;
  added = length - MAX (self->length, first);
  if (gone > 0)
    {
      self->first += gone;
      g_list_model_items_changed (G_LIST_MODEL (self), 0, (guint) gone, 0);
    }
  if (added > 0)
    {
      guint position = (guint) (MAX (self->length, first) - first);

      self->length = length;
      self->first = first;
      g_list_model_items_changed (G_LIST_MODEL (self), position, 0, (guint) added);
    }
  return gone > 0 || added > 0;
}

/**
 * heddle_log_model_get_given_up:
 *
 * Returns: how many of the oldest lines were no longer kept at the last update
 */
guint64
heddle_log_model_get_given_up (HeddleLogModel *self)
{
  g_return_val_if_fail (HEDDLE_IS_LOG_MODEL (self), 0);
  return self->first;
}
