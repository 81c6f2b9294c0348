/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>
#include <pthread.h>

G_BEGIN_DECLS

static inline pthread_mutex_t *
heddle_auto_lock (pthread_mutex_t *lock)
{
  pthread_mutex_lock (lock);
  return lock;
}

static inline void
heddle_auto_unlock (pthread_mutex_t **lock)
{
  pthread_mutex_unlock (*lock);
}

/* Holds @lock_ from here to the end of the block, as G_MUTEX_AUTO_LOCK does with GLib's. */
#define HEDDLE_AUTO_LOCK(lock_)                                                                    \
  G_GNUC_UNUSED __attribute__ ((cleanup (heddle_auto_unlock))) pthread_mutex_t *auto_lock_ =       \
    heddle_auto_lock (lock_)

G_END_DECLS
