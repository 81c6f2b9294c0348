/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <string.h>

#include <glib/gi18n-lib.h>

#include "base/parse.h"
#include "batch/inputs.h"

/* Records that are read more than once: where each one's values stand in one text. */
typedef struct {
  gsize offset;
  guint32 length;
  guint32 n;
} Row;

typedef struct {
  GString *text;
  GArray *rows; /* Row */
} Rows;

/* One source, and what --link keeps of it. */
typedef struct {
  HeddleSource *source;
  Rows kept;
  guint at;       /* the row that is repeated next */
  gboolean ended;
} Member;

/* Sources that are linked. */
typedef struct {
  GArray *members; /* Member */
  Rows rows;       /* all there are; not of the first group */
  guint at;        /* the row that is in use; not of the first group */
} Group;

struct _HeddleInputs {
  GArray *groups; /* Group */
  GPtrArray *names; /* char *, NULL-terminated once there are any */
  HeddleColumns columns;
  guint per_job;
  gboolean link;
  gboolean loaded;    /* all groups but the first */
  gboolean ended;
  HeddleValues first; /* the first group's values in use; n is 0 before there are any */
  HeddleValues job;
};

static void
rows_init (Rows *self)
{
  self->text = g_string_new (NULL);
  self->rows = g_array_new (FALSE, FALSE, sizeof (Row));
}

static void
rows_clear (Rows *self)
{
  g_string_free (self->text, TRUE);
  g_array_unref (self->rows);
}

/* @text: the values of the row, each with its NUL. */
static void
rows_add (Rows *self, const char *text, gsize length, guint32 n)
{
  Row row = { self->text->len, (guint32) length, n };

  g_string_append_len (self->text, text, (gssize) length);
  g_array_append_val (self->rows, row);
}

static void
rows_append_to (const Rows *self, guint index, HeddleValues *to)
{
  const Row *row = &g_array_index (self->rows, Row, index);

  g_string_append_len (to->text, self->text->str + row->offset, (gssize) row->length);
  to->n += row->n;
}

static void
values_clear (HeddleValues *self)
{
  g_string_truncate (self->text, 0);
  self->n = 0;
}

/* What is longer fits no command line; without a limit it would fill the memory. */
static gboolean
check_length (const HeddleValues *values, GError **error)
{
  return values->text->len <= HEDDLE_MAX_RECORD
         || heddle_refuse (error,
                           _("The values of one job are longer than 16 MiB: use fewer for each job"));
}

static void
member_clear (Member *self)
{
  heddle_source_free (self->source);
  rows_clear (&self->kept);
}

static void
group_clear (Group *self)
{
  g_array_unref (self->members);
  rows_clear (&self->rows);
}

static Group *
add_group (HeddleInputs *self)
{
  Group group = { .members = g_array_new (FALSE, FALSE, sizeof (Member)) };

  g_array_set_clear_func (group.members, (GDestroyNotify) member_clear);
  rows_init (&group.rows);
  g_array_append_val (self->groups, group);
  return &g_array_index (self->groups, Group, self->groups->len - 1);
}

static gboolean
add_source (HeddleInputs *self, const HeddleSourceSpec *spec, const HeddleInputsOptions *options,
            GError **error)
{
  Member member = { .source = heddle_source_new (spec, options->terminator, &self->columns,
                                                 options->skip_blank, error) };
  gboolean linked = spec->linked || self->link;
  Group *group;

  if (member.source == NULL)
    return FALSE;
  heddle_source_set_before_read (member.source, options->before_read, options->before_read_data);
  rows_init (&member.kept);
  group = linked && self->groups->len > 0
            ? &g_array_index (self->groups, Group, self->groups->len - 1)
            : add_group (self);
  g_array_append_val (group->members, member);
  return TRUE;
}

/* The names of all columns stand in a row, as the values will. */
static gboolean
read_header (HeddleInputs *self, HeddleSource *source, gboolean is_last, GError **error)
{
  g_autoptr (GError) local = NULL;
  const char *name;

  values_clear (&self->job);
  if (!heddle_source_next (source, &self->job, &local) && local != NULL)
    {
      g_propagate_error (error, g_steal_pointer (&local));
      return FALSE;
    }
  name = self->job.text->str;
  for (guint32 i = 0; i < self->job.n; i++, name += strlen (name) + 1)
    g_ptr_array_add (self->names, g_strdup (name));
  if (!is_last)
    heddle_source_set_width (source, self->job.n);
  return TRUE;
}

static gboolean
read_headers (HeddleInputs *self, GError **error)
{
  self->names = g_ptr_array_new_with_free_func (g_free);
  for (guint i = 0; i < self->groups->len; i++)
    {
      GArray *members = g_array_index (self->groups, Group, i).members;

      for (guint k = 0; k < members->len; k++)
        if (!read_header (self, g_array_index (members, Member, k).source,
                          i + 1 == self->groups->len && k + 1 == members->len, error))
          return FALSE;
    }
  g_ptr_array_add (self->names, NULL);
  return TRUE;
}

static gboolean
set_columns (HeddleInputs *self, const HeddleInputsOptions *options, GError **error)
{
  g_autoptr (GError) local = NULL;
  gboolean by_regex = options->columns != NULL && !options->csv;

  self->columns.trim = options->trim;
  if (options->trim == HEDDLE_TRIM_DEFAULT)
    self->columns.trim = by_regex ? HEDDLE_TRIM_BOTH : HEDDLE_TRIM_NONE;
  if (options->csv)
    {
      char separator = ',';

      if (options->columns != NULL && !heddle_terminator_parse (options->columns, &separator, NULL))
        separator = '\0';
      if (separator == '\0' || separator == '"' || separator == options->terminator)
        return heddle_refuse (error,
                              _("With --csv the separator of columns must be one byte, and no quote, not “%s”"),
                              options->columns != NULL ? options->columns : ",");
      self->columns.csv = separator;
    }
  else if (options->columns != NULL)
    {
      self->columns.separator =
        g_regex_new (options->columns, G_REGEX_RAW | G_REGEX_OPTIMIZE, 0, &local);
      if (self->columns.separator == NULL)
        return heddle_refuse (error, _("--colsep needs a regular expression: %s"), local->message);
    }
  return TRUE;
}

static gboolean
check_sources (const HeddleInputsOptions *options, GError **error)
{
  guint n = 0;

  for (guint i = 0; i < options->sources->len; i++)
    {
      const HeddleSourceSpec *spec = g_ptr_array_index (options->sources, i);

      n += g_strcmp0 (spec->path, "-") == 0;
    }
  return n <= 1
         || heddle_refuse (error, _("Standard input can be read once only, but - occurs %u times"),
                           n);
}

/**
 * heddle_inputs_new:
 * @options: at least one source; nothing in it is needed afterwards
 * @error: a file that cannot be opened, a regular expression that is none, a header that cannot be
 * read
 *
 * Opens all sources, and reads their headers if they have any.
 *
 * Returns: (nullable): the inputs
 */
HeddleInputs *
heddle_inputs_new (const HeddleInputsOptions *options, GError **error)
{
  g_autoptr (HeddleInputs) self = g_new0 (HeddleInputs, 1);

  g_return_val_if_fail (options->sources->len > 0, NULL);

  self->groups = g_array_new (FALSE, FALSE, sizeof (Group));
  g_array_set_clear_func (self->groups, (GDestroyNotify) group_clear);
  self->first.text = g_string_new (NULL);
  self->job.text = g_string_new (NULL);
  self->per_job = options->per_job;
  self->link = options->link && options->sources->len > 1;
  if (!check_sources (options, error) || !set_columns (self, options, error))
    return NULL;
  for (guint i = 0; i < options->sources->len; i++)
    if (!add_source (self, g_ptr_array_index (options->sources, i), options, error))
      return NULL;
  if (options->header && !read_headers (self, error))
    return NULL;
  return g_steal_pointer (&self);
}

void
heddle_inputs_free (HeddleInputs *self)
{
  g_array_unref (self->groups);
  g_clear_pointer (&self->names, g_ptr_array_unref);
  g_clear_pointer (&self->columns.separator, g_regex_unref);
  g_string_free (self->first.text, TRUE);
  g_string_free (self->job.text, TRUE);
  g_free (self);
}

/**
 * heddle_inputs_get_names:
 *
 * Returns: (nullable): the names of the columns, as the header has them, NULL-terminated; the
 * inputs'. NULL: there is no header.
 */
const char *const *
heddle_inputs_get_names (HeddleInputs *self)
{
  return self->names != NULL ? (const char *const *) self->names->pdata : NULL;
}

/* Appends a row of sources that are linked. Returns FALSE as soon as one has ended. */
static gboolean
next_side_by_side (Group *group, HeddleValues *to, GError **error)
{
  for (guint i = 0; i < group->members->len; i++)
    if (!heddle_source_next (g_array_index (group->members, Member, i).source, to, error))
      return FALSE;
  return TRUE;
}

/* Appends a row of one of the sources that --link links: one that has ended starts again. */
static gboolean
next_again (Member *member, HeddleValues *to, GError **error)
{
  g_autoptr (GError) local = NULL;
  gsize before = to->text->len;
  guint32 n = to->n;

  if (!member->ended && heddle_source_next (member->source, to, &local))
    {
      rows_add (&member->kept, to->text->str + before, to->text->len - before, to->n - n);
      return TRUE;
    }
  member->ended = TRUE;
  if (local != NULL)
    {
      g_propagate_error (error, g_steal_pointer (&local));
      return FALSE;
    }
  if (member->kept.rows->len == 0)
    return FALSE;
  rows_append_to (&member->kept, member->at, to);
  member->at = (member->at + 1) % member->kept.rows->len;
  return TRUE;
}

/* Appends a row of all sources. Returns FALSE once the longest has ended. */
static gboolean
next_linked (Group *group, HeddleValues *to, GError **error)
{
  gboolean any = FALSE;

  for (guint i = 0; i < group->members->len; i++)
    {
      Member *member = &g_array_index (group->members, Member, i);

      if (!next_again (member, to, error))
        return FALSE;
      any |= !member->ended;
    }
  return any;
}

static gboolean
next_row (HeddleInputs *self, Group *group, HeddleValues *to, GError **error)
{
  g_autoptr (GError) local = NULL;
  gboolean there = self->link ? next_linked (group, to, &local)
                              : next_side_by_side (group, to, &local);

  if (local != NULL)
    g_propagate_error (error, g_steal_pointer (&local));
  return there && check_length (to, error);
}

/* Reads what is combined with each value of the first source. Returns FALSE if there is nothing. */
static gboolean
load (HeddleInputs *self, GError **error)
{
  for (guint i = 1; i < self->groups->len; i++)
    {
      Group *group = &g_array_index (self->groups, Group, i);
      g_autoptr (GError) local = NULL;

      for (values_clear (&self->first); next_row (self, group, &self->first, &local);
           values_clear (&self->first))
        rows_add (&group->rows, self->first.text->str, self->first.text->len, self->first.n);
      if (local != NULL)
        {
          g_propagate_error (error, g_steal_pointer (&local));
          return FALSE;
        }
      if (group->rows.rows->len == 0)
        return FALSE;
    }
  values_clear (&self->first);
  self->loaded = TRUE;
  return TRUE;
}

/* Goes on to the next combination with the first source's value. Returns FALSE if that was the
 * last. */
static gboolean
turn (HeddleInputs *self)
{
  for (guint i = self->groups->len; i-- > 1;)
    {
      Group *group = &g_array_index (self->groups, Group, i);

      if (++group->at < group->rows.rows->len)
        return TRUE;
      group->at = 0;
    }
  return FALSE;
}

static gboolean
next_combination (HeddleInputs *self, HeddleValues *to, GError **error)
{
  if (!self->loaded && !load (self, error))
    return FALSE;
  if (self->first.n == 0 || !turn (self))
    {
      values_clear (&self->first);
      if (!next_row (self, &g_array_index (self->groups, Group, 0), &self->first, error))
        return FALSE;
    }
  g_string_append_len (to->text, self->first.text->str, (gssize) self->first.text->len);
  to->n += self->first.n;
  for (guint i = 1; i < self->groups->len; i++)
    {
      const Group *group = &g_array_index (self->groups, Group, i);

      rows_append_to (&group->rows, group->at, to);
    }
  return check_length (to, error);
}

/**
 * heddle_inputs_next:
 * @error: a file that cannot be read, or a line that is not acceptable; there is no going on then
 *
 * Waits while a file that is read has not the values of the next job. Not the main loop.
 *
 * Returns: (transfer full) (nullable): the values of the next job, freed with g_free(); NULL at
 * the end, or with @error set
 */
HeddleArguments *
heddle_inputs_next (HeddleInputs *self, GError **error)
{
  g_autoptr (GError) local = NULL;
  guint wanted = MAX (self->per_job, 1);
  guint n = 0;

  values_clear (&self->job);
  while (n < wanted && !self->ended)
    {
      self->ended = !next_combination (self, &self->job, &local);
      n += !self->ended;
    }
  if (local != NULL)
    {
      g_propagate_error (error, g_steal_pointer (&local));
      return NULL;
    }
  if (n == 0)
    return NULL;
  if (self->per_job == 0)
    values_clear (&self->job);
  return heddle_arguments_new (self->job.text->str, (guint32) self->job.text->len, self->job.n);
}
