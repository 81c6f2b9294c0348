/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <pthread.h>
#include <stdatomic.h>
#include <sys/wait.h>

#include "base/descriptor.h"
#include "engine/collect/collector.h"
#include "engine/pools/pool.h"
#include "engine/queue/queue.h"
#include "engine/worker/segment.h"

G_BEGIN_DECLS

/* Private to the process pools. A worker has a slot, a segment and one process after another.
 * Workers belong to the dispatcher, which holds the pool's lock except while it sleeps; then
 * whoever submits a task by hand may take the lock and feed them. Lock order: the pool's lock, then
 * the collector's or the queue's. */
typedef struct _HeddleProcessPool HeddleProcessPool;

/* What a worker was given and may not have started, in its order. */
typedef struct {
  HeddleItem *items; /* a ring of n_alloc items, a power of two */
  guint n_alloc;
  guint first;
  guint n_items;
  guint64 n_dropped; /* tasks given before items[first] */
  guint64 n_given;   /* tasks in all */
} HeddleProcessTasks;

/* The end of that which is not in the segment's line yet, because the line is full. */
typedef struct {
  GArray *items;    /* of HeddleItem */
  guint n_written;  /* of these */
  guint64 offset;   /* bytes of items[n_written] that are in the line */
  gboolean touched; /* the line has news that is not published */
} HeddleProcessBacklog;

/* By what the death of its process is noticed. */
typedef struct {
  int fd; /* readable when it is dead: a pidfd, or the waiter's eventfd; -1: there is none */
  gboolean has_waiter; /* there is no pidfd, but a thread that waits for its death */
  pthread_t waiter;
} HeddleDeathWatch;

/* Whether and why its process is to end. */
typedef struct {
  gboolean leaving; /* asked to quit */
  gboolean recycled; /* it has had as many tasks as a worker may: another process follows */
  const char *because;    /* NULL, or why we killed it ourselves */
  const char *or_because; /* what replaces that if it has to be killed after it was asked to end */
  /* CLOCK_MONOTONIC ns: SIGTERM was sent, SIGKILL follows then; 0: neither; G_MAXINT64: both */
  gint64 term_until;
} HeddleProcessEnding;

/* What watch.c saw when it looked last. */
typedef struct {
  gboolean given;     /* it was given tasks since then, or had some left */
  guint64 seen_ended; /* tasks */
  guint n_deaf;       /* looks in a row: it does not hear that the run is to end */
  guint n_silent;     /* looks in a row: it is not ready */
} HeddleProcessWatch;

/* Guarded by the pool's lock. The waiter reads pid and death.fd without it: neither changes while
 * there is one. */
typedef struct {
  HeddleSegment segment;
  HeddleSlot *slot;
  int pid;
  HeddleDeathWatch death;
  HeddleProcessEnding ending;
  HeddleProcessWatch watch;
  gint64 empty_until; /* CLOCK_MONOTONIC ns: the next process is not started before */
  HeddleProcessTasks tasks;
  HeddleProcessBacklog backlog;
} HeddleProcessWorker;

/* Set by start(), then read only. */
typedef struct {
  char *program;
  char **argv; /* the dispatcher of an isolated pool makes it anew for each process */
  guint prefetch;
  guint64 recycle;     /* tasks of a worker; G_MAXINT64: as many as come */
  guint ring_capacity; /* of every worker, in slots */
} HeddleProcessSetup;

/* Opened by start(), parts by the dispatcher with its first worker; then read only; -1: none. */
typedef struct {
  int wake; /* eventfd: the dispatcher is to look around */
  int epoll;
  int parts;       /* isolated: the memory of which each segment is a part */
  int collector;   /* duplicate of the collector's */
  int lifeline[2]; /* closes when this process ends */
} HeddleProcessFiles;

/* Any thread stores, the dispatcher carries them out. */
typedef struct {
  atomic_uint target;
  atomic_bool paused;
  atomic_bool kill;
} HeddleProcessWishes;

/* How tasks are handed out. Guarded by the pool's lock. */
typedef struct {
  /* the thread that submits a task hands out, perhaps with the collector's lock held */
  gboolean may_not_wait;
  guint turn;            /* whose turn it is to get the first task */
  gboolean queue_waits;  /* tasks are left in the queue because no worker has room */
  gboolean drained; /* none is left in the queue and none will come, unless one is put back */
} HeddleProcessFeeding;

/* What was told already. Guarded by the pool's lock. */
typedef struct {
  gboolean paused;   /* to the workers */
  guint32 cancel;    /* the cancel word, likewise */
  gboolean short_of; /* to the log: the system gives no more processes */
  gboolean silent;   /* to the log: a worker program says nothing */
} HeddleProcessTold;

/* Of worker processes. Guarded by the pool's lock. */
typedef struct {
  guint n_unstarted;    /* in a row, of workers that started no task */
  guint n_fruitless;    /* in a row, no task having ended well between */
  guint64 ended_before; /* tasks of workers that are gone */
  guint64 ended_at_last; /* tasks of the whole pool, when the last one died */
} HeddleDeathCounts;

/* When to do what; the times: CLOCK_MONOTONIC ns, 0: not. Guarded by the pool's lock. */
typedef struct {
  gint64 watch_at; /* look at workers that have tasks */
  gint64 look_at;  /* ask the collector for broken rings */
  gint64 kill_at;
  guint n_kills; /* rounds of it */
  int timeout;   /* of the dispatcher's sleep, milliseconds; -1: until it is woken */
} HeddleProcessTimes;

struct _HeddleProcessPool {
  HeddlePool base;
  gboolean isolated; /* the workers are threads of one process */
  /* Scales the pool and hands out tasks; TRUE: call again at once. Dispatcher's thread. */
  gboolean (*adjust) (HeddleProcessPool *self);
  HeddleProcessSetup setup;
  HeddleProcessFiles files;
  HeddleProcessWishes wishes;
  pthread_t thread;
  gboolean thread_runs; /* start() and join() only */

  /* of all below: the dispatcher's, except while it sleeps; others only try to take it */
  pthread_mutex_t lock;
  GPtrArray *workers;
  guint n_alive;      /* leaving ones counted */
  guint n_isolated;   /* how many threads the one process has */
  gboolean finishing; /* the queue is finished: all are asked to quit */
  gboolean failed;    /* the run was told that it cannot go on */
  gboolean no_more; /* the system gives no more processes: until one leaves or the user asks */
  HeddleProcessFeeding feeding;
  HeddleProcessTold told;
  HeddleDeathCounts deaths;
  HeddleProcessTimes times;
};

/**
 * heddle_process_pool_wake:
 *
 * Lets the dispatcher look around. Any thread, does not block.
 */
static inline void
heddle_process_pool_wake (HeddleProcessPool *self)
{
  heddle_eventfd_write (self->files.wake); /* full means that it is awake */
}

/* Whether a worker is a process that executes task after task, and dies alone. */
static inline gboolean
heddle_process_pool_is_lasting (const HeddleProcessPool *self)
{
  return !self->base.klass->info.is_per_task && !self->isolated;
}

/* process-pool.c */
gboolean heddle_process_pool_start (HeddleProcessPool *self, guint n_workers, GError **error);
void heddle_process_pool_resize (HeddlePool *pool, guint n_workers);
void heddle_process_pool_poke (HeddlePool *pool, gboolean paused, gboolean kill);
void heddle_process_pool_overdue (HeddlePool *pool);
void heddle_process_pool_join (HeddlePool *pool);
char **heddle_process_pool_make_argv (HeddleProcessPool *self, guint n_threads);
void heddle_process_pool_finalize (HeddlePool *pool);

/* process-worker.c */
HeddleProcessWorker *heddle_process_worker_new (HeddleProcessPool *pool, GError **error);
void heddle_process_worker_free (HeddleProcessWorker *self);
gboolean heddle_process_worker_is_alive (const HeddleProcessWorker *self);
void heddle_process_worker_reset (HeddleProcessWorker *self);
void heddle_process_worker_give (HeddleProcessWorker *self, HeddleProcessPool *pool,
                                 const HeddleItem *item);
gboolean heddle_process_worker_write (HeddleProcessWorker *self);
void heddle_process_worker_publish (HeddleProcessWorker *self);
guint64 heddle_process_worker_get_unended (HeddleProcessWorker *self);
guint heddle_process_worker_get_limit (HeddleProcessWorker *self, const HeddleProcessPool *pool);
void heddle_process_worker_put_back (HeddleProcessWorker *self, HeddleProcessPool *pool,
                                     guint64 n_started);
void heddle_process_worker_kill (HeddleProcessWorker *self, const char *because);
void heddle_process_worker_terminate (HeddleProcessWorker *self, gint64 now, const char *because,
                                      const char *or_because);
gint64 heddle_process_worker_kill_if_late (HeddleProcessWorker *self, gint64 now);

/* watch.c */
void heddle_process_worker_kill_for_nonsense (HeddleProcessWorker *self);
gint64 heddle_process_pool_watch_over (HeddleProcessPool *self, gint64 now);

/* feed.c */
void heddle_process_pool_feed (HeddleProcessPool *self);
void heddle_process_pool_feed_for_dispatcher (gpointer pool);
gboolean heddle_process_pool_prepare_sleep (HeddleProcessPool *self);

/* death.c */
gboolean heddle_process_pool_expect_death (HeddleProcessPool *self, HeddleProcessWorker *worker,
                                          int pid);
void heddle_process_worker_signal (HeddleProcessWorker *self, int signal_number);
gboolean heddle_process_pool_reap (HeddleProcessPool *self, HeddleProcessWorker *worker,
                                   gboolean keep, siginfo_t *info);

/* spawn.c */
gboolean heddle_process_pool_spawn (HeddleProcessPool *self, HeddleProcessWorker *worker,
                                    gboolean *out_of_resources, GError **error);

/* scale.c */
gboolean heddle_process_pool_scale (HeddleProcessPool *self);
HeddleProcessWorker *heddle_process_pool_get_empty (HeddleProcessPool *self, gint64 now);
gboolean heddle_process_pool_spawn_worker (HeddleProcessPool *self, HeddleProcessWorker *worker);
void heddle_process_pool_begin_spawn (HeddleProcessPool *self, HeddleProcessWorker *worker);
void heddle_process_pool_born (HeddleProcessPool *self, HeddleProcessWorker *worker);
void heddle_process_pool_handle_death (HeddleProcessPool *self, HeddleProcessWorker *worker);
void heddle_process_pool_run_short (HeddleProcessPool *self, GError *error);
void heddle_process_pool_fail (HeddleProcessPool *self, GError *error);

G_END_DECLS
