// Picture in picture: the 2D engine puts a scaled copy of a second camera's newest picture into each picture
// of the first, in place. The CPU touches no pixel. Pictures that come before the second camera's first one
// stay as they are.
#include <poll.h>

#include "apps/runner/camera.hpp"
#include "apps/runner/g2d_engine.hpp"
#include "apps/runner/g2d_registers.hpp"
#include "apps/runner/picture_layout.hpp"
#include "apps/runner/stage.hpp"

namespace apps::runner {

namespace {

class InsetStage final : public StageWorker {
public:
    explicit InsetStage(const Stage& stage)
        : card_{DrmCard::open("exynos")},
          engine_{card_},
          camera_{open_camera(stage.second)},
          small_{layout_of(stage.second.output)},
          large_{layout_of(stage.input)},
          place_{stage.place},
          shared_{make_buffers(camera_, stage.second.output)} {
        for (const Fd& dmabuf : shared_) insets_.push_back(card_.import(dmabuf.get()));
    }

    std::vector<int> connect(const std::vector<int>& dmabufs) override {
        for (const int fd : dmabufs) pictures_.push_back(card_.import(fd));
        return dmabufs;
    }
    void start() override {
        for (uint32_t i = 0; i < insets_.size(); ++i) camera_.queue({.index = i});
        camera_.stream_on();
    }
    void put(const Picture& picture) override {
        look();
        if (newest_) draw(insets_.at(*newest_), pictures_.at(picture.index));
        done_.push_back(picture);
    }
    void recycle(uint32_t index) override { free_.push_back(index); }
    std::optional<Picture> take() override {
        look();
        return pop(done_);
    }
    std::optional<uint32_t> take_back() override { return pop(free_); }
    void stop() override { camera_.stream_off(); }
    int fd() const override { return camera_.fd(); }
    short events() const override { return POLLIN; }

private:
    /// Keeps the second camera's newest picture; older ones go back to it.
    void look() {
        while (const auto captured = camera_.try_dequeue()) {
            if (newest_) camera_.queue({.index = *newest_});
            newest_ = captured->index;
        }
    }
    void draw(uint32_t from, uint32_t to) const {
        const Size& size = place_.size;
        G2dList list;
        list.commands = {{g2d::kRop4, g2d::kCopySource}};
        add_scaling(list, {small_.width, small_.height}, size);
        engine_.source(list, {from}, small_, {0, 0, small_.width, small_.height});
        engine_.destination(list, {to}, large_, {place_.left, place_.top, size.width, size.height});
        engine_.run(list);
    }

    DrmCard card_;
    G2dEngine engine_;
    V4l2Device camera_;
    PictureLayout small_, large_;
    Place place_;
    std::vector<Fd> shared_;                   // the second camera's buffers
    std::vector<uint32_t> insets_, pictures_;  // handles: of those, and of the first camera's
    std::optional<uint32_t> newest_;           // of the second camera's buffers, held back from it
    std::deque<Picture> done_;
    std::deque<uint32_t> free_;
};

}  // namespace

std::unique_ptr<StageWorker> open_inset(const Stage& stage) { return std::make_unique<InsetStage>(stage); }

}  // namespace apps::runner
