/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "app/run/settings/controls.h"
#include "app/run/settings/param-row.h"
#include "app/run/settings/policy-button.h"
#include "app/widgets/segmented.h"

G_BEGIN_DECLS

struct _HeddleRunControls {
  HeddleContainer parent_instance;

  /* template children */
  HeddleSegmented *kind;
  HeddleSegmented *variant;
  GtkWidget *workers_control;
  GtkWidget *prefetch_control;
  GtkWidget *queue_control;
  HeddlePolicyButton *policy;
  GtkSpinButton *workers;
  GtkSpinButton *queue;
  GtkSpinButton *prefetch;
  GtkToggleButton *more; /* the last child */

  const HeddleWorkload *workload; /* static; NULL: not set yet */
  GPtrArray *rows;                /* of HeddleParamRow, borrowed: they are children */
  gboolean active;                /* a run is going on */
  guint filling;                  /* above 0: values are set by the program, not by the user */

  HeddleRunOptions usual;         /* what the controls show where nothing was chosen */
  guint save_source;              /* something was changed and is not kept yet; 0: nothing */
};

/* controls-backend.c */
gboolean heddle_run_controls_has_workers (HeddleRunControls *self);
void heddle_run_controls_fill_kinds (HeddleRunControls *self);
void heddle_run_controls_fill_variants (HeddleRunControls *self);
void heddle_run_controls_set_backend (HeddleRunControls *self, HeddleBackend backend);

/* controls-store.c */
HeddleParamRow *heddle_run_controls_find_row (HeddleRunControls *self, const char *name);
void heddle_run_controls_save_soon (HeddleRunControls *self);
void heddle_run_controls_save_now (HeddleRunControls *self);
void heddle_run_controls_load (HeddleRunControls *self);

G_END_DECLS
