/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "app/widgets/container/container.h"
#include "engine/model/workload.h"

G_BEGIN_DECLS

/* The list of what can be run. Signal "chosen" (gpointer: a const HeddleWorkload): the user wants
 * that one. */
#define HEDDLE_TYPE_CATALOGUE (heddle_catalogue_get_type ())
G_DECLARE_FINAL_TYPE (HeddleCatalogue, heddle_catalogue, HEDDLE, CATALOGUE, HeddleContainer)

void heddle_catalogue_select (HeddleCatalogue *self, const HeddleWorkload *workload);
void heddle_catalogue_focus_search (HeddleCatalogue *self);

G_END_DECLS
