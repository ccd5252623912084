// Power management unit: power domains, core power, reset and power-off.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <utility>

#include "models/base/register_bank.hpp"

namespace exysim::system {

/// Power domains, in the order of their registers.
enum class Domain : uint8_t { cam, tv, mfc, g3d, lcd0, lcd1, maudio, gps, gps_alive };

enum class PowerRequest : uint8_t { off, reset };

/// Facts: hardware page "System devices" section 5. Domains follow their configuration at once; a core's
/// status changes when core_is() says that it has: switched off, a core goes down at its next WFI.
/// PS_HOLD's data bit is set out of reset, as a boot loader leaves it to keep the board powered (the page's
/// 0x5200 plus bit 8): Linux powers off by writing 0x5200, which must change the register.
class PmuCore {
public:
    static constexpr uint32_t kCores = 4;
    enum Reg : uint32_t {
        kOmStat = 0x0000,
        kCentralSeqConfiguration = 0x0200,
        kCentralSeqOption = 0x0208,
        kSwReset = 0x0400,
        kRstStat = 0x0404,
        kWdtDisable = 0x0408,
        kWakeupStat = 0x0600,
        kPhyControl = 0x0700,
        kInform = 0x0800,
        kPmuDebug = 0x0A00,
        kSysPwr = 0x1000,
        kCoreConfiguration = 0x2000,
        kCoreStatus = 0x2004,
        kCoreOption = 0x2008,
        kPsHold = 0x330C,
        kDomainConfiguration = 0x3C00,
        kDomainStatus = 0x3C04,
        kDomainOption = 0x3C08,
    };
    PmuCore();
    RegisterBank regs;

    /// What software has asked for since the last call.
    std::optional<PowerRequest> take_request() { return std::exchange(request_, std::nullopt); }
    /// What the configuration asks of a core.
    bool core_wanted(uint32_t core) const;
    /// What has become of it, which is what its status shows.
    void core_is(uint32_t core, bool on);
    bool domain_on(Domain domain) const;
    std::function<void()> domains_changed = [] {};  ///< a domain was switched; set by the shell
    /// As a thrifty boot loader leaves it.
    void switch_off(Domain domain);
    /// Address a secondary core of an Exynos4210 rev 1.1 starts at: INFORM5.
    uint32_t secondary_entry() const;

private:
    std::optional<PowerRequest> request_;
};

}  // namespace exysim::system
