// The user's terminal as the far end of a serial port.
#pragma once

#include <termios.h>

#include <cstdint>
#include <optional>
#include <utility>
#include <vector>

namespace exysim::cli {

/// What becomes of the user's terminal meanwhile.
enum class TerminalMode {
    unchanged,  ///< its bytes are like those of a file
    raw_keys,   ///< keys go through one by one; the host still ends lines with a carriage return
    raw,        ///< both ways: the guest has a terminal of its own that does all of it
};

/// Standard input, byte by byte and without waiting. On a raw terminal, which is restored afterwards, Ctrl-A
/// x leaves (Ctrl-A a sends a Ctrl-A).
class TerminalInput {
public:
    explicit TerminalInput(TerminalMode mode);
    ~TerminalInput();
    TerminalInput(const TerminalInput&) = delete;
    TerminalInput& operator=(const TerminalInput&) = delete;

    bool is_terminal() const { return saved_.has_value(); }
    /// What has arrived, without the escape keys.
    std::vector<uint8_t> read();
    /// Waits for input, its end, or a signal to this program. False: it had ended before.
    bool wait() const;
    /// Standard input has ended; true once.
    bool take_end() { return std::exchange(end_untold_, false); }
    /// The user has asked to leave.
    bool leave() const { return leave_; }

private:
    void take(uint8_t byte, std::vector<uint8_t>& bytes);

    std::optional<termios> saved_;
    bool escaped_ = false;
    bool leave_ = false;
    bool ended_ = false;
    bool end_untold_ = false;
};

/// Writes all of it to a file descriptor; gives up when the reader is gone.
void write_all(int fd, const uint8_t* bytes, size_t size);

}  // namespace exysim::cli
