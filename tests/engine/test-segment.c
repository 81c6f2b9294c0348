/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <locale.h>
#include <string.h>
#include <unistd.h>

#include "engine/worker/segment.h"

#define LINE 1024

static HeddleInput *
make_input (guint32 length)
{
  HeddleInput *input = g_malloc (sizeof *input + length + 1);

  input->length = length;
  for (guint32 i = 0; i < length; i++)
    input->text[i] = (char) ('a' + (i * 7 + length) % 26);
  input->text[length] = '\0';
  return input;
}

/* Both ends in one process, through two mappings as in life. */
static void
open_both (HeddleSegment *host, HeddleSegment *worker)
{
  g_autoptr (GError) error = NULL;

  heddle_segment_create (host, LINE, 64, &error);
  g_assert_no_error (error);
  heddle_segment_open (worker, host->fd, &error);
  g_assert_no_error (error);
}

/* Inputs of every length around the units and the length of the line, in an order and a mixture
 * that wrap around at every offset. */
static void
records_arrive_whole (void)
{
  HeddleSegment host, worker;
  GRand *rand = g_rand_new_with_seed (17);
  guint64 id = 1;

  open_both (&host, &worker);
  for (guint round = 0; round < 20000; round++)
    {
      gboolean has_input = g_rand_int_range (rand, 0, 4) > 0;
      g_autofree HeddleInput *input = has_input
        ? make_input ((guint32) g_rand_int_range (rand, 0, g_rand_boolean (rand) ? 70 : 3 * LINE))
        : NULL;
      HeddleItem item = { .id = id,
                          .count = has_input ? 1 : (guint32) g_rand_int_range (rand, 1, 1000),
                          .attempt = 2,
                          .queued = id * 3,
                          .input = input };
      gboolean put, taken = FALSE;
      guint64 offset = 0;

      do
        {
          put = heddle_segment_put (&host, &item, &offset);
          heddle_segment_publish (&host);
          taken = heddle_segment_take (&worker);
        }
      while (!put);
      if (!taken)
        g_assert_true (heddle_segment_take (&worker));
      g_assert_cmpuint (worker.record.id, ==, id);
      g_assert_cmpuint (worker.record.count, ==, item.count);
      g_assert_cmpuint (worker.record.queued, ==, id * 3);
      g_assert_cmpuint (worker.record.attempt, ==, 2);
      g_assert_cmpint (worker.record.has_input != 0, ==, has_input);
      if (has_input)
        {
          g_assert_cmpuint (worker.record.input_length, ==, input->length);
          g_assert_cmpmem (worker.input->str, worker.record.input_length + 1, input->text,
                           input->length + 1);
        }
      id += item.count;
    }
  g_assert_false (heddle_segment_has_more (&worker));
  g_assert_cmpuint (atomic_load (&host.map->assigned), ==, id - 1);
  g_rand_free (rand);
  heddle_segment_clear (&worker);
  heddle_segment_clear (&host);
}

static void
full_line_takes_no_more (void)
{
  HeddleSegment host, worker;
  HeddleItem item = { .id = 1, .count = 1, .attempt = 1 };
  guint64 offset = 0;
  guint n = 0;

  open_both (&host, &worker);
  while (heddle_segment_put (&host, &item, &offset))
    {
      n++;
      offset = 0;
    }
  g_assert_cmpuint (n, ==, LINE / HEDDLE_SEGMENT_UNIT);
  g_assert_cmpuint (offset, ==, 0);
  /* nothing is seen before it is published */
  g_assert_false (heddle_segment_take (&worker));
  heddle_segment_publish (&host);
  g_assert_true (heddle_segment_take (&worker));
  g_assert_true (heddle_segment_put (&host, &item, &offset));
  offset = 0;
  g_assert_false (heddle_segment_put (&host, &item, &offset));
  heddle_segment_clear (&worker);
  heddle_segment_clear (&host);
}

/* Whatever a worker writes into its segment, the host neither crashes nor believes it. */
static void
nonsense_is_noticed (void)
{
  static const guint64 nonsense[] = {
    1, 33, LINE + 1, G_MAXUINT64, G_MAXUINT64 / 2, (guint64) -LINE
  };
  HeddleSegment host, worker;
  g_autofree HeddleInput *input = make_input (5000);
  HeddleItem item = { .id = 1, .count = 1, .attempt = 1, .input = input };

  for (guint i = 0; i < G_N_ELEMENTS (nonsense); i++)
    {
      g_autofree char *error = NULL;
      guint64 offset = 0;

      open_both (&host, &worker);
      memset (host.map->error, 0xff, sizeof host.map->error);
      atomic_store (&worker.map->tail, nonsense[i]);
      atomic_store (&worker.map->ended, nonsense[i]);
      for (guint j = 0; j < 20; j++)
        heddle_segment_put (&host, &item, &offset);
      g_assert_cmpuint (heddle_segment_get_ended (&host), <=, host.assigned);
      error = heddle_segment_dup_error (&host);
      g_assert_true (g_utf8_validate (error, -1, NULL));
      g_assert_true (host.broken);

      /* a new worker starts with a clean one */
      heddle_segment_reset (&host);
      g_assert_false (host.broken);
      g_assert_false (heddle_segment_has_more (&(HeddleSegment) { .map = host.map }));
      heddle_segment_clear (&worker);
      heddle_segment_clear (&host);
    }
}

/* The worker says that it has taken a part of a unit: after it, the rest of an input cannot be told
 * from its padding. */
static void
half_a_unit_is_no_room (void)
{
  g_autofree HeddleInput *input = make_input (LINE - HEDDLE_SEGMENT_UNIT + 4);
  HeddleItem item = { .id = 1, .count = 1, .attempt = 1, .input = input };

  for (guint64 part = 1; part < HEDDLE_SEGMENT_UNIT; part++)
    {
      HeddleSegment host, worker;
      guint64 offset = 0;

      open_both (&host, &worker);
      g_assert_false (heddle_segment_put (&host, &item, &offset));
      g_assert_cmpuint (offset, ==, LINE);
      atomic_store (&worker.map->tail, part);
      g_assert_false (heddle_segment_put (&host, &item, &offset));
      g_assert_true (host.broken);
      atomic_store (&worker.map->tail, LINE + part);
      g_assert_false (heddle_segment_put (&host, &item, &offset));
      g_assert_cmpuint (offset, ==, LINE);
      g_assert_cmpuint (host.head, ==, LINE);
      heddle_segment_clear (&worker);
      heddle_segment_clear (&host);
    }
}

static void
quit_can_be_taken_back_until_taken (void)
{
  HeddleSegment host, worker;

  open_both (&host, &worker);
  g_assert_false (heddle_segment_take_back_quit (&host));
  heddle_segment_quit (&host);
  g_assert_cmpuint (atomic_load (&worker.map->quit), ==, HEDDLE_QUIT_ASKED);
  g_assert_true (heddle_segment_take_back_quit (&host));
  g_assert_cmpuint (atomic_load (&worker.map->quit), ==, HEDDLE_QUIT_NO);
  heddle_segment_quit (&host);
  atomic_store (&worker.map->quit, HEDDLE_QUIT_TAKEN);
  g_assert_false (heddle_segment_take_back_quit (&host));
  heddle_segment_quit (&host);
  g_assert_cmpuint (atomic_load (&worker.map->quit), ==, HEDDLE_QUIT_TAKEN);
  heddle_segment_clear (&worker);
  heddle_segment_clear (&host);
}

/* A worker cannot take pages away from under the host. */
static void
file_is_sealed (void)
{
  HeddleSegment host, worker;

  open_both (&host, &worker);
  g_assert_cmpint (ftruncate (host.fd, 0), ==, -1);
  g_assert_cmpint (errno, ==, EPERM);
  g_assert_cmpint (ftruncate (host.fd, (off_t) host.bytes * 2), ==, -1);
  g_assert_cmpint (errno, ==, EPERM);
  g_assert_cmpint (fcntl (host.fd, F_GETFD) & FD_CLOEXEC, ==, FD_CLOEXEC);
  heddle_segment_clear (&worker);
  heddle_segment_clear (&host);
}

static void
other_files_are_refused (void)
{
  HeddleSegment host, worker;
  g_autoptr (GError) error = NULL;
  int null = open ("/dev/null", O_RDWR | O_CLOEXEC);

  g_assert_false (heddle_segment_open (&worker, null, &error));
  g_assert_error (error, HEDDLE_ERROR, HEDDLE_ERROR_START);
  g_assert_false (heddle_segment_open (&worker, -1, NULL));
  close (null);

  g_assert_true (heddle_segment_create (&host, LINE, 64, NULL));
  host.map->protocol++;
  g_assert_false (heddle_segment_open (&worker, host.fd, NULL));
  host.map->protocol--;
  host.map->version[0] ^= 1;
  g_assert_false (heddle_segment_open (&worker, host.fd, NULL));
  host.map->version[0] ^= 1;
  host.map->ring_capacity *= 1024;
  g_assert_false (heddle_segment_open (&worker, host.fd, NULL));
  host.map->ring_capacity /= 1024;
  g_assert_true (heddle_segment_open (&worker, host.fd, NULL));
  heddle_segment_clear (&worker);
  heddle_segment_clear (&host);
}

int
main (int argc, char **argv)
{
  setlocale (LC_ALL, "C");
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/segment/records-arrive-whole", records_arrive_whole);
  g_test_add_func ("/segment/full-line-takes-no-more", full_line_takes_no_more);
  g_test_add_func ("/segment/nonsense-is-noticed", nonsense_is_noticed);
  g_test_add_func ("/segment/half-a-unit-is-no-room", half_a_unit_is_no_room);
  g_test_add_func ("/segment/quit-can-be-taken-back-until-taken",
                   quit_can_be_taken_back_until_taken);
  g_test_add_func ("/segment/file-is-sealed", file_is_sealed);
  g_test_add_func ("/segment/other-files-are-refused", other_files_are_refused);
  return g_test_run ();
}
