#include "drm/g2d_list.hpp"

#include "core/uaccess.hpp"
#include "dma/ownership.hpp"

namespace kernel::drm {

namespace {

// fimg2d.md section 1; programs may write these (Linux's exynos_drm_g2d has the same limits)
constexpr uint32_t kFirst = 0x104, kLast = 0x880, kOffsetMask = 0xFFF;
constexpr uint32_t kRotate = 0x200, kSourceSelect = 0x300, kCommand = 0x104, kPatternBase = 0x500,
                   kPatternSize = 0x504, kPatternFormat = 0x508, kPatternStride = 0x510, kMaskBase = 0x520,
                   kMaskStride = 0x524, kMaskLeftTop = 0x528, kMaskMode = 0x530, kMaskRepeat = 0x534;
constexpr uint32_t kSource = 0x304, kDestination = 0x404, kDestinationPlane2 = 0x418;
constexpr uint32_t kRopMask = 1 << 0, kNormalMask = 1 << 1;  // of the command; the latter on v4.1
constexpr uint32_t kMaskRotated = 1 << 8;                    // of ROTATE
constexpr uint32_t kStretch = 1 << 4;                        // of v3's command
constexpr uint32_t kTwoPlanes = 1 << 8;                      // of v4.1's colour mode
constexpr uint32_t kLastMaskRepeat = 3;                      // repeat, pad, reflect, clamp
constexpr uint32_t kMostPixels = 8000;                       // a side
constexpr uint32_t kMostStride = 0x7FFF;                     // the engine may take larger ones for negative
constexpr uint32_t kAddressRegisters[] = {kSource,      0x318,    kDestination, kDestinationPlane2,
                                          kPatternBase, kMaskBase};

bool is_address(uint32_t offset) {
    for (const uint32_t a : kAddressRegisters) {
        if (a == offset) return true;
    }
    return false;
}

/// Bytes a sample by colour mode code (section 3); 0: not for one plane, or reserved.
constexpr uint8_t kOnePlane[16] = {4, 4, 2, 2, 2, 2, 2, 3, 0, 2, 0, 1, 1};
/// Bits a sample of a mask by MASK_MODE's format.
constexpr uint8_t kMaskBits[8] = {1, 4, 8, 16, 16, 16, 32, 4};
/// Of two-plane formats: luma is a byte a pixel; chroma by code.
enum Code : uint32_t { kYcbcr444 = 8, kYcbcr422 = 9, kYcbcr420 = 10 };

struct Rectangle {
    uint32_t left, top, right, bottom;  // right and bottom are the first pixels outside
    bool valid() const {
        return left < right && top < bottom && right <= kMostPixels && bottom <= kMostPixels;
    }
    uint32_t width() const { return right - left; }
    uint32_t height() const { return bottom - top; }
};

Rectangle rectangle(uint32_t left_top, uint32_t right_bottom) {
    constexpr uint32_t kField = 0x1FFF;
    return {left_top & kField, left_top >> 16 & kField, right_bottom & kField, right_bottom >> 16 & kField};
}

/// First byte behind the last line.
uint64_t end_of(uint32_t lines, uint32_t stride, uint32_t line_bytes) {
    return uint64_t{lines - 1} * stride + line_bytes;
}

}  // namespace

/// Source and destination have the same registers at different places.
struct G2dList::Surface {
    uint32_t base, stride, mode, left_top, right_bottom, plane2;
};

// --- Building

Result<> G2dList::add_write(uint32_t offset, uint32_t v) {
    if (offset < kFirst || offset > kLast || offset % 4) return Errno::kInval;
    if (count_ == G2dJob::kMostWrites) return Errno::kInval;
    writes_[count_++] = {offset, v};
    return Ok{};
}

Result<> G2dList::set_buffer(Buffer buffer) {
    Buffer* place = nullptr;
    for (uint32_t i = 0; i < buffer_count_; ++i) {
        if (buffers_[i].offset == buffer.offset) place = &buffers_[i];
    }
    if (!place) {
        if (buffer_count_ == kMostBuffers) return Errno::kInval;
        place = &buffers_[buffer_count_++];
    }
    *place = std::move(buffer);
    return Ok{};
}

Result<> G2dList::add_command(const drm_exynos_g2d_cmd& command, HandleTable& handles) {
    const uint32_t offset = command.offset & kOffsetMask;
    if (is_address(offset)) {
        HandleTable::Place place = TRY(handles.containing(Iova{command.data}, engine_.dma()));
        const uint32_t left = place.object->size() - place.offset;
        TRY(set_buffer({offset, left, std::move(place.object), {}}));
    }
    return add_write(offset, command.data);
}

Result<> G2dList::add_buffer(const drm_exynos_g2d_cmd& command, HandleTable& handles) {
    const uint32_t offset = command.offset & kOffsetMask;
    if (!is_address(offset)) return Errno::kInval;
    if (command.offset & G2D_BUF_USERPTR) return add_user_memory(offset, UserAddr{command.data});
    auto found = handles.find(command.data);
    if (!found) return Errno::kFault;
    Ref<GemObject> object = found.take();
    const Iova at = TRY(object->iova_for(engine_.dma()));
    const uint32_t bytes = object->size();
    TRY(set_buffer({offset, bytes, std::move(object), {}}));
    return add_write(offset, at.value);
}

/// As in Linux's driver the program must be allowed to write the memory, whatever the engine does with it.
Result<> G2dList::add_user_memory(uint32_t offset, UserAddr description) {
    const auto asked = TRY(get_user<drm_exynos_g2d_userptr>(description));
    const bool written = offset == kDestination || offset == kDestinationPlane2;
    auto pages = TRY(UserPages::pin(UserAddr{asked.userptr}, asked.size, true));
    auto user = TRY(UserMapping::create(engine_.dma(), std::move(pages),
                                        written ? DmaDirection::bidirectional : DmaDirection::to_device));
    const Iova at = user->iova();
    const uint32_t bytes = user->bytes();
    TRY(set_buffer({offset, bytes, {}, std::move(user)}));
    return add_write(offset, at.value);
}

const G2dList::Buffer* G2dList::buffer_at(uint32_t offset) const {
    for (uint32_t i = 0; i < buffer_count_; ++i) {
        if (buffers_[i].offset == offset) return &buffers_[i];
    }
    return nullptr;
}

/// What a register holds after the list; all are zero before it.
uint32_t G2dList::value(uint32_t offset) const {
    uint32_t v = 0;
    for (const G2dWrite& w : writes()) {
        if (w.offset == offset) v = w.value;
    }
    return v;
}

/// Several registers may name one object: source and destination of a blend in place, the planes of a
/// picture. What each names reaches to the object's end, so that the one that names most says for all of
/// them.
bool G2dList::speaks_for_object(const Buffer& b) const {
    for (uint32_t i = 0; i < buffer_count_; ++i) {
        const Buffer& other = buffers_[i];
        if (other.object.get() != b.object.get()) continue;
        if (other.bytes > b.bytes || (other.bytes == b.bytes && &other < &b)) return false;
    }
    return true;
}

void G2dList::hand_to_device() const {
    for (uint32_t i = 0; i < buffer_count_; ++i) {
        const Buffer& b = buffers_[i];
        if (b.user) (void)b.user->give();
        if (b.object && speaks_for_object(b)) b.object->hand_to_device();
    }
}

void G2dList::take_from_device() const {
    const bool in_level2 = engine_.dma().coherent();  // the display does not see the caches
    for (uint32_t i = 0; i < buffer_count_; ++i) {
        const Buffer& b = buffers_[i];
        if (b.user) (void)b.user->take();
        if (!in_level2 || !b.object || !speaks_for_object(b)) continue;
        (void)device_range_leaves_level2(engine_.dma(), Iova{value(b.offset)}, b.bytes);
    }
}

// --- Checking

Result<> G2dList::check_surface(const Surface& s) const {
    const Buffer* first = buffer_at(s.base);
    const Buffer* second = buffer_at(s.plane2);
    if (!first) return Ok{};  // no memory, or address zero: the SysMMU's business
    const Rectangle r = rectangle(value(s.left_top), value(s.right_bottom));
    const uint32_t stride = value(s.stride), mode = value(s.mode), code = mode & 0xF;
    if (!r.valid() || stride > kMostStride) return Errno::kFault;
    const bool two = engine_.version() == G2dVersion::v4_1 && mode & kTwoPlanes;
    const bool ycbcr = code >= kYcbcr444 && code <= kYcbcr420;
    const uint32_t bytes = two ? 1 : kOnePlane[code];
    if (bytes == 0 || (two && (!ycbcr || !second))) return Errno::kFault;
    const uint32_t even = align_up(r.right, 2);  // packed pairs are read whole
    if (end_of(r.bottom, stride, (ycbcr ? even : r.right) * bytes) > first->bytes) return Errno::kFault;
    if (!two) return Ok{};
    const uint32_t lines = code == kYcbcr420 ? (r.bottom + 1) / 2 : r.bottom;
    if (end_of(lines, stride, code == kYcbcr444 ? 2 * r.right : even) > second->bytes) return Errno::kFault;
    return Ok{};
}

Result<> G2dList::check_pattern() const {
    const Buffer* buffer = buffer_at(kPatternBase);
    if (!buffer) return Ok{};
    const Rectangle r = rectangle(0, value(kPatternSize));
    const uint32_t stride = value(kPatternStride), bytes = kOnePlane[value(kPatternFormat) & 0xF];
    if (!r.valid() || stride > kMostStride || bytes == 0) return Errno::kFault;
    return end_of(r.bottom, stride, r.right * bytes) > buffer->bytes ? Result<>{Errno::kFault} : Ok{};
}

/// Version 3's mask has one bit a destination pixel, from (0, 0). 4.1 chooses a format and, if it likes, a
/// rectangle, which is read and nothing beside it, for its repeat modes fill the rest.
Result<> G2dList::check_mask() const {
    const Buffer* buffer = buffer_at(kMaskBase);
    const bool four = engine_.version() == G2dVersion::v4_1;
    const uint32_t kinds = value(kCommand) & (four ? kRopMask | kNormalMask : kRopMask);
    if (!buffer || kinds == 0) return Ok{};
    if (four && (value(kMaskRepeat) & 7) > kLastMaskRepeat) return Errno::kNotSup;
    const Rectangle to = rectangle(value(0x410), value(0x414));
    const uint32_t stride = value(kMaskStride);
    if (!to.valid() || stride > kMostStride) return Errno::kFault;
    const bool turned = value(kRotate) & kMaskRotated, given = four && value(kMaskLeftTop + 4) != 0;
    Rectangle mask = rectangle(four ? value(kMaskLeftTop) : 0, value(kMaskLeftTop + 4));
    if (!given) {
        mask.right = mask.left + (turned ? to.height() : to.width());
        mask.bottom = mask.top + (turned ? to.width() : to.height());
    }
    if (!mask.valid()) return Errno::kFault;
    const uint32_t bits = four ? kMaskBits[value(kMaskMode) & 7] : 1;
    return end_of(mask.bottom, stride, (mask.right * bits + 7) / 8) > buffer->bytes ? Result<>{Errno::kFault}
                                                                                    : Ok{};
}

/// What would be read beside the source's rectangle.
Result<> G2dList::check_stretch() const {
    if (!buffer_at(kSource) || (value(kSourceSelect) & 3) != 0) return Ok{};
    if (engine_.version() == G2dVersion::v4_1) return Ok{};  // its repeat modes fill what lies beside
    // Version 3 reads on in memory unless it stretches.
    if (value(kCommand) & kStretch) return Ok{};
    const Rectangle from = rectangle(value(0x310), value(0x314)), to = rectangle(value(0x410), value(0x414));
    const bool turned = value(kRotate) & 1;
    const uint32_t width = turned ? to.height() : to.width(), height = turned ? to.width() : to.height();
    if (width > from.width() || height > from.height()) return Errno::kFault;
    return Ok{};
}

Result<> G2dList::check() const {
    constexpr Surface kSourceSurface{kSource, 0x308, 0x30C, 0x310, 0x314, 0x318};
    constexpr Surface kDestinationSurface{kDestination, 0x408, 0x40C, 0x410, 0x414, 0x418};
    const bool caught = engine_.dma().placement() == Placement::scattered;
    if (!buffer_at(kDestination) && !caught) return Errno::kFault;
    TRY(check_surface(kSourceSurface));
    TRY(check_surface(kDestinationSurface));
    TRY(check_pattern());
    TRY(check_mask());
    return check_stretch();
}

}  // namespace kernel::drm
