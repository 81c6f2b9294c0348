/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <poll.h>
#include <stdatomic.h>

/* what every primitive needs */
#include "base/futex.h"
#include "engine/sync/shared.h"
#include "engine/task/hold.h"
#include "engine/task/task-private.h"
#include "trace/clock.h"

G_BEGIN_DECLS

/*
 * The arena: one shared mapping a run, made by the host, mapped by every worker process. It holds
 * offsets, never pointers.
 *
 * All waiting is done on futex words, in slices, so that a waiter also sees that the run is
 * cancelled or that it is part of a deadlock. Nothing in the arena is a pthread object: those can
 * be left in a state that only their dead owner could mend, and their holder cannot be read
 * together with their state. Here the holder is the lock word itself, and when a worker dies the
 * host, which learns it at once, hands on what it held (heddle_shared_worker_died()).
 *
 * Any worker may write over all of it. So where an object lies, how large it is and how much it
 * takes stands in the arena only for workers that start: everybody keeps a directory of his own,
 * checked when it is read, and bounds each access by that. Garbage harms what the tasks share, and
 * never whoever looks at it.
 */

#define HEDDLE_SHARED_OBJECTS 256
#define HEDDLE_SHARED_SLICE_NS (50 * G_GINT64_CONSTANT (1000000))
#define HEDDLE_SHARED_VERDICT 1024

typedef enum {
  HEDDLE_SHARED_NONE,
  HEDDLE_SHARED_MUTEX,
  HEDDLE_SHARED_CONDITION,
  HEDDLE_SHARED_SEMAPHORE,
  HEDDLE_SHARED_FLAG,
  HEDDLE_SHARED_BARRIER,
  HEDDLE_SHARED_RW_LOCK,
  HEDDLE_SHARED_CHANNEL,
  HEDDLE_SHARED_PIPE,
  HEDDLE_SHARED_VALUE,
  HEDDLE_SHARED_LIST,
  HEDDLE_SHARED_DICT,
  HEDDLE_SHARED_MANAGER,
  HEDDLE_SHARED_BYTES,
  HEDDLE_N_SHARED_KINDS
} HeddleSharedKind;

/* Written by the host before any worker starts. */
typedef struct {
  guint32 kind;
  guint32 watched;
  guint64 offset;
  guint64 size;
  char name[40];
} HeddleSharedObject;

/* What a worker waits for, and whether that is hopeless. One cache line a worker. */
typedef struct {
  /* worker stores: stamp (32 bits) | object's number from 1, 0: does not wait */
  _Atomic guint64 waits;
  /* host stores (release): the stamp of the wait that would last for ever */
  _Atomic guint32 doomed;
  guint32 stamp;          /* worker only */
  /* worker stores, before waits: time ends this wait if nothing else does */
  _Atomic guint32 timed;
  /* worker counts: how often it has looked at what it waits for, and must go on waiting */
  _Atomic guint32 looks;
  guint8 pad[40];
} HeddleSharedWaiter;

typedef struct {
  guint64 magic;
  guint64 size;
  guint32 n_objects;
  HeddleSharedObject objects[HEDDLE_SHARED_OBJECTS];
  char verdict[HEDDLE_SHARED_VERDICT]; /* host writes before it dooms */
  _Alignas (64) HeddleSharedWaiter waiters[HEDDLE_MAX_WORKERS + 1];
} HeddleArena;

struct _HeddleShared {
  HeddleArena *arena;
  guint64 bytes;   /* of the arena */
  guint64 used;    /* host: by its objects so far */
  /* owned: the directory, which nobody else can write over; HEDDLE_SHARED_OBJECTS of them */
  HeddleSharedObject *objects;
  guint n_objects;
  int fd;          /* memfd; owned by the host, -1 in a worker */
  gboolean host;
  guint n_seen;    /* objects named so far by this process's share() */
  GPtrArray *handles;
  /* memory handed out where the arena had none, so that handles are never NULL */
  GPtrArray *strays;
  GError *error;   /* the first thing that went wrong while naming */
  const char *worker_program; /* host, borrowed: where the caller wants it, or NULL */
  /* of HeddleSharedEnder: files and processes that end with the run, not with the view */
  GArray *enders;
};

typedef struct {
  void (*end) (gpointer handle, HeddleLog *log);
  gpointer handle;
} HeddleSharedEnder;

/* Every handle starts with these. */
typedef struct {
  HeddleShared *shared;
  guint number; /* of the object, from 1 */
  const char *name; /* static, in the user's language */
  gpointer cell; /* in the arena */
} HeddleSharedHandle;

struct _HeddleMutex {
  HeddleSharedHandle base;
};

/* What a worker is called. */
typedef const char *(*HeddleWorkerNamer) (guint worker, gpointer data);

/* arena.c and holders.c */
HeddleShared *heddle_shared_new_host (gsize bytes, GError **error);
HeddleShared *heddle_shared_new_worker (int fd, GError **error);
void heddle_shared_free (HeddleShared *self);
gboolean heddle_shared_check (HeddleShared *self, GError **error);
gpointer heddle_shared_make (HeddleShared *self, HeddleSharedKind kind, const char *name,
                             gsize cell_size, gsize handle_size, gboolean watched);
void heddle_shared_refuse (HeddleShared *self, const char *format, ...) G_GNUC_PRINTF (2, 3);
void heddle_shared_add_ender (HeddleShared *self, void (*end) (gpointer handle, HeddleLog *log),
                              gpointer handle);
void heddle_shared_end (HeddleShared *self, HeddleLog *log);
void heddle_shared_worker_died (HeddleShared *self, guint worker, HeddleLog *log);
void heddle_shared_task_begins (HeddleShared *self, guint worker);
void heddle_shared_release_held (HeddleShared *self, HeddleTask *task);
guint heddle_shared_get_holder (HeddleShared *self, guint number, guint waiter);
void heddle_shared_set_verdict (HeddleShared *self, const char *text);
void heddle_shared_describe_wait (HeddleShared *self, guint worker, char *buffer, gsize size,
                                  HeddleWorkerNamer worker_name, gpointer data);
guint heddle_shared_watch (HeddleShared *self, HeddleWatch *watches, guint max_watches);

/* name.c */
#define HEDDLE_SHARED_NAME 64
const char *heddle_shared_show_name (const char *name, char *buffer, gsize size);

static inline gpointer
heddle_shared_cell (HeddleShared *self, guint number)
{
  return (guint8 *) self->arena + self->objects[number - 1].offset;
}

/* wait.c: how every primitive waits. */
typedef struct {
  HeddleSharedHandle *object;
  HeddleTask *task;
  gint64 deadline; /* CLOCK_MONOTONIC, -1: none */
  gboolean recorded;
} HeddleWait;

void heddle_wait_init (HeddleWait *self, gpointer handle, HeddleTask *task, gint64 timeout);
HeddleSyncStatus heddle_wait_poll (HeddleWait *self, struct pollfd *files, guint n_files);
HeddleSyncStatus heddle_wait_on (HeddleWait *self, _Atomic guint32 *word, guint32 value);
HeddleSyncStatus heddle_wait_to_look (HeddleWait *self, _Atomic guint32 *word, guint32 value);
void heddle_wait_done (HeddleWait *self);

/* The repairs after a worker's death; each returns whether there was something to mend. */
gboolean heddle_mutex_hand_on (gpointer cell, guint worker);
gboolean heddle_semaphore_hand_on (gpointer cell, guint worker);
gboolean heddle_barrier_hand_on (gpointer cell, guint worker);
gboolean heddle_rw_lock_hand_on (gpointer cell, guint worker);
gboolean heddle_channel_hand_on (gpointer cell, guint worker);
guint heddle_mutex_get_holder (gpointer cell);
void heddle_mutex_release_for (gpointer cell, guint worker);
guint heddle_rw_lock_get_writer (gpointer cell);
gboolean heddle_rw_lock_is_held_by (gpointer cell, guint worker);
void heddle_rw_lock_release_for (gpointer cell, guint worker);
guint heddle_rw_lock_get_holder (gpointer cell, guint waiter);
void heddle_semaphore_forget (gpointer cell, guint worker);
void heddle_channel_fill_watch (gpointer handle, HeddleWatch *watch);
void heddle_data_fill_watch (HeddleSharedKind kind, gpointer handle, HeddleWatch *watch);

/* manager-server.c: what the worker program does where it is started as a manager. Returns the exit
 * status. */
int heddle_manager_serve (int host_pid);

/* deadlock.c: the host looks for cycles. */
typedef struct {
  guint64 seen[HEDDLE_MAX_WORKERS + 1]; /* what each worker waited for at the last look */
} HeddleDeadlockWatch;

gboolean heddle_deadlock_look (HeddleDeadlockWatch *self, HeddleShared *shared, guint n_workers,
                               HeddleWorkerNamer worker_name, gpointer data, HeddleLog *log);

G_END_DECLS
