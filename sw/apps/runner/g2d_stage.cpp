// The 2D engine as a stage: rotates, flips and scales from the buffers that come in to buffers of the DRM
// device. The CPU touches no pixel.
#include "apps/runner/g2d_engine.hpp"
#include "apps/runner/g2d_registers.hpp"
#include "apps/runner/picture_layout.hpp"
#include "apps/runner/stage.hpp"
#include "apps/support/error.hpp"

namespace apps::runner {

namespace {

/// ROTATE turns counter-clockwise by 90 degrees; directions mirror the destination (hardware/fimg2d.md
/// section 5).
struct Turn {
    uint32_t rotate = 0, direction = 0;
};
Turn turn_of(const Stage& stage) {
    constexpr uint32_t kBoth = g2d::kNegativeX | g2d::kNegativeY;
    if (stage.op == "flip") return {0, stage.axis == "vertical" ? g2d::kNegativeY : g2d::kNegativeX};
    if (stage.op != "rotate") return {};
    if (stage.angle == 180) return {0, kBoth};
    return {1, stage.angle == 90 ? kBoth : 0};
}

class G2dStage final : public StageWorker {
public:
    explicit G2dStage(const Stage& stage)
        : card_{DrmCard::open("exynos")},
          engine_{card_},
          in_{layout_of(stage.input)},
          out_{layout_of(stage.output)},
          turn_{turn_of(stage)} {
        for (uint32_t i = 0; i < stage.output.count; ++i) {
            uint32_t pitch = 0;
            outputs_.push_back(
                card_.create_dumb(out_.pitches[0], bytes_of(out_) / out_.pitches[0], 8, pitch));
            if (pitch != out_.pitches[0])
                throw Error{card_.node() + ": lines of another length than asked for"};
        }
    }

    std::vector<int> connect(const std::vector<int>& dmabufs) override {
        for (const int fd : dmabufs) inputs_.push_back(card_.import(fd));
        std::vector<int> made;
        for (const uint32_t handle : outputs_) {
            exported_.push_back(card_.export_buffer(handle));
            made.push_back(exported_.back().get());
        }
        return made;
    }
    void start() override {
        for (uint32_t i = 0; i < outputs_.size(); ++i) free_.push_back(i);
    }
    void put(const Picture& picture) override {
        waiting_.push_back(picture.index);
        work();
    }
    void recycle(uint32_t index) override {
        free_.push_back(index);
        work();
    }
    std::optional<Picture> take() override {
        const std::optional<uint32_t> index = pop(done_);
        if (!index) return {};
        return Picture{*index, bytes_of(out_)};
    }
    std::optional<uint32_t> take_back() override { return pop(used_); }
    void stop() override {}
    int fd() const override { return -1; }
    short events() const override { return 0; }

private:
    void work() {
        while (!waiting_.empty() && !free_.empty()) {
            convert(inputs_.at(waiting_.front()), outputs_.at(free_.front()));
            used_.push_back(waiting_.front());
            done_.push_back(free_.front());
            waiting_.pop_front();
            free_.pop_front();
        }
    }
    void convert(uint32_t from, uint32_t to) const {
        G2dList list;
        list.commands = {{g2d::kRop4, g2d::kCopySource},
                         {g2d::kRotate, turn_.rotate},
                         {g2d::kDstDirection, turn_.direction}};
        const uint32_t width = turn_.rotate ? out_.height : out_.width;  // before it is turned
        const uint32_t height = turn_.rotate ? out_.width : out_.height;
        add_scaling(list, {in_.width, in_.height}, {width, height});
        engine_.source(list, {from}, in_, {0, 0, in_.width, in_.height});
        engine_.destination(list, {to}, out_, {0, 0, out_.width, out_.height});
        engine_.run(list);
    }

    DrmCard card_;
    G2dEngine engine_;
    PictureLayout in_, out_;
    Turn turn_;
    std::vector<uint32_t> inputs_, outputs_;  // handles
    std::vector<Fd> exported_;
    std::deque<uint32_t> waiting_, free_, done_, used_;  // of inputs, outputs, outputs, inputs
};

}  // namespace

std::unique_ptr<StageWorker> open_g2d(const Stage& stage) { return std::make_unique<G2dStage>(stage); }

}  // namespace apps::runner
