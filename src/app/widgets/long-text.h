/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "app/widgets/container/container.h"

G_BEGIN_DECLS

/* A text to read, select and copy, in a fixed-width font, however long it is and however long its
 * lines are. */
#define HEDDLE_TYPE_LONG_TEXT (heddle_long_text_get_type ())
G_DECLARE_FINAL_TYPE (HeddleLongText, heddle_long_text, HEDDLE, LONG_TEXT, HeddleContainer)

GtkWidget   *heddle_long_text_new           (const char     *text,
                                             const char     *label);
gboolean     heddle_long_text_is_long       (HeddleLongText *self);
const char  *heddle_long_text_get_text      (HeddleLongText *self);
GtkTextView *heddle_long_text_get_view      (HeddleLongText *self);
char        *heddle_long_text_dup_selection (HeddleLongText *self);

G_END_DECLS
