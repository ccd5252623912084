// From a physical page to every user mapping of it.
#pragma once

#include "mm/buddy.hpp"
#include "mm/user_space.hpp"

namespace kernel {

/// All address spaces, and the search through them. Anonymous pages are at one address in every space that
/// has them (fork keeps addresses, mremap copies shared pages); file pages are found by the areas that map
/// their source.
class Rmap {
public:
    using Spaces = List<AddressSpace, &AddressSpace::space_node_>;
    static Spaces& spaces();
    /// Guards the list. Taken before any space's own lock.
    static Mutex& lock();

    /// Calls visit(space, vma, address) for each mapping of `page`. The list is locked, and the spaces are
    /// too or interrupts are masked.
    template <class Visit>
    static void for_each_mapping(const Page& page, Visit visit);
    /// Whether somebody is changing a space right now.
    static bool any_space_busy();
    static void zap(AddressSpace& space, const RefCounted* keep, uint64_t offset, uint64_t end);
    static PageTable& table(AddressSpace& space) { return space.table_; }

private:
    static Vma* area_of(AddressSpace& space, VirtAddr at) { return space.find_locked(at); }
    static bool maps(AddressSpace& space, VirtAddr at, const Page& page);
    template <class Visit>
    static void visit_file(AddressSpace& space, const Page& page, Visit visit);
};

template <class Visit>
void Rmap::for_each_mapping(const Page& page, Visit visit) {
    for (AddressSpace& space : spaces()) {
        if (page.use == PageUse::file) {
            visit_file(space, page, visit);
        } else if (const VirtAddr at{page.index << kPageShift}; maps(space, at, page)) {
            if (Vma* vma = area_of(space, at)) visit(space, *vma, at);
        }
    }
}

template <class Visit>
void Rmap::visit_file(AddressSpace& space, const Page& page, Visit visit) {
    for (Vma& vma : space.vmas_) {
        if (vma.source.get() != page.source) continue;
        const uint64_t offset = uint64_t{page.index} << kPageShift;
        if (offset < vma.offset || offset - vma.offset >= vma.size()) continue;
        const VirtAddr at = vma.start + static_cast<uint32_t>(offset - vma.offset);
        if (maps(space, at, page)) visit(space, vma, at);
    }
}

}  // namespace kernel
