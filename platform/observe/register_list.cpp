#include "platform/observe/register_list.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <map>
#include <span>

#include "models/cache/register_names.hpp"
#include "models/camera/register_names.hpp"
#include "models/display/register_names.hpp"
#include "models/gpu/register_names.hpp"
#include "models/iommu/register_names.hpp"
#include "models/system/register_names.hpp"

namespace exysim::observe {

namespace {

/// Which names belong to which blocks; the first row that knows an offset counts.
struct Named {
    std::string_view begins, ends;  ///< of the block's name
    std::span<const RegisterName> names;
    std::string_view with_field = {};  ///< only of a version that has this field
};
// clang-format off
constexpr Named kNamed[] = {
    {"",         ".interface",    system::kGicInterfaceNames},
    {"",         ".private",      system::kGicPrivateNames},
    {"",         ".shared",       system::kGicSharedNames},
    {"scu.",     ".global_timer", system::kGlobalTimerNames},
    {"scu.",     ".timer",        system::kPrivateTimerNames},
    {"scu.",     ".watchdog",     system::kPrivateWatchdogNames},
    {"scu.",     ".scu",          system::kScuNames},
    {"chipid",   "",              system::kChipIdNames},
    {"cmu",      "",              system::kCmuNames},
    {"combiner", "",              system::kCombinerNames},
    {"gpio",     "",              system::kGpioNames},
    {"i2c",      "",              system::kI2cNames},
    {"mct",      "",              system::kMctNames},
    {"pdma",     "",              system::kPl330Names},
    {"mdma",     "",              system::kPl330Names},
    {"pmu",      "",              system::kPmuNames},
    {"pwm",      "",              system::kPwmNames},
    {"simctl",   "",              system::kSimctlNames},
    {"sysreg",   "",              system::kSysregNames},
    {"uart",     "",              system::kUartNames},
    {"wdt",      "",              system::kWdtNames},
    {"l2c",      "",              cache::kPl310Names},
    {"sysmmu_",  "",              iommu::kSysMmuTlbNames,      "L1TLB_READ_ENTRY"},
    {"sysmmu_",  "",              iommu::kSysMmuPrefetchNames, "PB_ADDR"},
    {"sysmmu_",  "",              iommu::kSysMmuNames},
    {"csis",     "",              camera::kCsisNames},
    {"fimc_lite", "",             camera::kFimcLiteNames},
    {"fimc",     "",              camera::kFimcNames},
    {"fimd",     "",              display::kFimdNames},
    {"hdmi",     "",              display::kHdmiNames},
    {"mixer",    "",              display::kMixerNames},
    {"sdo",      "",              display::kSdoNames},
    {"vp",       "",              display::kVpNames},
    {"g2d",      "",              gpu::kG2dNames},
};
constexpr std::string_view kAccessNames[] = {"rw", "ro", "wo", "w1c", "w1p"};  // in the order of Access
// clang-format on

const RegisterName* name_at(std::string_view block, uint32_t offset, const std::vector<FieldUse>& fields) {
    for (const Named& row : kNamed) {
        if (!block.starts_with(row.begins) || !block.ends_with(row.ends)) continue;
        const bool version =
            row.with_field.empty() || std::any_of(fields.begin(), fields.end(), [&](const FieldUse& use) {
                return use.field.name == row.with_field;
            });
        const auto found = std::find_if(row.names.begin(), row.names.end(),
                                        [&](const RegisterName& n) { return n.offset == offset; });
        if (version && found != row.names.end()) return &*found;
    }
    return nullptr;
}

}  // namespace

std::string ListedRegister::name_of(uint32_t index) const {
    return count == 1 ? name : fmt::format("{}[{}]", name, index);
}

std::vector<ListedRegister> registers_of(std::string_view block, const RegisterBank& bank) {
    const std::vector<FieldUse> all = bank.use();
    std::map<uint32_t, ListedRegister> by_offset;
    for (const FieldUse& use : all) {
        ListedRegister& r = by_offset[use.field.offset];
        r.offset = use.field.offset;
        r.count = std::max(r.count, use.field.count);
        r.stride = use.field.stride;
        r.fields.push_back(use.field);
    }
    std::vector<ListedRegister> list;
    for (auto& [offset, r] : by_offset) {
        std::sort(r.fields.begin(), r.fields.end(),
                  [](const Field& a, const Field& b) { return a.high > b.high; });
        const RegisterName* known = name_at(block, offset, all);
        r.name = known ? std::string{known->name} : fmt::format("{:#05x}", offset);
        if (known) r.sentence = known->sentence;
        list.push_back(std::move(r));
    }
    return list;
}

std::string_view access_name(Access access) { return kAccessNames[static_cast<size_t>(access)]; }

std::string bits_of(const Field& field) {
    return field.high == field.low ? fmt::format("{}", field.low)
                                   : fmt::format("{}:{}", field.high, field.low);
}

}  // namespace exysim::observe
