/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "trace/states.h"

#include <glib/gi18n-lib.h>

#include "base/parse.h"

static const char *const names[HEDDLE_N_STATES_SOURCES] = { "none", "counted", "exact" };

/**
 * heddle_states_source_name:
 * @source: a source; anything else is answered with "unknown"
 *
 * The word of @source as it stands on command lines and in exports, never translated. Any thread.
 *
 * Returns: (transfer none): "counted", for example
 */
const char *
heddle_states_source_name (HeddleStatesSource source)
{
  return (guint) source < G_N_ELEMENTS (names) ? names[source] : "unknown";
}

/**
 * heddle_states_source_parse:
 * @name: what a user wrote
 * @source: (out): the source of that name
 *
 * Any thread.
 *
 * Returns: FALSE with HEDDLE_ERROR_USAGE if there is no such source
 */
gboolean
heddle_states_source_parse (const char *name, HeddleStatesSource *source, GError **error)
{
  g_return_val_if_fail (name != NULL && source != NULL, FALSE);

  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    if (g_str_equal (name, names[i]))
      {
        *source = (HeddleStatesSource) i;
        return TRUE;
      }
  return heddle_refuse (error, _("“%s” is no source of scheduling states: exact, counted or none."),
                        name);
}

/**
 * heddle_cpu_bit:
 * @cpu: the number of a processor
 *
 * Any thread.
 *
 * Returns: the bit that stands for it in #HeddleTaskTimes; all from 63 on have the same
 */
guint64
heddle_cpu_bit (guint cpu)
{
  return G_GUINT64_CONSTANT (1) << MIN (cpu, 63);
}

/**
 * heddle_task_times_fit:
 * @times: known ones
 * @span_ns: from the task's begin to its end, not negative
 *
 * The thread's counters and the clock that bounds the span are not read in the same instant, so
 * what is on CPU and ready may exceed the span by a trifle: cuts that off. What several threads had
 * together is left as it is. Any thread.
 */
void
heddle_task_times_fit (HeddleTaskTimes *times, gint64 span_ns)
{
  if (times->ready_ns < 0)
    return;
  times->on_cpu_ns = CLAMP (times->on_cpu_ns, 0, span_ns);
  times->ready_ns = CLAMP (times->ready_ns, 0, span_ns - times->on_cpu_ns);
}

/**
 * heddle_times_totals_add:
 * @times: of one attempt at a task; those that are not known are left out
 * @span_ns: from its begin to its end
 *
 * One thread at a time.
 */
void
heddle_times_totals_add (HeddleTimesTotals *self, const HeddleTaskTimes *times, gint64 span_ns)
{
  if (!times->known)
    return;
  self->n_tasks++;
  self->span_ns += span_ns;
  self->on_cpu_ns += MIN (times->on_cpu_ns, span_ns);
  if (times->ready_ns >= 0)
    self->ready_ns += times->ready_ns;
  else
    self->untold_ns += MAX (span_ns - times->on_cpu_ns, 0);
  self->switches += times->switches;
  self->preempted += times->preempted;
}

/**
 * heddle_task_times_get_blocked:
 * @times: known ones, that fit
 * @span_ns: from the task's begin to its end
 *
 * Any thread.
 *
 * Returns: for how much of its span the task neither had a CPU nor wanted one, nanoseconds; -1: not
 * known
 */
gint64
heddle_task_times_get_blocked (const HeddleTaskTimes *times, gint64 span_ns)
{
  if (times->ready_ns < 0)
    return -1;
  return MAX (span_ns - times->on_cpu_ns - times->ready_ns, 0);
}

/**
 * heddle_times_totals_get_blocked:
 *
 * Any thread.
 *
 * Returns: for how much of the spans the tasks are known to have been blocked, nanoseconds
 */
gint64
heddle_times_totals_get_blocked (const HeddleTimesTotals *self)
{
  return MAX (self->span_ns - self->on_cpu_ns - self->ready_ns - self->untold_ns, 0);
}

/* Seven bits a byte, the lowest ones first; the eighth says that more follow. */
static gsize
put_number (char *bytes, guint64 number)
{
  gsize n = 0;

  for (; number >= 0x80; number >>= 7)
    bytes[n++] = (char) (number | 0x80);
  bytes[n++] = (char) number;
  return n;
}

static gsize
get_number (const char *bytes, guint64 *number)
{
  gsize n = 0;
  guint8 byte;

  *number = 0;
  do
    {
      byte = (guint8) bytes[n];
      *number |= (guint64) (byte & 0x7f) << (7 * n);
      n++;
    }
  while ((byte & 0x80) != 0 && 7 * n < 64);
  return n;
}

/**
 * heddle_task_times_pack:
 * @times: known ones
 * @bytes: (out): room for %HEDDLE_TASK_TIMES_PACKED of them
 *
 * Writes the times without loss into as few bytes as their numbers need: 9 are usual for a task of
 * some milliseconds. Any thread.
 *
 * Returns: how many bytes were written
 */
gsize
heddle_task_times_pack (const HeddleTaskTimes *times, char *bytes)
{
  gsize n = put_number (bytes, (guint64) MAX (times->on_cpu_ns, 0));

  n += put_number (bytes + n, (guint64) MAX (times->ready_ns, -1) + 1);
  n += put_number (bytes + n, times->switches);
  n += put_number (bytes + n, times->preempted);
  return n + put_number (bytes + n, times->cpus);
}

/**
 * heddle_task_times_unpack:
 * @times: (out): what was packed
 * @bytes: what heddle_task_times_pack() wrote
 *
 * Any thread.
 *
 * Returns: how many bytes that were
 */
gsize
heddle_task_times_unpack (HeddleTaskTimes *times, const char *bytes)
{
  guint64 numbers[5];
  gsize n = 0;

  for (guint i = 0; i < G_N_ELEMENTS (numbers); i++)
    n += get_number (bytes + n, &numbers[i]);
  *times = (HeddleTaskTimes) {
    .on_cpu_ns = (gint64) numbers[0],
    .ready_ns = (gint64) (numbers[1] - 1),
    .switches = (guint32) numbers[2],
    .preempted = (guint32) numbers[3],
    .cpus = numbers[4],
    .known = TRUE,
  };
  return n;
}
