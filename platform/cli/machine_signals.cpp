#include "platform/cli/machine_signals.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <numeric>

#include "platform/cli/commands.hpp"

namespace exysim::cli {

namespace {
Picoseconds now() { return picoseconds(sc_core::sc_time_stamp()); }
}  // namespace

/// Hears a camera port's lines beside the devices that listen to it.
struct MachineSignals::CameraTap final : camera::VideoSink {
    std::vector<Pen> valid, number, row;
    void frame_start(uint64_t frame, const camera::SentFormat&) override {
        for (const Pen& pen : valid) pen.set(1, now());
        for (const Pen& pen : number) pen.set(frame, now());
        for (const Pen& pen : row) pen.set(0, now());
    }
    void line(uint32_t index, const camera::Line422&) override {
        for (const Pen& pen : row) pen.set(index + 1, now());
    }
    void frame_end() override {
        for (const Pen& pen : valid) pen.set(0, now());
    }
};

MachineSignals::MachineSignals(board::Machine& machine) : machine_{machine} {
    offer_wires();
    offer_supplies();
    offer_guest();
    if (machine.sensor0) offer_sensor(*machine.sensor0);
    if (machine.sensor1) offer_sensor(*machine.sensor1);
    if (machine.sensor2) offer_sensor(*machine.sensor2);
    for (auto& [name, unit] : machine.fimcs) offer_fimc(name, unit->fimc);
    offer_display();
    offer_gpu();
    offer_bus();
    offer_banks();
    sort();
}

MachineSignals::~MachineSignals() = default;

void MachineSignals::offer(observe::SignalFacts facts, Attach attach) {
    facts_.push_back(std::move(facts));
    attach_.push_back(std::move(attach));
}

void MachineSignals::sort() {
    std::vector<size_t> order(facts_.size());
    std::iota(order.begin(), order.end(), 0U);
    std::sort(order.begin(), order.end(),
              [&](size_t a, size_t b) { return facts_[a].name < facts_[b].name; });
    std::vector<observe::SignalFacts> facts;
    std::vector<Attach> attach;
    for (const size_t n : order) {
        facts.push_back(std::move(facts_[n]));
        attach.push_back(std::move(attach_[n]));
    }
    facts_ = std::move(facts);
    attach_ = std::move(attach);
}

std::unique_ptr<observe::VcdFile> MachineSignals::write(const std::filesystem::path& file,
                                                        const std::vector<size_t>& chosen) {
    std::vector<observe::VcdFile::Signal> signals;
    for (const size_t n : chosen) signals.push_back({facts_[n].name, facts_[n].width});
    auto made = std::make_unique<observe::VcdFile>(file, version(), std::move(signals));
    for (size_t n = 0; n < chosen.size(); ++n) attach_[chosen[n]](Pen{made.get(), n});
    return made;
}

/// A wire has the name of the port that drives it.
void MachineSignals::offer_wires() {
    for (board::Wire& wire : machine_.wires()) {
        if (wire.from.empty()) continue;
        offer({wire.from, 1, fmt::format("level of the line to {}", wire.to)},
              [&wire](Pen pen) { wire.changed.attach([pen](bool level) { pen.set(level, now()); }); });
    }
}

void MachineSignals::offer_supplies() {
    for (const board::SupplyTree::Branch& branch : machine_.supplies.branches()) {
        const Supplied& block = branch.block;
        offer({fmt::format("supply.{}", branch.rule.block), 2,
               "0 without power, 1 without clock (its gate is closed), 2 running"},
              [this, &block](Pen pen) {
                  const auto tell = [pen, &block] { pen.set(static_cast<uint64_t>(block.supply()), now()); };
                  tell();
                  machine_.supplies.passed_on.attach([tell](const board::SuppliesPassedOn&) { tell(); });
              });
    }
}

/// What software says, and which interrupts cores have.
void MachineSignals::offer_guest() {
    for (uint32_t core = 0; core < machine_.cpu.count(); ++core) {
        offer({fmt::format("gic.core{}_taken", core), 4,
               "interrupts that the core has acknowledged and not ended yet"},
              [this, core](Pen pen) {
                  machine_.gic.interrupt.attach([pen, core](const system::InterruptEvent& e) {
                      if (e.core == core)
                          pen.add(e.what == system::InterruptEvent::What::taken ? 1 : -1, e.time);
                  });
              });
    }
    if (!machine_.simctl) return;
    offer({"guest.task", 32, "number of the guest's task that has the processor, 0: none"}, [this](Pen pen) {
        machine_.simctl->event.attach([pen](const system::GuestEvent& e) {
            if (static_cast<system::EventKind>(e.record.kind) == system::EventKind::task_switch)
                pen.set(e.record.task, e.time);
        });
    });
}

template <class Sensor>
void MachineSignals::offer_sensor(Sensor& sensor) {
    CameraTap& tap = *taps_.emplace_back(std::make_unique<CameraTap>());
    const std::string name = sensor.basename();
    const auto offer_one = [&](const char* signal, unsigned width, const char* sentence,
                               std::vector<Pen> CameraTap::*pens) {
        offer({name + "." + signal, width, sentence}, [&tap, &sensor, pens](Pen pen) {
            const bool connected = !tap.valid.empty() || !tap.number.empty() || !tap.row.empty();
            if (!connected) sensor.connect(tap);
            (tap.*pens).push_back(pen);
        });
    };
    offer_one("frame_valid", 1, "from a frame's first to its last pixel", &CameraTap::valid);
    offer_one("frame", 32, "the frame's number since the stream was switched on", &CameraTap::number);
    offer_one("lines", 16, "lines of the frame that have left the sensor", &CameraTap::row);
}

void MachineSignals::offer_fimc(const std::string& name, camera::Fimc& fimc) {
    offer({name + ".written", 32, "captured frames that are in memory as a whole"}, [&fimc](Pen pen) {
        fimc.frame_written.attach([pen](const FrameWritten& frame) { pen.add(1, frame.time); });
    });
    offer({name + ".job", 1, "a job from memory to memory is running"}, [&fimc](Pen pen) {
        fimc.job_started.attach([pen](const JobStarted& job) { pen.set(1, job.time); });
        fimc.job_done.attach([pen](const JobDone& job) { pen.set(0, job.time); });
        fimc.was_reset.attach([pen](const EngineReset&) { pen.set(0, now()); });
    });
}

void MachineSignals::offer_display() {
    if (auto* display = machine_.display.get()) {
        offer({"mixer0.vsyncs", 32, "frames and fields that the mixer has begun"}, [display](Pen pen) {
            display->mixer.vsync_seen.attach([pen](const Vsync& vsync) { pen.add(1, vsync.time); });
        });
        offer({"mixer0.frames", 32, "pictures that have left for the screen as a whole"}, [display](Pen pen) {
            display->mixer.frame.attach([pen](const DisplayFrame&) { pen.add(1, now()); });
        });
    }
    if (auto* panel = machine_.panel.get()) {
        offer({"fimd0.frames", 32, "pictures that have left for the panel as a whole"}, [panel](Pen pen) {
            panel->fimd.frame.attach([pen](const DisplayFrame&) { pen.add(1, now()); });
        });
    }
}

void MachineSignals::offer_gpu() {
    auto* gpu = machine_.gpu.get();
    if (!gpu) return;
    offer({"g2d.busy", 1, "the 2D engine is at a blit"}, [gpu](Pen pen) {
        gpu->g2d.done.attach([pen](const gpu::BlitDone& blit) { pen.pulse(blit.begin, blit.end); });
    });
}

void MachineSignals::offer_bus() {
    if (!machine_.bus.contended()) return;
    const auto offer_port = [this](const std::string& name, bool write, const std::string& sentence,
                                   auto mine) {
        offer({name + (write ? ".write" : ".read"), 1, sentence, false}, [this, write, mine](Pen pen) {
            machine_.bus.watch_ports();
            machine_.bus.port_used.attach([pen, write, mine](const interconnect::PortUse& use) {
                if (use.write == write && mine(use)) pen.pulse(use.begin, use.end);
            });
        });
    };
    for (const bool write : {false, true}) {
        for (const std::string& master : machine_.bus.masters())
            offer_port("bus." + master, write, "a burst of this master has a memory's port",
                       [master](const interconnect::PortUse& use) { return use.master == master; });
        for (const std::string& memory : machine_.bus.memories())
            offer_port("bus.to_" + memory, write, "a burst has this memory's port",
                       [memory](const interconnect::PortUse& use) { return use.memory == memory; });
    }
}

void MachineSignals::offer_banks() {
    dram::Controller* controller = machine_.ram.controller();
    if (!controller) return;
    for (uint32_t channel = 0; channel < controller->channels(); ++channel) {
        for (uint32_t bank = 0; bank < controller->channel(channel).banks(); ++bank) {
            offer({fmt::format("ram.channel{}.bank{}", channel, bank), 1,
                   "data of this bank pass over the channel", false},
                  [controller, channel, bank](Pen pen) {
                      controller->watch(channel, [controller, pen, bank](const dram::BankUse& use) {
                          if (use.bank == bank)
                              pen.pulse(controller->picoseconds_of(use.begin),
                                        controller->picoseconds_of(use.end));
                      });
                  });
        }
    }
}

}  // namespace exysim::cli
