// System calls on memory.
#include "arch/cache.hpp"
#include "core/mistake.hpp"
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

bool overlap(uint32_t a, uint32_t a_size, uint32_t b, uint32_t b_size) {
    return a < b + b_size && b < a + a_size;
}

/// Errors as in Linux's mm/mremap.c; an old size of 0, which duplicates shared memory there, is EINVAL.
Result<uint32_t> sys_mremap(Args s) {
    constexpr uint32_t kMayMove = 1, kFixed = 2, kDontUnmap = 4;
    const uint32_t start = s.a[0], flags = s.a[3], to = s.a[4];
    if (flags & ~(kMayMove | kFixed | kDontUnmap) || ((flags & (kFixed | kDontUnmap)) && !(flags & kMayMove)))
        return Errno::kInval;
    if (start % kPageSize || s.a[1] == 0 || s.a[2] == 0 || s.a[2] > kUserTop || s.a[1] > kUserTop)
        return Errno::kInval;
    const uint32_t old_size = align_up(s.a[1], kPageSize), new_size = align_up(s.a[2], kPageSize);
    if ((flags & kDontUnmap) && old_size != new_size) return Errno::kInval;
    if (flags & kFixed) {
        if (to % kPageSize || to > kUserTop - new_size || overlap(start, old_size, to, new_size))
            return Errno::kInval;
    }
    const AddressSpace::Place place{(flags & kMayMove) != 0, (flags & kFixed) != 0, (flags & kDontUnmap) != 0,
                                    VirtAddr{to}};
    return TRY(current_process().space->remap(VirtAddr{start}, old_size, new_size, place)).value;
}

/// Whether every page of the range lies in an area.
bool all_mapped(AddressSpace& space, uint32_t start, uint32_t size) {
    for (uint32_t at = start; at - start < size;) {
        const Vma* vma = space.find(VirtAddr{at});
        if (!vma) return false;
        at = vma->end.value;
    }
    return true;
}

/// There is nothing behind memory to write it to. Errors as Linux's: kInval, kNoMem a page is not mapped.
Result<uint32_t> sys_msync(Args s) {
    constexpr uint32_t kAsync = 1, kInvalidate = 2, kSync = 4;
    const uint32_t flags = s.a[2];
    if (s.a[0] % kPageSize || flags & ~(kAsync | kInvalidate | kSync) || (flags & kAsync && flags & kSync))
        return Errno::kInval;
    if (s.a[0] > kUserTop || s.a[1] > kUserTop - s.a[0]) return Errno::kNoMem;
    if (!all_mapped(*current_process().space, s.a[0], align_up(s.a[1], kPageSize))) return Errno::kNoMem;
    return 0U;
}

/// __ARM_NR_cacheflush(start, end, flags): code written at [start, end) becomes executable.
Result<uint32_t> sys_cacheflush(Args s) {
    if (s.a[1] < s.a[0] || s.a[1] > kUserTop) return Errno::kInval;
    if (makes(Mistake::skip_code_sync)) return 0U;
    for (uint32_t at = align_down(s.a[0], kPageSize); at < s.a[1]; at += kPageSize) {
        auto page = current_process().space->pin(VirtAddr{at}, false);
        if (!page) return Errno::kFault;
        clean_to_unification(VirtAddr{at}, kPageSize);
        page_unpin(page.value());
    }
    invalidate_instructions();
    return 0U;
}

constexpr Syscall kRows[] = {
    {45, "brk", sys_brk},      {91, "munmap", sys_munmap},  {125, "mprotect", sys_mprotect},
    {192, "mmap2", sys_mmap2}, {163, "mremap", sys_mremap}, {220, "madvise", sys_madvise},
    {144, "msync", sys_msync},
};

}  // namespace

Result<uint32_t> cacheflush(const SyscallArguments& s) { return sys_cacheflush(s); }
std::span<const Syscall> memory_syscalls() { return kRows; }

}  // namespace kernel
