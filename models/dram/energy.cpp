#include "models/dram/energy.hpp"

#include "models/dram/channel.hpp"
#include "models/dram/config.hpp"

namespace exysim::dram {

Energy energy_of(const ChannelStats& totals, const ControllerConfig& config, double elapsed_ns) {
    Energy made;
    if (config.currents == nullptr) return made;
    const Timing& t = config.timing;
    const double clock = t.tck_ps / 1000.0;
    const double devices = config.currents->devices;
    const auto count = [&](uint64_t n) { return devices * static_cast<double>(n); };
    const double down = clock * static_cast<double>(totals.power_down_clocks),
                 asleep = clock * static_cast<double>(totals.self_refresh_clocks),
                 awake = elapsed_ns * config.geometry.channels - down - asleep;
    for (const Supply& s : config.currents->supplies) {
        const double cycle = s.idd0 * t.rc - s.idd3n * t.ras - s.idd2n * (t.rc - t.ras);
        made.activate += count(totals.activates) * s.volts * cycle * clock;
        made.read += count(totals.read_bursts) * s.volts * (s.idd4r - s.idd3n) * t.burst() * clock;
        made.write += count(totals.write_bursts) * s.volts * (s.idd4w - s.idd3n) * t.burst() * clock;
        made.refresh += count(totals.refreshes) * s.volts * (s.idd5 - s.idd3n) * t.rfc * clock;
        made.background +=
            devices * config.geometry.ranks * s.volts * (s.idd3n * awake + s.idd3p * down + s.idd6 * asleep);
    }
    return made;
}

}  // namespace exysim::dram
