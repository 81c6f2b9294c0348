/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <adwaita.h>
#include <glib/gi18n.h>

#include "app/run/header.h"
#include "app/widgets/wrap-layout.h"

#define SPACING 12
/* pixels: where less would be left beside the buttons, these stand below */
#define TITLES_WIDTH 300

struct _HeddleRunHeader {
  HeddleContainer parent_instance;

  /* template children */
  GtkWidget *titles;  /* title and summary */
  GtkWidget *buttons;
  GtkLabel *title;
  GtkLabel *summary;
  GtkWidget *pause;
  AdwButtonContent *pause_content;
  GtkWidget *stop_menu;
};

G_DEFINE_FINAL_TYPE (HeddleRunHeader, heddle_run_header, HEDDLE_TYPE_CONTAINER)

/* How wide the titles are beside the buttons in @width, or 0 where these stand below. */
static int
titles_width (HeddleRunHeader *self, int width)
{
  int rest = width - SPACING - heddle_container_get_natural_width (self->buttons);
  int titles = heddle_container_get_natural_width (self->titles);

  return rest >= MIN (titles, TITLES_WIDTH) ? rest : 0;
}

static void
heddle_run_header_measure (GtkWidget *widget, GtkOrientation orientation, int for_size,
                           int *minimum, int *natural, int *minimum_baseline, int *natural_baseline)
{
  HeddleRunHeader *self = HEDDLE_RUN_HEADER (widget);
  int titles_minimum, titles_natural, beside;

  if (orientation == GTK_ORIENTATION_HORIZONTAL)
    {
      gtk_widget_measure (self->buttons, orientation, -1, minimum, natural, NULL, NULL);
      gtk_widget_measure (self->titles, orientation, -1, &titles_minimum, &titles_natural, NULL,
                          NULL);
      *minimum = MAX (*minimum, titles_minimum);
      *natural += SPACING + titles_natural;
      return;
    }
  beside = for_size < 0 ? -1 : titles_width (self, for_size);
  gtk_widget_measure (self->buttons, orientation,
                      beside > 0 ? for_size - SPACING - beside : for_size, minimum, natural, NULL,
                      NULL);
  gtk_widget_measure (self->titles, orientation, beside > 0 ? beside : for_size, &titles_minimum,
                      &titles_natural, NULL, NULL);
  *minimum = beside != 0 ? MAX (*minimum, titles_minimum) : *minimum + SPACING + titles_minimum;
  *natural = beside != 0 ? MAX (*natural, titles_natural) : *natural + SPACING + titles_natural;
}

static void
heddle_run_header_size_allocate (GtkWidget *widget, int width, int height, int baseline)
{
  HeddleRunHeader *self = HEDDLE_RUN_HEADER (widget);
  int beside = titles_width (self, width), x = beside + SPACING, above;

  if (beside > 0)
    {
      heddle_container_place (self->titles, 0, 0, beside, height);
      heddle_container_place (self->buttons, x, 0, width - x, height);
      return;
    }
  gtk_widget_measure (self->titles, GTK_ORIENTATION_VERTICAL, width, NULL, &above, NULL, NULL);
  heddle_container_place (self->titles, 0, 0, width, above);
  heddle_container_place (self->buttons, 0, above + SPACING, width, height - above - SPACING);
}

static void
heddle_run_header_class_init (HeddleRunHeaderClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  widget_class->get_request_mode = heddle_container_height_for_width;
  widget_class->measure = heddle_run_header_measure;
  widget_class->size_allocate = heddle_run_header_size_allocate;
  g_type_ensure (HEDDLE_TYPE_WRAP_LAYOUT);
  gtk_widget_class_set_template_from_resource (widget_class, "/org/heddle/Heddle/ui/run/header.ui");
  gtk_widget_class_bind_template_child (widget_class, HeddleRunHeader, titles);
  gtk_widget_class_bind_template_child (widget_class, HeddleRunHeader, buttons);
  gtk_widget_class_bind_template_child (widget_class, HeddleRunHeader, title);
  gtk_widget_class_bind_template_child (widget_class, HeddleRunHeader, summary);
  gtk_widget_class_bind_template_child (widget_class, HeddleRunHeader, pause);
  gtk_widget_class_bind_template_child (widget_class, HeddleRunHeader, pause_content);
  gtk_widget_class_bind_template_child (widget_class, HeddleRunHeader, stop_menu);
}

static void
heddle_run_header_init (HeddleRunHeader *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

/**
 * heddle_run_header_set_workload:
 * @workload: what it runs
 */
void
heddle_run_header_set_workload (HeddleRunHeader *self, const HeddleWorkload *workload)
{
  g_return_if_fail (HEDDLE_IS_RUN_HEADER (self));
  g_return_if_fail (workload != NULL);

  gtk_label_set_label (self->title, _(workload->name));
  gtk_label_set_label (self->summary, _(workload->summary));
  gtk_widget_set_tooltip_text (GTK_WIDGET (self->summary), _(workload->summary));
}

/**
 * heddle_run_header_set_state:
 * @state: of its run
 *
 * Pause becomes Resume where there is something to resume. What can be clicked is up to the page's
 * actions.
 */
void
heddle_run_header_set_state (HeddleRunHeader *self, HeddleRunState state)
{
  gboolean paused = state == HEDDLE_RUN_PAUSED;
  const char *label = paused ? _("Resume") : _("Pause");

  g_return_if_fail (HEDDLE_IS_RUN_HEADER (self));

  gtk_widget_set_sensitive (self->stop_menu,
                            state != HEDDLE_RUN_READY && state != HEDDLE_RUN_FINISHED);
  adw_button_content_set_label (self->pause_content, label);
  gtk_widget_set_tooltip_text (
    self->pause, paused ? _("Resume (Space)") : _("Start no more tasks for now (Space)"));
  adw_button_content_set_icon_name (self->pause_content,
                                    paused ? "media-playback-start-symbolic"
                                           : "media-playback-pause-symbolic");
}
