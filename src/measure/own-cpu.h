/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/*
 * What Heddle itself takes of the processors: the processor time of this process without that of
 * its workers, so the main thread and every thread that helps it or a run (the producer, the
 * supervisor that collects, the dispatcher, the watchdog, those of GTK). A worker that is a thread
 * of this process says when it begins and ends; tasks that the main loop executes are work, too,
 * and are told by their length. Worker processes are no part of this process.
 */
typedef struct {
  gint64 at_ns;      /* CLOCK_MONOTONIC */
  gint64 process_ns; /* processor time of all threads of this process, the ended ones too */
  gint64 work_ns;    /* that of its workers, and of tasks on the main loop */
} HeddleOwnCpu;

void heddle_own_cpu_worker_begins (void);
void heddle_own_cpu_worker_ends (void);
void heddle_own_cpu_add_work (gint64 ns);
void heddle_own_cpu_read (HeddleOwnCpu *sample);
double heddle_own_cpu_get_share (const HeddleOwnCpu *from, const HeddleOwnCpu *to);

G_END_DECLS
