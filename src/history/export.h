/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

#include "engine/run/run.h"

G_BEGIN_DECLS

/* As what a run is taken away. */
typedef enum {
  HEDDLE_EXPORT_CSV,   /* a line a task: docs/formats/csv.md */
  HEDDLE_EXPORT_JSONL, /* as heddle-cli writes them: docs/formats/jsonl.md */
  HEDDLE_EXPORT_TRACE, /* for Perfetto: docs/formats/trace.md */
} HeddleExportFormat;

/* What of it. All zero but the format: everything. */
typedef struct {
  HeddleExportFormat format;
  const guint64 *ids; /* of lines: the numbers of tasks that are wanted, in the order in which they
                         are; NULL: all that @wants wants, as they ended */
  gsize n_ids;
  gboolean (*wants) (const HeddleRow *row, gpointer data); /* NULL: every one; any thread */
  gpointer wants_data;
  gint64 begin_ns;    /* of a trace: CLOCK_MONOTONIC nanoseconds */
  gint64 end_ns;      /* 0: the whole run */
} HeddleExport;

gboolean heddle_export_write (HeddleRun *run, const HeddleExport *what, const char *path,
                              GCancellable *cancellable, GError **error);

G_END_DECLS
