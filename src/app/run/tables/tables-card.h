/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "app/widgets/container/container.h"
#include "engine/run/run.h"
#include "engine/run/stretch.h"

G_BEGIN_DECLS

/*
 * The tables of a run, one behind the other: results, errors, workers, figures, log.
 * Signal "task-selected" (uint64): the user has put the cursor on the row of that task. Signal
 * "stretch-cleared": the user wants the whole run again, which is shown already.
 */
#define HEDDLE_TYPE_TABLES_CARD (heddle_tables_card_get_type ())
G_DECLARE_FINAL_TYPE (HeddleTablesCard, heddle_tables_card, HEDDLE, TABLES_CARD, HeddleContainer)

void heddle_tables_card_set_run  (HeddleTablesCard        *self,
                                  HeddleRun               *run);
void heddle_tables_card_update   (HeddleTablesCard        *self,
                                  const HeddleRunSnapshot *snapshot,
                                  gboolean                 at_once);
const char *heddle_tables_card_get_page (HeddleTablesCard *self);
void heddle_tables_card_set_page (HeddleTablesCard *self, const char *name);
void heddle_tables_card_set_sum  (HeddleTablesCard        *self,
                                  const HeddleStretch     *stretch);
void heddle_tables_card_show_log (HeddleTablesCard        *self,
                                  guint64                  line);
void heddle_tables_card_set_stretch (HeddleTablesCard     *self,
                                     gint64                begin_ns,
                                     gint64                end_ns);
void heddle_tables_card_set_picture (HeddleTablesCard     *self,
                                     GtkWidget            *timeline);
gboolean heddle_tables_card_select_task (HeddleTablesCard *self,
                                         guint64           id);

G_END_DECLS
