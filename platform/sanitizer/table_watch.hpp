// Translations that a SysMMU uses, held against the tables in memory and against what caches have of them.
#pragma once

#include <functional>
#include <optional>
#include <string>

#include "models/iommu/sysmmu.hpp"
#include "platform/sanitizer/line_watch.hpp"

namespace exysim::sanitizer {

class TableWatch {
public:
    TableWatch(MemoryViews views, ViolationLog& log) : views_{std::move(views)}, log_{log} {}

    /// `now_at`: where the tables in memory lead, nothing if they do not say.
    void translated(const std::string& device, const iommu::Translated& used, std::optional<PhysAddr> now_at);
    /// A page that the unit did not find, and the tables in memory have.
    void refused(const std::string& device, Iova at, std::optional<PhysAddr> now_at);
    void entry_read(const std::string& device, const iommu::EntryRead& entry);

private:
    MemoryViews views_;
    ViolationLog& log_;
};

}  // namespace exysim::sanitizer
