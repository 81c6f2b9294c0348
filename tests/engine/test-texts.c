/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <locale.h>
#include <string.h>

#include "engine/queue/queue.h"
#include "engine/sync/shared-private.h"
#include "test-harness.h"
#include "engine/model/backend.h"
#include "engine/sync/shared.h"
#include "trace/clock.h"

/* What a run says: whole, or cut between characters, and never nothing. */

static HeddleInput *
make_input (const char *text)
{
  gsize length = strlen (text);
  HeddleInput *input = g_malloc (sizeof *input + length + 1);

  input->length = (guint32) length;
  memcpy (input->text, text, length + 1);
  return input;
}

/* An entry of the line shows the end of its input, from a character on, wherever the cut falls. */
static void
entries_begin_with_a_character (void)
{
  static const char *const characters[] = { "a", "ä", "€", "😀" };

  for (guint shift = 0; shift < 4; shift++)
    for (guint i = 0; i < G_N_ELEMENTS (characters); i++)
      {
        g_autoptr (GString) text = g_string_new (NULL);
        g_autofree HeddleInput *input = NULL;
        HeddleQueue *queue = heddle_queue_new (8, NULL, NULL);
        HeddleQueueCounts counts;
        HeddleQueuePeek peek;

        for (guint j = 0; j < 60; j++)
          g_string_append (text, characters[i]);
        g_string_append (text, "xyz" + (3 - MIN (shift, 3)));
        input = make_input (text->str);
        g_assert_true (heddle_queue_push (
          queue, &(HeddleItem){ .id = 1, .count = 1, .attempt = 1, .input = input }));
        g_assert_cmpuint (heddle_queue_peek (queue, &peek, 1, &counts), ==, 1);
        g_assert_true (peek.truncated);
        g_assert_true (g_utf8_validate (peek.text, -1, NULL));
        g_assert_true (g_str_has_suffix (text->str, peek.text));
        g_assert_cmpuint (strlen (peek.text), >=, sizeof peek.text - 4);
        heddle_queue_free (queue);
      }
}

/* No character at all in what is shown: not more than three bytes are looked at. */
static void
entries_without_characters_are_shown (void)
{
  g_autofree char *text = g_strnfill (100, (char) 0x80);
  g_autofree HeddleInput *input = make_input (text);
  HeddleQueue *queue = heddle_queue_new (8, NULL, NULL);
  HeddleQueueCounts counts;
  HeddleQueuePeek peek;

  g_assert_true (
    heddle_queue_push (queue, &(HeddleItem){ .id = 1, .count = 1, .attempt = 1, .input = input }));
  g_assert_cmpuint (heddle_queue_peek (queue, &peek, 1, &counts), ==, 1);
  g_assert_cmpuint (strlen (peek.text), >=, sizeof peek.text - 4);
  heddle_queue_free (queue);
}

static const char *
name_at_length (guint worker, gpointer data)
{
  static char names[3][HEDDLE_SHARED_VERDICT / 3];

  /* two bytes a character, from an odd or an even place on */
  memset (names[worker], 0, sizeof names[worker]);
  if (GPOINTER_TO_UINT (data) != 0)
    g_strlcat (names[worker], "x", sizeof names[worker]);
  while (strlen (names[worker]) < sizeof names[worker] - 3)
    g_strlcat (names[worker], "ß", sizeof names[worker]);
  return names[worker];
}

static void
verdict_is_cut_between_characters (void)
{
  for (guint odd = 0; odd < 2; odd++)
    {
      g_autoptr (GError) error = NULL;
      HeddleShared *shared = heddle_shared_new_host (0, &error);
      HeddleMutex *locks[2];
      HeddleDeadlockWatch watch = { 0 };
      HeddleLog *log = heddle_log_new (10);

      g_assert_no_error (error);
      locks[0] = heddle_shared_mutex (shared, "one");
      locks[1] = heddle_shared_mutex (shared, "two");
      /* each waits for the lock that the other one holds */
      for (guint worker = 1; worker <= 2; worker++)
        {
          atomic_store ((_Atomic guint32 *) locks[worker - 1]->base.cell, worker);
          atomic_store (&shared->arena->waiters[worker].waits,
                        (guint64) 1 << 32 | locks[2 - worker]->base.number);
        }
      heddle_deadlock_look (&watch, shared, 2, name_at_length, GUINT_TO_POINTER (odd), log);
      g_assert_true (
        heddle_deadlock_look (&watch, shared, 2, name_at_length, GUINT_TO_POINTER (odd), log));
      g_assert_true (g_utf8_validate (shared->arena->verdict, -1, NULL));
      g_assert_cmpuint (strlen (shared->arena->verdict), >=, sizeof shared->arena->verdict - 4);
      g_assert_true (g_str_has_suffix (shared->arena->verdict, "…"));
      heddle_log_unref (log);
      heddle_shared_free (shared);
    }
}

static const struct {
  const char *workload;
  HeddleBackend backend;
} silent[] = {
  { "silent-open", HEDDLE_BACKEND_THREADS },
  { "silent-open", HEDDLE_BACKEND_PROCESSES },
  { "silent-open-in-worker", HEDDLE_BACKEND_PROCESSES },
  { "silent-share", HEDDLE_BACKEND_THREADS },
  { "silent-share-in-worker", HEDDLE_BACKEND_PROCESSES },
  { "silent-produce", HEDDLE_BACKEND_THREADS },
};

static void
workload_that_says_nothing_is_named (gconstpointer data)
{
  const guint i = GPOINTER_TO_UINT (data);
  TestRun *run = test_run_new (silent[i].workload, 3, NULL);
  g_autoptr (GError) error = NULL;

  run->options.backend = silent[i].backend;
  test_run_start (run);
  test_run_finish (run);
  error = heddle_run_dup_error (run->run);
  g_assert_error (error, HEDDLE_ERROR, HEDDLE_ERROR_START);
  g_assert_nonnull (strstr (error->message, silent[i].workload));
  g_assert_true (test_run_log_has (run, silent[i].workload));
  test_run_free (run);
}

/* What a task prints is in the log to its last character, in as many lines as it takes. */
static void
printed_text_is_whole (gconstpointer data)
{
  for (guint n = 400; n <= 8000; n += n < 600 ? 1 : 2471)
    {
      g_autofree char *size = g_strdup_printf ("size=%u", n);
      TestRun *run = test_run_new ("print-long", 1, (const char *const[]) { size, NULL });
      g_autoptr (GString) text = g_string_new (NULL);
      HeddleLog *log;

      run->options.backend = (HeddleBackend) GPOINTER_TO_INT (data);
      test_run_start (run);
      test_run_finish (run);
      log = heddle_run_get_log (run->run);
      for (guint64 i = heddle_log_get_first (log); i < heddle_log_get_length (log); i++)
        {
          HeddleLogLine line;

          g_assert_true (heddle_log_get (log, i, &line));
          if (line.level == HEDDLE_LOG_OUTPUT)
            g_string_append (text, line.text);
          heddle_log_line_clear (&line);
        }
      g_assert_cmpuint (text->len, ==, 2 * n + 1);
      for (guint i = 0; i < n; i++)
        g_assert_true (strncmp (text->str + 2 * i, i % 2 == 0 ? "ä" : "ö", 2) == 0);
      g_assert_cmpstr (text->str + 2 * n, ==, ".");
      test_run_free (run);
      if (GPOINTER_TO_INT (data) != HEDDLE_BACKEND_THREADS && n < 600)
        n = 599;
    }
}

int
main (int argc, char **argv)
{
  setlocale (LC_ALL, "C");
  g_test_init (&argc, &argv, NULL);
  heddle_clock_init ();
  g_test_add_func ("/texts/entries-begin-with-a-character", entries_begin_with_a_character);
  g_test_add_func ("/texts/entries-without-characters-are-shown",
                   entries_without_characters_are_shown);
  g_test_add_func ("/texts/verdict-is-cut-between-characters", verdict_is_cut_between_characters);
  for (guint i = 0; i < G_N_ELEMENTS (silent); i++)
    {
      g_autofree char *path =
        g_strdup_printf ("/texts/workload-that-says-nothing-is-named/%s/%s", silent[i].workload,
                         heddle_backend_get_info (silent[i].backend)->id);

      g_test_add_data_func (path, GUINT_TO_POINTER (i), workload_that_says_nothing_is_named);
    }
  g_test_add_data_func ("/texts/printed-text-is-whole/threads",
                        GINT_TO_POINTER (HEDDLE_BACKEND_THREADS), printed_text_is_whole);
  g_test_add_data_func ("/texts/printed-text-is-whole/processes",
                        GINT_TO_POINTER (HEDDLE_BACKEND_PROCESSES), printed_text_is_whole);
  return g_test_run ();
}
