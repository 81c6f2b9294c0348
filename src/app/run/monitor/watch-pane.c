/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <glib/gi18n.h>

#include "app/run/monitor/watch-pane.h"
#include "app/run/monitor/watch-row.h"
#include "engine/sync/shared.h"
#include "trace/clock.h"

/* what changes faster cannot be followed */
#define MIN_INTERVAL_NS (100 * G_GINT64_CONSTANT (1000000))
#define SPACING 4
/* pixels that a single number has at least, where several stand side by side */
#define NUMBER_WIDTH 330
#define MAX_COLUMNS 3

/*
 * What the tasks of a run share and show: a row for each, as many widgets as there are things,
 * whatever they hold. Single numbers need no line of their own: those that follow each other stand
 * side by side, in columns of one width.
 */
struct _HeddleWatchPane {
  HeddleContainer parent_instance;

  HeddleRun *run; /* owned */
  GtkWidget *rows[HEDDLE_MAX_WATCHES]; /* children; made when they are needed first */
  guint n_rows;
  gint64 updated_ns;
};

G_DEFINE_FINAL_TYPE (HeddleWatchPane, heddle_watch_pane, HEDDLE_TYPE_CONTAINER)

/* Gives every row that is shown its place in a pane of @width, or only adds up. Returns the
 * height. */
static int
lay_out (HeddleWatchPane *self, int width, gboolean allocate)
{
  int columns = CLAMP (width / NUMBER_WIDTH, 1, MAX_COLUMNS);
  int column = 0, y = 0, line_height = 0;

  for (guint i = 0; i < self->n_rows; i++)
    {
      gboolean is_number = heddle_watch_row_is_number (HEDDLE_WATCH_ROW (self->rows[i]));
      int row_width = is_number ? width / columns : width, height;

      if (!gtk_widget_get_visible (self->rows[i]))
        continue;
      if (line_height > 0 && (!is_number || column == columns || column == 0))
        {
          y += line_height + SPACING;
          column = line_height = 0;
        }
      gtk_widget_measure (self->rows[i], GTK_ORIENTATION_VERTICAL, row_width, &height, NULL, NULL,
                          NULL);
      if (allocate)
        heddle_container_place (self->rows[i], column * row_width, y, row_width, height);
      line_height = MAX (line_height, height);
      column = is_number ? column + 1 : 0;
    }
  return y + line_height;
}

static void
heddle_watch_pane_measure (GtkWidget *widget, GtkOrientation orientation, int for_size,
                           int *minimum, int *natural, int *minimum_baseline, int *natural_baseline)
{
  HeddleWatchPane *self = HEDDLE_WATCH_PANE (widget);

  *minimum = *natural = 0;
  *minimum_baseline = *natural_baseline = -1;
  if (orientation == GTK_ORIENTATION_VERTICAL)
    {
      *minimum = *natural =
        lay_out (self, for_size < 0 ? NUMBER_WIDTH * MAX_COLUMNS : for_size, FALSE);
      return;
    }
  for (guint i = 0; i < self->n_rows; i++)
    {
      int row_minimum, row_natural;

      gtk_widget_measure (self->rows[i], orientation, -1, &row_minimum, &row_natural, NULL, NULL);
      *minimum = MAX (*minimum, row_minimum);
      *natural = MAX (*natural, row_natural);
    }
}

static void
heddle_watch_pane_size_allocate (GtkWidget *widget, int width, int height, int baseline)
{
  lay_out (HEDDLE_WATCH_PANE (widget), width, TRUE);
}

static void
heddle_watch_pane_dispose (GObject *object)
{
  HeddleWatchPane *self = HEDDLE_WATCH_PANE (object);

  g_clear_pointer (&self->run, heddle_run_unref);
  self->n_rows = 0;
  G_OBJECT_CLASS (heddle_watch_pane_parent_class)->dispose (object);
}

static void
heddle_watch_pane_class_init (HeddleWatchPaneClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = heddle_watch_pane_dispose;
  widget_class->get_request_mode = heddle_container_height_for_width;
  widget_class->measure = heddle_watch_pane_measure;
  widget_class->size_allocate = heddle_watch_pane_size_allocate;
  gtk_widget_class_set_css_name (widget_class, "watchpane");
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_LIST);
}

static void
heddle_watch_pane_init (HeddleWatchPane *self)
{
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
          self->rows[self->n_rows++] = g_object_new (HEDDLE_TYPE_WATCH_ROW, NULL);
          gtk_widget_set_parent (self->rows[i], GTK_WIDGET (self));
        }
      heddle_watch_row_set (HEDDLE_WATCH_ROW (self->rows[i]), &watches[i]);
      gtk_widget_set_visible (self->rows[i], TRUE);
    }
  for (guint i = n; i < self->n_rows; i++)
    gtk_widget_set_visible (self->rows[i], FALSE);
  return n;
}
