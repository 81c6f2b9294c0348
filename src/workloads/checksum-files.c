/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gi18n-lib.h>
#include <linux/magic.h>
#include <openssl/evp.h>
#include <pthread.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>

#include "base/descriptor.h"
#include "engine/model/skipped.h"
#include "engine/run/producer.h"
#include "engine/task/task.h"
#include "workloads/file-tree.h"
#include "workloads/list.h"

/*
 * SHA-256 of every regular file below a folder, as `find -type f` finds them and `sha256sum`
 * hashes them.
 *
 * Files are read with read(), not mapped: a mapped file that shrinks kills the program that reads
 * it. A file that grows is hashed to its end, as sha256sum does; one that became shorter is an
 * error. Files without an end (/proc/PID/pagemap) claim a size of 0, but so do many files of the
 * kernel that have one: of such a file at most UNSIZED_LIMIT is read. A folder that could not be
 * read is a task too, with a slash at the end of its input; it fails with the reason.
 */
#define BLOCK (256 * 1024)
#define SHA256_BYTES 32
#define UNSIZED_LIMIT_MIB 64
#define UNSIZED_LIMIT (UNSIZED_LIMIT_MIB * 1024ull * 1024)

typedef struct {
  int root;    /* descriptor of the folder */
  EVP_MD *md;  /* fetched once: looking it up costs more than hashing a short file */
} Checksum;

/* What a worker reuses for every file. */
typedef struct {
  EVP_MD_CTX *context;
  guint8 block[BLOCK];
} Scratch;

static const HeddleParam params[] = {
  { .name = "folder", .label = N_("Folder"), .type = HEDDLE_PARAM_FOLDER, .initial = "/usr/share",
    .description = N_("Folder whose regular files are read, with those in its subfolders.") },
};

static pthread_key_t scratch_key;
static pthread_once_t scratch_once = PTHREAD_ONCE_INIT;

static void
scratch_free (gpointer data)
{
  Scratch *self = data;

  EVP_MD_CTX_free (self->context);
  g_free (self);
}

static void
scratch_init_key (void)
{
  if (pthread_key_create (&scratch_key, scratch_free) != 0)
    g_error ("no thread-specific key is left");
}

/* The calling thread's own; freed when the thread ends. */
static Scratch *
scratch_get (void)
{
  Scratch *self;

  pthread_once (&scratch_once, scratch_init_key);
  self = pthread_getspecific (scratch_key);
  if (self == NULL)
    {
      self = g_malloc (sizeof (Scratch));
      self->context = EVP_MD_CTX_new ();
      pthread_setspecific (scratch_key, self);
    }
  return self;
}

static void
set_open_error (GError **error, const char *folder, int code)
{
  g_autofree char *shown = g_filename_display_name (folder);

  if (code == ENOENT)
    g_set_error (error, HEDDLE_ERROR, HEDDLE_ERROR_USAGE,
                 _("The folder “%s” does not exist. Choose another folder."), shown);
  else if (code == ENOTDIR)
    g_set_error (error, HEDDLE_ERROR, HEDDLE_ERROR_USAGE,
                 _("“%s” is not a folder. Choose the folder that contains it."), shown);
  else
    g_set_error (
      error, HEDDLE_ERROR, HEDDLE_ERROR_IO,
      _("The folder “%s” cannot be opened: %s. Choose another folder, or ask for access to this one."),
      shown, g_strerror (code));
}

static void
checksum_close (gpointer data)
{
  Checksum *self = data;

  heddle_clear_fd (&self->root);
  EVP_MD_free (self->md);
  g_free (self);
}

static gpointer
checksum_open (const HeddleSettings *settings, GError **error)
{
  const char *folder = heddle_settings_get (settings, "folder");
  Checksum *self = g_new0 (Checksum, 1);

  self->root = open (folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (self->root < 0)
    {
      set_open_error (error, folder, errno);
      checksum_close (self);
      return NULL;
    }
  self->md = EVP_MD_fetch (NULL, "SHA256", NULL);
  if (self->md == NULL)
    {
      g_set_error_literal (error, HEDDLE_ERROR, HEDDLE_ERROR_START,
                           _("SHA-256 is disabled in the OpenSSL library of this computer. Check its configuration (openssl.cnf)."));
      checksum_close (self);
      return NULL;
    }
  return self;
}

typedef struct {
  HeddleProducer *producer;
  guint64 n_tasks;
  gboolean stopped;
} Found;

static gboolean
submit_found (HeddleFound what, const char *path, gpointer data)
{
  static const HeddleSkipped skipped[] = {
    [HEDDLE_FOUND_SYMBOLIC_LINK] = HEDDLE_SKIPPED_SYMBOLIC_LINK,
    [HEDDLE_FOUND_FIFO] = HEDDLE_SKIPPED_FIFO,
    [HEDDLE_FOUND_SOCKET] = HEDDLE_SKIPPED_SOCKET,
    [HEDDLE_FOUND_DEVICE] = HEDDLE_SKIPPED_DEVICE,
    [HEDDLE_FOUND_OTHER] = HEDDLE_SKIPPED_OTHER,
  };
  Found *found = data;
  g_autofree char *folder = NULL;

  if (what != HEDDLE_FOUND_FILE && what != HEDDLE_FOUND_UNREADABLE_FOLDER)
    {
      heddle_producer_skip (found->producer, skipped[what]);
      return !heddle_producer_is_stopped (found->producer);
    }
  if (what == HEDDLE_FOUND_UNREADABLE_FOLDER)
    path = folder = g_strconcat (*path != '\0' ? path : ".", "/", NULL);
  found->stopped = !heddle_producer_submit (found->producer, path, -1);
  found->n_tasks += !found->stopped;
  return !found->stopped;
}

static gboolean
checksum_produce (gpointer data, HeddleProducer *producer, GError **error)
{
  const Checksum *self = data;
  Found found = { .producer = producer };

  heddle_file_tree_walk (self->root, submit_found, &found);
  if (!found.stopped)
    heddle_producer_set_total (producer, found.n_tasks);
  return TRUE;
}

/* A folder that the walk could not read: opens it again to learn why. */
static void
fail_folder (const Checksum *self, HeddleTask *task, const char *path)
{
  g_autofree char *folder = g_strndup (path, strlen (path) - 1);
  int fd =
    heddle_file_tree_open (self->root, folder, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);

  if (fd < 0)
    {
      heddle_task_fail (task, _("Folder not read: %s"), g_strerror (errno));
      return;
    }
  close (fd);
  heddle_task_fail_literal (
    task,
    _("The folder was not read, or not to its end, during the search. It can be opened now: run this again"));
}

/* Returns a descriptor, or -1: the task has failed. */
static int
open_file (const Checksum *self, HeddleTask *task, const char *path, struct stat *status)
{
  /* not blocking: what was a file may have become a pipe without a writer */
  int fd = heddle_file_tree_open (self->root, path,
                                  O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);

  if (fd < 0)
    {
      heddle_task_fail_literal (task, g_strerror (errno));
      return -1;
    }
  if (fstat (fd, status) != 0)
    heddle_task_fail_literal (task, g_strerror (errno));
  else if (!S_ISREG (status->st_mode))
    heddle_task_fail_literal (task, _("No longer a regular file"));
  else
    return fd;
  close (fd);
  return -1;
}

/*
 * The file ended before the size it had. The files of /sys always do that (they claim 4096 bytes);
 * a file that was cut has another size or time now.
 */
static gboolean
was_cut (int fd, const struct stat *before)
{
  struct stat now;

  return fstat (fd, &now) != 0 || now.st_size != before->st_size
    || now.st_mtim.tv_sec != before->st_mtim.tv_sec
    || now.st_mtim.tv_nsec != before->st_mtim.tv_nsec;
}

/*
 * Whether to give up a file of which so much has been read without reaching its end: not if it has
 * grown meanwhile and has a size. In /proc a size means nothing: that of /proc/kcore is 128 TiB.
 */
static gboolean
has_no_end (int fd, unsigned long long done)
{
  struct statfs system;
  struct stat now;

  if (done < UNSIZED_LIMIT || fstat (fd, &now) != 0)
    return FALSE;
  return now.st_size == 0 || (fstatfs (fd, &system) == 0 && system.f_type == PROC_SUPER_MAGIC);
}

static void
fail_reading (HeddleTask *task, int code)
{
  if (code == EAGAIN)
    heddle_task_fail_literal (
      task, _("Not read: the file has no data now, and reading it would wait for some"));
  else
    heddle_task_fail_literal (task, g_strerror (code));
}

/* FALSE: the task has failed or is cancelled. */
static gboolean
hash_file (const Checksum *self, HeddleTask *task, Scratch *scratch, int fd,
           const struct stat *status)
{
  unsigned long long size = (unsigned long long) status->st_size;
  unsigned long long done = 0, next_look = UNSIZED_LIMIT;
  gssize n;
  int error;

  if (size > BLOCK)
    posix_fadvise (fd, 0, 0, POSIX_FADV_SEQUENTIAL);
  EVP_DigestInit_ex2 (scratch->context, self->md, NULL);
  while (!heddle_task_is_cancelled (task))
    {
      heddle_task_begin_io (task);
      n = read (fd, scratch->block, BLOCK);
      error = errno;
      heddle_task_end_io (task);
      if (n < 0 && error == EINTR)
        continue;
      if (n < 0)
        {
          fail_reading (task, error);
          return FALSE;
        }
      if (n == 0 && done < size && was_cut (fd, status))
        {
          heddle_task_fail (
            task, _("The file became shorter while it was read (%llu of %llu bytes)"), done, size);
          return FALSE;
        }
      if (n == 0)
        return TRUE;
      EVP_DigestUpdate (scratch->context, scratch->block, (gsize) n);
      done += (unsigned long long) n;
      if (done >= next_look && has_no_end (fd, done))
        {
          heddle_task_fail (
            task,
            _("Not read to its end: the system does not tell the size, and the file has more than %d MiB"),
            UNSIZED_LIMIT_MIB);
          return FALSE;
        }
      if (done >= next_look)
        next_look = done + UNSIZED_LIMIT;
      if (size > BLOCK)
        heddle_task_set_progress (task, MIN ((double) done / (double) size, 1));
    }
  return FALSE;
}

static void
return_digest (HeddleTask *task, Scratch *scratch)
{
  static const char digits[] = "0123456789abcdef";
  guint8 digest[EVP_MAX_MD_SIZE];
  char text[SHA256_BYTES * 2];

  EVP_DigestFinal_ex (scratch->context, digest, NULL);
  for (guint i = 0; i < SHA256_BYTES; i++)
    {
      text[i * 2] = digits[digest[i] >> 4];
      text[i * 2 + 1] = digits[digest[i] & 15];
    }
  heddle_task_return_text (task, text, sizeof text);
}

static void
checksum_execute (gpointer data, HeddleTask *task)
{
  const Checksum *self = data;
  Scratch *scratch;
  struct stat status;
  const char *path;
  gsize length;
  int fd;

  path = heddle_task_get_input (task, &length);
  if (length > 0 && path[length - 1] == '/')
    {
      fail_folder (self, task, path);
      return;
    }
  fd = open_file (self, task, path, &status);
  if (fd < 0)
    return;
  scratch = scratch_get ();
  if (hash_file (self, task, scratch, fd, &status))
    return_digest (task, scratch);
  close (fd);
}

const HeddleWorkload heddle_workload_checksum_files = {
  .id = "checksum-files",
  .name = N_("Checksum files"),
  .summary = N_("SHA-256 of every file below a folder: reading waits, hashing computes."),
  .badge = N_("I/O + CPU"),
  .about = N_("A checksum is a short fingerprint of a file: if one byte changes, the checksum changes. Here the SHA-256 checksum of every file in the folder "
              "and its subfolders is computed, as the program sha256sum does. One thread, the producer, searches the folder and puts the files it finds into the queue; the workers take them from the queue, read them and compute.\n"
              "\n"
              "What to look for: reading waits for the disk (input and output, I/O for short), computing needs the processor (CPU). In the first run after the computer was started, workers mostly wait. In "
              "the second one the system still has many files in memory, and the workers compute. When the queue is full the producer has to wait, and the page says so: that prevents a folder with millions of files from filling the memory.\n"
              "\n"
              "Symbolic links, pipes, sockets and devices are skipped and counted. Of a file whose size the system does not tell, as in /proc, "
              "at most 64 MiB are read; if it has more, its task fails.\n"
              "\n"
              "The tasks of files that may not be read fail, each with its reason, and the other tasks go on. An error in one "
              "task must not end the program.\n"
              "\n"
              "In Python the rule of thumb is threads for work that waits and processes for work that computes. This workload does both: try one after "
              "the other, with different numbers of workers."),
  .group = HEDDLE_GROUP_REAL_WORK,
  .backends = HEDDLE_BACKENDS_ALL,
  .default_backend = HEDDLE_BACKEND_THREADS,
  .default_workers = 4,
  .sums = "sha256sum",
  .nothing = N_("There are no files in this folder."),
  .params = params,
  .n_params = G_N_ELEMENTS (params),
  .open = checksum_open,
  .close = checksum_close,
  .produce = checksum_produce,
  .execute = checksum_execute,
};
