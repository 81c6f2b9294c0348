/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <stdatomic.h>

#include <glib.h>

G_BEGIN_DECLS

/*
 * Waiting on a word of 32 bits. All of these are of the kind that also works between processes:
 * every word may lie in memory that worker processes map. Any thread.
 */
void heddle_futex_wait (_Atomic guint32 *word, guint32 value);
gboolean heddle_futex_wait_for (_Atomic guint32 *word, guint32 value, gint64 nanoseconds);
gboolean heddle_futex_wait_until (const _Atomic guint32 *word, guint32 value, gint64 deadline);
void heddle_futex_wake (_Atomic guint32 *word, int n);

G_END_DECLS
