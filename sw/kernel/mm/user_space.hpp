// User address spaces: areas (vmas) in address order, demand paging, copy-on-write fork, and buffers of
// devices.
#pragma once

#include <span>

#include "arch/page_table.hpp"
#include "core/list.hpp"
#include "core/lock.hpp"
#include "core/ref.hpp"
#include "core/result.hpp"
#include "core/types.hpp"

namespace kernel {

struct Page;

/// Where the pages of an area come from. Areas hold references, so the object lives as long as a mapping.
struct PageSource : RefCounted {
    /// The page with this index, with a reference for the caller. Errors: kFault past the end, kNoMem.
    virtual Result<Page*> page(uint32_t index) = 0;
    /// Page `index`, which is `old`, moves to `fresh`; called with interrupts masked. False: the source keeps
    /// no such page, or cannot let it go.
    virtual bool replace(uint32_t, const Page* /*old*/, Page* /*fresh*/) { return false; }
    /// Whether pages are taken away from programs at any time: nobody else may hold them then.
    virtual bool revokes() const { return false; }
};

/// One area. `keep` holds whatever the mapping depends on (a buffer, a file).
struct Vma {
    ListNode node;
    VirtAddr start, end;
    PageAccess access;
    bool shared = false;
    bool pfn_mapped = false;  ///< filled by map_frames(); its pages belong to the exporter
    MemoryType type = MemoryType::cached;
    uint64_t offset = 0;     ///< byte offset of `start` in what is mapped
    Ref<PageSource> source;  ///< null: demand-zero memory (or pfn_mapped)
    Ref<RefCounted> keep;
    Ref<RefCounted> file;  ///< Inode of what is mapped, for its name in listings; may be null

    uint32_t size() const { return end - start; }
};

class AddressSpace : public RefCounted {
public:
    static Result<Ref<AddressSpace>> create();
    explicit AddressSpace(PageTable table);
    ~AddressSpace() override;

    /// Puts an area at `at` (fixed) or finds room. Size is in bytes, page aligned. Errors: kNoMem, kInval.
    Result<Vma*> add(VirtAddr at, uint32_t size, bool fixed);
    /// Removes whatever is mapped in the range, splitting areas at its ends. Errors: kNoMem, kInval.
    Result<> remove(VirtAddr start, uint32_t size);
    Result<> protect(VirtAddr start, uint32_t size, PageAccess access);
    Vma* find(VirtAddr a);
    bool is_free(VirtAddr start, uint32_t size);

    /// Makes the page of `a` accessible. Errors: kFault no area or not allowed, kNoMem.
    Result<> fault(VirtAddr a, bool write, bool execute);
    /// Everything this space has, copy-on-write for private memory. Errors: kNoMem.
    Result<Ref<AddressSpace>> clone();
    /// Program break, in bytes; returns the new one or the old one when it cannot move.
    uint32_t set_break(uint32_t wanted);
    void start_break(uint32_t at) { break_start_ = break_ = at; }

    /// Fills an area of this space at once, with the memory type of the pages' other mappings: for device
    /// buffers, called from File::mmap. The pages belong to whoever vma.keep refers to. Errors: kInval not
    /// one frame for each page, kNoMem.
    Result<> map_frames(Vma& vma, std::span<const Pfn> frames, MemoryType type);

    /// Makes this the space of the running thread.
    void activate();
    void flush_page(VirtAddr a);

    /// Walks the areas in address order.
    template <class Visit>
    void for_each(Visit visit) {
        const MutexGuard guard{lock_};
        for (Vma& v : vmas_) visit(v);
    }
    /// Physical page behind a user address, faulted in first and pinned: until page_unpin() it neither moves
    /// nor goes, and remains this space's page through writes, forks (the child has a copy) and mremap().
    /// Errors: kFault.
    Result<Page*> pin(VirtAddr a, bool write);
    /// What is behind an address in an area of a device's memory. Errors: kFault for any other area, or no
    /// right to write.
    struct DeviceFrame {
        Pfn pfn;
        MemoryType type;
        Ref<RefCounted> keep;  ///< holds it there
    };
    Result<DeviceFrame> device_frame(VirtAddr a, bool write);
    PageTable& table() { return table_; }

    /// Where remap() may put an area.
    struct Place {
        bool may_move = false;
        bool fixed = false;     ///< to `to`, and whatever is mapped there goes
        bool keep_old = false;  ///< the pages move, the area they leave stays mapped (MREMAP_DONTUNMAP)
        VirtAddr to{};
    };
    /// Resizes [start, start + old_size), in place or by moving it. Sizes in bytes, whole pages, not 0.
    /// Errors: kFault nothing there, more than one area, or a device's memory that would grow; kNoMem no room
    /// and not allowed to move; kInval a device's memory that would be kept.
    Result<VirtAddr> remap(VirtAddr start, uint32_t old_size, uint32_t new_size, const Place& place);
    /// Pages present, for /proc/self/statm.
    uint32_t resident_pages();

private:
    friend class Rmap;
    Result<> split(VirtAddr at);
    Result<> remove_locked(VirtAddr start, uint32_t size);
    Result<> fault_in(Vma& vma, VirtAddr page, bool write);
    Result<Page*> new_page(Vma& vma, VirtAddr at);
    Result<> move_page(const Vma& vma, VirtAddr from, VirtAddr to);
    Result<VirtAddr> remap_to(VirtAddr start, uint32_t old_size, uint32_t new_size, const Place& place);
    Result<Vma*> part_of_area(VirtAddr start, uint32_t old_size, uint32_t new_size);
    Result<> move_pages(const Vma& vma, VirtAddr to);
    Result<VirtAddr> move_area(Vma& vma, VirtAddr to, uint32_t new_size);
    Result<VirtAddr> move_out_of(const Vma& vma, VirtAddr to);
    void link(Vma& vma);
    Result<> break_sharing(Vma& vma, VirtAddr page, Page* old);
    Result<> copy_area(Vma& from, AddressSpace& to);
    Result<> copy_mapping(const Vma& from, VirtAddr at, const Translation& t, AddressSpace& to);
    void unmap_pages(Vma& vma);
    Result<VirtAddr> find_room(uint32_t size);
    Vma* find_locked(VirtAddr a);
    bool is_free_locked(VirtAddr start, uint32_t size);

    ListNode space_node_;  // in the list of all spaces
    PageTable table_;
    List<Vma, &Vma::node> vmas_;
    Mutex lock_;
    uint32_t asid_ = 0;
    uint32_t asid_generation_ = 0;
    uint32_t break_start_ = 0, break_ = 0;
};

/// Removes every user mapping of [offset, offset + bytes) of what `keep` refers to, in all processes: the
/// next access faults. For exporters that must see the processor come back. May sleep.
void zap_mappings(const RefCounted* keep, uint64_t offset, uint64_t bytes);

}  // namespace kernel
