/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "fuzz.h"

#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "trace/clock.h"

/* GLib would end the program by a signal that libFuzzer does not catch, and the input would not be
 * shown. */
static void
die_of_message (const char *domain, GLogLevelFlags level, const char *message, gpointer data)
{
  fprintf (stderr, "%s: %s\n", domain != NULL ? domain : "?", message);
  if ((level & (G_LOG_LEVEL_ERROR | G_LOG_LEVEL_CRITICAL | G_LOG_LEVEL_WARNING)) != 0)
    abort ();
}

int
LLVMFuzzerInitialize (int *argc, char ***argv)
{
  setlocale (LC_ALL, "C");
  g_log_set_default_handler (die_of_message, NULL);
  heddle_clock_init ();
  return 0;
}

guint
fuzz_u8 (FuzzInput *self)
{
  if (self->left == 0)
    return 0;
  self->left--;
  return *self->at++;
}

guint
fuzz_u16 (FuzzInput *self)
{
  guint low = fuzz_u8 (self);

  return low | fuzz_u8 (self) << 8;
}

guint64
fuzz_u64 (FuzzInput *self)
{
  guint64 number = 0;

  for (guint i = 0; i < 8; i++)
    number |= (guint64) fuzz_u8 (self) << (8 * i);
  return number;
}

/* Small ones, those at the edges, and any other. */
guint64
fuzz_number (FuzzInput *self)
{
  static const guint64 edges[] = { 31,
                                   32,
                                   63,
                                   64,
                                   4095,
                                   4096,
                                   4097,
                                   65535,
                                   65536,
                                   G_MAXINT32,
                                   (guint64) G_MAXINT32 + 1,
                                   G_MAXUINT32,
                                   G_MAXINT64,
                                   (guint64) G_MAXINT64 + 1,
                                   G_MAXUINT64 - 31,
                                   G_MAXUINT64 };
  guint kind = fuzz_u8 (self);

  if (kind < 128)
    return kind;
  if (kind < 128 + G_N_ELEMENTS (edges))
    return edges[kind - 128];
  return kind < 200 ? fuzz_u16 (self) : fuzz_u64 (self);
}

/* Returns: how many of @length bytes the input had; the rest of @to stays as it is. */
gsize
fuzz_bytes (FuzzInput *self, gpointer to, gsize length)
{
  gsize n = MIN (length, self->left);

  if (n > 0)
    memcpy (to, self->at, n);
  self->at += n;
  self->left -= n;
  return n;
}

/* Returns: (transfer full): up to the next end of line or NUL, which is passed over, or up to the
 * end. */
char *
fuzz_line (FuzzInput *self)
{
  gsize length = 0;
  char *line;

  while (length < self->left && self->at[length] != '\n' && self->at[length] != '\0')
    length++;
  line = g_strndup ((const char *) self->at, length);
  length = MIN (length + 1, self->left);
  self->at += length;
  self->left -= length;
  return line;
}

/* Returns: (transfer full): at most @length bytes, none of them NUL. */
char *
fuzz_text (FuzzInput *self, gsize length)
{
  char *text = g_malloc0 (length + 1);

  fuzz_bytes (self, text, length);
  return text;
}

/* What people are to read. */
void
fuzz_assert_utf8 (const char *text)
{
  g_assert_nonnull (text);
  if (g_utf8_validate (text, -1, NULL))
    return;
  fprintf (stderr, "no UTF-8: %s\n", text);
  abort ();
}

/* A refusal says something. */
void
fuzz_assert_error (const GError *error)
{
  g_assert_nonnull (error);
  g_assert_cmpstr (error->message, !=, "");
  fuzz_assert_utf8 (error->message);
}
