/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "batch-files.h"
#include "batch/batches.h"
#include "batch/journal.h"

/* A batch of @jobs jobs that end; @closed: it ends, too. Written @age seconds ago. */
static void
make (const char *folder, const char *name, guint jobs, gboolean closed, guint age)
{
  HeddleJournalHeader header = test_header (name);
  HeddleJournalRecord record = { .kind = HEDDLE_JOURNAL_CLOSE, .time_us = 5 };
  g_autofree char *path = heddle_batch_dup_path (folder, name);
  struct timespec times[2] = { { 0 } };
  g_autoptr (GError) error = NULL;
  HeddleJournal *journal;

  header.begun_us -= age * G_GINT64_CONSTANT (1000000);
  journal = heddle_journal_create (folder, &header, NULL, &error);
  g_assert_no_error (error);
  for (guint i = 1; i <= jobs; i++)
    {
      HeddleJournalRecord start = test_start (i, 1);
      HeddleJournalRecord end = test_end (i, 1, HEDDLE_JOB_STATE_DONE);

      g_assert_true (heddle_journal_append (journal, &start, NULL));
      g_assert_true (heddle_journal_append (journal, &end, NULL));
    }
  record.close.jobs[HEDDLE_JOB_STATE_DONE] = jobs;
  if (closed)
    g_assert_true (heddle_journal_append (journal, &record, NULL));
  g_assert_true (heddle_journal_close (journal, NULL));
  times[0].tv_sec = times[1].tv_sec = 1700000000 - (time_t) age;
  g_assert_cmpint (utimensat (AT_FDCWD, path, times, 0), ==, 0);
}

/* Returns: (transfer full): names, with a star where it runs and a point where it ended, and how
 * many jobs were done */
static char *
list (const char *folder)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) all = heddle_batches_list (folder, &error);
  GString *text = g_string_new (NULL);

  g_assert_no_error (error);
  for (guint i = 0; i < all->len; i++)
    {
      const HeddleBatchInfo *info = all->pdata[i];

      g_string_append_printf (text, "%s%s%s%s%u", i > 0 ? " " : "", info->name,
                              info->is_running ? "*" : "", info->is_closed ? "." : "",
                              (guint) info->counts.jobs[HEDDLE_JOB_STATE_DONE]);
      g_assert_cmpint (info->begun_us == 0, ==, info->problem != NULL);
    }
  return g_string_free (text, FALSE);
}

static void
assert_list (const char *folder, const char *expected)
{
  g_autofree char *text = list (folder);

  g_assert_cmpstr (text, ==, expected);
}

static void
prune (const char *folder, guint most, guint64 most_bytes)
{
  g_autoptr (GError) error = NULL;

  heddle_batches_prune (folder, most, most_bytes, &error);
  g_assert_no_error (error);
}

static void
all_are_listed (void)
{
  char *folder = test_folder_new ();
  g_autofree char *nowhere = g_build_filename (folder, "nowhere", NULL);
  g_autofree char *empty = NULL, *foreign = NULL, *other = NULL;
  HeddleJournalHeader header = test_header ("now");
  HeddleJournal *running = heddle_journal_create (folder, &header, NULL, NULL);

  g_assert_nonnull (running);
  make (folder, "ended", 3, TRUE, 10);
  make (folder, "broken off", 2, FALSE, 5);
  empty = test_file_new (folder, "empty.journal", "1\thed", 5);
  foreign = test_file_new (folder, "foreign.journal", "hello\n", 6);
  other = test_file_new (folder, "other.txt", "hello\n", 6);
  assert_list (folder, "now*0 broken off2 ended.3 foreign0");
  assert_list (nowhere, "");
  g_assert_true (heddle_journal_close (running, NULL));
  assert_list (folder, "now0 broken off2 ended.3 foreign0");
  test_folder_free (folder);
}

static void
ended_ones_go_first (void)
{
  char *folder = test_folder_new ();
  HeddleJournalHeader header = test_header ("running");
  HeddleJournal *running;

  make (folder, "a", 1, FALSE, 50);
  make (folder, "b", 1, TRUE, 40);
  make (folder, "c", 1, FALSE, 30);
  make (folder, "d", 1, TRUE, 20);
  running = heddle_journal_create (folder, &header, NULL, NULL);
  prune (folder, 5, G_MAXUINT64);
  assert_list (folder, "running*0 d.1 c1 b.1 a1");
  prune (folder, 4, G_MAXUINT64);
  assert_list (folder, "running*0 d.1 c1 a1");
  prune (folder, 3, G_MAXUINT64);
  assert_list (folder, "running*0 c1 a1");
  prune (folder, 2, G_MAXUINT64);
  assert_list (folder, "running*0 c1");
  prune (folder, 0, 0);
  assert_list (folder, "running*0");
  g_assert_true (heddle_journal_close (running, NULL));
  prune (folder, 0, 0);
  assert_list (folder, "");
  test_folder_free (folder);
}

static void
bytes_are_bounded (void)
{
  char *folder = test_folder_new ();
  g_autofree char *path = heddle_batch_dup_path (folder, "b");
  struct stat info;

  make (folder, "a", 100, TRUE, 3);
  make (folder, "b", 100, TRUE, 2);
  make (folder, "c", 100, TRUE, 1);
  g_assert_cmpint (stat (path, &info), ==, 0);
  prune (folder, 100, 3 * (guint64) info.st_size);
  assert_list (folder, "c.100 b.100 a.100");
  prune (folder, 100, 3 * (guint64) info.st_size - 1);
  assert_list (folder, "c.100 b.100");
  test_folder_free (folder);
}

/* A new one makes room for itself. */
static void
a_new_one_keeps_the_limits (void)
{
  char *folder = test_folder_new ();
  HeddleJournalHeader header = test_header ("new");
  HeddleJournalOptions options = { .most = 2, .most_bytes = G_MAXUINT64 };
  HeddleJournal *journal;

  make (folder, "a", 1, TRUE, 3);
  make (folder, "b", 1, TRUE, 2);
  journal = heddle_journal_create (folder, &header, &options, NULL);
  assert_list (folder, "new*0 b.1");
  g_assert_true (heddle_journal_close (journal, NULL));
  test_folder_free (folder);
}

static void
the_folder_is_that_of_the_user (void)
{
  g_autofree char *folder = heddle_batches_dup_folder ();

  g_assert_true (g_str_has_prefix (folder, g_get_user_state_dir ()));
  g_assert_true (g_str_has_suffix (folder, "/heddle/batches"));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/batches/all-are-listed", all_are_listed);
  g_test_add_func ("/batches/ended-ones-go-first", ended_ones_go_first);
  g_test_add_func ("/batches/bytes-are-bounded", bytes_are_bounded);
  g_test_add_func ("/batches/a-new-one-keeps-the-limits", a_new_one_keeps_the_limits);
  g_test_add_func ("/batches/the-folder-is-that-of-the-user", the_folder_is_that_of_the_user);
  return g_test_run ();
}
