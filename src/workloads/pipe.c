/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <glib/gi18n-lib.h>

#include "engine/sync/shared.h"
#include "engine/task/task.h"
#include "trace/clock.h"
#include "workloads/common.h"
#include "workloads/list.h"
#include "workloads/sharing.h"

#define MAX_BLOCK 65536

typedef struct {
  guint64 n_bytes;
  guint block;
  gint64 send_ns, receive_ns;
  HeddlePipe *pipe;
  HeddleValue *sent, *received;
  HeddleValue *sum_sent, *sum_received; /* each stored by one task, at its end */
  HeddleValue *died; /* workers; the bytes that each was sending or receiving are lost */
  HeddleEnd end;
} Stream;

static const HeddleParam params[] = {
  { .name = "megabytes", .label = N_("Amount"), .initial = "64", .min = 0.001, .max = 100000,
    .step = 0.001, .unit = N_("MB"), .description = N_("Amount of data that is sent.") },
  { .name = "block", .label = N_("Block"), .initial = "4096", .min = 1, .max = MAX_BLOCK,
    .description = N_("Number of bytes that are written and read at a time."),
    .field = HEDDLE_FIELD (Stream, block) },
  { .name = "send-pause", .label = N_("Pause of the sender"), .initial = "0", .max = 60,
    .step = 0.01, .unit = N_("s"),
    .description = N_("Time that the sender waits after each block."),
    .field = HEDDLE_FIELD (Stream, send_ns) },
  { .name = "receive-pause", .label = N_("Pause of the receiver"), .initial = "0", .max = 60,
    .step = 0.01, .unit = N_("s"),
    .description = N_("Time that the receiver waits after each block."),
    .field = HEDDLE_FIELD (Stream, receive_ns) },
};

static const HeddlePreset tries[] = {
  { N_("Blocks of 4096 bytes"), "megabytes=64 block=4096 send-pause=0 receive-pause=0" },
  { N_("Blocks of 64 bytes"), "megabytes=4 block=64 send-pause=0 receive-pause=0" },
  { N_("Blocks of 65536 bytes"), "megabytes=256 block=65536 send-pause=0 receive-pause=0" },
  { N_("A slow receiver: the pipe fills up"), "megabytes=0.5 block=4096 send-pause=0 receive-pause=0.02" },
  { N_("A slow sender"), "megabytes=0.5 block=4096 send-pause=0.02 receive-pause=0" },
  { NULL, NULL },
};

static gpointer
stream_open (const HeddleSettings *settings, GError **error)
{
  Stream *self = heddle_settings_open (settings, error);

  self->n_bytes = (guint64) (heddle_settings_get_number (settings, "megabytes") * 1e6 + 0.5);
  return self;
}

static gboolean
stream_share (gpointer data, HeddleShared *shared, GError **error)
{
  Stream *self = data;

  self->pipe = heddle_shared_pipe (shared, N_("pipe"));
  self->sent = heddle_shared_value (shared, N_("bytes sent"), 0, TRUE);
  self->received = heddle_shared_value (shared, N_("bytes received"), 0, TRUE);
  self->sum_sent = heddle_shared_value (shared, N_("sum sent"), 0, FALSE);
  self->sum_received = heddle_shared_value (shared, N_("sum received"), 0, FALSE);
  self->died = heddle_shared_value (shared, "died", 0, FALSE);
  heddle_end_share (&self->end, shared, 2);
  return TRUE;
}

static guint
stream_parties (gpointer data)
{
  return 2;
}

static gboolean
stream_produce (gpointer data, HeddleProducer *producer, GError **error)
{
  return heddle_roles_submit (producer, "sender", 1, "receiver", 1);
}

/* A sum that depends on every byte and its position, but not on how the bytes are cut into
 * blocks. */
static guint64
add_up (guint64 sum, const guint8 *bytes, gsize length)
{
  for (gsize i = 0; i < length; i++)
    sum = sum * 31 + bytes[i];
  return sum;
}

static gboolean
send_all (Stream *self, HeddleTask *task, guint8 *bytes)
{
  HeddleRandom random;
  guint64 done = 0;
  guint64 sum = 0;

  heddle_random_init (&random, 1, 1);
  for (guint i = 0; i < self->block; i++)
    bytes[i] = (guint8) heddle_random_next (&random);
  while (done < self->n_bytes)
    {
      gsize length = (gsize) MIN (self->block, self->n_bytes - done);

      bytes[0] = (guint8) heddle_random_next (&random); /* no two blocks are alike */
      if (heddle_pipe_write (self->pipe, task, bytes, length) != HEDDLE_SYNC_OK)
        return FALSE;
      sum = add_up (sum, bytes, length);
      done += length;
      heddle_value_set (self->sent, (gint64) done);
      heddle_task_set_progress (task, (double) done / (double) self->n_bytes);
      if (self->send_ns > 0 && !heddle_task_sleep (task, self->send_ns))
        return FALSE;
    }
  heddle_value_set (self->sum_sent, (gint64) sum);
  heddle_pipe_close_write (self->pipe);
  return TRUE;
}

static gboolean
receive_all (Stream *self, HeddleTask *task, guint8 *bytes)
{
  HeddleSyncStatus status;
  guint64 done = 0;
  guint64 sum = 0;
  gsize length;

  while ((status = heddle_pipe_read (self->pipe, task, bytes, self->block, &length))
         == HEDDLE_SYNC_OK)
    {
      sum = add_up (sum, bytes, length);
      done += length;
      heddle_value_set (self->received, (gint64) done);
      heddle_task_set_progress (task, (double) done / (double) self->n_bytes);
      if (self->receive_ns > 0 && !heddle_task_sleep (task, self->receive_ns))
        return FALSE;
    }
  heddle_value_set (self->sum_received, (gint64) sum);
  return status == HEDDLE_SYNC_CLOSED;
}

static void
compare (Stream *self, HeddleTask *task)
{
  gint64 sent = heddle_value_get (self->sent);
  gint64 received = heddle_value_get (self->received);

  if (sent == received
      && heddle_value_get (self->sum_sent) == heddle_value_get (self->sum_received))
    heddle_task_print (task, _("All %lld bytes arrived, in order."), (long long) sent);
  else
    heddle_task_fail (
      task,
      heddle_value_get (self->died) > 0
        ? _("%lld bytes were sent and %lld received: a worker died, and the bytes that it was sending or receiving are lost.")
        : _("%lld bytes were sent and %lld received, or the received bytes differ."),
      (long long) sent, (long long) received);
}

static void
stream_execute (gpointer data, HeddleTask *task)
{
  Stream *self = data;
  gboolean sender = heddle_role_is (task, "sender");
  gint64 began = heddle_clock_monotonic_ns ();
  g_autofree guint8 *bytes = g_malloc (self->block);
  double seconds, megabytes;

  if (heddle_task_get_attempt (task) > 1)
    heddle_value_add (self->died, 1);
  if (!(sender ? send_all (self, task, bytes) : receive_all (self, task, bytes)))
    return;
  seconds = heddle_seconds_since (began);
  /* a task that failed by this is tried again and fails again: the lost bytes do not come back */
  if (heddle_end_is_last (&self->end, task)
      || (heddle_task_get_attempt (task) > 1 && heddle_end_is_reached (&self->end)))
    compare (self, task);
  megabytes = (double) (sender ? self->n_bytes : (guint64) heddle_value_get (self->received)) / 1e6;
  heddle_task_return_printf (task,
                             sender ? _("sent %.3f MB in %.3f s, %.0f MB/s")
                                    : _("received %.3f MB in %.3f s, %.0f MB/s"),
                             megabytes, seconds, megabytes / seconds);
}

const HeddleWorkload heddle_workload_pipe = {
  .id = "pipe",
  .name = N_("Pipe"),
  .summary = N_("One worker sends bytes to another through a pipe; their sums are compared."),
  .about = N_("A pipe is a buffer in the kernel: another worker reads what one worker has written, in the same order. It usually holds 64 KiB. A worker that writes to a full "
              "pipe waits, a worker that reads from an empty pipe waits, and when it is closed the reader gets what is left and then the end.\n"
              "\n"
              "What to look for: the bytes per second, with large and with small blocks. Every block costs two calls into the kernel, and every byte is copied twice, so small "
              "blocks are several times slower. With a slow receiver “bytes sent” gets 64 KiB ahead and then grows at the receiver's pace.\n"
              "\n"
              "Both ends compute a sum over all bytes and their positions; the last line of the log says whether they agree."),
  .notes = N_("The notes show multiprocessing.Pipe: “a pair of connected endpoints, allowing for bi-directional communication”, with send() and recv() of whole objects. It is built "
              "on what is used here: a pipe(2), which goes one way and carries bytes only. A pipe(2) works between threads, too."),
  .tries = tries,
  .group = HEDDLE_GROUP_SHARING,
  .backends = HEDDLE_BACKENDS_CONCURRENT,
  .default_backend = HEDDLE_BACKEND_PROCESSES,
  .default_workers = 2,
  .params = params,
  .n_params = G_N_ELEMENTS (params),
  .data_size = sizeof (Stream),
  .open = stream_open,
  .share = stream_share,
  .input_label = heddle_role_label,
  .parties = stream_parties,
  .produce = stream_produce,
  .execute = stream_execute,
};
