/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

#define HEDDLE_TYPE_CARD (heddle_card_get_type ())
G_DECLARE_FINAL_TYPE (HeddleCard, heddle_card, HEDDLE, CARD, GtkWidget)

void       heddle_card_set_title (HeddleCard *self,
                                  const char *title);
void       heddle_card_set_value (HeddleCard *self,
                                  const char *value);
void       heddle_card_set_hint  (HeddleCard *self,
                                  const char *hint);

G_END_DECLS
