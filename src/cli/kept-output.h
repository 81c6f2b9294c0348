/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* What a command has written and nobody has been shown: in memory, and from some length on in a
 * file that has no name. One thread at a time. */
typedef struct {
  GByteArray *memory; /* NULL: nothing was written */
  int fd;             /* of the file, behind the memory; -1: none */
} HeddleKeptOutput;

void heddle_kept_output_init (HeddleKeptOutput *self);
void heddle_kept_output_clear (HeddleKeptOutput *self);
void heddle_kept_output_append (HeddleKeptOutput *self, const char *bytes, gsize n);
void heddle_kept_output_read (HeddleKeptOutput *self,
                              void (*visit) (const char *bytes, gsize n, gpointer data),
                              gpointer data);

G_END_DECLS
