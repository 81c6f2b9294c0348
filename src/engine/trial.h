/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "engine/run.h"

G_BEGIN_DECLS

/*
 * What a HeddleTry stands for: the workload's defaults, and on top of them what the try names. Words as on the command line, separated by
 * spaces and quoted as in a shell: a parameter of the workload, or one of workers, queue, prefetch and backend, or a policy (retries, timeout, halt, recycle,
 * affinity). A parameter of
 * the workload that is called like one of those comes first.
 */
typedef struct {
  HeddleSettings *settings;  /* owned */
  HeddleRunOptions options;
  gboolean names_workers;    /* the number of workers is the try's, not the default */
} HeddleTrial;

gboolean heddle_trial_parse (HeddleTrial *self, const HeddleWorkload *workload, const char *settings, GError **error);
void heddle_trial_clear (HeddleTrial *self);
char *heddle_trial_dup_command (const HeddleWorkload *workload, const char *settings);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (HeddleTrial, heddle_trial_clear)

G_END_DECLS
