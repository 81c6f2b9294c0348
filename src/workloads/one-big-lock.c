/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

/*
 * What an interpreter lock does. Each process has one; a task must hold it to compute, releases it
 * while it waits for something else, and hands it over after a turn of 5 ms if another task wants
 * it. That is how CPython shares its interpreter. Four phases: tasks that compute and tasks that
 * wait, each without the lock and with it.
 */

#include <glib/gi18n-lib.h>
#include <stdatomic.h>
#include <unistd.h>

#include "engine/sync/shared.h"
#include "engine/task/task.h"
#include "trace/clock.h"
#include "workloads/common.h"
#include "workloads/list.h"
#include "workloads/room.h"
#include "workloads/sharing.h"

#define MAX_TASKS 16
#define N_INTERPRETERS 32 /* processes in a run, with those that died */
#define TURN_NS (5 * G_GINT64_CONSTANT (1000000))
#define N_WAITS 20        /* that make up the waiting of a task */
#define BETWEEN_NS 100000 /* computed between two waits */

typedef struct {
  HeddleMutex *lock;
  HeddleFlag *taken;    /* another task has the lock, after one has given up its turn */
  HeddleValue *waiting; /* how many want it */
} Interpreter;

typedef struct {
  _Atomic gint32 pids[N_INTERPRETERS]; /* whose each is; 0: nobody's yet */
  double times[2][2]; /* seconds, [waits][locked]; written by one task between two barriers */
} Cell;

typedef struct {
  HeddleRange tasks; /* first */
  gint64 work_ns;
  guint work, lock; /* which is chosen, 0: both, one after another */
  gboolean phases[2][2]; /* [waits][locked] */
  Interpreter interpreters[N_INTERPRETERS];
  HeddleBarrier *ready, *done;
  HeddleValue *began; /* of the phase */
  HeddleValue *holder;
  HeddleRoom computing;
  HeddleEnd end;
  Cell *cell;
} BigLock;

static const char *const works[] = { "both", "computing", "waiting", NULL };
static const char *const work_names[] = { N_("Computing, then waiting"), N_("Computing"),
                                          N_("Waiting"), NULL };
static const char *const locks[] = { "both", "off", "on", NULL };
static const char *const lock_names[] = { N_("Without, then with"), N_("Without"), N_("With"),
                                          NULL };

static const HeddleParam params[] = {
  { .name = "tasks", .label = N_("Tasks"), .initial = "2", .min = 1, .max = MAX_TASKS,
    .description = N_("Number of tasks that work at the same time."),
    .field = HEDDLE_FIELD (BigLock, tasks.n) },
  { .name = "seconds", .label = N_("Work"), .initial = "0.5", .max = 60, .step = 0.01,
    .unit = N_("s"), .description = N_("Time that each task computes, or waits, in a phase."),
    .field = HEDDLE_FIELD (BigLock, work_ns) },
  { .name = "work", .label = N_("Kind of work"), .type = HEDDLE_PARAM_CHOICE, .initial = "both",
    .choices = works, .choice_names = work_names,
    .description = N_("Whether the tasks compute, or wait as if for a disk or another computer."),
    .field = HEDDLE_FIELD (BigLock, work) },
  { .name = "lock", .label = N_("Interpreter lock"), .type = HEDDLE_PARAM_CHOICE, .initial = "both",
    .choices = locks, .choice_names = lock_names,
    .description = N_("Whether a task has to hold the lock of its process to compute."),
    .field = HEDDLE_FIELD (BigLock, lock) },
};

static const HeddlePreset tries[] = {
  { N_("Threads"), "tasks=2 work=both lock=both backend=threads" },
  { N_("Processes escape it"), "tasks=2 work=both lock=both backend=processes" },
  { N_("Four threads under the lock"), "tasks=4 work=computing lock=on backend=threads" },
  { NULL, NULL },
};

static gpointer
big_open (const HeddleSettings *settings, GError **error)
{
  BigLock *self = heddle_settings_open (settings, error);

  for (guint waits = 0; waits < 2; waits++)
    for (guint locked = 0; locked < 2; locked++)
      self->phases[waits][locked] = (self->work == waits + 1 || self->work == 0)
        && (self->lock == locked + 1 || self->lock == 0);
  return self;
}

static gboolean
big_share (gpointer data, HeddleShared *shared, GError **error)
{
  BigLock *self = data;

  for (guint i = 0; i < N_INTERPRETERS; i++)
    {
      g_autofree char *name =
        i == 0 ? g_strdup (N_("interpreter")) : g_strdup_printf (N_("interpreter %u"), i + 1);
      Interpreter *interpreter = &self->interpreters[i];

      interpreter->lock = heddle_shared_mutex (shared, name);
      interpreter->taken = heddle_shared_flag (shared, N_("turn"));
      interpreter->waiting = heddle_shared_value (shared, N_("waiting"), 0, FALSE);
    }
  self->ready = heddle_shared_barrier (shared, N_("ready"), self->tasks.n);
  self->done = heddle_shared_barrier (shared, N_("done"), self->tasks.n);
  self->began = heddle_shared_value (shared, N_("began"), 0, FALSE);
  self->holder = heddle_shared_value (shared, N_("worker with the lock"), 0, TRUE);
  heddle_room_share (&self->computing, shared, N_("computing at once"), NULL);
  heddle_end_share (&self->end, shared, self->tasks.n);
  self->cell = heddle_shared_bytes (shared, "times", sizeof *self->cell);
  return TRUE;
}

/* That of this process: all threads of a process get the same one. */
static Interpreter *
get_interpreter (BigLock *self)
{
  gint32 pid = getpid ();

  for (guint i = 0; i < N_INTERPRETERS; i++)
    {
      gint32 owner = 0;

      if (atomic_compare_exchange_strong (&self->cell->pids[i], &owner, pid) || owner == pid)
        return &self->interpreters[i];
    }
  return &self->interpreters[N_INTERPRETERS - 1];
}

/* Without an @interpreter there is no lock. FALSE: the task should end. */
static gboolean
acquire (BigLock *self, HeddleTask *task, Interpreter *interpreter)
{
  gboolean acquired = TRUE;

  if (interpreter != NULL)
    {
      heddle_value_add (interpreter->waiting, 1);
      acquired = HEDDLE_SYNC_ACQUIRED (heddle_mutex_lock (interpreter->lock, task));
      heddle_value_add (interpreter->waiting, -1);
    }
  if (!acquired)
    return FALSE;
  if (interpreter != NULL)
    {
      heddle_flag_set (interpreter->taken);
      heddle_value_set (self->holder, heddle_task_get_worker (task));
    }
  heddle_room_enter (&self->computing, task);
  return TRUE;
}

static void
release (BigLock *self, HeddleTask *task, Interpreter *interpreter)
{
  heddle_room_leave (&self->computing, task);
  if (interpreter == NULL)
    return;
  heddle_value_set (self->holder, 0);
  heddle_mutex_unlock (interpreter->lock, task);
}

/* The turn is over: releases the lock, and waits until another task has it before it asks again. */
static gboolean
hand_over (BigLock *self, HeddleTask *task, Interpreter *interpreter)
{
  heddle_flag_clear (interpreter->taken);
  release (self, task, interpreter);
  heddle_flag_wait (interpreter->taken, task, TURN_NS);
  return acquire (self, task, interpreter);
}

/* Uses so much processor time while it holds the lock, if there is one, and then releases it.
 * FALSE: the task should end. */
static gboolean
compute (BigLock *self, HeddleTask *task, Interpreter *interpreter, gint64 length)
{
  gint64 until = heddle_clock_thread_cpu_ns () + length;
  gint64 turn = heddle_clock_monotonic_ns ();
  HeddleRandom random = { heddle_task_get_id (task) };

  while (heddle_clock_thread_cpu_ns () < until)
    {
      for (guint i = 0; i < 4096; i++)
        heddle_random_next (&random);
      if (heddle_task_is_cancelled (task))
        {
          release (self, task, interpreter);
          return FALSE;
        }
      if (interpreter != NULL && heddle_clock_monotonic_ns () - turn >= TURN_NS
          && heddle_value_get (interpreter->waiting) > 0)
        {
          if (!hand_over (self, task, interpreter))
            return FALSE;
          turn = heddle_clock_monotonic_ns ();
        }
    }
  release (self, task, interpreter);
  return TRUE;
}

static gboolean
work (BigLock *self, HeddleTask *task, gboolean waits, Interpreter *interpreter)
{
  if (!waits)
    return acquire (self, task, interpreter) && compute (self, task, interpreter, self->work_ns);
  for (guint i = 0; i < N_WAITS; i++)
    if (!acquire (self, task, interpreter) || !compute (self, task, interpreter, BETWEEN_NS)
        || !heddle_task_sleep (task, self->work_ns / N_WAITS))
      return FALSE;
  return TRUE;
}

/* FALSE: the task should end. */
static gboolean
run_phase (BigLock *self, HeddleTask *task, gboolean waits, gboolean locked,
           Interpreter *interpreter)
{
  gboolean last;

  if (!HEDDLE_SYNC_ACQUIRED (heddle_barrier_wait (self->ready, task, &last)))
    return FALSE;
  if (last)
    heddle_value_set (self->began, heddle_clock_monotonic_ns ());
  if (!work (self, task, waits, locked ? interpreter : NULL)
      || !HEDDLE_SYNC_ACQUIRED (heddle_barrier_wait (self->done, task, &last)))
    return FALSE;
  if (last)
    self->cell->times[waits][locked] = heddle_seconds_since (heddle_value_get (self->began));
  return TRUE;
}

static void
tell (const BigLock *self, HeddleTask *task)
{
  for (guint waits = 0; waits < 2; waits++)
    for (guint locked = 0; locked < 2; locked++)
      {
        const char *how = locked ? _("with the lock") : _("without the lock");
        double seconds = (double) self->work_ns / 1e9;

        if (!self->phases[waits][locked])
          continue;
        heddle_task_print (task,
                           waits ? _("%u tasks that each wait for %.2f s: %.2f s in all, %s")
                                 : _("%u tasks that each compute for %.2f s: %.2f s in all, %s"),
                           self->tasks.n, seconds, self->cell->times[waits][locked], how);
      }
}

static void
big_execute (gpointer data, HeddleTask *task)
{
  BigLock *self = data;
  Interpreter *interpreter = get_interpreter (self);
  gint64 began = heddle_clock_monotonic_ns ();
  guint n = 0;

  heddle_room_come_again (&self->computing, task);
  for (guint waits = 0; waits < 2; waits++)
    for (guint locked = 0; locked < 2; locked++)
      {
        if (self->phases[waits][locked]
            && !run_phase (self, task, waits != 0, locked != 0, interpreter))
          return;
        heddle_task_set_progress (task, ++n / 4.0);
      }
  if (heddle_end_is_last (&self->end, task))
    tell (self, task);
  heddle_task_return_printf (task, _("%.2f s in all, under the lock of process %u"),
                             heddle_seconds_since (began),
                             (guint) (interpreter - self->interpreters) + 1);
}

static void
big_label (gpointer data, guint64 id, char *buffer, gsize size)
{
  g_snprintf (buffer, size, _("task %llu"), (unsigned long long) id);
}

const HeddleWorkload heddle_workload_one_big_lock = {
  .id = "one-big-lock",
  .name = N_("One lock around everything"),
  .summary = N_("An interpreter lock slows down threads that compute, hardly threads that wait, and not processes."),
  .about = N_("The usual interpreter of Python, CPython, has a lock, one for each process that uses it in the usual way. A thread must hold it to execute Python code; it releases the lock while it waits for a disk or another "
              "computer, and after 5 milliseconds if another thread wants it. Code in C that is called from Python may release it while it computes; some libraries do. Here the same is done with two tasks, in four phases: they compute, without the lock and with it, and then they wait, without it and with it.\n"
              "\n"
              "What to look for: two tasks that compute for half a second each take half a second together, if there are two processors. With the lock it takes a whole "
              "second: in the lanes they take turns, and “computing at once” is never above one. Tasks that wait take half a second either way, because nobody "
              "holds a lock while waiting.\n"
              "\n"
              "Then run it on processes. Each process has an interpreter and a lock of its own, so no task waits for another, and the second phase is as "
              "fast as the first."),
  .notes = N_("The notes: the interpreter lock “prevents true parallelism for CPU-bound tasks because only one thread can execute Python bytecode at a time”, multiprocessing "
              "“sidesteps this restriction”, and for tasks that wait threads are suitable all the same. All three can be seen in the four times. Programs in C, like this one, have "
              "no such lock: their threads compute side by side.\n"
              "\n"
              "Neither has every Python: since 3.12 each interpreter within a process can have a lock of its own, and since 3.13 there are builds without it (“free-threaded”)."),
  .tries = tries,
  .group = HEDDLE_GROUP_SHARING,
  .backends = HEDDLE_BACKENDS_CONCURRENT,
  .default_backend = HEDDLE_BACKEND_THREADS,
  .default_workers = 2,
  .params = params,
  .n_params = G_N_ELEMENTS (params),
  .data_size = sizeof (BigLock),
  .open = big_open,
  .share = big_share,
  .parties = heddle_range_get_n,
  .produce = heddle_range_produce,
  .execute = big_execute,
  .label = big_label,
};
