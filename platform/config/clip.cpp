#include "platform/config/clip.hpp"

#include <fmt/format.h>

#include <array>
#include <charconv>
#include <filesystem>
#include <fstream>
#include <optional>
#include <sstream>

#include "platform/config/sequence.hpp"

namespace exysim::config {

namespace {

constexpr Size kLargest{1920, 1080};
constexpr Size kSmallest{16, 16};
constexpr std::string_view kY4mMagic = "YUV4MPEG2 ";
constexpr std::string_view kPngMagic = "\x89PNG\r\n\x1a\n";
constexpr size_t kLongestLine = 1024;  // headers are short; a longer first line is another kind of file

struct ChromaName {
    std::string_view name;
    Chroma chroma;
};
constexpr ChromaName kChromaNames[] = {
    {"420", Chroma::yuv420},      {"420jpeg", Chroma::yuv420}, {"420mpeg2", Chroma::yuv420},
    {"420paldv", Chroma::yuv420}, {"422", Chroma::yuv422},
};

uint64_t number(std::string_view text, std::string_view what) {
    uint64_t value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error == std::errc{} && end == text.data() + text.size()) return value;
    throw ClipProblem{fmt::format("has a bad {} '{}' in its header", what, text)};
}

Chroma chroma_of(std::string_view name) {
    for (const ChromaName& known : kChromaNames) {
        if (known.name == name) return known.chroma;
    }
    throw ClipProblem{fmt::format(
        "has chroma C{}; supported are C420, C420jpeg, C420mpeg2, C420paldv and C422 (8 bits)", name)};
}

uint64_t rate_of(std::string_view text) {
    const size_t colon = text.find(':');
    if (colon == std::string_view::npos) throw ClipProblem{fmt::format("has a bad frame rate '{}'", text)};
    const uint64_t top = number(text.substr(0, colon), "frame rate");
    const uint64_t bottom = number(text.substr(colon + 1), "frame rate");
    return bottom == 0 || top > 1'000'000'000 ? 0 : top * 1000 / bottom;
}

void check_size(Size size) {
    const bool fits = size.width >= kSmallest.width && size.height >= kSmallest.height &&
                      size.width <= kLargest.width && size.height <= kLargest.height;
    if (!fits) {
        throw ClipProblem{fmt::format("is {}x{}; the camera takes {}x{} to {}x{}", size.width, size.height,
                                      kSmallest.width, kSmallest.height, kLargest.width, kLargest.height)};
    }
    if (size.width % 2 != 0)
        throw ClipProblem{fmt::format("is {} pixels wide; 4:2:2 needs an even width", size.width)};
}

/// One header line without its end; nothing at the end of the file.
std::optional<std::string> header_line(std::istream& in) {
    std::string line;
    for (int c = in.get(); c != EOF; c = in.get()) {
        if (c == '\n') return line;
        line.push_back(static_cast<char>(c));
        if (line.size() > kLongestLine) throw ClipProblem{"has a header line without an end"};
    }
    if (line.empty()) return std::nullopt;
    throw ClipProblem{"ends in the middle of a header line"};
}

ClipFacts parse_y4m_header(const std::string& line) {
    ClipFacts facts;
    std::istringstream words{line.substr(kY4mMagic.size())};
    for (std::string word; words >> word;) {
        const std::string_view value = std::string_view{word}.substr(1);
        switch (word.front()) {
            case 'W':
                facts.size.width = number(value, "width");
                break;
            case 'H':
                facts.size.height = number(value, "height");
                break;
            case 'F':
                facts.rate_millihertz = rate_of(value);
                break;
            case 'C':
                facts.chroma = chroma_of(value);
                break;
            case 'I':
                if (value != "p" && value != "?")
                    throw ClipProblem{"is interlaced; the camera is progressive"};
                break;
            default:
                break;  // A aspect, X comment: no matter
        }
    }
    check_size(facts.size);
    return facts;
}

/// Counts the frames by their headers and checks that the last one is whole.
void walk_frames(std::istream& in, ClipFacts& facts, uint64_t file_size) {
    const uint64_t picture = y4m_frame_bytes(facts);
    while (const auto line = header_line(in)) {
        const uint64_t number_here = facts.frames;
        if (!line->starts_with("FRAME"))
            throw ClipProblem{fmt::format("frame {}: no FRAME header", number_here)};
        const uint64_t left = file_size - static_cast<uint64_t>(in.tellg());
        if (left < picture) {
            throw ClipProblem{
                fmt::format("is truncated: frame {} has {} of {} bytes", number_here, left, picture)};
        }
        in.seekg(static_cast<std::streamoff>(picture), std::ios::cur);
        ++facts.frames;
    }
    if (facts.frames == 0) throw ClipProblem{"holds no frame"};
}

ClipFacts inspect_y4m(std::istream& in, uint64_t file_size) {
    in.seekg(0);
    const auto line = header_line(in);
    ClipFacts facts = parse_y4m_header(*line);
    facts.first_frame = static_cast<uint64_t>(in.tellg());
    walk_frames(in, facts, file_size);
    return facts;
}

uint32_t big_endian(const char* bytes) {
    uint32_t value = 0;
    for (int i = 0; i < 4; ++i) value = value << 8 | static_cast<uint8_t>(bytes[i]);
    return value;
}

ClipFacts inspect_png(std::istream& in) {
    std::array<char, 24> head{};  // magic, IHDR length and name, width, height
    in.seekg(0);
    if (!in.read(head.data(), head.size())) throw ClipProblem{"is truncated: a PNG without its header"};
    ClipFacts facts;
    facts.kind = ClipFacts::Kind::png;
    facts.size = {big_endian(&head[16]), big_endian(&head[20])};
    facts.frames = 1;
    check_size(facts.size);
    return facts;
}

ClipFacts inspect_sequence(const std::string& name) {
    ClipFacts all;
    for (const std::string& file : sequence_files(name)) {
        ClipFacts one;
        try {
            one = inspect_clip(file);
        } catch (const ClipProblem& problem) {
            throw ClipProblem{fmt::format("'{}' {}", file, problem.what)};
        }
        if (one.kind != ClipFacts::Kind::png) throw ClipProblem{fmt::format("'{}' is not a PNG", file)};
        if (all.files.empty()) all.size = one.size;
        if (one.size != all.size) {
            throw ClipProblem{fmt::format("'{}' is {}x{}, the first picture {}x{}", file, one.size.width,
                                          one.size.height, all.size.width, all.size.height)};
        }
        all.files.push_back(file);
    }
    all.kind = ClipFacts::Kind::sequence;
    all.frames = all.files.size();
    return all;
}

}  // namespace

uint64_t y4m_frame_bytes(const ClipFacts& facts) {
    const uint64_t chroma_lines =
        facts.chroma == Chroma::yuv420 ? (facts.size.height + 1) / 2 : facts.size.height;
    return facts.size.width * facts.size.height + 2 * (facts.size.width / 2) * chroma_lines;
}

ClipFacts inspect_clip(const std::string& file) {
    std::error_code error;
    if (is_sequence(file) && !std::filesystem::exists(file, error)) return inspect_sequence(file);
    if (std::filesystem::is_directory(file, error)) throw ClipProblem{"is a folder"};
    std::ifstream in{file, std::ios::binary};
    if (!in) throw ClipProblem{"cannot be read: " + std::generic_category().message(errno)};
    std::array<char, 10> magic{};
    in.read(magic.data(), magic.size());
    const std::string_view head{magic.data(), static_cast<size_t>(in.gcount())};
    in.clear();
    if (head.starts_with(kY4mMagic)) return inspect_y4m(in, std::filesystem::file_size(file));
    if (head.starts_with(kPngMagic)) return inspect_png(in);
    throw ClipProblem{"is neither a Y4M nor a PNG file"};
}

}  // namespace exysim::config
