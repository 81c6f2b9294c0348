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

double heddle_processors_find_quota (const char *root);
HeddleProcessors heddle_processors_get (void);
char *heddle_processors_dup_text (const HeddleProcessors *self);

G_END_DECLS
