// Names of the camera blocks' registers, for listings and debuggers: the manual's, or Linux's where that has
// better ones.
#pragma once

#include "models/base/register_name.hpp"

namespace exysim::camera {

// clang-format off
inline constexpr RegisterName kCsisNames[] = {
    {0x000, "CSIS_CTRL",         "on, reset, order and alignment"},
    {0x004, "CSIS_DPHYCTRL",     "lanes of the PHY"},
    {0x008, "CSIS_CONFIG",       "lanes and format"},
    {0x010, "CSIS_INTMSK",       "interrupts that are enabled"},
    {0x014, "CSIS_INTSRC",       "interrupts that have happened; ones clear"},
    {0x02C, "CSIS_RESOL",        "size of the picture"},
    {0x2000, "CSIS_PKTDATA_ODD",  "other data of odd frames"},
    {0x3000, "CSIS_PKTDATA_EVEN", "other data of even frames"},
};
inline constexpr RegisterName kFimcLiteNames[] = {
    {0x000, "CISRCSIZE",  "source: size and order"},
    {0x004, "CIGCTRL",    "format, reset, interrupts, test pattern"},
    {0x008, "CIIMGCPT",   "which frames are captured"},
    {0x00C, "CICPTSEQ",   "frames to capture, of 32"},
    {0x010, "CIWDOFST",   "crop window: left and top; clears overflows"},
    {0x014, "CIWDOFST2",  "crop window: right and bottom"},
    {0x018, "CIODMAFMT",  "how the output is written"},
    {0x020, "CIOCAN",     "size of the output buffer"},
    {0x024, "CIOOFF",     "where the picture begins in it"},
    {0x030, "CIOSA",      "address of the first output slot"},
    {0x040, "CISTATUS",   "interrupts that have happened, overflows, the port's signals"},
    {0x044, "CISTATUS2",  "ends of frames"},
    {0x0F0, "CITHOLD",    "priority of bus transfers"},
    {0x0FC, "CIGENERAL",  "camera port"},
    {0x100, "CIFCNTSEQ",  "output slots that are filled"},
    {0x200, "CIOSAN",     "addresses of the other output slots"},
};
inline constexpr RegisterName kFimcNames[] = {
    {0x000, "CISRCFMT",     "source: size, order and bus"},
    {0x004, "CIWDOFST",     "crop window: left and top; clears overflows"},
    {0x008, "CIGCTRL",      "reset, inputs, interrupts, test pattern"},
    {0x014, "CIWDOFST2",    "crop window: right and bottom"},
    {0x018, "CIOYSA",       "luma addresses of the first four output slots"},
    {0x028, "CIOCBSA",      "Cb addresses of the first four output slots"},
    {0x038, "CIOCRSA",      "Cr addresses of the first four output slots"},
    {0x048, "CITRGFMT",     "target: format, size, flip and rotation"},
    {0x04C, "CIOCTRL",      "how the output is written"},
    {0x050, "CISCPRERATIO", "pre-scaler: ratios"},
    {0x054, "CISCPREDST",   "pre-scaler: size of its result"},
    {0x058, "CISCCTRL",     "main scaler: ratios, colour range, on"},
    {0x05C, "CITAREA",      "pixels of the target"},
    {0x064, "CISTATUS",     "overflows, sync and what is on now"},
    {0x068, "CISTATUS2",    "numbers of the frames before and now"},
    {0x0C0, "CIIMGCPT",     "capture on"},
    {0x0C4, "CICPTSEQ",     "which frames are captured, a bit each"},
    {0x0D0, "CIIMGEFF",     "image effect"},
    {0x0D4, "CIIYSA",       "addresses of the input from memory: Y, Cb, Cr"},
    {0x0EC, "CIILINESKIP",  "input lines left out: Y, Cb, Cr"},
    {0x0F8, "CIREAL_ISIZE", "size of the input from memory"},
    {0x0FC, "MSCTRL",       "input from memory: format, flip, start"},
    {0x144, "CIIYSA1",      "second addresses of the input: Y, Cb, Cr"},
    {0x168, "CIOYOFF",      "where the output begins in its buffer: Y, Cb, Cr"},
    {0x174, "CIIYOFF",      "where the input begins in its buffer: Y, Cb, Cr"},
    {0x180, "ORGISIZE",     "lines and columns of the input buffer"},
    {0x184, "ORGOSIZE",     "lines and columns of the output buffer"},
    {0x188, "CIEXTEN",      "more bits of sizes and ratios"},
    {0x18C, "CIDMAPARAM",   "linear or tiled buffers"},
    {0x194, "CSIIMGFMT",    "format of the serial camera"},
    {0x198, "MISC_FIMC",    "unused here"},
    {0x1FC, "CIFCNTSEQ",    "output slots that are used, a bit each"},
    {0x200, "CIOYSA5",      "luma addresses of output slots 5 to 32"},
    {0x270, "CIOCBSA5",     "Cb addresses of output slots 5 to 32"},
    {0x2E0, "CIOCRSA5",     "Cr addresses of output slots 5 to 32"},
};
// clang-format on

}  // namespace exysim::camera
