// Keeps what the screen showed: hashes of all delivered frames, pictures of some, optionally a video of all.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "models/base/frame_events.hpp"
#include "platform/pictures/picture.hpp"

namespace exysim::observe {

struct RecorderConfig {
    std::string folder;          ///< "frames" below the run's results; must exist
    uint64_t last = 0;           ///< number of the last frame wanted
    uint64_t save_every = 0;     ///< besides first and last; 0 = those two only
    std::string video_file;      ///< all frames; empty = none
    uint64_t rate = 30;          ///< of the video
    std::set<uint64_t> compare;  ///< frames kept in memory for comparison
};

class FrameRecorder {
public:
    explicit FrameRecorder(RecorderConfig config) : config_{std::move(config)} {}

    /// Delivered frame `number`, counted from 0, at its first scan-out.
    void add(uint64_t number, const DisplayFrame& frame);
    /// Saves the last frame seen, if that has not happened yet, and hashes.txt. Call once, at the end.
    void finish();

    const pictures::Picture* kept(uint64_t number) const;
    const std::vector<std::string>& hashes() const { return hashes_; }

private:
    bool wanted(uint64_t number) const;
    void save(uint64_t number, const DisplayFrame& frame) const;

    RecorderConfig config_;
    std::vector<std::string> hashes_;
    std::map<uint64_t, pictures::Picture> kept_;
    pictures::Picture newest_;
    std::optional<uint64_t> unsaved_;  // newest frame, when it was not saved at once
    std::optional<pictures::VideoFile> video_;
};

}  // namespace exysim::observe
