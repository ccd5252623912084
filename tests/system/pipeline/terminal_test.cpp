// `exysim exec` on a terminal: the same dialogue with the same program on the modelled machine and, by
// qemu-arm, on the host's own terminal; every character that appears must be the same.
#include <poll.h>
#include <pty.h>
#include <sys/wait.h>
#include <unistd.h>

#include <catch2/catch.hpp>
#include <string>
#include <vector>

namespace {

constexpr int kPatience = 240'000;  // ms; a hang of the product, not a matter of speed

/// A program on a terminal of its own, and who sits in front of it.
class Dialogue {
public:
    explicit Dialogue(std::vector<std::string> command) {
        std::vector<char*> argv;
        for (std::string& word : command) argv.push_back(word.data());
        argv.push_back(nullptr);
        child_ = ::forkpty(&terminal_, nullptr, nullptr, nullptr);
        if (child_ == 0) {
            ::execvp(argv[0], argv.data());
            ::_exit(127);
        }
    }
    ~Dialogue() {
        ::close(terminal_);
        if (child_ > 0) ::kill(child_, SIGKILL), ::waitpid(child_, nullptr, 0);
    }
    Dialogue(const Dialogue&) = delete;
    Dialogue& operator=(const Dialogue&) = delete;

    /// Reads on until `words` have appeared behind what was awaited last.
    void await(const std::string& words) {
        for (;;) {
            if (const size_t found = seen_.find(words, awaited_); found != std::string::npos) {
                awaited_ = found + words.size();
                return;
            }
            if (!read_some()) FAIL("waited for \"" << words << "\", seen so far: " << seen_);
        }
    }
    void type(const std::string& keys) {
        REQUIRE(::write(terminal_, keys.data(), keys.size()) == static_cast<ssize_t>(keys.size()));
    }
    /// Waits for the end; the exit status.
    int end() {
        while (read_some()) {
        }
        int status = 0;
        ::waitpid(child_, &status, 0);
        child_ = -1;
        return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
    }
    const std::string& seen() const { return seen_; }

private:
    bool read_some() {
        pollfd watched{terminal_, POLLIN, 0};
        if (::poll(&watched, 1, kPatience) <= 0) return false;
        char bytes[512];
        const ssize_t n = ::read(terminal_, bytes, sizeof bytes);
        if (n <= 0) return false;
        seen_.append(bytes, static_cast<size_t>(n));
        return true;
    }

    int terminal_ = -1;
    pid_t child_ = -1;
    std::string seen_;
    size_t awaited_ = 0;
};

struct Line {
    const char* keys;
    const char* answer;  // what to wait for before the next
};

constexpr const char* kShell = EXYSIM_GUEST_DIR "/tests/tiny_shell";

const std::vector<std::string> kMachine = {EXYSIM_PROGRAM, "exec", "--platform", "exynos4210_fast", kShell};

std::string spoken(std::vector<std::string> command, const std::vector<Line>& lines, int status) {
    Dialogue d{std::move(command)};
    d.await("$ ");
    for (const Line& line : lines) {
        d.type(line.keys);
        d.await(line.answer);
    }
    CHECK(d.end() == status);
    return d.seen();
}

/// On the machine and on the host.
void same_on_both(const std::vector<Line>& lines, int status) {
    const std::string ours = spoken(kMachine, lines, status);
    const std::string hosts = spoken({"qemu-arm", kShell}, lines, status);
    CHECK(ours == hosts);
    CHECK(ours.find("\r\r") == std::string::npos);
}

}  // namespace

TEST_CASE("a terminal edits lines and ends input as the host's does", "[system][commands]") {
    same_on_both({{"cat\r", "cat\r\n"},
                  {"hello\r", "<hello>\r\n"},
                  {"hexx\x7f\x7fllo\r", "<hello>\r\n"},  // erase
                  {"\x7f\x7fon an empty line\r", "line>\r\n"},
                  {"all wrong\x15right\r", "<right>\r\n"},      // Ctrl-U
                  {"two words\x17lines\r", "<two lines>\r\n"},  // Ctrl-W
                  {"a\tb\r", "b>\r\n"},
                  {"half\x04", "<half>\r\n"},  // Ctrl-D hands over what there is
                  {"\x04", "[exit 3]\r\n$ "},  // and ends the input on an empty line
                  {"nonsense\r", "\"nonsense\"?\r\n$ "},
                  {"\x04", "bye\r\n"}},
                 9);
}

TEST_CASE("keys of a terminal stop and end jobs, and a shell moves them", "[system][commands]") {
    same_on_both({{"pause\r", "paused\r\n"},
                  {"\x03", "[ended by 2]\r\n$ "},  // Ctrl-C
                  {"pause\r", "paused\r\n"},
                  {"\x1a", "[stopped by 20]\r\n$ "},  // Ctrl-Z
                  {"bg\r", "bg\r\n$ "},
                  {"\x03", "^C"},  // not for a job in the background
                  {"fg\r", "[in front]\r\n"},
                  {"\x1a", "[stopped by 20]\r\n$ "},
                  {"fg\r", "[in front]\r\n"},
                  {"\x03", "[ended by 2]\r\n$ "},
                  {"cat &\r", "[stopped by 21]\r\n$ "},  // reads in the background
                  {"fg\r", "[in front]\r\n"},
                  {"mine\r", "<mine>\r\n"},
                  {"\x04", "[exit 3]\r\n$ "},
                  {"exit 5\r", "exit 5\r\n"}},
                 5);
}

TEST_CASE("a program may have a terminal's keys as they are", "[system][commands]") {
    same_on_both({{"keys\r", "ready\r\n"},
                  {"\x03", "key 03\r\n"},
                  {"\r", "key 0d\r\n"},
                  {"\x7f", "key 7f\r\n"},
                  {"x", "key 78\r\n[exit 4]\r\n$ "},
                  {"exit 0\r", "exit 0\r\n"}},
                 0);
}

TEST_CASE("a terminal's quit key ends a job", "[system][commands]") {  // where qemu-arm has a word of its own
    spoken(kMachine,
           {{"pause\r", "paused\r\n"}, {"\x1c", "^\\[ended by 3]\r\n$ "}, {"exit 1\r", "exit 1\r\n"}}, 1);
}

TEST_CASE("a reader gets as many keys at once as it asked for, and Ctrl-S and Ctrl-Q are no input",
          "[system][commands]") {
    same_on_both({{"three\r", "ready\r\n"},
                  {"abc", "3 at once: abc\r\n[exit 6]\r\n$ "},
                  {"cat\r", "cat\r\n"},
                  {"he\x13llo\r\x11", "<hello>\r\n"},
                  {"\x04", "[exit 3]\r\n$ "},
                  {"exit 5\r", "exit 5\r\n"}},
                 5);
}
