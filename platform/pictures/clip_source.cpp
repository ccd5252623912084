#include "platform/pictures/clip_source.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <fstream>
#include <limits>

#include "models/camera/patterns.hpp"
#include "platform/pictures/picture.hpp"

namespace exysim::pictures {

namespace {

using camera::Frame422;
using camera::FrameSize;
using camera::FrameSource;

FrameSize frame_size(config::Size size) {
    return {static_cast<uint32_t>(size.width), static_cast<uint32_t>(size.height)};
}

/// What follows the last frame of a file.
enum class AtEnd { loop, hold, stop };

AtEnd at_end(const config::Input& input) {
    if (input.at_end == "hold") return AtEnd::hold;
    return input.at_end == "stop" ? AtEnd::stop : AtEnd::loop;
}

class Y4mSource : public FrameSource {
public:
    Y4mSource(const std::string& file, const config::ClipFacts& facts, AtEnd end)
        : file_{file}, facts_{facts}, end_{end}, in_{file, std::ios::binary} {}

    FrameSize size() const override { return frame_size(facts_.size); }
    bool next(Frame422& frame) override {
        if (next_ == facts_.frames) {
            if (end_ == AtEnd::stop) return false;
            if (end_ == AtEnd::hold) return true;  // `frame` still holds the last one
            next_ = 0;
        }
        if (next_++ == 0) in_.seekg(static_cast<std::streamoff>(facts_.first_frame));
        frame.resize(size());
        if (read(frame)) return true;
        fmt::print(stderr, "exysim: {}: cannot be read any more; the sensor stops\n", file_);
        return false;
    }

private:
    bool read(Frame422& frame) {
        in_.ignore(std::numeric_limits<std::streamsize>::max(), '\n');  // the FRAME line
        fill(frame.y.data(), frame.y.size());
        read_chroma(frame.cb);
        read_chroma(frame.cr);
        return in_.good();
    }
    void read_chroma(std::vector<uint8_t>& plane) {
        const size_t line = facts_.size.width / 2, lines = facts_.size.height;
        const bool repeat = facts_.chroma == config::Chroma::yuv420;
        for (size_t n = 0; n < lines; ++n) {
            if (repeat && n % 2 == 1) {
                std::copy_n(&plane[(n - 1) * line], line, &plane[n * line]);
            } else {
                fill(&plane[n * line], line);
            }
        }
    }
    void fill(uint8_t* to, size_t bytes) {
        in_.read(reinterpret_cast<char*>(to), static_cast<std::streamsize>(bytes));
    }

    std::string file_;
    config::ClipFacts facts_;
    AtEnd end_;
    std::ifstream in_;
    uint64_t next_ = 0;
};

Frame422 to_422(const Picture& picture) {
    const ToYcbcr convert{picture.width};
    Frame422 frame;
    frame.resize({picture.width, picture.height});
    for (size_t pair = 0; pair < frame.cb.size(); ++pair) {
        const Ycbcr left = convert(&picture.rgb[6 * pair]), right = convert(&picture.rgb[6 * pair + 3]);
        frame.y[2 * pair] = left.y;
        frame.y[2 * pair + 1] = right.y;
        frame.cb[pair] = static_cast<uint8_t>((left.cb + right.cb + 1) >> 1);
        frame.cr[pair] = static_cast<uint8_t>((left.cr + right.cr + 1) >> 1);
    }
    return frame;
}

class StillSource : public FrameSource {
public:
    StillSource(Frame422 picture, AtEnd end) : picture_{std::move(picture)}, end_{end} {}

    FrameSize size() const override { return picture_.size; }
    bool next(Frame422& frame) override {
        if (sent_ && end_ == AtEnd::stop) return false;
        if (!sent_) frame = picture_;
        sent_ = true;
        return true;
    }

private:
    Frame422 picture_;
    AtEnd end_;
    bool sent_ = false;
};

/// PNGs one after the other; one that can no longer be read ends the sequence.
class SequenceSource : public FrameSource {
public:
    SequenceSource(const config::ClipFacts& facts, AtEnd end) : facts_{facts}, end_{end} {}

    FrameSize size() const override { return frame_size(facts_.size); }
    bool next(Frame422& frame) override {
        if (next_ == facts_.files.size()) {
            if (end_ == AtEnd::stop) return false;
            if (end_ == AtEnd::hold) return true;  // `frame` still holds the last one
            next_ = 0;
        }
        try {
            frame = to_422(read_png(facts_.files[next_]));
        } catch (const std::runtime_error& error) {
            fmt::print(stderr, "exysim: {}; the sensor stops\n", error.what());
            return false;
        }
        if (frame.size == size()) return ++next_, true;
        fmt::print(stderr, "exysim: {}: has changed its size; the sensor stops\n", facts_.files[next_]);
        return false;
    }

private:
    config::ClipFacts facts_;
    AtEnd end_;
    size_t next_ = 0;
};

}  // namespace

std::unique_ptr<FrameSource> make_source(const config::Input& input, FrameSize fallback) {
    if (!input.facts) {
        const FrameSize size = input.size == config::Size{} ? fallback : frame_size(input.size);
        return camera::make_pattern(input.pattern, size);
    }
    if (input.facts->kind == config::ClipFacts::Kind::y4m)
        return std::make_unique<Y4mSource>(input.file, *input.facts, at_end(input));
    if (input.facts->kind == config::ClipFacts::Kind::sequence)
        return std::make_unique<SequenceSource>(*input.facts, at_end(input));
    return std::make_unique<StillSource>(to_422(read_png(input.file)), at_end(input));
}

}  // namespace exysim::pictures
