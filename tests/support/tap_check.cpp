// tap_check COMMAND [ARGS...]: runs a guest test and judges its TAP output. Fails unless the plan is there,
// every planned test reported "ok" exactly once and in order, and the command exited with 0.
#include <sys/wait.h>
#include <unistd.h>
#include <array>
#include <cstdio>
#include <iostream>
#include <regex>
#include <string>

namespace {

/// What the lines said so far.
struct Tap {
    int planned = -1;
    int seen = 0;
    int failed = 0;
    bool bailed = false;

    void take(const std::string& line) {
        static const std::regex plan{R"(1\.\.(\d+)\s*.*)"};
        static const std::regex result{R"((not )?ok (\d+)\b(.*))"};
        std::smatch m;
        if (std::regex_match(line, m, plan)) planned = std::stoi(m[1]);
        if (std::regex_match(line, m, result)) count(m[1].matched, std::stoi(m[2]), m[3]);
        if (line.rfind("Bail out!", 0) == 0) bailed = true;
    }
    bool good() const { return planned > 0 && seen == planned && failed == 0 && !bailed; }

private:
    void count(bool bad, int number, const std::string& rest) {
        const bool excused = rest.find("# TODO") != std::string::npos;
        if (number != seen + 1 || (bad && !excused)) ++failed;
        ++seen;
    }
};

std::string strip_cr(std::string line) {
    while (!line.empty() && (line.back() == '\n' || line.back() == '\r')) line.pop_back();
    return line;
}

/// Runs `argv` with its standard output in a pipe; returns the wait status.
int run(char* const* argv, Tap& tap) {
    std::array<int, 2> ends{};
    if (pipe(ends.data()) != 0) return -1;
    const pid_t child = fork();
    if (child == 0) {
        dup2(ends[1], STDOUT_FILENO);
        close(ends[0]);
        execvp(argv[0], argv);
        std::perror(argv[0]);
        _exit(127);
    }
    close(ends[1]);
    FILE* out = fdopen(ends[0], "r");
    std::array<char, 4096> line{};
    while (fgets(line.data(), line.size(), out)) {
        std::cout << line.data();
        tap.take(strip_cr(line.data()));
    }
    fclose(out);
    int status = -1;
    waitpid(child, &status, 0);
    return status;
}

}  // namespace

int main(int argc, char* argv[]) {
    if (argc < 2) {
        std::cerr << "usage: tap_check COMMAND [ARGS...]\n";
        return 2;
    }
    Tap tap;
    const int status = run(argv + 1, tap);
    const bool clean_exit = status >= 0 && WIFEXITED(status) && WEXITSTATUS(status) == 0;
    std::cout << "tap_check: planned " << tap.planned << ", seen " << tap.seen << ", failed " << tap.failed
              << (clean_exit ? "" : ", command failed") << "\n";
    return tap.good() && clean_exit ? 0 : 1;
}
