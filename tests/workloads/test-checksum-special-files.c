/* SPDX-License-Identifier: GPL-3.0-or-later */
/* checksum-files where there is more than files that are read to their end. */
#include "config.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "checksum-fixture.h"
#include "engine/model/skipped.h"
#include "workloads/list.h"

static const HeddleWorkload *const workload = &heddle_workload_checksum_files;

/* The linker puts this in the place of read() (--wrap): what the next ones come to, as errors; 0:
 * as always. */
static int read_errors[4];
static guint n_read_errors;

ssize_t __real_read (int fd, void *block, size_t size);
ssize_t __wrap_read (int fd, void *block, size_t size);

ssize_t
__wrap_read (int fd, void *block, size_t size)
{
  if (n_read_errors == 0)
    return __real_read (fd, block, size);
  errno = read_errors[--n_read_errors];
  return -1;
}

static void
special_files_are_counted_by_kind (void)
{
  static const mode_t modes[] = { S_IFIFO, S_IFIFO, S_IFSOCK, S_IFCHR, S_IFBLK };
  gboolean devices = geteuid () == 0; /* who else cannot make any */
  HeddleProducer producer;
  ChecksumFixture fixture;

  checksum_fixture_init (&fixture);
  checksum_write_file (&fixture, "file", 10);
  for (guint i = 0; i < 3; i++)
    {
      g_autofree char *name = g_strdup_printf ("link-%u", i);
      g_autofree char *path = checksum_path_in (&fixture, name);

      g_assert_cmpint (symlink (i == 0 ? "file" : i == 1 ? "." : "gone", path), ==, 0);
    }
  for (guint i = 0; i < G_N_ELEMENTS (modes); i++)
    {
      g_autofree char *name = g_strdup_printf ("special-%u", i);
      g_autofree char *path = checksum_path_in (&fixture, name);

      if (modes[i] == S_IFCHR || modes[i] == S_IFBLK)
        devices = devices
          && mknod (path, modes[i] | 0600, modes[i] == S_IFCHR ? makedev (1, 3) : makedev (7, 0))
            == 0;
      else
        g_assert_cmpint (mknod (path, modes[i] | 0600, 0), ==, 0);
    }
  checksum_produce (fixture.data, &producer);
  g_assert_cmpuint (producer.inputs->len, ==, 1);
  g_assert_cmpuint (producer.total, ==, 1);
  g_assert_cmpuint (producer.skipped[HEDDLE_SKIPPED_SYMBOLIC_LINK], ==, 3);
  g_assert_cmpuint (producer.skipped[HEDDLE_SKIPPED_FIFO], ==, 2);
  g_assert_cmpuint (producer.skipped[HEDDLE_SKIPPED_SOCKET], ==, 1);
  if (devices)
    g_assert_cmpuint (producer.skipped[HEDDLE_SKIPPED_DEVICE], ==, 2);
  g_assert_cmpuint (producer.skipped[HEDDLE_SKIPPED_OTHER], ==, 0);
  fake_producer_clear (&producer);
  checksum_fixture_clear (&fixture);
}

/* Its size was 0 when it was opened, as is that of a file without an end; but it says now that it
 * has grown, past what is read of those. */
static void
file_that_was_empty_may_grow (void)
{
  g_autoptr (GHashTable) sums = NULL;
  HeddleTask task;
  ChecksumFixture fixture;

  checksum_fixture_init (&fixture);
  checksum_write_file (&fixture, "file", 0);
  checksum_execute_with_change (&fixture, "file", 1, 70 << 20, &task);
  sums = checksum_ask_sha256sum (fixture.folder);
  g_assert_cmpstr (task.error, ==, NULL);
  g_assert_cmpstr (task.result, ==, g_hash_table_lookup (sums, "file"));
  fake_task_clear (&task);
  checksum_fixture_clear (&fixture);
}

/* Both claim 0 bytes. */
static void
file_without_a_size_is_read_up_to_a_limit (void)
{
  HeddleSettings *settings;
  ChecksumFixture fixture = { .data = fake_open (workload, &settings,
                                                 (const char *const[]) { "folder=/proc", NULL }) };
  g_autofree char *content = NULL;
  g_autofree char *expected = NULL;
  g_autofree char *result = NULL;
  g_autofree char *error = NULL;

  g_assert_true (g_file_get_contents ("/proc/version", &content, NULL, NULL));
  expected = g_compute_checksum_for_string (G_CHECKSUM_SHA256, content, -1);
  checksum_execute (&fixture, "version", &result, &error);
  g_assert_cmpstr (error, ==, NULL);
  g_assert_cmpstr (result, ==, expected);
  checksum_assert_fails (
    &fixture, "self/task/../pagemap",
    "Not read to its end: the system does not tell the size, and the file has more than 64 MiB");
  heddle_workload_close (workload, fixture.data);
  heddle_settings_free (settings);
}

/* What would wait for more to come (/proc/kmsg) is not waited for. */
static void
read_that_would_wait_fails (void)
{
  ChecksumFixture fixture;

  checksum_fixture_init (&fixture);
  checksum_write_file (&fixture, "file", 10);
  read_errors[0] = EAGAIN;
  n_read_errors = 1;
  checksum_assert_fails (&fixture, "file",
                         "Not read: the file has no data now, and reading it would wait for some");
  checksum_fixture_clear (&fixture);
}

/* A read that a signal breaks off is done again, unless the task is cancelled meanwhile. */
static void
cancel_is_heard_when_a_read_is_broken_off (void)
{
  for (guint when = 2; when <= 3; when++)
    {
      HeddleTask task;
      ChecksumFixture fixture;

      checksum_fixture_init (&fixture);
      checksum_write_file (&fixture, "file", 10);
      read_errors[0] = read_errors[1] = EINTR;
      n_read_errors = 2;
      if (when == 3)
        {
          g_autofree char *result = NULL;
          g_autofree char *error = NULL;

          checksum_execute (&fixture, "file", &result, &error);
          g_assert_cmpstr (error, ==, NULL);
          g_assert_cmpuint (strlen (result), ==, 64);
        }
      else
        {
          checksum_execute_with_change (&fixture, "file", when, -1, &task);
          g_assert_cmpuint (task.n_looks, ==, when);
          g_assert_cmpstr (task.result, ==, NULL);
          g_assert_cmpstr (task.error, ==, NULL);
          fake_task_clear (&task);
        }
      n_read_errors = 0;
      checksum_fixture_clear (&fixture);
    }
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/checksum-special-files/special-files-are-counted-by-kind",
                   special_files_are_counted_by_kind);
  g_test_add_func ("/checksum-special-files/file-that-was-empty-may-grow",
                   file_that_was_empty_may_grow);
  g_test_add_func ("/checksum-special-files/file-without-a-size-is-read-up-to-a-limit",
                   file_without_a_size_is_read_up_to_a_limit);
  g_test_add_func ("/checksum-special-files/read-that-would-wait-fails",
                   read_that_would_wait_fails);
  g_test_add_func ("/checksum-special-files/cancel-is-heard-when-a-read-is-broken-off",
                   cancel_is_heard_when_a_read_is_broken_off);
  return g_test_run ();
}
