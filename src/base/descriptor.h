/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* The lowest number of a descriptor that is moved out of the way: below it stand those that child
 * processes get at fixed numbers. */
#define HEDDLE_FD_OWN 16

int heddle_dup_high (int fd);
int heddle_move_high (int fd);
void heddle_clear_fd (int *fd);
gboolean heddle_eventfd_write (int fd);
gboolean heddle_read_small (const char *path, char *buffer, gsize size);

G_END_DECLS
