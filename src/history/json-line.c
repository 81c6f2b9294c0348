/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <string.h>

#include "base/json.h"
#include "history/json-line.h"
#include "engine/model/backend.h"
#include "engine/model/skipped.h"
#include "engine/task/task.h"

/* Keys, punctuation and numbers of a task line take less than this. */
#define TASK_FIXED_ROOM 512

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

/* What could not be written in UTF-8 is written once more as it is, in base64, so that nothing is
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

/* A byte of text becomes at most six characters ("\u0001"), and four thirds of one more in
 * base64. */
static gsize
text_room (const char *text)
{
  gsize length = text != NULL ? strlen (text) : 0;

  return length * HEDDLE_JSON_CHAR_ROOM + length / 3 * 4 + 32;
}

/**
 * heddle_json_task_room:
 *
 * Returns: how many bytes heddle_json_put_task() needs at most for @row
 */
gsize
heddle_json_task_room (const HeddleRow *row)
{
  return TASK_FIXED_ROOM + text_room (row->label) + text_room (row->result)
    + text_room (row->error) + text_room (row->input);
}

/* ,"key": */
static char *
put_key (char *to, const char *key)
{
  to = PUT (to, ",\"");
  to = put (to, key, strlen (key));
  return PUT (to, "\":");
}

static char *
put_integer (char *to, const char *key, gint64 number)
{
  return heddle_json_put_signed (put_key (to, key), number);
}

static char *
put_times (char *to, const HeddleRow *row)
{
  const HeddleTaskTimes *times = &row->times;

  if (!times->known)
    return PUT (to, ",\"on_cpu_ns\":null,\"ready_ns\":null,\"blocked_ns\":null,\"switches\":null,"
                    "\"preempted\":null");
  to = put_integer (to, "on_cpu_ns", times->on_cpu_ns);
  if (times->ready_ns < 0)
    to = PUT (to, ",\"ready_ns\":null,\"blocked_ns\":null");
  else
    {
      to = put_integer (to, "ready_ns", times->ready_ns);
      to = put_integer (to, "blocked_ns",
                        heddle_task_times_get_blocked (times, row->finished_ns - row->started_ns));
    }
  to = put_integer (to, "switches", times->switches);
  return put_integer (to, "preempted", times->preempted);
}

/**
 * heddle_json_put_task:
 * @to: where to write
 * @row: a task that ended
 * @origin: when the run started, CLOCK_MONOTONIC nanoseconds: times count from there
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
  to = put_times (to, row);
  return PUT (to, "}\n");
}

static char *
put_double (char *to, const char *key, double number, const char *format)
{
  return heddle_json_put_double (put_key (to, key), number, format);
}

static char *
put_text (char *to, const char *key, const char *text)
{
  gboolean valid;

  return put_string_or_null (put_key (to, key), text, &valid);
}

/**
 * heddle_json_put_worker:
 *
 * Writes the line of a worker, as it was when the run ended. Returns the byte behind it.
 */
char *
heddle_json_put_worker (char *to, const HeddleWorkerInfo *worker)
{
  to = PUT (to, "{\"type\":\"worker\"");
  to = put_integer (to, "id", worker->number);
  to = put_text (to, "kind", worker->is_process ? "process" : "thread");
  to = put_integer (to, "pid", worker->pid);
  /* a process has one thread, with its number */
  to = put_integer (to, "tid", worker->tid != 0 ? worker->tid : worker->pid);
  to = put_integer (to, "tasks", worker->tasks);
  to = put_integer (to, "busy_ns", worker->busy_ns);
  return PUT (to, "}\n");
}

/* Numbers in the figures' own unit, to what can be told apart: a tenth of a nanosecond. */
static char *
put_figure (char *to, const char *key, double value, gboolean known)
{
  return known ? put_double (to, key, value, "%.1f") : put_text (to, key, NULL);
}

/**
 * heddle_json_put_figure:
 * @to: where to write
 * @figure: what a task has measured
 * @group: (nullable): the name of the figures it is to be compared with
 * @name: its own name; of both at most 256 bytes are written
 *
 * Writes the line of a figure. Returns the byte behind it.
 */
char *
heddle_json_put_figure (char *to, const HeddleFigure *figure, const char *group, const char *name)
{
  char group_text[257], name_text[257];

  g_strlcpy (group_text, group != NULL ? group : "", sizeof group_text);
  g_strlcpy (name_text, name, sizeof name_text);
  to = PUT (to, "{\"type\":\"figure\"");
  to = put_text (to, "group", group != NULL ? group_text : NULL);
  to = put_text (to, "name", name_text);
  to = put_text (to, "unit", figure->unit == HEDDLE_FIGURE_BYTES ? "bytes" : "ns");
  to = put_figure (to, "value", figure->value, TRUE);
  /* a low of 0 is known, too: of something that was not blocked at all */
  to = put_figure (to, "low", figure->low, figure->high > 0);
  to = put_figure (to, "high", figure->high, figure->high > 0);
  to = put_figure (to, "claim", figure->claim, figure->claim > 0);
  return PUT (to, "}\n");
}

static char *
put_skipped (char *to, const guint64 skipped[HEDDLE_N_SKIPPED])
{
  char *begin = to = PUT (to, ",\"skipped\":");

  for (guint i = 0; i < HEDDLE_N_SKIPPED; i++)
    to = put_integer (to, heddle_skipped_get_key (i), skipped[i]);
  *begin = '{'; /* where the first key begins with a comma */
  *to++ = '}';
  return to;
}

/* A time of so many tasks. */
static char *
put_time (char *to, const char *key, guint64 n, gint64 time)
{
  return n > 0 ? put_integer (to, key, time) : put_text (to, key, NULL);
}

static char *
put_verdict (char *to, const HeddleVerdict *verdict)
{
  HeddleVerdictFigure figures[HEDDLE_VERDICT_FIGURES];
  guint n = heddle_verdict_get_figures (verdict, figures);
  char *begin;
  gboolean valid;

  to = PUT (to, "{\"kind\":");
  to = heddle_json_put_string (to, heddle_verdict_get_id (verdict->kind), &valid);
  if (verdict->object.name[0] != '\0')
    to = put_text (to, "object", verdict->object.name);
  begin = to = PUT (to, ",\"figures\":");
  for (guint i = 0; i < n; i++)
    to = put_double (to, figures[i].key, figures[i].value, "%.4f");
  *begin = '{'; /* where the first key begins with a comma */
  return PUT (to, "}}");
}

static char *
put_verdicts (char *to, const HeddleVerdict *verdicts, guint n)
{
  to = PUT (to, ",\"diagnosis\":[");
  for (guint i = 0; i < n; i++)
    {
      if (i > 0)
        *to++ = ',';
      to = put_verdict (to, &verdicts[i]);
    }
  *to++ = ']';
  return to;
}

/**
 * heddle_json_put_run:
 * @to: where to write
 * @workload: what was run; its id is ASCII
 * @backend: on what
 * @workers: how many workers were asked for
 * @snapshot: of the finished run
 * @halt: the policy that has ended it, if it has
 * @verdicts: what has held it up, @n_verdicts of them
 *
 * Writes the line of the run. Returns the byte behind it.
 */
char *
heddle_json_put_run (char *to, const HeddleWorkload *workload, const HeddleBackendInfo *backend,
                     guint workers, const HeddleRunSnapshot *snapshot, const char *halt,
                     const HeddleVerdict *verdicts, guint n_verdicts)
{
  to = PUT (to, "{\"type\":\"run\"");
  to = put_text (to, "workload", workload->id);
  to = put_text (to, "backend", backend->id);
  to = put_integer (to, "workers", workers);
  to = put_integer (to, "submitted", snapshot->submitted);
  to = put_integer (to, "done", snapshot->done);
  to = put_integer (to, "failed", snapshot->failed);
  to = put_integer (to, "cancelled", snapshot->cancelled);
  to = put_integer (to, "lost", snapshot->lost);
  to = put_integer (to, "elapsed_ns", snapshot->elapsed_ns);
  to = put_double (to, "utilisation", CLAMP (snapshot->utilisation, 0, 1), "%.4f");
  to = put_double (to, "throughput", snapshot->rate, "%.1f");
  to = put_integer (to, "dropped_events", snapshot->dropped_events);
  to = put_integer (to, "retried", snapshot->retried);
  to = put_integer (to, "recycled", snapshot->workers_recycled);
  to = put_text (to, "halted", snapshot->halted ? halt : NULL);
  to = put_skipped (to, snapshot->skipped);
  to = put_time (to, "task_p50_ns", snapshot->n_task_times, snapshot->task_p50_ns);
  to = put_time (to, "task_p99_ns", snapshot->n_task_times, snapshot->task_p99_ns);
  to = put_verdicts (to, verdicts, n_verdicts);
  to = put_text (to, "states", heddle_states_source_name (snapshot->states));
  to = put_integer (to, "states_lost", snapshot->states_lost);
  return PUT (to, "}\n");
}
