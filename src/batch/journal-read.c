/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <errno.h>
#include <glib/gi18n-lib.h>
#include <inttypes.h>
#include <unistd.h>

#include "batch/append.h"
#include "batch/batches.h"
#include "batch/journal.h"

/**
 * heddle_journal_error_quark:
 *
 * Returns: the domain of errors of journals that are none of the system. Any thread.
 */
G_DEFINE_QUARK (heddle - journal - error - quark, heddle_journal_error)

static void
set_state (HeddleJournalContents *self, HeddleSeqEntry *entry, HeddleJobState state)
{
  if (entry->state != HEDDLE_JOB_STATE_NONE)
    self->counts.jobs[entry->state]--;
  self->counts.jobs[state]++;
  entry->state = (guint8) state;
}

static void
apply_start (HeddleJournalContents *self, const HeddleJournalRecord *record)
{
  HeddleSeqEntry *entry = heddle_seq_table_at (&self->jobs, record->seq);

  set_state (self, entry, HEDDLE_JOB_STATE_IN_HAND);
  entry->command = record->start.command;
  entry->attempt = record->attempt;
  entry->exit_status = -1;
  entry->signal = 0;
}

/* The end of an attempt after which another one was started says nothing of that one. */
static void
apply_end (HeddleJournalContents *self, const HeddleJournalRecord *record)
{
  HeddleSeqEntry *entry = heddle_seq_table_at (&self->jobs, record->seq);

  if (record->attempt != 0 && record->attempt < entry->attempt)
    return;
  set_state (self, entry, record->end.state);
  entry->attempt = MAX (entry->attempt, record->attempt);
  entry->exit_status = (gint16) record->end.exit_status;
  entry->signal = (guint8) record->end.signal;
}

static void
apply (HeddleJournalContents *self, const HeddleJournalRecord *record)
{
  self->is_closed = record->kind == HEDDLE_JOURNAL_CLOSE;
  self->last_us = record->time_us;
  if (record->kind == HEDDLE_JOURNAL_START)
    apply_start (self, record);
  else if (record->kind == HEDDLE_JOURNAL_END)
    apply_end (self, record);
}

static void
set_damaged (GError **error, const char *path, guint64 line)
{
  g_autofree char *shown = g_filename_display_name (path);

  if (line == 1)
    g_set_error (
      error, HEDDLE_JOURNAL_ERROR, HEDDLE_JOURNAL_ERROR_DAMAGED,
      _ (
        "“%s” is no journal of a batch, or its first line is damaged. Remove the file, and begin the batch again under this name."),
      shown);
  else
    /* Translators: head -n is a command */
    g_set_error (
      error, HEDDLE_JOURNAL_ERROR, HEDDLE_JOURNAL_ERROR_DAMAGED,
      _ (
        "The journal “%s” is damaged: line %" PRIu64
        " is not what Heddle wrote. To go on from what is before it, keep a copy of the file and only its first lines (head -n %" PRIu64
        "); what ended later will run again."),
      shown, (uint64_t) line, (uint64_t) line - 1);
}

static gboolean
read_header (HeddleJournalContents *self, const HeddleLine *line, const char *path, GError **error)
{
  g_autofree char *shown = NULL;

  switch (heddle_journal_parse_header (line, &self->header))
    {
    case HEDDLE_JOURNAL_LINE_GOOD:
      self->last_us = self->header.begun_us;
      return TRUE;
    case HEDDLE_JOURNAL_LINE_NEWER:
      shown = g_filename_display_name (path);
      g_set_error (
        error, HEDDLE_JOURNAL_ERROR, HEDDLE_JOURNAL_ERROR_NEWER,
        _ (
          "The journal “%s” was written by a later version of Heddle. Use that version, or begin a new batch under another name."),
        shown);
      return FALSE;
    case HEDDLE_JOURNAL_LINE_DAMAGED:
    default:
      set_damaged (error, path, 1);
      return FALSE;
    }
}

/* Returns: whether the file may be read on. */
static gboolean
read_line (HeddleJournalContents *self, const HeddleLine *line, GString *texts,
           HeddleJournalVisit visit, gpointer data)
{
  HeddleJournalRecord record;
  guint64 number;

  if (heddle_journal_parse_record (line, texts, &number, &record) != HEDDLE_JOURNAL_LINE_GOOD)
    {
      self->is_cut = TRUE;
      return TRUE;
    }
  if (self->is_cut || number != self->lines + 1)
    return FALSE;
  apply (self, &record);
  if (visit != NULL)
    visit (&record, data);
  return TRUE;
}

/* A line that is none is the end of what counts, unless one that is one follows. */
static gboolean
read_lines (HeddleJournalContents *self, HeddleLineReader *reader, const char *path,
            HeddleJournalVisit visit, gpointer data, GError **error)
{
  GString *texts = g_string_new (NULL);
  HeddleLine line;
  gboolean good = TRUE;

  while (good && heddle_line_reader_next (reader, &line))
    {
      if (self->lines == 0 && !line.whole)
        self->is_cut = TRUE;
      else if (self->lines == 0)
        good = read_header (self, &line, path, error);
      else if (!(good = read_line (self, &line, texts, visit, data)))
        set_damaged (error, path, self->lines + 1);
      if (good && !self->is_cut)
        {
          self->lines++;
          self->bytes += line.length + 1;
        }
    }
  g_string_free (texts, TRUE);
  return good;
}

/**
 * heddle_journal_read_fd:
 * @fd: (transfer none): where to read
 * @path: what to call it in @error
 * @visit: (nullable) (scope call): gets each line but the first one
 * @data: for @visit
 * @error: (out): why it cannot be read (#GFileError or #HeddleJournalError), and what to do
 *
 * Reads a journal of any size, in about a second for some million lines; it may be written
 * meanwhile. In memory there are the jobs (see #HeddleSeqTable) and one line. One thread, not the
 * main loop.
 *
 * A last line that is cut or damaged counts as not there; where a line that is whole follows a
 * damaged one, or a line is missing, that is an error.
 *
 * Returns: (transfer full) (nullable): what it says, to be freed by heddle_journal_contents_free()
 */
HeddleJournalContents *
heddle_journal_read_fd (int fd, const char *path, HeddleJournalVisit visit, gpointer data,
                        GError **error)
{
  g_autoptr (HeddleJournalContents) self = g_new0 (HeddleJournalContents, 1);
  g_auto (HeddleLineReader) reader = { 0 };

  heddle_seq_table_init (&self->jobs);
  heddle_line_reader_init (&reader, fd);
  if (!read_lines (self, &reader, path, visit, data, error))
    return NULL;
  if (reader.error == 0)
    return g_steal_pointer (&self);
  heddle_set_append_error (error, reader.error, path, _("The journal could not be read"));
  return NULL;
}

/**
 * heddle_journal_read:
 * @folder: (type filename): where batches are
 * @name: of a batch
 * @visit: (nullable) (scope call): gets each line but the first one
 * @data: for @visit
 * @error: (out): why it cannot be read (#GFileError or #HeddleJournalError), and what to do
 *
 * As heddle_journal_read_fd().
 *
 * Returns: (transfer full) (nullable): what it says
 */
HeddleJournalContents *
heddle_journal_read (const char *folder, const char *name, HeddleJournalVisit visit, gpointer data,
                     GError **error)
{
  g_autofree char *path = NULL;
  HeddleJournalContents *self = NULL;
  int fd;

  if (!heddle_batch_name_check (name, error))
    return NULL;
  path = heddle_batch_dup_path (folder, name);
  fd = heddle_batch_open (path);
  if (fd >= 0)
    {
      self = heddle_journal_read_fd (fd, path, visit, data, error);
      close (fd);
    }
  else if (errno == ENOENT)
    heddle_batch_set_not_there (error, name);
  else
    heddle_set_append_error (error, errno, path, _("The journal could not be read"));
  return self;
}

/**
 * heddle_journal_contents_free:
 * @self: (transfer full): what a journal said
 */
void
heddle_journal_contents_free (HeddleJournalContents *self)
{
  heddle_journal_header_clear (&self->header);
  heddle_seq_table_clear (&self->jobs);
  g_free (self);
}
