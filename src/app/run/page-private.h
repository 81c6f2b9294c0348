/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "app/run/header.h"
#include "app/run/monitor/monitor.h"
#include "app/run/page.h"
#include "app/run/preset-row.h"
#include "app/run/progress.h"
#include "app/run/settings/controls.h"
#include "app/run/workload-text.h"
#include "app/widgets/message-bar.h"
#include "charts/on-screen.h"

G_BEGIN_DECLS

struct _HeddleRunPage {
  HeddleContainer parent_instance;

  /* template children */
  HeddleRunHeader *header;
  HeddleRunControls *controls;
  HeddlePresetRow *presets;
  HeddleRunProgress *progress;
  HeddleMessageBar *message;
  HeddleRunMonitor *monitor;
  GtkWidget *about; /* about_text and what is around it */
  GtkWidget *focus_before_about; /* weak; what had the keyboard when the text was opened, or NULL */
  HeddleWorkloadText *about_text;

  const HeddleWorkload *workload; /* static */
  HeddleRunObject *run;           /* owned */
  HeddleOnScreen on_screen;       /* whether somebody may look at the run */
  HeddleRunCache *cache;          /* owned: the window's, with runs that were here before */
  guint64 told_workers_lost;      /* deaths that the message bar has told */
  gboolean warned;                /* the message bar warns of the backend that is chosen */
  /* source: a run that will block the window starts once a frame says so; 0: none */
  guint starting;
  GdkFrameClock *frame_clock;     /* borrowed: whose next frame that is; NULL: none */
  gboolean told_error;            /* of this run */
  /* in the run's log, which says more of what the message bar tells */
  guint64 log_line;
};

/* page-actions.c */
void heddle_run_page_install_actions (GtkWidgetClass *widget_class);
void heddle_run_page_update_actions (HeddleRunPage *self);
void heddle_run_page_start (HeddleRunPage *self);
void heddle_run_page_cancel_start (HeddleRunPage *self);

/* page.c */
void heddle_run_page_set_run (HeddleRunPage *self, HeddleRunObject *run);

G_END_DECLS
