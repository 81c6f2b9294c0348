/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <glib/gi18n.h>

#include "app/catalogue-row.h"

struct _HeddleCatalogueRow {
  GtkListBoxRow parent_instance;

  /* template children */
  GtkLabel *name;
  GtkLabel *badge;

  const HeddleWorkload *workload; /* static */
  char *haystack;                 /* owned: everything that a search looks at, case folded */
};

G_DEFINE_FINAL_TYPE (HeddleCatalogueRow, heddle_catalogue_row, GTK_TYPE_LIST_BOX_ROW)

static void
heddle_catalogue_row_finalize (GObject *object)
{
  g_free (HEDDLE_CATALOGUE_ROW (object)->haystack);

  G_OBJECT_CLASS (heddle_catalogue_row_parent_class)->finalize (object);
}

static void
heddle_catalogue_row_class_init (HeddleCatalogueRowClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->finalize = heddle_catalogue_row_finalize;

  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/org/heddle/Heddle/ui/catalogue-row.ui");
  gtk_widget_class_bind_template_child (widget_class, HeddleCatalogueRow, name);
  gtk_widget_class_bind_template_child (widget_class, HeddleCatalogueRow, badge);
}

static void
heddle_catalogue_row_init (HeddleCatalogueRow *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

/**
 * heddle_catalogue_row_new:
 * @workload: what the row offers
 *
 * Returns: (transfer floating): a row
 */
GtkWidget *
heddle_catalogue_row_new (const HeddleWorkload *workload)
{
  HeddleCatalogueRow *self;
  g_autofree char *text = NULL;

  g_return_val_if_fail (workload != NULL, NULL);

  self = g_object_new (HEDDLE_TYPE_CATALOGUE_ROW, NULL);
  self->workload = workload;
  text = g_strjoin ("\n", _(workload->name), _(workload->summary), _(workload->about),
                    _(heddle_group_get_name (workload->group)), workload->id, NULL);
  self->haystack = g_utf8_casefold (text, -1);

  gtk_label_set_label (self->name, _(workload->name));
  gtk_label_set_label (self->badge, workload->badge != NULL ? _(workload->badge) : "");
  gtk_widget_set_visible (GTK_WIDGET (self->badge), workload->badge != NULL);
  /* No tooltip: it would lie over the next rows, and on X11 it takes the clicks that are meant for
   * them. The page tells the summary. */
  gtk_accessible_update_property (GTK_ACCESSIBLE (self),
                                  GTK_ACCESSIBLE_PROPERTY_LABEL, _(workload->name),
                                  GTK_ACCESSIBLE_PROPERTY_DESCRIPTION, _(workload->summary),
                                  -1);
  return GTK_WIDGET (self);
}

/**
 * heddle_catalogue_row_get_workload:
 *
 * Returns: (transfer none): what it offers
 */
const HeddleWorkload *
heddle_catalogue_row_get_workload (HeddleCatalogueRow *self)
{
  g_return_val_if_fail (HEDDLE_IS_CATALOGUE_ROW (self), NULL);

  return self->workload;
}

/**
 * heddle_catalogue_row_matches:
 * @terms: NULL-terminated words, case folded
 *
 * Returns: whether name, summary, description, group or id of the workload hold every one of the
 * words
 */
gboolean
heddle_catalogue_row_matches (HeddleCatalogueRow *self, const char *const *terms)
{
  g_return_val_if_fail (HEDDLE_IS_CATALOGUE_ROW (self), FALSE);
  g_return_val_if_fail (terms != NULL, TRUE);

  for (guint i = 0; terms[i] != NULL; i++)
    if (strstr (self->haystack, terms[i]) == NULL)
      return FALSE;
  return TRUE;
}

/**
 * heddle_catalogue_row_rank:
 * @self: a row that matches
 * @terms: NULL-terminated words, case folded
 *
 * Returns: how well the words name the workload: 0 where they are its name, 1 where it begins with
 * the first of them, 2 where all of them are in the name, 3 where some are only in what is told
 * about it
 */
guint
heddle_catalogue_row_rank (HeddleCatalogueRow *self, const char *const *terms)
{
  g_autofree char *name = NULL, *whole = NULL;

  g_return_val_if_fail (HEDDLE_IS_CATALOGUE_ROW (self), 3);
  g_return_val_if_fail (terms != NULL, 3);

  name = g_utf8_casefold (_(self->workload->name), -1);
  whole = g_strjoinv (" ", (char **) terms);
  if (g_str_equal (name, g_strstrip (whole)))
    return 0;
  for (guint i = 0; terms[i] != NULL; i++)
    if (strstr (name, terms[i]) == NULL)
      return 3;
  return terms[0] != NULL && g_str_has_prefix (name, terms[0]) ? 1 : 2;
}
