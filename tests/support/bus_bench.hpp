// A bus master and an interrupt listener for testing one device alone, inside one SystemC process.
#pragma once

#include <tlm_utils/simple_initiator_socket.h>
#include <tlm_utils/simple_target_socket.h>
#include <cstdint>
#include <stdexcept>
#include <systemc>
#include <tlm>
#include <vector>

namespace exysim::test {

/// Runs what is due now: processes that an access or an event has woken, and what they wake in turn.
inline void settle() {
    while (sc_core::sc_pending_activity_at_current_time()) sc_core::sc_start(sc_core::SC_ZERO_TIME);
}

/// Elaborates when called first, then lets `time` pass. sc_start() alone leaves the events of its very last
/// moment.
inline void run(const sc_core::sc_time& time) {
    sc_core::sc_start(time);
    settle();
}

/// Drives a device's register socket from outside any process: zero-delay accesses at the current time.
struct BusBench : sc_core::sc_module {
    tlm_utils::simple_initiator_socket<BusBench> bus{"bus"};
    sc_core::sc_signal<bool> irq{"irq"};

    explicit BusBench(sc_core::sc_module_name name) : sc_module{once(name)} {}

    template <class Target>
    void connect(Target& target, sc_core::sc_out<bool>& line) {
        bus.bind(target);
        line.bind(irq);
    }
    /// Throw when the block answers with an error.
    uint32_t read32(uint32_t offset) {
        uint32_t value = 0;
        require(transfer(tlm::TLM_READ_COMMAND, offset, value));
        return value;
    }
    void write32(uint32_t offset, uint32_t value) {
        require(transfer(tlm::TLM_WRITE_COMMAND, offset, value));
    }
    /// Whether the block answers without an error. For cases in which threads of the simulation have run:
    /// there AddressSanitizer takes the unwinding of an exception for a fault.
    bool answers_read(uint32_t offset) {
        uint32_t value = 0;
        return transfer(tlm::TLM_READ_COMMAND, offset, value);
    }
    bool answers_write(uint32_t offset, uint32_t value) {
        return transfer(tlm::TLM_WRITE_COMMAND, offset, value);
    }

private:
    static sc_core::sc_module_name once(sc_core::sc_module_name name) {
        if (sc_core::sc_get_status() != sc_core::SC_ELABORATION)
            throw std::logic_error{"run me through ctest"};
        return name;
    }
    static void require(bool answered) {
        if (!answered) throw std::runtime_error{"bus error response"};
    }
    bool transfer(tlm::tlm_command command, uint32_t offset, uint32_t& value) {
        tlm::tlm_generic_payload tx;
        tx.set_command(command);
        tx.set_address(offset);
        tx.set_data_ptr(reinterpret_cast<unsigned char*>(&value));
        tx.set_data_length(4);
        tx.set_streaming_width(4);
        sc_core::sc_time delay = sc_core::SC_ZERO_TIME;
        bus->b_transport(tx, delay);
        return tx.is_response_ok();
    }
};

/// Plain memory behind a target socket: answers at once, grows to the size given. For testing masters.
struct FakeMemory : sc_core::sc_module {
    tlm_utils::simple_target_socket<FakeMemory> socket{"socket"};
    uint32_t base;
    std::vector<uint8_t> bytes;
    sc_core::sc_time latency = sc_core::SC_ZERO_TIME;

    FakeMemory(sc_core::sc_module_name name, uint32_t first, size_t size)
        : sc_module{name}, base{first}, bytes(size) {
        socket.register_b_transport(this, &FakeMemory::b_transport);
    }

private:
    void b_transport(tlm::tlm_generic_payload& tx, sc_core::sc_time& delay) {
        delay += latency;
        const uint64_t at = tx.get_address() - base;
        if (tx.get_address() < base || at + tx.get_data_length() > bytes.size()) {
            tx.set_response_status(tlm::TLM_ADDRESS_ERROR_RESPONSE);
            return;
        }
        uint8_t* const mine = bytes.data() + at;
        uint8_t* const theirs = tx.get_data_ptr();
        if (tx.is_read()) std::copy_n(mine, tx.get_data_length(), theirs);
        if (tx.is_write()) std::copy_n(theirs, tx.get_data_length(), mine);
        tx.set_response_status(tlm::TLM_OK_RESPONSE);
    }
};

}  // namespace exysim::test
