/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The thread that waits for signals ends when it is told to, also if it is told so while it reads
 * that somebody listens: the linker puts read() and write() of this file before the C library's.
 */
#include "config.h"

#include <semaphore.h>
#include <stdatomic.h>
#include <unistd.h>

#include "cli/signals.h"

#define PATIENCE 60 /* seconds; a bound against hanging, not a measure */

ssize_t __real_read (int fd, void *buffer, size_t size);
ssize_t __wrap_read (int fd, void *buffer, size_t size);
ssize_t __real_write (int fd, const void *buffer, size_t size);
ssize_t __wrap_write (int fd, const void *buffer, size_t size);

static atomic_bool holding; /* the next reading waits until the end has been told */
static atomic_bool ending;  /* what is written from now on tells the end */
static sem_t reading, told;

ssize_t
__wrap_read (int fd, void *buffer, size_t size)
{
  if (atomic_exchange (&holding, FALSE))
    {
      sem_post (&reading);
      while (sem_wait (&told) != 0)
        ;
    }
  return __real_read (fd, buffer, size);
}

ssize_t
__wrap_write (int fd, const void *buffer, size_t size)
{
  ssize_t written = __real_write (fd, buffer, size);

  if (atomic_load (&ending))
    sem_post (&told);
  return written;
}

static void
on_signal (int number, gpointer data)
{
}

static void
end_is_heard_with_the_beginning (void)
{
  g_autoptr (GError) error = NULL;
  HeddleSignals *signals;

  sem_init (&reading, 0, 0);
  sem_init (&told, 0, 0);
  heddle_signals_block (FALSE);
  atomic_store (&holding, TRUE);
  signals = heddle_signals_new (on_signal, NULL, &error);
  g_assert_no_error (error);
  heddle_signals_listen (signals);
  while (sem_wait (&reading) != 0)
    ;
  atomic_store (&ending, TRUE);
  alarm (PATIENCE);
  heddle_signals_free (signals);
  alarm (0);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/signals/end-is-heard-with-the-beginning", end_is_heard_with_the_beginning);
  return g_test_run ();
}
