// System calls on memory.
#include "arch/cache.hpp"
#include "core/process.hpp"
#include "core/syscall.hpp"
#include "core/vfs.hpp"
#include "mm/page.hpp"

namespace kernel {

namespace {

using Args = const SyscallArguments&;

// asm-generic/mman*.h
constexpr uint32_t kProtRead = 1, kProtWrite = 2, kProtExec = 4;
constexpr uint32_t kMapShared = 1, kMapPrivate = 2, kMapFixed = 0x10, kMapAnonymous = 0x20,
                   kMapFixedNoReplace = 0x100000;

PageAccess access_of(uint32_t prot) {
    return {.user = (prot & (kProtRead | kProtWrite | kProtExec)) != 0,
            .write = (prot & kProtWrite) != 0,
            .execute = (prot & kProtExec) != 0};
}

/// Lets the file fill in the area; the area goes again when the file refuses.
Result<> attach_file(Vma& vma, Ref<File> file) {
    if (!file->readable()) return Errno::kAcces;
    if (vma.shared && vma.access.write && !file->writable()) return Errno::kAcces;
    vma.file = Ref<RefCounted>{Ref<Inode>{file->inode}};
    return file->mmap(vma);
}

/// Decides where the pages come from: the file, memory shared with children, or demand zero.
Result<> fill(Vma& vma, Ref<File> file, uint32_t size) {
    if (file) return attach_file(vma, std::move(file));
    if (vma.shared) vma.source = TRY(make_shared_memory(size));
    return Ok{};
}

Result<uint32_t> map(uint32_t at, uint32_t length, uint32_t prot, uint32_t flags, uint32_t fd,
                     uint64_t offset) {
    const bool shared = (flags & 3) == kMapShared || (flags & 3) == 3;
    if (length == 0 || length > kUserTop || (!shared && (flags & 3) != kMapPrivate)) return Errno::kInval;
    const uint32_t size = align_up(length, kPageSize);
    Ref<File> file;
    if (!(flags & kMapAnonymous)) file = TRY(file_of(fd));
    AddressSpace& space = *current_process().space;
    if ((flags & kMapFixedNoReplace) && !space.is_free(VirtAddr{at}, size)) return Errno::kExist;
    Vma* vma = TRY(space.add(VirtAddr{at}, size, flags & (kMapFixed | kMapFixedNoReplace)));
    vma->access = access_of(prot);
    vma->shared = shared;
    vma->offset = offset;
    const VirtAddr start = vma->start;
    auto filled = fill(*vma, std::move(file), size);
    if (!filled) {
        TRY(space.remove(start, size));
        return filled.error();
    }
    return start.value;
}

Result<uint32_t> sys_mmap2(Args s) {
    return map(s.a[0], s.a[1], s.a[2], s.a[3], s.a[4], uint64_t{s.a[5]} << kPageShift);
}

Result<uint32_t> sys_munmap(Args s) {
    if (s.a[1] == 0 || s.a[1] > kUserTop) return Errno::kInval;
    TRY(current_process().space->remove(VirtAddr{s.a[0]}, align_up(s.a[1], kPageSize)));
    return 0U;
}

Result<uint32_t> sys_mprotect(Args s) {
    TRY(current_process().space->protect(VirtAddr{s.a[0]}, align_up(s.a[1], kPageSize), access_of(s.a[2])));
    return 0U;
}

Result<uint32_t> sys_brk(Args s) { return current_process().space->set_break(s.a[0]); }
Result<uint32_t> sys_madvise(Args) { return 0U; }

Result<uint32_t> sys_mremap(Args s) {
    constexpr uint32_t kMayMove = 1;
    if (s.a[0] % kPageSize || s.a[1] == 0 || s.a[2] == 0 || s.a[2] > kUserTop || s.a[1] > kUserTop ||
        (s.a[3] & ~kMayMove))
        return Errno::kInval;
    return TRY(current_process().space->remap(VirtAddr{s.a[0]}, align_up(s.a[1], kPageSize),
                                              align_up(s.a[2], kPageSize), s.a[3] & kMayMove))
        .value;
}

/// __ARM_NR_cacheflush(start, end, flags): code written at [start, end) becomes executable.
Result<uint32_t> sys_cacheflush(Args s) {
    if (s.a[1] < s.a[0] || s.a[1] > kUserTop) return Errno::kInval;
    for (uint32_t at = align_down(s.a[0], kPageSize); at < s.a[1]; at += kPageSize) {
        auto page = current_process().space->pin(VirtAddr{at}, false);
        if (!page) return Errno::kFault;
        clean_to_unification(VirtAddr{at}, kPageSize);
        AddressSpace::unpin(page.value());
    }
    invalidate_instructions();
    return 0U;
}

constexpr Syscall kRows[] = {
    {45, "brk", sys_brk},      {91, "munmap", sys_munmap},  {125, "mprotect", sys_mprotect},
    {192, "mmap2", sys_mmap2}, {163, "mremap", sys_mremap}, {220, "madvise", sys_madvise},
};

}  // namespace

Result<uint32_t> cacheflush(const SyscallArguments& s) { return sys_cacheflush(s); }
std::span<const Syscall> memory_syscalls() { return kRows; }

}  // namespace kernel
