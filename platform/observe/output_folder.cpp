#include "platform/observe/output_folder.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <fstream>
#include <stdexcept>

#include "platform/config/diagnostics.hpp"

namespace exysim::observe {

namespace fs = std::filesystem;

namespace {
bool may_be_replaced(const fs::path& place) {
    if (!fs::exists(place)) return true;
    return fs::is_directory(place) && (fs::is_empty(place) || fs::exists(place / "manifest.json"));
}
}  // namespace

OutputFolder::OutputFolder(fs::path final_place) : final_{std::move(final_place)} {
    if (!final_.has_filename()) final_ = final_.parent_path();  // "out/x/" is "out/x"
    working_ = final_;
    working_ += fmt::format(".partial-{}", ::getpid());
    try {
        if (!may_be_replaced(final_)) {
            throw config::ConfigError{fmt::format(
                "--out {}: exists and holds something else than an earlier run's results", final_.string())};
        }
        fs::create_directories(working_);
    } catch (const fs::filesystem_error& e) {
        throw config::ConfigError{fmt::format("--out {}: {}", final_.string(), e.code().message())};
    }
}

OutputFolder::~OutputFolder() {
    std::error_code ignored;
    if (!committed_) fs::remove_all(working_, ignored);
}

void OutputFolder::write(const std::string& name, const std::string& text) const {
    std::ofstream out{working_ / name, std::ios::binary};
    out << text;
    if (!out.flush())
        throw std::runtime_error{fmt::format("{}: cannot be written", (final_ / name).string())};
}

void OutputFolder::commit() {
    fs::remove_all(final_);
    fs::rename(working_, final_);
    committed_ = true;
}

}  // namespace exysim::observe
