/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "batch/commands.h"
#include "cli/output.h"

G_BEGIN_DECLS

/*
 * What the jobs of a batch write, and which of them failed, in the terminal: the output of a job
 * whole when it has ended, standard output before standard error, or line by line as it comes.
 * What an attempt has written that is followed by another one is not shown, as with GNU parallel,
 * unless that one never comes.
 */
typedef struct _HeddleJobPrinter HeddleJobPrinter;

typedef struct {
  gboolean keep_order;    /* jobs in the order of their numbers; whole */
  gboolean line_buffered; /* lines as they come */
  gboolean tag;           /* each line begins with the values of its job, and a tab */
} HeddleJobPrinterOptions;

HeddleJobPrinter *heddle_job_printer_new (const HeddleJobPrinterOptions *options,
                                          HeddleOutput *output);
void heddle_job_printer_free (HeddleJobPrinter *self);
void heddle_job_printer_add (HeddleJobPrinter *self, const HeddleJob *job, HeddleChildStream stream,
                             const char *bytes, gsize n);
void heddle_job_printer_end (HeddleJobPrinter *self, const HeddleJob *job, gint64 limit_ns);
void heddle_job_printer_finish (HeddleJobPrinter *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (HeddleJobPrinter, heddle_job_printer_free)

G_END_DECLS
