// GDB's remote protocol in front of a machine: cores are threads 1, 2, ...; when one stops, all do.
#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "platform/debug/gdb_connection.hpp"
#include "platform/debug/gdb_target.hpp"

namespace exysim::debug {

/// The machine stands still while converse() runs and goes on when it returns.
class GdbServer {
public:
    GdbServer(uint16_t port, GdbTarget& target) : connection_{port}, target_{target} {}

    uint16_t port() const { return connection_.port(); }
    /// Waits for a debugger; false if a signal interrupted it.
    bool accept() { return connection_.accept(); }
    bool interrupt_pending() { return connection_.interrupt_pending(); }

    /// A core has stopped where set_stops() said, or has done a single step.
    void stopped(unsigned core, const StopReason& why);
    /// The user wants the machine to stop.
    void interrupted();
    /// The machine has ended by itself, with this status.
    void exited(uint8_t status);

private:
    struct Row;
    static const Row kRows[];

    void converse();
    void apply_stops();
    bool watch(char type, uint32_t address, uint32_t size);
    void forget_stops();
    bool answer(const std::string& packet);
    void reply(std::string_view text) { connection_.send(text); }
    bool refuse();

    // Each handles the packets that begin with its prefix; `rest` is what follows. They return whether the
    // machine goes on.
    bool supported(const std::string& rest);
    bool no_acknowledge(const std::string& rest);
    bool features(const std::string& rest);
    bool thread_list(const std::string& rest);
    bool end_of_list(const std::string& rest);
    bool thread_name(const std::string& rest);
    bool current_thread(const std::string& rest);
    bool attached(const std::string& rest);
    bool command(const std::string& rest);
    bool reason(const std::string& rest);
    bool read_all(const std::string& rest);
    bool write_all(const std::string& rest);
    bool read_one(const std::string& rest);
    bool write_one(const std::string& rest);
    bool read_memory(const std::string& rest);
    bool write_memory(const std::string& rest);
    bool select(const std::string& rest);
    bool alive(const std::string& rest);
    bool go_actions(const std::string& rest);
    bool insert(const std::string& rest);
    bool remove(const std::string& rest);
    bool go(const std::string& rest);
    bool step(const std::string& rest);
    bool detach(const std::string& rest);
    bool kill(const std::string& rest);

    bool run(std::optional<unsigned> single);
    std::string register_hex(unsigned n) const;
    std::string stop_text() const;

    GdbConnection connection_;
    GdbTarget& target_;
    unsigned core_ = 0;       // that g, p, m and their like speak of
    unsigned stop_core_ = 0;  // that stopped last
    std::string stop_reason_ = "S05";
    std::set<uint32_t> breakpoints_;
    std::vector<Watchpoint> watches_;
    /// Address spaces of watched addresses. GDB takes its watchpoints away at each stop and puts them back
    /// when another process may have the core: what they mean is decided when they come for the first time.
    std::map<uint32_t, std::optional<uint32_t>> spaces_;
    std::optional<unsigned> single_;  // core to stop after an instruction
};

}  // namespace exysim::debug
