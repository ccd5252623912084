#include "platform/cli/terminal.hpp"

#include <poll.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <utility>

namespace exysim::cli {

namespace {
constexpr uint8_t kEscape = 0x01;  // Ctrl-A
}

TerminalInput::TerminalInput(TerminalMode mode) {
    termios now{};
    if (mode == TerminalMode::unchanged || tcgetattr(STDIN_FILENO, &now) != 0) return;
    saved_ = now;
    cfmakeraw(&now);
    if (mode == TerminalMode::raw_keys) now.c_oflag |= OPOST | ONLCR;
    tcsetattr(STDIN_FILENO, TCSADRAIN, &now);
}

TerminalInput::~TerminalInput() {
    if (saved_) tcsetattr(STDIN_FILENO, TCSADRAIN, &*saved_);
}

std::vector<uint8_t> TerminalInput::read() {
    std::vector<uint8_t> bytes;
    pollfd input{STDIN_FILENO, POLLIN, 0};
    if (ended_ || ::poll(&input, 1, 0) <= 0) return bytes;
    std::array<uint8_t, 4096> piece{};
    const ssize_t n = ::read(STDIN_FILENO, piece.data(), piece.size());
    ended_ = end_untold_ = n == 0 || (n < 0 && errno != EINTR && errno != EAGAIN);
    for (ssize_t i = 0; i < n; ++i) take(piece[static_cast<size_t>(i)], bytes);
    return bytes;
}

bool TerminalInput::wait() const {
    if (ended_) return false;
    pollfd input{STDIN_FILENO, POLLIN, 0};
    (void)::poll(&input, 1, -1);
    return true;
}

void TerminalInput::take(uint8_t byte, std::vector<uint8_t>& bytes) {
    if (!is_terminal()) return bytes.push_back(byte);
    if (!escaped_ && byte == kEscape) {
        escaped_ = true;
        return;
    }
    const bool command = std::exchange(escaped_, false);
    if (command && byte == 'x') {
        leave_ = true;
    } else if (command && byte == 'a') {
        bytes.push_back(kEscape);
    } else {
        bytes.push_back(byte);
    }
}

void write_all(int fd, const uint8_t* bytes, size_t size) {
    while (size > 0) {
        const ssize_t n = ::write(fd, bytes, size);
        if (n < 0 && errno == EINTR) continue;
        if (n <= 0) return;
        bytes += n;
        size -= static_cast<size_t>(n);
    }
}

}  // namespace exysim::cli
