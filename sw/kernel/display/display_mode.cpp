#include "display/display_mode.hpp"

namespace kernel {

namespace {
// clang-format off
constexpr DisplayMode kModes[] = {
    // width front sync back   height front sync back   pixel clock  positive VIC
    {720,    16,   62,  60,    480,   9,    6,   30,    27'027'000,  false,   3},
    {720,    12,   64,  68,    576,   5,    5,   39,    27'000'000,  false,   18},
    {1280,   110,  40,  220,   720,   5,    5,   20,    74'250'000,  true,    4},
    {1280,   440,  40,  220,   720,   5,    5,   20,    74'250'000,  true,    19},
    {1920,   88,   44,  148,   1080,  4,    5,   36,    148'500'000, true,    16},
    {1920,   528,  44,  148,   1080,  4,    5,   36,    148'500'000, true,    31},
    {1920,   88,   44,  148,   1080,  4,    5,   36,    74'250'000,  true,    34},
};
// clang-format on
}  // namespace

std::span<const DisplayMode> display_modes() { return kModes; }

}  // namespace kernel
