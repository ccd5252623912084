// What is wrong with a configuration and where: every mistake of a run's files is collected, then shown at
// once.
#pragma once

#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

namespace exysim::config {

/// A text that settings came from: a file, or the words of one `--set` option.
struct SourceText {
    std::string name;  ///< as the user wrote it: "camera_to_tv.yaml", "--set run.frames=12x"
    std::string text;
    bool is_option = false;

    /// Line `number`, counted from 1, without its end; empty past the last one.
    std::string line(int number) const;
};

/// Where something stands. Lines and columns count from 1; `length` is what the caret underlines.
struct Place {
    std::shared_ptr<const SourceText> source;
    int line = 0;  ///< 0 = the text as a whole
    int column = 0;
    int length = 1;
};

/// One mistake.
struct Diagnostic {
    Place place;
    std::string path;     ///< setting, "run.frames"; may be empty
    std::string message;  ///< what was expected and what was found
    std::string hint;     ///< "did you mean 'NV12'?" or empty

    /// `file:line:col: path: message`, the source line, a caret, the hint.
    std::string text() const;
};

/// Bad input: `what()` is the full text of all its diagnostics. The command line ends with status 2.
class ConfigError : public std::runtime_error {
public:
    explicit ConfigError(std::vector<Diagnostic> diagnostics);
    /// A single mistake that has no place in a file.
    explicit ConfigError(const std::string& message) : std::runtime_error{message} {}
    const std::vector<Diagnostic>& diagnostics() const { return diagnostics_; }

private:
    std::vector<Diagnostic> diagnostics_;
};

/// Collects mistakes while files are read.
class Diagnostics {
public:
    void error(Place place, std::string path, std::string message, std::string hint = {});
    bool empty() const { return all_.empty(); }
    const std::vector<Diagnostic>& all() const { return all_; }
    /// Throws one ConfigError with everything collected, in the order of the text.
    void throw_if_any() const;

private:
    std::vector<Diagnostic> all_;
};

}  // namespace exysim::config
