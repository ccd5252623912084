// The 2D engine through DRM (MISSION C7, D2): fills, copies, blends and rotations by command lists, lists
// with pointers that the program put there, and lists that are refused or fault without harm to others. The
// same for version 3 and 4.1, whose command bits differ.
#include <exysim/g2d.h>
#include <poll.h>
#include <sys/wait.h>

#include "dma_test.hpp"
#include "g2d.hpp"
#include "tap.hpp"

namespace {

using namespace g2d;

/// A square of 64x64 ARGB pixels that both sides see.
struct Square {
    const File& card;
    uint32_t handle;
    uint32_t* pixels;
    explicit Square(const File& c) : card{c} {
        const auto d = drm::create_dumb(card, kSide, kSide, 32);
        handle = d.handle;
        pixels = static_cast<uint32_t*>(drm::map(card, handle, d.size));
    }
    Square(const Square&) = delete;
    ~Square() {
        ::munmap(pixels, kPitch * kSide);
        drm::close_handle(card, handle);
    }
    uint32_t& pixel(uint32_t x, uint32_t y) const { return pixels[y * kSide + x]; }
    /// How many of the pixels in a rectangle differ from this value.
    unsigned differing(uint32_t left, uint32_t top, uint32_t right, uint32_t bottom, uint32_t value) const {
        unsigned n = 0;
        for (uint32_t y = top; y < bottom; ++y) {
            for (uint32_t x = left; x < right; ++x) n += pixel(x, y) != value;
        }
        return n;
    }
};

void draw(const File& card, uint32_t v) {
    const Square a{card}, b{card};
    tap::is(run(card, fill(v, a.handle, at(8, 8), at(24, 16), 0xFF204060)), 0, "a fill");
    tap::is(a.differing(8, 8, 24, 16, 0xFF204060), 0, "colours its rectangle");
    a.pixel(9, 9) = 0xFFABCDEF;
    tap::is(a.differing(0, 0, kSide, 8, 0) + a.differing(0, 16, kSide, kSide, 0) +
                a.differing(24, 8, kSide, 16, 0),
            0, "and nothing else");
    List copy;
    copy.source(a.handle, at(8, 8), at(24, 16));
    copy.destination(b.handle, at(40, 50), at(56, 58));
    tap::is(run(card, copy), 0, "a copy");
    tap::is(b.pixel(41, 51), 0xFFABCDEF, "moves what the processor wrote");
    tap::is(b.differing(44, 50, 56, 58, 0xFF204060) + b.differing(0, 0, 40, kSide, 0), 0,
            "and the rest, in place");

    for (uint32_t y = 0; y < kSide; ++y) {
        for (uint32_t x = 0; x < kSide; ++x) a.pixel(x, y) = 0xFF000000 | y << 8 | x;
    }
    List turn;  // by 90 degrees clockwise
    turn.source(a.handle, 0, at(kSide, kSide));
    turn.destination(b.handle, 0, at(kSide, kSide));
    turn.set(kRotate, 1);
    if (v == 41) turn.set(kDstDirection, 3);
    tap::is(run(card, turn), 0, "a rotation");
    unsigned wrong = 0;
    for (uint32_t y = 0; y < kSide; ++y) {
        for (uint32_t x = 0; x < kSide; ++x) wrong += b.pixel(kSide - 1 - y, x) != a.pixel(x, y);
    }
    tap::is(wrong, 0, "puts every pixel in its place");
}

/// Half of white over black: within one level of 128, whatever the rounding.
void blend(const File& card, uint32_t v) {
    const Square a{card}, b{card};
    for (uint32_t i = 0; i < kSide * kSide; ++i) {
        a.pixels[i] = v == 30 ? 0xFFFFFFFF : 0x80808080;  // premultiplied on 4.1
        b.pixels[i] = 0xFF000000;
    }
    List list;
    list.source(a.handle, 0, at(kSide, kSide));
    list.destination(b.handle, 0, at(kSide, kSide));
    if (v == 30) {
        list.set(kAlpha, 0x80);
        list.set(kCommand, 1 << 20);
    } else {
        list.set(kBlend, 2U << 8 | 1U << 18);  // source over: one, inverse source alpha
        list.set(kCommand, 1 << 20);
    }
    tap::is(run(card, list), 0, "a blend");
    unsigned wrong = 0;
    for (uint32_t i = 0; i < kSide * kSide; ++i) {
        for (int channel = 0; channel < 3; ++channel) {
            const int level = static_cast<int>(b.pixels[i] >> (8 * channel) & 0xFF);
            wrong += level < 127 || level > 129;
        }
    }
    tap::is(wrong, 0, "is the middle of both");
}

void events(const File& card, uint32_t v) {
    const Square a{card};
    fill(v, a.handle, 0, at(8, 8), 0xFF000001).submit(card, G2D_EVENT_NONSTOP, 11);
    fill(v, a.handle, 0, at(4, 4), 0xFF000002).submit(card);
    fill(v, a.handle, 0, at(2, 2), 0xFF000003).submit(card, G2D_EVENT_NONSTOP, 33);
    tap::is(execute(card, 1), 0, "three lists, not waited for");
    drm_exynos_g2d_event e[2] = {};
    for (auto& event : e) {
        pollfd p{card.fd(), POLLIN, 0};
        if (::poll(&p, 1, 1000) != 1 || ::read(card.fd(), &event, sizeof event) != sizeof event) break;
    }
    const bool types = e[0].base.type == DRM_EXYNOS_G2D_EVENT && e[1].base.type == DRM_EXYNOS_G2D_EVENT;
    tap::ok(types && e[0].user_data == 11 && e[1].user_data == 33, "two of them asked for an event");
    tap::ok(e[0].cmdlist_no == 1 && e[1].cmdlist_no == 3, "with the list's number");
    tap::ok(a.pixel(1, 1) == 0xFF000003 && a.pixel(3, 3) == 0xFF000002 && a.pixel(7, 7) == 0xFF000001,
            "they ran in order");
    tap::fails_with(execute(card), EPERM, "EXEC without lists is EPERM");
}

void refusals(const File& card, uint32_t v) {
    const Square a{card};
    List list = fill(v, a.handle, 0, at(8, 8), 1);
    list.set(0x100, 1);
    tap::fails_with(list.submit(card), EINVAL, "BITBLT_START is not for programs: EINVAL");
    list = fill(v, a.handle, 0, at(8, 8), 1);
    list.set(0x004, 0xF);
    tap::fails_with(list.submit(card), EINVAL, "nor the interrupt register");
    list = fill(v, a.handle, 0, at(8, 8), 1);
    list.set(0x106, 0);
    tap::fails_with(list.submit(card), EINVAL, "nor half a register");
    list = fill(v, a.handle, 0, at(8, 8), 1);
    list.buffers.push_back({kCommand, a.handle});
    tap::fails_with(list.submit(card), EINVAL, "a buffer for a register without address is EINVAL");
    list = fill(v, 4711, 0, at(8, 8), 1);
    tap::fails_with(list.submit(card), EFAULT, "no such handle is EFAULT");
    tap::fails_with(fill(v, a.handle, 0, at(kSide, kSide + 1), 1).submit(card), EFAULT,
                    "a line below the buffer is EFAULT");
    tap::fails_with(fill(v, a.handle, 0, at(kSide + 1, kSide), 1).submit(card), EFAULT,
                    "a pixel behind its last one is EFAULT");
    tap::fails_with(fill(v, a.handle, at(8, 8), at(8, 9), 1).submit(card), EFAULT,
                    "an empty rectangle is EFAULT");
    list = fill(v, a.handle, 0, at(8, 8), 1);
    list.set(kDstStride, 0x8000);
    tap::fails_with(list.submit(card), EFAULT, "a stride that may be negative is EFAULT");
    list = fill(v, a.handle, 0, at(8, 8), 1);
    while (list.commands.size() < 121) list.set(kRop4, 0xCCCC);
    tap::fails_with(list.submit(card), EINVAL, "too long a list is EINVAL");
    tap::fails_with(execute(card), EPERM, "nothing of that waits for EXEC");
    tap::is(a.differing(0, 0, kSide, kSide, 0), 0, "nor has it touched the buffer");
}

/// A copy that lets through what a mask's bits say: source where they are set, destination elsewhere.
List masked_copy(const Square& from, const Square& to, const Square& mask, uint32_t mask_stride) {
    List list;
    list.source(from.handle, 0, at(kSide, kSide));
    list.destination(to.handle, 0, at(kSide, kSide));
    list.buffers.push_back({kMaskBase, mask.handle});
    list.set(kMaskStride, mask_stride);
    list.set(kRop4, 0xCC << 8 | 0xAA);
    list.set(kCommand, 1);
    return list;
}

void masks(const File& card, uint32_t v) {
    constexpr uint32_t kMaskPitch = kSide / 8;
    const Square a{card}, b{card}, mask{card};
    auto* bytes = reinterpret_cast<uint8_t*>(mask.pixels);
    for (uint32_t i = 0; i < kMaskPitch * kSide; ++i) bytes[i] = static_cast<uint8_t>(i * 37 + 11);
    for (uint32_t i = 0; i < kSide * kSide; ++i) {
        a.pixels[i] = 0xFF000000 | i;
        b.pixels[i] = 0xFFFF0000;
    }
    tap::is(run(card, masked_copy(a, b, mask, kMaskPitch)), 0, "a copy through a mask");
    unsigned wrong = 0;
    for (uint32_t i = 0; i < kSide * kSide; ++i) {
        const bool set = bytes[i / 8] >> (7 - i % 8) & 1;  // first pixel in the highest bit
        wrong += b.pixels[i] != (set ? a.pixels[i] : 0xFFFF0000);
    }
    tap::is(wrong, 0, "changes the pixels whose bit is set");
    // One line of 260 bytes a pixel line: 64 of them need 63 * 260 + 8 bytes, which is 4 more than there are
    tap::fails_with(masked_copy(a, b, mask, 260).submit(card), EFAULT,
                    "a mask that leaves its buffer is EFAULT");
    List list = masked_copy(a, b, mask, kMaskPitch);
    list.set(kRotate, 1 << 8);
    tap::is(run(card, list), 0, "a turned mask of a square is as large");
    wrong = 0;
    for (uint32_t i = 0; i < kSide * kSide; ++i) {
        const uint32_t x = i % kSide, y = i / kSide, far = kSide - 1;
        // its left edge is the top on version 3, its right edge on 4.1
        const uint32_t from = v < 41 ? (far - x) * kSide + y : x * kSide + far - y;
        const bool set = (bytes[from / 8] >> (7 - from % 8) & 1) || (bytes[i / 8] >> (7 - i % 8) & 1);
        wrong += b.pixels[i] != (set ? a.pixels[i] : 0xFFFF0000);
    }
    tap::is(wrong, 0, "and changes the pixels whose bit is set when it is turned");
    if (v < 41) return;
    list = masked_copy(a, b, mask, kMaskPitch);
    list.set(kMaskRepeat, 4);
    tap::fails_with(list.submit(card), EOPNOTSUPP, "a reserved repeat mode of the mask is EOPNOTSUPP");
    list = masked_copy(a, b, mask, 259);
    list.set(kMaskLeftTop, at(4, 0));
    tap::is(run(card, list), 0, "a mask that ends with its buffer is accepted");
    list.set(kMaskMode, 2);  // 63 * 259 + 4 + 64 bytes, one more than there are
    tap::fails_with(list.submit(card), EFAULT, "with a byte a pixel it leaves it: EFAULT");
    list.set(kMaskLeftTop, at(3, 0));
    tap::is(run(card, list), 0, "and one pixel to the left it does not");
}

/// 64x64 pixels of ordinary memory, from the middle of a page on.
struct UserSquare {
    static constexpr size_t kRoom = kPitch * kSide + 4096;
    uint8_t* room = static_cast<uint8_t*>(
        ::mmap(nullptr, kRoom, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0));
    uint32_t* pixels = reinterpret_cast<uint32_t*>(room + 1024);
    drm_exynos_g2d_userptr description{reinterpret_cast<unsigned long>(pixels), kPitch* kSide};
    UserSquare() = default;
    UserSquare(const UserSquare&) = delete;
    ~UserSquare() { ::munmap(room, kRoom); }
    drm_exynos_g2d_cmd at_register(uint32_t offset) const {
        return {offset | G2D_BUF_USERPTR, static_cast<uint32_t>(reinterpret_cast<uintptr_t>(&description))};
    }
};

void user_memory(const File& card, uint32_t v) {
    const Square a{card};
    const UserSquare user;
    for (uint32_t i = 0; i < UserSquare::kRoom / 4; ++i) reinterpret_cast<uint32_t*>(user.room)[i] = i;
    List list = fill(v, 0, at(8, 8), at(24, 16), 0xFF204060);
    list.buffers = {user.at_register(kDstBase)};
    tap::is(run(card, list), 0, "a fill of the program's own memory");
    unsigned inside = 0, outside = 0;
    for (uint32_t i = 0; i < UserSquare::kRoom / 4; ++i) {
        const uint32_t p = i - 256, x = p % kSide, y = p / kSide;
        const bool in = i >= 256 && x >= 8 && x < 24 && y >= 8 && y < 16;
        (in ? inside : outside) += reinterpret_cast<uint32_t*>(user.room)[i] != (in ? 0xFF204060 : i);
    }
    tap::is(inside, 0, "colours its rectangle");
    tap::is(outside, 0, "and nothing else, not even what the processor wrote beside it");
    for (uint32_t i = 0; i < kSide * kSide; ++i) user.pixels[i] = 0xFF000000 | i * 3;
    list = {};
    list.source(0, 0, at(kSide, kSide));
    list.buffers = {user.at_register(kSrcBase)};
    list.destination(a.handle, 0, at(kSide, kSide));
    tap::is(run(card, list), 0, "a copy from there");
    unsigned wrong = 0;
    for (uint32_t i = 0; i < kSide * kSide; ++i) wrong += a.pixels[i] != (0xFF000000 | i * 3);
    tap::is(wrong, 0, "moves what the processor wrote");
}

void user_memory_refusals(const File& card, uint32_t v) {
    UserSquare user;
    List list = fill(v, 0, 0, at(8, 8), 5);
    list.buffers = {user.at_register(kDstBase)};
    user.description.size = kPitch * 7 + 31;  // eight lines of eight pixels need one byte more
    tap::fails_with(list.submit(card), EFAULT, "a rectangle that leaves the program's memory is EFAULT");
    user.description.size = 0;
    tap::fails_with(list.submit(card), EINVAL, "no bytes are EINVAL");
    user.description.size = kPitch * kSide;
    ::mprotect(user.room, UserSquare::kRoom, PROT_READ);
    tap::fails_with(list.submit(card), EFAULT, "memory that the program may not write is EFAULT");
    ::mprotect(user.room, UserSquare::kRoom, PROT_READ | PROT_WRITE);
    list.buffers[0].data = 16;
    tap::fails_with(list.submit(card), EFAULT, "a description that is not there is EFAULT");
    list.buffers = {user.at_register(kDstBase)};
    user.description.userptr = 0xC0000000;  // the kernel's
    tap::fails_with(list.submit(card), EFAULT, "the kernel's memory is EFAULT");
    list.buffers[0].offset = kCommand | G2D_BUF_USERPTR;
    tap::fails_with(list.submit(card), EINVAL, "a pointer for a register without address is EINVAL");
    auto gone = new UserSquare;
    list.buffers = {gone->at_register(kDstBase)};
    tap::is(list.submit(card), 0, "memory that the program gives back while a list waits");
    delete gone;
    tap::is(execute(card), 0, "stays until the list has run");
}

/// D2: a program that puts device addresses into its lists.
void pointers(const File& card, uint32_t v) {
    const Square a{card}, b{card};
    drm_exysim_g2d_address address{a.handle, 0, 0};
    tap::is(card.call(DRM_IOCTL_EXYSIM_G2D_ADDRESS, address), 0, "a buffer's device address");
    const auto base = static_cast<uint32_t>(address.address);
    List list = fill(v, b.handle, 0, at(8, 8), 0xFF112233);
    list.buffers.clear();
    list.set(kDstBase, base + 16 * kPitch + 16 * 4);
    tap::is(run(card, list), 0, "a list with a pointer into it");
    tap::ok(a.differing(16, 16, 24, 24, 0xFF112233) == 0 && a.pixel(15, 15) == 0, "draws there");
    list = fill(v, b.handle, 0, at(kSide, kSide), 1);
    list.buffers.clear();
    list.set(kDstBase, base + 4);
    tap::fails_with(list.submit(card), EFAULT,
                    "a pointer from which the rectangle leaves the buffer is EFAULT");
    list.commands.back().data = base + kPitch * kSide;
    tap::fails_with(list.submit(card), EFAULT, "a pointer behind the buffer is EFAULT");

    const File stranger{drm::kCard};
    const Square theirs{stranger};
    address = {theirs.handle, 0, 0};
    stranger.call(DRM_IOCTL_EXYSIM_G2D_ADDRESS, address);
    list = fill(v, b.handle, 0, at(8, 8), 1);
    list.buffers.clear();
    list.set(kDstBase, static_cast<uint32_t>(address.address));
    tap::fails_with(list.submit(card), EFAULT, "a pointer into another file's buffer is EFAULT");
    tap::is(theirs.differing(0, 0, kSide, kSide, 0), 0, "which stays as it is");
    address = {999, 0, 0};
    tap::fails_with(card.call(DRM_IOCTL_EXYSIM_G2D_ADDRESS, address), ENOENT, "no such handle is ENOENT");
}

/// A list that names no destination: the engine writes to address zero and the SysMMU stops it.
void faults(const File& card, uint32_t v) {
    const Square a{card}, b{card};
    List bad = fill(v, a.handle, 0, at(8, 8), 1);
    bad.buffers.clear();
    tap::is(bad.submit(card), 0, "a list without a destination");
    const pid_t other = ::fork();
    if (other == 0) {  // somebody else's work meanwhile
        const File mine{drm::kCard};
        const Square s{mine};
        ::_exit(run(mine, fill(v, s.handle, 0, at(8, 8), 7)) == 0 && s.differing(0, 0, 8, 8, 7) == 0 ? 0 : 1);
    }
    tap::fails_with(execute(card), EIO, "faults in the SysMMU: EIO");
    int status = 1;
    ::waitpid(other, &status, 0);
    tap::is(status, 0, "another program's list ran all the same");
    tap::is(run(card, fill(v, b.handle, 0, at(8, 8), 9)), 0, "and the next one of this");
    tap::is(b.differing(0, 0, 8, 8, 9), 0, "draws as ever");
}

/// Buffers stay while the engine works on them, closed or not.
/// The DMA layer's test device works the same engine, register by register, between DRM's jobs; whoever's
/// access faults hears of it, and the other goes on.
constexpr int kBesideTests = 9;
void beside_the_test_device(const File& card, uint32_t v, dma::Device& device) {
    constexpr unsigned kBytes = 16384, kNowhere = 0x7000'0000;
    const auto copy = [&](unsigned from, unsigned to) {
        return device.call(DMA_TEST_COPY, {.handle = from, .bytes = kBytes, .value = to});
    };
    device.alloc(kBytes, DMA_TEST_WRITE_COMBINE);
    const dma_test_call from = device.last;
    device.alloc(kBytes, DMA_TEST_WRITE_COMBINE);
    const dma_test_call to = device.last;
    const Square a{card};
    const auto draws = [&](uint32_t colour) {
        const int done = run(card, fill(v, a.handle, 0, at(kSide, kSide), colour));
        return done == 0 && a.differing(0, 0, kSide, kSide, colour) == 0;
    };
    device.poke(from.handle, 4096, 1234);
    tap::ok(draws(0xFF112233), "DRM draws");
    tap::is(copy(from.handle, to.handle), 0, "the test device copies");
    tap::is(device.peek(to.handle, 4096), 1234, "the right bytes");
    tap::ok(draws(0xFF445566), "DRM draws again");
    tap::fails_with(copy(kNowhere, to.handle), EIO, "a copy from nowhere faults");
    tap::ok(draws(0xFF778899), "which does DRM no harm");
    List list = fill(v, a.handle, 0, at(kSide, kSide), 1);
    list.buffers.clear();
    tap::fails_with(run(card, list), EIO, "a list that leads nowhere faults");
    device.poke(from.handle, 8192, 5678);
    tap::is(copy(from.handle, to.handle), 0, "which does the test device no harm");
    tap::is(device.peek(to.handle, 8192), 5678, "it copies as before");
    device.release(from);
    device.release(to);
}

void closing(uint32_t v) {
    {
        const File card{drm::kCard};
        const auto d = drm::create_dumb(card, 1024, 1024, 32);
        for (int i = 0; i < 4; ++i) {
            List list = fill(v, d.handle, 0, at(1024, 1024), 5);
            for (auto& c : list.commands) {
                if (c.offset == kDstStride) c.data = 4096;
                if (c.offset == kSrcRightBottom) c.data = at(1024, 1024);
            }
            list.submit(card);
        }
        drm::close_handle(card, d.handle);
        tap::is(execute(card, 1), 0, "four large fills, the buffer closed, the file closed");
    }
    tap::is(drm::count("gem"), 0, "nothing is left");
}

}  // namespace

int main() {
    {
        const File card{drm::kCard};
        const uint32_t v = version(card);
        dma::Device device{"g2d"};
        const bool beside = v == 30 && device.ready();  // booted with dma_test
        tap::plan(v == 41 ? 66 : 62 + (beside ? kBesideTests : 0));
        if (!tap::ok(v == 30 || v == 41, "there is an engine of version 3.0 or 4.1")) return tap::finish();
        std::printf("# version %u.%u\n", v / 10, v % 10);
        draw(card, v);
        blend(card, v);
        events(card, v);
        refusals(card, v);
        masks(card, v);
        user_memory(card, v);
        user_memory_refusals(card, v);
        pointers(card, v);
        faults(card, v);
        if (beside) beside_the_test_device(card, v, device);
        closing(v);
    }
    tap::is(drm::count("gem"), 0, "no buffer is left");
    return tap::finish();
}
