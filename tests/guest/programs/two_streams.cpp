// Two processes, one on standard output and one on standard error, each with lines of its own that it writes
// a few characters at a time.
#include <sys/wait.h>
#include <unistd.h>

#include <cstdio>

namespace {

void speak(int fd, char letter) {
    for (int line = 0; line < 100; ++line) {
        char text[64];
        for (char& c : text) c = letter;
        text[sizeof text - 1] = '\n';
        for (unsigned at = 0; at < sizeof text; at += 8) ::write(fd, text + at, 8);
    }
}

}  // namespace

int main() {
    const pid_t child = ::fork();
    speak(child == 0 ? STDERR_FILENO : STDOUT_FILENO, child == 0 ? 'e' : 'o');
    if (child == 0) ::_exit(0);
    ::waitpid(child, nullptr, 0);
    ::write(STDOUT_FILENO, "no end", 6);
    return 0;
}
