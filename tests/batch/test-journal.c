/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "batch-files.h"
#include "batch/batches.h"
#include "batch/hash.h"

static HeddleJournal *
create (const char *folder, const char *name)
{
  HeddleJournalHeader header = test_header (name);
  g_autoptr (GError) error = NULL;
  HeddleJournal *journal = heddle_journal_create (folder, &header, NULL, &error);

  g_assert_no_error (error);
  return journal;
}

static void
append (HeddleJournal *journal, HeddleJournalRecord record)
{
  g_autoptr (GError) error = NULL;

  heddle_journal_append (journal, &record, &error);
  g_assert_no_error (error);
}

static void
journal_close (HeddleJournal *journal)
{
  g_autoptr (GError) error = NULL;

  heddle_journal_close (journal, &error);
  g_assert_no_error (error);
}

static HeddleJournalContents *
read_back (const char *folder, const char *name)
{
  g_autoptr (GError) error = NULL;
  HeddleJournalContents *contents = heddle_journal_read (folder, name, NULL, NULL, &error);

  g_assert_no_error (error);
  return contents;
}

static HeddleJournal *
go_on (const char *folder, const char *name, gboolean sync, HeddleJournalContents **contents)
{
  g_autoptr (GError) error = NULL;
  HeddleJournal *journal = heddle_journal_go_on (folder, name, sync, contents, &error);

  g_assert_no_error (error);
  return journal;
}

/* Every kind of line, and every state; the states of jobs 1 to 8 in the end. */
static const HeddleJobState states[] = { HEDDLE_JOB_STATE_NONE,      HEDDLE_JOB_STATE_DONE,
                                         HEDDLE_JOB_STATE_FAILED,    HEDDLE_JOB_STATE_TIMEOUT,
                                         HEDDLE_JOB_STATE_CANCELLED, HEDDLE_JOB_STATE_LOST,
                                         HEDDLE_JOB_STATE_SKIPPED,   HEDDLE_JOB_STATE_IN_HAND,
                                         HEDDLE_JOB_STATE_DONE };

/* Returns: (transfer full): its records, but for the header */
static GArray *
sample_records (void)
{
  GArray *records = g_array_new (FALSE, FALSE, sizeof (HeddleJournalRecord));
  HeddleJournalRecord close = { .kind = HEDDLE_JOURNAL_CLOSE, .time_us = 1700000003 };

  for (guint i = 1; i < G_N_ELEMENTS (states); i++)
    {
      HeddleJournalRecord start = test_start (i, 1), end = test_end (i, 1, states[i]);

      end.attempt = states[i] == HEDDLE_JOB_STATE_SKIPPED ? 0 : 1;
      if (states[i] != HEDDLE_JOB_STATE_SKIPPED)
        g_array_append_val (records, start);
      if (i == 8)
        {
          HeddleJournalRecord again = test_start (i, 2);
          HeddleJournalRecord late = test_end (i, 1, HEDDLE_JOB_STATE_LOST);

          g_array_append_val (records, again);
          g_array_append_val (records, late);
          end.attempt = 2;
        }
      if (states[i] != HEDDLE_JOB_STATE_IN_HAND)
        g_array_append_val (records, end);
      close.close.jobs[states[i]]++;
    }
  g_array_append_val (records, close);
  return records;
}

static void
write_sample (const char *folder, const char *name)
{
  g_autoptr (GArray) records = sample_records ();
  HeddleJournal *journal = create (folder, name);

  for (guint i = 0; i < records->len; i++)
    append (journal, g_array_index (records, HeddleJournalRecord, i));
  journal_close (journal);
}

typedef struct {
  GArray *records;
  guint n;
} Expected;

static void
compare_record (const HeddleJournalRecord *record, gpointer data)
{
  Expected *expected = data;
  const HeddleJournalRecord *wanted =
    &g_array_index (expected->records, HeddleJournalRecord, expected->n++);

  g_assert_cmpint (record->kind, ==, wanted->kind);
  g_assert_cmpint (record->time_us, ==, wanted->time_us);
  g_assert_cmpuint (record->seq, ==, wanted->seq);
  g_assert_cmpuint (record->attempt, ==, wanted->attempt);
  g_assert_cmpmem (&record->start, sizeof record->start, &wanted->start, sizeof wanted->start);
  g_assert_cmpint (record->end.state, ==, wanted->end.state);
  if (record->kind == HEDDLE_JOURNAL_END)
    g_assert_cmpint (record->end.exit_status, ==, wanted->end.exit_status);
  g_assert_cmpuint (record->end.signal, ==, wanted->end.signal);
  g_assert_cmpuint (record->end.cpu_ns, ==, wanted->end.cpu_ns);
  g_assert_cmpuint (record->end.max_rss, ==, wanted->end.max_rss);
  g_assert_cmpuint (record->end.output, ==, wanted->end.output);
  g_assert_cmpstr (record->end.why, ==, wanted->end.why);
  g_assert_cmpmem (&record->close, sizeof record->close, &wanted->close, sizeof wanted->close);
}

static void
assert_header (const HeddleJournalHeader *header, const char *name)
{
  HeddleJournalHeader wanted = test_header (name);

  g_assert_cmpstr (header->id, ==, wanted.id);
  g_assert_cmpstr (header->name, ==, wanted.name);
  g_assert_cmpint (header->begun_us, ==, wanted.begun_us);
  g_assert_cmpstr (header->directory, ==, wanted.directory);
  g_assert_cmpstr (header->command, ==, wanted.command);
  g_assert_cmpstr (header->options, ==, wanted.options);
  g_assert_cmpstr (header->inputs, ==, wanted.inputs);
}

static void
everything_comes_back (void)
{
  char *folder = test_folder_new ();
  g_autoptr (GArray) records = sample_records ();
  Expected expected = { records, 0 };
  g_autoptr (HeddleJournalContents) contents = NULL;
  g_autoptr (GError) error = NULL;

  write_sample (folder, "b");
  contents = heddle_journal_read (folder, "b", compare_record, &expected, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (expected.n, ==, records->len);
  assert_header (&contents->header, "b");
  g_assert_true (contents->is_closed);
  g_assert_false (contents->is_cut);
  g_assert_cmpuint (contents->lines, ==, records->len + 1);
  g_assert_cmpuint (contents->jobs.n, ==, G_N_ELEMENTS (states) - 1);
  g_assert_cmpmem (&contents->counts, sizeof contents->counts,
                   &g_array_index (records, HeddleJournalRecord, records->len - 1).close,
                   sizeof contents->counts);
  for (guint i = 1; i < G_N_ELEMENTS (states); i++)
    g_assert_cmpint (heddle_seq_table_get (&contents->jobs, i)->state, ==, states[i]);
  test_folder_free (folder);
}

static void
jobs_are_told_apart (void)
{
  char *folder = test_folder_new ();
  g_autoptr (HeddleJournalContents) contents = NULL;

  write_sample (folder, "b");
  contents = read_back (folder, "b");
  for (guint i = 1; i < G_N_ELEMENTS (states); i++)
    {
      g_autofree char *command = test_command (i);
      HeddleSeqVerdict wanted = states[i] == HEDDLE_JOB_STATE_DONE ? HEDDLE_SEQ_DONE
        : states[i] == HEDDLE_JOB_STATE_IN_HAND                    ? HEDDLE_SEQ_IN_HAND
                                                                   : HEDDLE_SEQ_FAILED;

      g_assert_cmpint (heddle_seq_table_compare (&contents->jobs, i, command, strlen (command)), ==,
                       wanted);
      if (states[i] != HEDDLE_JOB_STATE_SKIPPED)
        g_assert_cmpint (heddle_seq_table_compare (&contents->jobs, i, "other", 5), ==,
                         HEDDLE_SEQ_OTHER_COMMAND);
    }
  g_assert_cmpint (heddle_seq_table_compare (&contents->jobs, 9, "x", 1), ==, HEDDLE_SEQ_NOT_THERE);
  test_folder_free (folder);
}

/* Returns: (transfer full): the bytes of a journal */
static char *
sample_bytes (const char *folder, gsize *length)
{
  g_autofree char *path = heddle_batch_dup_path (folder, "sample");
  char *bytes;

  write_sample (folder, "sample");
  g_assert_true (g_file_get_contents (path, &bytes, length, NULL));
  return bytes;
}

static guint
count_newlines (const char *bytes, gsize length)
{
  guint n = 0;

  for (gsize i = 0; i < length; i++)
    n += bytes[i] == '\n' ? 1 : 0;
  return n;
}

/* Gone on with, it has the lines before the cut and what is appended, and nothing else. */
static void
check_gone_on (const char *folder, guint lines)
{
  g_autoptr (HeddleJournalContents) before = NULL, after = NULL;
  HeddleJournal *journal = go_on (folder, "cut", FALSE, &before);

  g_assert_cmpuint (before->lines, ==, lines);
  append (journal, test_start (77, 1));
  journal_close (journal);
  after = read_back (folder, "cut");
  g_assert_cmpuint (after->lines, ==, lines + 1);
  g_assert_false (after->is_cut);
  g_assert_cmpint (heddle_seq_table_get (&after->jobs, 77)->state, ==, HEDDLE_JOB_STATE_IN_HAND);
}

static void
only_whole_lines_count (void)
{
  char *folder = test_folder_new ();
  gsize length;
  g_autofree char *bytes = sample_bytes (folder, &length);
  g_autoptr (GArray) records = sample_records ();

  for (gsize cut = 0; cut <= length; cut++)
    {
      g_autofree char *path = test_file_new (folder, "cut.journal", bytes, cut);
      guint lines = count_newlines (bytes, cut);
      Expected expected = { records, 0 };
      g_autoptr (GError) error = NULL;
      g_autoptr (HeddleJournalContents) contents =
        heddle_journal_read (folder, "cut", compare_record, &expected, &error);

      g_assert_no_error (error);
      g_assert_cmpuint (contents->lines, ==, lines);
      g_assert_cmpuint (expected.n, ==, MAX (lines, 1) - 1);
      g_assert_cmpint (contents->is_cut, ==, cut > 0 && bytes[cut - 1] != '\n');
      if (lines > 0)
        check_gone_on (folder, lines);
      else
        journal_close (create (folder, "cut"));
    }
  test_folder_free (folder);
}

/* A byte that is not what was written: an error that names its line or, in the last line, a line
 * less. */
static void
check_damage (const char *damaged, const char *bytes, gsize length, gsize at)
{
  guint line = 1 + count_newlines (bytes, at), lines = count_newlines (bytes, length);
  g_autofree char *says = g_strdup_printf ("line %u is not what Heddle wrote", line);
  int fd = memfd_create ("damaged", MFD_CLOEXEC);
  g_autoptr (HeddleJournalContents) contents = NULL;
  g_autoptr (GError) error = NULL;

  g_assert_cmpint (pwrite (fd, damaged, length, 0), ==, (gssize) length);
  contents = heddle_journal_read_fd (fd, "damaged", NULL, NULL, &error);
  close (fd);
  if (line == 1)
    g_assert_error (error, HEDDLE_JOURNAL_ERROR, HEDDLE_JOURNAL_ERROR_DAMAGED);
  else if (line == lines || (line + 1 == lines && bytes[at] == '\n'))
    {
      g_assert_no_error (error);
      g_assert_true (contents->is_cut);
      g_assert_cmpuint (contents->lines, ==, line - 1);
    }
  else
    {
      g_assert_error (error, HEDDLE_JOURNAL_ERROR, HEDDLE_JOURNAL_ERROR_DAMAGED);
      g_assert_nonnull (strstr (error->message, says));
    }
}

static void
every_damaged_byte_is_noticed (void)
{
  char *folder = test_folder_new ();
  gsize length;
  g_autofree char *bytes = sample_bytes (folder, &length);

  for (gsize at = 0; at < length; at++)
    {
      const char others[] = { (char) (bytes[at] ^ 1),
                              (char) (bytes[at] ^ 0x20),
                              (char) (bytes[at] ^ 0x80),
                              '\n',
                              '\0',
                              '\t',
                              '0' };

      for (guint i = 0; i < G_N_ELEMENTS (others); i++)
        {
          g_autofree char *damaged = g_memdup2 (bytes, length);

          damaged[at] = others[i];
          if (others[i] != bytes[at])
            check_damage (damaged, bytes, length, at);
        }
    }
  test_folder_free (folder);
}

/* Whoever edits the file takes out whole lines, each of which is good. */
static void
a_missing_line_is_noticed (void)
{
  char *folder = test_folder_new ();
  gsize length;
  g_autofree char *bytes = sample_bytes (folder, &length);
  g_autoptr (GString) without = g_string_new_len (bytes, (gssize) length);
  char *third = strchr (strchr (without->str, '\n') + 1, '\n') + 1;
  g_autofree char *path = NULL;
  g_autoptr (GError) error = NULL;

  g_string_erase (without, third - without->str, strchr (third, '\n') + 1 - third);
  path = test_file_new (folder, "damaged.journal", without->str, without->len);
  g_assert_null (heddle_journal_read (folder, "damaged", NULL, NULL, &error));
  g_assert_error (error, HEDDLE_JOURNAL_ERROR, HEDDLE_JOURNAL_ERROR_DAMAGED);
  g_assert_nonnull (strstr (error->message, "line 3 "));
  test_folder_free (folder);
}

static void
a_later_version_is_not_touched (void)
{
  static const char line[] = "1\theddle-journal\t2\twhatever\tis\tthere\t";
  char *folder = test_folder_new ();
  g_autofree char *bytes = g_strdup_printf ("%s%016" G_GINT64_MODIFIER "x\n", line,
                                            heddle_hash_bytes (line, strlen (line)));
  g_autofree char *path = test_file_new (folder, "new.journal", bytes, strlen (bytes));
  HeddleJournalContents *contents = NULL;
  g_autoptr (GError) error = NULL;

  g_assert_null (heddle_journal_go_on (folder, "new", FALSE, &contents, &error));
  g_assert_error (error, HEDDLE_JOURNAL_ERROR, HEDDLE_JOURNAL_ERROR_NEWER);
  g_assert_null (contents);
  test_folder_free (folder);
}

static void
assert_not_created (const char *folder, const char *name, HeddleJournalError code)
{
  HeddleJournalHeader header = test_header (name);
  g_autoptr (GError) error = NULL;

  g_assert_null (heddle_journal_create (folder, &header, NULL, &error));
  g_assert_error (error, HEDDLE_JOURNAL_ERROR, (int) code);
}

static void
assert_not_gone_on (const char *folder, const char *name, HeddleJournalError code)
{
  HeddleJournalContents *contents = NULL;
  g_autoptr (GError) error = NULL;

  g_assert_null (heddle_journal_go_on (folder, name, FALSE, &contents, &error));
  g_assert_error (error, HEDDLE_JOURNAL_ERROR, (int) code);
}

static void
names_are_checked (void)
{
  static const char *const bad[] = { "", "a/b", "/", ".", "..", ".a", "a\nb", "\xff" };
  g_autofree char *longest = g_strnfill (200, 'x'), *longer = g_strnfill (201, 'x');
  char *folder = test_folder_new ();

  for (guint i = 0; i < G_N_ELEMENTS (bad); i++)
    {
      assert_not_created (folder, bad[i], HEDDLE_JOURNAL_ERROR_NAME);
      assert_not_gone_on (folder, bad[i], HEDDLE_JOURNAL_ERROR_NAME);
    }
  assert_not_created (folder, longer, HEDDLE_JOURNAL_ERROR_NAME);
  journal_close (create (folder, longest));
  journal_close (create (folder, "Bilder für Oma"));
  assert_not_gone_on (folder, "nobody", HEDDLE_JOURNAL_ERROR_NOT_THERE);
  test_folder_free (folder);
}

/* In a child process, where it does not hold the lock itself. Returns: what came of it. */
static int
in_another_process (const char *folder, const char *name)
{
  pid_t child = fork ();
  int status;

  if (child == 0)
    {
      HeddleJournalContents *contents = NULL;
      g_autoptr (GError) error = NULL;
      HeddleJournal *journal = heddle_journal_go_on (folder, name, FALSE, &contents, &error);

      _exit (journal != NULL ? 99 : error->code);
    }
  g_assert_cmpint (child, >, 0);
  g_assert_cmpint (waitpid (child, &status, 0), ==, child);
  g_assert_true (WIFEXITED (status));
  return WEXITSTATUS (status);
}

static void
only_one_process_has_it (void)
{
  char *folder = test_folder_new ();
  HeddleJournal *journal = create (folder, "b");
  HeddleJournalContents *contents = NULL;

  assert_not_created (folder, "b", HEDDLE_JOURNAL_ERROR_RUNNING);
  assert_not_gone_on (folder, "b", HEDDLE_JOURNAL_ERROR_RUNNING);
  g_assert_cmpint (in_another_process (folder, "b"), ==, HEDDLE_JOURNAL_ERROR_RUNNING);
  append (journal, test_start (1, 1));
  journal_close (journal);
  assert_not_created (folder, "b", HEDDLE_JOURNAL_ERROR_EXISTS);
  g_assert_cmpint (in_another_process (folder, "b"), ==, 99);
  journal_close (go_on (folder, "b", TRUE, &contents));
  g_assert_cmpuint (contents->lines, ==, 2);
  heddle_journal_contents_free (contents);
  test_folder_free (folder);
}

/* Nothing runs unrecorded, and once there is room it goes on. */
static void
a_full_disk_is_told (void)
{
  char *folder = test_folder_new ();
  HeddleJournal *journal = create (folder, "b");
  HeddleJournalRecord record = test_start (2, 1);
  g_autoptr (HeddleJournalContents) contents = NULL, full = NULL;
  g_autoptr (GError) error = NULL;
  struct rlimit old, small;

  append (journal, test_start (1, 1));
  contents = read_back (folder, "b");
  g_assert_cmpint (getrlimit (RLIMIT_FSIZE, &old), ==, 0);
  small = old;
  small.rlim_cur = contents->bytes + 10;
  g_assert_cmpint (setrlimit (RLIMIT_FSIZE, &small), ==, 0);
  heddle_journal_append (journal, &record, &error);
  g_assert_cmpint (setrlimit (RLIMIT_FSIZE, &old), ==, 0);
  g_assert_error (error, G_FILE_ERROR, (int) g_file_error_from_errno (EFBIG));
  g_assert_nonnull (strstr (error->message, "ulimit -f"));
  full = read_back (folder, "b");
  g_assert_cmpuint (full->bytes, ==, contents->bytes);
  g_assert_false (full->is_cut);
  append (journal, test_start (3, 1));
  journal_close (journal);
  g_clear_pointer (&full, heddle_journal_contents_free);
  full = read_back (folder, "b");
  g_assert_cmpuint (full->lines, ==, 3);
  g_assert_null (heddle_seq_table_get (&full->jobs, 2));
  test_folder_free (folder);
}

/* And nothing is left of it. */
static void
a_header_has_its_limit (void)
{
  char *folder = test_folder_new ();
  HeddleJournalHeader header = test_header ("b");
  g_autofree char *huge = g_strnfill ((gsize) 17 << 20, 'x');
  g_autoptr (GError) error = NULL;

  header.inputs = huge;
  g_assert_null (heddle_journal_create (folder, &header, NULL, &error));
  g_assert_error (error, HEDDLE_JOURNAL_ERROR, HEDDLE_JOURNAL_ERROR_TOO_LONG);
  assert_not_gone_on (folder, "b", HEDDLE_JOURNAL_ERROR_NOT_THERE);
  journal_close (create (folder, "b"));
  test_folder_free (folder);
}

static void
folders_that_refuse_say_why (void)
{
  HeddleJournalHeader header = test_header ("b");
  g_autoptr (GError) error = NULL;

  g_assert_null (heddle_journal_create ("/proc/no/such", &header, NULL, &error));
  g_assert_cmpint (error->domain, ==, G_FILE_ERROR);
  g_assert_nonnull (strstr (error->message, "/proc/no/such/b.journal"));
}

#define N_THREADS 4
#define N_EACH    500

typedef struct {
  HeddleJournal *journal;
  guint first;
} Appender;

static void *
append_many (gpointer data)
{
  Appender *self = data;

  for (guint i = 0; i < N_EACH; i++)
    {
      append (self->journal, test_start (self->first + i, 1));
      append (self->journal, test_end (self->first + i, 1, HEDDLE_JOB_STATE_DONE));
    }
  return NULL;
}

static void
threads_append_whole_lines (void)
{
  char *folder = test_folder_new ();
  HeddleJournalHeader header = test_header ("b");
  HeddleJournalOptions options = { .sync = TRUE, .most = 1, .most_bytes = 1 };
  g_autoptr (GError) error = NULL;
  HeddleJournal *journal = heddle_journal_create (folder, &header, &options, &error);
  pthread_t threads[N_THREADS];
  Appender appenders[N_THREADS];
  g_autoptr (HeddleJournalContents) contents = NULL;

  g_assert_no_error (error);
  for (guint i = 0; i < N_THREADS; i++)
    {
      appenders[i] = (Appender){ journal, 1 + i * N_EACH };
      g_assert_cmpint (pthread_create (&threads[i], NULL, append_many, &appenders[i]), ==, 0);
    }
  for (guint i = 0; i < N_THREADS; i++)
    pthread_join (threads[i], NULL);
  journal_close (journal);
  contents = read_back (folder, "b");
  g_assert_cmpuint (contents->lines, ==, 1 + 2 * N_THREADS * N_EACH);
  g_assert_cmpuint (contents->counts.jobs[HEDDLE_JOB_STATE_DONE], ==, N_THREADS * N_EACH);
  test_folder_free (folder);
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
  HeddleJournal *journal = create (folder, "b");
  guint n = 100000;
  gint64 t0 = cpu_us (), t1, t2;
  g_autoptr (HeddleJournalContents) contents = NULL;

  for (guint i = 1; i <= n / 2; i++)
    {
      append (journal, test_start (i, 1));
      append (journal, test_end (i, 1, HEDDLE_JOB_STATE_DONE));
    }
  t1 = cpu_us ();
  contents = read_back (folder, "b");
  t2 = cpu_us ();
  journal_close (journal);
  g_assert_cmpuint (contents->lines, ==, n + 1);
  g_test_message (
    "%.2f µs of a processor to append a line, %.0f ns to read it back, %.0f bytes a line",
    (double) (t1 - t0) / n, 1000.0 * (double) (t2 - t1) / n, (double) contents->bytes / n);
  test_folder_free (folder);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  signal (SIGXFSZ, SIG_IGN);
  g_test_add_func ("/journal/everything-comes-back", everything_comes_back);
  g_test_add_func ("/journal/jobs-are-told-apart", jobs_are_told_apart);
  g_test_add_func ("/journal/only-whole-lines-count", only_whole_lines_count);
  g_test_add_func ("/journal/every-damaged-byte-is-noticed", every_damaged_byte_is_noticed);
  g_test_add_func ("/journal/a-missing-line-is-noticed", a_missing_line_is_noticed);
  g_test_add_func ("/journal/a-later-version-is-not-touched", a_later_version_is_not_touched);
  g_test_add_func ("/journal/names-are-checked", names_are_checked);
  g_test_add_func ("/journal/only-one-process-has-it", only_one_process_has_it);
  g_test_add_func ("/journal/a-full-disk-is-told", a_full_disk_is_told);
  g_test_add_func ("/journal/a-header-has-its-limit", a_header_has_its_limit);
  g_test_add_func ("/journal/folders-that-refuse-say-why", folders_that_refuse_say_why);
  g_test_add_func ("/journal/threads-append-whole-lines", threads_append_whole_lines);
  g_test_add_func ("/journal/speed", report_speed);
  return g_test_run ();
}
