/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "cli/job-printer.h"

#include <inttypes.h>
#include <pthread.h>
#include <string.h>

#include <glib/gi18n.h>

#include "base/format.h"
#include "base/lock.h"
#include "cli/format.h"
#include "cli/kept-output.h"
#include "engine/model/types.h"

static const HeddleStream streams[HEDDLE_N_CHILD_STREAMS] = {
  [HEDDLE_CHILD_OUT] = HEDDLE_STREAM_OUT,
  [HEDDLE_CHILD_ERR] = HEDDLE_STREAM_ERR,
};

/* One attempt. */
typedef struct {
  HeddleKeptOutput output[HEDDLE_N_CHILD_STREAMS];
  GString *line[HEDDLE_N_CHILD_STREAMS]; /* where lines are shown as they come: the last one, whose
                                            end has not come; NULL: none */
  char *tag;
  char *failure; /* what is said of it; NULL: nothing */
} Kept;

struct _HeddleJobPrinter {
  HeddleJobPrinterOptions options;
  HeddleOutput *output;
  Kept *slots[HEDDLE_MAX_WORKERS]; /* each is its slot's thread's; NULL: nothing was written */

  pthread_mutex_t lock; /* what follows, and the output: one job after another */
  GHashTable *failed;   /* task → the last attempt, after which another one is to come */
  GHashTable *waiting;  /* in order: task → what has ended before its turn */
  guint64 next;         /* in order: the task whose turn it is */
};

static Kept *
kept_new (const HeddleJobPrinter *self, const HeddleJob *job)
{
  Kept *kept = g_new0 (Kept, 1);

  for (guint i = 0; i < HEDDLE_N_CHILD_STREAMS; i++)
    heddle_kept_output_init (&kept->output[i]);
  if (self->options.tag)
    kept->tag = g_strdup_printf ("%s\t", job->label);
  return kept;
}

static void
kept_free (gpointer data)
{
  Kept *kept = data;

  for (guint i = 0; i < HEDDLE_N_CHILD_STREAMS; i++)
    {
      heddle_kept_output_clear (&kept->output[i]);
      if (kept->line[i] != NULL)
        g_string_free (kept->line[i], TRUE);
    }
  g_free (kept->tag);
  g_free (kept->failure);
  g_free (kept);
}

/**
 * heddle_job_printer_new:
 * @options: copied
 * @output: outlives the printer
 *
 * Returns: (transfer full): the printer
 */
HeddleJobPrinter *
heddle_job_printer_new (const HeddleJobPrinterOptions *options, HeddleOutput *output)
{
  HeddleJobPrinter *self = g_new0 (HeddleJobPrinter, 1);

  self->options = *options;
  self->output = output;
  self->next = 1;
  pthread_mutex_init (&self->lock, NULL);
  self->failed = g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free, kept_free);
  self->waiting = g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free, kept_free);
  return self;
}

void
heddle_job_printer_free (HeddleJobPrinter *self)
{
  for (guint i = 0; i < HEDDLE_MAX_WORKERS; i++)
    g_clear_pointer (&self->slots[i], kept_free);
  g_hash_table_unref (self->failed);
  g_hash_table_unref (self->waiting);
  pthread_mutex_destroy (&self->lock);
  g_free (self);
}

typedef struct {
  HeddleJobPrinter *self;
  HeddleStream stream;
  const char *tag;  /* NULL: none */
  gboolean in_line; /* the end of a line has not been written */
} Writer;

static void
write_plain (const char *bytes, gsize n, gpointer data)
{
  Writer *writer = data;

  heddle_output_write (writer->self->output, writer->stream, bytes, (gssize) n);
}

static void
write_tagged (const char *bytes, gsize n, gpointer data)
{
  Writer *writer = data;

  while (n > 0)
    {
      const char *end = memchr (bytes, '\n', n);
      gsize length = end != NULL ? (gsize) (end - bytes) + 1 : n;

      if (!writer->in_line)
        heddle_output_write (writer->self->output, writer->stream, writer->tag, -1);
      heddle_output_write (writer->self->output, writer->stream, bytes, (gssize) length);
      writer->in_line = end == NULL;
      bytes += length;
      n -= length;
    }
}

/* With the lock held. */
static void
print_locked (HeddleJobPrinter *self, Kept *kept)
{
  for (guint i = 0; i < HEDDLE_N_CHILD_STREAMS; i++)
    {
      Writer writer = { self, streams[i], kept->tag, FALSE };

      heddle_kept_output_read (&kept->output[i], kept->tag != NULL ? write_tagged : write_plain,
                               &writer);
      if (writer.in_line) /* the next job's line begins with its own tag */
        heddle_output_write (self->output, streams[i], "\n", 1);
    }
  if (kept->failure != NULL)
    heddle_output_write (self->output, HEDDLE_STREAM_ERR, kept->failure, -1);
}

static Kept *
get_kept (HeddleJobPrinter *self, const HeddleJob *job)
{
  Kept **slot = &self->slots[job->slot - 1];

  if (*slot == NULL)
    *slot = kept_new (self, job);
  return *slot;
}

/* What there is of whole lines, and keeps the rest. */
static void
write_lines (HeddleJobPrinter *self, Kept *kept, HeddleChildStream stream, const char *bytes,
             gsize n)
{
  const char *last = memrchr (bytes, '\n', n);
  gsize whole = last != NULL ? (gsize) (last - bytes) + 1 : 0;
  GString *line = kept->line[stream];

  if (line == NULL)
    line = kept->line[stream] = g_string_new (NULL);
  if (whole > 0)
    {
      Writer writer = { self, streams[stream], kept->tag, FALSE };
      void (*write) (const char *, gsize, gpointer) =
        kept->tag != NULL ? write_tagged : write_plain;

      HEDDLE_AUTO_LOCK (&self->lock);
      write (line->str, line->len, &writer);
      write (bytes, whole, &writer);
      g_string_truncate (line, 0);
    }
  g_string_append_len (line, bytes + whole, (gssize) (n - whole));
}

/**
 * heddle_job_printer_add:
 * @job: whose command has written
 * @bytes: @n bytes
 *
 * Shows or keeps them. The slot's thread, which waits where a reader is slow.
 */
void
heddle_job_printer_add (HeddleJobPrinter *self, const HeddleJob *job, HeddleChildStream stream,
                        const char *bytes, gsize n)
{
  if (self->options.line_buffered && !self->options.keep_order)
    write_lines (self, get_kept (self, job), stream, bytes, n);
  else
    heddle_kept_output_append (&get_kept (self, job)->output[stream], bytes, n);
}

/* "heddle-cli: Job 3 (b.txt) failed: It ended with status 1" */
static char *
make_failure (const HeddleJob *job, gint64 limit_ns)
{
  g_autoptr (GString) text = NULL;

  if (job->state == HEDDLE_JOB_STATE_DONE)
    return NULL;
  text = g_string_new ("heddle-cli: ");
  g_string_append_printf (text, _("Job %" PRIu32), job->seq);
  if (job->label[0] != '\0')
    {
      g_string_append (text, " (");
      heddle_format_safe (text, job->label);
      g_string_append_c (text, ')');
    }
  g_string_append (text,
                   job->state == HEDDLE_JOB_STATE_CANCELLED ? _(": cancelled") : _(": failed"));
  if (job->state == HEDDLE_JOB_STATE_TIMEOUT)
    {
      g_string_append (text, ": ");
      /* Translators: %s is a duration, "2.5 s" */
      g_string_append (text, _("it took longer than it may, "));
      heddle_append_duration (text, limit_ns);
    }
  if (job->why != NULL)
    {
      g_string_append (text, ": ");
      heddle_format_safe (text, job->why);
    }
  g_string_append_c (text, '\n');
  return g_strdup (text->str);
}

/* What of a line has no end at the end of its job. */
static void
end_lines (HeddleJobPrinter *self, Kept *kept)
{
  for (guint i = 0; i < HEDDLE_N_CHILD_STREAMS; i++)
    if (kept->line[i] != NULL && kept->line[i]->len > 0)
      {
        g_string_append_c (kept->line[i], '\n');
        heddle_kept_output_append (&kept->output[i], kept->line[i]->str, kept->line[i]->len);
      }
}

static void
put (GHashTable *table, guint64 task, Kept *kept)
{
  g_hash_table_insert (table, g_memdup2 (&task, sizeof task), kept);
}

/* With the lock held. */
static void
print_in_order_locked (HeddleJobPrinter *self)
{
  Kept *kept;

  while ((kept = g_hash_table_lookup (self->waiting, &self->next)) != NULL)
    {
      print_locked (self, kept);
      g_hash_table_remove (self->waiting, &self->next);
      self->next++;
    }
}

/**
 * heddle_job_printer_end:
 * @job: an attempt that has ended
 * @limit_ns: how long it may take; 0: as long as it likes
 *
 * Shows what it has written and whether it failed, or keeps that until its turn comes. The slot's
 * thread, which waits where a reader is slow.
 */
void
heddle_job_printer_end (HeddleJobPrinter *self, const HeddleJob *job, gint64 limit_ns)
{
  Kept *kept = get_kept (self, job);

  self->slots[job->slot - 1] = NULL;
  kept->failure = make_failure (job, limit_ns);
  end_lines (self, kept);
  HEDDLE_AUTO_LOCK (&self->lock);
  if (!job->is_last)
    {
      put (self->failed, job->task, kept);
      return;
    }
  g_hash_table_remove (self->failed, &job->task);
  if (self->options.keep_order)
    {
      put (self->waiting, job->task, kept);
      print_in_order_locked (self);
      return;
    }
  print_locked (self, kept);
  kept_free (kept);
}

static int
compare_tasks (gconstpointer a, gconstpointer b)
{
  guint64 task_a = **(const guint64 *const *) a, task_b = **(const guint64 *const *) b;

  return task_a < task_b ? -1 : task_a > task_b;
}

static void
print_all_locked (HeddleJobPrinter *self, GHashTable *table)
{
  guint n;
  g_autofree gpointer *tasks = g_hash_table_get_keys_as_array (table, &n);

  qsort (tasks, n, sizeof *tasks, compare_tasks);
  for (guint i = 0; i < n; i++)
    print_locked (self, g_hash_table_lookup (table, tasks[i]));
  g_hash_table_remove_all (table);
}

/**
 * heddle_job_printer_finish:
 *
 * No job begins any more: shows what has waited for the turn of one that never came, and attempts
 * that were not followed by another one. Main thread.
 */
void
heddle_job_printer_finish (HeddleJobPrinter *self)
{
  HEDDLE_AUTO_LOCK (&self->lock);
  print_all_locked (self, self->waiting);
  print_all_locked (self, self->failed);
}
