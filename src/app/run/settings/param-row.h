/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "app/widgets/container/container.h"
#include "engine/model/param.h"

G_BEGIN_DECLS

/*
 * The control of one parameter of a workload, made from its description.
 * Signal "changed": it shows another value than before, whoever set it.
 */
#define HEDDLE_TYPE_PARAM_ROW (heddle_param_row_get_type ())
G_DECLARE_FINAL_TYPE (HeddleParamRow, heddle_param_row, HEDDLE, PARAM_ROW, HeddleContainer)

GtkWidget *heddle_param_row_new (const HeddleParam *param);
const HeddleParam *heddle_param_row_get_param (HeddleParamRow *self);
char *heddle_param_row_dup_value (HeddleParamRow *self);
gboolean heddle_param_row_check (HeddleParamRow *self, GError **error);
void heddle_param_row_set_value (HeddleParamRow *self, const char *value);
void heddle_param_row_choose_folder (HeddleParamRow *self, GFile *file);

G_END_DECLS
