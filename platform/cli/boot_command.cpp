#include <fmt/format.h>
#include <unistd.h>

#include "platform/cli/code_watch.hpp"
#include "platform/cli/commands.hpp"
#include "platform/cli/gdb_session.hpp"
#include "platform/cli/places.hpp"
#include "platform/cli/semihosting_host.hpp"
#include "platform/cli/session.hpp"
#include "platform/cli/terminal.hpp"
#include "platform/config/load.hpp"
#include "platform/observe/report.hpp"

namespace exysim::cli {

namespace {

struct Settings {
    std::string image;
    std::optional<PhysAddr> load_at;
    uint64_t until_ns = 0;
    unsigned console = 0;
    bool semihosting = false;
    std::optional<uint16_t> gdb;
    std::string profile;  ///< prefix of its files
    CodeRequest code;
    std::string arguments;
    std::string dtb, initrd;
    config::Platform platform;
};

po::options_description visible_options() {
    po::options_description options{"options"};
    options.add_options()("help,h", "show this")                                                       //
        ("platform", po::value<std::string>()->value_name("P"), "platform file or name (exynos4210)")  //
        ("set", po::value<Arguments>()->composing()->value_name("PATH=VALUE"),
         "override a platform setting")                                                                    //
        ("load", po::value<std::string>()->value_name("ADDR"), "where a raw image goes (RAM + 0x8000)")    //
        ("dtb", po::value<std::string>()->value_name("FILE"), "device tree instead of the generated one")  //
        ("initrd", po::value<std::string>()->value_name("FILE"), "initial file system")                    //
        ("append", po::value<std::string>()->value_name("TEXT"),
         "boot arguments; semihosting's command line")                                               //
        ("console", po::value<std::string>()->value_name("N"), "UART on this terminal, 0 to 3 (0)")  //
        ("semihosting", "let the program use the terminal and end the run")                          //
        ("until", po::value<std::string>()->value_name("TIME"), "stop after this much simulated time");
    add_gdb_option(options);
    add_profile_option(options);
    add_trace_options(options);
    return options;
}

Settings settings_from(const po::variables_map& values) {
    Settings s;
    s.image = values["image"].as<std::string>();
    const std::string platform = platform_file(value_or<std::string>(values, "platform", ""));
    s.platform = config::load_platform(platform, value_or(values, "set", Arguments{})).platform;
    if (values.count("load")) {
        const uint64_t at = parse_number_option("--load", values["load"].as<std::string>(), ~0U);
        s.load_at = PhysAddr{static_cast<uint32_t>(at)};
    }
    if (values.count("until")) s.until_ns = parse_time_option("--until", values["until"].as<std::string>());
    if (values.count("console")) {
        s.console =
            static_cast<unsigned>(parse_number_option("--console", values["console"].as<std::string>(), 3));
    }
    s.gdb = gdb_port(values);
    s.profile = value_or<std::string>(values, "profile", "");
    s.code = {!s.profile.empty(), !s.profile.empty(), trace_request(values)};
    s.semihosting = values.count("semihosting") != 0;
    s.arguments = value_or<std::string>(values, "append", "");
    s.dtb = value_or<std::string>(values, "dtb", "");
    s.initrd = value_or<std::string>(values, "initrd", "");
    return s;
}

board::Boot boot_from(const Settings& s) {
    board::Boot boot;
    boot.image = board::load_image(s.image, {board::kRamBase, s.platform.ram.size}, s.load_at);
    if (!s.initrd.empty()) boot.initrd = board::read_bytes(s.initrd);
    if (!s.dtb.empty()) boot.dtb = board::read_bytes(s.dtb);
    boot.dtb_file = s.dtb;
    boot.arguments = s.arguments;
    boot.console = s.console;
    return boot;
}

int status_of(const board::Outcome& outcome) {
    switch (outcome.end) {
        case board::End::exit_request:
            return static_cast<int>(outcome.status & 0xFF);
        case board::End::time_limit:
            return kExpectationFailed;
        default:
            return outcome.guest_failed() ? kGuestFailed : kSuccess;
    }
}

debug::CodeImages code_images(const Settings& s) {
    debug::CodeImages images;
    images.add(std::filesystem::path{s.image}.filename().string(), s.image);
    return images;
}

int start(const Settings& s) {
    const board::Boot boot = boot_from(s);
    board::Machine machine{s.platform, {s.semihosting}};
    board::load(machine, s.platform, boot);
    board::RunLimits limits;
    if (s.until_ns) limits.until = s.until_ns * 1000;
    board::RunControl control{machine, limits};
    TerminalSemihosting semihosting{control, s.arguments};
    if (s.semihosting) machine.cpu.set_semihosting(&semihosting);

    system::Uart& console = machine.uarts[s.console];
    observe::ConsoleLog log;
    log.on_crash = [&] { control.note_panic(); };
    log.attach(console.transmitted);
    console.transmitted.attach([](uint8_t character) { write_all(STDOUT_FILENO, &character, 1); });
    board::Outcome outcome;
    {
        TerminalInput input{TerminalMode::raw_keys};
        if (input.is_terminal()) fmt::print(stderr, "exysim: Ctrl-A x leaves\n");
        control.each_step = [&] {
            if (s.semihosting && !input.is_terminal()) return;  // standard input is the program's
            const std::vector<uint8_t> typed = input.read();
            if (!typed.empty()) console.receive(typed);
            if (input.leave()) control.interrupt();
        };
        const SignalGuard guard{control};
        CodeWatch code{machine.cpu, s.code, [&] { return code_images(s); }};
        const auto gdb = GdbSession::create(s.gdb, machine, control);
        if (gdb) gdb->start();
        outcome = control.run();
        if (gdb) gdb->exited(outcome.status);
        code.close();
        write_profiles(code, s.profile);
    }
    for (const GuestErrors::Entry& entry : machine.guest_errors.entries()) {
        fmt::print(stderr, "exysim: guest error: {}\n", observe::describe(entry));
    }
    if (outcome.guest_failed()) {
        fmt::print(stderr, "\nexysim: {}\n{}", outcome.sentence(), crash_report(machine, log, s.image));
    } else if (outcome.end == board::End::time_limit) {
        fmt::print(stderr, "\nexysim: {}\n", outcome.sentence());
    }
    return status_of(outcome);
}

}  // namespace

int boot_command(const Arguments& arguments) {
    const po::options_description options = visible_options();
    po::options_description all;
    all.add(options).add_options()("image", po::value<std::string>());
    const po::variables_map values = parse(arguments, all, "image");
    if (values.count("help")) {
        fmt::print("{}", help_text("boot", options));
        return kSuccess;
    }
    if (!values.count("image")) throw config::ConfigError{"boot: expected an image"};
    return start(settings_from(values));
}

}  // namespace exysim::cli
