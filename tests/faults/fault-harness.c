/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "fault-harness.h"

#include <string.h>

guint64
fault_seed (void)
{
  const char *set = g_getenv ("HEDDLE_TEST_SEED");
  guint64 seed = set != NULL ? g_ascii_strtoull (set, NULL, 10) : g_random_int () % 1000000000;

  g_test_message ("HEDDLE_TEST_SEED=%" G_GUINT64_FORMAT, seed);
  return seed;
}

guint
fault_rounds (guint usual)
{
  const char *set = g_getenv ("HEDDLE_TEST_ROUNDS");

  if (set != NULL)
    return (guint) g_ascii_strtoull (set, NULL, 10);
#if defined(__SANITIZE_THREAD__) || defined(__SANITIZE_ADDRESS__)
  return MAX (usual / 4, 1);
#else
  return usual;
#endif
}

/* Starts a run of @n tasks of a case, each with so many retries. */
TestRun *
fault_start (const FaultCase *it, guint64 n, guint retries)
{
  g_autofree char *what = g_strdup_printf ("what=%u", it->what);
  const char *const settings[] = { what, NULL };
  TestRun *run = test_run_new (it->workload, n, settings);

  run->options.backend = it->backend;
  run->options.prefetch = 8;
  run->options.retries = retries;
  test_run_start (run);
  return run;
}

/* Whether a line of the run's log has this text in it. */
gboolean
fault_log_says (TestRun *run, const char *text)
{
  HeddleLog *log = heddle_run_get_log (run->run);
  guint64 length = heddle_log_get_length (log);
  gboolean says = FALSE;

  for (guint64 i = heddle_log_get_first (log); i < length && !says; i++)
    {
      HeddleLogLine line;

      if (!heddle_log_get (log, i, &line))
        continue;
      says = strstr (line.text, text) != NULL;
      heddle_log_line_clear (&line);
    }
  return says;
}

/* For the message of a test that failed: how the run ended, and its log. */
void
fault_show (TestRun *run)
{
  HeddleRunSnapshot now = test_run_snapshot (run);
  g_autoptr (GError) error = heddle_run_dup_error (run->run);
  HeddleLog *log = heddle_run_get_log (run->run);
  guint64 length = heddle_log_get_length (log);

  g_test_message ("%" G_GUINT64_FORMAT " submitted, %" G_GUINT64_FORMAT " done, %" G_GUINT64_FORMAT
                  " failed, %" G_GUINT64_FORMAT " cancelled, %" G_GUINT64_FORMAT
                  " lost, %" G_GUINT64_FORMAT " workers lost: %s",
                  now.submitted, now.done, now.failed, now.cancelled, now.lost, now.workers_lost,
                  error != NULL ? error->message : "no error");
  for (guint64 i = heddle_log_get_first (log); i < length; i++)
    {
      HeddleLogLine line;

      if (!heddle_log_get (log, i, &line))
        continue;
      g_test_message ("log: %s", line.text);
      heddle_log_line_clear (&line);
    }
}
