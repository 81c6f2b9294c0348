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

/* Where heddle_settings_open() stores a value: in which member of a workload's data. */
typedef enum {
  HEDDLE_FIELD_NONE,    /* nowhere: the workload asks for the value */
  HEDDLE_FIELD_UINT,    /* guint or an enum; gboolean: whether it is on */
  HEDDLE_FIELD_UINT64,
  HEDDLE_FIELD_NS,      /* gint64: a time, in nanoseconds whatever the parameter's unit */
  HEDDLE_FIELD_DOUBLE,
} HeddleFieldKind;

typedef struct {
  HeddleFieldKind kind;
  gsize offset;
} HeddleField;

/* The member of that struct; its type says how the value is stored. */
#define HEDDLE_FIELD(Data, member)                                                                 \
  {                                                                                                \
    _Generic (((Data *) NULL)->member,                                                             \
      guint: HEDDLE_FIELD_UINT,                                                                    \
      gboolean: HEDDLE_FIELD_UINT,                                                                 \
      guint64: HEDDLE_FIELD_UINT64,                                                                \
      gint64: HEDDLE_FIELD_NS,                                                                     \
      double: HEDDLE_FIELD_DOUBLE),                                                                \
      offsetof (Data, member)                                                                      \
  }

/* One parameter of a workload; from it the window makes a control and the command line a --set. */
struct _HeddleParam {
  const char *name;        /* "folder": as on the command line */
  const char *label;       /* N_("Folder") */
  const char *description; /* N_ one sentence */
  HeddleParamType type;    /* NUMBER where none is given */
  const char *initial;     /* default, as text: "5", "on"/"off", "/usr/share", a choice's id */
  double min, max;         /* NUMBER */
  double step;             /* NUMBER: 0 or at least 1: whole numbers only */
  const char *unit;        /* NUMBER: N_("s") or NULL */
  const char *const *choices;      /* CHOICE: NULL-terminated ids */
  const char *const *choice_names; /* CHOICE: N_ names, same order */
  HeddleField field;               /* HEDDLE_FIELD() of the workload's data */
};

double heddle_param_get_step (const HeddleParam *self);

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
gpointer heddle_settings_open (const HeddleSettings *self, GError **error);
char **heddle_settings_to_argv (const HeddleSettings *self);
gboolean heddle_settings_check_order (const HeddleSettings *self, const char *less,
                                      const char *more, GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (HeddleSettings, heddle_settings_free)

G_END_DECLS
