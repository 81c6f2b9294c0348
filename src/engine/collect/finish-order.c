/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

/*
 * The collector reads one ring after another, so rows come to it worker by worker. They wait here
 * until all rings have been read and then go on in the order of finishing, but only those that had
 * finished when that reading began: one that is younger may have to stand behind one of a ring that
 * had been read already.
 *
 * The rows of one worker come in their order. So there are few ascending stretches, which are
 * merged: with W workers log W passes over what a look at the rings has brought, and none at all
 * with one. Texts are copied into one arena, which is emptied each time; long ones get memory of
 * their own, so that the arena stays small.
 */

#include "engine/collect/finish-order.h"

#include <string.h>

#define N_TEXTS 4
#define LONG_TEXT (64 * 1024)
#define MOST_KEPT (1024 * 1024) /* bytes of an empty arena */

/* A row without its times and texts, which lie one behind the other in the arena. */
typedef struct {
  gint64 queued_ns, started_ns, finished_ns;
  guint64 id;
  guint32 worker;
  guint16 attempt;
  guint8 state : 7;
  guint8 has_times : 1; /* packed, before the texts */
  /* bit n: it has text n; bit n + 4: in memory of its own, to which a pointer stands in the
   * arena */
  guint8 flags;
  gsize text;   /* where they begin */
} Entry;

typedef struct {
  gint64 finished_ns;
  guint entry;
} Key;

struct _HeddleFinishOrder {
  Entry *entries; /* as they came */
  guint n_entries;
  guint n_allocated; /* of each of the three */
  Key *keys;         /* these two only while they are sorted */
  Key *spare;
  char *arena;
  gsize length;
  gsize allocated;
};

/**
 * heddle_finish_order_new:
 *
 * Returns: (transfer full): without rows
 */
HeddleFinishOrder *
heddle_finish_order_new (void)
{
  return g_new0 (HeddleFinishOrder, 1);
}

static gboolean
has (const Entry *entry, guint nth)
{
  return (entry->flags & 1u << nth) != 0;
}

static gboolean
is_long (const Entry *entry, guint nth)
{
  return (entry->flags & 1u << (nth + N_TEXTS)) != 0;
}

/* The text at @at; moves behind it. */
static char *
get_text (const Entry *entry, guint nth, char **at)
{
  char *text = *at;

  if (is_long (entry, nth))
    {
      memcpy (&text, *at, sizeof text);
      *at += sizeof text;
    }
  else
    {
      *at += strlen (text) + 1;
    }
  return text;
}

/* Where its texts begin, and in @times what it has of these. */
static char *
get_times (const HeddleFinishOrder *self, const Entry *entry, HeddleTaskTimes *times)
{
  char *at = self->arena + entry->text;

  return entry->has_times ? at + heddle_task_times_unpack (times, at) : at;
}

static void
free_long_texts (HeddleFinishOrder *self, const Entry *entry)
{
  HeddleTaskTimes times;
  char *at;

  if (entry->flags >> N_TEXTS == 0)
    return;
  at = get_times (self, entry, &times);
  for (guint i = 0; i < N_TEXTS; i++)
    if (has (entry, i))
      {
        char *text = get_text (entry, i, &at);

        if (is_long (entry, i))
          g_free (text);
      }
}

/**
 * heddle_finish_order_free:
 *
 * Rows that have not been handed out are forgotten.
 */
void
heddle_finish_order_free (HeddleFinishOrder *self)
{
  for (guint i = 0; i < self->n_entries; i++)
    free_long_texts (self, &self->entries[i]);
  g_free (self->entries);
  g_free (self->keys);
  g_free (self->spare);
  g_free (self->arena);
  g_free (self);
}

static char *
make_room (HeddleFinishOrder *self, gsize size)
{
  if (self->length + size > self->allocated)
    {
      self->allocated = MAX (self->allocated * 2, self->length + size + 4096);
      self->arena = g_realloc (self->arena, self->allocated);
    }
  return self->arena + self->length;
}

static void
keep_times (HeddleFinishOrder *self, Entry *entry, const HeddleTaskTimes *times)
{
  char *room = make_room (self, HEDDLE_TASK_TIMES_PACKED);

  entry->has_times = TRUE;
  self->length += heddle_task_times_pack (times, room);
}

static void
keep_text (HeddleFinishOrder *self, Entry *entry, guint nth, const char *text)
{
  gsize size = strlen (text) + 1;
  char *own;

  entry->flags |= (guint8) (1u << nth);
  if (size <= LONG_TEXT)
    {
      memcpy (make_room (self, size), text, size);
      self->length += size;
      return;
    }
  entry->flags |= (guint8) (1u << (nth + N_TEXTS));
  own = g_memdup2 (text, size);
  memcpy (make_room (self, sizeof own), &own, sizeof own);
  self->length += sizeof own;
}

/**
 * heddle_finish_order_add:
 * @row: what a task came to; copied with its texts
 *
 * Takes a row.
 */
void
heddle_finish_order_add (HeddleFinishOrder *self, const HeddleRow *row)
{
  const char *const texts[N_TEXTS] = { row->label, row->result, row->error, row->input };
  Entry *entry;

  if (self->n_entries == self->n_allocated)
    {
      self->n_allocated = MAX (self->n_allocated * 2, 256);
      self->entries = g_renew (Entry, self->entries, self->n_allocated);
      self->keys = g_renew (Key, self->keys, self->n_allocated);
      self->spare = g_renew (Key, self->spare, self->n_allocated);
    }
  entry = &self->entries[self->n_entries++];
  *entry = (Entry){
    .queued_ns = row->queued_ns,
    .started_ns = row->started_ns,
    .finished_ns = row->finished_ns,
    .id = row->id,
    .worker = row->worker,
    .attempt = (guint16) MIN (row->attempt, G_MAXUINT16),
    .state = (guint8) row->state & 0x7f,
    .text = self->length,
  };
  if (row->times.known)
    keep_times (self, entry, &row->times);
  for (guint i = 0; i < N_TEXTS; i++)
    if (texts[i] != NULL)
      keep_text (self, entry, i, texts[i]);
}

/* The end of the ascending stretch that begins there. */
static guint
end_of_run (const Key *keys, guint n, guint begin)
{
  guint end = begin + 1;

  while (end < n && keys[end - 1].finished_ns <= keys[end].finished_ns)
    end++;
  return MIN (end, n);
}

/* Of two that finished at the same time the one that came first goes first. */
static void
merge (const Key *keys, guint begin, guint middle, guint end, Key *to)
{
  guint a = begin, b = middle;

  for (guint i = begin; i < end; i++)
    to[i] = b == end || (a < middle && keys[a].finished_ns <= keys[b].finished_ns) ? keys[a++]
                                                                                   : keys[b++];
}

/* One pass over the keys: every two ascending stretches become one. Returns FALSE if there was only
 * one. */
static gboolean
merge_pairs (const Key *keys, guint n, Key *to)
{
  guint begin = 0;

  if (end_of_run (keys, n, 0) == n)
    return FALSE;
  while (begin < n)
    {
      guint middle = end_of_run (keys, n, begin);
      guint end = middle < n ? end_of_run (keys, n, middle) : n;

      merge (keys, begin, middle, end, to);
      begin = end;
    }
  return TRUE;
}

static void
sort_keys (HeddleFinishOrder *self, guint n)
{
  while (n > 1 && merge_pairs (self->keys, n, self->spare))
    {
      Key *sorted = self->spare;

      self->spare = self->keys;
      self->keys = sorted;
    }
}

static void
hand_out_entry (HeddleFinishOrder *self, const Entry *entry,
                void (*hand_out) (const HeddleRow *row, gpointer data), gpointer data)
{
  HeddleRow row = {
    .id = entry->id,
    .state = (HeddleTaskState) entry->state,
    .attempt = entry->attempt,
    .worker = entry->worker,
    .queued_ns = entry->queued_ns,
    .started_ns = entry->started_ns,
    .finished_ns = entry->finished_ns,
  };
  char *at = get_times (self, entry, &row.times);

  if (has (entry, 0))
    row.label = get_text (entry, 0, &at);
  if (has (entry, 1))
    row.result = get_text (entry, 1, &at);
  if (has (entry, 2))
    row.error = get_text (entry, 2, &at);
  if (has (entry, 3))
    row.input = get_text (entry, 3, &at);
  hand_out (&row, data);
}

/* Times and texts move down to the end of what is kept. */
static void
move_texts (HeddleFinishOrder *self, Entry *entry)
{
  HeddleTaskTimes times;
  char *at = get_times (self, entry, &times);
  gsize size;

  for (guint i = 0; i < N_TEXTS; i++)
    if (has (entry, i))
      get_text (entry, i, &at);
  size = (gsize) (at - (self->arena + entry->text));
  memmove (self->arena + self->length, self->arena + entry->text, size);
  entry->text = self->length;
  self->length += size;
}

/* Those that are too young move to the front, their texts with them. */
static void
keep_rest (HeddleFinishOrder *self, gint64 until_ns)
{
  guint n = 0;

  self->length = 0;
  for (guint i = 0; i < self->n_entries; i++)
    {
      Entry *entry = &self->entries[i];

      if (entry->finished_ns <= until_ns)
        {
          free_long_texts (self, entry);
          continue;
        }
      move_texts (self, entry);
      self->entries[n++] = *entry;
    }
  self->n_entries = n;
  if (n > 0 || self->allocated <= MOST_KEPT)
    return;
  g_clear_pointer (&self->arena, g_free);
  self->allocated = 0;
}

/**
 * heddle_finish_order_hand_out:
 * @until_ns: every row that had finished by then has been added
 * @hand_out: called for each of these; the texts are gone afterwards
 *
 * Hands out, in the order in which they finished, the rows that finished until then. Those after it
 * stay.
 */
void
heddle_finish_order_hand_out (HeddleFinishOrder *self, gint64 until_ns,
                              void (*hand_out) (const HeddleRow *row, gpointer data), gpointer data)
{
  guint n = 0;

  for (guint i = 0; i < self->n_entries; i++)
    if (self->entries[i].finished_ns <= until_ns)
      self->keys[n++] = (Key) { self->entries[i].finished_ns, i };
  if (n == 0)
    return;
  sort_keys (self, n);
  for (guint i = 0; i < n; i++)
    hand_out_entry (self, &self->entries[self->keys[i].entry], hand_out, data);
  keep_rest (self, until_ns);
}

/**
 * heddle_finish_order_get_length:
 *
 * Returns: how many rows wait to be handed out
 */
guint
heddle_finish_order_get_length (const HeddleFinishOrder *self)
{
  return self->n_entries;
}

/**
 * heddle_finish_order_get_bytes:
 *
 * Returns: how much memory it has for rows, texts of more than 64 KiB left out
 */
gsize
heddle_finish_order_get_bytes (const HeddleFinishOrder *self)
{
  return self->n_allocated * (sizeof (Entry) + 2 * sizeof (Key)) + self->allocated;
}
