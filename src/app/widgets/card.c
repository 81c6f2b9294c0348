/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "app/widgets/a11y/accessible.h"
#include "app/widgets/a11y/stack-pages.h"
#include "app/widgets/card.h"

struct _HeddleCard {
  HeddleContainer parent_instance;

  GtkBox *head;         /* template child */
  GtkLabel *title;      /* template child */
  GtkInscription *value; /* template child: takes new texts without a layout pass */
  GtkStack *stack;      /* template child */
  GtkLabel *hint;       /* template child */
  GtkWidget *content;   /* borrowed, in the stack */
};

enum { PROP_0, PROP_TITLE, PROP_HINT, N_PROPS };

static GParamSpec *properties[N_PROPS];

static GtkBuildableIface *parent_buildable_iface;

static void
heddle_card_add_child (GtkBuildable *buildable, GtkBuilder *builder, GObject *child,
                       const char *type)
{
  HeddleCard *self = HEDDLE_CARD (buildable);

  if (self->stack == NULL || !GTK_IS_WIDGET (child))
    {
      parent_buildable_iface->add_child (buildable, builder, child, type);
      return;
    }
  if (g_strcmp0 (type, "suffix") == 0)
    {
      gtk_box_append (self->head, GTK_WIDGET (child));
      gtk_widget_set_visible (GTK_WIDGET (self->value), FALSE);
      gtk_label_set_max_width_chars (self->title, -1);
      return;
    }
  self->content = GTK_WIDGET (child);
  gtk_stack_add_child (self->stack, self->content);
  if (gtk_label_get_label (self->hint)[0] == '\0')
    gtk_stack_set_visible_child (self->stack, self->content);
}

static void
buildable_iface_init (GtkBuildableIface *iface)
{
  parent_buildable_iface = g_type_interface_peek_parent (iface);
  iface->add_child = heddle_card_add_child;
}

G_DEFINE_FINAL_TYPE_WITH_CODE (HeddleCard, heddle_card, HEDDLE_TYPE_CONTAINER,
                               G_IMPLEMENT_INTERFACE (GTK_TYPE_BUILDABLE, buildable_iface_init))

static void
heddle_card_set_property (GObject *object, guint property_id, const GValue *value,
                          GParamSpec *pspec)
{
  HeddleCard *self = HEDDLE_CARD (object);

  if (property_id == PROP_TITLE)
    {
      gtk_label_set_label (self->title, g_value_get_string (value));
      heddle_accessible_set_name (GTK_WIDGET (self), g_value_get_string (value));
    }
  else if (property_id == PROP_HINT)
    heddle_card_set_hint (self, g_value_get_string (value));
  else
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, property_id, pspec);
}

static void
heddle_card_class_init (HeddleCardClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);
  GParamFlags flags = G_PARAM_WRITABLE | G_PARAM_STATIC_STRINGS;

  G_OBJECT_CLASS (klass)->set_property = heddle_card_set_property;
  properties[PROP_TITLE] = g_param_spec_string ("title", NULL, NULL, NULL, flags);
  properties[PROP_HINT] = g_param_spec_string ("hint", NULL, NULL, NULL, flags);
  g_object_class_install_properties (G_OBJECT_CLASS (klass), N_PROPS, properties);
  gtk_widget_class_set_css_name (widget_class, "datacard");
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_GROUP);
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/org/heddle/Heddle/ui/widgets/card.ui");
  gtk_widget_class_bind_template_child (widget_class, HeddleCard, head);
  gtk_widget_class_bind_template_child (widget_class, HeddleCard, title);
  gtk_widget_class_bind_template_child (widget_class, HeddleCard, value);
  gtk_widget_class_bind_template_child (widget_class, HeddleCard, stack);
  gtk_widget_class_bind_template_child (widget_class, HeddleCard, hint);
}

static void
heddle_card_init (HeddleCard *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  heddle_stack_pages_track (self->stack);
  /* without a text it would be told as "GtkInscription" */
  gtk_accessible_update_state (GTK_ACCESSIBLE (self->value), GTK_ACCESSIBLE_STATE_HIDDEN, TRUE, -1);
}

/* How many letters of the inscription's own measure a text takes: one that counted letters would
 * give thin ones too much room. */
static guint
count_chars (GtkInscription *inscription, const char *text)
{
  g_autoptr (PangoLayout) layout = gtk_widget_create_pango_layout (GTK_WIDGET (inscription), text);
  PangoFontMetrics *metrics =
    pango_context_get_metrics (pango_layout_get_context (layout), NULL, NULL);
  int unit = MAX (pango_font_metrics_get_approximate_char_width (metrics),
                  pango_font_metrics_get_approximate_digit_width (metrics));
  int width;

  pango_font_metrics_unref (metrics);
  pango_layout_get_size (layout, &width, NULL);
  return unit > 0 ? (guint) ((width + unit - 1) / unit) : (guint) g_utf8_strlen (text, -1);
}

/**
 * heddle_card_set_value:
 * @value: (nullable): the newest number, at the right of the title; also the card's description for
 * screen readers
 */
void
heddle_card_set_value (HeddleCard *self, const char *value)
{
  guint chars;

  g_return_if_fail (HEDDLE_IS_CARD (self));

  if (g_strcmp0 (gtk_inscription_get_text (self->value), value) == 0)
    return;
  /* It grows with the widest value so far and never shrinks, so that the title keeps what is left
   * and is laid out anew but rarely. */
  chars = value != NULL ? count_chars (self->value, value) : 0;
  if (chars > gtk_inscription_get_nat_chars (self->value))
    gtk_inscription_set_nat_chars (self->value, chars);
  gtk_inscription_set_text (self->value, value);
  gtk_accessible_update_state (GTK_ACCESSIBLE (self->value), GTK_ACCESSIBLE_STATE_HIDDEN,
                               value == NULL || value[0] == '\0', -1);
  heddle_accessible_set_description (GTK_WIDGET (self), value != NULL ? value : "");
}

/**
 * heddle_card_set_hint:
 * @hint: (nullable): shown in place of the content, %NULL: the content is shown
 */
void
heddle_card_set_hint (HeddleCard *self, const char *hint)
{
  g_return_if_fail (HEDDLE_IS_CARD (self));

  gtk_label_set_label (self->hint, hint != NULL ? hint : "");
  if (hint != NULL && hint[0] != '\0')
    gtk_stack_set_visible_child (self->stack, GTK_WIDGET (self->hint));
  else if (self->content != NULL)
    gtk_stack_set_visible_child (self->stack, self->content);
}
