/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "charts/lane-blocks.h"
#include "charts/lanes-chart.h"
#include "charts/raster.h"

G_BEGIN_DECLS

/* The picture of the rows as it was drawn last, and what it was drawn with. */
typedef struct {
  HeddleRaster raster; /* no pixels: none is kept */
  HeddleTimeScale scale;
  HeddleLaneLayout layout;
  HeddlePalette palette;
  int scroll;
  gint64 *settled;     /* a lane: the pixel before which it is final; G_MININT64: nothing is */
  guint n_lanes;
} HeddleLanesRows;

/* Where the pointer is, and what lies there. */
typedef struct {
  GtkEventControllerMotion *motion; /* owned by the widget */
  double x, y;
  gboolean inside;
  int lane;            /* -1: none */
  HeddleSpan span;     /* of that lane */
  gboolean tip_is_sum; /* the tip told of all tasks there rather than of one */
} HeddleLanesPointer;

/* A lane, and a task in it. */
typedef struct {
  int lane;            /* -1: none */
  gboolean has_span;
  HeddleSpan span;     /* of that lane */
} HeddleLanesMark;

typedef struct {
  HeddleLanesMark selected; /* what is told of elsewhere */
  HeddleLanesMark cursor;   /* where the keys are */
  /* where the keys are in time, also in a lane that has no task then; 0: nowhere yet */
  gint64 moment;
} HeddleLanesMarks;

/* Which lane stands where. */
typedef struct {
  HeddleSortLanes by;
  HeddleLaneKey *keys;  /* of the shown stretch, a lane */
  guint *ranks;         /* a lane: its place among all, as they were sorted last */
  guint n_ranks;        /* lanes that have one */
  guint *rows;          /* a lane: its row; G_MAXUINT: none of its own */
  gint64 sorted_at;     /* 0: they are to be sorted as soon as there are keys */
} HeddleLanesOrder;

/* What is copied from the store to draw a lane, kept between redraws. */
typedef struct {
  HeddleSpan *spans;
  HeddleLaneCell *cells;
  guint8 *ends;
  guint8 *kinds; /* of the spans */
  guint n_pixels; /* they have room for */
  GArray *blocks; /* of HeddleLaneBlock */
  GArray *marks;  /* of HeddleLaneBlock */
} HeddleLanesBuffers;

/* What screen readers have of it. */
typedef struct {
  GPtrArray *lanes;  /* of owned GtkWidget: a row in sight each */
  GtkWidget *task;   /* nullable; owned by the one of its lane: where the keys are */
  guint first;       /* row of the first one */
  guint later;       /* GSource that says anew what they do */
} HeddleLanesItems;

/* Over 20 fields: the parts of one chart, a file each, whose own are in groups. */
struct _HeddleLanesChart {
  HeddleChart chart;

  /* children */
  GtkWidget *scrollbar; /* owned: shown only where rows do not fit */

  /* from the caller */
  HeddleLaneStore *store; /* owned by reference */
  struct {
    HeddleTaskTeller funcs;
    gpointer data;
    GDestroyNotify destroy;
  } teller;

  /* geometry */
  GtkAdjustment *scroll; /* owned by reference: rows, in pixels */
  HeddleLaneLayout layout;
  int plot_x;
  int plot_width;

  struct {
    HeddleColourBy by;
    guint shown; /* a bit for each HeddleLaneState */
  } colours;

  HeddleLanesRows rows; /* drawn last */

  /* lanes */
  GPtrArray *names;
  int name_width;
  double utilisation;  /* of the pool in the shown stretch, 0 to 1 */
  guint64 n_failed;    /* shown, in all lanes */
  gint64 shares_time;  /* when these and the keys were summed last; 0: never */

  /* rows: lanes that have one, in their order, and below them one for all others */
  HeddleLanesOrder order;
  GArray *row_lanes;   /* of guint */
  guint n_gone;        /* lanes without a row of their own; 0: there is no row below */

  HeddleLanesPointer pointer;
  HeddleLanesMarks marks;
  HeddleLanesItems items;
  HeddleLanesBuffers buffers;
};

/* lanes-chart-fold.c */
void heddle_lanes_chart_forget_rows (HeddleLanesChart *self);
void heddle_lanes_chart_fold (HeddleLanesChart *self, gint64 now);
guint heddle_lanes_chart_count_rows (HeddleLanesChart *self);
int heddle_lanes_chart_scrolled (HeddleLanesChart *self);
int heddle_lanes_chart_lane_of_row (HeddleLanesChart *self, guint row);
int heddle_lanes_chart_lane_y (HeddleLanesChart *self, guint lane);
gint64 heddle_lanes_chart_last_moment (HeddleLanesChart *self);

/* lanes-chart-blocks.c */
void heddle_lanes_chart_draw_rows (HeddleLanesChart *self, HeddleRaster *raster,
                                   const HeddlePalette *palette, gboolean keep);

/* lanes-chart-colours.c */
void heddle_lanes_chart_class_init_properties (GObjectClass *klass);

/* lanes-chart-draw.c */
void heddle_lanes_chart_draw (HeddleChart *chart, GtkSnapshot *snapshot,
                              const HeddlePalette *palette, gint64 now);
void heddle_lanes_chart_draw_over (HeddleChart *chart, GtkSnapshot *snapshot);
char *heddle_lanes_chart_describe (HeddleChart *chart);

/* lanes-chart-cursor.c */
char *heddle_lanes_chart_dup_lane_words (HeddleLanesChart *self, guint lane);

/* lanes-chart-items.c */
void heddle_lanes_chart_init_items (HeddleLanesChart *self);
void heddle_lanes_chart_forget_items (HeddleLanesChart *self);
void heddle_lanes_chart_update_items_later (HeddleLanesChart *self);
void heddle_lanes_chart_update_items (HeddleLanesChart *self, gboolean at_once);
void heddle_lanes_chart_place_items (HeddleLanesChart *self);

/* lanes-chart-order.c */
void heddle_lanes_chart_resize_keys (HeddleLanesChart *self, guint n);
void heddle_lanes_chart_place_rows (HeddleLanesChart *self, GArray *rows);
void heddle_lanes_chart_sort (HeddleLanesChart *self, gint64 now);

/* lanes-chart-input.c */
void heddle_lanes_chart_init_input (HeddleLanesChart *self);
void heddle_lanes_chart_update_pointer (HeddleLanesChart *self);
char *heddle_lanes_chart_dup_tip (HeddleLanesChart *self, int x, int y);
char *heddle_lanes_chart_dup_words (HeddleLanesChart *self, guint lane, const HeddleSpan *span);

G_END_DECLS
