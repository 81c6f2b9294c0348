/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <inttypes.h>
#include <string.h>

#include <glib/gi18n-lib.h>

#include "base/parse.h"
#include "batch/shell-word.h"
#include "batch/template-private.h"

#define DIGITS 20 /* of the largest 64-bit number */

/* What one expansion is made for. */
typedef struct {
  const HeddleTemplate *template;
  const HeddleArguments *arguments;
  guint64 seq;
  guint slot;
  guint64 total;
} Job;

static const char *
base_name (const char *value, gsize *length)
{
  const char *slash = memrchr (value, '/', *length);

  if (slash == NULL)
    return value;
  *length -= (gsize) (slash + 1 - value);
  return slash + 1;
}

/* "a.tar.gz" becomes "a.tar", ".hidden" nothing; "a.b/c" stays. */
static gsize
stem_length (const char *value, gsize length)
{
  gsize at = length;

  while (at > 0 && value[at - 1] != '.' && value[at - 1] != '/')
    at--;
  return at > 0 && value[at - 1] == '.' ? at - 1 : length;
}

/* As dirname(1) has it. */
static const char *
folder (const char *value, gsize *length)
{
  gsize n = *length;

  while (n > 0 && value[n - 1] == '/')
    n--;
  while (n > 0 && value[n - 1] != '/')
    n--;
  while (n > 0 && value[n - 1] == '/')
    n--;
  if (n == 0)
    {
      value = *length > 0 && value[0] == '/' ? "/" : ".";
      n = 1;
    }
  *length = n;
  return value;
}

/* Narrows @value, of @length bytes, to the part that is wanted. */
static const char *
take_part (const char *value, gsize *length, HeddlePart part)
{
  switch (part)
    {
    case HEDDLE_PART_STEM:
      *length = stem_length (value, *length);
      return value;
    case HEDDLE_PART_BASE:
      return base_name (value, length);
    case HEDDLE_PART_FOLDER:
      return folder (value, length);
    case HEDDLE_PART_BASE_STEM:
      value = base_name (value, length);
      *length = stem_length (value, *length);
      return value;
    case HEDDLE_PART_WHOLE:
    default:
      return value;
    }
}

static void
append_word (const Job *job, const HeddlePiece *piece, const char *value, gsize length,
             GString *to)
{
  if (job->template->quote)
    heddle_shell_word_append (to, value, length, !piece->redirection);
  else
    g_string_append_len (to, value, (gssize) length);
}

static void
append_value (const Job *job, const HeddlePiece *piece, const char *value, GString *to)
{
  gsize length = strlen (value);
  const char *part = take_part (value, &length, piece->part);

  append_word (job, piece, part, length, to);
}

static void
append_all (const Job *job, const HeddlePiece *piece, GString *to)
{
  const char *value = job->arguments->text;

  for (guint32 i = 0; i < job->arguments->n; i++, value += strlen (value) + 1)
    {
      if (i > 0)
        g_string_append_c (to, ' ');
      append_value (job, piece, value, to);
    }
}

/* A value that is not there leaves nothing, not even an empty word. */
static void
append_one (const Job *job, const HeddlePiece *piece, GString *to)
{
  gint64 index = piece->value > 0 ? piece->value - 1 : (gint64) job->arguments->n + piece->value;
  const char *value =
    index >= 0 ? heddle_arguments_get (job->arguments, (guint32) index) : NULL;

  if (value != NULL)
    append_value (job, piece, value, to);
}

static void
append_number (const Job *job, const HeddlePiece *piece, guint64 number, GString *to)
{
  char digits[DIGITS];
  guint at = DIGITS;

  do
    digits[--at] = (char) ('0' + number % 10);
  while ((number /= 10) > 0);
  append_word (job, piece, digits + at, DIGITS - at, to);
}

/* @value: what {} stands for in a word that is repeated; NULL: for all values. */
static void
append_piece (const Job *job, const HeddlePiece *piece, const char *value, GString *to)
{
  switch (piece->kind)
    {
    case HEDDLE_PIECE_TEXT:
      g_string_append_len (to, job->template->text->str + piece->offset, (gssize) piece->length);
      break;
    case HEDDLE_PIECE_ALL:
      if (value != NULL)
        append_value (job, piece, value, to);
      else
        append_all (job, piece, to);
      break;
    case HEDDLE_PIECE_VALUE:
      append_one (job, piece, to);
      break;
    case HEDDLE_PIECE_SEQUENCE:
      append_number (job, piece, job->seq, to);
      break;
    case HEDDLE_PIECE_SLOT:
      append_number (job, piece, job->slot, to);
      break;
    case HEDDLE_PIECE_TOTAL:
      append_number (job, piece, job->total, to);
      break;
    default:
      g_assert_not_reached ();
    }
}

static void
append_pieces (const Job *job, const HeddleWord *word, const char *value, GString *to)
{
  for (guint i = 0; i < word->n; i++)
    append_piece (job, &g_array_index (job->template->pieces, HeddlePiece, word->first + i), value,
                  to);
}

static void
append_line_word (const Job *job, const HeddleWord *word, GString *to)
{
  const char *value = job->arguments->text;

  if (!word->repeat || job->arguments->n == 0)
    append_pieces (job, word, NULL, to);
  for (guint32 i = 0; word->repeat && i < job->arguments->n; i++, value += strlen (value) + 1)
    {
      if (i > 0)
        g_string_append_c (to, ' ');
      append_pieces (job, word, value, to);
    }
}

/**
 * heddle_template_new:
 * @command: (nullable): words for a shell, with replacement strings or not: then {} is appended.
 * NULL: there is no command, each job's values are it
 * @error: with %no_shell, that @command cannot be split into words
 *
 * Returns: (nullable): the template
 */
HeddleTemplate *
heddle_template_new (const char *command, const HeddleTemplateOptions *options, GError **error)
{
  g_autoptr (HeddleTemplate) self = g_new0 (HeddleTemplate, 1);

  g_return_val_if_fail (options != NULL, NULL);

  self->text = g_string_new (NULL);
  self->pieces = g_array_new (FALSE, FALSE, sizeof (HeddlePiece));
  self->words = g_array_new (FALSE, FALSE, sizeof (HeddleWord));
  self->no_shell = options->no_shell;
  self->is_line = command == NULL;
  if (options->no_shell && command != NULL)
    {
      if (!heddle_template_parse_argv (self, command, options, error))
        return NULL;
    }
  else
    {
      heddle_template_parse_line (self, command != NULL ? command : "{}",
                                  command != NULL ? options : &(HeddleTemplateOptions) { 0 });
    }
  return g_steal_pointer (&self);
}

void
heddle_template_free (HeddleTemplate *self)
{
  g_string_free (self->text, TRUE);
  g_array_unref (self->pieces);
  g_array_unref (self->words);
  g_free (self);
}

/**
 * heddle_template_needs_total:
 *
 * Returns: whether {##} occurs: all inputs have to be read before the first job. Any thread.
 */
gboolean
heddle_template_needs_total (const HeddleTemplate *self)
{
  return self->needs_total;
}

/**
 * heddle_template_needs_slot:
 *
 * Returns: whether {%} occurs: the command is not known before the job has its slot. Any thread.
 */
gboolean
heddle_template_needs_slot (const HeddleTemplate *self)
{
  return self->needs_slot;
}

/**
 * heddle_template_expand:
 * @arguments: the job's values
 * @seq: the job's number, from 1
 * @slot: the slot that it runs in, from 1
 * @total: the number of all jobs; used where heddle_template_needs_total()
 * @command: where the command line is appended
 *
 * Makes the command line of one job, for a shell. Allocates nothing but what @command needs. Any
 * thread. Not for a template with %no_shell.
 */
void
heddle_template_expand (const HeddleTemplate *self, const HeddleArguments *arguments, guint64 seq,
                        guint slot, guint64 total, GString *command)
{
  const Job job = { self, arguments, seq, slot, total };

  g_return_if_fail (!self->no_shell);

  for (guint i = 0; i < self->words->len; i++)
    append_line_word (&job, &g_array_index (self->words, HeddleWord, i), command);
}

static GStrv
split_line (const HeddleTemplate *self, const HeddleArguments *arguments, GError **error)
{
  g_autoptr (GString) line = g_string_new (NULL);
  g_autoptr (GError) local = NULL;
  const Job job = { self, arguments, 0, 0, 0 };
  GStrv argv = NULL;

  append_line_word (&job, &g_array_index (self->words, HeddleWord, 0), line);
  if (!g_shell_parse_argv (line->str, NULL, &argv, &local))
    heddle_refuse (error, _("The line “%s” cannot be split into words without a shell: %s"),
                   line->str, local->message);
  return argv;
}

/**
 * heddle_template_expand_argv:
 * @error: that there is no command in it, or, where the line is the command, that it cannot be
 * split into words
 *
 * As heddle_template_expand(), for a template with %no_shell. A word with {} is repeated for each
 * value.
 *
 * Returns: (transfer full) (nullable): the arguments of the command, itself the first. Any thread.
 */
GStrv
heddle_template_expand_argv (const HeddleTemplate *self, const HeddleArguments *arguments,
                             guint64 seq, guint slot, guint64 total, GError **error)
{
  const Job job = { self, arguments, seq, slot, total };
  g_autoptr (GStrvBuilder) argv = NULL;
  g_autoptr (GString) text = NULL;
  guint n = 0;

  g_return_val_if_fail (self->no_shell, NULL);

  if (self->is_line)
    return split_line (self, arguments, error);
  argv = g_strv_builder_new ();
  text = g_string_new (NULL);
  for (guint i = 0; i < self->words->len; i++)
    {
      const HeddleWord *word = &g_array_index (self->words, HeddleWord, i);
      const char *value = arguments->text;

      for (guint32 k = 0; k < (word->repeat ? arguments->n : 1); k++, n++)
        {
          g_string_truncate (text, 0);
          append_pieces (&job, word, word->repeat ? value : NULL, text);
          g_strv_builder_add (argv, text->str);
          value += word->repeat ? strlen (value) + 1 : 0;
        }
    }
  if (n > 0)
    return g_strv_builder_end (argv);
  heddle_refuse (error, _("There is no command: nothing stands for {} in job %" PRIu64),
                 (uint64_t) seq);
  return NULL;
}
