/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <stdlib.h>

#include "engine/run/producer.h"
#include "engine/task/task.h"
#include "trace/clock.h"
#include "workloads/common.h"

/**
 * heddle_range_submit:
 * @n: number of tasks
 *
 * Submits tasks 1 to @n, which are all tasks of the run. Producer's thread.
 *
 * Returns: TRUE, for a workload's produce()
 */
gboolean
heddle_range_submit (HeddleProducer *producer, guint64 n)
{
  heddle_producer_set_total (producer, n);
  heddle_producer_submit_range (producer, n);
  return TRUE;
}

/**
 * heddle_range_produce:
 * @data: begins with a #HeddleRange
 *
 * A workload's produce(), if its tasks are that range.
 */
gboolean
heddle_range_produce (gpointer data, HeddleProducer *producer, GError **error)
{
  return heddle_range_submit (producer, ((const HeddleRange *) data)->n);
}

/**
 * heddle_range_get_n:
 * @data: begins with a #HeddleRange
 *
 * A workload's parties(), if all tasks of that range have to run at the same time.
 */
guint
heddle_range_get_n (gpointer data)
{
  return ((const HeddleRange *) data)->n;
}

/**
 * heddle_seconds_since:
 * @began: heddle_clock_monotonic_ns() at the beginning
 *
 * Returns: how many seconds have passed. Any thread.
 */
double
heddle_seconds_since (gint64 began)
{
  return (double) (heddle_clock_monotonic_ns () - began) / 1e9;
}

/**
 * heddle_publish_samples:
 * @figure: its name, unit, group and claim
 * @samples: (inout): @n measurements; sorted afterwards
 *
 * Publishes what was measured several times as a figure of the task.
 *
 * Returns: the median
 */
double
heddle_publish_samples (HeddleTask *task, const HeddleFigure *figure, double *samples, guint n)
{
  HeddleFigure published = *figure;

  qsort (samples, n, sizeof *samples, heddle_figure_compare);
  heddle_figure_set_samples (&published, samples, n);
  heddle_task_publish_figure (task, &published);
  return published.value;
}
