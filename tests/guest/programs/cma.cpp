// Contiguous memory under pressure (boot with `dma_test cma=256M`): user pages fill the area, a device wants
// it, the pages move with their contents. Also the old fixed window for coherent memory
// (`consistent_dma_size=2M`).
#include <signal.h>
#include <sys/mman.h>
#include <sys/wait.h>

#include <string>
#include <vector>

#include "apps/support/measured.hpp"
#include "dma_test.hpp"
#include "proc.hpp"
#include "tap.hpp"
#include "v4l2_test.hpp"

namespace {

constexpr unsigned kMiB = 1 << 20, kPage = 4096, kWords = kPage / 4;

/// Column `index` of the default area's line in /proc/cma.
long long cma(int index) {
    const std::string all = proc::text("/proc/cma");
    const size_t at = all.find("default ");
    if (at == std::string::npos) return -1;
    std::istringstream line{all.substr(at)};
    std::string word;
    for (int i = 0; i <= index; ++i) line >> word;
    return std::stoll(word, nullptr, 0);
}
enum Column { kPages = 2, kUsed, kAllocations, kFailures, kReleases, kMigrated, kBusy, kNanoseconds };

constexpr unsigned p_value(unsigned page, unsigned i) { return page * 2654435761U + i; }

/// Every page's words follow from its number.
struct Filled {
    unsigned* words;
    unsigned pages;
    Filled(unsigned mib, int flags)
        : words{static_cast<unsigned*>(
              ::mmap(nullptr, mib * kMiB, PROT_READ | PROT_WRITE, MAP_ANONYMOUS | flags, -1, 0))},
          pages{mib * kMiB / kPage} {
        for (unsigned p = 0; p < pages; ++p) {
            for (unsigned i = 0; i < kWords; i += 61) words[p * kWords + i] = p_value(p, i);
        }
    }
    unsigned wrong() const {
        unsigned n = 0;
        for (unsigned p = 0; p < pages; ++p) {
            for (unsigned i = 0; i < kWords; i += 61) n += words[p * kWords + i] != p_value(p, i);
        }
        return n;
    }
};

constexpr unsigned kPiece = 16 * kMiB, kPieces = 15;
constexpr unsigned kPieceAttributes = DMA_TEST_WRITE_COMBINE | DMA_TEST_FORCE_CONTIGUOUS;

/// What one piece costs while nothing is in the way.
unsigned long long undisturbed(dma::Device& d) {
    const unsigned long long ns = measured::ns([&] { d.alloc(kPiece, kPieceAttributes); });
    d.release(d.last);
    return ns;
}

/// A process that makes, fills, checks and drops memory all the time: pages come and go while others move.
class Churn {
public:
    Churn() : child_{::fork()} {
        if (child_ != 0) return;
        for (;;) {
            const Filled some{1, MAP_PRIVATE};
            if (some.wrong() != 0) ::_exit(1);
            ::munmap(some.words, kMiB);
        }
    }
    /// Ends it; true if it never read anything wrong.
    bool stop() const {
        ::kill(child_, SIGKILL);
        int status = 0;
        ::waitpid(child_, &status, 0);
        return WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL;
    }

private:
    pid_t child_;
};

/// Takes all the pieces and tells what that cost.
std::vector<dma_test_call> take_all(dma::Device& d) {
    const long long moved = cma(kMigrated), attributed = cma(kNanoseconds);
    std::vector<dma_test_call> held;
    unsigned long long slowest = 0;
    const unsigned long long all = measured::ns([&] {
        bool good = true;
        while (good && held.size() < kPieces) {
            const unsigned long long ns =
                measured::ns([&] { good = d.alloc(kPiece, kPieceAttributes) == 0; });
            if (good) held.push_back(d.last);
            slowest = ns > slowest ? ns : slowest;
        }
    });
    measured::print("pages_moved", static_cast<unsigned long long>(cma(kMigrated) - moved));
    measured::print("migration_time", static_cast<unsigned long long>(cma(kNanoseconds) - attributed), "ns");
    measured::print("allocation_time", all, "ns");
    measured::print("slowest_allocation", slowest, "ns");
    measured::print("busy_ranges", static_cast<unsigned long long>(cma(kBusy)));
    return held;
}

void pressure(dma::Device& d) {
    tap::is(cma(kPages), 256 * kMiB / kPage, "an area of 256 MiB");
    measured::print("undisturbed_allocation", undisturbed(d), "ns");
    const Filled priv{24, MAP_PRIVATE}, shared{8, MAP_SHARED};
    const long long before = cma(kMigrated);
    const pid_t child = ::fork();  // pages with two owners move too
    if (child == 0) {
        ::sleep(2);
        ::_exit(priv.wrong() == 0 && shared.wrong() == 0 ? 0 : 1);
    }
    const Churn churn;
    const std::vector<dma_test_call> held = take_all(d);
    tap::ok(churn.stop(), "a process that uses memory all the while is not disturbed");
    tap::is(static_cast<long long>(held.size()), kPieces,
            "fifteen times 16 MiB in one piece, where user pages were");
    tap::ok(cma(kMigrated) - before > 1000, "more than a thousand pages moved out of the way");
    tap::ok(cma(kNanoseconds) > 0, "and the time it took is known");
    tap::is(priv.wrong(), 0, "private memory has its contents");
    tap::is(shared.wrong(), 0, "shared memory too");
    unsigned pieces = 0;
    for (const dma_test_call& c : held) {
        d.call(DMA_TEST_GET_SG, c);
        pieces += d.last.result;
    }
    tap::is(pieces, kPieces, "each is one piece");
    priv.words[7] = 1;
    shared.words[61] = p_value(0, 61);
    tap::is(priv.wrong(), 0, "the memory is writable as before");
    int status = 1;
    ::waitpid(child, &status, 0);
    tap::is(status, 0, "and right in the other process");
    for (const dma_test_call& c : held) d.release(c);
    tap::is(cma(kUsed) <= 64, 1, "everything comes back");
    tap::fails_with(d.alloc(260 * kMiB, DMA_TEST_FORCE_CONTIGUOUS), ENOMEM, "more than the area is ENOMEM");
    tap::is(priv.wrong() + shared.wrong(), 0, "and does no harm");
}

/// A device has some of a process's pages where another one wants its memory: they cannot move, and the next
/// place is tried.
void busy(dma::Device& d) {
    constexpr unsigned kPicture = 1920 * 1080 * 3 / 2;
    v4l2::Queue in{v4l2::open_node("exynos4-fimc", V4L2_CAP_VIDEO_M2M_MPLANE),
                   V4L2_BUF_TYPE_VIDEO_OUTPUT_MPLANE};
    in.format(V4L2_PIX_FMT_NV12, 1920, 1080);
    const Filled pinned{4, MAP_PRIVATE};
    tap::ok(in.request(1, V4L2_MEMORY_USERPTR) == 0 && in.queue_user(pinned.words, kPicture) == 0,
            "a converter has a picture of the process's");
    const long long busy_before = cma(kBusy), failures = cma(kFailures);
    std::vector<dma_test_call> held;
    while (held.size() < 2 * kPieces && d.alloc(kPiece / 2, kPieceAttributes) == 0) held.push_back(d.last);
    std::printf("# %zu pieces, %lld times in the way\n", held.size(), cma(kBusy) - busy_before);
    tap::ok(cma(kBusy) > busy_before, "its pages are in the way, and are told");
    tap::ok(held.size() >= 2 * kPieces - 2, "all but the place they are in can be had");
    tap::is(pinned.wrong(), 0, "they keep their contents");
    ::close(in.fd);
    dma_test_call last{};
    const bool more = d.alloc(kPiece / 2, kPieceAttributes) == 0;
    if (more) last = d.last;
    tap::ok(more, "when the converter lets go of them their place can be had too");
    tap::is(pinned.wrong(), 0, "and they are somewhere else");
    if (more) d.release(last);
    for (const dma_test_call& c : held) d.release(c);
    tap::ok(cma(kFailures) - failures <= 1, "nothing else failed");
}

void window(dma::Device& d) {
    tap::is(proc::dma("consistent_window_bytes"), 2 * kMiB, "a window of 2 MiB");
    tap::is(d.alloc(kMiB, DMA_TEST_WRITE_COMBINE), 0, "1 MiB fits");
    const dma_test_call first = d.last;
    tap::fails_with(d.alloc(2 * kMiB, DMA_TEST_WRITE_COMBINE), ENOSPC, "2 MiB more do not");
    tap::is(d.release(first), 0, "free");
    tap::fails_with(d.alloc(2 * kMiB, DMA_TEST_WRITE_COMBINE), ENOSPC,
                    "nor 2 MiB alone: others have some of it");
    tap::is(d.alloc(2 * kMiB, DMA_TEST_WRITE_COMBINE | DMA_TEST_USER_SPACE), 0,
            "user memory needs none of it");
    d.release(d.last);
}

}  // namespace

int main(int argc, char* argv[]) {
    struct Mode {
        const char* name;
        void (*run)(dma::Device&);
        int tests;
    };
    constexpr Mode kModes[] = {{"", pressure, 14}, {"window", window, 7}, {"busy", busy, 8}};
    const std::string asked = argc > 1 ? argv[1] : "";
    for (const Mode& mode : kModes) {
        if (asked != mode.name) continue;
        tap::plan(mode.tests);
        dma::Device d{"fimc0"};
        if (tap::ok(d.ready(), "the device is there")) mode.run(d);
    }
    return tap::finish();
}
