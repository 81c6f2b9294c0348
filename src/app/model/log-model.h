/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

#include "engine/model/log.h"

G_BEGIN_DECLS

#define HEDDLE_TYPE_LOG_ROW (heddle_log_row_get_type ())
G_DECLARE_FINAL_TYPE (HeddleLogRow, heddle_log_row, HEDDLE, LOG_ROW, GObject)

const HeddleLogLine *heddle_log_row_get (HeddleLogRow *self);

#define HEDDLE_TYPE_LOG_MODEL (heddle_log_model_get_type ())
G_DECLARE_FINAL_TYPE (HeddleLogModel, heddle_log_model, HEDDLE, LOG_MODEL, GObject)

HeddleLogModel *heddle_log_model_new          (HeddleLog      *log);
gboolean        heddle_log_model_update       (HeddleLogModel *self);
guint64         heddle_log_model_get_given_up (HeddleLogModel *self);

G_END_DECLS
