#include "tests/support/cpu_oracle/qemu.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <stdexcept>

namespace exysim::test::oracle {
namespace {

namespace fs = std::filesystem;

/// A folder of its own that disappears with the object.
struct TemporaryFolder {
    fs::path path;
    TemporaryFolder() {
        std::string name = (fs::temp_directory_path() / "exysim-cpu-XXXXXX").string();
        if (!mkdtemp(name.data())) throw std::runtime_error{"cannot create a temporary folder"};
        path = name;
    }
    ~TemporaryFolder() {
        std::error_code ignored;
        fs::remove_all(path, ignored);
    }
};

std::vector<Result> run_batch(const std::vector<Case>& cases) {
    const TemporaryFolder folder;
    const fs::path batch = folder.path / "batch", output = folder.path / "results";
    const std::vector<uint8_t> image = batch_image(cases);
    std::ofstream{batch, std::ios::binary}.write(reinterpret_cast<const char*>(image.data()),
                                                 static_cast<std::streamsize>(image.size()));
    const std::string command = fmt::format(
        "timeout 600 qemu-system-arm -M smdkc210 -display none -monitor none -serial null -kernel '{}'"
        " -device loader,file='{}',addr={:#x},force-raw=on"
        " -semihosting-config enable=on,target=native,arg=runner,arg='{}'",
        runner_elf(), batch.string(), kBatchAddress, output.string());
    if (const int status = std::system(command.c_str()); status != 0)
        throw std::runtime_error{fmt::format("QEMU ended with status {:#x}: {}", status, command)};
    std::vector<Result> results(cases.size());
    std::ifstream file{output, std::ios::binary};
    file.read(reinterpret_cast<char*>(results.data()),
              static_cast<std::streamsize>(results.size() * sizeof(Result)));
    if (!file) throw std::runtime_error{"QEMU wrote too few results"};
    return results;
}

}  // namespace

std::string runner_elf() { return EXYSIM_CPU_RUNNER; }

std::vector<uint8_t> batch_image(const std::vector<Case>& cases) {
    const Batch header{kBatchMagic, static_cast<uint32_t>(cases.size()), {}};
    std::vector<uint8_t> image(sizeof header + cases.size() * sizeof(Case));
    std::memcpy(image.data(), &header, sizeof header);
    if (!cases.empty()) std::memcpy(image.data() + sizeof header, cases.data(), cases.size() * sizeof(Case));
    return image;
}

std::vector<Result> run_on_qemu(const std::vector<Case>& cases) {
    constexpr size_t kBatchSize = 10'000;
    std::vector<Result> results;
    for (size_t first = 0; first < cases.size(); first += kBatchSize) {
        const size_t last = std::min(first + kBatchSize, cases.size());
        const auto part = run_batch({cases.begin() + static_cast<std::ptrdiff_t>(first),
                                     cases.begin() + static_cast<std::ptrdiff_t>(last)});
        results.insert(results.end(), part.begin(), part.end());
    }
    return results;
}

}  // namespace exysim::test::oracle
