#include "platform/observe/frame_recorder.hpp"

#include <fmt/format.h>

#include <fstream>

namespace exysim::observe {

void FrameRecorder::add(uint64_t number, const DisplayFrame& frame) {
    hashes_.push_back(pictures::picture_hash(frame.width, frame.height, frame.rgb));
    const size_t bytes = size_t{frame.width} * frame.height * 3;
    if (config_.compare.count(number)) {
        kept_[number] = {frame.width, frame.height, {frame.rgb, frame.rgb + bytes}};
    }
    if (!config_.video_file.empty()) {
        if (!video_) video_.emplace(config_.video_file, frame.width, frame.height, config_.rate);
        video_->add(frame.rgb);
    }
    unsaved_.reset();
    if (wanted(number)) return save(number, frame);
    newest_ = {frame.width, frame.height, {frame.rgb, frame.rgb + bytes}};
    unsaved_ = number;
}

void FrameRecorder::finish() {
    if (unsaved_) save(*unsaved_, {0, 0, newest_.width, newest_.height, newest_.rgb.data(), true});
    unsaved_.reset();
    std::ofstream out{config_.folder + "/hashes.txt"};
    for (size_t i = 0; i < hashes_.size(); ++i) out << fmt::format("{:03} {}\n", i, hashes_[i]);
}

const pictures::Picture* FrameRecorder::kept(uint64_t number) const {
    const auto found = kept_.find(number);
    return found == kept_.end() ? nullptr : &found->second;
}

bool FrameRecorder::wanted(uint64_t number) const {
    return number == 0 || number == config_.last || (config_.save_every && number % config_.save_every == 0);
}

void FrameRecorder::save(uint64_t number, const DisplayFrame& frame) const {
    pictures::write_png(fmt::format("{}/{:03}.png", config_.folder, number), frame.width, frame.height,
                        frame.rgb);
}

}  // namespace exysim::observe
