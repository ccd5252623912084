// When the bursts of masters that share a memory happen. Plain C++: the data move elsewhere, at once.
//
//   master's limits -> master's write channel -> arbiter of the memory's port -> memory -> master's read
//   channel
//
// The protocol is the memory controller's: submitting decides nothing, asking for a completion decides what
// came before it in time order, and nothing decided is revised.
#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include "models/base/burst_target.hpp"
#include "models/base/histogram.hpp"
#include "models/base/probe.hpp"
#include "models/interconnect/arbiter.hpp"
#include "models/interconnect/burst_rules.hpp"
#include "models/interconnect/regulator.hpp"
#include "models/interconnect/settled_flights.hpp"

namespace exysim::interconnect {

struct TargetConfig {
    PortShape port{};
    Arbitration arbitration = Arbitration::round_robin;
    Picoseconds request = 0, response = 0;  ///< through the crossbar, each way
};

class MasterChannel;
class TargetTraffic;

/// What a burst takes between a master's channel and a memory, nobody being in its way.
struct Passage {
    Picoseconds taken = 0;     ///< until the master's port can take another: an address (reads), all data
    Picoseconds carried = 0;   ///< over the master's data channel, at the slower one's pace for reads
    Picoseconds request = 0;   ///< from the master's port to the arbiter
    Picoseconds port = 0;      ///< through the memory's port
    Picoseconds data = 0;      ///< of that, before the memory has the burst: its data (writes)
    Picoseconds response = 0;  ///< from the memory through the crossbar
    Picoseconds all = 0;       ///< from the first to the last, the memory apart
};

/// One burst on its way, from the master's wish on.
struct Flight {
    MasterChannel* by = nullptr;
    TargetTraffic* to = nullptr;
    BurstRequest burst{};
    Passage way{};
    Picoseconds wanted = 0;   ///< by the master
    Picoseconds start = 0;    ///< admitted: it is in flight from here on
    Picoseconds arrived = 0;  ///< at the arbiter; once granted, at the memory
    uint64_t ticket = 0;      ///< the memory's
    uint32_t record = 0;      ///< its transfer's
    bool granted = false;
};

/// A memory's port: one arbiter for each direction.
class TargetTraffic {
public:
    using Arbiter = interconnect::Arbiter<Flight*>;

    TargetTraffic(const TargetConfig& config, BurstTarget& memory)
        : config_{config}, port_{config.port}, memory_{memory} {}

    const TargetConfig& config() const { return config_; }
    const PortTiming& port() const { return port_; }
    BurstTarget& memory() { return memory_; }
    /// One direction of the port.
    struct Channel {
        Arbiter arbiter;
        uint64_t bytes = 0;  ///< of the bursts granted
    };
    Channel& channel(bool write) { return write ? writes_ : reads_; }
    const Channel& channel(bool write) const { return write ? writes_ : reads_; }
    const Arbiter& arbiter(bool write) const { return channel(write).arbiter; }
    uint64_t bytes(bool write) const { return channel(write).bytes; }
    /// Takes the next decision of either direction, in time order: the memory sees both. Somebody waits.
    void step();
    bool idle() const { return reads_.arbiter.idle() && writes_.arbiter.idle(); }

private:
    TargetConfig config_;
    PortTiming port_;
    BurstTarget& memory_;
    Channel reads_{Arbiter{config_.arbitration}}, writes_{Arbiter{config_.arbitration}};
};

/// Where the time of a master's bursts went, picoseconds, summed. The parts add up to `latency`.
struct TrafficTimes {
    uint64_t latency = 0;      ///< from the master's wish to the last data (reads) or the response (writes)
    uint64_t limit = 0;        ///< waited because as many bursts were in flight as allowed
    uint64_t regulation = 0;   ///< held back to the master's rate
    uint64_t channel = 0;      ///< waited for the master's own data channel
    uint64_t arbitration = 0;  ///< waited for the memory's port
    uint64_t memory = 0;       ///< in the memory and its queues
    uint64_t passing = 0;      ///< crossbar and beats: what an idle bus takes
};

/// A burst has been given the memory's port: from `begin` to `end` its address or its data pass, and nobody
/// else's of that direction.
struct PortGrant {
    const TargetTraffic& to;
    Picoseconds begin, end;
    uint32_t bytes;
};

/// One direction of a master's port: cuts transfers into bursts and keeps a limited number of them in flight.
/// Bursts complete in any order; what a transfer takes is known when its last burst is settled.
class MasterChannel final : public BurstCompletion {
public:
    struct Transfer {
        uint64_t offset;  ///< from the start of the memory
        uint32_t bytes;   ///< not zero
        uint8_t priority = 0;
        bool wrap = false;        ///< one burst, allowed by wrap_allowed()
        bool bufferable = false;  ///< a write that is answered when the memory has taken it over
    };
    /// `number`: the master's, below 64. `regulator` is shared by both directions.
    MasterChannel(const MasterConfig& config, uint32_t number, bool write, Regulator& regulator);

    /// A transfer that the master wants at `at`; the ticket is good for completion() of the kTransfers
    /// latest.
    uint64_t submit(const Transfer& transfer, TargetTraffic& to, Picoseconds at);
    /// submit() and completion() in one: for a master that goes on only when the transfer is complete.
    /// Defined in burst_way.hpp.
    inline Picoseconds transfer(const Transfer& transfer, TargetTraffic& to, Picoseconds at);
    /// When the port had taken the latest transfer: its last address (reads) or its last data (writes).
    Picoseconds accepted() const { return accepted_; }
    Picoseconds completion(uint64_t ticket) override;
    /// The memory's port is its at `start`.
    void granted(Flight& flight, Picoseconds start);

    Probe<PortGrant> port_granted;  ///< when it is decided, which may be later and not in order of time

    static constexpr uint32_t kTransfers = 256;
    const TrafficTimes& times() const { return times_; }
    const Histogram& latency() const { return latency_; }  ///< of settled bursts, picoseconds
    Picoseconds longest() const { return longest_; }
    uint64_t bursts() const { return latency_.count(); }  ///< settled
    uint64_t bytes() const { return bytes_; }             ///< of settled bursts
    Picoseconds busy() const { return lane_.busy(); }

private:
    /// A naturally aligned burst passes the same wherever it lies: the latest of them.
    struct Known {
        const TargetTraffic* to = nullptr;
        uint32_t bytes = 0;  ///< 0: it was not aligned
        Passage way{};
    };
    struct Record {
        uint32_t left = 0;
        bool bufferable = false;
        Picoseconds done = 0;
    };
    uint8_t priority_of(const Transfer& transfer) const {
        return std::max(transfer.priority, config_.priority);
    }
    Picoseconds transfer_in_turn(Transfer transfer, TargetTraffic& to, Picoseconds at);
    inline const Passage& passage(const TargetTraffic& to, uint64_t offset, uint32_t bytes);
    void look_up(const TargetTraffic& to, uint64_t offset, uint32_t bytes);
    Passage passage_of(const TargetTraffic& to, uint64_t offset, uint32_t bytes) const;
    void put(const BurstRequest& burst, TargetTraffic& to, uint32_t record);
    inline Picoseconds admit(const Passage& way, uint32_t bytes, Picoseconds wanted);
    Picoseconds hold_back(uint32_t bytes, Picoseconds wanted);
    inline Picoseconds over_channel(Picoseconds from, Picoseconds carried);
    inline Picoseconds pass_on(TargetTraffic& to, const Passage& way, uint32_t bytes, Picoseconds arrived,
                               Picoseconds start);
    void settle_oldest();
    inline Picoseconds finish(const Passage& way, Picoseconds given, Picoseconds answered);
    inline void count(uint32_t bytes, Picoseconds latency);

    MasterConfig config_;
    PortTiming port_;
    uint8_t number_;
    bool write_;
    Regulator& regulator_;
    Known known_;
    uint32_t first_ = 0, last_ = 0;  // of waiting_ from, to (not included), counted without end
    SettledFlights settled_;
    static constexpr uint32_t kMostFlights = SettledFlights::kMost;  // a power of two
    std::array<uint8_t, kMostFlights> waiting_{};  // those not settled: a ring in order of submission
    std::vector<Flight> flights_;                  // as many as may be in flight; their places stay
    std::vector<Record> records_;
    uint64_t transfers_ = 0;
    Picoseconds accepted_ = 0;
    TrafficTimes times_;
    Picoseconds longest_ = 0;
    uint64_t bytes_ = 0;
    BusyCalendar lane_;
    Histogram latency_;
};

/// A master's two directions and what they share.
struct MasterTraffic {
    MasterTraffic(const MasterConfig& config, uint32_t number)
        : regulator{config.bytes_per_ns, config.allowance},
          read{config, number, false, regulator},
          write{config, number, true, regulator} {}
    MasterTraffic(const MasterTraffic&) = delete;  // its channels refer to the regulator
    MasterTraffic& operator=(const MasterTraffic&) = delete;

    MasterChannel& channel(bool writes) { return writes ? write : read; }

    Regulator regulator;
    MasterChannel read, write;
};

}  // namespace exysim::interconnect
