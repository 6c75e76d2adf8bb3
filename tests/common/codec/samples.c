/* SPDX-FileCopyrightText: Sampan contributors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* Every message in hexadecimal, as PROTOCOL.md lays it out. */

#include "config.h"

#include "samples.h"

#include <string.h>

const MessageSample message_samples[] = {
  { "close", "01" },
  { "data", "02 00ff10" },
  { "data/empty", "02" },
  { "end", "03 0102030405060708" },
  { "end/largest", "03 ff*8" },

  { "login-start", "10 03 616e6e a1*96" },
  { "login-start/longest-user", "10 ff 61*255 a1*96" },
  { "login-start/any-bytes", "10 02 00ff a1*96" },
  { "login-finish", "11 a2*64" },
  { "attach", "12 a3*16 a4*64" },
  { "login-challenge", "90 01 a5*320" },
  { "login-ok", "91 00 a6*16 a7*32" },
  { "login-ok/must-set-password", "91 01 a6*16 a7*32" },
  { "attach-ok", "92" },

  { "ping", "20 0002 6869" },
  { "ping/empty", "20 0000" },
  { "ping/longest", "20 0400 41*1024" },
  { "list", "21 0003 612f62" },
  { "list/root", "21 0000" },
  { "list/longest", "21 1000 61*4096" },
  { "stat", "22 0001 61" },
  { "space", "23 0001 61" },
  { "mkdir", "24 0001 61 00" },
  { "mkdir/parents", "24 0003 612f62 01" },
  { "rename", "25 0001 61 0002 6262 01 00 00*16" },
  { "rename/replace", "25 0001 61 0002 6262 02 00 00*16" },
  { "rename/version", "25 0001 61 0002 6262 01 01 b4*16" },
  { "copy", "26 0001 61 0002 6262 04 00 00*16" },
  { "copy/longest", "26 1000 61*4096 1000 62*4096 03 00 00*16" },
  { "remove", "27 0001 61 00" },
  { "remove/recursive", "27 0001 61 01" },
  { "get", "28 0001 61 0000000000000000 00 00*16" },
  { "get/from", "28 0001 61 0102030405060708 01 b1*16" },
  { "put", "29 0001 61 0102030405060708 1112131415161718 075bcd15 01 00 00*16 0000 b3*16" },
  { "put/resume", "29 0001 61 0102030405060708 ff*8 3b9ac9ff 02 03 b2*16 0000 b3*16" },
  { "put/newer", "29 0001 61 ff*8 8000000000000000 00000000 03 02 00*16 0000 b3*16" },
  { "put/mode", "29 0001 61 ff*8 00*8 00000000 02 05 b2*16 01ff b3*16" },
  { "put/mode-none", "29 0001 61 ff*8 00*8 00000000 01 04 00*16 0000 b3*16" },
  { "hash", "2a 0001 61 0102030405060708" },
  { "hash/whole", "2a 0001 61 ff*8" },
  { "logout", "2b" },
  { "passwd-start", "2c c1*96" },
  { "passwd-finish", "2d c2*64 c3*32" },
  { "passwd-record", "2e c4*192" },
  { "plan", "2f 0003 612f62 01 0102030405060708 1112131415161718 075bcd15 0003 632f64" },
  { "plan/empty", "2f 0000" },
  { "plan/two", "2f 0001 61 02 00*8 00*8 00*4 0001 62 01 ff*8 ff*8 3b9ac9ff 0003 622f63" },
  { "plan/bad-names", "2f 0001 61 01 00*8 00*8 00*4 0000 01 00*8 00*8 00*4 1001 61*4097" },
  { "find", "33 0003 612f62 03 2a2e78 00 00*8 ff*8 00 00*12 00*12 000186a0" },
  { "find/all-fields",
    "33 0001 61 01 62 01 0102030405060708 1112131415161718 03"
    " 2122232425262728 075bcd15 3132333435363738 3b9ac9ff 00000001" },
  { "find/root", "33 0000 00 04 00*8 00*8 00 00*12 00*12 00000001" },
  { "find/longest", "33 1000 61*4096 ff 80*255 02 ff*8 ff*8 02 00*12 00*12 00000100" },
  { "watch", "34 0001 61" },
  { "measure", "35 0001 61" },
  { "set-time", "36 0003 612f62 1112131415161718 075bcd15" },
  { "set-time/earliest", "36 0001 61 80 00*7 00000000" },
  { "set-time/longest", "36 1000 61*4096 7f ff*7 3b9ac9ff" },
  { "put-from", "40 0102030405060708" },
  { "put-abort", "41" },

  { "error", "a0 000a 0000000000000000" },
  { "error/unknown", "a0 ffff 0102030405060708" },
  { "done", "a1" },
  { "pong", "a2 0002 4849" },
  { "list-end", "a3 0102030405060708" },
  { "entry", "a4 01 03 0102030405060708 1112131415161718 075bcd15 d1*16 05 612e747874" },
  { "entry/root", "a4 02 01 00*8 00*8 00*4 00*16 00" },
  { "entry/longest", "a4 05 00 ff*8 7f ff*7 3b9ac9ff d1*16 ff 80*255" },
  { "space-is", "a5 0102030405060708 1112131415161718 01" },
  { "removed", "a6 d2*16" },
  { "stored", "a7 d3*16 d4*16 0102030405060708 05 612e747874" },
  { "hash-is", "a8 0102030405060708 d5*32" },
  { "passwd-challenge", "a9 00 d6*320" },
  { "passwd-response", "aa d7*64" },
  { "plan-end", "ab 0102030405060708 1112131415161718 03 01" },

  { "found-end", "ae 0102030405060708 1112131415161718 2122232425262728 01" },
  { "measured",
    "af 0102030405060708 1112131415161718 2122232425262728 3132333435363738 4142434445464748" },

  { "list-page/empty", "c0" },
  { "list-page", "c0 01 03 0102030405060708 1112131415161718 075bcd15 d1*16 05 612e747874" },
  { "list-page/two",
    "c0 01 03 0102030405060708 1112131415161718 075bcd15 d1*16 01 61"
    " 02 03 0000000000000000 ff*8 00000000 d8*16 02 6262" },
  { "get-info", "c1 0102030405060708 1112131415161718 075bcd15 01a4 d9*16" },
  { "get-info/all-modes", "c1 0102030405060708 1112131415161718 075bcd15 01ff d9*16" },
  { "put-offer", "c2 0102030405060708 da*32" },
  { "put-offer/nothing", "c2 00*8 00*32" },
  { "progress", "c3 0102030405060708 1112131415161718" },
  { "plan-page/empty", "c4" },
  { "plan-page", "c4 03 01 0102030405060708 1112131415161718 075bcd15 db*16" },
  { "plan-page/all",
    "c4 01 02 01 0102030405060708 1112131415161718 075bcd15 db*16"
    " 03 01 00*8 ff*8 3b9ac9ff dc*16 04 02 00*8 00*8 00*4 dd*16 05 04 00*8 00*8 00*4 de*16"
    " 06 07 08" },
  { "found-page/empty", "c6" },
  { "found-page/two",
    "c6 01 03 0102030405060708 1112131415161718 075bcd15 d1*16 0003 612f62"
    " 02 03 0000000000000000 ff*8 00000000 d8*16 1000 62*4096" },
  { "changes", "c7" },

  { "trash-list", "30 0001 61" },
  { "restore", "31 0001 61 01 e2*16" },
  { "restore/two", "31 0001 61 04 e2*16 e3*16" },
  { "purge", "32 0001 61 e2*16" },
  { "purge/all", "32 0001 61" },
  { "trash-end", "ac 0102030405060708 1112131415161718" },
  { "restored", "ad 0000 00*16 0003 612f62" },
  { "restored/two", "ad 000c 00*16 0000 0000 e4*16 0003 612f62" },
  { "trash-page/empty", "c5" },
  { "trash-page", "c5 e1*16 01 0102030405060708 1112131415161718 075bcd15 03 616e6e 0003 612f62" },
  { "trash-page/two",
    "c5 e1*16 01 0102030405060708 1112131415161718 075bcd15 03 616e6e 0003 612f62 e5*16 02 ff*8 7f "
    "ff*7 3b9ac9ff 00 1000 61*4096" },
};
const size_t n_message_samples = G_N_ELEMENTS (message_samples);

GByteArray *
sample_to_bytes (const char *hex)
{
  g_auto (GStrv) words = g_strsplit (hex, " ", -1);
  GByteArray *bytes = g_byte_array_new ();

  for (size_t i = 0; words[i] != NULL; i++)
    {
      const char *star = strchr (words[i], '*');
      size_t digits = star != NULL ? (size_t)(star - words[i]) : strlen (words[i]);
      guint64 times = star != NULL ? g_ascii_strtoull (star + 1, NULL, 10) : 1;

      g_assert_cmpuint (digits % 2, ==, 0);
      for (; times > 0; times--)
        for (size_t at = 0; at < digits; at += 2)
          {
            int value =
                g_ascii_xdigit_value (words[i][at]) * 16 + g_ascii_xdigit_value (words[i][at + 1]);
            uint8_t byte = (uint8_t)value;

            g_assert_cmpint (value, >=, 0);
            g_byte_array_append (bytes, &byte, 1);
          }
    }
  return bytes;
}

GByteArray *
sample_find (const char *name)
{
  for (size_t i = 0; i < n_message_samples; i++)
    if (g_str_equal (message_samples[i].name, name))
      return sample_to_bytes (message_samples[i].hex);
  g_assert_not_reached ();
}
