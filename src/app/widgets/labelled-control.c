/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <glib/gi18n.h>

#include "app/widgets/a11y/accessible.h"
#include "app/widgets/labelled-control.h"
#include "app/widgets/number-input.h"

#define WIDTH 2 /* letters of the shortest number */

struct _HeddleLabelledControl {
  HeddleContainer parent_instance;

  /* children */
  GtkWidget *label;
  GtkWidget *child; /* NULL: not set yet */
  GtkWidget *unit;
  GtkWidget *hint; /* what is wrong with what was typed; shown where something is */

  char *description; /* owned */
};

enum { PROP_0, PROP_LABEL, PROP_UNIT, PROP_DESCRIPTION, PROP_CHILD, N_PROPS };

static GParamSpec *props[N_PROPS];

G_DEFINE_FINAL_TYPE (HeddleLabelledControl, heddle_labelled_control, HEDDLE_TYPE_CONTAINER)

/* The unit and the rest, for who cannot see what stands beside the control; a hint comes first. */
static void
describe (HeddleLabelledControl *self)
{
  const char *unit = gtk_label_get_text (GTK_LABEL (self->unit));
  const char *texts[] = { gtk_label_get_text (GTK_LABEL (self->hint)), NULL, self->description };
  g_autofree char *in_unit = NULL;
  g_autoptr (GString) all = g_string_new (NULL);

  if (self->child == NULL)
    return;
  if (*unit != '\0')
    /* Translators: %s is a unit: "in ms" */
    in_unit = g_strdup_printf (_("in %s"), unit);
  texts[1] = in_unit;
  for (guint i = 0; i < G_N_ELEMENTS (texts); i++)
    if (texts[i] != NULL && *texts[i] != '\0')
      g_string_append_printf (all, "%s%s", all->len > 0 ? " · " : "", texts[i]);
  heddle_accessible_set_description (self->child, all->str);
}

static void
show_hint (GtkWidget *spin, const char *hint, gpointer data)
{
  HeddleLabelledControl *self = data;

  gtk_label_set_label (GTK_LABEL (self->hint), hint != NULL ? hint : "");
  gtk_widget_set_visible (self->hint, hint != NULL);
  describe (self);
}

static void
set_child (HeddleLabelledControl *self, GtkWidget *child)
{
  g_clear_pointer (&self->child, gtk_widget_unparent);
  self->child = child;
  if (child == NULL)
    return;
  gtk_widget_insert_after (child, GTK_WIDGET (self), self->label);
  if (GTK_IS_SPIN_BUTTON (child))
    heddle_number_input_watch (GTK_SPIN_BUTTON (child), WIDTH, show_hint, self);
  heddle_accessible_set_name (child, gtk_label_get_text (GTK_LABEL (self->label)));
  describe (self);
}

static void
set_text (GtkWidget *label, const char *text)
{
  gtk_label_set_label (GTK_LABEL (label), text != NULL ? text : "");
  gtk_widget_set_visible (label, text != NULL && *text != '\0');
}

static void
heddle_labelled_control_finalize (GObject *object)
{
  g_free (HEDDLE_LABELLED_CONTROL (object)->description);

  G_OBJECT_CLASS (heddle_labelled_control_parent_class)->finalize (object);
}

static void
heddle_labelled_control_set_property (GObject *object, guint id, const GValue *value,
                                      GParamSpec *pspec)
{
  HeddleLabelledControl *self = HEDDLE_LABELLED_CONTROL (object);

  switch (id)
    {
    case PROP_LABEL:
      set_text (self->label, g_value_get_string (value));
      break;
    case PROP_UNIT:
      set_text (self->unit, g_value_get_string (value));
      describe (self);
      break;
    case PROP_DESCRIPTION:
      g_free (self->description);
      self->description = g_value_dup_string (value);
      gtk_widget_set_tooltip_text (GTK_WIDGET (self), self->description);
      describe (self);
      break;
    case PROP_CHILD:
      set_child (self, g_value_get_object (value));
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
    }
}

static void
heddle_labelled_control_class_init (HeddleLabelledControlClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);
  GParamFlags flags = G_PARAM_WRITABLE | G_PARAM_STATIC_STRINGS;

  object_class->finalize = heddle_labelled_control_finalize;
  object_class->set_property = heddle_labelled_control_set_property;

  props[PROP_LABEL] = g_param_spec_string ("label", NULL, NULL, NULL, flags);
  props[PROP_UNIT] = g_param_spec_string ("unit", NULL, NULL, NULL, flags);
  props[PROP_DESCRIPTION] = g_param_spec_string ("description", NULL, NULL, NULL, flags);
  props[PROP_CHILD] = g_param_spec_object ("child", NULL, NULL, GTK_TYPE_WIDGET, flags);
  g_object_class_install_properties (object_class, N_PROPS, props);

  gtk_widget_class_set_css_name (widget_class, "labelledcontrol");
  gtk_widget_class_set_layout_manager_type (widget_class, GTK_TYPE_BOX_LAYOUT);
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_GROUP);
}

static void
heddle_labelled_control_init (HeddleLabelledControl *self)
{
  self->label = gtk_label_new (NULL);
  self->unit = gtk_label_new (NULL);
  gtk_widget_add_css_class (self->label, "dim-label");
  gtk_widget_add_css_class (self->unit, "dim-label");
  gtk_widget_set_parent (self->label, GTK_WIDGET (self));
  gtk_widget_set_parent (self->unit, GTK_WIDGET (self));
  gtk_widget_set_visible (self->unit, FALSE);
  self->hint = gtk_label_new (NULL);
  gtk_widget_add_css_class (self->hint, "error");
  gtk_label_set_ellipsize (GTK_LABEL (self->hint), PANGO_ELLIPSIZE_END);
  gtk_widget_set_parent (self->hint, GTK_WIDGET (self));
  gtk_widget_set_visible (self->hint, FALSE);
}
