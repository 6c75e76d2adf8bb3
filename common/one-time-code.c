/* SPDX-FileCopyrightText: Sampan contributors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* One-time codes that a person can read out and type. */

#include "config.h"

#include "login.h"

#include <sodium.h>
#include <string.h>

#define CODE_SYMBOLS 16
#define SYMBOL_BITS 5
#define GROUP_SYMBOLS 4
#define CODE_LENGTH (CODE_SYMBOLS + CODE_SYMBOLS / GROUP_SYMBOLS - 1) /* with the dashes */

/* Digits, and letters without i, l, o (too like 1 and 0) and u. */
static const char symbols[] = "0123456789abcdefghjkmnpqrstvwxyz";
G_STATIC_ASSERT (sizeof symbols - 1 == 1 << SYMBOL_BITS);

static SampanSecret *
group_code (const char code[static CODE_SYMBOLS])
{
  char grouped[CODE_LENGTH];
  size_t length = 0;
  SampanSecret *secret;

  for (size_t i = 0; i < CODE_SYMBOLS; i++)
    {
      if (i > 0 && i % GROUP_SYMBOLS == 0)
        grouped[length++] = '-';
      grouped[length++] = code[i];
    }
  secret = sampan_secret_new (grouped, length);
  sodium_memzero (grouped, sizeof grouped);
  return secret;
}

static char
fold_symbol (char typed)
{
  char lower = g_ascii_tolower (typed);

  switch (lower)
    {
    case 'o':
      return '0';
    case 'i':
    case 'l':
      return '1';
    default:
      return lower != '\0' && strchr (symbols, lower) ? lower : '\0';
    }
}

SampanSecret *
sampan_one_time_code_generate (void)
{
  uint8_t random[CODE_SYMBOLS];
  char code[CODE_SYMBOLS];
  SampanSecret *secret;

  /* 256 is a multiple of 32: the low five bits of a random byte are uniform. */
  randombytes_buf (random, sizeof random);
  for (size_t i = 0; i < CODE_SYMBOLS; i++)
    code[i] = symbols[random[i] % (sizeof symbols - 1)];
  secret = group_code (code);
  sodium_memzero (random, sizeof random);
  sodium_memzero (code, sizeof code);
  return secret;
}

SampanSecret *
sampan_one_time_code_fold (const SampanSecret *typed)
{
  const char *bytes = (const char *)sampan_secret_get (typed);
  char code[CODE_SYMBOLS];
  size_t length = 0;
  bool possible = true;
  SampanSecret *secret = NULL;

  for (size_t i = 0; i < sampan_secret_get_length (typed) && possible; i++)
    {
      char symbol;

      if (bytes[i] == '-' || g_ascii_isspace (bytes[i]))
        continue;
      symbol = fold_symbol (bytes[i]);
      possible = symbol != '\0' && length < CODE_SYMBOLS;
      if (possible)
        code[length++] = symbol;
    }
  if (possible && length == CODE_SYMBOLS)
    secret = group_code (code);
  sodium_memzero (code, sizeof code);
  return secret;
}
