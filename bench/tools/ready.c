// Starts a program, and tells after how many milliseconds 127.0.0.1:PORT takes a connection; ends it by SIGTERM.
//
//   ready PORT COMMAND...
#include <arpa/inet.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static double milliseconds(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return (double)t.tv_sec * 1e3 + (double)t.tv_nsec / 1e6;
}

int main(int argc, char **argv) {
  if (argc < 3) { fputs("ready PORT COMMAND...\n", stderr); return 2; }
  struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons((unsigned short)atoi(argv[1])), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
  double began = milliseconds();
  pid_t child = fork();
  if (child == 0) {
    int nothing = open("/dev/null", O_WRONLY);
    dup2(nothing, 1);
    dup2(nothing, 2);
    execvp(argv[2], argv + 2);
    _exit(127);
  }
  int code = 1;
  while (milliseconds() - began < 30000 && waitpid(child, NULL, WNOHANG) == 0) {
    int probe = socket(AF_INET, SOCK_STREAM, 0), failed = connect(probe, (struct sockaddr *)&address, sizeof address);
    double after = milliseconds() - began;
    close(probe);
    if (!failed) {
      printf("%.1f\n", after);
      code = 0;
      break;
    }
    usleep(500);
  }
  kill(child, SIGTERM);
  waitpid(child, NULL, 0);
  return code;
}
