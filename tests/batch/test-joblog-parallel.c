/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Joblogs that go from GNU parallel to Heddle and back. Starting a job takes parallel some
 * milliseconds; HEDDLE_TEST_ROUNDS says how many, 60 if it is not set.
 */
#include "config.h"

#include <string.h>

#include "batch-files.h"
#include "batch/joblog.h"

/* Returns: (transfer full): what `parallel` prints, with a home of its own */
static char *
parallel (const char *folder, const char *script, const char *path)
{
  g_auto (GStrv) environment = g_environ_setenv (g_get_environ (), "HOME", folder, TRUE);
  char *argv[] = {
    (char *) "sh", (char *) "-c", (char *) script, (char *) "sh", (char *) path, NULL
  };
  g_autoptr (GError) error = NULL;
  char *out = NULL;

  environment = g_environ_setenv (environment, "PARALLEL_SHELL", "/bin/sh", TRUE);
  g_spawn_sync (folder, argv, environment, G_SPAWN_SEARCH_PATH, NULL, NULL, &out, NULL, NULL,
                &error);
  g_assert_no_error (error);
  return out;
}

static gboolean
is_missing (void)
{
  g_autofree char *program = g_find_program_in_path ("parallel");

  if (program == NULL)
    g_test_skip ("GNU parallel is not here");
  return program == NULL;
}

static void
remove_home (char *folder)
{
  g_autofree char *script = g_strdup_printf ("rm -rf '%s/.parallel'", folder);
  g_autofree char *out = parallel (folder, script, "");

  test_folder_free (folder);
}

static int
expected_exit (guint i)
{
  return i % 5 == 4 ? 7 : 0;
}

/* Commands between NULs, as parallel reads them with -0. */
static GString *
make_commands (guint n)
{
  GString *bytes = g_string_new (NULL);

  for (guint i = 1; i <= n; i++)
    {
      g_autofree char *command = test_command (i);

      g_string_append (bytes, command);
      if (expected_exit (i) != 0)
        g_string_append (bytes, "\nexit 7");
      g_string_append_c (bytes, '\0');
    }
  return bytes;
}

static void
what_parallel_wrote_is_read (void)
{
  char *folder = test_folder_new ();
  const char *rounds = g_getenv ("HEDDLE_TEST_ROUNDS");
  guint n = MAX (rounds != NULL ? (guint) strtoul (rounds, NULL, 10) : 60, 16);
  GString *bytes = make_commands (n);
  g_autofree char *input = test_file_new (folder, "commands", bytes->str, bytes->len);
  g_autofree char *path = g_build_filename (folder, "log", NULL);
  g_autofree char *out = NULL;
  g_autoptr (HeddleJoblogRecord) record = NULL;
  const char *at = bytes->str;

  if (!is_missing ())
    {
      out = parallel (folder, "parallel --will-cite -j4 -0 --joblog \"$1\" < commands", path);
      record = heddle_joblog_read (path, NULL);
      g_assert_cmpuint (record->lines, ==, n);
      g_assert_cmpuint (record->unread, ==, 0);
      for (guint i = 1; i <= n; i++, at += strlen (at) + 1)
        {
          const HeddleSeqEntry *entry = heddle_seq_table_get (&record->jobs, i);

          g_assert_cmpint (entry->exit_status, ==, expected_exit (i));
          g_assert_cmpint (heddle_seq_table_compare (&record->jobs, i, at, strlen (at)), ==,
                           expected_exit (i) == 0 ? HEDDLE_SEQ_DONE : HEDDLE_SEQ_FAILED);
        }
    }
  g_string_free (bytes, TRUE);
  remove_home (folder);
}

static void
append (HeddleJoblog *log, guint32 seq, int exit_status, guint signal, const char *command)
{
  HeddleJoblogRow row = { .seq = seq,
                          .started_us = G_GINT64_CONSTANT (1700000000123500),
                          .runtime_us = 5,
                          .exit_status = exit_status,
                          .signal = signal,
                          .command = command };

  g_assert_true (heddle_joblog_append (log, &row, NULL));
}

/* Jobs 1, 3, 4 and 6 of six; the fourth one failed and the sixth one was killed. */
static char *
write_ours (const char *folder)
{
  char *path = g_build_filename (folder, "log", NULL);
  HeddleJoblog *log = heddle_joblog_open (path, FALSE, NULL);

  append (log, 3, 0, 0, "echo ran-c");
  append (log, 1, 0, 0, "echo 'a\tb\nc\xff'");
  append (log, 6, -1, 15, "");
  append (log, 4, 1, 0, "echo ran-d");
  g_assert_true (heddle_joblog_close (log, NULL));
  return path;
}

#define RUN " --will-cite -k -j2 --joblog \"$1\" echo ran-{} ::: a b c d e f"

static void
check_resume (const char *option, const char *expected)
{
  char *folder = test_folder_new ();
  g_autofree char *path = write_ours (folder);
  g_autofree char *script = g_strconcat ("parallel ", option, RUN, NULL);
  g_autofree char *out = NULL;
  g_autoptr (HeddleJoblogRecord) record = NULL;

  if (!is_missing ())
    {
      out = parallel (folder, script, path);
      g_assert_cmpstr (out, ==, expected);
      record = heddle_joblog_read (path, NULL);
      g_assert_cmpuint (record->jobs.n, ==, 6);
      g_assert_cmpuint (record->unread, ==, 0);
    }
  remove_home (folder);
}

static void
parallel_goes_on_with_ours (void)
{
  check_resume ("--resume", "ran-b\nran-e\n");
  check_resume ("--resume-failed", "ran-b\nran-d\nran-e\nran-f\n");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/joblog-parallel/what-parallel-wrote-is-read", what_parallel_wrote_is_read);
  g_test_add_func ("/joblog-parallel/parallel-goes-on-with-ours", parallel_goes_on_with_ours);
  return g_test_run ();
}
