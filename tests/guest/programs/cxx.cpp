// Hosted C++ as a Debian compiler builds it: exceptions, iostreams, containers, threads, thread-local
// storage.
#include <algorithm>
#include <atomic>
#include <condition_variable>
#include <iostream>
#include <map>
#include <mutex>
#include <numeric>
#include <sstream>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

#include "tap.hpp"

namespace {

struct Counted {
    static inline int alive = 0;
    Counted() { ++alive; }
    ~Counted() { --alive; }
};

int deep(int level) {
    const Counted guard;
    if (level == 0) throw std::out_of_range{"bottom"};
    return deep(level - 1) + 1;
}

void exceptions() {
    std::string caught;
    try {
        deep(50);
    } catch (const std::out_of_range& e) {
        caught = e.what();
    }
    tap::ok(caught == "bottom", "an exception crosses 50 frames");
    tap::is(Counted::alive, 0, "and runs every destructor");
}

void library() {
    std::ostringstream text;
    text << 3.25 << ' ' << -7 << ' ' << std::hex << 255;
    tap::ok(text.str() == "3.25 -7 ff", "iostreams format");
    double value = 0;
    std::istringstream{"2.5e3"} >> value;
    tap::ok(value == 2500.0, "iostreams parse");
    std::vector<int> numbers(10'000);
    std::iota(numbers.rbegin(), numbers.rend(), 0);
    std::sort(numbers.begin(), numbers.end());
    tap::ok(std::is_sorted(numbers.begin(), numbers.end()) && numbers.back() == 9'999,
            "ten thousand numbers sort");
    std::map<std::string, int> words;
    for (const char* w : {"one", "two", "two", "three"}) ++words[w];
    tap::is(words["two"], 2, "a map counts");
    tap::ok(std::to_string(12345678901234LL * 7) == "86419752308638", "64-bit multiplication and division");
}

thread_local int mine = 5;

void threads() {
    std::mutex mutex;
    std::atomic<int> atomic_sum{0};
    long plain_sum = 0;
    std::vector<std::thread> all;
    std::atomic<int> fresh{0};
    for (int t = 0; t < 4; ++t) {
        all.emplace_back([&] {
            fresh += mine == 5;
            for (int i = 0; i < 1000; ++i) {
                ++mine;
                ++atomic_sum;
                const std::lock_guard lock{mutex};
                ++plain_sum;
            }
        });
    }
    for (std::thread& t : all) t.join();
    tap::is(atomic_sum, 4000, "four threads count atomically");
    tap::is(plain_sum, 4000, "and under a mutex");
    tap::is(fresh, 4, "each has fresh thread-local storage");
    tap::is(mine, 5, "the main thread's is untouched");
}

void condition() {
    std::mutex mutex;
    std::condition_variable changed;
    int turn = 0, rounds = 0;
    const auto player = [&](int me) {
        for (int i = 0; i < 50; ++i) {
            std::unique_lock lock{mutex};
            changed.wait(lock, [&] { return turn == me; });
            turn = 1 - me;
            ++rounds;
            changed.notify_all();
        }
    };
    std::thread other{player, 1};
    player(0);
    other.join();
    tap::is(rounds, 100, "two threads take turns a hundred times");
}

}  // namespace

int main() {
    tap::plan(12);
    exceptions();
    library();
    threads();
    condition();
    return tap::finish();
}
