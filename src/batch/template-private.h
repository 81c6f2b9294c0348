/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "batch/template.h"

G_BEGIN_DECLS

typedef enum {
  HEDDLE_PIECE_TEXT,
  HEDDLE_PIECE_ALL,      /* {}: every value */
  HEDDLE_PIECE_VALUE,    /* {n} */
  HEDDLE_PIECE_SEQUENCE, /* {#} */
  HEDDLE_PIECE_SLOT,     /* {%} */
  HEDDLE_PIECE_TOTAL,    /* {##} */
} HeddlePieceKind;

/* What is taken of a value. */
typedef enum {
  HEDDLE_PART_WHOLE,
  HEDDLE_PART_STEM,      /* {.} */
  HEDDLE_PART_BASE,      /* {/} */
  HEDDLE_PART_FOLDER,    /* {//} */
  HEDDLE_PART_BASE_STEM, /* {/.} */
} HeddlePart;

typedef struct {
  HeddlePieceKind kind;
  HeddlePart part;
  int value;             /* of HEDDLE_PIECE_VALUE: from 1, or from -1 from the end */
  gboolean redirection;  /* < or > may follow: a number would be taken for a descriptor's */
  gsize offset;          /* of HEDDLE_PIECE_TEXT: where in the template's text */
  gsize length;
} HeddlePiece;

/* Pieces that are repeated together for each value, or expanded once. */
typedef struct {
  guint first;
  guint n;
  gboolean repeat;
} HeddleWord;

struct _HeddleTemplate {
  GString *text;  /* what the pieces of text are cut from */
  GArray *pieces; /* HeddlePiece */
  GArray *words;  /* HeddleWord; of a command for no shell, its arguments */
  gboolean is_line; /* there is no command: the values are it */
  gboolean quote;   /* values are quoted for the shell */
  gboolean no_shell;
  gboolean needs_total;
  gboolean needs_slot;
};

void heddle_template_parse_line (HeddleTemplate *self, const char *command,
                                 const HeddleTemplateOptions *options);
gboolean heddle_template_parse_argv (HeddleTemplate *self, const char *command,
                                     const HeddleTemplateOptions *options, GError **error);

G_END_DECLS
