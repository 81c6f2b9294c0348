/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

/* The end of the queue at which the producer puts single tasks down without the lock. */

#include <pthread.h>
#include <string.h>

#include "engine/queue/queue-private.h"
#include "trace/clock.h"

/* Also as where nobody makes barriers. */
static HeddleQueue *
new_queue (guint capacity, gconstpointer needs_fences)
{
  HeddleQueue *queue = heddle_queue_new (capacity, NULL, NULL);

  queue->tail.needs_fences = queue->tail.needs_fences || GPOINTER_TO_INT (needs_fences);
  return queue;
}

static void
take_one (HeddleQueue *queue, guint64 id)
{
  HeddleItem item;

  g_assert_cmpuint (heddle_queue_try_take (queue, &item, 1, 1), ==, 1);
  g_assert_cmpuint (item.id, ==, id);
  g_assert_cmpuint (item.count, ==, 1);
  g_assert_cmpuint (item.attempt, ==, 1);
  g_assert_cmpuint (item.queued, >, 0);
}

/* Whichever way a task came, and however often the tail has gone round. */
static void
order_is_that_of_coming (void)
{
  HeddleQueue *queue = heddle_queue_new (10 * HEDDLE_QUEUE_TAIL_SLOTS, NULL, NULL);
  HeddleQueueCounts counts;
  guint64 in = 0, out = 0;

  while (in < 7 * HEDDLE_QUEUE_TAIL_SLOTS)
    {
      guint n_fed = g_test_rand_int_range (0, 2 * HEDDLE_QUEUE_TAIL_SLOTS);
      guint n_taken;

      for (guint i = 0; i < n_fed; i++)
        g_assert_true (heddle_queue_push_from_producer (queue, ++in, NULL));
      if (g_test_rand_bit ())
        {
          g_assert_true (
            heddle_queue_push (queue, &(HeddleItem){ .id = in + 1, .count = 5, .attempt = 1 }));
          in += 5;
        }
      heddle_queue_get_counts (queue, &counts);
      g_assert_cmpuint (counts.submitted, ==, in);
      g_assert_cmpuint (counts.taken, ==, out);
      n_taken = g_test_rand_int_range (0, (gint32) (in - out + 1));
      for (guint i = 0; i < n_taken; i++)
        take_one (queue, ++out);
    }
  while (out < in)
    take_one (queue, ++out);
  heddle_queue_get_counts (queue, &counts);
  g_assert_cmpuint (counts.queued, ==, 0);
  heddle_queue_free (queue);
}

static void
what_is_put_back_goes_first (void)
{
  HeddleQueue *queue = heddle_queue_new (8, NULL, NULL);
  HeddleItem items[8];

  for (guint64 id = 1; id <= 8; id++)
    g_assert_true (heddle_queue_push_from_producer (queue, id, NULL));
  g_assert_cmpuint (heddle_queue_try_take (queue, items, 8, 8), ==, 2);
  heddle_queue_put_back (queue, items, 2);
  heddle_queue_put_back (queue, &(HeddleItem){ .id = 100, .count = 1, .attempt = 1, .queued = 1 },
                         1);
  take_one (queue, 100);
  for (guint64 id = 1; id <= 8; id++)
    take_one (queue, id);
  heddle_queue_free (queue);
}

static void
peeking_sees_list_and_tail (void)
{
  static const char text[] = "leaf";
  g_autofree HeddleInput *input = g_malloc (sizeof *input + sizeof text);
  HeddleQueue *queue = heddle_queue_new (100, NULL, NULL);
  HeddleQueuePeek peeks[8];
  HeddleQueueCounts counts;

  input->length = sizeof text - 1;
  memcpy (input->text, text, sizeof text);
  g_assert_true (heddle_queue_push (queue, &(HeddleItem) { .id = 1, .count = 2, .attempt = 1 }));
  g_assert_true (heddle_queue_push_from_producer (queue, 3, NULL));
  g_assert_true (heddle_queue_push_from_producer (queue, 4, input));
  heddle_queue_put_back (queue, &(HeddleItem){ .id = 50, .count = 1, .attempt = 1, .queued = 1 },
                         1);
  g_assert_cmpuint (heddle_queue_peek (queue, peeks, 8, &counts), ==, 5);
  g_assert_cmpuint (counts.queued, ==, 5);
  g_assert_cmpuint (counts.submitted, ==, 4);
  g_assert_cmpuint (peeks[0].id, ==, 50);
  for (guint i = 1; i < 5; i++)
    g_assert_cmpuint (peeks[i].id, ==, i);
  g_assert_true (peeks[4].has_input);
  g_assert_cmpstr (peeks[4].text, ==, text);
  heddle_queue_free (queue);
}

static void
cancelling_takes_all_of_it (void)
{
  HeddleQueue *queue = heddle_queue_new (100, NULL, NULL);
  g_autoptr (GArray) items = NULL;
  HeddleQueueCounts counts;

  g_assert_true (heddle_queue_push (queue, &(HeddleItem) { .id = 1, .count = 2, .attempt = 1 }));
  for (guint64 id = 3; id <= 9; id++)
    g_assert_true (heddle_queue_push_from_producer (queue, id, NULL));
  heddle_queue_close (queue);
  g_assert_false (heddle_queue_push_from_producer (queue, 10, NULL));
  items = heddle_queue_remove_all (queue);
  g_assert_cmpuint (items->len, ==, 8);
  for (guint i = 1; i < items->len; i++)
    g_assert_cmpuint (g_array_index (items, HeddleItem, i).id, ==, i + 2);
  heddle_queue_get_counts (queue, &counts);
  g_assert_cmpuint (counts.submitted, ==, 9);
  g_assert_cmpuint (counts.queued, ==, 0);
  g_assert_false (heddle_queue_push_from_producer (queue, 10, NULL));
  heddle_queue_free (queue);
}

typedef struct {
  HeddleQueue *queue;
  guint64 n_tasks;  /* to be fed, with ids from 1 */
  guint32 range_of; /* now and then pushes so many at once; 0: never */
  guint64 n_fed;    /* read after it has been joined */
  atomic_bool over; /* nothing more comes */
  GRand *rand;
} Feeder;

static void *
feed (void *data)
{
  Feeder *self = data;

  while (self->n_fed < self->n_tasks)
    {
      guint32 count =
        self->range_of > 0 && g_rand_int_range (self->rand, 0, 500) == 0 ? self->range_of : 1;

      count = (guint32) MIN (count, self->n_tasks - self->n_fed);
      if (count > 1 ? !heddle_queue_push (
            self->queue, &(HeddleItem){ .id = self->n_fed + 1, .count = count, .attempt = 1 })
                    : !heddle_queue_push_from_producer (self->queue, self->n_fed + 1, NULL))
        break;
      self->n_fed += count;
    }
  atomic_store (&self->over, TRUE);
  return NULL;
}

/* A line of a few, so that the producer waits again and again: it is never longer, and whoever
 * sleeps is woken. */
static void
full_line_makes_the_producer_wait (gconstpointer needs_fences)
{
  HeddleQueue *queue = new_queue (3, needs_fences);
  Feeder feeder = { .queue = queue, .n_tasks = 20000 };
  pthread_t thread;

  g_assert_cmpint (pthread_create (&thread, NULL, feed, &feeder), ==, 0);
  for (guint64 id = 1; id <= feeder.n_tasks; id++)
    {
      HeddleQueueCounts counts;
      HeddleItem item;

      heddle_queue_get_counts (queue, &counts);
      g_assert_cmpuint (counts.queued, <=, 3);
      g_assert_cmpuint (counts.submitted, ==, counts.queued + counts.taken);
      g_assert_cmpuint (heddle_queue_take (queue, &item, 1, 1, NULL), ==, 1);
      g_assert_cmpuint (item.id, ==, id);
    }
  pthread_join (thread, NULL);
  g_assert_cmpuint (feeder.n_fed, ==, feeder.n_tasks);
  heddle_queue_free (queue);
}

static void
held_line_lets_nothing_in (void)
{
  HeddleQueue *queue = heddle_queue_new (100, NULL, NULL);
  Feeder feeder = { .queue = queue, .n_tasks = 2 };
  HeddleQueueCounts counts;
  pthread_t thread;

  g_assert_true (heddle_queue_push_from_producer (queue, 100, NULL)); /* with a grant for more */
  heddle_queue_set_held (queue, TRUE);
  g_assert_cmpint (pthread_create (&thread, NULL, feed, &feeder), ==, 0);
  do
    {
      sched_yield ();
      heddle_queue_get_counts (queue, &counts);
      g_assert_cmpuint (counts.submitted, ==, 1);
    }
  while (!counts.producer_waiting);
  heddle_queue_set_held (queue, FALSE);
  pthread_join (thread, NULL);
  heddle_queue_get_counts (queue, &counts);
  g_assert_cmpuint (counts.submitted, ==, 3);
  heddle_queue_free (queue);
}

#define N_TAKERS 3
#define N_TASKS 60000

typedef struct {
  HeddleQueue *queue;
  guint8 *seen; /* by id */
  GRand *rand;
} Taker;

static void
note (guint8 *seen, const HeddleItem *items, guint n_items)
{
  for (guint i = 0; i < n_items; i++)
    for (guint32 j = 0; j < items[i].count; j++)
      seen[items[i].id + j]++;
}

/* Takes, and gives some of it back now and then. */
static void *
take (void *data)
{
  Taker *self = data;
  HeddleItem items[32];
  guint n;

  while ((n = heddle_queue_take (self->queue, items, 32,
                                 (guint) g_rand_int_range (self->rand, 1, 65), NULL))
         > 0)
    {
      guint n_kept = g_rand_int_range (self->rand, 0, 50) == 0
        ? (guint) g_rand_int_range (self->rand, 0, (gint32) n + 1)
        : n;

      heddle_queue_put_back (self->queue, items + n_kept, n - n_kept);
      note (self->seen, items, n_kept);
    }
  return NULL;
}

static void
cancel (HeddleQueue *queue, guint8 *cancelled)
{
  g_autoptr (GArray) items = NULL;

  heddle_queue_close (queue);
  items = heddle_queue_remove_all (queue);
  note (cancelled, (const HeddleItem *) (gpointer) items->data, items->len);
}

/* What the collector does all the time, until no more tasks come and none is in line: takers that
 * sleep over one keep it here for ever. */
static void
look_until_empty (Feeder *feeder, guint64 cancel_at, guint8 *cancelled)
{
  HeddleQueueCounts counts;
  HeddleQueuePeek peeks[16];
  guint64 before = 0;
  gboolean over;

  do
    {
      guint n;

      over = atomic_load (&feeder->over);
      n = heddle_queue_peek (feeder->queue, peeks, G_N_ELEMENTS (peeks), &counts);
      g_assert_cmpuint (counts.submitted, ==, counts.queued + counts.taken);
      g_assert_cmpuint (counts.submitted, >=, before);
      g_assert_cmpuint (n, ==, MIN (counts.queued, G_N_ELEMENTS (peeks)));
      for (guint i = 0; i < n; i++)
        g_assert_true (peeks[i].id >= 1 && peeks[i].id <= N_TASKS && peeks[i].queued > 0);
      before = counts.submitted;
      if (counts.submitted >= cancel_at)
        cancel (feeder->queue, cancelled);
      sched_yield ();
    }
  while (!over || counts.queued > 0);
}

/* Every task that came in is taken or cancelled, and by one. */
static void
each_task_is_somebodys (guint capacity, guint64 cancel_at, gconstpointer needs_fences)
{
  HeddleQueue *queue = new_queue (capacity, needs_fences);
  Feeder feeder = { .queue = queue,
                    .n_tasks = N_TASKS,
                    .range_of = 9,
                    .rand = g_rand_new_with_seed ((guint32) g_test_rand_int ()) };
  g_autofree guint8 *cancelled = g_malloc0 (N_TASKS + 1);
  Taker takers[N_TAKERS];
  pthread_t threads[N_TAKERS + 1];
  HeddleQueueCounts counts;

  for (guint i = 0; i < N_TAKERS; i++)
    {
      takers[i] = (Taker){ .queue = queue,
                           .seen = g_malloc0 (N_TASKS + 1),
                           .rand = g_rand_new_with_seed ((guint32) g_test_rand_int ()) };
      g_assert_cmpint (pthread_create (&threads[i], NULL, take, &takers[i]), ==, 0);
    }
  g_assert_cmpint (pthread_create (&threads[N_TAKERS], NULL, feed, &feeder), ==, 0);
  look_until_empty (&feeder, cancel_at, cancelled);
  heddle_queue_get_counts (queue, &counts);
  heddle_queue_finish (queue);
  for (guint i = 0; i <= N_TAKERS; i++)
    pthread_join (threads[i], NULL);
  cancel (queue, cancelled); /* what was given back last */
  /* of a range that was refused, the first tasks may have come in before */
  g_assert_cmpuint (counts.submitted, >=, feeder.n_fed);
  g_assert_cmpuint (counts.submitted, <, feeder.n_fed + feeder.range_of);
  for (guint64 id = 1; id <= N_TASKS; id++)
    {
      guint n = cancelled[id];

      for (guint i = 0; i < N_TAKERS; i++)
        n += takers[i].seen[id];
      if (n != (id <= counts.submitted))
        g_error ("task %" G_GUINT64_FORMAT " of %" G_GUINT64_FORMAT ": %u times", id,
                 counts.submitted, n);
    }
  for (guint i = 0; i < N_TAKERS; i++)
    {
      g_free (takers[i].seen);
      g_rand_free (takers[i].rand);
    }
  g_rand_free (feeder.rand);
  heddle_queue_free (queue);
}

static void
short_line (gconstpointer needs_fences)
{
  each_task_is_somebodys (5, G_MAXUINT64, needs_fences);
}

static void
long_line (gconstpointer needs_fences)
{
  each_task_is_somebodys (5 * HEDDLE_QUEUE_TAIL_SLOTS, G_MAXUINT64, needs_fences);
}

static void
cancelled_while_tasks_come (gconstpointer needs_fences)
{
  for (guint i = 0; i < 5; i++)
    each_task_is_somebodys (1 + (guint) g_test_rand_int_range (0, 3000),
                            (guint64) g_test_rand_int_range (0, N_TASKS), needs_fences);
}

static void
count_call (gpointer data)
{
  (*(guint *) data)++;
}

/* A pool that does not sleep in the queue is told once for each time that it found nothing. */
static void
who_found_nothing_is_called_once (gconstpointer needs_fences)
{
  static const HeddleQueueTaker came = { .tasks_came = count_call };
  static const HeddleQueueTaker pushed = { .tasks_came = count_call, .tasks_pushed = count_call };
  HeddleQueue *queue = new_queue (100, needs_fences);
  guint n_calls = 0;
  guint64 id = 0;

  heddle_queue_attach (queue, &came, &n_calls);
  for (guint round = 1; round < 10; round++)
    {
      HeddleItem item;

      for (guint i = 0; i < round; i++)
        g_assert_true (heddle_queue_push_from_producer (queue, ++id, NULL));
      g_assert_cmpuint (n_calls, ==, round);
      while (heddle_queue_try_take (queue, &item, 1, 1) > 0)
        ;
    }
  heddle_queue_detach (queue);
  heddle_queue_attach (queue, &pushed, &n_calls);
  g_assert_true (heddle_queue_push_from_producer (queue, ++id, NULL));
  g_assert_cmpuint (n_calls, ==, 10);
  heddle_queue_free (queue);
}

int
main (int argc, char **argv)
{
  heddle_clock_init ();
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/tail/order-is-that-of-coming", order_is_that_of_coming);
  g_test_add_func ("/tail/what-is-put-back-goes-first", what_is_put_back_goes_first);
  g_test_add_func ("/tail/peeking-sees-list-and-tail", peeking_sees_list_and_tail);
  g_test_add_func ("/tail/cancelling-takes-all-of-it", cancelling_takes_all_of_it);
  g_test_add_func ("/tail/held-line-lets-nothing-in", held_line_lets_nothing_in);
  for (gint needs_fences = 0; needs_fences < 2; needs_fences++)
    {
      static const struct { const char *name; GTestDataFunc func; } tests[] = {
        { "full-line-makes-the-producer-wait", full_line_makes_the_producer_wait },
        { "who-found-nothing-is-called-once", who_found_nothing_is_called_once },
        { "each-task-is-somebodys/short-line", short_line },
        { "each-task-is-somebodys/long-line", long_line },
        { "each-task-is-somebodys/cancelled", cancelled_while_tasks_come },
      };

      for (guint i = 0; i < G_N_ELEMENTS (tests); i++)
        {
          g_autofree char *path = g_strdup_printf (
            "/tail/%s/%s", needs_fences ? "producer-needs-fences" : "kernel-makes-barriers",
            tests[i].name);

          g_test_add_data_func (path, GINT_TO_POINTER (needs_fences), tests[i].func);
        }
    }
  return g_test_run ();
}
