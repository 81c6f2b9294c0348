/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* What a record says of a job. */
typedef enum {
  HEDDLE_JOB_STATE_NONE,    /* never started */
  HEDDLE_JOB_STATE_IN_HAND, /* started, not ended */
  HEDDLE_JOB_STATE_DONE,
  HEDDLE_JOB_STATE_FAILED,
  HEDDLE_JOB_STATE_TIMEOUT,
  HEDDLE_JOB_STATE_CANCELLED,
  HEDDLE_JOB_STATE_LOST,
  HEDDLE_JOB_STATE_SKIPPED, /* never started, and never will be */
  HEDDLE_N_JOB_STATES
} HeddleJobState;

/* 16 bytes: there are ten million of them. */
typedef struct {
  guint64 command;    /* heddle_hash_command(); 0: not known */
  guint32 attempt;    /* from 1; 0: none, or not known */
  gint16 exit_status; /* -1: none */
  guint8 signal;      /* 0: none */
  guint8 state;       /* HeddleJobState */
} HeddleSeqEntry;

/* What is to be done about a job whose number a record has. */
typedef enum {
  HEDDLE_SEQ_NOT_THERE,
  HEDDLE_SEQ_IN_HAND,       /* it was started, and nobody knows whether it ended */
  HEDDLE_SEQ_DONE,          /* it ended with exit status 0 */
  HEDDLE_SEQ_FAILED,        /* it ended otherwise */
  HEDDLE_SEQ_OTHER_COMMAND, /* the number is there, with another command */
} HeddleSeqVerdict;

/*
 * What is known of each job, by its number from 1: 16 bytes each where the numbers have no large
 * gaps, a quarter more while the table grows. Where they have, whatever they are, about 100 bytes
 * at most for each number that is there, and 2 MiB. One thread at a time; any that only look.
 */
typedef struct {
  HeddleSeqEntry *entries; /* of the numbers below @size; those that are not there are zero */
  gsize size;
  GHashTable *far; /* entries of numbers that are too large for @entries */
  guint64 puts;    /* how often an entry was wanted for change */
  guint64 n;       /* how many numbers are there */
} HeddleSeqTable;

void heddle_seq_table_init (HeddleSeqTable *self);
void heddle_seq_table_clear (HeddleSeqTable *self);
HeddleSeqEntry *heddle_seq_table_at (HeddleSeqTable *self, guint32 seq);
void heddle_seq_table_put (HeddleSeqTable *self, guint32 seq, const HeddleSeqEntry *entry);
const HeddleSeqEntry *heddle_seq_table_get (const HeddleSeqTable *self, guint32 seq);
HeddleSeqVerdict heddle_seq_table_compare (const HeddleSeqTable *self, guint32 seq,
                                           const char *command, gsize length);

G_END_DECLS
