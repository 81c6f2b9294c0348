/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A writer that is stopped for ever after any instruction: a child process writes into a shared
 * ring and is led through it one machine instruction after the other. After each of them the ring
 * is read as if the writer had been killed there.
 */
#include "config.h"

#include <errno.h>
#include <signal.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/ptrace.h>
#include <sys/wait.h>
#include <unistd.h>

#include "trace/ring.h"

#define CAPACITY 64
#define FIRST 50 /* slots written and read before, so that the rest goes over the end */
#define TEXT 600 /* bytes: three pieces */
#define MAX_EVENTS 64
#define NO_PTRACE 77

typedef struct {
  HeddleEvent event;
  char payload[HEDDLE_EVENT_TEXT_MAX + 1];
} Told;

/* What a reader makes of a ring. */
typedef struct {
  Told told[MAX_EVENTS];
  guint n;
  gboolean broken;
  guint64 dropped;
} Reading;

static HeddleRing *
make_ring (gpointer memory)
{
  HeddleRing *ring = heddle_ring_init (memory, CAPACITY);

  atomic_store (&ring->tail, FIRST);
  atomic_store (&ring->head, FIRST);
  return ring;
}

static void
read_ring (gpointer memory, Reading *reading)
{
  HeddleRingReader reader;
  Told *told = reading->told;

  heddle_ring_reader_init (&reader, memory, CAPACITY);
  reading->n = 0;
  while (reading->n < MAX_EVENTS
         && (told->payload[0] = '\0', heddle_ring_read (&reader, &told->event, told->payload)))
    {
      reading->n++;
      told++;
    }
  reading->broken = reader.broken;
  reading->dropped = heddle_ring_dropped (&reader);
}

/* What a worker tells: events one by one and two at once, a text in pieces, details until they are
 * given up. */
static void
write_ring (HeddleRingWriter *writer, void (*published) (gpointer data), gpointer data)
{
  char text[TEXT];

  memset (text, 'x', sizeof text);
  heddle_ring_put (writer, 1, heddle_event_word (HEDDLE_EVENT_TASK_START, 1, 1));
  heddle_ring_publish (writer);
  published (data);
  heddle_ring_put_text (writer, HEDDLE_EVENT_RESULT_TEXT, 1, text, sizeof text);
  heddle_ring_put (writer, 2, heddle_event_word (HEDDLE_EVENT_TASK_END, HEDDLE_TASK_DONE, 1));
  heddle_ring_publish (writer);
  published (data);
  for (guint i = 0; i < 16; i++)
    {
      heddle_ring_put_detail (writer, 3 + i, heddle_event_word (HEDDLE_EVENT_PROGRESS, i, 2));
      heddle_ring_publish (writer);
      published (data);
    }
}

typedef struct {
  gpointer memory;
  Reading *reading;
  gboolean is_end[MAX_EVENTS + 1]; /* so many events were visible after one publication */
} Ends;

static void
note_end (gpointer data)
{
  Ends *self = data;

  read_ring (self->memory, self->reading);
  self->is_end[self->reading->n] = TRUE;
}

static void
say_nothing (gpointer data)
{
}

static void
be_led (HeddleRing *ring)
{
  HeddleRingWriter writer;

  if (ptrace (PTRACE_TRACEME, 0, NULL, NULL) != 0)
    _exit (NO_PTRACE);
  raise (SIGSTOP);
  heddle_ring_writer_init (&writer, ring, NULL, NULL);
  write_ring (&writer, say_nothing, NULL);
  raise (SIGSTOP);
  _exit (0);
}

/* FALSE where the system does not let us. */
static gboolean
wait_for_stop (pid_t child, int *signal_number)
{
  int status;
  pid_t got;

  do
    got = waitpid (child, &status, 0);
  while (got < 0 && errno == EINTR);
  g_assert_cmpint (got, ==, child);
  if (WIFEXITED (status) && WEXITSTATUS (status) == NO_PTRACE)
    return FALSE;
  g_assert_true (WIFSTOPPED (status));
  *signal_number = WSTOPSIG (status);
  return TRUE;
}

/* All that is told stands in what would be told in the end, in this order, and no publication is
 * seen in part. */
static void
assert_is_beginning (const Reading *now, const Reading *whole, const Ends *ends)
{
  g_assert_false (now->broken);
  g_assert_cmpuint (now->n, <=, whole->n);
  g_assert_cmpuint (now->dropped, <=, whole->dropped);
  g_assert_true (ends->is_end[now->n]);
  for (guint i = 0; i < now->n; i++)
    {
      g_assert_cmpuint (now->told[i].event.time, ==, whole->told[i].event.time);
      g_assert_cmpuint (now->told[i].event.word, ==, whole->told[i].event.word);
      g_assert_cmpstr (now->told[i].payload, ==, whole->told[i].payload);
    }
}

static void
lead (pid_t child, gpointer memory, const Reading *whole, const Ends *ends)
{
  gsize bytes = heddle_ring_bytes (CAPACITY);
  gpointer copy = g_aligned_alloc0 (1, bytes, 64);
  g_autofree Reading *now = g_new0 (Reading, 1);
  guint n_steps = 0, n_changes = 0, n_seen = 0;
  int signal_number;

  do
    {
      g_assert_cmpint (ptrace (PTRACE_SINGLESTEP, child, NULL, NULL), ==, 0);
      g_assert_true (wait_for_stop (child, &signal_number));
      n_steps++;
      if (memcmp (copy, memory, bytes) == 0)
        continue;
      n_changes++;
      memcpy (copy, memory, bytes);
      read_ring (copy, now);
      assert_is_beginning (now, whole, ends);
      g_assert_cmpuint (now->n, >=, n_seen);
      n_seen = now->n;
    }
  while (signal_number == SIGTRAP);
  g_assert_cmpint (signal_number, ==, SIGSTOP);
  g_assert_cmpuint (n_seen, ==, whole->n);
  g_assert_cmpuint (now->dropped, ==, whole->dropped);
  /* each event is two stores at least, and was looked at between them */
  g_assert_cmpuint (n_changes, >, 2 * whole->n);
  g_test_message ("%u instructions, after %u of them another ring", n_steps, n_changes);
  g_aligned_free (copy);
}

static void
any_instruction_may_be_the_last (void)
{
  gsize bytes = heddle_ring_bytes (CAPACITY);
  gpointer memory = mmap (NULL, bytes, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  g_autofree Reading *whole = g_new0 (Reading, 1);
  Ends ends = { .memory = memory, .reading = whole, .is_end = { TRUE } };
  HeddleRingWriter writer;
  int signal_number;
  pid_t child;

  g_assert_true (memory != MAP_FAILED);
  heddle_ring_writer_init (&writer, make_ring (memory), NULL, NULL);
  write_ring (&writer, note_end, &ends);
  g_assert_cmpuint (whole->n, >, 10);
  g_assert_cmpuint (whole->dropped, >, 0);

  memset (memory, 0, bytes);
  make_ring (memory);
  child = fork ();
  g_assert_cmpint (child, >=, 0);
  if (child == 0)
    be_led (memory);
  if (wait_for_stop (child, &signal_number))
    {
      lead (child, memory, whole, &ends);
      kill (child, SIGKILL);
      waitpid (child, NULL, 0);
    }
  else
    g_test_skip ("the system does not let a process lead another (ptrace)");
  munmap (memory, bytes);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/ring-stepped/any-instruction-may-be-the-last",
                   any_instruction_may_be_the_last);
  return g_test_run ();
}
