/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "engine/model/types.h"

G_BEGIN_DECLS

/*
 * A figure that a task has measured, to be drawn as a bar: heddle_task_publish_figure(). A workload
 * whose tasks publish figures names the groups in which they stand together
 * (HeddleWorkload.figures). They are told as numbers, beside the task's result, which is a text for
 * people.
 */
typedef enum {
  HEDDLE_FIGURE_NANOSECONDS,
  HEDDLE_FIGURE_BYTES,
  HEDDLE_N_FIGURE_UNITS
} HeddleFigureUnit;

/* Plain data: it goes through the ring of a worker process as it is. */
typedef struct {
  guint32 unit;  /* HeddleFigureUnit */
  guint32 group; /* index into HeddleWorkload.figures */
  double value;  /* what is told: the median, where it was measured more than once */
  double low, high; /* between these lie four out of five; 0: measured too seldom to say */
  double claim;  /* what the lecture notes print for it, 0: nothing */
  char name[96]; /* N_, or translated already */
} HeddleFigure;

#define HEDDLE_MAX_FIGURES 64

#define HEDDLE_FIGURE_SPREAD_MIN 10 /* measurements from which low and high are told */

int heddle_figure_compare (const void *a, const void *b);
void heddle_figure_set_samples (HeddleFigure *self, const double *samples, guint n);

/* Figures that are compared with each other; an array of them ends with one whose name is NULL. */
typedef struct {
  const char *name;  /* N_("Private memory") */
  const char *claim; /* N_ what the notes claim about it, in their words, or NULL */
} HeddleFigureGroup;

G_END_DECLS
