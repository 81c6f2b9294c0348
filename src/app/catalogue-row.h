/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

#include "engine/model/workload.h"

G_BEGIN_DECLS

#define HEDDLE_TYPE_CATALOGUE_ROW (heddle_catalogue_row_get_type ())
G_DECLARE_FINAL_TYPE (HeddleCatalogueRow, heddle_catalogue_row, HEDDLE, CATALOGUE_ROW,
                      GtkListBoxRow)

GtkWidget *heddle_catalogue_row_new (const HeddleWorkload *workload);
const HeddleWorkload *heddle_catalogue_row_get_workload (HeddleCatalogueRow *self);
gboolean heddle_catalogue_row_matches (HeddleCatalogueRow *self, const char *const *terms);
guint heddle_catalogue_row_rank (HeddleCatalogueRow *self, const char *const *terms);

G_END_DECLS
