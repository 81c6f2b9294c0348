/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "app/widgets/container/container.h"

G_BEGIN_DECLS

/* A choice of a few, side by side. Property "selected", read-only (int; -1: none). */
#define HEDDLE_TYPE_SEGMENTED (heddle_segmented_get_type ())
G_DECLARE_FINAL_TYPE (HeddleSegmented, heddle_segmented, HEDDLE, SEGMENTED, HeddleContainer)

void heddle_segmented_set_segments (HeddleSegmented *self, const char *const *names,
                                    const char *const *tooltips);
void heddle_segmented_set_offered (HeddleSegmented *self, guint segment, gboolean offered);
int heddle_segmented_get_selected (HeddleSegmented *self);
void heddle_segmented_set_selected (HeddleSegmented *self, int selected);

G_END_DECLS
