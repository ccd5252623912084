#include "models/base/tlm/dma_port.hpp"

#include <utility>

namespace exysim {

bool DmaPort::read(Iova address, std::span<uint8_t> data) {
    return transfer(tlm::TLM_READ_COMMAND, address, data.data(), data.size());
}

bool DmaPort::write(Iova address, std::span<const uint8_t> data) {
    // The payload has one data pointer for both directions; a write never stores through it.
    return transfer(tlm::TLM_WRITE_COMMAND, address, const_cast<uint8_t*>(data.data()), data.size());
}

bool DmaPort::transfer(tlm::tlm_command command, Iova address, uint8_t* data, size_t size) {
    const auto length = static_cast<unsigned>(size);
    tx_.set_command(command);
    tx_.set_address(address.value);
    tx_.set_data_ptr(data);
    tx_.set_data_length(length);
    tx_.set_streaming_width(length);
    tx_.set_byte_enable_ptr(nullptr);
    tx_.set_dmi_allowed(false);
    tx_.set_response_status(tlm::TLM_INCOMPLETE_RESPONSE);
    socket->b_transport(tx_, ahead_);
    if (ahead_ >= skew_) catch_up();
    return tx_.is_response_ok();
}

void DmaPort::catch_up() {
    const sc_core::sc_time ahead = std::exchange(ahead_, sc_core::SC_ZERO_TIME);
    if (ahead > sc_core::SC_ZERO_TIME) sc_core::wait(ahead);
}

}  // namespace exysim
