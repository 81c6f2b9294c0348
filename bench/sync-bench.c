/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What the instrumented primitives cost where nobody else wants them, beside the bare call of
 * pthread, sem_t or the kernel that does the same: once between threads of one process, once
 * between processes. The three are measured alternately in short rounds, so that what else the
 * machine does meets all of them; the table has the medians, and the median of the rounds' ratios.
 * Wanted: at most 1.5 times.
 *
 *   sync-bench [ROUNDS]
 */
#include "config.h"

#include <pthread.h>
#include <semaphore.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "engine/sync/shared-private.h"
#include "engine/sync/shared.h"
#include "trace/clock.h"

#define ROUNDS  101   /* at most, and where none are given */
#define CALLS   20000 /* in a round */
#define MESSAGE 64
#define WANTED  1.5

/* The peers' objects; once in memory of this process, once in shared memory. */
typedef struct {
  pthread_mutex_t mutex, recursive;
  pthread_cond_t condition;
  sem_t semaphore;
  pthread_barrier_t barrier;
  pthread_rwlock_t rw_lock;
  pthread_cond_t not_full, not_empty;
  gboolean set;
  guint head, tail;
  guint lengths[16];
  char messages[16][HEDDLE_MESSAGE_MAX];
  int pipe[2];
} Peers;

typedef struct {
  HeddleTask task;
  HeddleMutex *mutex, *recursive;
  HeddleCondition *condition;
  HeddleSemaphore *semaphore;
  HeddleFlag *flag;
  HeddleBarrier *barrier;
  HeddleRwLock *rw_lock;
  HeddleChannel *channel;
  HeddlePipe *pipe;
} Own;

typedef struct {
  const char *name;
  const char *peer;
  void (*own) (Own *own);
  void (*bare) (Peers *peers);
} Pair;

static char sent[MESSAGE] = "a message of sixty-four bytes, as long as those of costs";
static char received[HEDDLE_MESSAGE_MAX + 1];

static void
own_mutex (Own *own)
{
  heddle_mutex_lock (own->mutex, &own->task);
  heddle_mutex_unlock (own->mutex, &own->task);
}

static void
bare_mutex (Peers *peers)
{
  pthread_mutex_lock (&peers->mutex);
  pthread_mutex_unlock (&peers->mutex);
}

static void
own_try (Own *own)
{
  heddle_mutex_try_lock (own->mutex, &own->task);
  heddle_mutex_unlock (own->mutex, &own->task);
}

static void
bare_try (Peers *peers)
{
  if (pthread_mutex_trylock (&peers->mutex) == 0)
    pthread_mutex_unlock (&peers->mutex);
}

static void
own_recursive (Own *own)
{
  heddle_mutex_lock (own->recursive, &own->task);
  heddle_mutex_lock (own->recursive, &own->task);
  heddle_mutex_unlock (own->recursive, &own->task);
  heddle_mutex_unlock (own->recursive, &own->task);
}

static void
bare_recursive (Peers *peers)
{
  pthread_mutex_lock (&peers->recursive);
  pthread_mutex_lock (&peers->recursive);
  pthread_mutex_unlock (&peers->recursive);
  pthread_mutex_unlock (&peers->recursive);
}

static void
own_signal (Own *own)
{
  heddle_condition_signal (own->condition);
}

static void
bare_signal (Peers *peers)
{
  pthread_cond_signal (&peers->condition);
}

static void
own_broadcast (Own *own)
{
  heddle_condition_broadcast (own->condition);
}

static void
bare_broadcast (Peers *peers)
{
  pthread_cond_broadcast (&peers->condition);
}

static void
own_semaphore (Own *own)
{
  heddle_semaphore_acquire (own->semaphore, &own->task, -1);
  heddle_semaphore_release (own->semaphore, &own->task);
}

static void
bare_semaphore (Peers *peers)
{
  sem_wait (&peers->semaphore);
  sem_post (&peers->semaphore);
}

static void
own_event_set (Own *own)
{
  heddle_flag_clear (own->flag);
  heddle_flag_set (own->flag);
}

/* pthread has no event; this is how one is made of what it has. */
static void
bare_event_set (Peers *peers)
{
  pthread_mutex_lock (&peers->mutex);
  peers->set = FALSE;
  pthread_mutex_unlock (&peers->mutex);
  pthread_mutex_lock (&peers->mutex);
  peers->set = TRUE;
  pthread_cond_broadcast (&peers->condition);
  pthread_mutex_unlock (&peers->mutex);
}

static void
own_event_wait (Own *own)
{
  heddle_flag_wait (own->flag, &own->task, -1);
}

static void
bare_event_wait (Peers *peers)
{
  pthread_mutex_lock (&peers->mutex);
  while (!peers->set)
    pthread_cond_wait (&peers->condition, &peers->mutex);
  pthread_mutex_unlock (&peers->mutex);
}

static void
own_barrier (Own *own)
{
  heddle_barrier_wait (own->barrier, &own->task, NULL);
}

static void
bare_barrier (Peers *peers)
{
  pthread_barrier_wait (&peers->barrier);
}

static void
own_read (Own *own)
{
  heddle_rw_lock_read (own->rw_lock, &own->task);
  heddle_rw_lock_unlock (own->rw_lock, &own->task);
}

static void
bare_read (Peers *peers)
{
  pthread_rwlock_rdlock (&peers->rw_lock);
  pthread_rwlock_unlock (&peers->rw_lock);
}

static void
own_write (Own *own)
{
  heddle_rw_lock_write (own->rw_lock, &own->task);
  heddle_rw_lock_unlock (own->rw_lock, &own->task);
}

static void
bare_write (Peers *peers)
{
  pthread_rwlock_wrlock (&peers->rw_lock);
  pthread_rwlock_unlock (&peers->rw_lock);
}

static void
own_queue (Own *own)
{
  heddle_channel_put (own->channel, &own->task, sent, MESSAGE);
  heddle_channel_get (own->channel, &own->task, received, NULL);
}

/* A bounded queue as the textbook has it. */
static void
bare_queue (Peers *peers)
{
  guint length;

  pthread_mutex_lock (&peers->mutex);
  while (peers->head - peers->tail == G_N_ELEMENTS (peers->messages))
    pthread_cond_wait (&peers->not_full, &peers->mutex);
  memcpy (peers->messages[peers->head % G_N_ELEMENTS (peers->messages)], sent, MESSAGE);
  peers->lengths[peers->head++ % G_N_ELEMENTS (peers->messages)] = MESSAGE;
  pthread_cond_signal (&peers->not_empty);
  pthread_mutex_unlock (&peers->mutex);

  pthread_mutex_lock (&peers->mutex);
  while (peers->head == peers->tail)
    pthread_cond_wait (&peers->not_empty, &peers->mutex);
  length = peers->lengths[peers->tail % G_N_ELEMENTS (peers->messages)];
  memcpy (received, peers->messages[peers->tail++ % G_N_ELEMENTS (peers->messages)], length);
  pthread_cond_signal (&peers->not_full);
  pthread_mutex_unlock (&peers->mutex);
}

static void
own_pipe (Own *own)
{
  gsize length;

  heddle_pipe_write (own->pipe, &own->task, sent, MESSAGE);
  heddle_pipe_read (own->pipe, &own->task, received, MESSAGE, &length);
}

static void
bare_pipe (Peers *peers)
{
  if (write (peers->pipe[1], sent, MESSAGE) != MESSAGE
      || read (peers->pipe[0], received, MESSAGE) != MESSAGE)
    abort ();
}

static const Pair pairs[] = {
  { "mutex: lock, unlock", "pthread_mutex", own_mutex, bare_mutex },
  { "mutex: try, unlock", "pthread_mutex_trylock", own_try, bare_try },
  { "recursive mutex: twice", "pthread_mutex, recursive", own_recursive, bare_recursive },
  { "condition: signal, nobody waits", "pthread_cond_signal", own_signal, bare_signal },
  { "condition: broadcast, nobody waits", "pthread_cond_broadcast", own_broadcast, bare_broadcast },
  { "semaphore: acquire, release", "sem_wait, sem_post", own_semaphore, bare_semaphore },
  { "event: clear, set", "mutex, flag, condition", own_event_set, bare_event_set },
  { "event: wait, it is set", "mutex, flag, condition", own_event_wait, bare_event_wait },
  { "barrier of one", "pthread_barrier_wait", own_barrier, bare_barrier },
  { "read-write lock: read, unlock", "pthread_rwlock", own_read, bare_read },
  { "read-write lock: write, unlock", "pthread_rwlock", own_write, bare_write },
  { "queue: put, get 64 bytes", "mutex, array, two conditions", own_queue, bare_queue },
  { "pipe: write, read 64 bytes", "write, read", own_pipe, bare_pipe },
};

static void
must (int error, const char *what)
{
  if (error == 0)
    return;
  fprintf (stderr, "sync-bench: %s: %s\n", what, g_strerror (error));
  exit (1);
}

static void
init_peers (Peers *peers, int shared)
{
  pthread_mutexattr_t mutex;
  pthread_condattr_t condition;
  pthread_barrierattr_t barrier;
  pthread_rwlockattr_t rw_lock;

  pthread_mutexattr_init (&mutex);
  pthread_mutexattr_setpshared (&mutex, shared);
  must (pthread_mutex_init (&peers->mutex, &mutex), "mutex");
  pthread_mutexattr_settype (&mutex, PTHREAD_MUTEX_RECURSIVE);
  must (pthread_mutex_init (&peers->recursive, &mutex), "mutex");
  pthread_condattr_init (&condition);
  pthread_condattr_setpshared (&condition, shared);
  must (pthread_cond_init (&peers->condition, &condition), "condition");
  must (pthread_cond_init (&peers->not_full, &condition), "condition");
  must (pthread_cond_init (&peers->not_empty, &condition), "condition");
  must (sem_init (&peers->semaphore, shared == PTHREAD_PROCESS_SHARED, 1), "semaphore");
  pthread_barrierattr_init (&barrier);
  pthread_barrierattr_setpshared (&barrier, shared);
  must (pthread_barrier_init (&peers->barrier, &barrier, 1), "barrier");
  pthread_rwlockattr_init (&rw_lock);
  pthread_rwlockattr_setpshared (&rw_lock, shared);
  must (pthread_rwlock_init (&peers->rw_lock, &rw_lock), "read-write lock");
  must (pipe (peers->pipe), "pipe");
  peers->set = TRUE;
}

static void
init_own (Own *own, HeddleShared *shared, HeddleRingWriter *writer, const _Atomic guint32 *cancel)
{
  g_autoptr (GError) error = NULL;

  *own =
    (Own){ .task = { .id = 1, .attempt = 1, .writer = writer, .cancel = cancel, .worker = 1 } };
  own->mutex = heddle_shared_mutex (shared, "mutex");
  own->recursive = heddle_shared_recursive_mutex (shared, "recursive");
  own->condition = heddle_shared_condition (shared, "condition");
  own->semaphore = heddle_shared_semaphore (shared, "semaphore", 1);
  own->flag = heddle_shared_flag (shared, "event");
  own->barrier = heddle_shared_barrier (shared, "barrier", 1);
  own->rw_lock = heddle_shared_rw_lock (shared, "read-write lock", TRUE);
  own->channel = heddle_shared_channel (shared, "queue", 16, FALSE);
  own->pipe = heddle_shared_pipe (shared, "pipe");
  heddle_flag_set (own->flag);
  if (heddle_shared_check (shared, &error))
    return;
  fprintf (stderr, "sync-bench: %s\n", error->message);
  exit (1);
}

/* The C library leaves the locked instructions out while a program has one thread, which none that
 * uses these has. */
static void *
second_thread (void *data)
{
  pthread_barrier_t *over = data;

  pthread_barrier_wait (over);
  return NULL;
}

static guint n_rounds = ROUNDS;

static double
time_own (const Pair *pair, Own *own)
{
  gint64 begin = heddle_clock_monotonic_ns ();

  for (guint i = 0; i < CALLS; i++)
    pair->own (own);
  return (double) (heddle_clock_monotonic_ns () - begin) / CALLS;
}

static double
time_bare (const Pair *pair, Peers *peers)
{
  gint64 begin = heddle_clock_monotonic_ns ();

  for (guint i = 0; i < CALLS; i++)
    pair->bare (peers);
  return (double) (heddle_clock_monotonic_ns () - begin) / CALLS;
}

static int
compare (const void *a, const void *b)
{
  return (*(const double *) a > *(const double *) b) - (*(const double *) a < *(const double *) b);
}

static double
median (double *samples)
{
  qsort (samples, n_rounds, sizeof *samples, compare);
  return samples[n_rounds / 2];
}

static void
measure (const Pair *pair, Own *own, Peers *private, Peers *shared)
{
  static double owns[ROUNDS], privates[ROUNDS], shareds[ROUNDS], to_private[ROUNDS],
    to_shared[ROUNDS];
  double a, b;

  for (guint i = 0; i < n_rounds; i++)
    {
      privates[i] = time_bare (pair, private);
      owns[i] = time_own (pair, own);
      shareds[i] = time_bare (pair, shared);
      to_private[i] = owns[i] / privates[i];
      to_shared[i] = owns[i] / shareds[i];
    }
  a = median (to_private);
  b = median (to_shared);
  printf ("| %s | %.1f | %s | %.1f | %.1f | %.2f | %.2f |%s\n", pair->name, median (owns),
          pair->peer, median (privates), median (shareds), a, b,
          a > WANTED || b > WANTED ? " more than wanted" : "");
  fflush (stdout);
}

int
main (int argc, char **argv)
{
  g_autoptr (GError) error = NULL;
  const guint ring_events = 1024;
  pthread_barrier_t over;
  pthread_t thread;
  _Atomic guint32 cancel = 0;
  gpointer ring;
  HeddleRingWriter writer;
  HeddleShared *arena;
  Peers *private = g_new0 (Peers, 1);
  Peers *shared =
    mmap (NULL, sizeof *shared, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  Own own;

  if (argc > 1)
    n_rounds = CLAMP (atoi (argv[1]), 1, ROUNDS);
  heddle_clock_init ();
  ring = g_aligned_alloc0 (1, heddle_ring_bytes (ring_events), 64);
  heddle_ring_writer_init (&writer, heddle_ring_init (ring, ring_events), NULL, NULL);
  arena = heddle_shared_new_host (0, &error);
  if (arena == NULL || shared == MAP_FAILED)
    {
      fprintf (stderr, "sync-bench: %s\n", error != NULL ? error->message : "no memory");
      return 1;
    }
  init_own (&own, arena, &writer, &cancel);
  init_peers (private, PTHREAD_PROCESS_PRIVATE);
  init_peers (shared, PTHREAD_PROCESS_SHARED);
  must (pthread_barrier_init (&over, NULL, 2), "barrier");
  must (pthread_create (&thread, NULL, second_thread, &over), "thread");
  puts (
    "| what | Heddle, ns | the bare call | private, ns | process-shared, ns | ratio to private | ratio to process-shared |");
  puts ("| --- | --- | --- | --- | --- | --- | --- |");
  for (guint i = 0; i < G_N_ELEMENTS (pairs); i++)
    measure (&pairs[i], &own, private, shared);
  pthread_barrier_wait (&over);
  pthread_join (thread, NULL);
  pthread_barrier_destroy (&over);
  heddle_shared_free (arena);
  munmap (shared, sizeof *shared);
  g_aligned_free (ring);
  g_free (private);
  return 0;
}
