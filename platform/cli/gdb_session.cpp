#include "platform/cli/gdb_session.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>

#include "platform/cli/guest_events.hpp"

namespace exysim::cli {

GdbMachine::GdbMachine(board::Machine& machine, board::RunControl& control)
    : machine_{machine}, control_{control} {
    if (!machine.simctl) return;
    attach_buffers(*machine.simctl, buffers_);
    attach_shared_buffers(*machine.simctl, shared_);
}

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

namespace {

using Kind = debug::Watchpoint::Kind;

cpu::Watchpoint watchpoint_of(const debug::Watchpoint& w) {
    return {w.address, w.size, w.kind != Kind::write, w.kind != Kind::read, w.space};
}

debug::StopReason reason_of(const cpu::DebugStop& stop) {
    if (!stop.watch) return {stop.at_address, {}, 0};
    const cpu::Watchpoint& w = stop.watch->watch;
    const Kind kind = !w.reads ? Kind::write : !w.writes ? Kind::read : Kind::access;
    return {false, kind, stop.watch->address};
}

}  // namespace

void GdbMachine::set_stops(const debug::Stops& stops) {
    cpu::DebugStops made{{stops.addresses.begin(), stops.addresses.end()}, false, {}};
    std::transform(stops.watches.begin(), stops.watches.end(), std::back_inserter(made.watches),
                   watchpoint_of);
    for (unsigned core = 0; core < cores(); ++core) {
        made.single = stops.single == core;
        machine_.cpu.debug_core(core).set_debug_stops(made);
    }
}

std::optional<uint32_t> GdbMachine::space_of(unsigned core, uint32_t address) {
    cpu::Core& c = machine_.cpu.debug_core(core);
    if (c.debug_global(VirtAddr{address})) return {};
    return c.system.ttbr0;
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
    : control_{control}, target_{machine, control}, server_{port, target_} {
    machine.cpu.stopped.attach([this](const cpu::DebugStop& stop) {
        target_.stopped_on(stop.core);
        server_.stopped(stop.core, reason_of(stop));
    });
}

void GdbSession::start() {
    control_.each_step = [this, others = control_.each_step] {
        if (others) others();
        if (server_.interrupt_pending()) server_.interrupted();
    };
    fmt::print(stderr, "exysim: waiting for GDB: target remote 127.0.0.1:{}\n", server_.port());
    if (!server_.accept()) return control_.interrupt();
    sc_core::sc_get_curr_simcontext()->initialize(true);  // bound and ready; nothing has run yet
    server_.stopped(0, {true, {}, 0});
}

}  // namespace exysim::cli
