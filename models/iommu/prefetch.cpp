#include "models/iommu/prefetch.hpp"

#include <algorithm>
#include <iterator>
#include <utility>

#include "models/iommu/sysmmu_registers.hpp"

namespace exysim::iommu {

PrefetchBuffers::PrefetchBuffers(RegisterBank& regs, uint32_t version_number, uint32_t built_in)
    : regs_{regs}, version_{version_number}, built_in_{built_in} {
    if (version_ >= version(3, 3)) hook_indexed();
}

/// 3.3 shows one buffer at a time, the one PB_INDICATE names.
void PrefetchBuffers::hook_indexed() {
    regs_.set(reg::kPbInfo, built_in_);
    const auto chosen = [this]() -> Indexed& {
        return indexed_[std::min(regs_.get(reg::kPbIndex), kMost - 1)];
    };
    regs_.on_write(reg::kPbIndex.offset, [this, chosen](uint32_t) {
        regs_.set(reg::kPbCfg, chosen().cfg);
        regs_.set(reg::kPbFirst, chosen().first);
        regs_.set(reg::kPbLast, chosen().last);
    });
    regs_.on_write(reg::kPbCfg.offset, [this, chosen](uint32_t) { chosen().cfg = regs_.get(reg::kPbCfg); });
    regs_.on_write(reg::kPbFirst.offset,
                   [this, chosen](uint32_t) { chosen().first = regs_.get(reg::kPbFirst); });
    regs_.on_write(reg::kPbLast.offset,
                   [this, chosen](uint32_t) { chosen().last = regs_.get(reg::kPbLast); });
}

void PrefetchBuffers::power_off() {
    indexed_ = {};
    if (version_ >= version(3, 3)) regs_.set(reg::kPbInfo, built_in_);
    flush();
}

uint32_t PrefetchBuffers::usable() const {
    if (version_ < version(3, 0)) return 0;
    if (version_ < version(3, 2)) return 2;
    if (version_ < version(3, 3)) return 3;
    // By PB_LMM, for 3, 4 and 6 buffers built in.
    static constexpr uint8_t kThree[] = {3, 2}, kFour[] = {4, 3, 2, 1}, kSix[] = {6, 5, 4, 3, 3, 2};
    const uint32_t lmm = regs_.get(reg::kPbLmm);
    const auto of = [lmm](const auto& table) { return table[std::min<size_t>(lmm, std::size(table) - 1)]; };
    return built_in_ == 3 ? of(kThree) : built_in_ == 4 ? of(kFour) : of(kSix);
}

PrefetchBuffers::Window PrefetchBuffers::window(uint32_t i) const {
    const uint32_t cfg = regs_.word(0x004);
    if (version_ < version(3, 2))
        return {regs_.word(0x04C + 8 * i), regs_.word(0x050 + 8 * i), (cfg >> 29 & 1) != 0};
    if (version_ < version(3, 3))
        return {regs_.word(0x070 + 8 * i), regs_.word(0x074 + 8 * i), (cfg >> (16 + i) & 1) != 0};
    const Indexed& b = indexed_[i];
    return {b.first, b.last, (b.cfg & 0x101) == 0x101};  // enabled, and prefetching
}

std::optional<Mapping> PrefetchBuffers::take(Iova at) {
    for (Buffer& buffer : buffers_) {
        for (Mapping& m : buffer.held) {
            if (m.covers(at)) return std::exchange(m, Mapping{});
        }
    }
    return {};
}

const Mapping* PrefetchBuffers::peek(Iova at) const {
    for (const Buffer& buffer : buffers_) {
        for (const Mapping& m : buffer.held) {
            if (m.covers(at)) return &m;
        }
    }
    return nullptr;
}

bool PrefetchBuffers::ambiguous(Iova at) const {
    return std::count_if(buffers_.begin(), buffers_.end(), [at](const Buffer& b) {
               return std::any_of(b.held.begin(), b.held.end(),
                                  [at](const Mapping& m) { return m.covers(at); });
           }) > 1;
}

void PrefetchBuffers::fetch(Iova at, PhysAddr second,
                            const std::function<std::optional<uint32_t>(PhysAddr)>& read) {
    for (uint32_t i = 0; i < usable(); ++i) {
        const Window w = window(i);
        if (!w.enabled || at.value < w.first || at.value > w.last) continue;
        ++fetches_;
        Buffer& buffer = buffers_[i];
        buffer.held.fill({});
        for (uint32_t n = 0; n < kDescriptors; ++n) {
            const uint32_t next = (at.value >> 12) + 1 + n;  // the rest of this second-level table only
            if (next >> 8 != at.value >> 20 || next << 12 > w.last) break;
            const auto entry = read(second + (next & 0xFF) * 4);
            if (!entry) break;
            // What is no mapping is not kept: using it must fault afresh.
            if (const auto mapping = decode_second_level(*entry, Iova{next << 12})) buffer.held[n] = *mapping;
        }
    }
}

void PrefetchBuffers::flush() { buffers_.fill({}); }

void PrefetchBuffers::flush(Iova at) {
    for (Buffer& buffer : buffers_) {
        for (Mapping& m : buffer.held) {
            if (m.covers(at)) m = {};
        }
    }
}

}  // namespace exysim::iommu
