/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <string.h>

#include <glib/gi18n-lib.h>

#include "base/parse.h"
#include "batch/template-private.h"

#define MAX_DIGITS 9 /* of the number of a value: more stand for themselves */

/* A replacement string's ending, and what it takes of the value; the longer ones first. */
static const struct {
  const char *ending;
  HeddlePart part;
} endings[] = {
  { "//", HEDDLE_PART_FOLDER },
  { "/.", HEDDLE_PART_BASE_STEM },
  { "/", HEDDLE_PART_BASE },
  { ".", HEDDLE_PART_STEM },
  { "", HEDDLE_PART_WHOLE },
};

static gboolean
is_text (const char *at, gsize length, const char *text)
{
  return strlen (text) == length && memcmp (at, text, length) == 0;
}

static gboolean
parse_count (const char *inner, gsize length, HeddlePiece *piece)
{
  if (is_text (inner, length, "#"))
    piece->kind = HEDDLE_PIECE_SEQUENCE;
  else if (is_text (inner, length, "%"))
    piece->kind = HEDDLE_PIECE_SLOT;
  else if (is_text (inner, length, "##"))
    piece->kind = HEDDLE_PIECE_TOTAL;
  else
    return FALSE;
  return TRUE;
}

/* "3", "-1"; "0" stands for every value. */
static gboolean
parse_number (const char *inner, gsize length, HeddlePiece *piece)
{
  gboolean negative = length > 0 && inner[0] == '-';
  gsize begin = negative ? 1 : 0;
  int number = 0;

  if (length == begin || length - begin > MAX_DIGITS)
    return FALSE;
  for (gsize i = begin; i < length; i++)
    {
      if (!g_ascii_isdigit (inner[i]))
        return FALSE;
      number = number * 10 + (inner[i] - '0');
    }
  if (negative && number == 0)
    return FALSE;
  piece->kind = number == 0 ? HEDDLE_PIECE_ALL : HEDDLE_PIECE_VALUE;
  piece->value = negative ? -number : number;
  return TRUE;
}

static gboolean
parse_name (const char *inner, gsize length, const char *const *names, HeddlePiece *piece)
{
  for (int i = 0; names != NULL && names[i] != NULL; i++)
    if (length > 0 && is_text (inner, length, names[i]))
      {
        piece->kind = HEDDLE_PIECE_VALUE;
        piece->value = i + 1;
        return TRUE;
      }
  return FALSE;
}

/* What stands between the braces, of @length bytes. */
static gboolean
parse_inner (const char *inner, gsize length, const HeddleTemplateOptions *options,
             HeddlePiece *piece)
{
  if (parse_count (inner, length, piece) || parse_name (inner, length, options->names, piece))
    return TRUE;
  for (guint i = 0; i < G_N_ELEMENTS (endings); i++)
    {
      gsize n = strlen (endings[i].ending);

      if (length < n || memcmp (inner + length - n, endings[i].ending, n) != 0)
        continue;
      piece->part = endings[i].part;
      if (length == n && n > 0)
        {
          piece->kind = HEDDLE_PIECE_ALL;
          return TRUE;
        }
      if (parse_number (inner, length - n, piece)
          || parse_name (inner, length - n, options->names, piece))
        return TRUE;
    }
  return FALSE;
}

/* Returns: the length of the replacement string that begins @at, 0 if none does. */
static gsize
parse_piece (const char *at, const char *end, const HeddleTemplateOptions *options,
             HeddlePiece *piece)
{
  const char *placeholder = options->placeholder != NULL ? options->placeholder : "{}";
  gsize length = strlen (placeholder);
  const char *close;

  *piece = (HeddlePiece) { .kind = HEDDLE_PIECE_ALL };
  if (length > 0 && (gsize) (end - at) >= length && memcmp (at, placeholder, length) == 0)
    return length;
  close = *at == '{' ? memchr (at, '}', (gsize) (end - at)) : NULL;
  if (close == NULL || !parse_inner (at + 1, (gsize) (close - at - 1), options, piece))
    return 0;
  return (gsize) (close - at) + 1;
}

static void
add_text (HeddleTemplate *self, const char *from, const char *to)
{
  HeddlePiece piece = { .kind = HEDDLE_PIECE_TEXT,
                        .offset = (gsize) (from - self->text->str),
                        .length = (gsize) (to - from) };

  if (to > from)
    g_array_append_val (self->pieces, piece);
}

/* Makes pieces of what stands between @from and @end in the text. Returns whether any is a
 * replacement string. */
static gboolean
scan (HeddleTemplate *self, const char *from, const char *end, const HeddleTemplateOptions *options)
{
  gboolean any = FALSE;
  const char *at = from;

  while (at < end)
    {
      HeddlePiece piece;
      gsize length = parse_piece (at, end, options, &piece);

      if (length == 0)
        {
          at++;
          continue;
        }
      add_text (self, from, at);
      g_array_append_val (self->pieces, piece);
      self->needs_total |= piece.kind == HEDDLE_PIECE_TOTAL;
      self->needs_slot |= piece.kind == HEDDLE_PIECE_SLOT;
      any = TRUE;
      from = at += length;
    }
  add_text (self, from, end);
  return any;
}

static void
end_word (HeddleTemplate *self, guint first, gboolean may_repeat)
{
  HeddleWord word = { first, self->pieces->len - first, FALSE };

  for (guint i = first; i < self->pieces->len; i++)
    word.repeat |=
      may_repeat && g_array_index (self->pieces, HeddlePiece, i).kind == HEDDLE_PIECE_ALL;
  if (word.n > 0)
    g_array_append_val (self->words, word);
}

/* Marks what digits, as far as one knows, and then a redirection follow: `echo {}>file` must not
 * redirect descriptor 2 because the value is 2. */
static void
mark_redirections (HeddleTemplate *self)
{
  gboolean follows = FALSE;

  for (guint i = self->pieces->len; i-- > 0;)
    {
      HeddlePiece *piece = &g_array_index (self->pieces, HeddlePiece, i);
      const char *text = self->text->str + piece->offset;
      gsize at = 0;

      if (piece->kind != HEDDLE_PIECE_TEXT)
        {
          piece->redirection = follows;
          continue;
        }
      while (at < piece->length && g_ascii_isdigit (text[at]))
        at++;
      if (at < piece->length)
        follows = text[at] == '<' || text[at] == '>';
    }
}

static gboolean
is_blank (char byte)
{
  return byte == ' ' || byte == '\t' || byte == '\n';
}

/* Cuts the line at blanks, where words with {} are repeated: whatever quotes there are, as who
 * writes such a line for parallel expects. */
static void
scan_words (HeddleTemplate *self, const HeddleTemplateOptions *options)
{
  const char *end = self->text->str + self->text->len;
  g_autoptr (GArray) pieces = g_steal_pointer (&self->pieces);

  self->pieces = g_array_new (FALSE, FALSE, sizeof (HeddlePiece));
  for (guint i = 0, first = 0; i < pieces->len; i++)
    {
      const HeddlePiece *piece = &g_array_index (pieces, HeddlePiece, i);
      const char *at = self->text->str + piece->offset;

      if (piece->kind != HEDDLE_PIECE_TEXT)
        g_array_append_val (self->pieces, *piece);
      for (end = at + piece->length; at < end;)
        {
          const char *next = at;
          gboolean blank = is_blank (*at);

          while (next < end && is_blank (*next) == blank)
            next++;
          if (blank)
            {
              end_word (self, first, TRUE);
              first = self->pieces->len;
            }
          add_text (self, at, next);
          if (blank)
            {
              end_word (self, first, FALSE);
              first = self->pieces->len;
            }
          at = next;
        }
      if (i + 1 == pieces->len)
        end_word (self, first, TRUE);
    }
}

/**
 * heddle_template_parse_line:
 * @command: for a shell
 *
 * Fills the pieces and words of @self.
 */
void
heddle_template_parse_line (HeddleTemplate *self, const char *command,
                            const HeddleTemplateOptions *options)
{
  HeddlePiece piece;

  g_string_assign (self->text, command);
  if (!scan (self, self->text->str, self->text->str + self->text->len, options))
    {
      g_array_set_size (self->pieces, 0);
      g_string_append_c (self->text, ' ');
      add_text (self, self->text->str, self->text->str + self->text->len);
      piece = (HeddlePiece) { .kind = HEDDLE_PIECE_ALL };
      g_array_append_val (self->pieces, piece);
    }
  mark_redirections (self);
  self->quote = g_array_index (self->pieces, HeddlePiece, 0).kind == HEDDLE_PIECE_TEXT;
  if (options->repeat)
    scan_words (self, options);
  else
    end_word (self, 0, FALSE);
}

/**
 * heddle_template_parse_argv:
 * @command: words, quoted as for a shell
 * @error: that a quote is not closed, and the like
 *
 * Fills the pieces and words of @self, a word for each argument.
 */
gboolean
heddle_template_parse_argv (HeddleTemplate *self, const char *command,
                            const HeddleTemplateOptions *options, GError **error)
{
  g_autoptr (GError) local = NULL;
  g_auto (GStrv) words = NULL;
  g_autoptr (GArray) begins = g_array_new (FALSE, FALSE, sizeof (gsize));
  gboolean any = FALSE;

  if (!g_shell_parse_argv (command, NULL, &words, &local))
    return heddle_refuse (error, _("The command cannot be split into words without a shell: %s"),
                          local->message);
  for (guint i = 0; words[i] != NULL; i++)
    {
      g_array_append_val (begins, self->text->len);
      g_string_append (self->text, words[i]);
    }
  g_array_append_val (begins, self->text->len);
  for (guint i = 0; words[i] != NULL; i++)
    {
      guint first = self->pieces->len;
      const char *text = self->text->str;

      any |= scan (self, text + g_array_index (begins, gsize, i),
                   text + g_array_index (begins, gsize, i + 1), options);
      if (self->pieces->len > first)
        end_word (self, first, TRUE);
      else /* an argument may be empty */
        g_array_append_val (self->words, ((HeddleWord) { .first = first }));
    }
  if (!any)
    {
      HeddlePiece piece = { .kind = HEDDLE_PIECE_ALL };

      g_array_append_val (self->pieces, piece);
      end_word (self, self->pieces->len - 1, TRUE);
    }
  return TRUE;
}
