// The caches of a cluster: one CoreCaches a core, the snoop control unit between them, the PL310 behind them.
#pragma once

#include <memory>
#include <vector>

#include "models/base/cluster_memory.hpp"
#include "models/base/guest_errors.hpp"
#include "models/cache/core_caches.hpp"
#include "models/cache/level2.hpp"

namespace exysim::cache {

/// Coherent among the cores for shareable lines, never with anybody else.
class Hierarchy : public ClusterMemory, public Snoop {
public:
    Hierarchy(const Config& config, Statistics& statistics);
    Hierarchy(const Hierarchy&) = delete;
    Hierarchy& operator=(const Hierarchy&) = delete;

    void connect(BusPort& bus) override;
    MemoryPort& port(unsigned core) override { return *cores_.at(core); }
    void poke(PhysAddr address, std::span<const uint8_t> data) override;
    Picoseconds next_departure() const override;
    void depart(Picoseconds now) override;

    /// A burst of a master on the accelerator coherency port: coherent with every core, through level 2.
    Finished coherent_burst(Direction direction, PhysAddr address, std::span<uint8_t> data, Picoseconds now);

    // --- views for those who watch, without side effects; `line` is aligned, `bytes` are its 32
    /// Some cache has a copy.
    bool holds(PhysAddr line) const;
    /// Lays what caches hold dirty over `bytes`; whether there was any.
    bool overlay_dirty(PhysAddr line, std::span<uint8_t> bytes) const;
    /// Lays stores that wait in buffers over `bytes`; a bit a byte that they write.
    uint32_t overlay_waiting(PhysAddr line, std::span<uint8_t> bytes) const;
    /// The next load of a copy of the line, and stores until then, are told of by CoreCaches::touched. Costs
    /// no simulated time.
    void watch(PhysAddr line);
    /// The same for code: some instruction cache has a copy; its next use is told of by CoreCaches::fetched.
    bool holds_code(PhysAddr line) const;
    void watch_code(PhysAddr line);
    /// An operation on the line has something to do in that level.
    bool has_work(unsigned level, Maintenance operation, PhysAddr line) const;

    CoreCaches& core(unsigned n) { return *cores_.at(n); }
    Level2& level2() { return level2_; }
    const Config& config() const { return config_; }

private:
    bool others(unsigned by, PhysAddr line, Direction direction, Picoseconds now) override;
    void maintain_others(unsigned by, Maintenance operation, PhysAddr line, Picoseconds now) override;
    void invalidate_code_of_others(unsigned by, PhysAddr address, VirtAddr va) override;
    void invalidate_all_code_of_others(unsigned by) override;
    void overlay_others(unsigned by, PhysAddr address, std::span<uint8_t> data) const override;
    template <class Use>
    void each_other(unsigned by, Use use) const {
        for (unsigned n = 0; n < cores_.size(); ++n) {
            if (n != by) use(*cores_[n]);
        }
    }

    Config config_;
    Level2 level2_;
    std::vector<std::unique_ptr<CoreCaches>> cores_;
};

}  // namespace exysim::cache
