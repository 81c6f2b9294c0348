/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <locale.h>
#include <signal.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

#include "batch-files.h"
#include "batch/joblog.h"

#define HEAD "Seq\tHost\tStarttime\tJobRuntime\tSend\tReceive\tExitval\tSignal\tCommand\n"

static HeddleJoblog *
joblog_open (const char *path, gboolean go_on)
{
  g_autoptr (GError) error = NULL;
  HeddleJoblog *log = heddle_joblog_open (path, go_on, &error);

  g_assert_no_error (error);
  return log;
}

static void
append (HeddleJoblog *log, guint32 seq, int exit_status, guint signal, const char *command)
{
  g_autoptr (GError) error = NULL;
  HeddleJoblogRow row = { .seq = seq,
                          .started_us = G_GINT64_CONSTANT (1700000000123500),
                          .runtime_us = 1234567,
                          .received = 42,
                          .exit_status = exit_status,
                          .signal = signal,
                          .command = command };

  heddle_joblog_append (log, &row, &error);
  g_assert_no_error (error);
}

static void
joblog_close (HeddleJoblog *log)
{
  g_autoptr (GError) error = NULL;

  heddle_joblog_close (log, &error);
  g_assert_no_error (error);
}

static HeddleJoblogRecord *
joblog_read (const char *path)
{
  g_autoptr (GError) error = NULL;
  HeddleJoblogRecord *record = heddle_joblog_read (path, &error);

  g_assert_no_error (error);
  return record;
}

static HeddleSeqVerdict
verdict (const HeddleJoblogRecord *record, guint32 seq, const char *command)
{
  return heddle_seq_table_compare (&record->jobs, seq, command, strlen (command));
}

static void
assert_contents (const char *path, const char *expected, gsize length)
{
  g_autofree char *bytes = NULL;
  gsize n;

  g_assert_true (g_file_get_contents (path, &bytes, &n, NULL));
  g_assert_cmpmem (bytes, n, expected, length);
}

static void
lines_are_those_of_parallel (void)
{
  static const char expected[] =
    HEAD "1\t:\t1700000000.124\t     1.235\t0\t42\t0\t0\ttrue\n"
         "7\t:\t1700000000.124\t     1.235\t0\t42\t-1\t15\ta\tb\0c\xff\n";
  char *folder = test_folder_new ();
  g_autofree char *path = g_build_filename (folder, "log", NULL);
  HeddleJoblog *log = joblog_open (path, FALSE);

  append (log, 1, 0, 0, "true");
  append (log, 7, -1, 15, "a\tb\nc\xff");
  joblog_close (log);
  assert_contents (path, expected, sizeof expected - 1);
  test_folder_free (folder);
}

static void
ten_thousand_come_back (void)
{
  char *folder = test_folder_new ();
  g_autofree char *path = g_build_filename (folder, "log", NULL);
  HeddleJoblog *log = joblog_open (path, FALSE);
  g_autoptr (HeddleJoblogRecord) record = NULL;

  for (guint i = 1; i <= 10000; i++)
    {
      g_autofree char *command = test_command (i);

      append (log, i, i % 3 == 0 ? (int) (i % 256) : 0, i % 5 == 0 ? 9 : 0, command);
    }
  joblog_close (log);
  record = joblog_read (path);
  g_assert_cmpuint (record->lines, ==, 10000);
  g_assert_cmpuint (record->unread, ==, 0);
  for (guint i = 1; i <= 10000; i++)
    {
      g_autofree char *command = test_command (i), *other = g_strconcat (command, " ", NULL);
      const HeddleSeqEntry *entry = heddle_seq_table_get (&record->jobs, i);
      int exit_status = i % 3 == 0 ? (int) (i % 256) : 0;
      gboolean done = exit_status == 0 && i % 5 != 0;

      g_assert_cmpint (entry->exit_status, ==, exit_status);
      g_assert_cmpuint (entry->signal, ==, i % 5 == 0 ? 9 : 0);
      g_assert_cmpint (verdict (record, i, command), ==,
                       done ? HEDDLE_SEQ_DONE : HEDDLE_SEQ_FAILED);
      g_assert_cmpint (verdict (record, i, other), ==, HEDDLE_SEQ_OTHER_COMMAND);
    }
  g_assert_cmpint (verdict (record, 10001, "x"), ==, HEDDLE_SEQ_NOT_THERE);
  test_folder_free (folder);
}

static void
the_last_line_of_a_job_counts (void)
{
  char *folder = test_folder_new ();
  g_autofree char *path = g_build_filename (folder, "log", NULL);
  g_autofree char *plus = g_strconcat ("+", path, NULL);
  g_autoptr (HeddleJoblogRecord) record = NULL;
  HeddleJoblog *log = joblog_open (path, FALSE);

  append (log, 1, 1, 0, "a");
  append (log, 2, 0, 0, "b");
  joblog_close (log);
  log = joblog_open (plus, FALSE);
  append (log, 1, 0, 0, "a");
  append (log, 2, 0, 9, "b");
  joblog_close (log);
  record = joblog_read (plus);
  g_assert_cmpuint (record->lines, ==, 4);
  g_assert_cmpuint (record->jobs.n, ==, 2);
  g_assert_cmpint (verdict (record, 1, "a"), ==, HEDDLE_SEQ_DONE);
  g_assert_cmpint (verdict (record, 2, "b"), ==, HEDDLE_SEQ_FAILED);
  joblog_close (joblog_open (path, FALSE));
  assert_contents (path, HEAD, strlen (HEAD));
  test_folder_free (folder);
}

/* Numbers in any order and with any gaps: what is in the array and what is not. */
static void
any_numbers_are_kept (void)
{
  g_autoptr (GHashTable) expected = g_hash_table_new (NULL, NULL);
  HeddleSeqTable table;
  GHashTableIter iter;
  gpointer seq, value;

  heddle_seq_table_init (&table);
  for (guint i = 1; i <= 30000; i++)
    {
      guint bits = (guint) g_test_rand_int_range (1, 32);
      guint32 number = 1 + ((guint32) g_test_rand_int () & ((1u << bits) - 1));
      HeddleSeqEntry entry = { .attempt = i, .state = HEDDLE_JOB_STATE_DONE };

      heddle_seq_table_put (&table, number, &entry);
      g_hash_table_insert (expected, GUINT_TO_POINTER (number), GUINT_TO_POINTER (i));
    }
  g_assert_cmpuint (table.n, ==, g_hash_table_size (expected));
  g_hash_table_iter_init (&iter, expected);
  while (g_hash_table_iter_next (&iter, &seq, &value))
    g_assert_cmpuint (heddle_seq_table_get (&table, GPOINTER_TO_UINT (seq))->attempt, ==,
                      GPOINTER_TO_UINT (value));
  g_assert_cmpuint (table.size, <, 1.25 * (65536 + 4 * 30000) + 1024);
  heddle_seq_table_clear (&table);
}

/* A joblog of which the first @length bytes were written, read, gone on with, and read again. */
static void
check_cut (const char *folder, const char *bytes, gsize length)
{
  g_autofree char *path = test_file_new (folder, "cut", bytes, length);
  g_autoptr (HeddleJoblogRecord) before = joblog_read (path), after = NULL;
  guint newlines = 0;
  HeddleJoblog *log;

  for (gsize i = 0; i < length; i++)
    newlines += bytes[i] == '\n' ? 1 : 0;
  g_assert_cmpuint (before->lines, ==, newlines > 0 ? newlines - 1 : 0);
  for (guint i = 1; i <= 8; i++)
    {
      g_autofree char *command = test_command (i);

      g_assert_cmpint (verdict (before, i, command), ==,
                       i < newlines ? HEDDLE_SEQ_DONE : HEDDLE_SEQ_NOT_THERE);
    }
  log = joblog_open (path, TRUE);
  append (log, 100, 0, 0, "hundred");
  joblog_close (log);
  after = joblog_read (path);
  if (newlines > 0 && newlines <= 8)
    {
      g_autofree char *command = test_command (newlines);

      g_assert_true (verdict (after, newlines, command) != HEDDLE_SEQ_DONE
                     || bytes[length] == '\n');
    }
  g_assert_cmpint (verdict (after, 100, "hundred"), ==, HEDDLE_SEQ_DONE);
  g_assert_cmpuint (after->lines + after->unread, <=, MAX (newlines, 1) + 1);
  for (guint i = 1; i < newlines; i++)
    {
      g_autofree char *command = test_command (i);

      g_assert_cmpint (verdict (after, i, command), ==, HEDDLE_SEQ_DONE);
    }
}

static void
only_whole_lines_count (void)
{
  char *folder = test_folder_new ();
  g_autofree char *path = g_build_filename (folder, "log", NULL);
  g_autofree char *bytes = NULL;
  HeddleJoblog *log = joblog_open (path, FALSE);
  gsize length;

  for (guint i = 1; i <= 8; i++)
    {
      g_autofree char *command = test_command (i);

      append (log, i, 0, 0, command);
    }
  joblog_close (log);
  g_assert_true (g_file_get_contents (path, &bytes, &length, NULL));
  for (gsize cut = 0; cut <= length; cut++)
    check_cut (folder, bytes, cut);
  test_folder_free (folder);
}

/* A line that GNU parallel's --resume takes for done. */
static void
a_cut_line_is_not_done (void)
{
  static const char cut[] = HEAD "1\t:\t1.000\t     0.001\t0\t0\t0\t0\ta\n2\t:\t17";
  static const char more[] = "\n2\t:\t1700000000.124\t     1.235\t0\t42\t0\t0\tb\n";
  char *folder = test_folder_new ();
  g_autofree char *path = test_file_new (folder, "log", cut, sizeof cut - 1);
  g_autofree char *expected = g_strconcat (cut, more, NULL);
  g_autoptr (HeddleJoblogRecord) record = joblog_read (path);
  HeddleJoblog *log;

  g_assert_cmpint (verdict (record, 1, "a"), ==, HEDDLE_SEQ_DONE);
  g_assert_cmpint (verdict (record, 2, "b"), ==, HEDDLE_SEQ_NOT_THERE);
  g_assert_cmpuint (record->unread, ==, 1);
  g_assert_cmpuint (record->first_unread, ==, 3);
  log = joblog_open (path, TRUE);
  append (log, 2, 0, 0, "b");
  joblog_close (log);
  assert_contents (path, expected, strlen (expected));
  test_folder_free (folder);
}

/* It is passed over, and takes no memory with it. */
static void
a_line_without_end_is_not_done (void)
{
  char *folder = test_folder_new ();
  g_autofree char *path = g_build_filename (folder, "log", NULL);
  g_autofree char *huge = g_strnfill (((gsize) 17 << 20), 'x');
  g_autoptr (HeddleJoblogRecord) record = NULL;
  HeddleJoblog *log = joblog_open (path, FALSE);

  append (log, 1, 0, 0, "first");
  append (log, 2, 0, 0, huge);
  append (log, 3, 0, 0, "third");
  append (log, 4, 0, 0, huge);
  joblog_close (log);
  record = joblog_read (path);
  g_assert_cmpuint (record->lines, ==, 2);
  g_assert_cmpuint (record->unread, ==, 2);
  g_assert_cmpuint (record->first_unread, ==, 3);
  g_assert_cmpint (verdict (record, 1, "first"), ==, HEDDLE_SEQ_DONE);
  g_assert_cmpint (verdict (record, 3, "third"), ==, HEDDLE_SEQ_DONE);
  test_folder_free (folder);
}

static void
assert_refused (const char *path, const char *says)
{
  g_autoptr (GError) reading = NULL, writing = NULL;

  g_assert_null (heddle_joblog_open (path, TRUE, &writing));
  g_assert_nonnull (strstr (writing->message, says));
  g_assert_null (heddle_joblog_read (path, &reading));
  g_assert_nonnull (strstr (reading->message, says));
}

static void
other_files_are_left_alone (void)
{
  char *folder = test_folder_new ();
  g_autofree char *path = test_file_new (folder, "log", "my thesis\n", 10);

  assert_refused (path, "is no joblog");
  assert_contents (path, "my thesis\n", 10);
  assert_refused (folder, "Choose another file or folder");
  test_folder_free (folder);
}

static void
a_full_disk_is_told (void)
{
  char *folder = test_folder_new ();
  g_autofree char *path = g_build_filename (folder, "log", NULL);
  HeddleJoblog *log = joblog_open (path, FALSE);
  HeddleJoblogRow row = { .seq = 2, .command = "second" };
  g_autoptr (HeddleJoblogRecord) record = NULL;
  g_autoptr (GError) error = NULL;
  struct rlimit old, small;

  append (log, 1, 0, 0, "first");
  g_assert_cmpint (getrlimit (RLIMIT_FSIZE, &old), ==, 0);
  small = old;
  small.rlim_cur = strlen (HEAD) + 60;
  g_assert_cmpint (setrlimit (RLIMIT_FSIZE, &small), ==, 0);
  heddle_joblog_append (log, &row, &error);
  g_assert_cmpint (setrlimit (RLIMIT_FSIZE, &old), ==, 0);
  g_assert_error (error, G_FILE_ERROR, (int) g_file_error_from_errno (EFBIG));
  g_assert_nonnull (strstr (error->message, "ulimit -f"));
  append (log, 3, 0, 0, "third");
  joblog_close (log);
  record = joblog_read (path);
  g_assert_cmpint (verdict (record, 1, "first"), ==, HEDDLE_SEQ_DONE);
  g_assert_cmpint (verdict (record, 2, "second"), ==, HEDDLE_SEQ_NOT_THERE);
  g_assert_cmpint (verdict (record, 3, "third"), ==, HEDDLE_SEQ_DONE);
  test_folder_free (folder);
}

static void
devices_say_why (void)
{
  g_autoptr (GError) error = NULL;

  g_assert_null (heddle_joblog_open ("/dev/full", FALSE, &error));
  g_assert_error (error, G_FILE_ERROR, G_FILE_ERROR_NOSPC);
  g_assert_nonnull (strstr (error->message, "Free some space"));
  g_clear_error (&error);
  g_assert_null (heddle_joblog_open ("/proc/no/such", FALSE, &error));
  g_assert_error (error, G_FILE_ERROR, G_FILE_ERROR_NOENT);
}

/* Processor time of this thread in microseconds: what other processes take is not in it. */
static gint64
cpu_us (void)
{
  struct timespec time;

  clock_gettime (CLOCK_THREAD_CPUTIME_ID, &time);
  return (gint64) time.tv_sec * 1000000 + time.tv_nsec / 1000;
}

/* Nothing but a message: it asserts nothing of a time. */
static void
report_speed (void)
{
  char *folder = test_folder_new ();
  g_autofree char *path = g_build_filename (folder, "log", NULL);
  HeddleJoblog *log = joblog_open (path, FALSE);
  guint n = 100000;
  gint64 t0 = cpu_us (), t1, t2;
  g_autoptr (HeddleJoblogRecord) record = NULL;

  for (guint i = 1; i <= n; i++)
    append (log, i, 0, 0, "convert 'a picture.jpg' 'a picture.png'");
  t1 = cpu_us ();
  joblog_close (log);
  record = joblog_read (path);
  t2 = cpu_us ();
  g_assert_cmpuint (record->lines, ==, n);
  g_test_message ("%.2f µs of a processor to append a line, %.0f ns to read it back",
                  (double) (t1 - t0) / n, 1000.0 * (double) (t2 - t1) / n);
  test_folder_free (folder);
}

int
main (int argc, char **argv)
{
  /* a locale with a decimal comma, where there is one, changes nothing */
  setlocale (LC_ALL, "de_DE.UTF-8");
  setlocale (LC_MESSAGES, "C");
  g_test_init (&argc, &argv, NULL);
  signal (SIGXFSZ, SIG_IGN);
  g_test_add_func ("/joblog/lines-are-those-of-parallel", lines_are_those_of_parallel);
  g_test_add_func ("/joblog/ten-thousand-come-back", ten_thousand_come_back);
  g_test_add_func ("/joblog/the-last-line-of-a-job-counts", the_last_line_of_a_job_counts);
  g_test_add_func ("/joblog/any-numbers-are-kept", any_numbers_are_kept);
  g_test_add_func ("/joblog/only-whole-lines-count", only_whole_lines_count);
  g_test_add_func ("/joblog/a-cut-line-is-not-done", a_cut_line_is_not_done);
  g_test_add_func ("/joblog/a-line-without-end-is-not-done", a_line_without_end_is_not_done);
  g_test_add_func ("/joblog/other-files-are-left-alone", other_files_are_left_alone);
  g_test_add_func ("/joblog/a-full-disk-is-told", a_full_disk_is_told);
  g_test_add_func ("/joblog/devices-say-why", devices_say_why);
  g_test_add_func ("/joblog/speed", report_speed);
  return g_test_run ();
}
