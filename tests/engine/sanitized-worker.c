/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Linked into worker programs where the address sanitizer is. To look for leaks takes a process
 * longer than to start and to execute its tasks, and the tests start thousands: workers do so only
 * where ASAN_OPTIONS says detect_leaks=1, as it does for the tests that are about them. Nor do they
 * guard static data, which the same code has in the test programs.
 */
const char *__asan_default_options (void);

const char *
__asan_default_options (void)
{
  return "detect_leaks=0:report_globals=0";
}
