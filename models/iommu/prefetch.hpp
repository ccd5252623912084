// Prefetch buffers of versions 3.x: windows of addresses in which a walk also fetches the descriptors that
// follow.
#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <optional>

#include "models/base/register_bank.hpp"
#include "models/iommu/tlb.hpp"

namespace exysim::iommu {

/// Major and minor version of MMU_VERSION, as Linux forms them: major << 7 | minor. The word 0x8000'0001 that
/// some Exynos4210 report means 1.0.
constexpr uint32_t version_of(uint32_t word) { return word == 0x8000'0001 ? 1U << 7 : word >> 21; }
constexpr uint32_t version(uint32_t major, uint32_t minor) { return major << 7 | minor; }

/// The buffers with their registers, which every version places elsewhere (hardware/sysmmu.md section 9).
class PrefetchBuffers {
public:
    static constexpr uint32_t kMost = 6;
    static constexpr uint32_t kDescriptors = 16;  ///< fetched at a time: 64 bytes. [Assumed]

    /// Hooks the registers that `version` has into `regs`.
    PrefetchBuffers(RegisterBank& regs, uint32_t version, uint32_t built_in);

    /// Takes the mapping of `at` out of the first buffer that holds it.
    std::optional<Mapping> take(Iova at);
    /// Whether more than one buffer holds `at`.
    bool ambiguous(Iova at) const;
    /// Fetches what follows `at` in the second-level table at `second` into each buffer whose window holds
    /// it.
    void fetch(Iova at, PhysAddr second, const std::function<std::optional<uint32_t>(PhysAddr)>& read);
    void flush();
    void flush(Iova at);
    const Mapping* peek(Iova at) const;
    /// The windows are lost too.
    void power_off();

    uint64_t fetches() const { return fetches_; }

private:
    struct Window {
        uint32_t first = 0, last = 0;
        bool enabled = false;
    };
    struct Buffer {
        std::array<Mapping, kDescriptors> held{};
    };
    Window window(uint32_t index) const;
    uint32_t usable() const;
    void hook_indexed();

    RegisterBank& regs_;
    uint32_t version_, built_in_;
    std::array<Buffer, kMost> buffers_{};
    struct Indexed {
        uint32_t cfg = 0, first = 0, last = 0;
    };
    std::array<Indexed, kMost> indexed_{};  // version 3.3
    uint64_t fetches_ = 0;
};

}  // namespace exysim::iommu
