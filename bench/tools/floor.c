// What a program does that does nothing else: reads a log to its end and hands it over. No following, no cursors, no retries: the
// least that the work can cost on this machine. It then waits to be killed, so that it can be measured.
//
//   floor raw|json|gzip LOG PORT     over HTTP to 127.0.0.1:PORT, as it is, combined lines as JSON, or gzip'd (level 1)
//   floor file LOG PATH              into a file
#include <arpa/inet.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <unistd.h>
#include <zlib.h>

#define BLOCK (256 * 1024)
static char block[BLOCK], shaped[BLOCK * 4];

static void fail(const char *what) { perror(what); exit(1); }

static void put(int to, const char *head, size_t head_length, const char *body, size_t length) {
  struct iovec parts[2] = {{(void *)head, head_length}, {(void *)body, length}};
  int at = 0;
  while (at < 2) {
    ssize_t written = writev(to, parts + at, 2 - at);
    if (written < 0) fail("write");
    while (at < 2 && (size_t)written >= parts[at].iov_len) written -= (ssize_t)parts[at++].iov_len;
    if (at < 2) { parts[at].iov_base = (char *)parts[at].iov_base + written; parts[at].iov_len -= (size_t)written; }
  }
}

static void post(int to, const char *body, size_t length) {
  char head[128], answer[1024];
  int used = snprintf(head, sizeof head, "POST / HTTP/1.1\r\nHost: sink\r\nContent-Length: %zu\r\n\r\n", length);
  put(to, head, (size_t)used, body, length);
  if (recv(to, answer, sizeof answer, 0) <= 0) fail("answer");
}

static char *add(char *to, const char *text, size_t length) { memcpy(to, text, length); return to + length; }

// One member: what stands between "before" and "after". It trusts the lines to be of the format and to need no escapes.
static const char *member(char **to, const char *from, const char *end, const char *name, const char *before, const char *after, int quoted) {
  from += strlen(before);
  const char *stop = memchr(from, after[0], (size_t)(end - from));
  if (!stop) fail("a line is not of the format");
  *to = add(add(*to, name, strlen(name)), quoted ? ":\"" : ":", quoted ? 2 : 1);
  *to = add(add(*to, from, (size_t)(stop - from)), "\",", quoted ? 2 : 0);
  if (!quoted) *(*to)++ = ',';
  return stop;
}

static size_t shape(size_t length) {
  char *to = shaped;
  for (const char *from = block, *end; from < block + length; from = end + 1) {
    end = memchr(from, '\n', (size_t)(block + length - from));
    *to++ = '{';
    const char *at = member(&to, from, end, "\"remote_addr\"", "", " ", 1);
    at = member(&to, at, end, "\"remote_user\"", " - ", " ", 1);
    at = member(&to, at, end, "\"time_local\"", " [", "]", 1);
    at = member(&to, at, end, "\"request\"", "] \"", "\"", 1);
    at = member(&to, at, end, "\"status\"", "\" ", " ", 0);
    at = member(&to, at, end, "\"body_bytes_sent\"", " ", " ", 0);
    at = member(&to, at, end, "\"http_referer\"", " \"", "\"", 1);
    member(&to, at, end, "\"http_user_agent\"", "\" \"", "\"", 1);
    to[-1] = '}';
    *to++ = '\n';
  }
  return (size_t)(to - shaped);
}

static size_t zip(size_t length) {
  z_stream stream = {.next_in = (Bytef *)block, .avail_in = (uInt)length, .next_out = (Bytef *)shaped, .avail_out = sizeof shaped};
  if (deflateInit2(&stream, 1, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY) != Z_OK || deflate(&stream, Z_FINISH) != Z_STREAM_END) fail("deflate");
  deflateEnd(&stream);
  return stream.total_out;
}

int main(int argc, char **argv) {
  if (argc != 4) { fputs("floor raw|json|gzip LOG PORT | floor file LOG PATH\n", stderr); return 2; }
  char kind = argv[1][0];
  int from = open(argv[2], O_RDONLY), to;
  if (from < 0) fail(argv[2]);
  if (kind == 'f') {
    to = open(argv[3], O_WRONLY | O_CREAT | O_APPEND, 0644);
    if (to < 0) fail(argv[3]);
  } else {
    to = socket(AF_INET, SOCK_STREAM, 0);
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons((unsigned short)atoi(argv[3])), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    if (connect(to, (struct sockaddr *)&address, sizeof address)) fail("connect");
  }
  off_t at = 0;
  for (ssize_t length; (length = pread(from, block, BLOCK, at)) > 0;) {
    char *stop = memrchr(block, '\n', (size_t)length);
    if (!stop) break;
    size_t whole = (size_t)(stop + 1 - block);
    if (kind == 'f') put(to, "", 0, block, whole);
    else if (kind == 'r') post(to, block, whole);
    else if (kind == 'j') post(to, shaped, shape(whole));
    else post(to, shaped, zip(whole));
    at += (off_t)whole;
  }
  for (;;) pause();
}
