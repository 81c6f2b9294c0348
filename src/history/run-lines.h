/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "engine/run/diagnosis.h"
#include "engine/run/run.h"

G_BEGIN_DECLS

/* Where lines go: room for so many bytes, and what was written there. */
typedef struct {
  char *(*begin) (gsize room, gpointer data);
  void (*end) (char *end, gpointer data);
} HeddleLineSink;

guint heddle_run_lines_diagnose (HeddleRun *run, HeddleVerdict verdicts[HEDDLE_N_VERDICTS]);
void heddle_json_write_closing (HeddleRun *run, const HeddleLineSink *sink, gpointer data);

G_END_DECLS
