/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "batch/commands.h"
#include "cli/output.h"
#include "engine/run/run.h"

G_BEGIN_DECLS

/* The jobs of a batch as lines of JSON: that of the task, and what its command came to
 * (docs/formats/jsonl.md). */
typedef struct _HeddleJobLines HeddleJobLines;

HeddleJobLines *heddle_job_lines_new (HeddleOutput *output);
void heddle_job_lines_free (HeddleJobLines *self);
void heddle_job_lines_add (HeddleJobLines *self, const HeddleJob *job, HeddleChildStream stream,
                           const char *bytes, gsize n);
void heddle_job_lines_end (HeddleJobLines *self, const HeddleJob *job);
void heddle_job_lines_row (HeddleJobLines *self, HeddleRun *run, const HeddleRow *row);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (HeddleJobLines, heddle_job_lines_free)

G_END_DECLS
