/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "app/widgets/container/container.h"

G_BEGIN_DECLS

/*
 * A rounded card: a title, a value or other things at the right of it, and below what it is about,
 * or a hint while there is nothing. Properties: "title" (also the card's name for screen readers)
 * and "hint". In .ui files: <child type="suffix"> goes beside the title, any other child is the
 * content.
 */
#define HEDDLE_TYPE_CARD (heddle_card_get_type ())
G_DECLARE_FINAL_TYPE (HeddleCard, heddle_card, HEDDLE, CARD, HeddleContainer)

void heddle_card_set_value (HeddleCard *self, const char *value);
void heddle_card_set_hint (HeddleCard *self, const char *hint);

G_END_DECLS
