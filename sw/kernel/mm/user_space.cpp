#include "mm/user_space.hpp"

#include "arch/cache.hpp"
#include "arch/cpu.hpp"
#include "core/string.hpp"
#include "mm/page.hpp"
#include "mm/rmap.hpp"

namespace kernel {

namespace {

constexpr uint32_t kMmapTop = 0x7000'0000, kLowest = 0x1'0000;
constexpr uint32_t kTtbrFlags = 0x6A;  // as boot.S
constexpr uint32_t kAsids = 256;       // 8 bits; 0 is never a process's

uint32_t asid_generation = 1;
uint32_t next_asid = 1;

Result<Page*> copy_of(const Page* page, bool executable) {
    Page* copy = TRY(alloc_pages(0, kMovable));
    memcpy(page_data(copy), page_data(page), kPageSize);
    if (executable) sync_instructions(address_of(page_data(copy)), kPageSize);
    return copy;
}

/// From now on the page's mappings can be found.
void make_anonymous(Page* page, VirtAddr at) {
    page->index = at.value >> kPageShift;
    page->use = PageUse::anonymous;
}

uint32_t index_in(const Vma& vma, VirtAddr page) {
    return static_cast<uint32_t>((vma.offset + (page - vma.start)) >> kPageShift);
}

/// Another area of the same, without a place yet.
Result<Unique<Vma>> like(const Vma& vma) {
    auto fresh = TRY(make<Vma>());
    fresh->access = vma.access;
    fresh->shared = vma.shared;
    fresh->pfn_mapped = vma.pfn_mapped;
    fresh->type = vma.type;
    fresh->offset = vma.offset;
    fresh->source = vma.source;
    fresh->keep = vma.keep;
    fresh->file = vma.file;
    return fresh;
}

bool allows(const Vma& vma, bool write, bool execute) {
    return (!write || vma.access.write) && (!execute || vma.access.execute) && vma.access.user;
}

}  // namespace

Result<Ref<AddressSpace>> AddressSpace::create() {
    PageTable table = TRY(PageTable::create_user());
    return TRY(make_ref<AddressSpace>(std::move(table)));
}

AddressSpace::AddressSpace(PageTable table) : table_{std::move(table)} {
    const MutexGuard guard{Rmap::lock()};
    Rmap::spaces().push_back(*this);
}

AddressSpace::~AddressSpace() {
    {
        const MutexGuard guard{Rmap::lock()};
        space_node_.unlink();
    }
    while (Vma* vma = vmas_.front()) {
        unmap_pages(*vma);
        vma->node.unlink();
        delete vma;
    }
    if (asid_generation_ == asid_generation) cpu::tlb_flush_asid(asid_);
}

Vma* AddressSpace::find_locked(VirtAddr a) {
    for (Vma& v : vmas_) {
        if (a >= v.start && a < v.end) return &v;
    }
    return nullptr;
}

Vma* AddressSpace::find(VirtAddr a) {
    const MutexGuard guard{lock_};
    return find_locked(a);
}

bool AddressSpace::is_free_locked(VirtAddr start, uint32_t size) {
    for (Vma& v : vmas_) {
        if (v.start.value < start.value + size && start < v.end) return false;
    }
    return true;
}

bool AddressSpace::is_free(VirtAddr start, uint32_t size) {
    const MutexGuard guard{lock_};
    return is_free_locked(start, size);
}

/// Top down: the highest gap below the mmap top.
Result<VirtAddr> AddressSpace::find_room(uint32_t size) {
    uint32_t best = 0, low = kLowest;
    for (Vma& v : vmas_) {
        const uint32_t gap_end = v.start.value < kMmapTop ? v.start.value : kMmapTop;
        if (gap_end > low && gap_end - low >= size) best = gap_end - size;
        low = v.end.value > low ? v.end.value : low;
    }
    if (low < kMmapTop && kMmapTop - low >= size) best = kMmapTop - size;
    if (best == 0) return Errno::kNoMem;
    return VirtAddr{best};
}

Result<Vma*> AddressSpace::add(VirtAddr at, uint32_t size, bool fixed) {
    if (size == 0 || size > kUserTop || at.value % kPageSize || at.value > kUserTop - size)
        return Errno::kInval;
    auto vma = TRY(make<Vma>());
    const MutexGuard guard{lock_};
    if (fixed) {
        TRY(remove_locked(at, size));
    } else if (at.value < kLowest || !is_free_locked(at, size)) {
        at = TRY(find_room(size));
    }
    vma->start = at;
    vma->end = at + size;
    link(*vma);
    return vma.release();
}

/// After this, no area crosses `at`.
Result<> AddressSpace::split(VirtAddr at) {
    Vma* vma = find_locked(at);
    if (!vma || vma->start == at) return Ok{};
    auto upper = TRY(like(*vma));
    upper->start = at;
    upper->end = vma->end;
    upper->offset = vma->offset + (at - vma->start);
    vma->end = at;
    ListNode* next = vma->node.next;
    Vma& fresh = *upper.release();
    fresh.node.prev = &vma->node;
    fresh.node.next = next;
    vma->node.next = &fresh.node;
    next->prev = &fresh.node;
    return Ok{};
}

Result<> AddressSpace::remove(VirtAddr start, uint32_t size) {
    if (start.value % kPageSize || size == 0 || start.value > kUserTop || size > kUserTop - start.value)
        return Errno::kInval;
    const MutexGuard guard{lock_};
    return remove_locked(start, size);
}

Result<> AddressSpace::remove_locked(VirtAddr start, uint32_t size) {
    TRY(split(start));
    TRY(split(start + size));
    for (auto it = vmas_.begin(); it != vmas_.end();) {
        Vma& vma = *it;
        ++it;
        if (vma.start < start || vma.end > start + size) continue;
        unmap_pages(vma);
        vma.node.unlink();
        delete &vma;
    }
    return Ok{};
}

void AddressSpace::unmap_pages(Vma& vma) {
    for (VirtAddr at = vma.start; at < vma.end; at = at + kPageSize) {
        const Translation t = table_.lookup(at);
        if (!t.present) continue;
        table_.unmap(at);
        flush_page(at);
        if (!vma.pfn_mapped) page_put(pfn_to_page(t.pfn));
    }
}

Result<> AddressSpace::protect(VirtAddr start, uint32_t size, PageAccess access) {
    if (start.value % kPageSize) return Errno::kInval;
    const MutexGuard guard{lock_};
    TRY(split(start));
    TRY(split(start + size));
    for (Vma& vma : vmas_) {
        if (vma.start < start || vma.end > start + size) continue;
        const bool newly_executable = access.execute && !vma.access.execute;
        vma.access = access;
        for (VirtAddr at = vma.start; at < vma.end; at = at + kPageSize) {
            const Translation t = table_.lookup(at);
            if (!t.present) continue;
            // Writable again only by a fault, which knows about copy-on-write; shared pages at once.
            PageAccess now = access;
            if (!vma.shared && !vma.pfn_mapped) now.write = access.write && t.write;
            if (newly_executable && is_ram(t.pfn))
                sync_instructions(address_of(page_data(pfn_to_page(t.pfn))), kPageSize);
            TRY(table_.map(at, t.pfn, vma.type, now));
            flush_page(at);
        }
    }
    return Ok{};
}

Result<> AddressSpace::fault(VirtAddr a, bool write, bool execute) {
    const MutexGuard guard{lock_};
    Vma* vma = find_locked(a);
    if (!vma || !allows(*vma, write, execute) || vma->pfn_mapped) return Errno::kFault;
    return fault_in(*vma, VirtAddr{align_down(a.value, kPageSize)}, write);
}

Result<> AddressSpace::fault_in(Vma& vma, VirtAddr page, bool write) {
    const Translation t = table_.lookup(page);
    if (t.present) {
        if (!write || t.write) return Ok{};  // another thread was faster, or a stale TLB entry
        return break_sharing(vma, page, pfn_to_page(t.pfn));
    }
    Page* fresh = TRY(new_page(vma, page));
    auto mapped = table_.map(page, page_to_pfn(fresh), vma.type, vma.access);
    if (!mapped) page_put(fresh);
    return mapped;
}

/// The page that belongs at `at`, with a reference for its mapping.
Result<Page*> AddressSpace::new_page(Vma& vma, VirtAddr at) {
    Page* fresh = nullptr;
    if (vma.source) {
        Page* original = TRY(vma.source->page(index_in(vma, at)));
        const bool own =
            original->references == 1 && original->use == PageUse::kernel;  // made for this mapping
        if (own) make_anonymous(original, at);
        if (own || vma.shared || !vma.access.write) {
            if (vma.access.execute) sync_instructions(address_of(page_data(original)), kPageSize);
            return original;
        }
        auto copy = copy_of(original, vma.access.execute);  // private copy of file content
        page_put(original);
        fresh = TRY(std::move(copy));
    } else {
        fresh = TRY(alloc_pages(0, kZeroed | kMovable));
    }
    make_anonymous(fresh, at);
    return fresh;
}

/// A write to a page that others share since a fork: copy it, unless nobody else is left. A device that has
/// it pinned keeps it, and with it the last process that maps it.
Result<> AddressSpace::break_sharing(Vma& vma, VirtAddr page, Page* old) {
    Page* target = old;
    if (users_of(old) > 1 && !vma.shared) {
        target = TRY(copy_of(old, vma.access.execute));
        make_anonymous(target, page);
        page_put(old);
        table_.unmap(page);  // break before make: the frame changes
        flush_page(page);
    }
    TRY(table_.map(page, page_to_pfn(target), vma.type, vma.access));
    flush_page(page);
    return Ok{};
}

Result<> AddressSpace::copy_area(Vma& from, AddressSpace& to) {
    Vma* copy = TRY(to.add(from.start, from.size(), true));
    copy->access = from.access;
    copy->shared = from.shared;
    copy->pfn_mapped = from.pfn_mapped;
    copy->type = from.type;
    copy->offset = from.offset;
    copy->source = from.source;
    copy->keep = from.keep;
    copy->file = from.file;
    for (VirtAddr at = from.start; at < from.end; at = at + kPageSize) {
        const Translation t = table_.lookup(at);
        if (t.present) TRY(copy_mapping(from, at, t, to));
    }
    return Ok{};
}

/// Private pages are shared until one side writes. One that a device works on stays its owner's: the child
/// has a copy at once, lest the owner write to another page than the device's.
Result<> AddressSpace::copy_mapping(const Vma& from, VirtAddr at, const Translation& t, AddressSpace& to) {
    const bool copy_on_write = !from.shared && !from.pfn_mapped;
    PageAccess access = from.access;
    if (Page* page = pfn_to_page(t.pfn);
        copy_on_write && page->use == PageUse::anonymous && is_pinned(page)) {
        Page* own = TRY(copy_of(page, access.execute));
        make_anonymous(own, at);
        auto mapped = to.table_.map(at, page_to_pfn(own), from.type, access);
        if (!mapped) page_put(own);
        return mapped;
    }
    if (copy_on_write) access.write = false;
    TRY(to.table_.map(at, t.pfn, from.type, access));
    if (!from.pfn_mapped) page_get(pfn_to_page(t.pfn));
    if (copy_on_write && t.write) {
        table_.write_protect(at);
        flush_page(at);
    }
    return Ok{};
}

Result<Ref<AddressSpace>> AddressSpace::clone() {
    auto copy = TRY(create());
    const MutexGuard guard{lock_};
    for (Vma& vma : vmas_) {
        // Shared demand-zero memory needs an object both can find: it has one from mmap.
        TRY(copy_area(vma, *copy));
    }
    copy->break_start_ = break_start_;
    copy->break_ = break_;
    return copy;
}

uint32_t AddressSpace::set_break(uint32_t wanted) {
    if (wanted < break_start_ || wanted > kMmapTop) return break_;
    const uint32_t old_end = align_up(break_, kPageSize), new_end = align_up(wanted, kPageSize);
    if (new_end > old_end) {
        if (!is_free(VirtAddr{old_end}, new_end - old_end)) return break_;
        auto vma = add(VirtAddr{old_end}, new_end - old_end, true);
        if (!vma) return break_;
        vma.value()->access = {.user = true, .write = true};
    } else if (new_end < old_end) {
        if (!remove(VirtAddr{new_end}, old_end - new_end)) return break_;
    }
    return break_ = wanted;
}

void AddressSpace::activate() {
    if (asid_generation_ != asid_generation) {
        if (next_asid == kAsids) {  // all used: start over with an empty TLB
            ++asid_generation;
            next_asid = 1;
            cpu::tlb_flush_all();
        }
        asid_ = next_asid++;
        asid_generation_ = asid_generation;
    }
    // The kernel-only ASID 0 bridges the two writes, so that no fetch mixes one space's table with another's
    // ASID.
    cpu::set_context_id(0);
    cpu::set_ttbr0(table_.base().value | kTtbrFlags);
    cpu::set_context_id(asid_);
}

void AddressSpace::flush_page(VirtAddr a) {
    if (asid_generation_ == asid_generation) cpu::tlb_flush_page(a.value, asid_);
}

Result<Page*> AddressSpace::pin(VirtAddr a, bool write) {
    const MutexGuard guard{lock_};
    Vma* vma = find_locked(a);
    if (!vma || !allows(*vma, write, false) || vma->pfn_mapped || (vma->source && vma->source->revokes()))
        return Errno::kFault;
    const VirtAddr page{align_down(a.value, kPageSize)};
    TRY(fault_in(*vma, page, vma->access.write));  // a later write must not find another page
    Page* p = pfn_to_page(table_.lookup(page).pfn);
    page_pin(p);
    return p;
}

Result<AddressSpace::DeviceFrame> AddressSpace::device_frame(VirtAddr a, bool write) {
    const MutexGuard guard{lock_};
    Vma* vma = find_locked(a);
    if (!vma || !allows(*vma, write, false) || !vma->pfn_mapped || !vma->keep) return Errno::kFault;
    const Translation t = table_.lookup(VirtAddr{align_down(a.value, kPageSize)});
    if (!t.present) return Errno::kFault;
    return DeviceFrame{t.pfn, vma->type, vma->keep};
}

Result<VirtAddr> AddressSpace::remap(VirtAddr start, uint32_t old_size, uint32_t new_size,
                                     const Place& place) {
    const MutexGuard guard{lock_};
    if (!find_locked(start)) return Errno::kFault;
    if (place.fixed || place.keep_old) return remap_to(start, old_size, new_size, place);
    if (new_size <= old_size) {
        if (new_size < old_size) TRY(remove_locked(start + new_size, old_size - new_size));
        return start;
    }
    Vma& vma = *TRY(part_of_area(start, old_size, new_size));
    if (new_size < kUserTop - start.value && is_free_locked(start + old_size, new_size - old_size)) {
        vma.end = start + new_size;
        return start;
    }
    if (!place.may_move) return Errno::kNoMem;
    return move_area(vma, TRY(find_room(new_size)), new_size);
}

/// In Linux's order: what is in the way goes first, then the old area's end, and only then anything fails.
Result<VirtAddr> AddressSpace::remap_to(VirtAddr start, uint32_t old_size, uint32_t new_size,
                                        const Place& place) {
    if (place.fixed) TRY(remove_locked(place.to, new_size));
    if (new_size < old_size) {
        TRY(remove_locked(start + new_size, old_size - new_size));
        old_size = new_size;
    }
    Vma& vma = *TRY(part_of_area(start, old_size, new_size));
    const VirtAddr to = place.fixed ? place.to : TRY(find_room(new_size));
    return place.keep_old ? move_out_of(vma, to) : move_area(vma, to, new_size);
}

/// The area from `start` on, cut to `old_size`. A device's memory has nothing to grow by.
Result<Vma*> AddressSpace::part_of_area(VirtAddr start, uint32_t old_size, uint32_t new_size) {
    const Vma* vma = find_locked(start);
    if (!vma || vma->end - start < old_size) return Errno::kFault;
    if (vma->pfn_mapped && new_size > old_size) return Errno::kFault;
    TRY(split(start));
    TRY(split(start + old_size));
    return find_locked(start);
}

/// One page with its contents; one that others have too is copied, because its address tells who maps it.
Result<> AddressSpace::move_page(const Vma& vma, VirtAddr from, VirtAddr to) {
    const Translation t = table_.lookup(from);
    if (!t.present) return Ok{};
    if (vma.pfn_mapped) {
        TRY(table_.map(to, t.pfn, vma.type, vma.access));
        table_.unmap(from);
        flush_page(from);
        return Ok{};
    }
    Page* const page = pfn_to_page(t.pfn);
    const bool anonymous = page->use == PageUse::anonymous, copied = anonymous && users_of(page) > 1;
    Page* const moved = copied ? TRY(copy_of(page, vma.access.execute)) : page;
    PageAccess access = vma.access;
    access.write = copied ? access.write : t.write;
    if (auto mapped = table_.map(to, page_to_pfn(moved), vma.type, access); !mapped) {
        if (copied) page_put(moved);
        return mapped;
    }
    table_.unmap(from);
    flush_page(from);
    if (anonymous) make_anonymous(moved, to);
    if (copied) page_put(page);
    return Ok{};
}

Result<> AddressSpace::move_pages(const Vma& vma, VirtAddr to) {
    const VirtAddr from = vma.start;
    for (uint32_t at = 0; at < vma.size(); at += kPageSize) {
        auto moved = move_page(vma, from + at, to + at);
        if (moved) continue;
        // Back again: these pages are nobody else's any more, and their old tables are there.
        for (uint32_t done = 0; done < at; done += kPageSize) (void)move_page(vma, to + done, from + done);
        return moved;
    }
    return Ok{};
}

Result<VirtAddr> AddressSpace::move_area(Vma& vma, VirtAddr to, uint32_t new_size) {
    TRY(move_pages(vma, to));
    vma.start = to;
    vma.end = to + new_size;
    vma.node.unlink();
    link(vma);
    return to;
}

/// The pages go to an area of their own; what stays is filled anew when it is touched.
Result<VirtAddr> AddressSpace::move_out_of(const Vma& vma, VirtAddr to) {
    if (vma.pfn_mapped) return Errno::kInval;
    auto fresh = TRY(like(vma));
    TRY(move_pages(vma, to));
    fresh->start = to;
    fresh->end = to + vma.size();
    link(*fresh.release());
    return to;
}

void AddressSpace::link(Vma& vma) {
    Vma* after = nullptr;
    for (Vma& v : vmas_) {
        if (v.start > vma.start) {
            after = &v;
            break;
        }
    }
    vmas_.insert_before(after, vma);
}

uint32_t AddressSpace::resident_pages() {
    const MutexGuard guard{lock_};
    uint32_t pages = 0;
    for (Vma& vma : vmas_) {
        for (VirtAddr at = vma.start; at < vma.end; at = at + kPageSize) pages += table_.lookup(at).present;
    }
    return pages;
}

Result<> AddressSpace::map_frames(Vma& vma, std::span<const Pfn> frames, MemoryType type) {
    if (frames.size() != vma.size() / kPageSize) return Errno::kInval;
    vma.pfn_mapped = true;
    vma.type = type;
    VirtAddr at = vma.start;
    for (const Pfn frame : frames) {
        TRY(table_.map(at, frame, type, vma.access));
        at = at + kPageSize;
    }
    return Ok{};
}

}  // namespace kernel
