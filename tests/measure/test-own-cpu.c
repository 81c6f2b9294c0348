/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <pthread.h>
#include <semaphore.h>

#include "measure/own-cpu.h"
#include "trace/clock.h"

#define MS G_GINT64_CONSTANT (1000000)
#define SPIN_NS (60 * MS)
/* what reading the clocks and waiting for semaphores may take on a machine that is busy */
#define BESIDE_NS (20 * MS)

typedef struct {
  gboolean is_worker;
  sem_t began;
  sem_t go;
  sem_t done;
  sem_t leave;
} Thread;

static void
spin (gint64 ns)
{
  gint64 until = heddle_clock_thread_cpu_ns () + ns;

  while (heddle_clock_thread_cpu_ns () < until)
    ;
}

static void *
thread_main (void *data)
{
  Thread *thread = data;

  if (thread->is_worker)
    heddle_own_cpu_worker_begins ();
  sem_post (&thread->began);
  sem_wait (&thread->go);
  spin (SPIN_NS);
  sem_post (&thread->done);
  sem_wait (&thread->leave);
  if (thread->is_worker)
    heddle_own_cpu_worker_ends ();
  return NULL;
}

static gint64
count_own (const HeddleOwnCpu *from, const HeddleOwnCpu *to)
{
  return to->process_ns - from->process_ns - (to->work_ns - from->work_ns);
}

/* What one thread that spins adds to work and to the rest, as it is seen while it lives and after
 * it has ended. */
static void
watch_thread (gboolean is_worker)
{
  Thread thread = { .is_worker = is_worker };
  HeddleOwnCpu before, living, after;
  pthread_t handle;

  sem_init (&thread.began, 0, 0);
  sem_init (&thread.go, 0, 0);
  sem_init (&thread.done, 0, 0);
  sem_init (&thread.leave, 0, 0);
  g_assert_cmpint (pthread_create (&handle, NULL, thread_main, &thread), ==, 0);
  sem_wait (&thread.began);
  heddle_own_cpu_read (&before);
  sem_post (&thread.go);
  sem_wait (&thread.done);
  heddle_own_cpu_read (&living);
  sem_post (&thread.leave);
  pthread_join (handle, NULL);
  heddle_own_cpu_read (&after);

  g_assert_cmpint (living.process_ns - before.process_ns, >=, SPIN_NS);
  g_assert_cmpint (after.at_ns, >=, living.at_ns);
  if (is_worker)
    {
      g_assert_cmpint (living.work_ns - before.work_ns, >=, SPIN_NS);
      g_assert_cmpint (after.work_ns - before.work_ns, >=, living.work_ns - before.work_ns);
      g_assert_cmpint (count_own (&before, &after), <, BESIDE_NS);
    }
  else
    {
      g_assert_cmpint (after.work_ns, ==, before.work_ns);
      g_assert_cmpint (count_own (&before, &after), >=, SPIN_NS);
    }
  sem_destroy (&thread.began);
  sem_destroy (&thread.go);
  sem_destroy (&thread.done);
  sem_destroy (&thread.leave);
}

static void
test_worker_is_work (void)
{
  watch_thread (TRUE);
}

static void
test_other_thread_is_own (void)
{
  watch_thread (FALSE);
}

/* Several at once, which end in another order than they began. */
static void
test_workers_come_and_go (void)
{
  Thread threads[5] = { 0 };
  pthread_t handles[5];
  HeddleOwnCpu before, after;

  heddle_own_cpu_read (&before);
  for (guint i = 0; i < G_N_ELEMENTS (threads); i++)
    {
      threads[i].is_worker = TRUE;
      sem_init (&threads[i].began, 0, 0);
      sem_init (&threads[i].go, 0, 1);
      sem_init (&threads[i].done, 0, 0);
      sem_init (&threads[i].leave, 0, 0);
      g_assert_cmpint (pthread_create (&handles[i], NULL, thread_main, &threads[i]), ==, 0);
    }
  for (guint i = 0; i < G_N_ELEMENTS (threads); i++)
    {
      guint at = (i * 2 + 1) % G_N_ELEMENTS (threads);

      sem_post (&threads[at].leave);
      pthread_join (handles[at], NULL);
      heddle_own_cpu_read (&after);
    }
  g_assert_cmpint (after.work_ns - before.work_ns, >=, 5 * SPIN_NS);
  g_assert_cmpint (count_own (&before, &after), <, 5 * BESIDE_NS);
}

static void
test_task_of_the_main_loop_is_work (void)
{
  HeddleOwnCpu before, after;

  heddle_own_cpu_read (&before);
  heddle_own_cpu_add_work (7 * MS);
  heddle_own_cpu_read (&after);
  g_assert_cmpint (after.work_ns - before.work_ns, ==, 7 * MS);
}

static void
test_share (void)
{
  HeddleOwnCpu from = { .at_ns = 1000 * MS, .process_ns = 500 * MS, .work_ns = 100 * MS };
  HeddleOwnCpu to = { .at_ns = 2000 * MS, .process_ns = 2300 * MS, .work_ns = 1860 * MS };

  g_assert_cmpfloat_with_epsilon (heddle_own_cpu_get_share (&from, &to), 0.04, 1e-9);
  g_assert_cmpfloat (heddle_own_cpu_get_share (&from, &from), ==, 0);
  /* clocks that were read one after another may say that workers took more than the process */
  to.work_ns = 1901 * MS;
  g_assert_cmpfloat (heddle_own_cpu_get_share (&from, &to), ==, 0);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/own-cpu/a-worker-is-work", test_worker_is_work);
  g_test_add_func ("/own-cpu/another-thread-is-heddle's-own", test_other_thread_is_own);
  g_test_add_func ("/own-cpu/workers-come-and-go", test_workers_come_and_go);
  g_test_add_func ("/own-cpu/a-task-of-the-main-loop-is-work", test_task_of_the_main_loop_is_work);
  g_test_add_func ("/own-cpu/share", test_share);
  return g_test_run ();
}
