#include "dma/user_mapping.hpp"

#include "dma/ownership.hpp"
#include "dma/streaming.hpp"

namespace kernel {

namespace {

/// A scatter list over exactly the bytes.
Result<SgTable> list_of(const UserPages& pages) {
    SgTable list = TRY(SgTable::of_pages(pages.frames()));
    SgEntry& first = list.entries().front();
    first.offset += pages.offset();
    first.length -= pages.offset();
    list.entries().back().length -= list.bytes() - pages.bytes();
    return list;
}

}  // namespace

Result<Ref<UserMapping>> UserMapping::create(const DmaDevice& device, Unique<UserPages> pages,
                                             DmaDirection direction) {
    SgTable list = TRY(list_of(*pages));
    auto made = TRY(make_ref<UserMapping>(device, std::move(pages), direction));
    made->list_.swap(list);
    TRY(dma_map_sg(device, made->list_, direction, kDmaSkipCpuSync, "user memory"));
    if (made->list_.mapped != 1) return Errno::kFault;
    return made;
}

UserMapping::~UserMapping() {
    if (list_.mapped) (void)dma_unmap_sg(device_, list_, direction_, kDmaSkipCpuSync, "user memory");
}

Result<> UserMapping::give() {
    if (!cached()) return Ok{};
    return dma_sync_sg_for_device(device_, list_, direction_, "user memory");
}

Result<> UserMapping::take() {
    if (!cached()) return device_.coherent() ? device_range_leaves_level2(device_, iova(), bytes()) : Ok{};
    return dma_sync_sg_for_cpu(device_, list_, direction_, "user memory");
}

}  // namespace kernel
