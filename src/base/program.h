/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <sys/types.h>

#include <glib.h>

G_BEGIN_DECLS

/* A descriptor of ours, and the number under which a child process gets it. */
typedef struct {
  int fd; /* none of the numbers of the entries before: see heddle_move_high() */
  int number;
} HeddleSpawnFile;

void heddle_program_init_signals (void);
int heddle_program_spawn (pid_t *pid, const char *program, char *const argv[],
                          const HeddleSpawnFile *files, guint n_files, int close_from);
int heddle_program_spawn_command (pid_t *pid, char *const argv[], char *const environment[],
                                  const char *directory, int in, int out, int err);
char *heddle_worker_program_find (const char *wish, GError **error);

G_END_DECLS
