/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The memory that tasks share, with any bytes in it: whoever looks at it stays inside, and says
 * what it cannot be. */
#include "config.h"

#include <stddef.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "engine/model/log.h"
#include "engine/sync/shared-private.h"
#include "engine/sync/shared.h"

/* One thread looks at them, and the thread sanitizer takes fifty times as long. */
#ifdef __SANITIZE_THREAD__
#define SEEDS 200
#else
#define SEEDS 4000
#endif
#define GUARD (1 << 20)
#define N_WORKERS 8
#define LIST_CAPACITY 5
#define DICT_CAPACITY 3
#define CHANNEL_CAPACITY 7

typedef struct {
  HeddleMutex *mutex;
  HeddleSemaphore *semaphore;
  HeddleBarrier *barrier;
  HeddleRwLock *rw;
  HeddleValue *value;
  HeddleList *list;
  HeddleDict *dict;
  HeddleChannel *channel;
} Objects;

typedef struct {
  HeddleShared *host;
  Objects objects;
  guint8 *guard; /* nothing may be read before or behind the arena */
  gsize guard_bytes;
  HeddleLog *log;
} Fixture;

static void
name_objects (HeddleShared *shared, Objects *objects)
{
  objects->mutex = heddle_shared_mutex (shared, "mutex");
  objects->semaphore = heddle_shared_semaphore (shared, "semaphore", 2);
  objects->barrier = heddle_shared_barrier (shared, "barrier", 3);
  objects->rw = heddle_shared_rw_lock (shared, "table", TRUE);
  objects->value = heddle_shared_value (shared, "value", 42, TRUE);
  objects->list = heddle_shared_list (shared, "list", LIST_CAPACITY, TRUE);
  objects->dict = heddle_shared_dict (shared, "dict", DICT_CAPACITY, TRUE);
  objects->channel = heddle_shared_channel (shared, "channel", CHANNEL_CAPACITY, TRUE);
}

/* The arena in the middle of pages that nobody may touch. */
static void
set_up (Fixture *self, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  gsize bytes;

  self->host = heddle_shared_new_host (0, &error);
  g_assert_no_error (error);
  bytes = (self->host->bytes + 4095) & ~(gsize) 4095;
  self->guard_bytes = bytes + 2 * GUARD;
  self->guard = mmap (NULL, self->guard_bytes, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  g_assert_true (self->guard != MAP_FAILED);
  self->host->arena =
    mremap (self->host->arena, bytes, bytes, MREMAP_MAYMOVE | MREMAP_FIXED, self->guard + GUARD);
  g_assert_true ((guint8 *) self->host->arena == self->guard + GUARD);
  name_objects (self->host, &self->objects);
  g_assert_true (heddle_shared_check (self->host, NULL));
  heddle_list_append (self->objects.list, 7);
  heddle_dict_set (self->objects.dict, "seven", 7);
  self->log = heddle_log_new (1000);
}

static void
tear_down (Fixture *self, gconstpointer data)
{
  heddle_shared_free (self->host);
  munmap (self->guard, self->guard_bytes);
  heddle_log_unref (self->log);
}

static const char *
worker_name (guint worker, gpointer data)
{
  return worker >= 1 && worker <= N_WORKERS ? "Process" : "?";
}

static void
assert_is_text (const char *text, gsize room)
{
  g_assert_cmpuint (strnlen (text, room), <, room);
  g_assert_true (g_utf8_validate (text, -1, NULL));
}

static void
assert_watches (Fixture *self)
{
  static const guint capacities[] = { 0, LIST_CAPACITY, DICT_CAPACITY, CHANNEL_CAPACITY };
  static const char *const names[] = { "value", "list", "dict", "channel" };
  HeddleWatch watches[8];

  g_assert_cmpuint (heddle_shared_watch (self->host, watches, G_N_ELEMENTS (watches)), ==, 4);
  for (guint i = 0; i < 4; i++)
    {
      g_assert_cmpstr (watches[i].name, ==, names[i]);
      g_assert_cmpuint (watches[i].capacity, ==, capacities[i]);
      g_assert_cmpuint (watches[i].length, <=, capacities[i]);
      g_assert_cmpuint (watches[i].n_entries, <=, watches[i].length);
      for (guint k = 0; k < watches[i].n_entries; k++)
        assert_is_text (watches[i].entries[k], sizeof watches[i].entries[k]);
    }
}

/* All that a host does with an arena while workers live, and when one has died. */
static void
look_as_host (Fixture *self)
{
  HeddleDeadlockWatch deadlock = { 0 };

  assert_watches (self);
  for (guint worker = 1; worker <= N_WORKERS; worker++)
    {
      char text[64];

      heddle_shared_describe_wait (self->host, worker, text, sizeof text, worker_name, NULL);
      assert_is_text (text, sizeof text);
    }
  for (guint i = 0; i < 3; i++)
    heddle_deadlock_look (&deadlock, self->host, N_WORKERS, worker_name, NULL, self->log);
  for (guint worker = 1; worker <= N_WORKERS; worker++)
    heddle_shared_worker_died (self->host, worker, self->log);
  assert_watches (self);
}

/* What needs no lock, in a worker that has just started. */
static void
use_as_worker (const Objects *objects)
{
  gint64 value;

  heddle_value_add (objects->value, 1);
  for (guint i = 0; i <= LIST_CAPACITY; i++)
    heddle_list_append (objects->list, i);
  g_assert_cmpuint (heddle_list_get_length (objects->list), <=, LIST_CAPACITY);
  while (heddle_list_pop_first (objects->list, &value))
    ;
  heddle_dict_set (objects->dict, "one", 1);
  heddle_dict_set (objects->dict, "two", 2);
  heddle_dict_get (objects->dict, "three", &value);
  g_assert_cmpuint (heddle_dict_get_length (objects->dict), <=, DICT_CAPACITY);
  g_assert_cmpuint (heddle_channel_get_length (objects->channel), <=, CHANNEL_CAPACITY);
}

/* It works with what it finds or says that it cannot. */
static gboolean
start_worker (Fixture *self)
{
  g_autoptr (GError) error = NULL;
  HeddleShared *worker = heddle_shared_new_worker (dup (self->host->fd), &error);
  Objects objects;
  gboolean good;

  if (worker == NULL)
    {
      g_assert_error (error, HEDDLE_ERROR, HEDDLE_ERROR_START);
      return FALSE;
    }
  name_objects (worker, &objects);
  good = heddle_shared_check (worker, &error);
  if (good)
    use_as_worker (&objects);
  else
    g_assert_error (error, HEDDLE_ERROR, HEDDLE_ERROR_START);
  heddle_shared_free (worker);
  return good;
}

static guint64
pick (GRand *rand)
{
  static const guint64 edges[] = {
    0,          1,    2,     63,         64,          255,        256,
    257,        4096, 65535, G_MAXINT32, G_MAXUINT32, G_MAXINT64, G_MAXUINT64 - 63,
    G_MAXUINT64
  };
  guint32 nth = (guint32) g_rand_int_range (rand, 0, G_N_ELEMENTS (edges) + 3);

  return nth < G_N_ELEMENTS (edges)
    ? edges[nth]
    : ((guint64) g_rand_int (rand) << 32 | g_rand_int (rand)) >> g_rand_int_range (rand, 0, 64);
}

static void
fill (guint8 *bytes, gsize length, GRand *rand)
{
  for (gsize i = 0; i + 4 <= length; i += 4)
    {
      guint32 word = g_rand_boolean (rand) ? (guint32) pick (rand) : g_rand_int (rand);

      memcpy (bytes + i, &word, 4);
    }
}

static void
spoil_directory (HeddleArena *arena, GRand *rand)
{
  HeddleSharedObject *object = &arena->objects[g_rand_int_range (rand, 0, 9)];

  switch (g_rand_int_range (rand, 0, 7))
    {
    case 0: arena->magic = pick (rand); break;
    case 1: arena->size = pick (rand); break;
    case 2: arena->n_objects = (guint32) pick (rand); break;
    case 3: object->offset = pick (rand); break;
    case 4: object->size = pick (rand); break;
    case 5: object->kind = (guint32) pick (rand); break;
    default: memset (object->name, 'x', sizeof object->name); break;
    }
}

/* Who waits for what, and who holds it: circles and what leads nowhere. */
static void
spoil_waits (HeddleArena *arena, GRand *rand)
{
  for (guint worker = 1; worker <= N_WORKERS; worker++)
    {
      atomic_store (&arena->waiters[worker].waits,
                    (guint64) g_rand_int (rand) << 32 | (guint64) g_rand_int_range (rand, 0, 10));
      atomic_store (&arena->waiters[worker].doomed, (guint32) pick (rand));
    }
  if (g_rand_boolean (rand))
    atomic_store (&arena->waiters[1].waits, pick (rand));
}

static void
spoil (Fixture *self, GRand *rand)
{
  HeddleArena *arena = self->host->arena;
  guint kind = (guint) g_rand_int_range (rand, 0, 8);

  if (kind == 0)
    fill ((guint8 *) arena, self->host->bytes, rand);
  if (kind >= 1 && kind <= 3)
    spoil_directory (arena, rand);
  if (kind >= 3)
    {
      fill ((guint8 *) arena + self->host->objects[0].offset,
            self->host->used - self->host->objects[0].offset, rand);
      spoil_waits (arena, rand);
    }
}

static void
any_bytes_are_survived (Fixture *self, gconstpointer data)
{
  g_autofree guint8 *before = g_memdup2 (self->host->arena, self->host->bytes);
  const char *set = g_getenv ("HEDDLE_TEST_SEED");
  guint64 seed = set != NULL ? g_ascii_strtoull (set, NULL, 10) : g_random_int ();
  guint n_good = 0;

  g_test_message ("HEDDLE_TEST_SEED=%" G_GUINT64_FORMAT, seed);
  for (guint i = 0; i < SEEDS; i++)
    {
      GRand *rand = g_rand_new_with_seed ((guint32) (seed + i));

      memcpy (self->host->arena, before, self->host->bytes);
      spoil (self, rand);
      g_rand_free (rand);
      look_as_host (self);
      n_good += start_worker (self);
    }
  /* both happened */
  g_assert_cmpuint (n_good, >, 0);
  g_assert_cmpuint (n_good, <, SEEDS);
}

/* Each word of the directory, with what a worker that starts has to find out. */
static void
directory_is_checked (Fixture *self, gconstpointer data)
{
  HeddleArena *arena = self->host->arena;
  const HeddleArena before = *arena;
  HeddleSharedObject *object = &arena->objects[5];

#define REFUSED(change)                                                                            \
  G_STMT_START                                                                                     \
  {                                                                                                \
    g_assert_true (start_worker (self));                                                           \
    change;                                                                                        \
    g_assert_false (start_worker (self));                                                          \
    *arena = before;                                                                               \
  }                                                                                                \
  G_STMT_END
  REFUSED (arena->magic++);
  REFUSED (arena->size--);
  REFUSED (arena->n_objects = HEDDLE_SHARED_OBJECTS + 1);
  REFUSED (arena->n_objects = 3);
  REFUSED (object->offset = self->host->bytes);
  REFUSED (object->offset = G_MAXUINT64 - 63);
  REFUSED (object->offset = 0);
  REFUSED (object->offset++);
  REFUSED (object->size = G_MAXUINT64);
  REFUSED (object->size++);
  REFUSED (object->kind++);
  REFUSED (memset (object->name, 'x', sizeof object->name));
  g_assert_true (start_worker (self));
}

/* What the host shows is bounded by what it made, not by what stands there. */
static void
lengths_are_not_believed (Fixture *self, gconstpointer data)
{
  const HeddleArena *arena = self->host->arena;
  HeddleWatch watches[4];

  for (guint i = 5; i < 8; i++)
    memset ((guint8 *) self->host->arena + arena->objects[i].offset, 0xff, arena->objects[i].size);
  assert_watches (self);
  heddle_shared_watch (self->host, watches, 4);
  g_assert_cmpuint (watches[1].length, ==, LIST_CAPACITY);
  g_assert_cmpuint (watches[2].length, ==, DICT_CAPACITY);
  g_assert_cmpstr (watches[1].entries[0], ==, "-1");
  g_assert_cmpstr (watches[2].entries[0], ==, ": -1");
  g_assert_false (heddle_list_append (self->objects.list, 1));
  g_assert_false (heddle_dict_set (self->objects.dict, "new", 1));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add ("/arena/any-bytes-are-survived", Fixture, NULL, set_up, any_bytes_are_survived,
              tear_down);
  g_test_add ("/arena/directory-is-checked-by-a-worker-that-starts", Fixture, NULL, set_up,
              directory_is_checked, tear_down);
  g_test_add ("/arena/lengths-are-not-believed", Fixture, NULL, set_up, lengths_are_not_believed,
              tear_down);
  return g_test_run ();
}
