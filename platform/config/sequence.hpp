// Picture sequences and recorded frame times: what a scenario's input may name besides one file.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace exysim::config {

/// True for "frames/%04d.png" and "frames/*.png".
bool is_sequence(const std::string& name);

/// The files of a sequence in order. A number pattern (one %d or %0Nd) starts at the first of 0 and 1 that
/// exists and ends before the first that does not; '*' and '?' stand for any characters in the last part of
/// the path, files are taken by name. Throws ClipProblem when there are none or the pattern makes no sense.
std::vector<std::string> sequence_files(const std::string& name);

/// Frame starts in nanoseconds since stream-on: one a line, a number with unit ("33.4 ms"), '#' begins a
/// comment. Throws ClipProblem ("line 3: ...") unless they rise and there is at least one.
std::vector<uint64_t> read_frame_times(const std::string& file);

}  // namespace exysim::config
