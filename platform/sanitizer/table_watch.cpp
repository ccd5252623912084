#include "platform/sanitizer/table_watch.hpp"

#include <cstring>

namespace exysim::sanitizer {

void TableWatch::translated(const std::string& device, const iommu::Translated& used,
                            std::optional<PhysAddr> now_at) {
    if (now_at == used.address) return;
    log_.report({Rule::stale_iotlb,
                 now_at.has_value(),
                 used.address,
                 used.size,
                 used.iova,
                 {device, {}, views_.now()},
                 {},
                 {}});
}

void TableWatch::refused(const std::string& device, Iova at, std::optional<PhysAddr> now_at) {
    if (!now_at) return;
    log_.report({Rule::stale_iotlb, true, *now_at, 1, at, {device, {}, views_.now()}, {}, {}});
}

void TableWatch::entry_read(const std::string& device, const iommu::EntryRead& entry) {
    constexpr uint32_t kEntryBytes = sizeof entry.value;
    const PhysAddr line{entry.address.value & ~(kLineBytes - 1)};
    const uint32_t offset = entry.address - line, mask = (1U << kEntryBytes) - 1;
    LineBytes newer;
    const bool dirty = views_.overlay_dirty(line, newer);
    const uint32_t waiting = views_.overlay_waiting(line, newer) >> offset & mask;
    if (!dirty && waiting != mask) return;
    uint32_t cached = 0;
    std::memcpy(&cached, &newer[offset], sizeof cached);
    if (cached == entry.value) return;
    log_.report(
        {Rule::stale_page_table, true, entry.address, kEntryBytes, {}, {device, {}, views_.now()}, {}, {}});
}

}  // namespace exysim::sanitizer
