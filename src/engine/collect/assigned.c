/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "engine/collect/assigned.h"

/**
 * heddle_assigned_init:
 *
 * Makes an empty list. Nobody may be using it.
 */
void
heddle_assigned_init (HeddleAssigned *self)
{
  *self = (HeddleAssigned) { 0 };
  atomic_init (&self->n_shown, 0);
  self->first = self->last = g_new (HeddleAssignedChunk, 1);
}

/**
 * heddle_assigned_clear:
 *
 * Frees the list. Nobody may be using it.
 */
void
heddle_assigned_clear (HeddleAssigned *self)
{
  while (self->first != NULL)
    {
      HeddleAssignedChunk *chunk = self->first;

      self->first = chunk == self->last ? NULL : chunk->next;
      g_free (chunk);
    }
  self->last = NULL;
}

/**
 * heddle_assigned_add:
 * @id: the first task
 * @count: how many, with ids that follow
 * @attempt: of all of them, from 1
 *
 * Adds tasks; the reader sees them after heddle_assigned_show(). Writer.
 */
void
heddle_assigned_add (HeddleAssigned *self, guint64 id, guint32 count, guint32 attempt)
{
  HeddleAssignedTasks *last = self->n_in_last > 0 ? &self->last->tasks[self->n_in_last - 1] : NULL;
  gboolean shown = self->n_written == atomic_load_explicit (&self->n_shown, memory_order_relaxed);

  if (last != NULL && !shown && last->id + last->count == id && last->attempt == attempt
      && last->count <= G_MAXUINT32 - count)
    {
      last->count += count;
      return;
    }
  if (self->n_in_last == HEDDLE_ASSIGNED_CHUNK)
    {
      self->last->next = g_new (HeddleAssignedChunk, 1);
      self->last = self->last->next;
      self->n_in_last = 0;
    }
  self->last->tasks[self->n_in_last++] = (HeddleAssignedTasks) { id, count, attempt };
  self->n_written++;
}

/**
 * heddle_assigned_show:
 *
 * Shows the reader what has been added; to be called before the worker can see it. Writer.
 */
void
heddle_assigned_show (HeddleAssigned *self)
{
  /* release: the entries, and what the pool's thread did with their inputs, come before the end of
   * any of these tasks */
  atomic_store_explicit (&self->n_shown, self->n_written, memory_order_release);
}

/**
 * heddle_assigned_read_slow:
 *
 * Reads the next entry. Reader.
 *
 * Returns: FALSE if there is none
 */
gboolean
heddle_assigned_read_slow (HeddleAssigned *self)
{
  if (self->n_read == atomic_load_explicit (&self->n_shown, memory_order_acquire))
    return FALSE;
  if (self->at == HEDDLE_ASSIGNED_CHUNK)
    {
      HeddleAssignedChunk *old = self->first;

      self->first = old->next;
      self->at = 0;
      g_free (old);
    }
  self->now = self->first->tasks[self->at++];
  self->n_read++;
  return TRUE;
}
