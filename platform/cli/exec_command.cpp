#include <fmt/format.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

#include "platform/cli/code_watch.hpp"
#include "platform/cli/commands.hpp"
#include "platform/cli/gdb_session.hpp"
#include "platform/cli/guest_files.hpp"
#include "platform/cli/guest_output.hpp"
#include "platform/cli/places.hpp"
#include "platform/cli/sanitizer_watch.hpp"
#include "platform/cli/session.hpp"
#include "platform/cli/terminal.hpp"
#include "platform/config/load.hpp"

namespace exysim::cli {

namespace {

constexpr unsigned kLogUart = 0, kProgramUart = 1, kErrorUart = 2;

struct Settings {
    std::string program;
    Arguments arguments;
    std::string guest_dir, log_file, append, root;
    std::vector<GuestFile> files;
    Arguments environment;
    uint64_t until_ns = 0;
    std::optional<uint16_t> gdb;
    bool sanitize = false;
    std::string profile;  ///< prefix of its files
    CodeRequest code;
    config::Platform platform;
};

po::options_description visible_options() {
    po::options_description options{"options (before the program's name)"};
    options.add_options()("help,h", "show this")                                                       //
        ("platform", po::value<std::string>()->value_name("P"), "platform file or name (exynos4210)")  //
        ("set", po::value<Arguments>()->composing()->value_name("PATH=VALUE"),
         "override a platform setting")  //
        ("file", po::value<Arguments>()->composing()->value_name("HOST[:GUEST]"),
         "a file the program finds")  //
        ("root", po::value<std::string>()->value_name("DIR"),
         "a folder as the program's file system: libraries, and PROGRAM itself if it is an absolute path "
         "there")  //
        ("env", po::value<Arguments>()->composing()->value_name("NAME=VALUE"),
         "environment of the program")                                                                 //
        ("append", po::value<std::string>()->value_name("S"), "more boot options of the kernel")       //
        ("log", po::value<std::string>()->value_name("FILE"), "write the kernel's log there")          //
        ("sanitize", "report broken rules of sharing memory with devices; status 1 if there are any")  //
        ("guest-dir", po::value<std::string>()->value_name("DIR"),
         "where the built-in kernel and init are")  //
        ("until", po::value<std::string>()->value_name("TIME"), "stop after this much simulated time");
    add_gdb_option(options);
    add_profile_option(options);
    add_trace_options(options);
    return options;
}

Settings settings_from(const po::variables_map& values, const Arguments& command) {
    Settings s;
    s.program = command.front();
    s.arguments.assign(command.begin() + 1, command.end());
    const std::string platform = platform_file(value_or<std::string>(values, "platform", ""));
    s.platform = config::load_platform(platform, value_or(values, "set", Arguments{})).platform;
    for (const std::string& file : value_or(values, "file", Arguments{}))
        s.files.push_back(parse_guest_file(file));
    s.environment = value_or(values, "env", Arguments{});
    s.guest_dir = value_or<std::string>(values, "guest-dir", "");
    s.root = value_or<std::string>(values, "root", "");
    s.gdb = gdb_port(values);
    s.sanitize = values.count("sanitize") != 0;
    s.profile = value_or<std::string>(values, "profile", "");
    s.code = {!s.profile.empty(), !s.profile.empty(), trace_request(values)};
    s.append = value_or<std::string>(values, "append", "");
    s.log_file = value_or<std::string>(values, "log", "");
    if (values.count("until")) s.until_ns = parse_time_option("--until", values["until"].as<std::string>());
    return s;
}

/// Whether PROGRAM is a file of the root folder (a link there may lead anywhere in it).
bool in_root(const Settings& s) {
    if (s.root.empty() || !s.program.starts_with('/')) return false;
    const auto status = std::filesystem::symlink_status(s.root + s.program);
    return std::filesystem::is_symlink(status) || std::filesystem::is_regular_file(status);
}

int report(board::Machine& machine, const board::Outcome& outcome, const observe::ConsoleLog& log,
           const std::string& kernel) {
    if (outcome.end == board::End::exit_request) return static_cast<int>(outcome.status & 0xFF);
    if (outcome.end == board::End::powered_off) return kSuccess;
    fmt::print(stderr, "exysim: {}\n", outcome.sentence());
    fmt::print(stderr, "{}", crash_report(machine, log, kernel));  // it did not end by itself: where is it?
    return outcome.guest_failed() ? kGuestFailed : kExpectationFailed;
}

/// The program may be one of the root folder; its libraries are found there when they are met.
debug::CodeImages code_images(const Settings& s) {
    debug::CodeImages images;
    images.add("kernel", guest_file(s.guest_dir, "kernel.elf"));
    images.add(std::filesystem::path{s.program}.filename().string(),
               in_root(s) ? s.root + s.program : s.program);
    images.add("init", guest_file(s.guest_dir, "init"));
    if (!s.root.empty()) images.add_libraries(s.root);
    return images;
}

int start(const Settings& s) {
    board::ExecCommand command =
        guest_command(in_root(s) ? s.program : guest_place(s.program), s.arguments, s.environment);
    command.terminal = isatty(STDIN_FILENO) && isatty(STDOUT_FILENO);
    command.error_terminal = command.terminal && isatty(STDERR_FILENO);
    std::vector<GuestFile> files = s.files;
    if (!in_root(s)) {
        board::check_program(s.program, !s.root.empty());
        files.push_back({s.program, command.path, true});
    }
    board::Boot boot = builtin_boot(s.guest_dir, {board::kRamBase, s.platform.ram.size}, files, s.root);
    boot.exec = &command;
    if (!s.append.empty()) boot.arguments += " " + s.append;

    board::Machine machine{s.platform, {}};
    board::load(machine, s.platform, boot);
    const std::string kernel = guest_file(s.guest_dir, "kernel.elf");
    std::optional<SanitizerWatch> sanitizer;
    if (s.sanitize) sanitizer.emplace(machine, kernel, in_root(s) ? s.root + s.program : s.program);
    board::RunLimits limits;
    if (s.until_ns) limits.until = s.until_ns * 1000;
    board::RunControl control{machine, limits};
    observe::ConsoleLog log;
    log.on_crash = [&] { control.note_panic(); };
    log.attach(machine.uarts[kLogUart].transmitted);
    system::Uart& port = machine.uarts[kProgramUart];
    GuestOutput output{port, STDOUT_FILENO}, errors{machine.uarts[kErrorUart], STDERR_FILENO};
    board::Outcome outcome;
    {
        const SignalGuard guard{control};
        CodeWatch code{machine.cpu, s.code, [&] { return code_images(s); }};
        const auto gdb = GdbSession::create(s.gdb, machine, control);
        if (gdb) gdb->start();
        TerminalInput input{command.terminal ? TerminalMode::raw : TerminalMode::unchanged};
        control.each_step = [&] {
            output.step();
            errors.step();
            const std::vector<uint8_t> typed = input.read();
            if (!typed.empty()) port.receive(typed);
            if (input.take_end()) port.receive_break();
            if (input.leave()) control.interrupt();
        };
        control.wait_for_host = [&] { return port.request_to_send() && input.wait(); };
        outcome = control.run();
        output.flush();
        errors.flush();
        if (gdb) gdb->exited(outcome.status);
        code.close();
        write_profiles(code, s.profile);
    }
    if (!s.log_file.empty()) std::ofstream{s.log_file} << log.text();
    const int status = report(machine, outcome, log, kernel);
    if (!sanitizer || sanitizer->clean()) return status;
    fmt::print(stderr, "exysim: the sanitizer found {}\n{}", sanitizer->verdict(), sanitizer->text());
    return status == kSuccess ? kExpectationFailed : status;
}

}  // namespace

int exec_command(const Arguments& arguments) {
    const po::options_description options = visible_options();
    const Split split = split_at_program(arguments, options);
    const po::variables_map values = parse(split.ours, options);
    if (values.count("help")) {
        fmt::print("{}", help_text("exec", options));
        return kSuccess;
    }
    if (split.rest.empty()) throw config::ConfigError{"exec: expected a program"};
    return start(settings_from(values, split.rest));
}

}  // namespace exysim::cli
