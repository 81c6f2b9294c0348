/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "engine/model/processors.h"

#include <errno.h>
#include <glib/gi18n-lib.h>
#include <math.h>
#include <pthread.h>
#include <sched.h>
#include <string.h>
#include <unistd.h>

/*
 * How many processors this program may keep busy at the same time: those of its affinity, and of
 * these no more than the CPU quota of its control group pays for. A quota of 1.5 CPUs is two
 * processors: with one, half a CPU would be left.
 *
 * A quota may be set in any group from the program's own up to the root of its hierarchy, and the
 * least one counts. Control groups of version 2 say so in cpu.max, those of version 1, where they
 * have the controller cpu, in cpu.cfs_quota_us. Where the files of a group are is told by
 * /proc/self/cgroup and /proc/self/mountinfo; in a container only a part of the hierarchy may be
 * mounted, and the rest cannot be seen.
 */
#define MAX_CPUS (1 << 20)

/* The text of a small file below @root, "" where there is none. */
static char *
read_file (const char *root, const char *folder, const char *name)
{
  g_autofree char *path = g_strconcat (root, folder, "/", name, NULL);
  char *text = NULL;

  return g_file_get_contents (path, &text, NULL, NULL) ? text : g_strdup ("");
}

/* "150000 100000": microseconds of a period. 0: no limit ("max", -1), or not understood. */
static double
read_ratio (const char *quota, const char *period)
{
  char *end;
  gint64 time = g_ascii_strtoll (quota, &end, 10);
  gint64 of = g_ascii_strtoll (period, NULL, 10);

  return end != quota && time > 0 && of > 0 ? (double) time / (double) of : 0;
}

static double
read_quota (const char *root, const char *folder, gboolean unified)
{
  if (unified)
    {
      g_autofree char *text = read_file (root, folder, "cpu.max");
      const char *period = strchr (text, ' ');

      return period != NULL ? read_ratio (text, period) : 0;
    }
  else
    {
      g_autofree char *quota = read_file (root, folder, "cpu.cfs_quota_us");
      g_autofree char *period = read_file (root, folder, "cpu.cfs_period_us");

      return read_ratio (quota, period);
    }
}

/* The least of all quotas, and in which folder it stands. */
typedef struct {
  double cpus; /* 0: there is none */
  char *folder;
} Quota;

static void
take_quota (Quota *least, double cpus, const char *folder)
{
  if (cpus <= 0 || (least->cpus > 0 && cpus >= least->cpus))
    return;
  least->cpus = cpus;
  g_free (least->folder);
  least->folder = g_strdup (folder);
}

/* Those of the group @path and of all above it that are mounted. */
static void
walk_up (const char *root, const char *mounted_at, const char *path, gboolean unified, Quota *least)
{
  g_autofree char *folder = g_strconcat (mounted_at, path, NULL);
  gsize top = strlen (mounted_at);

  while (TRUE)
    {
      char *slash;

      take_quota (least, read_quota (root, folder, unified), folder);
      slash = strrchr (folder, '/');
      if (slash == NULL || strlen (folder) <= top || (gsize) (slash - folder) < top)
        return;
      *slash = '\0';
    }
}

static gboolean
has_word (const char *list, const char *word)
{
  g_auto (GStrv) words = g_strsplit (list, ",", -1);

  return g_strv_contains ((const char *const *) words, word);
}

/* What of @path lies below the mounted part, with a slash in front; NULL: nothing. */
static const char *
below (const char *path, const char *mounted)
{
  gsize length = g_str_equal (mounted, "/") ? 0 : strlen (mounted);

  if (strncmp (path, mounted, length) != 0 || (path[length] != '/' && path[length] != '\0'))
    return NULL;
  return path + length;
}

/* Those in one hierarchy, in which this program is in the group @path. */
static void
find_in_hierarchy (const char *root, char **mounts, const char *path, gboolean unified,
                   Quota *least)
{
  for (guint i = 0; mounts[i] != NULL; i++)
    {
      /* "35 24 0:30 /mounted /mounted/at rw - cgroup2 cgroup2 rw,cpu", more words before the
       * dash */
      g_auto (GStrv) halves = g_strsplit (mounts[i], " - ", 2);
      gboolean whole = g_strv_length (halves) == 2;
      g_auto (GStrv) where = g_strsplit (whole ? halves[0] : "", " ", -1);
      g_auto (GStrv) what = g_strsplit (whole ? halves[1] : "", " ", -1);
      g_autofree char *mounted = NULL;
      g_autofree char *mounted_at = NULL;
      const char *rest;

      if (g_strv_length (where) < 5 || g_strv_length (what) < 3
          || !g_str_equal (what[0], unified ? "cgroup2" : "cgroup"))
        continue;
      if (!unified && !has_word (what[2], "cpu"))
        continue;
      mounted = g_strcompress (where[3]); /* a space is \040 there */
      mounted_at = g_strcompress (where[4]);
      /* outside of the program's view: only what is mounted can be asked */
      rest = g_str_has_prefix (path, "/..") ? "" : below (path, mounted);
      walk_up (root, mounted_at, rest != NULL && !g_str_equal (rest, "/") ? rest : "", unified,
               least);
      return;
    }
}

/**
 * heddle_processors_find_quota:
 * @root: "" for this machine; the tests have another folder with a proc and a sys in it
 * @folder: (out) (optional) (transfer full) (nullable): the folder of the control group that has
 * this quota, below @root; NULL: there is none
 *
 * Reads files: not on the main loop. Any thread.
 *
 * Returns: how many CPUs' time the control groups of this program allow it, 0: there is no limit
 */
double
heddle_processors_find_quota (const char *root, char **folder)
{
  g_autofree char *groups_text = read_file (root, "/proc/self", "cgroup");
  g_autofree char *mounts_text = read_file (root, "/proc/self", "mountinfo");
  g_auto (GStrv) groups = g_strsplit (groups_text, "\n", -1);
  g_auto (GStrv) mounts = g_strsplit (mounts_text, "\n", -1);
  Quota least = { 0 };

  for (guint i = 0; groups[i] != NULL; i++)
    {
      /* "0::/user.slice", or "4:cpu,cpuacct:/user.slice"; a path may have colons, too */
      g_auto (GStrv) parts = g_strsplit (groups[i], ":", 3);

      if (g_strv_length (parts) < 3)
        continue;
      if (g_str_equal (parts[0], "0") && *parts[1] == '\0')
        find_in_hierarchy (root, mounts, parts[2], TRUE, &least);
      else if (has_word (parts[1], "cpu"))
        find_in_hierarchy (root, mounts, parts[2], FALSE, &least);
    }
  if (folder != NULL)
    *folder = g_steal_pointer (&least.folder);
  g_free (least.folder);
  return least.cpus;
}

/* 0 where the kernel does not say. */
static guint
count_affinity (void)
{
  for (int cpus = CPU_SETSIZE; cpus <= MAX_CPUS; cpus *= 2)
    {
      cpu_set_t *set = CPU_ALLOC (cpus);
      gsize size = CPU_ALLOC_SIZE (cpus);
      int n = 0;
      gboolean too_small;

      if (set == NULL)
        return 0;
      CPU_ZERO_S (size, set);
      too_small = sched_getaffinity (0, size, set) != 0;
      if (!too_small)
        n = CPU_COUNT_S (size, set);
      else
        too_small = errno == EINVAL; /* the machine has more of them */
      CPU_FREE (set);
      if (!too_small)
        return (guint) n;
    }
  return 0;
}

static pthread_once_t quota_once = PTHREAD_ONCE_INIT;
static double quota; /* set once */
static char *quota_folder; /* likewise */

static void
find_quota (void)
{
  quota = heddle_processors_find_quota ("", &quota_folder);
}

/**
 * heddle_processors_get:
 *
 * The affinity is that of the calling thread; the first call reads the quota. Any thread.
 */
HeddleProcessors
heddle_processors_get (void)
{
  long online = sysconf (_SC_NPROCESSORS_ONLN);
  guint affinity = count_affinity ();
  HeddleProcessors self = { .count = online > 0 ? (guint) online : 1,
                            .from = HEDDLE_PROCESSORS_MACHINE };

  pthread_once (&quota_once, find_quota);
  self.quota = quota;
  if (affinity > 0 && affinity < self.count)
    {
      self.count = affinity;
      self.from = HEDDLE_PROCESSORS_AFFINITY;
    }
  if (quota > 0 && ceil (quota) < self.count)
    {
      self.count = (guint) ceil (quota);
      self.from = HEDDLE_PROCESSORS_QUOTA;
    }
  return self;
}

/**
 * heddle_throttling_parse:
 * @text: of cpu.stat, of control groups of version 1 or 2: a name and a number a line
 * @throttling: (out): what it says
 *
 * Pure.
 *
 * Returns: whether it says so
 */
gboolean
heddle_throttling_parse (const char *text, HeddleThrottling *throttling)
{
  g_auto (GStrv) lines = g_strsplit (text, "\n", -1);
  gboolean has_periods = FALSE, has_throttled = FALSE;

  *throttling = (HeddleThrottling) { 0 };
  for (guint i = 0; lines[i] != NULL; i++)
    if (g_str_has_prefix (lines[i], "nr_periods "))
      has_periods = g_ascii_string_to_unsigned (lines[i] + strlen ("nr_periods "), 10, 0,
                                                G_MAXUINT64, &throttling->n_periods, NULL);
    else if (g_str_has_prefix (lines[i], "nr_throttled "))
      has_throttled = g_ascii_string_to_unsigned (lines[i] + strlen ("nr_throttled "), 10, 0,
                                                  G_MAXUINT64, &throttling->n_throttled, NULL);
  return has_periods && has_throttled && throttling->n_throttled <= throttling->n_periods;
}

/**
 * heddle_processors_get_throttling:
 * @throttling: (out): of the control group whose quota counts, since it was made
 *
 * Reads a file: not on the main loop. Any thread.
 *
 * Returns: whether there is a quota and it is known
 */
gboolean
heddle_processors_get_throttling (HeddleThrottling *throttling)
{
  g_autofree char *text = NULL;

  pthread_once (&quota_once, find_quota);
  if (quota_folder == NULL)
    return FALSE;
  text = read_file ("", quota_folder, "cpu.stat");
  return heddle_throttling_parse (text, throttling);
}

/**
 * heddle_processors_dup_text:
 *
 * Returns: (transfer full): the number and its source, translated: "2, from the processor affinity"
 */
char *
heddle_processors_dup_text (const HeddleProcessors *self)
{
  switch (self->from)
    {
    case HEDDLE_PROCESSORS_AFFINITY:
      return g_strdup_printf (_("%u, from the processor affinity"), self->count);
    case HEDDLE_PROCESSORS_QUOTA:
      return g_strdup_printf (_("%u, from the control group's quota of %.4g CPUs"), self->count,
                              self->quota);
    case HEDDLE_PROCESSORS_MACHINE:
    default:
      return g_strdup_printf (_("%u, the processors of this machine"), self->count);
    }
}
