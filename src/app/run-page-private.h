/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "app/message-bar.h"
#include "app/run-controls.h"
#include "app/run-header.h"
#include "app/run-monitor.h"
#include "app/run-page.h"
#include "app/run-progress.h"
#include "app/try-row.h"

G_BEGIN_DECLS

struct _HeddleRunPage {
  GtkWidget parent_instance;

  /* template children */
  HeddleRunHeader *header;
  HeddleRunControls *controls;
  HeddleTryRow *tries;
  HeddleRunProgress *progress;
  HeddleMessageBar *message;
  HeddleRunMonitor *monitor;

  const HeddleWorkload *workload; /* static */
  HeddleRunObject *run;           /* owned */
  guint64 told_workers_lost;      /* deaths that the message bar has told */
  gboolean told_error;            /* of this run */
};

/* run-page-actions.c */
void heddle_run_page_install_actions (GtkWidgetClass *widget_class);
void heddle_run_page_update_actions (HeddleRunPage *self);
void heddle_run_page_start (HeddleRunPage *self);

/* run-page.c */
void heddle_run_page_set_run (HeddleRunPage *self, HeddleRunObject *run);

G_END_DECLS
