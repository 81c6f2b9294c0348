/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <glib/gi18n.h>

#include "app/watch-pane.h"
#include "app/watch-row.h"
#include "trace/clock.h"

#define MIN_INTERVAL_NS (100 * G_GINT64_CONSTANT (1000000)) /* what changes faster cannot be followed */

/* What the tasks of a run share and show: a row for each, as many widgets as there are things, whatever they hold. */
struct _HeddleWatchPane {
  GtkWidget parent_instance;

  HeddleRun *run; /* owned */
  GtkWidget *rows[HEDDLE_MAX_WATCHES]; /* children; made when they are needed first */
  guint n_rows;
  gint64 updated_ns;
};

G_DEFINE_FINAL_TYPE (HeddleWatchPane, heddle_watch_pane, GTK_TYPE_WIDGET)

static void
heddle_watch_pane_dispose (GObject *object)
{
  HeddleWatchPane *self = HEDDLE_WATCH_PANE (object);

  g_clear_pointer (&self->run, heddle_run_unref);
  for (guint i = 0; i < self->n_rows; i++)
    g_clear_pointer (&self->rows[i], gtk_widget_unparent);
  self->n_rows = 0;
  G_OBJECT_CLASS (heddle_watch_pane_parent_class)->dispose (object);
}

static void
heddle_watch_pane_class_init (HeddleWatchPaneClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = heddle_watch_pane_dispose;
  gtk_widget_class_set_css_name (widget_class, "watchpane");
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_LIST);
  gtk_widget_class_set_layout_manager_type (widget_class, GTK_TYPE_BOX_LAYOUT);
}

static void
heddle_watch_pane_init (HeddleWatchPane *self)
{
  GtkLayoutManager *layout = gtk_widget_get_layout_manager (GTK_WIDGET (self));

  gtk_orientable_set_orientation (GTK_ORIENTABLE (layout), GTK_ORIENTATION_VERTICAL);
  gtk_box_layout_set_spacing (GTK_BOX_LAYOUT (layout), 4);
}

/**
 * heddle_watch_pane_new:
 *
 * Returns: (transfer floating): a list of nothing. Main loop, as everything here.
 */
GtkWidget *
heddle_watch_pane_new (void)
{
  return g_object_new (HEDDLE_TYPE_WATCH_PANE, NULL);
}

/**
 * heddle_watch_pane_set_run:
 * @run: (nullable): whose shared things to show; a reference is taken
 */
void
heddle_watch_pane_set_run (HeddleWatchPane *self, HeddleRun *run)
{
  g_return_if_fail (HEDDLE_IS_WATCH_PANE (self));

  g_clear_pointer (&self->run, heddle_run_unref);
  if (run != NULL)
    self->run = heddle_run_ref (run);
  self->updated_ns = 0;
  for (guint i = 0; i < self->n_rows; i++)
    gtk_widget_set_visible (self->rows[i], FALSE);
}

static guint
count_shown (HeddleWatchPane *self)
{
  guint n = 0;

  while (n < self->n_rows && gtk_widget_get_visible (self->rows[n]))
    n++;
  return n;
}

/**
 * heddle_watch_pane_update:
 * @at_once: whatever time the last update was
 *
 * Shows what is shared as it is now, ten times a second at most.
 *
 * Returns: how many things there are
 */
guint
heddle_watch_pane_update (HeddleWatchPane *self, gboolean at_once)
{
  HeddleWatch watches[HEDDLE_MAX_WATCHES];
  gint64 now = heddle_clock_monotonic_ns ();
  guint n;

  g_return_val_if_fail (HEDDLE_IS_WATCH_PANE (self), 0);

  if (self->run == NULL)
    return 0;
  if (!at_once && now - self->updated_ns < MIN_INTERVAL_NS)
    return count_shown (self);
  self->updated_ns = now;
  n = MIN (heddle_run_get_watches (self->run, watches, HEDDLE_MAX_WATCHES), HEDDLE_MAX_WATCHES);
  for (guint i = 0; i < n; i++)
    {
      if (i == self->n_rows)
        {
          self->rows[self->n_rows++] = heddle_watch_row_new ();
          gtk_widget_set_parent (self->rows[i], GTK_WIDGET (self));
        }
      heddle_watch_row_set (HEDDLE_WATCH_ROW (self->rows[i]), &watches[i]);
      gtk_widget_set_visible (self->rows[i], TRUE);
    }
  for (guint i = n; i < self->n_rows; i++)
    gtk_widget_set_visible (self->rows[i], FALSE);
  return n;
}
