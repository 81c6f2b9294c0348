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

/*
 * Private to the process pools.
 *
 * A worker has a lane on the screen, a segment and one process after another. Everything about
 * workers belongs to the dispatcher's thread, which holds the pool's lock but while it sleeps. In
 * its sleep, and with that lock, whoever submits a task by hand feeds the workers in its place.
 *
 * Lock order: the pool's lock, then the collector's or the queue's.
 */
typedef struct _HeddleProcessPool HeddleProcessPool;

typedef struct {
  HeddleSegment segment;
  HeddleSlot *slot;
  int pid;
  /* readable when its process is dead: a pidfd, or what the waiter writes to; -1: it has none */
  int death_fd;
  gboolean has_waiter;  /* there is no pidfd, but a thread that waits for its death */
  pthread_t waiter;
  gboolean leaving;  /* asked to quit */
  /* because it was given as many tasks as a worker may have: another process follows */
  gboolean recycled;
  const char *killed_because; /* NULL, or why we killed it ourselves */
  /* what replaces that if it has to be killed after it was asked to end */
  const char *killed_after;
  /* CLOCK_MONOTONIC ns: it was asked to end (SIGTERM), and is killed then; 0: it was not;
   * G_MAXINT64: it was killed */
  gint64 term_until;
  gboolean given;     /* it was given tasks since the last look, or had some left then */
  guint64 seen_ended; /* at the last look */
  guint n_deaf;       /* looks in a row: it does not hear that the run is to end */
  guint n_silent;     /* looks in a row: it is not ready */
  gint64 empty_until; /* CLOCK_MONOTONIC ns: the next worker is not born before */

  /* What this worker was given and may not have started, in its order: a ring of n_alloc items, a
   * power of two. */
  HeddleItem *items;
  guint n_alloc;
  guint first;
  guint n_items;
  guint64 n_dropped; /* tasks given before items[first] */
  guint64 n_given;   /* tasks in all */

  /* The end of that which is not in the segment's line yet, because the line is full. */
  GArray *backlog;   /* of HeddleItem */
  guint n_written;   /* of the backlog */
  guint64 offset;    /* bytes of backlog[n_written] that are in the line */
  gboolean touched;  /* the line has news that is not published */
} HeddleProcessWorker;

struct _HeddleProcessPool {
  HeddlePool base;
  gboolean one_shot; /* a worker for every task */
  gboolean isolated;   /* the workers are threads of one process */

  /* Set by start(), then read only. */
  gboolean (*adjust) (HeddleProcessPool *self); /* has the pool as many workers as are wanted, and
                                                   hands out tasks; TRUE: is to be called again at
                                                   once. Dispatcher's thread */
  char *program;
  char **argv;
  guint prefetch;
  guint64 recycle; /* tasks of a worker; G_MAXINT64: as many as come */
  guint ring_capacity; /* of every worker, in slots */
  int wake_fd;      /* eventfd: the dispatcher is to look around */
  int epoll_fd;
  int parts_fd;     /* isolated: the memory of which each segment is a part; -1 otherwise */
  int collector_fd; /* duplicate of the collector's */
  int lifeline[2];     /* closes when this process ends */
  pthread_t thread;
  gboolean thread_runs; /* start() and join() only */
  pthread_mutex_t lock; /* of the dispatcher's fields; others only try to take it */

  /* Wishes: any thread stores, the dispatcher carries them out. */
  atomic_uint target;
  atomic_bool paused;
  atomic_bool kill;

  /* Guarded by lock: the dispatcher's thread. */
  GPtrArray *workers;
  gboolean may_not_wait; /* somebody else does its work, perhaps with the collector's lock held */
  int timeout;      /* of its sleep, milliseconds; -1: until it is woken */
  guint n_alive;    /* leaving ones counted */
  guint turn;       /* whose turn it is to get the first task */
  guint n_isolated;   /* how many threads that process has */
  gboolean told_paused;
  guint32 told_cancel;   /* the cancel word, as the workers know it */
  gboolean finishing;    /* the queue is finished: all are asked to quit */
  gboolean failed;       /* the run was told that it cannot go on */
  /* the system gives no more processes: until one leaves or the user asks again */
  gboolean no_more;
  gboolean queue_waits;  /* tasks are left in the queue because no worker has room */
  /* no task is left in the queue and none will come, unless one is put back */
  gboolean drained;
  guint deaths_unstarted; /* in a row, of workers that started no task */
  guint deaths_fruitless; /* in a row, no task having ended well between */
  guint64 ended_before;  /* tasks of workers that are gone */
  guint64 ended_at_death; /* of the whole pool, when the last worker died */
  gboolean told_short;   /* the log says that the system gives no more */
  gboolean told_silent;  /* the log says that a worker program says nothing */
  /* CLOCK_MONOTONIC ns: when to look at workers that have tasks, 0: none has */
  gint64 watch_at;
  gint64 look_at;        /* CLOCK_MONOTONIC ns: when to ask the collector for broken rings, 0: no */
  gint64 kill_at;        /* CLOCK_MONOTONIC ns, 0: no */
  guint n_kills;         /* rounds of it */
};

/**
 * heddle_process_pool_wake:
 *
 * Lets the dispatcher look around. Any thread, does not block.
 */
static inline void
heddle_process_pool_wake (HeddleProcessPool *self)
{
  heddle_eventfd_write (self->wake_fd); /* full means that it is awake */
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
guint64 heddle_process_worker_get_waiting (HeddleProcessWorker *self);
guint heddle_process_worker_get_limit (HeddleProcessWorker *self, const HeddleProcessPool *pool);
void heddle_process_worker_put_back (HeddleProcessWorker *self, HeddleProcessPool *pool,
                                     guint64 n_started);
void heddle_process_worker_kill (HeddleProcessWorker *self, const char *because);
void heddle_process_worker_terminate (HeddleProcessWorker *self, gint64 now, const char *because,
                                      const char *or_because);
gint64 heddle_process_worker_kill_if_late (HeddleProcessWorker *self, gint64 now);

/* process-watch.c */
void heddle_process_worker_kill_for_nonsense (HeddleProcessWorker *self);
gint64 heddle_process_pool_watch_over (HeddleProcessPool *self, gint64 now);

/* process-feed.c */
void heddle_process_pool_feed (HeddleProcessPool *self);
void heddle_process_pool_feed_for_dispatcher (gpointer pool);
gboolean heddle_process_pool_prepare_sleep (HeddleProcessPool *self);

/* process-death.c */
gboolean heddle_process_pool_watch (HeddleProcessPool *self, HeddleProcessWorker *worker, int pid);
void heddle_process_worker_signal (HeddleProcessWorker *self, int signal_number);
gboolean heddle_process_pool_reap (HeddleProcessPool *self, HeddleProcessWorker *worker,
                                   gboolean keep, siginfo_t *info);

/* process-spawn.c */
gboolean heddle_process_pool_spawn (HeddleProcessPool *self, HeddleProcessWorker *worker,
                                    gboolean *out_of_resources, GError **error);

/* process-staff.c */
gboolean heddle_process_pool_scale (HeddleProcessPool *self);
HeddleProcessWorker *heddle_process_pool_find_empty (HeddleProcessPool *self, gint64 now);
gboolean heddle_process_pool_spawn_worker (HeddleProcessPool *self, HeddleProcessWorker *worker);
void heddle_process_pool_begin_spawn (HeddleProcessPool *self, HeddleProcessWorker *worker);
void heddle_process_pool_born (HeddleProcessPool *self, HeddleProcessWorker *worker);
void heddle_process_pool_handle_death (HeddleProcessPool *self, HeddleProcessWorker *worker);
void heddle_process_pool_run_short (HeddleProcessPool *self, GError *error);
void heddle_process_pool_fail (HeddleProcessPool *self, GError *error);

G_END_DECLS
