// Signals over time as a Value Change Dump, which GTKWave and other waveform viewers open. Source: IEEE
// 1364-2005, clause 18 (four-state VCD): header, scopes, variables, value changes by identifier.
#pragma once

#include <cstdint>
#include <filesystem>
#include <fstream>
#include <queue>
#include <string>
#include <vector>

#include "models/base/address.hpp"

namespace exysim::observe {

/// Written as it happens. A format of this kind needs its changes in time order, and some become known late
/// (a burst's place on the bus is decided when somebody asks for it), so changes wait until kHold of
/// simulated time or kMostWaiting changes later; one that comes later still stands at the last written
/// moment, and the file's last comment says how many did. Memory does not grow with the run.
class VcdFile {
public:
    static constexpr Picoseconds kHold = 50'000'000'000;  ///< 50 ms
    static constexpr size_t kMostWaiting = size_t{1} << 20;

    struct Signal {
        std::string name;    ///< "scope.scope.signal"; words of letters, digits and '_'
        unsigned width = 1;  ///< bits, 1 to 64
    };
    /// `signals` in the order of their names. Throws std::runtime_error if the file cannot be made.
    VcdFile(const std::filesystem::path& file, const std::string& version, std::vector<Signal> signals);

    /// Signal `n` of the list has `value` from `at` on. All are 0 at first.
    void set(size_t n, uint64_t value, Picoseconds at) { put({at, order_++, n, value, true}); }
    /// ... has risen by `amount` (two's complement): for what is counted up and down by events in any order.
    void add(size_t n, int64_t amount, Picoseconds at) {
        put({at, order_++, n, static_cast<uint64_t>(amount), false});
    }
    /// The simulation has ended; the last call. Throws std::runtime_error if not all could be written.
    void close(Picoseconds end);

private:
    struct Change {
        Picoseconds at;
        uint64_t order;  // of what was told
        size_t signal;
        uint64_t value;
        bool absolute;
    };
    struct Later {
        bool operator()(const Change& a, const Change& b) const {
            return a.at != b.at ? a.at > b.at : a.order > b.order;
        }
    };
    struct State {
        std::string id;
        unsigned width;
        uint64_t value = 0, written = 0;
        bool touched = false;
    };

    void write_header(const std::string& version, const std::vector<Signal>& signals);
    void put(const Change& change);
    void write_moment();
    void write_value(const State& state);

    std::filesystem::path name_;
    std::ofstream out_;
    std::vector<State> states_;
    std::vector<size_t> touched_;  // at the moment that is being written
    std::priority_queue<Change, std::vector<Change>, Later> waiting_;
    uint64_t order_ = 0, late_ = 0;
    Picoseconds latest_ = 0, written_ = 0;
};

}  // namespace exysim::observe
