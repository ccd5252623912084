// What a display that scans out of memory takes from the processor: a copy between buffers that fit no cache
// is timed with the screen off, on, and off again. The screen reads 4 bytes a pixel; a processor that waits
// for each line it misses feels the share of the memory that this takes, and no more.
#include <time.h>

#include <cstring>
#include <memory>
#include <vector>

#include "drm.hpp"
#include "tap.hpp"

namespace {

constexpr size_t kBytes = 8 << 20;  // longer than a frame at any rate this core copies with

uint64_t nanoseconds() {
    timespec t{};
    clock_gettime(CLOCK_MONOTONIC, &t);
    return static_cast<uint64_t>(t.tv_sec) * 1'000'000'000 + static_cast<uint64_t>(t.tv_nsec);
}

struct Buffers {
    std::vector<uint8_t> from = std::vector<uint8_t>(kBytes, 1), to = std::vector<uint8_t>(kBytes, 2);

    uint64_t copy() {
        const uint64_t begin = nanoseconds();
        std::memcpy(to.data(), from.data(), kBytes);
        asm volatile("dsb" ::: "memory");
        return nanoseconds() - begin;
    }
};

template <class T>
uint64_t address(T* p) {
    return reinterpret_cast<uintptr_t>(p);
}

uint64_t pixels_a_second(const drm_mode_modeinfo& m) {
    return uint64_t{m.hdisplay} * m.vdisplay * m.vrefresh;
}

/// The first CRTC and connector of the card, and the mode with most pixels a second.
struct Screen {
    const drm::File& card;
    uint32_t crtc = 0, connector = 0;
    drm_mode_modeinfo mode{};

    explicit Screen(const drm::File& c) : card{c} {
        uint32_t crtcs[4], connectors[4];
        drm_mode_card_res r{};
        r.crtc_id_ptr = address(crtcs);
        r.connector_id_ptr = address(connectors);
        r.count_crtcs = r.count_connectors = 4;
        if (card.call(DRM_IOCTL_MODE_GETRESOURCES, r) != 0 || r.count_crtcs == 0) return;
        crtc = crtcs[0];
        connector = connectors[0];
        drm_mode_modeinfo modes[16];
        drm_mode_get_connector g{};
        g.connector_id = connector;
        g.modes_ptr = address(modes);
        g.count_modes = 16;
        if (card.call(DRM_IOCTL_MODE_GETCONNECTOR, g) != 0) return;
        for (uint32_t n = 0; n < g.count_modes && n < 16; ++n) {
            const bool interlaced = (modes[n].flags & DRM_MODE_FLAG_INTERLACE) != 0;
            if (!interlaced && pixels_a_second(modes[n]) > pixels_a_second(mode)) mode = modes[n];
        }
    }
    int show(uint32_t framebuffer) const {
        uint32_t id = connector;
        drm_mode_crtc c{};
        c.crtc_id = crtc;
        c.fb_id = framebuffer;
        c.mode_valid = framebuffer != 0;
        if (framebuffer != 0) {
            c.set_connectors_ptr = address(&id);
            c.count_connectors = 1;
            c.mode = mode;
        }
        return card.call(DRM_IOCTL_MODE_SETCRTC, c);
    }
    uint32_t framebuffer() const {
        const auto d = drm::create_dumb(card, mode.hdisplay, mode.vdisplay, 32);
        drm_mode_fb_cmd2 f{};
        f.width = mode.hdisplay;
        f.height = mode.vdisplay;
        f.pixel_format = DRM_FORMAT_XRGB8888;
        f.handles[0] = d.handle;
        f.pitches[0] = d.pitch;
        return card.call(DRM_IOCTL_MODE_ADDFB2, f) == 0 ? f.fb_id : 0;
    }
};

}  // namespace

int main() {
    tap::plan(7);
    const drm::File card{drm::kCard};
    const Screen screen{card};
    const uint32_t framebuffer = screen.framebuffer();
    tap::ok(framebuffer != 0, "a framebuffer for the largest mode");
    const auto buffers = std::make_unique<Buffers>();
    buffers->copy();  // every page is there
    const uint64_t before = buffers->copy();
    tap::is(screen.show(framebuffer), 0, "the screen is on");
    const uint64_t during = buffers->copy();
    tap::is(screen.show(0), 0, "and off");
    const uint64_t after = buffers->copy();
    std::printf("# %ux%u at %u Hz: %llu MB/s scanned out; copied in %llu, %llu, %llu us\n",
                screen.mode.hdisplay, screen.mode.vdisplay, screen.mode.vrefresh,
                static_cast<unsigned long long>(pixels_a_second(screen.mode) * 4 / 1'000'000),
                static_cast<unsigned long long>(before / 1000),
                static_cast<unsigned long long>(during / 1000),
                static_cast<unsigned long long>(after / 1000));
    tap::ok(before > 1'000'000'000 / 60, "the copy lasts longer than a frame");
    tap::ok(during > before + before / 200, "copying is slower while the screen is on");
    tap::ok(during < before + before / 2, "by less than a half: the screen takes a small part of the memory");
    const uint64_t apart = after > before ? after - before : before - after;
    tap::ok(apart < before / 200, "as fast as before when it is off");
    return tap::finish();
}
