/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "engine/run/run.h"

G_BEGIN_DECLS

/* What the command line asks of a window, checked. */
typedef struct {
  HeddleSettings *settings; /* owned: the workload and its parameters; NULL: none was named */
  /* owned; of names, owned: the parameters that the command line sets; the others are as they
   * were */
  GPtrArray *named;
  gboolean has_backend;
  HeddleBackend backend;
  guint workers;            /* 0: not given */
  guint queue;              /* 0: not given */
  gboolean start;
  gboolean new_window;
} HeddleLaunch;

extern const GOptionEntry heddle_launch_entries[];

HeddleLaunch *heddle_launch_new (GVariantDict *options, GError **error);
void heddle_launch_free (HeddleLaunch *self);
gboolean heddle_launch_make_absolute (GVariantDict *options, GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (HeddleLaunch, heddle_launch_free)

G_END_DECLS
