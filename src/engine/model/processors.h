/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* What says how many processors this program may use. */
typedef enum {
  HEDDLE_PROCESSORS_MACHINE,  /* all that are online */
  HEDDLE_PROCESSORS_AFFINITY, /* fewer: taskset, a cpuset, a container */
  HEDDLE_PROCESSORS_QUOTA, /* fewer still: the quota of a control group */
} HeddleProcessorsFrom;

typedef struct {
  guint count; /* 1 or more */
  HeddleProcessorsFrom from;
  double quota; /* CPUs; 0: none */
} HeddleProcessors;

/* How often the control group was stopped as it had used up its quota; cpu.stat. */
typedef struct {
  guint64 n_periods;   /* in which it wanted a processor */
  guint64 n_throttled; /* of these, in which it was stopped */
} HeddleThrottling;

double heddle_processors_find_quota (const char *root, char **folder);
gboolean heddle_throttling_parse (const char *text, HeddleThrottling *throttling);
gboolean heddle_processors_get_throttling (HeddleThrottling *throttling);
HeddleProcessors heddle_processors_get (void);
char *heddle_processors_dup_text (const HeddleProcessors *self);

G_END_DECLS
