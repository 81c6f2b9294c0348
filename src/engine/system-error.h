/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

char *heddle_system_error_dup (int code);
void heddle_set_system_error (GError **error, int code, const char *what);
int heddle_dup_high (int fd);
int heddle_move_high (int fd);

G_END_DECLS
