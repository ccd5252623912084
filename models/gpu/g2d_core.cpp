#include "models/gpu/g2d_core.hpp"

namespace exysim::gpu {

namespace {
constexpr uint32_t kFirstCommand = reg::kBitbltStart;

std::span<const Field> map_of(Version version) {
    if (version == Version::v3) return reg::kMap3;
    return reg::kMap4;
}
}  // namespace

G2dCore::G2dCore(Version version) : regs{map_of(version)}, version_{version} { hook(); }

void G2dCore::hook() {
    regs.on_write(reg::kSoftReset, [this](uint32_t written) { soft_reset(written); });
    regs.on_write(reg::kBitbltStart, [this](uint32_t written) {
        const uint32_t go = version_ == Version::v3 ? 1 : 3;
        if (version_ == Version::v4_1 && written & 4)
            mistake("CASESEL is not modelled", reg::kBitbltStart, written);
        if ((written & go) == 0) return;
        if (in_list_) {
            blit_wanted_ = true;
            blit_may_hold_ = (written & 2) == 0;
        } else {
            start(Work::blit, reg::kBitbltStart, written);
        }
    });
    if (version_ == Version::v4_1)
        regs.on_write(reg::kDmaCommand, [this](uint32_t written) { dma_command(written); });
    for (uint32_t offset = kFirstCommand + 4; offset < 0x800; offset += 4) {
        if (!regs.knows(offset)) continue;
        regs.on_write(offset, [this, offset](uint32_t written) {
            if (busy_ && !in_list_)
                mistake("command register written while the engine runs", offset, written);
        });
    }
}

void G2dCore::soft_reset(uint32_t written) {
    if (written & 1) {
        power_off();
    } else if (written & 2 && version_ == Version::v4_1) {
        clear_commands();
        lose_next_ = in_list_;
    }
}

void G2dCore::power_off() {
    regs.reset();
    busy_ = holding_ = halted_ = lose_next_ = false;
    work_ = Work::none;
    ++resets_;
}

void G2dCore::clear_commands() {
    for (const Field& field : map_of(version_)) {
        for (uint32_t i = 0; i < field.count; ++i) {
            if (field.at(i) >= kFirstCommand) regs.set(field, field.reset, i);
        }
    }
}

void G2dCore::start(Work work, uint32_t offset, uint32_t value) {
    if (busy_) return mistake("started while the engine runs", offset, value);
    work_ = work;
    set_busy(true);
}

void G2dCore::dma_command(uint32_t written) {
    if (written & 1) start(Work::lists, reg::kDmaCommand, written);
    if (written & 2) {
        if (!holding_) mistake("CONTINUE without a list on hold", reg::kDmaCommand, written);
        holding_ = false;
    }
    if (written & 4) halted_ = busy_, holding_ = false;
}

bool G2dCore::irq() const {
    const uint32_t sources = version_ == Version::v3 ? 0x1 : 0xF;
    return (regs.word(reg::kInten) & regs.word(reg::kIntcPend) & sources) != 0;
}

void G2dCore::raise(uint32_t pend) {
    const Field& field = version_ == Version::v3 ? reg::kPend3 : reg::kPend4;
    regs.set(field, regs.get(field) | pend);
}

void G2dCore::set_busy(bool busy) {
    busy_ = busy;
    regs.set(reg::kIdle, busy ? 0 : 1);
}

Blit G2dCore::blit() {
    Blit made = decode_blit(regs, version_);
    if (!made.mistake.empty()) mistake(made.mistake, made.mistake_offset, regs.word(made.mistake_offset));
    for (const NotModelled& missing : made.not_modelled)
        mistake(missing.what, missing.offset, regs.word(missing.offset));
    return made;
}

void G2dCore::end_blit() {
    set_busy(false);
    raise(kBlitDone);
}

Iova G2dCore::begin_lists() {
    regs.set(reg::kDone, 0);
    regs.set(reg::kBlitsDone, 0);
    regs.set(reg::kListsDone, 0);
    lose_next_ = halted_ = false;
    return Iova{regs.word(reg::kDmaSfrBase)};
}

G2dCore::Step G2dCore::list_write(uint32_t offset, uint32_t value) {
    if (std::exchange(lose_next_, false)) return Step::next;
    const uint64_t resets = resets_;
    in_list_ = true;
    blit_wanted_ = false;
    regs.write(offset & ~3U, value);
    in_list_ = false;
    if (resets != resets_) return Step::next;
    if (offset == reg::kDmaHoldCmd && (value & 4)) hold(kUserHold);
    return blit_wanted_ ? Step::blit : Step::next;
}

void G2dCore::end_list_blit() {
    regs.set(reg::kBlitsDone, regs.get(reg::kBlitsDone) + 1);
    if (regs.get(reg::kHoldBlit) && blit_may_hold_) hold(kBlitDone);
}

void G2dCore::end_list() {
    regs.set(reg::kListsDone, regs.get(reg::kListsDone) + 1);
    const bool enabled = (regs.word(reg::kInten) & kListDone) != 0;
    if (enabled) raise(kListDone);
    holding_ = enabled && regs.get(reg::kHoldList) != 0;
}

void G2dCore::hold(uint32_t pend) {
    raise(pend);
    holding_ = true;
}

bool G2dCore::more_lists(uint32_t next) const {
    const uint32_t wanted = regs.get(reg::kExeLists);
    return next != 0 && !halted_ && (wanted == 0 || regs.get(reg::kListsDone) < wanted);
}

void G2dCore::end_lists() {
    set_busy(false);
    if (halted_) return;
    regs.set(reg::kDone, 1);
    raise(kAllDone);
}

}  // namespace exysim::gpu
