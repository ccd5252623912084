// Calendar, regulation and arbitration. Expected orders and times are counted by hand.
#include "models/interconnect/arbiter.hpp"
#include "models/interconnect/regulator.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <random>
#include <vector>

using namespace exysim;
using namespace exysim::interconnect;

namespace {
using Numbered = Arbiter<uint32_t>;

/// An arbiter with what it granted, in order of decision.
struct Logged : Numbered {
    using Numbered::Numbered;
    std::vector<std::pair<uint32_t, Picoseconds>> log;

    /// Decides until `user` has been granted.
    void decide(uint32_t user) {
        const auto is_users = [user](const auto& grant) { return grant.first == user; };
        while (std::none_of(log.rbegin(), log.rend(), is_users)) {
            const Grant made = step();
            log.emplace_back(made.user, made.start);
        }
    }
    std::vector<uint32_t> users() const {
        std::vector<uint32_t> all;
        for (const auto& g : log) all.push_back(g.first);
        return all;
    }
};
}  // namespace

TEST_CASE("calendar: bookings never overlap and take the first gap", "[interconnect]") {
    BusyCalendar calendar;
    CHECK(calendar.book(100, 50) == 100);
    CHECK(calendar.book(200, 50) == 200);
    CHECK(calendar.book(90, 10) == 90);
    CHECK(calendar.book(90, 50) == 150);   // between the two
    CHECK(calendar.book(100, 10) == 250);  // no gap left
    CHECK(calendar.book(0, 90) == 0);
    CHECK(calendar.busy() == 50 + 50 + 10 + 50 + 10 + 90);
    std::mt19937 random{2};
    std::vector<bool> taken(40'000);
    BusyCalendar other;
    for (int n = 0; n < 2'000; ++n) {
        const Picoseconds length = 1 + random() % 12;
        const Picoseconds start = other.book(static_cast<Picoseconds>(n) * 15 + random() % 300, length);
        for (Picoseconds at = start; at < start + length; ++at) {
            REQUIRE_FALSE(taken[at]);
            taken[at] = true;
        }
    }
}

TEST_CASE("calendar: each booking gets the first gap that is long enough", "[interconnect]") {
    std::mt19937 random{3};
    for (int round = 0; round < 50; ++round) {
        BusyCalendar calendar;
        std::vector<bool> taken(4'000);
        const auto is_free = [&](Picoseconds from, Picoseconds length) {
            return std::none_of(taken.begin() + static_cast<std::ptrdiff_t>(from),
                                taken.begin() + static_cast<std::ptrdiff_t>(from + length),
                                [](bool t) { return t; });
        };
        for (uint32_t n = 0; n < BusyCalendar::kIntervals; ++n) {  // none is forgotten
            const Picoseconds length = 1 + random() % 8, from = n * 6 + random() % 100;
            Picoseconds first = from;
            while (!is_free(first, length)) ++first;
            REQUIRE(calendar.book(from, length) == first);
            std::fill_n(taken.begin() + static_cast<std::ptrdiff_t>(first), length, true);
        }
        const auto last = std::find(taken.rbegin(), taken.rend(), true);
        CHECK(calendar.end() == static_cast<Picoseconds>(taken.rend() - last));
        CHECK(calendar.busy() == static_cast<Picoseconds>(std::count(taken.begin(), taken.end(), true)));
    }
}

TEST_CASE("calendar: what is forgotten counts as taken", "[interconnect]") {
    BusyCalendar calendar;
    constexpr Picoseconds kGone = 36;
    for (Picoseconds n = 0; n < BusyCalendar::kIntervals + kGone; ++n) calendar.book(n * 10, 5);
    CHECK(calendar.find(0, 5) == kGone * 10 - 5);
    CHECK(calendar.find(905, 5) == 905);
}

TEST_CASE("calendar: the last intervals are known, after each booking", "[interconnect]") {
    struct Plain {  // all of it in a list
        std::vector<std::pair<Picoseconds, Picoseconds>> taken{{0, 0}};
        Picoseconds forgotten = 0;

        Picoseconds book(Picoseconds from, Picoseconds length) {
            Picoseconds start = std::max(from, forgotten);
            size_t n = 0;
            for (; n < taken.size() && start + length > taken[n].first; ++n)
                start = std::max(start, taken[n].second);
            taken.insert(taken.begin() + static_cast<std::ptrdiff_t>(n), {start, start + length});
            for (size_t i = 1; i < taken.size();) {  // neighbours are one interval
                if (taken[i - 1].second != taken[i].first) {
                    ++i;
                    continue;
                }
                taken[i - 1].second = taken[i].second;
                taken.erase(taken.begin() + static_cast<std::ptrdiff_t>(i));
            }
            if (taken.size() > BusyCalendar::kIntervals) {
                forgotten = taken.front().second;
                taken.erase(taken.begin());
            }
            return start;
        }
    };
    for (uint32_t seed = 1; seed <= 10; ++seed) {
        std::mt19937 random{seed};
        BusyCalendar calendar;
        Plain plain;
        Picoseconds now = 0;
        for (int n = 0; n < 5'000; ++n) {
            now += random() % 20;
            const Picoseconds back = random() % 4 == 0 ? random() % 4'000 : 0, length = 1 + random() % 12;
            const Picoseconds from = now - std::min(now, back);
            REQUIRE(calendar.book(from, length) == plain.book(from, length));
        }
    }
}

TEST_CASE("regulation: a rate over time, short bursts at once", "[interconnect]") {
    Regulator regulator{0.5, 128};  // 2000 ps a byte
    CHECK(regulator.admit(0, 64) == 0);
    CHECK(regulator.admit(0, 64) == 0);
    CHECK(regulator.admit(0, 64) == 0);
    CHECK(regulator.admit(0, 64) == 128'000);
    CHECK(regulator.admit(0, 64) == 256'000);
    CHECK(regulator.admit(10'000'000, 64) == 10'000'000);
    Regulator none;
    CHECK(none.admit(5, 1'000'000) == 5);
}

TEST_CASE("arbiter: each policy has its order", "[interconnect]") {
    const auto order = [](Arbitration policy) {
        Logged arbiter{policy};
        // user = master * 10 + n; all there at time 0 but the last; master 2 is urgent, its second burst is
        // not
        for (uint32_t n = 0; n < 2; ++n) {
            for (uint8_t master = 0; master < 3; ++master) {
                arbiter.submit({.arrival = 0,
                                .duration = 100,
                                .user = master * 10 + n,
                                .master = master,
                                .master_priority = master,
                                .burst_priority = static_cast<uint8_t>(master == 2 && n == 0 ? 3 : 0)});
            }
        }
        arbiter.decide(1);
        arbiter.decide(11);
        arbiter.decide(21);
        CHECK(arbiter.log.back().second == 500);
        return arbiter.users();
    };
    CHECK(order(Arbitration::round_robin) == std::vector<uint32_t>{10, 20, 0, 11, 21, 1});
    CHECK(order(Arbitration::fixed) == std::vector<uint32_t>{20, 21, 10, 11, 0, 1});
    CHECK(order(Arbitration::qos) == std::vector<uint32_t>{20, 0, 10, 1, 11, 21});
}

TEST_CASE("arbiter: nobody is served before arriving, and a late wish takes a gap", "[interconnect]") {
    Logged arbiter{Arbitration::fixed};
    arbiter.submit({.arrival = 0, .duration = 100, .user = 1});
    arbiter.submit({.arrival = 50, .duration = 100, .user = 2, .master_priority = 3});  // urgent, later
    arbiter.submit({.arrival = 1000, .duration = 100, .user = 3});
    arbiter.decide(3);
    CHECK(arbiter.log == std::vector<std::pair<uint32_t, Picoseconds>>{{1, 0}, {2, 100}, {3, 1000}});
    arbiter.submit({.arrival = 300, .duration = 100, .user = 4});
    arbiter.submit({.arrival = 150, .duration = 900, .user = 5});  // fits only at the end
    arbiter.decide(5);
    CHECK(arbiter.log[3] == std::pair<uint32_t, Picoseconds>{5, 1100});
    arbiter.decide(4);
    CHECK(arbiter.log[4] == std::pair<uint32_t, Picoseconds>{4, 300});
    CHECK(arbiter.late() == 1);
}

TEST_CASE("arbiter: booking ahead is close to time order", "[interconnect]") {
    // Two masters, 10 ns a burst. One books up to 1 us ahead; the same traffic in time order is the
    // reference.
    for (const double load : {0.3, 0.6}) {
        struct Item {
            Picoseconds at;
            uint8_t master;
        };
        std::vector<Item> items;
        std::mt19937 random{9};
        const auto spacing = static_cast<uint32_t>(2 * 10'000 / load);
        for (uint8_t master = 0; master < 2; ++master) {
            Picoseconds at = 0;
            for (int n = 0; n < 5'000; ++n) items.push_back({at += spacing / 2 + random() % spacing, master});
        }
        const auto mean_wait = [&](Picoseconds ahead) {
            const auto when = [&](const Item& i) {
                return i.master == 0 ? i.at - std::min(i.at, ahead) : i.at;
            };
            std::stable_sort(items.begin(), items.end(),
                             [&](const Item& a, const Item& b) { return when(a) < when(b); });
            Logged arbiter{Arbitration::round_robin};
            double sum = 0;
            for (uint32_t n = 0; n < items.size(); ++n) {
                arbiter.submit(
                    {.arrival = items[n].at, .duration = 10'000, .user = n, .master = items[n].master});
                arbiter.decide(n);
                sum += static_cast<double>(arbiter.log.back().second - items[n].at) / 1000;
            }
            return sum / static_cast<double>(items.size());
        };
        const double in_order = mean_wait(0), ahead = mean_wait(1'000'000);
        INFO("load " << load << ": wait " << in_order << " ns in order, " << ahead << " ns booked ahead");
        CHECK(ahead < in_order + 4.0);  // README: of 10 ns bursts, 2.7 ns at load 0.6
        CHECK(ahead > in_order - 1.0);
    }
}
