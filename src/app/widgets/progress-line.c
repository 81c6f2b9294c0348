/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The progress of a run, as a line.
 *
 * Why not GtkProgressBar: its filled part is a widget of its own, so GTK lays out the whole window
 * for each new value, and asks the display server several things and waits for the answers. This
 * widget is only drawn anew, and only if a pixel changes. A GTK whose progress bar draws a new
 * value without a layout makes it unnecessary (4.8.3 does not; bench/window-bench.py says what
 * frames cost).
 *
 * GTK 4.8 tells screen readers the value of its own widgets only. So the value is in the
 * description, too.
 */
#include "config.h"

#include <glib/gi18n.h>
#include <math.h>

#include "app/widgets/progress-line.h"

#define HEIGHT 8

struct _HeddleProgressLine {
  GtkWidget parent_instance;

  double fraction;   /* 0 to 1 */
  gboolean unknown;  /* nobody knows how much there is */
  double sweep;      /* then: where the piece stands that moves to and fro, 0 to 1 */
};

G_DEFINE_FINAL_TYPE (HeddleProgressLine, heddle_progress_line, GTK_TYPE_WIDGET)

#define PIECE 0.2                                            /* of the line */
#define SWEEP_NS (4 * G_GINT64_CONSTANT (1000000000))        /* there and back */

/* Pixels that are filled. */
static int
filled (HeddleProgressLine *self, double fraction)
{
  return (int) round (fraction * gtk_widget_get_width (GTK_WIDGET (self)));
}

static void
heddle_progress_line_measure (GtkWidget *widget, GtkOrientation orientation, int for_size,
                              int *minimum, int *natural, int *minimum_baseline,
                              int *natural_baseline)
{
  *minimum = orientation == GTK_ORIENTATION_HORIZONTAL ? 60 : HEIGHT;
  *natural = orientation == GTK_ORIENTATION_HORIZONTAL ? 150 : HEIGHT;
  *minimum_baseline = *natural_baseline = -1;
}

static void
heddle_progress_line_snapshot (GtkWidget *widget, GtkSnapshot *snapshot)
{
  HeddleProgressLine *self = HEDDLE_PROGRESS_LINE (widget);
  float width = (float) gtk_widget_get_width (widget),
        height = (float) gtk_widget_get_height (widget);
  GdkRGBA colour, track;
  GskRoundedRect line;

  gtk_style_context_get_color (gtk_widget_get_style_context (widget), &colour);
  track = colour;
  if (!gtk_style_context_lookup_color (gtk_widget_get_style_context (widget),
                                       "heddle_progress_track", &track))
    track.alpha *= 0.15f;
  gsk_rounded_rect_init_from_rect (&line, &GRAPHENE_RECT_INIT (0, 0, width, height), height / 2);
  gtk_snapshot_push_rounded_clip (snapshot, &line);
  gtk_snapshot_append_color (snapshot, &track, &GRAPHENE_RECT_INIT (0, 0, width, height));
  if (gtk_widget_get_direction (widget) == GTK_TEXT_DIR_RTL && !self->unknown)
    gtk_snapshot_translate (
      snapshot, &GRAPHENE_POINT_INIT (width - (float) filled (self, self->fraction), 0));
  if (self->unknown)
    gtk_snapshot_append_color (
      snapshot, &colour,
      &GRAPHENE_RECT_INIT ((float) filled (self, self->sweep * (1 - PIECE)), 0,
                           (float) filled (self, PIECE), height));
  else
    gtk_snapshot_append_color (
      snapshot, &colour, &GRAPHENE_RECT_INIT (0, 0, (float) filled (self, self->fraction), height));
  gtk_snapshot_pop (snapshot);
}

static void
tell (HeddleProgressLine *self)
{
  g_autofree char *text = NULL;

  if (self->unknown)
    {
      gtk_accessible_reset_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_VALUE_NOW);
      text = g_strdup (_("total not known"));
    }
  else
    {
      gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_VALUE_NOW,
                                      self->fraction, -1);
      text = g_strdup_printf (_("%d %%"), (int) floor (self->fraction * 100));
    }
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_VALUE_TEXT, text,
                                  GTK_ACCESSIBLE_PROPERTY_DESCRIPTION, text, -1);
}

static void
heddle_progress_line_class_init (HeddleProgressLineClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  widget_class->measure = heddle_progress_line_measure;
  widget_class->snapshot = heddle_progress_line_snapshot;
  gtk_widget_class_set_css_name (widget_class, "progressline");
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_PROGRESS_BAR);
}

static void
heddle_progress_line_init (HeddleProgressLine *self)
{
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_VALUE_MIN, 0.0,
                                  GTK_ACCESSIBLE_PROPERTY_VALUE_MAX, 1.0, -1);
  tell (self);
}

/**
 * heddle_progress_line_set_fraction:
 * @fraction: 0 to 1; what lies outside is cut
 *
 * Main loop.
 */
void
heddle_progress_line_set_fraction (HeddleProgressLine *self, double fraction)
{
  double old;

  g_return_if_fail (HEDDLE_IS_PROGRESS_LINE (self));

  old = self->unknown ? -1 : self->fraction;
  self->unknown = FALSE;
  self->fraction = CLAMP (fraction, 0, 1);
  if (filled (self, old) != filled (self, self->fraction))
    gtk_widget_queue_draw (GTK_WIDGET (self));
  if (floor (old * 100) != floor (self->fraction * 100)) /* as the number beside it */
    tell (self);
}

/**
 * heddle_progress_line_set_unknown:
 * @elapsed_ns: for how long the work has been going on
 *
 * Shows that work goes on of which nobody knows how much there is: a piece of the line moves to and
 * fro as time passes. Main loop; it moves when this is called, in the frame that shows the other
 * numbers anew, and by no clock of its own.
 */
void
heddle_progress_line_set_unknown (HeddleProgressLine *self, gint64 elapsed_ns)
{
  double there = 2.0 * (double) (elapsed_ns % SWEEP_NS) / SWEEP_NS;

  g_return_if_fail (HEDDLE_IS_PROGRESS_LINE (self));

  self->fraction = 0;
  if (!self->unknown)
    {
      self->unknown = TRUE;
      tell (self);
    }
  self->sweep = there < 1 ? there : 2 - there;
  gtk_widget_queue_draw (GTK_WIDGET (self));
}
