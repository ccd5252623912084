// After a boot in which one allocation was refused (boot options fail_nth, fail_site): what came up can be
// used, and what did not is not there. On the machine only.
#include <dirent.h>
#include <fcntl.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include <linux/videodev2.h>

#include "proc.hpp"
#include "tap.hpp"

namespace {

/// Visits the files below a folder, not through links.
template <class Visit>
void each_file(const std::string& folder, const Visit& visit) {
    DIR* d = ::opendir(folder.c_str());
    if (!d) return;
    while (const dirent* e = ::readdir(d)) {
        const std::string name = e->d_name, path = folder + "/" + name;
        if (name == "." || name == "..") continue;
        if (e->d_type == DT_DIR) each_file(path, visit);
        if (e->d_type == DT_REG || e->d_type == DT_CHR) visit(path);
    }
    ::closedir(d);
}

/// Opened, asked, closed: a node whose device is gone would not survive it.
void ask_node(const std::string& path) {
    if (path.find("tty") != std::string::npos || path.find("serial") != std::string::npos) return;
    const int fd = ::open(path.c_str(), O_RDWR | O_NONBLOCK);
    if (fd < 0) return;
    v4l2_capability capability{};
    ::ioctl(fd, VIDIOC_QUERYCAP, &capability);
    v4l2_format format{};
    for (const unsigned type : {V4L2_BUF_TYPE_VIDEO_CAPTURE_MPLANE, V4L2_BUF_TYPE_VIDEO_OUTPUT_MPLANE}) {
        format.type = type;
        ::ioctl(fd, VIDIOC_G_FMT, &format);
    }
    ::close(fd);
}

bool child_works() {
    const pid_t child = ::fork();
    if (child == 0) {
        void* p = ::mmap(nullptr, 1 << 20, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
        if (p == MAP_FAILED) ::_exit(1);
        *static_cast<volatile char*>(p) = 1;
        ::_exit(0);
    }
    int status = -1;
    return child > 0 && ::waitpid(child, &status, 0) == child && status == 0;
}

}  // namespace

int main() {
    constexpr const char* kCounts = "/proc/boot-faults";
    tap::plan(3);
    std::printf("# allocations %lld sites %lld refused %lld\n", proc::value(kCounts, "allocations"),
                proc::value(kCounts, "sites"), proc::value(kCounts, "refused"));
    int nodes = 0, files = 0;
    each_file("/dev", [&](const std::string& path) { ask_node(path), ++nodes; });
    tap::ok(nodes > 2, "the nodes that are there can be asked");
    each_file("/proc", [&](const std::string& path) {
        if (path.find("/proc/device-tree") == 0) return;
        (void)proc::text(path.c_str()), ++files;
    });
    tap::ok(files > 10, "what the kernel tells of itself can be read");
    tap::ok(child_works(), "programs start and get memory");
    return tap::finish();
}
