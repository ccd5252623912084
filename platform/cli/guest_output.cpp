#include "platform/cli/guest_output.hpp"

#include <unistd.h>

#include <utility>

#include "platform/cli/terminal.hpp"

namespace exysim::cli {

namespace {
constexpr size_t kLongestLine = 4096;  // a longer one goes out in pieces
}

GuestOutput::GuestOutput(system::Uart& port, int fd) : fd_{fd}, at_once_{isatty(fd) == 1} {
    port.transmitted.attach([this](uint8_t character) { put(character); });
}

void GuestOutput::put(uint8_t character) {
    waiting_.push_back(character);
    spoke_ = true;
    if (at_once_ || character == '\n' || waiting_.size() == kLongestLine) flush();
}

void GuestOutput::step() {
    if (!std::exchange(spoke_, false)) flush();
}

void GuestOutput::flush() {
    write_all(fd_, waiting_.data(), waiting_.size());
    waiting_.clear();
}

}  // namespace exysim::cli
