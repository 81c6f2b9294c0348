/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "app/widgets/container/container.h"
#include "engine/run/run.h"

G_BEGIN_DECLS

/* A row a policy. Signal "changed": the user has changed something. */
#define HEDDLE_TYPE_POLICY_ROWS (heddle_policy_rows_get_type ())
G_DECLARE_FINAL_TYPE (HeddlePolicyRows, heddle_policy_rows, HEDDLE, POLICY_ROWS, HeddleContainer)

void heddle_policy_rows_set_backend (HeddlePolicyRows *self, HeddleBackend backend);
void heddle_policy_rows_set_options (HeddlePolicyRows *self, const HeddleRunOptions *options);
void heddle_policy_rows_set_usual (HeddlePolicyRows *self, const HeddleRunOptions *options);
void heddle_policy_rows_get_options (HeddlePolicyRows *self, HeddleRunOptions *options);

G_END_DECLS
