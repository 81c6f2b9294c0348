/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/*
 * A system that gives no more: the linker puts these functions between the engine and the C library
 * (--wrap), so that a chosen call is refused with a chosen error. Works for every user, root too,
 * and under every sanitizer, which limits (setrlimit) do not.
 */
extern const char *const refuse_functions[];
extern const guint refuse_n_functions;

/* From here on the calls of @function are counted; the nth, from 1, fails with @code, and those
 * after it too if @all_after; 0: none does. */
void refuse_begin (guint function, guint nth, gboolean all_after, int code);

/* Returns how many calls there were. */
guint refuse_end (void);

G_END_DECLS
