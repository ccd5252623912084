// What FIMC and FIMC-LITE have in common: lines of the selected camera port wait in a FIFO for the DMA
// engine, and a frame ends in memory or is dropped for a reason.
#pragma once

#include <deque>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "models/base/engine_reset.hpp"
#include "models/base/frame_events.hpp"
#include "models/base/probe.hpp"
#include "models/base/statistics.hpp"
#include "models/base/tlm/dma_port.hpp"
#include "models/base/tlm/register_target.hpp"
#include "models/camera/camera_ports.hpp"
#include "models/camera/frame_writer.hpp"

namespace exysim::camera {

/// A frame that is being captured, as far as FIFO and DMA engine know it; units add what they need.
struct CapturedFrame {
    uint64_t number = 0;
    uint64_t resets = 0;           ///< the core's count when it began
    std::string_view damage = {};  ///< why it is lost, or empty: the first reason counts

    void spoil(std::string_view reason) {
        if (damage.empty()) damage = reason;
    }
};

/// What becomes of a frame that begins.
template <class Frame>
struct BegunFrame {
    std::optional<Frame> frame = {};    ///< `number` and `resets` are filled in
    std::string_view drop_reason = {};  ///< otherwise
    std::string_view mistake = {};      ///< what the guest did wrong, or empty
};

struct CaptureConfig {
    sc_core::sc_time skew;      ///< how far DMA may be booked ahead of SystemC time
    uint32_t fifo_lines;        ///< what the FIFO holds
    uint32_t capture_register;  ///< CIIMGCPT's offset: mistakes in a frame's settings are reported there
};

/// A full FIFO is an overflow, which spoils the frame: the rest of its lines is lost. `Core` has selected(),
/// irq(), resets(), overflow() and end_frame(); `Frame` is a CapturedFrame. Without its clock the engine
/// stands still and the frame that arrives is lost; without power all are.
/// Statistics: `<name>.{frames,dropped,overflows,bus_errors}`.
template <class Core, class Frame>
class CaptureShell : public RegisterTarget<Core> {
public:
    sc_core::sc_out<bool> irq{"irq"};
    DmaPort dma;
    Probe<FrameWritten> frame_written;
    Probe<FrameDropped> frame_dropped;
    Probe<FrameWritten>
        frame_damaged;  ///< before `frame_dropped`: the buffer of a frame that came only in part
    Probe<EngineReset> was_reset;

    /// Where the wires of a camera port end. Registers select the one that is listened to.
    VideoSink& input(CameraPort port) { return inputs_[port]; }

protected:
    SC_HAS_PROCESS(CaptureShell);

    template <class... CoreArguments>
    CaptureShell(const sc_core::sc_module_name& module_name, const CaptureConfig& config,
                 Instruments& instruments, CoreArguments&&... arguments)
        : Shell{module_name, instruments, std::forward<CoreArguments>(arguments)...},
          dma{"dma", config.skew},
          bus_errors_{count(instruments, "bus_errors", "transfers that the bus answered with an error")},
          config_{config},
          guest_errors_{instruments.guest_errors},
          captured_{count(instruments, "frames", "frames written to memory")},
          dropped_{count(instruments, "dropped", "frames that arrived and were not written")},
          overflows_{
              count(instruments, "overflows", "frames spoilt because memory did not take lines in time")} {
        SC_THREAD(run);
    }

    virtual BegunFrame<Frame> begin(const SentFormat& format) = 0;
    /// Vertical blanking is over; `frame` is null where the frame is not taken.
    virtual void begin_lines(Frame* frame) = 0;
    virtual void take(Frame& frame, uint32_t index, const Line422& pixels) = 0;
    /// The last line has come: what the unit still holds goes to the FIFO.
    virtual void flush(Frame& /*frame*/) {}
    /// Where the frame lies, if it has got a place.
    virtual std::vector<IovaRange> planes_of(const Frame& frame) const = 0;
    /// Another thing for the DMA engine to do, while the FIFO is empty; false: nothing, until wake().
    virtual bool do_other_work() { return false; }

    void update() override {
        irq.write(core_.irq());
        if (std::exchange(resets_, core_.resets()) != core_.resets()) was_reset({});
    }
    void wake() { filled_.notify(sc_core::SC_ZERO_TIME); }

    /// A line's bytes go to the FIFO, if there is room.
    void enqueue(Frame& frame, WriteList&& writes) {
        if (writes.empty()) return;
        if (fifo_.size() >= config_.fifo_lines) {
            frame.spoil("overflow");
            ++overflows_;
            core_.overflow();
            return this->update_in();
        }
        push({std::move(writes), false});
    }

    void report(std::string_view mistake) {
        guest_errors_.report({.instance = this->name(),
                              .what = std::string{mistake},
                              .reg = "CIIMGCPT",
                              .offset = config_.capture_register});
    }

    using RegisterTarget<Core>::core_;
    Counter& bus_errors_;

private:
    using Shell = RegisterTarget<Core>;
    friend class CameraPorts<CaptureShell>;
    /// What a line gave, or the end of a frame.
    struct Entry {
        WriteList writes;
        bool end;
    };

    Counter& count(Instruments& instruments, const char* what, const char* sentence) {
        return instruments.statistics.counter(std::string{this->name()} + "." + what, "1", sentence);
    }

    /// Lines that come now are not received.
    void supply_lost() override {
        if (receiving_) frames_.back().spoil("no clock");
    }

    void frame_start(uint64_t number, const SentFormat& format) {
        if (receiving_) cut_short();
        if (this->supply() != Supply::on) return drop(number, "no clock");
        BegunFrame<Frame> begun = begin(format);
        if (!begun.mistake.empty()) report(begun.mistake);
        receiving_ = begun.frame.has_value();
        blanking_ = true;
        if (receiving_) {
            Frame& frame = frames_.emplace_back(std::move(*begun.frame));
            frame.number = number;
            frame.resets = core_.resets();
        } else {
            drop(number, begun.drop_reason);
        }
        this->update_in();
    }

    void line(uint32_t index, const Line422& pixels) {
        if (this->supply() != Supply::on) return;
        if (std::exchange(blanking_, false)) begin_lines(receiving_ ? &frames_.back() : nullptr);
        if (receiving_ && frames_.back().damage.empty()) take(frames_.back(), index, pixels);
    }

    void frame_end() {
        if (!receiving_) return;
        receiving_ = false;
        if (frames_.back().damage.empty()) flush(frames_.back());
        push({{}, true});
    }

    /// The frame that was received has no end: another port was selected meanwhile.
    void cut_short() {
        frames_.back().spoil("cut short");
        frame_end();
    }

    void push(Entry&& entry) {
        fifo_.push_back(std::move(entry));
        wake();
    }

    void run() {
        for (;;) {
            if (this->supply() == Supply::gated) {
                this->wait_for_clock();
            } else if (!fifo_.empty()) {
                drain();
            } else if (!do_other_work()) {
                sc_core::wait(filled_);
            }
        }
    }

    void drain() {
        const Entry& entry = fifo_.front();  // stays there, and valid, while others are added
        if (!entry.end) {
            write(entry.writes);
            return fifo_.pop_front();  // only now: what is being written still takes its place
        }
        dma.catch_up();
        fifo_.pop_front();
        finish(frames_.front());
        frames_.pop_front();
    }

    void write(const WriteList& writes) {
        for (const WriteList::Write& piece : writes.writes()) {
            Frame& frame = frames_.front();
            this->wait_for_clock();
            if (frame.resets != core_.resets()) return;  // the engine was reset under way
            if (dma.write(piece.at, writes.data(piece)) || frame.resets != core_.resets()) continue;
            ++bus_errors_;
            frame.spoil("bus error");
        }
    }

    void finish(const Frame& frame) {
        if (frame.resets != core_.resets()) return drop(frame.number, "reset");
        const FrameWritten written{frame.number, picoseconds(sc_core::sc_time_stamp()), planes_of(frame)};
        const bool placed = !written.planes.empty();
        if (!frame.damage.empty()) {
            if (placed) frame_damaged(written);
            drop(frame.number, frame.damage);
        } else if (placed) {
            ++captured_;
            frame_written(written);
        }
        core_.end_frame();
        this->update_in();
    }

    void drop(uint64_t number, std::string_view reason) {
        ++dropped_;
        frame_dropped({number, picoseconds(sc_core::sc_time_stamp()), reason});
    }

    CameraPorts<CaptureShell> inputs_{*this};
    CaptureConfig config_;
    GuestErrors& guest_errors_;
    std::deque<Entry> fifo_;
    std::deque<Frame> frames_;  // begun and not yet finished by the DMA engine, oldest first
    bool receiving_ = false;    // the newest of them still gets lines
    bool blanking_ = false;     // no line has come yet
    uint64_t resets_ = 0;       // as was_reset has told them
    sc_core::sc_event filled_;
    Counter &captured_, &dropped_, &overflows_;
};

}  // namespace exysim::camera
