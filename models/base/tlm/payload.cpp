#include "models/base/tlm/payload.hpp"

#include <cstring>

namespace exysim {

namespace {
bool inside_one_word(uint64_t address, unsigned length) {
    return (length == 1 || length == 2 || length == 4) && address % length == 0;
}
}  // namespace

void access(RegisterBank& bank, tlm::tlm_generic_payload& tx) {
    const unsigned length = tx.get_data_length();
    if (!inside_one_word(tx.get_address(), length)) {
        tx.set_response_status(tlm::TLM_BURST_ERROR_RESPONSE);
        return;
    }
    const auto offset = static_cast<uint32_t>(tx.get_address());
    const unsigned lane = offset % 4;
    if (tx.is_read()) {
        const uint32_t word = bank.read(offset & ~3U) >> (8 * lane);
        std::memcpy(tx.get_data_ptr(), &word, length);  // little-endian host and guest
    } else {
        uint32_t word = 0;
        std::memcpy(&word, tx.get_data_ptr(), length);
        const uint32_t mask = length == 4 ? ~0U : ((1U << (8 * length)) - 1) << (8 * lane);
        bank.write(offset & ~3U, word << (8 * lane), mask);
    }
    tx.set_response_status(tlm::TLM_OK_RESPONSE);
}

unsigned debug_access(const RegisterBank& bank, tlm::tlm_generic_payload& tx) {
    if (!tx.is_read()) return 0;
    const auto offset = static_cast<uint32_t>(tx.get_address());
    for (unsigned i = 0; i < tx.get_data_length(); ++i) {
        const uint32_t word = bank.peek((offset + i) & ~3U);
        tx.get_data_ptr()[i] = static_cast<uint8_t>(word >> (8 * ((offset + i) % 4)));
    }
    return tx.get_data_length();
}

void set_up(tlm::tlm_generic_payload& tx, tlm::tlm_command command, PhysAddr address,
            std::span<uint8_t> data) {
    tx.set_command(command);
    tx.set_address(address.value);
    tx.set_data_ptr(data.data());
    tx.set_data_length(static_cast<unsigned>(data.size()));
    tx.set_streaming_width(static_cast<unsigned>(data.size()));
    tx.set_byte_enable_ptr(nullptr);
    tx.set_dmi_allowed(false);
    tx.set_response_status(tlm::TLM_INCOMPLETE_RESPONSE);
}

}  // namespace exysim
