/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "fault-workloads.h"

#include <signal.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "engine/sync/shared-private.h"
#include "engine/worker/executor.h"
#include "engine/worker/segment.h"
#include "fault-garbage.h"
#include "test-workloads.h"
#include "engine/run/producer.h"
#include "engine/sync/shared.h"
#include "engine/task/task-private.h"
#include "engine/task/task.h"
#include "trace/clock.h"

typedef struct {
  guint64 n;
  guint64 what;
  /* garbage-arena */
  HeddleShared *shared;
  HeddleMutex *mutex;
  HeddleList *list;
  HeddleDict *dict;
  HeddleValue *value;
} Data;

static const HeddleParam params[] = {
  { .name = "n", .initial = "50", .min = 0, .max = 1e9, .step = 1, .field = HEDDLE_FIELD (Data, n) },
  { .name = "what", .initial = "0", .min = 0, .max = 1e9, .step = 1, .field = HEDDLE_FIELD (Data, what) },
};

static gboolean
produce (gpointer data, HeddleProducer *producer, GError **error)
{
  const Data *self = data;

  heddle_producer_submit_range (producer, self->n);
  return TRUE;
}

static gboolean
is_the_one (HeddleTask *task)
{
  return heddle_task_get_id (task) == FAULT_TASK && heddle_task_get_attempt (task) == 1;
}

/* The worker's segment, mapped once more. */
static void
open_segment (HeddleTask *task, gboolean isolated, HeddleSegment *segment)
{
  if (!(isolated ? heddle_segment_open_part (segment, HEDDLE_WORKER_FD_SEGMENT,
                                             heddle_task_get_worker (task) - 1, NULL)
                 : heddle_segment_open (segment, HEDDLE_WORKER_FD_SEGMENT, NULL)))
    _exit (99);
}

static void
wake_host (void)
{
  guint64 one = 1;

  if (write (HEDDLE_WORKER_FD_COLLECTOR, &one, sizeof one) < 0
      || write (HEDDLE_WORKER_FD_DISPATCHER, &one, sizeof one) < 0)
    _exit (99);
}

const char *const fault_lies[] = {
  "starts-two-at-once", "starts-what-it-was-not-given", "ends-another-one's", "ends-and-starts-another-one's", "skips-another-one's", "ends-twice",
  "attempt-0", "another-attempt", "ends-as-lost", "ends-in-no-state", "time-0", "time-at-the-end-of-all-time", "queued-in-the-future",
  "result-of-another-one", "number-of-another-one", "error-of-another-one", "prints-for-another-one", "prints-in-the-future", "progress-of-another-one",
  "waits-for-nothing-known", "waits-with-nothing-in-hand", "no-event", "event-of-no-kind", "text-too-long", "text-longer-than-the-ring",
  "text-that-is-not-there", "times-longer-than-the-span", "times-below-zero", "more-preempted-than-switched", "times-of-another-one", "head-far-ahead", "head-behind", "result-without-end", "line-read-too-far", "line-read-backwards", "more-ended-than-given",
  "more-ended-than-started", "host's-words-written-over",
};
const guint fault_n_lies = G_N_ELEMENTS (fault_lies);

static void
put (HeddleTask *task, guint64 time, HeddleEventType type, guint aux, guint64 id)
{
  heddle_ring_put (task->writer, time, heddle_event_word (type, aux, id));
}

static void
put_times (HeddleTask *task, guint64 id, HeddleTimesEvent times)
{
  heddle_ring_put_text (task->writer, HEDDLE_EVENT_TIMES, id, (const char *) &times, sizeof times);
}

/* Events that may each come, but not here. Long because each case is a fault of its own. */
static void
tell_events (HeddleTask *task, guint64 what)
{
  guint64 now = heddle_clock_ticks ();
  guint64 own = heddle_task_get_id (task);
  const HeddleTaskState done = HEDDLE_TASK_DONE;
  guint64 stamp[2] = { now, now };

  switch (what)
    {
    case 0: put (task, now, HEDDLE_EVENT_TASK_START, 1, own + 1); break;
    case 1:
      put (task, now, HEDDLE_EVENT_TASK_END, done, own);
      put (task, now, HEDDLE_EVENT_TASK_START, 1, 1);
      break;
    case 2: put (task, now, HEDDLE_EVENT_TASK_END, done, own + 1); break;
    case 3: put (task, now, HEDDLE_EVENT_TASK_NEXT, done, own + 1000000); break;
    case 4:
      put (task, now, HEDDLE_EVENT_TASK_END, done, own);
      put (task, now, HEDDLE_EVENT_TASK_SKIPPED, 0, 1);
      break;
    case 5:
      put (task, now, HEDDLE_EVENT_TASK_END, done, own);
      put (task, now, HEDDLE_EVENT_TASK_END, done, own);
      break;
    case 6:
      put (task, now, HEDDLE_EVENT_TASK_END, done, own);
      put (task, now, HEDDLE_EVENT_TASK_START, 0, own + 1);
      break;
    case 7:
      put (task, now, HEDDLE_EVENT_TASK_END, done, own);
      put (task, now, HEDDLE_EVENT_TASK_START, 7, own + 1);
      break;
    case 8: put (task, now, HEDDLE_EVENT_TASK_END, HEDDLE_TASK_LOST, own); break;
    case 9: put (task, now, HEDDLE_EVENT_TASK_END, 200, own); break;
    case 10: put (task, 0, HEDDLE_EVENT_TASK_END, done, own); break;
    case 11: put (task, G_MAXUINT64, HEDDLE_EVENT_TASK_END, done, own); break;
    case 12: put (task, heddle_clock_from_ns (G_MAXINT64), HEDDLE_EVENT_QUEUED, 0, own); break;
    case 13: heddle_ring_put_text (task->writer, HEDDLE_EVENT_RESULT_TEXT, own + 1, "no", 2); break;
    case 14: put (task, 3, HEDDLE_EVENT_RESULT_NUMBER, 0, own + 1); break;
    case 15: heddle_ring_put_text (task->writer, HEDDLE_EVENT_ERROR_TEXT, own + 1, "no", 2); break;
    case 16:
      heddle_ring_put_text (task->writer, HEDDLE_EVENT_OUTPUT_TEXT, own + 1, (const char *) stamp,
                            sizeof stamp);
      break;
    case 17:
      stamp[0] = G_MAXUINT64 / 2;
      heddle_ring_put_text (task->writer, HEDDLE_EVENT_OUTPUT_TEXT, own, (const char *) stamp,
                            sizeof stamp);
      break;
    case 18: put (task, now, HEDDLE_EVENT_PROGRESS, 100, own + 1); break;
    case 19: put (task, now, HEDDLE_EVENT_WAIT, 99, own); break;
    case 20:
      put (task, now, HEDDLE_EVENT_TASK_END, done, own);
      put (task, now, HEDDLE_EVENT_WAIT, HEDDLE_WAIT_SLEEP, own);
      break;
    case 21: put (task, now, HEDDLE_EVENT_NONE, 0, own); break;
    case 22: put (task, now, (HeddleEventType) 255, 255, own); break;
    case 23: put (task, HEDDLE_EVENT_TEXT_MAX + 1, HEDDLE_EVENT_RESULT_TEXT, 0, own); break;
    case 24: put (task, G_MAXUINT64, HEDDLE_EVENT_ERROR_TEXT, 0, own); break;
    case 25: put (task, HEDDLE_EVENT_TEXT_MAX, HEDDLE_EVENT_OUTPUT_TEXT, 0, own); break;
    case 26: put_times (task, own, (HeddleTimesEvent) { G_MAXINT64, G_MAXINT64, 1, 0 }); break;
    case 27: put_times (task, own, (HeddleTimesEvent) { 1, -1, 1, 0 }); break;
    case 28: put_times (task, own, (HeddleTimesEvent) { 1, 1, 1, 2 }); break;
    case 29: put_times (task, own + 1, (HeddleTimesEvent) { 1, 1, 1, 0 }); break;
    default: g_assert_not_reached ();
    }
  heddle_ring_publish (task->writer);
}

/* Cursors and counts that cannot be. */
static void
tell_numbers (HeddleTask *task, HeddleSegment *segment, guint64 what)
{
  static const char text[HEDDLE_EVENT_TEXT_MAX];
  HeddleSegmentMap *map = segment->map;

  switch (what)
    {
    case 30: atomic_fetch_add (&segment->ring->head, 1000000); break;
    case 31: atomic_fetch_sub (&segment->ring->head, 1); break;
    case 32:
      for (guint64 sent = 0; sent <= HEDDLE_MAX_RESULT; sent += sizeof text)
        heddle_ring_put_text (task->writer, HEDDLE_EVENT_RESULT_TEXT, heddle_task_get_id (task),
                              text, sizeof text);
      heddle_ring_publish (task->writer);
      break;
    case 33: atomic_store (&map->tail, G_MAXUINT64 / 2); break;
    case 34: atomic_fetch_sub (&map->tail, (guint64) 1 << 32); break;
    case 35: atomic_store (&map->ended, G_MAXUINT64); break;
    case 36: atomic_store (&map->ended, atomic_load (&map->assigned)); break;
    /* head and assigned are written anew with every task given */
    case 37: atomic_store (&map->paused, 1); break;
    default: g_assert_not_reached ();
    }
}

/* The host knows that the task has been started, so that it counts as an attempt. */
static void
wait_until_read (HeddleTask *task)
{
  heddle_ring_publish (task->writer);
  wake_host ();
  while (atomic_load (&task->writer->ring->tail) != task->writer->head)
    usleep (100);
}

static void
lie_from (const Data *self, HeddleTask *task, gboolean isolated)
{
  if (is_the_one (task))
    {
      HeddleSegment segment;

      open_segment (task, isolated, &segment);
      wait_until_read (task);
      if (self->what < 30)
        tell_events (task, self->what);
      else
        tell_numbers (task, &segment, self->what);
      wake_host ();
      while (TRUE)
        pause ();
    }
  heddle_task_return_number (task, heddle_task_get_id (task));
}

static void
lie (gpointer data, HeddleTask *task)
{
  lie_from (data, task, FALSE);
}

static void
lie_in_thread (gpointer data, HeddleTask *task)
{
  lie_from (data, task, TRUE);
}

static void
die (int number)
{
  const struct rlimit no_core = { 0, 0 };

  setrlimit (RLIMIT_CORE, &no_core);
  signal (number, SIG_DFL); /* a sanitizer's handler would turn it into an exit */
  raise (number);
}

const char *const fault_points[] = {
  "slot-half-written", "slot-not-shown", "text-half-written", "shown-and-nobody-woken", "end-shown-and-not-counted",
};
const guint fault_n_points = G_N_ELEMENTS (fault_points);

static void
die_at (HeddleTask *task, guint64 point)
{
  HeddleRingWriter *writer = task->writer;
  HeddleEvent *slot = &writer->ring->slots[writer->head & writer->mask];
  const guint64 word = heddle_event_word (HEDDLE_EVENT_TASK_END, HEDDLE_TASK_DONE, FAULT_TASK);

  switch (point)
    {
    case 0:
      slot->time = heddle_clock_ticks ();
      break;
    case 1:
      heddle_ring_put (writer, heddle_clock_ticks (), word);
      break;
    case 2:
      slot->time = 3000;
      slot->word = heddle_event_word (HEDDLE_EVENT_RESULT_TEXT, 0, FAULT_TASK);
      memset (slot + 1, 'x', 1500);
      break;
    case 3:
      heddle_task_set_progress (task, 0.5);
      break;
    default:
      heddle_ring_put (writer, heddle_clock_ticks (), word);
      heddle_ring_publish (writer);
      break;
    }
  die (SIGKILL);
}

static void
die_writing (gpointer data, HeddleTask *task)
{
  const Data *self = data;

  if (is_the_one (task))
    die_at (task, self->what);
  heddle_task_return_number (task, heddle_task_get_id (task));
}

/* Every further page is refused: what GLib, and most programs, do then is to give up. */
static void
run_out_of_memory (void)
{
  const struct rlimit nothing = { 0, 0 };

  setrlimit (RLIMIT_CORE, &nothing);
  setrlimit (RLIMIT_AS, &nothing);
  while (TRUE)
    memset (g_malloc (16 << 20), 1, 16 << 20);
}

/* Once the thread that is not to be ready has begun to be that. */
static void
exit_beside_unready (int status)
{
  const char *mark = g_getenv (FAULT_UNREADY);

  while (mark != NULL && access (mark, F_OK) == 0)
    g_usleep (1000);
  _exit (status);
}

static void
die_of (gpointer data, HeddleTask *task)
{
  const Data *self = data;

  if (is_the_one (task))
    {
      if (self->what == 0)
        run_out_of_memory ();
      if (self->what > FAULT_EXIT)
        exit_beside_unready ((int) self->what - FAULT_EXIT);
      die ((int) self->what);
    }
  heddle_task_return_number (task, heddle_task_get_id (task));
}

/* The next worker's process has not been told to end. */
static void
die_after (gpointer data, HeddleTask *task)
{
  static gboolean told;
  const Data *self = data;
  sigset_t term;
  int number;

  sigemptyset (&term);
  sigaddset (&term, SIGTERM);
  sigprocmask (SIG_BLOCK, &term, NULL);
  if (told)
    {
      if (self->what != 0)
        wait_until_read (task);
      die (SIGKILL);
    }
  if (heddle_task_get_id (task) == FAULT_TASK)
    told = sigwait (&term, &number) == 0;
  heddle_task_return_number (task, heddle_task_get_id (task));
}

static void
scatter (const Data *self, HeddleTask *task, gboolean isolated)
{
  if (is_the_one (task))
    {
      HeddleSegment segment;

      open_segment (task, isolated, &segment);
      wait_until_read (task);
      fault_scatter_garbage (&segment, self->what);
      wake_host ();
      die (SIGKILL);
    }
  heddle_task_return_number (task, heddle_task_get_id (task));
}

static void
write_garbage (gpointer data, HeddleTask *task)
{
  scatter (data, task, FALSE);
}

static void
write_garbage_in_thread (gpointer data, HeddleTask *task)
{
  scatter (data, task, TRUE);
}

#ifdef __x86_64__

#define TRAP_FLAG 0x100
#define RESTORER 0x04000000 /* SA_RESTORER, which the C library keeps to itself */

/* Between two instructions of the program that sanitizer executes hundreds of its own. */
#ifdef __SANITIZE_THREAD__
#define STEPS_A_STEP 8
#else
#define STEPS_A_STEP 1
#endif

/* The kernel's own struct sigaction. */
typedef struct {
  void (*handler) (int number, siginfo_t *info, void *context);
  unsigned long flags;
  void (*restorer) (void);
  guint64 mask;
} KernelAction;

const gboolean fault_can_step = TRUE;
static volatile guint64 n_steps_left;

/* Where a handler returns to. */
void fault_return_from_signal (void);
__asm__ (".text\n.globl fault_return_from_signal\n.type fault_return_from_signal, @function\n"
         "fault_return_from_signal:\n  mov $15, %eax\n  syscall\n");

/* The first one asks the processor for one after each instruction, the last one is the end. */
static __attribute__ ((no_sanitize_thread)) void
step (int number, siginfo_t *info, void *context)
{
  ((ucontext_t *) context)->uc_mcontext.gregs[REG_EFL] |= TRAP_FLAG;
  if (n_steps_left-- == 0)
    syscall (SYS_kill, getpid (), SIGKILL);
}

/*
 * Past the C library and what a sanitizer has put before it: the thread sanitizer of GCC 12 does
 * not know that this signal belongs to the instruction it interrupts. It would keep it back until
 * the program calls the C library the next time, count that as one step, and let the worker crawl
 * on.
 */
static void
step_from_here (void)
{
  const KernelAction action = { .handler = step,
                                .flags = SA_SIGINFO | RESTORER,
                                .restorer = fault_return_from_signal };

  syscall (SYS_rt_sigaction, SIGTRAP, &action, NULL, sizeof action.mask);
  syscall (SYS_tgkill, getpid (), gettid (), SIGTRAP);
}

/* This process dies after so many instructions more. */
void
fault_die_after (guint64 n_steps)
{
  n_steps_left = n_steps * STEPS_A_STEP;
  step_from_here ();
}

static void
die_stepped (gpointer data, HeddleTask *task)
{
  const Data *self = data;
  guint64 nth = heddle_task_get_id (task) / 2 * self->what;

  heddle_task_return_number (task, heddle_task_get_id (task));
  if (heddle_task_get_id (task) % 2 != 0 || heddle_task_get_attempt (task) > 1)
    return;
  /* each of the first ones, then wider and wider apart: what follows is as long as the compiler
   * makes it */
  fault_die_after (nth + nth * nth * nth / 4000);
}

#else

const gboolean fault_can_step = FALSE;

void
fault_die_after (guint64 n_steps)
{
}

static void
die_stepped (gpointer data, HeddleTask *task)
{
  heddle_task_fail_literal (task, "not on this machine");
}

#endif

static gboolean
share (gpointer data, HeddleShared *shared, GError **error)
{
  Data *self = data;

  self->shared = shared;
  self->mutex = heddle_shared_mutex (shared, "lock");
  self->value = heddle_shared_value (shared, "value", 0, TRUE);
  self->list = heddle_shared_list (shared, "list", 10, TRUE);
  self->dict = heddle_shared_dict (shared, "dict", 10, TRUE);
  heddle_shared_semaphore (shared, "semaphore", 1);
  heddle_shared_barrier (shared, "barrier", 2);
  heddle_shared_rw_lock (shared, "table", TRUE);
  heddle_shared_channel (shared, "channel", 10, TRUE);
  return TRUE;
}

static void
write_garbage_over_arena (gpointer data, HeddleTask *task)
{
  const Data *self = data;
  gint64 first;

  if (is_the_one (task))
    {
      heddle_mutex_try_lock (self->mutex, task);
      fault_scatter_over_arena (self->shared, self->what);
      heddle_ring_put_detail (task->writer, heddle_clock_ticks (),
                              heddle_event_word (HEDDLE_EVENT_WAIT, HEDDLE_WAIT_SHARED, 1));
      heddle_task_set_progress (task, 0.5);
      wake_host ();
      while (TRUE)
        pause ();
    }
  /* nothing that waits: that may last for ever now */
  heddle_value_add (self->value, 1);
  heddle_list_append (self->list, 1);
  heddle_list_pop_first (self->list, &first);
  heddle_dict_set (self->dict, "name", 1);
  heddle_task_return_number (task, heddle_task_get_id (task));
}

/* The second task tells more than its ring takes, until so many details were given up, and then
 * says so by making the file FAULT_MARK. */
static void
chatter (gpointer data, HeddleTask *task)
{
  const Data *self = data;
  const char *mark = g_getenv ("FAULT_MARK");
  guint64 n_dropped = 0;

  while (heddle_task_get_id (task) == 2 && n_dropped < self->what)
    {
      if (!heddle_ring_put_detail (task->writer, heddle_clock_ticks (),
                                   heddle_event_word (HEDDLE_EVENT_PROGRESS, 100, 2)))
        n_dropped++;
      heddle_ring_publish (task->writer);
    }
  if (n_dropped > 0 && mark != NULL && !g_file_set_contents (mark, "", 0, NULL))
    heddle_task_fail_literal (task, "no mark");
  heddle_task_return_number (task, heddle_task_get_id (task));
}

static void
hold (gpointer data, HeddleTask *task)
{
  while (TRUE)
    pause ();
}

#define COMMON TEST_WORKLOAD (Data), .produce = produce
#define PROCESSES                                                                                  \
  (HEDDLE_BACKEND_BIT (HEDDLE_BACKEND_PROCESSES)                                                   \
   | HEDDLE_BACKEND_BIT (HEDDLE_BACKEND_PROCESS_PER_TASK))
#define HOSTED (PROCESSES | HEDDLE_BACKEND_BIT (HEDDLE_BACKEND_THREADS))

const HeddleWorkload test_fault_workloads[] = {
  { COMMON, .id = "lie", .backends = PROCESSES, .execute = lie },
  { COMMON, .id = "lie-threads", .backends = HOSTED, .dangerous = TRUE, .execute = lie_in_thread },
  { COMMON, .id = "die-writing", .backends = PROCESSES, .execute = die_writing },
  { COMMON, .id = "die-after", .backends = PROCESSES, .execute = die_after },
  { COMMON, .id = "die-stepped", .backends = PROCESSES, .execute = die_stepped },
  { COMMON, .id = "garbage-arena", .backends = PROCESSES, .share = share, .execute = write_garbage_over_arena },
  { COMMON, .id = "die-of", .backends = HOSTED, .dangerous = TRUE, .execute = die_of },
  { COMMON, .id = "garbage", .backends = PROCESSES, .execute = write_garbage },
  { COMMON, .id = "garbage-threads", .backends = HOSTED, .dangerous = TRUE, .execute = write_garbage_in_thread },
  { COMMON, .id = "chatter", .backends = HEDDLE_BACKENDS_ALL, .execute = chatter },
  { COMMON, .id = "hold-threads", .backends = HOSTED, .dangerous = TRUE, .execute = hold },
  { COMMON, .id = "chatter-threads", .backends = HOSTED, .dangerous = TRUE, .execute = chatter },
  { .id = NULL },
};
