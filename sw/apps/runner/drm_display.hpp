// A DRM plane as a pipeline's display: PRIME import, a framebuffer for each buffer, one page flip a picture.
// A badge may lie over it, on a plane of its own or blended in by the 2D engine.
#pragma once

#include <deque>

#include "apps/runner/g2d_blend.hpp"
#include "apps/runner/sink.hpp"

namespace apps::runner {

class DrmDisplay final : public Display {
public:
    DrmDisplay(const Sink& sink, const Buffers& buffers);

    void import_planes(const std::vector<PlaneFds>& dmabufs) override;
    void show(uint32_t index, uint32_t bytes) override;
    int fd() const override { return card_.fd(); }
    short events() const override;
    std::optional<uint32_t> take_back() override;
    void stop() override;
    uint64_t frame_period_ns() const override;
    const std::string& node() const override { return card_.node(); }

private:
    /// A whole framebuffer at a place of the screen, pixels.
    struct Placement {
        uint32_t x, y, width, height;
    };
    void flip();
    void switch_on(AtomicRequest& request) const;
    void place(AtomicRequest& request, uint32_t plane, const Placement& at) const;
    void place_badge(AtomicRequest& request) const;
    Placement picture_place() const;

    DrmCard card_;
    DrmCard::Output output_;
    drm_mode_modeinfo mode_{};
    PictureLayout layout_;
    uint32_t plane_ = 0, plane_fb_ = 0;  // plane and its property FB_ID
    std::vector<PlaneHandles> handles_;
    std::vector<uint32_t> framebuffers_;
    std::optional<Badge> badge_;
    std::optional<G2dBlend> blend_;           // puts it into the pictures; else it has a plane
    std::deque<uint32_t> waiting_;            // to be flipped to, oldest first
    std::optional<uint32_t> coming_, shown_;  // programmed; on the screen
    bool running_ = false;
};

}  // namespace apps::runner
