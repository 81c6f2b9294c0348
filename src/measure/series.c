/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A sample holds until the next one comes, a stretch as long as it is. An entry stands for one of
 * them at first and for two, four ... after each halving; it keeps the least and the greatest value
 * and the area under them, from the begin of its first one to the next entry's.
 */
#include "config.h"

#include "measure/series.h"

#include <math.h>
#include <pthread.h>
#include <stdatomic.h>
#include <string.h>

#define MIN_CAPACITY 4

typedef struct {
  gint64 begin; /* time of its first sample, or begin of its first stretch */
  gint64 end;   /* the same of its last one */
  double min;
  double max;
  double area;  /* value times nanoseconds */
  guint n;      /* samples or stretches */
} Entry;

struct _HeddleSeries {
  _Atomic guint n_refs;
  _Atomic guint64 serial; /* written under the lock */
  char *name;             /* these four never change */
  char *unit;
  guint capacity;
  gboolean of_stretches;

  pthread_mutex_t lock;
  /* guarded by lock */
  Entry *entries;         /* grows to capacity */
  guint allocated;
  guint n_entries;
  guint samples_per_entry;
  gint64 last_time;
  gint64 known_until;     /* last_time, or the end of the last stretch */
  double last_value;
  double rest_min;        /* of the last entry without its last stretch, which may be replaced; */
  double rest_max;        /* infinite where it has no other */
};

/**
 * heddle_series_new:
 * @name: what is measured, for people
 * @unit: its unit, "" for none
 * @capacity: how many entries are kept, at least 4; 48 bytes each, taken as they are needed
 *
 * Returns: (transfer full): an empty series of samples
 */
HeddleSeries *
heddle_series_new (const char *name, const char *unit, guint capacity)
{
  HeddleSeries *self;

  g_return_val_if_fail (name != NULL && unit != NULL, NULL);

  self = g_new0 (HeddleSeries, 1);
  atomic_init (&self->n_refs, 1);
  atomic_init (&self->serial, 1);
  pthread_mutex_init (&self->lock, NULL);
  self->name = g_strdup (name);
  self->unit = g_strdup (unit);
  self->capacity = MAX (capacity, MIN_CAPACITY);
  self->samples_per_entry = 1;
  return self;
}

/**
 * heddle_series_new_of_stretches:
 *
 * As heddle_series_new(). Returns: (transfer full): an empty series of stretches
 */
HeddleSeries *
heddle_series_new_of_stretches (const char *name, const char *unit, guint capacity)
{
  HeddleSeries *self = heddle_series_new (name, unit, capacity);

  self->of_stretches = TRUE;
  return self;
}

/**
 * heddle_series_is_of_stretches:
 *
 * Returns: whether it is of stretches, or of samples. Any thread.
 */
gboolean
heddle_series_is_of_stretches (HeddleSeries *self)
{
  g_return_val_if_fail (self != NULL, FALSE);

  return self->of_stretches;
}

/**
 * heddle_series_ref:
 *
 * Returns: (transfer full): @self. Any thread.
 */
HeddleSeries *
heddle_series_ref (HeddleSeries *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  atomic_fetch_add_explicit (&self->n_refs, 1, memory_order_relaxed);
  return self;
}

/**
 * heddle_series_unref:
 * @self: (transfer full): a series
 *
 * Any thread.
 */
void
heddle_series_unref (HeddleSeries *self)
{
  g_return_if_fail (self != NULL);

  /* acq_rel: all uses of the others come before the end */
  if (atomic_fetch_sub_explicit (&self->n_refs, 1, memory_order_acq_rel) > 1)
    return;
  pthread_mutex_destroy (&self->lock);
  g_free (self->entries);
  g_free (self->name);
  g_free (self->unit);
  g_free (self);
}

/**
 * heddle_series_get_name:
 *
 * Returns: (transfer none): what is measured
 */
const char *
heddle_series_get_name (HeddleSeries *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return self->name;
}

/**
 * heddle_series_get_unit:
 *
 * Returns: (transfer none): its unit, "" for none
 */
const char *
heddle_series_get_unit (HeddleSeries *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return self->unit;
}

static void
halve (HeddleSeries *self)
{
  guint n = 0;

  for (guint i = 0; i < self->n_entries; i += 2)
    {
      Entry entry = self->entries[i];

      if (i + 1 < self->n_entries)
        {
          const Entry *next = &self->entries[i + 1];

          entry.end = next->end;
          entry.min = MIN (entry.min, next->min);
          entry.max = MAX (entry.max, next->max);
          entry.area += next->area;
          entry.n += next->n;
        }
      self->entries[n++] = entry;
    }
  self->n_entries = n;
  self->samples_per_entry *= 2;
}

/* The entry that the next sample goes into, made where need be. */
static Entry *
entry_for_sample (HeddleSeries *self, gint64 time, double value)
{
  Entry *entry = self->n_entries > 0 ? &self->entries[self->n_entries - 1] : NULL;

  if (entry != NULL && self->n_entries == self->capacity && entry->n >= self->samples_per_entry)
    {
      halve (self);
      entry = &self->entries[self->n_entries - 1];
    }
  if (entry != NULL && entry->n < self->samples_per_entry)
    return entry;
  if (self->n_entries == self->allocated)
    {
      self->allocated = MIN (MAX (16, self->allocated * 2), self->capacity);
      self->entries = g_renew (Entry, self->entries, self->allocated);
    }
  entry = &self->entries[self->n_entries++];
  *entry = (Entry) { time, time, value, value, 0, 0 };
  return entry;
}

/* With the lock held. */
static void
add_locked (HeddleSeries *self, gint64 time, double value)
{
  gint64 held = self->of_stretches ? self->known_until - self->last_time : time - self->last_time;
  Entry *entry;

  if (self->n_entries > 0)
    self->entries[self->n_entries - 1].area += self->last_value * (double) held;
  entry = entry_for_sample (self, time, value);
  self->rest_min = entry->n > 0 ? entry->min : INFINITY;
  self->rest_max = entry->n > 0 ? entry->max : -INFINITY;
  entry->end = time;
  entry->min = MIN (entry->min, value);
  entry->max = MAX (entry->max, value);
  entry->n++;
  self->last_time = time;
  self->known_until = time;
  self->last_value = value;
  atomic_fetch_add_explicit (&self->serial, 1, memory_order_release);
}

/**
 * heddle_series_add:
 * @self: a series of samples
 * @time: nanoseconds, not before the last sample's (taken as that if it is)
 * @value: the value from @time on; one that is not finite is left out
 *
 * Adds a sample. One thread at a time.
 */
void
heddle_series_add (HeddleSeries *self, gint64 time, double value)
{
  g_return_if_fail (self != NULL && !self->of_stretches);

  if (!isfinite (value))
    return;
  pthread_mutex_lock (&self->lock);
  add_locked (self, self->n_entries > 0 ? MAX (time, self->last_time) : time, value);
  pthread_mutex_unlock (&self->lock);
}

/**
 * heddle_series_add_stretch:
 * @self: a series of stretches
 * @begin: nanoseconds; where there is a stretch already, its end is taken, so that there is no gap
 * @end: nanoseconds
 * @value: the value from @begin to @end; one that is not finite is left out
 *
 * Adds a stretch, unless it has no length. One thread at a time.
 */
void
heddle_series_add_stretch (HeddleSeries *self, gint64 begin, gint64 end, double value)
{
  g_return_if_fail (self != NULL && self->of_stretches);

  pthread_mutex_lock (&self->lock);
  begin = self->n_entries > 0 ? self->known_until : begin;
  if (isfinite (value) && end > begin)
    {
      add_locked (self, begin, value);
      self->known_until = end;
    }
  pthread_mutex_unlock (&self->lock);
}

/**
 * heddle_series_replace_last_stretch:
 * @self: a series of stretches that has one
 * @end: its end from now on, after its begin
 * @value: its value from now on
 *
 * More is known of the last stretch, or it lasted longer or less long than was thought. The thread
 * that adds.
 */
void
heddle_series_replace_last_stretch (HeddleSeries *self, gint64 end, double value)
{
  Entry *entry;

  g_return_if_fail (self != NULL && self->of_stretches);

  pthread_mutex_lock (&self->lock);
  if (self->n_entries > 0 && isfinite (value) && end > self->last_time)
    {
      entry = &self->entries[self->n_entries - 1];
      entry->min = MIN (self->rest_min, value);
      entry->max = MAX (self->rest_max, value);
      self->last_value = value;
      self->known_until = end;
      atomic_fetch_add_explicit (&self->serial, 1, memory_order_release);
    }
  pthread_mutex_unlock (&self->lock);
}

/**
 * heddle_series_get_length:
 *
 * Returns: how many entries it has, at most its capacity. Any thread.
 */
guint
heddle_series_get_length (HeddleSeries *self)
{
  guint n;

  g_return_val_if_fail (self != NULL, 0);

  pthread_mutex_lock (&self->lock);
  n = self->n_entries;
  pthread_mutex_unlock (&self->lock);
  return n;
}

/**
 * heddle_series_get_serial:
 *
 * Returns: a number that grows with every sample. Takes no lock. Any thread.
 */
guint64
heddle_series_get_serial (HeddleSeries *self)
{
  g_return_val_if_fail (self != NULL, 0);

  return atomic_load_explicit (&self->serial, memory_order_acquire);
}

/**
 * heddle_series_get_last:
 * @time: (out) (optional): when the last sample was taken, or the last stretch began, nanoseconds
 * @value: (out) (optional): what it was
 *
 * Returns: whether there is one. Any thread.
 */
gboolean
heddle_series_get_last (HeddleSeries *self, gint64 *time, double *value)
{
  gboolean any;

  g_return_val_if_fail (self != NULL, FALSE);

  pthread_mutex_lock (&self->lock);
  any = self->n_entries > 0;
  if (any && time != NULL)
    *time = self->last_time;
  if (any && value != NULL)
    *value = self->last_value;
  pthread_mutex_unlock (&self->lock);
  return any;
}

/**
 * heddle_series_get_known_until:
 *
 * Returns: nanoseconds: when the last sample was taken, or the last stretch ended; 0 where there is
 *   none. Any thread.
 */
gint64
heddle_series_get_known_until (HeddleSeries *self)
{
  gint64 time;

  g_return_val_if_fail (self != NULL, 0);

  pthread_mutex_lock (&self->lock);
  time = self->n_entries > 0 ? self->known_until : 0;
  pthread_mutex_unlock (&self->lock);
  return time;
}

/* The first entry with a sample at or after @time. */
static guint
find_entry (const HeddleSeries *self, gint64 time)
{
  guint low = 0, high = self->n_entries;

  while (low < high)
    {
      guint middle = low + (high - low) / 2;

      if (self->entries[middle].end < time)
        low = middle + 1;
      else
        high = middle;
    }
  return low;
}

/* Until when the entry's values hold. */
static gint64
get_held_until (const HeddleSeries *self, guint index)
{
  return index + 1 < self->n_entries ? self->entries[index + 1].begin : self->known_until;
}

/**
 * heddle_series_get_range:
 * @begin: nanoseconds
 * @end: nanoseconds
 * @min: (out): the least value measured in the range
 * @max: (out): the greatest
 *
 * Returns: whether anything was measured in the range. Any thread.
 */
gboolean
heddle_series_get_range (HeddleSeries *self, gint64 begin, gint64 end, double *min, double *max)
{
  gboolean any = FALSE;
  guint first;

  g_return_val_if_fail (self != NULL && min != NULL && max != NULL, FALSE);

  pthread_mutex_lock (&self->lock);
  first = find_entry (self, begin);
  if (self->of_stretches && first > 0 && get_held_until (self, first - 1) > begin)
    first--;
  for (guint i = first; i < self->n_entries && self->entries[i].begin < end; i++)
    {
      const Entry *entry = &self->entries[i];

      *min = any ? MIN (*min, entry->min) : entry->min;
      *max = any ? MAX (*max, entry->max) : entry->max;
      any = TRUE;
    }
  pthread_mutex_unlock (&self->lock);
  return any;
}

static double
get_mean (const HeddleSeries *self, guint index)
{
  const Entry *entry = &self->entries[index];
  gint64 duration = get_held_until (self, index) - entry->begin;
  double area = entry->area;

  if (duration <= 0)
    return entry->n == 1 ? entry->min : (entry->min + entry->max) / 2;
  if (index + 1 == self->n_entries) /* the area of the last one is added when another comes */
    area += self->last_value * (double) (self->known_until - self->last_time);
  return CLAMP (area / (double) duration, entry->min, entry->max);
}

typedef struct {
  double weighted, weight; /* by time, nanoseconds */
  double plain;            /* by number */
} Sums;

static void
add_to_cell (const HeddleSeries *self, guint index, gint64 begin, gint64 end,
             HeddleSeriesCell *cell, Sums *sums)
{
  const Entry *entry = &self->entries[index];
  gint64 from = MAX (entry->begin, begin);
  gint64 to = MIN (get_held_until (self, index), end);
  double mean = get_mean (self, index);

  cell->min = cell->known ? MIN (cell->min, entry->min) : entry->min;
  cell->max = cell->known ? MAX (cell->max, entry->max) : entry->max;
  cell->known = TRUE;
  sums->plain += mean * entry->n;
  if (to > from)
    {
      sums->weighted += mean * (double) (to - from);
      sums->weight += (double) (to - from);
    }
}

/* One cell, from the entries from @index on; the stretch before these may reach into it. */
static void
fill_cell (const HeddleSeries *self, guint index, gint64 begin, gint64 end, HeddleSeriesCell *cell)
{
  Sums sums = { 0 };

  *cell = (HeddleSeriesCell) { 0 };
  if (self->of_stretches && index > 0 && begin < end && get_held_until (self, index - 1) > begin)
    add_to_cell (self, index - 1, begin, end, cell, &sums);
  for (guint i = index; i < self->n_entries && self->entries[i].begin < end; i++)
    {
      add_to_cell (self, i, begin, end, cell, &sums);
      cell->n_samples += self->entries[i].n;
    }
  if (!cell->known)
    return;
  if (sums.weight > 0)
    cell->mean = CLAMP (sums.weighted / sums.weight, cell->min, cell->max);
  else
    cell->mean = CLAMP (sums.plain / MAX (cell->n_samples, 1), cell->min, cell->max);
}

/**
 * heddle_series_get_cells:
 * @begin: nanoseconds
 * @end: nanoseconds
 * @cells: (out) (array length=n_cells): cells of equal width from @begin to @end
 * @n_cells: how many
 *
 * Sums the series up, cell by cell. A cell that lies between two samples knows nothing, one that
 * lies in a stretch has its value. One entry of a series that has halved itself may reach over
 * several cells and is in each. Any thread.
 */
void
heddle_series_get_cells (HeddleSeries *self, gint64 begin, gint64 end, HeddleSeriesCell *cells,
                         guint n_cells)
{
  guint index;

  g_return_if_fail (self != NULL);
  g_return_if_fail (cells != NULL || n_cells == 0);

  pthread_mutex_lock (&self->lock);
  index = find_entry (self, begin);
  for (guint i = 0; i < n_cells; i++)
    {
      __int128 width = (__int128) end - begin;
      gint64 from = (gint64) (begin + width * i / n_cells);
      gint64 to = (gint64) (begin + width * (i + 1) / n_cells);

      while (index < self->n_entries && self->entries[index].end < from)
        index++;
      fill_cell (self, index, from, to, &cells[i]);
    }
  pthread_mutex_unlock (&self->lock);
}

/**
 * heddle_series_get_bytes:
 *
 * Returns: memory held, bytes. Any thread.
 */
gsize
heddle_series_get_bytes (HeddleSeries *self)
{
  gsize bytes;

  g_return_val_if_fail (self != NULL, 0);

  pthread_mutex_lock (&self->lock);
  bytes = sizeof *self + self->allocated * sizeof (Entry);
  pthread_mutex_unlock (&self->lock);
  return bytes;
}
