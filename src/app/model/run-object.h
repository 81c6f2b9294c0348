/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib-object.h>

#include "engine/run/run.h"

G_BEGIN_DECLS

/*
 * A run as the window sees it: a HeddleRun, and a copy of its newest snapshot that the main loop
 * may read without a lock.
 *
 * One object an execution: pressing Start again makes a new one. An object without a run stands for
 * a page whose Start was not pressed yet; its snapshot is all zero (HEDDLE_RUN_READY). Main loop
 * only.
 *
 * Signal "updated" (no arguments): the snapshot has changed; at most about 12 times a second while
 * somebody looks, otherwise with a change of the state only, and for the last time when the run has
 * finished.
 * Signal "state-changed" (no arguments): the same, and the run's state is another one; comes first.
 */
#define HEDDLE_TYPE_RUN_OBJECT (heddle_run_object_get_type ())
G_DECLARE_FINAL_TYPE (HeddleRunObject, heddle_run_object, HEDDLE, RUN_OBJECT, GObject)

HeddleRunObject *heddle_run_object_new (const HeddleWorkload *workload);
HeddleRunObject *heddle_run_object_start (const HeddleSettings *settings,
                                          const HeddleRunOptions *options, GError **error);

const HeddleWorkload *heddle_run_object_get_workload (HeddleRunObject *self);
HeddleRun *heddle_run_object_get_run (HeddleRunObject *self);
const HeddleRunSnapshot *heddle_run_object_get_snapshot (HeddleRunObject *self);
HeddleRunState heddle_run_object_get_state (HeddleRunObject *self);
const char *heddle_run_object_get_title (HeddleRunObject *self);
guint64 heddle_run_object_get_planned (HeddleRunObject *self);
gboolean heddle_run_object_is_active (HeddleRunObject *self);
guint heddle_run_object_get_number (HeddleRunObject *self);
gboolean heddle_run_object_is_newer (HeddleRunObject *self, HeddleRunObject *other);
void heddle_run_object_set_live (HeddleRunObject *self, gboolean live);
void heddle_run_object_refresh (HeddleRunObject *self);

GPtrArray *heddle_run_object_list (void);

G_END_DECLS
