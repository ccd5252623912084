#include "platform/debug/gdb_connection.hpp"

#include <arpa/inet.h>
#include <fmt/format.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <stdexcept>

namespace exysim::debug {

namespace {

constexpr char kInterrupt = '\x03';

uint8_t checksum(std::string_view text) {
    unsigned sum = 0;
    for (const char c : text) sum += static_cast<unsigned char>(c);
    return static_cast<uint8_t>(sum);
}

[[noreturn]] void fail(const char* what) {
    throw std::runtime_error{fmt::format("--gdb: {}: {}", what, std::strerror(errno))};
}

int digit(char c) {
    if (c >= '0' && c <= '9') return c - '0';
    if (c >= 'a' && c <= 'f') return c - 'a' + 10;
    if (c >= 'A' && c <= 'F') return c - 'A' + 10;
    return -1;
}

}  // namespace

GdbConnection::GdbConnection(uint16_t port) : listener_{::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)} {
    if (listener_ < 0) fail("socket");
    const int yes = 1;
    ::setsockopt(listener_, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);  // nobody else's business
    socklen_t size = sizeof address;
    auto* plain = reinterpret_cast<sockaddr*>(&address);
    if (::bind(listener_, plain, size) != 0) fail("cannot use the port");
    if (::listen(listener_, 1) != 0 || ::getsockname(listener_, plain, &size) != 0) fail("listen");
    port_ = ntohs(address.sin_port);
}

GdbConnection::~GdbConnection() {
    close();
    ::close(listener_);
}

bool GdbConnection::accept() {
    peer_ = ::accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
    if (peer_ < 0) return false;
    const int yes = 1;
    ::setsockopt(peer_, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
    return true;
}

void GdbConnection::close() {
    if (peer_ >= 0) ::close(peer_);
    peer_ = -1;
    input_.clear();
}

bool GdbConnection::fill() {
    char piece[4096];
    ssize_t n;
    do {
        n = ::recv(peer_, piece, sizeof piece, 0);
    } while (n < 0 && errno == EINTR);
    if (n <= 0) {
        close();
        return false;
    }
    input_.append(piece, static_cast<size_t>(n));
    return true;
}

std::optional<char> GdbConnection::get() {
    if (input_.empty() && (!open() || !fill())) return {};
    const char c = input_.front();
    input_.erase(0, 1);
    return c;
}

/// What stands between '$' and the checksum; a wrong checksum is answered with a request to send again.
std::optional<std::string> GdbConnection::packet() {
    for (;;) {
        std::string text;
        std::optional<char> c;
        while ((c = get()) && *c != '#') text += *c;
        const auto high = get(), low = get();
        if (!high || !low) return {};
        const bool good = digit(*high) * 16 + digit(*low) == checksum(text);
        if (acknowledge_) ::send(peer_, good ? "+" : "-", 1, MSG_NOSIGNAL);
        if (good) return text;
        while ((c = get()) && *c != '$') {
        }
        if (!c) return {};
    }
}

std::optional<std::string> GdbConnection::receive() {
    while (const auto c = get()) {
        if (*c == '$') return packet();
        if (*c == kInterrupt) return std::string{kInterrupt};
    }
    return {};
}

void GdbConnection::send(std::string_view text) {
    std::string escaped;
    for (const char c : text) {
        const bool special = c == '$' || c == '#' || c == '}' || c == '*';
        if (special) escaped += '}';
        escaped += special ? static_cast<char>(c ^ 0x20) : c;
    }
    const std::string whole = fmt::format("${}#{:02x}", escaped, checksum(escaped));
    for (size_t at = 0; open() && at < whole.size();) {
        const ssize_t n = ::send(peer_, whole.data() + at, whole.size() - at, MSG_NOSIGNAL);
        if (n <= 0) return close();
        at += static_cast<size_t>(n);
    }
}

bool GdbConnection::interrupt_pending() {
    pollfd ready{peer_, POLLIN, 0};
    if (!open()) return false;
    if (input_.empty() && ::poll(&ready, 1, 0) > 0 && !fill()) return false;
    const size_t at = input_.find(kInterrupt);
    if (at == std::string::npos) return false;
    input_.erase(0, at + 1);
    return true;
}

std::string to_hex(std::string_view bytes) {
    std::string text;
    for (const char c : bytes) text += fmt::format("{:02x}", static_cast<unsigned char>(c));
    return text;
}

std::optional<std::string> from_hex(std::string_view digits) {
    std::string bytes;
    if (digits.size() % 2 != 0) return {};
    for (size_t i = 0; i < digits.size(); i += 2) {
        const int high = digit(digits[i]), low = digit(digits[i + 1]);
        if (high < 0 || low < 0) return {};
        bytes += static_cast<char>(high * 16 + low);
    }
    return bytes;
}

}  // namespace exysim::debug
