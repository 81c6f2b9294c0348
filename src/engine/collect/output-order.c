/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What tasks print and what is said of them, and the rows of those that ended, in the order in
 * which it happened: lines and rows of several rings are gathered and sorted before they are handed
 * on.
 */
#include "config.h"

#include <string.h>

#include "engine/collect/collector-private.h"
#include "trace/clock.h"

/**
 * heddle_collector_take_output_locked:
 * @slot: of the worker
 * @payload: when it was printed, in ticks, and the line
 * @length: bytes of @payload
 *
 * A task has printed a line. It is logged with those of other workers. With the lock held.
 */
void
heddle_collector_take_output_locked (HeddleCollector *self, HeddleSlot *slot, guint64 id,
                                     const char *payload, gsize length)
{
  OutputLine line = { .level = HEDDLE_LOG_OUTPUT, .worker = slot->number, .task = id };

  if (length < sizeof line.ticks)
    return;
  memcpy (&line.ticks, payload, sizeof line.ticks);
  line.ns = heddle_clock_to_ns (line.ticks);
  line.text = g_utf8_make_valid (payload + sizeof line.ticks,
                                 (gssize) (length - sizeof line.ticks));
  g_array_append_val (self->output, line);
}

/**
 * heddle_collector_say_locked:
 * @slot: with a current task
 * @ns: when it happened, CLOCK_MONOTONIC; what was published before the last settling is logged
 * with the next flush
 * @format: printf() format of one line
 * @...: its arguments
 *
 * Says in the log what became of that task, after all that it has printed. With the lock held.
 */
void
heddle_collector_say_locked (HeddleCollector *self, const HeddleSlot *slot, gint64 ns,
                             HeddleLogLevel level, const char *format, ...)
{
  OutputLine line = { .ns = ns, .ticks = G_MAXUINT64, .level = level, .worker = slot->number,
                      .task = slot->task.id };
  va_list args;

  va_start (args, format);
  line.text = g_strdup_vprintf (format, args);
  va_end (args);
  g_array_append_val (self->output, line);
}

static int
compare_lines (gconstpointer a, gconstpointer b)
{
  const OutputLine *one = a;
  const OutputLine *two = b;

  if (one->ns != two->ns)
    return one->ns < two->ns ? -1 : 1;
  return one->ticks < two->ticks ? -1 : one->ticks > two->ticks;
}

/**
 * heddle_collector_log_output_locked:
 *
 * Logs the lines in the order in which they were printed. A line that is younger than the beginning
 * of the last pass over all rings has to stay: one that was printed before it may still lie in the
 * ring of another worker. With the lock held.
 */
void
heddle_collector_log_output_locked (HeddleCollector *self)
{
  guint n = 0;

  g_array_sort (self->output, compare_lines);
  for (; n < self->output->len; n++)
    {
      OutputLine *line = &g_array_index (self->output, OutputLine, n);

      if (line->ns > self->settled)
        break;
      heddle_log_add (self->sinks.log, line->ns, line->level, line->worker, line->task, line->text);
      g_free (line->text);
      /* before the log gives up lines that the hook has not seen */
      if (n % 1024 == 1023)
        heddle_collector_tell_log_locked (self);
    }
  if (n > 0)
    g_array_remove_range (self->output, 0, n);
}

/**
 * heddle_collector_tell_log_locked:
 *
 * Hands new lines of the log to the line sink. With the lock held.
 */
void
heddle_collector_tell_log_locked (HeddleCollector *self)
{
  const HeddleCollectorSinks *sinks = &self->sinks;
  guint64 first, length;

  if (sinks->line == NULL)
    return;
  first = heddle_log_get_first (sinks->log);
  length = heddle_log_get_length (sinks->log);
  for (guint64 i = MAX (self->log_told, first); i < length; i++)
    {
      HeddleLogLine line;

      if (heddle_log_get (sinks->log, i, &line))
        {
          sinks->line (&line, sinks->data);
          heddle_log_line_clear (&line);
        }
    }
  self->log_told = length;
}

/**
 * heddle_collector_hand_out_rows_locked:
 *
 * Hands out, in the order of finishing, the rows of tasks that had finished when the last reading
 * of all rings began. With the lock held.
 */
void
heddle_collector_hand_out_rows_locked (HeddleCollector *self)
{
  heddle_finish_order_hand_out (self->rows, self->settled, self->sinks.row, self->sinks.data);
}
