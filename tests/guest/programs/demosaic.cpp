// The camera program's demosaic by NEON against a second one, written pixel by pixel from the formulas in its
// header.
#include "apps/raw_camera/demosaic.hpp"

#include <cmath>
#include <cstdio>
#include <string>
#include <vector>

#include "random.hpp"
#include "tap.hpp"

namespace {

using apps::raw_camera::BayerOrder;
using apps::raw_camera::Mosaic;

struct Rgb {
    int level[3];  // R, G, B
};

class Reference {
public:
    explicit Reference(const Mosaic& m) : m_{m} {}

    std::vector<uint8_t> nv12() const {
        const int w = static_cast<int>(m_.width), h = static_cast<int>(m_.height);
        std::vector<uint8_t> out;
        for (int y = 0; y < h; ++y)
            for (int x = 0; x < w; ++x) out.push_back(luma(colours(x, y)));
        for (int y = 0; y < h; y += 2) {
            for (int x = 0; x < w; x += 2) {
                const Rgb c = mean(x, y);
                out.push_back(scaled(c, -26, -86, 112, 128));
                out.push_back(scaled(c, 112, -102, -10, 128));
            }
        }
        return out;
    }

private:
    static int mirrored(int at, int size) { return at < 0 ? -at : at >= size ? 2 * (size - 1) - at : at; }
    int level(int x, int y) const {
        const auto cx = static_cast<size_t>(mirrored(x, static_cast<int>(m_.width))),
                   cy = static_cast<size_t>(mirrored(y, static_cast<int>(m_.height)));
        return m_.bytes[cy * m_.line_bytes() + (m_.packed10 ? cx / 4 * 5 + cx % 4 : cx)];
    }
    /// 0 red, 1 green, 2 blue: what the filter in front of a pixel lets through.
    int filter(int x, int y) const {
        const char* name[] = {"RGGB", "GRBG", "GBRG", "BGGR"};
        const char c = name[static_cast<int>(m_.order)][(y & 1) * 2 + (x & 1)];
        return c == 'R' ? 0 : c == 'G' ? 1 : 2;
    }
    /// The pixel's own level, or the mean of those of its eight neighbours that are nearest and have the
    /// colour.
    int level_of(int colour, int x, int y) const {
        if (filter(x, y) == colour) return level(x, y);
        for (int distance = 1; distance <= 2; ++distance) {  // squared
            int sum = 0, count = 0;
            for (int dy = -1; dy <= 1; ++dy) {
                for (int dx = -1; dx <= 1; ++dx) {
                    if (dx * dx + dy * dy != distance || filter(x + dx, y + dy) != colour) continue;
                    sum += level(x + dx, y + dy);
                    ++count;
                }
            }
            if (count) return static_cast<int>(std::floor(static_cast<double>(sum) / count + 0.5));
        }
        return -1;
    }
    Rgb colours(int x, int y) const { return {{level_of(0, x, y), level_of(1, x, y), level_of(2, x, y)}}; }
    Rgb mean(int x, int y) const {
        Rgb c{};
        for (int i = 0; i < 3; ++i) {
            double sum = 0;
            for (int d = 0; d < 4; ++d) sum += colours(x + d % 2, y + d / 2).level[i];
            c.level[i] = static_cast<int>(std::floor(sum / 4 + 0.5));
        }
        return c;
    }
    static uint8_t scaled(const Rgb& c, int r, int g, int b, int offset) {
        const double sum = r * c.level[0] + g * c.level[1] + b * c.level[2];
        return static_cast<uint8_t>(offset + std::floor((sum + 128) / 256));
    }
    static uint8_t luma(const Rgb& c) { return scaled(c, 47, 157, 16, 16); }

    const Mosaic& m_;
};

bool same(Random& random, uint32_t width, uint32_t height, BayerOrder order, bool packed) {
    Mosaic m{nullptr, width, height, order, packed};
    std::vector<uint8_t> bytes(m.line_bytes() * height), got(width * height * 3 / 2);
    const bool extremes = random.below(4) == 0;
    for (auto& b : bytes)
        b = extremes ? static_cast<uint8_t>(random.below(2) ? 255 : 0)
                     : static_cast<uint8_t>(random.below(256));
    m.bytes = bytes.data();
    apps::raw_camera::demosaic_to_nv12(m, got.data());
    const std::vector<uint8_t> wanted = Reference{m}.nv12();
    for (size_t i = 0; i < wanted.size(); ++i) {
        if (got[i] == wanted[i]) continue;
        std::printf("# %ux%u: byte %zu is %u, should be %u\n", width, height, i, got[i], wanted[i]);
        return false;
    }
    return true;
}

}  // namespace

int main() {
    tap::plan(9);
    Random random = Random::seeded(42);
    const char* names[] = {"RGGB", "GRBG", "GBRG", "BGGR"};
    for (unsigned order = 0; order < 4; ++order) {
        for (const bool packed : {false, true}) {
            bool all = true;
            for (int i = 0; i < 12 && all; ++i)
                all = same(random, 16 * (1 + random.below(6)), 4 + 2 * random.below(12),
                           static_cast<BayerOrder>(order), packed);
            const std::string name = std::string{names[order]} + (packed ? ", 10 bits packed" : ", 8 bits");
            tap::ok(all, name.c_str());
        }
    }
    const std::vector<uint8_t> white(64 * 16, 255);
    std::vector<uint8_t> out(64 * 16 * 3 / 2);
    apps::raw_camera::demosaic_to_nv12({white.data(), 64, 16, BayerOrder::grbg, false}, out.data());
    tap::ok(out.front() == 235 && out.back() == 128, "white is 235, 128, 128");
    return tap::finish();
}
