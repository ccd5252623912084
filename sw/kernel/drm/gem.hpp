// GEM objects: memory that a file knows by a handle, a process maps, and the display and the 2D engine read
// and write. Either our own pages or somebody's dma-buf.
//
//   DrmFile -> HandleTable -> GemObject -> {DmaPages | attachment -> DmaBuf}
//   exported DmaBuf -> GemObject
#pragma once

#include "core/list.hpp"
#include "core/lock.hpp"
#include "core/text_writer.hpp"
#include "dmabuf/dma_buf.hpp"

namespace kernel::drm {

class GemObject : public RefCounted {
public:
    static constexpr uint32_t kMostDevices = 8;

    /// Zeroed memory. `flags` are EXYNOS_BO_*: contiguous or not, cached, write-combined, or neither (then
    /// strongly ordered). Errors: kInval nothing or an unknown flag, kNoMem.
    static Result<Ref<GemObject>> create(uint64_t bytes, uint32_t flags);
    /// Somebody else's memory, in reach of `first` device. Errors: what the exporter says, kNoMem, kNoSpc.
    static Result<Ref<GemObject>> import(Ref<DmaBuf> buffer, const DmaDevice& first);
    /// The object behind a dma-buf of ours, or null for a foreign one. The buffer keeps it alive.
    static GemObject* behind(const DmaBuf& buffer);

    /// Where `device` finds the first byte; mapped at the first call, for as long as the object lives.
    /// Errors: kInval the device cannot reach the memory, kNoMem, kNoSpc.
    Result<Iova> iova_for(const DmaDevice& device);
    /// The same without mapping it. Errors: kNoEnt not mapped.
    Result<Iova> mapped_at(const DmaDevice& device);
    /// Before a device works on it: what the processor wrote to cached memory goes there, and no line stays
    /// that the device's writes would make stale. Nothing to do for other memory.
    void hand_to_device() const;
    /// Whether a device that takes memory like this could reach it.
    bool reachable_from(const DmaDevice& device) const;
    /// Maps the part that starts `offset` bytes in, whole pages, into all of `vma`. Errors: kInval past the
    /// end, kNoMem.
    Result<> mmap(Vma& vma, uint32_t offset);
    /// Its dma-buf, the same one each time while the object has a handle. Errors: kNoMem.
    Result<Ref<DmaBuf>> dma_buf();
    /// The dma-buf it was imported from or is exported as, if any.
    const DmaBuf* shared_as() const { return imported_ ? imported_.get() : exported_.get(); }

    uint32_t size() const { return size_; }
    uint32_t flags() const { return flags_; }
    /// Its own memory; only for objects that were not imported.
    const DmaPages& pages() const { return *pages_; }
    bool imported() const { return static_cast<bool>(imported_); }
    bool contiguous() const { return !imported_ && pages_->contiguous(); }
    /// Offset that mmap() on the device's file takes, bytes; the same in every file.
    uint64_t map_offset() const { return uint64_t{first_map_page_} << kPageShift; }

    void handle_added();
    void handle_removed();

    /// One line an object.
    static void list(TextWriter& writer);

    ListNode node;  ///< in the list of all objects

    GemObject();
    ~GemObject() override;

private:
    /// One device's way to the memory.
    struct Mapping {
        DmaDevice device;
        Unique<DmaBufAttachment> attachment;  // of imported memory
        Iova iova;
    };
    Result<Mapping> map_for(const DmaDevice& device);
    const Mapping* find_mapping(const DmaDevice& device) const;

    Ref<DmaPages> pages_;
    Ref<DmaBuf> imported_;
    Ref<DmaBuf> exported_;  // while there are handles
    uint32_t size_ = 0, flags_ = 0, handles_ = 0;
    uint32_t first_map_page_ = 0;
    Mutex lock_;  // guards the mappings
    Mapping mappings_[kMostDevices];
    uint32_t mapping_count_ = 0;
};

}  // namespace kernel::drm
