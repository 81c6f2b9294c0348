/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* More bytes than this no command line takes, and no line, record or job of the inputs has. */
#define HEDDLE_MAX_RECORD (16u << 20)

/*
 * The values of one job: one block, since a million jobs may wait. Each value ends with a NUL, and
 * so has none in it.
 */
typedef struct {
  guint32 length; /* of text, the NULs included */
  guint32 n;      /* values */
  char text[];
} HeddleArguments;

HeddleArguments *heddle_arguments_new (const char *text, guint32 length, guint32 n);
HeddleArguments *heddle_arguments_new_from_strv (const char *const *values);
const char *heddle_arguments_get (const HeddleArguments *self, guint32 index);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (HeddleArguments, g_free)

G_END_DECLS
