/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <stdalign.h>
#include <stdatomic.h>

#include "engine/model/types.h"
#include "engine/model/worker-program.h"
#include "engine/queue/queue.h"
#include "engine/task/task-private.h"
#include "trace/clock.h"
#include "trace/ring.h"

G_BEGIN_DECLS

/* A task goes from the dispatcher through a worker process to the collector, and that process's
 * atomics order the three. The thread sanitizer sees this process only, so both ends tell it. */
#ifdef __SANITIZE_THREAD__
#include <sanitizer/tsan_interface.h>
#define HEDDLE_SEGMENT_ORDER_BEFORE(ring) __tsan_release (ring)
#define HEDDLE_SEGMENT_ORDER_AFTER(ring) __tsan_acquire (ring)
#else
#define HEDDLE_SEGMENT_ORDER_BEFORE(ring) ((void) 0)
#define HEDDLE_SEGMENT_ORDER_AFTER(ring) ((void) 0)
#endif

/* The segment: the memory that a process pool shares with one worker (docs/worker-protocol.md).
 * Tasks go in through a line of bytes (the dispatcher writes, the worker reads), events come out
 * through a HeddleRing. There is no lock in it, so a worker that dies leaves nothing held. The host
 * keeps its own cursors and checks every number that a worker wrote; the file is sealed against
 * shrinking, so that no worker can take pages away from under the host. */

#define HEDDLE_SEGMENT_MAGIC G_GUINT64_CONSTANT (0x31474553444c4448) /* "HDLDSEG1" */
#define HEDDLE_SEGMENT_UNIT 32 /* bytes; a task record starts at a multiple of it */

/* The file descriptors a worker is born with. */
#define HEDDLE_WORKER_FD_SEGMENT 3
#define HEDDLE_WORKER_FD_DISPATCHER 4 /* eventfd: wakes the dispatcher */
#define HEDDLE_WORKER_FD_COLLECTOR 5  /* eventfd: wakes the collector */
#define HEDDLE_WORKER_FD_LIFELINE 6      /* pipe whose other end closes with the host */
#define HEDDLE_WORKER_FD_ARENA 7      /* the run's arena; closed where the tasks share nothing */
#define HEDDLE_WORKER_FD_END 8

typedef enum {
  HEDDLE_SEGMENT_STARTING = 0,
  HEDDLE_SEGMENT_READY = 1,  /* the workload is open, tasks are taken */
  HEDDLE_SEGMENT_FAILED = 2, /* error is set, the worker exits */
} HeddleSegmentState;

typedef enum {
  HEDDLE_QUIT_NO = 0,
  HEDDLE_QUIT_ASKED = 1, /* host: leave when the line is empty; may be taken back */
  HEDDLE_QUIT_TAKEN = 2, /* worker: leaves now, cannot be taken back */
} HeddleQuit;

/* Over 20 fields: a format, as docs/worker-protocol.md describes it. */
typedef struct {
  /* Written by the host before the worker starts, then only read. */
  guint64 magic;
  guint32 protocol;
  guint32 line_bytes;    /* a power of two */
  guint64 line_offset;   /* from the start of the segment */
  guint64 ring_offset;
  guint64 total_bytes;
  guint32 ring_capacity; /* slots */
  gint32 host_pid;
  guint32 worker;        /* number of the worker that stands here, from 1 */
  char version[32];
  HeddleClock clock;

  /* Written by the host while the worker lives. */
  alignas (64) _Atomic guint64 head;     /* release: bytes put into the line so far */
  _Atomic guint64 assigned; /* tasks put into the line so far, a range counted as many */
  _Atomic guint32 wake_at; /* the worker wakes the dispatcher at fewer tasks than this; 0: never */
  _Atomic guint32 paused;
  /* futex word, see HEDDLE_CANCEL_RUN; at its bits the worker also skips what it has not begun */
  _Atomic guint32 cancel;
  alignas (64) _Atomic guint32 doorbell; /* futex word: counts what an idle worker was woken for */
  _Atomic guint32 quit; /* HeddleQuit; the one word that both sides write, by compare-and-swap */

  /* Written by the worker. */
  alignas (64) _Atomic guint64 tail; /* release: bytes taken out of the line so far */
  _Atomic guint64 ended; /* tasks ended or skipped; flow control only, the truth is in the ring */
  _Atomic gint64 task_ticks; /* moving average of what a task takes, 0: none; flow control only */
  _Atomic guint32 asleep;            /* waits on the doorbell */
  _Atomic guint32 state;             /* HeddleSegmentState */
  _Atomic gint32 tid;                /* of a worker that is a thread, 0: not known yet */
  char error[1024];
} HeddleSegmentMap;

/* A record in the line; the bytes of an input follow, padded to whole units. */
typedef struct {
  guint64 id;
  guint64 queued; /* ticks */
  guint32 count;
  guint32 attempt;
  guint32 input_length;
  guint32 has_input;
} HeddleTaskRecord;

G_STATIC_ASSERT (sizeof (HeddleTaskRecord) == HEDDLE_SEGMENT_UNIT);

/* One side's view of a segment, with the cursors that it alone moves. */
typedef struct {
  HeddleSegmentMap *map;
  guint8 *line;
  HeddleRing *ring; /* initialised by the host */
  gsize bytes;
  int fd;           /* host only, -1 otherwise */
  guint32 mask;
  guint32 ring_capacity;
  /* host */
  guint worker;     /* number, for the next reset */
  guint64 head;
  guint64 assigned;
  gboolean broken;  /* the worker wrote a number that cannot be */
  /* worker */
  guint64 tail;
  HeddleTaskRecord record;   /* being taken */
  gboolean in_record;
  guint32 input_taken;
  GString *input;
} HeddleSegment;

gboolean heddle_segment_create (HeddleSegment *self, guint line_bytes, guint ring_capacity,
                                GError **error);
gboolean heddle_segment_open (HeddleSegment *self, int fd, GError **error);
gboolean heddle_segment_create_part (HeddleSegment *self, int *fd, guint nth, guint line_bytes,
                                     guint ring_capacity, GError **error);
gboolean heddle_segment_open_part (HeddleSegment *self, int fd, guint nth, GError **error);
void heddle_segment_clear (HeddleSegment *self);

/* host */
void heddle_segment_reset (HeddleSegment *self);
gboolean heddle_segment_put (HeddleSegment *self, const HeddleItem *item, guint64 *offset);
void heddle_segment_publish (HeddleSegment *self);
void heddle_segment_ring_doorbell (HeddleSegment *self);
void heddle_segment_set_paused (HeddleSegment *self, gboolean paused);
void heddle_segment_cancel (HeddleSegment *self, guint32 what);
void heddle_segment_cancel_task (HeddleSegment *self, guint64 nth);
void heddle_segment_quit (HeddleSegment *self);
gboolean heddle_segment_take_back_quit (HeddleSegment *self);
guint64 heddle_segment_get_ended (HeddleSegment *self);
void heddle_segment_check (HeddleSegment *self, gboolean paused);
char *heddle_segment_dup_error (HeddleSegment *self);

/* worker */
gboolean heddle_segment_take (HeddleSegment *self);
gboolean heddle_segment_has_more (HeddleSegment *self);

G_END_DECLS
