// Advisory locks: records of processes, open files, flock; who is in the way, who waits, and who would wait
// for himself.
#include <fcntl.h>
#include <sys/file.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tap.hpp"

namespace {

const char* const kPath = "/tmp/exysim-locks";

struct flock range(short type, off_t start, off_t length) {
    struct flock l {};
    l.l_type = type;
    l.l_whence = SEEK_SET;
    l.l_start = start;
    l.l_len = length;
    return l;
}
int set(int fd, short type, off_t start, off_t length, int command = F_SETLK) {
    struct flock l = range(type, start, length);
    return ::fcntl(fd, command, &l);
}
/// What stands in the way of writing these bytes: its type, its start and whose it is.
struct flock in_the_way(int fd, off_t start, off_t length) {
    struct flock l = range(F_WRLCK, start, length);
    ::fcntl(fd, F_GETLK, &l);
    return l;
}

/// Runs `work` in another process; its result.
template <class Work>
int elsewhere(Work work) {
    const pid_t child = ::fork();
    if (child == 0) ::_exit(work());
    int status = 0;
    ::waitpid(child, &status, 0);
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

/// A child and a pipe each way, to take turns.
class Turns {
public:
    Turns() { (void)(::pipe(there_) | ::pipe(back_)); }
    void go() { (void)!::write(there_[1], "", 1); }
    void wait_for_go() { read(there_[0]); }
    void done() { (void)!::write(back_[1], "", 1); }
    void wait_for_done() { read(back_[0]); }

private:
    static void read(int fd) {
        char byte = 0;
        (void)!::read(fd, &byte, 1);
    }
    int there_[2], back_[2];
};

void records(int fd) {
    tap::is(set(fd, F_WRLCK, 0, 100), 0, "bytes 0 to 99 are locked for writing");
    tap::is(set(fd, F_RDLCK, 200, 0), 0, "and all from 200 for reading");
    tap::is(set(fd, F_UNLCK, 40, 20), 0, "a hole of 20 in the first");
    const pid_t me = ::getpid();
    tap::is(elsewhere([&] {
                const int own = ::open(kPath, O_RDWR);
                const struct flock first = in_the_way(own, 0, 1000), second = in_the_way(own, 50, 50);
                int good = first.l_type == F_WRLCK && first.l_start == 0 && first.l_len == 40;
                good += first.l_pid == me;
                good += second.l_start == 60 && second.l_len == 40;
                good += in_the_way(own, 40, 20).l_type == F_UNLCK;
                good += set(own, F_WRLCK, 45, 10) == 0;
                good += set(own, F_WRLCK, 39, 2) == -1 && (errno == EAGAIN || errno == EACCES);
                good += set(own, F_RDLCK, 250, 10) == 0;
                good += set(own, F_WRLCK, 500, 1) == -1;
                good += in_the_way(own, 300, 1).l_len == 0;
                return good;
            }),
            9, "another process sees and respects them");
    tap::is(set(fd, F_WRLCK, 0, 0), 0, "what it had went with it");
    ::close(::dup(fd));
    tap::is(elsewhere([&] { return set(::open(kPath, O_RDWR), F_WRLCK, 0, 0); }), 0,
            "closing any descriptor of the file gives them up");
    tap::fails_with(set(fd, 77, 0, 1), EINVAL, "another type is EINVAL");
    tap::fails_with(set(fd, F_WRLCK, -1, 1), EINVAL, "bytes before the first are EINVAL");
    tap::fails_with(set(::open(kPath, O_RDONLY), F_WRLCK, 0, 1), EBADF,
                    "a write lock through a descriptor for reading is EBADF");
}

void open_files(int fd) {
    const int other = ::open(kPath, O_RDWR);
    tap::is(set(fd, F_WRLCK, 0, 10, F_OFD_SETLK), 0, "a lock of the open file");
    tap::fails_with(set(other, F_WRLCK, 5, 1, F_OFD_SETLK), EAGAIN,
                    "holds against another of the same process");
    tap::is(elsewhere([&] { return set(fd, F_WRLCK, 0, 20, F_OFD_SETLK); }), 0,
            "not against a child's same one");
    ::close(other);
    tap::is(set(fd, F_UNLCK, 0, 0, F_OFD_SETLK), 0, "given up");
    tap::is(::flock(fd, LOCK_EX), 0, "flock, exclusive");
    tap::is(elsewhere([] {
                return ::flock(::open(kPath, O_RDWR), LOCK_SH | LOCK_NB) == -1 && errno == EWOULDBLOCK;
            }),
            1, "keeps others out");
    tap::is(::flock(fd, LOCK_SH), 0, "made shared");
    tap::is(elsewhere([] { return ::flock(::open(kPath, O_RDWR), LOCK_SH | LOCK_NB); }), 0, "it does not");
    tap::is(::flock(fd, LOCK_UN), 0, "given up");
}

void waiting(int fd) {
    set(fd, F_WRLCK, 0, 1);
    Turns turns;
    const pid_t child = ::fork();
    if (child == 0) {
        const int own = ::open(kPath, O_RDWR);
        turns.done();
        const int got = set(own, F_WRLCK, 0, 1, F_SETLKW);
        ::_exit(got == 0 ? 0 : 1);
    }
    turns.wait_for_done();
    ::usleep(20'000);
    int status = -1;
    tap::is(::waitpid(child, &status, WNOHANG), 0, "F_SETLKW waits");
    set(fd, F_UNLCK, 0, 1);
    ::waitpid(child, &status, 0);
    tap::is(status, 0, "until the lock is given up");
}

/// We have 0 and want 1; the child has 1, waits for 2, which the grandchild has, who waits for 0.
void circle(int fd) {
    set(fd, F_WRLCK, 0, 1);
    Turns turns[2];
    pid_t children[2];
    for (int i = 0; i < 2; ++i) {
        children[i] = ::fork();
        if (children[i] != 0) continue;
        const int own = ::open(kPath, O_RDWR);
        set(own, F_WRLCK, 1 + i, 1);
        turns[i].done();
        turns[i].wait_for_go();
        ::_exit(set(own, F_WRLCK, i == 0 ? 2 : 0, 1, F_SETLKW) == 0 ? 0 : 1);
    }
    for (Turns& t : turns) t.wait_for_done();
    for (Turns& t : turns) t.go();
    ::usleep(50'000);  // both wait
    tap::fails_with(set(fd, F_WRLCK, 1, 1, F_SETLKW), EDEADLK,
                    "who would close a circle of three gets EDEADLK");
    set(fd, F_UNLCK, 0, 1);  // for the second, whose end is for the first
    for (int i = 1; i >= 0; --i) {
        int status = -1;
        ::waitpid(children[i], &status, 0);
        tap::is(status, 0, i == 1 ? "the others go on" : "one after the other");
    }
}

}  // namespace

int main() {
    const int fd = ::open(kPath, O_RDWR | O_CREAT | O_TRUNC, 0600);
    tap::plan(23);
    records(fd);
    open_files(fd);
    waiting(fd);
    circle(fd);
    ::unlink(kPath);
    return tap::finish();
}
