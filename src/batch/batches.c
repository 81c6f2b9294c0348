/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The lock is one of the open file description (F_OFD_SETLK): as that of flock() it goes with the
 * process that holds it, by whatever end. Unlike flock() it can be asked for without being taken
 * (F_OFD_GETLK), so that listing batches never makes somebody who resumes one believe that it runs.
 */
#include "config.h"

#include "batch/batches.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gi18n-lib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "batch/append.h"
#include "batch/journal.h"

#define SUFFIX     ".journal"
#define MOST_NAME  200  /* bytes: a file name has at most 255 */
#define MOST_TRIES 100  /* at a file that others remove and make */
#define TAIL_ROOM  1024 /* more than the line has that closes a journal */

/**
 * heddle_batches_dup_folder:
 *
 * Returns: (transfer full) (type filename): where batches are kept: $XDG_STATE_HOME/heddle/batches.
 * Any thread.
 */
char *
heddle_batches_dup_folder (void)
{
  return g_build_filename (g_get_user_state_dir (), "heddle", "batches", NULL);
}

/**
 * heddle_batch_name_check:
 * @name: (nullable): what a batch is to be called
 * @error: (out): why it cannot be (#HeddleJournalError), and what it can be
 *
 * Returns: whether a batch can have this name. Any thread.
 */
gboolean
heddle_batch_name_check (const char *name, GError **error)
{
  g_autofree char *shown = g_utf8_make_valid (name != NULL ? name : "", -1);
  gboolean good = name != NULL && *name != '\0' && *name != '.' && strlen (name) <= MOST_NAME
    && g_utf8_validate (name, -1, NULL);

  for (const char *at = name; good && *at != '\0'; at = g_utf8_next_char (at))
    good = *at != '/' && !g_unichar_iscntrl (g_utf8_get_char (at));
  if (!good)
    g_set_error (
      error, HEDDLE_JOURNAL_ERROR, HEDDLE_JOURNAL_ERROR_NAME,
      _ (
        "A batch cannot be called “%s”. Choose a name of 1 to 200 bytes without “/” that does not begin with a full stop."),
      shown);
  return good;
}

/**
 * heddle_batch_dup_path:
 *
 * Returns: (transfer full) (type filename): the journal of batch @name in @folder. Any thread.
 */
char *
heddle_batch_dup_path (const char *folder, const char *name)
{
  g_autofree char *file = g_strconcat (name, SUFFIX, NULL);

  return g_build_filename (folder, file, NULL);
}

/**
 * heddle_batch_set_not_there:
 *
 * Sets %HEDDLE_JOURNAL_ERROR_NOT_THERE: there is no batch @name. Any thread.
 */
void
heddle_batch_set_not_there (GError **error, const char *name)
{
  g_set_error (
    error, HEDDLE_JOURNAL_ERROR, HEDDLE_JOURNAL_ERROR_NOT_THERE,
    _("There is no batch called “%s”. Look at the list of batches; the oldest ones are removed."),
    name);
}

/* Returns: @fd if it is a file; else -1, with errno, and it is closed. */
static int
only_file (int fd)
{
  struct stat info;

  if (fd < 0 || (fstat (fd, &info) == 0 && S_ISREG (info.st_mode)))
    return fd;
  close (fd);
  errno = EINVAL;
  return -1;
}

/**
 * heddle_batch_open:
 * @path: (type filename): a journal
 *
 * Returns: a descriptor to read it; -1 with errno
 */
int
heddle_batch_open (const char *path)
{
  return only_file (open (path, O_RDONLY | O_CLOEXEC | O_NONBLOCK));
}

static int
lock_call (int fd, int what, struct flock *range)
{
  *range = (struct flock){ .l_type = F_WRLCK, .l_whence = SEEK_SET };
  return fcntl (fd, what, range);
}

static gboolean
is_locked (int fd)
{
  struct flock range;

  return lock_call (fd, F_OFD_GETLK, &range) == 0 && range.l_type != F_UNLCK;
}

/* Whether what stands at @path is what was opened: somebody may have removed it before it was
 * locked. */
static gboolean
is_at (int fd, const char *path)
{
  struct stat ours, there;

  return fstat (fd, &ours) == 0 && stat (path, &there) == 0 && ours.st_ino == there.st_ino
    && ours.st_dev == there.st_dev;
}

/**
 * heddle_batch_open_locked:
 * @path: (type filename): a journal
 * @create: make it if it is not there
 *
 * Returns: a descriptor to read it and append to it, which no other process has until it is closed;
 * -1 with errno, EAGAIN if another one has it
 */
int
heddle_batch_open_locked (const char *path, gboolean create)
{
  int flags = O_RDWR | O_APPEND | O_CLOEXEC | O_NONBLOCK | (create ? O_CREAT : 0);
  struct flock range;

  for (guint i = 0; i < MOST_TRIES; i++)
    {
      int fd = only_file (open (path, flags, 0600)), code;

      if (fd < 0)
        return -1;
      code = lock_call (fd, F_OFD_SETLK, &range) != 0 ? errno : 0;
      if (code == 0 && is_at (fd, path))
        return fd;
      close (fd);
      if (code != 0)
        {
          errno = code == EACCES ? EAGAIN : code;
          return -1;
        }
    }
  errno = EAGAIN;
  return -1;
}

/* What the last line says if it closes the batch. */
static gboolean
read_close (int fd, guint64 size, HeddleJournalRecord *record)
{
  char tail[TAIL_ROOM];
  gsize length = MIN (size, sizeof tail);
  HeddleLine line = { .text = tail, .whole = TRUE };
  const char *before;
  GString *texts;
  guint64 number;
  gboolean closed;

  if (length < 2 || pread (fd, tail, length, (off_t) (size - length)) != (gssize) length
      || tail[length - 1] != '\n')
    return FALSE;
  before = memrchr (tail, '\n', length - 1);
  line.text = before != NULL ? before + 1 : tail;
  line.length = (gsize) (tail + length - 1 - line.text);
  texts = g_string_new (NULL);
  closed = heddle_journal_parse_record (&line, texts, &number, record) == HEDDLE_JOURNAL_LINE_GOOD
    && record->kind == HEDDLE_JOURNAL_CLOSE;
  g_string_free (texts, TRUE);
  return closed;
}

/* Returns: whether it is a batch: what nobody has begun yet is none. */
static gboolean
read_contents (HeddleBatchInfo *self, int fd, const char *path)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (HeddleJournalContents) contents =
    heddle_journal_read_fd (fd, path, NULL, NULL, &error);

  if (contents == NULL)
    {
      self->problem = g_strdup (error->message);
      return TRUE;
    }
  self->begun_us = contents->header.begun_us;
  self->last_us = contents->last_us;
  self->is_closed = contents->is_closed;
  self->counts = contents->counts;
  return contents->lines > 0;
}

/* Of a batch that ended only the first and the last line are read. */
static gboolean
read_ends (HeddleBatchInfo *self, int fd)
{
  g_auto (HeddleLineReader) reader = { 0 };
  HeddleJournalHeader header = { 0 };
  HeddleJournalRecord record;
  HeddleLine line;
  gboolean good;

  if (!read_close (fd, self->bytes, &record))
    return FALSE;
  heddle_line_reader_init (&reader, fd);
  good = heddle_line_reader_next (&reader, &line)
    && heddle_journal_parse_header (&line, &header) == HEDDLE_JOURNAL_LINE_GOOD;
  self->begun_us = header.begun_us;
  self->last_us = record.time_us;
  self->is_closed = TRUE;
  self->counts = record.close;
  heddle_journal_header_clear (&header);
  return good;
}

/* Returns: (nullable): the batch at @path */
static HeddleBatchInfo *
info_new (const char *path, const char *name)
{
  int fd = heddle_batch_open (path);
  HeddleBatchInfo *self;
  struct stat info;
  gboolean begun = TRUE;

  if (fd < 0 && errno == ENOENT)
    return NULL;
  self = g_new0 (HeddleBatchInfo, 1);
  self->name = g_strdup (name);
  if (fd < 0 || fstat (fd, &info) != 0)
    {
      g_autoptr (GError) error = NULL;

      heddle_set_append_error (&error, errno, path, _("The journal could not be read"));
      self->problem = g_strdup (error->message);
      return self;
    }
  self->bytes = (guint64) info.st_size;
  self->is_running = is_locked (fd);
  if (!read_ends (self, fd))
    {
      lseek (fd, 0, SEEK_SET);
      self->is_closed = FALSE;
      begun = read_contents (self, fd, path);
    }
  close (fd);
  if (!begun)
    g_clear_pointer (&self, heddle_batch_info_free);
  return self;
}

/* Names of batches that have a file; %NULL with @error. No folder is no batch. */
static GPtrArray *
list_names (const char *folder, GError **error)
{
  g_autoptr (GError) local = NULL;
  g_autoptr (GPtrArray) names = g_ptr_array_new_with_free_func (g_free);
  GDir *dir = g_dir_open (folder, 0, &local);
  const char *file;

  if (dir == NULL && !g_error_matches (local, G_FILE_ERROR, G_FILE_ERROR_NOENT))
    {
      g_propagate_error (error, g_steal_pointer (&local));
      return NULL;
    }
  while (dir != NULL && (file = g_dir_read_name (dir)) != NULL)
    if (g_str_has_suffix (file, SUFFIX))
      {
        g_autofree char *name = g_strndup (file, strlen (file) - strlen (SUFFIX));

        if (heddle_batch_name_check (name, NULL))
          g_ptr_array_add (names, g_steal_pointer (&name));
      }
  g_clear_pointer (&dir, g_dir_close);
  return g_steal_pointer (&names);
}

static int
compare_begun (gconstpointer a, gconstpointer b)
{
  const HeddleBatchInfo *one = *(HeddleBatchInfo *const *) a,
                        *other = *(HeddleBatchInfo *const *) b;

  if (one->begun_us != other->begun_us)
    return one->begun_us < other->begun_us ? 1 : -1;
  return strcmp (one->name, other->name);
}

/**
 * heddle_batches_list:
 * @folder: (type filename): where batches are
 * @error: (out): why it cannot be read (#GFileError)
 *
 * Takes no lock and changes nothing. A batch that ended takes two reads; one that runs or was
 * broken off is read whole, in about a second for some million lines.
 *
 * Returns: (transfer container) (element-type HeddleBatchInfo) (nullable): all batches, the one
 * that was begun last first
 */
GPtrArray *
heddle_batches_list (const char *folder, GError **error)
{
  g_autoptr (GPtrArray) names = list_names (folder, error);
  GPtrArray *all;

  if (names == NULL)
    return NULL;
  all = g_ptr_array_new_with_free_func ((GDestroyNotify) heddle_batch_info_free);
  for (guint i = 0; i < names->len; i++)
    {
      g_autofree char *path = heddle_batch_dup_path (folder, names->pdata[i]);
      HeddleBatchInfo *info = info_new (path, names->pdata[i]);

      if (info != NULL)
        g_ptr_array_add (all, info);
    }
  g_ptr_array_sort (all, compare_begun);
  return all;
}

/**
 * heddle_batch_info_free:
 * @self: (transfer full): a batch of a list
 */
void
heddle_batch_info_free (HeddleBatchInfo *self)
{
  g_free (self->name);
  g_free (self->problem);
  g_free (self);
}

/* What is looked at before something is removed. */
typedef struct {
  char *path;
  guint64 bytes;
  struct timespec written; /* last */
  gboolean is_running;
  gboolean is_closed;
} Kept;

static void
kept_free (Kept *self)
{
  g_free (self->path);
  g_free (self);
}

static Kept *
kept_new (char *path)
{
  int fd = heddle_batch_open (path);
  HeddleJournalRecord record;
  struct stat info;
  Kept *self = g_new0 (Kept, 1);

  self->path = path;
  if (fd >= 0 && fstat (fd, &info) == 0)
    {
      self->bytes = (guint64) info.st_size;
      self->written = info.st_mtim;
      self->is_running = is_locked (fd);
      self->is_closed = read_close (fd, self->bytes, &record);
    }
  if (fd >= 0)
    close (fd);
  return self;
}

/* What goes first stands first. */
static int
compare_kept (gconstpointer a, gconstpointer b)
{
  const Kept *one = *(Kept *const *) a, *other = *(Kept *const *) b;

  if (one->is_closed != other->is_closed)
    return one->is_closed ? -1 : 1;
  if (one->written.tv_sec != other->written.tv_sec)
    return one->written.tv_sec < other->written.tv_sec ? -1 : 1;
  if (one->written.tv_nsec != other->written.tv_nsec)
    return one->written.tv_nsec < other->written.tv_nsec ? -1 : 1;
  return strcmp (one->path, other->path);
}

/* Returns: 0, or errno; EAGAIN: it runs. */
static int
remove_kept (const Kept *kept)
{
  int fd = heddle_batch_open_locked (kept->path, FALSE), code;

  if (fd < 0)
    return errno == ENOENT ? 0 : errno;
  code = unlink (kept->path) != 0 ? errno : 0;
  close (fd);
  return code;
}

/**
 * heddle_batches_prune:
 * @folder: (type filename): where batches are
 * @most: so many are kept
 * @most_bytes: so many bytes all together
 * @error: (out): why some could not be removed (#GFileError); the others are
 *
 * Removes batches until no more than @most are left and they take no more than @most_bytes: first
 * those that ended, then those that were broken off, of each the one that was written longest ago
 * first. A batch that runs counts, but is never removed.
 *
 * Returns: whether the limits hold, as far as the batches that run let them
 */
gboolean
heddle_batches_prune (const char *folder, guint most, guint64 most_bytes, GError **error)
{
  g_autoptr (GPtrArray) names = list_names (folder, error);
  g_autoptr (GPtrArray) all = g_ptr_array_new_with_free_func ((GDestroyNotify) kept_free);
  guint64 bytes = 0;
  guint n;
  int failed = 0;

  if (names == NULL)
    return FALSE;
  for (guint i = 0; i < names->len; i++)
    g_ptr_array_add (all, kept_new (heddle_batch_dup_path (folder, names->pdata[i])));
  g_ptr_array_sort (all, compare_kept);
  for (guint i = 0; i < all->len; i++)
    bytes += ((Kept *) all->pdata[i])->bytes;
  n = all->len;
  for (guint i = 0; i < all->len && (n > most || bytes > most_bytes); i++)
    {
      const Kept *kept = all->pdata[i];
      int code = kept->is_running ? EAGAIN : remove_kept (kept);

      if (code == 0)
        {
          n--;
          bytes -= kept->bytes;
        }
      else if (code != EAGAIN)
        failed = code;
    }
  if (failed != 0)
    heddle_set_append_error (error, failed, folder, _("An old batch could not be removed"));
  return failed == 0;
}
