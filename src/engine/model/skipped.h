/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* What a producer found that cannot be read as a file, and made no task of. */
typedef enum {
  HEDDLE_SKIPPED_SYMBOLIC_LINK,
  HEDDLE_SKIPPED_FIFO,
  HEDDLE_SKIPPED_SOCKET,
  HEDDLE_SKIPPED_DEVICE, /* of characters or of blocks */
  HEDDLE_SKIPPED_OTHER,  /* what this version does not know */
  HEDDLE_N_SKIPPED
} HeddleSkipped;

const char *heddle_skipped_get_key (HeddleSkipped kind);
gboolean heddle_skipped_append_text (GString *text, const guint64 skipped[HEDDLE_N_SKIPPED]);

G_END_DECLS
