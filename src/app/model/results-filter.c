/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "app/model/results-filter.h"

#include <glib/gi18n.h>
#include <string.h>

/**
 * heddle_results_filter_copy:
 * @copy: (out): to be cleared by heddle_results_filter_clear()
 *
 * Any thread, as everything here.
 */
void
heddle_results_filter_copy (const HeddleResultsFilter *self, HeddleResultsFilter *copy)
{
  *copy = *self;
  copy->text = g_strdup (self->text);
}

/**
 * heddle_results_filter_clear:
 *
 * Frees what it owns; it wants every row afterwards.
 */
void
heddle_results_filter_clear (HeddleResultsFilter *self)
{
  g_free (self->text);
  *self = (HeddleResultsFilter) { 0 };
}

/**
 * heddle_results_filter_is_empty:
 *
 * Returns: whether it wants every row
 */
gboolean
heddle_results_filter_is_empty (const HeddleResultsFilter *self)
{
  return self->text == NULL && self->states == 0 && self->worker == 0 && self->end_ns == 0;
}

/**
 * heddle_results_filter_is_equal:
 *
 * Returns: whether both want the same rows, whatever rows there are
 */
gboolean
heddle_results_filter_is_equal (const HeddleResultsFilter *self, const HeddleResultsFilter *other)
{
  return g_strcmp0 (self->text, other->text) == 0 && self->id == other->id
    && self->states == other->states && self->worker == other->worker
    && self->begin_ns == other->begin_ns && self->end_ns == other->end_ns;
}

/* Behind a space, a comma or whatever else stands between thousands; the text itself where there is
 * none. */
static const char *
skip_separator (const char *text)
{
  static const char *const separators[] = { " ", "\u00a0", "\u2009", "\u202f", "'", "’", ",", "." };

  for (guint i = 0; i < G_N_ELEMENTS (separators); i++)
    if (g_str_has_prefix (text, separators[i]))
      return text + strlen (separators[i]);
  return text;
}

/* Behind the word "Task" or "#", where one stands there. */
static const char *
skip_word (const char *text)
{
  const char *const words[] = { "#", "task", _("Task") };

  for (guint i = 0; i < G_N_ELEMENTS (words); i++)
    if (g_ascii_strncasecmp (text, words[i], strlen (words[i])) == 0)
      return text + strlen (words[i]);
  return text;
}

/**
 * heddle_results_filter_parse_id:
 * @text: what a user types: "296295", "296 295", "#17", "Task 17"
 *
 * Digits may stand in groups of three.
 *
 * Returns: the number of the task that it names; 0: it names none
 */
guint64
heddle_results_filter_parse_id (const char *text)
{
  guint64 id = 0;
  guint in_group = 0;
  gboolean grouped = FALSE;

  while (*text == ' ')
    text++;
  text = skip_word (text);
  while (*text == ' ')
    text++;
  while (g_ascii_isdigit (*text))
    {
      const char *next;

      if (__builtin_mul_overflow (id, 10, &id)
          || __builtin_add_overflow (id, (guint64) (*text - '0'), &id))
        return 0;
      text++;
      in_group++;
      next = skip_separator (text);
      if (next == text || !g_ascii_isdigit (*next))
        continue;
      if (in_group > 3 || (grouped && in_group != 3))
        return 0;
      grouped = TRUE;
      in_group = 0;
      text = next;
    }
  while (*text == ' ')
    text++;
  return *text != '\0' || (grouped && in_group != 3) ? 0 : id;
}

static gboolean
is_ascii (const char *text)
{
  while (*text != '\0')
    if ((guchar) *text++ >= 0x80)
      return FALSE;
  return TRUE;
}

/**
 * heddle_results_filter_set_text:
 * @text: what a user types: it stands in a row's input, result or error, in small or capital
 * letters, or it names the row's task; in quotes it is a text only. Empty: any row.
 */
void
heddle_results_filter_set_text (HeddleResultsFilter *self, const char *text)
{
  gsize length = strlen (text);
  g_autofree char *bare = NULL;

  g_clear_pointer (&self->text, g_free);
  self->id = heddle_results_filter_parse_id (text);
  if (length > 2 && text[0] == '"' && text[length - 1] == '"')
    bare = g_strndup (text + 1, length - 2);
  else
    bare = g_strdup (text);
  if (*bare == '\0')
    return;
  self->text = g_utf8_casefold (bare, -1);
  self->is_ascii = is_ascii (self->text);
}

/* As strstr(), for a needle of small ASCII letters. */
static gboolean
contains_ascii (const char *text, const char *needle)
{
  char first[3] = { needle[0], g_ascii_toupper (needle[0]), '\0' };
  gsize length = strlen (needle);

  for (text = strpbrk (text, first); text != NULL; text = strpbrk (text + 1, first))
    if (g_ascii_strncasecmp (text, needle, length) == 0)
      return TRUE;
  return FALSE;
}

static gboolean
contains (const HeddleResultsFilter *self, const char *text)
{
  g_autofree char *valid = NULL, *folded = NULL;

  if (text == NULL)
    return FALSE;
  if (self->is_ascii && contains_ascii (text, self->text))
    return TRUE;
  if (is_ascii (text)) /* a letter that is not may be two that are: ß */
    return FALSE;
  valid = g_utf8_make_valid (text, -1);
  folded = g_utf8_casefold (valid, -1);
  return strstr (folded, self->text) != NULL;
}

/**
 * heddle_results_filter_matches:
 *
 * Returns: whether it wants this row
 */
gboolean
heddle_results_filter_matches (const HeddleResultsFilter *self, const HeddleRow *row)
{
  if (self->states != 0 && (self->states & 1u << row->state) == 0)
    return FALSE;
  if (self->worker != 0 && self->worker != row->worker)
    return FALSE;
  if (self->end_ns != 0 && !heddle_row_touches (row, self->begin_ns, self->end_ns))
    return FALSE;
  return self->text == NULL || (self->id != 0 && self->id == row->id)
    || contains (self, row->error) || contains (self, row->label) || contains (self, row->result);
}
