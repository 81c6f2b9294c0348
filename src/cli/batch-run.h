/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "cli/batch-options.h"

G_BEGIN_DECLS

int heddle_cli_batch_list (GError **error);
int heddle_cli_batch_run (HeddleCliBatch *batch, GError **error);

G_END_DECLS
