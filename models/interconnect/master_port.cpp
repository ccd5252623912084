#include <algorithm>

#include "models/base/tlm/payload.hpp"
#include "models/interconnect/burst_way.hpp"
#include "models/interconnect/on_chip_port.hpp"
#include "models/interconnect/ports.hpp"
#include "models/interconnect/traffic_statistics.hpp"

namespace exysim::interconnect {

namespace {
Counter& counter(Instruments& instruments, const std::string& name, const char* unit, const char* sentence) {
    return instruments.statistics.counter(name, unit, sentence);
}

Direction direction_of(const tlm::tlm_generic_payload& tx) {
    return tx.is_read() ? Direction::read : Direction::write;
}

bool holds(const PhysRange& range, uint64_t address, uint64_t length) {
    return address >= range.base.value && address + length <= range.end();
}
}  // namespace

MasterPort::MasterPort(sc_core::sc_module_name name, const Bus& bus, const std::string& prefix,
                       uint32_t number, const MasterConfig* contended, Instruments& in)
    : sc_module{name},
      bus_{bus},
      guest_errors_{in.guest_errors},
      bus_name_{bus.name()},
      master_{prefix.substr(bus_name_.size() + 1)},
      reads_{counter(in, prefix + ".reads", "1", "Read transactions of this master."),
             counter(in, prefix + ".read_bytes", "bytes", "Bytes this master read over the bus.")},
      writes_{counter(in, prefix + ".writes", "1", "Write transactions of this master."),
              counter(in, prefix + ".write_bytes", "bytes", "Bytes this master wrote over the bus.")},
      errors_{counter(in, prefix + ".errors", "1", "Transactions of this master answered with an error.")},
      decode_errors_{
          counter(in, prefix + ".decode_errors", "1", "Of them, those to an address without a device.")} {
    if (contended) {
        traffic_ = std::make_unique<MasterTraffic>(*contended, number);
        beat_ = contended->port.width;
        register_statistics(in.statistics, prefix, *traffic_);
    }
    socket.register_b_transport(this, &MasterPort::b_transport);
    socket.register_transport_dbg(this, &MasterPort::transport_dbg);
    socket.register_get_direct_mem_ptr(this, &MasterPort::get_direct_mem_ptr);
}

const Route* MasterPort::route(uint64_t address, uint64_t length) {
    if (last_ && holds(last_->range, address, length)) return last_;
    if (address > UINT32_MAX) return nullptr;
    const Route* found = bus_.decode(PhysAddr{static_cast<uint32_t>(address)}, length);
    if (found) last_ = found;
    return found;
}

void MasterPort::b_transport(tlm::tlm_generic_payload& tx, sc_core::sc_time& delay) {
    const Route* to = route(tx);
    if (!to) return refuse(tx, delay);
    if (traffic_ && to->traffic) return timed_transport(*to, tx, delay);
    count(direction_of(tx), tx.get_data_length());
    delay += to->latency;
    if (to->port) delay += wait_for_port(*to, tx, delay);
    pass_on(*to, tx, delay);
    if (tx.is_response_error()) ++errors_;
}

void MasterPort::count(Direction direction, size_t bytes) {
    const Traffic& traffic = direction == Direction::read ? reads_ : writes_;
    traffic.transactions += 1;
    traffic.bytes += bytes;
}

void MasterPort::tell(Direction direction, PhysAddr address, std::span<const uint8_t> data) const {
    if (bus_.transferred.watched()) bus_.transferred({master_, direction, address, data});
}

/// Nearly all are cache lines to or from the memory of the last one, and nobody watches.
[[gnu::flatten]] Finished MasterPort::burst(BurstKind kind, PhysAddr address, std::span<uint8_t> data,
                                            Picoseconds at) {
    const bool usual = last_ && holds(last_->range, address.value, data.size()) && last_->traffic &&
                       data.size() == CountedMemory::kLine && !bus_.transferred.watched();
    if (!usual || !move(*last_, direction_of(kind), address, data)) [[unlikely]]
        return any_burst(kind, address, data, at);
    return book(*last_, kind, address, data, at);
}

[[gnu::noinline]] Finished MasterPort::any_burst(BurstKind kind, PhysAddr address, std::span<uint8_t> data,
                                                 Picoseconds at) {
    const Direction direction = direction_of(kind);
    const Route* to = route(address.value, data.size());
    if (!to || !to->traffic || !move(*to, direction, address, data))
        return burst_by_payload(burst_, direction, address, data, at,
                                [this](auto& tx, auto& delay) { b_transport(tx, delay); });
    tell(direction, address, data);
    return book(*to, kind, address, data, at);
}

/// The data of a burst of a memory whose time is booked here; false if it does not have all of them.
inline bool MasterPort::move(const Route& to, Direction direction, PhysAddr address,
                             std::span<uint8_t> data) {
    return to.data->move(direction == Direction::write, address - to.range.base, data);
}

/// The time of it.
inline Finished MasterPort::book(const Route& to, BurstKind kind, PhysAddr address,
                                 std::span<const uint8_t> data, Picoseconds at) {
    count(direction_of(kind), data.size());
    const MasterChannel::Transfer transfer{.offset = address - to.range.base,
                                           .bytes = static_cast<uint32_t>(data.size()),
                                           .bufferable = kind == BurstKind::bufferable_write};
    return {traffic_->channel(kind != BurstKind::read).transfer(transfer, *to.traffic, at), true};
}

/// To the target, which counts addresses from its range's base.
void MasterPort::pass_on(const Route& to, tlm::tlm_generic_payload& tx, sc_core::sc_time& delay) {
    const uint64_t address = tx.get_address();
    tx.set_address(address - to.range.base.value);
    to.forward->b_transport(tx, delay);
    tx.set_address(address);
    if (!tx.is_response_ok()) return;
    tell(direction_of(tx), PhysAddr{static_cast<uint32_t>(address)},
         {tx.get_data_ptr(), tx.get_data_length()});
}

/// For the beats of others that are at the memory when the transfer arrives.
sc_core::sc_time MasterPort::wait_for_port(const Route& to, const tlm::tlm_generic_payload& tx,
                                           const sc_core::sc_time& delay) const {
    const Picoseconds arrival = picoseconds(sc_core::sc_time_stamp() + delay);
    return sc_ps(to.port->enter(tx.get_address(), tx.get_data_length(), arrival));
}

/// The data move now, the time is booked; a master that defers asks for the end of it later.
void MasterPort::timed_transport(const Route& to, tlm::tlm_generic_payload& tx, sc_core::sc_time& delay) {
    auto* const burst = tx.get_extension<Burst>();
    const bool wrap = burst && burst->wrap;
    count(direction_of(tx), tx.get_data_length());
    if (!move_data(to, tx, wrap)) {
        ++errors_;
        return;
    }
    const Picoseconds now = sc_now();
    MasterChannel& channel = traffic_->channel(tx.is_write());
    const MasterChannel::Transfer transfer{tx.get_address() - to.range.base.value, tx.get_data_length(),
                                           burst ? burst->priority : uint8_t{0}, wrap};
    const Picoseconds wanted = now + picoseconds(delay);
    if (burst && burst->may_defer()) {
        burst->defer(channel, channel.submit(transfer, *to.traffic, wanted));
        delay = sc_ps(channel.accepted() - now);
    } else {
        delay = sc_ps(channel.transfer(transfer, *to.traffic, wanted) - now);
    }
}

bool MasterPort::move_data(const Route& to, tlm::tlm_generic_payload& tx, bool wrap) {
    const bool allowed =
        wrap ? wrap_allowed(tx.get_address(), tx.get_data_length(), beat_) : tx.get_data_length() != 0;
    if (!allowed) {
        tx.set_response_status(tlm::TLM_BURST_ERROR_RESPONSE);
        return false;
    }
    if (wrap) return move_wrapped(to, tx);
    if (move_past_socket(to, tx)) return true;
    sc_core::sc_time none = sc_core::SC_ZERO_TIME;
    pass_on(to, tx, none);
    return tx.is_response_ok();
}

/// What the memory's socket would do with most of them.
bool MasterPort::move_past_socket(const Route& to, tlm::tlm_generic_payload& tx) {
    const bool plain = tx.get_byte_enable_ptr() == nullptr && tx.get_command() != tlm::TLM_IGNORE_COMMAND;
    const PhysAddr address{static_cast<uint32_t>(tx.get_address())};
    const std::span<uint8_t> data{tx.get_data_ptr(), tx.get_data_length()};
    if (!plain || !move(to, direction_of(tx), address, data)) return false;
    tx.set_dmi_allowed(true);
    tx.set_response_status(tlm::TLM_OK_RESPONSE);
    tell(direction_of(tx), address, data);
    return true;
}

/// A WRAP burst as the two runs of addresses it consists of.
bool MasterPort::move_wrapped(const Route& to, tlm::tlm_generic_payload& tx) {
    const uint64_t address = tx.get_address();
    unsigned char* const data = tx.get_data_ptr();
    const unsigned length = tx.get_data_length();
    const auto into_block = static_cast<unsigned>(address & (length - 1));
    const auto part = [&](uint64_t from, unsigned at, unsigned bytes) {
        if (bytes == 0) return true;
        tx.set_address(from);
        tx.set_data_ptr(data + at);
        tx.set_data_length(bytes);
        tx.set_streaming_width(bytes);
        sc_core::sc_time none = sc_core::SC_ZERO_TIME;
        pass_on(to, tx, none);
        return tx.is_response_ok();
    };
    const bool moved =
        part(address, 0, length - into_block) && part(address - into_block, length - into_block, into_block);
    tx.set_address(address);
    tx.set_data_ptr(data);
    tx.set_data_length(length);
    tx.set_streaming_width(length);
    return moved;
}

/// The default slave answers, after a way through the crossbar.
void MasterPort::refuse(tlm::tlm_generic_payload& tx, sc_core::sc_time& delay) {
    ++errors_;
    ++decode_errors_;
    delay += bus_.latency();
    tx.set_response_status(tlm::TLM_ADDRESS_ERROR_RESPONSE);
    guest_errors_.report({.instance = bus_name_,
                          .what = tx.is_read() ? "read of an address without a device"
                                               : "write to an address without a device",
                          .reg = {},
                          .offset = static_cast<uint32_t>(tx.get_address())});
}

unsigned MasterPort::transport_dbg(tlm::tlm_generic_payload& tx) {
    const Route* to = route(tx);
    if (!to) return 0;
    const uint64_t address = tx.get_address();
    tx.set_address(address - to->range.base.value);
    const unsigned moved = to->forward->transport_dbg(tx);
    tx.set_address(address);
    return moved;
}

bool MasterPort::get_direct_mem_ptr(tlm::tlm_generic_payload& tx, tlm::tlm_dmi& dmi) {
    const Route* to = route(tx);
    if (!to) return false;
    const uint64_t address = tx.get_address();
    const uint64_t base = to->range.base.value;
    tx.set_address(address - base);
    const bool granted = to->forward->get_direct_mem_ptr(tx, dmi);
    tx.set_address(address);
    // A denial names the range it covers too; both are cut to what the map shows of the target.
    dmi.set_end_address(base + std::min<uint64_t>(dmi.get_end_address(), to->range.size - 1));
    dmi.set_start_address(base + dmi.get_start_address());
    if (granted) {
        dmi.set_read_latency(dmi.get_read_latency() + to->latency);
        dmi.set_write_latency(dmi.get_write_latency() + to->latency);
    }
    return granted;
}

}  // namespace exysim::interconnect
