/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

/*
 * Which thread had which processor, from the kernel itself: perf_event_open(2) with an event that
 * counts nothing and tells of each switch. It needs no privilege for one's own threads, as long as
 * kernel.perf_event_paranoid is 2 or less; Debian and Ubuntu set it higher.
 *
 * Threads and processes that the opening thread makes afterwards inherit the event, whatever
 * program they execute. An event that is inherited can be mapped only if it belongs to one
 * processor, so there is one event and one ring for each; events of threads that were there before
 * are sent into the same rings.
 *
 * Where a ring is full the kernel gives up records. It tells so in the ring, but not before there
 * is room for one more record, and since Linux 6.0 in what read(2) says of the event. Whoever takes
 * the records is told of it among them.
 */

#include "trace/switches.h"

#include <errno.h>
#include <glib/gi18n-lib.h>
#include <linux/perf_event.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/descriptor.h"
#include "base/error.h"

#define PARANOID "/proc/sys/kernel/perf_event_paranoid"
#define MAX_CPUS 8192 /* more than any kernel is built for */

/* The same since Linux 6.0, but not in every header. */
#define FORMAT_LOST (1u << 4)

/* What one processor tells. */
typedef struct {
  guint cpu;
  int fd;
  gpointer map;   /* a page that tells of the ring, and the ring */
  gsize map_size; /* bytes */
  HeddleSwitchRing ring;
  guint64 n_told;    /* records lost, by read(2), when it was asked last */
  guint64 n_missing; /* records lost, as far as is known */
} CpuRing;

/* An event of a thread that was there before. */
typedef struct {
  guint ring; /* index of the one that it writes into */
  int fd;
} AddedEvent;

struct _HeddleSwitches {
  GArray *rings; /* of CpuRing */
  GArray *added; /* of AddedEvent */
  gboolean has_format_lost;
  int wake_fd; /* epoll, of all events */
};

/* Returns: kernel.perf_event_paranoid; G_MININT where there is no such setting. */
static int
read_paranoid (void)
{
  char text[16];

  return heddle_read_small (PARANOID, text, sizeof text) ? atoi (text) : G_MININT;
}

/**
 * heddle_switches_explain_dup:
 * @code: why perf_event_open(2) was refused
 * @paranoid: what kernel.perf_event_paranoid is; G_MININT if there is no such setting
 *
 * Returns: (transfer full): why the switches of threads are not shown, and what can be done about
 *   it. Any thread.
 */
char *
heddle_switches_explain_dup (int code, int paranoid)
{
  g_autofree char *reason = NULL;

  if (code == EACCES && paranoid >= 3)
    return g_strdup_printf (
      _("This system does not let users see thread switches (kernel.perf_event_paranoid is %d). To allow it until the next start of the system: %s. To allow it for good, put the line “kernel.perf_event_paranoid = 2” into the file /etc/sysctl.d/60-heddle.conf."),
      paranoid, HEDDLE_SWITCHES_ALLOW);
  if (code == EACCES)
    return g_strdup (
      _("The thread belongs to another user or to a protected program, or a security module (SELinux, AppArmor) does not let programs see thread switches."));
  if (code == ENOSYS && paranoid == G_MININT)
    return g_strdup (_("The kernel was built without performance events (CONFIG_PERF_EVENTS)."));
  if (code == EPERM || code == ENOSYS)
    return g_strdup (
      _("The container or sandbox does not let programs see thread switches (perf_event_open). Allow that call in its seccomp profile, or run Heddle outside of it."));
  if (code == ESRCH)
    return g_strdup (_("The thread has ended."));
  reason = heddle_system_error_dup (code);
  return g_strdup_printf (_("Thread switches cannot be seen: %s"), reason);
}

static void
set_error (GError **error, int code)
{
  g_autofree char *text = heddle_switches_explain_dup (code, read_paranoid ());

  g_set_error_literal (error, HEDDLE_ERROR, HEDDLE_ERROR_START, text);
}

/* Returns: a descriptor; -1 with errno set. */
static int
open_event (const HeddleSwitches *self, guint32 tid, guint cpu, gboolean inherit)
{
  struct perf_event_attr attr = {
    .size = sizeof attr,
    .type = PERF_TYPE_SOFTWARE,
    .config = PERF_COUNT_SW_DUMMY,
    .sample_type = PERF_SAMPLE_TID | PERF_SAMPLE_TIME | PERF_SAMPLE_CPU,
    .read_format = self->has_format_lost ? FORMAT_LOST : 0,
    .inherit = inherit,
    .exclude_kernel = 1, /* or it needs a privilege */
    .exclude_hv = 1,
    .watermark = 1, /* whoever polls is woken when half of the ring is full */
    .task = 1,
    .context_switch = 1,
    .sample_id_all = 1,
    .use_clockid = 1,
    .clockid = CLOCK_MONOTONIC,
  };

  return heddle_move_high (
    (int) syscall (SYS_perf_event_open, &attr, (pid_t) tid, (int) cpu, -1, PERF_FLAG_FD_CLOEXEC));
}

/* Maps the ring of the processor, a smaller one where so much memory may not be locked. */
static gboolean
map_ring (CpuRing *cpu_ring, guint n_pages)
{
  gsize page = (gsize) sysconf (_SC_PAGESIZE);

  for (; n_pages > 0; n_pages /= 2)
    {
      gsize size = (n_pages + 1) * page;
      gpointer map = mmap (NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED, cpu_ring->fd, 0);

      if (map != MAP_FAILED)
        {
          cpu_ring->map = map;
          cpu_ring->map_size = size;
          heddle_switch_ring_init (&cpu_ring->ring, (guint8 *) map + page, n_pages * page);
          return TRUE;
        }
      if (errno != EPERM)
        return FALSE;
    }
  return FALSE;
}

static void
set_map_error (GError **error, int code)
{
  if (code == EPERM)
    g_set_error_literal (
      error, HEDDLE_ERROR, HEDDLE_ERROR_START,
      _("Thread switches cannot be seen: no more memory may be locked. Close other runs, or raise the limit of locked memory (ulimit -l)."));
  else
    set_error (error, code);
}

static void
close_ring (gpointer data)
{
  CpuRing *cpu_ring = data;

  if (cpu_ring->map != NULL)
    munmap (cpu_ring->map, cpu_ring->map_size);
  heddle_clear_fd (&cpu_ring->fd);
}

static void
close_added (gpointer data)
{
  AddedEvent *added = data;

  heddle_clear_fd (&added->fd);
}

/* Opens the event and the ring of one processor. */
static gboolean
open_ring (HeddleSwitches *self, guint cpu, guint n_pages, GError **error)
{
  struct epoll_event wake = { .events = EPOLLIN };
  CpuRing cpu_ring = { .cpu = cpu };

  cpu_ring.fd = open_event (self, 0, cpu, TRUE);
  /* a kernel before 6.0 */
  if (cpu_ring.fd < 0 && errno == EINVAL && self->has_format_lost)
    {
      self->has_format_lost = FALSE;
      cpu_ring.fd = open_event (self, 0, cpu, TRUE);
    }
  if (cpu_ring.fd < 0)
    {
      set_error (error, errno);
      return FALSE;
    }
  if (!map_ring (&cpu_ring, n_pages))
    {
      set_map_error (error, errno);
      close_ring (&cpu_ring);
      return FALSE;
    }
  g_array_append_val (self->rings, cpu_ring);
  if (epoll_ctl (self->wake_fd, EPOLL_CTL_ADD, cpu_ring.fd, &wake) == 0)
    return TRUE;
  set_error (error, errno);
  return FALSE;
}

/* Whether there is such a processor, be it at work or not; processors may be numbered with gaps. */
static gboolean
has_cpu (guint cpu)
{
  g_autofree char *path = g_strdup_printf ("/sys/devices/system/cpu/cpu%u", cpu);

  return access (path, F_OK) == 0;
}

static gboolean
open_rings (HeddleSwitches *self, guint n_pages, GError **error)
{
  glong n_cpus = MAX (sysconf (_SC_NPROCESSORS_CONF), 1);
  gboolean told = has_cpu (0);

  for (guint cpu = 0; (glong) self->rings->len < n_cpus && cpu < MAX_CPUS; cpu++)
    {
      if ((!told || has_cpu (cpu)) && !open_ring (self, cpu, n_pages, error))
        return FALSE;
    }
  return TRUE;
}

/**
 * heddle_switches_open:
 * @n_pages: of the ring of each processor, a power of two: %HEDDLE_SWITCHES_PAGES
 *
 * Begins to record the switches of the calling thread and of all threads and processes that are
 * made by it, and by those, from now on, as long as they have the user's own rights. They are
 * recorded until heddle_switches_free(). What is returned is for one thread at a time, any.
 *
 * Returns: (transfer full): the recording; NULL with HEDDLE_ERROR_START and a text that says what
 *   would allow it
 */
HeddleSwitches *
heddle_switches_open (guint n_pages, GError **error)
{
  HeddleSwitches *self = g_new0 (HeddleSwitches, 1);

  self->rings = g_array_new (FALSE, FALSE, sizeof (CpuRing));
  g_array_set_clear_func (self->rings, close_ring);
  self->added = g_array_new (FALSE, FALSE, sizeof (AddedEvent));
  g_array_set_clear_func (self->added, close_added);
  self->has_format_lost = TRUE;
  self->wake_fd = heddle_move_high (epoll_create1 (EPOLL_CLOEXEC));
  if (self->wake_fd < 0)
    set_error (error, errno);
  if (self->wake_fd < 0 || !open_rings (self, n_pages, error))
    g_clear_pointer (&self, heddle_switches_free);
  return self;
}

/**
 * heddle_switches_add_thread:
 * @tid: a thread of this user
 *
 * Records the switches of a thread that was there before, too; not those of threads that it makes.
 *
 * Returns: FALSE with HEDDLE_ERROR_START if that could not be had; nothing of the thread is
 *   recorded then
 */
gboolean
heddle_switches_add_thread (HeddleSwitches *self, guint32 tid, GError **error)
{
  guint n_before = self->added->len;

  for (guint i = 0; i < self->rings->len; i++)
    {
      const CpuRing *cpu_ring = &g_array_index (self->rings, CpuRing, i);
      AddedEvent added = { .ring = i, .fd = open_event (self, tid, cpu_ring->cpu, FALSE) };

      if (added.fd >= 0 && ioctl (added.fd, PERF_EVENT_IOC_SET_OUTPUT, cpu_ring->fd) == 0)
        {
          g_array_append_val (self->added, added);
          continue;
        }
      set_error (error, errno);
      close_added (&added);
      g_array_set_size (self->added, n_before);
      return FALSE;
    }
  return TRUE;
}

/**
 * heddle_switches_free:
 * @self: (transfer full) (nullable): a recording
 *
 * Ends the recording; threads that inherited it go on without.
 */
void
heddle_switches_free (HeddleSwitches *self)
{
  if (self == NULL)
    return;
  g_array_unref (self->added);
  g_array_unref (self->rings);
  heddle_clear_fd (&self->wake_fd);
  g_free (self);
}

/* How many records of the event were lost, by the kernel's own count. */
static guint64
read_lost (int fd)
{
  guint64 values[2] = { 0 }; /* what the event has counted, which is nothing, and the losses */

  return read (fd, values, sizeof values) == sizeof values ? values[1] : 0;
}

/* Asks for the losses of a ring. It takes the kernel a while, since it asks all who inherited. */
static guint64
ask_lost (const HeddleSwitches *self, guint index)
{
  guint64 lost = read_lost (g_array_index (self->rings, CpuRing, index).fd);

  for (guint i = 0; i < self->added->len; i++)
    {
      const AddedEvent *added = &g_array_index (self->added, AddedEvent, i);

      if (added->ring == index)
        lost += read_lost (added->fd);
    }
  return lost;
}

/* Hands out that records were lost; where the kernel does not count them it may be that none was,
 * so @missing is what is known. */
static void
tell_loss (CpuRing *cpu_ring, guint64 missing, HeddleSwitchTake take, gpointer data)
{
  HeddleSwitch loss = { .time_ns = cpu_ring->ring.last_ns, .cpu = (guint16) cpu_ring->cpu,
                        .kind = HEDDLE_SWITCH_LOST };

  cpu_ring->n_missing = MAX (cpu_ring->n_missing, missing);
  take (&loss, data);
}

static void
drain_ring (HeddleSwitches *self, guint index, HeddleSwitchTake take, gpointer data)
{
  CpuRing *cpu_ring = &g_array_index (self->rings, CpuRing, index);
  struct perf_event_mmap_page *page = cpu_ring->map;
  /* acquire: the records were written before the kernel moved the head */
  guint64 head = __atomic_load_n (&page->data_head, __ATOMIC_ACQUIRE);
  gboolean some = heddle_switch_ring_see (&cpu_ring->ring, head);
  gboolean full = some && heddle_switch_ring_is_full (&cpu_ring->ring);
  HeddleSwitch record;

  while (heddle_switch_ring_read (&cpu_ring->ring, &record))
    {
      if (record.kind != HEDDLE_SWITCH_LOST)
        take (&record, data);
      else if (cpu_ring->ring.lost > cpu_ring->n_missing)
        tell_loss (cpu_ring, cpu_ring->ring.lost, take, data);
    }
  if (cpu_ring->ring.broken)
    {
      tell_loss (cpu_ring, cpu_ring->n_missing + 1, take, data);
      return;
    }
  if (!some)
    return;
  /* release: the kernel must not write where the reader has not been yet */
  __atomic_store_n (&page->data_tail, cpu_ring->ring.tail, __ATOMIC_RELEASE);
  if (!full)
    return;
  if (self->has_format_lost)
    cpu_ring->n_told = ask_lost (self, index);
  if (!self->has_format_lost || cpu_ring->n_told > cpu_ring->n_missing)
    tell_loss (cpu_ring, cpu_ring->n_told, take, data);
}

/**
 * heddle_switches_drain:
 * @take: (scope call): is given each record
 *
 * Hands out what was recorded since the last time. The records of one processor come in order. A
 * thread that went to another one meanwhile may have its records out of order, within this call; a
 * record that is missing then for one of before this call comes with the next.
 */
void
heddle_switches_drain (HeddleSwitches *self, HeddleSwitchTake take, gpointer data)
{
  for (guint i = 0; i < self->rings->len; i++)
    drain_ring (self, i, take, data);
}

/**
 * heddle_switches_get_lost:
 *
 * Returns: how many records were lost, as far as heddle_switches_drain() has learnt
 */
guint64
heddle_switches_get_lost (const HeddleSwitches *self)
{
  guint64 lost = 0;

  for (guint i = 0; i < self->rings->len; i++)
    lost += g_array_index (self->rings, CpuRing, i).n_missing;
  return lost;
}

/**
 * heddle_switches_get_wake_fd:
 *
 * Returns: a descriptor that can be read, for poll(2), once after half of a ring has filled; stays
 *   the recording's
 */
int
heddle_switches_get_wake_fd (const HeddleSwitches *self)
{
  return self->wake_fd;
}

/**
 * heddle_switches_get_bytes:
 *
 * Returns: what the rings take in memory
 */
gsize
heddle_switches_get_bytes (const HeddleSwitches *self)
{
  gsize bytes = 0;

  for (guint i = 0; i < self->rings->len; i++)
    bytes += g_array_index (self->rings, CpuRing, i).map_size;
  return bytes;
}
