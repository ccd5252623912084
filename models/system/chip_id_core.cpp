#include "models/system/chip_id_core.hpp"

#include <array>
#include <span>

namespace exysim::system {

namespace {

using Core = ChipIdCore;

/// The registers of a chip whose PRO_ID reads `id`.
constexpr std::array<Field, 8> map_with(uint32_t id) {
    // clang-format off
    return {{
        {Core::kProId,   "PRODUCT",  31, 12, Access::ro, id >> 12},
        {Core::kProId,   "PACKAGE",  11,  8, Access::ro, id >> 8 & 0xF},
        {Core::kProId,   "MAIN_REV",  7,  4, Access::ro, id >> 4 & 0xF},
        {Core::kProId,   "SUB_REV",   3,  0, Access::ro, id & 0xF},
        {Core::kPkgId,   "PKG_ID",   31,  0, Access::ro, 0},
        {Core::kXom,     "XOM",      31,  0, Access::ro, 1},     // bit 0: the 24 MHz crystal is on XUSBXTI
        {Core::kLotId,   "LOT_ID",   31,  0, Access::ro, 0, 2},  // fuses, 0x14 and 0x18
        {Core::kAuxInfo, "AUX_INFO", 31,  0, Access::ro, 0},
    }};
    // clang-format on
}
constexpr auto kMap4210 = map_with(0x4321'0211);  // rev 1.1
constexpr auto kMap4412 = map_with(0xE441'2011);  // rev 1.1
static_assert(well_formed(kMap4210) && well_formed(kMap4412));

std::span<const Field> map_of(Chip chip) {
    if (chip == Chip::exynos4412) return kMap4412;
    return kMap4210;
}

}  // namespace

ChipIdCore::ChipIdCore(Chip chip) : regs{map_of(chip)} {}

}  // namespace exysim::system
