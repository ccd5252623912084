// Open files and descriptor tables. A driver derives from File and registers an opener for its node below
// /dev.
#pragma once

#include <cstdint>

#include "core/ref.hpp"
#include "core/result.hpp"
#include "core/string.hpp"
#include "core/types.hpp"
#include "core/wait.hpp"

namespace kernel {

struct Inode;
struct Vma;

// Linux's open flags on ARM (asm/fcntl.h, octal there).
inline constexpr uint32_t kAccessMode = 3, kReadOnly = 0, kWriteOnly = 1, kReadWrite = 2, kCreate = 0x40,
                          kExclusive = 0x80, kTruncate = 0x200, kAppend = 0x400, kNonBlocking = 0x800,
                          kDirectory = 0x4000, kNoLink = 0x8000, kCloseOnExec = 0x80000, kPathOnly = 0x200000;

// poll() events (asm-generic/poll.h).
inline constexpr uint32_t kPollIn = 1, kPollPri = 2, kPollOut = 4, kPollErr = 8, kPollHup = 0x10,
                          kPollNval = 0x20, kPollRdNorm = 0x40, kPollWrNorm = 0x100;

/// Collects the queues that poll() has to wait on. The first pass of a poll registers; later ones only ask.
class PollTable {
public:
    static constexpr uint32_t kMost = 64;
    void watch(WaitQueue& queue);
    void clear();
    ~PollTable() { clear(); }

    bool for_fence = false;  ///< set by a file that is ready when a fence is: what the wait is told as

private:
    Waiter waiters_[kMost];
    uint32_t used_ = 0;
};

/// What stat() tells.
struct FileStatus {
    uint32_t mode = 0;  ///< type and permissions, Linux's S_IF*
    uint64_t size = 0;
    uint64_t inode = 0;
    uint32_t device = 0;       ///< of a device node
    uint64_t modified_ns = 0;  ///< last change, on the machine's clock
    uint32_t links = 1;        ///< names it has; 1 for directories and what has none ever
};
inline constexpr uint32_t kModeFifo = 0x1000, kModeChar = 0x2000, kModeDir = 0x4000, kModeRegular = 0x8000,
                          kModeLink = 0xA000, kModeSocket = 0xC000, kModeType = 0xF000;

/// An open file. The destructor is the release: the last descriptor and the last mapping are gone.
struct File : RefCounted {
    uint32_t flags = 0;
    uint64_t position = 0;
    Ref<Inode> inode;  ///< null for pipes and their like

    File();
    ~File() override;
    bool nonblocking() const { return flags & kNonBlocking; }
    bool readable() const { return (flags & kAccessMode) != kWriteOnly; }
    bool writable() const { return (flags & kAccessMode) != kReadOnly; }

    /// Tells classes of files apart: the address of something the class owns. Null for those nobody asks for.
    virtual const void* type() const { return nullptr; }
    /// Errors of these defaults are what Linux answers for a file that cannot.
    virtual Result<uint32_t> read(UserAddr, uint32_t) { return Errno::kInval; }
    virtual Result<uint32_t> write(UserAddr, uint32_t) { return Errno::kInval; }
    virtual Result<uint32_t> ioctl(uint32_t, UserAddr) { return Errno::kNoTty; }
    virtual Result<> mmap(Vma&) { return Errno::kNoDev; }
    /// Events that hold now; with a table, also registers where to wait.
    virtual uint32_t poll(PollTable*) { return kPollIn | kPollOut | kPollRdNorm | kPollWrNorm; }
    virtual Result<uint64_t> lseek(int64_t, uint32_t) { return Errno::kSPipe; }
    virtual Result<FileStatus> status();
    virtual Result<> truncate(uint64_t) { return Errno::kInval; }
    /// Fills `to` with linux_dirent64 records from `position` on.
    virtual Result<uint32_t> read_directory(UserAddr, uint32_t) { return Errno::kNotDir; }
};

/// Truncates or extends, and tells who watches the file. Errors as File::truncate().
Result<> resize(File& file, uint64_t size);
/// lseek arithmetic for files with a size. Errors: kInval.
Result<uint64_t> seek_in(File& file, int64_t offset, uint32_t whence, uint64_t size);

/// A process's descriptors.
class FdTable : public RefCounted {
public:
    static constexpr uint32_t kMost = 256;

    /// Lowest free descriptor from `lowest` on. Errors: kMFile.
    Result<uint32_t> install(Ref<File> file, bool close_on_exec, uint32_t lowest = 0);
    Result<> install_at(uint32_t fd, Ref<File> file, bool close_on_exec);
    /// Errors: kBadF.
    Result<Ref<File>> get(uint32_t fd) const;
    Result<> close(uint32_t fd);
    void close_all();
    void close_on_exec();
    Result<Ref<FdTable>> clone() const;
    bool is_close_on_exec(uint32_t fd) const { return fd < kMost && slots_[fd].close_on_exec; }
    void set_close_on_exec(uint32_t fd, bool on) { slots_[fd].close_on_exec = on; }

private:
    void empty(uint32_t fd);
    struct Slot {
        Ref<File> file;
        bool close_on_exec = false;
    };
    Slot slots_[kMost];
};

/// The running process's open file. Errors: kBadF.
Result<Ref<File>> file_of(uint32_t fd);
/// Gives the running process a descriptor for `file`. Errors: kMFile.
Result<uint32_t> install_fd(Ref<File> file, bool close_on_exec);

using Opener = Result<Ref<File>> (*)(void* context);
/// Puts /dev/<name> there. Errors: kNoMem, kExist.
Result<> register_char_device(const char* name, Opener opener, void* context);

}  // namespace kernel
