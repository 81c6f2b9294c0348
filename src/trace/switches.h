/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "trace/switch-ring.h"

G_BEGIN_DECLS

/* Pages of the ring of each processor, a power of two: as much as the kernel lets every user lock
 * without asking about limits. */
#define HEDDLE_SWITCHES_PAGES 128

/* Set by whoever may, it lets users see the switches of their own threads. */
#define HEDDLE_SWITCHES_ALLOW "sudo sysctl kernel.perf_event_paranoid=2"

/* Called for each record. */
typedef void (*HeddleSwitchTake) (const HeddleSwitch *record, gpointer data);

HeddleSwitches *heddle_switches_open (guint n_pages, GError **error);
gboolean heddle_switches_add_thread (HeddleSwitches *self, guint32 tid, GError **error);
void heddle_switches_free (HeddleSwitches *self);
void heddle_switches_drain (HeddleSwitches *self, HeddleSwitchTake take, gpointer data);
guint64 heddle_switches_get_lost (const HeddleSwitches *self);
int heddle_switches_get_wake_fd (const HeddleSwitches *self);
gsize heddle_switches_get_bytes (const HeddleSwitches *self);
char *heddle_switches_explain_dup (int code, int paranoid);

G_END_DECLS
