#include "models/camera/scaler.hpp"

#include <algorithm>

namespace exysim::camera {

namespace {
constexpr uint32_t kUnity = 1U << kStepBits, kFractionShift = kStepBits - 8, kFractionMask = 0xFF;
constexpr uint32_t kPlainShift = 10;
}  // namespace

Scaler::Scaler(const ScalerSetting& setting, Sink sink) : setting_{setting}, sink_{std::move(sink)} {
    const uint32_t width = setting_.pre.width;
    for (uint32_t x = 0; x < setting_.target.width && width > 0; ++x) {
        const uint64_t at = uint64_t{x} * setting_.step_h;
        const auto left = static_cast<uint32_t>(std::min<uint64_t>(at >> kStepBits, width - 1));
        taps_.push_back({static_cast<uint16_t>(left), static_cast<uint16_t>(std::min(left + 1, width - 1)),
                         static_cast<uint16_t>(at >> kFractionShift & kFractionMask)});
    }
}

void Scaler::push(const Row& line) {
    if (setting_.bypass) {
        emit(line);
    } else if (setting_.pre_h == 1 && setting_.pre_v == 1 && setting_.shift == kPlainShift &&
               setting_.pre.width <= line.width()) {
        scale(line);
    } else {
        prescale(line);
    }
}

void Scaler::prescale(const Row& line) {
    const uint32_t width = setting_.pre.width, block = setting_.pre_h, last = line.width() - 1;
    for (int plane = 0; plane < 3; ++plane) {
        const uint8_t* const from = line.c[plane].data();
        std::vector<uint32_t>& sums = sums_[plane];
        if (in_block_ == 0) sums.assign(width, 0);
        const uint32_t whole = std::min(width, (last + 1) / block);  // blocks that lie inside the line
        for (uint32_t x = 0; x < whole; ++x) {
            for (uint32_t i = 0; i < block; ++i) sums[x] += from[x * block + i];
        }
        for (uint32_t x = whole; x < width; ++x) {
            for (uint32_t i = 0; i < block; ++i) sums[x] += from[std::min(x * block + i, last)];
        }
    }
    if (++in_block_ < setting_.pre_v) return;
    in_block_ = 0;
    pre_row_.resize(width);
    for (int plane = 0; plane < 3; ++plane) {
        for (uint32_t x = 0; x < width; ++x) {
            const uint64_t value = ((uint64_t{sums_[plane][x]} << setting_.shift) + 512) >> 10;
            pre_row_.c[plane][x] = static_cast<uint8_t>(std::min<uint64_t>(value, 255));
        }
    }
    scale(pre_row_);
}

void Scaler::scale(const Row& line) {
    if (pre_lines_ >= setting_.pre.height) return;
    std::swap(upper_, lower_);
    scale_across(line, lower_);
    ++pre_lines_;
    emit_until(pre_lines_ == setting_.pre.height);
}

void Scaler::scale_across(const Row& line, Row& to) const {
    const uint32_t width = setting_.target.width;
    to.resize(width);
    for (int plane = 0; plane < 3; ++plane) {
        const uint8_t* const from = line.c[plane].data();
        uint8_t* const out = to.c[plane].data();
        if (setting_.step_h == kUnity && width <= line.width() && width <= setting_.pre.width) {
            std::copy_n(from, width, out);
            continue;
        }
        for (uint32_t x = 0; x < width; ++x) {
            const Tap t = taps_[x];
            out[x] = static_cast<uint8_t>(
                (from[t.left] * (256U - t.fraction) + from[t.right] * t.fraction + 128) >> 8);
        }
    }
}

/// Emits the lines that the newest two complete; at the end of the source (`last`) all of them.
void Scaler::emit_until(bool last) {
    const uint64_t newest = pre_lines_ - 1;
    while (emitted_ < setting_.target.height) {
        const uint64_t at = uint64_t{emitted_} * setting_.step_v, line = at >> kStepBits;
        const auto fraction = static_cast<uint32_t>(at >> kFractionShift & kFractionMask);
        if (line + 1 == newest) {
            blend(upper_, lower_, fraction);
        } else if (line >= newest && (last || (line == newest && fraction == 0))) {
            blend(lower_, lower_, 0);
        } else {
            return;
        }
    }
}

void Scaler::blend(const Row& upper, const Row& lower, uint32_t fraction) {
    if (fraction == 0) return emit(upper);
    const uint32_t width = upper.width();
    out_.resize(width);
    for (int plane = 0; plane < 3; ++plane) {
        const uint8_t *const a = upper.c[plane].data(), *const b = lower.c[plane].data();
        uint8_t* const out = out_.c[plane].data();
        for (uint32_t x = 0; x < width; ++x)
            out[x] = static_cast<uint8_t>((a[x] * (256U - fraction) + b[x] * fraction + 128) >> 8);
    }
    ++emitted_;
    sink_(out_);
}

/// Passes a line on; the sink gets a copy that it may change.
void Scaler::emit(const Row& row) {
    if (emitted_ >= setting_.target.height) return;
    ++emitted_;
    for (int plane = 0; plane < 3; ++plane) out_.c[plane].assign(row.c[plane].begin(), row.c[plane].end());
    const uint32_t have = row.width(), want = setting_.target.width;
    if (have != want) {
        out_.resize(want);
        for (auto& samples : out_.c) {
            for (uint32_t x = have; x < want; ++x) samples[x] = have ? samples[have - 1] : uint8_t{0};
        }
    }
    sink_(out_);
}

void Scaler::finish() {
    if (emitted_ >= setting_.target.height) return;
    if (setting_.bypass) {
        const Row last = out_;
        while (emitted_ < setting_.target.height) emit(last);
        return;
    }
    if (pre_lines_ == 0) scale(Row{std::max(1U, setting_.pre.width)});
    emit_until(true);
}

}  // namespace exysim::camera
