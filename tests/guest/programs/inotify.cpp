// inotify: what a program hears of a directory and of a file in it.
#include <fcntl.h>
#include <poll.h>
#include <sys/inotify.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <string>
#include <vector>

#include "tap.hpp"

namespace {

const std::string kFolder = "/tmp/exysim-watched";

struct Heard {
    int watch;
    unsigned mask, cookie;
    std::string name;
};

/// Everything that waits in an instance.
std::vector<Heard> drain(int fd) {
    std::vector<Heard> all;
    alignas(inotify_event) char bytes[4096];
    ssize_t n;
    while ((n = ::read(fd, bytes, sizeof bytes)) > 0) {
        for (ssize_t at = 0; at < n;) {
            const auto* e = reinterpret_cast<const inotify_event*>(bytes + at);
            all.push_back({e->wd, e->mask, e->cookie, e->len ? e->name : ""});
            at += static_cast<ssize_t>(sizeof *e + e->len);
        }
    }
    return all;
}

struct Expected {
    unsigned mask;
    const char* name;
};
bool heard(const std::vector<Heard>& got, const std::vector<Expected>& wanted) {
    bool same = got.size() == wanted.size();
    for (size_t i = 0; same && i < got.size(); ++i)
        same = got[i].mask == wanted[i].mask && got[i].name == wanted[i].name;
    if (same) return true;
    for (const Heard& h : got) std::printf("# heard %x %s\n", h.mask, h.name.c_str());
    return false;
}

void folder() {
    const int fd = ::inotify_init1(IN_NONBLOCK | IN_CLOEXEC);
    const unsigned mask = IN_CREATE | IN_DELETE | IN_MODIFY | IN_ACCESS | IN_OPEN | IN_CLOSE | IN_MOVE;
    const int watch = ::inotify_add_watch(fd, kFolder.c_str(), mask);
    tap::ok(watch > 0, "a directory is watched");
    tap::is(::inotify_add_watch(fd, kFolder.c_str(), mask), watch, "a second time it is the same watch");
    tap::fails_with(::inotify_add_watch(fd, kFolder.c_str(), mask | IN_MASK_CREATE), EEXIST,
                    "with IN_MASK_CREATE that is EEXIST");
    char byte = 'x';
    tap::fails_with(::read(fd, &byte, 1), EAGAIN, "nothing has happened");

    const std::string a = kFolder + "/a", b = kFolder + "/b", sub = kFolder + "/sub";
    int file = ::open(a.c_str(), O_RDWR | O_CREAT, 0600);
    ::write(file, &byte, 1);
    ::write(file, &byte, 1);
    pollfd waiting{fd, POLLIN, 0};
    tap::is(::poll(&waiting, 1, 0), 1, "poll sees that there is something");
    int bytes = 0;
    ::ioctl(fd, FIONREAD, &bytes);
    tap::is(bytes, 3 * 32, "FIONREAD counts three events with names");
    tap::fails_with(::read(fd, &byte, 1), EINVAL, "a buffer too small for one is EINVAL");
    tap::ok(heard(drain(fd), {{IN_CREATE, "a"}, {IN_OPEN, "a"}, {IN_MODIFY, "a"}}),
            "created, opened, written twice: said once");
    ::close(file);
    file = ::open(a.c_str(), O_RDONLY);
    ::read(file, &byte, 1);
    ::close(file);
    tap::ok(
        heard(drain(fd), {{IN_CLOSE_WRITE, "a"}, {IN_OPEN, "a"}, {IN_ACCESS, "a"}, {IN_CLOSE_NOWRITE, "a"}}),
        "closed, opened for reading, read, closed");
    ::rename(a.c_str(), b.c_str());
    const std::vector<Heard> moved = drain(fd);
    tap::ok(heard(moved, {{IN_MOVED_FROM, "a"}, {IN_MOVED_TO, "b"}}), "renamed");
    tap::ok(moved.size() == 2 && moved[0].cookie != 0 && moved[0].cookie == moved[1].cookie,
            "with one cookie");
    ::mkdir(sub.c_str(), 0700);
    ::rmdir(sub.c_str());
    ::unlink(b.c_str());
    tap::ok(
        heard(drain(fd), {{IN_CREATE | IN_ISDIR, "sub"}, {IN_DELETE | IN_ISDIR, "sub"}, {IN_DELETE, "b"}}),
        "a directory made and removed, the file removed");

    tap::is(::inotify_rm_watch(fd, watch), 0, "watched no more");
    ::close(::open(a.c_str(), O_RDWR | O_CREAT, 0600));
    tap::ok(heard(drain(fd), {{IN_IGNORED, ""}}), "the last that is heard is IN_IGNORED");
    tap::fails_with(::inotify_rm_watch(fd, watch), EINVAL, "a watch that is not there is EINVAL");
    ::close(fd);
}

void file_itself() {
    const std::string path = kFolder + "/f";
    const int file = ::open(path.c_str(), O_RDWR | O_CREAT, 0600);
    const int fd = ::inotify_init1(IN_NONBLOCK);
    ::inotify_add_watch(fd, path.c_str(), IN_MODIFY | IN_ONESHOT);
    ::write(file, "1", 1);
    ::write(file, "2", 1);
    tap::ok(heard(drain(fd), {{IN_MODIFY, ""}, {IN_IGNORED, ""}}), "IN_ONESHOT ends with the first event");
    ::inotify_add_watch(fd, path.c_str(), IN_MODIFY | IN_DELETE_SELF);
    ::close(file);
    ::truncate(path.c_str(), 0);
    ::unlink(path.c_str());
    tap::ok(heard(drain(fd), {{IN_MODIFY, ""}, {IN_DELETE_SELF, ""}, {IN_IGNORED, ""}}),
            "truncated, and gone with its watch");
    ::close(fd);
}

void waiting() {
    const int fd = ::inotify_init();
    ::inotify_add_watch(fd, kFolder.c_str(), IN_CREATE);
    const pid_t child = ::fork();
    if (child == 0) {
        ::usleep(20'000);
        ::close(::open((kFolder + "/late").c_str(), O_RDWR | O_CREAT, 0600));
        ::_exit(0);
    }
    alignas(inotify_event) char bytes[256];
    const ssize_t n = ::read(fd, bytes, sizeof bytes);
    const auto* e = reinterpret_cast<const inotify_event*>(bytes);
    tap::ok(n == 32 && e->mask == IN_CREATE && std::string{e->name} == "late",
            "a read waits for another process");
    ::waitpid(child, nullptr, 0);
    ::close(fd);
}

void mistakes() {
    const int fd = ::inotify_init();
    tap::fails_with(::inotify_init1(1), EINVAL, "unknown flags are EINVAL");
    tap::fails_with(::inotify_add_watch(fd, kFolder.c_str(), 0), EINVAL, "no events are EINVAL");
    tap::fails_with(::inotify_add_watch(fd, "/tmp/exysim-none", IN_OPEN), ENOENT, "no such path is ENOENT");
    tap::fails_with(::inotify_add_watch(fd, (kFolder + "/late").c_str(), IN_OPEN | IN_ONLYDIR), ENOTDIR,
                    "IN_ONLYDIR with a file is ENOTDIR");
    tap::fails_with(::inotify_add_watch(STDOUT_FILENO, kFolder.c_str(), IN_OPEN), EINVAL,
                    "another kind of descriptor is EINVAL");
    tap::fails_with(::inotify_add_watch(77, kFolder.c_str(), IN_OPEN), EBADF, "none is EBADF");
    ::close(fd);
}

}  // namespace

int main() {
    tap::plan(24);
    ::mkdir(kFolder.c_str(), 0700);
    folder();
    file_itself();
    waiting();
    mistakes();
    for (const char* name : {"/a", "/late"}) ::unlink((kFolder + name).c_str());
    ::rmdir(kFolder.c_str());
    return tap::finish();
}
