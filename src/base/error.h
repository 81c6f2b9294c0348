/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

#define HEDDLE_ERROR (heddle_error_quark ())
GQuark heddle_error_quark (void);

typedef enum {
  HEDDLE_ERROR_USAGE,  /* a value the user gave is not acceptable; the text says what is */
  HEDDLE_ERROR_START,  /* a worker or thread could not be started */
  HEDDLE_ERROR_WORKER, /* workers die faster than they can be replaced */
  HEDDLE_ERROR_IO,
  HEDDLE_ERROR_HALTED, /* too many tasks failed for the run's policy */
} HeddleError;

char *heddle_system_error_dup (int code);
void heddle_set_system_error (GError **error, int code, const char *what);

G_END_DECLS
