/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <inttypes.h>
#include <string.h>

#include <glib/gi18n-lib.h>

#include "base/parse.h"
#include "batch/source.h"

struct _HeddleSource {
  HeddleRecordReader *reader; /* NULL: words */
  GPtrArray *words;
  guint at;                   /* the word that comes next */
  const HeddleColumns *columns; /* borrowed */
  gboolean skip_blank;
  guint32 width;              /* so many values a record must have; 0: any number */
};

/**
 * heddle_source_spec_new:
 * @path: (nullable): a file, or - for standard input; NULL for words, which are to be added
 * @linked: whether its values come side by side with those of the source before
 *
 * Returns: (transfer full): the description of a source
 */
HeddleSourceSpec *
heddle_source_spec_new (const char *path, gboolean linked)
{
  HeddleSourceSpec *self = g_new0 (HeddleSourceSpec, 1);

  self->path = g_strdup (path);
  self->words = path == NULL ? g_ptr_array_new_with_free_func (g_free) : NULL;
  self->linked = linked;
  return self;
}

void
heddle_source_spec_free (HeddleSourceSpec *self)
{
  g_free (self->path);
  g_clear_pointer (&self->words, g_ptr_array_unref);
  g_free (self);
}

/**
 * heddle_source_new:
 * @terminator: the byte that ends a record of a file
 * @columns: (transfer none): how a record is split; used until the source is freed
 * @skip_blank: whether records of nothing but blanks are passed over
 *
 * Returns: (nullable): the source, or NULL with @error: its file cannot be opened
 */
HeddleSource *
heddle_source_new (const HeddleSourceSpec *spec, char terminator, const HeddleColumns *columns,
                   gboolean skip_blank, GError **error)
{
  HeddleRecordReader *reader = NULL;
  HeddleSource *self;

  if (spec->path != NULL
      && (reader = heddle_record_reader_new (spec->path, terminator, columns->csv, error)) == NULL)
    return NULL;
  self = g_new0 (HeddleSource, 1);
  self->reader = reader;
  self->words = spec->words != NULL ? g_ptr_array_ref (spec->words) : NULL;
  self->columns = columns;
  self->skip_blank = skip_blank;
  return self;
}

void
heddle_source_free (HeddleSource *self)
{
  g_clear_pointer (&self->reader, heddle_record_reader_free);
  g_clear_pointer (&self->words, g_ptr_array_unref);
  g_free (self);
}

/**
 * heddle_source_set_before_read:
 * @before_read: called in the thread that reads, each time before it may have to wait for a file
 */
void
heddle_source_set_before_read (HeddleSource *self, HeddleBeforeRead before_read, gpointer data)
{
  if (self->reader == NULL)
    return;
  self->reader->before_read = before_read;
  self->reader->before_read_data = data;
}

/**
 * heddle_source_set_width:
 * @width: number of values in each record
 *
 * Records with fewer get empty ones, those with more are an error: the values of the source behind
 * would not stand where their numbers say.
 */
void
heddle_source_set_width (HeddleSource *self, guint32 width)
{
  self->width = width;
}

static gboolean
next_record (HeddleSource *self, const char **record, gsize *length, GError **error)
{
  if (self->reader != NULL)
    return heddle_record_reader_next (self->reader, record, length, error);
  if (self->at == self->words->len)
    return FALSE;
  *record = g_ptr_array_index (self->words, self->at++);
  *length = strlen (*record);
  return TRUE;
}

static gboolean
is_blank (const char *record, gsize length)
{
  gsize i = 0;

  while (i < length && (g_ascii_isspace (record[i]) || record[i] == '\v'))
    i++;
  return i == length;
}

static gboolean
check_width (HeddleSource *self, HeddleValues *to, guint32 before, GError **error)
{
  if (self->width == 0)
    return TRUE;
  while (to->n - before < self->width)
    heddle_values_add (to, "", 0);
  return to->n - before == self->width
         || heddle_refuse (error, _("There are %u columns, but the header names %u"),
                           to->n - before, self->width);
}

/* Says where the fault is. */
static void
name_the_place (HeddleSource *self, GError **error)
{
  if (self->reader != NULL)
    g_prefix_error (error, _("Line %" PRIu64 " of “%s”: "), (uint64_t) self->reader->number,
                    self->reader->name);
  else
    g_prefix_error (error, _("Argument %u: "), self->at);
}

/**
 * heddle_source_next:
 * @to: where the values of the next record are appended
 *
 * Returns: FALSE at the end, or with @error set
 */
gboolean
heddle_source_next (HeddleSource *self, HeddleValues *to, GError **error)
{
  guint32 before = to->n;
  const char *record;
  gsize length;

  do
    if (!next_record (self, &record, &length, error))
      return FALSE;
  while (self->skip_blank && is_blank (record, length));
  if (heddle_columns_split (self->columns, record, length, to, error)
      && check_width (self, to, before, error))
    return TRUE;
  name_the_place (self, error);
  return FALSE;
}
