/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "trace/types.h"

G_BEGIN_DECLS

/*
 * The records that the kernel writes into a ring of perf_event_open(2) when a thread leaves or gets
 * a processor, is made or ends. The reader of such a ring is here, without the system calls: it is
 * given the bytes and how far the kernel says it has written them, and believes neither.
 *
 * It reads what switches.c asks for and nothing else: every record but those of ordinary events
 * ends with the thread, the time and the processor (sample_id_all, PERF_SAMPLE_TID, _TIME, _CPU).
 */

/**
 * HeddleSwitchKind:
 * @HEDDLE_SWITCH_IN: the thread got a processor
 * @HEDDLE_SWITCH_OUT: it left it, since it waits for something
 * @HEDDLE_SWITCH_PREEMPTED: it left it although it could go on: another one had its turn
 * @HEDDLE_SWITCH_BORN: it was made, and has not had a processor yet
 * @HEDDLE_SWITCH_EXIT: it has ended; or its process has taken on other rights, and is not shown any
 * more
 * @HEDDLE_SWITCH_LOST: of no thread: records were lost, after the one of @time_ns that was read
 * last, on that processor
 *
 * What happened to a thread.
 */
typedef enum {
  HEDDLE_SWITCH_IN,
  HEDDLE_SWITCH_OUT,
  HEDDLE_SWITCH_PREEMPTED,
  HEDDLE_SWITCH_BORN,
  HEDDLE_SWITCH_EXIT,
  HEDDLE_SWITCH_LOST,
} HeddleSwitchKind;

#define HEDDLE_N_SWITCH_KINDS 6

struct _HeddleSwitch {
  gint64 time_ns; /* CLOCK_MONOTONIC */
  guint32 tid;
  guint16 cpu;
  guint8 kind; /* HeddleSwitchKind */
};

/* The reader's side of one ring. */
typedef struct {
  const guint8 *data;
  gsize size;      /* bytes, a power of two */
  guint64 tail;    /* bytes read, ever */
  guint64 head;    /* bytes written, ever, when the reader looked last */
  gint64 last_ns;  /* time of the record read last; 0: none was */
  guint64 lost;    /* records, as the kernel tells in the ring */
  gboolean broken; /* what was read made no sense; nothing more is read */
} HeddleSwitchRing;

/* No record that is read is longer. */
#define HEDDLE_SWITCH_RECORD_MAX 64

void heddle_switch_ring_init (HeddleSwitchRing *self, gconstpointer data, gsize size);
gboolean heddle_switch_ring_see (HeddleSwitchRing *self, guint64 head);
gboolean heddle_switch_ring_read (HeddleSwitchRing *self, HeddleSwitch *record);
gboolean heddle_switch_ring_is_full (const HeddleSwitchRing *self);

G_END_DECLS
