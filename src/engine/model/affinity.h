/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/*
 * Which CPUs workers may use: "0", "0-1", "0,2-3", or "spread": one CPU a worker, in turn. Empty:
 * all. Only those that this program itself may use can be named.
 */
gboolean heddle_affinity_check (const char *text, GError **error);
gboolean heddle_affinity_refuse (const char *text, GError **error);
gboolean heddle_affinity_bind (const char *text, guint worker, GError **error);

G_END_DECLS
