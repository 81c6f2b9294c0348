/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "app/widgets/table/selection.h"

static guint
get_length (const HeddleTableSelection *self)
{
  return self->ranges != NULL ? self->ranges->len : 0;
}

static HeddleTableRange *
get_range (const HeddleTableSelection *self, guint nth)
{
  return &g_array_index (self->ranges, HeddleTableRange, nth);
}

/**
 * heddle_table_selection_clear:
 *
 * Nothing is selected.
 */
void
heddle_table_selection_clear (HeddleTableSelection *self)
{
  if (self->ranges == NULL)
    self->ranges = g_array_new (FALSE, FALSE, sizeof (HeddleTableRange));
  g_array_set_size (self->ranges, 0);
}

/**
 * heddle_table_selection_free:
 *
 * Frees what it owns.
 */
void
heddle_table_selection_free (HeddleTableSelection *self)
{
  g_clear_pointer (&self->ranges, g_array_unref);
}

/* The first range that ends behind @position. */
static guint
find (const HeddleTableSelection *self, guint position)
{
  guint low = 0, high = get_length (self);

  while (low < high)
    {
      guint middle = low + (high - low) / 2;

      if (get_range (self, middle)->end <= position)
        low = middle + 1;
      else
        high = middle;
    }
  return low;
}

/**
 * heddle_table_selection_has:
 *
 * Returns: whether the row at @position is selected
 */
gboolean
heddle_table_selection_has (const HeddleTableSelection *self, guint position)
{
  guint nth = find (self, position);

  return nth < get_length (self) && get_range (self, nth)->begin <= position;
}

/**
 * heddle_table_selection_count:
 *
 * Returns: how many rows are selected
 */
guint
heddle_table_selection_count (const HeddleTableSelection *self)
{
  guint n = 0;

  for (guint i = 0; i < get_length (self); i++)
    n += get_range (self, i)->end - get_range (self, i)->begin;
  return n;
}

/**
 * heddle_table_selection_set:
 * @begin: first row
 * @end: behind the last one
 *
 * Selects these rows and no others; Shift extends from the first one.
 */
void
heddle_table_selection_set (HeddleTableSelection *self, guint begin, guint end)
{
  HeddleTableRange range = { begin, end };

  heddle_table_selection_clear (self);
  self->anchor = begin;
  if (begin < end)
    g_array_append_val (self->ranges, range);
}

/* Takes @begin to @end out. */
static void
cut (HeddleTableSelection *self, guint begin, guint end)
{
  guint nth = find (self, begin);

  while (nth < get_length (self) && get_range (self, nth)->begin < end)
    {
      HeddleTableRange range = *get_range (self, nth);
      HeddleTableRange rest = { end, range.end };

      g_array_remove_index (self->ranges, nth);
      if (range.end > end)
        g_array_insert_val (self->ranges, nth, rest);
      range.end = MIN (range.end, begin);
      if (range.begin < range.end)
        {
          g_array_insert_val (self->ranges, nth, range);
          nth++;
        }
    }
}

/* Adds a row that is not selected. */
static void
add (HeddleTableSelection *self, guint position)
{
  guint nth = find (self, position);
  HeddleTableRange range = { position, position + 1 };

  if (nth < get_length (self) && get_range (self, nth)->begin == range.end)
    {
      range.end = get_range (self, nth)->end;
      g_array_remove_index (self->ranges, nth);
    }
  if (nth > 0 && get_range (self, nth - 1)->end == position)
    get_range (self, nth - 1)->end = range.end;
  else
    g_array_insert_val (self->ranges, nth, range);
}

/**
 * heddle_table_selection_toggle:
 *
 * Selects the row at @position, or lets it go; Shift extends from it.
 */
void
heddle_table_selection_toggle (HeddleTableSelection *self, guint position)
{
  if (self->ranges == NULL)
    heddle_table_selection_clear (self);
  if (heddle_table_selection_has (self, position))
    cut (self, position, position + 1);
  else
    add (self, position);
  self->anchor = position;
}

/**
 * heddle_table_selection_extend:
 *
 * Selects what lies between the row from which Shift extends and @position, and no other row.
 */
void
heddle_table_selection_extend (HeddleTableSelection *self, guint position)
{
  guint anchor = self->anchor;

  heddle_table_selection_set (self, MIN (anchor, position), MAX (anchor, position) + 1);
  self->anchor = anchor;
}

/**
 * heddle_table_selection_shift:
 * @position: of the change
 * @removed: rows that were there
 * @added: rows that are there instead
 *
 * The table has changed: rows that stay stay selected. A row in place of another is the same one,
 * renewed; of more than one nothing is known, and they are not selected.
 */
void
heddle_table_selection_shift (HeddleTableSelection *self, guint position, guint removed,
                              guint added)
{
  guint end = position + removed;

  if (self->ranges == NULL || (removed == 1 && added == 1))
    return;
  cut (self, position, end);
  /* what comes in between parts what was one */
  for (guint i = 0; added > 0 && i < self->ranges->len; i++)
    if (get_range (self, i)->begin < position && get_range (self, i)->end > position)
      {
        HeddleTableRange rest = { position, get_range (self, i)->end };

        get_range (self, i)->end = position;
        g_array_insert_val (self->ranges, i + 1, rest);
        break;
      }
  for (guint i = 0; i < self->ranges->len; i++)
    if (get_range (self, i)->begin >= end)
      {
        get_range (self, i)->begin += added - removed;
        get_range (self, i)->end += added - removed;
      }
  /* what was taken out between two makes them one */
  for (guint i = 1; i < self->ranges->len; i++)
    if (get_range (self, i - 1)->end == get_range (self, i)->begin)
      {
        get_range (self, i - 1)->end = get_range (self, i)->end;
        g_array_remove_index (self->ranges, i);
        break;
      }
  if (self->anchor >= end)
    self->anchor += added - removed;
  else if (self->anchor >= position)
    self->anchor = position;
}
