#include "models/system/gic.hpp"

#include "models/base/statistics.hpp"
#include "models/base/tlm/payload.hpp"

namespace exysim::system {

Gic::Gic(sc_core::sc_module_name module_name, const GicConfig& config, Instruments& instruments)
    : sc_module{module_name},
      spi{"spi", GicCore::kSpis},
      ppi{"ppi", 16 * config.cores},
      irq{"irq", config.cores},
      config_{config},
      core_{config.cores} {
    distributor.register_b_transport(this, &Gic::access_distributor);
    distributor.register_transport_dbg(this, &Gic::debug_distributor);
    cpu_interface.register_b_transport(this, &Gic::access_cpu_interface);
    cpu_interface.register_transport_dbg(this, &Gic::debug_cpu_interface);
    core_.for_each_bank([&](const std::string& part, RegisterBank& bank) {
        report_register_faults(bank, name(), instruments.guest_errors);
        instruments.statistics.registers(name() + ("." + part), bank);
    });
    const auto say = [this](InterruptEvent::What what) {
        return [this, what](uint32_t core, uint32_t id) {
            interrupt({what, core, id, picoseconds(sc_core::sc_time_stamp())});
        };
    };
    core_.acknowledged = say(InterruptEvent::What::taken);
    core_.ended = say(InterruptEvent::What::ended);
    SC_METHOD(update);
    sensitive << changed_;
}

void Gic::end_of_elaboration() {
    watch_lines(spi, [this](size_t n, bool level) {
        set_line(GicCore::kPrivateIds + static_cast<uint32_t>(n), 0, level);
    });
    watch_lines(ppi, [this](size_t n, bool level) {
        const auto line = static_cast<uint32_t>(n);
        set_line(GicCore::kSgis + line % 16, line / 16, level);
    });
}

void Gic::set_line(uint32_t id, uint32_t core, bool level) {
    core_.set_line(id, core, level);
    changed_.notify(sc_core::SC_ZERO_TIME);
}

Gic::View Gic::view(const tlm::tlm_generic_payload& tx) const {
    const auto address = static_cast<uint32_t>(tx.get_address());
    return {address / config_.stride, address % config_.stride};
}

void Gic::access_distributor(tlm::tlm_generic_payload& tx, sc_core::sc_time&) {
    const View v = view(tx);
    access_view(v.core < config_.cores ? &core_.distributor(v.core, v.offset) : nullptr, v.offset, tx);
}

void Gic::access_cpu_interface(tlm::tlm_generic_payload& tx, sc_core::sc_time&) {
    const View v = view(tx);
    access_view(v.core < config_.cores ? &core_.cpu_interface(v.core) : nullptr, v.offset, tx);
}

/// `bank` is null in the view of a core that does not exist.
void Gic::access_view(RegisterBank* bank, uint32_t offset, tlm::tlm_generic_payload& tx) {
    if (!bank) {
        tx.set_response_status(tlm::TLM_ADDRESS_ERROR_RESPONSE);
        return;
    }
    const uint64_t address = tx.get_address();
    tx.set_address(offset);
    access(*bank, tx);
    tx.set_address(address);
    changed_.notify(sc_core::SC_ZERO_TIME);
}

unsigned Gic::debug_distributor(tlm::tlm_generic_payload& tx) {
    const View v = view(tx);
    return debug_view(v.core < config_.cores ? &core_.distributor(v.core, v.offset) : nullptr, v.offset, tx);
}

unsigned Gic::debug_cpu_interface(tlm::tlm_generic_payload& tx) {
    const View v = view(tx);
    return debug_view(v.core < config_.cores ? &core_.cpu_interface(v.core) : nullptr, v.offset, tx);
}

unsigned Gic::debug_view(const RegisterBank* bank, uint32_t offset, tlm::tlm_generic_payload& tx) {
    if (!bank) return 0;
    const uint64_t address = tx.get_address();
    tx.set_address(offset);
    const unsigned moved = debug_access(*bank, tx);
    tx.set_address(address);
    return moved;
}

void Gic::update() {
    for (uint32_t core = 0; core < config_.cores; ++core) irq[core].write(core_.irq(core));
}

}  // namespace exysim::system
