/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "engine/model/results.h"

G_BEGIN_DECLS

/*
 * The lines of a table of tasks as RFC 4180 has them (docs/formats/csv.md): fields between commas,
 * in quotes where they have to be, lines that end with CR LF. Texts are written byte by byte as
 * they are. Each function writes at @to, which has room for as many bytes as heddle_csv_*_room()
 * says, and returns the byte behind it. Any thread.
 */
#define HEDDLE_CSV_HEAD_ROOM 256
char *heddle_csv_put_head (char *to);

gsize heddle_csv_task_room (const HeddleRow *row);
char *heddle_csv_put_task (char *to, const HeddleRow *row, gint64 origin);

G_END_DECLS
