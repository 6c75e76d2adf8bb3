/* SPDX-FileCopyrightText: Sampan contributors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* Addresses: parsing, and whom limits are counted against. */

#include "config.h"

#include "errors.h"
#include "net/address.h"

#include <arpa/inet.h>

static void
set_address (struct sockaddr_storage *address, const char *text)
{
  struct sockaddr_in *in = (struct sockaddr_in *)address;
  struct sockaddr_in6 *in6 = (struct sockaddr_in6 *)address;

  *address = (struct sockaddr_storage){ 0 };
  if (inet_pton (AF_INET, text, &in->sin_addr) == 1)
    in->sin_family = AF_INET;
  else
    {
      g_assert_cmpint (inet_pton (AF_INET6, text, &in6->sin6_addr), ==, 1);
      in6->sin6_family = AF_INET6;
    }
}

/* B8, G10: an IPv6 network of 64 bits is one source. */
static void
test_source_key (void)
{
  static const struct
  {
    const char *a;
    const char *b;
    bool same;
  } cases[] = {
    { "192.0.2.7", "192.0.2.7", true },
    { "192.0.2.7", "192.0.2.8", false },
    { "192.0.2.7", "::ffff:192.0.2.7", true },
    { "192.0.2.7", "::ffff:192.0.2.8", false },
    { "::ffff:192.0.2.7", "::ffff:192.0.2.8", false },
    { "192.0.2.7", "::192.0.2.7", false },
    { "2001:db8::1", "2001:db8::ffff:ffff:ffff:ffff", true },
    { "2001:db8::1", "2001:db8:0:1::1", false },
    { "2001:db8:0:ffff::", "2001:db8:0:fffe:ffff::", false },
    { "::1", "::2", true },
    { "fe80::1", "fe80::2", true },
  };

  for (size_t i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      struct sockaddr_storage a, b;
      SampanSourceKey key_a, key_b;
      set_address (&a, cases[i].a);
      set_address (&b, cases[i].b);
      sampan_source_key_from_address (&key_a, (struct sockaddr *)&a);
      sampan_source_key_from_address (&key_b, (struct sockaddr *)&b);
      g_test_message ("%s %s", cases[i].a, cases[i].b);
      g_assert_cmpint (sampan_source_key_equal (&key_a, &key_b), ==, cases[i].same);
    }
}

static void
test_text (void)
{
  static const char *const cases[][2] = {
    { "192.0.2.7", "192.0.2.7" },
    { "::ffff:192.0.2.7", "192.0.2.7" },
    { "2001:db8::1", "2001:db8::1" },
    { "::1", "::1" },
  };

  for (size_t i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      struct sockaddr_storage address;
      char text[SAMPAN_SOURCE_TEXT_MAX];
      set_address (&address, cases[i][0]);
      sampan_address_get_text ((struct sockaddr *)&address, text);
      g_assert_cmpstr (text, ==, cases[i][1]);
    }
}

static void
test_parse (void)
{
  static const struct
  {
    const char *text;
    const char *endpoint; /* NULL: refused */
  } cases[] = {
    { "192.0.2.7:9002", "192.0.2.7:9002" },
    { "127.0.0.1:0", "127.0.0.1:0" },
    { "0.0.0.0:65535", "0.0.0.0:65535" },
    { "[::]:9002", "[::]:9002" },
    { "[::1]:0", "[::1]:0" },
    { "[2001:db8::7]:1", "[2001:db8::7]:1" },
    { "0.0.0.0:65536", NULL },
    { "192.0.2.7", NULL },
    { "192.0.2.7:", NULL },
    { "192.0.2.7:+1", NULL },
    { "192.0.2.7:-1", NULL },
    { "192.0.2.7: 1", NULL },
    { "192.0.2.7:1x", NULL },
    { "192.0.2.7:000001", NULL },
    { "192.0.2:1", NULL },
    { ":9002", NULL },
    { "9002", NULL },
    { "", NULL },
    { "::1:9002", NULL },
    { "[::1]", NULL },
    { "[::1]9002", NULL },
    { "[]:9002", NULL },
    { "[:9002", NULL },
    { "[::1:9002", NULL },
    { "localhost:9002", NULL },
    { "[192.0.2.7]:9002", NULL },
  };

  for (size_t i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      struct sockaddr_storage address;
      g_autoptr (GError) error = NULL;
      bool ok = sampan_address_parse (cases[i].text, &address, &error);
      g_test_message ("%s", cases[i].text);
      g_assert_cmpint (ok, ==, cases[i].endpoint != NULL);
      if (ok)
        {
          g_autofree char *endpoint = sampan_address_get_endpoint ((struct sockaddr *)&address);
          g_assert_cmpstr (endpoint, ==, cases[i].endpoint);
        }
      else
        g_assert_error (error, SAMPAN_ERROR, SAMPAN_ERROR_BAD_NAME);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/net/address/source-key", test_source_key);
  g_test_add_func ("/net/address/text", test_text);
  g_test_add_func ("/net/address/parse", test_parse);
  return g_test_run ();
}
