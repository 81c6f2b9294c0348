/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <math.h>

#include "engine/run/producer.h"
#include "workloads/odd-task.h"

/**
 * heddle_odd_task_open:
 * @settings: with the parameters of this part
 *
 * In open().
 */
void
heddle_odd_task_open (HeddleOddTask *self, const HeddleSettings *settings)
{
  self->n_tasks = (guint64) heddle_settings_get_number (settings, "tasks");
  self->odd = (guint64) heddle_settings_get_number (settings, "task");
  self->work_ns = llround (heddle_settings_get_number (settings, "seconds") * 1e9);
}

/**
 * heddle_odd_task_produce:
 * @data: begins with a #HeddleOddTask
 *
 * A workload's produce(): its tasks are a range.
 */
gboolean
heddle_odd_task_produce (gpointer data, HeddleProducer *producer, GError **error)
{
  const HeddleOddTask *self = data;

  heddle_producer_set_total (producer, self->n_tasks);
  heddle_producer_submit_range (producer, self->n_tasks);
  return TRUE;
}
