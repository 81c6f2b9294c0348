/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <sys/types.h>

#include <glib.h>

G_BEGIN_DECLS

/*
 * The guard ends the commands in hand when this program dies without ending them itself.
 */

typedef struct _HeddleGuardEntry HeddleGuardEntry;

gboolean heddle_guard_start (const char *worker_program, GError **error);

HeddleGuardEntry *heddle_guard_expect (const int *pipes);
void heddle_guard_watch (HeddleGuardEntry *entry, pid_t group);
void heddle_guard_forget (HeddleGuardEntry *entry);

gboolean heddle_guard_is_meant (int argc, char **argv);
int heddle_guard_main (void);

G_END_DECLS
