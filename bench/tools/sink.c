// A receiver that counts and discards: HTTP/1.1 (every request is answered with 200), or a plain TCP stream of lines.
//
//   sink http|tcp PORT RESULT lines N     done after N lines
//   sink http|tcp PORT RESULT unzipped N  done when the gzip'd bodies say that they are of N bytes in all (it does not unpack them)
//   sink http|tcp PORT RESULT latency N   done after N lines that have "t=<nanoseconds>" of loggen in them
//
// RESULT is written when it is done: lines, body bytes, and the times of the first and the last byte in nanoseconds since 1970; with
// "latency" also p50, p99 and the longest in milliseconds. It then goes on receiving until it is killed.
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/tcp.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum place { HEAD, BODY, CHUNK_SIZE, CHUNK, CHUNK_END, TRAILER };

struct connection {
  int socket, chunked, marked;
  enum place place;
  uint64_t left, stamp;  // of the body or chunk; the digits of t= so far
  size_t used;           // of head
  unsigned char tail[4]; // the last bytes of the body
  char head[16384];
};

static enum { LINES, UNZIPPED, LATENCY } goal;
static uint64_t wanted, lines, bytes, unzipped, first, last, samples;
static double *latencies;
static const char *result;
static int is_http, done;

static uint64_t now(void) {
  struct timespec t;
  clock_gettime(CLOCK_REALTIME, &t);
  return (uint64_t)t.tv_sec * 1000000000ULL + (uint64_t)t.tv_nsec;
}

static int ascending(const void *a, const void *b) {
  double x = *(const double *)a, y = *(const double *)b;
  return (x > y) - (x < y);
}

static void finish(void) {
  char temporary[4096];
  snprintf(temporary, sizeof temporary, "%s.new", result);
  FILE *to = fopen(temporary, "w");
  if (!to) { perror(temporary); exit(1); }
  fprintf(to, "%llu %llu %llu %llu", (unsigned long long)lines, (unsigned long long)bytes, (unsigned long long)first, (unsigned long long)last);
  if (goal == LATENCY) {
    qsort(latencies, samples, sizeof *latencies, ascending);
    fprintf(to, " %.3f %.3f %.3f", latencies[samples / 2], latencies[samples * 99 / 100], latencies[samples - 1]);
  }
  fputc('\n', to);
  fclose(to);
  rename(temporary, result);
  done = 1;
}

static void check(void) {
  if (!done && (goal == LINES ? lines : goal == UNZIPPED ? unzipped : samples) >= wanted) finish();
}

// Looks for "t=" and 19 digits, also across reads.
static void look_for_stamps(struct connection *c, const unsigned char *at, size_t count) {
  for (size_t i = 0; i < count; i++) {
    unsigned char b = at[i];
    if (c->marked >= 2 && b >= '0' && b <= '9') {
      c->stamp = c->stamp * 10 + (b - '0');
      if (++c->marked == 21) {
        if (samples < wanted) latencies[samples++] = (double)(last - c->stamp) / 1e6;
        c->marked = 0;
      }
    } else if (c->marked == 1 && b == '=') {
      c->marked = 2;
      c->stamp = 0;
    } else {
      c->marked = b == 't';
    }
  }
}

static void take_body(struct connection *c, const unsigned char *at, size_t count) {
  if (count == 0) return;
  last = now();
  if (first == 0) first = last;
  bytes += count;
  if (goal != UNZIPPED) {
    uint64_t found = 0;
    for (size_t i = 0; i < count; i++) found += at[i] == '\n';
    lines += found;
  }
  if (goal == LATENCY) look_for_stamps(c, at, count);
  size_t kept = count < 4 ? count : 4;
  memmove(c->tail, c->tail + kept, 4 - kept);
  memcpy(c->tail + 4 - kept, at + count - kept, kept);
}

static void answer(struct connection *c, const char *text) {
  size_t length = strlen(text);
  if (send(c->socket, text, length, MSG_NOSIGNAL) != (ssize_t)length) shutdown(c->socket, SHUT_RDWR);
}

static void end_request(struct connection *c) {
  if (goal == UNZIPPED) unzipped += c->tail[0] | c->tail[1] << 8 | c->tail[2] << 16 | (uint64_t)c->tail[3] << 24;
  else if (c->tail[3] != '\n') lines++;  // a body whose last line has no line feed
  answer(c, "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
  c->place = HEAD;
  c->used = 0;
}

static void end_head(struct connection *c) {
  c->chunked = 0;
  c->left = 0;
  memset(c->tail, '\n', sizeof c->tail);
  for (char *line = strstr(c->head, "\r\n"); line; line = strstr(line + 2, "\r\n")) {
    if (strncasecmp(line + 2, "content-length:", 15) == 0) c->left = strtoull(line + 17, NULL, 10);
    if (strncasecmp(line + 2, "transfer-encoding:", 18) == 0) c->chunked = 1;
    if (strncasecmp(line + 2, "expect:", 7) == 0) answer(c, "HTTP/1.1 100 Continue\r\n\r\n");
  }
  c->used = 0;
  c->place = c->chunked ? CHUNK_SIZE : BODY;
  if (!c->chunked && c->left == 0) end_request(c);
}

// Takes bytes up to the end of a line (or, of a head, the empty line); returns how many, and sets whole when it is there.
static size_t take_text(struct connection *c, const unsigned char *at, size_t count, const char *end, int *whole) {
  size_t length = strlen(end);
  *whole = 0;
  for (size_t i = 0; i < count; i++) {
    if (c->used == sizeof c->head - 1) { fputs("sink: a head is too long\n", stderr); exit(1); }
    c->head[c->used++] = (char)at[i];
    if (c->used >= length && memcmp(c->head + c->used - length, end, length) == 0) {
      c->head[c->used] = 0;
      *whole = 1;
      return i + 1;
    }
  }
  return count;
}

static void take_http(struct connection *c, const unsigned char *at, size_t count) {
  while (count > 0) {
    size_t taken;
    int whole;
    if (c->place == BODY || c->place == CHUNK) {
      taken = count < c->left ? count : (size_t)c->left;
      take_body(c, at, taken);
      c->left -= taken;
      if (c->left == 0) {
        if (c->place == BODY) end_request(c);
        else c->place = CHUNK_END;
      }
    } else {
      taken = take_text(c, at, count, c->place == HEAD ? "\r\n\r\n" : "\r\n", &whole);
      if (whole && c->place == HEAD) end_head(c);
      else if (whole) {
        int is_empty = c->used == 2;
        if (c->place == CHUNK_SIZE) {
          c->left = strtoull(c->head, NULL, 16);
          c->place = c->left ? CHUNK : TRAILER;
        } else if (c->place == CHUNK_END) c->place = CHUNK_SIZE;
        else if (is_empty) end_request(c);
        c->used = 0;
      }
    }
    at += taken;
    count -= taken;
  }
}

int main(int argc, char **argv) {
  if (argc != 6) { fputs("sink http|tcp PORT RESULT lines|unzipped|latency N\n", stderr); return 2; }
  is_http = strcmp(argv[1], "http") == 0;
  result = argv[3];
  goal = strcmp(argv[4], "lines") == 0 ? LINES : strcmp(argv[4], "unzipped") == 0 ? UNZIPPED : LATENCY;
  wanted = strtoull(argv[5], NULL, 10);
  latencies = calloc(wanted, goal == LATENCY ? sizeof *latencies : 1);
  int listener = socket(AF_INET, SOCK_STREAM, 0), one = 1;
  setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one);
  struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons((uint16_t)atoi(argv[2])), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
  if (bind(listener, (struct sockaddr *)&address, sizeof address) || listen(listener, 128)) { perror("bind"); return 1; }
  int poll = epoll_create1(0);
  struct epoll_event event = {.events = EPOLLIN, .data.ptr = NULL}, events[64];
  epoll_ctl(poll, EPOLL_CTL_ADD, listener, &event);
  static unsigned char block[1 << 20];
  for (;;) {
    int count = epoll_wait(poll, events, 64, -1);
    for (int i = 0; i < count; i++) {
      struct connection *c = events[i].data.ptr;
      if (!c) {
        c = calloc(1, sizeof *c);
        c->socket = accept(listener, NULL, NULL);
        setsockopt(c->socket, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
        event.data.ptr = c;
        epoll_ctl(poll, EPOLL_CTL_ADD, c->socket, &event);
        continue;
      }
      ssize_t received = recv(c->socket, block, sizeof block, 0);
      if (received > 0 && is_http) take_http(c, block, (size_t)received);
      else if (received > 0) take_body(c, block, (size_t)received);
      else if (received == 0 || errno != EINTR) { close(c->socket); free(c); }
      check();
    }
  }
}
