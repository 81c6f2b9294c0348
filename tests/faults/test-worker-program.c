/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Programs that are no worker program, or not the right one: the run ends with an error that names
 * the program and says what to do. */
#include "config.h"

#include <glib/gstdio.h>
#include <locale.h>
#include <string.h>
#include <unistd.h>

#include "fault-harness.h"

typedef struct {
  const char *name;
  const char *script; /* NULL: path is it */
  const char *path;
  const char *says;
  HeddleError code;
} Case;

static const Case cases[] = {
  { "missing", NULL, "/nonexistent/heddle-worker", "does not exist", HEDDLE_ERROR_START },
  { "a-folder", NULL, "/", "cannot be executed", HEDDLE_ERROR_START },
  { "not-executable", NULL, "/etc/passwd", "cannot be executed", HEDDLE_ERROR_START },
  { "not-a-program", "\177ELF and nothing behind it", NULL, "cannot be started", HEDDLE_ERROR_START },
  { "interpreter-missing", "#!/nonexistent/interpreter\n", NULL, "cannot be started", HEDDLE_ERROR_START },
  { "true", NULL, "/bin/true", "ended with status 0 before it was ready", HEDDLE_ERROR_START },
  { "false", NULL, "/bin/false", "ended with status 1 before it was ready", HEDDLE_ERROR_START },
  { "cat", NULL, "/bin/cat", "ended with status 1 before it was ready", HEDDLE_ERROR_START },
  { "other-protocol", "#!/bin/sh\nexec \"$TEST_WORKER\" \"$@\" --protocol 99\n", NULL, "has another version", HEDDLE_ERROR_START },
  { "knows-no-such-option", "#!/bin/sh\nexec \"$TEST_WORKER\" \"$@\" --from-the-future yes\n", NULL, "ended with status 2 before it was ready", HEDDLE_ERROR_START },
  { "knows-no-such-workload", "#!/bin/sh\nexec \"$TEST_WORKER\" \"$@\" --workload other\n", NULL, "The workload “other” is unknown", HEDDLE_ERROR_START },
  { "dies-at-once", "#!/bin/sh\nkill -SEGV $$\n", NULL, "faster than they can be replaced", HEDDLE_ERROR_WORKER },
};

static char *
write_script (const char *text)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *folder = g_dir_make_tmp ("heddle-XXXXXX", &error);
  char *path;

  g_assert_no_error (error);
  path = g_build_filename (folder, "program", NULL);
  g_file_set_contents_full (path, text, -1, G_FILE_SET_CONTENTS_NONE, 0700, &error);
  g_assert_no_error (error);
  return path;
}

static void
remove_script (const char *path)
{
  g_autofree char *folder = g_path_get_dirname (path);

  g_assert_cmpint (g_unlink (path), ==, 0);
  g_assert_cmpint (g_rmdir (folder), ==, 0);
}

static void
check_on (const Case *it, const char *program, HeddleBackend backend, const char *workload)
{
  TestRun *run = test_run_new (workload, 30, NULL);
  g_autoptr (GError) error = NULL;
  HeddleRunSnapshot end;

  run->options.backend = backend;
  run->options.worker_program = program;
  test_run_start (run);
  test_run_finish (run);
  error = heddle_run_dup_error (run->run);
  g_assert_error (error, HEDDLE_ERROR, (int) it->code);
  if (strstr (error->message, it->says) == NULL)
    g_error ("%s: “%s” does not say “%s”", it->name, error->message, it->says);
  if (it->code == HEDDLE_ERROR_START && !g_str_equal (it->name, "knows-no-such-workload"))
    g_assert_nonnull (strstr (error->message, program));
  end = test_run_snapshot (run);
  g_assert_cmpuint (end.done + end.failed, ==, 0);
  test_run_free (run);
}

static void
is_named_with_the_reason (gconstpointer data)
{
  const Case *it = data;
  g_autofree char *script = it->script != NULL ? write_script (it->script) : NULL;
  const char *program = script != NULL ? script : it->path;

  check_on (it, program, HEDDLE_BACKEND_PROCESSES, "double");
  check_on (it, program, HEDDLE_BACKEND_PROCESS_PER_TASK, "double");
  check_on (it, program, HEDDLE_BACKEND_THREADS, "die-of"); /* threads of a child process */
  if (script != NULL)
    remove_script (script);
}

/* One that lives and says nothing: the log says so, and ending the run ends it. */
static void
says_nothing (gconstpointer data)
{
  g_autofree char *program = write_script ("#!/bin/sh\nexec sleep 1000000\n");
  TestRun *run = test_run_new ("double", 30, NULL);

  run->options.worker_program = program;
  test_run_start (run);
  test_wait_until (fault_log_says (run, "has not answered yet"));
  heddle_run_stop (run->run, (HeddleStopPolicy) GPOINTER_TO_INT (data));
  test_run_finish (run);
  g_assert_cmpuint (test_run_snapshot (run).cancelled, ==, test_run_snapshot (run).submitted);
  test_run_free (run);
  remove_script (program);
}

int
main (int argc, char **argv)
{
  setlocale (LC_ALL, "C");
  g_test_init (&argc, &argv, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *path =
        g_strdup_printf ("/worker-program/is-named-with-the-reason/%s", cases[i].name);

      g_test_add_data_func (path, &cases[i], is_named_with_the_reason);
    }
  g_test_add_data_func ("/worker-program/says-nothing/cancel", GINT_TO_POINTER (HEDDLE_STOP_CANCEL),
                        says_nothing);
  return g_test_run ();
}
