/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Messages of a manager's clients, of any bytes and any length: what is no request changes nothing,
 * and every other one is answered as by a list and a dictionary of the simplest kind.
 */
#include "config.h"

#include <string.h>

#include "engine/sync/manager-store.h"
#include "engine/sync/shared.h"
#include "fuzz.h"

typedef struct {
  FuzzInput input;
  HeddleManagerStore *store;
  GQueue *list;     /* of gint64 * */
  GHashTable *dict; /* char * to gint64 * */
} Fuzz;

static gint64 *
new_number (gint64 value)
{
  return g_memdup2 (&value, sizeof value);
}

/* Few names, so that they meet, and any bytes now and then. */
static void
make_request (Fuzz *self, HeddleManagerRequest *request)
{
  guint shape = fuzz_u8 (&self->input);

  memset (request, 0, sizeof *request);
  request->op =
    shape % 16 == 15 ? (guint32) fuzz_number (&self->input) : shape % HEDDLE_MANAGER_N_OPS;
  request->value = (gint64) fuzz_number (&self->input);
  if (shape < 192)
    request->name[0] = (char) ('a' + shape / 16 % 4);
  else
    fuzz_bytes (&self->input, request->name, sizeof request->name);
}

static HeddleManagerAnswer
answer_list (Fuzz *self, const HeddleManagerRequest *request)
{
  HeddleManagerAnswer expected = { .status = HEDDLE_MANAGER_OK };
  g_autofree gint64 *first = NULL;

  if (request->op == HEDDLE_MANAGER_LIST_APPEND)
    g_queue_push_tail (self->list, new_number (request->value));
  else if (request->op == HEDDLE_MANAGER_LIST_GET_LENGTH)
    expected.value = g_queue_get_length (self->list);
  else if ((first = g_queue_pop_head (self->list)) != NULL)
    expected.value = *first;
  else
    expected.status = HEDDLE_MANAGER_NONE;
  return expected;
}

static HeddleManagerAnswer
answer_dict (Fuzz *self, const HeddleManagerRequest *request)
{
  const gint64 *held = g_hash_table_lookup (self->dict, request->name);
  HeddleManagerAnswer expected = { .status = HEDDLE_MANAGER_OK, .value = held != NULL ? *held : 0 };

  if (request->op == HEDDLE_MANAGER_DICT_GET)
    {
      expected.status = held != NULL ? HEDDLE_MANAGER_OK : HEDDLE_MANAGER_NONE;
      return expected;
    }
  expected.value = request->op == HEDDLE_MANAGER_DICT_SET
    ? request->value
    : (gint64) ((guint64) expected.value + (guint64) request->value);
  g_hash_table_replace (self->dict, g_strdup (request->name), new_number (expected.value));
  return expected;
}

static void
say (Fuzz *self)
{
  HeddleManagerRequest request;
  HeddleManagerAnswer answer, expected;
  gssize length = sizeof request;

  make_request (self, &request);
  if (fuzz_u8 (&self->input) % 32 == 31)
    length = (gssize) fuzz_u8 (&self->input);
  if (!heddle_manager_store_answer (self->store, &request, length, &answer))
    {
      g_assert_true (length != sizeof request || request.op >= HEDDLE_MANAGER_N_OPS
                     || memchr (request.name, '\0', sizeof request.name) == NULL);
      return;
    }
  g_assert_cmpint (length, ==, sizeof request);
  g_assert_cmpuint (request.op, <, HEDDLE_MANAGER_N_OPS);
  expected = request.op <= HEDDLE_MANAGER_LIST_GET_LENGTH ? answer_list (self, &request)
                                                          : answer_dict (self, &request);
  g_assert_cmpuint (answer.status, ==, expected.status);
  g_assert_cmpint (answer.value, ==, expected.value);
}

int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
  Fuzz fuzz = { .input = { data, size } };

  fuzz.store = heddle_manager_store_new ();
  fuzz.list = g_queue_new ();
  fuzz.dict = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  while (fuzz.input.left > 0)
    say (&fuzz);
  heddle_manager_store_free (fuzz.store);
  g_queue_free_full (fuzz.list, g_free);
  g_hash_table_unref (fuzz.dict);
  return 0;
}
