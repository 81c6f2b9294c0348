/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "batch/columns.h"

G_BEGIN_DECLS

/* The next record may have to be waited for at @fd. FALSE: no more is wanted, as if it ended. */
typedef gboolean (*HeddleBeforeRead) (int fd, gpointer data);

/* Records of a file, as they come: lines, or what else a byte ends. One thread at a time. */
typedef struct {
  int fd;
  gboolean is_mine;    /* fd is closed at the end */
  char terminator;
  char csv;            /* separator of CSV, whose quotes hide terminators; '\0': none */
  char *name;          /* for people */
  guint64 number;      /* of the record that was read last, from 1 */

  char *buffer;
  gsize size;
  gsize begin;         /* of the next record in buffer */
  gsize end;           /* of what was read */
  gsize scanned;       /* no record ends before */
  HeddleCsvState state; /* at scanned */
  gboolean is_at_end;

  HeddleBeforeRead before_read;
  gpointer before_read_data;
} HeddleRecordReader;

gboolean heddle_terminator_parse (const char *text, char *terminator, GError **error);

HeddleRecordReader *heddle_record_reader_new (const char *path, char terminator, char csv,
                                              GError **error);
void heddle_record_reader_free (HeddleRecordReader *self);
gboolean heddle_record_reader_next (HeddleRecordReader *self, const char **record, gsize *length,
                                    GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (HeddleRecordReader, heddle_record_reader_free)

G_END_DECLS
