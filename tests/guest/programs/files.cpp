// Files, descriptors and directories: results and errno values of POSIX.
#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

#include <cstdint>
#include <string>

#include "tap.hpp"

namespace {

/// A pointer to `value`, hidden from the compiler, which would warn.
char* address(uintptr_t value) {
    asm volatile("" : "+r"(value));
    return reinterpret_cast<char*>(value);
}

const char* const kFile = "/tmp/exysim-files-test";

void write_and_read_back() {
    const int fd = ::open(kFile, O_RDWR | O_CREAT | O_TRUNC, 0644);
    tap::ok(fd >= 0, "a file is created in /tmp");
    tap::is(::write(fd, "hello, world", 12), 12, "write takes all bytes");
    tap::is(::lseek(fd, 7, SEEK_SET), 7, "lseek returns the new offset");
    char word[8] = {};
    tap::is(::read(fd, word, sizeof word), 5, "read stops at the end of the file");
    tap::ok(std::string{word} == "world", "what was written is read");
    tap::is(::read(fd, word, sizeof word), 0, "read at the end gives zero");
    struct stat s;
    tap::is(::fstat(fd, &s), 0, "fstat");
    tap::is(s.st_size, 12, "the size is what was written");
    tap::ok(S_ISREG(s.st_mode), "it is a regular file");
    tap::is(::ftruncate(fd, 5), 0, "ftruncate");
    tap::is(::lseek(fd, 0, SEEK_END), 5, "a truncated file is short");
    iovec parts[2] = {{const_cast<char*>("ab"), 2}, {const_cast<char*>("cde"), 3}};
    tap::is(::writev(fd, parts, 2), 5, "writev gathers");
    tap::is(::close(fd), 0, "close");
    tap::fails_with(::close(fd), EBADF, "closing twice is EBADF");
}

void wrong_arguments() {
    char byte;
    char* const kernel_memory = address(0xC000'8000);
    tap::fails_with(::open("/no/such/file", O_RDONLY), ENOENT, "a missing file is ENOENT");
    tap::fails_with(::open(kFile, O_RDWR | O_CREAT | O_EXCL, 0644), EEXIST,
                    "O_EXCL on an existing file is EEXIST");
    tap::fails_with(::read(77, &byte, 1), EBADF, "reading a closed descriptor is EBADF");
    const int fd = ::open(kFile, O_RDONLY);
    tap::fails_with(::write(fd, "x", 1), EBADF, "writing a read-only descriptor is EBADF");
    tap::fails_with(::read(fd, kernel_memory, 4), EFAULT, "reading into kernel memory is EFAULT");
    tap::fails_with(::read(fd, address(0x10), 4), EFAULT, "reading into nothing is EFAULT");
    tap::fails_with(::open(kernel_memory, O_RDONLY), EFAULT, "a path in kernel memory is EFAULT");
    tap::fails_with(::lseek(fd, -1, SEEK_SET), EINVAL, "a negative offset is EINVAL");
    ::close(fd);
}

void descriptors() {
    const int fd = ::open(kFile, O_RDONLY | O_CLOEXEC);
    tap::is(::fcntl(fd, F_GETFD), FD_CLOEXEC, "O_CLOEXEC is seen by F_GETFD");
    const int copy = ::dup(fd);
    tap::ok(copy >= 0 && copy != fd, "dup gives another descriptor");
    tap::is(::fcntl(copy, F_GETFD), 0, "dup drops close-on-exec");
    ::lseek(fd, 3, SEEK_SET);
    tap::is(::lseek(copy, 0, SEEK_CUR), 3, "copies share the offset");
    tap::is(::dup2(fd, 50), 50, "dup2 chooses the number");
    ::close(50);
    ::close(copy);
    ::close(fd);
}

void directories() {
    DIR* dev = ::opendir("/dev");
    tap::ok(dev != nullptr, "/dev is a directory");
    bool seen = false;
    while (const dirent* entry = dev ? ::readdir(dev) : nullptr) seen |= std::string{entry->d_name} == "null";
    tap::ok(seen, "/dev lists null");
    if (dev) ::closedir(dev);
    const int null = ::open("/dev/null", O_RDWR);
    tap::is(::write(null, "x", 1), 1, "/dev/null takes everything");
    char byte;
    tap::is(::read(null, &byte, 1), 0, "/dev/null gives nothing");
    ::close(null);
    const int zero = ::open("/dev/zero", O_RDONLY);
    byte = 1;
    tap::is(::read(zero, &byte, 1), 1, "/dev/zero gives bytes");
    tap::is(byte, 0, "of value zero");
    ::close(zero);
    tap::is(::unlink(kFile), 0, "unlink");
    tap::fails_with(::access(kFile, F_OK), ENOENT, "an unlinked file is gone");
}

}  // namespace

int main() {
    tap::plan(35);
    write_and_read_back();
    wrong_arguments();
    descriptors();
    directories();
    return tap::finish();
}
