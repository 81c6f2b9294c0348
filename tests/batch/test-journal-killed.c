/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A child process appends to a journal and a joblog as fast as it can, and tells over a pipe what
 * is written after each. It is killed at any moment: what it told is there, and what is there can
 * be gone on with. HEDDLE_TEST_ROUNDS: how often, 200 if it is not set.
 */
#include "config.h"

#include <signal.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "batch-files.h"
#include "batch/joblog.h"
#include "batch/journal.h"

/* In the child: job after job, until it is killed. */
G_NORETURN static void
write_for_ever (const char *folder, const char *path, int pipe_fd)
{
  HeddleJournalHeader header = test_header ("b");
  HeddleJournal *journal = heddle_journal_create (folder, &header, NULL, NULL);
  HeddleJoblog *log = heddle_joblog_open (path, FALSE, NULL);

  for (guint32 seq = 1; journal != NULL && log != NULL; seq++)
    {
      HeddleJournalRecord start = test_start (seq, 1);
      HeddleJournalRecord end = test_end (seq, 1, HEDDLE_JOB_STATE_DONE);
      g_autofree char *command = test_command (seq);
      HeddleJoblogRow row = { .seq = seq, .command = command };

      if (!heddle_journal_append (journal, &start, NULL) || write (pipe_fd, "s", 1) != 1
          || !heddle_joblog_append (log, &row, NULL) || write (pipe_fd, "l", 1) != 1
          || !heddle_journal_append (journal, &end, NULL) || write (pipe_fd, "e", 1) != 1)
        break;
    }
  _exit (1);
}

typedef struct {
  guint starts;
  guint rows;
  guint ends;
} Told;

/* Until @most was told, or the end. */
static void
hear (int fd, Told *told, guint most)
{
  char bytes[4096];
  gssize n;

  while (told->starts < most && (n = read (fd, bytes, sizeof bytes)) > 0)
    for (gssize i = 0; i < n; i++)
      {
        told->starts += bytes[i] == 's' ? 1 : 0;
        told->rows += bytes[i] == 'l' ? 1 : 0;
        told->ends += bytes[i] == 'e' ? 1 : 0;
      }
}

static void
check_journal (const char *folder, const Told *told)
{
  HeddleJournalContents *read = NULL;
  g_autoptr (GError) error = NULL;
  HeddleJournal *journal = heddle_journal_go_on (folder, "b", FALSE, &read, &error);
  g_autoptr (HeddleJournalContents) contents = read;
  guint done, in_hand;

  g_assert_no_error (error);
  done = (guint) contents->counts.jobs[HEDDLE_JOB_STATE_DONE];
  in_hand = (guint) contents->counts.jobs[HEDDLE_JOB_STATE_IN_HAND];
  g_assert_cmpuint (done, >=, told->ends);
  g_assert_cmpuint (done, <=, told->ends + 1);
  g_assert_cmpuint (done + in_hand, >=, told->starts);
  g_assert_cmpuint (done + in_hand, <=, told->starts + 1);
  g_assert_cmpuint (in_hand, <=, 1);
  for (guint i = 1; i <= done; i++)
    g_assert_cmpint (heddle_seq_table_get (&contents->jobs, i)->state, ==, HEDDLE_JOB_STATE_DONE);
  heddle_journal_close (journal, &error);
  g_assert_no_error (error);
}

static void
check_joblog (const char *path, const Told *told)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (HeddleJoblogRecord) record = heddle_joblog_read (path, &error);

  g_assert_no_error (error);
  g_assert_cmpuint (record->lines, >=, told->rows);
  g_assert_cmpuint (record->lines, <=, told->rows + 1);
  for (guint i = 1; i <= told->rows; i++)
    {
      g_autofree char *command = test_command (i);

      g_assert_cmpint (heddle_seq_table_compare (&record->jobs, i, command, strlen (command)), ==,
                       HEDDLE_SEQ_DONE);
    }
}

static void
kill_once (void)
{
  char *folder = test_folder_new ();
  g_autofree char *path = g_build_filename (folder, "log", NULL);
  guint most = (guint) g_test_rand_int_range (1, 500);
  gint64 later = g_get_monotonic_time () + g_test_rand_int_range (0, 300);
  Told told = { 0 };
  int fds[2], status;
  pid_t child;

  g_assert_cmpint (pipe (fds), ==, 0);
  child = fork ();
  g_assert_cmpint (child, >=, 0);
  if (child == 0)
    {
      close (fds[0]);
      write_for_ever (folder, path, fds[1]);
    }
  close (fds[1]);
  hear (fds[0], &told, most);
  while (g_get_monotonic_time () < later)
    ; /* the moment is to fall anywhere in the child's work, not only behind a read() of this
         process */
  g_assert_cmpint (kill (child, SIGKILL), ==, 0);
  g_assert_cmpint (waitpid (child, &status, 0), ==, child);
  g_assert_true (WIFSIGNALED (status));
  hear (fds[0], &told, G_MAXUINT);
  close (fds[0]);
  g_assert_cmpuint (told.starts, >=, most);
  check_journal (folder, &told);
  check_joblog (path, &told);
  test_folder_free (folder);
}

static void
what_was_told_is_there (void)
{
  const char *rounds = g_getenv ("HEDDLE_TEST_ROUNDS");
  guint n = rounds != NULL ? (guint) strtoul (rounds, NULL, 10) : 200;

  for (guint i = 0; i < MAX (n, 1); i++)
    kill_once ();
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/journal-killed/what-was-told-is-there", what_was_told_is_there);
  return g_test_run ();
}
