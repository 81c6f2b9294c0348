/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gi18n-lib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/descriptor.h"
#include "base/error.h"
#include "base/utf8.h"
#include "engine/model/log.h"
#include "engine/sync/shared-private.h"

#define ARENA_MAGIC G_GUINT64_CONSTANT (0x414e4552415f4448)
#define DEFAULT_BYTES (1 << 20)
#define ROUND_UP(n) (((n) + 63) & ~(guint64) 63)

static gboolean
map_arena (HeddleShared *self, gsize bytes, GError **error)
{
  gpointer map = mmap (NULL, bytes, PROT_READ | PROT_WRITE, MAP_SHARED, self->fd, 0);

  if (map == MAP_FAILED)
    {
      heddle_set_system_error (error, errno,
                               _("The memory that the tasks share could not be allocated"));
      return FALSE;
    }
  self->arena = map;
  self->bytes = bytes;
  return TRUE;
}

static HeddleShared *
new_shared (int fd, gboolean host)
{
  HeddleShared *self = g_new0 (HeddleShared, 1);

  self->fd = fd;
  self->host = host;
  self->objects = g_new0 (HeddleSharedObject, HEDDLE_SHARED_OBJECTS);
  self->handles = g_ptr_array_new_with_free_func (g_free);
  self->strays = g_ptr_array_new_with_free_func (g_aligned_free);
  self->enders = g_array_new (FALSE, FALSE, sizeof (HeddleSharedEnder));
  return self;
}

/**
 * heddle_shared_new_host:
 * @bytes: what the workload's objects need; 0: 1 MiB
 *
 * Makes the arena of a run. Pages cost memory only once they are used. Supervisor's thread.
 *
 * Returns: (transfer full): the host's view, or NULL with @error set
 */
HeddleShared *
heddle_shared_new_host (gsize bytes, GError **error)
{
  guint64 total = ROUND_UP (sizeof (HeddleArena)) + ROUND_UP (bytes != 0 ? bytes : DEFAULT_BYTES);
  int fd = heddle_move_high (memfd_create ("heddle-arena", MFD_CLOEXEC | MFD_ALLOW_SEALING));
  HeddleShared *self;

  if (fd < 0 || ftruncate (fd, (off_t) total) != 0)
    {
      heddle_set_system_error (error, errno,
                               _("The memory that the tasks share could not be allocated"));
      heddle_clear_fd (&fd);
      return NULL;
    }
  fcntl (fd, F_ADD_SEALS, F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_SEAL);
  self = new_shared (fd, TRUE);
  if (!map_arena (self, total, error))
    {
      heddle_shared_free (self);
      return NULL;
    }
  self->arena->magic = ARENA_MAGIC;
  self->arena->size = total;
  self->used = ROUND_UP (sizeof (HeddleArena));
  return self;
}

/* Takes over what the host wrote; FALSE where it cannot be that, because another worker has written
 * over it. */
static gboolean
read_directory (HeddleShared *self)
{
  const HeddleArena *arena = self->arena;

  self->n_objects = arena->n_objects;
  if (arena->magic != ARENA_MAGIC || arena->size != self->bytes
      || self->n_objects > HEDDLE_SHARED_OBJECTS)
    return FALSE;
  memcpy (self->objects, arena->objects, sizeof *self->objects * self->n_objects);
  for (guint i = 0; i < self->n_objects; i++)
    {
      HeddleSharedObject *object = &self->objects[i];

      object->name[sizeof object->name - 1] = '\0';
      if (object->offset < sizeof *arena || object->offset % 64 != 0 || object->offset > self->bytes
          || object->size > self->bytes - object->offset)
        return FALSE;
    }
  return TRUE;
}

/**
 * heddle_shared_new_worker:
 * @fd: the arena, as the host handed it over; taken over
 *
 * Maps the run's arena into a worker process.
 *
 * Returns: (transfer full): the worker's view, or NULL with @error set
 */
HeddleShared *
heddle_shared_new_worker (int fd, GError **error)
{
  HeddleShared *self = new_shared (fd, FALSE);
  struct stat status;

  if (fstat (fd, &status) == 0 && status.st_size >= (off_t) sizeof (HeddleArena)
      && map_arena (self, (gsize) status.st_size, error))
    {
      if (read_directory (self))
        return self;
    }
  if (error != NULL && *error == NULL)
    g_set_error_literal (error, HEDDLE_ERROR, HEDDLE_ERROR_START,
                         _("The memory that the tasks share is from another version"));
  heddle_shared_free (self);
  return NULL;
}

/**
 * heddle_shared_free:
 *
 * Frees this process's view with all its handles; the memory goes with the last view.
 */
void
heddle_shared_free (HeddleShared *self)
{
  if (self == NULL)
    return;
  heddle_shared_end (self, NULL);
  g_array_unref (self->enders);
  if (self->arena != NULL)
    munmap (self->arena, self->bytes);
  heddle_clear_fd (&self->fd);
  g_ptr_array_unref (self->handles);
  g_ptr_array_unref (self->strays);
  g_clear_error (&self->error);
  g_free (self->objects);
  g_free (self);
}

/**
 * heddle_shared_add_ender:
 * @end: (scope notified): closes what @handle has open; may wait for a process that ends at once
 *
 * Some objects are more than memory. In share().
 */
void
heddle_shared_add_ender (HeddleShared *self, void (*end) (gpointer handle, HeddleLog *log),
                         gpointer handle)
{
  HeddleSharedEnder ender = { end, handle };

  g_array_append_val (self->enders, ender);
}

/**
 * heddle_shared_end:
 * @log: (nullable): gets a line for what did not end well
 *
 * Closes the files and ends the processes behind the objects; the memory stays for its readers. The
 * thread that called share(), after the last worker has left. May be called twice.
 */
void
heddle_shared_end (HeddleShared *self, HeddleLog *log)
{
  for (guint i = 0; i < self->enders->len; i++)
    {
      const HeddleSharedEnder *ender = &g_array_index (self->enders, HeddleSharedEnder, i);

      ender->end (ender->handle, log);
    }
  g_array_set_size (self->enders, 0);
}

/**
 * heddle_shared_refuse:
 * @format: why an object could not be made
 *
 * Keeps the first reason for heddle_shared_check(). In share().
 */
void
heddle_shared_refuse (HeddleShared *self, const char *format, ...)
{
  va_list args;

  if (self->error != NULL)
    return;
  va_start (args, format);
  self->error = g_error_new_valist (HEDDLE_ERROR, HEDDLE_ERROR_START, format, args);
  va_end (args);
}

/**
 * heddle_shared_check:
 *
 * Returns: FALSE with @error set if share() named more than there is room for, or other things here
 * than in the host
 */
gboolean
heddle_shared_check (HeddleShared *self, GError **error)
{
  if (self->error == NULL)
    return TRUE;
  g_propagate_error (error, g_error_copy (self->error));
  return FALSE;
}

static gpointer
make_stray (HeddleShared *self, gsize size, const char *why, const char *name)
{
  gpointer memory = g_aligned_alloc0 (1, ROUND_UP (size), 64);

  heddle_shared_refuse (self, "%s: “%s”", why, name);
  g_ptr_array_add (self->strays, memory);
  return memory;
}

static gpointer
create_cell (HeddleShared *self, HeddleSharedKind kind, const char *name, gsize size,
             gboolean watched)
{
  HeddleSharedObject *object;

  if (self->n_objects == HEDDLE_SHARED_OBJECTS || size > self->bytes
      || self->used + ROUND_UP (size) > self->bytes)
    return make_stray (self, size, _("The workload needs more shared memory than it requested"),
                       name);
  object = &self->objects[self->n_objects];
  object->kind = kind;
  object->watched = watched;
  object->offset = self->used;
  object->size = size;
  g_strlcpy (object->name, name, sizeof object->name);
  self->used += ROUND_UP (size);
  self->arena->objects[self->n_objects++] = *object;
  self->arena->n_objects = self->n_objects;
  return (guint8 *) self->arena + object->offset;
}

static gpointer
find_cell (HeddleShared *self, HeddleSharedKind kind, const char *name, gsize size)
{
  const HeddleSharedObject *object = &self->objects[self->n_seen];

  if (self->n_seen >= self->n_objects || object->kind != kind || object->size != size
      || strncmp (object->name, name, sizeof object->name - 1) != 0)
    return make_stray (
      self, size, _("The worker program and this program have different shared objects"), name);
  return (guint8 *) self->arena + object->offset;
}

/**
 * heddle_shared_make:
 * @cell_size: bytes in the arena, zeroed when new
 * @handle_size: bytes of the handle, which starts with a HeddleSharedHandle
 *
 * Makes the next object, whose cell the caller fills in, or finds it in a worker, where @self->host
 * is FALSE. Only in share().
 *
 * Returns: (transfer none): the handle; never NULL, an error waits in heddle_shared_check()
 */
gpointer
heddle_shared_make (HeddleShared *self, HeddleSharedKind kind, const char *name, gsize cell_size,
                    gsize handle_size, gboolean watched)
{
  HeddleSharedHandle *handle = g_malloc0 (handle_size);
  char shown[HEDDLE_SHARED_NAME];

  handle->cell = self->host ? create_cell (self, kind, name, cell_size, watched)
                            : find_cell (self, kind, name, cell_size);
  handle->shared = self;
  handle->number = ++self->n_seen;
  handle->name = g_intern_string (heddle_shared_show_name (name, shown, sizeof shown));
  g_ptr_array_add (self->handles, handle);
  return handle;
}

/**
 * heddle_shared_bytes:
 * @size: how many, at least 1
 *
 * Returns: (transfer none): zeroed memory that all workers of the run share, 64-byte aligned
 */
gpointer
heddle_shared_bytes (HeddleShared *self, const char *name, gsize size)
{
  HeddleSharedHandle *handle =
    heddle_shared_make (self, HEDDLE_SHARED_BYTES, name, size, sizeof *handle, FALSE);

  return handle->cell;
}
