// The flights of a channel against a plain sorted list.
#include "models/interconnect/settled_flights.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <random>
#include <tuple>
#include <vector>

using namespace exysim;
using exysim::interconnect::SettledFlights;

namespace {

/// What SettledFlights says of itself, the slow way.
struct Sorted {
    std::vector<std::tuple<Picoseconds, uint8_t, Picoseconds>> all;  // end, flight, start

    explicit Sorted(uint32_t flights) {
        for (uint32_t n = 0; n < flights; ++n) all.emplace_back(0, n, 0);
    }
    Picoseconds next_free(Picoseconds at) const {
        const auto later = [&](const auto& stay) { return std::get<2>(stay) > at; };
        return std::any_of(all.begin(), all.end(), later) ? at : std::get<0>(all.front());
    }
    uint8_t take() {
        const uint8_t flight = std::get<1>(all.front());
        all.erase(all.begin());
        return flight;
    }
    void put(uint8_t flight, Picoseconds start, Picoseconds end) {
        all.emplace_back(end, flight, start);
        std::sort(all.begin(), all.end());
    }
};

}  // namespace

TEST_CASE("settled flights: the one that ended first is the next, of equals the lowest", "[interconnect]") {
    for (uint32_t seed = 1; seed <= 30; ++seed) {
        std::mt19937 random{seed};
        const uint32_t flights = 1 + random() % SettledFlights::kMost;
        SettledFlights tested{flights};
        Sorted plain{flights};
        std::vector<uint8_t> out;
        Picoseconds now = 0;
        for (int n = 0; n < 5'000; ++n) {
            now += random() % 10;
            const Picoseconds start = now - std::min<Picoseconds>(now, random() % 20),
                              end = start + random() % 30;
            REQUIRE(tested.empty() == plain.all.empty());
            if (!plain.all.empty()) {
                REQUIRE(tested.free(now) == (std::get<0>(plain.all.front()) <= now));
                REQUIRE(tested.next_free(now) == plain.next_free(now));
            }
            if (out.empty() && random() % 2 != 0) {
                tested.renew(start, end);
                plain.put(plain.take(), start, end);
            } else if (!plain.all.empty() && (out.empty() || random() % 2 != 0)) {
                out.push_back(tested.take());
                REQUIRE(out.back() == plain.take());
            } else {
                const auto one = out.begin() + static_cast<long>(random() % out.size());
                tested.put(*one, start, end);
                plain.put(*one, start, end);
                out.erase(one);
            }
        }
    }
}
