// Each allocation fails once (fault_rounds.hpp), of what happens rarely: device addresses that nobody had
// before, user pages that move out of a device's way (boot with `dma_test cma=256M`), and, with the argument
// "interpreted", a program with a dynamic linker: this one, linked so.
#include <sys/mman.h>

#include <cstring>

#include "dma_test.hpp"
#include "fault_rounds.hpp"

namespace {

using faults::each_in_turn, faults::failure_left, faults::write_number;

constexpr unsigned kPage = 4096, kMiB = 1 << 20;
constexpr unsigned kShown = DMA_TEST_WRITE_COMBINE | DMA_TEST_USER_SPACE;

unsigned char* memory(size_t bytes, int sharing) {
    void* p = ::mmap(nullptr, bytes, PROT_READ | PROT_WRITE, sharing | MAP_ANONYMOUS, -1, 0);
    return p == MAP_FAILED ? nullptr : static_cast<unsigned char*>(p);
}

/// Rounds so far; each is a process of its own.
unsigned* const rounds = reinterpret_cast<unsigned*>(memory(kPage, MAP_SHARED));

/// Behind a range that is longer than ever before the table is a new one.
void new_tables() {
    dma::Device d{"fimc0"};
    const unsigned mib = ++*rounds;
    if (d.alloc(mib * kMiB, kShown | DMA_TEST_FORCE_CONTIGUOUS) != 0) return;
    const dma_test_call before = d.last;
    if (d.alloc(16 * kPage, kShown | DMA_TEST_SINGLE_PAGES) == 0) d.release(d.last);
    d.release(before);
}

long long migrated() {
    constexpr int kColumn = 7;
    std::istringstream all{proc::text("/proc/cma")};
    std::string word;
    while (all >> word && word != "default") {
    }
    for (int i = 0; i < kColumn; ++i) all >> word;
    return std::atoll(word.c_str());
}

constexpr unsigned kPiece = 32 * kPage;

/// Pages of a process lie where the device's piece will be; whatever fails, they keep their contents.
struct Mover {
    static constexpr unsigned kBytes = 4 * kMiB;
    unsigned char* own = memory(kBytes, MAP_PRIVATE);
    Mover() {
        for (unsigned at = 0; at < kBytes; at += kPage) std::memcpy(own + at, &at, sizeof at);
    }
    bool unharmed() const {
        for (unsigned at = 0; at < kBytes; at += kPage) {
            if (std::memcmp(own + at, &at, sizeof at) != 0) return false;
        }
        return true;
    }
};

enum Result { kDelivered = 0, kNotReached = 1, kHarmed = 2 };

Result move_with_failure(int n) {
    const Mover mover;
    dma::Device d{"fimc0"};
    const int control = ::open("/proc/self/fail-nth", O_RDWR);
    write_number(control, n);
    const bool got = d.alloc(kPiece, kShown | DMA_TEST_FORCE_CONTIGUOUS) == 0;
    const bool left = failure_left();
    if (got) d.release(d.last);
    if (!mover.unharmed()) return kHarmed;
    return left ? kNotReached : kDelivered;
}

void migration() {
    dma::Device d{"fimc0"};
    constexpr unsigned kMostRounds = 400;
    const long long moved = migrated(), free = faults::free_kib();
    unsigned n = 1;
    int result = kDelivered;
    for (; n < kMostRounds && result == kDelivered; ++n) {
        const pid_t child = ::fork();
        if (child == 0) ::_exit(move_with_failure(static_cast<int>(n)));
        int status = 0;
        ::waitpid(child, &status, 0);
        result = WIFEXITED(status) ? WEXITSTATUS(status) : kDelivered;  // of a page that did not come
    }
    std::printf("# %u allocations, %lld pages moved\n", n - 2, migrated() - moved);
    tap::is(result, kNotReached, "user pages move out of the way, each allocation failing in turn");
    tap::ok(migrated() - moved > 10, "they did move");
    tap::is(faults::free_kib(), free, "all pages are back");
}

void program() {
    char name[] = "faults_rare", again[] = "again";
    char* arguments[] = {name, again, nullptr};
    char* environment[] = {nullptr};
    ::execve("/proc/self/exe", arguments, environment);
}

}  // namespace

int main(int argc, char* argv[]) {
    const std::string what = argc > 1 ? argv[1] : "";
    if (what == "again") return failure_left() ? 1 : 0;
    if (what == "interpreted") {
        tap::plan(6);
        each_in_turn(program, "a program with an interpreter");
    } else {
        tap::plan(9);
        each_in_turn(new_tables, "tables of new device addresses");
        migration();
    }
    faults::sites(10);
    return tap::finish();
}
