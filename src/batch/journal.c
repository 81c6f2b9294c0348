/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Writes a journal. A line is appended under one mutex by one write(), so lines of several threads
 * are whole and numbered in the order in which they stand, whatever the file system does with two
 * write() at once. When heddle_journal_append() returns, the kernel has the line: whatever happens
 * to this process, it is there. Against power loss there is a thread that calls fdatasync(), if
 * that is wanted: what was appended more than a second ago (and one fdatasync(), however long the
 * disk takes for that) is on the disk.
 *
 * No other process appends, because of the lock on the file. So a line of which the disk took only
 * a part is cut off again, and the journal can go on once there is room.
 */
#include "config.h"

#include "batch/journal.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gi18n-lib.h>
#include <pthread.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/futex.h"
#include "base/lock.h"
#include "batch/append.h"
#include "batch/batches.h"

#define SYNC_EVERY_NS G_GINT64_CONSTANT (1000000000)

static const HeddleJournalOptions defaults = {
  .most = HEDDLE_BATCHES_MOST,
  .most_bytes = HEDDLE_BATCHES_MOST_BYTES,
};

struct _HeddleJournal {
  char *path;
  int fd;
  gboolean sync; /* with the thread below */
  pthread_t sync_thread;

  pthread_mutex_t lock; /* held while a line is written; guards what follows */
  GString *line;
  guint64 lines;          /* in the file */
  guint64 size;           /* of the file: whole lines */
  int error;              /* errno: nothing can be appended any more; 0: none */
  gboolean is_dirty;      /* something was appended since the last fdatasync() began */
  gboolean quit;          /* the sync thread is to end */
  pthread_cond_t changed; /* is_dirty or quit became TRUE */
};

static void *
sync_thread (gpointer data)
{
  HeddleJournal *self = data;

  pthread_setname_np (pthread_self (), "journal-sync");
  pthread_mutex_lock (&self->lock);
  while (!self->quit)
    {
      gint64 next;
      int code;

      if (!self->is_dirty)
        {
          pthread_cond_wait (&self->changed, &self->lock);
          continue;
        }
      self->is_dirty = FALSE;
      next = g_get_monotonic_time () * 1000 + SYNC_EVERY_NS;
      pthread_mutex_unlock (&self->lock);
      code = fdatasync (self->fd) != 0 ? errno : 0;
      pthread_mutex_lock (&self->lock);
      if (code != 0)
        self->error = code;
      while (!self->quit && heddle_cond_wait_until (&self->changed, &self->lock, next))
        ;
    }
  pthread_mutex_unlock (&self->lock);
  return NULL;
}

static void
journal_free (HeddleJournal *self)
{
  if (self->fd >= 0)
    close (self->fd);
  pthread_cond_destroy (&self->changed);
  pthread_mutex_destroy (&self->lock);
  g_string_free (self->line, TRUE);
  g_free (self->path);
  g_free (self);
}

static HeddleJournal *
journal_new (const char *path, int fd)
{
  HeddleJournal *self = g_new0 (HeddleJournal, 1);

  self->path = g_strdup (path);
  self->fd = fd;
  self->line = g_string_new (NULL);
  pthread_mutex_init (&self->lock, NULL);
  heddle_cond_init (&self->changed);
  return self;
}

static void
set_write_error (HeddleJournal *self, int code, GError **error)
{
  heddle_set_append_error (error, code, self->path,
                           _("The journal of the batch could not be written"));
}

/* From here on fdatasync() is called, if that is wanted; also for the name of the file. */
static gboolean
begin_sync (HeddleJournal *self, gboolean sync, GError **error)
{
  int code = 0;

  if (!sync)
    return TRUE;
  if (fsync (self->fd) != 0)
    code = errno;
  else
    {
      g_autofree char *folder = g_path_get_dirname (self->path);
      int fd = open (folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

      if (fd < 0 || fsync (fd) != 0)
        code = errno;
      if (fd >= 0)
        close (fd);
    }
  if (code == 0)
    code = pthread_create (&self->sync_thread, NULL, sync_thread, self);
  self->sync = code == 0;
  if (code != 0)
    set_write_error (self, code, error);
  return code == 0;
}

/* Appends what stands in `line`: all of it or, if anything can be done about that, nothing. */
static int
append_line_locked (HeddleJournal *self)
{
  gsize written;
  int code = self->error;

  if (code != 0)
    return code;
  code = heddle_append (self->fd, self->line->str, self->line->len, &written);
  if (code == 0)
    {
      self->lines++;
      self->size += self->line->len;
    }
  else if (written > 0 && ftruncate (self->fd, (off_t) self->size) != 0)
    self->error = code; /* another line behind this part of one would be damage in the middle */
  if (code == 0 && self->sync && !self->is_dirty)
    {
      self->is_dirty = TRUE;
      pthread_cond_signal (&self->changed);
    }
  return code;
}

/**
 * heddle_journal_append:
 * @record: what is about to happen, or did
 * @error: (out): why its line is not there (#GFileError), with the file and what to do
 *
 * To be called before what it tells is shown, or done. Returns: whether the line is there: then the
 * end of this process, by whatever, loses nothing of it. If not, no part of it is, and what it
 * tells must not be done; it can be tried again once there is room. Any thread.
 */
gboolean
heddle_journal_append (HeddleJournal *self, const HeddleJournalRecord *record, GError **error)
{
  HEDDLE_AUTO_LOCK (&self->lock);
  int code;

  g_return_val_if_fail (record->kind == HEDDLE_JOURNAL_CLOSE || record->seq != 0, FALSE);
  g_return_val_if_fail (
    record->kind != HEDDLE_JOURNAL_END || record->end.state >= HEDDLE_JOB_STATE_DONE, FALSE);

  g_string_truncate (self->line, 0);
  heddle_journal_put_record (self->line, self->lines + 1, record);
  code = append_line_locked (self);
  if (code != 0)
    set_write_error (self, code, error);
  return code == 0;
}

static gboolean
write_header (HeddleJournal *self, const HeddleJournalHeader *header, GError **error)
{
  g_autofree char *id = header->id != NULL ? NULL : g_uuid_string_random ();
  HeddleJournalHeader copy = *header;
  HEDDLE_AUTO_LOCK (&self->lock);
  int code;

  if (id != NULL)
    copy.id = id;
  heddle_journal_put_header (self->line, &copy);
  if (self->line->len > HEDDLE_LINE_MOST)
    {
      g_set_error_literal (
        error, HEDDLE_JOURNAL_ERROR, HEDDLE_JOURNAL_ERROR_TOO_LONG,
        _ (
          "The command line of this batch is too long to be kept. Put its inputs into a file, and name that."));
      return FALSE;
    }
  code = append_line_locked (self);
  if (code != 0)
    set_write_error (self, code, error);
  return code == 0;
}

/* Why a journal could not be opened and locked. */
static void
set_open_error (int code, const char *path, const char *name, GError **error)
{
  if (code == EAGAIN)
    g_set_error (error, HEDDLE_JOURNAL_ERROR, HEDDLE_JOURNAL_ERROR_RUNNING,
                 _("The batch “%s” is running. Wait until it has ended, or stop it."), name);
  else
    heddle_set_append_error (error, code, path, _("The journal of the batch could not be opened"));
}

/* Returns: whether somebody has begun a batch in this file. A first line that was cut is none. */
static gboolean
is_begun (int fd)
{
  g_auto (HeddleLineReader) reader = { 0 };
  HeddleLine line;

  heddle_line_reader_init (&reader, fd);
  return (heddle_line_reader_next (&reader, &line) && line.whole) || reader.error != 0;
}

static gboolean
begin (HeddleJournal *self, const HeddleJournalHeader *header, gboolean sync, GError **error)
{
  if (is_begun (self->fd))
    {
      g_set_error (error, HEDDLE_JOURNAL_ERROR, HEDDLE_JOURNAL_ERROR_EXISTS,
                   _("There is a batch called “%s” already. Resume it, or choose another name."),
                   header->name);
      return FALSE;
    }
  if (ftruncate (self->fd, 0) != 0)
    {
      set_write_error (self, errno, error);
      return FALSE;
    }
  if (write_header (self, header, error) && begin_sync (self, sync, error))
    return TRUE;
  unlink (self->path); /* while the lock is held: nobody else has it */
  return FALSE;
}

/**
 * heddle_journal_create:
 * @folder: (type filename): where batches are; made if it is not there
 * @header: what the batch is; its `id` may be %NULL, then a random one is made
 * @options: (nullable): how it is kept; %NULL: without `sync`, and with the limits of batches.h
 * @error: (out): why it could not be begun (#GFileError or #HeddleJournalError), and what to do
 *
 * Begins the journal of a new batch and locks it. Then older batches are removed as
 * heddle_batches_prune() does; those that cannot be are left alone. Not the main loop.
 *
 * Returns: (transfer full) (nullable): the journal, to be ended by heddle_journal_close()
 */
HeddleJournal *
heddle_journal_create (const char *folder, const HeddleJournalHeader *header,
                       const HeddleJournalOptions *options, GError **error)
{
  g_autofree char *path = NULL;
  HeddleJournal *self;
  int fd;

  g_return_val_if_fail (folder != NULL && header != NULL, NULL);

  if (options == NULL)
    options = &defaults;
  if (!heddle_batch_name_check (header->name, error))
    return NULL;
  path = heddle_batch_dup_path (folder, header->name);
  fd = g_mkdir_with_parents (folder, 0700) == 0 ? heddle_batch_open_locked (path, TRUE) : -1;
  if (fd < 0)
    {
      set_open_error (errno, path, header->name, error);
      return NULL;
    }
  self = journal_new (path, fd);
  if (!begin (self, header, options->sync, error))
    {
      journal_free (self);
      return NULL;
    }
  heddle_batches_prune (folder, options->most, options->most_bytes, NULL);
  return self;
}

/* Behind the whole lines: what follows them never counted. */
static gboolean
take_up (HeddleJournal *self, const HeddleJournalContents *contents, gboolean sync, GError **error)
{
  struct stat info;

  self->lines = contents->lines;
  self->size = contents->bytes;
  if (fstat (self->fd, &info) != 0
      || ((guint64) info.st_size > contents->bytes
          && ftruncate (self->fd, (off_t) contents->bytes) != 0))
    {
      set_write_error (self, errno, error);
      return FALSE;
    }
  return begin_sync (self, sync, error);
}

/**
 * heddle_journal_go_on:
 * @folder: (type filename): where batches are
 * @name: of a batch
 * @sync: as in #HeddleJournalOptions
 * @contents: (out) (transfer full): what the journal says so far
 * @error: (out): why it could not be opened (#GFileError or #HeddleJournalError), and what to do
 *
 * Locks the journal of a batch, reads it, cuts off a last line that is none, and appends from there
 * on. Not the main loop.
 *
 * Returns: (transfer full) (nullable): the journal, to be ended by heddle_journal_close()
 */
HeddleJournal *
heddle_journal_go_on (const char *folder, const char *name, gboolean sync,
                      HeddleJournalContents **contents, GError **error)
{
  g_autoptr (HeddleJournalContents) read = NULL;
  g_autofree char *path = NULL;
  HeddleJournal *self;
  int fd;

  if (!heddle_batch_name_check (name, error))
    return NULL;
  path = heddle_batch_dup_path (folder, name);
  fd = heddle_batch_open_locked (path, FALSE);
  if (fd < 0 && errno == ENOENT)
    heddle_batch_set_not_there (error, name);
  else if (fd < 0)
    set_open_error (errno, path, name, error);
  if (fd < 0)
    return NULL;
  self = journal_new (path, fd);
  read = heddle_journal_read_fd (fd, path, NULL, NULL, error);
  if (read != NULL && read->lines == 0)
    heddle_batch_set_not_there (error, name);
  else if (read != NULL && take_up (self, read, sync, error))
    {
      *contents = g_steal_pointer (&read);
      return self;
    }
  journal_free (self);
  return NULL;
}

/**
 * heddle_journal_close:
 * @self: (transfer full): a journal to which nobody appends any more
 * @error: (out): why the disk may not have all of it (#GFileError)
 *
 * Gives up the lock. That a batch ended is told before, by %HEDDLE_JOURNAL_CLOSE. Returns: whether
 * all is well
 */
gboolean
heddle_journal_close (HeddleJournal *self, GError **error)
{
  int code = 0;

  if (self->sync)
    {
      pthread_mutex_lock (&self->lock);
      self->quit = TRUE;
      pthread_cond_signal (&self->changed);
      pthread_mutex_unlock (&self->lock);
      pthread_join (self->sync_thread, NULL);
      code = fdatasync (self->fd) != 0 ? errno : self->error;
    }
  if (close (self->fd) != 0 && code == 0)
    code = errno;
  self->fd = -1;
  if (code != 0)
    set_write_error (self, code, error);
  journal_free (self);
  return code == 0;
}
