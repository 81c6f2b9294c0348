/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "batch/arguments.h"

G_BEGIN_DECLS

/*
 * A command with replacement strings, parsed once and expanded for every job:
 *
 *   {} {.} {/} {//} {/.}   every value: whole, without extension, base name, folder, base name
 *                          without extension
 *   {n} {n.} {-1} {name}   one value: by its number, counted from the end, by the column's name
 *   {#} {%} {##}           sequence number, slot, number of all jobs
 *
 * Values become literal words of the shell; the command is the shell's to read. Where the command
 * begins with a replacement string, its values are commands, and stand as they are.
 *
 * A template never changes: any number of threads may expand it at once.
 */
typedef struct _HeddleTemplate HeddleTemplate;

typedef struct {
  const char *placeholder;  /* what stands for {}, which then means nothing; NULL: {} */
  const char *const *names; /* of the columns, NULL-terminated; NULL: they have none */
  gboolean repeat;          /* a word with {} is repeated for each value: jobs take several */
  gboolean no_shell;        /* the words are the command's arguments: no shell reads them */
} HeddleTemplateOptions;

HeddleTemplate *heddle_template_new (const char *command, const HeddleTemplateOptions *options,
                                     GError **error);
void heddle_template_free (HeddleTemplate *self);
gboolean heddle_template_needs_total (const HeddleTemplate *self);
gboolean heddle_template_needs_slot (const HeddleTemplate *self);
void heddle_template_expand (const HeddleTemplate *self, const HeddleArguments *arguments,
                             guint64 seq, guint slot, guint64 total, GString *command);
GStrv heddle_template_expand_argv (const HeddleTemplate *self, const HeddleArguments *arguments,
                                   guint64 seq, guint slot, guint64 total, GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (HeddleTemplate, heddle_template_free)

G_END_DECLS
