#include "models/system/simctl.hpp"

#include <algorithm>
#include <array>

namespace exysim::system {

namespace {
constexpr size_t kMaxName = 63;
constexpr uint32_t kNamePiece = 16;  // bytes; divides a page
constexpr Picoseconds kPicosecondsPerNanosecond = 1000;
}  // namespace

Simctl::Simctl(sc_core::sc_module_name module_name, const SimctlConfig& config, Instruments& instruments)
    : RegisterTarget{module_name, instruments},
      memory_{config.memory},
      guest_errors_{instruments.guest_errors} {
    core_.regs.on_write(SimctlCore::kExit, [this](uint32_t status) {
        exit({status, picoseconds(sc_core::sc_time_stamp())});
    });
    core_.regs.on_write(SimctlCore::kEventPtr, [this](uint32_t record) { consume(PhysAddr{record}); });
}

void Simctl::before_access() {
    core_.now_ns = picoseconds(sc_core::sc_time_stamp()) / kPicosecondsPerNanosecond;
}

void Simctl::consume(PhysAddr at) {
    const auto record = fetch(at);
    if (!record) {
        guest_errors_.report({.instance = name(),
                              .what = "malformed event record",
                              .reg = "EVENT_PTR",
                              .offset = SimctlCore::kEventPtr,
                              .value = at.value});
        return;
    }
    if (event.watched())
        event({*record, fetch_name(VirtAddr{record->name_ptr}), picoseconds(sc_core::sc_time_stamp())});
}

std::optional<EventRecord> Simctl::fetch(PhysAddr at) const {
    EventRecord record{};
    const std::span<uint8_t> bytes{reinterpret_cast<uint8_t*>(&record), sizeof record};  // little-endian host
    const bool readable = memory_.physical && memory_.physical(at, bytes);
    if (!readable || !record.well_formed()) return {};
    return record;
}

/// Piece by piece, none across a page: the name may end just before an unmapped one.
std::string Simctl::fetch_name(VirtAddr at) const {
    std::string text;
    if (at.value == 0 || !memory_.virtual_) return text;
    std::array<uint8_t, kNamePiece> piece{};
    while (text.size() < kMaxName) {
        const uint32_t size = kNamePiece - at.value % kNamePiece;
        if (!memory_.virtual_(at, std::span{piece}.first(size))) break;
        const auto end = std::find(piece.begin(), piece.begin() + size, 0);
        text.append(piece.begin(), end);
        if (end != piece.begin() + size) break;
        at = at + size;
    }
    return text.substr(0, kMaxName);
}

}  // namespace exysim::system
