/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Descriptors and futexes. */
#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <sys/eventfd.h>
#include <sys/resource.h>
#include <unistd.h>

#include "base/descriptor.h"
#include "base/futex.h"

static void
moved_out_of_the_way (void)
{
  int low = open ("/dev/null", O_RDONLY | O_CLOEXEC);
  int high = heddle_dup_high (low);

  g_assert_cmpint (high, >=, HEDDLE_FD_OWN);
  g_assert_cmpint (fcntl (high, F_GETFD), ==, FD_CLOEXEC);
  heddle_clear_fd (&high);
  g_assert_cmpint (high, ==, -1);

  high = heddle_move_high (low);
  g_assert_cmpint (high, >=, HEDDLE_FD_OWN);
  g_assert_cmpint (fcntl (low, F_GETFD), ==, -1);
  heddle_clear_fd (&high);
}

/* Why there is no descriptor is told by errno, also after something was closed. */
static void
says_why_there_is_none (void)
{
  struct rlimit before, few = { HEDDLE_FD_OWN - 1, 0 };
  int none = -1, low = open ("/dev/null", O_RDONLY | O_CLOEXEC);

  errno = EPERM;
  g_assert_cmpint (heddle_move_high (none), ==, -1);
  g_assert_cmpint (errno, ==, EPERM);

  g_assert_cmpint (getrlimit (RLIMIT_NOFILE, &before), ==, 0);
  few.rlim_max = before.rlim_max;
  g_assert_cmpint (setrlimit (RLIMIT_NOFILE, &few), ==, 0);
  g_assert_cmpint (heddle_move_high (low), ==, -1);
  g_assert_cmpint (errno, ==, EMFILE);
  g_assert_cmpint (setrlimit (RLIMIT_NOFILE, &before), ==, 0);
  g_assert_cmpint (fcntl (low, F_GETFD), ==, -1);

  errno = ENOMEM;
  heddle_clear_fd (&none);
  g_assert_cmpint (errno, ==, ENOMEM);
}

static void
eventfd_counts (void)
{
  int fd = eventfd (0, EFD_CLOEXEC | EFD_NONBLOCK);
  guint64 count = 0;

  g_assert_true (heddle_eventfd_write (fd));
  g_assert_true (heddle_eventfd_write (fd));
  g_assert_cmpint (read (fd, &count, sizeof count), ==, sizeof count);
  g_assert_cmpuint (count, ==, 2);
  heddle_clear_fd (&fd);
  g_assert_false (heddle_eventfd_write (fd));
}

static _Atomic guint32 word;

static void *
wait_for_one (void *data)
{
  guint32 value;

  while ((value = atomic_load (&word)) == 0)
    heddle_futex_wait (&word, value);
  return NULL;
}

static void
futex_wakes_who_waits (void)
{
  pthread_t thread;

  atomic_store (&word, 0);
  g_assert_cmpint (pthread_create (&thread, NULL, wait_for_one, NULL), ==, 0);
  atomic_store (&word, 1);
  heddle_futex_wake (&word, 1);
  pthread_join (thread, NULL);
}

/* A time that is over is told apart from a word that has changed. */
static void
futex_tells_that_time_is_over (void)
{
  atomic_store (&word, 7);
  g_assert_false (heddle_futex_wait_for (&word, 7, 1));
  g_assert_false (heddle_futex_wait_until (&word, 7, 1));
  g_assert_true (heddle_futex_wait_for (&word, 8, G_GINT64_CONSTANT (60000000000)));
  g_assert_true (heddle_futex_wait_until (&word, 8, G_MAXINT64));
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/descriptor/moved-out-of-the-way", moved_out_of_the_way);
  g_test_add_func ("/descriptor/says-why-there-is-none", says_why_there_is_none);
  g_test_add_func ("/descriptor/eventfd-counts", eventfd_counts);
  g_test_add_func ("/futex/wakes-who-waits", futex_wakes_who_waits);
  g_test_add_func ("/futex/tells-that-time-is-over", futex_tells_that_time_is_over);
  return g_test_run ();
}
