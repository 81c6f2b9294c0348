/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "app/run-monitor.h"

struct _HeddleRunMonitor {
  GtkWidget parent_instance;
};

G_DEFINE_FINAL_TYPE (HeddleRunMonitor, heddle_run_monitor, GTK_TYPE_WIDGET)

static void
heddle_run_monitor_class_init (HeddleRunMonitorClass *klass)
{
  gtk_widget_class_set_layout_manager_type (GTK_WIDGET_CLASS (klass), GTK_TYPE_BOX_LAYOUT);
}

static void
heddle_run_monitor_init (HeddleRunMonitor *self)
{
}

/**
 * heddle_run_monitor_new:
 *
 * Returns: (transfer floating): everything below the progress bar of a run page. Main loop.
 */
GtkWidget *
heddle_run_monitor_new (void)
{
  return g_object_new (HEDDLE_TYPE_RUN_MONITOR, NULL);
}

/**
 * heddle_run_monitor_set_run:
 *
 * @run: (nullable): the run to show
 *
 * Shows @run from now on, or the hints of an empty page. Main loop.
 */
void
heddle_run_monitor_set_run (HeddleRunMonitor *self, HeddleRunObject *run)
{
  g_return_if_fail (HEDDLE_IS_RUN_MONITOR (self));
}
