// What a bus with contention is told: ports, limits, arbitration. Plain numbers.
#pragma once

#include <cstdint>
#include <map>
#include <string>

namespace exysim::interconnect {

inline constexpr uint32_t kMostBeats = 16;  ///< of an AXI3 burst

/// One data channel of a port.
struct PortShape {
    uint32_t width = 8;               ///< bytes a beat, a power of two
    uint64_t clock_hz = 200'000'000;  ///< a beat a cycle
};

enum class Arbitration : uint8_t {
    round_robin,  ///< the next master after the one served last
    fixed,        ///< the master's priority, then the oldest
    qos,          ///< the burst's priority, then the oldest
};

struct MasterConfig {
    PortShape port{};
    uint32_t reads = 8;   ///< bursts in flight at most, 1 to 64. Assumed: 8, as AXI masters of that time
    uint32_t writes = 8;  ///< the same for writes
    uint32_t beats = kMostBeats;  ///< of its longest burst, 1 to 16
    uint8_t priority = 0;         ///< 0 usual ... 3 most urgent; at the arbiter and in the memory controller
    double bytes_per_ns = 0;      ///< regulated to this rate, reads and writes together; 0 = not regulated
    double allowance = 0;         ///< bytes that may exceed the rate for a while
};

/// Ports of the masters and of the memories.
struct ContentionConfig {
    MasterConfig master{};                        ///< of those not named
    std::map<std::string, MasterConfig> masters;  ///< by their settings' names
    PortShape memory{16, 400'000'000};            ///< Assumed: as fast as two channels of DDR3-800, 6.4 GB/s
    PortShape on_chip{};  ///< Assumed: iROM's and iRAM's ports are like a master's, 64 bits at 200 MHz
    Arbitration arbitration = Arbitration::round_robin;

    const MasterConfig& of(const std::string& master_settings) const;
};

}  // namespace exysim::interconnect
