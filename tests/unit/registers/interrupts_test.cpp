// Every interrupt of every block: raised by what the block does, masked, and cleared as software does it.
// Sources: the hardware pages of the blocks; a level stays until its cause is cleared.
#include <catch2/catch.hpp>
#include <string>
#include <type_traits>

#include "models/camera/csis_core.hpp"
#include "models/camera/fimc_core.hpp"
#include "models/camera/fimc_lite_core.hpp"
#include "models/display/fimd_core.hpp"
#include "models/display/hdmi_core.hpp"
#include "models/display/mixer_core.hpp"
#include "models/display/sdo_core.hpp"
#include "models/gpu/g2d_core.hpp"
#include "models/iommu/sysmmu_core.hpp"
#include "models/system/combiner_core.hpp"
#include "models/system/global_timer_core.hpp"
#include "models/system/gpio_core.hpp"
#include "models/system/i2c_core.hpp"
#include "models/system/mct_core.hpp"
#include "models/system/pl330_core.hpp"
#include "models/system/private_timer_core.hpp"
#include "models/system/pwm_core.hpp"
#include "models/system/uart_core.hpp"
#include "models/system/wdt_core.hpp"

using namespace exysim;

namespace {

/// One source of a block: how it comes about, and the writes by which software lets it through, holds it back
/// and clears it.
template <class Core>
struct Source {
    std::string name;
    std::function<void(Core&)> raise;
    std::function<void(Core&, bool through)> let;
    std::function<void(Core&)> clear;
    std::function<bool(const Core&)> line = [](const Core& core) {
        if constexpr (requires { core.irq(); }) {
            return core.irq();
        } else {
            return false;  // the row names another line
        }
    };
};

template <class Core>
void check(Core& core, const Source<Core>& s) {
    INFO(s.name);
    s.let(core, true);
    CHECK_FALSE(s.line(core));
    s.raise(core);
    CHECK(s.line(core));
    s.let(core, false);
    CHECK_FALSE(s.line(core));
    s.let(core, true);
    CHECK(s.line(core));  // the cause is still there
    s.clear(core);
    CHECK_FALSE(s.line(core));
    s.let(core, false);
    s.raise(core);
    CHECK_FALSE(s.line(core));
    s.let(core, true);
    CHECK(s.line(core));
}

/// A write to an enable register whose ones let through.
template <class Core>
std::function<void(Core&, bool)> enable(uint32_t offset, uint32_t bits) {
    return [=](Core& core, bool through) { core.regs.write(offset, through ? bits : 0); };
}
template <class Core>
std::function<void(Core&)> write(uint32_t offset, uint32_t value) {
    return [=](Core& core) { core.regs.write(offset, value); };
}

}  // namespace

TEST_CASE("interrupts: watchdog", "[registers]") {
    using Core = system::WdtCore;
    Core core;
    uint64_t clock = 0;
    const auto control = [](bool irq) { return 1U << 5 | (irq ? 1U << 2 : 0); };
    core.regs.write(Core::kWtdat, 1);
    core.regs.write(Core::kWtcnt, 1);
    check<Core>(core, {"WDT", [&](Core& c) { c.advance(clock += 1'000'000); },
                       [&](Core& c, bool through) { c.regs.write(Core::kWtcon, control(through)); },
                       write<Core>(Core::kWtclrint, 1)});
}

namespace {

/// A core's own timer and its watchdog in timer mode have the same registers here.
template <class Core>
void check_private(const char* name) {
    constexpr uint32_t kEnable = 1, kAutoReload = 2, kIrqEnable = 4;
    Core core;
    uint64_t clock = 0;
    core.regs.write(Core::kLoad, 9);
    check<Core>(core, {name, [&](Core& c) { c.advance(clock += 10); },
                       [&](Core& c, bool through) {
                           c.regs.write(Core::kControl, kEnable | kAutoReload | (through ? kIrqEnable : 0));
                       },
                       write<Core>(Core::kStatus, 1)});
}

}  // namespace

TEST_CASE("interrupts: a core's timer and watchdog", "[registers]") {
    check_private<system::PrivateTimerCore>("private timer");
    check_private<system::PrivateWatchdogCore>("private watchdog");
}

TEST_CASE("interrupts: the global timer's comparator", "[registers]") {
    using Core = system::GlobalTimerCore;
    constexpr uint32_t kEnable = 1, kCompare = 2, kIrqEnable = 4, kAutoIncrement = 8;
    Core core{1};
    uint64_t clock = 0;
    core.regs(0).write(Core::kCompareLow, 500);
    core.regs(0).write(Core::kIncrement, 1000);
    check<Core>(core,
                {"global timer", [&](Core& c) { c.advance(clock += 1000); },
                 [&](Core& c, bool through) {
                     c.regs(0).write(Core::kControl,
                                     kEnable | kCompare | kAutoIncrement | (through ? kIrqEnable : 0));
                 },
                 [](Core& c) { c.regs(0).write(Core::kStatus, 1); }, [](const Core& c) { return c.irq(0); }});
}

TEST_CASE("interrupts: PWM timers", "[registers]") {
    using Core = system::PwmCore;
    for (uint32_t n = 0; n < Core::kTimers; ++n) {
        Core core;
        uint64_t clock = 0;
        const uint32_t shift = n == 0 ? 0 : 4 * (n + 1);
        const auto expire = [&](Core& c) {
            c.regs.write(n == 4 ? 0x3CU : Core::kTcntb + 0xC * n, 9);
            c.regs.write(Core::kTcon, 2U << shift);  // manual update
            c.regs.write(Core::kTcon, 1U << shift);
            c.advance(clock += 100);
        };
        check<Core>(core, {"PWM" + std::to_string(n), expire, enable<Core>(Core::kTintCstat, 1U << n),
                           [n](Core& c) {
                               c.regs.write(Core::kTintCstat,
                                            (c.regs.read(Core::kTintCstat) & 0x1F) | 1U << (5 + n));
                           },
                           [n](const Core& c) { return c.irq(n); }});
    }
}

TEST_CASE("interrupts: multi-core timer", "[registers]") {
    using Core = system::MctCore;
    for (uint32_t n = 0; n < Core::kComparators; ++n) {
        Core core;
        uint64_t clock = 0;
        const auto match = [&](Core& c) {
            c.regs.write(Core::kGCompL + 0x10 * n, static_cast<uint32_t>(clock) + 10);
            c.regs.write(Core::kGTcon, 1U << 8 | 1U << (2 * n));
            c.advance(clock += 100);
        };
        check<Core>(core,
                    {"comparator " + std::to_string(n), match, enable<Core>(Core::kGIntEnb, 1U << n),
                     write<Core>(Core::kGIntCstat, 1U << n), [n](const Core& c) { return c.global_irq(n); }});
    }
    for (uint32_t n = 0; n < Core::kLocalTimers; ++n) {
        Core core;
        uint64_t clock = 0;
        const uint32_t base = 0x100 * n;
        const auto expire = [&](Core& c) {
            c.regs.write(Core::kLTcon + base, 0);
            c.regs.write(Core::kLIcntb + base, 1U << 31 | 10);
            c.regs.write(Core::kLTcon + base, 3);
            c.advance(clock += 100);
        };
        check<Core>(core,
                    {"local timer " + std::to_string(n), expire, enable<Core>(Core::kLIntEnb + base, 1),
                     write<Core>(Core::kLIntCstat + base, 1), [n](const Core& c) { return c.local_irq(n); }});
    }
}

TEST_CASE("interrupts: UART", "[registers]") {
    using Core = system::UartCore;
    Core core{16};
    core.regs.write(Core::kUcon, 1);  // receive by interrupt
    const auto drain = [](Core& c) {
        c.regs.read(Core::kUrxh);
        c.regs.write(Core::kUintsp, Core::kRxd);
        c.regs.write(Core::kUintp, Core::kRxd);
    };
    check<Core>(core,
                {"RXD", [](Core& c) { c.arrive('x'); },
                 [](Core& c, bool through) { c.regs.write(Core::kUintm, through ? 0xE : 0xF); }, drain});
}

TEST_CASE("interrupts: I2C", "[registers]") {
    using Core = system::I2cCore;
    Core core;
    constexpr uint32_t kAck = 1U << 7, kEnable = 1U << 5, kPending = 1U << 4;
    const auto byte = [](Core& c) {
        c.regs.write(Core::kIicds, 0x20);
        c.regs.write(Core::kIicstat, 0xF0);
        (void)c.take_started();
        c.finish_byte();
    };
    check<Core>(core, {"byte", byte,
                       [](Core& c, bool through) {
                           const uint32_t pending = c.regs.read(Core::kIiccon) & kPending;
                           c.regs.write(Core::kIiccon, kAck | (through ? kEnable : 0) | pending);
                       },
                       [](Core& c) {
                           c.regs.write(Core::kIicstat, 0xD0);  // STOP
                           c.regs.write(Core::kIiccon, kAck | kEnable);
                       }});
}

TEST_CASE("interrupts: combiner inputs", "[registers]") {
    using Core = system::CombinerCore;
    for (const uint32_t input : {0U, 7U, 42U, 125U}) {
        Core core;
        const uint32_t block = input / 32 * 0x10, bit = 1U << input % 32;
        check<Core>(core, {"input " + std::to_string(input), [=](Core& c) { c.set_input(input, true); },
                           [=](Core& c, bool through) {
                               c.regs.write((through ? Core::kEnableSet : Core::kEnableClear) + block, bit);
                           },
                           [=](Core& c) { c.set_input(input, false); },
                           [=](const Core& c) { return c.output(input / 8); }});
    }
}

TEST_CASE("interrupts: wake-up pins", "[registers]") {
    using Core = system::GpioCore;
    for (uint32_t bank = 0; bank < Core::kWakeBanks; ++bank) {
        for (const uint32_t pin : {0U, 5U, 7U}) {
            Core core;
            core.regs.write(Core::kGpx + Core::kBankBytes * bank, 0xFU << 4 * pin);  // an external interrupt
            core.regs.write(Core::kWakeControl + 4 * bank, 3U << 4 * pin);           // on the rising edge
            check<Core>(core, {"GPX" + std::to_string(bank) + "[" + std::to_string(pin) + "]",
                               [=](Core& c) {
                                   c.drive(bank, pin, false);
                                   c.drive(bank, pin, true);
                               },
                               [=](Core& c, bool through) {
                                   c.regs.write(Core::kWakeMask + 4 * bank,
                                                through ? 0xFF & ~(1U << pin) : 0xFF);
                               },
                               write<Core>(Core::kWakePend + 4 * bank, 1U << pin),
                               [=](const Core& c) {
                                   return bank < 2 ? c.eint(bank * Core::kPins + pin) : c.upper_eints();
                               }});
        }
    }
}

TEST_CASE("interrupts: PL330 events", "[registers]") {
    using Core = system::Pl330Core;
    for (const uint32_t event : {0U, 5U, 31U}) {
        Core core{system::Pl330Shape{}};
        const auto send = [=](Core& c) {  // DMASEV by the manager; an interrupt where INTEN says so
            c.regs.write(Core::kDbgInst0, 0x34U << 16 | event << 3 << 24);
            c.regs.write(Core::kDbgCmd, 0);
        };
        INFO(event);
        core.regs.write(Core::kInten, 1U << event);
        send(core);
        CHECK(core.irq());
        CHECK(core.regs.read(Core::kIntMis) == 1U << event);
        core.regs.write(Core::kIntClr, 1U << event);
        CHECK_FALSE(core.irq());
        core.regs.write(Core::kInten, 0);
        send(core);
        CHECK_FALSE(core.irq());
        CHECK(core.regs.read(Core::kIntMis) == 0);
    }
}

TEST_CASE("interrupts: SysMMU faults", "[registers]") {
    using Core = iommu::SysMmuCore;
    using iommu::FaultKind;
    for (const FaultKind kind :
         {FaultKind::page, FaultKind::read_multi_hit, FaultKind::write_multi_hit, FaultKind::bus_error,
          FaultKind::read_protection, FaultKind::write_protection}) {
        Core core{iommu::SysMmuConfig{}};
        const auto bit = static_cast<uint32_t>(kind);
        check<Core>(core, {"bit " + std::to_string(bit),
                           [=](Core& c) {
                               c.latch({kind, Iova{0x1234}, 0x1234});
                           },
                           [](Core& c, bool through) { c.regs.write(Core::kCtrl, through ? 5 : 1); },
                           write<Core>(Core::kIntClear, 1U << bit)});
        CHECK(core.regs.read(Core::kIntStatus) == 1U << bit);
    }
}

TEST_CASE("interrupts: FIMC", "[registers]") {
    using Core = camera::FimcCore;
    Core core;
    // A job without a usable output ends at once in the core's terms: its end is what raises the line.
    check<Core>(core, {"end of a job", [](Core& c) { c.end_job(); },
                       enable<Core>(camera::fimc::kCigctrl, camera::fimc::kIrqEnable.mask()),
                       [](Core& c) {
                           c.regs.write(camera::fimc::kCigctrl,
                                        camera::fimc::kIrqEnable.mask() | camera::fimc::kIrqClear.mask());
                       }});
    Core overflowing;
    overflowing.regs.write(camera::fimc::kCigctrl, camera::fimc::kIrqEnable.mask());
    overflowing.overflow();
    CHECK_FALSE(overflowing.irq());  // without IRQ_OVFEN
    overflowing.regs.write(camera::fimc::kCigctrl,
                           camera::fimc::kIrqEnable.mask() | camera::fimc::kOverflowIrq.mask());
    overflowing.overflow();
    CHECK(overflowing.irq());
}

/// A one masks; the line falls when IRQ_CAM is written as zero, and a mask set later does not take it back.
TEST_CASE("interrupts: FIMC-LITE", "[registers]") {
    using Core = camera::FimcLiteCore;
    const auto start = [](Core& c) {
        c.regs.write(Core::kCisrcsize, 64U << 16 | 32);
        c.regs.write(Core::kCiocan, 32U << 16 | 64);
        c.regs.write(Core::kCiimgcpt, 1U << 31);
        REQUIRE(c.begin_frame({{64, 32}}).frame);
    };
    const auto end = [&](Core& c) {
        const uint32_t masks = c.regs.read(Core::kCigctrl);
        c.regs.write(Core::kCigctrl, masks | 0xFU << 5);
        start(c);
        c.regs.write(Core::kCigctrl, masks);
        c.end_frame();
    };
    const auto last = [&](Core& c) {
        const uint32_t masks = c.regs.read(Core::kCigctrl);
        c.regs.write(Core::kCigctrl, masks | 0xFU << 5);
        start(c);
        c.regs.write(Core::kCiimgcpt, 0);
        c.regs.write(Core::kCigctrl, masks | 1U << 7);  // not the end of the frame
        c.end_frame();
    };
    const struct {
        const char* name;
        uint32_t mask, source;
        std::function<void(Core&)> raise;
    } rows[] = {{"start", 1U << 6, 1U << 5, start},
                {"end", 1U << 7, 1U << 4, end},
                {"last", 1U << 8, 1U << 6, last},
                {"overflow", 1U << 5, 1U << 7, [](Core& c) { c.overflow(); }}};
    for (const auto& row : rows) {
        INFO(row.name);
        Core core;
        const uint32_t control = 0x1EU << 24 | 0xFU << 5;
        core.regs.write(Core::kCigctrl, control);
        row.raise(core);
        CHECK_FALSE(core.irq());
        core.regs.write(Core::kCigctrl, control & ~row.mask);
        row.raise(core);
        CHECK(core.irq());
        CHECK((core.regs.read(Core::kCistatus) & 0xF1) == (row.source | 1));
        core.regs.write(Core::kCistatus, core.regs.read(Core::kCistatus) & ~1U);  // as Linux does
        CHECK_FALSE(core.irq());
        CHECK((core.regs.read(Core::kCistatus) & 0xF1) == 0);
    }
}

namespace {

using Csis = camera::CsisCore;

/// A receiver that is set up for `lanes` lanes of RAW10 and sees a camera with two.
void frame(Csis& c, uint32_t lanes, uint32_t data_type) {
    c.regs.write(Csis::kDphyctrl, 0x1F);
    c.regs.write(Csis::kConfig, data_type << 2 | (lanes - 1));
    c.regs.write(Csis::kResol, 64U << 16 | 32);
    c.regs.write(Csis::kCtrl, 1U << 16 | 1);
    std::string_view mistake;
    c.begin_frame({{64, 32}, 0x2B, 2}, true, mistake);
}

}  // namespace

TEST_CASE("interrupts: CSIS", "[registers]") {
    const uint8_t label[4] = {};
    const struct {
        const char* name;
        uint32_t bits;
        std::function<void(Csis&)> raise;
    } rows[] = {
        {"ERR_SOT_HS", 0xF000, [](Csis& c) { frame(c, 4, 0x2B); }},
        {"ERR_LOST_FE", 1U << 4,
         [](Csis& c) {
             frame(c, 2, 0x2B);
             frame(c, 2, 0x2B);
         }},
        {"ERR_ID", 1U << 0, [](Csis& c) { frame(c, 2, 0x2A); }},
        {"ERR_LOST_FS", 1U << 5,
         [](Csis& c) {
             c.regs.write(Csis::kCtrl, 1);
             c.end_frame();
             c.see_line();
         }},
        {"ODDBEFORE or EVENBEFORE", 1U << 31 | 1U << 29,
         [&](Csis& c) {
             frame(c, 2, 0x2B);
             c.embedded(label);
         }},
    };
    for (const auto& row : rows) {
        Csis core{4};
        check<Csis>(core, {row.name, row.raise, enable<Csis>(Csis::kIntmsk, row.bits),
                           write<Csis>(Csis::kIntsrc, ~0U)});
    }
}

TEST_CASE("interrupts: mixer", "[registers]") {
    using Core = display::MixerCore;
    using display::Layer;
    Core vsync;
    check<Core>(vsync, {"vsync", [](Core& c) { c.vsync(); }, enable<Core>(Core::kIntEn, 1U << 11),
                        write<Core>(Core::kIntStatus, 1U << 11)});
    const std::pair<Layer, uint32_t> layers[] = {
        {Layer::graphic0, 1U << 8}, {Layer::graphic1, 1U << 9}, {Layer::video, 1U << 10}};
    for (const auto& [layer, bit] : layers) {
        Core core;
        check<Core>(core, {"underflow of layer " + std::to_string(static_cast<int>(layer)),
                           [l = layer](Core& c) { c.underflow(l); }, enable<Core>(Core::kIntEn, bit),
                           write<Core>(Core::kIntStatus, bit)});
    }
}

TEST_CASE("interrupts: SDO", "[registers]") {
    using Core = display::SdoCore;
    Core core;
    check<Core>(core, {"vsync", [](Core& c) { c.vsync(); },
                       [](Core& c, bool through) { c.regs.write(Core::kIrqMask, through ? 0 : 1); },
                       write<Core>(Core::kIrq, 1)});
}

TEST_CASE("interrupts: HDMI", "[registers]") {
    using Core = display::HdmiCore;
    Core unplugged;
    const auto toggle = [](Core& c, bool in) {
        c.plug(!in);
        c.plug(in);
    };
    check<Core>(unplugged, {"unplug", [&](Core& c) { toggle(c, false); },
                            enable<Core>(Core::kIntcCon, 1U << 6 | 1U << 2),
                            write<Core>(Core::kIntcFlag, 1U << 2 | 1U << 3)});
    Core plugged;
    check<Core>(plugged,
                {"plug", [&](Core& c) { toggle(c, true); }, enable<Core>(Core::kIntcCon, 1U << 6 | 1U << 3),
                 write<Core>(Core::kIntcFlag, 1U << 2 | 1U << 3)});
}

TEST_CASE("interrupts: FIMD", "[registers]") {
    using Core = display::FimdCore;
    Core frame;
    const auto let = [](Core& c, bool through) {  // FRAMESEL0 names the front porch either way
        c.regs.write(Core::kVidintcon0, 3U << 15 | (through ? 1U << 12 | 1 : 0));
    };
    check<Core>(frame, {"frame", [](Core& c) { c.enter(Core::Part::front_porch); }, let,
                        write<Core>(Core::kVidintcon1, 2), [](const Core& c) { return c.frame_irq(); }});
    Core fifo;
    check<Core>(fifo, {"FIFO", [](Core& c) { c.underflow(); }, enable<Core>(Core::kVidintcon0, 3),
                       write<Core>(Core::kVidintcon1, 1), [](const Core& c) { return c.fifo_irq(); }});
    for (const uint32_t panel : {0U, 1U}) {  // main and sub, at the I80 interface
        Core i80;
        i80.regs.write(Core::kVidcon0, (2 + panel) << 26 | 3);
        const uint32_t own = panel ? 1U << 18 : 1U << 19;
        check<Core>(
            i80, {"I80", [](Core& c) { c.frame_sent(); }, enable<Core>(Core::kVidintcon0, own | 1U << 17 | 1),
                  write<Core>(Core::kVidintcon1, 4), [](const Core& c) { return c.i80_irq(); }});
    }
}

TEST_CASE("interrupts: G2D", "[registers]") {
    using Core = gpu::G2dCore;
    const auto through = [](uint32_t bit) { return enable<Core>(gpu::reg::kInten, bit); };
    for (const gpu::Version version : {gpu::Version::v3, gpu::Version::v4_1}) {
        Core blit{version};
        check<Core>(blit,
                    {"blit", [](Core& c) { c.end_blit(); }, through(1), write<Core>(gpu::reg::kIntcPend, 1)});
    }
    Core lists{gpu::Version::v4_1};
    check<Core>(lists, {"all lists", [](Core& c) { c.end_lists(); }, through(8),
                        write<Core>(gpu::reg::kIntcPend, 8)});
    Core held{gpu::Version::v4_1};
    check<Core>(held, {"user hold", [](Core& c) { c.list_write(gpu::reg::kDmaHoldCmd, 4); }, through(4),
                       write<Core>(gpu::reg::kIntcPend, 4)});
    Core list{gpu::Version::v4_1};  // raised only while it is enabled
    list.regs.write(gpu::reg::kInten, 2);
    list.end_list();
    CHECK(list.irq());
    list.regs.write(gpu::reg::kInten, 0);
    CHECK_FALSE(list.irq());
    list.regs.write(gpu::reg::kIntcPend, 2);
    list.regs.write(gpu::reg::kInten, 2);
    CHECK_FALSE(list.irq());
    list.regs.write(gpu::reg::kInten, 0);
    list.end_list();
    list.regs.write(gpu::reg::kInten, 2);
    CHECK_FALSE(list.irq());
}
