/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "engine/model/workload.h"

G_BEGIN_DECLS

typedef const HeddleWorkload *(*HeddleFindWorkload) (const char *id);

int heddle_worker_main (int argc, char **argv, HeddleFindWorkload find_workload);

G_END_DECLS
