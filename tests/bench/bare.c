/* SPDX-FileCopyrightText: Sampan contributors
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* The yardstick: reads, seals with libsodium, sends, opens, writes; one thread a side, nothing
 * else. No login, no names, no durability. A real program that overlaps these steps can beat it.
 *
 *   bare serve                                         prints its port; a process a connection
 *   bare get|put chacha|aes|plain PORT REMOTE LOCAL    absolute paths */

#include <arpa/inet.h>
#include <err.h>
#include <fcntl.h>
#include <netinet/tcp.h>
#include <signal.h>
#include <sodium.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#define BLOCK_BYTES 65536 /* as large as Sampan's frames */
#define TAG_BYTES 16
#define BACKLOG 64

typedef struct
{
  char operation; /* 'g' or 'p' */
  char cipher;    /* 'c', 'a', or 'p' for none */
  char path[1000];
  uint64_t size;
} Order;

static const unsigned char key[32];
static crypto_aead_aes256gcm_state aes_state __attribute__ ((aligned (16)));

static void
read_all (int fd, void *buffer, size_t length)
{
  for (char *at = buffer; length > 0;)
    {
      ssize_t got = read (fd, at, length);
      if (got <= 0)
        err (1, "read");
      at += got;
      length -= (size_t)got;
    }
}

static void
write_all (int fd, const void *buffer, size_t length)
{
  for (const char *at = buffer; length > 0;)
    {
      ssize_t put = write (fd, at, length);
      if (put <= 0)
        err (1, "write");
      at += put;
      length -= (size_t)put;
    }
}

/* The same blocks without a cipher. */
static void
move_plainly (int from, int to, uint64_t size)
{
  static unsigned char block[BLOCK_BYTES];

  while (size > 0)
    {
      size_t length = size < BLOCK_BYTES ? (size_t)size : BLOCK_BYTES;
      read_all (from, block, length);
      write_all (to, block, length);
      size -= length;
    }
}

static void
next_nonce (unsigned char nonce[static 12])
{
  sodium_increment (nonce, 12);
}

static void
send_file (int socket_fd, int file, char cipher, uint64_t size)
{
  static unsigned char plain[BLOCK_BYTES], sealed[sizeof (uint32_t) + BLOCK_BYTES + TAG_BYTES];
  unsigned char nonce[12] = { 0 };

  if (cipher == 'p')
    {
      move_plainly (file, socket_fd, size);
      return;
    }
  while (size > 0)
    {
      uint32_t length = size < BLOCK_BYTES ? (uint32_t)size : BLOCK_BYTES;
      unsigned char *body = sealed + sizeof length;
      read_all (file, plain, length);
      memcpy (sealed, &length, sizeof length);
      if (cipher == 'c')
        crypto_aead_chacha20poly1305_ietf_encrypt (body,
                                                   NULL,
                                                   plain,
                                                   length,
                                                   NULL,
                                                   0,
                                                   NULL,
                                                   nonce,
                                                   key);
      else
        crypto_aead_aes256gcm_encrypt_afternm (body,
                                               NULL,
                                               plain,
                                               length,
                                               NULL,
                                               0,
                                               NULL,
                                               nonce,
                                               &aes_state);
      next_nonce (nonce);
      write_all (socket_fd, sealed, sizeof length + length + TAG_BYTES);
      size -= length;
    }
}

static void
receive_file (int socket_fd, int file, char cipher, uint64_t size)
{
  static unsigned char plain[BLOCK_BYTES], sealed[BLOCK_BYTES + TAG_BYTES];
  unsigned char nonce[12] = { 0 };

  if (cipher == 'p')
    {
      move_plainly (socket_fd, file, size);
      return;
    }
  while (size > 0)
    {
      uint32_t length;
      int opened;
      read_all (socket_fd, &length, sizeof length);
      if (length == 0 || length > BLOCK_BYTES)
        errx (1, "bad length");
      read_all (socket_fd, sealed, length + TAG_BYTES);
      if (cipher == 'c')
        opened = crypto_aead_chacha20poly1305_ietf_decrypt (plain,
                                                            NULL,
                                                            NULL,
                                                            sealed,
                                                            length + TAG_BYTES,
                                                            NULL,
                                                            0,
                                                            nonce,
                                                            key);
      else
        opened = crypto_aead_aes256gcm_decrypt_afternm (plain,
                                                        NULL,
                                                        NULL,
                                                        sealed,
                                                        length + TAG_BYTES,
                                                        NULL,
                                                        0,
                                                        nonce,
                                                        &aes_state);
      if (opened != 0)
        errx (1, "forged");
      next_nonce (nonce);
      write_all (file, plain, length);
      size -= length;
    }
}

static int
open_or_die (const char *path, int flags)
{
  int fd = open (path, flags, 0600);
  if (fd < 0)
    err (1, "%s", path);
  return fd;
}

static uint64_t
size_of (int fd)
{
  struct stat status;
  if (fstat (fd, &status) != 0)
    err (1, "fstat");
  return (uint64_t)status.st_size;
}

static void
serve_one (int fd)
{
  Order order;
  read_all (fd, &order, sizeof order);
  if (order.operation == 'g')
    {
      int file = open_or_die (order.path, O_RDONLY);
      uint64_t size = size_of (file);
      write_all (fd, &size, sizeof size);
      send_file (fd, file, order.cipher, size);
      close (file);
    }
  else
    {
      int file = open_or_die (order.path, O_WRONLY | O_CREAT | O_TRUNC);
      receive_file (fd, file, order.cipher, order.size);
      close (file);
      write_all (fd, "k", 1);
    }
}

static void
serve (void)
{
  struct sockaddr_in address = { .sin_family = AF_INET,
                                 .sin_addr.s_addr = htonl (INADDR_LOOPBACK) };
  socklen_t length = sizeof address;
  int listener = socket (AF_INET, SOCK_STREAM, 0);
  if (listener < 0 || bind (listener, (struct sockaddr *)&address, sizeof address) != 0 ||
      listen (listener, BACKLOG) != 0 ||
      getsockname (listener, (struct sockaddr *)&address, &length) != 0)
    err (1, "listen");
  signal (SIGCHLD, SIG_IGN); /* no zombies */
  printf ("%d\n", ntohs (address.sin_port));
  fflush (stdout);
  for (;;)
    {
      int on = 1, fd = accept (listener, NULL, NULL);
      if (fd < 0)
        err (1, "accept");
      setsockopt (fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
      if (fork () == 0)
        {
          serve_one (fd);
          _exit (0);
        }
      close (fd);
    }
}

static void
act (const char *operation,
     const char *cipher,
     const char *port,
     const char *remote,
     const char *local)
{
  struct sockaddr_in address = { .sin_family = AF_INET,
                                 .sin_addr.s_addr = htonl (INADDR_LOOPBACK),
                                 .sin_port = htons ((uint16_t)atoi (port)) };
  int on = 1, fd = socket (AF_INET, SOCK_STREAM, 0);
  Order order = { .operation = operation[0], .cipher = cipher[0] };
  snprintf (order.path, sizeof order.path, "%s", remote);
  if (fd < 0 || connect (fd, (struct sockaddr *)&address, sizeof address) != 0)
    err (1, "connect");
  setsockopt (fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  if (order.operation == 'g')
    {
      uint64_t size;
      int file = open_or_die (local, O_WRONLY | O_CREAT | O_TRUNC);
      write_all (fd, &order, sizeof order);
      read_all (fd, &size, sizeof size);
      receive_file (fd, file, order.cipher, size);
    }
  else
    {
      char done;
      int file = open_or_die (local, O_RDONLY);
      order.size = size_of (file);
      write_all (fd, &order, sizeof order);
      send_file (fd, file, order.cipher, order.size);
      read_all (fd, &done, 1);
    }
}

int
main (int argc, char **argv)
{
  if (sodium_init () < 0)
    errx (1, "sodium_init");
  if (crypto_aead_aes256gcm_is_available ())
    crypto_aead_aes256gcm_beforenm (&aes_state, key);
  if (argc == 2 && strcmp (argv[1], "serve") == 0)
    serve ();
  else if (argc == 6)
    act (argv[1], argv[2], argv[3], argv[4], argv[5]);
  else
    errx (2, "usage: bare serve | bare get|put chacha|aes|plain PORT REMOTE LOCAL");
  return 0;
}
