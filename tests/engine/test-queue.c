/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <pthread.h>
#include <semaphore.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "engine/queue/queue.h"
#include "trace/clock.h"

static void
test_first_in_first_out (void)
{
  HeddleQueue *queue = heddle_queue_new (8, NULL, NULL);
  HeddleItem item;

  for (guint i = 1; i <= 8; i++)
    g_assert_true (heddle_queue_push (queue, &(HeddleItem) { .id = i, .count = 1, .attempt = 1 }));
  for (guint i = 1; i <= 8; i++)
    {
      g_assert_cmpuint (heddle_queue_try_take (queue, &item, 1, 1), ==, 1);
      g_assert_cmpuint (item.id, ==, i);
      g_assert_cmpuint (item.count, ==, 1);
      g_assert_cmpuint (item.queued, >, 0);
    }
  g_assert_cmpuint (heddle_queue_try_take (queue, &item, 1, 1), ==, 0);
  heddle_queue_free (queue);
}

typedef struct {
  HeddleQueue *queue;
  HeddleItem item;
  sem_t done;
  gboolean accepted;
} Push;

static void *
push_in_thread (void *data)
{
  Push *push = data;

  push->accepted = heddle_queue_push (push->queue, &push->item);
  sem_post (&push->done);
  return NULL;
}

static void
wait_for_producer (HeddleQueue *queue)
{
  HeddleQueueCounts counts;

  do
    {
      sched_yield ();
      heddle_queue_get_counts (queue, &counts);
    }
  while (!counts.producer_waiting);
}

/*
 * While it is said to wait, more is left in line than the number at which it is called; then it is
 * not said any more.
 */
static void
test_producer_resumes_where_it_is_said (void)
{
  for (guint capacity = 1; capacity <= 9; capacity++)
    {
      HeddleQueue *queue = heddle_queue_new (capacity, NULL, NULL);
      Push push = { .queue = queue, .item = { .id = 1, .count = capacity + 1, .attempt = 1 } };
      HeddleQueueCounts counts;
      pthread_t thread;
      HeddleItem item;

      sem_init (&push.done, 0, 0);
      pthread_create (&thread, NULL, push_in_thread, &push);
      wait_for_producer (queue);
      heddle_queue_get_counts (queue, &counts);
      g_assert_cmpuint (counts.queued, ==, capacity);
      g_assert_cmpuint (counts.producer_resumes_at, <, capacity);
      for (guint64 left = capacity - 1; left > counts.producer_resumes_at; left--)
        {
          g_assert_cmpuint (heddle_queue_try_take (queue, &item, 1, 1), ==, 1);
          heddle_queue_get_counts (queue, &counts);
          g_assert_cmpuint (counts.queued, ==, left);
          g_assert_true (counts.producer_waiting);
        }
      g_assert_cmpuint (heddle_queue_try_take (queue, &item, 1, 1), ==, 1);
      heddle_queue_get_counts (queue, &counts);
      g_assert_false (counts.producer_waiting);
      pthread_join (thread, NULL);
      g_assert_true (push.accepted);
      heddle_queue_free (queue);
      sem_destroy (&push.done);
    }
}

static void
test_full_producer_waits (void)
{
  HeddleQueue *queue = heddle_queue_new (2, NULL, NULL);
  Push push = { .queue = queue, .item = { .id = 1, .count = 10, .attempt = 1 } };
  HeddleQueueCounts counts;
  pthread_t thread;
  guint64 next = 1;

  sem_init (&push.done, 0, 0);
  pthread_create (&thread, NULL, push_in_thread, &push);
  while (next <= 10)
    {
      HeddleItem item;

      if (heddle_queue_try_take (queue, &item, 1, 1) == 0)
        {
          sched_yield ();
          continue;
        }
      g_assert_cmpuint (item.id, ==, next);
      g_assert_cmpuint (item.count, ==, 1);
      next++;
      heddle_queue_get_counts (queue, &counts);
      g_assert_cmpuint (counts.queued, <=, 2);
      g_assert_cmpuint (counts.submitted, ==, counts.queued + counts.taken);
    }
  pthread_join (thread, NULL);
  g_assert_true (push.accepted);
  sem_destroy (&push.done);
  heddle_queue_free (queue);
}

static void
test_close_lets_producer_go (void)
{
  HeddleQueue *queue = heddle_queue_new (3, NULL, NULL);
  Push push = { .queue = queue, .item = { .id = 1, .count = 5, .attempt = 1 } };
  HeddleQueueCounts counts;
  pthread_t thread;

  sem_init (&push.done, 0, 0);
  pthread_create (&thread, NULL, push_in_thread, &push);
  wait_for_producer (queue);
  heddle_queue_close (queue);
  sem_wait (&push.done);
  pthread_join (thread, NULL);
  g_assert_false (push.accepted);
  heddle_queue_get_counts (queue, &counts);
  g_assert_cmpuint (counts.submitted, ==, 3);
  g_assert_cmpuint (counts.queued, ==, 3);
  sem_destroy (&push.done);
  heddle_queue_free (queue);
}

static void
test_range_is_cut (void)
{
  HeddleQueue *queue = heddle_queue_new (1000, NULL, NULL);
  HeddleItem item;

  heddle_queue_push (queue, &(HeddleItem) { .id = 1, .count = 100, .attempt = 1 });
  g_assert_cmpuint (heddle_queue_try_take (queue, &item, 1, 7), ==, 1);
  g_assert_cmpuint (item.id, ==, 1);
  g_assert_cmpuint (item.count, ==, 7);
  g_assert_cmpuint (heddle_queue_try_take (queue, &item, 1, 1000), ==, 1);
  g_assert_cmpuint (item.id, ==, 8);
  g_assert_cmpuint (item.count, ==, 93 / 4);
  heddle_queue_free (queue);
}

/* One taker may take all there is; several leave each other something. */
static void
test_share_is_by_takers (void)
{
  static const struct {
    guint n_takers;
    guint n_tasks;
  } expected[] = { { 1, 60 }, { 2, 30 }, { 3, 20 }, { 4, 15 }, { 1000, 15 } };

  for (guint i = 0; i < G_N_ELEMENTS (expected); i++)
    {
      HeddleQueue *queue = heddle_queue_new (100, NULL, NULL);
      HeddleItem item;

      heddle_queue_set_takers (queue, expected[i].n_takers);
      heddle_queue_push (queue, &(HeddleItem) { .id = 1, .count = 60, .attempt = 1 });
      g_assert_cmpuint (heddle_queue_try_take (queue, &item, 1, 1000), ==, 1);
      g_assert_cmpuint (item.count, ==, expected[i].n_tasks);
      heddle_queue_free (queue);
    }
}

static void
test_put_back_goes_first (void)
{
  HeddleQueue *queue = heddle_queue_new (2, NULL, NULL);
  HeddleItem back[2] = { { .id = 10, .count = 3, .attempt = 2 },
                         { .id = 20, .count = 1, .attempt = 1 } };
  HeddleQueueCounts counts;
  HeddleItem item;

  heddle_queue_push (queue, &(HeddleItem) { .id = 1, .count = 2, .attempt = 1 });
  heddle_queue_close (queue);
  heddle_queue_put_back (queue, back, 2);
  heddle_queue_get_counts (queue, &counts);
  g_assert_cmpuint (counts.queued, ==, 6);
  g_assert_cmpuint (counts.submitted, ==, 2); /* put back is not submitted anew */
  g_assert_cmpuint (heddle_queue_try_take (queue, &item, 1, 1), ==, 1);
  g_assert_cmpuint (item.id, ==, 10);
  g_assert_cmpuint (item.attempt, ==, 2);
  heddle_queue_free (queue);
}

static void
test_paused_gives_nothing (void)
{
  HeddleQueue *queue = heddle_queue_new (4, NULL, NULL);
  HeddleItem item;

  heddle_queue_push (queue, &(HeddleItem) { .id = 1, .count = 1, .attempt = 1 });
  heddle_queue_set_paused (queue, TRUE);
  g_assert_cmpuint (heddle_queue_try_take (queue, &item, 1, 1), ==, 0);
  heddle_queue_set_paused (queue, FALSE);
  g_assert_cmpuint (heddle_queue_try_take (queue, &item, 1, 1), ==, 1);
  heddle_queue_free (queue);
}

static void
test_peek_expands_ranges (void)
{
  static const char path[] = "a/very/long/path/that/does/not/fit/into/the/entry/of/a/peek/file.txt";
  g_autofree HeddleInput *input = g_malloc (sizeof *input + sizeof path);
  HeddleQueue *queue = heddle_queue_new (100, NULL, NULL);
  HeddleQueuePeek peeks[8];
  HeddleQueueCounts counts;

  input->length = sizeof path - 1;
  memcpy (input->text, path, sizeof path);
  heddle_queue_push (queue, &(HeddleItem) { .id = 1, .count = 3, .attempt = 1 });
  heddle_queue_push (queue, &(HeddleItem) { .id = 4, .count = 1, .attempt = 1, .input = input });
  heddle_queue_push (queue, &(HeddleItem) { .id = 5, .count = 50, .attempt = 1 });
  g_assert_cmpuint (heddle_queue_peek (queue, peeks, 8, &counts), ==, 8);
  for (guint i = 0; i < 8; i++)
    g_assert_cmpuint (peeks[i].id, ==, i + 1);
  g_assert_true (peeks[3].has_input);
  g_assert_true (peeks[3].truncated);
  g_assert_true (g_str_has_suffix (path, peeks[3].text));
  g_assert_cmpuint (strlen (peeks[3].text), ==, sizeof peeks[3].text - 1);
  g_assert_cmpuint (counts.queued, ==, 54);
  heddle_queue_free (queue);
}

#define N_TAKERS 4
#define N_TASKS 200000

typedef struct {
  HeddleQueue *queue;
  guint8 *seen;
  guint64 n;
} Taker;

static void *
take_in_thread (void *data)
{
  Taker *taker = data;
  HeddleItem items[16];
  guint n;

  while ((n = heddle_queue_take (taker->queue, items, 16, 16, NULL)) > 0)
    for (guint i = 0; i < n; i++)
      for (guint j = 0; j < items[i].count; j++)
        {
          taker->seen[items[i].id + j]++;
          taker->n++;
        }
  return NULL;
}

static void
test_every_task_is_taken_once (void)
{
  HeddleQueue *queue = heddle_queue_new (64, NULL, NULL);
  g_autofree guint8 *seen = g_malloc0 (N_TASKS + 1);
  Taker takers[N_TAKERS];
  pthread_t threads[N_TAKERS];
  HeddleQueueCounts counts;
  guint64 n = 0;

  for (guint i = 0; i < N_TAKERS; i++)
    {
      takers[i] = (Taker) { .queue = queue, .seen = seen };
      pthread_create (&threads[i], NULL, take_in_thread, &takers[i]);
    }
  for (guint64 id = 1; id <= N_TASKS;)
    {
      guint32 count = (guint32) MIN (1 + id % 7, N_TASKS - id + 1);

      g_assert_true (
        heddle_queue_push (queue, &(HeddleItem){ .id = id, .count = count, .attempt = 1 }));
      id += count;
    }
  heddle_queue_close (queue);
  do
    {
      sched_yield ();
      heddle_queue_get_counts (queue, &counts);
    }
  while (counts.queued > 0);
  heddle_queue_finish (queue);
  for (guint i = 0; i < N_TAKERS; i++)
    {
      pthread_join (threads[i], NULL);
      n += takers[i].n;
    }
  g_assert_cmpuint (n, ==, N_TASKS);
  for (guint64 id = 1; id <= N_TASKS; id++)
    g_assert_cmpuint (seen[id], ==, 1);
  heddle_queue_free (queue);
}

static void
test_leave_flag_lets_taker_go (void)
{
  HeddleQueue *queue = heddle_queue_new (4, NULL, NULL);
  atomic_bool leave = TRUE;
  HeddleItem item;

  heddle_queue_push (queue, &(HeddleItem) { .id = 1, .count = 1, .attempt = 1 });
  g_assert_cmpuint (heddle_queue_take (queue, &item, 1, 1, &leave), ==, 0);
  atomic_store (&leave, FALSE);
  g_assert_cmpuint (heddle_queue_take (queue, &item, 1, 1, &leave), ==, 1);
  heddle_queue_free (queue);
}

static void
count_call (gpointer data)
{
  (*(guint *) data)++;
}

static void
count_other_call (gpointer data)
{
  ((guint *) data)[1]++;
}

/* Once for each time that a taker has found nothing; what is put back is not pushed. */
static const HeddleQueueTaker counting_taker = {
  .tasks_came = count_call,
  .tasks_pushed = count_other_call,
};

static void
pushing_has_a_hook_of_its_own (void)
{
  HeddleQueue *queue = heddle_queue_new (8, NULL, NULL);
  HeddleItem item = { .id = 1, .count = 1, .attempt = 1 };
  guint calls[2] = { 0, 0 };
  HeddleItem taken;

  heddle_queue_attach (queue, &counting_taker, calls);
  g_assert_true (heddle_queue_push (queue, &item));
  g_assert_true (heddle_queue_push (queue, &item));
  g_assert_cmpuint (calls[0], ==, 0);
  g_assert_cmpuint (calls[1], ==, 1);
  while (heddle_queue_try_take (queue, &taken, 1, 1) > 0)
    ;
  heddle_queue_put_back (queue, &item, 1);
  g_assert_cmpuint (calls[0], ==, 1);
  g_assert_cmpuint (calls[1], ==, 1);
  heddle_queue_finish (queue);
  g_assert_cmpuint (calls[0], ==, 2);
  g_assert_cmpuint (calls[1], ==, 1);
  heddle_queue_free (queue);
}

/* Detaches the taker while another thread is in it. */
typedef struct {
  HeddleQueue *queue;
  pthread_t thread;
  atomic_int tid;    /* of the thread */
  atomic_bool gone;  /* the thread has detached it: its data may be freed */
  gboolean outlived; /* the call lasted longer than that */
} Away;

static void *
detach_taker (void *data)
{
  Away *self = data;

  atomic_store (&self->tid, (int) syscall (SYS_gettid));
  heddle_queue_detach (self->queue);
  atomic_store (&self->gone, TRUE);
  return NULL;
}

static gboolean
is_asleep (int tid)
{
  g_autofree char *path = g_strdup_printf ("/proc/self/task/%d/stat", tid);
  g_autofree char *stat = NULL;
  const char *state;

  if (tid == 0 || !g_file_get_contents (path, &stat, NULL, NULL))
    return FALSE;
  state = strrchr (stat, ')');
  return state != NULL && state[1] == ' ' && state[2] == 'S';
}

/* Comes back once the other one waits for it, or has not waited. */
static void
be_called_while_detached (gpointer data)
{
  Away *self = data;

  if (pthread_create (&self->thread, NULL, detach_taker, self) != 0)
    g_error ("no thread");
  while (!atomic_load (&self->gone) && !is_asleep (atomic_load (&self->tid)))
    sched_yield ();
  self->outlived = atomic_load (&self->gone);
}

static void
push_one (HeddleQueue *queue)
{
  g_assert_true (heddle_queue_push (queue, &(HeddleItem) { .id = 1, .count = 1, .attempt = 1 }));
}

static void
put_one_back (HeddleQueue *queue)
{
  heddle_queue_put_back (queue, &(HeddleItem) { .id = 1, .count = 1, .attempt = 1 }, 1);
}

static void
feed_one (HeddleQueue *queue)
{
  g_assert_true (heddle_queue_push_from_producer (queue, 1, NULL));
}

/* What the taker works on may go once it is detached, whoever was just calling it, and by which
 * way. */
static void
taker_is_not_detached_from_under_a_call (void)
{
  static void (*const ways[]) (HeddleQueue * queue) = { push_one, feed_one, put_one_back,
                                                        heddle_queue_wake_all,
                                                        heddle_queue_finish };

  static const HeddleQueueTaker takers[] = {
    { .tasks_came = be_called_while_detached },
    { .tasks_came = be_called_while_detached, .tasks_pushed = be_called_while_detached },
  };

  for (guint i = 0; i < 2 * G_N_ELEMENTS (ways); i++)
    {
      Away away = { .queue = heddle_queue_new (8, NULL, NULL) };

      heddle_queue_attach (away.queue, &takers[i / G_N_ELEMENTS (ways)], &away);
      ways[i % G_N_ELEMENTS (ways)] (away.queue);
      g_assert_cmpint (atomic_load (&away.tid), !=, 0);
      pthread_join (away.thread, NULL);
      g_assert_true (atomic_load (&away.gone));
      g_assert_false (away.outlived);
      heddle_queue_free (away.queue);
    }
}

int
main (int argc, char **argv)
{
  heddle_clock_init ();
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/queue/first-in-first-out", test_first_in_first_out);
  g_test_add_func ("/queue/producer-goes-on-where-it-is-said",
                   test_producer_resumes_where_it_is_said);
  g_test_add_func ("/queue/full-producer-waits", test_full_producer_waits);
  g_test_add_func ("/queue/close-lets-producer-go", test_close_lets_producer_go);
  g_test_add_func ("/queue/range-is-cut", test_range_is_cut);
  g_test_add_func ("/queue/share-is-by-takers", test_share_is_by_takers);
  g_test_add_func ("/queue/put-back-goes-first", test_put_back_goes_first);
  g_test_add_func ("/queue/paused-gives-nothing", test_paused_gives_nothing);
  g_test_add_func ("/queue/peek-expands-ranges", test_peek_expands_ranges);
  g_test_add_func ("/queue/every-task-is-taken-once", test_every_task_is_taken_once);
  g_test_add_func ("/queue/leave-flag-lets-taker-go", test_leave_flag_lets_taker_go);
  g_test_add_func ("/queue/pushing-has-a-hook-of-its-own", pushing_has_a_hook_of_its_own);
  g_test_add_func ("/queue/taker-is-not-detached-from-under-a-call",
                   taker_is_not_detached_from_under_a_call);
  return g_test_run ();
}
