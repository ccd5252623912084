// Stores into an mmapped write-combined V4L2 buffer, as many lines of 32 bytes as the arguments say, word
// after word; then FIMC1 copies the picture and every byte of luma is compared. tests/system/pipeline counts
// the bursts.
#include <cstdlib>

#include "tap.hpp"
#include "v4l2_test.hpp"

namespace {

constexpr unsigned kWidth = 640, kHeight = 480, kLine = 32, kLuma = kWidth * kHeight;

unsigned word_of(unsigned i) { return i * 2654435761U | 1; }

/// Words of `luma` that are not what was stored into its first `lines` lines; the rest is as it was
/// allocated.
unsigned wrong(const volatile unsigned* luma, unsigned lines) {
    unsigned n = 0;
    for (unsigned i = 0; i < kLuma / 4; ++i) n += luma[i] != (i < lines * kLine / 4 ? word_of(i) : 0);
    return n;
}

}  // namespace

int main(int argc, char* argv[]) {
    const unsigned lines = argc > 1 ? static_cast<unsigned>(std::atoi(argv[1])) : 1;
    tap::plan(4);
    const int fd = v4l2::open_node("exynos4-fimc", V4L2_CAP_VIDEO_M2M_MPLANE);
    v4l2::Queue in{fd, V4L2_BUF_TYPE_VIDEO_OUTPUT_MPLANE}, out{fd, V4L2_BUF_TYPE_VIDEO_CAPTURE_MPLANE};
    in.format(V4L2_PIX_FMT_NV12, kWidth, kHeight);
    out.format(V4L2_PIX_FMT_NV12, kWidth, kHeight);
    tap::ok(in.request(1, V4L2_MEMORY_MMAP) == 0 && out.request(1, V4L2_MEMORY_MMAP) == 0, "buffers");
    auto* from = reinterpret_cast<volatile unsigned*>(in.map());
    auto* to = reinterpret_cast<volatile unsigned*>(out.map());
    if (!tap::ok(from && to && lines * kLine <= kLuma, "mapped")) return tap::finish();
    for (unsigned i = 0; i < lines * kLine / 4; ++i) from[i] = word_of(i);
    in.queue();  // the barrier
    out.queue();
    const bool on = in.stream(true) == 0 && out.stream(true) == 0;
    tap::ok(on && out.dequeue() == 0 && in.dequeue() == 0, "the device copied the picture");
    tap::is(wrong(to, lines), 0, "and saw every byte that was stored");
    return tap::finish();
}
