/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* What the commands share in reading their options. */
GOptionContext *heddle_cli_context_new (const char *arguments, const GOptionEntry *entries,
                                        const char *summary);
GStrv heddle_cli_split_short_options (const GOptionEntry *entries, int argc, char **argv);
gboolean heddle_cli_context_parse (GOptionContext *context, int argc, char **argv, GError **error);
char *heddle_cli_context_help (GOptionContext *context, const char *command);

G_END_DECLS
