/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "engine/model/types.h"

G_BEGIN_DECLS

/*
 * What tasks share: instrumented primitives that work the same between threads and between worker
 * processes.
 *
 * All objects of a run lie in its arena, one shared mapping; a handle is a process's own view of
 * one. A workload names its objects in share(), which is called once in the host before any task
 * and again in every worker process, with the same calls in the same order: the first call makes an
 * object, later ones find it. Objects made watched are shown live beside the pool's queue.
 *
 * An operation that has to wait records from when to when and on what, and who holds it. Every wait
 * also ends when the run is cancelled. Locks are robust: where a worker dies that holds one, the
 * next owner gets it, and HEDDLE_SYNC_OWNER_DIED. The host looks for cycles of waiting workers;
 * those in one get HEDDLE_SYNC_DEADLOCK and their tasks fail with who waits for whom.
 *
 * Functions that take a task are called by the worker that executes it.
 */
typedef struct _HeddleMutex HeddleMutex;
typedef struct _HeddleCondition HeddleCondition;
typedef struct _HeddleSemaphore HeddleSemaphore;
typedef struct _HeddleFlag HeddleFlag; /* an event, as threading.Event: set or not */
typedef struct _HeddleBarrier HeddleBarrier;
typedef struct _HeddleRwLock HeddleRwLock;
typedef struct _HeddleChannel HeddleChannel; /* a bounded queue of messages */
typedef struct _HeddlePipe HeddlePipe;       /* a pipe(2) */
typedef struct _HeddleValue HeddleValue;     /* a whole number */
typedef struct _HeddleList HeddleList;       /* a list of whole numbers */
typedef struct _HeddleDict HeddleDict;       /* names and whole numbers */
typedef struct _HeddleManager HeddleManager; /* a process that owns a list and a dictionary */

typedef enum {
  HEDDLE_SYNC_OK,
  /* acquired; the worker that held it died while it did, so what it guards may be half done */
  HEDDLE_SYNC_OWNER_DIED,
  HEDDLE_SYNC_BUSY,       /* not acquired: somebody else holds it */
  HEDDLE_SYNC_TIMEOUT,    /* not acquired in time */
  HEDDLE_SYNC_CANCELLED,  /* not acquired: the run is being stopped */
  /* not acquired: it would have waited for ever; the task has been failed with the reason */
  HEDDLE_SYNC_DEADLOCK,
  HEDDLE_SYNC_CLOSED,     /* the channel or pipe is closed and empty */
  HEDDLE_SYNC_NOT_OWNER,  /* not released: this worker does not hold it */
} HeddleSyncStatus;

/* A function, so that the call whose status it looks at is made once. */
static inline gboolean
heddle_sync_acquired (HeddleSyncStatus status)
{
  return status == HEDDLE_SYNC_OK || status == HEDDLE_SYNC_OWNER_DIED;
}

#define HEDDLE_SYNC_ACQUIRED(status) heddle_sync_acquired (status)
#define HEDDLE_MESSAGE_MAX 240

/* In share() only. Handles live as long as the workload's data; @name is shown to people,
 * translated: N_("list"), or made from N_("fork %u") by putting a number in. Never NULL: the
 * arena's size is checked before. */
HeddleMutex *heddle_shared_mutex (HeddleShared *self, const char *name);
HeddleMutex *heddle_shared_recursive_mutex (HeddleShared *self, const char *name);
HeddleCondition *heddle_shared_condition (HeddleShared *self, const char *name);
HeddleSemaphore *heddle_shared_semaphore (HeddleShared *self, const char *name, guint value);
HeddleFlag *heddle_shared_flag (HeddleShared *self, const char *name);
HeddleBarrier *heddle_shared_barrier (HeddleShared *self, const char *name, guint parties);
HeddleRwLock *heddle_shared_rw_lock (HeddleShared *self, const char *name, gboolean prefer_writers);
HeddleChannel *heddle_shared_channel (HeddleShared *self, const char *name, guint capacity,
                                      gboolean watched);
HeddlePipe *heddle_shared_pipe (HeddleShared *self, const char *name);
HeddleValue *heddle_shared_value (HeddleShared *self, const char *name, gint64 initial,
                                  gboolean watched);
HeddleList *heddle_shared_list (HeddleShared *self, const char *name, guint capacity,
                                gboolean watched);
HeddleDict *heddle_shared_dict (HeddleShared *self, const char *name, guint capacity,
                                gboolean watched);
HeddleManager *heddle_shared_manager (HeddleShared *self, const char *name);
/* zeroed memory, for a workload's own use; 64-byte aligned */
gpointer heddle_shared_bytes (HeddleShared *self, const char *name, gsize size);

/* Mutex. A plain one that its owner locks again would wait for itself: HEDDLE_SYNC_DEADLOCK.
 * timeout: nanoseconds, negative: none. */
HeddleSyncStatus heddle_mutex_lock (HeddleMutex *self, HeddleTask *task);
HeddleSyncStatus heddle_mutex_try_lock (HeddleMutex *self, HeddleTask *task);
HeddleSyncStatus heddle_mutex_lock_for (HeddleMutex *self, HeddleTask *task, gint64 timeout);
HeddleSyncStatus heddle_mutex_unlock (HeddleMutex *self, HeddleTask *task);

/* Condition: waits with @mutex held, comes back with it held (but for CANCELLED and DEADLOCK: then
 * it is not). Wake-ups without a signal happen: check in a loop. */
HeddleSyncStatus heddle_condition_wait (HeddleCondition *self, HeddleMutex *mutex, HeddleTask *task,
                                        gint64 timeout);
void heddle_condition_signal (HeddleCondition *self);
void heddle_condition_broadcast (HeddleCondition *self);

HeddleSyncStatus heddle_semaphore_acquire (HeddleSemaphore *self, HeddleTask *task, gint64 timeout);
void heddle_semaphore_release (HeddleSemaphore *self, HeddleTask *task);

void heddle_flag_set (HeddleFlag *self);
void heddle_flag_clear (HeddleFlag *self);
gboolean heddle_flag_is_set (HeddleFlag *self);
HeddleSyncStatus heddle_flag_wait (HeddleFlag *self, HeddleTask *task, gint64 timeout);

/* Barrier: @last says whether this worker came last and let the others go. */
HeddleSyncStatus heddle_barrier_wait (HeddleBarrier *self, HeddleTask *task, gboolean *last);

HeddleSyncStatus heddle_rw_lock_read (HeddleRwLock *self, HeddleTask *task);
HeddleSyncStatus heddle_rw_lock_write (HeddleRwLock *self, HeddleTask *task);
void heddle_rw_lock_unlock (HeddleRwLock *self, HeddleTask *task);

/* Channel: messages of up to HEDDLE_MESSAGE_MAX bytes; put waits while it is full, get while it is
 * empty. @message has room for HEDDLE_MESSAGE_MAX + 1. */
HeddleSyncStatus heddle_channel_put (HeddleChannel *self, HeddleTask *task, const char *message,
                                     gssize length);
HeddleSyncStatus heddle_channel_get (HeddleChannel *self, HeddleTask *task, char *message,
                                     gsize *length);
void heddle_channel_close (HeddleChannel *self);
guint heddle_channel_get_length (HeddleChannel *self);

/* Pipe: bytes through the kernel; write waits while the pipe is full, read while it is empty; 0
 * bytes read with HEDDLE_SYNC_CLOSED: no writer left. */
HeddleSyncStatus heddle_pipe_write (HeddlePipe *self, HeddleTask *task, const void *bytes,
                                    gsize length);
HeddleSyncStatus heddle_pipe_read (HeddlePipe *self, HeddleTask *task, void *bytes, gsize room,
                                   gsize *length);
void heddle_pipe_close_write (HeddlePipe *self); /* for all workers */

/* Value: get and set are single loads and stores, so get-then-set without a lock really loses
 * updates; add is atomic. */
gint64 heddle_value_get (HeddleValue *self);
void heddle_value_set (HeddleValue *self, gint64 value);
gint64 heddle_value_add (HeddleValue *self, gint64 delta); /* returns the new value */
void heddle_value_raise (HeddleValue *self, gint64 value); /* keeps a maximum, atomically */

/* List: NOT synchronised, on purpose: used without a lock it really loses and doubles entries, but
 * never leaves its memory. */
gboolean heddle_list_append (HeddleList *self, gint64 value); /* FALSE: full */
gboolean heddle_list_pop_first (HeddleList *self, gint64 *value);
guint heddle_list_get_length (HeddleList *self);
gboolean heddle_list_get (HeddleList *self, guint nth, gint64 *value);
char *heddle_list_dup_text (HeddleList *self); /* "[0, 1, 2]" */

/* Dictionary: NOT synchronised either. Names up to 31 bytes. */
gboolean heddle_dict_set (HeddleDict *self, const char *name, gint64 value);
gboolean heddle_dict_get (HeddleDict *self, const char *name, gint64 *value);
guint heddle_dict_get_length (HeddleDict *self);

/* Manager: each call is a message to the server process and its answer; the server does one at a
 * time, so what one call does needs no lock; what takes two calls does. */
HeddleSyncStatus heddle_manager_list_append (HeddleManager *self, HeddleTask *task, gint64 value);
HeddleSyncStatus heddle_manager_list_pop_first (HeddleManager *self, HeddleTask *task,
                                                gint64 *value, gboolean *found);
HeddleSyncStatus heddle_manager_list_get_length (HeddleManager *self, HeddleTask *task,
                                                 guint *length);
HeddleSyncStatus heddle_manager_dict_set (HeddleManager *self, HeddleTask *task, const char *name,
                                          gint64 value);
HeddleSyncStatus heddle_manager_dict_get (HeddleManager *self, HeddleTask *task, const char *name,
                                          gint64 *value, gboolean *found);
HeddleSyncStatus heddle_manager_dict_add (HeddleManager *self, HeddleTask *task, const char *name,
                                          gint64 delta, gint64 *value);

/* What is watched, as it is now: read by the host while workers go on. */
typedef enum {
  HEDDLE_WATCH_VALUE,
  HEDDLE_WATCH_LIST,
  HEDDLE_WATCH_DICT,
  HEDDLE_WATCH_CHANNEL,
  HEDDLE_WATCH_LINES
} HeddleWatchKind;

#define HEDDLE_WATCH_ENTRIES 24
#define HEDDLE_MAX_WATCHES 16 /* in all */

typedef struct {
  HeddleWatchKind kind;
  char name[64];     /* in the user's language */
  gint64 value;      /* VALUE */
  guint length;      /* all but VALUE */
  guint capacity;    /* LIST, DICT, CHANNEL */
  guint n_entries;   /* how many of entries are set */
  char entries[HEDDLE_WATCH_ENTRIES][32]; /* the first ones, as text */
} HeddleWatch;

G_END_DECLS
