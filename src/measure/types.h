/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

typedef struct _HeddleSeries HeddleSeries;
typedef struct _HeddleHistogram HeddleHistogram;
typedef struct _HeddleFrames HeddleFrames;
typedef struct _HeddlePace HeddlePace;
typedef struct _HeddlePulse HeddlePulse;
typedef struct _HeddlePulseReading HeddlePulseReading;

G_END_DECLS
