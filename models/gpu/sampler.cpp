#include "models/gpu/sampler.hpp"

#include <algorithm>

namespace exysim::gpu {

namespace {

/// The engine's address counters wrap at 32 bits.
uint32_t row_offset(const Image& image, int32_t y, int32_t lines) {
    return static_cast<uint32_t>(int64_t{image.stride} * lines * y);
}

Argb mix(Argb a, Argb b, Argb c, Argb d, uint32_t wx, uint32_t wy) {
    Argb made = 0;
    for (unsigned i = 0; i < 4; ++i) {
        const uint32_t upper = channel(a, i) * (256 - wx) + channel(b, i) * wx;
        const uint32_t lower = channel(c, i) * (256 - wx) + channel(d, i) * wx;
        made |= (upper * (256 - wy) + lower * wy + 0x8000) >> 16 << (8 * i);
    }
    return made;
}

}  // namespace

Iova plane1_at(const Image& image, int32_t x, int32_t y) {
    return image.base + row_offset(image, y, 1) + static_cast<uint32_t>(int64_t{x} * image.format.bits() / 8);
}

Iova chroma_at(const Image& image, int32_t x, int32_t y) {
    const bool full = image.format.kind == PixelKind::ycbcr444;
    const int32_t row = image.format.kind == PixelKind::ycbcr420 ? y >> 1 : y;
    return image.plane2 + row_offset(image, row, full ? 2 : 1) + static_cast<uint32_t>(full ? 2 * x : x);
}

std::vector<IovaRange> ranges_of(const Image& image, const Rect& rect) {
    if (rect.empty() || image.stride < 0) return {};
    const int32_t last = rect.bottom - 1;
    const auto from_to = [](Iova from, Iova to) { return IovaRange{from, to.value - from.value}; };
    std::vector<IovaRange> ranges{
        from_to(plane1_at(image, rect.left, rect.top), plane1_at(image, rect.right, last))};
    if (image.format.two_planes)
        ranges.push_back(from_to(chroma_at(image, rect.left, rect.top), chroma_at(image, rect.right, last)));
    return ranges;
}

uint32_t chroma_bytes(const PixelFormat& format, uint32_t pixels) {
    return format.kind == PixelKind::ycbcr444 ? 2 * pixels : pixels;
}

bool RowReader::read(BlitMemory& memory, const Image& image, int32_t x, int32_t y, std::span<Argb> into) {
    const PixelFormat& f = image.format;
    const size_t granule = f.granule();
    const int32_t first = x & ~static_cast<int32_t>(granule - 1);
    const auto lead = static_cast<size_t>(x - first);
    const size_t count = (lead + into.size() + granule - 1) & ~(granule - 1);
    plane1_.resize(f.bytes(static_cast<uint32_t>(count)));
    chroma_.resize(f.two_planes ? chroma_bytes(f, static_cast<uint32_t>(count)) : 0);
    if (!memory.read(plane1_at(image, first, y), plane1_)) return false;
    if (!chroma_.empty() && !memory.read(chroma_at(image, first, y), chroma_)) return false;
    if (count == into.size()) {
        unpack(f, image.a8_rgb, {plane1_, chroma_}, into);
        return true;
    }
    pairs_.resize(count);
    unpack(f, image.a8_rgb, {plane1_, chroma_}, pairs_);
    std::copy_n(pairs_.begin() + static_cast<ptrdiff_t>(lead), into.size(), into.begin());
    return true;
}

void Sampler::Span::add(int32_t index) {
    if (index == kPad || index == kNothing) return;
    least = std::min(least, index);
    most = std::max(most, index);
}

int32_t Sampler::repeated(int64_t index, int32_t size) const {
    if (index < size) return static_cast<int32_t>(index);
    switch (how_->repeat) {
        case Repeat::repeat:
            return static_cast<int32_t>(index % size);
        case Repeat::pad:
            return kPad;
        case Repeat::reflect: {
            const auto inside = static_cast<int32_t>(index % (2 * int64_t{size}));
            return inside < size ? inside : 2 * size - 1 - inside;
        }
        case Repeat::clamp:
            return size - 1;
        case Repeat::none:
            return kNothing;
        case Repeat::run_on:
            break;
    }
    return static_cast<int32_t>(index);
}

/// Steps start at the rectangle's corner without an offset of half a step. [Assumed]
std::vector<Sampler::Sample> Sampler::samples(int32_t count, uint32_t step, int32_t size,
                                              bool negative) const {
    const bool linear = how_->filter == Filter::bilinear || how_->filter == Filter::bilinear_past_edge;
    const auto mapped = [&](int64_t index) {
        const int32_t i = repeated(index, size);
        return i == kPad || i == kNothing || !negative ? i : size - 1 - i;
    };
    std::vector<Sample> made(static_cast<size_t>(count));
    for (size_t n = 0; n < made.size(); ++n) {
        const uint64_t at = uint64_t{n} * step;
        const auto index = static_cast<int64_t>(at >> 16);
        made[n].first = made[n].second = mapped(index);
        if (!linear) continue;
        made[n].weight = at >> 8 & 0xFF;
        if (index + 1 != size || how_->filter == Filter::bilinear_past_edge)
            made[n].second = mapped(index + 1);
    }
    return made;
}

Sampler::Span Sampler::span_of(const std::vector<Sample>& samples, int32_t from, int32_t to) {
    Span span;
    for (int32_t i = std::min(from, to); i <= std::max(from, to); ++i) {
        span.add(samples[static_cast<size_t>(i)].first);
        span.add(samples[static_cast<size_t>(i)].second);
    }
    return span;
}

int32_t Sampler::walk_x(int32_t x) const {
    const Image& d = blit_->destination;
    return d.negative_x ? d.rect.right - 1 - x : x - d.rect.left;
}

int32_t Sampler::walk_y(int32_t y) const {
    const Image& d = blit_->destination;
    return d.negative_y ? d.rect.bottom - 1 - y : y - d.rect.top;
}

void Sampler::begin(const Blit& blit, const Image& picture, const Sampling& how, BlitMemory& memory) {
    blit_ = &blit;
    picture_ = &picture;
    how_ = &how;
    memory_ = &memory;
    const Rect& d = blit.destination.rect;
    const int32_t width = how.rotate ? d.height() : d.width(), height = how.rotate ? d.width() : d.height();
    const bool scaled = how.filter != Filter::none;
    x_ = samples(width, scaled ? how.x_step : 1 << 16, picture.rect.width(), picture.negative_x);
    y_ = samples(height, scaled ? how.y_step : 1 << 16, picture.rect.height(), picture.negative_y);
    const auto single = [](const Sample& s) {
        return s.weight == 0 && s.first != kPad && s.first != kNothing;
    };
    plain_ = std::all_of(x_.begin(), x_.end(), single) && std::all_of(y_.begin(), y_.end(), single);
    const Rect& clip = blit.clip;
    if (how.rotate) {
        rows_ = {0, 0};
        band_end_ = clip.top;
    } else {
        rows_ = span_of(y_, walk_y(clip.top), walk_y(clip.bottom - 1));
        shape(span_of(x_, walk_x(clip.left), walk_x(clip.right - 1)), 2);
    }
}

/// Room for `slots` rows of `columns`; nothing fetched yet.
void Sampler::shape(Span columns, int32_t slots) {
    columns_ = columns;
    next_slot_ = 0;
    slot_of_row_.assign(static_cast<size_t>(rows_.size()), -1);
    row_of_slot_.assign(static_cast<size_t>(slots), INT32_MAX);
    texels_.resize(static_cast<size_t>(slots) * static_cast<size_t>(columns.size()));
}

/// Brings a source row in, in place of an older one that is not `keep`.
bool Sampler::fetch(int32_t source_row, int32_t keep) {
    if (source_row == kPad || source_row == kNothing || columns_.size() == 0) return true;
    int32_t& slot = slot_of_row_[static_cast<size_t>(source_row - rows_.least)];
    if (slot >= 0) return true;
    const auto slots = static_cast<int32_t>(row_of_slot_.size());
    if (row_of_slot_[static_cast<size_t>(next_slot_)] == keep) next_slot_ = (next_slot_ + 1) % slots;
    int32_t& held = row_of_slot_[static_cast<size_t>(next_slot_)];
    if (held != INT32_MAX) slot_of_row_[static_cast<size_t>(held - rows_.least)] = -1;
    held = source_row;
    slot = next_slot_;
    next_slot_ = (next_slot_ + 1) % slots;
    const Rect& rect = picture_->rect;
    const std::span<Argb> into{&texels_[static_cast<size_t>(slot) * static_cast<size_t>(columns_.size())],
                               static_cast<size_t>(columns_.size())};
    return reader_.read(*memory_, *picture_, rect.left + columns_.least, rect.top + source_row, into);
}

bool Sampler::fetch(const Sample& rows) {
    return fetch(rows.first, rows.second) && (rows.weight == 0 || fetch(rows.second, rows.first));
}

bool Sampler::row(int32_t y, std::span<Argb> into) {
    return how_->rotate ? rotated_row(y, into) : upright_row(y, into);
}

bool Sampler::upright_row(int32_t y, std::span<Argb> into) {
    const Sample& rows = y_[static_cast<size_t>(walk_y(y))];
    if (!fetch(rows)) return false;
    const int32_t first = walk_x(blit_->clip.left), step = blit_->destination.negative_x ? -1 : 1;
    if (plain_) {
        const auto slot = static_cast<size_t>(slot_of_row_[static_cast<size_t>(rows.first - rows_.least)]);
        gather(&texels_[slot * static_cast<size_t>(columns_.size())], first, step, into);
        return true;
    }
    for (size_t i = 0; i < into.size(); ++i)
        into[i] = at(x_[static_cast<size_t>(first + step * static_cast<int32_t>(i))], rows);
    return true;
}

void Sampler::gather(const Argb* from, int32_t px, int32_t step, std::span<Argb> into) const {
    const Sample* x = &x_[static_cast<size_t>(px)];
    const int32_t origin = columns_.least;
    for (size_t i = 0; i < into.size(); ++i, x += step) into[i] = from[x->first - origin];
}

/// Clockwise on version 3: the destination's row v shows column v from the bottom up; counter-clockwise
/// on 4.1: the column counted from the right, from the top down.
bool Sampler::rotated_row(int32_t y, std::span<Argb> into) {
    if (y >= band_end_ && !fetch_band(y)) return false;
    const bool clockwise = blit_->version == Version::v3;
    const int32_t v = walk_y(y), width = static_cast<int32_t>(x_.size()),
                  height = static_cast<int32_t>(y_.size());
    const Sample& x = x_[static_cast<size_t>(clockwise ? v : width - 1 - v)];
    for (size_t i = 0; i < into.size(); ++i) {
        const int32_t u = walk_x(blit_->clip.left + static_cast<int32_t>(i));
        into[i] = at(x, y_[static_cast<size_t>(clockwise ? height - 1 - u : u)]);
    }
    return true;
}

bool Sampler::fetch_band(int32_t y) {
    const bool clockwise = blit_->version == Version::v3;
    const Rect& clip = blit_->clip;
    band_end_ = std::min(y + kBand, clip.bottom);
    const auto column = [&](int32_t row) {
        const int32_t v = walk_y(row);
        return clockwise ? v : static_cast<int32_t>(x_.size()) - 1 - v;
    };
    const auto line = [&](int32_t x) {
        const int32_t u = walk_x(x);
        return clockwise ? static_cast<int32_t>(y_.size()) - 1 - u : u;
    };
    const int32_t first = line(clip.left), last = line(clip.right - 1);
    rows_ = span_of(y_, first, last);
    shape(span_of(x_, column(y), column(band_end_ - 1)), rows_.size());
    for (int32_t py = std::min(first, last); py <= std::max(first, last); ++py) {
        if (!fetch(y_[static_cast<size_t>(py)])) return false;
    }
    return true;
}

Argb Sampler::texel(int32_t x, int32_t y) const {
    if (x == kNothing || y == kNothing) return 0;
    if (x == kPad || y == kPad) return how_->pad;
    const auto slot = static_cast<size_t>(slot_of_row_[static_cast<size_t>(y - rows_.least)]);
    return texels_[slot * static_cast<size_t>(columns_.size()) + static_cast<size_t>(x - columns_.least)];
}

Argb Sampler::at(const Sample& x, const Sample& y) const {
    const Argb corner = texel(x.first, y.first);
    if (x.weight == 0 && y.weight == 0) return corner;
    const int32_t right = x.weight == 0 ? x.first : x.second, below = y.weight == 0 ? y.first : y.second;
    return mix(corner, texel(right, y.first), texel(x.first, below), texel(right, below), x.weight, y.weight);
}

}  // namespace exysim::gpu
