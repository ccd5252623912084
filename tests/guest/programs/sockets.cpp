// Socket pairs with files passed through them, epoll, eventfd, mremap, symbolic links.
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdint>
#include <string>
#include <vector>

#include "tap.hpp"

namespace {

/// Sends `text` and, unless negative, a descriptor.
ssize_t send_fd(int socket, const char* text, int fd) {
    iovec piece{const_cast<char*>(text), std::strlen(text)};
    alignas(cmsghdr) char control[CMSG_SPACE(sizeof(int))] = {};
    msghdr m{};
    m.msg_iov = &piece;
    m.msg_iovlen = 1;
    m.msg_control = control;
    m.msg_controllen = sizeof control;
    cmsghdr* c = CMSG_FIRSTHDR(&m);
    c->cmsg_level = SOL_SOCKET;
    c->cmsg_type = SCM_RIGHTS;
    c->cmsg_len = CMSG_LEN(sizeof(int));
    std::memcpy(CMSG_DATA(c), &fd, sizeof fd);
    return ::sendmsg(socket, &m, 0);
}

/// Receives bytes and a descriptor, -1 when none came.
int receive_fd(int socket, std::string& text) {
    char bytes[64];
    iovec piece{bytes, sizeof bytes};
    alignas(cmsghdr) char control[CMSG_SPACE(sizeof(int))] = {};
    msghdr m{};
    m.msg_iov = &piece;
    m.msg_iovlen = 1;
    m.msg_control = control;
    m.msg_controllen = sizeof control;
    const ssize_t n = ::recvmsg(socket, &m, 0);
    text.assign(bytes, n > 0 ? static_cast<size_t>(n) : 0);
    const cmsghdr* c = CMSG_FIRSTHDR(&m);
    if (!c || c->cmsg_level != SOL_SOCKET || c->cmsg_type != SCM_RIGHTS) return -1;
    int fd = -1;
    std::memcpy(&fd, CMSG_DATA(c), sizeof fd);
    return fd;
}

void passing() {
    int ends[2];
    tap::is(::socketpair(AF_UNIX, SOCK_STREAM, 0, ends), 0, "a socket pair");
    const pid_t child = ::fork();
    if (child == 0) {
        ::close(ends[0]);
        const int fd = ::open("/tmp/passed", O_RDWR | O_CREAT | O_TRUNC, 0600);
        ::write(fd, "from the child", 14);
        send_fd(ends[1], "here", fd);
        ::_exit(0);
    }
    ::close(ends[1]);
    std::string text;
    const int fd = receive_fd(ends[0], text);
    tap::ok(text == "here" && fd >= 0, "another process's file arrives with its message");
    char bytes[20] = {};
    ::lseek(fd, 0, SEEK_SET);
    tap::is(::read(fd, bytes, sizeof bytes), 14, "and can be read");
    ::close(fd);
    ::waitpid(child, nullptr, 0);
    tap::is(::read(ends[0], bytes, 1), 0, "the end of the stream once the other is gone");
    ::signal(SIGPIPE, SIG_IGN);
    tap::fails_with(::write(ends[0], "x", 1), EPIPE, "writing to nobody is EPIPE");
    ::close(ends[0]);
    ::unlink("/tmp/passed");
}

void records() {
    int ends[2];
    ::socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_NONBLOCK, 0, ends);
    char bytes[8];
    tap::fails_with(::read(ends[0], bytes, 8), EAGAIN, "nothing yet is EAGAIN");
    ::send(ends[1], "abcdef", 6, 0);
    ::send(ends[1], "gh", 2, 0);
    tap::is(::recv(ends[0], bytes, 4, MSG_PEEK), 4, "a look at a record");
    tap::is(::read(ends[0], bytes, 4), 4, "part of a record");
    tap::is(::read(ends[0], bytes, 8), 2, "its rest is gone, the next comes");
    tap::is(bytes[0], 'g', "whole");
    tap::is(::shutdown(ends[1], SHUT_WR), 0, "no more sending");
    tap::is(::read(ends[0], bytes, 8), 0, "is the end for the other");
    tap::fails_with(::send(STDOUT_FILENO, "x", 1, 0), ENOTSOCK, "a terminal is no socket");
    ::close(ends[0]);
    ::close(ends[1]);
}

void events() {
    const int event = ::eventfd(2, EFD_NONBLOCK);
    const int epoll = ::epoll_create1(EPOLL_CLOEXEC);
    epoll_event wanted{};
    wanted.events = EPOLLIN;
    wanted.data.u64 = 0x1234'5678'9ABCULL;
    tap::is(::epoll_ctl(epoll, EPOLL_CTL_ADD, event, &wanted), 0, "an eventfd is watched");
    tap::fails_with(::epoll_ctl(epoll, EPOLL_CTL_ADD, event, &wanted), EEXIST, "once is enough");
    epoll_event got{};
    tap::is(::epoll_wait(epoll, &got, 1, 1000), 1, "it has something to say");
    tap::ok(got.events == EPOLLIN && got.data.u64 == wanted.data.u64, "with the data given");
    uint64_t value = 0;
    ::read(event, &value, 8);
    tap::is(static_cast<long long>(value), 2, "its count");
    tap::is(::epoll_wait(epoll, &got, 1, 10), 0, "and then nothing");
    const pid_t child = ::fork();
    if (child == 0) {
        value = 7;
        ::usleep(20'000);
        ::write(event, &value, 8);
        ::_exit(0);
    }
    tap::is(::epoll_wait(epoll, &got, 1, -1), 1, "another process wakes the waiter");
    ::waitpid(child, nullptr, 0);
    tap::is(::epoll_ctl(epoll, EPOLL_CTL_DEL, event, nullptr), 0, "no longer watched");
    tap::is(::epoll_wait(epoll, &got, 1, 10), 0, "and silent");
    ::close(epoll);
    ::close(event);
}

void remapping() {
    constexpr size_t kPage = 4096;
    auto* old = static_cast<unsigned*>(
        ::mmap(nullptr, 4 * kPage, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0));
    for (unsigned i = 0; i < 4; ++i) old[i * 1024] = 100 + i;
    const pid_t child = ::fork();  // its pages have two owners now
    if (child == 0) {
        ::usleep(20'000);
        ::_exit(old[0] == 100 && old[3 * 1024] == 103 ? 0 : 1);
    }
    auto* moved = static_cast<unsigned*>(::mremap(old, 4 * kPage, 400 * kPage, MREMAP_MAYMOVE));
    tap::ok(moved != MAP_FAILED && moved[0] == 100 && moved[3 * 1024] == 103,
            "a larger place with the same contents");
    moved[0] = 1;
    moved[399 * 1024] = 2;
    tap::ok(moved[0] == 1 && moved[399 * 1024] == 2, "writable to its end");
    int status = 1;
    ::waitpid(child, &status, 0);
    tap::is(status, 0, "the other owner keeps the old one");
    tap::ok(::mremap(moved, 400 * kPage, kPage, 0) == moved, "and smaller in place");
    tap::is(moved[0], 1, "with its first page");
    ::munmap(moved, kPage);
}

void links() {
    ::mkdir("/tmp/exysim-links", 0755);
    ::mkdir("/tmp/exysim-links/a", 0755);
    tap::is(::symlink("a", "/tmp/exysim-links/b"), 0, "a symbolic link");
    struct stat s {};
    tap::ok(::lstat("/tmp/exysim-links/b", &s) == 0 && S_ISLNK(s.st_mode), "is one");
    tap::ok(::stat("/tmp/exysim-links/b", &s) == 0 && S_ISDIR(s.st_mode), "and leads to the folder");
    char target[16] = {};
    tap::is(::readlink("/tmp/exysim-links/b", target, sizeof target), 1, "its target");
    ::chdir("/tmp/exysim-links/b/../a");
    char path[64] = {};
    tap::ok(::getcwd(path, sizeof path) && std::string{path} == "/tmp/exysim-links/a",
            "the working directory's name");
    ::chdir("/");
    ::symlink("loop", "/tmp/exysim-links/loop");
    tap::fails_with(::open("/tmp/exysim-links/loop", O_RDONLY), ELOOP, "a link to itself is ELOOP");
    ::unlink("/tmp/exysim-links/loop");
    ::unlink("/tmp/exysim-links/b");
    ::rmdir("/tmp/exysim-links/a");
    tap::is(::rmdir("/tmp/exysim-links"), 0, "all gone");
}

}  // namespace

int main() {
    tap::plan(34);
    passing();
    records();
    events();
    remapping();
    links();
    return tap::finish();
}
