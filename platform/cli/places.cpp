#include "platform/cli/places.hpp"

#include <fmt/format.h>

#include "platform/config/diagnostics.hpp"

namespace exysim::cli {

namespace fs = std::filesystem;

/// As it was at the first call: a long run outlives a rebuild, which takes the file away.
fs::path program_folder() {
    static const fs::path folder = fs::canonical("/proc/self/exe").parent_path();
    return folder;
}

fs::path configs_folder() {
    if (fs::is_directory("configs")) return "configs";
    return (program_folder() / ".." / "configs").lexically_normal();
}

std::string platform_file(const std::string& name) {
    if (fs::exists(name)) return name;
    const fs::path shipped =
        configs_folder() / "platforms" / ((name.empty() ? "exynos4210" : name) + ".yaml");
    return fs::exists(shipped) || name.empty() ? shipped.string()
                                               : name;  // a wrong name is reported as given
}

std::string guest_file(const std::string& guest_dir, const std::string& name) {
    const fs::path folder =
        guest_dir.empty() ? (program_folder() / ".." / "guest").lexically_normal() : fs::path{guest_dir};
    const fs::path file = folder / name;
    if (fs::exists(file)) return file.string();
    throw config::ConfigError{fmt::format(
        "{}: the guest software is not there; build the target `guest` or give --guest-dir", file.string())};
}

}  // namespace exysim::cli
