#include "models/system/pl330.hpp"

namespace exysim::system {

Pl330::Pl330(const sc_core::sc_module_name& module_name, const Pl330Config& config, Instruments& in)
    : RegisterTarget{module_name, in, config.shape},
      dma{"dma", config.skew},
      config_{config},
      bus_errors_{in.statistics.counter(std::string{name()} + ".bus_errors", "1",
                                        "transfers that the bus answered with an error")} {
    in.statistics.gauge(std::string{name()} + ".instructions", "1", "microcode instructions executed",
                        [this] { return static_cast<double>(core_.instructions()); });
    core_.mistake = [this, &log = in.guest_errors](std::string_view what, uint32_t offset, uint32_t value) {
        log.report(
            {.instance = name(), .what = std::string{what}, .reg = {}, .offset = offset, .value = value});
    };
    SC_THREAD(run);
}

void Pl330::update() {
    irq.write(core_.irq());
    changed_.notify(sc_core::SC_ZERO_TIME);
}

void Pl330::run() {
    const sc_core::sc_time period = sc_ps(time_of_tick(1, config_.clock_hz));
    for (;;) {
        while (!core_.runnable()) sc_core::wait(changed_);
        if (!wait_for_clock()) continue;
        const bool before = core_.irq();
        core_.step(*this);
        const bool raised = core_.irq() != before;
        if (raised || !core_.runnable()) dma.catch_up();  // what it signals must be in memory
        sc_core::wait(period);
        if (raised) update_in();
    }
}

bool Pl330::read(Iova at, std::span<uint8_t> into) {
    const bool good = dma.read(at, into);
    if (!good) ++bus_errors_;
    return good;
}

bool Pl330::write(Iova at, std::span<const uint8_t> from) {
    const bool good = dma.write(at, from);
    if (!good) ++bus_errors_;
    return good;
}

}  // namespace exysim::system
