#include "apps/runner/drm_display.hpp"

#include <drm/drm_fourcc.h>
#include <poll.h>

#include "apps/runner/dv_mode.hpp"
#include "apps/runner/picture_layout.hpp"
#include "apps/support/error.hpp"

namespace apps::runner {

namespace {

constexpr const char* kDriver = "exynos";
constexpr uint64_t kOne = 1 << 16;  // 16.16

drm_mode_modeinfo find_mode(const DrmCard::Output& output, const std::string& name) {
    const DvMode wanted = parse_dv_mode(name);
    for (const drm_mode_modeinfo& m : output.modes) {
        const bool interlaced = m.flags & DRM_MODE_FLAG_INTERLACE;
        if (m.vdisplay == wanted.lines && m.vrefresh == wanted.hertz && interlaced == wanted.interlaced)
            return m;
    }
    throw Error{"the connector has no mode " + name};
}

}  // namespace

DrmDisplay::DrmDisplay(const Sink& sink, const Buffers& buffers)
    : card_{DrmCard::open(kDriver)},
      output_{card_.find_output(DRM_MODE_CONNECTOR_HDMIA)},
      mode_{find_mode(output_, sink.mode)},
      layout_{layout_of(buffers)},
      plane_{card_.find_plane(output_.crtc_index, layout_.fourcc)},
      plane_fb_{card_.property(plane_, DRM_MODE_OBJECT_PLANE, "FB_ID")} {
    if (sink.overlay == "none") return;
    badge_.emplace(card_);
    if (sink.overlay == "gpu") blend_.emplace(card_);
}

void DrmDisplay::import_planes(const std::vector<PlaneFds>& dmabufs) {
    for (const PlaneFds& fds : dmabufs) {
        handles_.push_back({card_.import(fds.first), fds.second < 0 ? 0 : card_.import(fds.second)});
        framebuffers_.push_back(card_.add_framebuffer(handles_.back(), layout_));
    }
}

void DrmDisplay::place(AtomicRequest& request, uint32_t plane, const Placement& at) const {
    const auto set = [&](const char* name, uint64_t value) {
        request.set(plane, card_.property(plane, DRM_MODE_OBJECT_PLANE, name), value);
    };
    set("CRTC_ID", output_.crtc);
    set("CRTC_X", at.x);
    set("CRTC_Y", at.y);
    set("CRTC_W", at.width);
    set("CRTC_H", at.height);
    set("SRC_W", at.width * kOne);
    set("SRC_H", at.height * kOne);
}

/// In its own size, in the middle.
DrmDisplay::Placement DrmDisplay::picture_place() const {
    return {(mode_.hdisplay - layout_.width) / 2, (mode_.vdisplay - layout_.height) / 2, layout_.width,
            layout_.height};
}

/// On a graphics plane in front of the picture.
void DrmDisplay::place_badge(AtomicRequest& request) const {
    constexpr uint64_t kFront = 4;
    const uint32_t plane = card_.find_plane(output_.crtc_index, DRM_FORMAT_ARGB8888);
    const PictureLayout layout{DRM_FORMAT_ARGB8888, Badge::kWidth, Badge::kHeight, {badge_->pitch}, {}};
    request.set(plane, card_.property(plane, DRM_MODE_OBJECT_PLANE, "FB_ID"),
                card_.add_framebuffer({badge_->handle}, layout));
    request.set(plane, card_.property(plane, DRM_MODE_OBJECT_PLANE, "zpos"), kFront);
    const Placement picture = picture_place();
    place(request, plane, {picture.x + Badge::kLeft, picture.y + Badge::kTop, Badge::kWidth, Badge::kHeight});
}

void DrmDisplay::switch_on(AtomicRequest& request) const {
    const auto set = [&](uint32_t object, uint32_t type, const char* name, uint64_t value) {
        request.set(object, card_.property(object, type, name), value);
    };
    set(output_.crtc, DRM_MODE_OBJECT_CRTC, "MODE_ID", card_.create_blob(&mode_, sizeof mode_));
    set(output_.crtc, DRM_MODE_OBJECT_CRTC, "ACTIVE", 1);
    set(output_.connector, DRM_MODE_OBJECT_CONNECTOR, "CRTC_ID", output_.crtc);
    place(request, plane_, picture_place());
    if (badge_ && !blend_) place_badge(request);
}

void DrmDisplay::show(uint32_t index, uint32_t) {
    if (blend_) blend_->blend(*badge_, handles_.at(index), layout_);
    waiting_.push_back(index);
    if (!coming_) flip();
}

/// Commits the oldest waiting picture; its event says when it is on the screen.
void DrmDisplay::flip() {
    if (waiting_.empty()) return;
    coming_ = waiting_.front();
    waiting_.pop_front();
    AtomicRequest request;
    request.set(plane_, plane_fb_, framebuffers_.at(*coming_));
    uint32_t flags = DRM_MODE_PAGE_FLIP_EVENT | DRM_MODE_ATOMIC_NONBLOCK;
    if (!running_) {
        switch_on(request);
        flags |= DRM_MODE_ATOMIC_ALLOW_MODESET;
    }
    card_.commit(request, flags, *coming_);
    running_ = true;
}

short DrmDisplay::events() const { return POLLIN; }

std::optional<uint32_t> DrmDisplay::take_back() {
    if (!card_.read_flip()) return {};
    const std::optional<uint32_t> left = shown_;
    shown_ = coming_;
    coming_.reset();
    flip();
    return left;
}

void DrmDisplay::stop() {
    if (!running_) return;
    AtomicRequest request;
    request.set(plane_, plane_fb_, 0);
    request.set(plane_, card_.property(plane_, DRM_MODE_OBJECT_PLANE, "CRTC_ID"), 0);
    request.set(output_.crtc, card_.property(output_.crtc, DRM_MODE_OBJECT_CRTC, "ACTIVE"), 0);
    card_.commit(request, DRM_MODE_ATOMIC_ALLOW_MODESET, 0);
    running_ = false;
}

uint64_t DrmDisplay::frame_period_ns() const {
    return uint64_t{mode_.htotal} * mode_.vtotal * 1'000'000 / mode_.clock;  // clock in kHz
}

}  // namespace apps::runner
