// `--gdb PORT`: a machine under GDB.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "platform/board/machine.hpp"
#include "platform/board/run_control.hpp"
#include "platform/cli/options.hpp"
#include "platform/debug/gdb_server.hpp"
#include "platform/observe/buffer_watch.hpp"
#include "platform/observe/shared_buffers.hpp"

namespace exysim::cli {

/// The machine as the server sees it.
class GdbMachine final : public debug::GdbTarget {
public:
    GdbMachine(board::Machine& machine, board::RunControl& control);

    unsigned cores() const override { return machine_.cpu.count(); }
    std::string state_of(unsigned core) const override;
    uint64_t read_register(unsigned core, unsigned n) const override;
    void write_register(unsigned core, unsigned n, uint64_t value) override;
    bool read_memory(unsigned core, uint32_t address, std::span<uint8_t> bytes) override;
    bool write_memory(unsigned core, uint32_t address, std::span<const uint8_t> bytes) override;
    void set_stops(const debug::Stops& stops) override;
    std::optional<uint32_t> space_of(unsigned core, uint32_t address) override;
    std::string monitor(const std::string& command) override;
    void kill() override { control_.interrupt(); }
    void stopped_on(unsigned core) { stopped_core_ = core; }

private:
    board::Machine& machine_;
    board::RunControl& control_;
    observe::BufferWatch buffers_;
    observe::SharedBuffers shared_;
    unsigned stopped_core_ = 0;
};

/// Adds `--gdb` to a command's options.
void add_gdb_option(po::options_description& options);
/// Its value; nothing if it was not given.
std::optional<uint16_t> gdb_port(const po::variables_map& values);

/// Listens at once, waits for GDB in start(), and stops the machine at its first instruction.
class GdbSession {
public:
    /// Null without a port.
    static std::unique_ptr<GdbSession> create(std::optional<uint16_t> port, board::Machine& machine,
                                              board::RunControl& control);
    GdbSession(uint16_t port, board::Machine& machine, board::RunControl& control);

    /// The machine has been loaded; says on standard error how to connect. Prepends itself to
    /// `control.each_step`.
    void start();
    void exited(uint32_t status) { server_.exited(static_cast<uint8_t>(status)); }

private:
    board::RunControl& control_;
    GdbMachine target_;
    debug::GdbServer server_;
};

}  // namespace exysim::cli
