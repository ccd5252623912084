// Quantiles against sorted values.
#include "models/base/histogram.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <random>
#include <vector>

using exysim::Histogram;

TEST_CASE("histogram: small values are exact, large ones at most 1/32 too large", "[base]") {
    std::mt19937_64 random{5};
    for (const uint64_t most : {63ULL, 1'000ULL, 1'000'000'000ULL}) {
        Histogram histogram;
        std::vector<uint64_t> values;
        for (int n = 0; n < 10'000; ++n) {
            values.push_back(random() % (most + 1));
            histogram.add(values.back());
        }
        std::sort(values.begin(), values.end());
        CHECK(histogram.count() == values.size());
        for (const double share : {0.01, 0.5, 0.99, 1.0}) {
            const uint64_t exact = values[static_cast<size_t>(share * 10'000) - 1];
            CHECK(histogram.quantile(share) >= exact);
            CHECK(histogram.quantile(share) <= exact + (most < 64 ? 0 : exact / 32));
        }
    }
}

TEST_CASE("histogram: empty says zero, the largest values share the last bucket", "[base]") {
    Histogram histogram;
    CHECK(histogram.quantile(0.5) == 0);
    histogram.add(~0ULL);
    CHECK(histogram.quantile(0.5) >= 1ULL << 39);
}
