/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "trace/switch-ring.h"

#include <linux/perf_event.h>
#include <string.h>

/* What stands at the end of each record, in this order, by PERF_SAMPLE_TID, _TIME and _CPU. */
typedef struct {
  guint32 pid;
  guint32 tid;
  guint64 time;
  guint32 cpu;
  guint32 reserved;
} SampleId;

typedef struct {
  struct perf_event_header header;
  SampleId id;
} SwitchRecord;

/* Of PERF_RECORD_FORK and PERF_RECORD_EXIT. */
typedef struct {
  struct perf_event_header header;
  guint32 pid;
  guint32 ppid;
  guint32 tid;
  guint32 ptid;
  guint64 time;
  SampleId id;
} TaskRecord;

typedef struct {
  struct perf_event_header header;
  guint64 event;
  guint64 lost;
  SampleId id;
} LostRecord;

typedef union {
  struct perf_event_header header;
  SwitchRecord change;
  TaskRecord task;
  LostRecord lost;
} Record;

/* The kernel's layout: nothing is put between the fields. */
G_STATIC_ASSERT (sizeof (SwitchRecord) == 32);
G_STATIC_ASSERT (sizeof (TaskRecord) == 56);
G_STATIC_ASSERT (sizeof (LostRecord) == 48);
G_STATIC_ASSERT (sizeof (Record) <= HEDDLE_SWITCH_RECORD_MAX);

/**
 * heddle_switch_ring_init:
 * @data: (transfer none): the ring, without the page that tells of it
 * @size: its bytes, a power of two
 *
 * A ring of which nothing has been read.
 */
void
heddle_switch_ring_init (HeddleSwitchRing *self, gconstpointer data, gsize size)
{
  g_assert (size > 0 && (size & (size - 1)) == 0);
  *self = (HeddleSwitchRing){ .data = data, .size = size };
}

/**
 * heddle_switch_ring_see:
 * @head: how many bytes the writer says it has written, ever; the caller has loaded it so that what
 * stands before it is seen, too (acquire)
 *
 * Has the reader look as far as @head.
 *
 * Returns: whether there is something to read
 */
gboolean
heddle_switch_ring_see (HeddleSwitchRing *self, guint64 head)
{
  if (self->broken)
    return FALSE;
  if (head - self->tail > self->size)
    {
      self->broken = TRUE;
      return FALSE;
    }
  self->head = head;
  return head != self->tail;
}

/**
 * heddle_switch_ring_is_full:
 *
 * Returns: whether the writer, when the reader looked last, may have had no room for a record: it
 * gives up such a record, and tells it by the next one for which there is room
 */
gboolean
heddle_switch_ring_is_full (const HeddleSwitchRing *self)
{
  return self->head - self->tail + HEDDLE_SWITCH_RECORD_MAX > self->size;
}

/* Copies bytes from where the reader is, which may go on at the ring's beginning. */
static void
copy_out (const HeddleSwitchRing *self, gpointer to, gsize length)
{
  gsize at = self->tail & (self->size - 1);
  gsize first = MIN (length, self->size - at);

  memcpy (to, self->data + at, first);
  memcpy ((guint8 *) to + first, self->data, length - first);
}

/* How long a record of the type is; 0: those are passed over, as long as they may be. */
static gsize
length_of (guint32 type)
{
  switch (type)
    {
    case PERF_RECORD_SWITCH:
      return sizeof (SwitchRecord);
    case PERF_RECORD_FORK:
    case PERF_RECORD_EXIT:
      return sizeof (TaskRecord);
    case PERF_RECORD_LOST:
      return sizeof (LostRecord);
    default:
      return 0;
    }
}

static HeddleSwitchKind
kind_of (const struct perf_event_header *header)
{
  switch (header->type)
    {
    case PERF_RECORD_FORK:
      return HEDDLE_SWITCH_BORN;
    case PERF_RECORD_EXIT:
      return HEDDLE_SWITCH_EXIT;
    case PERF_RECORD_LOST:
      return HEDDLE_SWITCH_LOST;
    default:
      if ((header->misc & PERF_RECORD_MISC_SWITCH_OUT) == 0)
        return HEDDLE_SWITCH_IN;
      return (header->misc & PERF_RECORD_MISC_SWITCH_OUT_PREEMPT) != 0 ? HEDDLE_SWITCH_PREEMPTED
                                                                       : HEDDLE_SWITCH_OUT;
    }
}

static void
set_record (HeddleSwitch *record, HeddleSwitchKind kind, guint32 tid, const SampleId *id)
{
  record->kind = (guint8) kind;
  record->tid = tid;
  record->time_ns = (gint64) MIN (id->time, (guint64) G_MAXINT64);
  record->cpu = (guint16) MIN (id->cpu, G_MAXUINT16);
}

/* Says what a whole record, one of those with a known length, means. */
static void
take_record (HeddleSwitchRing *self, const Record *raw, HeddleSwitch *record)
{
  HeddleSwitchKind kind = kind_of (&raw->header);

  switch (kind)
    {
    case HEDDLE_SWITCH_BORN:
    case HEDDLE_SWITCH_EXIT:
      set_record (record, kind, raw->task.tid, &raw->task.id);
      break;
    case HEDDLE_SWITCH_LOST:
      set_record (record, kind, 0, &raw->lost.id);
      self->lost += raw->lost.lost;
      /* what is missing came after the record before, not after this one, which is the next */
      record->time_ns = MIN (record->time_ns, self->last_ns);
      return;
    default:
      set_record (record, kind, raw->change.id.tid, &raw->change.id);
      break;
    }
  self->last_ns = record->time_ns;
}

/**
 * heddle_switch_ring_read:
 * @record: (out): what happened
 *
 * Takes the next record up to where heddle_switch_ring_see() has looked, and passes over records
 * that say nothing of interest. Where a record makes no sense, broken is set and nothing more is
 * read, ever.
 *
 * Returns: whether there was one
 */
gboolean
heddle_switch_ring_read (HeddleSwitchRing *self, HeddleSwitch *record)
{
  while (!self->broken && self->tail != self->head)
    {
      guint64 unread = self->head - self->tail;
      struct perf_event_header header;
      gsize length;
      Record raw;

      /* records and all places are multiples of 8, as long as a header is */
      if (unread < sizeof header)
        break;
      copy_out (self, &header, sizeof header);
      length = length_of (header.type);
      if (header.size < sizeof header || header.size % 8 != 0 || header.size > unread
          || (length != 0 && header.size != length))
        break;
      if (length != 0)
        {
          copy_out (self, &raw, length);
          raw.header = header;
          take_record (self, &raw, record);
        }
      self->tail += header.size;
      if (length != 0)
        return TRUE;
    }
  self->broken = self->broken || self->tail != self->head;
  return FALSE;
}
