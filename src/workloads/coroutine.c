/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

/*
 * Coroutines: cooperative multitasking in its barest form. Resuming one exchanges the stack and the
 * registers (swapcontext), and yielding exchanges them back; the kernel knows nothing of it and
 * sees one thread. The sanitizers follow a thread's stack, so every exchange is reported to them.
 */

#include "workloads/coroutine.h"

#include <sys/mman.h>
#include <ucontext.h>
#include <unistd.h>

#if defined(__has_feature)
#define HAS_FEATURE(feature) __has_feature (feature)
#else
#define HAS_FEATURE(feature) 0
#endif
#if defined(__SANITIZE_ADDRESS__) || HAS_FEATURE (address_sanitizer)
#include <sanitizer/common_interface_defs.h>
#define WITH_ASAN 1
#endif
#if defined(__SANITIZE_THREAD__) || HAS_FEATURE (thread_sanitizer)
#include <sanitizer/tsan_interface.h>
#define WITH_TSAN 1
#endif

#define STACK_BYTES (256 << 10)

struct _HeddleCoroutine {
  HeddleCoroutineBody body;
  gpointer data;
  guint8 *memory; /* a guard page, then the stack */
  gsize page;
  gboolean finished;
  ucontext_t own;
  ucontext_t caller;
#ifdef WITH_ASAN
  void *own_fake, *caller_fake;
  const void *caller_stack;
  size_t caller_bytes;
#endif
#ifdef WITH_TSAN
  void *own_fiber, *caller_fiber;
#endif
};

/* On the coroutine's stack, right after it was switched to. */
static void
arrive (HeddleCoroutine *self)
{
#ifdef WITH_ASAN
  __sanitizer_finish_switch_fiber (self->own_fake, &self->caller_stack, &self->caller_bytes);
#endif
}

/* On the coroutine's stack, before it goes back to the caller's. */
static void
depart (HeddleCoroutine *self)
{
#ifdef WITH_ASAN
  __sanitizer_start_switch_fiber (self->finished ? NULL : &self->own_fake, self->caller_stack,
                                  self->caller_bytes);
#endif
#ifdef WITH_TSAN
  __tsan_switch_to_fiber (self->caller_fiber, 0);
#endif
}

/* makecontext() hands over ints only: a pointer comes in two halves. */
static void
enter (guint high, guint low)
{
  HeddleCoroutine *self = (HeddleCoroutine *) (((guintptr) high << 32) | low);

  arrive (self);
  self->body (self, self->data);
  self->finished = TRUE;
  depart (self);
  setcontext (&self->caller);
}

/**
 * heddle_coroutine_new:
 * @body: runs when it is resumed for the first time
 *
 * Returns: (transfer full): a coroutine that has not begun. It belongs to the thread that resumes
 * it.
 */
HeddleCoroutine *
heddle_coroutine_new (HeddleCoroutineBody body, gpointer data)
{
  HeddleCoroutine *self = g_new0 (HeddleCoroutine, 1);
  guintptr address = (guintptr) self;

  self->body = body;
  self->data = data;
  self->page = (gsize) sysconf (_SC_PAGESIZE);
  self->memory = mmap (NULL, self->page + STACK_BYTES, PROT_READ | PROT_WRITE,
                       MAP_PRIVATE | MAP_ANONYMOUS | MAP_STACK, -1, 0);
  if (self->memory == MAP_FAILED)
    g_error ("no memory for a stack"); /* as g_new() does */
  mprotect (self->memory, self->page, PROT_NONE); /* whoever runs over the end is stopped */
  getcontext (&self->own);
  self->own.uc_stack.ss_sp = self->memory + self->page;
  self->own.uc_stack.ss_size = STACK_BYTES;
  self->own.uc_link = NULL;
  makecontext (&self->own, (void (*) (void)) enter, 2, (guint) (address >> 32),
               (guint) (address & G_MAXUINT32));
#ifdef WITH_TSAN
  self->own_fiber = __tsan_create_fiber (0);
#endif
  return self;
}

/**
 * heddle_coroutine_free:
 * @self: (transfer full) (nullable): one that has finished, or never begun
 */
void
heddle_coroutine_free (HeddleCoroutine *self)
{
  if (self == NULL)
    return;
#ifdef WITH_TSAN
  __tsan_destroy_fiber (self->own_fiber);
#endif
  munmap (self->memory, self->page + STACK_BYTES);
  g_free (self);
}

/**
 * heddle_coroutine_resume:
 *
 * Lets it go on until it yields or its body returns.
 *
 * Returns: FALSE once its body has returned
 */
gboolean
heddle_coroutine_resume (HeddleCoroutine *self)
{
  if (self->finished)
    return FALSE;
#ifdef WITH_ASAN
  __sanitizer_start_switch_fiber (&self->caller_fake, self->memory + self->page, STACK_BYTES);
#endif
#ifdef WITH_TSAN
  self->caller_fiber = __tsan_get_current_fiber ();
  __tsan_switch_to_fiber (self->own_fiber, 0);
#endif
  swapcontext (&self->caller, &self->own);
#ifdef WITH_ASAN
  __sanitizer_finish_switch_fiber (self->caller_fake, NULL, NULL);
#endif
  return !self->finished;
}

/**
 * heddle_coroutine_yield:
 *
 * Goes back to whoever resumed it, and comes back when it is resumed again. From inside its body
 * only.
 */
void
heddle_coroutine_yield (HeddleCoroutine *self)
{
  depart (self);
  swapcontext (&self->own, &self->caller);
  arrive (self);
}
