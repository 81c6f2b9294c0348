/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <glib/gi18n-lib.h>
#include <stdarg.h>
#include <string.h>

#include "base/futex.h"
#include "engine/task/hold.h"
#include "engine/task/task-private.h"
#include "engine/task/task.h"
#include "trace/clock.h"
#include "trace/states.h"

/**
 * heddle_task_get_id:
 *
 * Returns: its number, from 1 in the order of submission. The worker's thread, as all here.
 */
guint64
heddle_task_get_id (HeddleTask *self)
{
  return self->id;
}

/**
 * heddle_task_get_attempt:
 *
 * Returns: 1 the first time, 2 when it is tried again ...
 */
guint
heddle_task_get_attempt (HeddleTask *self)
{
  return self->attempt;
}

/**
 * heddle_task_get_worker:
 *
 * Returns: the number of the worker that executes the task, from 1
 */
guint
heddle_task_get_worker (HeddleTask *self)
{
  return self->worker;
}

/**
 * heddle_task_get_input:
 * @length: (out) (optional): bytes of the input
 *
 * Returns: (transfer none) (nullable): its input, NUL-terminated; NULL for a task of a range
 */
const char *
heddle_task_get_input (HeddleTask *self, gsize *length)
{
  if (length != NULL)
    *length = self->input_length;
  return self->input;
}

/* Whether a request to end is meant for this task. */
static gboolean
is_meant (const HeddleTask *self, guint32 word)
{
  return (word & HEDDLE_CANCEL_RUN) != 0
    || (word != 0 && (word & ~HEDDLE_CANCEL_ALL) == self->mark);
}

/**
 * heddle_task_is_cancelled:
 *
 * Whether the task is asked to end. A task that sees this should return soon, without a result; it
 * then ends as cancelled. Costs one load.
 *
 * Returns: TRUE if it should end
 */
gboolean
heddle_task_is_cancelled (HeddleTask *self)
{
  guint32 word =
    self->cancel != NULL ? atomic_load_explicit (self->cancel, memory_order_relaxed) : 0;

  if (G_LIKELY (word == 0) || !is_meant (self, word))
    return FALSE;
  self->saw_cancel = TRUE;
  return TRUE;
}

/**
 * heddle_task_cancel:
 *
 * For a task whose own code knows that it is not wanted any more, though the run goes on: it ends
 * as cancelled when it returns, unless it has a result or has failed.
 */
void
heddle_task_cancel (HeddleTask *self)
{
  self->saw_cancel = TRUE;
}

/**
 * heddle_task_can_be_killed:
 *
 * Whether the task's worker is a process that can be ended with the task in hand. Only then may a
 * task be deaf to being asked to end, or do what kills the process it runs in.
 *
 * Returns: FALSE if it runs in this very program
 */
gboolean
heddle_task_can_be_killed (HeddleTask *self)
{
  return self->killable;
}

/**
 * heddle_task_get_wake_fd:
 *
 * For heddle_child_run(), whose is_over() asks heddle_task_is_cancelled().
 *
 * Returns: an eventfd of the worker that is written to when heddle_task_is_cancelled() may have
 *   become true; whoever else knows that a task in hand is to end may write to it, too. -1 on
 *   backends that are not for commands
 */
int
heddle_task_get_wake_fd (HeddleTask *self)
{
  return self->wake_fd;
}

/**
 * heddle_task_set_times:
 * @times: what the command has cost, known; its CPUs are not told
 *
 * Says what the task's time went to where a command, and not the worker's thread, has used it:
 * once, when the command has ended. On backends that are not for commands, where the worker itself
 * is counted, and in a run that does not want to know, nothing comes of it.
 */
void
heddle_task_set_times (HeddleTask *self, const HeddleTaskTimes *times)
{
  HeddleTimesEvent event;

  g_return_if_fail (times != NULL && times->known);

  if (!self->takes_times)
    return;
  event = (HeddleTimesEvent){ .on_cpu_ns = MAX (times->on_cpu_ns, 0),
                              .ready_ns = MAX (times->ready_ns, -1),
                              .switches = times->switches,
                              .preempted = times->preempted };
  heddle_ring_put_text (self->writer, HEDDLE_EVENT_TIMES, self->id, (const char *) &event,
                        sizeof event);
}

static void
wait_until (const HeddleTask *self, gint64 deadline)
{
  guint32 word;

  /* shared, not private: in a worker process the word lies in shared memory */
  while (!is_meant (self, word = atomic_load_explicit (self->cancel, memory_order_acquire)))
    if (!heddle_futex_wait_until (self->cancel, word, deadline))
      break;
}

/**
 * heddle_task_sleep:
 * @nanoseconds: how long
 *
 * Waits, as for an answer from elsewhere, and records that. Ends early if the task is to end.
 *
 * Returns: TRUE if the whole time has passed, FALSE if the task should end
 */
gboolean
heddle_task_sleep (HeddleTask *self, gint64 nanoseconds)
{
  gint64 deadline = heddle_clock_deadline (nanoseconds);

  if (nanoseconds <= 0)
    return !heddle_task_is_cancelled (self);
  heddle_hold_record (self);
  heddle_ring_put_detail (self->writer, heddle_clock_ticks (),
                          heddle_event_word (HEDDLE_EVENT_WAIT, HEDDLE_WAIT_SLEEP, self->id));
  heddle_ring_publish (self->writer);
  wait_until (self, deadline);
  heddle_ring_put_detail (self->writer, heddle_clock_ticks (),
                          heddle_event_word (HEDDLE_EVENT_RESUME, HEDDLE_WAIT_SLEEP, self->id));
  heddle_ring_publish (self->writer);
  return !heddle_task_is_cancelled (self);
}

/**
 * heddle_task_begin_io:
 *
 * From now until heddle_task_end_io() the task waits for bytes: it reads or writes what may block.
 * Costs some 20 ns a call; say it around what takes microseconds at least.
 */
void
heddle_task_begin_io (HeddleTask *self)
{
  heddle_hold_record (self);
  heddle_ring_put_detail (self->writer, heddle_clock_ticks (),
                          heddle_event_word (HEDDLE_EVENT_WAIT, HEDDLE_WAIT_IO, self->id));
  heddle_ring_publish (self->writer);
}

/**
 * heddle_task_end_io:
 *
 * The bytes have come or gone. May be dropped as all details may, when the ring is nearly full: the
 * wait then lasts until the task ends.
 */
void
heddle_task_end_io (HeddleTask *self)
{
  heddle_ring_put_detail (self->writer, heddle_clock_ticks (),
                          heddle_event_word (HEDDLE_EVENT_RESUME, HEDDLE_WAIT_IO, self->id));
  heddle_ring_publish (self->writer);
}

/**
 * heddle_task_set_progress:
 * @fraction: how much of the task is done, 0 to 1
 *
 * Tells how far a long task is. Cheap; may be dropped when the ring is nearly full.
 */
void
heddle_task_set_progress (HeddleTask *self, double fraction)
{
  guint half_per_cents = (guint) (CLAMP (fraction, 0.0, 1.0) * 200);

  heddle_ring_put_detail (self->writer, heddle_clock_ticks (),
                          heddle_event_word (HEDDLE_EVENT_PROGRESS, half_per_cents, self->id));
  heddle_ring_publish (self->writer);
}

/**
 * heddle_task_print:
 * @format: a line, printf-style, without a newline
 *
 * Says something that is shown in the run's log in the order in which all workers said things. What
 * is longer than a text event of the ring (HEDDLE_EVENT_TEXT_MAX) is shown as several lines.
 */
void
heddle_task_print (HeddleTask *self, const char *format, ...)
{
  guint64 ticks = heddle_clock_ticks ();
  g_autoptr (GString) line = g_string_sized_new (256);
  va_list args;

  g_string_append_len (line, (const char *) &ticks, sizeof ticks);
  va_start (args, format);
  g_string_append_vprintf (line, format, args);
  va_end (args);
  heddle_ring_put_text (self->writer, HEDDLE_EVENT_OUTPUT_TEXT, self->id, line->str, line->len);
  heddle_ring_publish (self->writer);
}

/**
 * heddle_task_publish_figure:
 * @figure: a measurement; copied
 *
 * Tells a figure that the page draws as a bar. A figure of the same task, group and name takes the
 * place of the one before. Of a run, HEDDLE_MAX_FIGURES are kept.
 */
void
heddle_task_publish_figure (HeddleTask *self, const HeddleFigure *figure)
{
  heddle_ring_put_text (self->writer, HEDDLE_EVENT_FIGURE, self->id, (const char *) figure,
                        sizeof *figure);
  heddle_ring_publish (self->writer);
}

/**
 * heddle_task_return_number:
 *
 * Gives a number as the task's result. At most one result a task; a second one is ignored.
 */
void
heddle_task_return_number (HeddleTask *self, guint64 number)
{
  if (self->has_result)
    return;
  self->has_result = TRUE;
  heddle_ring_put (self->writer, number,
                   heddle_event_word (HEDDLE_EVENT_RESULT_NUMBER, 0, self->id));
}

/**
 * heddle_task_return_text:
 * @length: bytes, or -1 if @text is NUL-terminated
 *
 * Gives a text as the task's result, of HEDDLE_MAX_RESULT bytes at most; with a longer one the task
 * fails. At most one result a task; a second one is ignored.
 */
void
heddle_task_return_text (HeddleTask *self, const char *text, gssize length)
{
  gsize bytes;

  if (self->has_result)
    return;
  bytes = length < 0 ? strlen (text) : (gsize) length;
  if (bytes > HEDDLE_MAX_RESULT)
    {
      heddle_task_fail (self,
                        _("The result of the task has more than %u bytes: write it to a file."),
                        HEDDLE_MAX_RESULT);
      return;
    }
  self->has_result = TRUE;
  heddle_ring_put_text (self->writer, HEDDLE_EVENT_RESULT_TEXT, self->id, text, bytes);
}

/**
 * heddle_task_return_printf:
 * @format: the result, printf-style
 *
 * Gives a text as the task's result, as heddle_task_return_text().
 */
void
heddle_task_return_printf (HeddleTask *self, const char *format, ...)
{
  g_autofree char *text = NULL;
  va_list args;

  va_start (args, format);
  text = g_strdup_vprintf (format, args);
  va_end (args);
  heddle_task_return_text (self, text, -1);
}

/**
 * heddle_task_fail_literal:
 * @message: why, in words
 *
 * The task ends as failed when it returns. The first message counts.
 */
void
heddle_task_fail_literal (HeddleTask *self, const char *message)
{
  if (self->failed)
    return;
  self->failed = TRUE;
  heddle_ring_put_text (self->writer, HEDDLE_EVENT_ERROR_TEXT, self->id, message,
                        MIN (strlen (message), HEDDLE_MAX_RESULT));
}

/**
 * heddle_task_fail:
 * @format: why, in words, printf-style
 *
 * The task ends as failed when it returns. The first message counts.
 */
void
heddle_task_fail (HeddleTask *self, const char *format, ...)
{
  g_autofree char *message = NULL;
  va_list args;

  va_start (args, format);
  message = g_strdup_vprintf (format, args);
  va_end (args);
  heddle_task_fail_literal (self, message);
}
