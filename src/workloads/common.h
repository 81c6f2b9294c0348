/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "engine/model/workload.h"

G_BEGIN_DECLS

/* What many workloads have in common. */

/* Tasks 1 to n, which need no input but their id: the first member of a workload's data. */
typedef struct {
  guint n;
} HeddleRange;

gboolean heddle_range_produce (gpointer data, HeddleProducer *producer, GError **error);
guint heddle_range_get_n (gpointer data);
gboolean heddle_range_submit (HeddleProducer *producer, guint64 n);

double heddle_seconds_since (gint64 began);
double heddle_publish_samples (HeddleTask *task, const HeddleFigure *figure, double *samples,
                               guint n);

G_END_DECLS
