// Makes every allocation of a piece of work fail once, in turn (/proc/self/fail-nth): the call says so, the
// kernel survives and nothing is left over. Every place in the kernel that asks for memory must have been
// refused at least once in the end.
#pragma once

#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdlib>
#include <sstream>

#include "proc.hpp"
#include "tap.hpp"

namespace faults {

inline void write_number(int fd, int n) {
    char text[16];
    ::pwrite(fd, text, static_cast<size_t>(std::snprintf(text, sizeof text, "%d", n)), 0);
}

/// Whether a failure is still to be delivered; it is called off.
inline bool failure_left() {
    const bool left = std::atoi(proc::text("/proc/self/fail-nth").c_str()) > 0;
    write_number(::open("/proc/self/fail-nth", O_RDWR), 0);
    return left;
}

/// In a child, which may die of a page that does not come; true while a failure was delivered.
inline bool round(void (*work)(), int n) {
    const pid_t child = ::fork();
    if (child == 0) {
        const int control = ::open("/proc/self/fail-nth", O_RDWR);
        write_number(control, n);
        work();
        ::_exit(failure_left() ? 1 : 0);
    }
    int status = 0;
    ::waitpid(child, &status, 0);
    return !(WIFEXITED(status) && WEXITSTATUS(status) == 1);
}

/// Second-level tables of the kernel and of SysMMUs count as free: they stay for the next use of their
/// addresses.
inline long long free_kib() {
    return proc::free_kib() + proc::value("/proc/meminfo", "KernelTables") + 4 * proc::dma("io_table_pages");
}

inline void each_in_turn(void (*work)(), const char* name) {
    for (int warm = 0; warm < 3; ++warm) round(work, warm);  // what is touched for the first time, here
    (void)(free_kib() + proc::vmalloc_kib());                // and in the kernel
    const long long before = free_kib(), areas = proc::vmalloc_kib();
    int n = 1;
    while (n < 2000 && round(work, n)) ++n;
    std::printf("# %s: %d allocations\n", name, n - 1);
    tap::ok(n > 3 && n < 2000, name);
    tap::is(free_kib(), before, "all pages are back");
    tap::is(proc::vmalloc_kib(), areas, "all kernel addresses too");
}

/// Every place in the kernel that asked for memory has been refused once.
inline void sites(int at_least) {
    std::istringstream lines{proc::text("/proc/fault-sites")};
    std::string address;
    long long seen = 0, failed = 0, count = 0, spared = 0;
    while (lines >> address >> seen && address != "lost" && lines >> failed) {
        ++count;
        spared += failed == 0;
        std::printf("# site %s seen %lld failed %lld\n", address.c_str(), seen, failed);
    }
    tap::ok(count > at_least, "the kernel knows its allocation sites");
    tap::is(spared, 0, "none of them was spared");
    tap::ok(address == "lost" && seen == 0, "and none is missing in the list");
}

}  // namespace faults
