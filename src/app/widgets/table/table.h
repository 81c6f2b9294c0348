/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "app/widgets/container/container.h"
#include "app/widgets/table/body.h"

G_BEGIN_DECLS

/* A table: heads of columns above a body that scrolls. */
#define HEDDLE_TYPE_TABLE (heddle_table_get_type ())
G_DECLARE_FINAL_TYPE (HeddleTable, heddle_table, HEDDLE, TABLE, HeddleContainer)

GtkWidget  *heddle_table_new                 (const HeddleTableColumn *columns,
                                              guint                    n_columns,
                                              const char              *label,
                                              HeddleTableFill          fill,
                                              gpointer                 data);
HeddleTableBody *heddle_table_get_body       (HeddleTable             *self);
void        heddle_table_columns_changed     (HeddleTable             *self);
void        heddle_table_clear_order         (HeddleTable             *self);
gboolean    heddle_table_get_order           (HeddleTable             *self,
                                              guint                   *column,
                                              gboolean                *descending);

G_END_DECLS
