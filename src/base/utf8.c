/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "base/utf8.h"

#include <string.h>

#define ELLIPSIS "…"

/* How much of the text has room, cut between characters. */
static gsize
fitting (const char *text, gsize room)
{
  gsize length = strlen (text);

  if (length <= room)
    return length;
  for (length = room; length > 0 && ((guchar) text[length] & 0xc0) == 0x80; length--)
    ;
  return length;
}

/**
 * heddle_utf8_append:
 * @buffer: NUL-terminated
 * @text: valid UTF-8
 *
 * Appends text, cut at a character where there is no more room.
 */
void
heddle_utf8_append (char *buffer, gsize size, const char *text)
{
  gsize used = strlen (buffer);
  gsize length = fitting (text, size - used - 1);

  memcpy (buffer + used, text, length);
  buffer[used + length] = '\0';
}

/**
 * heddle_utf8_copy:
 * @buffer: (out): @text; where there is not room for all of it, its beginning and an ellipsis
 * @size: at least 4
 * @text: valid UTF-8, not in @buffer
 */
void
heddle_utf8_copy (char *buffer, gsize size, const char *text)
{
  gsize room = size - 1;
  gsize length = strlen (text);

  if (length > room)
    length = fitting (text, room - strlen (ELLIPSIS));
  memcpy (buffer, text, length);
  buffer[length] = '\0';
  if (text[length] != '\0')
    strcpy (buffer + length, ELLIPSIS);
}

/**
 * heddle_utf8_copy_end:
 * @buffer: (out): @text; where there is not room for all of it, an ellipsis and its end
 * @size: at least 4
 * @text: valid UTF-8, not in @buffer
 */
void
heddle_utf8_copy_end (char *buffer, gsize size, const char *text)
{
  gsize length = strlen (text);
  const char *from = text;

  buffer[0] = '\0';
  if (length > size - 1)
    {
      strcpy (buffer, ELLIPSIS);
      for (from = text + length - (size - 1 - strlen (ELLIPSIS)); ((guchar) *from & 0xc0) == 0x80;
           from++)
        ;
    }
  strcat (buffer, from);
}

/**
 * heddle_utf8_trim:
 * @buffer: a text that printf() may have cut anywhere
 *
 * Takes the first bytes of a character off its end whose others had no room.
 */
void
heddle_utf8_trim (char *buffer)
{
  const char *end;

  if (!g_utf8_validate (buffer, -1, &end))
    buffer[end - buffer] = '\0';
}
