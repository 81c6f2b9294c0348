/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

#define HEDDLE_CHIPS_MAX 32

typedef struct {
  char text[96];
  char tip[128]; /* in the tooltip; empty: the text */
} HeddleChip;

/* A row of chips; property "placeholder": what stands there while there are none, translated. */
#define HEDDLE_TYPE_CHIP_STRIP (heddle_chip_strip_get_type ())
G_DECLARE_FINAL_TYPE (HeddleChipStrip, heddle_chip_strip, HEDDLE, CHIP_STRIP, GtkWidget)

gboolean heddle_chip_strip_set_chips (HeddleChipStrip *self, const HeddleChip *chips, guint n_chips,
                                      guint64 n_all);

G_END_DECLS
