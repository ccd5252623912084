// A run's results appear as a whole or not at all: they are written beside their place and moved there at the
// end.
#pragma once

#include <filesystem>
#include <string>

namespace exysim::observe {

/// Files go to path(); commit() puts the folder in its place, in exchange for an earlier run's. Without
/// commit() the destructor removes everything.
class OutputFolder {
public:
    /// Throws ConfigError if the folder cannot be made, or if `final_place` exists and is not an earlier
    /// result (a folder with a manifest.json, or an empty one), so that nobody's files are lost.
    explicit OutputFolder(std::filesystem::path final_place);
    ~OutputFolder();
    OutputFolder(const OutputFolder&) = delete;
    OutputFolder& operator=(const OutputFolder&) = delete;

    const std::filesystem::path& path() const { return working_; }
    const std::filesystem::path& final_place() const { return final_; }
    void write(const std::string& name, const std::string& text) const;
    void commit();

private:
    std::filesystem::path final_, working_;
    bool committed_ = false;
};

}  // namespace exysim::observe
