#include "display/hdmi.hpp"

#include "core/log.hpp"
#include "core/ref.hpp"
#include "core/time.hpp"
#include "driver/power.hpp"

namespace kernel {

namespace {

// Multi-byte values lie in consecutive 32-bit slots, low byte first (mixer.md section 9).
constexpr uint32_t kPhyReset = 0x0'0014, kCoreReset = 0x0'0080;
constexpr uint32_t kCon0 = 0x1'0000, kCon1 = 0x1'0004, kCon2 = 0x1'0008, kPhyStatus = 0x1'0014,
                   kModeSel = 0x1'0040, kHBlank = 0x1'00A0, kVBlank = 0x1'00B0, kHVLine = 0x1'00C0,
                   kVsyncPolarity = 0x1'00E4, kProgressive = 0x1'00E8, kHSyncGen = 0x1'0120,
                   kVSyncGen1 = 0x1'0130;
constexpr uint32_t kTgCommand = 0x5'0000, kTgHFull = 0x5'0018, kTgHActiveStart = 0x5'0020,
                   kTgHActiveSize = 0x5'0028, kTgVFull = 0x5'0030, kTgVsync = 0x5'0038,
                   kTgVActiveStart = 0x5'0048, kTgVActiveSize = 0x5'0050;
constexpr uint32_t kEnable = 1, kHdmiMode = 2;
constexpr uint64_t kResetNs = 10'000'000;  // K toggles each reset for about 10 ms
constexpr int kPhyTries = 10;

Hdmi* only;

void pulse(const Mmio& regs, uint32_t reset, uint32_t active) {
    regs.write32(reset, active);
    sleep_ns(kResetNs);
    regs.write32(reset, active ^ 1);
    sleep_ns(kResetNs);
}

}  // namespace

void Hdmi::write_slots(uint32_t offset, uint32_t value, uint32_t bytes) const {
    for (uint32_t i = 0; i < bytes; ++i) regs_.write32(offset + 4 * i, value >> 8 * i & 0xFF);
}

void Hdmi::set_mode(const DisplayMode& mode) const {
    stop();
    pulse(regs_, kPhyReset, 1);
    pulse(regs_, kCoreReset, 0);  // active low
    program_core(mode);
    program_timing_generator(mode);
    bool ready = false;
    for (int i = 0; i < kPhyTries && !ready; ++i) {
        ready = regs_.read32(kPhyStatus) & 1;
        if (!ready) udelay(20);
    }
    if (!ready) log_warn("hdmi: the PHY's clock does not lock");
}

void Hdmi::program_core(const DisplayMode& m) const {
    regs_.write32(kCon1, 0);
    regs_.write32(kCon2, 0);
    regs_.write32(kModeSel, kHdmiMode);
    write_slots(kHBlank, m.h_total() - m.width, 2);
    // Total lines in the low 11 bits, lines of blanking from bit 11.
    write_slots(kVBlank, (m.v_total() - m.height) << 11 | m.v_total(), 3);
    write_slots(kHVLine, (m.h_total() << 12) | m.v_total(), 3);
    regs_.write32(kVsyncPolarity, m.positive_syncs ? 0 : 1);
    regs_.write32(kProgressive, 0);
    // Sync position from the start of blanking, start and end, two pixels early for the pipeline.
    const uint32_t h_start = m.h_front - 2, h_end = h_start + m.h_sync;
    write_slots(kHSyncGen, h_start | h_end << 10 | (m.positive_syncs ? 0U : 1U << 20), 3);
    const uint32_t v_start = m.v_front, v_end = m.v_front + m.v_sync;
    write_slots(kVSyncGen1, v_end | v_start << 12, 3);
}

void Hdmi::program_timing_generator(const DisplayMode& m) const {
    write_slots(kTgHFull, m.h_total(), 2);
    write_slots(kTgHActiveStart, m.h_total() - m.width, 2);
    write_slots(kTgHActiveSize, m.width, 2);
    write_slots(kTgVFull, m.v_total(), 2);
    write_slots(kTgVsync, 1, 2);
    write_slots(kTgVActiveStart, m.v_total() - m.height, 2);
    write_slots(kTgVActiveSize, m.height, 2);
}

void Hdmi::start() const {
    regs_.update32(kCon0, kEnable, kEnable);
    regs_.update32(kTgCommand, kEnable, kEnable);
}

void Hdmi::stop() const {
    regs_.update32(kTgCommand, kEnable, 0);
    regs_.update32(kCon0, kEnable, 0);
}

Result<Hdmi*> the_hdmi() {
    if (!only) return Errno::kProbeDefer;
    return only;
}

namespace {

Result<> probe(Device& device) {
    TRY(power_on(device.node));
    auto hdmi = TRY(make<Hdmi>(TRY(device.map())));
    only = hdmi.release();
    device.data = only;
    return Ok{};
}

constexpr const char* kCompatible[] = {"samsung,exynos4210-hdmi", nullptr};
constexpr Driver kDriver{"hdmi", kCompatible, probe};
REGISTER_DRIVER(kDriver);

}  // namespace

}  // namespace kernel
