/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The format is written by hand into one buffer: at a million spans a second a general JSON writer
 * would cost more than the tasks. Numbers are whole nanoseconds, written as microseconds with three
 * decimals, so nothing is rounded.
 */
#include "config.h"

#include "trace/trace-writer.h"

#include "base/json.h"
#include "trace/clock.h"
#include "trace/lane-store.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gi18n-lib.h>
#include <math.h>
#include <poll.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define BUFFER_SIZE 65536

/* A FIFO without a reader can only be tried again; a pipe that is full is tried when it says that
 * it has room. */
#define TRY_AGAIN_MS 20
/* without progress, once nobody wants to wait any more */
#define GIVE_UP_NS G_GINT64_CONSTANT (1000000000)

typedef struct {
  int pid;
  int tid;
} LaneIds;

struct _HeddleTraceWriter {
  char *path;
  char *title;
  gint64 origin;
  int pid;             /* ours */
  int fd;
  int error;           /* errno of the first failed write, 0: none */
  HeddleTraceStopped stopped; /* NULL: never */
  gpointer stopped_data;
  gboolean any;        /* an event is written: the next one needs a comma */
  GArray *lanes;       /* LaneIds, index is the lane */
  GHashTable *named;   /* process ids that have their name */
  guint64 n_events;
  gsize used;
  char buffer[BUFFER_SIZE];
};

/* Waits until the pipe, which is full, may have room. Sets the error where nobody takes anything
 * out and nobody wants to wait for that. */
static void
wait_for_room (HeddleTraceWriter *self, gint64 *give_up_at)
{
  struct pollfd room = { .fd = self->fd, .events = POLLOUT };

  if (self->stopped != NULL && *give_up_at == 0 && self->stopped (FALSE, self->stopped_data))
    *give_up_at = heddle_clock_monotonic_ns () + GIVE_UP_NS;
  if (poll (&room, 1, TRY_AGAIN_MS) == 0 && *give_up_at != 0
      && heddle_clock_monotonic_ns () >= *give_up_at)
    self->error = ETIMEDOUT;
}

static void
flush (HeddleTraceWriter *self)
{
  gint64 give_up_at = 0;
  gsize done = 0;

  while (self->error == 0 && done < self->used)
    {
      gssize n = write (self->fd, self->buffer + done, self->used - done);

      if (n > 0)
        {
          done += (gsize) n;
          give_up_at = 0;
        }
      else if (n == 0)
        self->error = EIO;
      else if (errno == EAGAIN)
        wait_for_room (self, &give_up_at);
      else if (errno != EINTR)
        self->error = errno;
    }
  self->used = 0;
}

static void
put (HeddleTraceWriter *self, const char *text, gsize length)
{
  while (length > 0)
    {
      gsize n = MIN (length, BUFFER_SIZE - self->used);

      memcpy (self->buffer + self->used, text, n);
      self->used += n;
      text += n;
      length -= n;
      if (self->used == BUFFER_SIZE)
        flush (self);
    }
}

static void
put_text (HeddleTraceWriter *self, const char *text)
{
  put (self, text, strlen (text));
}

/* Sees to it that so many bytes of the buffer are free. */
static char *
make_room (HeddleTraceWriter *self, gsize size)
{
  if (BUFFER_SIZE - self->used < size)
    flush (self);
  return self->buffer + self->used;
}

static void
put_unsigned (HeddleTraceWriter *self, guint64 value)
{
  char *end = heddle_json_put_unsigned (make_room (self, HEDDLE_JSON_NUMBER_ROOM), value);

  self->used = (gsize) (end - self->buffer);
}

/* Nanoseconds as microseconds with three decimals. */
static void
put_micros (HeddleTraceWriter *self, gint64 ns)
{
  guint64 size = ns < 0 ? 0 - (guint64) ns : (guint64) ns;
  guint fraction = (guint) (size % 1000);
  char text[4] = { '.', (char) ('0' + fraction / 100), (char) ('0' + fraction / 10 % 10),
                   (char) ('0' + fraction % 10) };

  if (ns < 0)
    put (self, "-", 1);
  put_unsigned (self, size / 1000);
  put (self, text, sizeof text);
}

/* Of any length; what is no UTF-8 is replaced. */
static void
put_string (HeddleTraceWriter *self, const char *text)
{
  gboolean valid;

  put (self, "\"", 1);
  while (*text != '\0')
    {
      char *to = make_room (self, HEDDLE_JSON_CHAR_ROOM);
      const char *last = self->buffer + BUFFER_SIZE - HEDDLE_JSON_CHAR_ROOM;

      while (*text != '\0' && to <= last)
        to = heddle_json_put_char (to, &text, &valid);
      self->used = (gsize) (to - self->buffer);
    }
  put (self, "\"", 1);
}

/* (inout): the ids that the lane's events carry, made up where it was not introduced. */
static LaneIds *
get_ids (HeddleTraceWriter *self, guint lane)
{
  while (self->lanes->len <= lane)
    {
      LaneIds ids = { self->pid, (int) self->lanes->len + 1 };

      g_array_append_val (self->lanes, ids);
    }
  return &g_array_index (self->lanes, LaneIds, lane);
}

/* {"ph":"X","pid":1,"tid":2 */
static void
begin_event (HeddleTraceWriter *self, const char *phase, int pid, int tid)
{
  put_text (self, self->any ? ",\n{\"ph\":\"" : "\n{\"ph\":\"");
  self->any = TRUE;
  self->n_events++;
  put_text (self, phase);
  put_text (self, "\",\"pid\":");
  put_unsigned (self, (guint64) MAX (pid, 0));
  put_text (self, ",\"tid\":");
  put_unsigned (self, (guint64) MAX (tid, 0));
}

static void
put_time (HeddleTraceWriter *self, const char *key, gint64 ns)
{
  put_text (self, key);
  put_micros (self, ns);
}

static void
put_metadata (HeddleTraceWriter *self, int pid, int tid, const char *what, const char *name)
{
  begin_event (self, "M", pid, tid);
  put_text (self, ",\"name\":\"");
  put_text (self, what);
  put_text (self, "\",\"args\":{\"name\":");
  put_string (self, name);
  put_text (self, "}}");
}

/* The times of events are the traces' own; a difference that does not fit is limited. */
static gint64
since (gint64 time, gint64 origin)
{
  gint64 difference;

  if (__builtin_sub_overflow (time, origin, &difference))
    return time < origin ? G_MININT64 : G_MAXINT64;
  return difference;
}

static void
writer_free (HeddleTraceWriter *self)
{
  if (self->fd >= 0)
    close (self->fd);
  g_array_unref (self->lanes);
  g_hash_table_unref (self->named);
  g_free (self->path);
  g_free (self->title);
  g_free (self);
}

static void
set_error (GError **error, int code, const char *path)
{
  g_autofree char *shown = g_filename_display_name (path);
  const char *advice = code == ENOSPC || code == EDQUOT
    ? _("Free some space there, or choose another file.")
    : code == EFBIG ? _("Raise the limit of file sizes (ulimit -f).")
                    : _("Choose another file.");

  if (code == ENXIO || code == ETIMEDOUT)
    g_set_error (error, G_FILE_ERROR, (int) g_file_error_from_errno (code),
                 _("The trace could not be written to “%s”: no program reads it. Start a reader, or choose a file."), shown);
  else
    g_set_error (error, G_FILE_ERROR, (int) g_file_error_from_errno (code),
                 _("The trace could not be written to “%s”: %s. %s"), shown, g_strerror (code),
                 advice);
}

static gboolean
is_fifo (const char *path)
{
  struct stat info;

  return stat (path, &info) == 0 && S_ISFIFO (info.st_mode);
}

/* Opens a FIFO as soon as it has a reader; gives up, with ENXIO, where nobody wants to wait for
 * that any more. */
static int
open_file (const char *path, HeddleTraceStopped stopped, gpointer data)
{
  while (TRUE)
    {
      int fd = open (path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NONBLOCK, 0666);

      if (fd >= 0 || errno != ENXIO || !is_fifo (path))
        return fd;
      if (stopped != NULL && stopped (TRUE, data))
        {
          errno = ENXIO;
          return -1;
        }
      poll (NULL, 0, TRY_AGAIN_MS);
    }
}

/**
 * heddle_trace_writer_new:
 * @path: the file; replaced if it is there
 * @title: what was traced, for people: becomes the name of this process in the trace
 * @origin: nanoseconds: time 0 of the file
 * @stopped: (nullable): whether nobody wants to wait any more: for a FIFO without a reader to get
 * one, or (@opening is FALSE) for one that does not read; asked while that is so. Where it is so
 * for a second without anything being read, the trace is given up.
 * @data: for @stopped
 * @error: (out) (optional): why the file could not be opened (#GFileError), with what to do
 *
 * Begins a trace. Blocks for file I/O, so not for the main loop.
 *
 * Returns: (transfer full) (nullable): to be ended with heddle_trace_writer_close()
 */
HeddleTraceWriter *
heddle_trace_writer_new (const char *path, const char *title, gint64 origin,
                         HeddleTraceStopped stopped, gpointer data, GError **error)
{
  HeddleTraceWriter *self;
  int fd;

  g_return_val_if_fail (path != NULL && title != NULL, NULL);

  fd = open_file (path, stopped, data);
  if (fd < 0)
    {
      set_error (error, errno, path);
      return NULL;
    }
  self = g_new (HeddleTraceWriter, 1);
  memset (self, 0, G_STRUCT_OFFSET (HeddleTraceWriter, buffer));
  self->path = g_strdup (path);
  self->title = g_strdup (title);
  self->origin = origin;
  self->fd = fd;
  self->stopped = stopped;
  self->stopped_data = data;
  self->lanes = g_array_new (FALSE, FALSE, sizeof (LaneIds));
  self->named = g_hash_table_new (NULL, NULL);
  self->pid = (int) getpid ();
  put_text (self, "{\"displayTimeUnit\":\"ns\",\"traceEvents\":[");
  g_hash_table_add (self->named, GINT_TO_POINTER (self->pid));
  put_metadata (self, self->pid, self->pid, "process_name", self->title);
  return self;
}

/**
 * heddle_trace_writer_lane:
 * @lane: number of a lane
 * @name: what people call its worker
 * @pid: the worker's process
 * @tid: the worker's thread, 0 for the only one of its process
 *
 * Introduces the worker that the lane's events from here on belong to.
 */
void
heddle_trace_writer_lane (HeddleTraceWriter *self, guint lane, const char *name, int pid, int tid)
{
  LaneIds *ids;

  g_return_if_fail (self != NULL && name != NULL);

  ids = get_ids (self, lane);
  ids->pid = pid;
  ids->tid = tid != 0 ? tid : pid; /* to viewers, thread 0 is the idle one */
  if (g_hash_table_add (self->named, GINT_TO_POINTER (pid)))
    put_metadata (self, pid, pid, "process_name", name);
  put_metadata (self, pid, ids->tid, "thread_name", name);
  begin_event (self, "M", pid, ids->tid);
  put_text (self, ",\"name\":\"thread_sort_index\",\"args\":{\"sort_index\":");
  put_unsigned (self, lane);
  put_text (self, "}}");
}

static void
put_times (HeddleTraceWriter *self, const HeddleTaskTimes *times, gint64 span_ns)
{
  put_time (self, ",\"on_cpu_us\":", times->on_cpu_ns);
  if (times->ready_ns >= 0)
    {
      put_time (self, ",\"ready_us\":", times->ready_ns);
      put_time (self, ",\"blocked_us\":", heddle_task_times_get_blocked (times, span_ns));
    }
  put_text (self, ",\"switches\":");
  put_unsigned (self, times->switches);
  put_text (self, ",\"preempted\":");
  put_unsigned (self, times->preempted);
}

/**
 * heddle_trace_writer_span:
 * @lane: number of the lane it lies in
 * @span: the span
 * @label: (nullable): what the task is called; %NULL for its number
 * @attempt: which attempt at the task it was, from 1
 * @queued: when the task was queued, nanoseconds; 0 where it is not known
 *
 * Writes a span. Its arguments are the task's number, the attempt, the state, and where known when
 * the task was queued (on the file's time axis) and how long it waited for its worker, both in
 * microseconds, and what the span is made of.
 */
void
heddle_trace_writer_span (HeddleTraceWriter *self, guint lane, const HeddleSpan *span,
                          const char *label, guint attempt, gint64 queued)
{
  LaneIds *ids;

  g_return_if_fail (self != NULL && span != NULL);

  ids = get_ids (self, lane);
  begin_event (self, "X", ids->pid, ids->tid);
  put_time (self, ",\"ts\":", since (span->begin, self->origin));
  put_time (self, ",\"dur\":", MAX (since (span->end, span->begin), 0));
  put_text (self, ",\"cat\":\"task\",\"name\":");
  if (label != NULL)
    put_string (self, label);
  else
    {
      put_text (self, "\"task ");
      put_unsigned (self, span->id);
      put_text (self, "\"");
    }
  put_text (self, ",\"args\":{\"task\":");
  put_unsigned (self, span->id);
  put_text (self, ",\"attempt\":");
  put_unsigned (self, attempt);
  put_text (self, ",\"state\":\"");
  put_text (self, heddle_task_state_name (span->state));
  put_text (self, "\"");
  if (queued > 0)
    {
      put_time (self, ",\"queued_us\":", since (queued, self->origin));
      put_time (self, ",\"waited_us\":", MAX (since (span->begin, queued), 0));
    }
  if (span->times.known)
    put_times (self, &span->times, MAX (since (span->end, span->begin), 0));
  put_text (self, "}}");
}

/**
 * heddle_trace_writer_mark:
 * @lane: number of a lane
 * @time: nanoseconds
 * @text: what happened
 *
 * Writes that something happened at a moment in a lane.
 */
void
heddle_trace_writer_mark (HeddleTraceWriter *self, guint lane, gint64 time, const char *text)
{
  LaneIds *ids;

  g_return_if_fail (self != NULL && text != NULL);

  ids = get_ids (self, lane);
  begin_event (self, "i", ids->pid, ids->tid);
  put_time (self, ",\"ts\":", since (time, self->origin));
  put_text (self, ",\"s\":\"t\",\"cat\":\"mark\",\"name\":");
  put_string (self, text);
  put_text (self, "}");
}

/**
 * heddle_trace_writer_counter:
 * @time: nanoseconds
 * @name: what is counted
 * @value: how much it is from @time on; one that is not finite is left out
 *
 * Writes a value of a number over time, which viewers draw as a graph of its own.
 */
void
heddle_trace_writer_counter (HeddleTraceWriter *self, gint64 time, const char *name, gdouble value)
{
  char number[G_ASCII_DTOSTR_BUF_SIZE];

  g_return_if_fail (self != NULL && name != NULL);

  if (!isfinite (value))
    return;
  begin_event (self, "C", self->pid, 0);
  put_time (self, ",\"ts\":", since (time, self->origin));
  put_text (self, ",\"name\":");
  put_string (self, name);
  put_text (self, ",\"args\":{\"value\":");
  put_text (self, g_ascii_dtostr (number, sizeof number, value));
  put_text (self, "}}");
}

/**
 * heddle_trace_writer_close:
 * @self: (transfer full): a writer
 * @dropped_events: how many events are missing in the trace
 * @error: (out) (optional): why the trace is not complete (#GFileError), with the file's name and
 * what to do
 *
 * Ends the trace. If any write has failed the file is removed. Frees @self in any case.
 *
 * Returns: whether the whole trace is in the file
 */
gboolean
heddle_trace_writer_close (HeddleTraceWriter *self, guint64 dropped_events, GError **error)
{
  struct stat info;
  gboolean is_file, good;

  g_return_val_if_fail (self != NULL, FALSE);

  put_text (self, "\n],\n\"otherData\":{\"title\":");
  put_string (self, self->title);
  put_text (self, ",\"program\":");
  put_string (self, "Heddle " HEDDLE_VERSION);
  put_text (self, ",\"dropped_events\":");
  put_unsigned (self, dropped_events);
  put_text (self, ",\"events\":");
  put_unsigned (self, self->n_events);
  put_text (self, "}}\n");
  flush (self);
  is_file = fstat (self->fd, &info) == 0 && S_ISREG (info.st_mode);
  /* some file systems tell only now that there is no room */
  if (close (self->fd) < 0 && self->error == 0)
    self->error = errno;
  /* half a trace opens nowhere and takes room; but devices and pipes are nobody's to remove */
  if (self->error != 0 && is_file)
    unlink (self->path);
  self->fd = -1;
  good = self->error == 0;
  if (!good)
    set_error (error, self->error, self->path);
  writer_free (self);
  return good;
}
