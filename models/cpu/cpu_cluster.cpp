#include "models/cpu/cpu_cluster.hpp"

#include <algorithm>
#include <cstring>
#include <numeric>
#include <string>

#include "models/base/statistics.hpp"
#include "models/base/tlm/payload.hpp"

namespace exysim::cpu {

namespace {
constexpr uint64_t kPicosecondsPerSecond = 1'000'000'000'000;
constexpr size_t kStackBytes = size_t{1} << 20;
__extension__ using Wide = unsigned __int128;
/// Out of line: the way of each miss past it is a short one.
[[gnu::noinline]] Finished burst_by_socket(tlm_utils::simple_initiator_socket<CpuCluster>& bus,
                                           tlm::tlm_generic_payload& tx, Direction direction,
                                           PhysAddr address, std::span<uint8_t> data, Picoseconds at) {
    return burst_by_payload(tx, direction, address, data, at,
                            [&](auto& payload, auto& delay) { bus->b_transport(payload, delay); });
}

}  // namespace

CpuCluster::Seat::Seat(CpuCluster& owner, unsigned n, const CoreConfig& config)
    : cluster{owner},
      index{n},
      core{config, owner.config_.memory != nullptr ? owner.config_.memory->port(n) : *this, owner.monitors_} {
}

CpuCluster::CpuCluster(sc_core::sc_module_name name, const ClusterConfig& config, Instruments& instruments)
    : sc_module{name},
      irq{"irq", config.count},
      fiq{"fiq", config.count},
      pmu_irq{"pmu_irq", config.count},
      config_{config} {
    for (unsigned n = 0; n < config.count; ++n) {
        CoreConfig core{n, config.count, config.midr, config.mpidr, config.periphbase};
        core.block_timing = config.block_timing;
        core.tlbs = config.tlbs;
        cores_.push_back(std::make_unique<Seat>(*this, n, core));
    }
    if (kPicosecondsPerSecond % config.frequency_hz == 0)
        cycle_ = kPicosecondsPerSecond / config.frequency_hz;
    constexpr uint64_t kSmall = 1U << 16;  // products with a simulation's times and cycles fit 64 bits
    const uint64_t common = std::gcd(kPicosecondsPerSecond, config.frequency_hz);
    if (kPicosecondsPerSecond / common < kSmall && config.frequency_hz / common < kSmall) {
        cycle_parts_ = kPicosecondsPerSecond / common;
        parts_ = config.frequency_hz / common;
    }
    if (config.memory != nullptr) config.memory->connect(*this);
    tx_.set_extension(requester_);
    bus.register_invalidate_direct_mem_ptr(this, &CpuCluster::invalidate);
    register_statistics(instruments);
    SC_THREAD(run);
    set_stack_size(kStackBytes);
    SC_METHOD(lines_changed);
    for (unsigned n = 0; n < config.count; ++n) sensitive << irq[n] << fiq[n];
}

CpuCluster::~CpuCluster() = default;

void CpuCluster::register_statistics(Instruments& instruments) {
    for (auto& seat : cores_) {
        const std::string prefix = std::string{name()} + ".core" + std::to_string(seat->index) + ".";
        const Seat* s = seat.get();
        // Of a wait that still lasts: it is booked when it ends.
        const auto slept = [this, s]() -> uint64_t {
            const uint64_t now = to_cycles(sc_core::sc_time_stamp());
            return sleeping(*s) && now > s->core.cycles() ? now - s->core.cycles() : 0;
        };
        instruments.statistics.gauge(prefix + "instructions", "1", "Instructions executed.",
                                     [s] { return static_cast<double>(s->core.instructions); });
        instruments.statistics.gauge(prefix + "cycles", "cycles",
                                     "Cycles since the start, idle ones included.",
                                     [=] { return static_cast<double>(s->core.cycles() + slept()); });
        instruments.statistics.gauge(prefix + "idle_cycles", "cycles", "Cycles spent in WFI or WFE, or off.",
                                     [=] { return static_cast<double>(s->idle_cycles + slept()); });
    }
}

void CpuCluster::start_at(unsigned n, PhysAddr entry, uint32_t r0, uint32_t r1, uint32_t r2) {
    Seat& seat = *cores_.at(n);
    seat.core.reset(entry.value);
    seat.core.r[0] = r0;
    seat.core.r[1] = r1;
    seat.core.r[2] = r2;
    seat.started = true;
    seat.reported = seat.switched_off = false;
    wake_.notify(sc_core::SC_ZERO_TIME);
}

void CpuCluster::power(unsigned n, bool on) {
    Seat& seat = *cores_.at(n);
    const bool off = !seat.started;
    if (on && off) start_at(n, PhysAddr{0});
    seat.switched_off = !on && seat.started;
    if (on || off) return switched({n, on});
    switch_off(seat);
}

void CpuCluster::switch_off(Seat& seat) {
    if (!seat.switched_off || !seat.core.waiting()) return;
    seat.started = seat.switched_off = false;
    switched({seat.index, false});
}

void CpuCluster::set_semihosting(SemihostingHost* host) {
    for (auto& seat : cores_) seat->core.semihosting = config_.semihosting ? host : nullptr;
}

// --- time

Picoseconds CpuCluster::time_of(uint64_t cycles) const {
    if (cycle_ != 0) [[likely]]
        return cycles * cycle_;
    if (parts_ != 0) return cycles * cycle_parts_ / parts_;
    const Wide ps = Wide{cycles} * kPicosecondsPerSecond / config_.frequency_hz;
    return static_cast<Picoseconds>(ps);
}

sc_core::sc_time CpuCluster::local_time(const Seat& seat) const { return sc_ps(time_of(seat.core.cycles())); }

/// Rounded up, so that a core that waits for a moment does not wake before it.
uint64_t CpuCluster::to_cycles(Picoseconds t) const {
    if (cycle_ != 0) [[likely]]
        return (t + cycle_ - 1) / cycle_;
    if (parts_ != 0) return (t * parts_ + cycle_parts_ - 1) / cycle_parts_;
    const Wide product = Wide{t} * config_.frequency_hz;
    return static_cast<uint64_t>((product + kPicosecondsPerSecond - 1) / kPicosecondsPerSecond);
}

void CpuCluster::align(Seat& seat) {
    const uint64_t now = to_cycles(sc_core::sc_time_stamp());
    if (seat.core.cycles() >= now) return;
    const uint64_t behind = now - seat.core.cycles();
    seat.core.skip(behind);
    seat.idle_cycles += behind;
}

sc_core::sc_time CpuCluster::end_of_slice() const {
    const sc_core::sc_time pending = sc_core::sc_time_to_pending_activity();
    return sc_core::sc_time_stamp() + std::min(config_.slice, pending);
}

bool CpuCluster::sleeping(const Seat& seat) {
    return !seat.started || seat.core.halted() || seat.core.waiting();
}

// --- the thread

void CpuCluster::run() {
    for (;;) {
        if (std::all_of(cores_.begin(), cores_.end(), [](const auto& seat) { return sleeping(*seat); })) {
            sleep();
            continue;
        }
        if (sc_core::sc_pending_activity_at_current_time()) {
            wait(sc_core::SC_ZERO_TIME);
            continue;
        }
        sc_core::sc_time end = end_of_slice();
        for (auto& seat : cores_) {
            if (sleeping(*seat)) continue;
            align(*seat);
            run_until(*seat, end);
            if (!sleeping(*seat)) end = std::min(end, std::max(local_time(*seat), sc_core::sc_time_stamp()));
        }
        pass_until(end);
    }
}

/// Lets SystemC time reach `end`; stores that wait in the caches leave on the way, each at its own time.
void CpuCluster::pass_until(sc_core::sc_time end) {
    while (sc_core::sc_time_stamp() < end) {
        const Picoseconds due = config_.memory != nullptr ? config_.memory->next_departure() : kNever;
        const sc_core::sc_time next = due < picoseconds(end) ? sc_ps(due) : end;
        if (next > sc_core::sc_time_stamp()) wait(next - sc_core::sc_time_stamp());
        if (due != kNever) config_.memory->depart(picoseconds(sc_core::sc_time_stamp()));
    }
}

/// Waits for an event of a core; the caches go on letting stores go.
void CpuCluster::sleep() {
    const Picoseconds due = config_.memory != nullptr ? config_.memory->next_departure() : kNever;
    if (due == kNever) return wait(wake_);
    const Picoseconds now = picoseconds(sc_core::sc_time_stamp());
    if (due > now) wait(sc_ps(due - now), wake_);
    config_.memory->depart(picoseconds(sc_core::sc_time_stamp()));
}

/// One turn of a core; it may end before `end`, after a register access for example.
void CpuCluster::run_until(Seat& seat, sc_core::sc_time end) {
    const uint64_t now = seat.core.cycles(), until = to_cycles(end);
    if (now >= until) return;
    seat.running = true;
    turn_begin({seat.index, now});
    const bool single = seat.core.debug_stops().single;
    const Stop stop = seat.core.run(single ? 1 : static_cast<int64_t>(until - now));
    seat.running = false;
    turn({seat.index, now, seat.core.cycles()});
    if (stop == Stop::debugger || single) {
        const auto watch = seat.core.take_watch_hit();
        stopped({seat.index, stop == Stop::debugger && !watch, watch});
    }
    if (stop == Stop::event_sent) wake_waiting(seat);
    if (seat.core.locked_up()) report_lock_up(seat);
    drive_lines(seat);
    switch_off(seat);
}

/// SEV: a core in WFE goes on at the moment the event was sent, not before.
void CpuCluster::wake_waiting(const Seat& sender) {
    const uint64_t now = sender.core.cycles();
    for (auto& other : cores_) {
        if (other.get() == &sender) continue;
        const bool slept = sleeping(*other);
        other->core.send_event();
        if (!slept || sleeping(*other) || other->core.cycles() >= now) continue;
        other->idle_cycles += now - other->core.cycles();
        other->core.skip(now - other->core.cycles());
    }
}

void CpuCluster::drive_lines(Seat& seat) {
    if (seat.pmu_level == seat.core.pmu_interrupt()) return;
    seat.pmu_level = !seat.pmu_level;
    pmu_irq[seat.index].write(seat.pmu_level);
}

/// Before SystemC time moves to `end` for the sake of one core, the others get there too.
void CpuCluster::run_others(const Seat& seat, sc_core::sc_time end) {
    for (auto& other : cores_) {
        if (other.get() == &seat || other->running || sleeping(*other)) continue;
        align(*other);
        run_until(*other, end);
    }
}

void CpuCluster::report_lock_up(Seat& seat) {
    if (std::exchange(seat.reported, true)) return;
    locked_up({seat.index, VirtAddr{seat.core.r[15]}, picoseconds(local_time(seat))});
}

void CpuCluster::lines_changed() {
    for (auto& seat : cores_) {
        seat->core.set_irq(irq[seat->index].read());
        seat->core.set_fiq(fiq[seat->index].read());
    }
    wake_.notify();
}

// --- memory

const CpuCluster::Window* CpuCluster::window(PhysAddr address) {
    for (const Window& w : windows_) {
        if (w.range.contains(address)) return &w;
    }
    if (device_pages_.count(address.value / kPageSize) != 0) return nullptr;
    tlm::tlm_dmi dmi;
    tx_.set_command(tlm::TLM_READ_COMMAND);
    tx_.set_address(address.value);
    if (!bus->get_direct_mem_ptr(tx_, dmi) || !dmi.is_read_allowed()) {
        device_pages_.insert(address.value / kPageSize);
        return nullptr;
    }
    const auto first = static_cast<uint32_t>(dmi.get_start_address());
    windows_.push_back(
        {{PhysAddr{first}, dmi.get_end_address() - first + 1}, dmi.get_dmi_ptr(), dmi.is_write_allowed()});
    return &windows_.back();
}

void CpuCluster::invalidate(sc_dt::uint64, sc_dt::uint64) {
    windows_.clear();
    device_pages_.clear();
    for (auto& seat : cores_) {
        seat->core.drop_decisions();
        seat->core.drop_code();
    }
}

/// The window that holds the whole page of `address`, or nullptr: then it is no plain memory.
const CpuCluster::Window* CpuCluster::Seat::page(PhysAddr address) {
    const PhysAddr first{address.value & ~(kPageSize - 1)};
    const Window* w = cluster.window(first);
    return w != nullptr && first.value + uint64_t{kPageSize} <= w->range.end() ? w : nullptr;
}

HostBytes CpuCluster::Seat::direct(PhysAddr address, const MemoryAttributes&, Direction direction) {
    const Window* w = page(address);
    const bool allowed = w != nullptr && (direction == Direction::read || w->writable);
    return {allowed ? w->page(address) : nullptr};
}

CodeBytes CpuCluster::Seat::code(PhysAddr address, VirtAddr, const MemoryAttributes&) {
    const Window* w = page(address);
    return {w != nullptr ? w->page(address) : nullptr, CodeBytes::kUntilDropped};
}

bool CpuCluster::Seat::read(PhysAddr address, const MemoryAttributes&, std::span<uint8_t> data) {
    return cluster.transfer(*this, tlm::TLM_READ_COMMAND, address, data.data(), data.size());
}

bool CpuCluster::Seat::write(PhysAddr address, const MemoryAttributes&, std::span<const uint8_t> data) {
    // The payload wants a mutable pointer; a write command does not write through it.
    return cluster.transfer(*this, tlm::TLM_WRITE_COMMAND, address, const_cast<uint8_t*>(data.data()),
                            data.size());
}

bool CpuCluster::Seat::walk(PhysAddr address, const MemoryAttributes& how, std::span<uint8_t> word) {
    const Window* w = page(address);
    if (w == nullptr) return read(address, how, word);
    std::memcpy(word.data(), w->page(address) + address.value % kPageSize, word.size());
    return true;
}

bool CpuCluster::Seat::peek(PhysAddr address, std::span<uint8_t> data) { return cluster.peek(address, data); }

bool CpuCluster::peek(PhysAddr address, std::span<uint8_t> data) {
    tlm::tlm_generic_payload tx;
    tx.set_command(tlm::TLM_READ_COMMAND);
    tx.set_address(address.value);
    tx.set_data_ptr(data.data());
    tx.set_data_length(static_cast<unsigned>(data.size()));
    tx.set_streaming_width(static_cast<unsigned>(data.size()));
    return bus->transport_dbg(tx) == data.size();
}

bool CpuCluster::transfer(Seat& seat, tlm::tlm_command command, PhysAddr address, uint8_t* data,
                          size_t size) {
    if (!seat.running) return false;  // a debugger's table walk has no business with devices
    const sc_core::sc_time at = local_time(seat);
    run_others(seat, at);
    pass_until(at);
    set_up(tx_, command, address, {data, size});
    requester_->core = seat.index;
    sc_core::sc_time delay = sc_core::SC_ZERO_TIME;
    accessing_ = seat.index;
    bus->b_transport(tx_, delay);
    accessing_.reset();
    const bool ok = tx_.is_response_ok();
    if (delay == sc_core::SC_ZERO_TIME) wait(delay);  // lets interrupt lines settle
    pass_until(sc_core::sc_time_stamp() + delay);
    seat.core.skip(to_cycles(delay));
    seat.core.end_slice();  // the device may have planned something
    return ok;
}

// --- memory traffic of the caches

Finished CpuCluster::burst(BurstKind kind, PhysAddr address, std::span<uint8_t> data, Picoseconds at) {
    const Picoseconds start = std::max(at, picoseconds(simcontext()->time_stamp()));
    if (traffic_ == nullptr) [[unlikely]]
        return burst_by_socket(bus, burst_, direction_of(kind), address, data, start);
    return traffic_->burst(kind, address, data, start);
}

void CpuCluster::expect(PhysAddr address) {
    if (windows_.empty()) return;
    const Window& ram = windows_.front();  // most accesses go there
    const uint32_t offset = address - ram.range.base;
    if (offset < ram.range.size) __builtin_prefetch(ram.data + offset);
}

/// Registers wait for true time; memory past the caches is memory traffic like any other.
bool CpuCluster::access(unsigned core, Direction direction, PhysAddr address, std::span<uint8_t> data) {
    Seat& seat = *cores_[core];
    if (!seat.running || window(address) == nullptr) {
        return transfer(seat, direction == Direction::read ? tlm::TLM_READ_COMMAND : tlm::TLM_WRITE_COMMAND,
                        address, data.data(), data.size());
    }
    const Finished f = burst(kind_of(direction), address, data, now(core));
    stall_until(core, f.at);
    return f.ok;
}

Picoseconds CpuCluster::now(unsigned core) const { return time_of(cores_[core]->core.cycles()); }

void CpuCluster::stall_until(unsigned core, Picoseconds at) {
    Core& waiting = cores_[core]->core;
    const Picoseconds from = time_of(waiting.cycles());
    if (at > from) waiting.skip(to_cycles(at - from));
}

// --- views

uint32_t CpuCluster::pc(unsigned core) const { return cores_.at(core)->core.current_pc(); }
uint32_t CpuCluster::reg(unsigned core, unsigned n) const {
    return n == 15 ? pc(core) : cores_.at(core)->core.r.at(n);
}
uint32_t CpuCluster::cpsr(unsigned core) const { return cores_.at(core)->core.cpsr(); }
uint64_t CpuCluster::instructions(unsigned core) const { return cores_.at(core)->core.instructions; }
uint64_t CpuCluster::cycles(unsigned core) const { return cores_.at(core)->core.cycles(); }
bool CpuCluster::idle(unsigned core) const { return sleeping(*cores_.at(core)); }

Core& CpuCluster::debug_core(unsigned core) { return cores_.at(core)->core; }

bool CpuCluster::debug_write(unsigned core, VirtAddr va, std::span<const uint8_t> bytes) {
    for (const uint8_t byte : bytes) {
        PhysAddr pa;
        if (!debug_translate(core, va, pa)) return false;
        tlm::tlm_generic_payload tx;
        uint8_t copy = byte;
        set_up(tx, tlm::TLM_WRITE_COMMAND, pa, {&copy, 1});
        if (bus->transport_dbg(tx) != 1) return false;
        if (config_.memory != nullptr) config_.memory->poke(pa, {&copy, 1});
        va = va + 1;
    }
    drop_code();
    return true;
}

bool CpuCluster::debug_translate(unsigned core, VirtAddr va, PhysAddr& pa) const {
    Seat& seat = *cores_.at(core);
    return seat.core.debug_translate(va, pa);
}

bool CpuCluster::debug_read(unsigned core, VirtAddr va, std::span<uint8_t> bytes) {
    while (!bytes.empty()) {
        PhysAddr pa;
        if (!debug_translate(core, va, pa)) return false;
        const size_t here = std::min<size_t>(bytes.size(), kPageSize - va.value % kPageSize);
        if (!cores_.at(core)->core.port.peek(pa, bytes.first(here))) return false;
        bytes = bytes.subspan(here);
        va = va + static_cast<uint32_t>(here);
    }
    return true;
}

void CpuCluster::drop_code() {
    for (auto& seat : cores_) seat->core.drop_code();
}

}  // namespace exysim::cpu
