/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <pthread.h>
#include <stdatomic.h>
#include <time.h>

#include <glib.h>

G_BEGIN_DECLS

/* Waiting on a word of 32 bits, which may lie in memory that worker processes map: all of these
 * also work between processes. And waiting on a condition until a moment. Any thread. */
void heddle_futex_wait (_Atomic guint32 *word, guint32 value);
gboolean heddle_futex_wait_for (_Atomic guint32 *word, guint32 value, gint64 nanoseconds);
gboolean heddle_futex_wait_until (const _Atomic guint32 *word, guint32 value, gint64 deadline);
void heddle_futex_wake (_Atomic guint32 *word, int n);
void heddle_cond_init (pthread_cond_t *cond);
gboolean heddle_cond_wait_until (pthread_cond_t *cond, pthread_mutex_t *mutex, gint64 deadline);
struct timespec heddle_timespec (gint64 nanoseconds);

G_END_DECLS
