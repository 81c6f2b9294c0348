/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "history/csv-line.h"

#include <string.h>

#include "base/json.h"
#include "engine/task/task.h"

/* Numbers, commas and quotes of a line take less than this. */
#define FIXED_ROOM 512

static const char head[] =
  "task,label,state,result,error,worker,attempt,queued_ns,started_ns,finished_ns,on_cpu_ns,"
  "ready_ns,blocked_ns,switches,preempted\r\n";

G_STATIC_ASSERT (sizeof head <= HEDDLE_CSV_HEAD_ROOM);

/**
 * heddle_csv_put_head:
 *
 * Writes the line with the names of the fields. Returns the byte behind it.
 */
char *
heddle_csv_put_head (char *to)
{
  memcpy (to, head, sizeof head - 1);
  return to + sizeof head - 1;
}

/**
 * heddle_csv_task_room:
 *
 * Returns: how many bytes heddle_csv_put_task() needs at most for @row
 */
gsize
heddle_csv_task_room (const HeddleRow *row)
{
  const char *const texts[] = { row->label, row->result, row->error };
  gsize room = FIXED_ROOM;

  for (guint i = 0; i < G_N_ELEMENTS (texts); i++)
    room += texts[i] != NULL ? 2 * strlen (texts[i]) : 0;
  return room;
}

/* No text is an empty field, a text without letters one in quotes. */
static char *
put_text (char *to, const char *text)
{
  gboolean quoted = text != NULL && (*text == '\0' || strpbrk (text, ",\"\r\n") != NULL);

  *to++ = ',';
  if (quoted)
    *to++ = '"';
  for (; text != NULL && *text != '\0'; text++)
    {
      if (*text == '"')
        *to++ = '"';
      *to++ = *text;
    }
  if (quoted)
    *to++ = '"';
  return to;
}

static char *
put_number (char *to, gint64 number, gboolean known)
{
  *to++ = ',';
  return known ? heddle_json_put_signed (to, number) : to;
}

/**
 * heddle_csv_put_task:
 * @to: where to write
 * @row: a task that ended
 * @origin: when the run started, CLOCK_MONOTONIC nanoseconds: times count from there
 *
 * Writes the line of a task; what is not known is an empty field. Returns the byte behind it.
 */
char *
heddle_csv_put_task (char *to, const HeddleRow *row, gint64 origin)
{
  gboolean started = row->started_ns != 0, known = started && row->times.known;
  gboolean split = known && row->times.ready_ns >= 0;
  gint64 span = row->finished_ns - row->started_ns;

  to = heddle_json_put_unsigned (to, row->id);
  to = put_text (to, row->label);
  to = put_text (to, heddle_task_state_name (row->state));
  to = put_text (to, row->result);
  to = put_text (to, row->error);
  to = put_number (to, row->worker, row->worker != 0);
  to = put_number (to, row->attempt, TRUE);
  to = put_number (to, row->queued_ns - origin, TRUE);
  to = put_number (to, row->started_ns - origin, started);
  to = put_number (to, row->finished_ns - origin, TRUE);
  to = put_number (to, row->times.on_cpu_ns, known);
  to = put_number (to, row->times.ready_ns, split);
  to = put_number (to, split ? heddle_task_times_get_blocked (&row->times, span) : 0, split);
  to = put_number (to, row->times.switches, known);
  to = put_number (to, row->times.preempted, known);
  *to++ = '\r';
  *to++ = '\n';
  return to;
}
