/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

/*
 * A channel: a bounded queue of messages between tasks. Messages lie in fixed slots; a spin-free
 * lock word guards them for the few dozen nanoseconds of a copy. A message counts only once the new
 * head or tail is stored, so a worker that dies in between leaves the channel as it was before.
 */

#include <string.h>

#include "base/utf8.h"
#include "engine/sync/shared-private.h"

#define WORDS (HEDDLE_MESSAGE_MAX / 8)

G_STATIC_ASSERT (HEDDLE_MESSAGE_MAX % 8 == 0);

/* In words, loaded and stored one by one: the host looks at messages without the lock, see
 * heddle_channel_fill_watch(). */
typedef struct {
  _Atomic guint64 length;
  _Atomic guint64 words[WORDS];
} Message;

typedef struct {
  _Atomic guint32 lock;     /* holder's number */
  _Atomic guint32 closed;
  _Atomic guint32 head;     /* messages put so far */
  _Atomic guint32 tail;     /* messages got so far */
  _Atomic guint32 n_waiting_lock, n_waiting_put, n_waiting_get;
  Message messages[];
} ChannelCell;

/* What bounds each access is kept here and not in the cell, which any worker may write over. */
struct _HeddleChannel {
  HeddleSharedHandle base;
  guint32 capacity;
  /* slots - 1, of which there is a power of two: finding one takes no division, also where head and
   * tail begin anew */
  guint32 mask;
};

/**
 * heddle_shared_channel:
 * @capacity: how many messages may wait in it, at least 1
 * @watched: whether its contents are shown live
 *
 * Returns: (transfer none): a bounded queue of messages. Only in share().
 */
HeddleChannel *
heddle_shared_channel (HeddleShared *self, const char *name, guint capacity, gboolean watched)
{
  gsize n_slots = (gsize) 1 << g_bit_storage (MAX (capacity, 1) - 1);
  HeddleChannel *channel = heddle_shared_make (self, HEDDLE_SHARED_CHANNEL, name,
                                               sizeof (ChannelCell) + sizeof (Message) * n_slots,
                                               sizeof *channel, watched);

  channel->capacity = MAX (capacity, 1);
  channel->mask = (guint32) n_slots - 1;
  return channel;
}

static Message *
slot (HeddleChannel *self, guint32 nth)
{
  return &((ChannelCell *) self->base.cell)->messages[nth & self->mask];
}

static HeddleSyncStatus
lock (ChannelCell *cell, HeddleWait *wait, guint32 worker)
{
  HeddleSyncStatus status = HEDDLE_SYNC_OK;

  while (status == HEDDLE_SYNC_OK)
    {
      guint32 holder = 0;

      if (atomic_compare_exchange_strong_explicit (&cell->lock, &holder, worker,
                                                   memory_order_acquire, memory_order_relaxed))
        return HEDDLE_SYNC_OK;
      atomic_fetch_add (&cell->n_waiting_lock, 1);
      status = heddle_wait_to_look (wait, &cell->lock, holder);
      atomic_fetch_sub (&cell->n_waiting_lock, 1);
    }
  return status;
}

static void
unlock (ChannelCell *cell)
{
  atomic_store_explicit (&cell->lock, 0, memory_order_seq_cst);
  if (atomic_load (&cell->n_waiting_lock) > 0)
    heddle_futex_wake (&cell->lock, 1);
}

static void
store_message (Message *message, const char *bytes, gsize length)
{
  guint64 word;
  gsize i;

  for (i = 0; i < length / 8; i++)
    {
      memcpy (&word, bytes + i * 8, 8);
      atomic_store_explicit (&message->words[i], word, memory_order_relaxed);
    }
  if (length % 8 != 0)
    {
      word = 0;
      memcpy (&word, bytes + i * 8, length % 8);
      atomic_store_explicit (&message->words[i], word, memory_order_relaxed);
    }
  atomic_store_explicit (&message->length, length, memory_order_relaxed);
}

/* @bytes has room for HEDDLE_MESSAGE_MAX + 1; NUL-terminated. */
static gsize
load_message (Message *message, char *bytes)
{
  guint64 word;
  gsize i,
    length =
      MIN (atomic_load_explicit (&message->length, memory_order_relaxed), HEDDLE_MESSAGE_MAX);

  for (i = 0; i < length / 8; i++)
    {
      word = atomic_load_explicit (&message->words[i], memory_order_relaxed);
      memcpy (bytes + i * 8, &word, 8);
    }
  if (length % 8 != 0)
    {
      word = atomic_load_explicit (&message->words[i], memory_order_relaxed);
      memcpy (bytes + i * 8, &word, length % 8);
    }
  bytes[length] = '\0';
  return length;
}

static gboolean
has_room (HeddleChannel *self)
{
  return heddle_channel_get_length (self) < self->capacity;
}

static gboolean
has_messages (HeddleChannel *self)
{
  ChannelCell *cell = self->base.cell;

  return atomic_load (&cell->head) != atomic_load (&cell->tail);
}

/* Locks the channel once @ready holds or it is closed. Until then waits for the other side to move
 * @word, head or tail; that side wakes one waiter if @n_waiting is not 0. Inline, since calls would
 * make a message a quarter slower (bench/sync-bench). */
static G_ALWAYS_INLINE inline HeddleSyncStatus
lock_when (HeddleChannel *self, HeddleTask *task, gboolean (*ready) (HeddleChannel *self),
           _Atomic guint32 *word, _Atomic guint32 *n_waiting)
{
  ChannelCell *cell = self->base.cell;
  HeddleSyncStatus status;
  HeddleWait wait;

  heddle_wait_init (&wait, self, task, -1);
  while ((status = lock (cell, &wait, task->worker)) == HEDDLE_SYNC_OK)
    {
      guint32 seen = atomic_load (word);

      if (atomic_load (&cell->closed) || ready (self))
        break;
      unlock (cell);
      atomic_fetch_add (n_waiting, 1);
      status = heddle_wait_on (&wait, word, seen);
      atomic_fetch_sub (n_waiting, 1);
      if (status != HEDDLE_SYNC_OK)
        break;
    }
  heddle_wait_done (&wait);
  return status;
}

/**
 * heddle_channel_put:
 * @message: its bytes
 * @length: how many, at most HEDDLE_MESSAGE_MAX (the rest is cut off), or -1 if @message is
 * NUL-terminated
 *
 * Appends a message, waiting while the channel is full.
 *
 * Returns: OK, CLOSED, CANCELLED or DEADLOCK
 */
HeddleSyncStatus
heddle_channel_put (HeddleChannel *self, HeddleTask *task, const char *message, gssize length)
{
  ChannelCell *cell = self->base.cell;
  HeddleSyncStatus status = lock_when (self, task, has_room, &cell->tail, &cell->n_waiting_put);

  if (status != HEDDLE_SYNC_OK)
    return status;
  if (atomic_load (&cell->closed))
    status = HEDDLE_SYNC_CLOSED;
  else
    {
      guint32 head = atomic_load_explicit (&cell->head, memory_order_relaxed);

      store_message (slot (self, head), message,
                     MIN (length < 0 ? strlen (message) : (gsize) length, HEDDLE_MESSAGE_MAX));
      /* only the lock's holder writes it; release: the message is there for those who look without
       * the lock */
      atomic_store_explicit (&cell->head, head + 1, memory_order_release);
    }
  unlock (cell);
  if (atomic_load (&cell->n_waiting_get) > 0)
    heddle_futex_wake (&cell->head, 1);
  return status;
}

/**
 * heddle_channel_get:
 * @message: (out): room for HEDDLE_MESSAGE_MAX + 1 bytes; NUL-terminated
 * @length: (out) (optional): its bytes
 *
 * Takes the first message, waiting while there is none.
 *
 * Returns: OK; CLOSED once it is closed and empty; CANCELLED or DEADLOCK
 */
HeddleSyncStatus
heddle_channel_get (HeddleChannel *self, HeddleTask *task, char *message, gsize *length)
{
  ChannelCell *cell = self->base.cell;
  HeddleSyncStatus status =
    lock_when (self, task, has_messages, &cell->head, &cell->n_waiting_get);

  if (status != HEDDLE_SYNC_OK)
    return status;
  if (atomic_load (&cell->head) == atomic_load (&cell->tail))
    status = HEDDLE_SYNC_CLOSED;
  else
    {
      guint32 tail = atomic_load_explicit (&cell->tail, memory_order_relaxed);
      gsize n = load_message (slot (self, tail), message);

      if (length != NULL)
        *length = n;
      atomic_store_explicit (&cell->tail, tail + 1, memory_order_release);
    }
  unlock (cell);
  if (atomic_load (&cell->n_waiting_put) > 0)
    heddle_futex_wake (&cell->tail, 1);
  return status;
}

/**
 * heddle_channel_close:
 *
 * No more messages will come: getters get what is left, then CLOSED.
 */
void
heddle_channel_close (HeddleChannel *self)
{
  ChannelCell *cell = self->base.cell;

  atomic_store (&cell->closed, 1);
  heddle_futex_wake (&cell->head, G_MAXINT);
  heddle_futex_wake (&cell->tail, G_MAXINT);
}

/**
 * heddle_channel_get_length:
 *
 * Returns: how many messages wait in it now
 */
guint
heddle_channel_get_length (HeddleChannel *self)
{
  ChannelCell *cell = self->base.cell;

  return MIN (atomic_load (&cell->head) - atomic_load (&cell->tail), self->capacity);
}

/* The worker is dead: it copies no message any more. */
gboolean
heddle_channel_hand_on (gpointer data, guint worker)
{
  ChannelCell *cell = data;
  guint32 holder = worker;

  if (!atomic_compare_exchange_strong (&cell->lock, &holder, 0))
    return FALSE;
  heddle_futex_wake (&cell->lock, G_MAXINT);
  return TRUE;
}

/* Without the lock: a message may change while it is copied, so the copy is made valid text
 * afterwards. */
void
heddle_channel_fill_watch (gpointer handle, HeddleWatch *watch)
{
  HeddleChannel *self = handle;
  ChannelCell *cell = self->base.cell;
  guint32 tail = atomic_load (&cell->tail);

  watch->kind = HEDDLE_WATCH_CHANNEL;
  watch->capacity = self->capacity;
  watch->length = MIN (atomic_load (&cell->head) - tail, self->capacity);
  watch->n_entries = MIN (watch->length, HEDDLE_WATCH_ENTRIES);
  for (guint i = 0; i < watch->n_entries; i++)
    {
      char text[HEDDLE_MESSAGE_MAX + 1];
      const char *end;

      load_message (slot (self, tail + i), text);
      g_utf8_validate (text, -1, &end);
      text[end - text] = '\0';
      heddle_utf8_append (watch->entries[i], sizeof watch->entries[i], text);
    }
}
