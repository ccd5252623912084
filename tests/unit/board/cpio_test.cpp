#include "platform/board/cpio.hpp"

#include <unistd.h>

#include <catch2/catch.hpp>
#include <cstdio>
#include <filesystem>
#include <fstream>

using exysim::board::CpioArchive;

namespace {
std::vector<uint8_t> text(const std::string& s) { return {s.begin(), s.end()}; }

std::string output_of(const std::string& command) {
    FILE* pipe = popen(command.c_str(), "r");
    REQUIRE(pipe);
    std::string all;
    for (int c = fgetc(pipe); c != EOF; c = fgetc(pipe)) all.push_back(static_cast<char>(c));
    CHECK(pclose(pipe) == 0);
    return all;
}
}  // namespace

TEST_CASE("cpio: the header is the newc one", "[board]") {
    CpioArchive archive;
    archive.add_file("/init", text("abcde"), true);
    const std::vector<uint8_t> bytes = archive.finish();
    const std::string all{bytes.begin(), bytes.end()};
    //    magic  inode   mode    uid     gid     links   mtime   size    maj/min of both        name    check
    CHECK(all.substr(0, 110) ==
          "070701"
          "00000001"
          "000081ed"
          "00000000"
          "00000000"
          "00000001"
          "00000000"
          "00000005"
          "00000000"
          "00000000"
          "00000000"
          "00000000"
          "00000005"
          "00000000");
    CHECK(all.substr(110, 6) == std::string("init\0\0", 6));  // the name ends at a multiple of 4
    CHECK(all.substr(116, 8) == std::string("abcde\0\0\0", 8));
    CHECK(all.find("TRAILER!!!") != std::string::npos);
    CHECK(bytes.size() % 4 == 0);
}

TEST_CASE("cpio: folders come before what is in them, once", "[board]") {
    CpioArchive archive;
    archive.add_file("/usr/bin/a", text("1"), true);
    archive.add_file("/usr/bin/b", text("2"), true);
    const std::vector<uint8_t> bytes = archive.finish();
    const std::string all{bytes.begin(), bytes.end()};
    CHECK(all.find(std::string("usr\0", 4)) < all.find(std::string("usr/bin\0", 8)));
    CHECK(all.find(std::string("usr/bin\0", 8)) == all.rfind(std::string("usr/bin\0", 8)));
    CHECK(all.find(std::string("usr/bin\0", 8)) < all.find(std::string("usr/bin/a\0", 10)));
}

TEST_CASE("cpio: the cpio program reads it back", "[board]") {
    if (std::system("command -v cpio >/dev/null 2>&1") != 0) {
        WARN("no cpio program here");
        return;
    }
    CpioArchive archive;
    archive.add_file("/init", text("hello"), true);
    archive.add_file("/bin/data", text("x"), false);
    const std::vector<uint8_t> bytes = archive.finish();
    const std::string file = "/tmp/exysim_cpio_test." + std::to_string(getpid());
    std::ofstream{file, std::ios::binary}.write(reinterpret_cast<const char*>(bytes.data()),
                                                static_cast<std::streamsize>(bytes.size()));
    CHECK(output_of("cpio -t --quiet < " + file) == "init\nbin\nbin/data\n");
    CHECK(output_of("cpio -i --quiet --to-stdout init < " + file) == "hello");
    std::filesystem::remove(file);
}
