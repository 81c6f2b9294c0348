/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

int heddle_append (int fd, const char *bytes, gsize length, gsize *written);
void heddle_set_append_error (GError **error, int code, const char *path, const char *what);

G_END_DECLS
