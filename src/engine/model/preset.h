/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "engine/model/run-options.h"
#include "engine/model/workload.h"

G_BEGIN_DECLS

/*
 * What a HeddlePreset stands for: the workload's defaults, and on top of them what the try names.
 * Words as on the command line, separated by spaces and quoted as in a shell: a parameter of the
 * workload, or one of workers, queue, prefetch and backend, or a policy (retries, timeout, halt,
 * recycle, affinity). A parameter of the workload that is called like one of those comes first.
 */
typedef struct {
  HeddleSettings *settings;  /* owned */
  HeddleRunOptions options;
  gboolean names_workers;    /* the number of workers is the try's, not the default */
} HeddlePresetValues;

gboolean heddle_preset_parse (HeddlePresetValues *self, const HeddleWorkload *workload,
                              const char *settings, GError **error);
void heddle_preset_clear (HeddlePresetValues *self);
char *heddle_preset_dup_command (const HeddleWorkload *workload, const char *settings);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (HeddlePresetValues, heddle_preset_clear)

G_END_DECLS
