/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

#include "engine/run/run.h"

G_BEGIN_DECLS

gboolean heddle_trace_export_write (HeddleRun *run, gint64 begin_ns, gint64 end_ns,
                                    const char *path, const char *shown_path,
                                    GCancellable *cancellable, GError **error);

G_END_DECLS
