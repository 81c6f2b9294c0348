/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "cli/job-lines.h"

#include <inttypes.h>
#include <pthread.h>
#include <string.h>

#include "base/json.h"
#include "base/lock.h"
#include "history/json-line.h"

/* Of what a command writes so much stands in its line. */
#define OUTPUT_MOST (64 * 1024)

static const char *const stream_names[HEDDLE_N_CHILD_STREAMS] = {
  [HEDDLE_CHILD_OUT] = "stdout",
  [HEDDLE_CHILD_ERR] = "stderr",
};

/* What the row of a task does not say. */
typedef struct {
  guint32 seq;
  char *command; /* NULL: there was none */
  int code;      /* -1: none */
  int signal;    /* 0: none */
  gint64 cpu_ns;
  guint64 max_rss;
  GString *output[HEDDLE_N_CHILD_STREAMS]; /* its begin; NULL: nothing */
  guint64 n_bytes[HEDDLE_N_CHILD_STREAMS];
} Facts;

struct _HeddleJobLines {
  HeddleOutput *output;
  GString *line;                                              /* supervisor's thread */
  GString *slots[HEDDLE_MAX_WORKERS][HEDDLE_N_CHILD_STREAMS]; /* each is its slot's thread's */

  pthread_mutex_t lock; /* the table */
  GHashTable *facts;    /* task → facts, until its row comes */
};

static void
facts_free (gpointer data)
{
  Facts *facts = data;

  g_free (facts->command);
  for (guint i = 0; i < HEDDLE_N_CHILD_STREAMS; i++)
    if (facts->output[i] != NULL)
      g_string_free (facts->output[i], TRUE);
  g_free (facts);
}

/**
 * heddle_job_lines_new:
 * @output: where lines are written; outlives what is returned
 */
HeddleJobLines *
heddle_job_lines_new (HeddleOutput *output)
{
  HeddleJobLines *self = g_new0 (HeddleJobLines, 1);

  self->output = output;
  self->line = g_string_new (NULL);
  pthread_mutex_init (&self->lock, NULL);
  self->facts = g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free, facts_free);
  return self;
}

void
heddle_job_lines_free (HeddleJobLines *self)
{
  for (guint i = 0; i < HEDDLE_MAX_WORKERS; i++)
    for (guint j = 0; j < HEDDLE_N_CHILD_STREAMS; j++)
      if (self->slots[i][j] != NULL)
        g_string_free (self->slots[i][j], TRUE);
  g_string_free (self->line, TRUE);
  g_hash_table_unref (self->facts);
  pthread_mutex_destroy (&self->lock);
  g_free (self);
}

/**
 * heddle_job_lines_add:
 * @job: whose command has written @n @bytes
 *
 * Keeps the begin of what a command writes. The slot's thread.
 */
void
heddle_job_lines_add (HeddleJobLines *self, const HeddleJob *job, HeddleChildStream stream,
                      const char *bytes, gsize n)
{
  GString **kept = &self->slots[job->slot - 1][stream];

  if (*kept == NULL)
    *kept = g_string_new (NULL);
  g_string_append_len (*kept, bytes, (gssize) MIN (n, OUTPUT_MOST - (*kept)->len));
}

/**
 * heddle_job_lines_end:
 * @job: an attempt that has ended; that of the last one is kept until its row comes
 *
 * The slot's thread.
 */
void
heddle_job_lines_end (HeddleJobLines *self, const HeddleJob *job)
{
  Facts *facts = g_new0 (Facts, 1);

  facts->seq = job->seq;
  facts->command = g_strdup (job->command);
  facts->code = -1;
  if (job->end != NULL)
    {
      facts->code = job->end->code;
      facts->signal = job->end->signal;
      facts->cpu_ns = job->end->cpu_ns;
      facts->max_rss = job->end->max_rss;
      memcpy (facts->n_bytes, job->end->n_bytes, sizeof facts->n_bytes);
    }
  for (guint i = 0; i < HEDDLE_N_CHILD_STREAMS; i++)
    facts->output[i] = g_steal_pointer (&self->slots[job->slot - 1][i]);
  HEDDLE_AUTO_LOCK (&self->lock);
  g_hash_table_insert (self->facts, g_memdup2 (&job->task, sizeof job->task), facts);
}

static void
append_string (GString *line, const char *text, gsize length)
{
  gsize at = line->len;
  gboolean valid = TRUE;
  char *end;

  g_string_set_size (line, at + length * HEDDLE_JSON_CHAR_ROOM + 2);
  end = heddle_json_put_string (line->str + at, text, &valid);
  g_string_set_size (line, (gsize) (end - line->str));
}

/* ,"key":"text", and where that cannot be said as it is ,"key_bytes":"base64" beside it. */
static void
append_bytes (GString *line, const char *key, const char *bytes, gsize length)
{
  gboolean fine = g_utf8_validate_len (bytes, (gssize) length, NULL);
  g_autofree char *valid = fine ? NULL : g_utf8_make_valid (bytes, (gssize) length);
  g_autofree char *encoded = fine ? NULL : g_base64_encode ((const guchar *) bytes, length);

  g_string_append_printf (line, ",\"%s\":", key);
  append_string (line, fine ? bytes : valid, fine ? length : strlen (valid));
  if (!fine)
    g_string_append_printf (line, ",\"%s_bytes\":\"%s\"", key, encoded);
}

static void
append_number_or_null (GString *line, const char *key, gboolean known, gint64 number)
{
  if (known)
    g_string_append_printf (line, ",\"%s\":%" PRId64, key, number);
  else
    g_string_append_printf (line, ",\"%s\":null", key);
}

static void
append_facts (GString *line, const Facts *facts)
{
  g_string_append_printf (line, ",\"seq\":%" PRIu32, facts->seq);
  if (facts->command != NULL)
    append_bytes (line, "command", facts->command, strlen (facts->command));
  else
    g_string_append (line, ",\"command\":null");
  append_number_or_null (line, "exit", facts->code >= 0, facts->code);
  append_number_or_null (line, "signal", facts->signal != 0, facts->signal);
  g_string_append_printf (line, ",\"cpu_ns\":%" PRId64 ",\"max_rss\":%" PRIu64, facts->cpu_ns,
                          facts->max_rss);
  for (guint i = 0; i < HEDDLE_N_CHILD_STREAMS; i++)
    {
      const GString *output = facts->output[i];

      g_string_append_printf (line, ",\"%s_length\":%" PRIu64, stream_names[i], facts->n_bytes[i]);
      append_bytes (line, stream_names[i], output != NULL ? output->str : "",
                    output != NULL ? output->len : 0);
    }
}

/**
 * heddle_job_lines_row:
 * @row: a task that ended
 *
 * Writes the line of a job. Supervisor's thread; waits while a reader is slow.
 */
void
heddle_job_lines_row (HeddleJobLines *self, HeddleRun *run, const HeddleRow *row)
{
  g_autofree HeddleRunSnapshot *snapshot = g_new (HeddleRunSnapshot, 1);
  Facts *facts = NULL;
  gpointer key = NULL;
  char *end;

  heddle_run_get_snapshot (run, snapshot);
  pthread_mutex_lock (&self->lock);
  g_hash_table_steal_extended (self->facts, &row->id, &key, (gpointer *) &facts);
  pthread_mutex_unlock (&self->lock);
  g_string_set_size (self->line, heddle_json_task_room (row));
  end = heddle_json_put_task (self->line->str, row, snapshot->started_ns);
  g_string_truncate (self->line, (gsize) (end - self->line->str) - strlen ("}\n"));
  if (facts != NULL)
    append_facts (self->line, facts);
  g_string_append (self->line, "}\n");
  heddle_output_write (self->output, HEDDLE_STREAM_OUT, self->line->str, (gssize) self->line->len);
  g_clear_pointer (&facts, facts_free);
  g_free (key);
}
