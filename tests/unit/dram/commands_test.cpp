// The commands that leave the scheduler, held against DDR3-1600's data sheet by a checker that shares nothing
// with the model: every pair of commands, clock by clock.
#include <catch2/catch.hpp>

#include <algorithm>
#include <map>
#include <random>

#include "tests/unit/dram/player.hpp"

using namespace exysim;
using namespace exysim::dram;

namespace {

constexpr Clocks kNever = -1'000'000;

/// DDR3-1600 11-11-11, 2 KiB pages, in clocks of 1.25 ns.
class Ddr3Checker {
public:
    explicit Ddr3Checker(uint32_t banks_per_rank) : banks_per_rank_{banks_per_rank} {}

    void check(std::vector<Issued> log) {
        std::stable_sort(log.begin(), log.end(),
                         [](const Issued& a, const Issued& b) { return a.at < b.at; });
        for (const Issued& c : log) {
            if (c.command == kActivate) activate(c);
            if (c.command == kPrecharge) precharge(c);
            if (c.command == kRead) column(c, false);
            if (c.command == kWrite) column(c, true);
            if (c.command == kRefresh) refresh(c);
        }
    }
    std::map<std::string, int> broken;
    int columns = 0, refreshes = 0;

private:
    struct BankState {
        bool open = false;
        uint32_t row = 0;
        Clocks activate = kNever, precharge = kNever, read = kNever, write = kNever;
    };
    struct RankState {
        std::vector<Clocks> activates;
        Clocks read = kNever, write = kNever, refresh = kNever;
    };
    void expect(bool holds, const char* rule) {
        if (!holds) ++broken[rule];
    }
    RankState& rank(const Issued& c) { return ranks_[c.bank / banks_per_rank_]; }

    void activate(const Issued& c) {
        BankState& b = banks_[c.bank];
        RankState& r = rank(c);
        expect(!b.open, "activate of an open bank");
        expect(c.at - b.activate >= 39, "tRC");
        expect(c.at - b.precharge >= 11, "tRP");
        expect(c.at - r.refresh >= 128, "tRFC");
        const size_t n = r.activates.size();
        if (n >= 1) expect(c.at - r.activates[n - 1] >= 6, "tRRD");
        if (n >= 4) expect(c.at - r.activates[n - 4] >= 32, "tFAW");
        r.activates.push_back(c.at);
        b.open = true, b.row = c.row, b.activate = c.at;
    }
    void precharge(const Issued& c) {
        BankState& b = banks_[c.bank];
        expect(b.open, "precharge of a closed bank");
        expect(c.at - b.activate >= 28, "tRAS");
        expect(c.at - b.read >= 6, "tRTP");
        expect(c.at - b.write >= 8 + 4 + 12, "tWR");
        b.open = false, b.precharge = c.at;
    }
    void column(const Issued& c, bool write) {
        BankState& b = banks_[c.bank];
        RankState& r = rank(c);
        expect(b.open && b.row == c.row, "column command to a row that is not open");
        expect(c.at - b.activate >= 11, "tRCD");
        if (write) {
            expect(c.at - r.write >= 4, "tCCD");
            expect(c.at - r.read >= 11 + 4 + 2 - 8, "read to write");
        } else {
            expect(c.at - r.read >= 4, "tCCD");
            expect(c.at - r.write >= 8 + 4 + 6, "tWTR");
        }
        (write ? b.write : b.read) = c.at;
        (write ? r.write : r.read) = c.at;
        const Clocks data = c.at + (write ? 8 : 11);
        expect(data >= data_end_, "data bus");
        data_end_ = data + 4;
        ++columns;
    }
    void refresh(const Issued& c) {
        for (uint32_t n = 0; n < banks_per_rank_; ++n) {
            const BankState& b = banks_[c.bank + n];
            expect(!b.open, "refresh with an open bank");
            expect(c.at - b.precharge >= 11, "tRP before refresh");
        }
        RankState& r = rank(c);
        if (r.refresh != kNever) expect(c.at - r.refresh < 6240 + 500, "tREFI");
        r.refresh = c.at;
        ++refreshes;
    }

    uint32_t banks_per_rank_;
    std::map<uint32_t, BankState> banks_;
    std::map<uint32_t, RankState> ranks_;
    Clocks data_end_ = kNever;
};

/// Random traffic: streams, jumps and pauses, reads and writes, several in flight.
void check_traffic(const ControllerConfig& config, uint32_t seed) {
    Controller controller{config};
    std::vector<Issued> log;
    controller.log_commands(0, &log);
    std::mt19937 random{seed};
    std::vector<Ticket> flight;
    Picoseconds now = 0;
    uint64_t at = 0, bursts = 0;
    for (int n = 0; n < 20'000; ++n) {
        if (random() % 8 == 0) at = (random() % (1U << 19)) * 64;
        if (random() % 64 == 0) now += random() % 3'000'000;
        const uint32_t size = 32U << (random() % 3);
        flight.push_back(
            controller.submit({at, size, random() % 5 < 2, static_cast<uint8_t>(random() % 4)}, now));
        bursts += size / 32;
        at += size;
        if (flight.size() < 1 + random() % 40) continue;
        const size_t which = random() % flight.size();
        now = std::max(now, controller.completion(flight[which]));
        flight.erase(flight.begin() + static_cast<std::ptrdiff_t>(which));
    }
    controller.finish();
    Ddr3Checker checker{config.geometry.banks};
    checker.check(log);
    for (const auto& [rule, times] : checker.broken)
        FAIL_CHECK(rule << " broken " << times << " times, seed " << seed);
    CHECK(controller.channel_stats().late_in_gap == 0);  // those are not logged
    CHECK(static_cast<uint64_t>(checker.columns) >= bursts);
    CHECK(checker.refreshes > 0);
}

}  // namespace

TEST_CASE("dram: random traffic breaks no rule of the data sheet", "[dram]") {
    for (const PagePolicy policy : {PagePolicy::open, PagePolicy::closed, PagePolicy::adaptive}) {
        ControllerConfig config = test::one_channel("ddr3-1600");
        config.scheduling.page_policy = policy;
        check_traffic(config, 1 + static_cast<uint32_t>(policy));
        config.geometry.ranks = 2;
        config.mapping.order = "row rank bank column";
        check_traffic(config, 11 + static_cast<uint32_t>(policy));
        config.scheduling.row_timeout = 255;
        config.scheduling.power_down_after = 50;
        check_traffic(config, 21 + static_cast<uint32_t>(policy));
    }
}

TEST_CASE("dram: the checker sees a rule broken", "[dram]") {
    const std::vector<Issued> early_read{{0, kActivate, 0, 5}, {10, kRead, 0, 5}};
    const std::vector<Issued> wrong_row{{0, kActivate, 0, 5}, {11, kRead, 0, 6}};
    for (const auto& log : {early_read, wrong_row}) {
        Ddr3Checker checker{8};
        checker.check(log);
        CHECK(checker.broken.size() == 1);
    }
}
