/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <glib/gstdio.h>
#include <sched.h>
#include <string.h>
#include <unistd.h>

#include "engine/model/processors.h"
#include "engine/model/workload.h"

/* A machine's /proc and /sys, as far as control groups are told of there. */
static char *root;

static void
write_file (const char *path, const char *text)
{
  g_autofree char *full = g_strconcat (root, path, NULL);
  g_autofree char *folder = g_path_get_dirname (full);
  g_autoptr (GError) error = NULL;

  g_assert_cmpint (g_mkdir_with_parents (folder, 0755), ==, 0);
  g_file_set_contents (full, text, -1, &error);
  g_assert_no_error (error);
}

static void
remove_below (const char *folder)
{
  g_autoptr (GDir) dir = g_dir_open (folder, 0, NULL);
  const char *name;

  while (dir != NULL && (name = g_dir_read_name (dir)) != NULL)
    {
      g_autofree char *path = g_build_filename (folder, name, NULL);

      remove_below (path);
      g_assert_cmpint (g_remove (path), ==, 0);
    }
}

static void
set_up (void)
{
  g_autoptr (GError) error = NULL;

  root = g_dir_make_tmp ("heddle-processors-XXXXXX", &error);
  g_assert_no_error (error);
}

static void
tear_down (void)
{
  remove_below (root);
  g_assert_cmpint (g_rmdir (root), ==, 0);
  g_clear_pointer (&root, g_free);
}

static const char unified_mount[] = "22 1 0:20 / /proc rw - proc proc rw\n"
                                    "35 24 0:30 / /sys/fs/cgroup rw,nosuid shared:4 - cgroup2 cgroup2 rw,nsdelegate\n";

static void
no_limit_where_nothing_says_so (void)
{
  static const char *const texts[] = { "max 100000\n", "max\n",    "",
                                       "\n",           "100000\n", "-1 100000\n",
                                       "0 100000\n",   "5 0\n",    "many few\n" };

  set_up ();
  g_assert_cmpfloat (heddle_processors_find_quota (root, NULL), ==, 0);
  write_file ("/proc/self/cgroup", "0::/a\n");
  g_assert_cmpfloat (heddle_processors_find_quota (root, NULL), ==, 0);
  write_file ("/proc/self/mountinfo", unified_mount);
  g_assert_cmpfloat (heddle_processors_find_quota (root, NULL), ==, 0);
  for (guint i = 0; i < G_N_ELEMENTS (texts); i++)
    {
      write_file ("/sys/fs/cgroup/a/cpu.max", texts[i]);
      g_assert_cmpfloat (heddle_processors_find_quota (root, NULL), ==, 0);
    }
  write_file ("/proc/self/cgroup", "\n:\n0:\n0::\nx:cpu:/a\n::::\n");
  write_file ("/proc/self/mountinfo",
              "\n - \n1 2 3\n1 2 3 4 5 - cgroup2\n a b c d e - cgroup cgroup cpu\n");
  g_assert_cmpfloat (heddle_processors_find_quota (root, NULL), ==, 0);
  tear_down ();
}

/* In any group from the program's own to the root of what is mounted. */
static void
the_least_of_the_whole_path_counts (void)
{
  static const char *const folders[] = { "/sys/fs/cgroup/a b/c:d/e", "/sys/fs/cgroup/a b/c:d",
                                         "/sys/fs/cgroup/a b", "/sys/fs/cgroup" };

  set_up ();
  write_file ("/proc/self/cgroup", "0::/a b/c:d/e\n");
  write_file ("/proc/self/mountinfo", unified_mount);
  write_file ("/sys/fs/cpu.max", "1000 100000\n"); /* above the mount: not a group */
  for (guint least = 0; least < G_N_ELEMENTS (folders); least++)
    {
      for (guint i = 0; i < G_N_ELEMENTS (folders); i++)
        {
          g_autofree char *path = g_strconcat (folders[i], "/cpu.max", NULL);

          write_file (path,
                      i == least     ? "150000 100000\n"
                        : i % 2 == 0 ? "400000 100000\n"
                                     : "max 100000\n");
        }
      g_assert_cmpfloat (heddle_processors_find_quota (root, NULL), ==, 1.5);
    }
  tear_down ();
}

static void
version_1_tells_it_in_two_files (void)
{
  set_up ();
  write_file ("/proc/self/cgroup",
              "12:cpuset:/elsewhere\n4:cpu,cpuacct:/box/inner\n1:name=systemd:/box\n0::/unified\n");
  write_file ("/proc/self/mountinfo",
              "40 24 0:32 / /sys/fs/cgroup/cpuset rw - cgroup cgroup rw,cpuset\n"
              "41 24 0:33 / /sys/fs/cgroup/cpu,cpuacct rw shared:9 master:3 - cgroup cgroup rw,cpu,cpuacct\n"
              "42 24 0:34 / /sys/fs/cgroup/unified rw - cgroup2 cgroup2 rw\n");
  write_file ("/sys/fs/cgroup/cpu,cpuacct/box/inner/cpu.cfs_quota_us", "-1\n");
  write_file ("/sys/fs/cgroup/cpu,cpuacct/box/inner/cpu.cfs_period_us", "100000\n");
  g_assert_cmpfloat (heddle_processors_find_quota (root, NULL), ==, 0);
  write_file ("/sys/fs/cgroup/cpu,cpuacct/box/cpu.cfs_quota_us", "25000\n");
  g_assert_cmpfloat (heddle_processors_find_quota (root, NULL), ==, 0); /* a quota of no period */
  write_file ("/sys/fs/cgroup/cpu,cpuacct/box/cpu.cfs_period_us", "50000\n");
  g_assert_cmpfloat (heddle_processors_find_quota (root, NULL), ==, 0.5);
  /* both hierarchies at once: the least */
  write_file ("/sys/fs/cgroup/unified/unified/cpu.max", "20000 100000\n");
  g_assert_cmpfloat (heddle_processors_find_quota (root, NULL), ==, 0.2);
  tear_down ();
}

/* Of a container a part of the hierarchy is seen, from its own group on, mounted anywhere. */
static void
a_part_of_the_hierarchy_is_enough (void)
{
  set_up ();
  write_file ("/proc/self/mountinfo",
              "35 24 0:30 /docker/01ab /my\\040groups ro - cgroup2 cgroup2 rw\n");
  write_file ("/my groups/inner/cpu.max", "max 100000\n");
  write_file ("/my groups/cpu.max", "300000 100000\n");
  write_file ("/proc/self/cgroup", "0::/docker/01ab/inner\n");
  g_assert_cmpfloat (heddle_processors_find_quota (root, NULL), ==, 3);
  write_file ("/proc/self/cgroup", "0::/docker/01ab\n");
  g_assert_cmpfloat (heddle_processors_find_quota (root, NULL), ==, 3);
  write_file ("/proc/self/cgroup", "0::/\n");
  g_assert_cmpfloat (heddle_processors_find_quota (root, NULL), ==, 3);
  write_file ("/proc/self/cgroup",
              "0::/docker/01abc\n"); /* another one's: what is mounted is all that can be asked */
  g_assert_cmpfloat (heddle_processors_find_quota (root, NULL), ==, 3);
  write_file ("/proc/self/cgroup", "0::/../../elsewhere\n");
  g_assert_cmpfloat (heddle_processors_find_quota (root, NULL), ==, 3);
  tear_down ();
}

static void
assert_text (guint count, HeddleProcessorsFrom from, double quota, const char *expected)
{
  HeddleProcessors processors = { count, from, quota };
  g_autofree char *text = heddle_processors_dup_text (&processors);

  g_assert_cmpstr (text, ==, expected);
}

static void
the_text_says_what_it_is_from (void)
{
  assert_text (8, HEDDLE_PROCESSORS_MACHINE, 0, "8, the processors of this machine");
  assert_text (2, HEDDLE_PROCESSORS_AFFINITY, 0, "2, from the processor affinity");
  assert_text (2, HEDDLE_PROCESSORS_QUOTA, 1.5, "2, from the control group's quota of 1.5 CPUs");
}

/* One CPU of those that there are; a workload that asks for a number gets it all the same. */
static void
default_workers_know_the_affinity (void)
{
  static const HeddleWorkload open = { .id = "open" },
                              fixed = { .id = "fixed", .default_workers = 4 };
  g_autofree char *open_text = NULL;
  g_autofree char *fixed_text = heddle_workload_dup_default_workers_text (&fixed);
  HeddleProcessors processors = heddle_processors_get ();
  cpu_set_t before, one;
  int cpu = 0;

  CPU_ZERO (&before);
  g_assert_cmpint (sched_getaffinity (0, sizeof before, &before), ==, 0);
  g_assert_cmpuint (heddle_workload_get_default_workers (&open), ==, processors.count);
  g_assert_cmpuint (processors.count, <=, (guint) CPU_COUNT (&before));
  while (!CPU_ISSET (cpu, &before))
    cpu++;
  CPU_ZERO (&one);
  CPU_SET (cpu, &one);
  g_assert_cmpint (sched_setaffinity (0, sizeof one, &one), ==, 0);
  g_assert_cmpuint (heddle_workload_get_default_workers (&open), ==, 1);
  g_assert_cmpuint (heddle_workload_get_default_workers (&fixed), ==, 4);
  open_text = heddle_workload_dup_default_workers_text (&open);
  if (sysconf (_SC_NPROCESSORS_ONLN) > 1)
    g_assert_cmpstr (open_text, ==, "1, from the processor affinity");
  g_assert_cmpstr (fixed_text, ==, "4, the default of the workload");
  g_assert_cmpint (sched_setaffinity (0, sizeof before, &before), ==, 0);
}

static void
throttling_is_read_of_both_versions (void)
{
  static const char version_2[] = "usage_usec 5\nuser_usec 3\nsystem_usec 2\nnr_periods 40\n"
                                  "nr_throttled 12\nthrottled_usec 99\n";
  static const char version_1[] = "nr_periods 7\nnr_throttled 0\nthrottled_time 0";
  static const char *const wrong[] = {
    "", "\n", "nr_periods 40\n", "nr_throttled 12\n", "nr_periods\nnr_throttled\n",
    "nr_periods -4\nnr_throttled -5\n", "nr_periods 4\nnr_throttled 5\n",
    "nr_periods 4x\nnr_throttled 1\n", "nr_periods 99999999999999999999\nnr_throttled 1\n",
    "xnr_periods 4\nxnr_throttled 1\n",
  };
  HeddleThrottling throttling;

  g_assert_true (heddle_throttling_parse (version_2, &throttling));
  g_assert_cmpuint (throttling.n_periods, ==, 40);
  g_assert_cmpuint (throttling.n_throttled, ==, 12);
  g_assert_true (heddle_throttling_parse (version_1, &throttling));
  g_assert_cmpuint (throttling.n_periods, ==, 7);
  g_assert_cmpuint (throttling.n_throttled, ==, 0);
  for (guint i = 0; i < G_N_ELEMENTS (wrong); i++)
    if (heddle_throttling_parse (wrong[i], &throttling))
      g_error ("“%s” was accepted", wrong[i]);
}

static void
the_folder_of_the_least_quota (void)
{
  g_autofree char *folder = NULL;

  set_up ();
  g_assert_cmpfloat (heddle_processors_find_quota (root, &folder), ==, 0);
  g_assert_null (folder);
  write_file ("/proc/self/cgroup", "0::/a/b\n");
  write_file ("/proc/self/mountinfo", unified_mount);
  write_file ("/sys/fs/cgroup/a/b/cpu.max", "200000 100000\n");
  write_file ("/sys/fs/cgroup/a/cpu.max", "150000 100000\n");
  g_assert_cmpfloat (heddle_processors_find_quota (root, &folder), ==, 1.5);
  g_assert_cmpstr (folder, ==, "/sys/fs/cgroup/a");
  tear_down ();
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/processors/no-limit-where-nothing-says-so", no_limit_where_nothing_says_so);
  g_test_add_func ("/processors/the-least-of-the-whole-path-counts",
                   the_least_of_the_whole_path_counts);
  g_test_add_func ("/processors/version-1-tells-it-in-two-files", version_1_tells_it_in_two_files);
  g_test_add_func ("/processors/a-part-of-the-hierarchy-is-enough",
                   a_part_of_the_hierarchy_is_enough);
  g_test_add_func ("/processors/the-text-says-what-it-is-from", the_text_says_what_it_is_from);
  g_test_add_func ("/processors/default-workers-know-the-affinity",
                   default_workers_know_the_affinity);
  g_test_add_func ("/processors/throttling-is-read-of-both-versions",
                   throttling_is_read_of_both_versions);
  g_test_add_func ("/processors/the-folder-of-the-least-quota", the_folder_of_the_least_quota);
  return g_test_run ();
}
