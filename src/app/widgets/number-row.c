/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "app/widgets/a11y/accessible.h"
#include "app/widgets/number-input.h"
#include "app/widgets/number-row.h"

#define WIDTH 5 /* letters: what is shorter stands in line with the other rows */

struct _HeddleNumberRow {
  AdwActionRow parent_instance;

  GtkSpinButton *spin; /* a child */
  char *subtitle;      /* owned: what stands there when no hint does; NULL: no hint is shown */
};

enum { PROP_0, PROP_ADJUSTMENT, PROP_DIGITS, N_PROPS };

static GParamSpec *props[N_PROPS];
static guint changed_signal;

G_DEFINE_FINAL_TYPE (HeddleNumberRow, heddle_number_row, ADW_TYPE_ACTION_ROW)

static void
value_changed_cb (HeddleNumberRow *self)
{
  g_signal_emit (self, changed_signal, 0);
}

/* In place of the subtitle. */
static void
show_hint (GtkWidget *spin, const char *hint, gpointer data)
{
  HeddleNumberRow *self = data;

  if (hint == NULL && self->subtitle == NULL)
    return;
  if (self->subtitle == NULL)
    self->subtitle = g_strdup (adw_action_row_get_subtitle (ADW_ACTION_ROW (self)));
  adw_action_row_set_subtitle (ADW_ACTION_ROW (self), hint != NULL ? hint : self->subtitle);
  if (hint != NULL)
    gtk_widget_add_css_class (GTK_WIDGET (self), "wrong");
  else
    {
      gtk_widget_remove_css_class (GTK_WIDGET (self), "wrong");
      g_clear_pointer (&self->subtitle, g_free);
    }
}

/* libadwaita says which label describes the number, of which GTK 4.8 tells no text. */
static void
describe (HeddleNumberRow *self)
{
  const char *text = adw_action_row_get_subtitle (ADW_ACTION_ROW (self));

  heddle_accessible_set_description (GTK_WIDGET (self->spin), text != NULL ? text : "");
}

static void
heddle_number_row_finalize (GObject *object)
{
  g_free (HEDDLE_NUMBER_ROW (object)->subtitle);

  G_OBJECT_CLASS (heddle_number_row_parent_class)->finalize (object);
}

static void
heddle_number_row_set_property (GObject *object, guint id, const GValue *value, GParamSpec *pspec)
{
  HeddleNumberRow *self = HEDDLE_NUMBER_ROW (object);

  switch (id)
    {
    case PROP_ADJUSTMENT:
      if (g_value_get_object (value) != NULL)
        gtk_spin_button_set_adjustment (self->spin, g_value_get_object (value));
      break;
    case PROP_DIGITS:
      gtk_spin_button_set_digits (self->spin, g_value_get_uint (value));
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
    }
}

static void
heddle_number_row_class_init (HeddleNumberRowClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GParamFlags flags = G_PARAM_WRITABLE | G_PARAM_STATIC_STRINGS;

  object_class->finalize = heddle_number_row_finalize;
  object_class->set_property = heddle_number_row_set_property;

  props[PROP_ADJUSTMENT] =
    g_param_spec_object ("adjustment", NULL, NULL, GTK_TYPE_ADJUSTMENT, flags);
  props[PROP_DIGITS] = g_param_spec_uint ("digits", NULL, NULL, 0, 6, 0, flags);
  g_object_class_install_properties (object_class, N_PROPS, props);
  changed_signal = g_signal_new ("changed", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL,
                                 NULL, NULL, G_TYPE_NONE, 0);
}

static void
heddle_number_row_init (HeddleNumberRow *self)
{
  self->spin = GTK_SPIN_BUTTON (gtk_spin_button_new (NULL, 1, 0));
  heddle_number_input_watch (self->spin, WIDTH, show_hint, self);
  /* a hint repeats what was typed */
  adw_preferences_row_set_use_markup (ADW_PREFERENCES_ROW (self), FALSE);
  gtk_widget_set_valign (GTK_WIDGET (self->spin), GTK_ALIGN_CENTER);
  adw_action_row_add_suffix (ADW_ACTION_ROW (self), GTK_WIDGET (self->spin));
  /* and what a screen reader says of the number is what stands in front of it */
  adw_action_row_set_activatable_widget (ADW_ACTION_ROW (self), GTK_WIDGET (self->spin));
  g_signal_connect (self, "notify::subtitle", G_CALLBACK (describe), NULL);
  g_signal_connect_object (self->spin, "value-changed", G_CALLBACK (value_changed_cb), self,
                           G_CONNECT_SWAPPED);
}

/**
 * heddle_number_row_get_value:
 *
 * Returns: the number, with what was typed and not left yet
 */
double
heddle_number_row_get_value (HeddleNumberRow *self)
{
  g_return_val_if_fail (HEDDLE_IS_NUMBER_ROW (self), 0);

  return heddle_number_input_get_value (self->spin);
}

/**
 * heddle_number_row_set_value:
 * @value: what it shall show
 */
void
heddle_number_row_set_value (HeddleNumberRow *self, double value)
{
  g_return_if_fail (HEDDLE_IS_NUMBER_ROW (self));

  gtk_spin_button_set_value (self->spin, value);
}
