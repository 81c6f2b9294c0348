/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "app/widgets/number-input.h"
#include "app/widgets/number-row.h"

#define WIDTH 5 /* letters: what is shorter stands in line with the other rows */
#define WIDTH_MAX 12

struct _HeddleNumberRow {
  AdwActionRow parent_instance;

  GtkSpinButton *spin; /* a child */
  char *subtitle;      /* owned: what stands there when no hint does; NULL: no hint is shown */
};

enum {
  PROP_0,
  PROP_ADJUSTMENT,
  PROP_DIGITS,
  PROP_VALUE,
  N_PROPS
};

static GParamSpec *props[N_PROPS];

G_DEFINE_FINAL_TYPE (HeddleNumberRow, heddle_number_row, ADW_TYPE_ACTION_ROW)

static void
value_changed_cb (HeddleNumberRow *self)
{
  g_object_notify_by_pspec (G_OBJECT (self), props[PROP_VALUE]);
}

static void
fit_width_cb (GtkEditable *spin)
{
  int chars = CLAMP ((int) g_utf8_strlen (gtk_editable_get_text (spin), -1), WIDTH, WIDTH_MAX);

  gtk_editable_set_width_chars (spin, chars);
  gtk_editable_set_max_width_chars (spin, chars);
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

  gtk_accessible_update_property (GTK_ACCESSIBLE (self->spin), GTK_ACCESSIBLE_PROPERTY_DESCRIPTION,
                                  text != NULL ? text : "", -1);
}

static void
heddle_number_row_finalize (GObject *object)
{
  g_free (HEDDLE_NUMBER_ROW (object)->subtitle);

  G_OBJECT_CLASS (heddle_number_row_parent_class)->finalize (object);
}

static void
heddle_number_row_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  if (id == PROP_VALUE)
    g_value_set_double (value, heddle_number_row_get_value (HEDDLE_NUMBER_ROW (object)));
  else
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
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
    case PROP_VALUE:
      heddle_number_row_set_value (self, g_value_get_double (value));
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
    }
}

static void
heddle_number_row_class_init (HeddleNumberRowClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->finalize = heddle_number_row_finalize;
  object_class->get_property = heddle_number_row_get_property;
  object_class->set_property = heddle_number_row_set_property;

  props[PROP_ADJUSTMENT] = g_param_spec_object ("adjustment", NULL, NULL, GTK_TYPE_ADJUSTMENT,
                                                G_PARAM_WRITABLE | G_PARAM_STATIC_STRINGS);
  props[PROP_DIGITS] =
    g_param_spec_uint ("digits", NULL, NULL, 0, 6, 0, G_PARAM_WRITABLE | G_PARAM_STATIC_STRINGS);
  props[PROP_VALUE] =
    g_param_spec_double ("value", NULL, NULL, -G_MAXDOUBLE, G_MAXDOUBLE, 0,
                         G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS | G_PARAM_EXPLICIT_NOTIFY);
  g_object_class_install_properties (object_class, N_PROPS, props);
}

static void
heddle_number_row_init (HeddleNumberRow *self)
{
  self->spin = GTK_SPIN_BUTTON (gtk_spin_button_new (NULL, 1, 0));
  g_signal_connect (self->spin, "changed", G_CALLBACK (fit_width_cb), NULL);
  fit_width_cb (GTK_EDITABLE (self->spin));
  heddle_number_input_watch (self->spin, show_hint, self);
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
 * @self: a row
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
 * @self: a row
 * @value: what it shall show
 */
void
heddle_number_row_set_value (HeddleNumberRow *self, double value)
{
  g_return_if_fail (HEDDLE_IS_NUMBER_ROW (self));

  gtk_spin_button_set_value (self->spin, value);
}
