/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The parts of the ring that are not inline: texts, the full ring, and the reader. See ring.h for
 * the design.
 *
 * Waiting for room: the writer publishes what it has, kicks the reader and sleeps in a futex on the
 * low half of the tail, which works across processes and leaves nothing behind if either side is
 * killed. It sets writer_waits first, so a reader pays a system call only for a writer that sleeps.
 * The store of the flag and the load of the tail on one side, the store of the tail and the load of
 * the flag on the other are sequentially consistent: one of the two sides sees the other. The sleep
 * is bounded all the same and followed by another kick, in case the kick was lost.
 */
#include "config.h"

#include "trace/ring.h"

#include <sched.h>
#include <string.h>

#include "base/futex.h"

#define SPINS 64
#define YIELDS 8
#define WAIT_NS 10000000
#define OUTPUT_STAMP 8

G_STATIC_ASSERT (G_STRUCT_OFFSET (HeddleRing, head) == 64);
G_STATIC_ASSERT (G_STRUCT_OFFSET (HeddleRing, tail) == 128);
G_STATIC_ASSERT (G_STRUCT_OFFSET (HeddleRing, slots) == 192);

static _Atomic guint32 *
tail_futex (HeddleRing *ring)
{
  return (_Atomic guint32 *) &ring->tail + (G_BYTE_ORDER == G_BIG_ENDIAN ? 1 : 0);
}

static void
relax (void)
{
#if defined(__x86_64__) || defined(__i386__)
  __builtin_ia32_pause ();
#else
  sched_yield ();
#endif
}

static guint
slots_for (gsize length)
{
  return (guint) ((length + sizeof (HeddleEvent) - 1) / sizeof (HeddleEvent));
}

/**
 * heddle_ring_bytes:
 * @capacity: slots, a power of two, at least 8
 *
 * Returns: how much memory a ring of @capacity slots takes, bytes
 */
gsize
heddle_ring_bytes (guint capacity)
{
  return sizeof (HeddleRing) + (gsize) capacity * sizeof (HeddleEvent);
}

/**
 * heddle_ring_init:
 * @memory: heddle_ring_bytes() bytes, aligned to 64; private, or shared between processes
 * @capacity: slots, a power of two, at least 8
 *
 * Makes an empty ring of @memory. Nobody may be using it.
 *
 * Returns: (transfer none): the ring, which lives as long as @memory
 */
HeddleRing *
heddle_ring_init (gpointer memory, guint capacity)
{
  HeddleRing *ring = memory;

  g_return_val_if_fail (memory != NULL, NULL);
  g_return_val_if_fail (capacity >= 8 && (capacity & (capacity - 1)) == 0, NULL);
  g_return_val_if_fail (((guintptr) memory & 7) == 0, NULL);

  ring->capacity = capacity;
  atomic_store_explicit (&ring->dropped, 0, memory_order_relaxed);
  atomic_store_explicit (&ring->writer_waits, 0, memory_order_relaxed);
  atomic_store_explicit (&ring->tail, 0, memory_order_relaxed);
  atomic_store_explicit (&ring->head, 0, memory_order_release);
  return ring;
}

/**
 * heddle_ring_writer_init:
 * @writer: the writer's side, in the writer's own memory
 * @ring: the ring; outlives @writer
 * @kick: (nullable): wakes the reader, must not block; called on the writer's thread
 * @data: for @kick
 *
 * Makes the calling worker the ring's one writer; goes on where an earlier writer stopped.
 */
void
heddle_ring_writer_init (HeddleRingWriter *writer, HeddleRing *ring, HeddleRingKick kick,
                         gpointer data)
{
  g_return_if_fail (writer != NULL && ring != NULL);

  writer->ring = ring;
  writer->head = atomic_load_explicit (&ring->head, memory_order_relaxed);
  writer->tail_cache = atomic_load_explicit (&ring->tail, memory_order_acquire);
  writer->kicked_at = writer->head;
  writer->mask = ring->capacity - 1;
  writer->kick = kick;
  writer->kick_data = data;
}

static guint64
free_slots (const HeddleRingWriter *writer)
{
  return (guint64) writer->mask + 1 - (writer->head - writer->tail_cache);
}

static void
sleep_until_read (HeddleRingWriter *writer, guint n_slots)
{
  HeddleRing *ring = writer->ring;

  /* seq_cst, against heddle_ring_release(): either this load sees the new tail or the reader sees
   * the flag */
  atomic_store_explicit (&ring->writer_waits, 1, memory_order_seq_cst);
  writer->tail_cache = atomic_load_explicit (&ring->tail, memory_order_seq_cst);
  if (free_slots (writer) < n_slots)
    heddle_futex_wait_for (tail_futex (ring), (guint32) writer->tail_cache, WAIT_NS);
  atomic_store_explicit (&ring->writer_waits, 0, memory_order_relaxed);
}

/**
 * heddle_ring_has_room:
 * @writer: the writer's side
 * @n_slots: slots that are to be written next
 *
 * Returns: whether so many are free now. Writer's thread only.
 */
gboolean
heddle_ring_has_room (HeddleRingWriter *writer, guint n_slots)
{
  /* acquire: the reader has done with the slots before they are written anew */
  writer->tail_cache = atomic_load_explicit (&writer->ring->tail, memory_order_acquire);
  return free_slots (writer) >= n_slots;
}

/**
 * heddle_ring_reserve_slow:
 * @writer: the writer's side
 * @n_slots: slots that are to be written next, at most the ring's capacity
 *
 * Returns when @n_slots slots are free. If the ring is full it publishes what is recorded, kicks
 * the reader and waits. Writer's thread only.
 */
void
heddle_ring_reserve_slow (HeddleRingWriter *writer, guint n_slots)
{
  g_return_if_fail (n_slots <= writer->mask + 1);

  for (guint i = 0;; i++)
    {
      /* acquire: the reader has done with the slots before they are written anew */
      writer->tail_cache = atomic_load_explicit (&writer->ring->tail, memory_order_acquire);
      if (G_LIKELY (free_slots (writer) >= n_slots))
        return;
      if (i == 0)
        atomic_store_explicit (&writer->ring->head, writer->head, memory_order_release);
      if (i == 0 || i > SPINS + YIELDS)
        {
          writer->kicked_at = writer->head;
          if (writer->kick != NULL)
            writer->kick (writer->kick_data);
        }
      if (i < SPINS)
        relax ();
      else if (i < SPINS + YIELDS)
        sched_yield ();
      else
        sleep_until_read (writer, n_slots);
    }
}

/* How much of a text fits into a piece of at most @max bytes without cutting a character in two. */
static gsize
piece_length (const char *text, gsize length, gsize max)
{
  gsize n = max;

  if (length <= max)
    return length;
  while (n + 3 > max && n > 0 && ((guchar) text[n] & 0xc0) == 0x80)
    n--;
  return n > 0 && ((guchar) text[n] & 0xc0) != 0x80 ? n : max;
}

static void
put_bytes (HeddleRingWriter *writer, const char *bytes, gsize offset, gsize length)
{
  gsize ring_bytes = ((gsize) writer->mask + 1) * sizeof (HeddleEvent);
  gsize at = ((writer->head & writer->mask) * sizeof (HeddleEvent) + offset) % ring_bytes;
  gsize first = MIN (length, ring_bytes - at);
  char *base = (char *) writer->ring->slots;

  memcpy (base + at, bytes, first);
  memcpy (base, bytes + first, length - first);
}

static void
put_piece (HeddleRingWriter *writer, HeddleEventType type, guint64 id, const char *stamp,
           gsize stamp_length, const char *text, gsize length)
{
  guint n_slots = slots_for (stamp_length + length);

  if (free_slots (writer) < n_slots + 1)
    heddle_ring_reserve_slow (writer, n_slots + 1);
  heddle_ring_put (writer, stamp_length + length, heddle_event_word (type, 0, id));
  if (stamp_length > 0)
    put_bytes (writer, stamp, 0, stamp_length);
  if (length > 0)
    put_bytes (writer, text, stamp_length, length);
  writer->head += n_slots;
}

/**
 * heddle_ring_put_text:
 * @writer: the writer's side
 * @type: one of the text events
 * @id: the task
 * @text: the payload, not necessarily NUL-terminated; for an output event the 8 bytes of its time
 * stamp, then the line
 * @length: its length in bytes; at least 8 for an output event
 *
 * Records a text; waits for the reader if the ring is full. A text that is longer than
 * %HEDDLE_EVENT_TEXT_MAX, or than a quarter of the ring, is recorded in pieces: those of an output
 * event each begin with its time stamp. An event and its payload become visible together. Writer's
 * thread only; not visible to the reader until heddle_ring_publish().
 */
void
heddle_ring_put_text (HeddleRingWriter *writer, HeddleEventType type, guint64 id, const char *text,
                      gsize length)
{
  gsize quarter = ((gsize) (writer->mask + 1) / 4 - 1) * sizeof (HeddleEvent);
  gsize stamp_length = type == HEDDLE_EVENT_OUTPUT_TEXT ? OUTPUT_STAMP : 0;
  gsize max = MIN (quarter, HEDDLE_EVENT_TEXT_MAX) - stamp_length;
  const char *stamp = text;

  g_return_if_fail (text != NULL || length == 0);
  g_return_if_fail (length >= stamp_length);

  length -= stamp_length;
  if (stamp_length > 0)
    text += stamp_length;
  do
    {
      gsize piece = piece_length (text, length, max);

      put_piece (writer, type, id, stamp, stamp_length, text, piece);
      length -= piece;
      if (length > 0)
        text += piece;
    }
  while (length > 0);
}

/**
 * heddle_ring_put_detail:
 * @writer: the writer's side
 * @time: as in #HeddleEvent
 * @word: as in #HeddleEvent
 *
 * Records an event that can be done without: it is given up, and counted, when less than an eighth
 * of the ring is free, so that details never hold a task back. Never waits. Writer's thread only;
 * not visible to the reader until heddle_ring_publish().
 *
 * Returns: whether it was recorded
 */
gboolean
heddle_ring_put_detail (HeddleRingWriter *writer, guint64 time, guint64 word)
{
  guint64 needed = (writer->mask + 1) / 8;

  if (G_UNLIKELY (free_slots (writer) < needed))
    {
      writer->tail_cache = atomic_load_explicit (&writer->ring->tail, memory_order_acquire);
      if (free_slots (writer) < needed)
        {
          /* one writer: no read-modify-write needed */
          guint64 dropped = atomic_load_explicit (&writer->ring->dropped, memory_order_relaxed);

          atomic_store_explicit (&writer->ring->dropped, dropped + 1, memory_order_relaxed);
          return FALSE;
        }
    }
  heddle_ring_put (writer, time, word);
  return TRUE;
}

/**
 * heddle_ring_reader_init:
 * @reader: the reader's side, in the reader's own memory
 * @ring: the ring; outlives @reader
 * @capacity: its capacity as the reader knows it; what the ring says is not believed
 *
 * Makes the caller the ring's reader; goes on where an earlier reader stopped.
 */
void
heddle_ring_reader_init (HeddleRingReader *reader, HeddleRing *ring, guint capacity)
{
  g_return_if_fail (reader != NULL && ring != NULL);
  g_return_if_fail (capacity >= 8 && (capacity & (capacity - 1)) == 0);

  reader->ring = ring;
  reader->tail = atomic_load_explicit (&ring->tail, memory_order_relaxed);
  reader->head_cache = reader->tail;
  reader->mask = capacity - 1;
  reader->broken = FALSE;
}

static gboolean
is_text (HeddleEventType type)
{
  return (type >= HEDDLE_EVENT_RESULT_TEXT && type <= HEDDLE_EVENT_OUTPUT_TEXT)
    || type == HEDDLE_EVENT_FIGURE || type == HEDDLE_EVENT_TIMES;
}

/* Copies the payload of @length bytes that begins in slot @at. */
static void
copy_payload (const HeddleRingReader *reader, guint64 at, gsize length, char *payload)
{
  gsize ring_bytes = ((gsize) reader->mask + 1) * sizeof (HeddleEvent);
  gsize start = (at & reader->mask) * sizeof (HeddleEvent);
  gsize first = MIN (length, ring_bytes - start);
  const char *base = (const char *) reader->ring->slots;

  memcpy (payload, base + start, first);
  memcpy (payload + first, base, length - first);
  payload[length] = '\0';
}

static gboolean
see_head (HeddleRingReader *reader)
{
  /* acquire: the slots up to this head are written */
  guint64 head = atomic_load_explicit (&reader->ring->head, memory_order_acquire);

  if (head - reader->tail > (guint64) reader->mask + 1)
    reader->broken = TRUE;
  else
    reader->head_cache = head;
  return !reader->broken && head != reader->tail;
}

/**
 * heddle_ring_count_unread:
 * @reader: the reader's side
 *
 * Returns: how many slots have been published and not read, at this moment; at least as many as
 * there are events in them. Reader only.
 */
guint
heddle_ring_count_unread (HeddleRingReader *reader)
{
  if (reader->broken || !see_head (reader))
    return 0;
  return (guint) (reader->head_cache - reader->tail);
}

/**
 * heddle_ring_read:
 * @reader: the reader's side
 * @event: (out): the next event
 * @payload: (nullable): room for %HEDDLE_EVENT_TEXT_MAX + 1 bytes: the text of a text event,
 * NUL-terminated
 *
 * Takes the next published event. Nothing of it is believed: where the ring makes no sense,
 * reader->broken is set and nothing more is read, ever. The slots are not free for the writer until
 * heddle_ring_release(). Reader only.
 *
 * Returns: whether there was one
 */
gboolean
heddle_ring_read (HeddleRingReader *reader, HeddleEvent *event, char *payload)
{
  HeddleEventType type;

  if (G_UNLIKELY (reader->broken))
    return FALSE;
  if (reader->tail == reader->head_cache && !see_head (reader))
    return FALSE;
  *event = reader->ring->slots[reader->tail & reader->mask];
  /* a broken writer may change the slot meanwhile: what is checked below has to be what is handed
   * out */
  atomic_signal_fence (memory_order_seq_cst);
  type = heddle_event_type (event->word);
  if (is_text (type))
    {
      gboolean sane = event->time <= HEDDLE_EVENT_TEXT_MAX
                      && slots_for (event->time) <= reader->head_cache - reader->tail - 1
                      && (type != HEDDLE_EVENT_OUTPUT_TEXT || event->time >= OUTPUT_STAMP);

      reader->broken = !sane;
      if (!sane)
        return FALSE;
      if (payload != NULL)
        copy_payload (reader, reader->tail + 1, event->time, payload);
      reader->tail += slots_for (event->time);
    }
  else if (type == HEDDLE_EVENT_NONE || type >= HEDDLE_N_EVENTS)
    {
      reader->broken = TRUE;
      return FALSE;
    }
  reader->tail++;
  return TRUE;
}

/* Whether the event says no more than that one task is done and the next begins, or since when the
 * next ones were queued. */
static gboolean
is_plain (guint64 word)
{
  return word >> 48 == heddle_event_word (HEDDLE_EVENT_TASK_NEXT, HEDDLE_TASK_DONE, 0) >> 48
    || heddle_event_type (word) == HEDDLE_EVENT_QUEUED;
}

/**
 * heddle_ring_read_plain:
 * @reader: the reader's side
 * @events: (out) (array length=max): copies of them
 * @max: how many at most
 *
 * Takes, of the next published events, all that come before the first one that is neither
 * %HEDDLE_EVENT_QUEUED nor a %HEDDLE_EVENT_TASK_NEXT whose task is done: what short tasks leave
 * that run one after another. Reader only.
 *
 * Returns: how many; 0 says nothing but that heddle_ring_read() is to be asked
 */
guint
heddle_ring_read_plain (HeddleRingReader *reader, HeddleEvent *events, guint max)
{
  const HeddleEvent *slots = reader->ring->slots;
  guint64 tail = reader->tail;
  guint64 mask = reader->mask;
  guint n;

  if (G_UNLIKELY (reader->broken))
    return 0;
  if (tail == reader->head_cache && !see_head (reader))
    return 0;
  max = (guint) MIN ((guint64) max, reader->head_cache - tail);
  for (n = 0; n < max; n++)
    {
      events[n] = slots[(tail + n) & mask];
      /* as in heddle_ring_read(): what is checked is what is handed out */
      atomic_signal_fence (memory_order_seq_cst);
      if (!is_plain (events[n].word))
        break;
    }
  reader->tail = tail + n;
  return n;
}

/**
 * heddle_ring_release:
 * @reader: the reader's side
 *
 * Hands the slots of all events read so far back to the writer, and wakes it if it waits for room.
 * Reader only.
 */
void
heddle_ring_release (HeddleRingReader *reader)
{
  HeddleRing *ring = reader->ring;

  /* seq_cst, against sleep_until_read(); as a release it also says that the slots have been read */
  atomic_store_explicit (&ring->tail, reader->tail, memory_order_seq_cst);
  if (atomic_load_explicit (&ring->writer_waits, memory_order_seq_cst) != 0)
    heddle_futex_wake (tail_futex (ring), 1);
}

/**
 * heddle_ring_dropped:
 * @reader: the reader's side
 *
 * Returns: how many detail events the writer has given up so far. Any thread.
 */
guint64
heddle_ring_dropped (HeddleRingReader *reader)
{
  return atomic_load_explicit (&reader->ring->dropped, memory_order_relaxed);
}
