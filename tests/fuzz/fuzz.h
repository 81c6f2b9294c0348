/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/*
 * What all fuzz targets share. An input is read from its beginning, a few bytes for each decision;
 * where it is at its end, zeros come.
 *
 * A target may leave nothing behind from one input to the next, or a finding cannot be repeated.
 */
typedef struct {
  const guint8 *at;
  gsize left;
} FuzzInput;

/* What libFuzzer, or replay.c, calls. */
int LLVMFuzzerInitialize (int *argc, char ***argv);
int LLVMFuzzerTestOneInput (const guint8 *data, gsize size);

guint fuzz_u8 (FuzzInput *self);
guint fuzz_u16 (FuzzInput *self);
guint64 fuzz_u64 (FuzzInput *self);
guint64 fuzz_number (FuzzInput *self);
gsize fuzz_bytes (FuzzInput *self, gpointer to, gsize length);
char *fuzz_line (FuzzInput *self);
char *fuzz_text (FuzzInput *self, gsize length);

void fuzz_assert_utf8 (const char *text);
void fuzz_assert_error (const GError *error);

G_END_DECLS
