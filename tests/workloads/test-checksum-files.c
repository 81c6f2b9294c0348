/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <dirent.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <string.h>
#include <sys/fsuid.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "checksum-fixture.h"
#include "workloads/file-tree.h"
#include "workloads/list.h"

static const HeddleWorkload *const workload = &heddle_workload_checksum_files;

/* One task for every file, and each result is what sha256sum says. */
static guint
assert_as_sha256sum (gpointer data, const char *folder)
{
  g_autoptr (GHashTable) sums = checksum_ask_sha256sum (folder);
  HeddleProducer producer;
  guint n_tasks;

  checksum_produce (data, &producer);
  n_tasks = producer.inputs->len;
  g_assert_cmpuint (n_tasks, ==, g_hash_table_size (sums));
  g_assert_cmpuint (producer.total, ==, n_tasks);
  for (guint i = 0; i < n_tasks; i++)
    {
      const char *input = g_ptr_array_index (producer.inputs, i);
      const char *expected = g_hash_table_lookup (sums, input);
      HeddleTask task;

      fake_task_init (&task, i + 1, input);
      workload->execute (data, &task);
      g_assert_cmpstr (task.error, ==, NULL);
      g_assert_cmpstr (task.result, ==, expected);
      g_assert_cmpuint (task.result_length, ==, 64);
      fake_task_clear (&task);
      g_assert_true (g_hash_table_remove (sums, input)); /* no file twice */
    }
  fake_producer_clear (&producer);
  return n_tasks;
}

static guint
count_descriptors (void)
{
  DIR *folder = opendir ("/proc/self/fd");
  guint n = 0;

  while (readdir (folder) != NULL)
    n++;
  closedir (folder);
  return n;
}

static void
equals_sha256sum (void)
{
  static const char *const names[] = { "plain", "with space",  " leading", "new\nline",
                                       "tab\t", "back\\slash", "-dash",    "\xff\xfe not utf-8",
                                       "größe", "...",         "a=b",      "%s%n" };
  static const gsize sizes[] = {
    0, 1, 63, 64, 65, 4096, BLOCK - 1, BLOCK, BLOCK + 1, 3 * BLOCK + 5
  };
  guint n_descriptors = count_descriptors ();
  guint n_files = 0;
  ChecksumFixture fixture;

  checksum_fixture_init (&fixture);
  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    {
      g_autofree char *folder = checksum_path_in (&fixture, names[i]);

      g_assert_cmpint (g_mkdir (folder, 0755), ==, 0);
      for (guint j = 0; j < G_N_ELEMENTS (names); j += 1 + i % 3, n_files++)
        {
          g_autofree char *name = g_build_filename (names[i], names[j], NULL);

          checksum_write_file (&fixture, name, 10 * i + j);
        }
    }
  for (guint i = 0; i < G_N_ELEMENTS (sizes); i++, n_files++)
    {
      g_autofree char *name = g_strdup_printf ("size-%" G_GSIZE_FORMAT, sizes[i]);

      checksum_write_file (&fixture, name, sizes[i]);
    }
  g_assert_cmpuint (assert_as_sha256sum (fixture.data, fixture.folder), ==, n_files);
  checksum_fixture_clear (&fixture);
  g_assert_cmpuint (count_descriptors (), ==, n_descriptors);
}

static void
links_and_special_files_are_no_trap (void)
{
  static const char *const links[][2] = { { ".", "loop" },       { "..", "up" },
                                          { "self", "self" },    { "gone", "dangling" },
                                          { "file", "to-file" }, { "/etc", "out" } };
  ChecksumFixture fixture;

  checksum_fixture_init (&fixture);
  checksum_write_file (&fixture, "file", 100);
  for (guint i = 0; i < G_N_ELEMENTS (links); i++)
    {
      g_autofree char *path = checksum_path_in (&fixture, links[i][1]);

      g_assert_cmpint (symlink (links[i][0], path), ==, 0);
    }
  for (guint i = 0; i < 2; i++)
    {
      g_autofree char *path = checksum_path_in (&fixture, i == 0 ? "pipe" : "socket");

      g_assert_cmpint (mknod (path, (i == 0 ? S_IFIFO : S_IFSOCK) | 0600, 0), ==, 0);
    }
  g_assert_cmpuint (assert_as_sha256sum (fixture.data, fixture.folder), ==, 1);
  checksum_fixture_clear (&fixture);
}

static void
the_chosen_folder_may_be_a_link (void)
{
  ChecksumFixture fixture;
  g_autofree char *link = NULL;
  g_autofree char *target = NULL;
  g_autofree char *assignment = NULL;
  HeddleSettings *settings;
  gpointer data;

  checksum_fixture_init (&fixture);
  target = checksum_path_in (&fixture, "target");
  link = checksum_path_in (&fixture, "link");
  assignment = g_strconcat ("folder=", link, NULL);
  g_assert_cmpint (g_mkdir (target, 0755), ==, 0);
  g_assert_cmpint (symlink ("target", link), ==, 0);
  checksum_write_file (&fixture, "target/file", 10);
  data = fake_open (workload, &settings, (const char *const[]) { assignment, NULL });
  g_assert_cmpuint (assert_as_sha256sum (data, target), ==, 1);
  heddle_workload_close (workload, data);
  heddle_settings_free (settings);
  checksum_fixture_clear (&fixture);
}

/* Deeper than there are descriptors, and with paths longer than the kernel takes. */
static void
deep_trees_are_walked (void)
{
  struct rlimit limit, lowered;
  g_autofree char *name = g_strnfill (20, 'd');
  ChecksumFixture fixture;
  int folder;
  guint n_files = 0;

  checksum_fixture_init (&fixture);
  folder = open (fixture.folder, O_PATH | O_DIRECTORY);
  for (guint depth = 0; depth < 400; depth++)
    {
      int next;

      g_assert_cmpint (mkdirat (folder, name, 0755), ==, 0);
      next = openat (folder, name, O_PATH | O_DIRECTORY);
      g_assert_cmpint (next, >=, 0);
      close (folder);
      folder = next;
      if (depth % 20 == 19)
        {
          int fd = openat (folder, "file", O_WRONLY | O_CREAT, 0644);

          g_assert_cmpint (write (fd, name, 20), ==, 20);
          close (fd);
          n_files++;
        }
    }
  close (folder);
  g_assert_cmpint (getrlimit (RLIMIT_NOFILE, &limit), ==, 0);
  lowered = limit;
  lowered.rlim_cur = 64;
  g_assert_cmpint (setrlimit (RLIMIT_NOFILE, &lowered), ==, 0);
  {
    g_autofree char *expected =
      g_compute_checksum_for_data (G_CHECKSUM_SHA256, (const guchar *) name, 20);
    HeddleProducer producer;

    checksum_produce (fixture.data, &producer);
    g_assert_cmpuint (producer.inputs->len, ==, n_files);
    for (guint i = 0; i < n_files; i++)
      {
        HeddleTask task;

        fake_task_init (&task, i + 1, g_ptr_array_index (producer.inputs, i));
        workload->execute (fixture.data, &task);
        g_assert_cmpstr (task.error, ==, NULL);
        g_assert_cmpstr (task.result, ==, expected);
        fake_task_clear (&task);
      }
    fake_producer_clear (&producer);
  }
  g_assert_cmpint (setrlimit (RLIMIT_NOFILE, &limit), ==, 0);
  checksum_fixture_clear (&fixture);
}

typedef struct {
  const ChecksumFixture *fixture;
  GString *found;
} Swap;

static gboolean
swap_folder (HeddleFound found, const char *path, gpointer data)
{
  const Swap *swap = data;

  g_string_append_printf (swap->found, "%s%s ", path,
                          found == HEDDLE_FOUND_UNREADABLE_FOLDER ? "!" : "");
  if (g_str_equal (path, "file"))
    {
      g_autofree char *folder = checksum_path_in (swap->fixture, "folder");
      g_autofree char *elsewhere = checksum_path_in (swap->fixture, "elsewhere");

      g_assert_cmpint (rename (folder, elsewhere), ==, 0);
      g_assert_cmpint (symlink ("elsewhere", folder), ==, 0);
    }
  return TRUE;
}

/* Even if it becomes a link after it was seen and before it is read. */
static void
folder_that_becomes_a_link_is_not_entered (void)
{
  g_autofree char *folder = NULL;
  ChecksumFixture fixture;
  Swap swap = { &fixture, g_string_new (NULL) };
  int root;

  checksum_fixture_init (&fixture);
  folder = checksum_path_in (&fixture, "folder");
  g_assert_cmpint (g_mkdir (folder, 0755), ==, 0);
  checksum_write_file (&fixture, "file", 1);
  checksum_write_file (&fixture, "folder/inside", 1);
  root = open (fixture.folder, O_RDONLY | O_DIRECTORY);
  heddle_file_tree_walk (root, swap_folder, &swap);
  g_assert_cmpstr (swap.found->str, ==, "file folder! ");
  close (root);
  g_string_free (swap.found, TRUE);
  checksum_fixture_clear (&fixture);
}

/* Between the walk and the reading a file may become anything. */
static void
what_is_no_file_any_more_fails_in_words (void)
{
  g_autofree char *pipe_path = NULL;
  g_autofree char *link_path = NULL;
  ChecksumFixture fixture;

  checksum_fixture_init (&fixture);
  pipe_path = checksum_path_in (&fixture, "pipe");
  link_path = checksum_path_in (&fixture, "link");
  g_assert_cmpint (mkfifo (pipe_path, 0600), ==, 0);
  g_assert_cmpint (symlink ("/etc/passwd", link_path), ==, 0);
  checksum_assert_fails (&fixture, "gone", "No such file or directory");
  checksum_assert_fails (&fixture, "pipe", "No longer a regular file");
  checksum_assert_fails (&fixture, ".", "No longer a regular file");
  checksum_assert_fails (&fixture, "link", "Too many levels of symbolic links");
  checksum_assert_fails (&fixture, "pipe/file", "Not a directory");
  checksum_assert_fails (&fixture, "gone/", "Folder not read: No such file or directory");
  checksum_fixture_clear (&fixture);
}

/* What may not be read fails with the reason, and the rest is done. The superuser gives his rights
 * up for it, in this thread. */
static void
unreadable_ones_fail_with_the_reason (void)
{
  g_autofree char *file = NULL;
  g_autofree char *folder = NULL;
  HeddleProducer producer;
  ChecksumFixture fixture;
  guint n_done = 0, n_files = 0, n_folders = 0;

  checksum_fixture_init (&fixture);
  file = checksum_path_in (&fixture, "secret");
  folder = checksum_path_in (&fixture, "private");
  checksum_write_file (&fixture, "open", 10);
  checksum_write_file (&fixture, "secret", 10);
  g_assert_cmpint (g_mkdir (folder, 0755), ==, 0);
  checksum_write_file (&fixture, "private/hidden", 10);
  g_assert_cmpint (chmod (file, 0), ==, 0);
  g_assert_cmpint (chmod (folder, 0), ==, 0);
  if (geteuid () == 0)
    setfsuid (65534);

  checksum_produce (fixture.data, &producer);
  g_assert_cmpuint (producer.inputs->len, ==, 3);
  for (guint i = 0; i < 3; i++)
    {
      const char *input = g_ptr_array_index (producer.inputs, i);
      g_autofree char *result = NULL;
      g_autofree char *error = NULL;

      checksum_execute (&fixture, input, &result, &error);
      n_done += result != NULL && g_str_equal (input, "open");
      n_files += g_strcmp0 (error, "Permission denied") == 0 && g_str_equal (input, "secret");
      n_folders += g_strcmp0 (error, "Folder not read: Permission denied") == 0
        && g_str_equal (input, "private/");
    }
  fake_producer_clear (&producer);
  if (geteuid () == 0)
    setfsuid (0);
  g_assert_cmpuint (n_done, ==, 1);
  g_assert_cmpuint (n_files, ==, 1);
  g_assert_cmpuint (n_folders, ==, 1);

  /* when it can be read after all, the task says so and does not pass for a file */
  g_assert_cmpint (chmod (folder, 0755), ==, 0);
  checksum_assert_fails (
    &fixture, "private/",
    "The folder was not read, or not to its end, during the search. It can be opened now: run this again");
  checksum_fixture_clear (&fixture);
}

static void
shrinking_file_is_an_error (void)
{
  static const struct {
    guint when;
    gint64 size;
    const char *message;
  } cases[] = {
    { 1, 0, "The file became shorter while it was read (0 of 1000000 bytes)" },
    { 1, 999999, "The file became shorter while it was read (999999 of 1000000 bytes)" },
    { 2, 0, "The file became shorter while it was read (262144 of 1000000 bytes)" },
    { 2, 262144, "The file became shorter while it was read (262144 of 1000000 bytes)" },
    { 2, 300000, "The file became shorter while it was read (300000 of 1000000 bytes)" },
  };
  ChecksumFixture fixture;

  checksum_fixture_init (&fixture);
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      HeddleTask task;

      checksum_write_file (&fixture, "file", 1000000);
      checksum_execute_with_change (&fixture, "file", cases[i].when, cases[i].size, &task);
      g_assert_cmpstr (task.result, ==, NULL);
      g_assert_cmpstr (task.error, ==, cases[i].message);
      fake_task_clear (&task);
    }
  checksum_fixture_clear (&fixture);
}

static void
growing_file_is_read_to_its_end (void)
{
  g_autoptr (GHashTable) sums = NULL;
  HeddleTask task;
  ChecksumFixture fixture;

  checksum_fixture_init (&fixture);
  checksum_write_file (&fixture, "file", 300000);
  checksum_execute_with_change (&fixture, "file", 2, 700000, &task);
  sums = checksum_ask_sha256sum (fixture.folder);
  g_assert_cmpstr (task.error, ==, NULL);
  g_assert_cmpstr (task.result, ==, g_hash_table_lookup (sums, "file"));
  g_assert_cmpfloat (g_array_index (task.progress, double, task.progress->len - 1), ==, 1);
  fake_task_clear (&task);
  checksum_fixture_clear (&fixture);
}

static void
cancel_is_heard_between_blocks (void)
{
  HeddleTask task;
  ChecksumFixture fixture;

  checksum_fixture_init (&fixture);
  checksum_write_file (&fixture, "file", 10 * BLOCK);
  checksum_execute_with_change (&fixture, "file", 3, -1, &task);
  g_assert_cmpuint (task.n_looks, ==, 3);
  g_assert_cmpstr (task.result, ==, NULL);
  g_assert_cmpstr (task.error, ==, NULL);
  fake_task_clear (&task);
  checksum_fixture_clear (&fixture);
}

static void
big_files_tell_their_progress (void)
{
  HeddleTask task;
  ChecksumFixture fixture;

  checksum_fixture_init (&fixture);
  checksum_write_file (&fixture, "big", 4 * BLOCK);
  fake_task_init (&task, 1, "big");
  workload->execute (fixture.data, &task);
  g_assert_cmpuint (task.progress->len, ==, 4);
  for (guint i = 0; i < 4; i++)
    g_assert_cmpfloat (g_array_index (task.progress, double, i), ==, (i + 1) / 4.0);
  fake_task_clear (&task);
  checksum_fixture_clear (&fixture);
}

/* These files claim 4096 bytes and have fewer. */
static void
files_that_claim_too_much_are_no_error (void)
{
  static const char *const folder = "/sys/kernel/mm/transparent_hugepage";
  g_autofree char *assignment = g_strconcat ("folder=", folder, NULL);
  HeddleSettings *settings;
  gpointer data;

  if (access (folder, R_OK) != 0)
    {
      g_test_skip ("there is no such folder in /sys here");
      return;
    }
  data = fake_open (workload, &settings, (const char *const[]) { assignment, NULL });
  g_assert_cmpuint (assert_as_sha256sum (data, folder), >, 0);
  heddle_workload_close (workload, data);
  heddle_settings_free (settings);
}

static void
stopped_walk_makes_no_more_tasks (void)
{
  HeddleProducer producer;
  g_autoptr (GError) error = NULL;
  ChecksumFixture fixture;

  checksum_fixture_init (&fixture);
  for (guint i = 0; i < 10; i++)
    {
      g_autofree char *name = g_strdup_printf ("file-%u", i);

      checksum_write_file (&fixture, name, i);
    }
  fake_producer_init (&producer);
  producer.stop_after = 4;
  g_assert_true (workload->produce (fixture.data, &producer, &error));
  g_assert_no_error (error);
  g_assert_cmpuint (producer.inputs->len, ==, 4);
  g_assert_cmpuint (producer.total, ==, 0); /* how many there would have been is not known */
  fake_producer_clear (&producer);
  checksum_fixture_clear (&fixture);
}

static void
empty_folder_has_no_tasks (void)
{
  HeddleProducer producer;
  ChecksumFixture fixture;

  checksum_fixture_init (&fixture);
  checksum_produce (fixture.data, &producer);
  g_assert_cmpuint (producer.inputs->len, ==, 0);
  g_assert_cmpuint (producer.total, ==, 0);
  fake_producer_clear (&producer);
  checksum_fixture_clear (&fixture);
}

static void
assert_does_not_open (const char *folder, HeddleError code, const char *message)
{
  g_autoptr (HeddleSettings) settings = heddle_settings_new (workload);
  g_autoptr (GError) error = NULL;

  g_assert_true (heddle_settings_set (settings, "folder", folder, NULL));
  g_assert_null (heddle_workload_open (workload, settings, &error));
  g_assert_error (error, HEDDLE_ERROR, (int) code);
  g_assert_cmpstr (error->message, ==, message);
}

static void
unusable_folder_says_what_to_do (void)
{
  g_autofree char *loop = NULL;
  g_autofree char *loop_message = NULL;
  ChecksumFixture fixture;

  assert_does_not_open ("/no/such/folder", HEDDLE_ERROR_USAGE,
                        "The folder “/no/such/folder” does not exist. Choose another folder.");
  assert_does_not_open ("/etc/passwd", HEDDLE_ERROR_USAGE,
                        "“/etc/passwd” is not a folder. Choose the folder that contains it.");
  checksum_fixture_init (&fixture);
  loop = checksum_path_in (&fixture, "loop");
  loop_message = g_strdup_printf (
    "The folder “%s” cannot be opened: Too many levels of symbolic links. Choose another folder, or ask for access to this one.",
    loop);
  g_assert_cmpint (symlink ("loop", loop), ==, 0);
  assert_does_not_open (loop, HEDDLE_ERROR_IO, loop_message);
  checksum_fixture_clear (&fixture);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/checksum-files/equals-sha256sum", equals_sha256sum);
  g_test_add_func ("/checksum-files/links-and-special-files-are-no-trap",
                   links_and_special_files_are_no_trap);
  g_test_add_func ("/checksum-files/the-chosen-folder-may-be-a-link",
                   the_chosen_folder_may_be_a_link);
  g_test_add_func ("/checksum-files/deep-trees-are-walked", deep_trees_are_walked);
  g_test_add_func ("/checksum-files/folder-that-becomes-a-link-is-not-entered",
                   folder_that_becomes_a_link_is_not_entered);
  g_test_add_func ("/checksum-files/what-is-no-file-any-more-fails-in-words",
                   what_is_no_file_any_more_fails_in_words);
  g_test_add_func ("/checksum-files/unreadable-ones-fail-with-the-reason",
                   unreadable_ones_fail_with_the_reason);
  g_test_add_func ("/checksum-files/shrinking-file-is-an-error", shrinking_file_is_an_error);
  g_test_add_func ("/checksum-files/growing-file-is-read-to-its-end",
                   growing_file_is_read_to_its_end);
  g_test_add_func ("/checksum-files/cancel-is-heard-between-blocks",
                   cancel_is_heard_between_blocks);
  g_test_add_func ("/checksum-files/big-files-tell-their-progress", big_files_tell_their_progress);
  g_test_add_func ("/checksum-files/files-that-claim-too-much-are-no-error",
                   files_that_claim_too_much_are_no_error);
  g_test_add_func ("/checksum-files/stopped-walk-makes-no-more-tasks",
                   stopped_walk_makes_no_more_tasks);
  g_test_add_func ("/checksum-files/empty-folder-has-no-tasks", empty_folder_has_no_tasks);
  g_test_add_func ("/checksum-files/unusable-folder-says-what-to-do",
                   unusable_folder_says_what_to_do);
  return g_test_run ();
}
