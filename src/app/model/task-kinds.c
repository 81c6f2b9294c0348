/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "app/model/task-kinds.h"

#include <string.h>

#define MOST_REMEMBERED 100000 /* tasks */
#define LONGEST_ENDING 8

struct _HeddleTaskKinds {
  GHashTable *of_task; /* id to kind; what is forgotten is found again */
  GPtrArray *names;    /* of owned strings: kind 1 is the first */
  guint n_kinds;       /* there is room for, kind 0 included */
  HeddleTaskKindsMet met; /* nullable */
  gpointer met_data;
};

/**
 * heddle_task_kinds_new:
 * @n_kinds: how many are told apart, kind 0 included
 *
 * Returns: (transfer full): no kinds yet
 */
HeddleTaskKinds *
heddle_task_kinds_new (guint n_kinds)
{
  HeddleTaskKinds *self = g_new0 (HeddleTaskKinds, 1);

  self->of_task = g_hash_table_new (NULL, NULL);
  self->names = g_ptr_array_new_with_free_func (g_free);
  self->n_kinds = n_kinds;
  return self;
}

/**
 * heddle_task_kinds_free:
 */
void
heddle_task_kinds_free (HeddleTaskKinds *self)
{
  g_hash_table_unref (self->of_task);
  g_ptr_array_unref (self->names);
  g_free (self);
}

/**
 * heddle_task_kinds_set_met_func:
 * @met: (nullable): is called for each kind that is met from now on
 * @data: for @met
 */
void
heddle_task_kinds_set_met_func (HeddleTaskKinds *self, HeddleTaskKindsMet met, gpointer data)
{
  self->met = met;
  self->met_data = data;
}

/**
 * heddle_task_kinds_find:
 * @id: a task's id
 *
 * Returns: its kind; %HEDDLE_TASK_KIND_NEW where heddle_task_kinds_add() is to be asked
 */
guint
heddle_task_kinds_find (const HeddleTaskKinds *self, guint64 id)
{
  gpointer kind;

  return g_hash_table_lookup_extended (self->of_task, GSIZE_TO_POINTER (id), NULL, &kind)
    ? GPOINTER_TO_UINT (kind)
    : HEDDLE_TASK_KIND_NEW;
}

/**
 * heddle_task_kinds_add:
 * @id: a task's id
 * @label: what it is called; "": that is not known yet
 *
 * Returns: its kind
 */
guint
heddle_task_kinds_add (HeddleTaskKinds *self, guint64 id, const char *label)
{
  g_autofree char *name = heddle_task_kind_dup (label);
  guint kind = 0;

  /* one that is called by its number has lost its name, or has none yet */
  if (label[0] == '\0' || g_str_equal (name, "…"))
    return 0;
  for (guint i = 0; i < self->names->len; i++)
    if (g_str_equal (g_ptr_array_index (self->names, i), name))
      kind = i + 1;
  if (kind == 0 && self->names->len + 1 < self->n_kinds)
    {
      g_ptr_array_add (self->names, g_steal_pointer (&name));
      kind = self->names->len;
      if (self->met != NULL)
        self->met (self->met_data);
    }
  if (g_hash_table_size (self->of_task) >= MOST_REMEMBERED)
    g_hash_table_remove_all (self->of_task);
  g_hash_table_insert (self->of_task, GSIZE_TO_POINTER (id), GUINT_TO_POINTER (kind));
  return kind;
}

/**
 * heddle_task_kinds_get_n:
 *
 * Returns: how many kinds there are, kind 0 included
 */
guint
heddle_task_kinds_get_n (const HeddleTaskKinds *self)
{
  return self->names->len + 1;
}

/**
 * heddle_task_kinds_get_name:
 * @kind: 1 to before heddle_task_kinds_get_n()
 *
 * Returns: (transfer none): what its tasks' names have in common
 */
const char *
heddle_task_kinds_get_name (const HeddleTaskKinds *self, guint kind)
{
  g_return_val_if_fail (kind > 0 && kind <= self->names->len, "");

  return g_ptr_array_index (self->names, kind - 1);
}

/* "gimp.png": where ".png" begins. NULL: it is not the name of a file with an ending. */
static const char *
find_ending (const char *label)
{
  const char *dot = strrchr (label, '.');
  gboolean has_letter = FALSE;
  gsize length;

  if (dot == NULL || dot == label || dot[-1] == '/' || dot[-1] == ' ')
    return NULL;
  length = strlen (dot + 1);
  for (gsize i = 1; i <= length; i++)
    {
      if (!g_ascii_isalnum (dot[i]))
        return NULL;
      has_letter = has_letter || g_ascii_isalpha (dot[i]);
    }
  return has_letter && length <= LONGEST_ENDING ? dot : NULL;
}

static gboolean
has_digit (const char *word)
{
  return strpbrk (word, "0123456789") != NULL;
}

/**
 * heddle_task_kind_dup:
 * @label: what a task is called
 *
 * Returns: (transfer full): what it has in common with others of its kind: the ending of a file's
 *   name, or its name without the folder, or what is left without the words in which there are
 *   numbers
 */
char *
heddle_task_kind_dup (const char *label)
{
  const char *ending = find_ending (label), *slash = strrchr (label, '/');
  g_auto (GStrv) words = NULL;
  GString *kind = g_string_new (NULL);
  guint n_words = 0;

  if (ending != NULL)
    {
      g_string_append (kind, ending);
      return g_string_free (kind, FALSE);
    }
  if (slash != NULL)
    label = slash + 1;
  words = g_strsplit (label, " ", -1);
  for (guint i = 0; words[i] != NULL; i++)
    {
      if (kind->len > 0)
        g_string_append_c (kind, ' ');
      n_words += !has_digit (words[i]);
      g_string_append (kind, has_digit (words[i]) ? "…" : words[i]);
    }
  /* "reader …" is a reader; "the factorial of …" needs it */
  if (n_words == 1 && g_str_has_suffix (kind->str, " …"))
    g_string_truncate (kind, kind->len - strlen (" …"));
  return g_string_free (kind, FALSE);
}
