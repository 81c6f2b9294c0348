/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <spawn.h>

#include <glib.h>

G_BEGIN_DECLS

void heddle_program_init_signals (void);
void heddle_program_spawn_signals (posix_spawnattr_t *attributes);

G_END_DECLS
