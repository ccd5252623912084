// Random DRM ioctls with half-valid arguments: an errno or success, never a crash, and nothing left behind.
// `drm_fuzz N SEED` does N calls.
#include <cstdlib>
#include <cstring>

#include "drm.hpp"
#include "random.hpp"
#include "tap.hpp"

namespace {

using drm::File;

constexpr unsigned long kCalls[] = {DRM_IOCTL_VERSION,
                                    DRM_IOCTL_GET_UNIQUE,
                                    DRM_IOCTL_GET_CAP,
                                    DRM_IOCTL_SET_CLIENT_CAP,
                                    DRM_IOCTL_SET_VERSION,
                                    DRM_IOCTL_SET_MASTER,
                                    DRM_IOCTL_GEM_CLOSE,
                                    DRM_IOCTL_PRIME_HANDLE_TO_FD,
                                    DRM_IOCTL_PRIME_FD_TO_HANDLE,
                                    DRM_IOCTL_MODE_CREATE_DUMB,
                                    DRM_IOCTL_MODE_MAP_DUMB,
                                    DRM_IOCTL_MODE_DESTROY_DUMB,
                                    DRM_IOCTL_EXYNOS_GEM_CREATE,
                                    DRM_IOCTL_EXYNOS_GEM_MAP,
                                    DRM_IOCTL_EXYNOS_GEM_GET,
                                    DRM_IOCTL_MODE_GETRESOURCES,
                                    DRM_IOCTL_MODE_GETCRTC,
                                    DRM_IOCTL_MODE_SETCRTC,
                                    DRM_IOCTL_MODE_GETENCODER,
                                    DRM_IOCTL_MODE_GETCONNECTOR,
                                    DRM_IOCTL_MODE_GETPLANERESOURCES,
                                    DRM_IOCTL_MODE_GETPLANE,
                                    DRM_IOCTL_MODE_SETPLANE,
                                    DRM_IOCTL_MODE_PAGE_FLIP,
                                    DRM_IOCTL_MODE_ADDFB,
                                    DRM_IOCTL_MODE_ADDFB2,
                                    DRM_IOCTL_MODE_RMFB,
                                    DRM_IOCTL_MODE_GETFB,
                                    DRM_IOCTL_MODE_DIRTYFB,
                                    DRM_IOCTL_MODE_CURSOR,
                                    DRM_IOCTL_MODE_CURSOR2,
                                    DRM_IOCTL_MODE_GETPROPERTY,
                                    DRM_IOCTL_MODE_SETPROPERTY,
                                    DRM_IOCTL_MODE_OBJ_GETPROPERTIES,
                                    DRM_IOCTL_MODE_OBJ_SETPROPERTY,
                                    DRM_IOCTL_MODE_GETPROPBLOB,
                                    DRM_IOCTL_MODE_CREATEPROPBLOB,
                                    DRM_IOCTL_MODE_DESTROYPROPBLOB,
                                    DRM_IOCTL_MODE_ATOMIC,
                                    DRM_IOCTL_WAIT_VBLANK,
                                    DRM_IOCTL_CRTC_GET_SEQUENCE,
                                    DRM_IOCTL_CRTC_QUEUE_SEQUENCE,
                                    DRM_IOCTL_EXYNOS_G2D_GET_VER,
                                    DRM_IOCTL_EXYNOS_G2D_SET_CMDLIST,
                                    DRM_IOCTL_EXYNOS_G2D_EXEC};

/// A mode the display really has, somewhere in the argument.
void put_mode(uint8_t* argument, const drm_mode_modeinfo& mode) {
    std::memcpy(argument + offsetof(drm_mode_crtc, mode), &mode, sizeof mode);
}

struct Fuzz {
    File card{drm::kCard};
    Random random;
    drm_mode_modeinfo mode{};
    alignas(8) uint8_t scratch[4096] = {};

    /// Small numbers (handles, ids, counts, flags), plausible sizes, formats, pointers, and now and then
    /// anything.
    uint32_t word() {
        switch (random.below(8)) {
            case 0:
            case 1:
            case 2:
                return random.below(48);
            case 3:
                return 1U << random.below(32);
            case 4:
                return 64 * random.below(24);
            case 5:
                return random.below(2) ? DRM_FORMAT_XRGB8888 : DRM_FORMAT_NV12;
            case 6:
                return static_cast<uint32_t>(reinterpret_cast<uintptr_t>(scratch)) + 8 * random.below(400);
            default:
                return static_cast<uint32_t>(random.next());
        }
    }
    void fill(uint8_t* to, size_t bytes) {
        for (size_t i = 0; i + 4 <= bytes; i += 4) {
            const uint32_t w = random.below(3) ? word() : 0;
            std::memcpy(to + i, &w, 4);
        }
    }
    void call() {
        alignas(8) uint8_t argument[256] = {};
        const unsigned long command = kCalls[random.below(sizeof kCalls / sizeof kCalls[0])];
        fill(argument, _IOC_SIZE(command));
        if (random.below(16) == 0) fill(scratch, sizeof scratch);
        if (command == DRM_IOCTL_MODE_SETCRTC && random.below(2)) put_mode(argument, mode);
        limit(command, argument);
        ::ioctl(card.fd(), command, argument);
        drain();
    }
    /// Keeps a call from taking seconds: large memory, far vblanks.
    static void limit(unsigned long command, uint8_t* argument) {
        uint32_t words[3];
        std::memcpy(words, argument, sizeof words);
        if (command == DRM_IOCTL_MODE_CREATE_DUMB) words[0] &= 1023, words[1] &= 1023, words[2] &= 63;
        if (command == DRM_IOCTL_EXYNOS_GEM_CREATE) words[0] &= 0xFFFFF, words[1] = 0;
        if (command == DRM_IOCTL_WAIT_VBLANK) words[0] |= _DRM_VBLANK_RELATIVE, words[1] &= 3;
        std::memcpy(argument, words, sizeof words);
    }
    /// Events are read and descriptors closed, lest everything ends in "no room".
    void drain() {
        ::fcntl(card.fd(), F_SETFL, O_NONBLOCK);
        uint8_t events[256];
        if (random.below(8) == 0) (void)!::read(card.fd(), events, sizeof events);
        if (random.below(256) == 0) {
            for (int fd = 16; fd < 250; ++fd) ::close(fd);
        }
    }
};

drm_mode_modeinfo first_mode(const File& card) {
    uint32_t connector = 0;
    drm_mode_modeinfo mode{};
    drm_mode_card_res r{};
    r.connector_id_ptr = reinterpret_cast<uintptr_t>(&connector);
    r.count_connectors = 1;
    card.call(DRM_IOCTL_MODE_GETRESOURCES, r);
    drm_mode_get_connector c{};
    c.connector_id = connector;
    c.modes_ptr = reinterpret_cast<uintptr_t>(&mode);
    c.count_modes = 1;
    card.call(DRM_IOCTL_MODE_GETCONNECTOR, c);
    return mode;
}

}  // namespace

int main(int argc, char* argv[]) {
    const int calls = argc > 1 ? std::atoi(argv[1]) : 3000;
    const uint64_t seed = argc > 2 ? std::strtoull(argv[2], nullptr, 0) : 1;
    tap::plan(4);
    {
        static Fuzz fuzz{File{drm::kCard}, Random::seeded(seed)};
        if (!tap::ok(fuzz.card.fd() >= 0, "there is a card")) return tap::finish();
        fuzz.mode = first_mode(fuzz.card);
        for (int i = 0; i < calls; ++i) fuzz.call();
        drm_get_cap c{DRM_CAP_PRIME, 0};
        tap::is(fuzz.card.call(DRM_IOCTL_GET_CAP, c), 0, "the card answers after all calls");
        for (int fd = 3; fd < 256; ++fd) ::close(fd);
    }
    tap::is(drm::count("gem"), 0, "nothing is left of them");
    tap::is(proc::value("/proc/dri", "framebuffers"), 0, "no framebuffer either");
    return tap::finish();
}
