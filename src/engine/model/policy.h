/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "engine/model/types.h"

G_BEGIN_DECLS

/*
 * A run's policies: what becomes of tasks that fail, that are late, and of the workers. Each has a
 * name and is written as text in one way only, on the command line as in the window: "retries" "2",
 * "halt" "soon,fail=10%".
 */

typedef enum {
  HEDDLE_HALT_NEVER,
  HEDDLE_HALT_SOON, /* nothing new is started; what runs may end */
  HEDDLE_HALT_NOW, /* what runs is cancelled, and processes that do not heed it are ended */
} HeddleHaltWhen;

/* When a run gives up because of tasks that failed or were lost, after their last try. */
typedef struct {
  HeddleHaltWhen when;
  guint fail;       /* so many, from 1; or so many per cent, 1 to 100 */
  gboolean percent; /* of tasks that ended by themselves, from HEDDLE_HALT_MIN_ENDED on */
} HeddleHalt;

/* Per cent of a few tasks would say nothing: the first of all to fail would be 100 %. */
#define HEDDLE_HALT_MIN_ENDED 10
#define HEDDLE_HALT_MAX_FAIL 1000000000

#define HEDDLE_MAX_RETRIES 200
#define HEDDLE_MAX_RETRY_DELAY 60.0 /* seconds */
/* seconds before the second attempt, unless the options say otherwise */
#define HEDDLE_RETRY_DELAY 0.1
#define HEDDLE_RETRY_DELAY_CAP 10.0 /* seconds: where doubling ends */
#define HEDDLE_MAX_TIMEOUT 1e6      /* seconds */
#define HEDDLE_MAX_RECYCLE 1000000000
#define HEDDLE_AFFINITY_SIZE 128    /* bytes of a list of CPUs */

/* "retries", "timeout", "halt", "recycle", "nice", "affinity"; NULL-terminated. */
extern const char *const heddle_policy_names[];

gboolean heddle_policy_set (HeddleRunOptions *options, const char *name, const char *value,
                            GError **error);
gboolean heddle_policy_parse (HeddleRunOptions *options, const char *name, const char *value,
                              GError **error);
char *heddle_policy_dup (const HeddleRunOptions *options, const char *name);
gboolean heddle_policy_check (const HeddleRunOptions *options, GError **error);

gboolean heddle_halt_parse (HeddleHalt *self, const char *text, GError **error);
char *heddle_halt_dup_text (const HeddleHalt *self);
gboolean heddle_halt_is_reached (const HeddleHalt *self, guint64 n_ended, guint64 n_failed);
char *heddle_halt_explain (const HeddleHalt *self, guint64 n_ended, guint64 n_failed);

gint64 heddle_retry_delay_ns (double first, guint attempt);

G_END_DECLS
