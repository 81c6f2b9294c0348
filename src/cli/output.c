/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Two buffers a stream: one is filled while the other one is written, so a thread that has
 * something to say waits for the file or the terminal only while the buffer is full: then the
 * reader is slower than the run, and the run waits.
 *
 * The output's thread sleeps until there is something to write, lets it gather for 20 ms (a write
 * for each line would cost more than the line), and repaints the live view ten times a second. It
 * paints without the lock held: the painter may take locks of the run, and the run's collector may
 * hold its thread in heddle_output_begin().
 *
 * Lock order: write_lock (held while writing, so that the terminal can be handed back for a while),
 * then lock.
 */
#include "config.h"

#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdarg.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <glib/gi18n.h>

#include "base/error.h"
#include "base/futex.h"
#include "cli/output.h"
#include "cli/terminal.h"
#include "trace/clock.h"

#define GATHER_NS (20 * G_GINT64_CONSTANT (1000000))
#define PAINT_NS (100 * G_GINT64_CONSTANT (1000000))
#define WAKE_BYTES (256 * 1024)
#define FULL_BYTES (1024 * 1024)

typedef struct {
  int fd;
  char *bytes;    /* guarded by lock */
  gsize length;   /* guarded by lock */
  gsize size;     /* guarded by lock */
  char *spare;    /* output's thread, but for swapping under lock */
  gsize spare_size;
  int error;      /* guarded by lock: errno, 0 while all is well; what comes later is dropped */
} Stream;

struct _HeddleOutput {
  pthread_t thread;
  pthread_mutex_t write_lock;
  pthread_mutex_t lock;
  pthread_cond_t written;  /* with lock: a buffer has room again */
  pthread_cond_t wanted;   /* with lock: there is something to write or to paint */
  Stream streams[HEDDLE_N_STREAMS];
  guint index[HEDDLE_N_STREAMS]; /* read-only: where a stream's text goes */
  gint64 pending_since;    /* guarded by lock: when the first unwritten byte came, 0: none */
  gboolean full;           /* guarded by lock: do not wait until more has gathered */
  gint64 next_paint;       /* guarded by lock: CLOCK_MONOTONIC nanoseconds, G_MAXINT64: never */
  gboolean closing;        /* guarded by lock */
  gboolean joined;         /* owner's thread */

  HeddleOutputFailed failed;
  gpointer failed_data;

  /* guarded by write_lock */
  gboolean has_terminal;
  guint terminal_stream;   /* the stream that goes there too */
  HeddleTerminal terminal;
  GString *frame;
  HeddleOutputPainter painter;
  gpointer painter_data;
};

static gboolean
same_file (int a, int b)
{
  struct stat stat_a, stat_b;

  return fstat (a, &stat_a) == 0 && fstat (b, &stat_b) == 0 && stat_a.st_dev == stat_b.st_dev
         && stat_a.st_ino == stat_b.st_ino;
}

/* Writes all of it; waits where the file is non-blocking. Returns errno or 0. */
static int
write_all (int fd, const char *bytes, gsize length)
{
  while (length > 0)
    {
      gssize n = write (fd, bytes, length);

      if (n >= 0)
        {
          bytes += n;
          length -= n;
        }
      else if (errno == EAGAIN)
        poll (&(struct pollfd) { .fd = fd, .events = POLLOUT }, 1, -1);
      else if (errno != EINTR)
        return errno;
    }
  return 0;
}

static void
set_error (HeddleOutput *self, guint index, int error)
{
  Stream *stream = &self->streams[index];
  gboolean first;

  pthread_mutex_lock (&self->lock);
  first = stream->error == 0;
  stream->error = error;
  stream->length = 0;
  pthread_cond_broadcast (&self->written);
  pthread_mutex_unlock (&self->lock);
  if (first && self->failed != NULL)
    self->failed (index, error, self->failed_data);
}

static void
write_terminal (HeddleOutput *self, const GString *text)
{
  if (text->len > 0 && write_all (self->terminal.fd, text->str, text->len) != 0)
    self->painter = NULL; /* the terminal has gone; there is nobody to paint for */
}

/* Takes the view away and gives the cursor back. Called with write_lock held. */
static void
leave_terminal (HeddleOutput *self)
{
  g_autoptr (GString) commands = g_string_new (NULL);

  heddle_terminal_leave (&self->terminal, commands);
  write_terminal (self, commands);
}

/* Writes what has gathered. Called with write_lock held. */
static void
write_streams (HeddleOutput *self)
{
  for (guint i = 0; i < HEDDLE_N_STREAMS; i++)
    {
      Stream *stream = &self->streams[i];
      g_autoptr (GString) commands = NULL;
      char *bytes;
      gsize length, size;
      int error;

      pthread_mutex_lock (&self->lock);
      bytes = stream->bytes;
      length = stream->length;
      size = stream->size;
      if (length > 0)
        {
          stream->bytes = stream->spare;
          stream->size = stream->spare_size;
          stream->length = 0;
          stream->spare = bytes;
          stream->spare_size = size;
          pthread_cond_broadcast (&self->written);
        }
      pthread_mutex_unlock (&self->lock);
      if (length == 0)
        continue;
      if (self->has_terminal && i == self->terminal_stream)
        {
          commands = g_string_new (NULL);
          heddle_terminal_erase (&self->terminal, commands);
          write_terminal (self, commands);
        }
      if ((error = write_all (stream->fd, bytes, length)) != 0)
        set_error (self, i, error);
      if (commands != NULL && self->frame->len > 0)
        {
          g_string_truncate (commands, 0);
          heddle_terminal_paint (&self->terminal, self->frame->str, self->terminal.columns,
                                 commands);
          write_terminal (self, commands);
        }
    }
}

/* Called with write_lock held. */
static void
paint (HeddleOutput *self)
{
  g_autoptr (GString) commands = g_string_new (NULL);
  guint columns, rows;

  if (self->painter == NULL || !heddle_terminal_is_foreground (&self->terminal))
    return;
  heddle_terminal_get_size (&self->terminal, &columns, &rows);
  g_string_truncate (self->frame, 0);
  self->painter (self->frame, columns, rows, self->painter_data);
  heddle_terminal_paint (&self->terminal, self->frame->str, columns, commands);
  write_terminal (self, commands);
}

/* Sleeps until there is something to do. Called with lock held. Returns %FALSE when all has been
 * written and the output closes. */
static gboolean
wait_for_work (HeddleOutput *self)
{
  for (;;)
    {
      gint64 until = self->next_paint;

      if (self->closing || self->full)
        return !self->closing || self->pending_since != 0;
      if (self->pending_since != 0)
        until = MIN (until, self->pending_since + GATHER_NS);
      if (until <= heddle_clock_monotonic_ns ())
        return TRUE;
      heddle_cond_wait_until (&self->wanted, &self->lock, until);
    }
}

static void
schedule (HeddleOutput *self, gint64 next_paint)
{
  pthread_mutex_lock (&self->lock);
  self->next_paint = next_paint;
  pthread_cond_signal (&self->wanted);
  pthread_mutex_unlock (&self->lock);
}

static void *
output_thread (void *data)
{
  HeddleOutput *self = data;

  pthread_setname_np (pthread_self (), "heddle-output");
  for (;;)
    {
      gboolean more, painting;

      pthread_mutex_lock (&self->lock);
      more = wait_for_work (self);
      painting = !self->closing && heddle_clock_monotonic_ns () >= self->next_paint;
      self->pending_since = 0;
      self->full = FALSE;
      pthread_mutex_unlock (&self->lock);
      if (!more)
        return NULL;

      pthread_mutex_lock (&self->write_lock);
      write_streams (self);
      if (painting)
        {
          paint (self);
          schedule (self,
                    self->painter != NULL ? heddle_clock_monotonic_ns () + PAINT_NS : G_MAXINT64);
        }
      pthread_mutex_unlock (&self->write_lock);
    }
}

/**
 * heddle_output_new:
 * @failed: (nullable): called when a stream cannot be written to
 * @data: for @failed
 *
 * Starts the output for standard output and standard error. SIGPIPE must be ignored.
 *
 * Returns: (nullable): the output, or %NULL with @error set if the system gives no thread
 */
HeddleOutput *
heddle_output_new (HeddleOutputFailed failed, gpointer data, GError **error)
{
  HeddleOutput *self = g_new0 (HeddleOutput, 1);
  int code;

  self->failed = failed;
  self->failed_data = data;
  self->streams[HEDDLE_STREAM_OUT].fd = STDOUT_FILENO;
  self->streams[HEDDLE_STREAM_ERR].fd = STDERR_FILENO;
  self->index[HEDDLE_STREAM_OUT] = HEDDLE_STREAM_OUT;
  self->index[HEDDLE_STREAM_ERR] =
    same_file (STDOUT_FILENO, STDERR_FILENO) ? HEDDLE_STREAM_OUT : HEDDLE_STREAM_ERR;
  self->frame = g_string_new (NULL);
  self->next_paint = G_MAXINT64;
  pthread_mutex_init (&self->write_lock, NULL);
  pthread_mutex_init (&self->lock, NULL);
  pthread_cond_init (&self->written, NULL);
  heddle_cond_init (&self->wanted);
  code = pthread_create (&self->thread, NULL, output_thread, self);
  if (code == 0)
    return self;
  self->joined = TRUE; /* there is nobody to wait for */
  heddle_output_free (self);
  heddle_set_system_error (error, code, _("The thread that writes results cannot be started"));
  return NULL;
}

/**
 * heddle_output_free:
 *
 * Closes the output if that has not been done, and frees it.
 */
void
heddle_output_free (HeddleOutput *self)
{
  heddle_output_close (self);
  for (guint i = 0; i < HEDDLE_N_STREAMS; i++)
    {
      g_free (self->streams[i].bytes);
      g_free (self->streams[i].spare);
    }
  if (self->has_terminal)
    heddle_terminal_clear (&self->terminal);
  g_string_free (self->frame, TRUE);
  pthread_cond_destroy (&self->wanted);
  pthread_cond_destroy (&self->written);
  pthread_mutex_destroy (&self->lock);
  pthread_mutex_destroy (&self->write_lock);
  g_free (self);
}

static char *
make_room (Stream *to, gsize room)
{
  if (to->size - to->length < room)
    {
      to->size = MAX (to->length + room, FULL_BYTES + FULL_BYTES / 8);
      to->bytes = g_realloc (to->bytes, to->size);
    }
  return to->bytes + to->length;
}

/**
 * heddle_output_begin:
 * @stream: where the text goes
 * @room: how many bytes are needed at most
 *
 * Waits until the stream's buffer has room, and locks it. Any thread; heddle_output_commit() must
 * follow at once.
 *
 * Returns: where to write
 */
char *
heddle_output_begin (HeddleOutput *self, HeddleStream stream, gsize room)
{
  Stream *to = &self->streams[self->index[stream]];

  pthread_mutex_lock (&self->lock);
  while (to->length > FULL_BYTES && to->error == 0)
    pthread_cond_wait (&self->written, &self->lock);
  return make_room (to, room);
}

/**
 * heddle_output_commit:
 * @stream: as for heddle_output_begin()
 * @end: the byte behind the last one written
 *
 * The text is complete; it will be written soon.
 */
void
heddle_output_commit (HeddleOutput *self, HeddleStream stream, char *end)
{
  Stream *to = &self->streams[self->index[stream]];
  gsize length = end - to->bytes;
  gboolean wake = FALSE;

  if (to->error == 0 && length > to->length)
    {
      wake = to->length < WAKE_BYTES && length >= WAKE_BYTES;
      self->full |= wake;
      if (self->pending_since == 0)
        {
          self->pending_since = heddle_clock_monotonic_ns ();
          wake = TRUE;
        }
      to->length = length;
    }
  if (wake)
    pthread_cond_signal (&self->wanted);
  pthread_mutex_unlock (&self->lock);
}

/**
 * heddle_output_write:
 *
 * Appends @text, @length bytes or up to its NUL where that is -1. Waits while the buffer is full.
 * Any thread.
 */
void
heddle_output_write (HeddleOutput *self, HeddleStream stream, const char *text, gssize length)
{
  gsize n = length < 0 ? strlen (text) : (gsize) length;
  char *to = heddle_output_begin (self, stream, n);

  if (n > 0) /* else there may be no buffer yet */
    memcpy (to, text, n);
  heddle_output_commit (self, stream, to + n);
}

/**
 * heddle_output_say:
 *
 * Appends a few words to standard error, even if its buffer is full. Any thread, does not block.
 */
void
heddle_output_say (HeddleOutput *self, const char *text)
{
  gsize n = strlen (text);
  char *to;

  pthread_mutex_lock (&self->lock);
  to = make_room (&self->streams[self->index[HEDDLE_STREAM_ERR]], n);
  memcpy (to, text, n);
  heddle_output_commit (self, HEDDLE_STREAM_ERR, to + n);
}

/**
 * heddle_output_printf:
 *
 * Appends a text as printf() would make it. Waits while the buffer is full. Any thread.
 */
void
heddle_output_printf (HeddleOutput *self, HeddleStream stream, const char *format, ...)
{
  g_autofree char *text = NULL;
  va_list arguments;

  va_start (arguments, format);
  text = g_strdup_vprintf (format, arguments);
  va_end (arguments);
  heddle_output_write (self, stream, text, -1);
}

/**
 * heddle_output_find_terminal:
 *
 * Returns: where a live view can be shown: standard error, or else standard output, if that is a
 * terminal that knows how to move its cursor; -1 where none is
 */
int
heddle_output_find_terminal (void)
{
  const char *term = g_getenv ("TERM");

  if (term == NULL || *term == '\0' || g_str_equal (term, "dumb"))
    return -1;
  if (isatty (STDERR_FILENO))
    return STDERR_FILENO;
  return isatty (STDOUT_FILENO) ? STDOUT_FILENO : -1;
}

/**
 * heddle_output_set_painter:
 * @terminal: from heddle_output_find_terminal(), not -1
 * @painter: (nullable): paints the live view; %NULL ends it
 * @data: for @painter, used until this function has been called with %NULL
 *
 * Starts or ends the live view. Owner's thread.
 */
void
heddle_output_set_painter (HeddleOutput *self, int terminal, HeddleOutputPainter painter,
                           gpointer data)
{
  pthread_mutex_lock (&self->write_lock);
  if (!self->has_terminal && painter != NULL)
    {
      heddle_terminal_init (&self->terminal, terminal);
      self->has_terminal = TRUE;
      self->terminal_stream =
        self->index[terminal == STDOUT_FILENO ? HEDDLE_STREAM_OUT : HEDDLE_STREAM_ERR];
    }
  if (self->has_terminal && painter == NULL)
    {
      leave_terminal (self);
      g_string_truncate (self->frame, 0);
    }
  self->painter = painter;
  self->painter_data = data;
  /* not at once: what is over in a moment needs no view */
  schedule (self, painter != NULL ? heddle_clock_monotonic_ns () + PAINT_NS : G_MAXINT64);
  pthread_mutex_unlock (&self->write_lock);
}

/**
 * heddle_output_repaint:
 *
 * Paints the live view now, if there is one. Any thread.
 */
void
heddle_output_repaint (HeddleOutput *self)
{
  pthread_mutex_lock (&self->lock);
  if (self->next_paint != G_MAXINT64)
    self->next_paint = 0;
  pthread_cond_signal (&self->wanted);
  pthread_mutex_unlock (&self->lock);
}

/**
 * heddle_output_suspend:
 *
 * Takes the live view away and stops the process, as Ctrl+Z does. When it goes on, the view is
 * painted anew. Any thread.
 */
void
heddle_output_suspend (HeddleOutput *self)
{
  pthread_mutex_lock (&self->write_lock);
  if (self->has_terminal)
    leave_terminal (self);
  /* This very thread stops first, and the others with it: a signal to the process would be another
   * thread's to take, and this one could go on and have the view painted before it does. */
  pthread_kill (pthread_self (), SIGSTOP);
  pthread_mutex_unlock (&self->write_lock);
}

/**
 * heddle_output_close:
 *
 * Writes what is left, gives the terminal back and ends the thread. Owner's thread; may be called
 * again.
 *
 * Returns: 0, or the errno with which standard output failed
 */
int
heddle_output_close (HeddleOutput *self)
{
  if (!self->joined)
    {
      heddle_output_set_painter (self, -1, NULL, NULL);
      pthread_mutex_lock (&self->lock);
      self->closing = TRUE;
      pthread_cond_signal (&self->wanted);
      pthread_mutex_unlock (&self->lock);
      pthread_join (self->thread, NULL);
      self->joined = TRUE;
    }
  return self->streams[HEDDLE_STREAM_OUT].error;
}
