// How much coherent memory the kernel's addresses allow: with the old fixed window (`consistent_dma_size=2M`)
// and with areas of vmalloc's. Boot with `dma_test`.
#include <vector>

#include "apps/support/measured.hpp"
#include "dma_test.hpp"
#include "proc.hpp"
#include "tap.hpp"

namespace {

constexpr unsigned kMiB = 1 << 20, kMost = 16 * kMiB;

/// The largest power of two that one allocation gets.
unsigned largest(dma::Device& d) {
    unsigned best = 0;
    for (unsigned bytes = kMiB / 4; bytes <= kMost; bytes *= 2) {
        if (d.alloc(bytes, DMA_TEST_WRITE_COMBINE) != 0) break;
        best = bytes;
        d.release(d.last);
    }
    return best;
}

/// How much is there in pieces of 256 KiB, up to kMost; all of it is given back.
unsigned in_pieces(dma::Device& d, bool& all_freed) {
    std::vector<dma_test_call> held;
    while (held.size() < kMost / (kMiB / 4) && d.alloc(kMiB / 4, DMA_TEST_WRITE_COMBINE) == 0)
        held.push_back(d.last);
    all_freed = true;
    for (const dma_test_call& c : held) all_freed = d.release(c) == 0 && all_freed;
    return static_cast<unsigned>(held.size()) * (kMiB / 4);
}

}  // namespace

int main() {
    tap::plan(4);
    dma::Device d{"fimc0"};
    if (!tap::ok(d.ready(), "the device is there")) return tap::finish();
    const long long areas = proc::vmalloc_kib();
    measured::print("window", static_cast<unsigned long long>(proc::dma("consistent_window_bytes")), "B");
    measured::print("largest_allocation", largest(d), "B");
    bool freed = false;
    measured::print("in_pieces", in_pieces(d, freed), "B");
    tap::ok(freed, "all of it is given back");
    tap::is(d.alloc(2 * kMiB, DMA_TEST_WRITE_COMBINE | DMA_TEST_USER_SPACE), 0,
            "user memory needs no kernel address");
    d.release(d.last);
    tap::is(proc::vmalloc_kib(), areas, "no area is left over");
    return tap::finish();
}
