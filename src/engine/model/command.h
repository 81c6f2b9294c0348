/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "engine/model/param.h"
#include "engine/model/run-options.h"

G_BEGIN_DECLS

char *heddle_command_dup_run (const HeddleSettings *settings, const HeddleRunOptions *options);
void heddle_command_append_word (GString *command, const char *word);

G_END_DECLS
