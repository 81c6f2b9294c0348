/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "engine/queue/input-table.h"

#include <stdatomic.h>
#include <string.h>

#define CHUNK_BITS 12
#define CHUNK_SIZE (1u << CHUNK_BITS)
#define N_CHUNKS (1u << 18) /* a thousand million texts in a run */

typedef struct {
  HeddleInput *inputs[CHUNK_SIZE];
} Chunk;

struct _HeddleInputTable {
  atomic_uint n_used; /* no chunk is from there on; producer stores (release) */
  _Atomic (Chunk *) chunks[N_CHUNKS]; /* producer stores (release) */
};

/**
 * heddle_input_table_new:
 *
 * Returns: (transfer full): an empty table, which costs address space and no memory yet
 */
HeddleInputTable *
heddle_input_table_new (void)
{
  return g_malloc0 (sizeof (HeddleInputTable));
}

/**
 * heddle_input_table_free:
 *
 * Frees the table and every text in it. Nobody may use it any more.
 */
void
heddle_input_table_free (HeddleInputTable *self)
{
  if (self == NULL)
    return;
  /* not the rest of the directory, which would be looked for, page by page, only to be empty */
  for (guint i = 0; i < atomic_load_explicit (&self->n_used, memory_order_relaxed); i++)
    {
      Chunk *chunk = atomic_load_explicit (&self->chunks[i], memory_order_relaxed);

      if (chunk == NULL)
        continue;
      for (guint j = 0; j < CHUNK_SIZE; j++)
        g_free (chunk->inputs[j]);
      g_free (chunk);
    }
  g_free (self);
}

static Chunk *
find_chunk (HeddleInputTable *self, guint64 id)
{
  guint64 nth = id >> CHUNK_BITS;

  if (nth >= N_CHUNKS)
    return NULL;
  return atomic_load_explicit (&self->chunks[nth], memory_order_acquire);
}

/**
 * heddle_input_table_add:
 *
 * Copies the text of task @id. Producer's thread.
 *
 * Returns: (transfer none) (nullable): the copy, until it is dropped; NULL: the table is full
 */
const HeddleInput *
heddle_input_table_add (HeddleInputTable *self, guint64 id, const char *text, gsize length)
{
  Chunk *chunk = find_chunk (self, id);
  HeddleInput *input;
  guint n_used;

  if (chunk == NULL)
    {
      if (id >> CHUNK_BITS >= N_CHUNKS)
        return NULL;
      chunk = g_new0 (Chunk, 1);
      atomic_store_explicit (&self->chunks[id >> CHUNK_BITS], chunk, memory_order_release);
      n_used = atomic_load_explicit (&self->n_used, memory_order_relaxed);
      atomic_store_explicit (&self->n_used, MAX (n_used, (guint) (id >> CHUNK_BITS) + 1),
                             memory_order_release);
    }
  input = g_malloc (sizeof *input + length + 1);
  input->length = (guint32) length;
  memcpy (input->text, text, length);
  input->text[length] = '\0';
  /* the task's item carries the pointer; the queue's lock orders this store before every reader */
  chunk->inputs[id & (CHUNK_SIZE - 1)] = input;
  return input;
}

/**
 * heddle_input_table_is_used:
 *
 * Returns: whether any task whose events have been read may have a text. Collector.
 */
gboolean
heddle_input_table_is_used (HeddleInputTable *self)
{
  return atomic_load_explicit (&self->n_used, memory_order_acquire) > 0;
}

/**
 * heddle_input_table_get:
 *
 * Returns: (transfer none) (nullable): the text of a queued task that has not ended. Collector.
 */
const HeddleInput *
heddle_input_table_get (HeddleInputTable *self, guint64 id)
{
  Chunk *chunk = find_chunk (self, id);

  return chunk != NULL ? chunk->inputs[id & (CHUNK_SIZE - 1)] : NULL;
}

/**
 * heddle_input_table_drop:
 *
 * The task has ended: frees its text. Collector.
 */
void
heddle_input_table_drop (HeddleInputTable *self, guint64 id)
{
  Chunk *chunk = find_chunk (self, id);

  if (chunk == NULL || chunk->inputs[id & (CHUNK_SIZE - 1)] == NULL)
    return;
  g_clear_pointer (&chunk->inputs[id & (CHUNK_SIZE - 1)], g_free);
}
