/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "batch-files.h"

#include <glib/gstdio.h>
#include <string.h>

#include "batch/hash.h"

/* Returns: (transfer full): an empty folder, to be ended by test_folder_free() */
char *
test_folder_new (void)
{
  g_autoptr (GError) error = NULL;
  char *folder = g_dir_make_tmp ("heddle-batch-XXXXXX", &error);

  g_assert_no_error (error);
  return folder;
}

/* Removes the files in it, too. */
void
test_folder_free (char *folder)
{
  GDir *dir = g_dir_open (folder, 0, NULL);
  const char *name;

  while (dir != NULL && (name = g_dir_read_name (dir)) != NULL)
    {
      g_autofree char *path = g_build_filename (folder, name, NULL);

      g_unlink (path);
    }
  g_clear_pointer (&dir, g_dir_close);
  g_rmdir (folder);
  g_free (folder);
}

/* Returns: (transfer full): the path of a file with these bytes in it */
char *
test_file_new (const char *folder, const char *name, const char *bytes, gsize length)
{
  char *path = g_build_filename (folder, name, NULL);
  g_autoptr (GError) error = NULL;

  g_unlink (path); /* GLib 2.74 leaves what an older file has more */
  g_file_set_contents_full (path, bytes, (gssize) length, G_FILE_SET_CONTENTS_NONE, 0600, &error);
  g_assert_no_error (error);
  return path;
}

/* Returns: (transfer full): one that succeeds, of every kind that is hard to keep in a line */
char *
test_command (guint i)
{
  static const char *const forms[] = { "",
                                       ": %u",
                                       ": 'a\tb' %u",
                                       ": 'a\nb' %u",
                                       ": '\xff\xc3\x28' %u",
                                       ": '\t\t\n\n\\x41\\' %u",
                                       "\n: %u\n",
                                       ": 'ä€😀' %u" };
  const char *form = forms[i % G_N_ELEMENTS (forms)];
  const char *number = strstr (form, "%u");

  if (number == NULL)
    return g_strdup (form);
  return g_strdup_printf ("%.*s%u%s", (int) (number - form), form, i, number + 2);
}

/* Texts are literals. */
HeddleJournalHeader
test_header (const char *name)
{
  return (HeddleJournalHeader){
    .id = (char *) "5f0c-1",
    .name = (char *) name,
    .begun_us = G_GINT64_CONSTANT (1700000000123456),
    .directory = (char *) "/tmp/a\tb\n\xff/ä",
    .command = (char *) "convert {} {.}.png",
    .options = (char *) "",
    .inputs = (char *) "::: 'a b' \\x41",
  };
}

HeddleJournalRecord
test_start (guint32 seq, guint32 attempt)
{
  HeddleJournalRecord record = {
    .kind = HEDDLE_JOURNAL_START,
    .time_us = G_GINT64_CONSTANT (1700000001000000) + seq,
    .seq = seq,
    .attempt = attempt,
  };
  g_autofree char *command = test_command (seq);

  record.start.slot = 1 + seq % 4;
  record.start.command = heddle_hash_command (command, strlen (command));
  return record;
}

HeddleJournalRecord
test_end (guint32 seq, guint32 attempt, HeddleJobState state)
{
  HeddleJournalRecord record = {
    .kind = HEDDLE_JOURNAL_END,
    .time_us = G_GINT64_CONSTANT (1700000002000000) + seq,
    .seq = seq,
    .attempt = attempt,
  };

  record.end.state = state;
  record.end.exit_status = state == HEDDLE_JOB_STATE_DONE ? 0
    : state == HEDDLE_JOB_STATE_FAILED                    ? 3
                                                          : -1;
  record.end.signal = state == HEDDLE_JOB_STATE_TIMEOUT ? 15 : 0;
  record.end.cpu_ns = 1000 + seq;
  record.end.max_rss = 4096;
  record.end.output = seq;
  record.end.why = state == HEDDLE_JOB_STATE_SKIPPED ? "job 1\tfailed\n\xff" : NULL;
  return record;
}
