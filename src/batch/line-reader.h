/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* The longest line that is read: a longer one is passed over. A command has at most 128 KiB, but a
 * journal's first line has all words of a command line, each byte of which may be written as four.
 */
#define HEDDLE_LINE_MOST ((gsize) 16 << 20)

typedef struct {
  const char *text; /* without its newline; until the next line is read */
  gsize length;
  gboolean whole;    /* has its newline: only a file's last line can be without */
  gboolean too_long; /* @text is empty */
} HeddleLine;

/*
 * The lines of a file of any size, of any bytes. Takes 256 KiB, or as much as the longest line has,
 * at most twice HEDDLE_LINE_MOST. One thread at a time, not the main loop: it waits for the disk.
 */
typedef struct {
  int fd;
  char *buffer;
  gsize size;
  gsize from; /* where in it the next line begins */
  gsize to;   /* what has been read ends */
  gboolean at_end;
  int error; /* errno of a failed read; 0: none */
} HeddleLineReader;

void heddle_line_reader_init (HeddleLineReader *self, int fd);
gboolean heddle_line_reader_next (HeddleLineReader *self, HeddleLine *line);
void heddle_line_reader_clear (HeddleLineReader *self);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (HeddleLineReader, heddle_line_reader_clear)

/* A part of a line, between tabs. */
typedef struct {
  const char *text;
  gsize length;
} HeddleTextField;

guint heddle_fields_split (const char *text, gsize length, HeddleTextField *fields, guint most);
gboolean heddle_field_is (const HeddleTextField *self, const char *word);
gboolean heddle_field_get_number (const HeddleTextField *self, gint64 min, guint64 max,
                                  gint64 *number);

G_END_DECLS
