/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

/* A sample of how the lanes draw a task, for their legend. Property "kind": the name of a state, "done",
 * "lost", "cancelled", "kind-3" or "tone-3". */
#define HEDDLE_TYPE_SWATCH (heddle_swatch_get_type ())
G_DECLARE_FINAL_TYPE (HeddleSwatch, heddle_swatch, HEDDLE, SWATCH, GtkWidget)

G_END_DECLS
