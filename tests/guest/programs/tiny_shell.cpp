// A shell with job control and little else, for a dialogue on a terminal: `pause`, `cat` and `keys`, in the
// background with a final " &"; `fg`, `bg`, `exit N`. Its words are the same on every kernel.
#include <fcntl.h>
#include <signal.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <string>

namespace {

pid_t job = 0;  // the one there is

template <class... Args>
void say(const char* format, Args... args) {
    ::dprintf(STDOUT_FILENO, format, args...);
}

/// One read: a line, or false at an end of input.
bool read_line(std::string& line) {
    char bytes[256];
    const ssize_t n = ::read(STDIN_FILENO, bytes, sizeof bytes);
    if (n <= 0) return false;
    line.assign(bytes, static_cast<size_t>(n));
    if (line.back() == '\n') line.pop_back();
    return true;
}

int cat() {
    std::string line;
    while (read_line(line)) say("<%s>\n", line.c_str());
    return 3;
}
/// Four keys as they come, without echo.
int keys() {
    termios before{};
    ::tcgetattr(STDIN_FILENO, &before);
    termios raw = before;
    ::cfmakeraw(&raw);
    raw.c_oflag = before.c_oflag;
    ::tcsetattr(STDIN_FILENO, TCSANOW, &raw);
    say("ready\n");
    for (int i = 0; i < 4; ++i) {
        unsigned char key = 0;
        ::read(STDIN_FILENO, &key, 1);
        say("key %02x\n", key);
    }
    ::tcsetattr(STDIN_FILENO, TCSANOW, &before);
    return 4;
}
/// Three keys in one read, however slowly they come.
int three() {
    termios before{};
    ::tcgetattr(STDIN_FILENO, &before);
    termios raw = before;
    raw.c_lflag &= ~static_cast<tcflag_t>(ICANON | ECHO);
    raw.c_cc[VMIN] = 3;
    raw.c_cc[VTIME] = 0;
    ::tcsetattr(STDIN_FILENO, TCSANOW, &raw);
    say("ready\n");
    char keys[3] = {};
    const ssize_t n = ::read(STDIN_FILENO, keys, sizeof keys);
    say("%d at once: %.3s\n", static_cast<int>(n), keys);
    ::tcsetattr(STDIN_FILENO, TCSANOW, &before);
    return 6;
}
int pause_for_ever() {
    say("paused\n");
    for (;;) ::pause();
}

struct Command {
    const char* name;
    int (*run)();
};
constexpr Command kCommands[] = {{"pause", pause_for_ever}, {"cat", cat}, {"keys", keys}, {"three", three}};

void wait_for_job() {
    int status = 0;
    ::waitpid(job, &status, WUNTRACED);
    ::tcsetpgrp(STDIN_FILENO, ::getpgrp());
    if (WIFSTOPPED(status)) return say("[stopped by %d]\n", WSTOPSIG(status));
    job = 0;
    if (WIFSIGNALED(status)) return say("[ended by %d]\n", WTERMSIG(status));
    say("[exit %d]\n", WEXITSTATUS(status));
}

void start(const Command& command, bool background) {
    job = ::fork();
    if (job == 0) {
        ::setpgid(0, 0);
        if (!background) ::tcsetpgrp(STDIN_FILENO, ::getpid());
        for (const int signal : {SIGINT, SIGQUIT, SIGTSTP, SIGTTIN, SIGTTOU}) ::signal(signal, SIG_DFL);
        ::_exit(command.run());
    }
    ::setpgid(job, job);
    if (!background) return wait_for_job();
    if (command.run != cat) return;
    int status = 0;  // a reader in the background is stopped
    ::waitpid(job, &status, WUNTRACED);
    say("[stopped by %d]\n", WIFSTOPPED(status) ? WSTOPSIG(status) : 0);
}

void resume(bool foreground) {
    if (foreground) ::tcsetpgrp(STDIN_FILENO, job);
    ::kill(-job, SIGCONT);
    if (!foreground) return;
    say("[in front]\n");  // from here on keys are the job's
    wait_for_job();
}

void execute(std::string line) {
    const bool background = line.size() > 2 && line.substr(line.size() - 2) == " &";
    if (background) line.resize(line.size() - 2);
    for (const Command& command : kCommands) {
        if (line == command.name) return start(command, background);
    }
    if ((line == "fg" || line == "bg") && job) return resume(line == "fg");
    if (!line.empty()) say("what is \"%s\"?\n", line.c_str());
}

}  // namespace

int main() {
    for (const int signal : {SIGINT, SIGQUIT, SIGTSTP, SIGTTIN, SIGTTOU}) ::signal(signal, SIG_IGN);
    std::string line;
    for (;;) {
        say("$ ");
        if (!read_line(line)) {
            say("bye\n");
            return 9;
        }
        if (line.rfind("exit ", 0) == 0) return std::atoi(line.c_str() + 5);
        execute(line);
    }
}
