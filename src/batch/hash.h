/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/*
 * FNV-1a with 64 bits, for the checksums of a journal's lines and to compare commands. A byte is
 * added by an exclusive or and a multiplication with an odd number: both can be undone, so two
 * texts of one length that differ in one byte never have the same hash. Of any other two, one pair
 * in 2^64 has. It notices what goes wrong by itself, not what somebody forges.
 */
#define HEDDLE_HASH_BASIS G_GUINT64_CONSTANT (0xcbf29ce484222325)
#define HEDDLE_HASH_PRIME G_GUINT64_CONSTANT (0x100000001b3)

/**
 * heddle_hash_bytes:
 * @bytes: @length bytes
 *
 * Returns: their hash. Any thread.
 */
static inline guint64
heddle_hash_bytes (const char *bytes, gsize length)
{
  guint64 hash = HEDDLE_HASH_BASIS;

  for (gsize i = 0; i < length; i++)
    hash = (hash ^ (guchar) bytes[i]) * HEDDLE_HASH_PRIME;
  return hash;
}

/**
 * heddle_hash_command:
 * @command: @length bytes
 *
 * Returns: the hash by which a command is compared, never 0. A newline counts as the NUL that a
 * joblog has in its place, so that a command has one hash wherever it is read. Any thread.
 */
static inline guint64
heddle_hash_command (const char *command, gsize length)
{
  guint64 hash = HEDDLE_HASH_BASIS;

  for (gsize i = 0; i < length; i++)
    hash = (hash ^ (command[i] == '\n' ? 0 : (guchar) command[i])) * HEDDLE_HASH_PRIME;
  return hash != 0 ? hash : 1;
}

G_END_DECLS
