/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "engine/model/types.h"

G_BEGIN_DECLS

typedef enum {
  HEDDLE_PARAM_NUMBER,
  HEDDLE_PARAM_CHOICE,
  HEDDLE_PARAM_FOLDER,
  HEDDLE_PARAM_TEXT,
  HEDDLE_PARAM_SWITCH,
} HeddleParamType;

/* One parameter of a workload; from it the window makes a control and the command line a --set. */
struct _HeddleParam {
  const char *name;        /* "folder": as on the command line */
  const char *label;       /* N_("Folder") */
  const char *description; /* N_ one sentence */
  HeddleParamType type;
  const char *initial;     /* default, as text: "5", "on"/"off", "/usr/share", a choice's id */
  double min, max, step;   /* NUMBER: range and step; a step of 1 or more means whole numbers */
  const char *unit;        /* NUMBER: N_("s") or NULL */
  const char *const *choices;      /* CHOICE: NULL-terminated ids */
  const char *const *choice_names; /* CHOICE: N_ names, same order */
};

/*
 * The values of a workload's parameters, checked on the way in. Not thread-safe for writing; once a
 * run has started on a copy of it, that copy is only read, by any thread.
 */
HeddleSettings *heddle_settings_new (const HeddleWorkload *workload);
HeddleSettings *heddle_settings_copy (const HeddleSettings *self);
void heddle_settings_free (HeddleSettings *self);
const HeddleWorkload *heddle_settings_get_workload (const HeddleSettings *self);
gboolean heddle_settings_set (HeddleSettings *self, const char *name, const char *value,
                              GError **error);
gboolean heddle_settings_parse (HeddleSettings *self, const char *assignment, GError **error);
const char *heddle_settings_get (const HeddleSettings *self, const char *name);
double heddle_settings_get_number (const HeddleSettings *self, const char *name);
gboolean heddle_settings_get_switch (const HeddleSettings *self, const char *name);
guint heddle_settings_get_choice (const HeddleSettings *self, const char *name);
char **heddle_settings_to_argv (const HeddleSettings *self);
gboolean heddle_settings_check_order (const HeddleSettings *self, const char *less,
                                      const char *more, GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (HeddleSettings, heddle_settings_free)

G_END_DECLS
