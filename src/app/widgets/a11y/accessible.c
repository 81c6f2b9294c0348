/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <string.h>

#include "app/widgets/a11y/accessible.h"
#include "app/widgets/a11y/drop-down.h"

/**
 * heddle_accessible_set_name:
 * @control: any control
 * @name: what it is called, translated
 *
 * Names what has the keyboard when @control has it, which may be a part of it.
 */
void
heddle_accessible_set_name (GtkWidget *control, const char *name)
{
  g_return_if_fail (GTK_IS_WIDGET (control));
  g_return_if_fail (name != NULL);

  if (GTK_IS_DROP_DOWN (control))
    heddle_drop_down_set_name (GTK_DROP_DOWN (control), name);
  else
    gtk_accessible_update_property (GTK_ACCESSIBLE (control), GTK_ACCESSIBLE_PROPERTY_LABEL, name,
                                    -1);
}

/**
 * heddle_accessible_set_description:
 * @control: any control
 * @description: what more there is to say of it, translated
 */
void
heddle_accessible_set_description (GtkWidget *control, const char *description)
{
  g_return_if_fail (GTK_IS_WIDGET (control));
  g_return_if_fail (description != NULL);

  if (GTK_IS_DROP_DOWN (control))
    heddle_drop_down_set_description (GTK_DROP_DOWN (control), description);
  else
    gtk_accessible_update_property (GTK_ACCESSIBLE (control), GTK_ACCESSIBLE_PROPERTY_DESCRIPTION,
                                    description, -1);
}

/**
 * heddle_accessible_drop_mnemonics:
 * @above: a widget whose buttons are there
 *
 * GTK 4.8 names a button twice: by its text as the program wrote it, underscore and all, and by the
 * label inside. Here the second one stays alone, of every button below @above that has an
 * underscore.
 */
void
heddle_accessible_drop_mnemonics (GtkWidget *above)
{
  g_return_if_fail (GTK_IS_WIDGET (above));

  for (GtkWidget *child = gtk_widget_get_first_child (above); child != NULL;
       child = gtk_widget_get_next_sibling (child))
    if (GTK_IS_BUTTON (child) && gtk_button_get_use_underline (GTK_BUTTON (child))
        && gtk_button_get_label (GTK_BUTTON (child)) != NULL)
      gtk_accessible_reset_property (GTK_ACCESSIBLE (child), GTK_ACCESSIBLE_PROPERTY_LABEL);
    else
      heddle_accessible_drop_mnemonics (child);
}
