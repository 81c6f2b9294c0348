/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

/*
 * What threads, processes, locks and messages cost, measured by doing the thing itself with the
 * bare calls of the C library and the kernel. Each measure_ function takes one sample, as
 * heddle_cost_measure() returns it. What takes nanoseconds is done many times in one sample, since
 * reading the clock takes as long.
 *
 * Switches are measured between two partners on the same processor, which wake each other by a
 * futex and wait: each round is two switches. The same code runs between threads and between
 * processes, so any difference is that of the two.
 */

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdatomic.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/futex.h"
#include "base/program.h"
#include "engine/sync/shared.h"
#include "trace/clock.h"
#include "workloads/cost-probes.h"

#define MANY 1000          /* operations of nanoseconds in one sample */
#define ROUNDS 200         /* there and back */
#define MESSAGE 64         /* bytes */
#define PATIENCE_NS 2000000000 /* for the other side's answer */

typedef struct {
  _Atomic guint32 turn; /* futex word: whose turn it is, 0 or 1 */
  cpu_set_t processor;
} Table;

static double
since (gint64 begin, guint n)
{
  return (double) (heddle_clock_monotonic_ns () - begin) / n;
}

static void *
nothing (void *data)
{
  return data;
}

static double
measure_thread (const HeddleCostProbes *probes, HeddleTask *task)
{
  gint64 begin = heddle_clock_monotonic_ns ();
  pthread_t thread;

  errno = pthread_create (&thread, NULL, nothing, NULL);
  if (errno != 0)
    return -1;
  pthread_join (thread, NULL);
  return since (begin, 1);
}

/* The child must call nothing that takes a lock: another thread may have held it at the fork. */
static pid_t
fork_quietly (void)
{
  pid_t parent = getpid ();
  pid_t pid = fork ();

  if (pid != 0)
    return pid;
  prctl (PR_SET_PDEATHSIG, SIGKILL);
  if (getppid () != parent)
    _exit (1);
  return 0;
}

static gboolean
reap (pid_t pid)
{
  int status = 0;

  while (waitpid (pid, &status, 0) < 0)
    if (errno != EINTR)
      return FALSE;
  return TRUE;
}

static double
measure_process (const HeddleCostProbes *probes, HeddleTask *task)
{
  gint64 begin = heddle_clock_monotonic_ns ();
  pid_t pid = fork ();

  if (pid == 0)
    _exit (0);
  if (pid < 0 || !reap (pid))
    return -1;
  return since (begin, 1);
}

static double
measure_program (const HeddleCostProbes *probes, HeddleTask *task)
{
  static char *const argv[] = { (char *) "true", NULL };
  g_autofree char *program = g_find_program_in_path (argv[0]);
  gint64 begin = heddle_clock_monotonic_ns ();
  pid_t pid;

  errno = program != NULL ? heddle_program_spawn (&pid, program, argv, NULL, 0, STDERR_FILENO + 1)
                          : ENOENT;
  if (errno != 0 || !reap (pid))
    return -1;
  return since (begin, 1);
}

static gboolean
open_pipes (int *in, int *out)
{
  if (pipe2 (in, O_CLOEXEC) != 0)
    return FALSE;
  if (pipe2 (out, O_CLOEXEC) == 0)
    return TRUE;
  close (in[0]);
  close (in[1]);
  return FALSE;
}

/* Bytes in the lines of a /proc file that begin with name, -1: none. */
static double
read_kib (const char *path, const char *name)
{
  g_autofree char *text = NULL;
  double bytes = 0;
  gboolean found = FALSE;

  if (!g_file_get_contents (path, &text, NULL, NULL))
    return -1;
  for (const char *line = text; line != NULL && *line != '\0';
       line = strchr (line, '\n') != NULL ? strchr (line, '\n') + 1 : NULL)
    if (g_str_has_prefix (line, name))
      {
        bytes += g_ascii_strtod (strchr (line, ':') + 1, NULL) * 1024;
        found = TRUE;
      }
  return found ? bytes : -1;
}

typedef struct {
  pthread_barrier_t begun;
  pthread_mutex_t gate;
} Crowd;

static void *
wait_for_unlock (void *data)
{
  Crowd *crowd = data;

  pthread_barrier_wait (&crowd->begun);
  pthread_mutex_lock (&crowd->gate);
  pthread_mutex_unlock (&crowd->gate);
  return NULL;
}

/* On fresh memory: the C library reuses the stacks of threads that have ended, and the next sample
 * would not count their pages. */
static gboolean
start_on_fresh_stack (pthread_t *thread, Crowd *crowd, void **stack, gsize *size)
{
  pthread_attr_t attributes;

  pthread_attr_init (&attributes);
  pthread_attr_getstacksize (&attributes, size);
  *stack = mmap (NULL, *size, PROT_READ | PROT_WRITE,
                 MAP_PRIVATE | MAP_ANONYMOUS | MAP_STACK | MAP_NORESERVE, -1, 0);
  if (*stack == MAP_FAILED)
    return FALSE;
  pthread_attr_setstack (&attributes, *stack, *size);
  errno = pthread_create (thread, &attributes, wait_for_unlock, crowd);
  pthread_attr_destroy (&attributes);
  if (errno != 0)
    munmap (*stack, *size);
  return errno == 0;
}

/* By how much the private memory of the process grows with a thread that does nothing. */
static double
measure_thread_memory (const HeddleCostProbes *probes, HeddleTask *task)
{
  Crowd crowd = { .gate = PTHREAD_MUTEX_INITIALIZER };
  pthread_t thread;
  double before, after;
  void *stack;
  gsize size;

  pthread_barrier_init (&crowd.begun, NULL, 2);
  pthread_mutex_lock (&crowd.gate);
  before = read_kib ("/proc/self/smaps_rollup", "Private_Dirty");
  if (!start_on_fresh_stack (&thread, &crowd, &stack, &size))
    return -1;
  pthread_barrier_wait (&crowd.begun);
  after = read_kib ("/proc/self/smaps_rollup", "Private_Dirty");
  pthread_mutex_unlock (&crowd.gate);
  pthread_join (thread, NULL);
  munmap (stack, size);
  pthread_barrier_destroy (&crowd.begun);
  return before < 0 || after < 0 ? -1 : MAX (after - before, 0);
}

/* A program that only answers, which shows that it has started; it ends when its input is
 * closed. */
static pid_t
start_cat (int in, int out)
{
  static char *const argv[] = { (char *) "cat", NULL };
  const HeddleSpawnFile files[] = { { in, STDIN_FILENO }, { out, STDOUT_FILENO } };
  g_autofree char *program = g_find_program_in_path (argv[0]);
  pid_t pid;

  errno = program != NULL
    ? heddle_program_spawn (&pid, program, argv, files, G_N_ELEMENTS (files), STDERR_FILENO + 1)
    : ENOENT;
  return errno == 0 ? pid : -1;
}

/* The private memory of a small program, counted as that of a thread: pages written to. */
static double
measure_process_memory (const HeddleCostProbes *probes, HeddleTask *task)
{
  int in[2], out[2];
  double bytes = -1;
  char path[64], byte = 0;
  pid_t pid;

  if (!open_pipes (in, out))
    return -1;
  pid = start_cat (in[0], out[1]);
  close (in[0]);
  close (out[1]);
  g_snprintf (path, sizeof path, "/proc/%d/smaps_rollup", pid);
  if (pid > 0 && write (in[1], &byte, 1) == 1 && read (out[0], &byte, 1) == 1)
    bytes = read_kib (path, "Private_Dirty");
  close (in[1]);
  close (out[0]);
  if (pid > 0)
    reap (pid);
  return bytes;
}

static void
pass_turn (Table *table, guint32 to)
{
  atomic_store (&table->turn, to);
  heddle_futex_wake (&table->turn, 1);
}

static gboolean
await_turn (Table *table, guint32 mine)
{
  guint32 turn;

  while ((turn = atomic_load (&table->turn)) != mine)
    if (!heddle_futex_wait_for (&table->turn, turn, PATIENCE_NS))
      return FALSE;
  return TRUE;
}

static gboolean
play (Table *table, guint32 me, guint n_rounds)
{
  sched_setaffinity (0, sizeof table->processor, &table->processor);
  for (guint i = 0; i < n_rounds; i++)
    {
      if (!await_turn (table, me))
        return FALSE;
      pass_turn (table, !me);
    }
  return TRUE;
}

static void *
play_second (void *data)
{
  play (data, 1, 1 + ROUNDS);
  return NULL;
}

static Table *
lay_table (cpu_set_t *before)
{
  Table *table =
    mmap (NULL, sizeof *table, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);

  if (table == MAP_FAILED)
    return NULL;
  sched_getaffinity (0, sizeof *before, before);
  CPU_ZERO (&table->processor);
  CPU_SET (sched_getcpu (), &table->processor);
  return table;
}

/* The first round does not count: it waits until the partner has started. */
static double
play_first (Table *table)
{
  gint64 begin;

  if (!play (table, 0, 1) || !await_turn (table, 0))
    return -1;
  begin = heddle_clock_monotonic_ns ();
  return play (table, 0, ROUNDS) ? since (begin, 2 * ROUNDS) : -1;
}

static void
clear_table (Table *table, const cpu_set_t *before)
{
  sched_setaffinity (0, sizeof *before, before);
  munmap (table, sizeof *table);
}

static double
measure_thread_switch (const HeddleCostProbes *probes, HeddleTask *task)
{
  cpu_set_t before;
  Table *table = lay_table (&before);
  double result = -1;
  pthread_t thread;

  if (table == NULL)
    return -1;
  errno = pthread_create (&thread, NULL, play_second, table);
  if (errno == 0)
    {
      result = play_first (table);
      pthread_join (thread, NULL);
    }
  clear_table (table, &before);
  return result;
}

static double
measure_process_switch (const HeddleCostProbes *probes, HeddleTask *task)
{
  cpu_set_t before;
  Table *table = lay_table (&before);
  double result = -1;
  pid_t pid;

  if (table == NULL)
    return -1;
  pid = fork_quietly ();
  if (pid == 0)
    _exit (play (table, 1, 1 + ROUNDS) ? 0 : 1);
  if (pid > 0)
    {
      result = play_first (table);
      reap (pid);
    }
  clear_table (table, &before);
  return result;
}

static double
measure_lock_free (const HeddleCostProbes *probes, HeddleTask *task)
{
  pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
  gint64 begin = heddle_clock_monotonic_ns ();

  for (guint i = 0; i < MANY; i++)
    {
      pthread_mutex_lock (&mutex);
      pthread_mutex_unlock (&mutex);
    }
  return since (begin, MANY);
}

typedef struct {
  pthread_mutex_t mutex;
  pthread_barrier_t start;
  guint64 counter; /* guarded by mutex */
} Contest;

static void *
compete (void *data)
{
  Contest *contest = data;

  pthread_barrier_wait (&contest->start);
  for (guint i = 0; i < 50 * MANY; i++)
    {
      pthread_mutex_lock (&contest->mutex);
      contest->counter++;
      pthread_mutex_unlock (&contest->mutex);
    }
  return NULL;
}

static double
measure_lock_contended (const HeddleCostProbes *probes, HeddleTask *task)
{
  Contest contest = { .mutex = PTHREAD_MUTEX_INITIALIZER };
  pthread_t thread;
  double result;
  gint64 begin;

  pthread_barrier_init (&contest.start, NULL, 2);
  errno = pthread_create (&thread, NULL, compete, &contest);
  if (errno != 0)
    return -1;
  begin = heddle_clock_monotonic_ns ();
  compete (&contest);
  pthread_join (thread, NULL);
  result = since (begin, 100 * MANY);
  pthread_barrier_destroy (&contest.start);
  return result;
}

static double
measure_queue (const HeddleCostProbes *probes, HeddleTask *task)
{
  char message[HEDDLE_MESSAGE_MAX + 1] = { 0 };
  gint64 begin = heddle_clock_monotonic_ns ();

  for (guint i = 0; i < MANY; i++)
    if (heddle_channel_put (probes->queue, task, message, MESSAGE) != HEDDLE_SYNC_OK
        || heddle_channel_get (probes->queue, task, message, NULL) != HEDDLE_SYNC_OK)
      return -1;
  return since (begin, MANY);
}

static double
measure_pipe (const HeddleCostProbes *probes, HeddleTask *task)
{
  char message[MESSAGE] = { 0 };
  gint64 begin = heddle_clock_monotonic_ns ();
  gsize length;

  for (guint i = 0; i < MANY; i++)
    if (heddle_pipe_write (probes->pipe, task, message, sizeof message) != HEDDLE_SYNC_OK
        || heddle_pipe_read (probes->pipe, task, message, sizeof message, &length)
          != HEDDLE_SYNC_OK)
      return -1;
  return since (begin, MANY);
}

/* Answers every message until the other side closes its end. */
static void
echo (const int *in, const int *out)
{
  char message[MESSAGE];
  gssize n;

  close (in[1]);
  close (out[0]);
  while ((n = read (in[0], message, sizeof message)) > 0)
    if (write (out[1], message, (gsize) n) != n)
      _exit (1);
  _exit (0);
}

static gboolean
exchange (const int *in, const int *out, guint n)
{
  char message[MESSAGE] = { 0 };

  for (guint i = 0; i < n; i++)
    if (write (in[1], message, sizeof message) != sizeof message
        || read (out[0], message, sizeof message) <= 0)
      return FALSE;
  return TRUE;
}

static double
measure_pipe_switch (const HeddleCostProbes *probes, HeddleTask *task)
{
  int in[2], out[2];
  double result = -1;
  pid_t pid;

  if (!open_pipes (in, out))
    return -1;
  pid = fork_quietly ();
  if (pid == 0)
    echo (in, out);
  close (in[0]);
  close (out[1]);
  if (pid > 0 && exchange (in, out, 1))
    {
      gint64 begin = heddle_clock_monotonic_ns ();

      result = exchange (in, out, ROUNDS) ? since (begin, ROUNDS) : -1;
    }
  close (in[1]);
  close (out[0]);
  if (pid > 0)
    reap (pid);
  return result;
}

/* Puts a message into memory that other processes can see, and takes it out again. */
static double
measure_shared_memory (const HeddleCostProbes *probes, HeddleTask *task)
{
  _Atomic guint64 *memory = probes->memory;
  guint64 message[MESSAGE / 8] = { 1 };
  gint64 begin = heddle_clock_monotonic_ns ();

  for (guint i = 0; i < MANY; i++)
    {
      for (guint j = 0; j < G_N_ELEMENTS (message); j++)
        atomic_store_explicit (&memory[1 + j], message[j], memory_order_relaxed);
      atomic_store_explicit (&memory[0], i, memory_order_release); /* the message is there */
      if (atomic_load_explicit (&memory[0], memory_order_acquire) != i)
        return -1;
      for (guint j = 0; j < G_N_ELEMENTS (message); j++)
        message[j] = atomic_load_explicit (&memory[1 + j], memory_order_relaxed) + 1;
    }
  return since (begin, MANY);
}

static double
measure_manager (const HeddleCostProbes *probes, HeddleTask *task)
{
  gint64 begin = heddle_clock_monotonic_ns ();
  gint64 value;

  for (guint i = 0; i < ROUNDS; i++)
    if (heddle_manager_dict_add (probes->manager, task, "calls", 1, &value) != HEDDLE_SYNC_OK)
      return -1;
  return since (begin, ROUNDS);
}

double
heddle_cost_measure (HeddleCost cost, const HeddleCostProbes *probes, HeddleTask *task)
{
  static double (*const measures[HEDDLE_N_COSTS]) (const HeddleCostProbes *, HeddleTask *) = {
    [HEDDLE_COST_THREAD] = measure_thread,
    [HEDDLE_COST_PROCESS] = measure_process,
    [HEDDLE_COST_PROGRAM] = measure_program,
    [HEDDLE_COST_THREAD_MEMORY] = measure_thread_memory,
    [HEDDLE_COST_PROCESS_MEMORY] = measure_process_memory,
    [HEDDLE_COST_THREAD_SWITCH] = measure_thread_switch,
    [HEDDLE_COST_PROCESS_SWITCH] = measure_process_switch,
    [HEDDLE_COST_LOCK_FREE] = measure_lock_free,
    [HEDDLE_COST_LOCK_CONTENDED] = measure_lock_contended,
    [HEDDLE_COST_QUEUE] = measure_queue,
    [HEDDLE_COST_PIPE] = measure_pipe,
    [HEDDLE_COST_PIPE_SWITCH] = measure_pipe_switch,
    [HEDDLE_COST_SHARED_MEMORY] = measure_shared_memory,
    [HEDDLE_COST_MANAGER] = measure_manager,
  };

  g_return_val_if_fail (cost < HEDDLE_N_COSTS, -1);

  return measures[cost] (probes, task);
}
