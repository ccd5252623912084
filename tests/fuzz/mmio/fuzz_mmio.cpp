// Random register accesses to the whole machine (README.md).
#include <fmt/format.h>
#include <sys/wait.h>
#include <unistd.h>

#include <boost/program_options.hpp>
#include <random>

#include "models/base/tlm/main_stack.hpp"
#include "models/base/tlm/requester.hpp"
#include "platform/board/machine.hpp"

namespace po = boost::program_options;
using namespace exysim;

namespace {

/// One access after the other, with pauses; folds what it reads into a hash.
class Fuzzer : public sc_core::sc_module {
public:
    tlm_utils::simple_initiator_socket<Fuzzer> socket{"socket"};
    uint64_t hash = 14695981039346656037ULL;  // FNV-1a

    SC_HAS_PROCESS(Fuzzer);
    Fuzzer(const sc_core::sc_module_name& name, std::vector<board::Block> blocks, uint64_t seed,
           uint64_t accesses)
        : sc_module{name}, blocks_{std::move(blocks)}, random_{seed}, accesses_{accesses} {
        SC_THREAD(run);
    }

private:
    uint32_t below(uint32_t n) { return static_cast<uint32_t>(random_() % n); }

    /// A block, and a place in it: mostly near its start or where the last access was.
    uint32_t address() {
        const board::Block& block = blocks_[below(static_cast<uint32_t>(blocks_.size()))];
        const auto size = static_cast<uint32_t>(block.range.size);
        const uint32_t near = size < 0x400 ? size : 0x400;
        uint32_t offset = below(3) ? below(near) : below(size);
        if (below(4)) offset &= ~3U;
        return block.range.base.value + offset;
    }
    uint32_t value() {
        switch (below(5)) {
            case 0:
                return 1U << below(32);
            case 1:
                return below(16);
            case 2:
                return 0x4000'0000 + below(0x100'0000);  // points into RAM
            case 3:
                return ~0U;
            default:
                return static_cast<uint32_t>(random_());
        }
    }
    void access() {
        uint32_t data = value();
        tlm::tlm_generic_payload tx;
        tx.set_command(below(2) ? tlm::TLM_WRITE_COMMAND : tlm::TLM_READ_COMMAND);
        tx.set_address(address());
        tx.set_data_ptr(reinterpret_cast<unsigned char*>(&data));
        tx.set_data_length(1U << below(3));
        tx.set_streaming_width(tx.get_data_length());
        requester_.core = below(kCores);
        if (below(16)) tx.set_extension(&requester_);  // else as a device that is no core
        sc_core::sc_time delay = sc_core::SC_ZERO_TIME;
        socket->b_transport(tx, delay);
        tx.clear_extension(&requester_);
        sc_core::wait(delay);
        if (tx.is_read() && tx.is_response_ok()) hash = (hash ^ data) * 1099511628211ULL;
    }
    void run() {
        for (uint64_t i = 0; i < accesses_; ++i) {
            access();
            if (below(64) == 0) sc_core::wait(below(200), sc_core::SC_US);
            if (below(400) == 0) sc_core::wait(below(20), sc_core::SC_MS);  // frames pass
        }
        sc_core::sc_stop();
    }

    static constexpr uint32_t kCores = 2;  // as an Exynos4210 has; the platform may have fewer
    Requester requester_;
    std::vector<board::Block> blocks_;
    std::mt19937_64 random_;
    uint64_t accesses_;
};

config::Platform platform(const std::string& soc) {
    config::Platform made;
    made.soc = soc;
    made.ram.size = 16U << 20;
    made.devices = {{"fimc0", true}, {"fimc1", true}, {"fimc2", true},  {"fimc3", false}, {"csis0", true},
                    {"csis1", true}, {"g2d", true},   {"mixer0", true}, {"fimd0", true},  {"simctl", true}};
    if (soc == "exynos4412")
        made.devices.insert(made.devices.end(), {{"fimc_lite0", true}, {"fimc_lite1", true}});
    return made;
}

/// What one machine read, and how long it took on its own clock.
std::string run_once(const std::string& soc, uint64_t seed, uint64_t accesses) {
    board::Machine machine{platform(soc), {}};
    const auto chip = soc == "exynos4412" ? system::Chip::exynos4412 : system::Chip::exynos4210;
    Fuzzer fuzzer{"fuzzer", board::blocks_of(chip), seed, accesses};
    machine.bus.add_master("fuzzer", fuzzer.socket);
    // The core sleeps: wfi, and back to it.
    const uint32_t code[] = {0xE320'F003, 0xEAFF'FFFD};
    const auto bytes = machine.memory({board::kRamBase, sizeof code});
    std::copy_n(reinterpret_cast<const uint8_t*>(code), sizeof code, bytes.data());
    machine.cpu.start_at(0, board::kRamBase, 0, 0, 0);
    sc_core::sc_start();
    return fmt::format("{:016x}, {} guest errors, {}", fuzzer.hash, machine.guest_errors.total(),
                       sc_core::sc_time_stamp().to_string());
}

/// The same in a process of its own: a machine can be elaborated once a process.
std::string run_in_child(const std::string& soc, uint64_t seed, uint64_t accesses) {
    int ends[2];
    if (pipe(ends) != 0) return "no pipe";
    const pid_t child = fork();
    if (child == 0) {
        const std::string result = run_once(soc, seed, accesses);
        _exit(write(ends[1], result.data(), result.size()) == static_cast<ssize_t>(result.size()) ? 0 : 1);
    }
    close(ends[1]);
    std::string result(200, '\0');
    const ssize_t got = read(ends[0], result.data(), result.size());
    result.resize(got > 0 ? static_cast<size_t>(got) : 0);
    close(ends[0]);
    int status = 0;
    waitpid(child, &status, 0);
    return status == 0 ? result : fmt::format("died with status {:#x}", status);
}

}  // namespace

int sc_main(int argc, char** argv) {
    const exysim::MainStack stack;
    po::options_description options;
    options.add_options()("seed", po::value<uint64_t>()->default_value(1))(
        "accesses", po::value<uint64_t>()->default_value(20'000))(
        "soc", po::value<std::string>()->default_value("exynos4210"));
    po::variables_map values;
    po::store(po::parse_command_line(argc, argv, options), values);
    const auto seed = values["seed"].as<uint64_t>(), accesses = values["accesses"].as<uint64_t>();
    const auto soc = values["soc"].as<std::string>();
    const std::string first = run_in_child(soc, seed, accesses), second = run_in_child(soc, seed, accesses);
    fmt::print("seed {}: {} accesses, {}\n", seed, accesses, first);
    if (first == second && first.find("guest errors") != std::string::npos) return 0;
    fmt::print("the second run says {}\n", second);
    return 1;
}
