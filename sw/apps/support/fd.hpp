// Owners of file descriptors and memory mappings.
#pragma once

#include <cstddef>
#include <string>
#include <utility>

namespace apps {

/// Owns one file descriptor.
class Fd {
public:
    Fd() = default;
    explicit Fd(int fd) : fd_{fd} {}
    Fd(Fd&& o) noexcept : fd_{std::exchange(o.fd_, -1)} {}
    Fd& operator=(Fd&& o) noexcept {
        std::swap(fd_, o.fd_);
        return *this;
    }
    ~Fd();

    /// Throws SystemError when the file cannot be opened.
    static Fd open(const std::string& path, int flags);
    int get() const { return fd_; }

private:
    int fd_ = -1;
};

/// Waits so many milliseconds for one of poll()'s events.
bool is_ready(int fd, short events, int patience_ms);

/// Owns one shared, readable and writable mapping.
class Mapping {
public:
    /// Maps `size` bytes of `fd` from `offset` (what QUERYBUF said). Throws SystemError naming `what`.
    Mapping(int fd, size_t size, long long offset, const std::string& what);
    /// Memory of the process's own, zeroed. Throws SystemError.
    static Mapping anonymous(size_t size);
    Mapping(Mapping&& o) noexcept : at_{std::exchange(o.at_, nullptr)}, size_{o.size_} {}
    Mapping& operator=(Mapping&&) = delete;
    ~Mapping();

    void* data() const { return at_; }
    size_t size() const { return size_; }

private:
    Mapping(void* at, size_t size) : at_{at}, size_{size} {}
    void* at_;
    size_t size_;
};

}  // namespace apps
