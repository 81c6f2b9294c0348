/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <pthread.h>
#include <stdatomic.h>
#include <string.h>

#include "base/lock.h"
#include "engine/model/log.h"
#include "trace/clock.h"

/* a line may be the error of a task, which has up to 64 MiB */
#define MOST_BYTES (32 * 1024 * 1024)

struct _HeddleLog {
  atomic_uint ref_count;
  guint capacity; /* constant */

  pthread_mutex_t lock;
  /* guarded by lock */
  HeddleLogLine *lines; /* ring: line i stands at i % capacity; allocated as it fills */
  guint n_allocated;
  guint64 length; /* lines ever added */
  guint64 first; /* index of the oldest line that is kept */
  gsize bytes; /* lines and their texts */
  char *first_error; /* text of the first error, NULL: none; outlives its line */
  guint64 first_error_index;
};

/**
 * heddle_log_line_clear:
 * @line: a line that heddle_log_get() filled
 *
 * Frees what the line owns. Any thread.
 */
void
heddle_log_line_clear (HeddleLogLine *line)
{
  g_return_if_fail (line != NULL);

  g_clear_pointer (&line->text, g_free);
}

/**
 * heddle_log_new:
 * @capacity: how many lines are kept, of together 32 MiB; when more come, the oldest go
 *
 * Returns: (transfer full): an empty log
 */
HeddleLog *
heddle_log_new (guint capacity)
{
  HeddleLog *self;

  g_return_val_if_fail (capacity > 0, NULL);

  self = g_new0 (HeddleLog, 1);
  atomic_init (&self->ref_count, 1);
  self->capacity = capacity;
  pthread_mutex_init (&self->lock, NULL);
  return self;
}

/**
 * heddle_log_ref:
 *
 * Returns: (transfer full): @self. Any thread.
 */
HeddleLog *
heddle_log_ref (HeddleLog *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  /* relaxed: who can take a reference holds one already */
  atomic_fetch_add_explicit (&self->ref_count, 1, memory_order_relaxed);
  return self;
}

/**
 * heddle_log_unref:
 * @self: (transfer full): a log
 *
 * Gives a reference back; the last one frees the log. Any thread.
 */
void
heddle_log_unref (HeddleLog *self)
{
  g_return_if_fail (self != NULL);

  /* acq_rel: whoever frees sees everything that the others did before they let go */
  if (atomic_fetch_sub_explicit (&self->ref_count, 1, memory_order_acq_rel) != 1)
    return;
  for (guint64 i = self->first; i < self->length; i++)
    g_free (self->lines[i % self->capacity].text);
  g_free (self->lines);
  g_free (self->first_error);
  pthread_mutex_destroy (&self->lock);
  g_free (self);
}

/* With the lock held: room for a line. Doubles, so that an unused log costs nothing. */
static void
log_reserve (HeddleLog *self)
{
  guint before = self->n_allocated;

  if (self->length < before || before == self->capacity)
    return;
  self->n_allocated = MIN (MAX (before * 2, 64), self->capacity);
  self->bytes += (self->n_allocated - before) * sizeof (HeddleLogLine);
  self->lines = g_renew (HeddleLogLine, self->lines, self->n_allocated);
}

/* With the lock held. */
static void
drop_oldest (HeddleLog *self)
{
  char **text = &self->lines[self->first++ % self->capacity].text;

  self->bytes -= strlen (*text) + 1;
  g_clear_pointer (text, g_free);
}

/**
 * heddle_log_add:
 * @time: when it happened, CLOCK_MONOTONIC nanoseconds
 * @worker: the worker's number, 0 for none
 * @task: the task's id, 0 for none
 * @text: one line without a line end; bytes that are no UTF-8 are replaced
 *
 * Adds a line at the end; the oldest go if the log is full. Any thread.
 *
 * Returns: the line's index
 */
guint64
heddle_log_add (HeddleLog *self, gint64 time, HeddleLogLevel level, guint worker, guint64 task,
                const char *text)
{
  HeddleLogLine line = { .time = time, .level = level, .worker = worker, .task = task };
  guint64 index;

  g_return_val_if_fail (self != NULL, 0);
  g_return_val_if_fail (text != NULL, 0);

  line.text = g_utf8_make_valid (text, -1);
  HEDDLE_AUTO_LOCK (&self->lock);
  log_reserve (self);
  if (self->length - self->first == self->capacity)
    drop_oldest (self);
  self->bytes += strlen (line.text) + 1;
  self->lines[self->length % self->capacity] = line;
  index = self->length++;
  if (level == HEDDLE_LOG_ERROR && self->first_error == NULL)
    {
      self->first_error = g_strdup (line.text);
      self->first_error_index = index;
    }
  while (self->bytes > MOST_BYTES && self->length - self->first > 1)
    drop_oldest (self);
  return index;
}

/**
 * heddle_log_printf:
 * @worker: the worker's number, 0 for none
 * @task: the task's id, 0 for none
 * @format: printf() format of one line
 * @...: its arguments
 *
 * Adds a line that happened now. Any thread.
 *
 * Returns: the line's index
 */
guint64
heddle_log_printf (HeddleLog *self, HeddleLogLevel level, guint worker, guint64 task,
                   const char *format, ...)
{
  g_autofree char *text = NULL;
  va_list args;

  g_return_val_if_fail (self != NULL, 0);
  g_return_val_if_fail (format != NULL, 0);

  va_start (args, format);
  text = g_strdup_vprintf (format, args);
  va_end (args);
  return heddle_log_add (self, heddle_clock_monotonic_ns (), level, worker, task, text);
}

/**
 * heddle_log_get_first:
 *
 * Returns: the index of the oldest line that is still kept; so many are gone. Any thread.
 */
guint64
heddle_log_get_first (HeddleLog *self)
{
  g_return_val_if_fail (self != NULL, 0);

  HEDDLE_AUTO_LOCK (&self->lock);
  return self->first;
}

/**
 * heddle_log_get_length:
 *
 * Returns: how many lines were ever added; the newest has this index less one. Any thread.
 */
guint64
heddle_log_get_length (HeddleLog *self)
{
  g_return_val_if_fail (self != NULL, 0);

  HEDDLE_AUTO_LOCK (&self->lock);
  return self->length;
}

/**
 * heddle_log_get:
 * @index: which line; a line keeps its index for ever
 * @line: (out caller-allocates): a copy of it: heddle_log_line_clear()
 *
 * Returns: %FALSE if that line is gone or has not come yet; then @line is not touched. Any thread.
 */
gboolean
heddle_log_get (HeddleLog *self, guint64 index, HeddleLogLine *line)
{
  g_return_val_if_fail (self != NULL, FALSE);
  g_return_val_if_fail (line != NULL, FALSE);

  HEDDLE_AUTO_LOCK (&self->lock);
  if (index >= self->length || index < self->first)
    return FALSE;
  *line = self->lines[index % self->capacity];
  line->text = g_strdup (line->text);
  return TRUE;
}

/**
 * heddle_log_get_bytes:
 *
 * Returns: how much memory the lines take now, their texts included. Any thread.
 */
gsize
heddle_log_get_bytes (HeddleLog *self)
{
  g_return_val_if_fail (self != NULL, 0);

  HEDDLE_AUTO_LOCK (&self->lock);
  return self->bytes;
}

/**
 * heddle_log_dup_first_error:
 * @index: (out) (optional): set to its index, where there is one; the line itself may have gone
 *
 * Returns: (transfer full) (nullable): the text of the first line that is an error, %NULL if there
 * is none. Any thread; does not depend on how long the log is.
 */
char *
heddle_log_dup_first_error (HeddleLog *self, guint64 *index)
{
  g_return_val_if_fail (self != NULL, NULL);

  HEDDLE_AUTO_LOCK (&self->lock);
  if (self->first_error != NULL && index != NULL)
    *index = self->first_error_index;
  return g_strdup (self->first_error);
}
