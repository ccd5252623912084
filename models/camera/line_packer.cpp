#include "models/camera/line_packer.hpp"

namespace exysim::camera {

namespace {

/// Where the samples of a pair of pixels stand in four packed bytes, by ORDER422_OUT.
struct PackedOrder {
    uint8_t y0, cb, y1, cr;
};
constexpr PackedOrder kPackedOrders[] = {{0, 1, 2, 3}, {0, 3, 2, 1}, {1, 0, 3, 2}, {1, 2, 3, 0}};

std::vector<uint8_t> packed(const Line422& pixels, const PackedOrder& order) {
    std::vector<uint8_t> bytes(pixels.y.size() * 2);
    for (size_t i = 0; i < pixels.cb.size(); ++i) {
        uint8_t* const to = &bytes[4 * i];
        to[order.y0] = pixels.y[2 * i];
        to[order.cb] = pixels.cb[i];
        to[order.y1] = pixels.y[2 * i + 1];
        to[order.cr] = pixels.cr[i];
    }
    return bytes;
}

std::vector<uint8_t> interleaved(std::span<const uint8_t> first, std::span<const uint8_t> second) {
    std::vector<uint8_t> bytes(first.size() * 2);
    for (size_t i = 0; i < first.size(); ++i) {
        bytes[2 * i] = first[i];
        bytes[2 * i + 1] = second[i];
    }
    return bytes;
}

std::vector<uint8_t> copy(std::span<const uint8_t> from) { return {from.begin(), from.end()}; }

}  // namespace

void average(std::span<const uint8_t> a, std::span<const uint8_t> b, std::span<uint8_t> to) {
    for (size_t i = 0; i < to.size(); ++i) to[i] = static_cast<uint8_t>((a[i] + b[i] + 1) >> 1);
}

Iova LinePacker::line_start(Iova plane, uint32_t line, uint32_t bytes_before, uint32_t pitch) const {
    return plane + (line * pitch + bytes_before);
}

void LinePacker::pack(uint32_t index, const Line422& pixels, std::vector<Burst>& out) {
    const uint32_t line = area_.top + index;
    if (area_.layout.packed()) {
        const Iova at = line_start(area_.y, line, area_.left * 2, area_.canvas_width * 2);
        out.push_back({at, packed(pixels, kPackedOrders[area_.layout.order])});
        return;
    }
    out.push_back({line_start(area_.y, line, area_.left, area_.canvas_width), copy(pixels.y)});
    if (!area_.layout.subsampled_lines()) {
        pack_chroma(line, pixels.cb, pixels.cr, out);
    } else if (index % 2 == 0) {
        upper_cb_ = copy(pixels.cb);
        upper_cr_ = copy(pixels.cr);
    } else {
        average(upper_cb_, pixels.cb, upper_cb_);
        average(upper_cr_, pixels.cr, upper_cr_);
        pack_chroma(line / 2, upper_cb_, upper_cr_, out);
    }
}

void LinePacker::pack_chroma(uint32_t line, std::span<const uint8_t> cb, std::span<const uint8_t> cr,
                             std::vector<Burst>& out) const {
    if (area_.layout.semiplanar()) {
        const Iova at = line_start(area_.cb, line, area_.left, area_.canvas_width);
        out.push_back({at, area_.layout.order == 0 ? interleaved(cb, cr) : interleaved(cr, cb)});
        return;
    }
    out.push_back({line_start(area_.cb, line, area_.left / 2, area_.canvas_width / 2), copy(cb)});
    out.push_back({line_start(area_.cr, line, area_.left / 2, area_.canvas_width / 2), copy(cr)});
}

}  // namespace exysim::camera
