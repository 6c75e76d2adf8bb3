/* SPDX-FileCopyrightText: Sampan contributors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* Addresses: what is taken, what is refused, and that writing and parsing are inverse. */

#include "config.h"

#include "remote.h"

#include "protocol.h"

#include <string.h>

typedef struct
{
  const char *uri;
  const char *user; /* NULL: none */
  const char *host;
  unsigned int port;
  const char *path;
} Good;

#define N10 "0123456789"
#define N50 N10 N10 N10 N10 N10
#define N250 N50 N50 N50 N50 N50

static const Good good[] = {
  { "sampan://box", NULL, "box", 9002, "" },
  { "sampan://box/", NULL, "box", 9002, "" },
  { "sampan://ann@box", "ann", "box", 9002, "" },
  { "sampan://ann@box/files", "ann", "box", 9002, "files" },
  { "sampan://ann@box/files/", "ann", "box", 9002, "files" },
  { "sampan://ann@box:9002/files", "ann", "box", 9002, "files" },
  { "sampan://ann@box:1/files/a", "ann", "box", 1, "files/a" },
  { "sampan://ann@box:65535/files/a/b", "ann", "box", 65535, "files/a/b" },
  { "SAMPAN://ann@box/files", "ann", "box", 9002, "files" },
  { "Sampan://box", NULL, "box", 9002, "" },
  { "sampan://a.b_c-d0@box.local/x", "a.b_c-d0", "box.local", 9002, "x" },
  { "sampan://box:/x", NULL, "box", 9002, "x" },
  { "sampan://192.168.1.20/x", NULL, "192.168.1.20", 9002, "x" },
  { "sampan://192.168.1.20:80", NULL, "192.168.1.20", 80, "" },
  { "sampan://[::1]/x", NULL, "::1", 9002, "x" },
  { "sampan://[::1]:7000/x", NULL, "::1", 7000, "x" },
  { "sampan://ann@[2001:db8::5]:7000/", "ann", "2001:db8::5", 7000, "" },
  { "sampan://[fe80::1%25eth0]/x", NULL, "fe80::1%eth0", 9002, "x" },
  { "sampan://box/a%20b", NULL, "box", 9002, "a b" },
  { "sampan://box/a b", NULL, "box", 9002, "a b" },
  { "sampan://box/100%25", NULL, "box", 9002, "100%" },
  { "sampan://box/%ff%fe", NULL, "box", 9002, "\xff\xfe" },
  { "sampan://box/%0a%1b%5b", NULL, "box", 9002, "\n\x1b[" },
  { "sampan://box/%E6%96%87", NULL, "box", 9002, "文" },
  { "sampan://box/文/档", NULL, "box", 9002, "文/档" },
  { "sampan://box/%3f%23", NULL, "box", 9002, "?#" },
  { "sampan://box/a:b@c", NULL, "box", 9002, "a:b@c" },
  { "sampan://box/...", NULL, "box", 9002, "..." },
  { "sampan://box/.hidden", NULL, "box", 9002, ".hidden" },
  { "sampan://box/a%5cb", NULL, "box", 9002, "a\\b" },
  { "sampan://box/$&+,;=~!*'()", NULL, "box", 9002, "$&+,;=~!*'()" },
  { "sampan://xn--bcher-kva.example/x", NULL, "xn--bcher-kva.example", 9002, "x" },
  { "sampan://bücher.example/x", NULL, "xn--bcher-kva.example", 9002, "x" },
  { "sampan://box/" N250 "12345", NULL, "box", 9002, N250 "12345" },
};

static const char *const bad[] = {
  "",
  "box",
  "//box/x",
  "box/x",
  "http://box/x",
  "sampan:",
  "sampan:/box",
  "sampan://",
  "sampan:///x",
  "sampan://@box/x",
  "sampan://ann@/x",
  "sampan://ann:secret@box/x",
  "sampan://ann:@box/x",
  "sampan://ann%3asecret@box/x",
  "sampan://Ann@box/x",
  "sampan://an%20n@box/x",
  "sampan://..@box/x",
  "sampan://0123456789012345678901234567890123@box/x",
  "sampan://box:0/x",
  "sampan://box:65536/x",
  "sampan://box:99999999999/x",
  "sampan://box:-1/x",
  "sampan://box:80a/x",
  "sampan://box: 80/x",
  "sampan://box:9002:1/x",
  "sampan://::1/x",
  "sampan://[::1/x",
  "sampan://[::1]x/y",
  "sampan://[nonsense]/x",
  "sampan://[]/x",
  "sampan://[fe80::1%25]/x",
  "sampan://bo%2fx/y",
  "sampan://bo%00x/y",
  "sampan://bo%40x/y",
  "sampan://bo x/y",
  "sampan://box/a%00b",
  "sampan://box/a%2fb",
  "sampan://box/a%2Fb",
  "sampan://box/%2e%2e/x",
  "sampan://box/../x",
  "sampan://box/a/..",
  "sampan://box/./x",
  "sampan://box/a//b",
  "sampan://box//a",
  "sampan://box//",
  "sampan://box/a//",
  "sampan://box/a%",
  "sampan://box/a%4",
  "sampan://box/a%zz",
  "sampan://box/%4/x",
  "sampan://box/a?b",
  "sampan://box/a#b",
  "sampan://box?x",
  "sampan://box#x",
  "sampan://box/a\nb",
  "sampan://box/a\033b",
  " sampan://box/x",
  "sampan://box/x ",
  "sampan://box/" N250 "123456",
};

static void
test_good (gconstpointer data)
{
  const Good *expected = data;
  g_autoptr (GError) error = NULL;
  g_autoptr (SampanRemote) remote = sampan_remote_parse (expected->uri, &error);

  g_assert_no_error (error);
  g_assert_cmpstr (sampan_remote_get_user (remote), ==, expected->user);
  g_assert_cmpstr (sampan_remote_get_host (remote), ==, expected->host);
  g_assert_cmpuint (sampan_remote_get_port (remote), ==, expected->port);
  g_assert_cmpstr (sampan_path_get (sampan_remote_get_path (remote)), ==, expected->path);
}

static void
test_round_trip (gconstpointer data)
{
  const Good *expected = data;
  g_autoptr (GError) error = NULL;
  g_autoptr (SampanRemote) remote = sampan_remote_parse (expected->uri, &error);
  g_autofree char *written = sampan_remote_to_string (remote);
  g_autoptr (SampanRemote) again = sampan_remote_parse (written, &error);
  g_autofree char *twice = NULL;

  g_assert_no_error (error);
  g_assert_cmpstr (sampan_remote_get_user (again), ==, expected->user);
  g_assert_cmpstr (sampan_remote_get_host (again), ==, expected->host);
  g_assert_cmpuint (sampan_remote_get_port (again), ==, expected->port);
  g_assert_true (
      sampan_path_equal (sampan_remote_get_path (again), sampan_remote_get_path (remote)));
  twice = sampan_remote_to_string (again);
  g_assert_cmpstr (twice, ==, written);
  for (const char *c = written; *c != '\0'; c++)
    g_assert_true (*c > ' ' && *c < 0x7f);
}

static void
test_bad (gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (SampanRemote) remote = sampan_remote_parse (data, &error);

  g_assert_null (remote);
  g_assert_error (error, SAMPAN_ERROR, SAMPAN_ERROR_BAD_NAME);
}

/* A component of each byte that a name can have. */
static void
test_all_bytes (void)
{
  for (int byte = 1; byte < 256; byte++)
    {
      char name[3] = { (char)byte, 'x', '\0' };
      g_autoptr (GError) error = NULL;
      g_autoptr (SampanPath) path = NULL;
      g_autoptr (SampanRemote) remote = NULL;
      g_autoptr (SampanRemote) again = NULL;
      g_autofree char *written = NULL;

      if (byte == '/')
        continue;
      path = sampan_path_new ((const uint8_t *)name, 2, &error);
      g_assert_no_error (error);
      remote = sampan_remote_new ("ann", "box", 7, path);
      written = sampan_remote_to_string (remote);
      again = sampan_remote_parse (written, &error);
      g_assert_no_error (error);
      g_assert_true (sampan_path_equal (sampan_remote_get_path (again), path));
    }
}

/* Whatever is cut or changed in a legal address: it parses or is refused, and never crashes. */
static void
test_mutations (void)
{
  static const char uri[] = "sampan://ann@[fe80::1%25eth0]:9002/files/a%20b/%ff";

  for (size_t at = 0; at < sizeof uri - 1; at++)
    for (int byte = 0; byte < 256; byte++)
      {
        g_autofree char *copy = g_strdup (uri);
        g_autoptr (SampanRemote) remote = NULL;

        copy[at] = (char)byte;
        remote = sampan_remote_parse (copy, NULL);
        if (remote != NULL)
          {
            g_autofree char *written = sampan_remote_to_string (remote);
            g_autoptr (SampanRemote) again = sampan_remote_parse (written, NULL);

            g_assert_nonnull (again);
          }
      }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  for (size_t i = 0; i < G_N_ELEMENTS (good); i++)
    {
      g_autofree char *parse = g_strdup_printf ("/core/remote/good/%zu", i);
      g_autofree char *round = g_strdup_printf ("/core/remote/round-trip/%zu", i);

      g_test_add_data_func (parse, &good[i], test_good);
      g_test_add_data_func (round, &good[i], test_round_trip);
    }
  for (size_t i = 0; i < G_N_ELEMENTS (bad); i++)
    {
      g_autofree char *name = g_strdup_printf ("/core/remote/bad/%zu", i);

      g_test_add_data_func (name, bad[i], test_bad);
    }
  g_test_add_func ("/core/remote/all-bytes", test_all_bytes);
  g_test_add_func ("/core/remote/mutations", test_mutations);
  return g_test_run ();
}
