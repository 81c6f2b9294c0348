/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Texts in memory of a fixed size, cut between characters. Any thread. */
void heddle_utf8_append (char *buffer, gsize size, const char *text);
void heddle_utf8_copy (char *buffer, gsize size, const char *text);
void heddle_utf8_copy_end (char *buffer, gsize size, const char *text);
void heddle_utf8_trim (char *buffer);

G_END_DECLS
