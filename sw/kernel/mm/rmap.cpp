#include "mm/rmap.hpp"

#include "arch/cache.hpp"
#include "core/string.hpp"
#include "mm/migrate.hpp"
#include "mm/page.hpp"

namespace kernel {

Rmap::Spaces& Rmap::spaces() {
    static Spaces list;
    return list;
}

Mutex& Rmap::lock() {
    static Mutex mutex;
    return mutex;
}

bool Rmap::any_space_busy() {
    for (AddressSpace& space : spaces()) {
        if (space.lock_.held()) return true;
    }
    return false;
}

bool Rmap::maps(AddressSpace& space, VirtAddr at, const Page& page) {
    const Translation t = space.table_.lookup(at);
    return t.present && t.pfn == page_to_pfn(&page);
}

void Rmap::zap(AddressSpace& space, const RefCounted* keep, uint64_t offset, uint64_t end) {
    const MutexGuard guard{space.lock_};
    for (Vma& vma : space.vmas_) {
        if (vma.keep.get() != keep) continue;
        for (VirtAddr at = vma.start; at < vma.end; at = at + kPageSize) {
            const uint64_t inside = vma.offset + (at - vma.start);
            if (inside < offset || inside >= end) continue;
            const Translation t = space.table_.lookup(at);
            if (!t.present) continue;
            space.table_.unmap(at);
            space.flush_page(at);
            if (!vma.pfn_mapped) page_put(pfn_to_page(t.pfn));
        }
    }
}

void zap_mappings(const RefCounted* keep, uint64_t offset, uint64_t bytes) {
    const MutexGuard guard{Rmap::lock()};
    for (AddressSpace& space : Rmap::spaces()) Rmap::zap(space, keep, offset, offset + bytes);
}

namespace {

/// One mapping changes frames: broken, forgotten, then made.
void move_mapping(AddressSpace& space, Vma& vma, VirtAddr at, const Page& fresh) {
    PageTable& table = Rmap::table(space);
    const Translation t = table.lookup(at);
    table.unmap(at);
    space.flush_page(at);
    PageAccess access = vma.access;
    access.write = t.write;
    (void)table.map(at, page_to_pfn(&fresh), vma.type, access);  // its second-level table is there
}

/// With interrupts masked nobody runs: what is counted, copied and exchanged here is one step for everybody.
Result<> move_page(Page& old, Page& fresh) {
    if (Rmap::any_space_busy()) return Errno::kBusy;
    uint32_t mappings = 0;
    bool executable = false;
    Rmap::for_each_mapping(old, [&](AddressSpace&, Vma& vma, VirtAddr) {
        ++mappings;
        executable |= vma.access.execute;
    });
    const bool file = old.use == PageUse::file;
    if (old.references != mappings + (file ? 1 : 0)) return Errno::kBusy;  // a device or the kernel has it
    memcpy(page_data(&fresh), page_data(&old), kPageSize);
    if (executable) sync_instructions(address_of(page_data(&fresh)), kPageSize);
    if (file && !old.source->replace(old.index, &old, &fresh)) return Errno::kBusy;
    Rmap::for_each_mapping(
        old, [&](AddressSpace& space, Vma& vma, VirtAddr at) { move_mapping(space, vma, at, fresh); });
    fresh.use = old.use;
    fresh.source = old.source;
    fresh.index = old.index;
    fresh.references = old.references;
    return Ok{};
}

}  // namespace

Result<> migrate_page(Page& page) {
    if (page.use == PageUse::kernel) return Errno::kBusy;
    Page* fresh = TRY(alloc_pages(0, kMovable));
    Result<> moved = Errno::kBusy;
    {
        const MutexGuard guard{Rmap::lock()};
        IrqLock irq;
        const IrqGuard masked{irq};
        auto now = page.use == PageUse::kernel ? Result<>{Errno::kBusy} : move_page(page, *fresh);
        if (now) {
            free_pages(&page, 0);
            return Ok{};
        }
    }
    free_pages(fresh, 0);
    return moved;
}

}  // namespace kernel
