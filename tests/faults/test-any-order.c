/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Pause, resume, resize and stop in any order, thousands of times on every backend, and few or many
 * workers for few or many tasks. Whatever is asked for, the numbers add up in every snapshot, and
 * in the end each task has ended once and nothing is left (the harness looks).
 */
#include "config.h"

#include <locale.h>
#include <pthread.h>
#include <stdatomic.h>

#include "engine/model/backend.h"
#include "fault-harness.h"

#define WISHES_A_RUN 50

/* Tasks, which may be a process each: under a sanitizer these start ten times slower. */
#if defined(__SANITIZE_THREAD__) || defined(__SANITIZE_ADDRESS__)
#define MANY 50
#else
#define MANY 200
#endif

typedef struct {
  TestRun *run;
  GRand *rand;
  guint n_wishes;
  atomic_bool over;
} User;

static void
wish (User *self)
{
  HeddleRun *run = self->run->run;

  switch (g_rand_int_range (self->rand, 0, 8))
    {
    case 0: case 1:
      heddle_run_pause (run);
      break;
    case 2: case 3: case 4:
      heddle_run_resume (run);
      break;
    case 5: case 6:
      heddle_run_resize (run, (guint) g_rand_int_range (self->rand, 1, 7));
      break;
    default:
      /* seldom, since nothing much can happen after it */
      if (g_rand_int_range (self->rand, 0, 6) == 0)
        heddle_run_stop (run,
                         (HeddleStopPolicy) g_rand_int_range (self->rand, HEDDLE_STOP_DRAIN,
                                                              HEDDLE_STOP_KILL + 1));
      break;
    }
}

static void *
wish_all (void *data)
{
  User *self = data;

  for (guint i = 0; i < self->n_wishes; i++)
    {
      wish (self);
      test_run_snapshot (self->run);
      /* as long as it likes: the order of all this is what the test is about */
      heddle_run_wait (
        self->run->run,
        g_rand_int_range (self->rand, 0, 3) == 0 ? g_rand_int_range (self->rand, 0, 400000) : 0);
    }
  heddle_run_resume (self->run->run);
  if (g_rand_boolean (self->rand))
    heddle_run_stop (self->run->run, HEDDLE_STOP_CANCEL);
  heddle_run_wait (self->run->run, -1);
  atomic_store (&self->over, TRUE);
  g_main_context_wakeup (NULL);
  return NULL;
}

/* The wishes come from another thread, as the main loop may be the worker. */
static void
play (User *user, HeddleBackend backend)
{
  gboolean loop =
    backend == HEDDLE_BACKEND_MAIN_LOOP || backend == HEDDLE_BACKEND_MAIN_LOOP_BLOCKING;
  pthread_t thread;

  test_run_start (user->run);
  g_assert_cmpint (pthread_create (&thread, NULL, wish_all, user), ==, 0);
  while (loop && !atomic_load (&user->over))
    g_main_context_iteration (NULL, TRUE);
  pthread_join (thread, NULL);
  test_run_finish (user->run);
  while (loop && g_main_context_iteration (NULL, FALSE))
    ;
  test_run_free (user->run);
}

static void
any_order (gconstpointer data)
{
  HeddleBackend backend = (HeddleBackend) GPOINTER_TO_INT (data);
  const char *const nap[] = { "nap=20000", NULL };
  guint n_wishes = fault_rounds (2000);
  guint64 seed = fault_seed ();
  GRand *rand = g_rand_new_with_seed ((guint32) seed);

  for (guint done = 0; done < n_wishes; done += WISHES_A_RUN)
    {
      User user = { .run = test_run_new ("pid", (guint64) g_rand_int_range (rand, 0, 400), nap),
                    .rand = rand,
                    .n_wishes = WISHES_A_RUN };

      user.run->options.backend = backend;
      user.run->options.workers = (guint) g_rand_int_range (rand, 1, 7);
      user.run->options.queue = (guint) g_rand_int_range (rand, 1, 100);
      user.run->options.prefetch = (guint) g_rand_int_range (rand, 1, 40);
      user.run->options.retries = (guint) g_rand_int_range (rand, 0, 2);
      play (&user, backend);
    }
  g_rand_free (rand);
}

/* A queue of 1, no task at all, one task for many workers, and one worker for many tasks. */
static void
at_the_edges (gconstpointer data)
{
  HeddleBackend backend = (HeddleBackend) GPOINTER_TO_INT (data);
  static const struct {
    guint64 tasks;
    guint workers, queue;
  } edges[] = { { 0, 1, 1 },   { 0, 16, 64 },  { 1, 1, 1 },    { 1, 16, 1 },
                { 3, 16, 64 }, { MANY, 1, 1 }, { MANY, 8, 1 }, { MANY, 4, 1000 } };

  for (guint i = 0; i < G_N_ELEMENTS (edges); i++)
    {
      TestRun *run = test_run_new ("double", edges[i].tasks, NULL);
      guint64 sum = edges[i].tasks * (edges[i].tasks + 1);
      gboolean loop =
        backend == HEDDLE_BACKEND_MAIN_LOOP || backend == HEDDLE_BACKEND_MAIN_LOOP_BLOCKING;

      run->options.backend = backend;
      run->options.workers = edges[i].workers;
      run->options.queue = edges[i].queue;
      test_run_start (run);
      while (loop && !heddle_run_wait (run->run, 0))
        g_main_context_iteration (NULL, FALSE);
      test_run_finish (run);
      g_assert_cmpuint (test_run_snapshot (run).done, ==, edges[i].tasks);
      g_assert_cmpuint (run->result_sum, ==, sum);
      test_run_free (run);
    }
}

int
main (int argc, char **argv)
{
  setlocale (LC_ALL, "C");
  g_test_init (&argc, &argv, NULL);
  g_main_context_iteration (NULL, FALSE); /* its files are open from here on */
  for (guint i = 0; i < HEDDLE_N_BACKENDS; i++)
    {
      g_autofree char *order =
        g_strdup_printf ("/any-order/of-wishes/%s", heddle_backend_get_info (i)->id);
      g_autofree char *edges =
        g_strdup_printf ("/any-order/at-the-edges/%s", heddle_backend_get_info (i)->id);

      g_test_add_data_func (edges, GINT_TO_POINTER (i), at_the_edges);
      g_test_add_data_func (order, GINT_TO_POINTER (i), any_order);
    }
  return g_test_run ();
}
