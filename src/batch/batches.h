/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "batch/journal-line.h"

G_BEGIN_DECLS

/*
 * Where batches are kept: a folder with a journal each, NAME.journal. A process that runs a batch
 * holds a lock on its journal, which ends with the process however it ends. None of this is for the
 * main loop: it waits for the disk.
 */

/* What is kept unless something else is asked for. */
#define HEDDLE_BATCHES_MOST       100
#define HEDDLE_BATCHES_MOST_BYTES ((guint64) 512 << 20)

/* One of them. */
typedef struct {
  char *name;
  char *problem;       /* why its journal cannot be read, for people; NULL: it can be */
  gint64 begun_us;     /* since 1970; as the rest, 0 where there is a @problem */
  gint64 last_us;      /* when its last line was written */
  guint64 bytes;       /* of its journal; known always */
  gboolean is_running; /* a process has it; known always */
  gboolean is_closed;  /* it ended, instead of being broken off */
  HeddleJobCounts counts;
} HeddleBatchInfo;

char *heddle_batches_dup_folder (void);
gboolean heddle_batch_name_check (const char *name, GError **error);
char *heddle_batch_dup_path (const char *folder, const char *name);
void heddle_batch_set_not_there (GError **error, const char *name);
int heddle_batch_open (const char *path);
int heddle_batch_open_locked (const char *path, gboolean create);

GPtrArray *heddle_batches_list (const char *folder, GError **error);
gboolean heddle_batches_prune (const char *folder, guint most, guint64 most_bytes, GError **error);
void heddle_batch_info_free (HeddleBatchInfo *self);

G_END_DECLS
