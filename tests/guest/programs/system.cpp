// What tools ask of a system: attributes of files, bytes from file to file, files without a name, resource
// use, waitid, and the folders of /proc.
#include <dirent.h>
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/sendfile.h>
#include <sys/stat.h>
#include <sys/statfs.h>
#include <sys/sysinfo.h>
#include <sys/times.h>
#include <sys/wait.h>
#include <unistd.h>

#include <climits>
#include <cstdlib>
#include <ctime>
#include <string>

#include "proc.hpp"
#include "tap.hpp"

namespace {

std::string name_of(const char* what) {
    return std::string{"/tmp/exysim-"} + what + "." + std::to_string(::getpid());
}

void attributes() {
    const std::string file = name_of("attributes");
    const int fd = ::open(file.c_str(), O_RDWR | O_CREAT | O_TRUNC, 0644);
    tap::is(::fchmod(fd, 0750), 0, "fchmod");
    struct stat st {};
    ::stat(file.c_str(), &st);
    tap::is(st.st_mode & 07777, 0750, "the mode is kept");
    const timespec times[2] = {{1000, 0}, {2000, 5000}};
    tap::is(::utimensat(AT_FDCWD, file.c_str(), times, 0), 0, "utimensat");
    ::fstat(fd, &st);
    tap::ok(st.st_mtim.tv_sec == 2000 && st.st_mtim.tv_nsec == 5000, "the time is kept");
    (void)!::write(fd, "0123456789", 10);
    ::fstat(fd, &st);
    tap::ok(st.st_mtim.tv_sec != 2000, "and changes with the contents");
    tap::is(::truncate(file.c_str(), 4), 0, "truncate");
    tap::is(::posix_fallocate(fd, 0, 5000), 0, "posix_fallocate");
    ::fstat(fd, &st);
    tap::is(st.st_size, 5000, "makes it that long");
    struct statfs fs {};
    tap::is(::statfs("/tmp", &fs), 0, "statfs");
    tap::ok(fs.f_bsize > 0 && fs.f_bfree <= fs.f_blocks && fs.f_namelen > 0, "says something of use");
    tap::is(::fstatfs(fd, &fs), 0, "fstatfs");
    ::close(fd);
    ::unlink(file.c_str());
}

void names() {
    const std::string a = name_of("a"), b = name_of("b"), fifo = a + "/fifo";
    ::mkdir(a.c_str(), 0755);
    tap::is(::mkfifo(fifo.c_str(), 0600), 0, "mkfifo");
    const pid_t child = ::fork();
    if (child == 0) {
        const int fd = ::open(fifo.c_str(), O_WRONLY);
        ::_exit(::write(fd, "through", 7) == 7 ? 0 : 1);
    }
    const int fd = ::open(fifo.c_str(), O_RDONLY);
    char bytes[16] = {};
    tap::ok(::read(fd, bytes, sizeof bytes) == 7 && std::string{bytes} == "through", "bytes come through it");
    tap::is(::read(fd, bytes, sizeof bytes), 0, "and the writer's end");
    ::close(fd);
    ::waitpid(child, nullptr, 0);
    tap::fails_with(::open(fifo.c_str(), O_WRONLY | O_NONBLOCK), ENXIO, "nobody reads");
    tap::fails_with(::rmdir(a.c_str()), ENOTEMPTY, "a folder with something in it stays");
    tap::is(::rename(a.c_str(), b.c_str()), 0, "but it moves");
    struct stat st {};
    tap::ok(::stat((b + "/fifo").c_str(), &st) == 0 && S_ISFIFO(st.st_mode), "with what it holds");
    tap::fails_with(::rename(b.c_str(), (b + "/in").c_str()), EINVAL, "not into itself");
    tap::fails_with(::unlink(b.c_str()), EISDIR, "unlink is not for folders");
    tap::fails_with(::rmdir((b + "/fifo").c_str()), ENOTDIR, "nor rmdir for others");
    ::unlink((b + "/fifo").c_str());
    tap::is(::rmdir(b.c_str()), 0, "empty, it goes");
}

void transfers() {
    const int from = ::memfd_create("from", MFD_CLOEXEC), to = ::memfd_create("to", 0);
    tap::ok(from >= 0 && to >= 0, "two files without a name");
    std::string text;
    for (int i = 0; i < 20'000; ++i) text += static_cast<char>('a' + i * 7 % 26);
    (void)!::write(from, text.data(), text.size());
    off_t offset = 100;
    tap::is(::sendfile(to, from, &offset, 15'000), 15'000, "sendfile from an offset");
    tap::is(offset, 15'100, "which moves on");
    ::lseek(from, 0, SEEK_SET);
    tap::is(::sendfile(to, from, nullptr, 1 << 20), 20'000, "and from the position, up to the end");
    void* p = ::mmap(nullptr, 35'000, PROT_READ, MAP_SHARED, to, 0);
    tap::ok(p != MAP_FAILED && std::memcmp(p, text.data() + 100, 15'000) == 0 &&
                std::memcmp(static_cast<char*>(p) + 15'000, text.data(), 20'000) == 0,
            "every byte is there");
    ::munmap(p, 35'000);
    ::close(from), ::close(to);
}

void use() {
    rusage before{}, after{};
    ::getrusage(RUSAGE_SELF, &before);
    volatile unsigned sink = 0;
    for (unsigned i = 0; i < 30'000'000; ++i) sink = sink + i;
    ::getrusage(RUSAGE_SELF, &after);
    const auto us = [](const rusage& r) {
        return (r.ru_utime.tv_sec + r.ru_stime.tv_sec) * 1'000'000LL + r.ru_utime.tv_usec +
               r.ru_stime.tv_usec;
    };
    tap::ok(us(after) > us(before), "work costs processor time");
    tms t{};
    tap::ok(::times(&t) != static_cast<clock_t>(-1), "times");
    timespec cpu{};
    tap::ok(::clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &cpu) == 0 && (cpu.tv_sec || cpu.tv_nsec),
            "the processor clock");
    struct sysinfo info {};
    tap::ok(::sysinfo(&info) == 0 && info.mem_unit > 0 && info.procs > 0, "sysinfo");
}

void children() {
    const pid_t child = ::fork();
    if (child == 0) ::_exit(42);
    siginfo_t info{};
    tap::is(::waitid(P_PID, static_cast<id_t>(child), &info, WEXITED | WNOWAIT), 0,
            "waitid that leaves the child");
    tap::ok(info.si_pid == child && info.si_code == CLD_EXITED && info.si_status == 42, "how it ended");
    tap::is(::waitid(P_ALL, 0, &info, WEXITED), 0, "and that takes it");
    tap::fails_with(::waitid(P_ALL, 0, &info, WEXITED), ECHILD, "then there is none");
    const pid_t killed = ::fork();
    if (killed == 0) ::pause(), ::_exit(0);
    ::kill(killed, SIGKILL);
    ::waitid(P_PID, static_cast<id_t>(killed), &info, WEXITED);
    tap::ok(info.si_code == CLD_KILLED && info.si_status == SIGKILL, "killed");
}

std::string link_of(const std::string& path) {
    char target[PATH_MAX];
    const ssize_t n = ::readlink(path.c_str(), target, sizeof target);
    return {target, n > 0 ? static_cast<size_t>(n) : 0};
}

void folders(const char* program) {
    const std::string own = "/proc/" + std::to_string(::getpid());
    tap::is(proc::value((own + "/status").c_str(), "Pid"), ::getpid(), "/proc/<pid>/status");
    std::string arguments = program;
    arguments += '\0';
    const std::string line = proc::text((own + "/cmdline").c_str());
    tap::ok(line.size() >= arguments.size() && line.find('\0') != std::string::npos,
            "cmdline, with its NULs");
    const std::string file = name_of("folders");
    const int fd = ::open(file.c_str(), O_RDWR | O_CREAT, 0644);
    tap::ok(link_of("/proc/self/fd/" + std::to_string(fd)) == file, "/proc/self/fd names an open file");
    int ends[2];
    (void)!::pipe(ends);
    tap::ok(link_of("/proc/self/fd/" + std::to_string(ends[0])).rfind("pipe:[", 0) == 0, "and a pipe");
    unsigned found = 0;
    DIR* d = ::opendir("/proc/self/fd");
    while (const dirent* e = d ? ::readdir(d) : nullptr)
        found += e->d_name == std::to_string(fd) || e->d_name == std::to_string(ends[1]);
    if (d) ::closedir(d);
    tap::is(found, 2, "and lists them");
    void* p = ::mmap(nullptr, 4096, PROT_READ, MAP_PRIVATE, fd, 0);
    tap::ok(proc::text("/proc/self/maps").find(file) != std::string::npos, "maps names a mapped file");
    ::munmap(p, 4096);
    const pid_t child = ::fork();
    if (child == 0) ::pause(), ::_exit(0);
    const std::string other = "/proc/" + std::to_string(child);
    tap::is(proc::value((other + "/status").c_str(), "PPid"), ::getpid(), "another process's status");
    bool listed = false;
    d = ::opendir("/proc");
    while (const dirent* e = d ? ::readdir(d) : nullptr) listed |= e->d_name == std::to_string(child);
    if (d) ::closedir(d);
    tap::ok(listed, "/proc lists it");
    ::kill(child, SIGKILL);
    ::waitpid(child, nullptr, 0);
    struct stat st {};
    tap::fails_with(::stat(other.c_str(), &st), ENOENT, "and not once it has been waited for");
    tap::ok(!link_of(own + "/exe").empty() && link_of(own + "/cwd")[0] == '/', "exe and cwd");
    ::close(fd), ::close(ends[0]), ::close(ends[1]);
    ::unlink(file.c_str());
}

}  // namespace

int main(int, char* argv[]) {
    tap::plan(11 + 11 + 5 + 4 + 5 + 10);
    attributes();
    names();
    transfers();
    use();
    children();
    folders(argv[0]);
    return tap::finish();
}
