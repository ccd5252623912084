#include "models/system/private_region.hpp"

#include <algorithm>

#include "models/base/statistics.hpp"
#include "models/base/tlm/payload.hpp"
#include "models/base/tlm/requester.hpp"

namespace exysim::system {

namespace {
/// ICFGR of the PPIs, fixed: the timers (27, 29, 30) are edges, the pins (28, 31) levels.
constexpr uint32_t kPpiConfig = 0x7DC0'0000;
}  // namespace

PrivateRegion::PrivateRegion(sc_core::sc_module_name module_name, const PrivateRegionConfig& config,
                             Instruments& instruments)
    : sc_module{module_name},
      irq_pin{"irq_pin", config.cores},
      irq{"irq", config.cores},
      config_{config},
      scu_{config.cores},
      gic_{config.cores, kPpiConfig},
      global_timer_{config.cores} {
    bus.register_b_transport(this, &PrivateRegion::b_transport);
    bus.register_transport_dbg(this, &PrivateRegion::transport_dbg);
    const auto watch = [&](const std::string& part, RegisterBank& bank) {
        report_register_faults(bank, name(), instruments.guest_errors);
        instruments.statistics.registers(name() + ("." + part), bank);
    };
    watch("scu", scu_.regs);
    gic_.for_each_bank([&](const std::string& part, RegisterBank& bank) { watch("gic." + part, bank); });
    for (uint32_t core = 0; core < config.cores; ++core) {
        const std::string prefix = "core" + std::to_string(core) + '.';
        watch(prefix + "global_timer", global_timer_.regs(core));
        watch(prefix + "timer", timers_.emplace_back().regs);
        watch(prefix + "watchdog", watchdogs_.emplace_back().regs);
    }
    SC_METHOD(update);
    sensitive << changed_;
}

void PrivateRegion::end_of_elaboration() {
    watch_lines(irq_pin, [this](size_t core, bool level) {
        gic_.set_line(kPinId, static_cast<uint32_t>(core), level);
        changed_.notify();  // in this very cycle
    });
}

// --- registers

std::span<const PrivateRegion::Area> PrivateRegion::areas() {
    static constexpr Area kAreas[] = {
        {0x000, 0x100, &PrivateRegion::scu_bank},
        {kInterface, 0x100, &PrivateRegion::interface_bank},
        {kGlobalTimer, 0x100, &PrivateRegion::global_timer_bank},
        {kTimer, 0x20, &PrivateRegion::timer_bank},
        {kWatchdog, 0xE0, &PrivateRegion::watchdog_bank},
        {kDistributor, 0x1000, &PrivateRegion::distributor_bank},
    };
    return kAreas;
}

/// Null for a reserved part.
const PrivateRegion::Area* PrivateRegion::area_of(uint64_t address) {
    const auto holds = [&](const Area& a) { return address >= a.base && address - a.base < a.size; };
    const auto found = std::find_if(areas().begin(), areas().end(), holds);
    return found != areas().end() ? &*found : nullptr;
}

RegisterBank& PrivateRegion::scu_bank(uint32_t, uint32_t) { return scu_.regs; }
RegisterBank& PrivateRegion::interface_bank(uint32_t core, uint32_t) { return gic_.cpu_interface(core); }
RegisterBank& PrivateRegion::global_timer_bank(uint32_t core, uint32_t) { return global_timer_.regs(core); }
RegisterBank& PrivateRegion::timer_bank(uint32_t core, uint32_t) { return timers_[core].regs; }
RegisterBank& PrivateRegion::watchdog_bank(uint32_t core, uint32_t) { return watchdogs_[core].regs; }
RegisterBank& PrivateRegion::distributor_bank(uint32_t core, uint32_t offset) {
    return gic_.distributor(core, offset);
}

void PrivateRegion::b_transport(tlm::tlm_generic_payload& tx, sc_core::sc_time&) {
    const uint64_t address = tx.get_address();
    const Area* const area = area_of(address);
    const auto core = requesting_core(tx);
    if (area == nullptr || !core || *core >= config_.cores) {
        tx.set_response_status(tlm::TLM_ADDRESS_ERROR_RESPONSE);
        return;
    }
    advance();
    tx.set_address(address - area->base);
    access((this->*area->bank)(*core, static_cast<uint32_t>(address - area->base)), tx);
    tx.set_address(address);
    changed_.notify(sc_core::SC_ZERO_TIME);
}

unsigned PrivateRegion::transport_dbg(tlm::tlm_generic_payload& tx) {
    const uint64_t address = tx.get_address();
    const Area* const area = area_of(address);
    if (area == nullptr) return 0;
    const uint32_t core = requesting_core(tx).value_or(0);
    if (core >= config_.cores) return 0;
    tx.set_address(address - area->base);
    const unsigned moved =
        debug_access((this->*area->bank)(core, static_cast<uint32_t>(address - area->base)), tx);
    tx.set_address(address);
    return moved;
}

// --- time

uint64_t PrivateRegion::Clock::at(Picoseconds time, uint64_t hz) {
    const uint64_t now = ticks_ + ticks_at(time - since_, hz_);
    if (hz != hz_) {
        ticks_ = now;
        since_ = time;
        hz_ = hz;
    }
    return now;
}

/// Nothing while the clock stands.
std::optional<Picoseconds> PrivateRegion::Clock::time_of(uint64_t tick) const {
    if (hz_ == 0) return {};
    return since_ + (tick > ticks_ ? time_of_tick(tick - ticks_, hz_) : 0);
}

void PrivateRegion::advance() {
    const uint64_t now = clock_.at(picoseconds(sc_core::sc_time_stamp()), config_.periphclk());
    global_timer_.advance(now);
    for (auto& timer : timers_) timer.advance(now);
    for (auto& watchdog : watchdogs_) watchdog.advance(now);
}

void PrivateRegion::update() {
    advance();
    for (uint32_t core = 0; core < config_.cores; ++core) drive_lines(core);
    plan();
}

void PrivateRegion::drive_lines(uint32_t core) {
    gic_.set_line(kGlobalTimerId, core, global_timer_.irq(core));
    gic_.set_line(kTimerId, core, timers_[core].irq());
    gic_.set_line(kWatchdogId, core, watchdogs_[core].irq());
    if (watchdogs_[core].take_reset()) watchdog_reset({core});
    const bool pin = irq_pin[core].connected() && irq_pin[core]->read();
    irq[core].write(gic_.interface_enabled(core) ? gic_.irq(core) : pin);
}

/// Comes back when the next timer expires.
void PrivateRegion::plan() {
    std::optional<uint64_t> next = global_timer_.next_expiry();
    const auto sooner = [&next](std::optional<uint64_t> other) {
        if (other) next = std::min(next.value_or(*other), *other);
    };
    for (const auto& timer : timers_) sooner(timer.next_expiry());
    for (const auto& watchdog : watchdogs_) sooner(watchdog.next_expiry());
    if (!next) return;
    const Picoseconds now = picoseconds(sc_core::sc_time_stamp());
    if (const auto at = clock_.time_of(*next)) changed_.notify(sc_ps(*at > now ? *at - now : 0));
}

}  // namespace exysim::system
