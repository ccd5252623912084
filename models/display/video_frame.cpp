#include "models/display/video_frame.hpp"

#include <algorithm>

#include "models/base/wide.hpp"

namespace exysim::display {

namespace {

constexpr uint32_t kTileWidth = 64, kTileHeight = 32, kTileBytes = kTileWidth * kTileHeight;

/// Each pair's samples for both its pixels; `odd` = the first pixel is a pair's second.
EXYSIM_WIDE void replicate(const uint8_t* pairs, uint8_t* first, uint8_t* second, size_t pair_count) {
    for (size_t i = 0; i < pair_count; ++i) {
        const uint8_t a = pairs[2 * i], b = pairs[2 * i + 1];
        first[2 * i] = a;
        first[2 * i + 1] = a;
        second[2 * i] = b;
        second[2 * i + 1] = b;
    }
}

/// Halves are rounded up.
EXYSIM_WIDE void mean(const uint8_t* a, const uint8_t* b, uint8_t* out, size_t n) {
    for (size_t i = 0; i < n; ++i) out[i] = static_cast<uint8_t>((a[i] + b[i] + 1) >> 1);
}

}  // namespace

uint32_t tile_offset(uint32_t x, uint32_t y, uint32_t width, uint32_t height) {
    const uint32_t across = ((width + 2 * kTileWidth - 1) / (2 * kTileWidth)) * 2;  // an even number
    const uint32_t down = (height + kTileHeight - 1) / kTileHeight;
    const uint32_t tx = x / kTileWidth, ty = y / kTileHeight;
    const uint32_t pair_start = (ty & ~1U) * across;
    uint32_t tile = 0;
    if (ty + 1 == down && down % 2) {
        tile = ty * across + tx;
    } else if (ty % 2 == 0) {
        tile = pair_start + tx + ((tx + 2) & ~3U);
    } else {
        tile = pair_start + tx + 2 + (tx & ~3U);
    }
    return tile * kTileBytes + y % kTileHeight * kTileWidth + x % kTileWidth;
}

std::vector<IovaRange> VideoWindow::planes() const {
    const uint32_t skip = line_skip ? 2 : 1;
    if (tiled) {
        const uint32_t rows = (src_y + height) * skip;
        const auto whole = [&](uint32_t lines) {
            return (lines + 2 * kTileHeight - 1) / (2 * kTileHeight) * 2 * kTileHeight;
        };
        return {{luma, pitch * whole(rows)}, {chroma, chroma_pitch * whole(rows / 2)}};
    }
    return {{luma_at(src_y), height * skip * pitch},
            {chroma_at(src_y / 2), chroma_lines() * skip * chroma_pitch}};
}

uint32_t VideoFrame::Plane::clamped(int64_t line) const {
    const int64_t top = int64_t{first} * lines_a_row, lines = int64_t{rows} * lines_a_row;
    return static_cast<uint32_t>(std::clamp(line, top, top + lines - 1));
}

VideoFrame::Plane::Rows VideoFrame::Plane::rows_of(uint32_t line) const {
    if (lines_a_row == 1) return {line, line};
    const auto row = [this](int64_t wanted) {
        return static_cast<uint32_t>(std::clamp<int64_t>(wanted, first, int64_t{first} + rows - 1));
    };
    const int64_t from_first = int64_t{line} - parity;  // -1 above a bottom field's first line
    return {row(from_first >> 1), row((from_first + 1) >> 1)};
}

VideoFrame::Plane::Rows VideoFrame::Plane::rows_shown(uint32_t line) const {
    const int64_t at = steps.at(line).sample();
    return {rows_of(clamped(steps.filtered ? at - 1 : at)).above,
            rows_of(clamped(steps.filtered ? at + 2 : at)).below};
}

void VideoFrame::begin(const VideoWindow& window, const VideoFilters& filters, const PostProcess& post,
                       uint32_t screen_lines, uint32_t image_lines) {
    window_ = window;
    filters_ = filters;
    post_ = post;
    plan_.clear();
    const bool tall = window.scaled_v();
    const uint32_t lines_a_row = window.whole_picture ? 2 : 1, parity = window.bottom_field ? 1 : 0;
    const int64_t top = int64_t{window.src_y} * lines_a_row << 16;
    luma_ = {window.src_y, window.height, lines_a_row, parity, {top, window.v_ratio, 0, tall}, {}};
    chroma_ = {window.src_y / 2, window.chroma_lines(),          lines_a_row,
               parity,           {top, window.v_ratio, 1, tall}, {}};
    const uint32_t visible = window.dst_y < screen_lines ? screen_lines - window.dst_y : 0;
    const uint32_t shown = window.height && window.width ? std::min(window.dst_height, visible) : 0;
    plan_plane(chroma_, true, shown, image_lines);
    plan_plane(luma_, false, shown, image_lines);
    sort_plan();
    for (auto* cache : {&luma_cache_, &chroma_cache_}) {
        for (Scaled& s : *cache) s.line = kAbsent;
    }
}

/// By need; chroma, which was added first, comes first among equals.
void VideoFrame::sort_plan() {
    std::vector<uint32_t> order(plan_.lines.size());
    for (uint32_t i = 0; i < order.size(); ++i) order[i] = i;
    std::stable_sort(order.begin(), order.end(), [this](uint32_t a, uint32_t b) {
        return plan_.lines[a].first_needed < plan_.lines[b].first_needed;
    });
    std::vector<uint32_t> place(order.size());
    std::vector<FetchLine> sorted;
    sorted.reserve(order.size());
    for (const uint32_t from : order) {
        place[from] = static_cast<uint32_t>(sorted.size());
        sorted.push_back(plan_.lines[from]);
    }
    plan_.lines = std::move(sorted);
    for (Plane* plane : {&luma_, &chroma_}) {
        for (uint32_t& n : plane->numbers) n = n == kAbsent ? n : place[n];
    }
}

void VideoFrame::plan_plane(Plane& plane, bool chroma, uint32_t shown, uint32_t image_lines) {
    plane.numbers.assign(plane.rows, kAbsent);
    uint32_t done = plane.first;  // rows before are in the plan, or not needed
    for (uint32_t line = 0; line < shown; ++line) {
        const auto [low, high] = plane.rows_shown(line);
        for (uint32_t n = low; n < done && n <= high; ++n) {
            const uint32_t number = plane.numbers[n - plane.first];
            if (number != kAbsent) plan_.lines[number].last_needed = window_.dst_y + line;
        }
        for (uint32_t n = std::max(low, done); n <= high; ++n) {
            plane.numbers[n - plane.first] = static_cast<uint32_t>(plan_.lines.size());
            add_line(n, chroma, window_.dst_y + line, image_lines);
            done = n + 1;
        }
    }
}

/// `needed`: the first screen line that takes it.
void VideoFrame::add_line(uint32_t row, bool chroma, uint32_t needed, uint32_t image_lines) {
    const uint32_t x = window_.src_x & ~1U, bytes = window_.line_bytes();
    if (!window_.tiled) {
        plan_.add((chroma ? window_.chroma_at(row) : window_.luma_at(row)) + x, bytes, needed, needed);
        plan_.lines.back().chroma = chroma;
        return;
    }
    const Iova base = chroma ? window_.chroma : window_.luma;
    const uint32_t pitch = chroma ? window_.chroma_pitch : window_.pitch;
    const uint32_t height = chroma ? (image_lines + 1) / 2 : image_lines;
    const uint32_t y = row * (window_.line_skip ? 2 : 1);
    const auto first_piece = static_cast<uint32_t>(plan_.pieces.size());
    for (uint32_t at = x; at < x + bytes;) {
        const uint32_t n = std::min(kTileWidth - at % kTileWidth, x + bytes - at);
        plan_.pieces.push_back({base + tile_offset(at, y, pitch, height), n, plan_.store_bytes});
        plan_.store_bytes += n;
        at += n;
    }
    plan_.lines.push_back(
        {first_piece, static_cast<uint32_t>(plan_.pieces.size()) - first_piece, needed, needed, chroma});
}

std::span<const uint8_t> VideoFrame::row_bytes(const LineStore& store, const Plane& plane,
                                               uint32_t row) const {
    const FetchLine& fetched = plan_.lines[plane.numbers[row - plane.first]];
    return std::span{store.bytes}.subspan(plan_.pieces[fetched.first_piece].into, window_.line_bytes());
}

std::span<const uint8_t> VideoFrame::line_bytes(const LineStore& store, const Plane& plane, uint32_t line) {
    const auto [above, below] = plane.rows_of(line);
    if (above == below) return row_bytes(store, plane, above);
    mean_.resize(window_.line_bytes());
    mean(row_bytes(store, plane, above).data(), row_bytes(store, plane, below).data(), mean_.data(),
         mean_.size());
    return mean_;
}

uint32_t VideoFrame::valid(const LineStore& store, const Plane& plane, uint32_t line) const {
    const auto of_row = [&](uint32_t row) {
        const uint32_t number = plane.numbers[row - plane.first];
        return number == kAbsent ? 0 : store.valid[number];
    };
    const auto [above, below] = plane.rows_of(line);
    return std::min(of_row(above), of_row(below));
}

bool VideoFrame::complete(const LineStore& store, const Plane& plane, uint32_t screen_line) const {
    const auto [low, high] = plane.rows_shown(screen_line);
    for (uint32_t n = low; n <= high; ++n) {
        const uint32_t number = plane.numbers[n - plane.first];
        if (number == kAbsent || store.valid[number] < window_.line_bytes()) return false;
    }
    return true;
}

uint32_t VideoFrame::row(const LineStore& store, uint32_t line, Matrix matrix, std::span<Pixel> out) {
    y_.resize(out.size());
    cb_.resize(out.size() + 2);
    cr_.resize(out.size() + 2);
    const bool scaled =
        window_.scaled_h() || window_.scaled_v() || out.size() > window_.width || (window_.src_x & 1U);
    uint32_t pixels = static_cast<uint32_t>(out.size());
    if (!scaled) {
        pixels = plain_row(store, line, out.size());
    } else if (!scaled_row(store, line, out.size())) {
        pixels = 0;
    }
    const std::span y{y_.data(), pixels}, cb{cb_.data(), pixels}, cr{cr_.data(), pixels};
    post_.apply(y, cb, cr);
    to_pixels({y, cb, cr}, matrix, out.first(pixels));
    return pixels;
}

/// 1:1 from an even pixel on: what has come is shown, pixel by pixel.
uint32_t VideoFrame::plain_row(const LineStore& store, uint32_t line, size_t width) {
    const uint32_t luma = luma_.clamped(luma_.steps.at(line).sample()),
                   chroma = chroma_.clamped(chroma_.steps.at(line).sample());
    const uint32_t here = std::min(valid(store, luma_, luma), valid(store, chroma_, chroma));
    const auto pixels = static_cast<uint32_t>(std::min<size_t>(here, width));
    if (pixels == 0) return 0;
    std::copy_n(line_bytes(store, luma_, luma).begin(), pixels, y_.begin());
    auto& first = window_.swapped_chroma ? cr_ : cb_;
    auto& second = window_.swapped_chroma ? cb_ : cr_;
    replicate(line_bytes(store, chroma_, chroma).data(), first.data(), second.data(), (pixels + 1) / 2);
    return pixels;
}

void VideoFrame::split_chroma(std::span<const uint8_t> pairs, std::vector<uint8_t>& cb,
                              std::vector<uint8_t>& cr) const {
    cb.resize(pairs.size() / 2);
    cr.resize(pairs.size() / 2);
    const size_t blue = window_.swapped_chroma ? 1 : 0;
    for (size_t i = 0; i < cb.size(); ++i) {
        cb[i] = pairs[2 * i + blue];
        cr[i] = pairs[2 * i + (blue ^ 1)];
    }
}

VideoFrame::Scaled& VideoFrame::scaled_luma(const LineStore& store, uint32_t line, size_t width) {
    Scaled& kept = luma_cache_[line % 4];
    if (kept.line == line && kept.a.size() == width) return kept;
    kept.line = line;
    kept.a.resize(width);
    const uint32_t odd = window_.src_x & 1U;
    const Steps steps{int64_t{window_.src_fraction} << 12, window_.h_ratio, 0, window_.scaled_h()};
    scale_row(line_bytes(store, luma_, line).subspan(odd, window_.width), steps, filters_.luma_h, kept.a);
    return kept;
}

VideoFrame::Scaled& VideoFrame::scaled_chroma(const LineStore& store, uint32_t line, size_t width) {
    Scaled& kept = chroma_cache_[line % 4];
    if (kept.line == line && kept.a.size() == width) return kept;
    kept.line = line;
    kept.a.resize(width);
    kept.b.resize(width);
    split_chroma(line_bytes(store, chroma_, line), cb_line_, cr_line_);
    const int64_t start = int64_t{window_.src_x & 1U} << 16 | int64_t{window_.src_fraction} << 12;
    const Steps steps{start, window_.h_ratio, 1, window_.scaled_h()};
    scale_row(cb_line_, steps, filters_.chroma_h, kept.a);
    scale_row(cr_line_, steps, filters_.chroma_h, kept.b);
    return kept;
}

bool VideoFrame::scaled_row(const LineStore& store, uint32_t line, size_t width) {
    if (!complete(store, luma_, line) || !complete(store, chroma_, line)) return false;
    const Position luma = luma_.steps.at(line), chroma = chroma_.steps.at(line);
    if (!window_.scaled_v()) {
        y_ = scaled_luma(store, luma_.clamped(luma.sample()), width).a;
        const Scaled& c = scaled_chroma(store, chroma_.clamped(chroma.sample()), width);
        std::copy(c.a.begin(), c.a.end(), cb_.begin());
        std::copy(c.b.begin(), c.b.end(), cr_.begin());
        return true;
    }
    std::array<const uint8_t*, 4> y{}, cb{}, cr{};
    for (int32_t k = 0; k < 4; ++k) {
        const auto at = static_cast<size_t>(k);
        y[at] = scaled_luma(store, luma_.clamped(int64_t{luma.sample()} - 1 + k), width).a.data();
        const Scaled& c = scaled_chroma(store, chroma_.clamped(int64_t{chroma.sample()} - 1 + k), width);
        cb[at] = c.a.data();
        cr[at] = c.b.data();
    }
    scale_column(y, filters_.luma_v[luma.phase()], y_);
    scale_column(cb, filters_.luma_v[chroma.phase()], std::span{cb_}.first(width));
    scale_column(cr, filters_.luma_v[chroma.phase()], std::span{cr_}.first(width));
    return true;
}

}  // namespace exysim::display
