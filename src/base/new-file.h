/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/*
 * A file that is there as a whole or not at all: it is written beside its place and takes that when
 * it is complete, so what was there before is lost only then. Where its place is no file (a pipe, a
 * device) it is written there. The first error sticks and is told by heddle_new_file_commit(). One
 * thread at a time, not the main loop: it waits for the disk.
 */
typedef struct _HeddleNewFile HeddleNewFile;

HeddleNewFile *heddle_new_file_open (const char *path, GError **error);
const char *heddle_new_file_get_written_path (HeddleNewFile *self);
char *heddle_new_file_begin (HeddleNewFile *self, gsize room);
void heddle_new_file_end (HeddleNewFile *self, char *end);
gboolean heddle_new_file_is_broken (HeddleNewFile *self);
gboolean heddle_new_file_commit (HeddleNewFile *self, GError **error);
void heddle_new_file_abandon (HeddleNewFile *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (HeddleNewFile, heddle_new_file_abandon)

G_END_DECLS
