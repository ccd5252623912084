// A whole machine with one device under measurement. Its core sleeps; registers are accessed over the bus as
// a processor would, but from outside.
#pragma once

#include <algorithm>
#include <ctime>
#include <utility>
#include <vector>

#include "platform/board/machine.hpp"

namespace exysim::bench {

/// CPU time of this process so far, seconds.
inline double cpu_seconds() { return static_cast<double>(std::clock()) / CLOCKS_PER_SEC; }

class RegisterMaster : public sc_core::sc_module {
public:
    tlm_utils::simple_initiator_socket<RegisterMaster> socket{"socket"};
    explicit RegisterMaster(const sc_core::sc_module_name& module_name) : sc_module{module_name} {}

    void write(uint32_t address, uint32_t value) { (void)transfer(tlm::TLM_WRITE_COMMAND, address, value); }
    uint32_t read(uint32_t address) { return transfer(tlm::TLM_READ_COMMAND, address, 0); }

private:
    uint32_t transfer(tlm::tlm_command command, uint32_t address, uint32_t value) {
        tlm::tlm_generic_payload tx;
        tx.set_command(command);
        tx.set_address(address);
        tx.set_data_ptr(reinterpret_cast<unsigned char*>(&value));
        tx.set_data_length(4);
        tx.set_streaming_width(4);
        sc_core::sc_time delay = sc_core::SC_ZERO_TIME;
        socket->b_transport(tx, delay);
        return value;
    }
};

struct SleepingMachine {
    board::Machine machine;
    RegisterMaster master{"master"};

    /// 64 MiB of RAM, `device` and what the machine always has; registers can be written at once.
    SleepingMachine(const char* mode, config::PlatformDevice device)
        : machine{platform(mode, std::move(device)), {}} {
        machine.bus.add_master("master", master.socket);
        const uint32_t code[] = {0xE320'F003, 0xEAFF'FFFD};  // wfi, and back to it
        const auto bytes = machine.memory({board::kRamBase, sizeof code});
        std::copy_n(reinterpret_cast<const uint8_t*>(code), sizeof code, bytes.data());
        machine.cpu.start_at(0, board::kRamBase, 0, 0, 0);
        sc_core::sc_start(sc_core::SC_ZERO_TIME);
    }

private:
    static config::Platform platform(const char* mode, config::PlatformDevice device) {
        config::Platform made;
        made.mode = mode;
        made.ram.size = 64U << 20;
        made.devices = {std::move(device)};
        return made;
    }
};

}  // namespace exysim::bench
