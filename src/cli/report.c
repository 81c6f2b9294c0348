/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <inttypes.h>
#include <string.h>

#include <glib/gi18n.h>

#include "cli/format.h"
#include "cli/report.h"
#include "engine/model/backend.h"
#include "history/json-line.h"
#include "history/run-lines.h"

/* How much text waits at most for an earlier task's, where results are shown in the order of the
 * ids. */
#define HELD_BYTES (64 * 1024 * 1024)

struct _HeddleReport {
  HeddleOutput *output; /* borrowed */
  HeddleCliFormat format;
  gint64 origin;        /* jsonl: CLOCK_MONOTONIC nanoseconds, 0: not known yet */
  GString *text;        /* scratch */

  /* The results of an ordered workload whose turn has not come: id → line, or NULL where the task
   * has none. */
  GHashTable *held;
  gsize held_bytes;
  guint64 next_id;
  gboolean out_of_order; /* too much was held: now they come as they come */
};

/**
 * heddle_report_new:
 * @output: outlives the report
 * @format: how results are written
 */
HeddleReport *
heddle_report_new (HeddleOutput *output, HeddleCliFormat format)
{
  HeddleReport *self = g_new0 (HeddleReport, 1);

  self->output = output;
  self->format = format;
  self->text = g_string_new (NULL);
  self->held = g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free, g_free);
  self->next_id = 1;
  return self;
}

void
heddle_report_free (HeddleReport *self)
{
  g_string_free (self->text, TRUE);
  g_hash_table_unref (self->held);
  g_free (self);
}

static void
write_text (HeddleReport *self, HeddleStream stream)
{
  g_string_append_c (self->text, '\n');
  heddle_output_write (self->output, stream, self->text->str, self->text->len);
}

/* What the task is called, byte by byte where that is the name of a file. */
static const char *
get_name (const HeddleRow *row)
{
  return row->input != NULL ? row->input : row->label != NULL ? row->label : "";
}

/* The text of a result, in self->text; FALSE where there is nothing to be said. */
static gboolean
make_sentence (HeddleReport *self, HeddleRun *run, const HeddleRow *row)
{
  g_autofree char *sentence = NULL;

  g_string_truncate (self->text, 0);
  if (row->state != HEDDLE_TASK_DONE || row->result == NULL)
    return FALSE;
  if (self->format == HEDDLE_CLI_SUMS)
    {
      heddle_format_sum (self->text, row->result, get_name (row));
      return TRUE;
    }
  if (heddle_run_get_workload (run)->sentence == NULL && *get_name (row) != '\0')
    {
      if (heddle_format_name (self->text, get_name (row)))
        g_string_prepend_c (self->text, '\\');
      g_string_append (self->text, ": ");
      heddle_format_safe (self->text, row->result);
      return TRUE;
    }
  if ((sentence = heddle_run_dup_sentence (run, row)) == NULL)
    return FALSE;
  heddle_format_safe (self->text, sentence);
  return TRUE;
}

static int
compare_ids (gconstpointer a, gconstpointer b)
{
  guint64 id_a = **(const guint64 *const *) a, id_b = **(const guint64 *const *) b;

  return id_a < id_b ? -1 : id_a > id_b;
}

/* Writes everything that is held, in the order of ids, with gaps. */
static void
release_all (HeddleReport *self)
{
  g_autofree gpointer *ids = NULL;
  guint n;

  ids = g_hash_table_get_keys_as_array (self->held, &n);
  qsort (ids, n, sizeof *ids, compare_ids);
  for (guint i = 0; i < n; i++)
    {
      const char *line = g_hash_table_lookup (self->held, ids[i]);

      if (line != NULL)
        heddle_output_write (self->output, HEDDLE_STREAM_OUT, line, -1);
    }
  g_hash_table_remove_all (self->held);
  self->held_bytes = 0;
}

/* Writes what is held and next in the order of ids. */
static void
release_ready (HeddleReport *self)
{
  char *line;

  while (g_hash_table_lookup_extended (self->held, &self->next_id, NULL, (gpointer *) &line))
    {
      if (line != NULL)
        {
          heddle_output_write (self->output, HEDDLE_STREAM_OUT, line, -1);
          self->held_bytes -= strlen (line);
        }
      g_hash_table_remove (self->held, &self->next_id);
      self->next_id++;
    }
}

static void
report_in_order (HeddleReport *self, guint64 id, gboolean has_text)
{
  if (self->out_of_order || id == self->next_id)
    {
      if (has_text)
        write_text (self, HEDDLE_STREAM_OUT);
      self->next_id += !self->out_of_order;
      if (g_hash_table_size (self->held) > 0)
        release_ready (self);
      return;
    }
  if (has_text)
    g_string_append_c (self->text, '\n');
  g_hash_table_insert (self->held, g_memdup2 (&id, sizeof id),
                       has_text ? g_strndup (self->text->str, self->text->len) : NULL);
  self->held_bytes += self->text->len;
  if (self->held_bytes > HELD_BYTES)
    {
      heddle_output_printf (self->output, HEDDLE_STREAM_ERR,
                            _("heddle-cli: Task %" PRIu64 " takes long; from here on results are written as tasks end, not in order\n"),
                            self->next_id);
      self->out_of_order = TRUE;
      release_all (self);
    }
}

static void
report_failure (HeddleReport *self, const HeddleRow *row)
{
  g_string_printf (self->text, _("Task %" PRIu64), row->id);
  if (*get_name (row) != '\0')
    {
      gsize open;

      g_string_append (self->text, " (");
      open = self->text->len;
      if (heddle_format_name (self->text, get_name (row)))
        g_string_insert_c (self->text, (gssize) open, '\\');
      g_string_append_c (self->text, ')');
    }
  g_string_append (self->text, row->state == HEDDLE_TASK_LOST ? _(": lost") : _(": failed"));
  if (row->error != NULL)
    {
      g_string_append (self->text, ": ");
      heddle_format_safe (self->text, row->error);
    }
  write_text (self, HEDDLE_STREAM_ERR);
}

static void
report_json (HeddleReport *self, HeddleRun *run, const HeddleRow *row)
{
  char *to;

  if (G_UNLIKELY (self->origin == 0))
    {
      g_autofree HeddleRunSnapshot *snapshot = g_new (HeddleRunSnapshot, 1);

      heddle_run_get_snapshot (run, snapshot);
      self->origin = snapshot->started_ns;
    }
  to = heddle_output_begin (self->output, HEDDLE_STREAM_OUT, heddle_json_task_room (row));
  to = heddle_json_put_task (to, row, self->origin);
  heddle_output_commit (self->output, HEDDLE_STREAM_OUT, to);
}

/**
 * heddle_report_row:
 * @run: the run
 * @row: a task that ended
 *
 * Tells what a task came to. Supervisor's thread; waits while a reader is slow.
 */
void
heddle_report_row (HeddleReport *self, HeddleRun *run, const HeddleRow *row)
{
  gboolean has_text;

  if (self->format == HEDDLE_CLI_JSONL)
    {
      report_json (self, run, row);
      return;
    }
  if (row->state == HEDDLE_TASK_FAILED || row->state == HEDDLE_TASK_LOST)
    report_failure (self, row);
  has_text = make_sentence (self, run, row);
  if (heddle_run_get_workload (run)->ordered)
    report_in_order (self, row->id, has_text);
  else if (has_text)
    write_text (self, HEDDLE_STREAM_OUT);
}

/**
 * heddle_report_line:
 * @line: of the run's log
 *
 * Passes on what tasks print (to standard output where that has text for people, else to standard
 * error) and what went wrong with workers. Supervisor's thread.
 */
void
heddle_report_line (HeddleReport *self, const HeddleLogLine *line)
{
  if (line->level == HEDDLE_LOG_INFO)
    return;
  g_string_assign (self->text, line->level == HEDDLE_LOG_OUTPUT ? "" : "heddle-cli: ");
  heddle_format_safe (self->text, line->text);
  write_text (self,
              line->level == HEDDLE_LOG_OUTPUT && self->format == HEDDLE_CLI_TEXT
                ? HEDDLE_STREAM_OUT
                : HEDDLE_STREAM_ERR);
}

static char *
begin_line (gsize room, gpointer data)
{
  return heddle_output_begin (data, HEDDLE_STREAM_OUT, room);
}

static void
end_line (char *end, gpointer data)
{
  heddle_output_commit (data, HEDDLE_STREAM_OUT, end);
}

static void
finish_json (HeddleReport *self, HeddleRun *run)
{
  static const HeddleLineSink sink = { begin_line, end_line };

  heddle_json_write_closing (run, &sink, self->output);
}

static void
append_part (GString *text, guint64 count, const char *word)
{
  if (count == 0)
    return;
  g_string_append (text, text->str[text->len - 1] == ' ' ? "" : ", ");
  heddle_append_count (text, count);
  g_string_append_printf (text, " %s", word);
}

static void
append_share (GString *text, const char *what, gint64 part, gint64 whole)
{
  g_string_append_printf (text, ", %s ", what);
  heddle_append_percent (text, (double) part / (double) whole);
}

/* What the time of tasks went to, where that is known of most of it. */
static void
append_states (GString *text, HeddleRun *run, const HeddleRunSnapshot *snapshot)
{
  const HeddleTimesTotals *times = &snapshot->times;
  g_autofree HeddleWorkerInfo *workers = g_new0 (HeddleWorkerInfo, snapshot->n_lanes + 1);
  guint n = MIN (heddle_run_get_workers (run, workers, snapshot->n_lanes), snapshot->n_lanes);
  gint64 busy = 0;

  for (guint i = 0; i < n; i++)
    busy += workers[i].busy_ns;
  if (times->span_ns == 0 || times->span_ns < busy / 2)
    return;
  append_share (text, _("on CPU"), times->on_cpu_ns, times->span_ns);
  append_share (text, _("ready"), times->ready_ns, times->span_ns);
  append_share (text, _("blocked"), heddle_times_totals_get_blocked (times), times->span_ns);
  if (times->untold_ns > 0)
    append_share (text, _("ready or blocked"), times->untold_ns, times->span_ns);
}

/* "42 830 tasks: 42 828 done, 2 failed in 3.2 s (13 384/s), utilisation 93 %, on CPU 27 %, ready
 * 58 %, blocked 15 %" */
static void
finish_text (HeddleReport *self, HeddleRun *run, const HeddleRunSnapshot *snapshot,
             const HeddleHalt *halt)
{
  guint64 ended = snapshot->done + snapshot->failed + snapshot->cancelled + snapshot->lost;
  g_autoptr (GString) skipped = g_string_new (NULL);
  GString *text = self->text;

  g_string_truncate (text, 0);
  heddle_append_count (text, snapshot->submitted);
  g_string_append_printf (
    text, " %s: ", g_dngettext (GETTEXT_PACKAGE, "task", "tasks", (gulong) snapshot->submitted));
  if (ended == 0 || snapshot->done > 0)
    {
      heddle_append_count (text, snapshot->done);
      g_string_append_printf (text, " %s", _("done"));
    }
  append_part (text, snapshot->failed, _("failed"));
  append_part (text, snapshot->cancelled, _("cancelled"));
  append_part (text, snapshot->lost, _("lost"));
  append_part (text, snapshot->retried, _("retried"));
  if (snapshot->halted)
    {
      g_autofree char *policy = heddle_halt_dup_text (halt);

      g_string_append (text, ", ");
      /* Translators: %s is a policy as on the command line, "soon,fail=3" */
      g_string_append_printf (text, _("halted by “%s”"), policy);
    }
  g_string_append_printf (text, " %s ", _("in"));
  heddle_append_duration (text, snapshot->elapsed_ns);
  g_string_append (text, " (");
  heddle_append_rate (text, snapshot->rate);
  g_string_append_printf (text, "), %s ", _("utilisation"));
  heddle_append_percent (text, snapshot->utilisation);
  append_states (text, run, snapshot);
  append_part (text, snapshot->workers_recycled,
               g_dngettext (GETTEXT_PACKAGE, "worker recycled", "workers recycled",
                            (gulong) snapshot->workers_recycled));
  append_part (
    text, snapshot->workers_lost,
    g_dngettext (GETTEXT_PACKAGE, "worker died", "workers died", (gulong) snapshot->workers_lost));
  append_part (text, snapshot->dropped_events,
               g_dngettext (GETTEXT_PACKAGE, "event dropped", "events dropped",
                            (gulong) snapshot->dropped_events));
  g_string_append_printf (
    text, "%s", heddle_skipped_append_text (skipped, snapshot->skipped) ? _(", skipped: ") : "");
  g_string_append (text, skipped->str);
  write_text (self, HEDDLE_STREAM_ERR);
}

/* What is worth a line at the end: less than half of the workers' time is told in JSON only. */
#define TOLD_STRENGTH 0.5

static void
append_cure (GString *text, const HeddleVerdict *verdict)
{
  switch (verdict->cure)
    {
    case HEDDLE_CURE_WORKERS:
      g_string_append_printf (text, " (--workers %u)", verdict->cure_value);
      break;
    case HEDDLE_CURE_BACKEND:
      g_string_append_printf (
        text, " (--backend %s)",
        heddle_backend_get_info ((HeddleBackend) verdict->cure_value)->id);
      break;
    case HEDDLE_CURE_PREFETCH:
      g_string_append_printf (text, " (--prefetch %u)", verdict->cure_value);
      break;
    case HEDDLE_CURE_NONE:
    default:
      break;
    }
}

/* "More workers than processors. 8 workers share 2 processors: ... (--workers 2)" */
static void
finish_diagnosis (HeddleReport *self, HeddleRun *run)
{
  HeddleVerdict verdicts[HEDDLE_N_VERDICTS];
  g_autofree char *title = NULL;
  g_autofree char *text = NULL;

  if (heddle_run_lines_diagnose (run, verdicts) == 0 || verdicts[0].strength < TOLD_STRENGTH)
    return;
  title = heddle_verdict_dup_title (&verdicts[0]);
  text = heddle_verdict_dup_text (&verdicts[0]);
  g_string_printf (self->text, "%s %s", title, text);
  append_cure (self->text, &verdicts[0]);
  write_text (self, HEDDLE_STREAM_ERR);
}

/**
 * heddle_report_finish:
 * @run: a run that has finished
 *
 * Tells how the whole run went. Main thread, after the last row.
 */
void
heddle_report_finish (HeddleReport *self, HeddleRun *run)
{
  g_autofree HeddleRunSnapshot *snapshot = g_new (HeddleRunSnapshot, 1);

  heddle_run_get_snapshot (run, snapshot);
  release_all (self);
  if (self->format == HEDDLE_CLI_JSONL)
    finish_json (self, run);
  else
    {
      finish_text (self, run, snapshot, &heddle_run_get_options (run)->halt);
      finish_diagnosis (self, run);
    }
}
