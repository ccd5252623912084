#include "platform/cli/gdb_session.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace exysim::cli {

std::string GdbMachine::state_of(unsigned core) const {
    return machine_.cpu.idle(core) ? "waits or is off" : "runs";
}

uint64_t GdbMachine::read_register(unsigned core, unsigned n) const {
    const cpu::Core& c = machine_.cpu.debug_core(core);
    if (n <= debug::gdb::kPc) return machine_.cpu.reg(core, n);
    if (n == debug::gdb::kCpsr) return machine_.cpu.cpsr(core);
    if (n == debug::gdb::kFpscr) return c.vfp.fpscr;
    return c.vfp.d[n - debug::gdb::kFirstDouble];
}

void GdbMachine::write_register(unsigned core, unsigned n, uint64_t value) {
    cpu::Core& c = machine_.cpu.debug_core(core);
    const auto word = static_cast<uint32_t>(value);
    if (n <= debug::gdb::kPc) {
        c.r[n] = word;
    } else if (n == debug::gdb::kCpsr) {
        c.set_cpsr(word);
        c.update_context();
    } else if (n == debug::gdb::kFpscr) {
        c.vfp.fpscr = word;
    } else {
        c.vfp.d[n - debug::gdb::kFirstDouble] = value;
    }
}

bool GdbMachine::read_memory(unsigned core, uint32_t address, std::span<uint8_t> bytes) {
    return machine_.cpu.debug_read(core, VirtAddr{address}, bytes);
}

bool GdbMachine::write_memory(unsigned core, uint32_t address, std::span<const uint8_t> bytes) {
    return machine_.cpu.debug_write(core, VirtAddr{address}, bytes);
}

void GdbMachine::set_stops(const std::set<uint32_t>& addresses, std::optional<unsigned> single) {
    for (unsigned core = 0; core < cores(); ++core)
        machine_.cpu.debug_core(core).set_debug_stops({{addresses.begin(), addresses.end()}, single == core});
}

void add_gdb_option(po::options_description& options) {
    options.add_options()("gdb", po::value<std::string>()->value_name("PORT"),
                          "wait for GDB on 127.0.0.1:PORT (0: any free port) and stop at the first "
                          "instruction");
}

std::optional<uint16_t> gdb_port(const po::variables_map& values) {
    if (!values.count("gdb")) return {};
    return static_cast<uint16_t>(parse_number_option("--gdb", values["gdb"].as<std::string>(), UINT16_MAX));
}

std::unique_ptr<GdbSession> GdbSession::create(std::optional<uint16_t> port, board::Machine& machine,
                                               board::RunControl& control) {
    return port ? std::make_unique<GdbSession>(*port, machine, control) : nullptr;
}

GdbSession::GdbSession(uint16_t port, board::Machine& machine, board::RunControl& control)
    : machine_{machine}, control_{control}, target_{machine, control}, server_{port, target_} {
    machine.cpu.stopped.attach(
        [this](const cpu::DebugStop& stop) { server_.stopped(stop.core, stop.at_address); });
}

void GdbSession::start() {
    control_.each_step = [this, others = control_.each_step] {
        if (others) others();
        if (server_.interrupt_pending()) server_.interrupted();
    };
    fmt::print(stderr, "exysim: waiting for GDB: target remote 127.0.0.1:{}\n", server_.port());
    if (!server_.accept()) return control_.interrupt();
    target_.set_stops({machine_.cpu.pc(0)}, {});
}

}  // namespace exysim::cli
