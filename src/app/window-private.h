/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "app/catalogue.h"
#include "app/pulse-bar.h"
#include "app/run/page.h"
#include "app/window.h"

G_BEGIN_DECLS

struct _HeddleWindow {
  AdwApplicationWindow parent_instance;

  /* template children */
  AdwWindowTitle *title;
  AdwFlap *flap;
  GtkWidget *content;
  HeddleCatalogue *catalogue;
  AdwTabView *tabs;
  AdwTabBar *tab_bar;
  HeddlePulseBar *pulse_bar;

  HeddleRunCache *cache;  /* owned: finished runs that no tab shows */
  /* the page that is closed now although its run goes on: the user has agreed to that, too */
  HeddleRunPage *leaving;
  GArray *notified; /* owned: numbers of the runs of which the desktop tells */
  gboolean closing; /* the user has agreed: hidden, and gone as soon as its runs have ended */
};

/* window-tabs.c */
HeddleRunPage *heddle_window_get_page (HeddleWindow *self);
HeddleRunPage *heddle_window_get_nth_page (HeddleWindow *self, guint n);
guint heddle_window_count_active (HeddleWindow *self);
HeddleRunPage *heddle_window_add_page (HeddleWindow *self, const HeddleWorkload *workload);
HeddleRunPage *heddle_window_show_workload (HeddleWindow *self, const HeddleWorkload *workload);
HeddleRunPage *heddle_window_show_workload_here (HeddleWindow *self,
                                                 const HeddleWorkload *workload);
void heddle_window_selected_cb (HeddleWindow *self);

/* window-actions.c */
void heddle_window_install_actions (GtkWidgetClass *widget_class);
void heddle_window_add_keys (HeddleWindow *self);

/* window-notify.c */
void heddle_window_run_ended_cb (HeddleWindow *self, HeddleRunPage *page);
void heddle_window_withdraw_notifications (HeddleWindow *self);

/* window-drop.c */
void heddle_window_add_drop (HeddleWindow *self);

/* window-close.c */
gboolean heddle_window_close_request (GtkWindow *window);
gboolean heddle_window_close_page_cb (HeddleWindow *self, AdwTabPage *tab);

G_END_DECLS
