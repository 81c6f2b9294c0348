/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <string.h>

#include "batch/arguments.h"

/**
 * heddle_arguments_new:
 * @text: @n values, each with a NUL behind it
 * @length: number of bytes of @text
 *
 * Returns: (transfer full): a copy, freed with g_free(). Any thread.
 */
HeddleArguments *
heddle_arguments_new (const char *text, guint32 length, guint32 n)
{
  HeddleArguments *self;

  g_return_val_if_fail (length == 0 || text[length - 1] == '\0', NULL);

  self = g_malloc (sizeof *self + length);
  self->length = length;
  self->n = n;
  if (length > 0)
    memcpy (self->text, text, length);
  return self;
}

/**
 * heddle_arguments_new_from_strv:
 * @values: NULL-terminated
 *
 * Returns: (transfer full): a copy, freed with g_free(). Any thread.
 */
HeddleArguments *
heddle_arguments_new_from_strv (const char *const *values)
{
  g_autoptr (GString) text = g_string_new (NULL);
  guint32 n = 0;

  for (; values[n] != NULL; n++)
    g_string_append_len (text, values[n], (gssize) strlen (values[n]) + 1);
  return heddle_arguments_new (text->str, (guint32) text->len, n);
}

/**
 * heddle_arguments_get:
 * @index: from 0
 *
 * Walks over those before: who wants all of them goes from one to the one behind its NUL instead.
 *
 * Returns: (nullable): the value, which belongs to @self; NULL where there are fewer. Any thread.
 */
const char *
heddle_arguments_get (const HeddleArguments *self, guint32 index)
{
  const char *value = self->text;

  if (index >= self->n)
    return NULL;
  for (; index > 0; index--)
    value += strlen (value) + 1;
  return value;
}
