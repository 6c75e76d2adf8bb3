/* SPDX-FileCopyrightText: Sampan contributors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* Noise_NN_25519_ChaChaPoly_SHA512 and Noise_NN_25519_AESGCM_SHA512: the vectors that cacophony
 * (vectors/cacophony.txt), snow (tests/vectors/snow.txt) and noise-c (tests/vector) publish.
 * Figures in hex. */

#pragma once

#include "protocol.h"
#include <stddef.h>

#define NOISE_MESSAGES_MAX 6

typedef struct
{
  const char *name; /* of the implementation that published it */
  SampanSuite suite;
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
    .suite = SAMPAN_SUITE_CHACHAPOLY,
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
    .suite = SAMPAN_SUITE_CHACHAPOLY,
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
    .suite = SAMPAN_SUITE_CHACHAPOLY,
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
    .suite = SAMPAN_SUITE_CHACHAPOLY,
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
  {
    .name = "cacophony",
    .suite = SAMPAN_SUITE_AESGCM,
    .prologue = "4a6f686e2047616c74",
    .initiator_ephemeral = "893e28b9dc6ca8d611ab664754b8ceb7bac5117349a4439a6b0569da977c464a",
    .responder_ephemeral = "bbdb4cdbd309f1a1f2e1456967fe288cadd6f712d65dc7b7793d5e63da6b375b",
    .handshake_hash = "1c85fe89bed0615e1caa7bb64d6495e9fb5fcdcd1e9934a656dfcf9d0c2c93dfd42ca5a7ce89ed1f"
                      "dd944e39314057d63a1848a54c8879df7d9bab3d826e3c68",
    .messages = {
      { "4c756477696720766f6e204d69736573",
        "ca35def5ae56cec33dc2036731ab14896bc4c75dbb07a61f879f8e3afa4c79444c75647769672076"
        "6f6e204d69736573" },
      { "4d757272617920526f746862617264",
        "95ebc60d2b1fa672c1f46a8aa265ef51bfe38e7ccb39ec5be34069f144808843f01eddcfafa2580b"
        "f4b9670208b19eea75586d8b0352dd82aae394a668e50f" },
      { "462e20412e20486179656b",
        "a267e88b70a00fbc099d3bd4438073cea04835321f89f028f421bd" },
      { "4361726c204d656e676572",
        "d0dce53724a6e38d5c0ee4bcb19bdc896c8e62d7a26fe71f7c3424" },
      { "4a65616e2d426170746973746520536179",
        "91ab3b07fd6cd6cc8877ffcf12cef8aeb0c2f8c8d58cd52398899a29b8b92dc8c4" },
      { "457567656e2042f6686d20766f6e2042617765726b",
        "ff76c3fc888707743dac49d4629f8009264aa4123b8e0818a396ef4c2ca48f2beb7c9215bb" },
    },
  },
  {
    .name = "snow",
    .suite = SAMPAN_SUITE_AESGCM,
    .prologue = "5468657265206973206e6f20726967687420616e642077726f6e672e2054686572652773206f6e6c"
                "792066756e20616e6420626f72696e672e",
    .initiator_ephemeral = "7f64a3eecc3f09932ac4ae3c0d358b5c54100fb0941bc065ce04bf4465753e65",
    .responder_ephemeral = "0bf394f42737d4f29dc3338e771368919c4dd0cb7d19bf1b461c7b060a5298aa",
    .messages = {
      { "28c1fe2e68f5d1f0aca16f83da6511f248c0d7d65fa4dea84626e78e2d601198",
        "eaf13ed3ee0b50d4d8e618b399488ce914c0202d57ab4c8d397c7250e530274728c1fe2e68f5d1f0"
        "aca16f83da6511f248c0d7d65fa4dea84626e78e2d601198" },
      { "e68825ed0a5644cf9c8347bcb3b6d0a642c20eb14b8bf6f1f2fc34cd2a2fc431",
        "1fa71d8da2e374affa61932c5ae8b89bd1a061c6f3606a3a9a9fb9b24a6b8411886078816e1256f8"
        "f5b0a377f758fc6f3e905b1f2dc91b85ea01e090d1d396759b07b4c3f3f6c693e4464ea1163d7dd2" },
      { "5ede35eb32fd68553b7088a00bbaf5e12a38259e0f9fb81f35d56e705506a045",
        "a0bd6fdf8486d5930cd2853e50ef5ae82a71feb0e13f9967b36e7706c8b56195f4a79d3211d424a7"
        "f9a8838a75c63c21" },
      { "03e1a55c4e9c71c48edbc76991a312d2cfbb3138459f70052d8dfb5725d1e147",
        "c54cfb713c73a1339a14785926382f74ef47ea3cbe02e1db7340c7408a31b0316c6a6ba4b7a984e8"
        "28c348e2666f683f" },
    },
  },
};
