// FIMC from memory to memory: scaling, cropping, rotation, flips and colour conversion. Each open file has
// its own formats, buffers and controls; their jobs take turns on the engine.
#include <iterator>

#include "core/boot_options.hpp"
#include "core/log.hpp"
#include "media/fimc_engine.hpp"

namespace kernel {

namespace {

constexpr uint64_t kJobNs = 500'000'000;      // many times the longest job
constexpr uint64_t kCaptureOffset = 1 << 30;  // mmap cookies of the capture queue, as Linux's framework

constexpr ControlInfo kControls[] = {
    control_class(V4L2_CID_USER_CLASS, "User Controls"),
    {V4L2_CID_HFLIP, "Horizontal Flip", V4L2_CTRL_TYPE_BOOLEAN, 0, 1, 1, 0},
    {V4L2_CID_VFLIP, "Vertical Flip", V4L2_CTRL_TYPE_BOOLEAN, 0, 1, 1, 0},
    {V4L2_CID_ROTATE, "Rotate", V4L2_CTRL_TYPE_INTEGER, 0, 270, 90, 0},
};

class FimcM2m;

/// One open file's side.
class M2mSession final : public VideoSession, private VideoQueueOps {
public:
    explicit M2mSession(FimcM2m& node);

    VideoQueue* queue(uint32_t type) override {
        return type == output_.type() ? &output_ : type == capture_.type() ? &capture_ : nullptr;
    }
    Result<uint32_t> format_at(uint32_t, uint32_t index) const override { return fimc_format_at(index); }
    void adjust_format(uint32_t type, v4l2_pix_format_mplane& f) const override;
    Result<> set_format(uint32_t type, const v4l2_pix_format_mplane& f) override;
    v4l2_pix_format_mplane format(uint32_t type) const override { return side(type).format; }
    Result<SizeRange> sizes(uint32_t fourcc) const override;
    Result<> get_selection(v4l2_selection& s) override;
    Result<> set_selection(v4l2_selection& s) override;
    ControlSet* controls() override { return &controls_; }

    /// Both sides stream and a picture waits on either. With interrupts masked.
    bool ready() { return from_.streams && to_.streams && from_.waiting.front() && to_.waiting.front(); }
    void run();
    void finish();

    ListNode node;  // in the node's list

private:
    struct Side {
        v4l2_pix_format_mplane format{};
        Rect part;  // crop of the source, composition in the target
        bool streams = false;
        List<VideoBuffer, &VideoBuffer::node> waiting;
    };
    const Side& side(uint32_t type) const { return V4L2_TYPE_IS_OUTPUT(type) ? from_ : to_; }
    Side& side(uint32_t type) { return V4L2_TYPE_IS_OUTPUT(type) ? from_ : to_; }
    FimcFrame frame(const Side& s) const;
    bool possible() const;

    uint32_t plane_count(const VideoQueue& q) const override { return format(q.type()).num_planes; }
    uint32_t plane_size(const VideoQueue& q, uint32_t plane) const override {
        return format(q.type()).plane_fmt[plane].sizeimage;
    }
    void take(VideoQueue& q, VideoBuffer& buffer) override;
    Result<> start(VideoQueue& q) override;
    void stop(VideoQueue& q) override;

    FimcM2m& node_;
    Side from_, to_;
    ControlSet controls_;
    VideoQueue output_, capture_;
    VideoBuffer *source_ = nullptr, *target_ = nullptr;  // of the job that runs
    uint32_t sequence_ = 0;
    friend class FimcM2m;
};

/// dma-contig, as in Linux; dma-sg for the device that `vb2_dma_sg=11810000.fimc` names.
PlaneAllocator allocator_of(const char* name) {
    return boot_option("vb2_dma_sg", "") == name ? PlaneAllocator::dma_sg : PlaneAllocator::dma_contig;
}

/// The node, and whose job runs.
class FimcM2m final : public VideoNode, private FimcEngine::User {
public:
    FimcM2m(FimcEngine& e, const char* name)
        : VideoNode{"exynos4-fimc", V4L2_CAP_VIDEO_M2M_MPLANE | V4L2_CAP_STREAMING}, engine{e}, name_{name} {}

    Result<VideoSession*> open() override {
        auto session = TRY(make<M2mSession>(*this));
        for (VideoQueue* q : {&session->output_, &session->capture_})
            q->set_user(engine.device, allocator_of(name_), name_);
        const IrqGuard guard{lock_};
        sessions_.push_back(*session);
        return session.release();
    }
    void close(VideoSession& session) override {
        auto& s = static_cast<M2mSession&>(session);
        {
            const IrqGuard guard{lock_};
            s.node.unlink();
        }
        delete &s;
    }

    Result<> begin() { return engine.take(*this); }
    void end() { engine.give_back(*this); }
    /// Starts the next job if none runs.
    void schedule();
    /// Waits until no job of this session runs.
    void drain(M2mSession& session);

    FimcEngine& engine;

private:
    void handle_interrupt() override;

    const char* name_;
    IrqLock lock_;
    List<M2mSession, &M2mSession::node> sessions_;  // whoever had a job goes to the end
    M2mSession* running_ = nullptr;
    WaitQueue finished_;
};

M2mSession::M2mSession(FimcM2m& n)
    : node_{n},
      controls_{kControls, std::size(kControls) - (n.engine.able.rotates ? 0 : 1), nullptr, nullptr},
      output_{*this, {.type = V4L2_BUF_TYPE_VIDEO_OUTPUT_MPLANE, .copies_timestamps = true}},
      capture_{*this,
               {.type = V4L2_BUF_TYPE_VIDEO_CAPTURE_MPLANE,
                .copies_timestamps = true,
                .offset_base = kCaptureOffset}} {
    v4l2_pix_format_mplane first{};
    first.width = 640;
    first.height = 480;
    for (const uint32_t type : {output_.type(), capture_.type()}) {
        v4l2_pix_format_mplane f = first;
        adjust_format(type, f);
        (void)set_format(type, f);
    }
}

/// What comes out has the colours of what goes in.
void M2mSession::adjust_format(uint32_t type, v4l2_pix_format_mplane& f) const {
    fimc_adjust_format(node_.engine, type, f);
    if (V4L2_TYPE_IS_OUTPUT(type) || !from_.format.width) return;
    f.colorspace = from_.format.colorspace;
    f.ycbcr_enc = from_.format.ycbcr_enc;
    f.quantization = from_.format.quantization;
    f.xfer_func = from_.format.xfer_func;
}

Result<> M2mSession::set_format(uint32_t type, const v4l2_pix_format_mplane& f) {
    Side& s = side(type);
    s.format = f;
    s.part = {0, 0, f.width, f.height};
    if (V4L2_TYPE_IS_OUTPUT(type) && to_.format.width) adjust_format(capture_.type(), to_.format);
    return Ok{};
}

Result<SizeRange> M2mSession::sizes(uint32_t fourcc) const { return fimc_sizes(node_.engine, fourcc); }

/// Crop on the output side, compose on the capture side; targets differ by that only.
Result<> M2mSession::get_selection(v4l2_selection& s) {
    const bool output = V4L2_TYPE_IS_OUTPUT(s.type);
    const Side& half = side(s.type);
    const uint32_t kPart = output ? V4L2_SEL_TGT_CROP : V4L2_SEL_TGT_COMPOSE;
    const uint32_t kDefault = output ? V4L2_SEL_TGT_CROP_DEFAULT : V4L2_SEL_TGT_COMPOSE_DEFAULT;
    const uint32_t kBounds = output ? V4L2_SEL_TGT_CROP_BOUNDS : V4L2_SEL_TGT_COMPOSE_BOUNDS;
    if (s.target == kPart) {
        const Rect& r = half.part;
        s.r = {static_cast<int>(r.x), static_cast<int>(r.y), r.width, r.height};
        return Ok{};
    }
    if (s.target != kDefault && s.target != kBounds) return Errno::kInval;
    s.r = {0, 0, half.format.width, half.format.height};
    return Ok{};
}

Result<> M2mSession::set_selection(v4l2_selection& s) {
    const bool output = V4L2_TYPE_IS_OUTPUT(s.type);
    if (s.target != (output ? V4L2_SEL_TGT_CROP : V4L2_SEL_TGT_COMPOSE)) return Errno::kInval;
    Side& half = side(s.type);
    const Rect asked{s.r.left < 0 ? 0 : static_cast<uint32_t>(s.r.left),
                     s.r.top < 0 ? 0 : static_cast<uint32_t>(s.r.top), s.r.width, s.r.height};
    const Rect r = fimc_fit(asked, half.format.width, half.format.height);
    const v4l2_rect given{static_cast<int>(r.x), static_cast<int>(r.y), r.width, r.height};
    TRY(check_selection_flags(s.r, given, s.flags));
    half.part = r;
    s.r = given;
    return Ok{};
}

FimcFrame M2mSession::frame(const Side& s) const {
    FimcFrame f = fimc_frame(s.format);
    f.part = s.part;
    return f;
}

/// What the scaler and the rotator can do with the sizes as they are.
bool M2mSession::possible() const {
    const bool sideways = controls_.value(V4L2_CID_ROTATE) % 180 != 0;
    const uint32_t width = sideways ? to_.part.height : to_.part.width;
    const uint32_t height = sideways ? to_.part.width : to_.part.height;
    if (sideways && width > node_.engine.able.widest_rotated) return false;
    return from_.part.width < width * Fimc::kMostDown && from_.part.height < height * Fimc::kMostDown;
}

void M2mSession::take(VideoQueue& q, VideoBuffer& buffer) {
    side(q.type()).waiting.push_back(buffer);
    node_.schedule();
}

Result<> M2mSession::start(VideoQueue& q) {
    if (!possible()) return Errno::kInval;
    TRY(node_.begin());
    sequence_ = 0;
    side(q.type()).streams = true;
    node_.schedule();
    return Ok{};
}

void M2mSession::stop(VideoQueue& q) {
    Side& half = side(q.type());
    const bool streamed = half.streams;
    half.streams = false;  // no new job from here on
    node_.drain(*this);
    IrqLock lock;
    {
        const IrqGuard guard{lock};
        while (half.waiting.pop_front()) {
        }
    }
    if (streamed) node_.end();
}

void M2mSession::run() {
    source_ = from_.waiting.pop_front();
    target_ = to_.waiting.pop_front();
    const FimcFrame from = frame(from_), to = frame(to_);
    const FimcTurn turn{static_cast<uint32_t>(controls_.value(V4L2_CID_ROTATE)),
                        controls_.value(V4L2_CID_HFLIP) != 0, controls_.value(V4L2_CID_VFLIP) != 0};
    node_.engine.fimc.run_job(from, addresses_of(*source_, *from.format, from.width, from.height), to,
                              addresses_of(*target_, *to.format, to.width, to.height), turn);
}

/// The frame's time and marks go with it.
void M2mSession::finish() {
    target_->timestamp = source_->timestamp;
    target_->timecode = source_->timecode;
    target_->kept_flags = source_->kept_flags;
    output_.done(*source_, BufferState::done, sequence_, 0);
    capture_.done(*target_, BufferState::done, sequence_, 0);
    ++sequence_;
    source_ = target_ = nullptr;
}

void FimcM2m::schedule() {
    const IrqGuard guard{lock_};
    if (running_) return;
    for (M2mSession& s : sessions_) {
        if (!s.ready()) continue;
        running_ = &s;
        s.node.unlink();
        sessions_.push_back(s);
        s.run();
        return;
    }
}

void FimcM2m::handle_interrupt() {
    const IrqGuard guard{lock_};
    if (!running_) return;
    M2mSession& s = *running_;
    running_ = nullptr;
    s.finish();
    finished_.wake_all();
    schedule();
}

void FimcM2m::drain(M2mSession& session) {
    const auto idle = [&] { return running_ != &session; };
    if (wait_event(finished_, idle, now_ns() + kJobNs, false)) return;
    log_warn("%s: a job does not end", name_);
    const IrqGuard guard{lock_};
    engine.fimc.reset();
    running_ = nullptr;
}

}  // namespace

Result<> make_fimc_m2m(FimcEngine& engine, const char* name) {
    auto node = TRY(make<FimcM2m>(engine, name));
    TRY(register_platform_video(*node, name));
    (void)node.release();
    return Ok{};
}

}  // namespace kernel
