// Video output on the mixer's layers: a V4L2 device for the video layer and one for each graphics layer, in
// the order of Linux's s5p-tv and with its priorities: the second graphics layer before the first, both
// before the video.
//
// A buffer given to the hardware is taken over by the next vsync; the one it replaces has left the screen
// then and goes back to the user.
#include "media/mixer_output.hpp"

#include <exysim/mixer.h>

#include <array>

#include "core/log.hpp"
#include "media/mixer_screen.hpp"
#include "media/video_device.hpp"

namespace kernel {

namespace {

constexpr uint32_t kMinWidth = 32, kMinHeight = 16, kMaxWidth = 1920, kMaxHeight = 1080, kWidthAlign = 8,
                   kHeightAlign = 2;
constexpr uint32_t kMinBuffers = 1;
constexpr uint64_t kVsyncPatienceNs = 100'000'000;

uint32_t clamp(uint32_t v, uint32_t low, uint32_t high) { return v < low ? low : v > high ? high : v; }
v4l2_rect to_v4l2(const Area& a) { return {static_cast<int>(a.x), static_cast<int>(a.y), a.width, a.height}; }

/// What the controls say of a whole layer.
struct LayerLook {
    uint8_t alpha = 255;
    uint32_t priority = 1;
    bool keyed = false;
    uint32_t key = 0;

    void set(uint32_t control, int32_t value) {
        if (control == V4L2_CID_ALPHA_COMPONENT) alpha = static_cast<uint8_t>(value);
        if (control == V4L2_CID_TV_LAYER_PRIO) priority = static_cast<uint32_t>(value);
        if (control == V4L2_CID_TV_CHROMA_ENABLE) keyed = value != 0;
        if (control == V4L2_CID_TV_CHROMA_VALUE) key = static_cast<uint32_t>(value);
    }
};

constexpr int32_t kMostPriority = 15;
constexpr ControlInfo kUserControls = control_class(V4L2_CID_USER_CLASS, "User Controls");
constexpr ControlInfo kAlpha{
    V4L2_CID_ALPHA_COMPONENT, "Alpha Component", V4L2_CTRL_TYPE_INTEGER, 0, 255, 1, 255};
/// Unless told otherwise the layers are in front of each other as with Linux's s5p-tv.
constexpr ControlInfo layer_priority(int32_t initial) {
    return {V4L2_CID_TV_LAYER_PRIO, "Layer Priority", V4L2_CTRL_TYPE_INTEGER, 0, kMostPriority, 1, initial};
}

/// What all layers have in common. What differs: formats, the sizes that a picture can have on the screen,
/// registers.
class LayerNode : public VideoDevice, public MixerLayer {
public:
    LayerNode(MixerScreen& screen, std::span<const uint32_t> formats, std::span<const ControlInfo> controls)
        : VideoDevice{{.type = V4L2_BUF_TYPE_VIDEO_OUTPUT_MPLANE, .min_queued = kMinBuffers},
                      "s5p-mixer",
                      V4L2_CAP_VIDEO_OUTPUT_MPLANE | V4L2_CAP_STREAMING},
          screen_{screen},
          formats_{formats},
          controls_{controls.data(), static_cast<uint32_t>(controls.size()), on_control, this} {
        for (const ControlInfo& c : controls) look_.set(c.id, c.initial);
    }

    Result<uint32_t> format_at(uint32_t, uint32_t index) const override {
        if (index >= formats_.size()) return Errno::kInval;
        return formats_[index];
    }
    /// Any picture the layer can fetch; where it is put on the screen says the selection.
    void adjust_format(uint32_t type, v4l2_pix_format_mplane& f) const override {
        if (!knows(f.pixelformat)) f.pixelformat = formats_[0];
        f.width = align_down(clamp(f.width, kMinWidth, kMaxWidth), kWidthAlign);
        f.height = align_down(clamp(f.height, kMinHeight, kMaxHeight), kHeightAlign);
        (void)complete_format(f, type, colours());
    }
    Result<> set_format(uint32_t, const v4l2_pix_format_mplane& f) override {
        format_ = f;
        place_ = default_place();
        return Ok{};
    }
    v4l2_pix_format_mplane format(uint32_t) const override { return format_; }
    Result<SizeRange> sizes(uint32_t fourcc) const override {
        if (!knows(fourcc)) return Errno::kInval;
        return SizeRange{kMinWidth, kMaxWidth, kWidthAlign, kMinHeight, kMaxHeight, kHeightAlign};
    }
    Result<> get_selection(v4l2_selection& s) override;
    Result<> set_selection(v4l2_selection& s) override;
    Result<> enum_output(v4l2_output& o) override {
        if (o.index != 0) return Errno::kInval;
        o = {};
        o.type = V4L2_OUTPUT_TYPE_ANALOG;
        o.capabilities = V4L2_OUT_CAP_DV_TIMINGS;
        copy_text(reinterpret_cast<char(&)[sizeof o.name]>(o.name), "HDMI");
        return Ok{};
    }
    Result<> enum_timings(v4l2_enum_dv_timings& t) override { return screen_.enum_timings(t); }
    Result<> get_timings(v4l2_dv_timings& t) override {
        screen_.get_timings(t);
        return Ok{};
    }
    Result<> set_timings(v4l2_dv_timings& t, bool busy) override {
        if (TRY(screen_.set_timings(t, busy))) fill_screen();
        return Ok{};
    }
    Result<> timings_limits(v4l2_dv_timings_cap& c) override {
        screen_.timings_limits(c);
        return Ok{};
    }
    ControlSet* controls() override { return &controls_; }
    /// A picture of the screen's size is the default of a mode.
    void fill_screen() {
        format_ = {};
        format_.width = screen_.mode().width;
        format_.height = screen_.mode().height;
        adjust_format(stream.type(), format_);
        place_ = default_place();
    }

protected:
    virtual v4l2_colorspace colours() const = 0;
    /// The size on the screen nearest to the one asked for, and at most the screen's.
    virtual Area nearest_size(uint32_t width, uint32_t height) const = 0;
    virtual void show(const VideoBuffer& buffer, const Area& place) const = 0;
    virtual void hide() const = 0;

    const LayerLook& look() const { return look_; }

    MixerScreen& screen_;
    v4l2_pix_format_mplane format_{};

private:
    // --- What the queue asks (VideoQueueOps)
    void take(VideoQueue&, VideoBuffer& buffer) override {
        waiting_.push_back(buffer);
        if (running_ && !next_) program();
    }
    Result<> start(VideoQueue&) override;
    void stop(VideoQueue&) override;
    void vsync() override;

    bool knows(uint32_t fourcc) const {
        for (const uint32_t known : formats_) {
            if (known == fourcc) return true;
        }
        return false;
    }
    /// In the middle, pixel by pixel, if it fits.
    Area default_place() const {
        Area a = nearest_size(format_.width, format_.height);
        a.x = (screen_.mode().width - a.width) / 2;
        a.y = (screen_.mode().height - a.height) / 2;
        return a;
    }
    /// Where the picture is shown; another layer may have chosen a smaller screen since.
    Area place() const {
        const bool fits = place_.x + place_.width <= screen_.mode().width &&
                          place_.y + place_.height <= screen_.mode().height;
        return fits ? place_ : default_place();
    }
    void program();
    void program(const VideoBuffer& buffer);
    void give_back(VideoBuffer*& buffer);
    static Result<> on_control(void* context, uint32_t id, int32_t value) {
        static_cast<LayerNode*>(context)->change_look(id, value);
        return Ok{};
    }
    void change_look(uint32_t control, int32_t value);

    std::span<const uint32_t> formats_;
    ControlSet controls_;
    Area place_;

    // guarded by the screen's lock
    LayerLook look_;
    WaitQueue hidden_;
    List<VideoBuffer, &VideoBuffer::node> waiting_;
    VideoBuffer* next_ = nullptr;   // programmed, not yet taken over
    VideoBuffer* shown_ = nullptr;  // on the screen
    uint32_t sequence_ = 0;
    bool running_ = false;
    bool hiding_ = false;  // the layer is being switched off
};

/// COMPOSE is the place on the screen.
Result<> LayerNode::get_selection(v4l2_selection& s) {
    switch (s.target) {
        case V4L2_SEL_TGT_COMPOSE:
            s.r = to_v4l2(place());
            return Ok{};
        case V4L2_SEL_TGT_COMPOSE_DEFAULT:
            s.r = to_v4l2(default_place());
            return Ok{};
        case V4L2_SEL_TGT_COMPOSE_BOUNDS:
            s.r = {0, 0, screen_.mode().width, screen_.mode().height};
            return Ok{};
        default:
            return Errno::kInval;
    }
}

/// Takes effect with the next picture.
Result<> LayerNode::set_selection(v4l2_selection& s) {
    if (s.target != V4L2_SEL_TGT_COMPOSE) return Errno::kInval;
    const auto inside = [](int at, uint32_t room) {
        return at < 0 ? 0 : clamp(static_cast<uint32_t>(at), 0, room);
    };
    Area a = nearest_size(s.r.width, s.r.height);
    a.x = inside(s.r.left, screen_.mode().width - a.width);
    a.y = inside(s.r.top, screen_.mode().height - a.height);
    TRY(check_selection_flags(s.r, to_v4l2(a), s.flags));
    const IrqGuard guard{screen_.lock};
    place_ = a;
    s.r = to_v4l2(a);
    return Ok{};
}

Result<> LayerNode::start(VideoQueue&) {
    TRY(screen_.join(*this));
    const IrqGuard guard{screen_.lock};
    sequence_ = 0;
    running_ = true;
    program();
    return Ok{};
}

/// The layer disappears at a vsync; only then the buffers may be touched.
void LayerNode::stop(VideoQueue&) {
    {
        const IrqGuard guard{screen_.lock};
        if (running_) {
            hide();
            hiding_ = true;
        }
        running_ = false;
    }
    if (!wait_event(
            hidden_, [this] { return !hiding_; }, now_ns() + kVsyncPatienceNs, false)) {
        log_warn("mixer: no vsync");
    }
    screen_.leave(*this);
    const IrqGuard guard{screen_.lock};
    while (waiting_.pop_front()) {
    }
    next_ = shown_ = nullptr;
    hiding_ = false;
}

/// Gives the oldest waiting buffer to the hardware.
void LayerNode::program() {
    next_ = waiting_.pop_front();
    if (next_) program(*next_);
}

void LayerNode::program(const VideoBuffer& buffer) {
    screen_.mixer().begin_update();
    show(buffer, place());
    screen_.mixer().end_update();
}

/// What is on the screen looks different from the next vsync on.
void LayerNode::change_look(uint32_t control, int32_t value) {
    const IrqGuard guard{screen_.lock};
    look_.set(control, value);
    if (!running_) return;
    if (const VideoBuffer* buffer = next_ ? next_ : shown_) program(*buffer);
}

void LayerNode::give_back(VideoBuffer*& buffer) {
    if (buffer) stream.done(*buffer, BufferState::done, sequence_++, now_ns());
    buffer = nullptr;
}

void LayerNode::vsync() {
    if (hiding_) {
        hiding_ = false;
        hidden_.wake_all();
    }
    if (!running_) return;
    if (next_) {
        give_back(shown_);
        shown_ = next_;
        next_ = nullptr;
    }
    program();
}

// --- The video layer: any size, by the video processor's scaler

constexpr uint32_t kVideoFormats[] = {V4L2_PIX_FMT_NV12, V4L2_PIX_FMT_NV21, V4L2_PIX_FMT_NV12M,
                                      V4L2_PIX_FMT_NV21M};

constexpr ControlInfo kVideoControls[] = {kUserControls, kAlpha, layer_priority(1)};

class VideoLayerNode final : public LayerNode {
public:
    explicit VideoLayerNode(MixerScreen& screen) : LayerNode{screen, kVideoFormats, kVideoControls} {
        fill_screen();
    }

private:
    v4l2_colorspace colours() const override {
        return screen_.mode().height > 576 ? V4L2_COLORSPACE_REC709 : V4L2_COLORSPACE_SMPTE170M;
    }
    Area nearest_size(uint32_t width, uint32_t height) const override {
        constexpr uint32_t kMostScale = 16;  // Linux's driver allows as much
        const auto least = [](uint32_t size) { return size < kMostScale ? 1 : size / kMostScale; };
        return {0, 0, clamp(width, least(format_.width), screen_.mode().width),
                clamp(height, least(format_.height), screen_.mode().height)};
    }
    void show(const VideoBuffer& buffer, const Area& place) const override {
        const PixelFormat& pixels = *pixel_format(format_.pixelformat).take();
        const PictureAddresses at = addresses_of(buffer, pixels, format_.width, format_.height);
        VideoLayer layer;
        layer.picture.luma = at.luma;
        layer.picture.chroma = at.chroma[0];
        layer.picture.width = format_.width;
        layer.picture.height = format_.height;
        layer.picture.pitch = format_.plane_fmt[0].bytesperline;
        layer.picture.swapped_chroma = pixels.swapped_chroma;
        layer.source = {0, 0, format_.width, format_.height};
        layer.screen = place;
        layer.alpha = look().alpha;
        layer.priority = look().priority;
        screen_.mixer().set_video(layer);
    }
    void hide() const override { screen_.mixer().hide_video(); }
};

// --- Graphics layers: RGB, as large as the picture or twice as large, each way; what does not fit is not
// shown

struct GraphicsPixels {
    uint32_t fourcc;
    GraphicsFormat code;
    bool alpha;
};
constexpr GraphicsPixels kGraphicsPixels[] = {{V4L2_PIX_FMT_RGB565, GraphicsFormat::rgb565, false},
                                              {V4L2_PIX_FMT_ARGB444, GraphicsFormat::argb4444, true},
                                              {V4L2_PIX_FMT_ARGB555, GraphicsFormat::argb1555, true},
                                              {V4L2_PIX_FMT_BGR32, GraphicsFormat::argb8888, false},
                                              {V4L2_PIX_FMT_ABGR32, GraphicsFormat::argb8888, true}};
constexpr auto kGraphicsFormats = [] {
    std::array<uint32_t, std::size(kGraphicsPixels)> formats{};
    for (size_t i = 0; i < formats.size(); ++i) formats[i] = kGraphicsPixels[i].fourcc;
    return formats;
}();

/// Of the first and of the second graphics layer.
constexpr ControlInfo kChroma{V4L2_CID_TV_CHROMA_ENABLE, "Chroma Key", V4L2_CTRL_TYPE_BOOLEAN, 0, 1, 1, 0};
constexpr ControlInfo kChromaValue{
    V4L2_CID_TV_CHROMA_VALUE, "Chroma Key Value", V4L2_CTRL_TYPE_INTEGER, INT32_MIN, INT32_MAX, 1, 0};
constexpr ControlInfo kGraphicsControls[][5] = {
    {kUserControls, kAlpha, kChroma, kChromaValue, layer_priority(2)},
    {kUserControls, kAlpha, kChroma, kChromaValue, layer_priority(3)}};

class GraphicsLayerNode final : public LayerNode {
public:
    GraphicsLayerNode(MixerScreen& screen, uint32_t index)
        : LayerNode{screen, kGraphicsFormats, kGraphicsControls[index]}, index_{index} {
        fill_screen();
    }

private:
    v4l2_colorspace colours() const override { return V4L2_COLORSPACE_SRGB; }
    static uint32_t nearest(uint32_t wanted, uint32_t own, uint32_t room) {
        if (own > room) return room;
        return 2 * own <= room && wanted >= own + own / 2 ? 2 * own : own;
    }
    Area nearest_size(uint32_t width, uint32_t height) const override {
        return {0, 0, nearest(width, format_.width, screen_.mode().width),
                nearest(height, format_.height, screen_.mode().height)};
    }
    void show(const VideoBuffer& buffer, const Area& place) const override {
        GraphicsLayer layer;
        for (const GraphicsPixels& pixels : kGraphicsPixels) {
            if (pixels.fourcc != format_.pixelformat) continue;
            layer.format = pixels.code;
            layer.pixel_alpha = pixels.alpha;
        }
        const PixelFormat& pixels = *pixel_format(format_.pixelformat).take();
        layer.base = addresses_of(buffer, pixels, format_.width, format_.height).luma;
        layer.span = format_.plane_fmt[0].bytesperline / pixels.luma_bytes;
        layer.double_width = place.width > format_.width;
        layer.double_height = place.height > format_.height;
        layer.source = {0, 0, layer.double_width ? format_.width : place.width,
                        layer.double_height ? format_.height : place.height};
        layer.screen_x = place.x;
        layer.screen_y = place.y;
        layer.priority = look().priority;
        layer.alpha = look().alpha;
        layer.keyed = look().keyed;
        layer.key = look().key;
        screen_.mixer().set_graphics(index_, layer);
    }
    void hide() const override {
        screen_.mixer().begin_update();
        screen_.mixer().clear_graphics(index_);
        screen_.mixer().end_update();
    }

    uint32_t index_;
};

template <class Node, class... Arguments>
Result<Unique<Node>> add_node(MixerScreen& screen, const char* card, Arguments... arguments) {
    auto layer = TRY(make<Node>(screen, arguments...));
    layer->card = card;
    layer->stream.set_user(screen.pipe().dma(), PlaneAllocator::dma_contig, screen.pipe().name());
    TRY(register_platform_video(*layer, screen.pipe().name()));
    return layer;
}

}  // namespace

/// All of it lives as long as the kernel.
Result<> mixer_output_init() {
    DisplayPipe* pipe = the_display_pipe();
    if (!pipe) return Ok{};
    auto screen = TRY(make<MixerScreen>(*pipe));
    auto video = TRY(add_node<VideoLayerNode>(*screen, "video0"));
    auto low = TRY(add_node<GraphicsLayerNode>(*screen, "graph0", 0U));
    auto high = TRY(add_node<GraphicsLayerNode>(*screen, "graph1", 1U));
    (void)screen.release(), (void)video.release(), (void)low.release(), (void)high.release();
    return Ok{};
}

}  // namespace kernel
