// Generic interrupt controller, version 1: distributor and CPU interfaces.
#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "models/base/register_bank.hpp"

namespace exysim::system {

/// 160 interrupts: SGIs 0-15 and PPIs 16-31 of each core, SPIs 32-159 shared. On this chip every core has a
/// view of its own of both register blocks at a fixed stride, so a register access names its core by its
/// address. Facts: GIC architecture 1.0 (ARM IHI 0048A); hardware page "CPU subsystem" section 6. Assumed: 32
/// priority levels (bits 7:3), and SGIs that cannot be disabled, as the Cortex-A9's own controller has (Linux
/// wakes a secondary core by an SGI before that core has enabled any).
class GicCore {
public:
    static constexpr uint32_t kIds = 160;
    static constexpr uint32_t kSgis = 16;
    static constexpr uint32_t kPrivateIds = 32;
    static constexpr uint32_t kSpis = kIds - kPrivateIds;
    static constexpr uint32_t kSpurious = 1023;
    static constexpr uint32_t kMaxCores = 4;

    enum Distributor : uint32_t {
        kDistCtlr = 0x000,
        kTyper = 0x004,
        kDistIidr = 0x008,
        kIgroupr = 0x080,
        kIsenabler = 0x100,
        kIcenabler = 0x180,
        kIspendr = 0x200,
        kIcpendr = 0x280,
        kIsactiver = 0x300,
        kIcactiver = 0x380,
        kIpriorityr = 0x400,
        kItargetsr = 0x800,
        kIcfgr = 0xC00,
        kSgir = 0xF00,
    };
    enum CpuInterface : uint32_t {
        kCtlr = 0x00,
        kPmr = 0x04,
        kBpr = 0x08,
        kIar = 0x0C,
        kEoir = 0x10,
        kRpr = 0x14,
        kHppir = 0x18,
        kIidr = 0xFC,
    };

    /// `ppi_config`: ICFGR of the PPIs where it cannot be written.
    explicit GicCore(uint32_t cores, std::optional<uint32_t> ppi_config = {});
    GicCore(const GicCore&) = delete;  // the register hooks refer to it

    /// An interrupt input. `core` matters for PPIs only.
    void set_line(uint32_t id, uint32_t core, bool level);
    /// The level of the core's interrupt request.
    bool irq(uint32_t core) const;
    /// Software has enabled the core's CPU interface.
    bool interface_enabled(uint32_t core) const;

    /// The bank that holds the distributor register at `offset` in this core's view.
    RegisterBank& distributor(uint32_t core, uint32_t offset);
    RegisterBank& cpu_interface(uint32_t core) { return cores_[core].interface; }
    /// Calls `visit(part, bank)` for every register bank.
    template <class Visit>
    void for_each_bank(const Visit& visit) {
        visit("shared", shared_registers_);
        for (size_t n = 0; n < cores_.size(); ++n) {
            const std::string core = "core" + std::to_string(n);
            visit(core + ".private", cores_[n].distributor);
            visit(core + ".interface", cores_[n].interface);
        }
    }
    /// Called with core and id when an interrupt is acknowledged, and when it is ended.
    std::function<void(uint32_t core, uint32_t id)> acknowledged, ended;
    uint32_t cores() const { return static_cast<uint32_t>(cores_.size()); }

private:
    /// 32 interrupts, a bit each.
    struct Word {
        uint32_t enabled = 0, active = 0, level = 0, edge = 0;
        uint32_t latched = 0;  ///< pending by an edge or by software
        uint32_t pending() const { return latched | (level & ~edge); }
    };
    /// An acknowledged interrupt: what IAR returned, and its priority.
    struct Running {
        uint32_t value, priority;
    };
    struct Core {
        Core();
        RegisterBank distributor;  ///< registers of the private interrupts
        RegisterBank interface;
        Word word;
        std::array<uint8_t, kSgis> sgi_sources{};  ///< for each pending SGI, a bit a requesting core
        std::vector<Running> running;              ///< the innermost last
    };
    struct Pending {
        uint32_t id, priority;
    };

    void hook_shared();
    void hook_private(uint32_t core);
    void hook_bits(RegisterBank& bank, uint32_t index, Word& word, std::optional<uint32_t> core);
    void hook_interface(uint32_t core);
    void configure(uint32_t icfgr, uint32_t stored, Word& word);
    void send_sgi(uint32_t from, uint32_t written);

    uint32_t acknowledge(uint32_t core);
    void end(uint32_t core, uint32_t written);
    std::optional<Pending> highest_pending(uint32_t core) const;
    bool preempts(const Pending& pending, uint32_t core) const;
    uint32_t iar_value(const Pending& pending, const Core& core) const;
    uint32_t running_priority(uint32_t core) const;

    Word& word(uint32_t core, uint32_t id) {
        return id < kPrivateIds ? cores_[core].word : shared_[id / 32 - 1];
    }
    uint32_t candidates(uint32_t core, uint32_t index) const;
    uint32_t priority(uint32_t core, uint32_t id) const;
    uint32_t targets(uint32_t id) const;

    std::optional<uint32_t> ppi_config_;
    std::vector<Core> cores_;
    RegisterBank shared_registers_;
    std::array<Word, kSpis / 32> shared_{};
};

}  // namespace exysim::system
