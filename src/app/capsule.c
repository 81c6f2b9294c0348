/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "app/capsule.h"

struct _HeddleCapsule {
  GtkWidget parent_instance;

  /* children */
  GtkWidget *label;
  GtkWidget *child; /* NULL: not set yet */
  GtkWidget *unit;
};

enum {
  PROP_0,
  PROP_LABEL,
  PROP_UNIT,
  PROP_CHILD,
  N_PROPS
};

static GParamSpec *props[N_PROPS];

G_DEFINE_FINAL_TYPE (HeddleCapsule, heddle_capsule, GTK_TYPE_WIDGET)

/* As wide as what stands in it, with a little room to type, however large the largest number is. */
static void
fit_width_cb (GtkEditable *spin)
{
  int chars = CLAMP ((int) g_utf8_strlen (gtk_editable_get_text (spin), -1), 2, 12);

  gtk_editable_set_width_chars (spin, chars);
  gtk_editable_set_max_width_chars (spin, chars);
}

static void
set_child (HeddleCapsule *self, GtkWidget *child)
{
  g_clear_pointer (&self->child, gtk_widget_unparent);
  self->child = child;
  if (child == NULL)
    return;
  gtk_widget_insert_after (child, GTK_WIDGET (self), self->label);
  if (GTK_IS_SPIN_BUTTON (child))
    {
      g_signal_connect (child, "changed", G_CALLBACK (fit_width_cb), NULL);
      fit_width_cb (GTK_EDITABLE (child));
    }
  gtk_accessible_update_property (GTK_ACCESSIBLE (child), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  gtk_label_get_text (GTK_LABEL (self->label)), -1);
}

static void
set_text (GtkWidget *label, const char *text)
{
  gtk_label_set_label (GTK_LABEL (label), text != NULL ? text : "");
  gtk_widget_set_visible (label, text != NULL && *text != '\0');
}

static void
heddle_capsule_dispose (GObject *object)
{
  HeddleCapsule *self = HEDDLE_CAPSULE (object);

  g_clear_pointer (&self->label, gtk_widget_unparent);
  g_clear_pointer (&self->child, gtk_widget_unparent);
  g_clear_pointer (&self->unit, gtk_widget_unparent);

  G_OBJECT_CLASS (heddle_capsule_parent_class)->dispose (object);
}

static void
heddle_capsule_set_property (GObject *object, guint id, const GValue *value, GParamSpec *pspec)
{
  HeddleCapsule *self = HEDDLE_CAPSULE (object);

  switch (id)
    {
    case PROP_LABEL:
      set_text (self->label, g_value_get_string (value));
      break;
    case PROP_UNIT:
      set_text (self->unit, g_value_get_string (value));
      break;
    case PROP_CHILD:
      set_child (self, g_value_get_object (value));
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
    }
}

static void
heddle_capsule_class_init (HeddleCapsuleClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);
  GParamFlags flags = G_PARAM_WRITABLE | G_PARAM_STATIC_STRINGS;

  object_class->dispose = heddle_capsule_dispose;
  object_class->set_property = heddle_capsule_set_property;

  props[PROP_LABEL] = g_param_spec_string ("label", NULL, NULL, NULL, flags);
  props[PROP_UNIT] = g_param_spec_string ("unit", NULL, NULL, NULL, flags);
  props[PROP_CHILD] = g_param_spec_object ("child", NULL, NULL, GTK_TYPE_WIDGET, flags);
  g_object_class_install_properties (object_class, N_PROPS, props);

  gtk_widget_class_set_css_name (widget_class, "capsule");
  gtk_widget_class_set_layout_manager_type (widget_class, GTK_TYPE_BOX_LAYOUT);
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_GROUP);
}

static void
heddle_capsule_init (HeddleCapsule *self)
{
  self->label = gtk_label_new (NULL);
  self->unit = gtk_label_new (NULL);
  gtk_widget_add_css_class (self->label, "dim-label");
  gtk_widget_add_css_class (self->unit, "dim-label");
  gtk_widget_set_parent (self->label, GTK_WIDGET (self));
  gtk_widget_set_parent (self->unit, GTK_WIDGET (self));
  gtk_widget_set_visible (self->unit, FALSE);
}

/**
 * heddle_capsule_new:
 * @label: what the control is called, translated
 * @unit: (nullable): what stands behind it, translated
 * @child: (transfer floating): the control; gets @label as its accessible name
 *
 * Returns: (transfer floating): the frame with the control in it
 */
GtkWidget *
heddle_capsule_new (const char *label, const char *unit, GtkWidget *child)
{
  return g_object_new (HEDDLE_TYPE_CAPSULE, "label", label, "unit", unit, "child", child, NULL);
}
