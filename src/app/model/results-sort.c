/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Rows that a filter wants, sorted by a column or as they ended.
 *
 * There may be millions of them, and more come all the time, so they are looked at by a thread: it
 * copies what they are compared by, so many rows for each time it takes the lock as are looked at
 * in a fraction of a millisecond, sorts the copies, and hands over a list of the rows' numbers.
 * Meanwhile the last list is shown. While rows come the next pass begins when ten times as long has
 * gone by as the last one took, and half a second at least: a tenth of a processor at most. In the
 * order in which they ended nothing is sorted: a pass looks only at the rows that have come since
 * the last one, and what it has found goes behind the list.
 *
 * A pass that sorts takes 24 bytes a row, and up to MOST_TEXT bytes of a text, while it lasts; the
 * list takes four. The thread is told to give up, never waited for.
 */
#include "config.h"

#include <math.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#include "app/model/results-sort.h"
#include "trace/clock.h"

#define MOST_TEXT 256 /* bytes that are compared */
/* rows that are looked at under one lock: fewer where that takes long, since their texts may be */
#define MOST_AT_ONCE 256
#define LONG_NS (400 * G_GINT64_CONSTANT (1000))
#define LEAST_PAUSE_NS (500 * G_GINT64_CONSTANT (1000000))
#define LEAST_PAUSE_MORE_NS (100 * G_GINT64_CONSTANT (1000000)) /* where more rows are added */
#define PAUSE_FACTOR 10 /* between two passes, in times of the last */

typedef struct {
  double number;  /* NAN: a text */
  guint32 row;    /* its number, counted from the pass's first */
  guint32 text;   /* where its text begins in the arena */
  guint32 length; /* of the whole text, bytes */
} Key;

/* One pass. The thread has one reference and the main loop the other. */
typedef struct {
  atomic_uint ref_count;
  atomic_bool given_up; /* set by the main loop, read by the thread */
  atomic_bool done;     /* set by the thread (release) when it has written what follows, read by the
                           main loop (acquire) */

  HeddleResults *results; /* owned; the store has its own lock */
  gboolean errors;
  HeddleResultsKey key;
  gboolean descending;
  HeddleResultsFilter filter; /* owned */

  /* the thread's until done is set, the main loop's afterwards */
  GArray *keys;
  GString *texts;
  gboolean more;      /* what it finds goes behind what is there */
  guint64 first;      /* row that the numbers in order count from */
  guint64 from, end;  /* numbers of the rows to look at */
  guint32 *order;
  guint n;
  gint64 took_ns;
} Pass;

struct _HeddleResultsSort {
  HeddleResults *results; /* owned */
  gboolean errors;
  HeddleResultsKey key;
  gboolean descending;
  HeddleResultsFilter filter; /* owned */

  Pass *pass;     /* the one that is going on, or NULL */
  gboolean begun; /* a pass has come to something */
  guint64 first;  /* row that the numbers in order count from */
  guint64 end;    /* the newest that was looked at, plus one */
  guint32 *order; /* owned; without a key the oldest first, whichever is shown first */
  guint head;     /* so many at its begin are gone; 0 with a key */
  guint n;        /* behind them */
  gint64 next_ns; /* no pass begins before */
};

static void
pass_unref (Pass *self)
{
  /* acq_rel: whoever frees sees all that the other did before it let go */
  if (atomic_fetch_sub_explicit (&self->ref_count, 1, memory_order_acq_rel) != 1)
    return;
  heddle_results_unref (self->results);
  heddle_results_filter_clear (&self->filter);
  g_free (self->order);
  g_free (self);
}

static gboolean
is_digit (char c)
{
  return c >= '0' && c <= '9';
}

/* Two runs of digits, by their value. */
static int
compare_digits (const char **a, const char **b)
{
  gsize a_length = 0, b_length = 0;
  int order;

  while (**a == '0' && is_digit ((*a)[1]))
    (*a)++;
  while (**b == '0' && is_digit ((*b)[1]))
    (*b)++;
  while (is_digit ((*a)[a_length]))
    a_length++;
  while (is_digit ((*b)[b_length]))
    b_length++;
  order = a_length != b_length ? (a_length < b_length ? -1 : 1) : memcmp (*a, *b, a_length);
  *a += a_length;
  *b += b_length;
  return order;
}

/**
 * heddle_results_sort_compare_texts:
 *
 * As one sorts files: "file 9" before "file 10", small and capital letters alike. Returns: as
 * strcmp(). Any thread.
 */
int
heddle_results_sort_compare_texts (const char *a, const char *b)
{
  const char *a_whole = a, *b_whole = b;

  while (*a != '\0' && *b != '\0')
    {
      int order = is_digit (*a) && is_digit (*b)
        ? compare_digits (&a, &b)
        : (guchar) g_ascii_tolower (*a++) - (guchar) g_ascii_tolower (*b++);

      if (order != 0)
        return order;
    }
  if (*a != *b)
    return *a == '\0' ? -1 : 1;
  return strcmp (a_whole, b_whole);
}

/* Numbers first, by their value, then texts. Rows that are alike stand as they ended. */
static int
compare (const void *one, const void *other, void *data)
{
  const Key *a = one, *b = other;
  const Pass *pass = data;
  gboolean a_is_text = isnan (a->number), b_is_text = isnan (b->number);
  int order = 0;

  if (a_is_text != b_is_text)
    order = a_is_text ? 1 : -1;
  else if (!a_is_text && a->number != b->number)
    order = a->number < b->number ? -1 : 1;
  /* beyond what a double holds: more digits are more */
  else if (!a_is_text && isinf (a->number) && a->length != b->length)
    order = (a->length < b->length) == (a->number > 0) ? -1 : 1;
  else if (pass->texts->len > 0)
    order = heddle_results_sort_compare_texts (pass->texts->str + a->text,
                                               pass->texts->str + b->text);
  if (order != 0)
    return pass->descending ? -order : order;
  return a->row < b->row ? -1 : a->row > b->row;
}

static const char *
text_of (const HeddleRow *row, HeddleResultsKey key)
{
  const char *outcome = row->error != NULL ? row->error : row->result;
  const char *text = key == HEDDLE_RESULTS_KEY_LABEL ? row->label : outcome;

  return text != NULL ? text : "";
}

static double
number_of (const HeddleRow *row, HeddleResultsKey key)
{
  gboolean started = row->started_ns > 0;
  gint64 span = row->finished_ns - row->started_ns;

  /* times that are not known come before those that are */
  if (key >= HEDDLE_RESULTS_KEY_ON_CPU && (!started || !row->times.known))
    return -1;
  switch (key)
    {
    case HEDDLE_RESULTS_KEY_ID: return (double) row->id;
    case HEDDLE_RESULTS_KEY_WORKER: return row->worker;
    case HEDDLE_RESULTS_KEY_WAITED:
      return (double) ((started ? row->started_ns : row->finished_ns) - row->queued_ns);
    case HEDDLE_RESULTS_KEY_RAN:
      return started ? (double) span : -1;
    case HEDDLE_RESULTS_KEY_ON_CPU: return (double) row->times.on_cpu_ns;
    case HEDDLE_RESULTS_KEY_READY: return (double) row->times.ready_ns;
    case HEDDLE_RESULTS_KEY_BLOCKED:
      return (double) heddle_task_times_get_blocked (&row->times, span);
    case HEDDLE_RESULTS_KEY_NONE:
    case HEDDLE_RESULTS_KEY_LABEL:
    case HEDDLE_RESULTS_KEY_RESULT:
    default: return NAN;
    }
}

/* A text that is a number is compared as one. */
static void
copy_text (Pass *self, const char *text, Key *key)
{
  char *end;

  key->length = (guint32) MIN (strlen (text), G_MAXUINT32);
  key->text = (guint32) self->texts->len;
  key->number = g_ascii_strtod (text, &end);
  if (end == text || *end != '\0')
    key->number = NAN;
  g_string_append_len (self->texts, text, MIN (key->length, MOST_TEXT));
  g_string_append_c (self->texts, '\0');
}

static void
copy_key (guint64 number, const HeddleRow *row, gpointer data)
{
  Pass *self = data;
  Key key = { number_of (row, self->key), (guint32) (number - self->first), 0, 0 };

  if (!heddle_results_filter_matches (&self->filter, row))
    return;
  if (self->key == HEDDLE_RESULTS_KEY_NONE)
    {
      g_array_append_val (self->keys, key.row);
      return;
    }
  if (isnan (key.number))
    copy_text (self, text_of (row, self->key), &key);
  g_array_append_val (self->keys, key);
}

/* Rows that are looked at while the lock is held are rows that nobody can add others to. */
static guint
adapt (guint at_once, gint64 took_ns)
{
  if (took_ns > LONG_NS)
    return MAX (at_once / 2, 1);
  return took_ns < LONG_NS / 4 ? MIN (at_once * 2, MOST_AT_ONCE) : at_once;
}

static void
look_at_rows (Pass *self)
{
  guint64 next = self->from;
  guint at_once = MOST_AT_ONCE / 4;

  while (!atomic_load (&self->given_up))
    {
      gint64 begin = heddle_clock_monotonic_ns ();

      if (self->filter.end_ns != 0)
        heddle_results_skip (self->results, self->errors, &next, self->filter.begin_ns,
                             self->filter.end_ns);
      if (next >= self->end
          || !heddle_results_visit (self->results, self->errors, &next,
                                    (guint) MIN (self->end - next, at_once), copy_key, self))
        return;
      at_once = adapt (at_once, heddle_clock_monotonic_ns () - begin);
    }
}

static void
take_order (Pass *self)
{
  self->n = self->keys->len;
  if (self->key == HEDDLE_RESULTS_KEY_NONE)
    {
      self->order = g_memdup2 (self->keys->data, self->n * sizeof (guint32));
      return;
    }
  qsort_r (self->keys->data, self->n, sizeof (Key), compare, self);
  self->order = g_new (guint32, self->n);
  for (guint i = 0; i < self->n; i++)
    self->order[i] = g_array_index (self->keys, Key, i).row;
}

static void *
sort (void *data)
{
  Pass *self = data;
  gint64 begin = heddle_clock_monotonic_ns ();

  pthread_setname_np (pthread_self (), "heddle-sort");
  self->keys = g_array_new (
    FALSE, FALSE, self->key == HEDDLE_RESULTS_KEY_NONE ? sizeof (guint32) : sizeof (Key));
  self->texts = g_string_new (NULL);
  look_at_rows (self);
  if (!atomic_load (&self->given_up))
    take_order (self);
  g_array_unref (self->keys);
  g_string_free (self->texts, TRUE);
  self->took_ns = heddle_clock_monotonic_ns () - begin;
  /* release: the main loop that sees it sees the order */
  atomic_store_explicit (&self->done, TRUE, memory_order_release);
  pass_unref (self);
  return NULL;
}

/**
 * heddle_results_sort_count:
 * @errors: only those whose task failed or was lost
 * @first: (out): number of the oldest row that is kept, which may be more than @end
 * @end: (out): one past the newest
 *
 * Between the two questions rows come and go: those that come are for the next call, those that go
 * are seen by the second. Any thread.
 */
void
heddle_results_sort_count (HeddleResults *results, gboolean errors, guint64 *first, guint64 *end)
{
  *end = errors ? heddle_results_get_n_errors (results) : heddle_results_get_length (results);
  *first = errors ? heddle_results_get_first_error (results) : heddle_results_get_first (results);
}

/* Whether what the next pass finds goes behind what is there. */
static gboolean
adds_more (HeddleResultsSort *self, guint64 end)
{
  return self->key == HEDDLE_RESULTS_KEY_NONE && self->begun && end - self->first < G_MAXUINT32;
}

/* Where there is no memory for a thread another time will do. */
static void
begin_pass (HeddleResultsSort *self)
{
  Pass *pass = g_new0 (Pass, 1);
  pthread_attr_t attributes;
  pthread_t thread;

  atomic_init (&pass->ref_count, 2);
  pass->results = heddle_results_ref (self->results);
  pass->errors = self->errors;
  pass->key = self->key;
  pass->descending = self->descending;
  heddle_results_filter_copy (&self->filter, &pass->filter);
  heddle_results_sort_count (self->results, self->errors, &pass->first, &pass->end);
  pass->from = pass->first = MIN (pass->first, pass->end);
  pass->more = adds_more (self, pass->end);
  if (pass->more)
    {
      pass->first = self->first;
      pass->from = MAX (pass->from, self->end);
    }
  pass->end = MIN (pass->end, pass->first + G_MAXUINT32);
  pthread_attr_init (&attributes);
  pthread_attr_setdetachstate (&attributes, PTHREAD_CREATE_DETACHED);
  if (pthread_create (&thread, &attributes, sort, pass) == 0)
    self->pass = pass;
  else
    {
      pass_unref (pass);
      pass_unref (pass);
      self->next_ns = heddle_clock_monotonic_ns () + LEAST_PAUSE_NS;
    }
  pthread_attr_destroy (&attributes);
}

/* The task that the filter names is there before any other has been looked for. */
static void
seed (HeddleResultsSort *self)
{
  guint64 number;
  HeddleRow row;
  gboolean found;

  if (self->filter.id == 0)
    return;
  found = self->errors ? heddle_results_find_error (self->results, self->filter.id, &number)
                             && heddle_results_get_error (self->results, number, &row)
                       : heddle_results_find_id (self->results, self->filter.id, &number)
                             && heddle_results_get (self->results, number, &row);
  if (!found)
    return;
  if (heddle_results_filter_matches (&self->filter, &row))
    {
      self->first = number;
      self->order = g_new0 (guint32, 1);
      self->n = 1;
    }
  heddle_row_clear (&row);
}

/**
 * heddle_results_sort_new:
 * @results: the rows; a reference is taken
 * @errors: only those whose task failed or was lost
 * @descending: the largest first; without a key the newest
 * @filter: (nullable): which of them; copied
 *
 * Returns: (transfer full): an order without rows, but for the one of the task that @filter names,
 * until heddle_results_sort_update() says so
 */
HeddleResultsSort *
heddle_results_sort_new (HeddleResults *results, gboolean errors, HeddleResultsKey key,
                         gboolean descending, const HeddleResultsFilter *filter)
{
  HeddleResultsSort *self = g_new0 (HeddleResultsSort, 1);

  self->results = heddle_results_ref (results);
  self->errors = errors;
  self->key = key;
  self->descending = descending;
  if (filter != NULL)
    heddle_results_filter_copy (filter, &self->filter);
  seed (self);
  return self;
}

/**
 * heddle_results_sort_free:
 *
 * A pass that is going on gives up.
 */
void
heddle_results_sort_free (HeddleResultsSort *self)
{
  if (self->pass != NULL)
    {
      atomic_store (&self->pass->given_up, TRUE);
      pass_unref (self->pass);
    }
  heddle_results_unref (self->results);
  heddle_results_filter_clear (&self->filter);
  g_free (self->order);
  g_free (self);
}

/**
 * heddle_results_sort_drop:
 *
 * Forgets rows that are no longer kept, where the rows stand as they ended; with a key the next
 * pass does.
 *
 * Returns: how many of the oldest are no longer in the order
 */
guint
heddle_results_sort_drop (HeddleResultsSort *self)
{
  guint64 first, end;
  guint dropped = 0;

  if (self->key != HEDDLE_RESULTS_KEY_NONE)
    return 0;
  heddle_results_sort_count (self->results, self->errors, &first, &end);
  while (dropped < self->n && self->first + self->order[self->head + dropped] < first)
    dropped++;
  self->head += dropped;
  self->n -= dropped;
  return dropped;
}

/* Takes over what a pass has come to. Returns: how many rows it has added; 0 where the order is
 * another one. */
static guint
take_over (HeddleResultsSort *self, Pass *pass)
{
  gint64 least = pass->more ? LEAST_PAUSE_MORE_NS : LEAST_PAUSE_NS;

  self->next_ns = heddle_clock_monotonic_ns () + MAX (pass->took_ns * PAUSE_FACTOR, least);
  self->begun = TRUE;
  self->end = pass->end;
  if (pass->more && pass->n == 0)
    return 0;
  if (pass->more)
    {
      /* what is gone makes room */
      if (self->head > 0 && self->n > 0)
        memmove (self->order, self->order + self->head, self->n * sizeof (guint32));
      self->order = g_renew (guint32, self->order, self->n + pass->n);
      memcpy (self->order + self->n, pass->order, pass->n * sizeof (guint32));
      self->n += pass->n;
      self->head = 0;
      return pass->n;
    }
  g_free (self->order);
  self->order = g_steal_pointer (&pass->order);
  self->n = pass->n;
  self->head = 0;
  self->first = pass->first;
  return 0;
}

/**
 * heddle_results_sort_update:
 * @pending: (out): whether rows have come or gone that are not in the order yet: to be called again
 * @added: (out): so many rows are new, behind the others, or in front of them where the newest come
 * first; 0: the whole order is another one
 *
 * Takes over what a pass has come to, and begins the next one where there is reason to.
 *
 * Returns: whether the order is another one now
 */
gboolean
heddle_results_sort_update (HeddleResultsSort *self, gboolean *pending, guint *added)
{
  gboolean changed = FALSE;
  guint64 first, end;

  *added = 0;
  /* acquire: the order is seen that was written before */
  if (self->pass != NULL && atomic_load_explicit (&self->pass->done, memory_order_acquire))
    {
      *added = take_over (self, self->pass);
      changed = !self->pass->more || *added > 0;
      g_clear_pointer (&self->pass, pass_unref);
    }
  heddle_results_sort_count (self->results, self->errors, &first, &end);
  *pending = self->pass != NULL || !self->begun || end != self->end
    || (self->key != HEDDLE_RESULTS_KEY_NONE && first > self->first);
  if (self->pass == NULL && *pending && heddle_clock_monotonic_ns () >= self->next_ns)
    begin_pass (self);
  return changed;
}

/**
 * heddle_results_sort_length:
 *
 * Returns: how many rows are in the order
 */
guint
heddle_results_sort_length (HeddleResultsSort *self)
{
  return self->n;
}

static guint
mirror (HeddleResultsSort *self, guint position)
{
  return self->key == HEDDLE_RESULTS_KEY_NONE && self->descending ? self->n - 1 - position
                                                                  : position;
}

/**
 * heddle_results_sort_get:
 * @position: less than the length
 *
 * Returns: the index of the row that stands there, or the number of the error
 */
guint64
heddle_results_sort_get (HeddleResultsSort *self, guint position)
{
  g_return_val_if_fail (position < self->n, 0);
  return self->first + self->order[self->head + mirror (self, position)];
}

/**
 * heddle_results_sort_find:
 * @number: index of a row, or number of an error
 * @position: (out): where it stands
 *
 * Looks through the order.
 *
 * Returns: %FALSE if it is not there
 */
gboolean
heddle_results_sort_find (HeddleResultsSort *self, guint64 number, guint *position)
{
  for (guint i = 0; number >= self->first && i < self->n; i++)
    if (self->order[self->head + i] == number - self->first)
      {
        *position = mirror (self, i);
        return TRUE;
      }
  return FALSE;
}
