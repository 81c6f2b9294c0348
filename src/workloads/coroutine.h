/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* A function with a stack of its own that can stop in the middle and go on later, all on one
 * thread. */
typedef struct _HeddleCoroutine HeddleCoroutine;

typedef void (*HeddleCoroutineBody) (HeddleCoroutine *self, gpointer data);

HeddleCoroutine *heddle_coroutine_new (HeddleCoroutineBody body, gpointer data);
void heddle_coroutine_free (HeddleCoroutine *self);
gboolean heddle_coroutine_resume (HeddleCoroutine *self);
void heddle_coroutine_yield (HeddleCoroutine *self);

G_END_DECLS
