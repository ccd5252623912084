// An estimate of what the devices consume, from counts and a data sheet's currents.
#pragma once

#include <cstdint>
#include <span>

namespace exysim::dram {

struct ChannelStats;
struct ControllerConfig;

/// One supply of a device: volts, and its IDD currents in milliamperes.
struct Supply {
    double volts;
    double idd0;   ///< activate and precharge, one bank after the other, every tRC
    double idd2n;  ///< all banks closed
    double idd3n;  ///< a bank open
    double idd4r;  ///< reading without a pause
    double idd4w;  ///< writing without a pause
    double idd5;   ///< refreshing without a pause
    double idd3p;  ///< power-down, a bank open
    double idd6;   ///< self-refresh
};

/// A device whose data sheet is known.
struct Currents {
    Supply supplies[2];
    uint32_t devices;  ///< of a rank
};

/// Picojoules.
struct Energy {
    double activate = 0, read = 0, write = 0, refresh = 0;
    double background = 0;  ///< standby, power-down and self-refresh
    double total() const { return activate + read + write + refresh + background; }
};

/// Of all channels together over `elapsed_ns`. `totals`: summed over the channels. A rank that is neither in
/// power-down nor in self-refresh counts as active standby, which is an upper bound. I/O and termination are
/// not in it. Method: what a command adds to the standby current while it lasts, as in Micron's TN-46-03.
Energy energy_of(const ChannelStats& totals, const ControllerConfig& config, double elapsed_ns);

}  // namespace exysim::dram
