#include "models/iommu/sysmmu.hpp"

#include <algorithm>
#include <utility>

namespace exysim::iommu {

namespace {

void prepare(tlm::tlm_generic_payload& tx, tlm::tlm_command command, PhysAddr at, uint32_t* word) {
    tx.set_command(command);
    tx.set_address(at.value);
    tx.set_data_ptr(reinterpret_cast<unsigned char*>(word));
    tx.set_data_length(sizeof *word);
    tx.set_streaming_width(sizeof *word);
    tx.set_byte_enable_ptr(nullptr);
    tx.set_response_status(tlm::TLM_INCOMPLETE_RESPONSE);
}

/// Narrows a payload to pieces of it; the initiator finds it as it was.
class Pieces {
public:
    explicit Pieces(tlm::tlm_generic_payload& tx)
        : tx_{tx}, address_{tx.get_address()}, data_{tx.get_data_ptr()}, length_{tx.get_data_length()} {}
    ~Pieces() { select(address_, 0, length_); }
    Pieces(const Pieces&) = delete;
    Pieces& operator=(const Pieces&) = delete;

    uint32_t length() const { return length_; }
    uint32_t address(uint32_t at) const { return static_cast<uint32_t>(address_) + at; }
    /// Bytes from `at` to the end of its page or of the payload.
    uint32_t in_page(uint32_t at) const {
        return std::min(length_ - at, kPageSize - (address(at) & (kPageSize - 1)));
    }
    void select(uint64_t address, uint32_t at, uint32_t length) {
        tx_.set_address(address);
        tx_.set_data_ptr(data_ + at);
        tx_.set_data_length(length);
        tx_.set_streaming_width(length);
    }

private:
    tlm::tlm_generic_payload& tx_;
    uint64_t address_;
    unsigned char* data_;
    uint32_t length_;
};

}  // namespace

SysMmu::SysMmu(const sc_core::sc_module_name& module_name, const SysMmuConfig& config,
               Instruments& instruments)
    : RegisterTarget{module_name, instruments, config},
      walk_reads_{instruments.statistics.counter(std::string{name()} + ".walk_reads", "1",
                                                 "page table entries read from memory")},
      walk_time_{instruments.statistics.counter(std::string{name()} + ".walk_time", "ps",
                                                "time spent reading page table entries")},
      stall_time_{instruments.statistics.counter(std::string{name()} + ".stall_time", "ps",
                                                 "time masters spent waiting for software")} {
    core_.mistake = [this, &log = instruments.guest_errors](std::string_view what, uint32_t offset,
                                                            uint32_t value) {
        log.report(
            {.instance = name(), .what = std::string{what}, .reg = {}, .offset = offset, .value = value});
    };
    device.register_b_transport(this, &SysMmu::translated_transport);
    device.register_transport_dbg(this, &SysMmu::translated_debug);
    register_statistics(instruments.statistics);
}

void SysMmu::register_statistics(Statistics& statistics) {
    const std::string prefix = std::string{name()} + ".";
    const auto gauge = [&](const char* what, const char* sentence, uint64_t SysMmuCore::Events::*member) {
        statistics.gauge(prefix + what, "1", sentence,
                         [this, member] { return static_cast<double>(core_.events().*member); });
    };
    gauge("tlb.hits", "pages translated without a walk", &SysMmuCore::Events::hits);
    gauge("tlb.misses", "pages that needed a walk", &SysMmuCore::Events::misses);
    gauge("tlb.flushes", "FLUSH and FLUSH_ENTRY commands", &SysMmuCore::Events::flushes);
    gauge("faults", "requests that faulted", &SysMmuCore::Events::faults);
    gauge("tlb.second_level_hits", "of the hits, those of version 2's second level",
          &SysMmuCore::Events::second_level_hits);
    gauge("tlb.prefetch_hits", "of the hits, those a prefetch buffer had ready",
          &SysMmuCore::Events::prefetch_hits);
    gauge("walk_first_level_hits", "walks that found their first-level entry cached",
          &SysMmuCore::Events::first_level_hits);
    statistics.gauge(prefix + "tlb.hit_rate", "1", "share of the pages translated without a walk", [this] {
        const double hits = static_cast<double>(core_.events().hits),
                     all = hits + static_cast<double>(core_.events().misses);
        return all == 0 ? 0.0 : hits / all;
    });
}

void SysMmu::before_access() { core_.set_busy(in_flight_ > 0 || sc_core::sc_time_stamp() < drained_at_); }

void SysMmu::update() {
    irq.write(core_.irq());
    changed_.notify(sc_core::SC_ZERO_TIME);
}

std::optional<PhysAddr> SysMmu::translate_dbg(Iova at) {
    return core_.resolve(at, [this](PhysAddr entry) { return peek_entry(entry); });
}

std::optional<PhysAddr> SysMmu::by_tables_dbg(Iova at) {
    return core_.by_tables(at, [this](PhysAddr entry) { return peek_entry(entry); });
}

void SysMmu::release(size_t port) {
    if (port >= releases_.size()) return;  // it has not asked for anything yet
    ++releases_[port];
    changed_.notify(sc_core::SC_ZERO_TIME);
}

void SysMmu::translated_transport(int master, tlm::tlm_generic_payload& tx, sc_core::sc_time& delay) {
    if (tx.get_byte_enable_ptr()) {
        tx.set_response_status(tlm::TLM_BYTE_ENABLE_ERROR_RESPONSE);
        return;
    }
    const auto port = static_cast<size_t>(master);
    if (port >= releases_.size()) releases_.resize(port + 1);
    Pieces pieces{tx};
    for (uint32_t at = 0; at < pieces.length();) {
        const uint32_t size = pieces.in_page(at);
        pieces.select(pieces.address(at), at, size);
        if (!transfer_page(port, tx, delay)) return;
        at += size;
    }
}

unsigned SysMmu::translated_debug(int, tlm::tlm_generic_payload& tx) {
    Pieces pieces{tx};
    uint32_t at = 0;
    while (at < pieces.length()) {
        const std::optional<PhysAddr> target = translate_dbg(Iova{pieces.address(at)});
        if (!target) break;
        const uint32_t size = pieces.in_page(at);
        pieces.select(target->value, at, size);
        if (memory->transport_dbg(tx) != size) break;
        at += size;
    }
    return at;
}

bool SysMmu::transfer_page(size_t port, tlm::tlm_generic_payload& tx, sc_core::sc_time& delay) {
    const auto direction = tx.is_write() ? Direction::write : Direction::read;
    const auto target = translate(port, Iova{static_cast<uint32_t>(tx.get_address())}, direction, delay);
    if (!target) {
        tx.set_response_status(tlm::TLM_GENERIC_ERROR_RESPONSE);
        return false;
    }
    if (translated.watched() && core_.enabled()) {
        const Iova iova{static_cast<uint32_t>(tx.get_address())};
        translated({iova, *target, direction, static_cast<uint32_t>(tx.get_data_length())});
    }
    tx.set_address(target->value);
    ++in_flight_;
    memory->b_transport(tx, delay);
    --in_flight_;
    drained_at_ = std::max(drained_at_, sc_core::sc_time_stamp() + delay);
    return tx.is_response_ok();
}

std::optional<PhysAddr> SysMmu::translate(size_t port, Iova at, Direction direction,
                                          sc_core::sc_time& delay) {
    for (bool at_true_time = false;; at_true_time = true) {
        if (!wait_while_closed(port, delay)) return {};
        if (!core_.enabled()) return PhysAddr{at.value};
        const auto result =
            core_.translate(at, direction, [&](PhysAddr entry) { return read_entry(entry, delay); });
        if (const auto* mapping = std::get_if<Mapping>(&result)) return mapping->translate(at);
        // The caller may be ahead of time: what faults there need not fault once that moment has come.
        sc_core::wait(std::exchange(delay, sc_core::SC_ZERO_TIME));
        if (at_true_time && !core_.closed()) raise(std::get<Fault>(result), direction);
    }
}

void SysMmu::raise(const Fault& found, Direction direction) {
    core_.latch(found, direction);
    const PhysAddr table{core_.regs.get(SysMmuCore::kTable)};
    fault({found, direction, table, picoseconds(sc_core::sc_time_stamp())});
    update_in();
}

bool SysMmu::wait_while_closed(size_t port, sc_core::sc_time& delay) {
    if (supply() == Supply::on && !core_.closed()) return true;
    sc_core::wait(std::exchange(delay, sc_core::SC_ZERO_TIME));
    const sc_core::sc_time start = sc_core::sc_time_stamp();
    const uint64_t disables = core_.disables(), releases = releases_[port];
    bool lost = supply() == Supply::off;
    while (!lost && (core_.closed() || supply() == Supply::gated)) {
        const bool for_fault = core_.faulted();
        sc_core::wait(changed_);
        lost = supply() == Supply::off || releases_[port] != releases ||
               (for_fault && core_.disables() != disables);
    }
    stall_time_ += picoseconds(sc_core::sc_time_stamp() - start);
    return !lost;
}

std::optional<uint32_t> SysMmu::read_entry(PhysAddr at, sc_core::sc_time& delay) {
    uint32_t entry = 0;
    tlm::tlm_generic_payload tx;  // walks of several masters may overlap
    prepare(tx, tlm::TLM_READ_COMMAND, at, &entry);
    const sc_core::sc_time before = sc_core::sc_time_stamp() + delay;
    memory->b_transport(tx, delay);
    walk_time_ += picoseconds(sc_core::sc_time_stamp() + delay - before);
    ++walk_reads_;
    if (!tx.is_response_ok()) return {};
    entry_read({at, entry});
    return entry;
}

std::optional<uint32_t> SysMmu::peek_entry(PhysAddr at) {
    uint32_t entry = 0;
    tlm::tlm_generic_payload tx;
    prepare(tx, tlm::TLM_READ_COMMAND, at, &entry);
    if (memory->transport_dbg(tx) != sizeof entry) return {};
    return entry;
}

}  // namespace exysim::iommu
