/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "engine/run.h"

G_BEGIN_DECLS

#define HEDDLE_FORMAT_SIZE 64

char *heddle_format_worker_name (HeddleRun  *run,
                                 guint       worker,
                                 char       *buffer,
                                 gsize       size);
char *heddle_format_bytes       (gint64      bytes,
                                 char       *buffer,
                                 gsize       size);
char *heddle_format_offset      (gint64      ns,
                                 char       *buffer,
                                 gsize       size);
char *heddle_format_percent     (double      fraction,
                                 char       *buffer,
                                 gsize       size);
char *heddle_format_signed      (gint64      value,
                                 char       *buffer,
                                 gsize       size);
char *heddle_dup_waits_for      (const HeddleWorkerInfo *worker);

G_END_DECLS
