/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "app/widgets/segmented.h"

struct _HeddleSegmented {
  HeddleContainer parent_instance;

  GPtrArray *buttons; /* of GtkToggleButton, borrowed: they are children */
  int selected;       /* -1: none */
};

enum { PROP_0, PROP_SELECTED, N_PROPS };

static GParamSpec *props[N_PROPS];

G_DEFINE_FINAL_TYPE (HeddleSegmented, heddle_segmented, HEDDLE_TYPE_CONTAINER)

/* The button tells that it is pressed, as a toggle does; what a screen reader asks of a radio
 * button is whether it is checked. */
static void
tell_checked (GtkToggleButton *button)
{
  GtkAccessibleTristate checked = gtk_toggle_button_get_active (button)
    ? GTK_ACCESSIBLE_TRISTATE_TRUE
    : GTK_ACCESSIBLE_TRISTATE_FALSE;

  gtk_accessible_update_state (GTK_ACCESSIBLE (button), GTK_ACCESSIBLE_STATE_CHECKED, checked, -1);
}

static void
toggled_cb (HeddleSegmented *self, GtkToggleButton *button)
{
  guint index;

  tell_checked (button);
  if (gtk_toggle_button_get_active (button) && g_ptr_array_find (self->buttons, button, &index))
    heddle_segmented_set_selected (self, index);
}

/* One stop on the way of Tab, at what is chosen. */
static gboolean
heddle_segmented_focus (GtkWidget *widget, GtkDirectionType direction)
{
  HeddleSegmented *self = HEDDLE_SEGMENTED (widget);

  if (direction != GTK_DIR_TAB_FORWARD && direction != GTK_DIR_TAB_BACKWARD)
    return GTK_WIDGET_CLASS (heddle_segmented_parent_class)->focus (widget, direction);
  if (gtk_widget_get_focus_child (widget) != NULL)
    return FALSE;
  if (self->selected < 0)
    return GTK_WIDGET_CLASS (heddle_segmented_parent_class)->focus (widget, direction);
  return gtk_widget_grab_focus (g_ptr_array_index (self->buttons, self->selected));
}

/* The arrow keys choose the next one that is offered, as they do among radio buttons. */
static gboolean
key_pressed_cb (HeddleSegmented *self, guint keyval, guint keycode, GdkModifierType modifiers)
{
  gboolean mirrored = gtk_widget_get_direction (GTK_WIDGET (self)) == GTK_TEXT_DIR_RTL;
  int step;

  switch (keyval)
    {
    case GDK_KEY_Down: case GDK_KEY_KP_Down: step = 1; break;
    case GDK_KEY_Up: case GDK_KEY_KP_Up: step = -1; break;
    case GDK_KEY_Right: case GDK_KEY_KP_Right: step = mirrored ? -1 : 1; break;
    case GDK_KEY_Left: case GDK_KEY_KP_Left: step = mirrored ? 1 : -1; break;
    default: return GDK_EVENT_PROPAGATE;
    }
  if ((modifiers & gtk_accelerator_get_default_mod_mask ()) != 0)
    return GDK_EVENT_PROPAGATE;
  for (int i = self->selected + step; i >= 0 && i < (int) self->buttons->len; i += step)
    if (gtk_widget_get_visible (g_ptr_array_index (self->buttons, i)))
      {
        heddle_segmented_set_selected (self, i);
        gtk_widget_grab_focus (g_ptr_array_index (self->buttons, i));
        break;
      }
  return GDK_EVENT_STOP;
}

static void
heddle_segmented_finalize (GObject *object)
{
  g_ptr_array_unref (HEDDLE_SEGMENTED (object)->buttons);
  G_OBJECT_CLASS (heddle_segmented_parent_class)->finalize (object);
}

static void
heddle_segmented_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  if (id == PROP_SELECTED)
    g_value_set_int (value, HEDDLE_SEGMENTED (object)->selected);
  else
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
}

static void
heddle_segmented_class_init (HeddleSegmentedClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->finalize = heddle_segmented_finalize;
  object_class->get_property = heddle_segmented_get_property;
  widget_class->focus = heddle_segmented_focus;

  props[PROP_SELECTED] =
    g_param_spec_int ("selected", NULL, NULL, -1, G_MAXINT, -1,
                      G_PARAM_READABLE | G_PARAM_STATIC_STRINGS | G_PARAM_EXPLICIT_NOTIFY);
  g_object_class_install_properties (object_class, N_PROPS, props);

  gtk_widget_class_set_css_name (widget_class, "segmented");
  gtk_widget_class_set_layout_manager_type (widget_class, GTK_TYPE_BOX_LAYOUT);
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_RADIO_GROUP);
}

static void
heddle_segmented_init (HeddleSegmented *self)
{
  GtkEventController *keys = gtk_event_controller_key_new ();

  self->buttons = g_ptr_array_new ();
  self->selected = -1;
  g_signal_connect_object (keys, "key-pressed", G_CALLBACK (key_pressed_cb), self,
                           G_CONNECT_SWAPPED);
  /* before the buttons move the focus */
  gtk_event_controller_set_propagation_phase (keys, GTK_PHASE_CAPTURE);
  gtk_widget_add_controller (GTK_WIDGET (self), keys);
}

/**
 * heddle_segmented_set_segments:
 * @names: NULL-terminated, translated
 * @tooltips: (nullable): as many as @names, translated
 *
 * Replaces what can be chosen; nothing is selected afterwards.
 */
void
heddle_segmented_set_segments (HeddleSegmented *self, const char *const *names,
                               const char *const *tooltips)
{
  g_return_if_fail (HEDDLE_IS_SEGMENTED (self));
  g_return_if_fail (names != NULL);

  for (guint i = 0; i < self->buttons->len; i++)
    gtk_widget_unparent (g_ptr_array_index (self->buttons, i));
  g_ptr_array_set_size (self->buttons, 0);
  self->selected = -1;
  for (guint i = 0; names[i] != NULL; i++)
    {
      GtkWidget *button =
        g_object_new (GTK_TYPE_TOGGLE_BUTTON, "accessible-role", GTK_ACCESSIBLE_ROLE_RADIO, "label",
                      names[i], "tooltip-text", tooltips != NULL ? tooltips[i] : NULL, NULL);

      if (i > 0)
        gtk_toggle_button_set_group (GTK_TOGGLE_BUTTON (button),
                                     g_ptr_array_index (self->buttons, 0));
      /* in the narrowest window a long choice ends with an ellipsis rather than outside */
      gtk_label_set_ellipsize (GTK_LABEL (gtk_button_get_child (GTK_BUTTON (button))),
                               PANGO_ELLIPSIZE_END);
      gtk_widget_set_parent (button, GTK_WIDGET (self));
      g_ptr_array_add (self->buttons, button);
      tell_checked (GTK_TOGGLE_BUTTON (button));
      g_signal_connect_object (button, "toggled", G_CALLBACK (toggled_cb), self, G_CONNECT_SWAPPED);
    }
}

/**
 * heddle_segmented_set_offered:
 * @segment: one of it
 * @offered: whether it can be seen and chosen
 */
void
heddle_segmented_set_offered (HeddleSegmented *self, guint segment, gboolean offered)
{
  g_return_if_fail (HEDDLE_IS_SEGMENTED (self));
  g_return_if_fail (segment < self->buttons->len);

  gtk_widget_set_visible (g_ptr_array_index (self->buttons, segment), offered);
}

/**
 * heddle_segmented_get_selected:
 *
 * Returns: the segment that is chosen, or -1
 */
int
heddle_segmented_get_selected (HeddleSegmented *self)
{
  g_return_val_if_fail (HEDDLE_IS_SEGMENTED (self), -1);

  return self->selected;
}

/**
 * heddle_segmented_set_selected:
 * @selected: a segment
 */
void
heddle_segmented_set_selected (HeddleSegmented *self, int selected)
{
  g_return_if_fail (HEDDLE_IS_SEGMENTED (self));
  g_return_if_fail (selected >= 0 && (guint) selected < self->buttons->len);

  if (self->selected == selected)
    return;
  self->selected = selected;
  gtk_toggle_button_set_active (g_ptr_array_index (self->buttons, selected), TRUE);
  g_object_notify_by_pspec (G_OBJECT (self), props[PROP_SELECTED]);
}
