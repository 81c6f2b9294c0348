/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "engine/given.h"

/**
 * heddle_given_init:
 *
 * Makes an empty list. Nobody may be using it.
 */
void
heddle_given_init (HeddleGiven *self)
{
  *self = (HeddleGiven) { 0 };
  atomic_init (&self->n_shown, 0);
  self->first = self->last = g_new (HeddleGivenChunk, 1);
}

/**
 * heddle_given_clear:
 *
 * Frees the list. Nobody may be using it.
 */
void
heddle_given_clear (HeddleGiven *self)
{
  while (self->first != NULL)
    {
      HeddleGivenChunk *chunk = self->first;

      self->first = chunk == self->last ? NULL : chunk->next;
      g_free (chunk);
    }
  self->last = NULL;
}

/**
 * heddle_given_add:
 * @id: the first task
 * @count: how many, with ids that follow
 * @attempt: of all of them, from 1
 *
 * Adds tasks; the reader sees them after heddle_given_show(). Writer.
 */
void
heddle_given_add (HeddleGiven *self, guint64 id, guint32 count, guint32 attempt)
{
  HeddleGivenTasks *last = self->n_in_last > 0 ? &self->last->tasks[self->n_in_last - 1] : NULL;
  gboolean shown = self->n_written == atomic_load_explicit (&self->n_shown, memory_order_relaxed);

  if (last != NULL && !shown && last->id + last->count == id && last->attempt == attempt && last->count <= G_MAXUINT32 - count)
    {
      last->count += count;
      return;
    }
  if (self->n_in_last == HEDDLE_GIVEN_CHUNK)
    {
      self->last->next = g_new (HeddleGivenChunk, 1);
      self->last = self->last->next;
      self->n_in_last = 0;
    }
  self->last->tasks[self->n_in_last++] = (HeddleGivenTasks) { id, count, attempt };
  self->n_written++;
}

/**
 * heddle_given_show:
 *
 * Shows the reader what has been added; to be called before the worker can see it. Writer.
 */
void
heddle_given_show (HeddleGiven *self)
{
  /* release: the entries, and what the pool's thread did with their inputs, come before the end of any of these tasks */
  atomic_store_explicit (&self->n_shown, self->n_written, memory_order_release);
}

/**
 * heddle_given_read_slow:
 *
 * Reads the next entry. Reader.
 *
 * Returns: FALSE if there is none
 */
gboolean
heddle_given_read_slow (HeddleGiven *self)
{
  if (self->n_read == atomic_load_explicit (&self->n_shown, memory_order_acquire))
    return FALSE;
  if (self->at == HEDDLE_GIVEN_CHUNK)
    {
      HeddleGivenChunk *old = self->first;

      self->first = old->next;
      self->at = 0;
      g_free (old);
    }
  self->now = self->first->tasks[self->at++];
  self->n_read++;
  return TRUE;
}
