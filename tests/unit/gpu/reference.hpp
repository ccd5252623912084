// FIMG-2D a second time, one pixel at a time, written from the formulas of the hardware facts and of
// models/gpu's README: slow, obvious, and without a line of the model's.
#pragma once

#include <cstdint>
#include <map>
#include <vector>

namespace exysim::test {

struct G2dReference {
    bool four = false;  ///< version 4.1
    std::map<uint32_t, uint32_t> regs;
    std::vector<uint8_t>& memory;  ///< from address 0

    explicit G2dReference(std::vector<uint8_t>& bytes) : memory{bytes} {}
    void blit();

private:
    struct Pixel {
        int a = 0, r = 0, g = 0, b = 0;
        int& operator[](int i) { return i == 0 ? b : i == 1 ? g : i == 2 ? r : a; }
        int operator[](int i) const { return i == 0 ? b : i == 1 ? g : i == 2 ? r : a; }
    };
    struct Picture {
        uint32_t base, plane2;
        int stride;
        uint32_t mode, a8_rgb;
        bool mask = false;  // `mode` is 4.1's MASK_MODE; version 3's is 0
    };
    /// A picture on its way to the destination.
    struct Laid {
        Picture pic;
        int left, top;
        long w, h;
        bool flip_x, flip_y, turned;
        int filter, repeat;  // repeat -1: what lies behind is read
        long sx, sy;
        uint32_t pad;
    };
    uint32_t reg(uint32_t offset) const;
    int field(uint32_t offset, int high, int low) const;
    int stride_of(uint32_t offset) const;
    uint32_t word(uint64_t at, int bytes) const;
    static Pixel from_word(uint32_t mode, uint32_t word);
    static uint32_t to_word(uint32_t mode, const Pixel& p);
    Pixel fetch(const Picture& pic, int x, int y) const;
    void store(const Picture& pic, int x, int y, const Pixel& p, const Pixel& right);
    Pixel fetch_mask(const Picture& pic, int x, int y) const;
    int width_to_fill(bool turned) const;
    int height_to_fill(bool turned) const;
    Laid source(const Picture& pic) const;
    Laid mask() const;
    Pixel sample(const Laid& laid, int px, int py) const;
    Pixel texel(const Laid& laid, long i, long j) const;
    Pixel laid_at(const Laid& laid, int dx, int dy) const;
    Pixel pattern_at(int dx, int dy) const;
    Pixel colour(uint32_t offset) const;
    bool key_passes(uint32_t ctrl, const Pixel& p) const;
    int mul(int mode, int a, int b) const;
    Pixel coefficient(int low, int invert, const Pixel& s, const Pixel& d) const;
    Pixel blend4(const Pixel& s, const Pixel& d) const;
    Pixel blend3(const Pixel& s, const Pixel& d) const;
    Pixel premultiplied(const Pixel& p) const;
    Pixel rop(int code, int third, const Pixel& s, const Pixel& d, int dx, int dy) const;
    /// False: not drawn.
    bool compute(const Picture& src, const Picture& dst, int x, int y, Pixel& out) const;
};

}  // namespace exysim::test
