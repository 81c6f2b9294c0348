/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * An independent measurement of what `heddle-cli run costs` measures, in plain C without anything
 * of Heddle. Prints a line for each: the median, and between what four out of five lie. The figures
 * of the two should agree within a factor of 2 on a machine that does nothing else.
 */
#include <linux/futex.h>
#include <pthread.h>
#include <sched.h>
#include <semaphore.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define SAMPLES 200

static double samples[SAMPLES];

static double
now (void)
{
  struct timespec time;

  clock_gettime (CLOCK_MONOTONIC, &time);
  return (double) time.tv_sec * 1e9 + (double) time.tv_nsec;
}

static int
compare (const void *a, const void *b)
{
  return (*(const double *) a > *(const double *) b) - (*(const double *) a < *(const double *) b);
}

static void
tell (const char *name, const char *unit)
{
  qsort (samples, SAMPLES, sizeof *samples, compare);
  printf ("%s: %.4g %s (%.4g to %.4g)\n", name, samples[SAMPLES / 2], unit, samples[SAMPLES / 10],
          samples[SAMPLES - 1 - SAMPLES / 10]);
  fflush (stdout);
}

static void *
nothing (void *data)
{
  return data;
}

static void
threads (void)
{
  for (int i = 0; i < SAMPLES; i++)
    {
      double begin = now ();
      pthread_t thread;

      pthread_create (&thread, NULL, nothing, NULL);
      pthread_join (thread, NULL);
      samples[i] = now () - begin;
    }
  tell ("thread: create and join", "ns");
}

static void
processes (void)
{
  for (int i = 0; i < SAMPLES; i++)
    {
      double begin = now ();
      pid_t pid = fork ();

      if (pid == 0)
        _exit (0);
      waitpid (pid, NULL, 0);
      samples[i] = now () - begin;
    }
  tell ("process: fork and wait", "ns");
}

static void
programs (void)
{
  for (int i = 0; i < SAMPLES; i++)
    {
      char *argv[] = { (char *) "true", NULL };
      double begin = now ();
      pid_t pid = vfork ();

      if (pid == 0)
        {
          execv ("/bin/true", argv);
          _exit (127);
        }
      waitpid (pid, NULL, 0);
      samples[i] = now () - begin;
    }
  tell ("program: start and wait", "ns");
}

/* Resident pages, anonymous ones only: what /proc/self/status calls RssAnon. */
static double
anonymous (void)
{
  FILE *file = fopen ("/proc/self/status", "r");
  char line[256];
  double kib = 0;

  while (file != NULL && fgets (line, sizeof line, file) != NULL)
    if (sscanf (line, "RssAnon: %lf", &kib) == 1)
      break;
  if (file != NULL)
    fclose (file);
  return kib * 1024;
}

static sem_t begun, gate;

static void *
wait_at_gate (void *data)
{
  sem_post (&begun);
  sem_wait (&gate);
  return data;
}

/* All at once, none of which has ended before: their stacks are all fresh. */
static void
thread_memory (void)
{
  static pthread_t all[SAMPLES];
  double before;

  sem_init (&begun, 0, 0);
  sem_init (&gate, 0, 0);
  before = anonymous ();
  for (int i = 0; i < SAMPLES; i++)
    pthread_create (&all[i], NULL, wait_at_gate, NULL);
  for (int i = 0; i < SAMPLES; i++)
    sem_wait (&begun);
  samples[0] = (anonymous () - before) / SAMPLES;
  for (int i = 1; i < SAMPLES; i++)
    samples[i] = samples[0];
  for (int i = 0; i < SAMPLES; i++)
    sem_post (&gate);
  for (int i = 0; i < SAMPLES; i++)
    pthread_join (all[i], NULL);
  tell ("thread: private memory", "bytes");
}

static void
pin (int cpu)
{
  cpu_set_t one;

  CPU_ZERO (&one);
  CPU_SET (cpu, &one);
  sched_setaffinity (0, sizeof one, &one);
}

typedef struct {
  _Atomic unsigned turn;
  int cpu;
} Game;

static void
rounds (Game *game, unsigned me, int n)
{
  for (int i = 0; i < n; i++)
    {
      while (atomic_load (&game->turn) != me)
        syscall (SYS_futex, &game->turn, FUTEX_WAIT, !me, NULL, NULL, 0);
      atomic_store (&game->turn, !me);
      syscall (SYS_futex, &game->turn, FUTEX_WAKE, 1, NULL, NULL, 0);
    }
}

static void *
second (void *data)
{
  Game *game = data;

  pin (game->cpu);
  rounds (game, 1, 500 * SAMPLES);
  return NULL;
}

/* One pair for all samples, of 500 rounds each. */
static void
switches (int fork_it)
{
  Game *game = mmap (NULL, sizeof *game, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  cpu_set_t before;
  pthread_t thread;
  pid_t pid = 0;

  sched_getaffinity (0, sizeof before, &before);
  game->cpu = sched_getcpu ();
  if (fork_it)
    {
      pid = fork ();
      if (pid == 0)
        {
          second (game);
          _exit (0);
        }
    }
  else
    {
      pthread_create (&thread, NULL, second, game);
    }
  pin (game->cpu);
  for (int i = 0; i < SAMPLES; i++)
    {
      double begin = now ();

      rounds (game, 0, 500);
      samples[i] = (now () - begin) / 1000;
    }
  if (fork_it)
    waitpid (pid, NULL, 0);
  else
    pthread_join (thread, NULL);
  sched_setaffinity (0, sizeof before, &before);
  tell (fork_it ? "switch from process to process" : "switch from thread to thread", "ns");
}

static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static unsigned long counter;

static void *
compete (void *data)
{
  for (int i = 0; i < 100000; i++)
    {
      pthread_mutex_lock (&mutex);
      counter++;
      pthread_mutex_unlock (&mutex);
    }
  return data;
}

static void
locks (int contended)
{
  for (int i = 0; i < SAMPLES; i++)
    {
      double begin = now ();
      pthread_t thread;

      if (contended)
        pthread_create (&thread, NULL, compete, NULL);
      compete (NULL);
      if (contended)
        pthread_join (thread, NULL);
      samples[i] = (now () - begin) / (contended ? 200000 : 100000);
    }
  tell (contended ? "lock: contended" : "lock: free", "ns");
}

static void
pipe_alone (void)
{
  char message[64] = { 0 };
  int fds[2];

  if (pipe (fds) != 0)
    return;
  for (int i = 0; i < SAMPLES; i++)
    {
      double begin = now ();

      for (int j = 0; j < 1000; j++)
        if (write (fds[1], message, sizeof message) != sizeof message
            || read (fds[0], message, sizeof message) != sizeof message)
          exit (1);
      samples[i] = (now () - begin) / 1000;
    }
  tell ("message: into a pipe and out", "ns");
}

static void
pipe_and_back (void)
{
  char message[64] = { 0 };
  int there[2], back[2];
  pid_t pid;

  if (pipe (there) != 0 || pipe (back) != 0)
    return;
  pid = fork ();
  if (pid == 0)
    {
      close (there[1]);
      while (read (there[0], message, sizeof message) > 0)
        if (write (back[1], message, sizeof message) != sizeof message)
          break;
      _exit (0);
    }
  for (int i = 0; i < SAMPLES; i++)
    {
      double begin = now ();

      for (int j = 0; j < 200; j++)
        if (write (there[1], message, sizeof message) != sizeof message
            || read (back[0], message, sizeof message) != sizeof message)
          exit (1);
      samples[i] = (now () - begin) / 200;
    }
  close (there[1]);
  waitpid (pid, NULL, 0);
  tell ("message: through a pipe to another process and back", "ns");
}

int
main (void)
{
  thread_memory (); /* first: no stack is in the library's store yet */
  threads ();
  processes ();
  programs ();
  switches (0);
  switches (1);
  locks (0);
  locks (1);
  pipe_alone ();
  pipe_and_back ();
  return 0;
}
