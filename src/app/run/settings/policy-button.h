/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "app/widgets/container/container.h"
#include "engine/run/run.h"

G_BEGIN_DECLS

/*
 * What a run does about tasks that fail or are late, and about its workers: a button that says what
 * differs from the usual, and a popover to change it. Signal "changed": the user has changed
 * something.
 */
#define HEDDLE_TYPE_POLICY_BUTTON (heddle_policy_button_get_type ())
G_DECLARE_FINAL_TYPE (HeddlePolicyButton, heddle_policy_button, HEDDLE, POLICY_BUTTON,
                      HeddleContainer)

void heddle_policy_button_set_active (HeddlePolicyButton *self, gboolean active);
void heddle_policy_button_set_backend (HeddlePolicyButton *self, HeddleBackend backend);
void heddle_policy_button_set_usual (HeddlePolicyButton *self, const HeddleRunOptions *options);
void heddle_policy_button_set_options (HeddlePolicyButton *self, const HeddleRunOptions *options);
void heddle_policy_button_get_all (HeddlePolicyButton *self, HeddleRunOptions *options);
void heddle_policy_button_get_options (HeddlePolicyButton *self, HeddleRunOptions *options);

G_END_DECLS
