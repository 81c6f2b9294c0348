/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <glib/gi18n-lib.h>

#include "engine/model/log.h"
#include "engine/model/workload.h"
#include "engine/pools/pool.h"

/* heddle_backends[] lists classes by their first field. */
G_STATIC_ASSERT (G_STRUCT_OFFSET (HeddlePoolClass, info) == 0);

/**
 * heddle_pool_new:
 * @host: what the run gives; copied
 *
 * Returns: (transfer full): a pool that is not started. Supervisor's thread.
 */
HeddlePool *
heddle_pool_new (HeddleBackend backend, const HeddlePoolHost *host)
{
  const HeddlePoolClass *klass = (const HeddlePoolClass *) heddle_backend_get_info (backend);
  HeddlePool *self;

  if (host->workload->dangerous && klass->isolated != NULL)
    klass = klass->isolated;
  self = g_malloc0 (klass->instance_size);
  self->klass = klass;
  self->host = *host;
  return self;
}

/**
 * heddle_pool_free:
 *
 * Frees a pool that was joined or never started. Supervisor's thread.
 */
void
heddle_pool_free (HeddlePool *self)
{
  if (self == NULL)
    return;
  self->klass->finalize (self);
  g_free (self);
}

/**
 * heddle_pool_ring_capacity:
 * @n_workers: how many workers share the memory
 *
 * Returns: slots of a worker's ring: 65 536 (1 MiB), less for many workers: near 32 MiB for all
 */
guint
heddle_pool_ring_capacity (guint n_workers)
{
  guint capacity = 65536;

  while (capacity > 2048 && (gsize) capacity * n_workers > 2 << 20)
    capacity /= 2;
  return capacity;
}

/**
 * heddle_pool_makes_do:
 * @n_workers: so many there are, because the system gives no more
 * @shortage: what the system says
 * @tell: whether the log is to say so
 *
 * Returns: whether the run goes on with these; FALSE: there is none, or the tasks, which need more,
 * would wait for each other without end. Any thread of the pool.
 */
gboolean
heddle_pool_makes_do (HeddlePool *self, guint n_workers, const GError *shortage, gboolean tell)
{
  const HeddleWorkload *workload = self->host.workload;
  guint parties = workload->parties != NULL ? workload->parties (self->host.data) : 0;

  if (n_workers < MAX (MIN (parties, HEDDLE_MAX_WORKERS), 1))
    return FALSE;
  if (tell)
    heddle_log_printf (self->host.log, HEDDLE_LOG_WARNING, 0, 0,
                       g_dngettext (GETTEXT_PACKAGE, "%s Going on with %u worker.",
                                    "%s Going on with %u workers.", n_workers),
                       shortage->message, n_workers);
  return TRUE;
}
