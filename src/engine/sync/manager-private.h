/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* What a manager and its clients say to each other: one message of a seqpacket socket asks, one
 * answers. The socket's name is an abstract one that cannot be guessed, and the server checks who
 * connects. */

/* The file descriptors a manager is born with. */
#define HEDDLE_MANAGER_FD_LISTEN 3
#define HEDDLE_MANAGER_FD_LIFELINE 4 /* a byte goes out when it is ready; closes with the host */
#define HEDDLE_MANAGER_FD_END 5

#define HEDDLE_MANAGER_ENTRIES (1u << 20) /* in the list, and in the dictionary, at most */
#define HEDDLE_MANAGER_NAME 32

typedef enum {
  HEDDLE_MANAGER_LIST_APPEND,
  HEDDLE_MANAGER_LIST_POP_FIRST,
  HEDDLE_MANAGER_LIST_GET_LENGTH,
  HEDDLE_MANAGER_DICT_SET,
  HEDDLE_MANAGER_DICT_GET,
  HEDDLE_MANAGER_DICT_ADD,
  HEDDLE_MANAGER_N_OPS
} HeddleManagerOp;

typedef struct {
  guint32 op;
  char name[HEDDLE_MANAGER_NAME]; /* DICT: NUL-terminated */
  gint64 value;
} HeddleManagerRequest;

typedef enum {
  HEDDLE_MANAGER_OK,
  HEDDLE_MANAGER_NONE, /* the list is empty, the name not there */
  HEDDLE_MANAGER_FULL,
} HeddleManagerStatus;

typedef struct {
  guint32 status;
  gint64 value;
} HeddleManagerAnswer;

G_END_DECLS
