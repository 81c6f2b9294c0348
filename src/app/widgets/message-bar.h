/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "app/widgets/container/container.h"

G_BEGIN_DECLS

/* Says what went wrong where the work is shown, and what to do. Signal "show-log": the user wants
 * to read more. */
#define HEDDLE_TYPE_MESSAGE_BAR (heddle_message_bar_get_type ())
G_DECLARE_FINAL_TYPE (HeddleMessageBar, heddle_message_bar, HEDDLE, MESSAGE_BAR, HeddleContainer)

void heddle_message_bar_show (HeddleMessageBar *self, gboolean is_error, const char *text,
                              gboolean has_log);
void heddle_message_bar_hide (HeddleMessageBar *self);

G_END_DECLS
