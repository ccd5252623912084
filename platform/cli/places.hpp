// Where the program finds what belongs to it.
#pragma once

#include <filesystem>
#include <string>

namespace exysim::cli {

/// The folder of the running program.
std::filesystem::path program_folder();

/// `configs` in the working directory, else the one beside the program's folder.
std::filesystem::path configs_folder();

/// The platform file of that name: a path, or the name of a shipped one; empty = exynos4210.
std::string platform_file(const std::string& name);

/// A file of the guest stack ("kernel.elf"): from `guest_dir`, or ../guest beside the program. Throws
/// ConfigError with advice if it is not there.
std::string guest_file(const std::string& guest_dir, const std::string& name);

}  // namespace exysim::cli
