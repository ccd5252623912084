// A device with a contiguous area of its own (`memory-region` of the device tree): arguments: start and bytes
// of the area. Boot with `dma_test`. Another device takes from the default area.
#include <cstdlib>

#include "dma_test.hpp"
#include "proc.hpp"
#include "tap.hpp"

namespace {

constexpr unsigned kMiB = 1 << 20;
constexpr unsigned kAttributes = DMA_TEST_WRITE_COMBINE | DMA_TEST_FORCE_CONTIGUOUS;

/// Pages in use of the area called `name`.
long long used(const std::string& name) {
    std::istringstream lines{proc::text("/proc/cma")};
    std::string word, physical;
    long long pages = 0, taken = -1;
    while (lines >> word) {
        if (word == name && lines >> physical >> pages >> taken) return taken;
    }
    return -1;
}

}  // namespace

int main(int argc, char* argv[]) {
    if (argc < 3) return 2;
    const unsigned start = static_cast<unsigned>(std::strtoul(argv[1], nullptr, 0)),
                   bytes = static_cast<unsigned>(std::strtoul(argv[2], nullptr, 0));
    tap::plan(9);
    dma::Device own{"fimc0"}, other{"g2d"};
    tap::is(used("camera"), 0, "the area is there, and empty");
    tap::is(own.alloc(kMiB, kAttributes), 0, "the device takes 1 MiB");
    const dma_test_call mine = own.last;
    const unsigned first = own.physical(mine.handle), last = own.physical(mine.handle, kMiB - 4);
    tap::ok(first >= start && last < start + bytes && last - first == kMiB - 4, "in one piece of its area");
    tap::is(used("camera"), 256, "which is told in /proc/cma");
    tap::is(other.alloc(kMiB, kAttributes), 0, "another device takes 1 MiB");
    const dma_test_call their_call = other.last;
    const unsigned theirs = other.physical(their_call.handle);
    tap::ok(theirs < start || theirs >= start + bytes, "not from there");
    other.release(their_call);
    tap::fails_with(own.alloc(bytes, kAttributes), ENOMEM, "more than what is left of the area is ENOMEM");
    own.release(mine);
    tap::is(used("camera"), 0, "given back");
    tap::is(own.alloc(bytes, kAttributes), 0, "all of it fits");
    own.release(own.last);
    return tap::finish();
}
