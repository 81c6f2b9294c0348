/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* What heddle-cli ends with. */
#define HEDDLE_EXIT_DONE 0
#define HEDDLE_EXIT_FAILED 1
#define HEDDLE_EXIT_USAGE 2
#define HEDDLE_EXIT_PIPE 141

/* The commands: @argv[0] is the command's name. Each returns the exit status. */
int heddle_command_batch (int argc, char **argv);
int heddle_command_list (int argc, char **argv);
int heddle_command_run (int argc, char **argv);

int heddle_cli_print (const char *text);

G_END_DECLS
