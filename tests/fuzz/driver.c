/* SPDX-FileCopyrightText: Sampan contributors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* Runs a fuzz target without a fuzzing engine: each file given, or in a directory given, and a
 * bounded number of mutations of each, always the same ones. */

#include "config.h"

#include "fuzz.h"

#include <glib.h>
#include <string.h>

#define MUTATIONS_PER_FILE 2000 /* a second or so for a corpus */
#define EDITS_MAX 4             /* in one mutation */
#define RUN_MAX_BYTES 64        /* inserted or removed at once */
#define SEED 9002

/* In memory of its exact size, so that a sanitizer sees a read past it. */
static void
run_one (const GByteArray *input)
{
  g_autofree uint8_t *copy = g_memdup2 (input->data, input->len);

  LLVMFuzzerTestOneInput (copy, input->len);
}

static guint
pick_offset (GRand *random, const GByteArray *input)
{
  return (guint)g_rand_int_range (random, 0, (gint32)input->len);
}

static void
insert_bytes (GRand *random, GByteArray *input)
{
  guint offset = (guint)g_rand_int_range (random, 0, (gint32)input->len + 1);
  guint count = (guint)g_rand_int_range (random, 1, RUN_MAX_BYTES + 1);
  guint behind = input->len - offset;
  uint8_t value = (uint8_t)g_rand_int_range (random, 0, UINT8_MAX + 1);

  g_byte_array_set_size (input, input->len + count);
  memmove (input->data + offset + count, input->data + offset, behind);
  memset (input->data + offset, value, count);
}

static void
remove_bytes (GRand *random, GByteArray *input)
{
  guint offset = pick_offset (random, input);
  guint count = (guint)g_rand_int_range (random, 1, RUN_MAX_BYTES + 1);

  g_byte_array_remove_range (input, offset, MIN (count, input->len - offset));
}

static void
edit_once (GRand *random, GByteArray *input)
{
  static const uint8_t telling[] = { 0x00, 0x01, 0x7f, 0x80, 0xff, '/', '.', '\\', '\n' };
  gint32 kind = input->len > 0 ? g_rand_int_range (random, 0, 6) : 0;

  switch (kind)
    {
    case 0:
      insert_bytes (random, input);
      break;
    case 1:
      input->data[pick_offset (random, input)] ^= (uint8_t)(1u << g_rand_int_range (random, 0, 8));
      break;
    case 2:
      input->data[pick_offset (random, input)] = (uint8_t)g_rand_int (random);
      break;
    case 3:
      input->data[pick_offset (random, input)] =
          telling[g_rand_int_range (random, 0, G_N_ELEMENTS (telling))];
      break;
    case 4:
      g_byte_array_set_size (input, pick_offset (random, input));
      break;
    default:
      remove_bytes (random, input);
      break;
    }
}

static void
run_file (const char *filename)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GByteArray) input = g_byte_array_new ();
  g_autoptr (GRand) random = g_rand_new_with_seed (SEED);
  g_autofree char *contents = NULL;
  gsize length;

  if (!g_file_get_contents (filename, &contents, &length, &error))
    g_error ("%s", error->message);
  g_byte_array_append (input, (const uint8_t *)contents, (guint)length);
  run_one (input);
  for (unsigned int i = 0; i < MUTATIONS_PER_FILE; i++)
    {
      gint32 n_edits = g_rand_int_range (random, 1, EDITS_MAX + 1);

      g_byte_array_set_size (input, 0);
      g_byte_array_append (input, (const uint8_t *)contents, (guint)length);
      while (n_edits-- > 0)
        edit_once (random, input);
      run_one (input);
    }
}

static unsigned int
run_path (const char *path)
{
  g_autoptr (GDir) directory = NULL;
  const char *name;
  unsigned int n_files = 0;

  if (!g_file_test (path, G_FILE_TEST_IS_DIR))
    {
      run_file (path);
      return 1;
    }
  directory = g_dir_open (path, 0, NULL);
  while (directory != NULL && (name = g_dir_read_name (directory)) != NULL)
    {
      g_autofree char *filename = g_build_filename (path, name, NULL);

      n_files += run_path (filename);
    }
  return n_files;
}

int
main (int argc, char *argv[])
{
  unsigned int n_files = 0;

  LLVMFuzzerTestOneInput ((const uint8_t *)"", 0);
  for (int i = 1; i < argc; i++)
    n_files += run_path (argv[i]);
  g_print ("%u files, %u mutations of each\n", n_files, MUTATIONS_PER_FILE);
  /* An empty corpus is a mistake in the build, not a pass. */
  return n_files > 0 ? 0 : 1;
}
