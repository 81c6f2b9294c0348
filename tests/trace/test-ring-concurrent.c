/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <pthread.h>
#include <sched.h>
#include <semaphore.h>
#include <signal.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "trace/ring.h"

#if defined(__SANITIZE_THREAD__) || defined(__SANITIZE_ADDRESS__)
#define N_EVENTS 300000
#else
#define N_EVENTS 3000000
#endif

typedef struct {
  HeddleRing *ring;
  sem_t kicked;
  _Atomic gboolean finished;
} Shared;

static void
post (gpointer data)
{
  sem_post (data);
}

/* What the n-th event is: every 64th one a text that tells its number. */
static void
put_nth (HeddleRingWriter *writer, guint64 n)
{
  if (n % 64 == 63)
    {
      char text[80];

      memset (text, 'x', sizeof text);
      g_snprintf (text, sizeof text, "%" G_GUINT64_FORMAT, n);
      heddle_ring_put_text (writer, HEDDLE_EVENT_RESULT_TEXT, n, text, 20 + n % 60);
    }
  else
    heddle_ring_put (writer, n * 3, heddle_event_word (HEDDLE_EVENT_TASK_NEXT, n % 6, n));
}

static void
check_nth (const HeddleEvent *event, const char *payload, guint64 n)
{
  char text[24];

  g_assert_cmpuint (heddle_event_id (event->word), ==, n);
  if (n % 64 != 63)
    {
      g_assert_cmpint (heddle_event_type (event->word), ==, HEDDLE_EVENT_TASK_NEXT);
      g_assert_cmpuint (event->time, ==, n * 3);
      return;
    }
  g_snprintf (text, sizeof text, "%" G_GUINT64_FORMAT, n);
  g_assert_cmpint (heddle_event_type (event->word), ==, HEDDLE_EVENT_RESULT_TEXT);
  g_assert_cmpuint (event->time, ==, 20 + n % 60);
  g_assert_cmpstr (payload, ==, text);
}

static gpointer
write_all (gpointer data)
{
  Shared *shared = data;
  HeddleRingWriter writer;

  heddle_ring_writer_init (&writer, shared->ring, post, &shared->kicked);
  for (guint64 n = 0; n < N_EVENTS; n++)
    {
      put_nth (&writer, n);
      if (n % 7 == 0)
        heddle_ring_publish (&writer);
    }
  heddle_ring_publish (&writer);
  atomic_store (&shared->finished, TRUE);
  sem_post (&shared->kicked);
  return NULL;
}

static Shared *
shared_new (gpointer memory, guint capacity)
{
  Shared *shared = g_new0 (Shared, 1);

  shared->ring = heddle_ring_init (memory, capacity);
  sem_init (&shared->kicked, 0, 0);
  return shared;
}

static void
test_threads (void)
{
  guint capacity = 256;
  gpointer memory = g_aligned_alloc0 (1, heddle_ring_bytes (capacity), 64);
  Shared *shared = shared_new (memory, capacity);
  char payload[HEDDLE_EVENT_TEXT_MAX + 1];
  HeddleRingReader reader;
  HeddleEvent event;
  pthread_t thread;
  gboolean finished;
  guint64 n = 0;

  heddle_ring_reader_init (&reader, shared->ring, capacity);
  g_assert_cmpint (pthread_create (&thread, NULL, write_all, shared), ==, 0);
  do
    {
      sem_wait (&shared->kicked);
      finished = atomic_load (&shared->finished);
      while (heddle_ring_read (&reader, &event, payload))
        {
          check_nth (&event, payload, n++);
          if (n % 50 == 0)
            heddle_ring_release (&reader);
        }
      heddle_ring_release (&reader);
      g_assert_false (reader.broken);
    }
  while (!finished);
  pthread_join (thread, NULL);
  g_assert_cmpuint (n, ==, N_EVENTS);
  sem_destroy (&shared->kicked);
  g_free (shared);
  g_aligned_free (memory);
}

static gpointer
write_one_too_many (gpointer data)
{
  Shared *shared = data;
  HeddleRingWriter writer;

  heddle_ring_writer_init (&writer, shared->ring, post, &shared->kicked);
  for (guint64 n = 0; n < 17; n++)
    heddle_ring_put (&writer, n, heddle_event_word (HEDDLE_EVENT_TASK_START, 1, n));
  atomic_store (&shared->finished, TRUE);
  heddle_ring_publish (&writer);
  return NULL;
}

/* A writer that waits has said so and kicked; it goes on only once the reader has handed slots
 * back. */
static void
test_full_writer_waits (void)
{
  gpointer memory = g_aligned_alloc0 (1, heddle_ring_bytes (16), 64);
  Shared *shared = shared_new (memory, 16);
  HeddleRingReader reader;
  HeddleEvent event;
  pthread_t thread;
  guint64 n = 0;

  heddle_ring_reader_init (&reader, shared->ring, 16);
  g_assert_cmpint (pthread_create (&thread, NULL, write_one_too_many, shared), ==, 0);
  sem_wait (&shared->kicked);
  while (heddle_ring_read (&reader, &event, NULL))
    g_assert_cmpuint (event.time, ==, n++);
  g_assert_cmpuint (n, ==, 16);
  /* it is sure to come to its futex: every slot is read, but none is handed back */
  while (atomic_load (&shared->ring->writer_waits) == 0)
    sched_yield ();
  g_assert_false (atomic_load (&shared->finished));
  heddle_ring_release (&reader);
  pthread_join (thread, NULL);
  g_assert_true (heddle_ring_read (&reader, &event, NULL));
  g_assert_cmpuint (event.time, ==, 16);
  sem_destroy (&shared->kicked);
  g_free (shared);
  g_aligned_free (memory);
}

/* The child writes until it is killed, in the middle of whatever it does; what it published is
 * whole. */
static void
kill_writer_after (guint64 n_read)
{
  guint capacity = 64;
  gsize bytes = heddle_ring_bytes (capacity);
  gpointer memory = mmap (NULL, bytes, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  char payload[HEDDLE_EVENT_TEXT_MAX + 1];
  HeddleRingReader reader;
  HeddleEvent event;
  guint64 n = 0;
  pid_t child;
  int status;

  g_assert_true (memory != MAP_FAILED);
  heddle_ring_init (memory, capacity);
  heddle_ring_reader_init (&reader, memory, capacity);
  child = fork ();
  g_assert_cmpint (child, >=, 0);
  if (child == 0)
    {
      HeddleRingWriter writer;

      heddle_ring_writer_init (&writer, memory, NULL, NULL);
      for (guint64 i = 0;; i++)
        {
          put_nth (&writer, i);
          heddle_ring_publish (&writer);
        }
    }
  while (n < n_read)
    {
      while (heddle_ring_read (&reader, &event, payload))
        check_nth (&event, payload, n++);
      g_assert_false (reader.broken);
      heddle_ring_release (&reader);
      sched_yield ();
    }
  kill (child, SIGKILL);
  g_assert_cmpint (waitpid (child, &status, 0), ==, child);
  while (heddle_ring_read (&reader, &event, payload))
    check_nth (&event, payload, n++);
  g_assert_false (reader.broken);
  g_assert_cmpuint (n, >=, n_read);
  munmap (memory, bytes);
}

static void
test_killed_writer (void)
{
  for (guint i = 0; i < 20; i++)
    kill_writer_after ((guint64) g_test_rand_int_range (1, 2000));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/ring/full-writer-waits", test_full_writer_waits);
  g_test_add_func ("/ring/threads-pass-all-in-order", test_threads);
  g_test_add_func ("/ring/killed-writer-leaves-whole-events", test_killed_writer);
  return g_test_run ();
}
