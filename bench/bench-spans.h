/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "base/format.h"
#include "trace/lane-store.h"

/* Made-up histories of any number of spans, of one length. */
#define BENCH_SPANS_BEGIN HEDDLE_S
#define BENCH_SPANS_LENGTH (1000 * HEDDLE_S)

HeddleLaneStore *bench_spans_new (guint n_lanes, guint64 n_spans);
