// Programs killed in the middle of what they do with devices, at random moments: whatever they held is gone,
// and the next one runs.
#pragma once

#include <sys/wait.h>

#include <csignal>
#include <cstdlib>
#include <cstring>
#include <span>

#include "dmabuf_test.hpp"
#include "random.hpp"
#include "tap.hpp"

namespace kills {

/// What a program does over and over; false when a call fails.
struct Stream {
    virtual ~Stream() = default;
    virtual bool start() = 0;
    virtual bool round() = 0;
};
struct Kind {
    const char* name;
    Stream* (*make)();
};

/// A child that works until it is killed, `pause_us` after it has begun to. False when it could not.
inline bool kill_working(const Kind& kind, unsigned pause_us) {
    int ends[2];
    ::pipe(ends);
    const pid_t child = ::fork();
    if (child == 0) {
        Stream* stream = kind.make();
        const bool begins = stream->start();
        ::write(ends[1], begins ? "x" : "!", 1);
        while (begins && stream->round()) {
        }
        ::_exit(1);
    }
    char byte = 0;
    ::read(ends[0], &byte, 1);
    ::usleep(pause_us);
    ::kill(child, SIGKILL);
    int status = 0;
    ::waitpid(child, &status, 0);
    ::close(ends[0]), ::close(ends[1]);
    return byte == 'x' && WIFSIGNALED(status);
}

/// A whole life: works, and goes by itself.
inline bool lives(const Kind& kind) {
    const pid_t child = ::fork();
    if (child == 0) {
        Stream* stream = kind.make();
        bool good = stream->start();
        for (int i = 0; i < 4 && good; ++i) good = stream->round();
        ::_exit(good ? 0 : 1);
    }
    int status = 1;
    ::waitpid(child, &status, 0);
    return status == 0;
}

/// dma-bufs, mappings and attachments that are still there.
inline long long buffers_left() {
    return dmabuf::count("buffers") + dmabuf::count("mapped") + dmabuf::count("maps") -
           dmabuf::count("unmaps") + dmabuf::count("attaches") - dmabuf::count("detaches");
}

constexpr int kTestsAKind = 5;

/// Kills `count` programs of a kind within `longest_us` of their beginning. `objects_left` counts what else
/// must be gone.
inline void killed(const Kind& kind, unsigned count, Random& moment, unsigned longest_us,
                   long long (*objects_left)()) {
    constexpr unsigned kFrameUs = 20'000;  // what was on the screen goes with its next frame
    std::printf("# %s\n", kind.name);
    bool worked = true;  // what is allocated once and stays comes first
    for (unsigned i = 0; i < 3 && worked; ++i) worked = kill_working(kind, i * longest_us / 2);
    ::usleep(kFrameUs);
    const long long before = proc::free_kib(), areas = proc::vmalloc_kib();
    for (unsigned i = 0; i < count && worked; ++i) worked = kill_working(kind, moment.below(longest_us));
    ::usleep(kFrameUs);
    tap::ok(worked, "each worked until it was killed");
    tap::is(before - proc::free_kib(), 0, "no page is left");
    tap::is(areas - proc::vmalloc_kib(), 0, "no kernel address");
    tap::is(objects_left() + buffers_left(), 0, "no object, no mapping, no dma-buf");
    tap::ok(lives(kind), "and the next one runs");
}

/// The program: `[N [SEED [PART]]]`, N killed (3) of each kind whose name has PART in it. `left` counts what
/// is still there; our own first pages are taken before anything is compared.
inline int run(int argc, char** argv, std::span<const Kind> kinds, unsigned longest_us, long long (*left)()) {
    const unsigned count = argc > 1 ? static_cast<unsigned>(std::atoi(argv[1])) : 3;
    Random moment = Random::seeded(argc > 2 ? std::strtoull(argv[2], nullptr, 0) : 1);
    const auto chosen = [&](const Kind& kind) {
        return argc < 4 || std::strstr(kind.name, argv[3]) != nullptr;
    };
    int tests = 0;
    for (const Kind& kind : kinds) tests += chosen(kind) ? kTestsAKind : 0;
    tap::plan(tests);
    (void)(proc::free_kib() + proc::vmalloc_kib() + left() + buffers_left());
    for (const Kind& kind : kinds)
        if (chosen(kind)) killed(kind, count, moment, longest_us, left);
    return tap::finish();
}

}  // namespace kills
