// SPDX-License-Identifier: GPL-3.0-or-later
// The same measurement as pool-bench.c for oneTBB's task_group: tbb-bench WORKERS TASKS WORK_NS
#include <atomic>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <thread>

#include <sys/resource.h>

#include <tbb/global_control.h>
#include <tbb/task_arena.h>
#include <tbb/task_group.h>

using Clock = std::chrono::steady_clock;

static void
work (long long ns)
{
  if (ns < 0)
    std::this_thread::sleep_for (std::chrono::nanoseconds (-ns));
  else if (ns > 0)
    for (auto end = Clock::now () + std::chrono::nanoseconds (ns); Clock::now () < end;)
      ;
}

int
main (int argc, char **argv)
{
  if (argc != 4)
    return 2;
  int workers = std::atoi (argv[1]);
  long long n = std::atoll (argv[2]), ns = std::atoll (argv[3]);
  std::atomic<long long> done{0};
  auto begin = Clock::now ();
  // one thread more: the one that submits is among the arena's
  tbb::global_control control (tbb::global_control::max_allowed_parallelism, workers + 1);
  tbb::task_arena arena (workers + 1, 1);
  arena.execute ([&] {
    tbb::task_group group;
    for (long long i = 0; i < n; i++)
      group.run ([&] {
        work (ns);
        done.fetch_add (1, std::memory_order_relaxed);
      });
    group.wait ();
  });
  double seconds = std::chrono::duration<double> (Clock::now () - begin).count ();
  if (done != n)
    return 1;
  struct rusage usage;
  getrusage (RUSAGE_SELF, &usage);
  std::printf ("%.0f %.6f\n", n / seconds, static_cast<double> (usage.ru_nvcsw + usage.ru_nivcsw) / n);
  return 0;
}
