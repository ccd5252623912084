// Packets of GDB's remote serial protocol over a TCP connection from this host.
// Source: GDB manual, appendix E "GDB Remote Serial Protocol".
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace exysim::debug {

class GdbConnection {
public:
    /// Listens on 127.0.0.1. Port 0 takes a free one. Throws std::runtime_error if the port is taken.
    explicit GdbConnection(uint16_t port);
    ~GdbConnection();
    GdbConnection(const GdbConnection&) = delete;
    GdbConnection& operator=(const GdbConnection&) = delete;

    uint16_t port() const { return port_; }
    /// Waits for a debugger. False if a signal interrupted it.
    bool accept();
    bool open() const { return peer_ >= 0; }
    void close();

    /// The next packet's text, acknowledged; nothing when the debugger is gone. An interrupt request is the
    /// text "\x03".
    std::optional<std::string> receive();
    void send(std::string_view text);
    /// The user asks for a stop (Ctrl-C in GDB); does not wait.
    bool interrupt_pending();
    void acknowledge(bool on) { acknowledge_ = on; }

private:
    std::optional<char> get();
    bool fill();
    std::optional<std::string> packet();

    int listener_ = -1, peer_ = -1;
    uint16_t port_ = 0;
    bool acknowledge_ = true;
    std::string input_;
};

/// Two hexadecimal digits a byte.
std::string to_hex(std::string_view bytes);
/// Nothing if it is not pairs of digits.
std::optional<std::string> from_hex(std::string_view digits);

}  // namespace exysim::debug
