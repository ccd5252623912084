#include "tests/system/pipeline/y4m_clip.hpp"

#include <fstream>
#include <sstream>
#include <stdexcept>

namespace exysim::test {

namespace {

YcbcrFrame shape_of(const std::string& header, const std::string& file) {
    std::istringstream words{header};
    std::string word;
    words >> word;
    if (word != "YUV4MPEG2") throw std::runtime_error{file + ": not Y4M"};
    YcbcrFrame shape;
    while (words >> word) {
        const std::string value = word.substr(1);
        if (word[0] == 'W') shape.width = static_cast<uint32_t>(std::stoul(value));
        if (word[0] == 'H') shape.height = static_cast<uint32_t>(std::stoul(value));
        if (word[0] == 'C') shape.chroma_420 = value.rfind("420", 0) == 0;
    }
    return shape;
}

void read_plane(std::istream& in, std::vector<uint8_t>& plane, size_t bytes) {
    plane.resize(bytes);
    in.read(reinterpret_cast<char*>(plane.data()), static_cast<std::streamsize>(bytes));
}

}  // namespace

std::vector<YcbcrFrame> read_y4m(const std::filesystem::path& file) {
    std::ifstream in{file, std::ios::binary};
    std::string line;
    std::getline(in, line);
    const YcbcrFrame shape = shape_of(line, file.string());
    const size_t luma = size_t{shape.width} * shape.height;
    const size_t chroma = shape.chroma_420 ? luma / 4 : luma / 2;
    std::vector<YcbcrFrame> frames;
    while (std::getline(in, line) && line.rfind("FRAME", 0) == 0) {
        YcbcrFrame& frame = frames.emplace_back(shape);
        read_plane(in, frame.y, luma);
        read_plane(in, frame.cb, chroma);
        read_plane(in, frame.cr, chroma);
        if (!in) throw std::runtime_error{file.string() + ": ends inside a frame"};
    }
    return frames;
}

void write_y4m(const std::filesystem::path& file, const std::vector<YcbcrFrame>& frames) {
    std::ofstream out{file, std::ios::binary};
    const YcbcrFrame& first = frames.at(0);
    out << "YUV4MPEG2 W" << first.width << " H" << first.height << " F30:1 Ip C"
        << (first.chroma_420 ? "420" : "422") << "\n";
    for (const YcbcrFrame& frame : frames) {
        out << "FRAME\n";
        for (const auto* plane : {&frame.y, &frame.cb, &frame.cr})
            out.write(reinterpret_cast<const char*>(plane->data()),
                      static_cast<std::streamsize>(plane->size()));
    }
}

}  // namespace exysim::test
