/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "batch/inputs.h"
#include "cli/job-printer.h"
#include "cli/options.h"

G_BEGIN_DECLS

/* The command line of `heddle-cli batch`, checked. */
typedef struct {
  gboolean help;
  gboolean list;
  gboolean dry_run;
  gboolean no_shell;
  char *command;     /* NULL: each line is a command */
  char *placeholder; /* what stands for {}; NULL: {} */
  char *columns;
  HeddleInputsOptions inputs; /* what it points to is owned here */

  /* how it is run */
  HeddleRunOptions options;
  HeddleCliFormat format;
  gboolean no_live;
  char *trace_path;
  HeddleJobPrinterOptions printer;

  /* what is written down, and what an earlier run has done */
  char *joblog;  /* a path; NULL: none */
  char *journal; /* a name; NULL: none */
  gboolean resume;
  gboolean again;  /* of what it has done, what failed is done again */
  gboolean anyway; /* even though commands have changed */
  char *words;     /* the command line, as a shell reads it */
} HeddleCliBatch;

gboolean heddle_cli_batch_parse (HeddleCliBatch *self, int argc, char **argv, GError **error);
void heddle_cli_batch_clear (HeddleCliBatch *self);
char *heddle_cli_batch_help (void);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (HeddleCliBatch, heddle_cli_batch_clear)

G_END_DECLS
