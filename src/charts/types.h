/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

typedef struct _HeddleTimeWindow HeddleTimeWindow;
typedef struct _HeddleLanesChart HeddleLanesChart;
typedef struct _HeddleAreaChart HeddleAreaChart;
typedef struct _HeddleBarsChart HeddleBarsChart;
typedef struct _HeddleHistogramChart HeddleHistogramChart;
typedef struct _HeddlePulseStrip HeddlePulseStrip;

G_END_DECLS
