// The signals that a machine offers for a VCD: wires between blocks, what supplies them, what cameras,
// engines and displays are doing, and who has the bus and the memory.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "models/camera/frame_source.hpp"
#include "platform/board/machine.hpp"
#include "platform/observe/signal_choice.hpp"
#include "platform/observe/vcd_file.hpp"

namespace exysim::cli {

/// Made after the machine and before the simulation starts; lives as long as the simulation. Only what is
/// attached costs anything.
class MachineSignals {
public:
    explicit MachineSignals(board::Machine& machine);
    ~MachineSignals();
    MachineSignals(const MachineSignals&) = delete;
    MachineSignals& operator=(const MachineSignals&) = delete;

    /// In the order of their names.
    const std::vector<observe::SignalFacts>& offered() const { return facts_; }
    /// Makes `file` of those signals, by choose_signals(), and lets them run into it.
    std::unique_ptr<observe::VcdFile> write(const std::filesystem::path& file,
                                            const std::vector<size_t>& chosen);

private:
    /// One signal's place in a file.
    struct Pen {
        observe::VcdFile* file;
        size_t n;
        void set(uint64_t value, Picoseconds at) const { file->set(n, value, at); }
        void add(int64_t amount, Picoseconds at) const { file->add(n, amount, at); }
        /// High from `begin` to `end`.
        void pulse(Picoseconds begin, Picoseconds end) const {
            add(1, begin);
            add(-1, end);
        }
    };
    using Attach = std::function<void(Pen)>;
    struct CameraTap;

    void offer(observe::SignalFacts facts, Attach attach);
    void offer_wires();
    void offer_supplies();
    void offer_guest();
    template <class Sensor>
    void offer_sensor(Sensor& sensor);
    void offer_fimc(const std::string& name, camera::Fimc& fimc);
    void offer_display();
    void offer_gpu();
    void offer_bus();
    void offer_banks();
    void sort();

    board::Machine& machine_;
    std::vector<observe::SignalFacts> facts_;
    std::vector<Attach> attach_;
    std::vector<std::unique_ptr<CameraTap>> taps_;
};

}  // namespace exysim::cli
