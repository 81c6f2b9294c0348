/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "batch/seq-table.h"

#include <string.h>

#include "batch/hash.h"

/* A number is in the array if at least a quarter of the array would be in use, or it is small: so a
 * file of a few lines with huge numbers takes no more memory than its lines justify. */
#define SMALL  65536
#define SPARSE 4

/**
 * heddle_seq_table_init:
 * @self: (out): an empty table, to be ended by heddle_seq_table_clear()
 */
void
heddle_seq_table_init (HeddleSeqTable *self)
{
  G_STATIC_ASSERT (sizeof (HeddleSeqEntry) == 16);

  *self = (HeddleSeqTable){ .far = g_hash_table_new_full (NULL, NULL, NULL, g_free) };
}

/**
 * heddle_seq_table_clear:
 *
 * Frees what is in it.
 */
void
heddle_seq_table_clear (HeddleSeqTable *self)
{
  g_clear_pointer (&self->entries, g_free);
  g_clear_pointer (&self->far, g_hash_table_unref);
  self->size = 0;
}

/* What was far lies in the array now. */
static void
bring_in (HeddleSeqTable *self)
{
  GHashTableIter iter;
  gpointer seq, entry;

  g_hash_table_iter_init (&iter, self->far);
  while (g_hash_table_iter_next (&iter, &seq, &entry))
    if (GPOINTER_TO_UINT (seq) < self->size)
      {
        self->entries[GPOINTER_TO_UINT (seq)] = *(HeddleSeqEntry *) entry;
        g_hash_table_iter_remove (&iter);
      }
}

static void
grow (HeddleSeqTable *self, gsize size)
{
  size = MAX (size + size / 4, 1024);
  self->entries = g_realloc_n (self->entries, size, sizeof *self->entries);
  memset (self->entries + self->size, 0, (size - self->size) * sizeof *self->entries);
  self->size = size;
  bring_in (self);
}

/**
 * heddle_seq_table_at:
 * @seq: the number of a job, not 0
 *
 * Returns: (transfer none): its entry, to be changed; all zero where there was none. Until the next
 * call. The caller sets its state.
 */
HeddleSeqEntry *
heddle_seq_table_at (HeddleSeqTable *self, guint32 seq)
{
  HeddleSeqEntry *entry;

  g_return_val_if_fail (seq != 0, NULL);

  self->puts++;
  if (seq >= self->size && seq < SMALL + SPARSE * self->puts)
    grow (self, (gsize) seq + 1);
  if (seq < self->size)
    entry = &self->entries[seq];
  else
    {
      entry = g_hash_table_lookup (self->far, GUINT_TO_POINTER (seq));
      if (entry == NULL)
        {
          entry = g_new0 (HeddleSeqEntry, 1);
          g_hash_table_insert (self->far, GUINT_TO_POINTER (seq), entry);
        }
    }
  if (entry->state == HEDDLE_JOB_STATE_NONE)
    self->n++;
  return entry;
}

/**
 * heddle_seq_table_put:
 * @seq: the number of a job, not 0
 * @entry: what is known of it, with a state
 *
 * What was known before is forgotten.
 */
void
heddle_seq_table_put (HeddleSeqTable *self, guint32 seq, const HeddleSeqEntry *entry)
{
  *heddle_seq_table_at (self, seq) = *entry;
}

/**
 * heddle_seq_table_get:
 *
 * Returns: (transfer none) (nullable): what is known of job @seq
 */
const HeddleSeqEntry *
heddle_seq_table_get (const HeddleSeqTable *self, guint32 seq)
{
  const HeddleSeqEntry *entry = seq < self->size
    ? &self->entries[seq]
    : g_hash_table_lookup (self->far, GUINT_TO_POINTER (seq));

  return entry != NULL && entry->state != HEDDLE_JOB_STATE_NONE ? entry : NULL;
}

/**
 * heddle_seq_table_compare:
 * @seq: the number of a job
 * @command: the command that it would run now, @length bytes
 *
 * Returns: what is known of it. A job that was skipped before it had a command is compared by its
 * number alone.
 */
HeddleSeqVerdict
heddle_seq_table_compare (const HeddleSeqTable *self, guint32 seq, const char *command,
                          gsize length)
{
  const HeddleSeqEntry *entry = heddle_seq_table_get (self, seq);

  if (entry == NULL)
    return HEDDLE_SEQ_NOT_THERE;
  if (entry->command != 0 && entry->command != heddle_hash_command (command, length))
    return HEDDLE_SEQ_OTHER_COMMAND;
  if (entry->state == HEDDLE_JOB_STATE_IN_HAND)
    return HEDDLE_SEQ_IN_HAND;
  return entry->state == HEDDLE_JOB_STATE_DONE ? HEDDLE_SEQ_DONE : HEDDLE_SEQ_FAILED;
}
