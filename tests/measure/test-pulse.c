/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <pthread.h>
#include <sched.h>
#include <semaphore.h>
#include <stdatomic.h>
#include <string.h>

#include "measure/pulse.h"

#define MS G_GINT64_CONSTANT (1000000)

/* A loop in a thread of its own, which can be frozen. */
typedef struct {
  GMainContext *context;
  pthread_t thread;
  _Atomic gboolean quit;
  sem_t frozen;
  sem_t thaw;
} Loop;

static gpointer
run_loop (gpointer data)
{
  Loop *loop = data;

  g_main_context_push_thread_default (loop->context);
  while (!atomic_load (&loop->quit))
    g_main_context_iteration (loop->context, TRUE);
  g_main_context_pop_thread_default (loop->context);
  return NULL;
}

static void
loop_start (Loop *loop)
{
  loop->context = g_main_context_new ();
  atomic_init (&loop->quit, FALSE);
  sem_init (&loop->frozen, 0, 0);
  sem_init (&loop->thaw, 0, 0);
  g_assert_cmpint (pthread_create (&loop->thread, NULL, run_loop, loop), ==, 0);
}

static void
loop_stop (Loop *loop)
{
  atomic_store (&loop->quit, TRUE);
  g_main_context_wakeup (loop->context);
  pthread_join (loop->thread, NULL);
  g_main_context_unref (loop->context);
  sem_destroy (&loop->frozen);
  sem_destroy (&loop->thaw);
}

static gboolean
freeze (gpointer data)
{
  Loop *loop = data;

  sem_post (&loop->frozen);
  sem_wait (&loop->thaw);
  return G_SOURCE_REMOVE;
}

/* Returns when the loop is stuck in a callback. */
static void
loop_freeze (Loop *loop)
{
  g_main_context_invoke_full (loop->context, G_PRIORITY_DEFAULT, freeze, loop, NULL);
  sem_wait (&loop->frozen);
}

static void
read_until_pings (HeddlePulse *pulse, guint64 n, HeddlePulseReading *reading)
{
  do
    {
      sched_yield ();
      heddle_pulse_read (pulse, reading);
    }
  while (reading->n_pings < n);
}

static void
test_healthy (void)
{
  HeddlePulseReading reading;
  HeddlePulse *pulse;
  Loop loop;

  loop_start (&loop);
  pulse = heddle_pulse_new (loop.context, 1);
  read_until_pings (pulse, 20, &reading);
  g_assert_cmpuint (reading.n_history, ==, reading.n_pings);
  for (guint i = 0; i < reading.n_history; i++)
    {
      g_assert_cmpint (reading.history[i], >=, 0);
      g_assert_cmpint (reading.history[i], <=, reading.answer_max_ns);
    }
  g_assert_cmpint (reading.answer_p99_ns, <=, reading.answer_max_ns);
  g_assert_cmpint (reading.answer_p99_ns, >=,
                   reading.history[0] < reading.history[1] ? reading.history[0]
                                                           : reading.history[1]);
  heddle_pulse_free (pulse);
  loop_stop (&loop);
}

static void
test_frozen (void)
{
  HeddlePulseReading reading;
  HeddlePulse *pulse;
  guint n_stalls;
  gint64 wait;
  Loop loop;

  loop_start (&loop);
  pulse = heddle_pulse_new (loop.context, 10);
  read_until_pings (pulse, 2, &reading);
  loop_freeze (&loop);
  /* 0 but on a machine that stalls by itself; if that is what made it slow to freeze, it is the
   * same stall that goes on */
  heddle_pulse_read (pulse, &reading);
  n_stalls = reading.n_stalls - (reading.stalled ? 1 : 0);
  do
    {
      sched_yield ();
      heddle_pulse_read (pulse, &reading);
    }
  while (!reading.stalled);
  g_assert_cmpuint (reading.n_stalls, ==, n_stalls + 1);
  g_assert_cmpint (reading.answer_ns, >, HEDDLE_PULSE_STALL_NS);
  g_assert_cmpint (reading.answer_max_ns, >, HEDDLE_PULSE_STALL_NS);

  /* the wait grows while it lasts, and stays one stall */
  wait = reading.answer_ns;
  do
    heddle_pulse_read (pulse, &reading);
  while (reading.answer_ns < wait + 50 * MS);
  g_assert_cmpuint (reading.n_stalls, ==, n_stalls + 1);

  sem_post (&loop.thaw);
  read_until_pings (pulse, reading.n_pings + 1, &reading);
  g_assert_cmpuint (reading.n_stalls, >=, n_stalls + 1);
  g_assert_cmpint (reading.answer_max_ns, >=, wait + 50 * MS);
  heddle_pulse_free (pulse);
  loop_stop (&loop);
}

static void
test_freed_while_frozen (void)
{
  HeddlePulse *pulse;
  Loop loop;

  loop_start (&loop);
  loop_freeze (&loop);
  pulse = heddle_pulse_new (loop.context, 1);
  heddle_pulse_free (pulse);
  sem_post (&loop.thaw);
  loop_stop (&loop);
}

/* What was measured is forgotten; the loop goes on to be watched. */
static void
test_reset (void)
{
  HeddlePulseReading reading;
  HeddlePulse *pulse;
  Loop loop;

  loop_start (&loop);
  pulse = heddle_pulse_new (loop.context, 1);
  read_until_pings (pulse, 20, &reading);
  loop_freeze (&loop); /* no answer comes meanwhile */
  heddle_pulse_reset (pulse);
  heddle_pulse_read (pulse, &reading);
  g_assert_cmpuint (reading.n_pings, ==, 0);
  g_assert_cmpuint (reading.n_history, ==, 0);
  sem_post (&loop.thaw);
  read_until_pings (pulse, 2, &reading);
  heddle_pulse_free (pulse);
  loop_stop (&loop);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/pulse/healthy-loop-answers", test_healthy);
  g_test_add_func ("/pulse/frozen-loop-is-one-stall", test_frozen);
  g_test_add_func ("/pulse/freed-while-the-loop-is-frozen", test_freed_while_frozen);
  g_test_add_func ("/pulse/reset-forgets-and-goes-on", test_reset);
  return g_test_run ();
}
