/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* A few lines at the foot of a terminal that are painted again and again in place. What is to be
 * sent to the terminal is appended to a string. One thread at a time, but for
 * heddle_terminal_restore(), which may be called anywhere. */
typedef struct {
  int fd;
  /* (element-type guint) columns of the lines that stand on the screen; empty: none do */
  GArray *widths;
  guint columns;  /* of the terminal when they were painted */
  gboolean taken; /* the cursor is hidden */
} HeddleTerminal;

void heddle_terminal_init (HeddleTerminal *self, int fd);
void heddle_terminal_clear (HeddleTerminal *self);
void heddle_terminal_get_size (const HeddleTerminal *self, guint *columns, guint *rows);
gboolean heddle_terminal_is_foreground (const HeddleTerminal *self);
void heddle_terminal_erase (HeddleTerminal *self, GString *to);
void heddle_terminal_paint (HeddleTerminal *self, const char *frame, guint columns, GString *to);
void heddle_terminal_leave (HeddleTerminal *self, GString *to);
void heddle_terminal_restore (void);

G_END_DECLS
