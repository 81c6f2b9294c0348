/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "batch/journal-line.h"

G_BEGIN_DECLS

/*
 * The record of a batch: one file for each, docs/formats/journal.md. Folders are those of
 * batches.h.
 */
#define HEDDLE_JOURNAL_ERROR (heddle_journal_error_quark ())
GQuark heddle_journal_error_quark (void);

typedef enum {
  HEDDLE_JOURNAL_ERROR_NAME,      /* a batch cannot have this name */
  HEDDLE_JOURNAL_ERROR_EXISTS,    /* there is one of this name */
  HEDDLE_JOURNAL_ERROR_NOT_THERE, /* there is none of this name */
  HEDDLE_JOURNAL_ERROR_RUNNING,   /* a process has it */
  HEDDLE_JOURNAL_ERROR_DAMAGED,   /* a line that is not the last one, which the text names */
  HEDDLE_JOURNAL_ERROR_NEWER,     /* of a later version of the format */
  HEDDLE_JOURNAL_ERROR_TOO_LONG,  /* what the header is to say */
} HeddleJournalError;

/* A journal that is written: any thread may append, not the main loop: it waits for the disk. */
typedef struct _HeddleJournal HeddleJournal;

/* How a new one is kept. */
typedef struct {
  gboolean sync; /* call fdatasync(), a second after an append at most and at the end: power loss
                    loses a second. Without, what the kernel has not written: half a minute or so */
  guint most;    /* so many batches are kept, this one among them */
  guint64 most_bytes; /* so many bytes of journals are kept */
} HeddleJournalOptions;

/* What a journal says. */
typedef struct {
  HeddleJournalHeader header;
  HeddleSeqTable jobs;    /* the last attempt of each */
  HeddleJobCounts counts; /* of these */
  gint64 last_us;         /* when its last line was written, since 1970 */
  guint64 lines;          /* that are whole; 0: not even the header is, nothing was begun */
  guint64 bytes;          /* that these take */
  gboolean is_closed;     /* the last line says that the batch ended */
  gboolean is_cut;        /* what follows the whole lines is none, and counts as not there */
} HeddleJournalContents;

/* Gets each line but the first one, in order. */
typedef void (*HeddleJournalVisit) (const HeddleJournalRecord *record, gpointer data);

HeddleJournal *heddle_journal_create (const char *folder, const HeddleJournalHeader *header,
                                      const HeddleJournalOptions *options, GError **error);
HeddleJournal *heddle_journal_go_on (const char *folder, const char *name, gboolean sync,
                                     HeddleJournalContents **contents, GError **error);
gboolean heddle_journal_append (HeddleJournal *self, const HeddleJournalRecord *record,
                                GError **error);
gboolean heddle_journal_close (HeddleJournal *self, GError **error);

HeddleJournalContents *heddle_journal_read (const char *folder, const char *name,
                                            HeddleJournalVisit visit, gpointer data,
                                            GError **error);
HeddleJournalContents *heddle_journal_read_fd (int fd, const char *path, HeddleJournalVisit visit,
                                               gpointer data, GError **error);
void heddle_journal_contents_free (HeddleJournalContents *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (HeddleJournalContents, heddle_journal_contents_free)

G_END_DECLS
