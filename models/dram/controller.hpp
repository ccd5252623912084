// The memory controller: one scheduler object for the machine and for `exysim dram`. Plain C++, no SystemC;
// time is picoseconds.
#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "models/base/burst_target.hpp"
#include "models/dram/address_map.hpp"
#include "models/dram/channel.hpp"
#include "models/dram/config.hpp"
#include "models/dram/requests.hpp"
#include "models/dram/timing.hpp"

namespace exysim::dram {

/// 1 to 64 KiB, counted from the start of RAM.
using Request = BurstRequest;

/// Names one submitted request. Tickets count up from 1; 0 is none.
using Ticket = uint64_t;

/// Submitting decides nothing. Asking for a completion replays the queued requests in time order, row hits
/// first, by priority and with writes in batches, up to the moment that decides it; a decided request is
/// never revised.
///
/// A request that is submitted with a time earlier than something already decided is served in a gap of the
/// data bus if one is left (see calendar.hpp), otherwise next. README.md states the error this makes.
class Controller {
public:
    /// `config` must be free of contradictions (see timing.hpp, address_map.hpp).
    explicit Controller(const ControllerConfig& config);
    Controller(const Controller&) = delete;  // its channels refer to its records
    Controller& operator=(const Controller&) = delete;

    /// Queues a request that arrives at `at`. If kOutstanding requests are undecided, the oldest is decided
    /// first.
    Ticket submit(const Request& request, Picoseconds at);
    /// When the last data of the request have passed. For the kOutstanding latest tickets only.
    Picoseconds completion(Ticket ticket);
    /// submit() and completion() in one, quicker if nothing else is undecided.
    Picoseconds complete(const Request& request, Picoseconds at);
    /// When write `ticket` has a place in the queue: at once, unless too many are undecided.
    Picoseconds acceptance(Ticket ticket);
    /// submit() and acceptance() in one.
    Picoseconds accept(const Request& request, Picoseconds at);
    bool decided(Ticket ticket) const { return record(ticket).left == 0; }
    /// Decides everything submitted so far.
    void finish();

    static constexpr uint32_t kOutstanding = 4096;

    const ControllerConfig& config() const { return config_; }
    const ControllerStats& stats() const { return book_.stats; }
    uint32_t channels() const { return static_cast<uint32_t>(channels_.size()); }
    const Channel& channel(uint32_t n) const { return channels_[n]; }
    /// The channels' totals together.
    ChannelStats channel_stats() const;
    Picoseconds picoseconds_of(Clocks clocks) const {
        return static_cast<Picoseconds>(clocks) * config_.timing.tck_ps;
    }
    /// Whatever channel `n` serves from now on; see Channel::used.
    void watch(uint32_t n, std::function<void(const BankUse&)> watcher) {
        channels_[n].used.attach(std::move(watcher));
    }
    /// Commands of channel `n` from now on are appended to `log`; null = none. In the order of decision.
    void log_commands(uint32_t n, std::vector<Issued>* log) { channels_[n].log_to(log); }

private:
    const RequestRecord& record(Ticket ticket) const { return book_[ticket % kOutstanding]; }
    RequestRecord& record(Ticket ticket) { return book_[ticket % kOutstanding]; }
    Clocks clocks_at(Picoseconds at) const;
    inline void count(const Request& request, Ticket ticket, Clocks arrival);
    inline Entry part(const Request& request, Clocks arrival, uint64_t from, uint64_t to,
                      Location where) const;
    bool one_part(uint64_t begin, uint64_t end) const { return (begin ^ (end - 1)) < part_bytes_; }
    inline uint32_t begin(const Request& request, Picoseconds at);
    inline Channel& submit_part(const Request& request, uint32_t index, uint64_t from, uint64_t to);
    void decide(Ticket ticket);

    ControllerConfig config_;
    AddressMap map_;
    uint32_t burst_shift_, part_bytes_;
    uint64_t reciprocal_;
    Ticket next_ = 1;
    RequestBook book_{kOutstanding};
    std::vector<Channel> channels_;
};

}  // namespace exysim::dram
