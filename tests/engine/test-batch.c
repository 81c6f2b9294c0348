/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <pthread.h>
#include <string.h>

#include "engine/queue/batch.h"

#define N_ITEMS 7
#define PER_ITEM 9
#define N_TASKS (N_ITEMS * PER_ITEM)

typedef struct {
  HeddleBatch batch;
  pthread_mutex_t lock;
  atomic_bool over;
  guint64 n_begun;
  guint64 n_taken;
  guint8 *begun; /* owner: which tasks it has begun */
  guint8 *taken; /* taker: which it has taken back */
} Fixture;

static void
fill (HeddleBatch *batch, guint64 first)
{
  for (guint i = 0; i < N_ITEMS; i++)
    batch->items[i] = (HeddleItem) { .id = first + i * PER_ITEM, .count = PER_ITEM, .attempt = 1 };
  heddle_batch_show (batch, N_ITEMS);
}

static guint
take (Fixture *fixture)
{
  HeddleItem rest[HEDDLE_BATCH_ITEMS];
  guint n;

  pthread_mutex_lock (&fixture->lock);
  n = heddle_batch_take_back (&fixture->batch, rest);
  for (guint i = 0; i < n; i++)
    for (guint32 j = 0; j < rest[i].count; j++)
      {
        fixture->taken[rest[i].id + j]++;
        fixture->n_taken++;
      }
  pthread_mutex_unlock (&fixture->lock);
  return n;
}

static void
set_up (Fixture *fixture, gsize n_tasks, gboolean needs_fences)
{
  memset (fixture, 0, sizeof *fixture);
  pthread_mutex_init (&fixture->lock, NULL);
  heddle_batch_init (&fixture->batch, &fixture->lock);
  fixture->batch.needs_fences = fixture->batch.needs_fences || needs_fences;
  fixture->begun = g_malloc0 (n_tasks);
  fixture->taken = g_malloc0 (n_tasks);
}

static void
tear_down (Fixture *fixture)
{
  pthread_mutex_destroy (&fixture->lock);
  g_free (fixture->begun);
  g_free (fixture->taken);
}

static void
what_is_not_begun_is_taken_back_once (void)
{
  Fixture fixture;

  set_up (&fixture, N_TASKS, FALSE);
  g_assert_cmpuint (take (&fixture), ==, 0);
  fill (&fixture.batch, 0);
  for (guint i = 0; i < PER_ITEM + 2; i++)
    g_assert_true (heddle_batch_begin_next (&fixture.batch));
  g_assert_cmpuint (take (&fixture), ==, N_ITEMS - 1);
  g_assert_cmpuint (fixture.n_taken, ==, N_TASKS - PER_ITEM - 2);
  for (guint i = 0; i < N_TASKS; i++)
    g_assert_cmpuint (fixture.taken[i], ==, i >= PER_ITEM + 2);
  g_assert_cmpuint (take (&fixture), ==, 0);
  g_assert_false (heddle_batch_begin_next (&fixture.batch));
  g_assert_cmpuint (take (&fixture), ==, 0);

  /* and the next one is whole again */
  fill (&fixture.batch, 0);
  for (guint i = 0; i < N_TASKS; i++)
    g_assert_true (heddle_batch_begin_next (&fixture.batch));
  g_assert_cmpuint (take (&fixture), ==, 0);
  tear_down (&fixture);
}

#define N_ROUNDS 20000

static void *
take_all_the_time (void *data)
{
  Fixture *fixture = data;

  while (!atomic_load (&fixture->over))
    take (fixture);
  return NULL;
}

/* Returns how many were taken back. */
static guint64
race (gboolean needs_fences)
{
  Fixture fixture;
  pthread_t taker;

  set_up (&fixture, N_ROUNDS * N_TASKS, needs_fences);
  g_assert_cmpint (pthread_create (&taker, NULL, take_all_the_time, &fixture), ==, 0);
  for (guint64 round = 0; round < N_ROUNDS; round++)
    {
      fill (&fixture.batch, round * N_TASKS);
      for (guint i = 0; i < N_TASKS; i++)
        {
          if (!heddle_batch_begin_next (&fixture.batch))
            {
              heddle_batch_wait (&fixture.batch);
              break;
            }
          fixture.begun[round * N_TASKS + i]++;
          fixture.n_begun++;
        }
    }
  atomic_store (&fixture.over, TRUE);
  pthread_join (taker, NULL);
  g_assert_cmpuint (fixture.n_begun + fixture.n_taken, ==, N_ROUNDS * N_TASKS);
  for (gsize i = 0; i < N_ROUNDS * N_TASKS; i++)
    if (fixture.begun[i] + fixture.taken[i] != 1)
      g_error ("task %zu: begun %u times, taken back %u times", i, fixture.begun[i],
               fixture.taken[i]);
  tear_down (&fixture);
  return fixture.n_taken;
}

/* Whoever gets it, each task is somebody's, and of one only: until the two have met often
 * enough. */
static void
each_task_is_begun_or_taken_back (gconstpointer needs_fences)
{
  for (guint64 n_taken = 0; n_taken < 5000;)
    n_taken += race (GPOINTER_TO_INT (needs_fences));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/batch/what-is-not-begun-is-taken-back-once",
                   what_is_not_begun_is_taken_back_once);
  g_test_add_data_func ("/batch/each-task-is-begun-or-taken-back", GINT_TO_POINTER (FALSE),
                        each_task_is_begun_or_taken_back);
  g_test_add_data_func ("/batch/each-task-is-begun-or-taken-back-without-barriers",
                        GINT_TO_POINTER (TRUE), each_task_is_begun_or_taken_back);
  return g_test_run ();
}
