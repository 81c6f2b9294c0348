/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "engine/model/figure.h"
#include "engine/model/types.h"

G_BEGIN_DECLS

/* What execute() may call. The task's id counts from 1 in the order of submission. */
guint64 heddle_task_get_id (HeddleTask *self);
guint heddle_task_get_attempt (HeddleTask *self);
guint heddle_task_get_worker (HeddleTask *self);
const char *heddle_task_get_input (HeddleTask *self, gsize *length);
gboolean heddle_task_is_cancelled (HeddleTask *self);
void heddle_task_cancel (HeddleTask *self);
gboolean heddle_task_can_be_killed (HeddleTask *self);
gboolean heddle_task_sleep (HeddleTask *self, gint64 nanoseconds);
void heddle_task_begin_io (HeddleTask *self);
void heddle_task_end_io (HeddleTask *self);
void heddle_task_set_progress (HeddleTask *self, double fraction);
void heddle_task_print (HeddleTask *self, const char *format, ...) G_GNUC_PRINTF (2, 3);
void heddle_task_publish_figure (HeddleTask *self, const HeddleFigure *figure);
void heddle_task_return_number (HeddleTask *self, guint64 number);
void heddle_task_return_text (HeddleTask *self, const char *text, gssize length);
void heddle_task_return_printf (HeddleTask *self, const char *format, ...) G_GNUC_PRINTF (2, 3);
void heddle_task_fail (HeddleTask *self, const char *format, ...) G_GNUC_PRINTF (2, 3);
void heddle_task_fail_literal (HeddleTask *self, const char *message);

/* For tasks that are commands (HeddleBackendInfo.is_command). */
int heddle_task_get_wake_fd (HeddleTask *self);
void heddle_task_set_times (HeddleTask *self, const HeddleTaskTimes *times);

G_END_DECLS
