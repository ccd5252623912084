// Each allocation fails once (fault_rounds.hpp): memory, files, processes, terminals. Boot with `dma_test`.
#include <fcntl.h>
#include <poll.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/file.h>
#include <sys/inotify.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/timerfd.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <termios.h>
#include <time.h>
#include <unistd.h>

#include "dma_test.hpp"
#include "fault_rounds.hpp"

namespace {

using faults::each_in_turn, faults::failure_left, faults::sites;

constexpr unsigned kPage = 4096;

void device_memory() {
    dma::Device d{"fimc0"};
    for (const unsigned attrs : {0U, 132U, 64U, 16U}) {
        if (d.alloc(8 * kPage, attrs) != 0) continue;
        const dma_test_call c = d.last;
        d.call(DMA_TEST_SHOW, c);
        void* p = ::mmap(nullptr, 8 * kPage, PROT_READ | PROT_WRITE, MAP_SHARED, d.fd(), 0);
        if (p != MAP_FAILED) ::munmap(p, 8 * kPage);
        d.call(DMA_TEST_GET_SG, c);
        d.release(c);
    }
}
/// What does not wait for memory, and kernel memory of single pages.
void kernel_memory() {
    dma::Device d{"fimc0"};
    if (d.call(DMA_TEST_ALLOC_ATOMIC, {.bytes = kPage}) == 0) d.release(d.last);
    if (d.call(DMA_TEST_VMALLOC, {.bytes = 5 * kPage}) == 0) d.call(DMA_TEST_VFREE, {.cpu = d.last.cpu});
}
void streaming() {
    dma::Device d{"fimc0"};
    if (d.call(DMA_TEST_BUFFER, {.bytes = 4 * kPage}) != 0) return;
    const unsigned b = d.last.buffer;
    d.call(DMA_TEST_MAP, {.bytes = 2 * kPage, .offset = 12, .buffer = b});
    if (d.call(DMA_TEST_MAP_SG, {.buffer = b}) == 0) d.call(DMA_TEST_UNMAP_SG, {});
    d.call(DMA_TEST_MAP_WRONG, {.value = DMA_TEST_FREE_PAGE});
}
void files() {
    const int fd = ::open("/tmp/exysim-fault", O_RDWR | O_CREAT | O_TRUNC, 0600);
    char bytes[100] = {};
    ::write(fd, bytes, sizeof bytes);
    ::ftruncate(fd, 20 * kPage);
    void* p = ::mmap(nullptr, 2 * kPage, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    if (p != MAP_FAILED) ::munmap(p, 2 * kPage);
    ::close(fd);
    ::unlink("/tmp/exysim-fault");
    int ends[2];
    if (::pipe(ends) == 0) ::close(ends[0]), ::close(ends[1]);
    if (::socketpair(AF_UNIX, SOCK_STREAM, 0, ends) == 0) {
        ::write(ends[0], bytes, sizeof bytes);
        ::close(ends[0]), ::close(ends[1]);
    }
}
void processes() {
    const pid_t child = ::fork();
    if (child == 0) ::_exit(0);
    if (child > 0) ::waitpid(child, nullptr, 0);
}
void descriptors() {
    for (const int fd : {::epoll_create1(0), ::eventfd(0, 0), ::timerfd_create(CLOCK_MONOTONIC, 0),
                         ::memfd_create("fault", 0), ::open("/proc/self/maps", O_RDONLY),
                         ::open("/proc/self/fd/0", O_RDONLY), ::open("/proc/device-tree/model", O_RDONLY)}) {
        char byte = 0;
        if (fd < 0) continue;
        ::fcntl(fd, F_SETFL, O_NONBLOCK);
        ::read(fd, &byte, 1);
        ::close(fd);
    }
    timer_t timer;
    if (::syscall(SYS_timer_create, CLOCK_MONOTONIC, nullptr, &timer) == 0)
        ::syscall(SYS_timer_delete, timer);
}
void address_space() {
    void* p = ::mmap(nullptr, 8 * kPage, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (p == MAP_FAILED) return;
    ::mprotect(static_cast<char*>(p) + 2 * kPage, kPage, PROT_READ);
    void* moved = ::mremap(p, kPage, 64 * kPage, MREMAP_MAYMOVE);
    ::munmap(static_cast<char*>(p) + 4 * kPage, kPage);
    if (moved != MAP_FAILED) ::munmap(moved, 64 * kPage);
    ::munmap(p, 8 * kPage);
    void* shared = ::mmap(nullptr, 2 * kPage, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (shared != MAP_FAILED) ::munmap(shared, 2 * kPage);
}
void named_sockets() {
    sockaddr_un name{AF_UNIX, "/tmp/exysim-fault-socket"};
    const auto* address = reinterpret_cast<const sockaddr*>(&name);
    const int listener = ::socket(AF_UNIX, SOCK_STREAM, 0), client = ::socket(AF_UNIX, SOCK_STREAM, 0);
    if (::bind(listener, address, sizeof name) == 0 && ::listen(listener, 1) == 0 &&
        ::connect(client, address, sizeof name) == 0) {
        const int server = ::accept(listener, nullptr, nullptr);
        ::write(client, "words", 5);
        ::close(server);
    }
    ::close(client), ::close(listener);
    ::unlink(name.sun_path);
    if (::mkfifo("/tmp/exysim-fault-fifo", 0600) == 0) ::unlink("/tmp/exysim-fault-fifo");
}
/// Directories, links, and what /proc makes up when it is asked.
void names() {
    if (::mkdir("/tmp/exysim-fault-folder", 0700) == 0) ::rmdir("/tmp/exysim-fault-folder");
    if (::symlink("/tmp", "/tmp/exysim-fault-link") == 0) ::unlink("/tmp/exysim-fault-link");
    for (const char* path :
         {"/tmp", "/proc/1/comm", "/proc/self/cwd/tmp", "/proc/self/root", "/dev/null", "/dev/zero"}) {
        if (const int fd = ::open(path, O_RDONLY); fd >= 0) ::close(fd);
    }
    if (const int fd = ::open("/tmp", O_PATH); fd >= 0) ::close(fd);
}
void watches() {
    const int fd = ::inotify_init1(IN_NONBLOCK);
    ::inotify_add_watch(fd, "/tmp", IN_ALL_EVENTS);
    ::close(::open("/tmp/exysim-fault-program", O_RDONLY));
    char events[256];
    ::read(fd, events, sizeof events);
    ::close(fd);
}
/// The program's own file, whose bytes lie in the initrd; one page of it.
void program_pages() {
    const int fd = ::open("/proc/self/exe", O_RDONLY);
    void* p = ::mmap(nullptr, 2 * kPage, PROT_READ | PROT_WRITE, MAP_PRIVATE, fd, 0);
    ::close(fd);
    if (p == MAP_FAILED) return;
    *static_cast<volatile char*>(p) = 'x';
    ::munmap(p, 2 * kPage);
}
/// A private copy of a file's page, and the program break.
void private_pages() {
    const int fd = ::open("/tmp/exysim-fault-program", O_RDONLY);
    void* p = ::mmap(nullptr, 2 * kPage, PROT_READ | PROT_WRITE, MAP_PRIVATE, fd, 0);
    ::close(fd);
    if (p != MAP_FAILED) {
        *static_cast<volatile char*>(p) = 'x';
        ::mprotect(p, kPage, PROT_READ | PROT_EXEC);
        ::munmap(p, 2 * kPage);
    }
    const long now = ::syscall(SYS_brk, 0);
    if (::syscall(SYS_brk, now + 4 * kPage) > now) *reinterpret_cast<volatile char*>(now + kPage) = 1;
    ::syscall(SYS_brk, now);
}
/// Locks of processes and of open files, cut in two and given up.
void locks() {
    const int fd = ::open("/tmp/exysim-fault-program", O_RDWR);
    struct flock whole {
        F_WRLCK, SEEK_SET, 0, 0, 0
    }, middle{F_UNLCK, SEEK_SET, 10, 10, 0};
    for (const int set : {F_SETLK, F_OFD_SETLK}) {
        if (::fcntl(fd, set, &whole) == 0) ::fcntl(fd, set, &middle);
    }
    ::flock(fd, LOCK_EX);
    ::close(fd);
}
/// A session with a terminal of its own.
void terminals() {
    ::setsid();
    const int fd = ::open("/dev/ttySAC3", O_RDWR);
    termios settings{};
    ::tcgetattr(fd, &settings);
    ::tcsetattr(fd, TCSANOW, &settings);
    ::tcsetpgrp(fd, ::getpgrp());
    const int same = ::open("/dev/tty", O_RDWR | O_NONBLOCK);
    char byte = 0;
    ::write(same, "words\n", 6);
    ::read(same, &byte, 1);
    pollfd watched{same, POLLIN, 0};
    ::poll(&watched, 1, 0);
    ::close(same), ::close(fd);
}
/// Comes back only when it fails; the program tells from there on (main).
void execute(const char* path) {
    char name[] = "faults", again[] = "again";
    char* arguments[] = {name, again, nullptr};
    char* environment[] = {nullptr};
    ::execve(path, arguments, environment);
}
void program() { execute("/proc/self/exe"); }
void write_script() {
    const int fd = ::open("/tmp/exysim-fault-program", O_RDWR | O_CREAT | O_TRUNC, 0700);
    ::dprintf(fd, "#!/proc/self/exe again\n");
    ::close(fd);
}
void script() { execute("/tmp/exysim-fault-program"); }

}  // namespace

int main(int argc, char*[]) {
    if (argc > 1) return failure_left() ? 1 : 0;
    tap::plan(52);
    write_script();
    each_in_turn(device_memory, "device memory, each allocation failing in turn");
    each_in_turn(kernel_memory, "kernel memory");
    each_in_turn(streaming, "streaming mappings");
    each_in_turn(files, "files, pipes and sockets");
    each_in_turn(processes, "processes");
    each_in_turn(descriptors, "descriptors of all kinds");
    each_in_turn(address_space, "address spaces");
    each_in_turn(private_pages, "private pages of files, the program break");
    each_in_turn(named_sockets, "sockets and pipes with names");
    each_in_turn(names, "names");
    each_in_turn(watches, "watches on files");
    each_in_turn(program_pages, "pages of the program's file");
    each_in_turn(locks, "locks on files");
    each_in_turn(terminals, "terminals");
    each_in_turn(program, "programs");
    each_in_turn(script, "scripts");
    sites(40);
    tap::is(proc::dma("allocations") - proc::dma("frees") + proc::dma("maps") - proc::dma("unmaps"), 0,
            "the DMA layer has nothing left");
    return tap::finish();
}
