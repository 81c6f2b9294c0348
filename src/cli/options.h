/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "engine/run/run.h"

G_BEGIN_DECLS

/* How results are written. */
typedef enum {
  HEDDLE_CLI_TEXT,
  HEDDLE_CLI_JSONL,
  HEDDLE_CLI_SUMS, /* the lines of sha256sum */
} HeddleCliFormat;

/* The command line of `heddle-cli run` and `heddle-cli list`, checked. */
typedef struct {
  gboolean help;
  HeddleCliFormat format;
  gboolean no_live;
  char *trace_path;
  char *worker_program;
  HeddleSettings *settings; /* NULL where only help is wanted */
  HeddleRunOptions options;
} HeddleCliRun;

gboolean heddle_cli_run_parse (HeddleCliRun *self, int argc, char **argv, GError **error);
void heddle_cli_run_clear (HeddleCliRun *self);
char *heddle_cli_run_help (void);

gboolean heddle_cli_list_parse (gboolean *json, gboolean *help, int argc, char **argv,
                                GError **error);
char *heddle_cli_list_help (void);

G_END_DECLS
