// A file's names for GEM objects: small numbers from 1 on, at most one for each object that came by dma-buf.
#pragma once

#include "drm/gem.hpp"

namespace kernel::drm {

class HandleTable {
public:
    static constexpr uint32_t kMost = 1024;

    HandleTable() = default;
    HandleTable(const HandleTable&) = delete;
    HandleTable& operator=(const HandleTable&) = delete;
    ~HandleTable();

    /// A new handle. Errors: kNoSpc.
    Result<uint32_t> add(Ref<GemObject> object);
    /// Errors: kNoEnt.
    Result<Ref<GemObject>> find(uint32_t handle);
    /// Errors: kInval for no handle, as Linux's GEM_CLOSE.
    Result<> close(uint32_t handle);
    /// The handle of the object that is, or was made from, this dma-buf; 0 without one.
    uint32_t handle_of(const DmaBuf& buffer);
    /// The object that `device` finds around this address, and how far in. Errors: kFault none of this file.
    struct Place {
        Ref<GemObject> object;
        uint32_t offset;
    };
    Result<Place> containing(Iova address, const DmaDevice& device);
    /// The object that mmap() means by `offset`. Errors: kInval.
    Result<Ref<GemObject>> at_map_offset(uint64_t offset);

private:
    Mutex lock_;
    Ref<GemObject> objects_[kMost];  // handle - 1
    uint32_t end_ = 0;               // past the highest ever used
};

}  // namespace kernel::drm
