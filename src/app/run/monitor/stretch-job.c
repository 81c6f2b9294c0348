/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <gio/gio.h>

#include "app/run/monitor/stretch-job.h"
#include "trace/clock.h"

/* What a thread works on. Two hold it: the job, and the thread's task. */
typedef struct {
  HeddleRun *run;          /* owned */
  gint64 begin, end;       /* CLOCK_MONOTONIC ns */
  atomic_bool cancelled;   /* the main loop stores, the thread loads */
} Question;

struct _HeddleStretchJob {
  HeddleStretchFunc func;  /* NULL: whoever asked is gone */
  gpointer data;
  Question *asked;         /* borrowed from the task of the thread; NULL: none works */
  HeddleRun *run;          /* owned: of the last question; NULL: nothing is selected */
  gint64 begin, end;
  gboolean pending;        /* the last question has not been begun */
  gboolean open;           /* it was answered before it was over */
};

static void begin (HeddleStretchJob *self);

static void
question_free (gpointer data)
{
  Question *self = data;

  heddle_run_unref (self->run);
  g_free (self);
}

static void
job_unref (HeddleStretchJob *self)
{
  g_clear_pointer (&self->run, heddle_run_unref);
  g_free (self);
}

static void
answer (GTask *task, gpointer source, gpointer task_data, GCancellable *cancellable)
{
  Question *question = task_data;

  g_task_return_pointer (task,
                         heddle_stretch_sum (heddle_run_get_lanes (question->run), question->begin,
                                             question->end, &question->cancelled),
                         (GDestroyNotify) heddle_stretch_free);
}

static void
answered (GObject *source, GAsyncResult *result, gpointer data)
{
  HeddleStretchJob *self = data;
  g_autoptr (HeddleStretch) stretch = g_task_propagate_pointer (G_TASK (result), NULL);

  self->asked = NULL;
  if (self->func == NULL)
    {
      job_unref (self);
      return;
    }
  if (self->pending)
    begin (self);
  else if (stretch != NULL && self->run != NULL)
    self->func (stretch, self->data);
}

static void
begin (HeddleStretchJob *self)
{
  Question *question = g_new0 (Question, 1);
  g_autoptr (GTask) task = g_task_new (NULL, NULL, answered, self);

  question->run = heddle_run_ref (self->run);
  question->begin = self->begin;
  question->end = self->end;
  self->asked = question;
  self->pending = FALSE;
  self->open = self->end > heddle_clock_monotonic_ns ()
    && heddle_run_get_state (self->run) != HEDDLE_RUN_FINISHED;
  g_task_set_name (task, "heddle-stretch");
  g_task_set_task_data (task, question, question_free);
  g_task_run_in_thread (task, answer);
}

/**
 * heddle_stretch_job_new:
 * @func: is given each answer
 * @data: for @func
 *
 * Returns: (transfer full): a job that nothing was asked yet
 */
HeddleStretchJob *
heddle_stretch_job_new (HeddleStretchFunc func, gpointer data)
{
  HeddleStretchJob *self = g_new0 (HeddleStretchJob, 1);

  self->func = func;
  self->data = data;
  return self;
}

/* Its function is called no more; a thread that still works ends soon. */
void
heddle_stretch_job_free (HeddleStretchJob *self)
{
  self->func = NULL;
  if (self->asked == NULL)
    job_unref (self);
  else
    atomic_store (&self->asked->cancelled, TRUE);
}

/**
 * heddle_stretch_job_ask:
 * @run: (nullable): whose tasks
 * @begin: CLOCK_MONOTONIC ns
 * @end: CLOCK_MONOTONIC ns; not after @begin: nothing is selected, which is answered at once
 */
void
heddle_stretch_job_ask (HeddleStretchJob *self, HeddleRun *run, gint64 begin_ns, gint64 end_ns)
{
  g_clear_pointer (&self->run, heddle_run_unref);
  self->open = FALSE;
  self->pending = run != NULL && end_ns > begin_ns;
  if (self->asked != NULL)
    atomic_store (&self->asked->cancelled, TRUE);
  if (!self->pending)
    {
      self->func (NULL, self->data);
      return;
    }
  self->run = heddle_run_ref (run);
  self->begin = begin_ns;
  self->end = end_ns;
  if (self->asked == NULL)
    begin (self);
}

/* Asks again where the stretch was not over when it was asked last. */
void
heddle_stretch_job_refresh (HeddleStretchJob *self)
{
  if (self->open && self->asked == NULL && self->run != NULL)
    begin (self);
}
