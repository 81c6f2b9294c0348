/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <glib/gi18n.h>

#include "app/catalogue-row.h"
#include "app/catalogue.h"
#include "app/widgets/a11y/accessible.h"
#include "workloads/list.h"

struct _HeddleCatalogue {
  HeddleContainer parent_instance;

  /* template children */
  GtkSearchEntry *search;
  GtkListBox *list;
  GtkLabel *nothing;

  /* the row under the pointer when its button went down; not followed, only compared */
  GtkListBoxRow *pressed;
  guint reveal; /* tick callback that scrolls to the selected row; 0: none */
};

static guint chosen_signal;

G_DEFINE_FINAL_TYPE (HeddleCatalogue, heddle_catalogue, HEDDLE_TYPE_CONTAINER)

/* The first row of each group that is shown carries the group's heading. */
static void
update_header (GtkListBoxRow *row, GtkListBoxRow *before, gpointer data)
{
  HeddleGroup group = heddle_catalogue_row_get_workload (HEDDLE_CATALOGUE_ROW (row))->group;
  GtkWidget *label;

  if (before != NULL
      && heddle_catalogue_row_get_workload (HEDDLE_CATALOGUE_ROW (before))->group == group)
    {
      gtk_list_box_row_set_header (row, NULL);
      return;
    }
  label = gtk_label_new (_(heddle_group_get_name (group)));
  gtk_label_set_xalign (GTK_LABEL (label), 0);
  gtk_widget_add_css_class (label, "group");
  gtk_list_box_row_set_header (row, label);
}

static HeddleCatalogueRow *
first_shown (HeddleCatalogue *self)
{
  GtkListBoxRow *row;

  for (int i = 0; (row = gtk_list_box_get_row_at_index (self->list, i)) != NULL; i++)
    if (gtk_widget_get_visible (GTK_WIDGET (row)))
      return HEDDLE_CATALOGUE_ROW (row);
  return NULL;
}

static void
choose (HeddleCatalogue *self, HeddleCatalogueRow *row)
{
  g_signal_emit (self, chosen_signal, 0, heddle_catalogue_row_get_workload (row));
}

static GStrv
split_search (HeddleCatalogue *self)
{
  g_autofree char *folded =
    g_utf8_casefold (gtk_editable_get_text (GTK_EDITABLE (self->search)), -1);

  return g_strsplit_set (g_strstrip (folded), " \t", -1);
}

/* The row whose workload the search names best, the first of several; others match only by what is
 * said about them. */
static HeddleCatalogueRow *
best_shown (HeddleCatalogue *self)
{
  g_auto (GStrv) terms = split_search (self);
  HeddleCatalogueRow *best = NULL;
  guint best_rank = G_MAXUINT;
  GtkListBoxRow *row;

  for (int i = 0; (row = gtk_list_box_get_row_at_index (self->list, i)) != NULL; i++)
    if (gtk_widget_get_visible (GTK_WIDGET (row)))
      {
        guint rank =
          heddle_catalogue_row_rank (HEDDLE_CATALOGUE_ROW (row), (const char *const *) terms);

        if (rank < best_rank)
          {
            best = HEDDLE_CATALOGUE_ROW (row);
            best_rank = rank;
          }
      }
  return best;
}

/* The entry has the keyboard, so a screen reader reads its new description at once. */
static void
tell_nothing (HeddleCatalogue *self, gboolean nothing)
{
  if (nothing == gtk_widget_get_visible (GTK_WIDGET (self->nothing)))
    return;
  gtk_widget_set_visible (GTK_WIDGET (self->nothing), nothing);
  heddle_accessible_set_description (GTK_WIDGET (self->search),
                                     nothing ? gtk_label_get_text (self->nothing) : "");
}

/* Rows that do not match are hidden rather than filtered: a screen reader would still find filtered
 * ones. */
static void
search_changed_cb (HeddleCatalogue *self)
{
  g_auto (GStrv) terms = split_search (self);
  GtkListBoxRow *row;

  for (int i = 0; (row = gtk_list_box_get_row_at_index (self->list, i)) != NULL; i++)
    gtk_widget_set_visible (
      GTK_WIDGET (row),
      heddle_catalogue_row_matches (HEDDLE_CATALOGUE_ROW (row), (const char *const *) terms));
  gtk_list_box_invalidate_headers (self->list);
  tell_nothing (self, first_shown (self) == NULL);
}

static void
search_activate_cb (HeddleCatalogue *self)
{
  GtkWidget *focus = gtk_root_get_focus (gtk_widget_get_root (GTK_WIDGET (self)));
  HeddleCatalogueRow *row;

  /* The entry gets the keys of the list first, also the Return that is meant for the row with the
   * focus. */
  if (focus != NULL && HEDDLE_IS_CATALOGUE_ROW (focus))
    {
      choose (self, HEDDLE_CATALOGUE_ROW (focus));
      return;
    }
  /* The entry emits search-changed with a delay: Return must not choose by an older text. */
  search_changed_cb (self);
  row = best_shown (self);
  if (row == NULL)
    gtk_widget_error_bell (GTK_WIDGET (self->search));
  else
    choose (self, row);
}

static void
search_stop_cb (HeddleCatalogue *self)
{
  gtk_editable_set_text (GTK_EDITABLE (self->search), "");
  gtk_widget_child_focus (GTK_WIDGET (self->list), GTK_DIR_TAB_FORWARD);
}

static gboolean
search_key_cb (HeddleCatalogue *self, guint keyval)
{
  HeddleCatalogueRow *row;

  if (keyval != GDK_KEY_Down && keyval != GDK_KEY_KP_Down)
    return GDK_EVENT_PROPAGATE;
  row = first_shown (self);
  if (row != NULL)
    gtk_widget_grab_focus (GTK_WIDGET (row));
  return GDK_EVENT_STOP;
}

/*
 * The row that is selected is the workload of the page that is shown, so keys move the focus alone,
 * as GTK does it with Ctrl held down; Return or Space opens what has the focus.
 */
static void
move_cursor_cb (HeddleCatalogue *self, GtkMovementStep step, int count, gboolean extend,
                gboolean modify)
{
  if (modify)
    return;
  g_signal_stop_emission_by_name (self->list, "move-cursor");
  g_signal_emit_by_name (self->list, "move-cursor", step, count, FALSE, TRUE);
}

/* The whole list is one stop on the way of Tab, rather than each of its rows. */
static gboolean
heddle_catalogue_focus (GtkWidget *widget, GtkDirectionType direction)
{
  HeddleCatalogue *self = HEDDLE_CATALOGUE (widget);
  GtkWidget *focus = gtk_root_get_focus (gtk_widget_get_root (widget));

  if (focus == NULL || !gtk_widget_is_ancestor (focus, GTK_WIDGET (self->list)))
    return GTK_WIDGET_CLASS (heddle_catalogue_parent_class)->focus (widget, direction);
  if (direction == GTK_DIR_TAB_FORWARD)
    return FALSE;
  if (direction == GTK_DIR_TAB_BACKWARD)
    return gtk_widget_child_focus (GTK_WIDGET (self->search), direction);
  return GTK_WIDGET_CLASS (heddle_catalogue_parent_class)->focus (widget, direction);
}

static void
row_activated_cb (HeddleCatalogue *self, HeddleCatalogueRow *row)
{
  choose (self, row);
}

static void
pressed_cb (HeddleCatalogue *self, int n_press, double x, double y)
{
  self->pressed = gtk_list_box_get_row_at_y (self->list, (int) y);
}

/*
 * A list of GTK forgets the row if the button is held for longer than a double click may take, so
 * that slow hands and busy machines lose clicks. The list is told not to choose by clicks at all;
 * keys still do, by row_activated_cb().
 */
static void
released_cb (HeddleCatalogue *self, int n_press, double x, double y, GtkGesture *gesture)
{
  GtkListBoxRow *row = gtk_list_box_get_row_at_y (self->list, (int) y);
  gboolean inside = x >= 0 && x < gtk_widget_get_width (GTK_WIDGET (self->list));

  if (row != NULL && row == self->pressed && inside)
    {
      /* or the list would take the keyboard back from the page */
      gtk_gesture_set_state (gesture, GTK_EVENT_SEQUENCE_CLAIMED);
      choose (self, HEDDLE_CATALOGUE_ROW (row));
    }
  self->pressed = NULL;
}

/* Scrolls to the selected row and the heading of its group, once GTK has given the row a place. */
static gboolean
reveal_selected (GtkWidget *widget, GdkFrameClock *clock, gpointer data)
{
  HeddleCatalogue *self = HEDDLE_CATALOGUE (widget);
  GtkListBoxRow *row = gtk_list_box_get_selected_row (self->list);
  GtkAdjustment *adjustment = gtk_list_box_get_adjustment (self->list);
  GtkWidget *header = row != NULL ? gtk_list_box_row_get_header (row) : NULL;
  graphene_rect_t bounds, head;

  if (row != NULL
      && !gtk_widget_compute_bounds (GTK_WIDGET (row), GTK_WIDGET (self->list), &bounds))
    row = NULL;
  if (row != NULL && (bounds.size.height <= 0 || gtk_adjustment_get_page_size (adjustment) <= 0))
    return G_SOURCE_CONTINUE;
  if (row != NULL && header != NULL
      && gtk_widget_compute_bounds (header, GTK_WIDGET (self->list), &head))
    graphene_rect_union (&bounds, &head, &bounds);
  if (row != NULL)
    gtk_adjustment_clamp_page (adjustment, bounds.origin.y, bounds.origin.y + bounds.size.height);
  self->reveal = 0;
  return G_SOURCE_REMOVE;
}

static void
heddle_catalogue_dispose (GObject *object)
{
  HeddleCatalogue *self = HEDDLE_CATALOGUE (object);

  if (self->reveal != 0)
    gtk_widget_remove_tick_callback (GTK_WIDGET (self), self->reveal);
  self->reveal = 0;

  G_OBJECT_CLASS (heddle_catalogue_parent_class)->dispose (object);
}

static void
heddle_catalogue_class_init (HeddleCatalogueClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->dispose = heddle_catalogue_dispose;
  widget_class->focus = heddle_catalogue_focus;

  chosen_signal = g_signal_new ("chosen", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL,
                                NULL, NULL, G_TYPE_NONE, 1, G_TYPE_POINTER);

  gtk_widget_class_set_template_from_resource (widget_class, "/org/heddle/Heddle/ui/catalogue.ui");
  gtk_widget_class_bind_template_child (widget_class, HeddleCatalogue, search);
  gtk_widget_class_bind_template_child (widget_class, HeddleCatalogue, list);
  gtk_widget_class_bind_template_child (widget_class, HeddleCatalogue, nothing);
  gtk_widget_class_bind_template_callback (widget_class, search_changed_cb);
  gtk_widget_class_bind_template_callback (widget_class, search_activate_cb);
  gtk_widget_class_bind_template_callback (widget_class, search_stop_cb);
  gtk_widget_class_bind_template_callback (widget_class, search_key_cb);
  gtk_widget_class_bind_template_callback (widget_class, row_activated_cb);
  gtk_widget_class_bind_template_callback (widget_class, pressed_cb);
  gtk_widget_class_bind_template_callback (widget_class, released_cb);
  gtk_widget_class_bind_template_callback (widget_class, move_cursor_cb);
  gtk_widget_class_set_css_name (widget_class, "catalogue");
}

static void
heddle_catalogue_init (HeddleCatalogue *self)
{
  const HeddleWorkload *const *workloads = heddle_workloads_get_all (NULL);

  gtk_widget_init_template (GTK_WIDGET (self));
  gtk_list_box_set_header_func (self->list, update_header, NULL, NULL);
  /* Typing in the list searches. */
  gtk_search_entry_set_key_capture_widget (self->search, GTK_WIDGET (self->list));
  for (guint i = 0; workloads[i] != NULL; i++)
    gtk_list_box_append (self->list, heddle_catalogue_row_new (workloads[i]));
}

/**
 * heddle_catalogue_select:
 * @workload: (nullable): what is shown now
 *
 * Marks the row of @workload and brings it into sight, without choosing it.
 */
void
heddle_catalogue_select (HeddleCatalogue *self, const HeddleWorkload *workload)
{
  GtkListBoxRow *row;

  g_return_if_fail (HEDDLE_IS_CATALOGUE (self));

  for (int i = 0; (row = gtk_list_box_get_row_at_index (self->list, i)) != NULL; i++)
    if (heddle_catalogue_row_get_workload (HEDDLE_CATALOGUE_ROW (row)) == workload)
      break;
  gtk_list_box_select_row (self->list, row);
  if (self->reveal == 0)
    self->reveal = gtk_widget_add_tick_callback (GTK_WIDGET (self), reveal_selected, NULL, NULL);
}

/**
 * heddle_catalogue_focus_search:
 *
 * Puts the keyboard into the search entry, with its text selected.
 */
void
heddle_catalogue_focus_search (HeddleCatalogue *self)
{
  g_return_if_fail (HEDDLE_IS_CATALOGUE (self));

  gtk_widget_grab_focus (GTK_WIDGET (self->search));
  gtk_editable_select_region (GTK_EDITABLE (self->search), 0, -1);
}
