/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "app/pulse-bar.h"

struct _HeddlePulseBar {
  GtkWidget parent_instance;
};

G_DEFINE_FINAL_TYPE (HeddlePulseBar, heddle_pulse_bar, GTK_TYPE_WIDGET)

static void
heddle_pulse_bar_class_init (HeddlePulseBarClass *klass)
{
  gtk_widget_class_set_layout_manager_type (GTK_WIDGET_CLASS (klass), GTK_TYPE_BOX_LAYOUT);
}

static void
heddle_pulse_bar_init (HeddlePulseBar *self)
{
}

/**
 * heddle_pulse_bar_new:
 *
 * Returns: (transfer floating): the foot of a window: how fast the main loop answers. Main loop.
 */
GtkWidget *
heddle_pulse_bar_new (void)
{
  return g_object_new (HEDDLE_TYPE_PULSE_BAR, NULL);
}

/**
 * heddle_pulse_bar_set_pulse:
 *
 * @pulse: (nullable): the pulse to show; must outlive the bar or be taken from it with %NULL
 *
 * Main loop.
 */
void
heddle_pulse_bar_set_pulse (HeddlePulseBar *self, HeddlePulse *pulse)
{
  g_return_if_fail (HEDDLE_IS_PULSE_BAR (self));
}
