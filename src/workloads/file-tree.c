/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "workloads/file-tree.h"

/*
 * The regular files below a folder, as `find -type f` has them: symbolic links are not followed
 * (so a loop of them does no harm), other file systems mounted below are entered; links, sockets,
 * pipes and devices are reported as what they are.
 *
 * A folder is read to its end before those in it are opened, so that one descriptor is enough
 * however deep the tree is. Folders still to be read are kept by path. Files are reported as they
 * are found, not sorted: the first one is known at once, and a folder of a million files takes no
 * memory.
 */

typedef struct {
  int root;
  GPtrArray *folders; /* paths that are still to be read, the next one last */
  HeddleFoundFunc func;
  gpointer data;
} Walk;

/* Closes @fd unless it is @kept; leaves errno as it is. */
static void
close_unless (int fd, int kept)
{
  int saved = errno;

  if (fd != kept)
    close (fd);
  errno = saved;
}

/* Opens as much of a path as the kernel takes at once, up to a slash, and moves @path behind
 * that. */
static int
open_piece (int folder, const char **path)
{
  char piece[PATH_MAX];
  gsize length = PATH_MAX - 1;

  while (length > 0 && (*path)[length] != '/')
    length--;
  if (length == 0)
    {
      errno = ENAMETOOLONG;
      return -1;
    }
  memcpy (piece, *path, length);
  piece[length] = '\0';
  *path += length + 1;
  return openat (folder, piece, O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
}

/**
 * heddle_file_tree_open:
 * @root: descriptor of a folder
 * @path: a path relative to it, of any length
 * @flags: as for open()
 *
 * As openat(), but also for paths longer than the kernel takes at once (PATH_MAX), which deep trees
 * have. Any thread.
 *
 * Returns: a descriptor, or -1 with errno set
 */
int
heddle_file_tree_open (int root, const char *path, int flags)
{
  int folder = root;
  int fd;

  g_return_val_if_fail (path != NULL, -1);

  while (folder >= 0 && strlen (path) >= PATH_MAX)
    {
      int next = open_piece (folder, &path);

      close_unless (folder, root);
      folder = next;
    }
  if (folder < 0)
    return -1;
  fd = openat (folder, *path != '\0' ? path : ".", flags);
  close_unless (folder, root);
  return fd;
}

static DIR *
open_folder (int root, const char *path)
{
  int fd = heddle_file_tree_open (root, path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
  DIR *folder;

  if (fd < 0)
    return NULL;
  folder = fdopendir (fd);
  if (folder == NULL)
    close (fd);
  return folder;
}

/* The type of an entry, DT_REG, DT_DIR and so on, which some file systems do not store in the
 * folder. */
static unsigned char
get_type (DIR *folder, const struct dirent *entry)
{
  struct stat status;

  if (entry->d_type != DT_UNKNOWN)
    return entry->d_type;
  if (fstatat (dirfd (folder), entry->d_name, &status, AT_SYMLINK_NOFOLLOW) != 0)
    return DT_REG; /* whoever opens it will learn what is wrong */
  return IFTODT (status.st_mode);
}

static HeddleFound
get_found (unsigned char type)
{
  switch (type)
    {
    case DT_REG:
      return HEDDLE_FOUND_FILE;
    case DT_LNK:
      return HEDDLE_FOUND_SYMBOLIC_LINK;
    case DT_FIFO:
      return HEDDLE_FOUND_FIFO;
    case DT_SOCK:
      return HEDDLE_FOUND_SOCKET;
    case DT_CHR:
    case DT_BLK:
      return HEDDLE_FOUND_DEVICE;
    default:
      return HEDDLE_FOUND_OTHER;
    }
}

/* Returns FALSE to end the walk. */
static gboolean
visit (Walk *walk, DIR *folder, const char *path, const struct dirent *entry)
{
  const char *slash = *path != '\0' ? "/" : "";
  unsigned char type;
  gboolean go_on = TRUE;

  if (strcmp (entry->d_name, ".") == 0 || strcmp (entry->d_name, "..") == 0)
    return TRUE;
  type = get_type (folder, entry);
  if (type == DT_DIR)
    {
      g_ptr_array_add (walk->folders, g_strconcat (path, slash, entry->d_name, NULL));
    }
  else
    {
      g_autofree char *file = g_strconcat (path, slash, entry->d_name, NULL);

      go_on = walk->func (get_found (type), file, walk->data);
    }
  return go_on;
}

/* Returns FALSE to end the walk. */
static gboolean
read_folder (Walk *walk, const char *path)
{
  DIR *folder = open_folder (walk->root, path);
  const struct dirent *entry;
  gboolean go_on = TRUE;

  if (folder == NULL)
    return walk->func (HEDDLE_FOUND_UNREADABLE_FOLDER, path, walk->data);
  while (go_on)
    {
      errno = 0;
      entry = readdir (folder);
      if (entry == NULL)
        break;
      go_on = visit (walk, folder, path, entry);
    }
  if (go_on && errno != 0)
    go_on = walk->func (HEDDLE_FOUND_UNREADABLE_FOLDER, path, walk->data);
  closedir (folder);
  return go_on;
}

/**
 * heddle_file_tree_walk:
 * @root: descriptor of the folder; stays open
 * @func: called for everything but folders, and for every folder that could not be read
 *
 * Walks the tree below @root until all is seen or @func returns %FALSE. Any thread; @func is called
 * on the same one.
 */
void
heddle_file_tree_walk (int root, HeddleFoundFunc func, gpointer data)
{
  Walk walk = { .root = root, .func = func, .data = data };
  gboolean go_on = TRUE;

  g_return_if_fail (root >= 0);
  g_return_if_fail (func != NULL);

  walk.folders = g_ptr_array_new_with_free_func (g_free);
  g_ptr_array_add (walk.folders, g_strdup (""));
  while (go_on && walk.folders->len > 0)
    {
      g_autofree char *path = g_ptr_array_steal_index_fast (walk.folders, walk.folders->len - 1);

      go_on = read_folder (&walk, path);
    }
  g_ptr_array_unref (walk.folders);
}
