// Process 1. Connects standard input, output and error to the terminals, starts one program and hands its
// exit status on. The program is /chosen/exysim/exec when the host asked for one, else the pipeline runner.
// What is left of it in the kernel is an error: status 125.
#include <fcntl.h>
#include <sys/ioctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <string>
#include <vector>

#include "apps/init/left_behind.hpp"
#include "apps/support/device_tree.hpp"
#include "apps/support/error.hpp"

namespace {

using apps::Node;

struct Command {
    std::string path;
    std::vector<std::string> arguments;  // with argv[0]
    std::vector<std::string> environment;
    bool terminal = false;        // input and output are one terminal of the host's, else streams
    bool error_terminal = false;  // and so is the error output
};

std::vector<std::string> string_list(const Node& parent, const std::string& list) {
    std::vector<std::string> values;
    for (unsigned i = 0;; ++i) {
        const auto value = parent.child(list).maybe_string(std::to_string(i));
        if (!value) return values;
        values.push_back(*value);
    }
}

Command command_to_run() {
    const Node exec = Node::scenario().child("exec");
    if (!exec.exists()) return {"/bin/runner", {"runner"}, {"PATH=/bin"}};
    return {exec.string("path"), string_list(exec, "argv"), string_list(exec, "env"),
            exec.maybe_string("terminal").has_value(), exec.maybe_string("error-terminal").has_value()};
}

std::vector<char*> pointers(std::vector<std::string>& strings) {
    std::vector<char*> list;
    for (std::string& s : strings) list.push_back(s.data());
    list.push_back(nullptr);
    return list;
}

/// Makes `path` the file descriptor `fd`. Without the terminal the old descriptor stays.
void connect(const char* path, int fd) {
    const int opened = ::open(path, O_RDWR | O_NOCTTY);
    if (opened < 0 || opened == fd) return;
    ::dup2(opened, fd);
    ::close(opened);
}

void connect_streams() {
    connect("/dev/serial1", STDIN_FILENO);
    connect("/dev/serial1", STDOUT_FILENO);
    connect("/dev/serial2", STDERR_FILENO);
}

/// In the program's process, which becomes a session with that terminal.
void connect_terminal(const Command& command) {
    ::setsid();
    if (!command.terminal) return;
    connect("/dev/ttySAC1", STDIN_FILENO);
    connect("/dev/ttySAC1", STDOUT_FILENO);
    if (command.error_terminal) connect("/dev/ttySAC1", STDERR_FILENO);
    ::ioctl(STDIN_FILENO, TIOCSCTTY, 0);
}

int start_and_wait(Command command) {
    std::vector<char*> argv = pointers(command.arguments);
    std::vector<char*> envp = pointers(command.environment);
    const pid_t child = ::fork();
    if (child < 0) throw apps::SystemError{command.path, "fork"};
    if (child == 0) {
        connect_terminal(command);
        ::execve(command.path.c_str(), argv.data(), envp.data());
        std::perror(command.path.c_str());
        ::_exit(127);
    }
    int status = 0;
    while (::wait(&status) != child) {
    }
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

/// The status of a program that went well becomes an error when buffers are left of it; not while others
/// live, who may have them.
int checked(int status, const std::vector<long>& before) {
    constexpr int kLeftBehind = 125;
    while (::waitpid(-1, nullptr, WNOHANG) > 0) {
    }
    const bool alone = ::waitpid(-1, nullptr, WNOHANG) < 0;
    const std::string left = alone ? apps::init::left_behind(before) : "";
    if (left.empty()) return status;
    std::fprintf(stderr, "init: left behind: %s\n", left.c_str());
    return status == 0 ? kLeftBehind : status;
}

}  // namespace

int main() {
    try {
        Command command = command_to_run();
        if (!command.terminal) connect_streams();
        const std::vector<long> before = apps::init::counts();
        return checked(start_and_wait(std::move(command)), before);
    } catch (const apps::Error& e) {
        connect_streams();
        std::fprintf(stderr, "init: %s\n", e.what());
        return 126;
    }
}
