/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

/*
 * Values, lists and dictionaries that tasks share. Lists and dictionaries are not synchronised, on
 * purpose: each step is one load or store, so that without a lock entries are really lost and
 * doubled, but no access ever leaves its memory.
 */

#include <string.h>

#include "engine/sync/shared-private.h"

#define NAME_BYTES 32
#define NAME_SHOWN 20 /* bytes */

typedef struct {
  _Atomic gint64 value;
} ValueCell;

struct _HeddleValue {
  HeddleSharedHandle base;
};

typedef struct {
  _Atomic guint32 length;
  _Atomic gint64 items[];
} ListCell;

/* The capacity bounds each access, so it does not stand in the cell, which any worker may write
 * over. */
struct _HeddleList {
  HeddleSharedHandle base;
  guint32 capacity;
};

typedef struct {
  _Atomic guint32 taken;
  _Atomic gint64 value;
  char name[NAME_BYTES];
} DictEntry;

typedef struct {
  _Atomic guint32 length;
  DictEntry entries[];
} DictCell;

struct _HeddleDict {
  HeddleSharedHandle base;
  guint32 capacity; /* as of a list */
};

#define LOAD(cell) atomic_load_explicit (&(cell), memory_order_relaxed)
#define STORE(cell, value) atomic_store_explicit (&(cell), (value), memory_order_relaxed)

/**
 * heddle_shared_value:
 * @watched: whether it is shown live
 *
 * Returns: (transfer none): a whole number. Only in share().
 */
HeddleValue *
heddle_shared_value (HeddleShared *self, const char *name, gint64 initial, gboolean watched)
{
  HeddleValue *value = heddle_shared_make (self, HEDDLE_SHARED_VALUE, name, sizeof (ValueCell),
                                           sizeof *value, watched);

  if (self->host)
    STORE (((ValueCell *) value->base.cell)->value, initial);
  return value;
}

/**
 * heddle_value_get:
 *
 * Returns: the number now
 */
gint64
heddle_value_get (HeddleValue *self)
{
  return LOAD (((ValueCell *) self->base.cell)->value);
}

/**
 * heddle_value_set:
 *
 * Stores a number. Reading, adding and setting without a lock loses what others set in between.
 */
void
heddle_value_set (HeddleValue *self, gint64 value)
{
  STORE (((ValueCell *) self->base.cell)->value, value);
}

/**
 * heddle_value_add:
 *
 * Adds in one indivisible step.
 *
 * Returns: the new number
 */
gint64
heddle_value_add (HeddleValue *self, gint64 delta)
{
  /* beyond the largest number follows the smallest, as the atomic has it */
  return (gint64) ((guint64) atomic_fetch_add (&((ValueCell *) self->base.cell)->value, delta)
                   + (guint64) delta);
}

/**
 * heddle_value_raise:
 * @value: what the number is to be at least
 *
 * Keeps a maximum, in one indivisible step: several may call it at the same time.
 */
void
heddle_value_raise (HeddleValue *self, gint64 value)
{
  _Atomic gint64 *cell = &((ValueCell *) self->base.cell)->value;
  gint64 highest = LOAD (*cell);

  while (value > highest && !atomic_compare_exchange_weak (cell, &highest, value))
    ;
}

/**
 * heddle_shared_list:
 * @capacity: how many entries it may have, at least 1
 * @watched: whether it is shown live
 *
 * Returns: (transfer none): an empty list of whole numbers. Only in share().
 */
HeddleList *
heddle_shared_list (HeddleShared *self, const char *name, guint capacity, gboolean watched)
{
  HeddleList *list = heddle_shared_make (self, HEDDLE_SHARED_LIST, name,
                                         sizeof (ListCell) + sizeof (gint64) * MAX (capacity, 1),
                                         sizeof *list, watched);

  list->capacity = MAX (capacity, 1);
  return list;
}

/**
 * heddle_list_append:
 *
 * Puts a number at the end: load the length, store the entry, store the length.
 *
 * Returns: FALSE if the list is full
 */
gboolean
heddle_list_append (HeddleList *self, gint64 value)
{
  ListCell *cell = self->base.cell;
  guint32 length = LOAD (cell->length);

  if (length >= self->capacity)
    return FALSE;
  STORE (cell->items[length], value);
  STORE (cell->length, length + 1);
  return TRUE;
}

/**
 * heddle_list_pop_first:
 * @value: (out): the first number
 *
 * Takes the first entry out and moves the others up, one by one.
 *
 * Returns: FALSE if the list is empty
 */
gboolean
heddle_list_pop_first (HeddleList *self, gint64 *value)
{
  ListCell *cell = self->base.cell;
  guint32 length = heddle_list_get_length (self);

  if (length == 0)
    return FALSE;
  *value = LOAD (cell->items[0]);
  for (guint32 i = 1; i < length; i++)
    STORE (cell->items[i - 1], LOAD (cell->items[i]));
  STORE (cell->length, length - 1);
  return TRUE;
}

/**
 * heddle_list_get_length:
 *
 * Returns: how many entries it has now
 */
guint
heddle_list_get_length (HeddleList *self)
{
  ListCell *cell = self->base.cell;

  return MIN (LOAD (cell->length), self->capacity);
}

/**
 * heddle_list_get:
 * @value: (out): the @nth entry, from 0
 *
 * Returns: FALSE if there is none
 */
gboolean
heddle_list_get (HeddleList *self, guint nth, gint64 *value)
{
  ListCell *cell = self->base.cell;

  if (nth >= heddle_list_get_length (self))
    return FALSE;
  *value = LOAD (cell->items[nth]);
  return TRUE;
}

/**
 * heddle_list_dup_text:
 *
 * Returns: (transfer full): its entries as the notes print a list: "[0, 1, 2]"
 */
char *
heddle_list_dup_text (HeddleList *self)
{
  GString *text = g_string_new ("[");
  gint64 value;

  for (guint i = 0; heddle_list_get (self, i, &value); i++)
    g_string_append_printf (text, "%s%" G_GINT64_FORMAT, i > 0 ? ", " : "", value);
  g_string_append_c (text, ']');
  return g_string_free (text, FALSE);
}

/**
 * heddle_shared_dict:
 * @capacity: how many names it may hold, at least 1
 * @watched: whether it is shown live
 *
 * Returns: (transfer none): an empty dictionary of whole numbers. Only in share().
 *
 * No workload of ours uses it so far; tests do.
 */
HeddleDict *
heddle_shared_dict (HeddleShared *self, const char *name, guint capacity, gboolean watched)
{
  HeddleDict *dict = heddle_shared_make (self, HEDDLE_SHARED_DICT, name,
                                         sizeof (DictCell) + sizeof (DictEntry) * MAX (capacity, 1),
                                         sizeof *dict, watched);

  dict->capacity = MAX (capacity, 1);
  return dict;
}

static DictEntry *
find_entry (HeddleDict *self, const char *name)
{
  DictCell *cell = self->base.cell;
  guint32 length = MIN (LOAD (cell->length), self->capacity);

  for (guint32 i = 0; i < length; i++)
    if (atomic_load_explicit (&cell->entries[i].taken, memory_order_acquire)
        && strncmp (cell->entries[i].name, name, NAME_BYTES - 1) == 0)
      return &cell->entries[i];
  return NULL;
}

/**
 * heddle_dict_set:
 * @name: at most 31 bytes count
 *
 * Gives a name a number; a new name is put at the end.
 *
 * Returns: FALSE if there is no room for a new name
 *
 * No workload of ours uses it so far; tests do.
 */
gboolean
heddle_dict_set (HeddleDict *self, const char *name, gint64 value)
{
  DictCell *cell = self->base.cell;
  DictEntry *entry = find_entry (self, name);
  guint32 length = LOAD (cell->length);

  if (entry == NULL)
    {
      if (length >= self->capacity)
        return FALSE;
      entry = &cell->entries[length];
      g_strlcpy (entry->name, name, sizeof entry->name);
      atomic_store_explicit (&entry->taken, 1, memory_order_release);
      STORE (cell->length, length + 1);
    }
  STORE (entry->value, value);
  return TRUE;
}

/**
 * heddle_dict_get:
 * @value: (out): the number of @name
 *
 * Returns: FALSE if the name is not in it
 *
 * No workload of ours uses it so far; tests do.
 */
gboolean
heddle_dict_get (HeddleDict *self, const char *name, gint64 *value)
{
  DictEntry *entry = find_entry (self, name);

  if (entry == NULL)
    return FALSE;
  *value = LOAD (entry->value);
  return TRUE;
}

/**
 * heddle_dict_get_length:
 *
 * Returns: how many names it holds now
 *
 * No workload of ours uses it so far; tests do.
 */
guint
heddle_dict_get_length (HeddleDict *self)
{
  DictCell *cell = self->base.cell;

  return MIN (LOAD (cell->length), self->capacity);
}

static void
fill_list (HeddleList *self, HeddleWatch *watch)
{
  const ListCell *cell = self->base.cell;

  watch->kind = HEDDLE_WATCH_LIST;
  watch->capacity = self->capacity;
  watch->length = heddle_list_get_length (self);
  watch->n_entries = MIN (watch->length, HEDDLE_WATCH_ENTRIES);
  for (guint i = 0; i < watch->n_entries; i++)
    g_snprintf (watch->entries[i], sizeof watch->entries[i], "%" G_GINT64_FORMAT,
                LOAD (cell->items[i]));
}

/* As much of the name as is valid text: it is a copy of what a worker may just be writing. */
static void
show_entry (const DictEntry *entry, char *buffer, gsize size)
{
  char name[NAME_SHOWN + 1];
  const char *end;

  memcpy (name, entry->name, NAME_SHOWN);
  name[NAME_SHOWN] = '\0';
  g_utf8_validate (name, -1, &end);
  g_snprintf (buffer, size, "%.*s: %" G_GINT64_FORMAT, (int) (end - name), name,
              LOAD (entry->value));
}

static void
fill_dict (HeddleDict *self, HeddleWatch *watch)
{
  const DictCell *cell = self->base.cell;

  watch->kind = HEDDLE_WATCH_DICT;
  watch->capacity = self->capacity;
  watch->length = heddle_dict_get_length (self);
  watch->n_entries = MIN (watch->length, HEDDLE_WATCH_ENTRIES);
  for (guint i = 0; i < watch->n_entries; i++)
    /* acquire: the name was written before */
    if (atomic_load_explicit (&cell->entries[i].taken, memory_order_acquire))
      show_entry (&cell->entries[i], watch->entries[i], sizeof watch->entries[i]);
}

/* Its contents now, read while workers go on. */
void
heddle_data_fill_watch (HeddleSharedKind kind, gpointer handle, HeddleWatch *watch)
{
  if (kind == HEDDLE_SHARED_LIST)
    fill_list (handle, watch);
  else if (kind == HEDDLE_SHARED_DICT)
    fill_dict (handle, watch);
  else
    {
      watch->kind = HEDDLE_WATCH_VALUE;
      watch->value = LOAD (((ValueCell *) ((HeddleSharedHandle *) handle)->cell)->value);
    }
}
