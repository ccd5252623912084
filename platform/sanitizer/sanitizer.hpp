// Watches a machine with caches for broken rules of memory sharing (rule.hpp). Attach before the run; nothing
// it does changes simulated time or state.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "models/base/statistics.hpp"
#include "platform/board/machine.hpp"
#include "platform/sanitizer/buffer_book.hpp"
#include "platform/sanitizer/code_watch.hpp"
#include "platform/sanitizer/guest_news.hpp"
#include "platform/sanitizer/line_watch.hpp"
#include "platform/sanitizer/maintenance_watch.hpp"
#include "platform/sanitizer/mapping_watch.hpp"
#include "platform/sanitizer/table_watch.hpp"
#include "platform/sanitizer/turn_watch.hpp"
#include "platform/sanitizer/violation_log.hpp"

namespace exysim::sanitizer {

class Sanitizer {
public:
    /// The machine has caches (`machine.caches`) and lives longer. Statistics: `sanitizer.<rule>`.
    explicit Sanitizer(board::Machine& machine);
    Sanitizer(const Sanitizer&) = delete;
    Sanitizer& operator=(const Sanitizer&) = delete;

    ViolationLog log;

private:
    /// A bus master with a SysMMU: what it asked for last.
    struct Unit {
        std::string device;
        iommu::Translated last{};
    };
    MemoryViews views();
    GuestNews::Views guest_views();
    MaintenanceWatch::Views maintenance_views();
    CodePlace place(unsigned core) const;
    Actor actor(unsigned core) const;
    void watch_caches();
    void watch_core(unsigned n);
    void watch_guest();
    void watch_bus();
    void watch_unit(const std::string& device, iommu::SysMmu& mmu);
    /// How a burst has come to memory.
    enum class Way : uint8_t { bus, coherency_port };
    void moved(const interconnect::BusTransfer& transfer, Way way);
    void switched_off();
    void complete(Violation& v) const;
    std::optional<VirtAddr> virtual_of(unsigned core, PhysAddr address) const;
    void code_written(PhysAddr address, size_t bytes, const Actor& by);

    board::Machine& machine_;
    LineWatch lines_;
    TableWatch tables_;
    BufferBook buffers_;
    MappingWatch mappings_;
    TurnWatch turns_;
    CodeWatch code_;
    MaintenanceWatch maintenance_;
    GuestNews news_;
    std::map<std::string, Unit, std::less<>> units_;
};

}  // namespace exysim::sanitizer
