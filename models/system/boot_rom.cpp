#include "models/system/boot_rom.hpp"

#include <algorithm>
#include <cstring>
#include <iterator>

namespace exysim::system {

namespace {

constexpr uint32_t kUndefined = 0xE7F0'00F0;  // udf #0
constexpr uint32_t kVectors = 8;

}  // namespace

std::vector<uint32_t> boot_rom_words(const BootRomConfig& config) {
    const uint32_t pen[] = {
        0xEE10'0FB0,  // mrc p15, 0, r0, c0, c0, 5   MPIDR
        0xE200'0003,  // and r0, r0, #3
        0xE59F'1034,  // ldr r1, gic
        0xE59F'2034,  // ldr r2, gic_stride
        0xE021'1290,  // mla r1, r0, r2, r1
        0xE3A0'30FF,  // mov r3, #0xFF
        0xE581'3004,  // str r3, [r1, #4]            GICC_PMR
        0xE3A0'3001,  // mov r3, #1
        0xE581'3000,  // str r3, [r1]                GICC_CTLR
        0xE59F'4020,  // ldr r4, boot_word
        0xE59F'2020,  // ldr r2, boot_word_stride
        0xE024'4290,  // mla r4, r0, r2, r4
        0xE320'F003,  // pen: wfi
        0xE594'3000,  // ldr r3, [r4]
        0xE353'0000,  // cmp r3, #0
        0x0AFF'FFFB,  // beq pen
        0xE12F'FF13,  // bx r3
        config.gic_cpu_interface.value,
        config.gic_stride,
        config.boot_word.value,
        config.boot_word_stride,
    };
    std::vector<uint32_t> words(BootRom::kPen / 4 + std::size(pen));
    std::fill_n(words.begin(), kVectors, kUndefined);
    words[0] = 0xEA00'000E;  // reset: b kPen
    std::copy(std::begin(pen), std::end(pen), words.begin() + BootRom::kPen / 4);
    return words;
}

BootRom::BootRom(sc_core::sc_module_name module_name, const BootRomConfig& config, Instruments& instruments)
    : sc_module{module_name},
      latency_{config.latency},
      guest_errors_{instruments.guest_errors},
      bytes_(kBytes, 0) {
    const std::vector<uint32_t> words = boot_rom_words(config);
    std::memcpy(bytes_.data(), words.data(), 4 * words.size());
    socket.register_b_transport(this, &BootRom::b_transport);
    socket.register_transport_dbg(this, &BootRom::transport_dbg);
    socket.register_get_direct_mem_ptr(this, &BootRom::get_direct_mem_ptr);
}

void BootRom::b_transport(tlm::tlm_generic_payload& tx, sc_core::sc_time& delay) {
    if (!tx.is_read()) {
        guest_errors_.report({.instance = name(),
                              .what = "write to the boot ROM",
                              .reg = {},
                              .offset = static_cast<uint32_t>(tx.get_address())});
        tx.set_response_status(tlm::TLM_COMMAND_ERROR_RESPONSE);
        return;
    }
    delay += latency_;
    const bool ok = transport_dbg(tx) != 0;
    tx.set_response_status(ok ? tlm::TLM_OK_RESPONSE : tlm::TLM_ADDRESS_ERROR_RESPONSE);
}

unsigned BootRom::transport_dbg(tlm::tlm_generic_payload& tx) {
    const uint64_t length = tx.get_data_length();
    if (!tx.is_read() || length > kBytes || tx.get_address() > kBytes - length) return 0;
    std::memcpy(tx.get_data_ptr(), bytes_.data() + tx.get_address(), length);
    return tx.get_data_length();
}

bool BootRom::get_direct_mem_ptr(tlm::tlm_generic_payload& tx, tlm::tlm_dmi& dmi) {
    if (!tx.is_read()) return false;
    dmi.set_dmi_ptr(bytes_.data());
    dmi.set_start_address(0);
    dmi.set_end_address(kBytes - 1);
    dmi.set_read_latency(latency_);
    dmi.allow_read();
    return true;
}

}  // namespace exysim::system
