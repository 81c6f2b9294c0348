/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

#include "engine/run/run.h"

G_BEGIN_DECLS

void heddle_result_dialog_present (GtkWidget       *parent,
                                   HeddleRun       *run,
                                   const HeddleRow *row);

G_END_DECLS
