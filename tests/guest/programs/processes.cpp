// Processes: fork, exec, wait, kill, pipes, and floating point across context switches.
#include <fcntl.h>
#include <poll.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <cmath>
#include <csignal>
#include <cstdint>
#include <vector>

#include "tap.hpp"

namespace {

template <class Body>
pid_t spawn(Body body) {
    const pid_t child = ::fork();
    if (child == 0) ::_exit(body());
    return child;
}

int status_of(pid_t child) {
    int status = 0;
    while (::waitpid(child, &status, 0) < 0 && errno == EINTR) {
    }
    return status;
}

uint64_t now_ns() {
    timespec t;
    ::clock_gettime(CLOCK_MONOTONIC, &t);
    return static_cast<uint64_t>(t.tv_sec) * 1'000'000'000 + static_cast<uint64_t>(t.tv_nsec);
}

void exit_and_wait() {
    const pid_t me = ::getpid();
    const pid_t child = spawn([&] { return ::getppid() == me ? 42 : 1; });
    const int status = status_of(child);
    tap::ok(WIFEXITED(status), "a child exits by itself");
    tap::is(WEXITSTATUS(status), 42, "its status arrives, and it knew its parent");
    tap::fails_with(::waitpid(-1, nullptr, 0), ECHILD, "waiting without children is ECHILD");
    const pid_t sleeper = spawn([] {
        for (;;) ::pause();
        return 0;
    });
    tap::is(::waitpid(sleeper, nullptr, WNOHANG), 0, "WNOHANG does not wait");
    tap::is(::kill(sleeper, SIGKILL), 0, "kill");
    const int killed = status_of(sleeper);
    tap::ok(WIFSIGNALED(killed) && WTERMSIG(killed) == SIGKILL, "a killed child says so");
    tap::fails_with(::kill(sleeper, 0), ESRCH, "a reaped process is gone");
    const int aborted = status_of(spawn([] {
        ::abort();
        return 0;
    }));
    tap::ok(WIFSIGNALED(aborted) && WTERMSIG(aborted) == SIGABRT, "abort is SIGABRT");
}

void exec_errors() {
    char* const argv[] = {const_cast<char*>("x"), nullptr};
    tap::fails_with(::execve("/no/such/program", argv, environ), ENOENT, "a missing program is ENOENT");
    const int fd = ::open("/tmp/exysim-not-a-program", O_RDWR | O_CREAT | O_TRUNC, 0755);
    ::write(fd, "not an ELF file, not a script, long enough for a header....", 56);
    ::close(fd);
    tap::fails_with(::execve("/tmp/exysim-not-a-program", argv, environ), ENOEXEC, "a text file is ENOEXEC");
    ::unlink("/tmp/exysim-not-a-program");
}

void pipes() {
    int ends[2];
    tap::is(::pipe(ends), 0, "a pipe");
    const pid_t writer = spawn([&] {
        ::close(ends[0]);
        std::vector<char> bytes(100'000, 'x');
        return ::write(ends[1], bytes.data(), bytes.size()) == 100'000 ? 0 : 1;
    });
    ::close(ends[1]);
    size_t total = 0;
    char piece[4096];
    for (ssize_t n; (n = ::read(ends[0], piece, sizeof piece)) > 0;) total += static_cast<size_t>(n);
    tap::is(static_cast<long long>(total), 100'000, "more than a pipe holds goes through, then end of file");
    tap::is(status_of(writer), 0, "the writer wrote it all");
    ::close(ends[0]);

    ::pipe(ends);
    pollfd p{ends[0], POLLIN, 0};
    tap::is(::poll(&p, 1, 10), 0, "poll on an empty pipe times out");
    ::write(ends[1], "y", 1);
    tap::is(::poll(&p, 1, 1000), 1, "poll sees a byte");
    ::close(ends[0]);
    ::signal(SIGPIPE, SIG_IGN);
    tap::fails_with(::write(ends[1], "z", 1), EPIPE, "writing without a reader is EPIPE");
    ::close(ends[1]);
}

/// A recurrence whose every step depends on all before it: one wrong register and the sum is off.
double recurrence(double seed) {
    double a = seed, b = 1.0 / seed, sum = 0.0;
    for (int i = 0; i < 300'000; ++i) {
        const double c = std::sqrt(a * a + b * b) / (1.0 + b);
        sum += c;
        a = b + 0.5;
        b = c;
    }
    return sum;
}

void floating_point_is_private() {
    double alone[4];
    for (int i = 0; i < 4; ++i) alone[i] = recurrence(2.0 + i);
    pid_t children[4];
    for (int i = 0; i < 4; ++i) {
        children[i] = spawn([&] { return recurrence(2.0 + i) == alone[i] ? 0 : 1; });
    }
    int wrong = 0;
    for (const pid_t child : children) wrong += status_of(child) != 0;
    tap::is(wrong, 0, "four processes do floating point at once and get what each gets alone");
}

volatile sig_atomic_t signalled = 0;

void signals() {
    struct sigaction action {};
    action.sa_handler = [](int number) { signalled = number; };
    tap::is(::sigaction(SIGUSR1, &action, nullptr), 0, "a handler is installed");
    ::raise(SIGUSR1);
    tap::is(signalled, SIGUSR1, "and runs before raise returns");
    sigset_t set;
    sigemptyset(&set);
    sigaddset(&set, SIGUSR1);
    ::sigprocmask(SIG_BLOCK, &set, nullptr);
    signalled = 0;
    ::raise(SIGUSR1);
    tap::is(signalled, 0, "a blocked signal waits");
    ::sigprocmask(SIG_UNBLOCK, &set, nullptr);
    tap::is(signalled, SIGUSR1, "and arrives when unblocked");
}

void sleeping() {
    const uint64_t before = now_ns();
    const timespec pause{0, 20'000'000};
    tap::is(::nanosleep(&pause, nullptr), 0, "nanosleep");
    const uint64_t slept = now_ns() - before;
    tap::ok(slept >= 20'000'000, "is never short");
    tap::ok(slept < 2'000'000'000, "and not absurdly long");
    const timespec bad{0, 2'000'000'000};
    tap::fails_with(::nanosleep(&bad, nullptr), EINVAL, "two thousand million nanoseconds are EINVAL");
}

}  // namespace

int main() {
    tap::plan(25);
    exit_and_wait();
    exec_errors();
    pipes();
    floating_point_is_private();
    signals();
    sleeping();
    return tap::finish();
}
