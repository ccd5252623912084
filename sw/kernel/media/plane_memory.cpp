#include "media/plane_memory.hpp"

#include "arch/cache.hpp"
#include "core/mistake.hpp"
#include "dma/ownership.hpp"
#include "dma/user_mapping.hpp"
#include "dmabuf/page_ownership.hpp"
#include "mm/cma.hpp"
#include "mm/page.hpp"
#include "mm/user_space.hpp"
#include "mm/vmalloc.hpp"

namespace kernel {

PlaneStatistics& plane_statistics() {
    static PlaneStatistics statistics;
    return statistics;
}

namespace {

/// What the processor does with a plane when it is the video device.
DmaDirection processor_side(DmaDirection device_side) {
    switch (device_side) {
        case DmaDirection::from_device:
            return DmaDirection::to_device;
        case DmaDirection::to_device:
            return DmaDirection::from_device;
        default:
            return device_side;
    }
}

// --- Our own memory (MMAP)

class OwnedPlane final : public PlaneMemory {
public:
    OwnedPlane(const PlaneUser& user, Ref<DmaPages> pages) : user_{user}, pages_{std::move(pages)} {
        ++plane_statistics().owned;
    }
    ~OwnedPlane() override {
        if (mapped_) user_.device.unmap(iova_, *pages_);
        if (cpu_.value) unmap_from_kernel(cpu_);
        --plane_statistics().owned;
    }
    Result<> init(uint32_t bytes) {
        size_ = bytes;
        if (!user_.device) {
            cpu_ = TRY(map_to_kernel(*pages_));
            return Ok{};
        }
        iova_ = TRY(user_.device.map(*pages_, user_.direction));
        mapped_ = true;
        return Ok{};
    }
    Result<> prepare() override {
        ++plane_statistics().prepares;
        if (user_.device && !makes(Mistake::skip_prepare))
            plane_statistics().maintained +=
                give_pages(*pages_, {0, pages_->size()}, user_.direction, sharers());
        return Ok{};
    }
    void finish() override {
        ++plane_statistics().finishes;
        if (user_.device && !makes(Mistake::skip_finish))
            plane_statistics().maintained +=
                take_pages(*pages_, {0, pages_->size()}, user_.direction, sharers());
    }
    Result<> mmap(Vma& vma) override { return pages_->mmap(vma, 0); }
    bool in_use() const override { return pages_->references() > 1; }
    Result<Ref<DmaBuf>> export_buffer(const char* exporter) override {
        exported_ = true;
        return export_dma_pages(pages_, exporter);
    }

private:
    /// Whoever has imported it may be a device that does not see the caches.
    Sharers sharers() const { return {user_.device.coherent(), !user_.device.coherent() || exported_}; }

    PlaneUser user_;
    Ref<DmaPages> pages_;
    bool mapped_ = false, exported_ = false;
};

// --- A process's memory (USERPTR)

class UserPlane final : public PlaneMemory {
public:
    UserPlane(const PlaneUser& user, UserAddr at, uint32_t bytes) : user_{user}, at_{at} {
        size_ = bytes;
        ++plane_statistics().pinned;
    }
    ~UserPlane() override {
        if (cpu_.value) unmap_from_kernel(VirtAddr{align_down(cpu_.value, kPageSize)});
        --plane_statistics().pinned;
    }
    Result<> init(Unique<UserPages> pages) {
        if (!user_.device) return map_for_processor(std::move(pages));
        mapping_ = TRY(UserMapping::create(user_.device, std::move(pages), user_.direction));
        iova_ = mapping_->iova();
        return Ok{};
    }
    Result<> prepare() override {
        ++plane_statistics().prepares;
        if (!one_sees_caches() || !mapping_->cached() || makes(Mistake::skip_prepare)) return Ok{};
        plane_statistics().maintained += size_;
        return mapping_->give();
    }
    void finish() override {
        ++plane_statistics().finishes;
        if (!one_sees_caches() || makes(Mistake::skip_finish)) return;
        const bool read_only = user_.direction == DmaDirection::to_device;
        if (!read_only || !mapping_->cached()) plane_statistics().maintained += size_;
        (void)mapping_->take();
    }
    bool is_user(UserAddr at, uint32_t bytes) const override { return at == at_ && bytes == size_; }

private:
    /// The program or the device, but not both: then maintenance comes with the turns.
    bool one_sees_caches() const { return mapping_ && mapping_->cached() != user_.device.coherent(); }

    Result<> map_for_processor(Unique<UserPages> pages) {
        pages_ = std::move(pages);
        cpu_ = TRY(vmap(pages_->frames(), pages_->type(), AreaKind::map, "vb2")) + pages_->offset();
        return Ok{};
    }

    PlaneUser user_;
    UserAddr at_;
    Ref<UserMapping> mapping_;  // for a device
    Unique<UserPages> pages_;   // for the processor
};

// --- Somebody else's (DMABUF)

class ImportedPlane final : public PlaneMemory {
public:
    ImportedPlane(const PlaneUser& user, Ref<DmaBuf> buffer) : user_{user}, buffer_{std::move(buffer)} {
        size_ = buffer_->size();
        ++plane_statistics().imported;
    }
    ~ImportedPlane() override {
        unmap();
        if (attachment_) DmaBuf::detach(std::move(attachment_));
        --plane_statistics().imported;
    }
    Result<> init() {
        if (user_.device) attachment_ = TRY(buffer_->attach(user_.device));
        return Ok{};
    }
    Result<> map() override {
        if (mapped_) return Ok{};
        if (attachment_) {
            iova_ = TRY(buffer_->map(*attachment_, user_.direction));
        } else {
            cpu_ = TRY(buffer_->vmap());
        }
        mapped_ = true;
        ++plane_statistics().maps;
        return Ok{};
    }
    void unmap() override {
        if (!mapped_) return;
        mapped_ = false;
        ++plane_statistics().unmaps;
        if (attachment_) return buffer_->unmap(*attachment_, iova_, user_.direction);
        buffer_->vunmap();
    }
    /// A device's turn begins and ends with the mapping; the processor's has to be said.
    Result<> prepare() override {
        if (attachment_) return Ok{};
        return buffer_->begin_cpu_access(processor_side(user_.direction));
    }
    void finish() override {
        if (!attachment_) (void)buffer_->end_cpu_access(processor_side(user_.direction));
    }
    bool is_import(const DmaBuf& buffer) const override { return &buffer == buffer_.get(); }

private:
    PlaneUser user_;
    Ref<DmaBuf> buffer_;
    Unique<DmaBufAttachment> attachment_;
    bool mapped_ = false;
};

}  // namespace

Result<Unique<PlaneMemory>> allocate_plane(const PlaneUser& user, uint32_t bytes, bool cached) {
    const bool in_caches = cached || user.allocator != PlaneAllocator::dma_contig;
    const MemoryType wanted = in_caches ? MemoryType::cached : MemoryType::write_combine;
    auto pages =
        TRY(DmaPages::allocate({.bytes = bytes,
                                .placement = user.device ? user.device.placement() : Placement::scattered,
                                .type = user.device ? user.device.memory_type(wanted) : wanted,
                                .area = cma_default(),
                                .owner = user.name}));
    auto plane = TRY(make<OwnedPlane>(user, std::move(pages)));
    TRY(plane->init(bytes));
    return Unique<PlaneMemory>{std::move(plane)};
}

/// Only whole cache lines of a program's memory can change hands: what else lies in a line belongs to the
/// processor all the time. videobuf2-dma-contig asks dma_get_cache_alignment(), with ARMv7 its largest line.
constexpr uint32_t kCacheAlignment = 64;

Result<Unique<PlaneMemory>> pin_plane(const PlaneUser& user, UserAddr at, uint32_t bytes) {
    const bool whole_lines = (at.value | bytes) % kCacheAlignment == 0;
    if (user.allocator == PlaneAllocator::dma_contig && !whole_lines) return Errno::kInval;
    auto pages = TRY(UserPages::pin(at, bytes, user.direction != DmaDirection::to_device));
    auto plane = TRY(make<UserPlane>(user, at, bytes));
    TRY(plane->init(std::move(pages)));
    return Unique<PlaneMemory>{std::move(plane)};
}

Result<Unique<PlaneMemory>> import_plane(const PlaneUser& user, Ref<DmaBuf> buffer) {
    auto plane = TRY(make<ImportedPlane>(user, std::move(buffer)));
    TRY(plane->init());
    return Unique<PlaneMemory>{std::move(plane)};
}

}  // namespace kernel
