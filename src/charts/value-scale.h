/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/*
 * What the top of a value axis stands for, without GTK. It is a round number that stays put while
 * it can: it grows at once when a value needs it, and shrinks when it has been too large for a
 * while, or when another length of time is shown. All 0: nothing was shown yet. Main loop only.
 */
typedef struct {
  double top;          /* 0: none yet */
  double needed;       /* the highest top since @since */
  gint64 since;        /* when a lower top than @top became enough; 0: it is not */
  gint64 length;       /* of the time that was shown last */
} HeddleValueScale;

double heddle_value_scale_update (HeddleValueScale *self, double maximum, gint64 length,
                                  gint64 now);

G_END_DECLS
