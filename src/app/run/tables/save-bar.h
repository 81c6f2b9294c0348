/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

#include "app/widgets/container/container.h"

G_BEGIN_DECLS

/* Writes the file of that path; a thread of its own. Returns: whether it is there. */
typedef gboolean (*HeddleSaveWrite) (gpointer data, const char *path, GCancellable *cancellable,
                                     GError **error);

/* Asks for a file, has it written, and says how that went; hidden while there is nothing to say. */
#define HEDDLE_TYPE_SAVE_BAR (heddle_save_bar_get_type ())
G_DECLARE_FINAL_TYPE (HeddleSaveBar, heddle_save_bar, HEDDLE, SAVE_BAR, HeddleContainer)

void heddle_save_bar_begin (HeddleSaveBar  *self,
                            const char     *title,
                            const char     *file_name,
                            HeddleSaveWrite write,
                            gpointer        data,
                            GDestroyNotify  data_free);

G_END_DECLS
