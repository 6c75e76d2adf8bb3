/* SPDX-FileCopyrightText: Sampan contributors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* Noise_NN_25519_ChaChaPoly_SHA512: published vectors of three implementations. Figures in hex. */

#pragma once

#include <stddef.h>

#define NOISE_MESSAGES_MAX 6

typedef struct
{
  const char *name; /* of the implementation that published it */
  const char *prologue;
  const char *initiator_ephemeral;
  const char *responder_ephemeral;
  const char *handshake_hash; /* NULL: not given */
  struct
  {
    const char *payload;
    const char *ciphertext;
  } messages[NOISE_MESSAGES_MAX];
} NoiseVector;

static const NoiseVector noise_vectors[] = {
  {
    .name = "cacophony",
    .prologue = "4a6f686e2047616c74",
    .initiator_ephemeral = "893e28b9dc6ca8d611ab664754b8ceb7bac5117349a4439a6b0569da977c464a",
    .responder_ephemeral = "bbdb4cdbd309f1a1f2e1456967fe288cadd6f712d65dc7b7793d5e63da6b375b",
    .handshake_hash = "ecef70ee0ad29e5c2838ff00354b99af6c1b630a73d662710a50a3e3f0741c62af0416208e9bba27"
                      "b697f56e99929d8562869264f0143791331bdc47c2c895a8",
    .messages = {
      { "4c756477696720766f6e204d69736573",
        "ca35def5ae56cec33dc2036731ab14896bc4c75dbb07a61f879f8e3afa4c79444c75647769672076"
        "6f6e204d69736573" },
      { "4d757272617920526f746862617264",
        "95ebc60d2b1fa672c1f46a8aa265ef51bfe38e7ccb39ec5be34069f144808843a4b5da00b0bf7077"
        "01c15f5f54d13dfaa53404c812aaac98d55e2a9463bb94" },
      { "462e20412e20486179656b",
        "7cc120945f3d00ce194bc60172accedcc168607551c226ef02e602" },
      { "4361726c204d656e676572",
        "09adc97d36e5b47f3b81bebd1920595e9480f450af4e71df38babf" },
      { "4a65616e2d426170746973746520536179",
        "c5829c1e26ce3c64118a83db0d71c7d164cc64681ada524a46e6ec45b8a434cd55" },
      { "457567656e2042f6686d20766f6e2042617765726b",
        "de3b8b4d2785222a15ba1f70ab6fd12b2a76cd7c26242a00e2488c513020f479c721d5cd74" },
    },
  },
  {
    .name = "snow",
    .prologue = "5468657265206973206e6f20726967687420616e642077726f6e672e2054686572652773206f6e6c"
                "792066756e20616e6420626f72696e672e",
    .initiator_ephemeral = "88f7d372523e324d2a2ef1e7fcca3b8c2dd8dd11e003a509f69cdb111b5a27a2",
    .responder_ephemeral = "07555ab01344ac435917c5ac0fae963e5b352d49fc5f52923bee0fe0e6ecadb5",
    .messages = {
      { "a42aff734a01489996a56fcae10c9615aa3855275c33e4434504fe9fc423b8e5",
        "695627aca90f0674c9d99a3551c613fe1076208603f90567b788f93333f6985ea42aff734a014899"
        "96a56fcae10c9615aa3855275c33e4434504fe9fc423b8e5" },
      { "d81806a267a3e66a59b27f24beb668dd92a4b5108880b539f9e0e6702389ff45",
        "774db0bbe4405ff677338d97800ca97960e9b172b3f43bc713b271a0995daa2e0d1e42e6376b938e"
        "83f1d4528cf304a6491c220dbb1fb20dba1453eee9ff62a2c586b6e523f051424a4bab6c64962a6d" },
      { "46d0faf887219d79a699597673d1a811ac00886ef749e4b9f89460246e700023",
        "adcbf5cbd88710099d4d002b62f13d0a12227cb4e6fcbb31c8cecc9348699ff7857a67c2b82aaea4"
        "b1fdd35d1f940bcf" },
      { "9b5923c017881865e46d104f55461a8a338fcdfea9fe91120656e015e0114d91",
        "35b039ca1d951d4c2f0a44322d80e3fe8547f90d4e49469dc38148a5d6ae1e496a2a0b6c0fbb6eb6"
        "fc08f5c893398e39" },
    },
  },
  {
    .name = "noise-c-basic",
    .prologue = "50726f6c6f677565313233",
    .initiator_ephemeral = "893e28b9dc6ca8d611ab664754b8ceb7bac5117349a4439a6b0569da977c464a",
    .responder_ephemeral = "bbdb4cdbd309f1a1f2e1456967fe288cadd6f712d65dc7b7793d5e63da6b375b",
    .handshake_hash = "a351cc46c7d774b0462212c83cb5726a71d3da7dab3c50b617b858c4d35d99382eebde253e73aa57"
                      "1f47dffac5f4d43ea706b07cbf78f51618345b5b579af92f",
    .messages = {
      { "4c756477696720766f6e204d69736573",
        "ca35def5ae56cec33dc2036731ab14896bc4c75dbb07a61f879f8e3afa4c79444c75647769672076"
        "6f6e204d69736573" },
      { "4d757272617920526f746862617264",
        "95ebc60d2b1fa672c1f46a8aa265ef51bfe38e7ccb39ec5be34069f144808843a4b5da00b0bf7077"
        "01c15f5f54d13d5ff7176a5819a3939037cffd1f2d1dc7" },
      { "462e20412e20486179656b",
        "7cc120945f3d00ce194bc60172accedcc168607551c226ef02e602" },
      { "4361726c204d656e676572",
        "09adc97d36e5b47f3b81bebd1920595e9480f450af4e71df38babf" },
      { "4a65616e2d426170746973746520536179",
        "c5829c1e26ce3c64118a83db0d71c7d164cc64681ada524a46e6ec45b8a434cd55" },
      { "457567656e2042f6686d20766f6e2042617765726b",
        "de3b8b4d2785222a15ba1f70ab6fd12b2a76cd7c26242a00e2488c513020f479c721d5cd74" },
    },
  },
  {
    .name = "noise-c-cacophony-old",
    .prologue = "4a6f686e2047616c74",
    .initiator_ephemeral = "893e28b9dc6ca8d611ab664754b8ceb7bac5117349a4439a6b0569da977c464a",
    .responder_ephemeral = "bbdb4cdbd309f1a1f2e1456967fe288cadd6f712d65dc7b7793d5e63da6b375b",
    .messages = {
      { "4c756477696720766f6e204d69736573",
        "ca35def5ae56cec33dc2036731ab14896bc4c75dbb07a61f879f8e3afa4c79444c75647769672076"
        "6f6e204d69736573" },
      { "4d757272617920526f746862617264",
        "95ebc60d2b1fa672c1f46a8aa265ef51bfe38e7ccb39ec5be34069f144808843a4b5da00b0bf7077"
        "01c15f5f54d13dfaa53404c812aaac98d55e2a9463bb94" },
      { "462e20412e20486179656b",
        "7cc120945f3d00ce194bc60172accedcc168607551c226ef02e602" },
      { "4361726c204d656e676572",
        "09adc97d36e5b47f3b81bebd1920595e9480f450af4e71df38babf" },
      { "4a65616e2d426170746973746520536179",
        "c5829c1e26ce3c64118a83db0d71c7d164cc64681ada524a46e6ec45b8a434cd55" },
      { "457567656e2042f6686d20766f6e2042617765726b",
        "de3b8b4d2785222a15ba1f70ab6fd12b2a76cd7c26242a00e2488c513020f479c721d5cd74" },
    },
  },
};
