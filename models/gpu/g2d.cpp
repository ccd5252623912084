#include "models/gpu/g2d.hpp"

#include <algorithm>
#include <cstring>
#include <utility>

namespace exysim::gpu {

namespace {
Counter& count(Instruments& in, const std::string& block, const char* what, const char* unit,
               const char* sentence) {
    return in.statistics.counter(block + what, unit, sentence);
}
}  // namespace

G2d::G2d(const sc_core::sc_module_name& module_name, const G2dConfig& config, Instruments& in)
    : RegisterTarget{module_name, in, config.version},
      dma{"dma", config.skew},
      config_{config},
      blits_{count(in, name(), ".blits", "1", "blits carried out to their end")},
      pixels_{count(in, name(), ".pixels", "pixels", "destination pixels computed")},
      lists_{count(in, name(), ".lists", "1", "command lists run to their end")},
      bus_errors_{count(in, name(), ".bus_errors", "1", "transfers that the bus answered with an error")},
      busy_time_{count(in, name(), ".busy_time", "ps", "time the engine was at work")} {
    core_.mistake = [this, &log = in.guest_errors](std::string_view what, uint32_t offset, uint32_t value) {
        log.report(
            {.instance = name(), .what = std::string{what}, .reg = {}, .offset = offset, .value = value});
    };
    SC_THREAD(run);
}

void G2d::update() {
    irq.write(core_.irq());
    if (std::exchange(told_, core_.resets()) != core_.resets()) was_reset({});
    changed_.notify(sc_core::SC_ZERO_TIME);
}

void G2d::run() {
    for (;;) {
        Work work = core_.take_work();
        while (work == Work::none) {
            sc_core::wait(changed_);
            work = core_.take_work();
        }
        const Picoseconds begin = picoseconds(sc_core::sc_time_stamp());
        resets_ = core_.resets();
        pipeline_ = begin;
        clock_hz_ = std::max<uint64_t>(config_.clock(), 1);
        const bool whole = work == Work::blit ? blit() : run_lists();
        dma.catch_up();
        if (whole && !void_now()) {
            work == Work::blit ? core_.end_blit() : core_.end_lists();
        } else {
            while (!void_now()) sc_core::wait(changed_);  // a bus error: stuck until reset
        }
        busy_time_ += picoseconds(sc_core::sc_time_stamp()) - begin;
        update_in();
    }
}

bool G2d::blit() {
    const Picoseconds begin = picoseconds(dma.now());
    const Blit settings = core_.blit();
    tell_start(settings);
    if (!blitter_.run(settings, *this)) return false;
    pass(1);
    ++blits_;
    const Rect& area = settings.clip;
    const uint64_t pixels = settings.nothing_to_do
                                ? 0
                                : static_cast<uint64_t>(area.width()) * static_cast<uint64_t>(area.height());
    done({begin, picoseconds(dma.now()), pixels});
    tell_end(settings);
    return !void_now();
}

void G2d::tell_start(const Blit& b) const {
    if (!job_started.watched() || b.nothing_to_do) return;
    std::vector<IovaRange> reads;
    if (!b.solid_fill && b.source_select == Select::memory) reads = ranges_of(b.source, b.source.rect);
    if (!b.solid_fill && b.destination_select == Select::memory && Blitter::reads_destination(b)) {
        for (const IovaRange& range : ranges_of(b.destination, b.clip)) reads.push_back(range);
    }
    job_started({picoseconds(dma.now()), std::move(reads)});
}

void G2d::tell_end(const Blit& b) const {
    if (!job_done.watched() || b.nothing_to_do) return;
    const auto row = static_cast<int64_t>(b.destination.format.bytes(static_cast<uint32_t>(b.clip.width())));
    const bool selects = b.source_key.enabled || b.destination_key.enabled;
    job_done({picoseconds(dma.now()), ranges_of(b.destination, b.clip),
              row == b.destination.stride && !selects && b.transparency == Transparency::opaque});
}

bool G2d::run_lists() {
    Iova at = core_.begin_lists();
    do {
        if (!run_list(at)) return false;
        if (core_.halted()) break;
        core_.end_list();
        ++lists_;
        if (!wait_while_held()) return false;
    } while (core_.more_lists(at.value));
    return true;
}

/// One list: a count of pairs, the pairs, the next list's address, to which `at` moves on.
bool G2d::run_list(Iova& at) {
    uint32_t pairs = 0, next = 0;
    const auto word = [this](Iova from, uint32_t& into) {
        uint8_t bytes[4];
        if (!read(from, bytes)) return false;
        dma.settle();  // what comes next depends on it
        std::memcpy(&into, bytes, sizeof into);
        return true;
    };
    if (!word(at, pairs) || !run_pairs(at + 4, pairs) || core_.halted()) return !void_now() && core_.halted();
    if (!word(at + 4 + pairs * 8, next)) return false;
    at = Iova{next};
    return true;
}

bool G2d::run_pairs(Iova at, uint32_t pairs) {
    constexpr uint32_t kChunk = 16;  // pairs fetched at a time: a burst
    uint8_t bytes[kChunk * 8];
    while (pairs > 0 && !core_.halted()) {
        const uint32_t now = std::min(pairs, kChunk);
        if (!read(at, std::span{bytes}.first(now * 8))) return false;
        dma.settle();
        for (uint32_t i = 0; i < now && !core_.halted(); ++i) {
            uint32_t pair[2];
            std::memcpy(pair, bytes + i * 8, sizeof pair);
            if (core_.list_write(pair[0], pair[1]) == G2dCore::Step::blit && !list_blit()) return false;
            pass(1);
            if (void_now() || !wait_while_held()) return false;
        }
        at = at + now * 8;
        pairs -= now;
    }
    return true;
}

bool G2d::list_blit() {
    if (!blit()) return false;
    dma.catch_up();
    core_.end_list_blit();
    return true;
}

bool G2d::wait_while_held() {
    if (!core_.holding()) return !void_now();
    dma.catch_up();
    update_in();
    while (core_.holding()) sc_core::wait(changed_);
    pipeline_ = picoseconds(sc_core::sc_time_stamp());
    return !void_now();
}

/// The engine has `cycles` more to do; it may be behind or ahead of its memory traffic.
void G2d::pass(uint64_t cycles) {
    const Picoseconds begun = std::max(pipeline_, picoseconds(sc_core::sc_time_stamp()));
    pipeline_ = std::max(begun + time_of_tick(cycles, clock_hz_), picoseconds(dma.now()));
    if (pipeline_ <= picoseconds(dma.now())) return;
    dma.catch_up();
    const Picoseconds now = picoseconds(sc_core::sc_time_stamp());
    if (pipeline_ > now) sc_core::wait(sc_ps(pipeline_ - now));
}

bool G2d::row_done(uint32_t pixels) {
    pixels_ += pixels;
    pass(pixels);
    return !void_now();
}

template <class Byte, class Transfer>
bool G2d::in_bursts(Iova at, std::span<Byte> bytes, Transfer transfer) {
    while (!bytes.empty()) {
        const size_t size =
            std::min<size_t>(config_.burst_bytes - at.value % config_.burst_bytes, bytes.size());
        wait_for_clock();
        const bool moved = !void_now() && transfer(at, bytes.first(size));
        if (void_now()) return false;
        if (!moved) {
            ++bus_errors_;
            core_.mistake("memory answered with an error; the engine is stuck until reset", 0, at.value);
            return false;
        }
        at = at + static_cast<uint32_t>(size);
        bytes = bytes.subspan(size);
    }
    return true;
}

bool G2d::read(Iova at, std::span<uint8_t> into) {
    return in_bursts(at, into, [this](Iova a, std::span<uint8_t> part) { return dma.read(a, part); });
}

bool G2d::write(Iova at, std::span<const uint8_t> from) {
    return in_bursts(at, from, [this](Iova a, std::span<const uint8_t> part) { return dma.write(a, part); });
}

}  // namespace exysim::gpu
