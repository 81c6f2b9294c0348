/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "app/model/launch.h"
#include "app/model/run-cache.h"
#include "app/model/run-object.h"
#include "app/widgets/container/container.h"

G_BEGIN_DECLS

/*
 * One tab: a workload, how to run it, and the run.
 * Actions: run.start, run.pause (or resume), run.stop, run.drain, run.copy-command,
 * run.about-workload.
 * Signal "changed": the workload is another one, or the run's state has changed.
 */
#define HEDDLE_TYPE_RUN_PAGE (heddle_run_page_get_type ())
G_DECLARE_FINAL_TYPE (HeddleRunPage, heddle_run_page, HEDDLE, RUN_PAGE, HeddleContainer)

GtkWidget *heddle_run_page_new (const HeddleWorkload *workload, HeddleRunCache *cache);
const HeddleWorkload *heddle_run_page_get_workload (HeddleRunPage *self);
void heddle_run_page_set_workload (HeddleRunPage *self, const HeddleWorkload *workload);
HeddleRunObject *heddle_run_page_get_run (HeddleRunPage *self);
gboolean heddle_run_page_is_active (HeddleRunPage *self);
const char *heddle_run_page_get_state_name (HeddleRunPage *self);
void heddle_run_page_cache_run (HeddleRunPage *self);
const char *heddle_run_page_get_table (HeddleRunPage *self);
void heddle_run_page_set_table (HeddleRunPage *self, const char *name);
void heddle_run_page_set_param (HeddleRunPage *self, const char *name, const char *value);
void heddle_run_page_show_message (HeddleRunPage *self, const char *text);
void heddle_run_page_launch (HeddleRunPage *self, const HeddleLaunch *launch);

G_END_DECLS
