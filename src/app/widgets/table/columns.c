/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The widths of a table's columns.
 *
 * A column is as wide as the longest text it has shown since the table got its model. It grows and
 * does not shrink meanwhile, so that columns do not dance while numbers change. Texts are measured
 * while rows are filled, which may be in the middle of a layout: what was measured counts from
 * heddle_table_columns_apply() on, which the table calls between two layouts, so that head and rows
 * always have the same widths.
 *
 * Only a text with more characters than any before it is measured: a few in a run, whatever the
 * number of rows. Texts beside an icon count for themselves: such a one may be as short as another
 * and yet need more room.
 */
#include "config.h"

#include <glib/gi18n.h>
#include <string.h>

#include "app/widgets/table/columns.h"

#define SLACK 6       /* a text with as many letters may be a little wider */
#define STEP 8        /* widths grow in such steps */
#define LEAST 24      /* of any column, pixels */
#define LEAST_TEXT 64 /* of a column with a weight, before others have to give way */
#define MOST 280      /* of a column without a weight */
#define MOST_MEASURED 1200

/**
 * heddle_table_columns_init:
 * @columns: (array length=n_columns): outlive @self
 */
void
heddle_table_columns_init (HeddleTableColumns *self, const HeddleTableColumn *columns,
                           guint n_columns)
{
  g_return_if_fail (n_columns > 0 && n_columns <= HEDDLE_TABLE_MAX_COLUMNS);

  *self = (HeddleTableColumns) { .columns = columns, .n_columns = n_columns, .sorted = -1 };
}

/**
 * heddle_table_columns_shows:
 *
 * Returns: whether the table has this column now
 */
gboolean
heddle_table_columns_shows (const HeddleTableColumns *self, guint column)
{
  return column < self->n_columns && self->columns[column].width > 0;
}

/**
 * heddle_table_columns_measure:
 * @text: what stands in @column somewhere
 * @beside: pixels that stand in front of it
 * @cell: has the font
 *
 * Takes note of a text. Costs its letters' count where a longer one is known.
 */
void
heddle_table_columns_measure (HeddleTableColumns *self, guint column, const char *text, int beside,
                              GtkWidget *cell)
{
  guint n = (guint) g_utf8_strlen (text, -1);
  guint *longest = beside > 0 ? &self->longest_beside[column] : &self->longest[column];
  g_autoptr (PangoLayout) layout = NULL;
  int width;

  if (n <= *longest)
    return;
  *longest = n;
  if (self->measured[column] >= MOST_MEASURED)
    return;
  layout = gtk_widget_create_pango_layout (cell, text);
  pango_layout_get_pixel_size (layout, &width, NULL);
  width = MIN ((width + beside + SLACK + STEP - 1) / STEP * STEP, MOST_MEASURED);
  self->measured[column] = MAX (self->measured[column], width);
}

/**
 * heddle_table_columns_apply:
 *
 * Lets what was measured count from now on. Not in the middle of a layout.
 *
 * Returns: whether any width may be another one
 */
gboolean
heddle_table_columns_apply (HeddleTableColumns *self)
{
  if (memcmp (self->content, self->measured, sizeof self->content) == 0)
    return FALSE;
  memcpy (self->content, self->measured, sizeof self->content);
  return TRUE;
}

/**
 * heddle_table_columns_forget:
 *
 * Forgets the texts: others come. What the user has chosen stays.
 */
void
heddle_table_columns_forget (HeddleTableColumns *self)
{
  memset (self->longest, 0, sizeof self->longest);
  memset (self->longest_beside, 0, sizeof self->longest_beside);
  memset (self->measured, 0, sizeof self->measured);
}

/* Columns without a weight get what they hold; those with one get that too, but no more than they
 * ask for before others have theirs. */
static int
wanted (const HeddleTableColumns *self, guint column)
{
  int natural = MAX (self->content[column], self->title[column]);

  if (!heddle_table_columns_shows (self, column))
    return 0;
  if (self->chosen[column] > 0)
    return self->chosen[column];
  if (self->columns[column].weight == 0)
    return CLAMP (natural, LEAST, MAX (MOST, self->columns[column].width));
  return CLAMP (natural, LEAST_TEXT, MAX (LEAST_TEXT, self->columns[column].width));
}

/* Takes up to @missing pixels from columns that are wider than @least, from each in proportion to
 * what it has beyond. Returns what is missing still. */
static int
take (const HeddleTableColumns *self, int *widths, int missing, int least, gboolean weighted)
{
  gint64 spare = 0, taken;
  int rest;

  for (guint i = 0; i < self->n_columns; i++)
    if (widths[i] > least && (!weighted || self->columns[i].weight > 0))
      spare += widths[i] - least;
  taken = rest = (int) MIN (MAX (missing, 0), spare);
  for (guint i = 0; i < self->n_columns && taken > 0; i++)
    if (widths[i] > least && (!weighted || self->columns[i].weight > 0))
      {
        /* rounded up: what the last ones would have to give is not more than they have */
        int part = MIN ((int) ((taken * (widths[i] - least) + spare - 1) / spare), rest);

        widths[i] -= part;
        rest -= part;
      }
  return missing - (int) taken;
}

/* Room that is left over: first to texts that are cut, then to all by their weights. */
static void
give (const HeddleTableColumns *self, int *widths, int room)
{
  gint64 cut = 0, weights = 0, first;
  int given = 0;

  for (guint i = 0; i < self->n_columns; i++)
    if (widths[i] > 0 && self->columns[i].weight > 0)
      {
        cut += self->chosen[i] > 0 ? 0 : MAX (self->content[i] - widths[i], 0);
        weights += self->columns[i].weight;
      }
  first = MIN (cut, room);
  for (guint i = 0; i < self->n_columns && first > 0; i++)
    if (widths[i] > 0 && self->columns[i].weight > 0 && self->chosen[i] == 0
        && self->content[i] > widths[i])
      {
        int part = (int) (first * (self->content[i] - widths[i]) / cut);

        widths[i] += part;
        given += part;
      }
  for (guint i = 0; i < self->n_columns && weights > 0; i++)
    if (widths[i] > 0)
      widths[i] += (int) ((gint64) (room - given) * self->columns[i].weight / weights);
}

/* How much is missing of @width if no column gets less than it needs; @widths become what they
 * want. */
static int
want_all (const HeddleTableColumns *self, int width, guint left_out, int *widths, int *room)
{
  int needed = 0, n = 0;

  for (guint i = 0; i < self->n_columns; i++)
    {
      widths[i] = (left_out & 1u << i) != 0 ? 0 : wanted (self, i);
      needed += self->columns[i].weight > 0 ? MIN (widths[i], LEAST_TEXT) : widths[i];
      n += widths[i] > 0;
    }
  *room = MAX (width - HEDDLE_TABLE_SPACING * MAX (n - 1, 0), 0);
  return needed - *room;
}

/* The next column to do without, or -1. */
static int
find_spare (const HeddleTableColumns *self, guint left_out)
{
  for (int i = (int) self->n_columns - 1; i >= 0; i--)
    if ((self->columns[i].flags & HEDDLE_COLUMN_SPARE) != 0 && (left_out & 1u << i) == 0
        && heddle_table_columns_shows (self, (guint) i))
      return i;
  return -1;
}

/**
 * heddle_table_columns_share:
 * @width: of a row, pixels
 * @widths: (out caller-allocates) (array): of each column; 0 for one that is not there
 *
 * Together with the space between them they never take more than @width, unless there is not even
 * room for the space. Texts become shorter first, then spare columns are left out, then all the
 * others become narrower.
 */
void
heddle_table_columns_share (const HeddleTableColumns *self, int width, int *widths)
{
  guint left_out = 0;
  int missing, room, spare;

  while (want_all (self, width, left_out, widths, &room) > 0
         && (spare = find_spare (self, left_out)) >= 0)
    left_out |= 1u << spare;
  missing = -room;
  for (guint i = 0; i < self->n_columns; i++)
    missing += widths[i];
  if (missing <= 0)
    {
      give (self, widths, -missing);
      return;
    }
  missing = take (self, widths, missing, LEAST_TEXT, TRUE);
  missing = take (self, widths, missing, LEAST, FALSE);
  take (self, widths, missing, 0, FALSE);
}

/**
 * heddle_table_columns_freeze:
 * @width: of a row
 *
 * Columns keep the widths that they have: the user begins to move one of their borders.
 */
void
heddle_table_columns_freeze (HeddleTableColumns *self, int width)
{
  int widths[HEDDLE_TABLE_MAX_COLUMNS];

  heddle_table_columns_share (self, width, widths);
  for (guint i = 0; i < self->n_columns; i++)
    self->chosen[i] = widths[i];
}

/**
 * heddle_table_columns_move:
 * @column: frozen, not the last one
 * @by: pixels
 *
 * Moves the border behind @column: it gets wider by what the next one loses.
 */
void
heddle_table_columns_move (HeddleTableColumns *self, guint column, int by)
{
  guint next = column + 1;

  while (next < self->n_columns && self->chosen[next] == 0)
    next++;
  if (next >= self->n_columns)
    return;
  by = CLAMP (by, MIN (LEAST - self->chosen[column], 0), MAX (self->chosen[next] - LEAST, 0));
  self->chosen[column] += by;
  self->chosen[next] -= by;
}

/**
 * heddle_table_columns_unfreeze:
 *
 * Columns are as wide as what they hold again.
 */
void
heddle_table_columns_unfreeze (HeddleTableColumns *self)
{
  memset (self->chosen, 0, sizeof self->chosen);
}

/**
 * heddle_table_columns_append_titles:
 *
 * Appends the titles of the columns that the table has, with tabs between them.
 */
void
heddle_table_columns_append_titles (const HeddleTableColumns *self, GString *text)
{
  gboolean first = TRUE;

  for (guint i = 0; i < self->n_columns; i++)
    if (heddle_table_columns_shows (self, i))
      {
        g_string_append_printf (text, "%s%s", first ? "" : "\t", _(self->columns[i].title));
        first = FALSE;
      }
}
