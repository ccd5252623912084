// Waiting and time: select and its variants, timerfd, setitimer, POSIX timers, signal stacks and masks, calls
// that start again.
#include <poll.h>
#include <signal.h>
#include <sys/select.h>
#include <sys/time.h>
#include <sys/timerfd.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <cstdint>
#include <cstdlib>
#include <initializer_list>

#include "tap.hpp"

namespace {

constexpr long kMs = 1'000'000;

volatile sig_atomic_t calls = 0, code = 0, value = 0;
volatile uintptr_t handler_stack = 0;

void note(int, siginfo_t* info, void*) {
    int here = 0;
    handler_stack = reinterpret_cast<uintptr_t>(&here);
    code = info->si_code;
    value = info->si_value.sival_int;
    calls = calls + 1;
}

void handle(int signal, int flags) {
    struct sigaction action {};
    action.sa_sigaction = note;
    action.sa_flags = SA_SIGINFO | flags;
    ::sigaction(signal, &action, nullptr);
}

long long now_ns() {
    timespec t{};
    ::clock_gettime(CLOCK_MONOTONIC, &t);
    return t.tv_sec * 1'000'000'000LL + t.tv_nsec;
}

void selects() {
    int ends[2];
    tap::is(::pipe(ends), 0, "a pipe");
    fd_set in, out;
    FD_ZERO(&in);
    FD_ZERO(&out);
    FD_SET(ends[0], &in);
    FD_SET(ends[1], &out);
    timeval limit{0, 0};
    tap::is(::select(ends[1] + 1, &in, &out, nullptr, &limit), 1,
            "select: an empty pipe can be written only");
    tap::ok(!FD_ISSET(ends[0], &in) && FD_ISSET(ends[1], &out), "and the sets say so");
    (void)!::write(ends[1], "x", 1);
    FD_SET(ends[0], &in);
    FD_SET(ends[1], &out);
    tap::is(::select(ends[1] + 1, &in, &out, nullptr, nullptr), 2, "both after a write");
    FD_ZERO(&in);
    limit = {0, 20'000};
    const long long start = now_ns();
    tap::is(::select(0, nullptr, nullptr, nullptr, &limit), 0, "no files: a sleep");
    tap::ok(now_ns() - start >= 20 * kMs, "of that length");
    ::close(ends[0]);
    FD_SET(ends[0], &in);
    tap::fails_with(::select(ends[0] + 1, &in, nullptr, nullptr, &limit), EBADF, "a closed one is EBADF");
    ::close(ends[1]);
}

void masks() {
    sigset_t usr1, none;
    sigemptyset(&usr1);
    sigemptyset(&none);
    sigaddset(&usr1, SIGUSR1);
    handle(SIGUSR1, 0);
    ::sigprocmask(SIG_BLOCK, &usr1, nullptr);
    ::raise(SIGUSR1);
    sigset_t pending;
    ::sigpending(&pending);
    tap::ok(calls == 0 && sigismember(&pending, SIGUSR1), "a blocked signal is pending");
    tap::fails_with(::pselect(0, nullptr, nullptr, nullptr, nullptr, &none), EINTR, "pselect lets it in");
    tap::is(calls, 1, "its handler ran");
    ::raise(SIGUSR1);
    tap::is(calls, 1, "and it is blocked again");
    tap::fails_with(::sigsuspend(&none), EINTR, "sigsuspend too");
    ::raise(SIGUSR1);
    tap::is(calls, 2, "blocked after it");
    siginfo_t info{};
    tap::is(::sigwaitinfo(&usr1, &info), SIGUSR1, "sigwaitinfo takes it without the handler");
    tap::is(calls, 2, "which did not run");
    const timespec soon{0, 5 * kMs};
    tap::fails_with(::sigtimedwait(&usr1, &info, &soon), EAGAIN, "sigtimedwait gives up");
    ::sigprocmask(SIG_UNBLOCK, &usr1, nullptr);
}

void signal_stacks() {
    static char memory[16384];
    stack_t stack{};
    stack.ss_sp = memory;
    stack.ss_size = sizeof memory;
    tap::is(::sigaltstack(&stack, nullptr), 0, "a stack for signals");
    handle(SIGUSR2, SA_ONSTACK);
    ::raise(SIGUSR2);
    const auto first = reinterpret_cast<uintptr_t>(memory);
    tap::ok(handler_stack >= first && handler_stack < first + sizeof memory, "the handler runs there");
    stack.ss_flags = SS_DISABLE;
    ::sigaltstack(&stack, nullptr);
    ::raise(SIGUSR2);
    tap::ok(handler_stack < first || handler_stack >= first + sizeof memory, "and no longer once it is gone");
}

void faults() {
    const pid_t child = ::fork();
    if (child == 0) {
        struct sigaction action {};
        action.sa_sigaction = [](int, siginfo_t* info, void*) {
            ::_exit(info->si_addr == reinterpret_cast<void*>(0x64) && info->si_code == SEGV_MAPERR ? 7 : 8);
        };
        action.sa_flags = SA_SIGINFO;
        ::sigaction(SIGSEGV, &action, nullptr);
        volatile int* volatile nowhere = reinterpret_cast<volatile int*>(0x64);
        *nowhere = 1;
        ::_exit(9);
    }
    int status = 0;
    ::waitpid(child, &status, 0);
    tap::is(WEXITSTATUS(status), 7, "a fault's handler learns the address");
}

/// A read from an empty pipe while SIGALRM comes; a second one writes.
void restarts() {
    static int ends[2];
    (void)!::pipe(ends);
    struct sigaction action {};
    action.sa_handler = [](int) {
        calls = calls + 1;
        if (calls == 2) (void)!::write(ends[1], "r", 1);
    };
    const itimerval twice{{0, 10'000}, {0, 10'000}}, stop{};
    char byte = 0;
    for (const bool restart : {true, false}) {
        calls = 0;
        action.sa_flags = restart ? SA_RESTART : 0;
        ::sigaction(SIGALRM, &action, nullptr);
        ::setitimer(ITIMER_REAL, &twice, nullptr);
        const ssize_t got = ::read(ends[0], &byte, 1);
        const int error = errno;
        ::setitimer(ITIMER_REAL, &stop, nullptr);
        if (restart) {
            tap::ok(got == 1 && calls == 2, "read goes on after a handler with SA_RESTART");
        } else {
            errno = error;
            tap::fails_with(got, EINTR, "and ends with EINTR without");
        }
    }
    itimerval left{};
    ::getitimer(ITIMER_REAL, &left);
    tap::ok(left.it_value.tv_sec == 0 && left.it_value.tv_usec == 0, "a stopped timer has no time left");
}

void timer_files() {
    const int fd = ::timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK);
    tap::ok(fd >= 0, "a timerfd");
    uint64_t times = 0;
    tap::fails_with(::read(fd, &times, sizeof times), EAGAIN, "that has not expired");
    const itimerspec every{{0, 10 * kMs}, {0, 20 * kMs}};
    tap::is(::timerfd_settime(fd, 0, &every, nullptr), 0, "20 ms, then every 10 ms");
    itimerspec now{};
    ::timerfd_gettime(fd, &now);
    tap::ok(
        now.it_interval.tv_nsec == 10 * kMs && now.it_value.tv_nsec <= 20 * kMs && now.it_value.tv_nsec > 0,
        "it tells its state");
    pollfd p{fd, POLLIN, 0};
    const long long start = now_ns();
    tap::is(::poll(&p, 1, 1000), 1, "poll waits for it");
    tap::ok(now_ns() - start >= 15 * kMs && now_ns() - start < 500 * kMs, "about that long");
    ::usleep(35'000);
    tap::is(::read(fd, &times, sizeof times), 8, "read");
    tap::ok(times >= 3, "tells how often");
    ::close(fd);
}

void posix_timers() {
    handle(SIGRTMIN, 0);
    sigevent event{};
    event.sigev_notify = SIGEV_SIGNAL;
    event.sigev_signo = SIGRTMIN;
    event.sigev_value.sival_int = 4711;
    timer_t timer;
    tap::is(::timer_create(CLOCK_MONOTONIC, &event, &timer), 0, "a POSIX timer");
    calls = 0;
    const itimerspec once{{0, 0}, {0, 10 * kMs}};
    tap::is(::timer_settime(timer, 0, &once, nullptr), 0, "in 10 ms");
    while (calls == 0) ::usleep(1000);
    tap::ok(code == SI_TIMER && value == 4711, "its signal carries the value");
    tap::is(::timer_delete(timer), 0, "it is deleted");
    tap::fails_with(::timer_delete(timer), EINVAL, "once");
}

}  // namespace

int main() {
    tap::plan(36);
    selects();
    masks();
    signal_stacks();
    faults();
    restarts();
    timer_files();
    posix_timers();
    return tap::finish();
}
