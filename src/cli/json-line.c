/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <string.h>

#include "base/json.h"
#include "cli/json-line.h"
#include "engine/model/backend.h"
#include "engine/model/skipped.h"
#include "engine/task/task.h"

/* Keys, punctuation and numbers of a task line take less than this. */
#define TASK_FIXED_ROOM 512

/* A byte of text becomes at most six characters ("\u0001"), and four thirds of one more in
 * base64. */
#define TEXT_ROOM(length) ((length) * HEDDLE_JSON_CHAR_ROOM + (length) / 3 * 4 + 32)

static inline char *
put (char *to, const char *text, gsize length)
{
  memcpy (to, text, length);
  return to + length;
}

#define PUT(to, literal) put ((to), "" literal, sizeof (literal) - 1)

static char *
put_string_or_null (char *to, const char *text, gboolean *valid)
{
  return text != NULL ? heddle_json_put_string (to, text, valid) : PUT (to, "null");
}

/* What could not be told in UTF-8 is told once more as it is, in base64, so that nothing is
 * lost. */
static char *
put_bytes (char *to, const char *key, const char *text)
{
  g_autofree char *encoded = g_base64_encode ((const guchar *) text, strlen (text));

  to = PUT (to, ",\"");
  to = put (to, key, strlen (key));
  to = PUT (to, "_bytes\":\"");
  to = put (to, encoded, strlen (encoded));
  *to++ = '"';
  return to;
}

/**
 * heddle_json_task_room:
 *
 * Returns: how many bytes heddle_json_put_task() needs at most for @row
 */
gsize
heddle_json_task_room (const HeddleRow *row)
{
  gsize room = TASK_FIXED_ROOM;

  if (row->label != NULL)
    room += TEXT_ROOM (strlen (row->label));
  if (row->result != NULL)
    room += TEXT_ROOM (strlen (row->result));
  if (row->error != NULL)
    room += TEXT_ROOM (strlen (row->error));
  if (row->input != NULL)
    room += TEXT_ROOM (strlen (row->input));
  return room;
}

/**
 * heddle_json_put_task:
 * @to: where to write
 * @row: a task that ended
 * @origin: when the run started, CLOCK_MONOTONIC nanoseconds: times are told from there on
 *
 * Writes the line of a task. Returns the byte behind it.
 */
char *
heddle_json_put_task (char *to, const HeddleRow *row, gint64 origin)
{
  const char *state = heddle_task_state_name (row->state);
  gboolean label_valid = TRUE, result_valid = TRUE, error_valid = TRUE;

  to = PUT (to, "{\"type\":\"task\",\"id\":");
  to = heddle_json_put_unsigned (to, row->id);
  to = PUT (to, ",\"label\":");
  to = put_string_or_null (to, row->label, &label_valid);
  to = PUT (to, ",\"state\":\"");
  to = put (to, state, strlen (state));
  to = PUT (to, "\",\"result\":");
  to = put_string_or_null (to, row->result, &result_valid);
  to = PUT (to, ",\"error\":");
  to = put_string_or_null (to, row->error, &error_valid);
  to = PUT (to, ",\"worker\":");
  to = row->worker != 0 ? heddle_json_put_unsigned (to, row->worker) : PUT (to, "null");
  to = PUT (to, ",\"attempt\":");
  to = heddle_json_put_unsigned (to, row->attempt);
  to = PUT (to, ",\"queued_ns\":");
  to = heddle_json_put_signed (to, row->queued_ns - origin);
  to = PUT (to, ",\"started_ns\":");
  to =
    row->started_ns != 0 ? heddle_json_put_signed (to, row->started_ns - origin) : PUT (to, "null");
  to = PUT (to, ",\"finished_ns\":");
  to = heddle_json_put_signed (to, row->finished_ns - origin);
  if (row->input != NULL || !label_valid)
    to = put_bytes (to, "label", row->input != NULL ? row->input : row->label);
  if (!result_valid)
    to = put_bytes (to, "result", row->result);
  if (!error_valid)
    to = put_bytes (to, "error", row->error);
  return PUT (to, "}\n");
}

/**
 * heddle_json_put_worker:
 *
 * Writes the line of a worker, as it was when the run ended. Returns the byte behind it.
 */
char *
heddle_json_put_worker (char *to, const HeddleWorkerInfo *worker)
{
  to = PUT (to, "{\"type\":\"worker\",\"id\":");
  to = heddle_json_put_unsigned (to, worker->number);
  to = worker->is_process ? PUT (to, ",\"kind\":\"process\",\"pid\":")
                          : PUT (to, ",\"kind\":\"thread\",\"pid\":");
  to = heddle_json_put_signed (to, worker->pid);
  to = PUT (to, ",\"tid\":");
  /* a process has one thread, with its number */
  to = heddle_json_put_signed (to, worker->tid != 0 ? worker->tid : worker->pid);
  to = PUT (to, ",\"tasks\":");
  to = heddle_json_put_unsigned (to, worker->tasks);
  to = PUT (to, ",\"busy_ns\":");
  to = heddle_json_put_signed (to, worker->busy_ns);
  return PUT (to, "}\n");
}

/* Numbers in the figures' own unit, to what can be told apart: a tenth of a nanosecond. */
static char *
put_figure (char *to, const char *key, double value, gboolean known)
{
  to = PUT (to, ",\"");
  to = put (to, key, strlen (key));
  to = PUT (to, "\":");
  return known ? heddle_json_put_double (to, value, "%.1f") : PUT (to, "null");
}

/**
 * heddle_json_put_figure:
 * @to: where to write
 * @figure: what a task has measured
 * @group: (nullable): the name of the figures it is to be compared with
 * @name: its own name; of both at most 256 bytes are told
 *
 * Writes the line of a figure. Returns the byte behind it.
 */
char *
heddle_json_put_figure (char *to, const HeddleFigure *figure, const char *group, const char *name)
{
  gboolean valid = TRUE;
  char text[257];

  to = PUT (to, "{\"type\":\"figure\",\"group\":");
  if (group != NULL)
    {
      g_strlcpy (text, group, sizeof text);
      to = heddle_json_put_string (to, text, &valid);
    }
  else
    to = PUT (to, "null");
  to = PUT (to, ",\"name\":");
  g_strlcpy (text, name, sizeof text);
  to = heddle_json_put_string (to, text, &valid);
  to = figure->unit == HEDDLE_FIGURE_BYTES ? PUT (to, ",\"unit\":\"bytes\"")
                                           : PUT (to, ",\"unit\":\"ns\"");
  to = PUT (to, ",\"value\":");
  to = heddle_json_put_double (to, figure->value, "%.1f");
  to = put_figure (to, "low", figure->low,
                   figure->high > 0); /* who was not blocked at all has a low of 0 */
  to = put_figure (to, "high", figure->high, figure->high > 0);
  to = put_figure (to, "claim", figure->claim, figure->claim > 0);
  return PUT (to, "}\n");
}

static char *
put_count (char *to, const char *key, guint64 count)
{
  to = PUT (to, ",\"");
  to = put (to, key, strlen (key));
  to = PUT (to, "\":");
  return heddle_json_put_unsigned (to, count);
}

static char *
put_skipped (char *to, const guint64 skipped[HEDDLE_N_SKIPPED])
{
  char *begin = to = PUT (to, ",\"skipped\":");

  for (guint i = 0; i < HEDDLE_N_SKIPPED; i++)
    to = put_count (to, heddle_skipped_get_key (i), skipped[i]);
  *begin = '{'; /* where put_count() begins with a comma */
  *to++ = '}';
  return to;
}

/* A time of so many tasks. */
static char *
put_time (char *to, const char *key, guint64 n, gint64 time)
{
  if (n > 0)
    return put_count (to, key, (guint64) time);
  to = PUT (to, ",\"");
  to = put (to, key, strlen (key));
  return PUT (to, "\":null");
}

/**
 * heddle_json_put_run:
 * @to: where to write
 * @workload: what was run; its id is ASCII
 * @backend: on what
 * @workers: how many workers were asked for
 * @snapshot: of the finished run
 * @halt: the policy that has ended it, if it has
 *
 * Writes the line of the run. Returns the byte behind it.
 */
char *
heddle_json_put_run (char *to, const HeddleWorkload *workload, const HeddleBackendInfo *backend,
                     guint workers, const HeddleRunSnapshot *snapshot, const char *halt)
{
  gboolean valid = TRUE;

  to = PUT (to, "{\"type\":\"run\",\"workload\":");
  to = heddle_json_put_string (to, workload->id, &valid);
  to = PUT (to, ",\"backend\":");
  to = heddle_json_put_string (to, backend->id, &valid);
  to = put_count (to, "workers", workers);
  to = put_count (to, "submitted", snapshot->submitted);
  to = put_count (to, "done", snapshot->done);
  to = put_count (to, "failed", snapshot->failed);
  to = put_count (to, "cancelled", snapshot->cancelled);
  to = put_count (to, "lost", snapshot->lost);
  to = PUT (to, ",\"elapsed_ns\":");
  to = heddle_json_put_signed (to, snapshot->elapsed_ns);
  to = PUT (to, ",\"utilisation\":");
  to = heddle_json_put_double (to, CLAMP (snapshot->utilisation, 0, 1), "%.4f");
  to = PUT (to, ",\"throughput\":");
  to = heddle_json_put_double (to, snapshot->rate, "%.1f");
  to = put_count (to, "dropped_events", snapshot->dropped_events);
  to = put_count (to, "retried", snapshot->retried);
  to = put_count (to, "recycled", snapshot->workers_recycled);
  to = PUT (to, ",\"halted\":");
  if (snapshot->halted)
    to = heddle_json_put_string (to, halt, &valid);
  else
    to = PUT (to, "null");
  to = put_skipped (to, snapshot->skipped);
  to = put_time (to, "task_p50_ns", snapshot->n_task_times, snapshot->task_p50_ns);
  to = put_time (to, "task_p99_ns", snapshot->n_task_times, snapshot->task_p99_ns);
  return PUT (to, "}\n");
}
