// Writes an access log of nginx in its "combined" format, the same bytes for the same arguments.
//
//   loggen write PATH MIB [timed]     MIB mebibytes at once; "timed" adds $request_time to each line. Prints lines and bytes
//   loggen rate PATH PER_SECOND SECONDS     appends lines in real time, one write each, with the time of the write in them (t=...)
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

static uint64_t state = 88172645463325252ULL;

static uint32_t next(uint32_t below) {  // xorshift64
  state ^= state << 13;
  state ^= state >> 7;
  state ^= state << 17;
  return (uint32_t)((state >> 16) % below);
}

static const char *const agents[] = {
    "Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0", "curl/8.1.2", "kube-probe/1.30",
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0.0.0 Safari/537.36"};
static const char *const methods[] = {"GET", "GET", "GET", "GET", "GET", "GET", "HEAD", "POST", "PUT", "DELETE"};
static const int statuses[] = {200, 200, 200, 200, 200, 200, 200, 204, 301, 304, 404, 500, 503};

static int line(char *to, size_t room, uint32_t number, const char *agent, int timed) {
  int used = snprintf(to, room, "10.%u.%u.%u - - [24/Nov/2026:%02u:%02u:%02u +0000] \"%s /shop/item/%u?page=%u HTTP/1.1\" %d %u \"https://www.example.com/list/%u\" \"%s\"",
                      next(256), next(256), next(256), number / 3600000 % 24, number / 60000 % 60, number / 1000 % 60, methods[next(10)],
                      next(100000), next(50), statuses[next(13)], next(60000), next(1000), agent);
  if (timed) used += snprintf(to + used, room - (size_t)used, " %u.%03u", next(100) ? 0 : next(5), next(1000));
  to[used++] = '\n';
  return used;
}

static void put(int to, const char *bytes, size_t count) {
  while (count > 0) {
    ssize_t written = write(to, bytes, count);
    if (written < 0) { perror("write"); exit(1); }
    bytes += written;
    count -= (size_t)written;
  }
}

static uint64_t now(void) {
  struct timespec t;
  clock_gettime(CLOCK_REALTIME, &t);
  return (uint64_t)t.tv_sec * 1000000000ULL + (uint64_t)t.tv_nsec;
}

int main(int argc, char **argv) {
  if (argc < 4) { fputs("loggen write PATH MIB [timed] | loggen rate PATH PER_SECOND SECONDS\n", stderr); return 2; }
  int to = open(argv[2], O_WRONLY | O_CREAT | O_APPEND, 0644);
  if (to < 0) { perror(argv[2]); return 1; }
  if (strcmp(argv[1], "write") == 0) {
    static char block[1 << 20];
    uint64_t wanted = strtoull(argv[3], NULL, 10) << 20, total = 0;
    uint32_t lines = 0;
    while (total < wanted) {
      size_t used = 0;
      while (used < sizeof block - 1024 && total + used < wanted) used += (size_t)line(block + used, 1024, lines++, agents[next(4)], argc > 4);
      put(to, block, used);
      total += used;
    }
    printf("%u %llu\n", lines, (unsigned long long)total);
    return 0;
  }
  uint64_t apart = 1000000000ULL / strtoull(argv[3], NULL, 10), began = now();
  uint64_t count = strtoull(argv[3], NULL, 10) * strtoull(argv[4], NULL, 10);
  for (uint64_t i = 0; i < count; i++) {
    uint64_t due = began + i * apart;
    struct timespec until = {(time_t)(due / 1000000000ULL), (long)(due % 1000000000ULL)};
    clock_nanosleep(CLOCK_REALTIME, TIMER_ABSTIME, &until, NULL);
    char text[1024], agent[40];
    snprintf(agent, sizeof agent, "t=%019llu", (unsigned long long)now());
    put(to, text, (size_t)line(text, sizeof text, (uint32_t)i, agent, 0));
  }
  return 0;
}
