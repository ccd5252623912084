#include "platform/pictures/picture.hpp"

#include <catch2/catch.hpp>
#include <filesystem>

#include "tests/support/temporary_folder.hpp"

using namespace exysim::pictures;
using exysim::test::TemporaryFolder;
using exysim::test::text_of;

namespace {

Picture gradient(uint32_t width, uint32_t height, uint8_t start) {
    Picture p{width, height, std::vector<uint8_t>(size_t{width} * height * 3)};
    for (size_t i = 0; i < p.rgb.size(); ++i) p.rgb[i] = static_cast<uint8_t>(start + i * 7);
    return p;
}

}  // namespace

TEST_CASE("pictures: PNG files keep every pixel", "[pictures]") {
    const TemporaryFolder folder;
    const Picture p = gradient(33, 17, 3);
    const std::string file = folder.path / "a.png";
    write_png(file, p.width, p.height, p.rgb.data());
    CHECK(read_png(file) == p);
    CHECK_THROWS(read_png(folder.path / "none.png"));
    CHECK_THROWS(write_png("/nonexistent/a.png", p.width, p.height, p.rgb.data()));
}

TEST_CASE("pictures: a PNG that the disk has no room for is an error", "[pictures]") {
    if (!std::filesystem::exists("/dev/full")) return;
    const TemporaryFolder folder;
    const std::string file = folder.path / "full.png";
    std::filesystem::create_symlink("/dev/full", file);
    const Picture p = gradient(640, 480, 1);
    CHECK_THROWS_WITH(write_png(file, p.width, p.height, p.rgb.data()), Catch::StartsWith(file + ": "));
    CHECK_FALSE(std::filesystem::exists(std::filesystem::symlink_status(file)));
}

TEST_CASE("pictures: an empty picture is not a PNG", "[pictures]") {
    const TemporaryFolder folder;
    const std::string file = folder.path / "empty.png";
    CHECK_THROWS_WITH(write_png(file, 0, 0, nullptr), Catch::StartsWith(file + ": "));
    CHECK_FALSE(std::filesystem::exists(file));
}

TEST_CASE("pictures: a hash depends on pixels and size", "[pictures]") {
    const Picture p = gradient(32, 16, 0);
    Picture other = p;
    other.rgb.back() ^= 1;
    CHECK(picture_hash(32, 16, p.rgb.data()) == picture_hash(32, 16, p.rgb.data()));
    CHECK(picture_hash(32, 16, p.rgb.data()) != picture_hash(32, 16, other.rgb.data()));
    CHECK(picture_hash(32, 16, p.rgb.data()) != picture_hash(16, 32, p.rgb.data()));
    CHECK(picture_hash(32, 16, p.rgb.data()).size() == 16);
}

TEST_CASE("pictures: video levels are limited range", "[pictures]") {
    const TemporaryFolder folder;
    const std::string file = folder.path / "v.y4m";
    {
        VideoFile video{file, 2, 2, 30};
        const uint8_t rgb[] = {255, 255, 255, 0, 0, 0, 255, 0, 0, 0, 0, 255};  // white, black, red, blue
        video.add(rgb);
    }
    const std::string header = "YUV4MPEG2 W2 H2 F30:1 Ip A1:1 C444\nFRAME\n";
    const std::string all = text_of(file);
    REQUIRE(all.size() == header.size() + 12);
    CHECK(all.substr(0, header.size()) == header);
    const auto* planes = reinterpret_cast<const uint8_t*>(all.data() + header.size());
    const std::vector<uint8_t> found{planes, planes + 12};
    // BT.601's well-known corners: white 235, black 16, red (81, 90, 240), blue (41, 240, 110).
    CHECK(found == std::vector<uint8_t>{235, 16, 81, 41, 128, 128, 90, 240, 128, 128, 240, 110});
}
