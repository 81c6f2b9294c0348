/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <string.h>

#include "fake-task.h"

void
fake_task_init (HeddleTask *task, guint64 id, const char *input)
{
  *task =
    (HeddleTask){ .id = id, .input = input, .input_length = input != NULL ? strlen (input) : 0 };
  task->sleeps = g_array_new (FALSE, FALSE, sizeof (gint64));
  task->progress = g_array_new (FALSE, FALSE, sizeof (double));
  task->printed = g_string_new (NULL);
  task->figures = g_array_new (FALSE, FALSE, sizeof (HeddleFigure));
}

void
fake_task_clear (HeddleTask *task)
{
  g_assert_false (task->in_io); /* what waits for bytes says when it has them */
  g_array_unref (task->sleeps);
  g_array_unref (task->progress);
  g_array_unref (task->figures);
  g_string_free (task->printed, TRUE);
  g_free (task->result);
  g_free (task->error);
}

void
fake_producer_init (HeddleProducer *producer)
{
  *producer = (HeddleProducer) { .inputs = g_ptr_array_new_with_free_func (g_free) };
}

void
fake_producer_clear (HeddleProducer *producer)
{
  g_ptr_array_unref (producer->inputs);
}

/* Opens a workload with these settings ("name=value", NULL at the end). */
gpointer
fake_open (const HeddleWorkload *workload, HeddleSettings **settings,
           const char *const *assignments)
{
  g_autoptr (GError) error = NULL;
  gpointer data;

  *settings = heddle_settings_new (workload);
  for (guint i = 0; assignments[i] != NULL; i++)
    {
      heddle_settings_parse (*settings, assignments[i], &error);
      g_assert_no_error (error);
    }
  data = heddle_workload_open (workload, *settings, &error);
  g_assert_no_error (error);
  g_assert_nonnull (data);
  return data;
}

gboolean
heddle_producer_submit (HeddleProducer *self, const char *input, gssize length)
{
  g_assert_cmpint (length, <, 0);
  if (self->stop_after > 0 && self->inputs->len == self->stop_after)
    return FALSE;
  g_ptr_array_add (self->inputs, g_strdup (input));
  return TRUE;
}

gboolean
heddle_producer_submit_range (HeddleProducer *self, guint64 count)
{
  self->n_range += count;
  return TRUE;
}

void
heddle_producer_set_total (HeddleProducer *self, guint64 total)
{
  self->total = total;
}

void
heddle_producer_skip (HeddleProducer *self, HeddleSkipped kind)
{
  self->skipped[kind]++;
}

gboolean
heddle_producer_is_stopped (HeddleProducer *self)
{
  return self->stop_after > 0 && self->inputs->len == self->stop_after;
}

void
heddle_task_begin_io (HeddleTask *self)
{
  g_assert_false (self->in_io);
  self->in_io = TRUE;
}

void
heddle_task_end_io (HeddleTask *self)
{
  g_assert_true (self->in_io);
  self->in_io = FALSE;
}

guint64
heddle_task_get_id (HeddleTask *self)
{
  return self->id;
}

guint
heddle_task_get_attempt (HeddleTask *self)
{
  return 1;
}

const char *
heddle_task_get_input (HeddleTask *self, gsize *length)
{
  if (length != NULL)
    *length = self->input_length;
  return self->input;
}

guint
heddle_task_get_worker (HeddleTask *self)
{
  return 1;
}

void
heddle_task_publish_figure (HeddleTask *self, const HeddleFigure *figure)
{
  g_array_append_vals (self->figures, figure, 1);
}

gboolean
heddle_task_is_cancelled (HeddleTask *self)
{
  self->n_looks++;
  if (self->looked != NULL)
    self->looked (self, self->n_looks, self->looked_data);
  return self->cancelled;
}

gboolean
heddle_task_sleep (HeddleTask *self, gint64 nanoseconds)
{
  g_array_append_val (self->sleeps, nanoseconds);
  return self->sleeps->len != self->cancel_at_sleep;
}

void
heddle_task_set_progress (HeddleTask *self, double fraction)
{
  g_array_append_val (self->progress, fraction);
}

void
heddle_task_print (HeddleTask *self, const char *format, ...)
{
  va_list args;

  va_start (args, format);
  g_string_append_vprintf (self->printed, format, args);
  va_end (args);
  g_string_append_c (self->printed, '\n');
}

/* One end only: a second result or error is a fault of the workload. */
static void
assert_open (HeddleTask *self)
{
  g_assert_null (self->result);
  g_assert_null (self->error);
}

void
heddle_task_return_number (HeddleTask *self, guint64 number)
{
  assert_open (self);
  self->result = g_strdup_printf ("%" G_GUINT64_FORMAT, number);
  self->result_length = strlen (self->result);
}

void
heddle_task_return_text (HeddleTask *self, const char *text, gssize length)
{
  assert_open (self);
  self->result_length = length < 0 ? strlen (text) : (gsize) length;
  self->result = g_strndup (text, self->result_length);
}

void
heddle_task_return_printf (HeddleTask *self, const char *format, ...)
{
  va_list args;

  assert_open (self);
  va_start (args, format);
  self->result = g_strdup_vprintf (format, args);
  va_end (args);
  self->result_length = strlen (self->result);
}

void
heddle_task_fail (HeddleTask *self, const char *format, ...)
{
  va_list args;

  assert_open (self);
  va_start (args, format);
  self->error = g_strdup_vprintf (format, args);
  va_end (args);
}

void
heddle_task_fail_literal (HeddleTask *self, const char *message)
{
  assert_open (self);
  self->error = g_strdup (message);
}
