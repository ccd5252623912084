#include "apps/support/fd.hpp"

#include <fcntl.h>
#include <poll.h>
#include <sys/mman.h>
#include <unistd.h>

#include "apps/support/error.hpp"

namespace apps {

Fd::~Fd() {
    if (fd_ >= 0) ::close(fd_);
}

Fd Fd::open(const std::string& path, int flags) {
    const int fd = ::open(path.c_str(), flags | O_CLOEXEC);
    if (fd < 0) throw SystemError{path, "open"};
    return Fd{fd};
}

bool is_ready(int fd, short events, int patience_ms) {
    pollfd p{fd, events, 0};
    return ::poll(&p, 1, patience_ms) == 1 && p.revents & events;
}

Mapping::Mapping(int fd, size_t size, long long offset, const std::string& what)
    : at_{::mmap64(nullptr, size, PROT_READ | PROT_WRITE, MAP_SHARED, fd, offset)}, size_{size} {
    if (at_ == MAP_FAILED) throw SystemError{what, "mmap"};
}

Mapping Mapping::anonymous(size_t size) {
    void* at = ::mmap(nullptr, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (at == MAP_FAILED) throw SystemError{"memory", "mmap"};
    return Mapping{at, size};
}

Mapping::~Mapping() {
    if (at_) ::munmap(at_, size_);
}

}  // namespace apps
