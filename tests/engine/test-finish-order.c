/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <string.h>

#include "engine/collect/finish-order.h"

#define N_WORKERS 7

typedef struct {
  gint64 finished_ns[N_WORKERS]; /* of the last row of each */
  guint64 n_added, n_out;
  gint64 last_ns;
  gint64 until_ns;
} Model;

/* Texts that tell which row they belong to, some of them long. */
static char *
text_of (guint64 id, guint nth)
{
  if ((id + nth) % 5 == 0)
    return NULL;
  if ((id + nth) % 97 == 0)
    return g_strnfill (70000 + id % 10, (char) ('a' + nth));
  return g_strdup_printf ("%u of %" G_GUINT64_FORMAT, nth, id);
}

static void
check_text (const HeddleRow *row, guint nth, const char *text)
{
  g_autofree char *wanted = text_of (row->id, nth);

  g_assert_cmpstr (text, ==, wanted);
}

/* Every third one's are not known. */
static HeddleTaskTimes
times_of (guint64 id)
{
  if (id % 3 == 0)
    return (HeddleTaskTimes) { .known = FALSE };
  return (HeddleTaskTimes) { (gint64) (id * id * 1000003), (gint64) id, (guint32) (id % 300),
                             (guint32) (id % 200), TRUE };
}

static void
check_times (const HeddleRow *row)
{
  HeddleTaskTimes wanted = times_of (row->id);

  g_assert_cmpint (row->times.known, ==, wanted.known);
  g_assert_cmpint (row->times.on_cpu_ns, ==, wanted.on_cpu_ns);
  g_assert_cmpint (row->times.ready_ns, ==, wanted.ready_ns);
  g_assert_cmpuint (row->times.switches, ==, wanted.switches);
  g_assert_cmpuint (row->times.preempted, ==, wanted.preempted);
}

static void
on_row (const HeddleRow *row, gpointer data)
{
  Model *model = data;

  g_assert_cmpint (row->finished_ns, >=, model->last_ns);
  g_assert_cmpint (row->finished_ns, <=, model->until_ns);
  model->last_ns = row->finished_ns;
  check_times (row);
  check_text (row, 0, row->label);
  check_text (row, 1, row->result);
  check_text (row, 2, row->error);
  check_text (row, 3, row->input);
  g_assert_cmpint (row->queued_ns, ==, row->finished_ns - 10);
  g_assert_cmpuint (row->worker, ==, row->id % N_WORKERS + 1);
  model->n_out++;
}

/* Whatever each worker tells in its own order comes out in the order of all, once, with its texts,
 * as long as nothing older is added later. */
static void
any_rows_come_out_in_order (void)
{
  HeddleFinishOrder *order = heddle_finish_order_new ();
  Model model = { .last_ns = 0 };

  for (guint round = 0; round < 300; round++)
    {
      gint64 before = model.until_ns;
      guint n = (guint) g_test_rand_int_range (0, 60);

      for (guint i = 0; i < n; i++)
        {
          guint64 id = ++model.n_added;
          guint worker = (guint) (id % N_WORKERS);
          gint64 finished =
            MAX (model.finished_ns[worker], before + 1) + g_test_rand_int_range (0, 40);
          g_autofree char *label = text_of (id, 0), *result = text_of (id, 1),
                          *error = text_of (id, 2), *input = text_of (id, 3);
          HeddleRow row = {
            .id = id,
            .state = HEDDLE_TASK_DONE,
            .attempt = 1,
            .worker = worker + 1,
            .queued_ns = finished - 10,
            .finished_ns = finished,
            .times = times_of (id),
            .label = label,
            .result = result,
            .error = error,
            .input = input,
          };

          model.finished_ns[worker] = finished;
          heddle_finish_order_add (order, &row);
        }
      model.until_ns = before + g_test_rand_int_range (0, 100);
      heddle_finish_order_hand_out (order, model.until_ns, on_row, &model);
      g_assert_cmpuint (model.n_added - model.n_out, ==, heddle_finish_order_get_length (order));
    }
  model.until_ns = G_MAXINT64;
  heddle_finish_order_hand_out (order, G_MAXINT64, on_row, &model);
  g_assert_cmpuint (model.n_out, ==, model.n_added);
  heddle_finish_order_free (order);
}

static void
check_equal (const HeddleRow *row, gpointer data)
{
  HeddleRow *last = data;

  g_assert_cmpint (row->finished_ns, >=, last->finished_ns);
  if (row->finished_ns == last->finished_ns)
    g_assert_cmpuint (row->id, >, last->id);
  last->finished_ns = row->finished_ns;
  last->id = row->id;
  last->attempt++;
}

/* Of two that finished at once the one that was added first comes first. */
static void
equal_times_keep_their_order (void)
{
  HeddleFinishOrder *order = heddle_finish_order_new ();
  HeddleRow last = { .id = 0 };

  for (guint64 id = 1; id <= 1000; id++)
    heddle_finish_order_add (order,
                             &(HeddleRow){ .id = id, .finished_ns = 1 + (gint64) (id * 7 % 3) });
  heddle_finish_order_hand_out (order, 3, check_equal, &last);
  g_assert_cmpuint (last.attempt, ==, 1000);
  heddle_finish_order_free (order);
}

/* What is not handed out goes with it. */
static void
what_waits_is_freed (void)
{
  HeddleFinishOrder *order = heddle_finish_order_new ();
  g_autofree char *text = g_strnfill (100000, 'x');

  heddle_finish_order_add (
    order, &(HeddleRow){ .id = 1, .finished_ns = 5, .label = text, .result = (char *) "short" });
  g_assert_cmpuint (heddle_finish_order_get_length (order), ==, 1);
  heddle_finish_order_free (order);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/finish-order/any-rows-come-out-in-order", any_rows_come_out_in_order);
  g_test_add_func ("/finish-order/equal-times-keep-their-order", equal_times_keep_their_order);
  g_test_add_func ("/finish-order/what-waits-is-freed", what_waits_is_freed);
  return g_test_run ();
}
