/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "cli/options.h"
#include "cli/output.h"
#include "engine/run/run.h"

G_BEGIN_DECLS

/* What a run came to, written through the output: as lines of JSON or of checksums, or as sentences
 * for people. Rows and lines of the log come on the supervisor's thread; everything else is the
 * main thread's, before or after. */
typedef struct _HeddleReport HeddleReport;

HeddleReport *heddle_report_new (HeddleOutput *output, HeddleCliFormat format);
void heddle_report_free (HeddleReport *self);
void heddle_report_row (HeddleReport *self, HeddleRun *run, const HeddleRow *row);
void heddle_report_line (HeddleReport *self, const HeddleLogLine *line);
void heddle_report_finish (HeddleReport *self, HeddleRun *run);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (HeddleReport, heddle_report_free)

G_END_DECLS
