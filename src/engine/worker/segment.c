/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "engine/worker/segment.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gi18n-lib.h>
#include <stddef.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/descriptor.h"
#include "base/error.h"
#include "base/futex.h"
#include "engine/model/run-options.h"
#include "engine/task/task-private.h"
#include "engine/worker/executor.h"

#define ROUND_UP(value, unit) (((value) + (unit) - 1) / (unit) * (unit))

G_STATIC_ASSERT (sizeof (HeddleSegmentMap) <= 4096);

static gboolean
refuse_memory (GError **error)
{
  heddle_set_system_error (error, errno, _("Another worker process could get no shared memory"));
  return FALSE;
}

G_STATIC_ASSERT (HEDDLE_FD_OWN >= HEDDLE_WORKER_FD_END);

/* dup2() gives a worker fixed descriptor numbers, so the host's own stay above them. */
static int
open_memory (GError **error)
{
  int fd = heddle_move_high (memfd_create ("heddle-worker", MFD_CLOEXEC | MFD_ALLOW_SEALING));

  if (fd < 0)
    refuse_memory (error);
  return fd;
}

static gboolean
size_and_seal (int fd, gsize bytes)
{
  return ftruncate (fd, (off_t) bytes) == 0
    && fcntl (fd, F_ADD_SEALS, F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_SEAL) == 0;
}

static gboolean
map_part (HeddleSegment *self, int fd, gsize offset)
{
  self->map = mmap (NULL, self->bytes, PROT_READ | PROT_WRITE, MAP_SHARED, fd, (off_t) offset);
  if (self->map == MAP_FAILED)
    self->map = NULL;
  return self->map != NULL;
}

static gsize
ring_offset (guint line_bytes)
{
  return 4096 + ROUND_UP ((gsize) line_bytes, 4096);
}

static gsize
segment_bytes (guint line_bytes, guint ring_capacity)
{
  return ring_offset (line_bytes) + ROUND_UP (heddle_ring_bytes (ring_capacity), 4096);
}

/* What a worker reads when it comes. The one before may have written over it. */
static void
write_header (HeddleSegment *self)
{
  HeddleSegmentMap *map = self->map;

  map->magic = HEDDLE_SEGMENT_MAGIC;
  map->protocol = HEDDLE_PROTOCOL;
  map->line_bytes = self->mask + 1;
  map->line_offset = 4096;
  map->ring_offset = ring_offset (self->mask + 1);
  map->total_bytes = self->bytes;
  map->ring_capacity = self->ring_capacity;
  map->host_pid = getpid ();
  map->worker = self->worker;
  memset (map->version, 0, sizeof map->version);
  g_strlcpy (map->version, HEDDLE_VERSION, sizeof map->version);
  map->clock = heddle_clock;
}

/* Maps the nth of @n_parts in *@fd, the memory of all, which is made if it is -1. */
static gboolean
make_part (HeddleSegment *self, int *fd, guint nth, guint n_parts, guint line_bytes,
           guint ring_capacity, GError **error)
{
  *self = (HeddleSegment) { .bytes = segment_bytes (line_bytes, ring_capacity), .fd = -1 };
  g_return_val_if_fail (
    line_bytes >= 2 * HEDDLE_SEGMENT_UNIT && (line_bytes & (line_bytes - 1)) == 0, FALSE);
  g_return_val_if_fail (nth < n_parts, FALSE);

  if (*fd < 0)
    {
      *fd = open_memory (error);
      if (*fd < 0)
        return FALSE;
      if (!size_and_seal (*fd, self->bytes * n_parts))
        return refuse_memory (error);
    }
  if (!map_part (self, *fd, self->bytes * nth))
    return refuse_memory (error);
  self->line = (guint8 *) self->map + 4096;
  self->mask = line_bytes - 1;
  self->ring_capacity = ring_capacity;
  heddle_segment_reset (self);
  return TRUE;
}

/**
 * heddle_segment_create:
 * @self: (out caller-allocates): the host's view
 * @line_bytes: room for tasks on their way in; a power of two
 * @ring_capacity: slots of the ring for events; a power of two
 *
 * Makes a segment in sealed anonymous memory, ready for a worker. Any thread.
 *
 * Returns: FALSE with @error set if the system gives no memory or no file descriptor
 */
gboolean
heddle_segment_create (HeddleSegment *self, guint line_bytes, guint ring_capacity, GError **error)
{
  int fd = -1;
  gboolean made = make_part (self, &fd, 0, 1, line_bytes, ring_capacity, error);

  self->fd = fd;
  if (!made)
    heddle_segment_clear (self);
  return made;
}

/**
 * heddle_segment_create_part:
 * @fd: (inout): the memory of all parts; -1 before the first, then the caller's to close
 * @nth: which part, from 0
 *
 * Makes a segment that lies beside others in one memory, for a worker that is one of several
 * threads of a process. There is room for HEDDLE_MAX_WORKERS of them; parts that nobody uses cost
 * nothing. All must be of the same size. Any thread.
 *
 * Returns: FALSE with @error set if the system gives no memory or no file descriptor
 */
gboolean
heddle_segment_create_part (HeddleSegment *self, int *fd, guint nth, guint line_bytes,
                            guint ring_capacity, GError **error)
{
  return make_part (self, fd, nth, HEDDLE_MAX_WORKERS, line_bytes, ring_capacity, error);
}

/**
 * heddle_segment_reset:
 *
 * Makes the segment as new for another worker; the one before must be dead. Dispatcher's thread.
 */
void
heddle_segment_reset (HeddleSegment *self)
{
  HeddleSegmentMap *map = self->map;

  write_header (self);
  atomic_store (&map->head, 0);
  atomic_store (&map->assigned, 0);
  atomic_store (&map->wake_at, 0);
  atomic_store (&map->paused, 0);
  atomic_store (&map->cancel, 0);
  atomic_store (&map->doorbell, 0);
  atomic_store (&map->quit, HEDDLE_QUIT_NO);
  atomic_store (&map->tail, 0);
  atomic_store (&map->ended, 0);
  atomic_store (&map->task_ticks, 0);
  atomic_store (&map->asleep, 0);
  atomic_store (&map->state, HEDDLE_SEGMENT_STARTING);
  atomic_store (&map->tid, 0);
  memset (map->error, 0, sizeof map->error);
  self->head = 0;
  self->assigned = 0;
  self->broken = FALSE;
  /* what stands before the line and the ring may have been overwritten by the worker before: the
   * ring is made from numbers of our own */
  self->ring = heddle_ring_init ((guint8 *) map + self->bytes
                                   - ROUND_UP (heddle_ring_bytes (self->ring_capacity), 4096),
                                 self->ring_capacity);
}

static gboolean
is_power_of_two (guint32 number, guint32 least)
{
  return number >= least && (number & (number - 1)) == 0;
}

/* Differences rather than sums, which could run over. */
static gboolean
fits (const HeddleSegmentMap *map, gsize bytes)
{
  return map->total_bytes == bytes && is_power_of_two (map->line_bytes, 2 * HEDDLE_SEGMENT_UNIT)
    && is_power_of_two (map->ring_capacity, 8) && map->line_offset >= sizeof *map
    && map->ring_offset <= bytes && map->line_offset <= map->ring_offset
    && map->line_bytes <= map->ring_offset - map->line_offset && map->ring_offset % 64 == 0
    && heddle_ring_bytes (map->ring_capacity) <= bytes - map->ring_offset;
}

/* Checks that what was mapped is a segment of this very version. */
static gboolean
accept (HeddleSegment *self, int fd, GError **error)
{
  if (self->map == NULL || self->map->magic != HEDDLE_SEGMENT_MAGIC
      || self->map->protocol != HEDDLE_PROTOCOL
      || strncmp (self->map->version, HEDDLE_VERSION, sizeof self->map->version) != 0
      || !fits (self->map, self->bytes))
    {
      g_set_error (error, HEDDLE_ERROR, HEDDLE_ERROR_START,
                   _("File descriptor %d is not a segment of Heddle %s"), fd, HEDDLE_VERSION);
      heddle_segment_clear (self);
      return FALSE;
    }
  self->line = (guint8 *) self->map + self->map->line_offset;
  self->mask = self->map->line_bytes - 1;
  self->ring_capacity = self->map->ring_capacity;
  self->ring = (HeddleRing *) (gpointer) ((guint8 *) self->map + self->map->ring_offset);
  self->input = g_string_new (NULL);
  return TRUE;
}

/**
 * heddle_segment_open:
 * @self: (out caller-allocates): the worker's view
 * @fd: the segment's file
 *
 * Maps a segment that a host has made, after checking that it is one of this very version. Worker.
 *
 * Returns: FALSE with @error set if it is not
 */
gboolean
heddle_segment_open (HeddleSegment *self, int fd, GError **error)
{
  struct stat status;

  *self = (HeddleSegment) { .fd = -1 };
  if (fstat (fd, &status) == 0 && status.st_size >= 8192)
    {
      self->bytes = (gsize) status.st_size;
      map_part (self, fd, 0);
    }
  return accept (self, fd, error);
}

/**
 * heddle_segment_open_part:
 * @nth: which part, from 0
 *
 * Maps one of several segments in one memory: see heddle_segment_create_part(). Worker.
 *
 * Returns: FALSE with @error set if there is none of this very version
 */
gboolean
heddle_segment_open_part (HeddleSegment *self, int fd, guint nth, GError **error)
{
  struct stat status;
  guint64 bytes;

  *self = (HeddleSegment) { .fd = -1 };
  if (fstat (fd, &status) == 0
      && pread (fd, &bytes, sizeof bytes, offsetof (HeddleSegmentMap, total_bytes)) == sizeof bytes
      && bytes >= 8192 && bytes % 4096 == 0 && bytes <= (guint64) status.st_size / (nth + 1))
    {
      self->bytes = (gsize) bytes;
      map_part (self, fd, self->bytes * nth);
    }
  return accept (self, fd, error);
}

/**
 * heddle_segment_clear:
 *
 * Unmaps the segment and closes its file; the other side's view is not touched.
 */
void
heddle_segment_clear (HeddleSegment *self)
{
  if (self->map != NULL)
    munmap (self->map, self->bytes);
  heddle_clear_fd (&self->fd);
  if (self->input != NULL)
    g_string_free (self->input, TRUE);
  *self = (HeddleSegment) { .fd = -1 };
}

static guint64
free_bytes (HeddleSegment *self)
{
  /* acquire: the worker has copied what stood there before we write over it */
  guint64 tail = atomic_load_explicit (&self->map->tail, memory_order_acquire);
  guint64 used = self->head - tail;

  /* whole units, as heddle_segment_put() relies on: an input goes in with its padding */
  if (used > (guint64) self->mask + 1 || tail % HEDDLE_SEGMENT_UNIT != 0)
    {
      self->broken = TRUE;
      return 0;
    }
  return (guint64) self->mask + 1 - used;
}

static void
copy_in (HeddleSegment *self, const void *bytes, gsize length)
{
  gsize at = self->head & self->mask;
  gsize first = MIN (length, (gsize) self->mask + 1 - at);

  memcpy (self->line + at, bytes, first);
  memcpy (self->line, (const guint8 *) bytes + first, length - first);
}

/**
 * heddle_segment_put:
 * @offset: (inout): how far @item has been put; 0 to begin with
 *
 * Puts as much of an item into the line as there is room for; an input may be longer than the line.
 * The worker sees it after heddle_segment_publish(). Dispatcher's thread.
 *
 * Returns: TRUE once all of @item is in
 */
gboolean
heddle_segment_put (HeddleSegment *self, const HeddleItem *item, guint64 *offset)
{
  guint64 length = item->input != NULL ? item->input->length : 0;
  guint64 total = HEDDLE_SEGMENT_UNIT + ROUND_UP (length, HEDDLE_SEGMENT_UNIT);
  guint64 room = free_bytes (self);

  if (*offset == 0)
    {
      HeddleTaskRecord record = { item->id,      item->queued,     item->count,
                                  item->attempt, (guint32) length, item->input != NULL };

      if (room < HEDDLE_SEGMENT_UNIT)
        return FALSE;
      copy_in (self, &record, sizeof record);
      self->head += sizeof record;
      room -= sizeof record;
      *offset = sizeof record;
      self->assigned += item->count;
    }
  if (*offset < total)
    {
      /* room is a multiple of the unit, as all cursors are */
      guint64 done = *offset - HEDDLE_SEGMENT_UNIT;
      guint64 piece = MIN (room, total - *offset);

      if (self->broken)
        return FALSE;
      copy_in (self, item->input->text + done, (gsize) MIN (piece, length - done));
      self->head += piece;
      *offset += piece;
    }
  return *offset == total;
}

static void
ring_doorbell_unless_awake (HeddleSegment *self)
{
  /* seq_cst on both sides: either the worker sees the news or we see that it sleeps */
  if (atomic_load (&self->map->asleep) != 0)
    heddle_segment_ring_doorbell (self);
}

/**
 * heddle_segment_publish:
 *
 * Shows the worker what has been put, and wakes it if it sleeps. Dispatcher's thread.
 */
void
heddle_segment_publish (HeddleSegment *self)
{
  HEDDLE_SEGMENT_ORDER_BEFORE (self->ring);
  atomic_store_explicit (&self->map->assigned, self->assigned, memory_order_relaxed);
  atomic_store (&self->map->head, self->head);
  ring_doorbell_unless_awake (self);
}

/**
 * heddle_segment_ring_doorbell:
 *
 * Wakes the worker if it waits for something to do. Any thread.
 */
void
heddle_segment_ring_doorbell (HeddleSegment *self)
{
  atomic_fetch_add (&self->map->doorbell, 1);
  heddle_futex_wake (&self->map->doorbell, 1);
}

/**
 * heddle_segment_set_paused:
 *
 * While paused, the worker starts no task. Dispatcher's thread.
 */
void
heddle_segment_set_paused (HeddleSegment *self, gboolean paused)
{
  atomic_store (&self->map->paused, paused ? 1 : 0);
  ring_doorbell_unless_awake (self);
}

/**
 * heddle_segment_cancel:
 * @what: HEDDLE_CANCEL_RUN: the task in hand is asked to end, and those behind it are skipped;
 * HEDDLE_CANCEL_REST: only the latter
 *
 * Dispatcher's thread.
 */
void
heddle_segment_cancel (HeddleSegment *self, guint32 what)
{
  atomic_fetch_or (&self->map->cancel, what);
  heddle_futex_wake (&self->map->cancel, G_MAXINT);
  heddle_segment_ring_doorbell (self);
}

/**
 * heddle_segment_cancel_task:
 * @nth: which of the worker's tasks, from 1
 *
 * Asks that one task to end if it is still in hand. Dispatcher's thread.
 */
void
heddle_segment_cancel_task (HeddleSegment *self, guint64 nth)
{
  guint32 word = atomic_load (&self->map->cancel);
  guint32 next = (word & HEDDLE_CANCEL_ALL) | HEDDLE_CANCEL_TASK (nth);

  if (next == word || !atomic_compare_exchange_strong (&self->map->cancel, &word, next))
    return;
  heddle_futex_wake (&self->map->cancel, G_MAXINT);
}

/**
 * heddle_segment_quit:
 *
 * Asks the worker to leave when it has ended everything that it was given. Dispatcher's thread.
 */
void
heddle_segment_quit (HeddleSegment *self)
{
  guint32 expected = HEDDLE_QUIT_NO;

  if (atomic_compare_exchange_strong (&self->map->quit, &expected, HEDDLE_QUIT_ASKED))
    heddle_segment_ring_doorbell (self);
}

/**
 * heddle_segment_take_back_quit:
 *
 * Returns: TRUE if the worker stays, FALSE if it is on its way out already. Dispatcher's thread.
 */
gboolean
heddle_segment_take_back_quit (HeddleSegment *self)
{
  guint32 expected = HEDDLE_QUIT_ASKED;

  return atomic_compare_exchange_strong (&self->map->quit, &expected, HEDDLE_QUIT_NO);
}

/**
 * heddle_segment_get_ended:
 *
 * How many of its tasks the worker says it has ended. Good enough for flow control, never more than
 * it was given. Dispatcher's thread.
 */
guint64
heddle_segment_get_ended (HeddleSegment *self)
{
  guint64 ended = atomic_load (&self->map->ended);

  if (ended <= self->assigned)
    return ended;
  self->broken = TRUE;
  return self->assigned;
}

/**
 * heddle_segment_check:
 * @paused: what it was told last
 *
 * Notices, as broken, a worker that has written what cannot be, or over words of the host, by which
 * it would wait for ever. Everything that was put has to be published. Dispatcher's thread.
 */
void
heddle_segment_check (HeddleSegment *self, gboolean paused)
{
  const HeddleSegmentMap *map = self->map;

  if (atomic_load (&map->head) != self->head || atomic_load (&map->assigned) != self->assigned
      || atomic_load (&map->paused) != (paused ? 1 : 0)
      || atomic_load (&map->quit) > HEDDLE_QUIT_TAKEN || atomic_load (&map->asleep) > 1)
    self->broken = TRUE;
  free_bytes (self);
  heddle_segment_get_ended (self);
}

/**
 * heddle_segment_dup_error:
 *
 * Returns: (transfer full): why the worker says that it could not start; UTF-8, may be empty
 */
char *
heddle_segment_dup_error (HeddleSegment *self)
{
  char text[sizeof self->map->error + 1];

  memcpy (text, self->map->error, sizeof self->map->error);
  text[sizeof text - 1] = '\0';
  return g_utf8_make_valid (text, -1);
}

/* How many bytes of the line are there to be read. */
static guint64
readable (HeddleSegment *self)
{
  /* acquire: the bytes are there before the head that covers them */
  return atomic_load_explicit (&self->map->head, memory_order_acquire) - self->tail;
}

static void
copy_out (HeddleSegment *self, void *bytes, gsize length)
{
  gsize at = self->tail & self->mask;
  gsize first = MIN (length, (gsize) self->mask + 1 - at);

  memcpy (bytes, self->line + at, first);
  memcpy ((guint8 *) bytes + first, self->line, length - first);
}

static void
give_room (HeddleSegment *self, gsize bytes)
{
  self->tail += bytes;
  /* release: copied before the host writes over it */
  atomic_store_explicit (&self->map->tail, self->tail, memory_order_release);
}

/**
 * heddle_segment_take:
 *
 * Takes the next record out of the line, or as much of it as there is. Worker.
 *
 * Returns: TRUE once self->record, and self->input if it has one, are complete
 */
gboolean
heddle_segment_take (HeddleSegment *self)
{
  guint64 there = readable (self);
  gsize piece, padded;

  if (!self->in_record)
    {
      if (there < sizeof self->record)
        return FALSE;
      copy_out (self, &self->record, sizeof self->record);
      give_room (self, sizeof self->record);
      there -= sizeof self->record;
      self->in_record = TRUE;
      self->input_taken = 0;
      if (self->record.has_input != 0)
        g_string_set_size (self->input, self->record.input_length);
    }
  if (self->input_taken < self->record.input_length)
    {
      piece = (gsize) MIN (there, (guint64) self->record.input_length - self->input_taken);
      padded = ROUND_UP (piece, HEDDLE_SEGMENT_UNIT);
      copy_out (self, self->input->str + self->input_taken, piece);
      give_room (self, padded);
      self->input_taken += (guint32) piece;
    }
  self->in_record = self->input_taken < self->record.input_length;
  return !self->in_record;
}

/**
 * heddle_segment_has_more:
 *
 * Returns: TRUE if heddle_segment_take() would move on now. Worker.
 */
gboolean
heddle_segment_has_more (HeddleSegment *self)
{
  return atomic_load (&self->map->head) != self->tail;
}
