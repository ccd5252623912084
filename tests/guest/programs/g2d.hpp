// Command lists for the 2D engine through DRM, of squares of 64x64 ARGB pixels.
#pragma once

#include "drm.hpp"

namespace g2d {

using drm::File;

constexpr uint32_t kSide = 64, kPitch = kSide * 4, kArgb = 1;

// Registers (hardware/fimg2d.md section 1)
constexpr uint32_t kCommand = 0x104, kBlend = 0x108, kRotate = 0x200, kSrcSelect = 0x300, kSrcBase = 0x304,
                   kSrcStride = 0x308, kSrcMode = 0x30C, kSrcLeftTop = 0x310, kSrcRightBottom = 0x314,
                   kDstDirection = 0x208, kDstBase = 0x404, kDstStride = 0x408, kDstMode = 0x40C,
                   kDstLeftTop = 0x410, kDstRightBottom = 0x414, kMaskBase = 0x520, kMaskStride = 0x524,
                   kMaskLeftTop = 0x528, kMaskMode = 0x530, kMaskRepeat = 0x534, kRop4 = 0x614,
                   kAlpha = 0x618, kForeground = 0x700, kSolidFill = 0x70C;

inline uint32_t at(uint32_t x, uint32_t y) { return y << 16 | x; }

struct List {
    std::vector<drm_exynos_g2d_cmd> commands, buffers;

    void set(uint32_t offset, uint32_t value) { commands.push_back({offset, value}); }
    void source(uint32_t handle, uint32_t left_top, uint32_t right_bottom) {
        buffers.push_back({kSrcBase, handle});
        set(kSrcStride, kPitch);
        set(kSrcMode, kArgb);
        set(kSrcLeftTop, left_top);
        set(kSrcRightBottom, right_bottom);
        set(kRop4, 0xCCCC);
    }
    void destination_rectangle(uint32_t left_top, uint32_t right_bottom) {
        set(kDstStride, kPitch);
        set(kDstMode, kArgb);
        set(kDstLeftTop, left_top);
        set(kDstRightBottom, right_bottom);
    }
    void destination(uint32_t handle, uint32_t left_top, uint32_t right_bottom) {
        buffers.push_back({kDstBase, handle});
        destination_rectangle(left_top, right_bottom);
    }
    int submit(const File& card, uint64_t event = G2D_EVENT_NOT, uint64_t user_data = 0) const {
        drm_exynos_g2d_set_cmdlist s{};
        s.cmd = reinterpret_cast<uintptr_t>(commands.data());
        s.cmd_nr = static_cast<uint32_t>(commands.size());
        s.cmd_buf = reinterpret_cast<uintptr_t>(buffers.data());
        s.cmd_buf_nr = static_cast<uint32_t>(buffers.size());
        s.event_type = event;
        s.user_data = user_data;
        return card.call(DRM_IOCTL_EXYNOS_G2D_SET_CMDLIST, s);
    }
};

/// What was submitted runs; with `async` it is not waited for.
inline int execute(const File& card, uint64_t async = 0) {
    drm_exynos_g2d_exec e{async};
    return card.call(DRM_IOCTL_EXYNOS_G2D_EXEC, e);
}

inline int run(const File& card, const List& list) {
    const int submitted = list.submit(card);
    return submitted == 0 ? execute(card) : submitted;
}

/// 30 or 41, or 0 without an engine.
inline uint32_t version(const File& card) {
    drm_exynos_g2d_get_ver v{};
    return card.call(DRM_IOCTL_EXYNOS_G2D_GET_VER, v) == 0 ? v.major * 10 + v.minor : 0;
}

/// One rectangle in one colour.
inline List fill(uint32_t v, uint32_t handle, uint32_t left_top, uint32_t right_bottom, uint32_t colour) {
    List list;
    list.destination(handle, left_top, right_bottom);
    if (v == 30) {
        list.set(kSrcSelect, 1);
        list.set(kForeground, colour);
        list.set(kSrcMode, kArgb);
        list.set(kSrcRightBottom, at(kSide, kSide));
        list.set(kRop4, 0xCCCC);
    } else {
        list.set(kSolidFill, colour);
        list.set(kCommand, 1U << 28);
    }
    return list;
}

}  // namespace g2d
