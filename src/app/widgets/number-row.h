/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <adwaita.h>

G_BEGIN_DECLS

/* A row of a list with a number in it. Signal "changed": the number is another one. Properties
 * "adjustment" and "digits" as of GtkSpinButton. */
#define HEDDLE_TYPE_NUMBER_ROW (heddle_number_row_get_type ())
G_DECLARE_FINAL_TYPE (HeddleNumberRow, heddle_number_row, HEDDLE, NUMBER_ROW, AdwActionRow)

double heddle_number_row_get_value (HeddleNumberRow *self);
void heddle_number_row_set_value (HeddleNumberRow *self, double value);

G_END_DECLS
