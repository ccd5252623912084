// Allocation storms: several processes do random work with memory of every kind for a while, each checking
// its own contents; afterwards all of it is back and the DMA layer has nothing to say. Boot with `dma_test`.
// Arguments: simulated seconds, seed.
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <cstdlib>
#include <random>
#include <vector>

#include "apps/support/measured.hpp"
#include "dma_test.hpp"
#include "proc.hpp"
#include "tap.hpp"

namespace {

constexpr unsigned kPage = 4096, kWorkers = 4;
constexpr unsigned kMostPages = 2048;  // that a worker holds: 8 MiB

/// Process memory with known words.
struct Area {
    unsigned* words;
    unsigned pages, first;
    bool shared;
};
/// A device's memory: of the DMA layer's own, mapped here.
struct DeviceArea {
    dma_test_call at;
    unsigned* words;
    unsigned first;
};

class Worker {
public:
    explicit Worker(unsigned seed) : random_{seed}, device_{"fimc0"} {}

    /// Works until `end_ns`; the number of things that were wrong.
    unsigned run(unsigned long long end_ns) {
        while (measured::now_ns() < end_ns) {
            (this->*kWork[below(std::size(kWork))])();
            ++steps_;
        }
        while (!areas_.empty()) drop(areas_.size() - 1);
        while (!held_.empty()) release(held_.size() - 1);
        return wrong_;
    }
    unsigned long long steps() const { return steps_; }

private:
    unsigned below(size_t n) { return static_cast<unsigned>(random_() % n); }
    void expect(bool good) { wrong_ += !good; }

    // --- the process's own memory

    void fill(Area& a) {
        a.first = static_cast<unsigned>(random_());
        for (unsigned p = 0; p < a.pages; ++p) a.words[p * (kPage / 4) + p % 1024] = a.first + p;
    }
    bool holds(const Area& a) const {
        for (unsigned p = 0; p < a.pages; ++p) {
            if (a.words[p * (kPage / 4) + p % 1024] != a.first + p) return false;
        }
        return true;
    }
    void map() {
        const unsigned pages = 1 + below(64);
        if (used_ + pages > kMostPages) return unmap();
        const bool shared = below(2);
        void* p = ::mmap(nullptr, pages * kPage, PROT_READ | PROT_WRITE,
                         (shared ? MAP_SHARED : MAP_PRIVATE) | MAP_ANONYMOUS, -1, 0);
        if (p == MAP_FAILED) return expect(errno == ENOMEM);
        areas_.push_back({static_cast<unsigned*>(p), pages, 0, shared});
        used_ += pages;
        fill(areas_.back());
    }
    void drop(size_t i) {
        expect(holds(areas_[i]));
        ::munmap(areas_[i].words, areas_[i].pages * kPage);
        used_ -= areas_[i].pages;
        areas_.erase(areas_.begin() + static_cast<long>(i));
    }
    void unmap() {
        if (!areas_.empty()) drop(below(areas_.size()));
    }
    /// Private ones: what is shared ends where it ended.
    void grow() {
        if (areas_.empty() || used_ > kMostPages / 2) return unmap();
        Area& a = areas_[below(areas_.size())];
        if (a.shared) return;
        const unsigned pages = a.pages + 1 + below(16);
        void* p = ::mremap(a.words, a.pages * kPage, pages * kPage, MREMAP_MAYMOVE);
        if (p == MAP_FAILED) return expect(errno == ENOMEM || errno == EFAULT);
        used_ += pages - a.pages;
        a.words = static_cast<unsigned*>(p);
        expect(holds(a));
        a.pages = pages;
        fill(a);
    }
    /// A child sees what was there and changes its own copy.
    void fork() {
        const pid_t child = ::fork();
        if (child < 0) return expect(errno == ENOMEM);
        if (child == 0) {
            unsigned bad = 0;
            for (Area& a : areas_) {
                bad += !holds(a);
                if (below(2)) a.words[5] = 1;
            }
            ::_exit(bad == 0 ? 0 : 1);
        }
        int status = 1;
        ::waitpid(child, &status, 0);
        expect(status == 0);
        for (Area& a : areas_) {
            if (a.shared) {
                fill(a);  // the child has changed it
            } else {
                expect(holds(a));
            }
        }
    }

    // --- files and sockets

    void file() {
        const int fd = ::memfd_create("storm", 0);
        if (fd < 0) return expect(errno == ENOMEM);
        const unsigned bytes = 1 + below(100'000);
        std::vector<char> data(bytes, static_cast<char>(bytes));
        const ssize_t n = ::write(fd, data.data(), bytes);
        if (n == static_cast<ssize_t>(bytes)) {
            void* p = ::mmap(nullptr, bytes, PROT_READ, MAP_SHARED, fd, 0);
            expect(p == MAP_FAILED || static_cast<char*>(p)[bytes - 1] == static_cast<char>(bytes));
            if (p != MAP_FAILED) ::munmap(p, bytes);
        }
        ::close(fd);
    }
    void talk() {
        int ends[2];
        if (::socketpair(AF_UNIX, SOCK_STREAM, 0, ends) != 0) return expect(errno == ENOMEM);
        char out[2000], in[2000] = {};
        std::memset(out, static_cast<int>(steps_), sizeof out);
        const unsigned n = 1 + below(sizeof out);
        if (::write(ends[0], out, n) == static_cast<ssize_t>(n))
            expect(::read(ends[1], in, n) == static_cast<ssize_t>(n) && std::memcmp(in, out, n) == 0);
        ::close(ends[0]), ::close(ends[1]);
    }

    // --- the device's

    void allocate() {
        static constexpr unsigned kAttributes[] = {0, DMA_TEST_WRITE_COMBINE, DMA_TEST_NON_CONSISTENT,
                                                   DMA_TEST_USER_SPACE | DMA_TEST_WRITE_COMBINE,
                                                   DMA_TEST_WRITE_COMBINE | DMA_TEST_FORCE_CONTIGUOUS};
        if (held_.size() >= 16) return free_one();
        const unsigned bytes = (1 + below(64)) * kPage;
        if (device_.alloc(bytes, kAttributes[below(std::size(kAttributes))]) != 0)
            return expect(errno == ENOMEM || errno == ENOSPC);
        DeviceArea d{device_.last, nullptr, static_cast<unsigned>(random_())};
        device_.call(DMA_TEST_SHOW, d.at);
        void* p = ::mmap(nullptr, bytes, PROT_READ | PROT_WRITE, MAP_SHARED, device_.fd(), 0);
        if (p == MAP_FAILED) {
            expect(errno == ENOMEM);
            device_.release(d.at);
            return;
        }
        d.words = static_cast<unsigned*>(p);
        for (unsigned at = 0; at < bytes / 4; at += 1000) d.words[at] = d.first + at;
        held_.push_back(d);
    }
    void release(size_t i) {
        const DeviceArea& d = held_[i];
        for (unsigned at = 0; at < d.at.bytes / 4; at += 1000) expect(d.words[at] == d.first + at);
        ::munmap(d.words, d.at.bytes);
        expect(device_.release(d.at) == 0);
        held_.erase(held_.begin() + static_cast<long>(i));
    }
    void free_one() {
        if (!held_.empty()) release(below(held_.size()));
    }
    void stream() {
        const unsigned pages = 1U << below(6);
        if (device_.call(DMA_TEST_BUFFER, {.bytes = pages * kPage}) != 0)
            return expect(errno == ENOMEM || errno == ENOSPC);
        const unsigned b = device_.last.buffer, first = static_cast<unsigned>(random_());
        device_.call(DMA_TEST_CPU_WRITE, {.bytes = pages * kPage, .value = first, .buffer = b});
        if (below(2)) {
            if (device_.call(DMA_TEST_MAP_SG, {.buffer = b}) == 0)
                expect(device_.call(DMA_TEST_UNMAP_SG, {}) == 0);
        } else if (device_.call(DMA_TEST_MAP, {.bytes = pages * kPage, .buffer = b}) == 0) {
            const unsigned handle = device_.last.handle;
            expect(device_.peek(handle, 0) == first);
            expect(device_.call(DMA_TEST_UNMAP, {.handle = handle, .bytes = pages * kPage}) == 0);
        }
        device_.call(DMA_TEST_CPU_CHECK, {.bytes = pages * kPage, .value = first, .buffer = b});
        expect(device_.last.result == 0);
        device_.call(DMA_TEST_BUFFER_FREE, {.buffer = b});
    }

    static constexpr void (Worker::*kWork[])() = {
        &Worker::map,      &Worker::map,      &Worker::unmap,    &Worker::grow,
        &Worker::fork,     &Worker::file,     &Worker::talk,     &Worker::talk,
        &Worker::allocate, &Worker::allocate, &Worker::free_one, &Worker::stream,
    };

    std::mt19937 random_;
    dma::Device device_;
    std::vector<Area> areas_;
    std::vector<DeviceArea> held_;
    unsigned used_ = 0, wrong_ = 0;
    unsigned long long steps_ = 0;
};

struct Result {
    unsigned good = 0;  ///< workers that found nothing wrong
    unsigned long long steps = 0;
};

/// All workers for that long.
Result storm(double seconds, unsigned seed, unsigned long long* counts) {
    const unsigned long long end = measured::now_ns() + static_cast<unsigned long long>(seconds * 1e9);
    pid_t workers[kWorkers];
    for (unsigned i = 0; i < kWorkers; ++i) {
        workers[i] = ::fork();
        if (workers[i] != 0) continue;
        unsigned wrong = 1;
        {
            Worker worker{seed + i};
            wrong = worker.run(end);
            counts[i] = worker.steps();
        }
        ::_exit(wrong == 0 ? 0 : 1);
    }
    Result result;
    for (const pid_t worker : workers) {
        int status = 1;
        ::waitpid(worker, &status, 0);
        result.good += status == 0;
    }
    for (unsigned i = 0; i < kWorkers; ++i) result.steps += counts[i];
    return result;
}

/// What must be the same before and after. Second-level tables of the kernel and of SysMMUs count as free:
/// they stay for the next use of their addresses.
struct Balance {
    long long free_kib = proc::free_kib() + proc::value("/proc/meminfo", "KernelTables") +
                         4 * proc::dma("io_table_pages"),
              vmalloc_kib = proc::vmalloc_kib(), reports = proc::dma("reports"),
              outstanding =
                  proc::dma("allocations") - proc::dma("frees") + proc::dma("maps") - proc::dma("unmaps");
};

/// A storm in a process of its own, so that code and data that it touches for the first time go with it.
Result apart(double seconds, unsigned seed) {
    struct Shared {
        Result result;
        unsigned long long counts[kWorkers];
    };
    auto* shared = static_cast<Shared*>(
        ::mmap(nullptr, kPage, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0));
    const pid_t child = ::fork();
    if (child == 0) {
        shared->result = storm(seconds, seed, shared->counts);
        ::_exit(0);
    }
    ::waitpid(child, nullptr, 0);
    ::usleep(10'000);  // the last one to go has to leave its kernel stack
    const Result result = shared->result;
    ::munmap(shared, kPage);
    return result;
}

}  // namespace

int main(int argc, char* argv[]) {
    const double seconds = argc > 1 ? std::atof(argv[1]) : 1;
    const unsigned seed = argc > 2 ? static_cast<unsigned>(std::atoi(argv[2])) : 1;
    tap::plan(6);
    apart(0.05, seed);  // once before counting: the same for this process
    (void)Balance{};
    const Balance before;
    const Result result = apart(seconds, seed);
    const Balance after;
    tap::is(result.good, kWorkers, "every worker found what it had written");
    measured::print("steps", result.steps);
    tap::ok(static_cast<double>(result.steps) > 100 * seconds, "and had something to do");
    tap::is(after.free_kib, before.free_kib, "all pages are back");
    tap::is(after.vmalloc_kib, before.vmalloc_kib, "all kernel addresses too");
    tap::is(after.reports, before.reports, "the DMA layer's checks saw no mistake");
    tap::is(after.outstanding, 0, "and it has nothing left");
    return tap::finish();
}
