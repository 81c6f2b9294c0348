/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "batch/seq-table.h"

G_BEGIN_DECLS

/* The format of GNU parallel's joblog: docs/formats/joblog.md. */

#define HEDDLE_JOBLOG_HEAD                                                                         \
  "Seq\tHost\tStarttime\tJobRuntime\tSend\tReceive\tExitval\tSignal\tCommand"

/* A job that ended. */
typedef struct {
  guint32 seq;       /* from 1 */
  const char *host;  /* NULL: here */
  gint64 started_us; /* since 1970 */
  gint64 runtime_us;
  guint64 sent;     /* bytes */
  guint64 received; /* bytes of output */
  int exit_status;  /* -1: ended by Heddle */
  guint signal;     /* 0: none */
  const char *command;
} HeddleJoblogRow;

/* A joblog that is written. Any thread may append, not the main loop: it waits for the disk. */
typedef struct _HeddleJoblog HeddleJoblog;

HeddleJoblog *heddle_joblog_open (const char *path, gboolean go_on, GError **error);
gboolean heddle_joblog_append (HeddleJoblog *self, const HeddleJoblogRow *row, GError **error);
gboolean heddle_joblog_close (HeddleJoblog *self, GError **error);

/* What a joblog says of all jobs. */
typedef struct {
  HeddleSeqTable jobs;  /* the last line of each; DONE or FAILED */
  guint64 lines;        /* that tell of a job */
  guint64 unread;       /* that do not, and were passed over */
  guint64 first_unread; /* the number of the first of these, from 1; 0: none */
} HeddleJoblogRecord;

HeddleJoblogRecord *heddle_joblog_read (const char *path, GError **error);
HeddleJoblogRecord *heddle_joblog_read_fd (int fd, const char *path, GError **error);
void heddle_joblog_record_free (HeddleJoblogRecord *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (HeddleJoblogRecord, heddle_joblog_record_free)

G_END_DECLS
