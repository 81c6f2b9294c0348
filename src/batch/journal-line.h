/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "batch/line-reader.h"
#include "batch/seq-table.h"

G_BEGIN_DECLS

/* The lines of a journal: docs/formats/journal.md. */

#define HEDDLE_JOURNAL_VERSION  1
#define HEDDLE_JOURNAL_WHY_MOST 4096 /* bytes of a reason that are kept */

typedef enum {
  HEDDLE_JOURNAL_START,
  HEDDLE_JOURNAL_END,
  HEDDLE_JOURNAL_CLOSE,
} HeddleJournalKind;

/* How many jobs are in which state, by #HeddleJobState. */
typedef struct {
  guint64 jobs[HEDDLE_N_JOB_STATES];
} HeddleJobCounts;

/* One line but the first one. What belongs to another kind is not looked at, and 0 when read. */
typedef struct {
  HeddleJournalKind kind;
  gint64 time_us;  /* since 1970 */
  guint32 seq;     /* start, end: the job, from 1 */
  guint32 attempt; /* start, end: from 1; 0: it was skipped before it started */
  struct {
    guint32 slot;    /* from 1 */
    guint64 command; /* heddle_hash_command() of what is run */
  } start;
  struct {
    HeddleJobState state;
    int exit_status; /* -1: none */
    guint signal;    /* that ended it; 0: none */
    guint64 cpu_ns;
    guint64 max_rss; /* bytes */
    guint64 output;  /* bytes, of both streams together */
    const char *why; /* for people; NULL: nothing to be said. Read: until the next line is read */
  } end;
  HeddleJobCounts close;
} HeddleJournalRecord;

/* The first line. Texts are bytes without NUL, not necessarily UTF-8. */
typedef struct {
  char *id; /* of this batch alone */
  char *name;
  gint64 begun_us; /* since 1970 */
  char *directory; /* where its commands run */
  char *command;   /* with replacement strings */
  char *options;   /* words as on the command line */
  char *inputs;    /* how inputs are told, as on the command line */
} HeddleJournalHeader;

typedef enum {
  HEDDLE_JOURNAL_LINE_GOOD,
  HEDDLE_JOURNAL_LINE_DAMAGED,
  HEDDLE_JOURNAL_LINE_NEWER, /* whole, but of a later version */
} HeddleJournalLineState;

void heddle_journal_put_header (GString *line, const HeddleJournalHeader *header);
void heddle_journal_put_record (GString *line, guint64 number, const HeddleJournalRecord *record);
HeddleJournalLineState heddle_journal_parse_header (const HeddleLine *line,
                                                    HeddleJournalHeader *header);
HeddleJournalLineState heddle_journal_parse_record (const HeddleLine *line, GString *texts,
                                                    guint64 *number, HeddleJournalRecord *record);
void heddle_journal_header_clear (HeddleJournalHeader *self);

G_END_DECLS
