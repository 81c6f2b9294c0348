/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A few lines at the foot of a terminal, painted again and again.
 *
 * Why by hand and not by curses: that takes the whole screen, and here plain lines go on above,
 * which stay when the program has ended. What is needed is little: to go up, to erase, to hide the
 * cursor, to know the size. No version of GTK has a part in it. What a terminal shows of it is
 * checked by tests/cli/test_live.py.
 */
#include "config.h"

#include <signal.h>
#include <stdatomic.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "cli/format.h"
#include "cli/terminal.h"

/* Synchronised update (terminals that do not know it ignore it), no cursor, no wrapping of long
 * lines. */
#define BEGIN_FRAME "\033[?2026h"
#define END_FRAME "\033[?2026l"
#define HIDE_CURSOR "\033[?25l\033[?7l"
#define SHOW_CURSOR "\033[?25h\033[?7h"

/* The terminal whose cursor is hidden, or -1: for heddle_terminal_restore(). */
static atomic_int hidden_fd = -1;

/**
 * heddle_terminal_init:
 * @fd: where it is written to
 */
void
heddle_terminal_init (HeddleTerminal *self, int fd)
{
  *self = (HeddleTerminal){ .fd = fd,
                            .widths = g_array_new (FALSE, FALSE, sizeof (guint)),
                            .columns = 80 };
}

void
heddle_terminal_clear (HeddleTerminal *self)
{
  g_clear_pointer (&self->widths, g_array_unref);
}

/**
 * heddle_terminal_get_size:
 *
 * Tells how large the terminal is now; 80 by 24 where it does not say.
 */
void
heddle_terminal_get_size (const HeddleTerminal *self, guint *columns, guint *rows)
{
  struct winsize size = { 0 };

  if (ioctl (self->fd, TIOCGWINSZ, &size) < 0)
    size.ws_col = size.ws_row = 0;
  *columns = size.ws_col > 0 ? size.ws_col : 80;
  *rows = size.ws_row > 0 ? size.ws_row : 24;
}

/**
 * heddle_terminal_is_foreground:
 *
 * Returns: whether the terminal is ours to paint on: a job in the background leaves it to the shell
 */
gboolean
heddle_terminal_is_foreground (const HeddleTerminal *self)
{
  pid_t foreground = tcgetpgrp (self->fd);

  return foreground < 0 || foreground == getpgrp ();
}

static void
append_to_top (HeddleTerminal *self, GString *to)
{
  guint columns, rows, height = 0;

  heddle_terminal_get_size (self, &columns, &rows);
  for (guint i = 0; i < self->widths->len; i++)
    {
      guint width = g_array_index (self->widths, guint, i);

      /* a terminal that was made narrower has broken the lines that stood there */
      height += columns < self->columns && width > columns ? (width + columns - 1) / columns : 1;
    }
  g_string_append_c (to, '\r');
  if (height > 1)
    g_string_append_printf (to, "\033[%uA", MIN (height, rows) - 1);
}

/**
 * heddle_terminal_erase:
 *
 * Takes the painted lines away; what is written next takes their place.
 */
void
heddle_terminal_erase (HeddleTerminal *self, GString *to)
{
  if (self->widths->len == 0)
    return;
  append_to_top (self, to);
  g_string_append (to, "\033[J");
  g_array_set_size (self->widths, 0);
}

/* Columns of a line with its escape sequences (CSI ... m) left out. */
static guint
painted_width (const char *line, gsize length)
{
  g_autoptr (GString) plain = g_string_sized_new (length);

  for (gsize i = 0; i < length; i++)
    {
      if (line[i] != '\033')
        g_string_append_c (plain, line[i]);
      else
        while (i < length && !g_ascii_isalpha (line[i]))
          i++;
    }
  return heddle_format_width (plain->str);
}

/**
 * heddle_terminal_paint:
 * @frame: lines separated by '\n'; may hold SGR sequences
 * @columns: the width it was made for
 * @to: appended to
 *
 * Paints @frame in the place of the one before. The cursor stays at the end of the last line.
 */
void
heddle_terminal_paint (HeddleTerminal *self, const char *frame, guint columns, GString *to)
{
  if (*frame == '\0')
    {
      heddle_terminal_erase (self, to);
      return;
    }
  if (!self->taken)
    {
      g_string_append (to, HIDE_CURSOR);
      self->taken = TRUE;
      atomic_store (&hidden_fd, self->fd);
    }
  g_string_append (to, BEGIN_FRAME);
  if (self->widths->len > 0)
    append_to_top (self, to);
  g_array_set_size (self->widths, 0);
  for (const char *line = frame;;)
    {
      gsize length = strcspn (line, "\n");
      guint width = painted_width (line, length);

      g_array_append_val (self->widths, width);
      g_string_append_len (to, line, length);
      g_string_append (to, "\033[K");
      if (line[length] == '\0')
        break;
      g_string_append (to, "\r\n");
      line += length + 1;
    }
  g_string_append (to, "\033[J" END_FRAME);
  self->columns = columns;
}

/**
 * heddle_terminal_leave:
 *
 * Takes the painted lines away and gives the cursor back.
 */
void
heddle_terminal_leave (HeddleTerminal *self, GString *to)
{
  heddle_terminal_erase (self, to);
  if (!self->taken)
    return;
  g_string_append (to, SHOW_CURSOR);
  self->taken = FALSE;
  atomic_store (&hidden_fd, -1);
}

/**
 * heddle_terminal_restore:
 *
 * Gives the cursor back at once, whatever else goes on; for the end of the program by a signal.
 * Async-signal-safe.
 */
void
heddle_terminal_restore (void)
{
  int fd = atomic_exchange (&hidden_fd, -1);

  if (fd >= 0 && write (fd, SHOW_CURSOR "\r\n", sizeof (SHOW_CURSOR "\r\n") - 1) < 0)
    return; /* nothing is left to be done about it */
}
