/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "engine/sync/manager-store.h"

#include <string.h>

#include "engine/sync/shared.h"

struct _HeddleManagerStore {
  GArray *list; /* of gint64; those before first are taken out */
  guint first;
  GHashTable *dict; /* char * to gint64 * */
};

/**
 * heddle_manager_store_new:
 *
 * Returns: (transfer full): an empty list and an empty dictionary
 */
HeddleManagerStore *
heddle_manager_store_new (void)
{
  HeddleManagerStore *self = g_new0 (HeddleManagerStore, 1);

  self->list = g_array_new (FALSE, FALSE, sizeof (gint64));
  self->dict = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  return self;
}

/**
 * heddle_manager_store_free:
 * @self: (transfer full): a store
 */
void
heddle_manager_store_free (HeddleManagerStore *self)
{
  g_array_unref (self->list);
  g_hash_table_unref (self->dict);
  g_free (self);
}

static guint32
list_append (HeddleManagerStore *self, gint64 value)
{
  if (self->list->len - self->first >= HEDDLE_MANAGER_ENTRIES)
    return HEDDLE_MANAGER_FULL;
  g_array_append_val (self->list, value);
  return HEDDLE_MANAGER_OK;
}

static guint32
list_pop_first (HeddleManagerStore *self, gint64 *value)
{
  if (self->first == self->list->len)
    return HEDDLE_MANAGER_NONE;
  *value = g_array_index (self->list, gint64, self->first++);
  /* moving the rest up costs as much as taking out that many did */
  if (self->first > 64 && self->first > self->list->len / 2)
    {
      g_array_remove_range (self->list, 0, self->first);
      self->first = 0;
    }
  return HEDDLE_MANAGER_OK;
}

/* The place of a name's number; NULL if it is not there and is not to be made, or there is no
 * room. */
static gint64 *
dict_find (HeddleManagerStore *self, const char *name, gboolean make)
{
  gint64 *value = g_hash_table_lookup (self->dict, name);

  if (value == NULL && make && g_hash_table_size (self->dict) < HEDDLE_MANAGER_ENTRIES)
    {
      value = g_new0 (gint64, 1);
      g_hash_table_insert (self->dict, g_strdup (name), value);
    }
  return value;
}

/**
 * heddle_manager_store_answer:
 * @request: a message of @length bytes, in memory that has room for a whole one
 * @answer: (out): what to say
 *
 * Does what a client asks for.
 *
 * Returns: FALSE, and nothing has changed, if that is no request of this protocol: who has sent it
 * is not one of ours
 */
gboolean
heddle_manager_store_answer (HeddleManagerStore *self, const HeddleManagerRequest *request,
                             gssize length, HeddleManagerAnswer *answer)
{
  gint64 *value;

  if (length != sizeof *request || request->op >= HEDDLE_MANAGER_N_OPS
      || memchr (request->name, '\0', sizeof request->name) == NULL)
    return FALSE;
  *answer = (HeddleManagerAnswer) { .status = HEDDLE_MANAGER_OK };
  switch ((HeddleManagerOp) request->op)
    {
    case HEDDLE_MANAGER_LIST_APPEND:
      answer->status = list_append (self, request->value);
      break;
    case HEDDLE_MANAGER_LIST_POP_FIRST:
      answer->status = list_pop_first (self, &answer->value);
      break;
    case HEDDLE_MANAGER_LIST_GET_LENGTH:
      answer->value = self->list->len - self->first;
      break;
    case HEDDLE_MANAGER_DICT_GET:
      value = dict_find (self, request->name, FALSE);
      answer->status = value != NULL ? HEDDLE_MANAGER_OK : HEDDLE_MANAGER_NONE;
      answer->value = value != NULL ? *value : 0;
      break;
    case HEDDLE_MANAGER_DICT_SET:
    case HEDDLE_MANAGER_DICT_ADD:
      value = dict_find (self, request->name, TRUE);
      answer->status = value != NULL ? HEDDLE_MANAGER_OK : HEDDLE_MANAGER_FULL;
      if (value != NULL)
        answer->value = *value = request->op == HEDDLE_MANAGER_DICT_SET
          ? request->value
          : (gint64) ((guint64) *value + (guint64) request->value);
      break;
    case HEDDLE_MANAGER_N_OPS:
    default:
      break;
    }
  return TRUE;
}
