/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

/* What the worker program and whoever starts it have to agree in: docs/worker-protocol.md. */
#define HEDDLE_PROTOCOL 2
#define HEDDLE_PROTOCOL_TEXT G_STRINGIFY (HEDDLE_PROTOCOL)

/* With these a worker says why it cannot work, before it is ready. */
#define HEDDLE_WORKER_EXIT_USAGE 2
#define HEDDLE_WORKER_EXIT_PROTOCOL 80
#define HEDDLE_WORKER_EXIT_WORKLOAD 81 /* the error text in the segment says why */
#define HEDDLE_WORKER_EXIT_ORPHAN 82   /* the host was gone before the worker had started */
