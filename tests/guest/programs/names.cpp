// Unix sockets with names: paths and abstract ones, connections, datagrams, options.
#include <fcntl.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstddef>
#include <string>

#include "tap.hpp"

namespace {

struct Address {
    sockaddr_un un{};
    socklen_t size = 0;
    explicit Address(const std::string& name) {
        un.sun_family = AF_UNIX;
        std::memcpy(un.sun_path, name.data(), name.size());
        size = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + name.size() + (name[0] ? 1 : 0));
    }
    const sockaddr* get() const { return reinterpret_cast<const sockaddr*>(&un); }
};

std::string text_from(int fd) {
    char bytes[64] = {};
    const ssize_t n = ::read(fd, bytes, sizeof bytes);
    return {bytes, n > 0 ? static_cast<size_t>(n) : 0};
}

/// A client in another process connects and talks.
void conversation(const Address& name, int type) {
    const int listener = ::socket(AF_UNIX, type, 0);
    tap::is(::bind(listener, name.get(), name.size), 0, "bind");
    tap::is(::listen(listener, 2), 0, "listen");
    const pid_t child = ::fork();
    if (child == 0) {
        const int s = ::socket(AF_UNIX, type, 0);
        if (::connect(s, name.get(), name.size) != 0) ::_exit(1);
        (void)!::write(s, "question", 8);
        ::_exit(text_from(s) == "answer" ? 0 : 2);
    }
    pollfd p{listener, POLLIN, 0};
    tap::is(::poll(&p, 1, 5000), 1, "poll tells of a connection");
    const int s = ::accept4(listener, nullptr, nullptr, SOCK_CLOEXEC);
    tap::ok(s >= 0 && (::fcntl(s, F_GETFD) & FD_CLOEXEC), "accept4, closed on exec");
    tap::ok(text_from(s) == "question", "the client's words");
    ucred who{};
    socklen_t size = sizeof who;
    ::getsockopt(s, SOL_SOCKET, SO_PEERCRED, &who, &size);
    tap::is(who.pid, child, "and its process id");
    tap::is(::write(s, "answer", 6), 6, "an answer");
    int status = 1;
    ::waitpid(child, &status, 0);
    tap::is(status, 0, "which arrives");
    tap::ok(text_from(s).empty(), "the client's end is the end of the stream");
    sockaddr_un own{};
    size = sizeof own;
    ::getsockname(s, reinterpret_cast<sockaddr*>(&own), &size);
    tap::ok(size == name.size && std::memcmp(&own, &name.un, size) == 0, "the accepted end has the name");
    ::close(s);
    ::close(listener);
}

void refusals(const Address& path) {
    const int s = ::socket(AF_UNIX, SOCK_STREAM, 0);
    struct stat st {};
    tap::ok(::stat(path.un.sun_path, &st) == 0 && S_ISSOCK(st.st_mode), "the path stays, a socket");
    tap::fails_with(::connect(s, path.get(), path.size), ECONNREFUSED, "nobody listens there any more");
    const int again = ::socket(AF_UNIX, SOCK_STREAM, 0);
    tap::fails_with(::bind(again, path.get(), path.size), EADDRINUSE, "and the name is taken");
    tap::is(::unlink(path.un.sun_path), 0, "unlink");
    tap::fails_with(::connect(s, path.get(), path.size), ENOENT, "then it is not there");
    tap::is(::bind(again, path.get(), path.size), 0, "and free");
    tap::fails_with(::connect(s, path.get(), path.size), ECONNREFUSED, "bound, but not listening");
    ::listen(again, 1);
    const int other = ::socket(AF_UNIX, SOCK_SEQPACKET, 0);
    tap::fails_with(::connect(other, path.get(), path.size), EPROTOTYPE, "another kind of socket");
    tap::fails_with(::send(s, "x", 1, 0), ENOTCONN, "send on a socket that is not connected");
    tap::fails_with(::socket(AF_INET, SOCK_STREAM, 0) < 0 || true ? ::accept(s, nullptr, nullptr) : 0, EINVAL,
                    "accept on one that does not listen");
    const Address abstract{std::string{"\0exysim-nobody", 14}};
    tap::fails_with(::connect(s, abstract.get(), abstract.size), ECONNREFUSED, "an abstract name nobody has");
    ::close(other), ::close(again), ::close(s);
    ::unlink(path.un.sun_path);
}

void datagrams() {
    const Address here{std::string{"\0exysim-here", 12}}, there{std::string{"\0exysim-there", 13}};
    const int a = ::socket(AF_UNIX, SOCK_DGRAM, 0), b = ::socket(AF_UNIX, SOCK_DGRAM, 0);
    tap::ok(::bind(a, here.get(), here.size) == 0 && ::bind(b, there.get(), there.size) == 0,
            "two datagram sockets");
    tap::is(::sendto(a, "one", 3, 0, there.get(), there.size), 3, "sendto by name");
    tap::is(::connect(a, there.get(), there.size), 0, "connect");
    tap::is(::send(a, "three", 5, 0), 5, "then send");
    char bytes[64];
    sockaddr_un from{};
    socklen_t size = sizeof from;
    tap::is(::recvfrom(b, bytes, sizeof bytes, 0, reinterpret_cast<sockaddr*>(&from), &size), 3,
            "one at a time");
    tap::ok(size == here.size && std::memcmp(&from, &here.un, size) == 0, "with the sender's name");
    tap::is(::recv(b, bytes, 2, 0), 2, "a short receive");
    tap::fails_with(::recv(b, bytes, sizeof bytes, MSG_DONTWAIT), EAGAIN, "drops the rest");
    int type = 0;
    size = sizeof type;
    ::getsockopt(a, SOL_SOCKET, SO_TYPE, &type, &size);
    tap::is(type, SOCK_DGRAM, "SO_TYPE");
    ::close(b);
    tap::fails_with(::send(a, "x", 1, 0), ECONNREFUSED, "its receiver is gone");
    ::close(a);
}

}  // namespace

int main() {
    tap::plan(2 * 10 + 11 + 10);
    const Address path{"/tmp/exysim-names." + std::to_string(::getpid())};
    conversation(path, SOCK_STREAM);
    conversation(Address{std::string{"\0exysim-names", 13}}, SOCK_SEQPACKET);
    refusals(path);
    datagrams();
    return tap::finish();
}
