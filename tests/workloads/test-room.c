/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <pthread.h>

#include "engine/sync/shared-private.h"
#include "engine/sync/shared.h"
#include "workloads/room.h"

/* Counting where nothing keeps the counted ones apart: how many are inside, and at most; the
 * highest of what many say at once. */

#define N_THREADS 8
#ifdef __SANITIZE_THREAD__
#define N_ROUNDS 500
#else
#define N_ROUNDS 5000
#endif

typedef struct {
  HeddleShared *shared;
  HeddleRoom room;
  HeddleValue *inside, *most, *highest;
  pthread_barrier_t together;
} Fixture;

typedef struct {
  Fixture *fixture;
  guint64 id;
} Visitor;

static void
set_up (Fixture *self, gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  self->shared = heddle_shared_new_host (0, &error);
  g_assert_no_error (error);
  heddle_room_share (&self->room, self->shared, "inside", "most");
  self->highest = heddle_shared_value (self->shared, "highest", 0, FALSE);
  g_assert_true (heddle_shared_check (self->shared, NULL));
  self->inside = self->room.inside;
  self->most = self->room.most;
  pthread_barrier_init (&self->together, NULL, N_THREADS);
}

static void
tear_down (Fixture *self, gconstpointer data)
{
  pthread_barrier_destroy (&self->together);
  heddle_shared_free (self->shared);
}

static void
run_together (Fixture *self, void *(*function) (void *))
{
  Visitor visitors[N_THREADS];
  pthread_t threads[N_THREADS];

  for (guint i = 0; i < N_THREADS; i++)
    {
      visitors[i] = (Visitor) { self, i + 1 };
      g_assert_cmpint (pthread_create (&threads[i], NULL, function, &visitors[i]), ==, 0);
    }
  for (guint i = 0; i < N_THREADS; i++)
    pthread_join (threads[i], NULL);
}

static void *
raise_again_and_again (void *data)
{
  Visitor *visitor = data;
  Fixture *self = visitor->fixture;
  gint64 last = 0;

  pthread_barrier_wait (&self->together);
  for (gint64 round = 1; round <= 100 * N_ROUNDS; round++)
    {
      /* what was said a round ago: one's own last store one sees in any case before it has reached
       * the others */
      if (heddle_value_get (self->highest) < last)
        g_error ("what was raised to %" G_GINT64_FORMAT " has become less", last);
      last = round * N_THREADS + (gint64) visitor->id;
      heddle_value_raise (self->highest, last);
    }
  return NULL;
}

/* Whoever says less must not take away what another has said meanwhile. */
static void
highest_of_many (Fixture *self, gconstpointer data)
{
  run_together (self, raise_again_and_again);
  g_assert_cmpint (heddle_value_get (self->highest), ==, 100 * N_ROUNDS * N_THREADS + N_THREADS);
}

static void *
go_in_and_out (void *data)
{
  Visitor *visitor = data;
  Fixture *self = visitor->fixture;
  HeddleTask task = { .id = visitor->id };
  guint n_died;

  for (guint round = 0; round < N_ROUNDS; round++)
    {
      pthread_barrier_wait (&self->together);
      g_assert_cmpuint (heddle_room_enter (&self->room, &task), <=, N_THREADS);
      pthread_barrier_wait (&self->together);
      g_assert_cmpuint (heddle_room_count (&self->room), ==, N_THREADS);
      g_assert_cmpint (heddle_value_get (self->inside), ==, N_THREADS);
      g_assert_cmpint (heddle_value_get (self->most), ==, N_THREADS);
      g_assert_cmpuint (heddle_room_get_most (&self->room, &n_died), ==, N_THREADS);
      pthread_barrier_wait (&self->together);
      heddle_room_leave (&self->room, &task);
      pthread_barrier_wait (&self->together);
      g_assert_cmpuint (heddle_room_count (&self->room), ==, 0);
      g_assert_cmpint (heddle_value_get (self->inside), ==, 0);
    }
  return NULL;
}

static void
all_at_once (Fixture *self, gconstpointer data)
{
  guint n_died;

  run_together (self, go_in_and_out);
  heddle_room_get_most (&self->room, &n_died);
  g_assert_cmpuint (n_died, ==, 0);
}

/* A task whose worker has died inside is there until it comes again, and counts once. */
static void
died_inside (Fixture *self, gconstpointer data)
{
  HeddleTask one = { .id = 1 }, other = { .id = 2 };
  guint n_died;

  g_assert_false (heddle_room_come_again (&self->room, &one));
  g_assert_cmpuint (heddle_room_enter (&self->room, &one), ==, 1);
  g_assert_true (heddle_room_come_again (&self->room, &one));
  g_assert_cmpuint (heddle_room_count (&self->room), ==, 0);
  g_assert_cmpuint (heddle_room_enter (&self->room, &other), ==, 1);
  g_assert_cmpuint (heddle_room_enter (&self->room, &one), ==, 2);
  g_assert_cmpuint (heddle_room_get_most (&self->room, &n_died), ==, 2);
  g_assert_cmpuint (n_died, ==, 1);
  heddle_room_clear (&self->room);
  g_assert_cmpint (heddle_value_get (self->inside), ==, 0);
  g_assert_false (heddle_room_come_again (&self->room, &one));
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add ("/room/highest-of-many", Fixture, NULL, set_up, highest_of_many, tear_down);
  g_test_add ("/room/all-at-once", Fixture, NULL, set_up, all_at_once, tear_down);
  g_test_add ("/room/died-inside", Fixture, NULL, set_up, died_inside, tear_down);
  return g_test_run ();
}
