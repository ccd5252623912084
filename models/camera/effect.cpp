#include "models/camera/effect.hpp"

#include <algorithm>
#include <cstdlib>

namespace exysim::camera {

namespace {
uint8_t clamped(int value) { return static_cast<uint8_t>(std::clamp(value, 0, 255)); }

void grey(Row& row, uint8_t cb, uint8_t cr) {
    std::fill(row.c[1].begin(), row.c[1].end(), cb);
    std::fill(row.c[2].begin(), row.c[2].end(), cr);
}
}  // namespace

void Effect::apply(Row& row) {
    switch (setting_.kind) {
        case EffectKind::bypass:
            return;
        case EffectKind::arbitrary:
            return grey(row, setting_.cb, setting_.cr);
        case EffectKind::negative:
            for (auto& samples : row.c) {
                for (uint8_t& s : samples) s = static_cast<uint8_t>(255 - s);
            }
            return;
        case EffectKind::art_freeze:
            for (auto& samples : row.c) {
                for (uint8_t& s : samples) s = static_cast<uint8_t>((s & 0xE0) | 0x10);
            }
            return;
        case EffectKind::embossing:
        case EffectKind::silhouette:
            return relief(row);
    }
}

void Effect::relief(Row& row) {
    const std::vector<uint8_t> here = row.c[0];
    if (above_.size() != here.size()) above_ = here;
    for (size_t x = 0; x < here.size(); ++x) {
        const size_t left = x ? x - 1 : 0;
        const int up = here[x] - above_[x];
        row.c[0][x] = setting_.kind == EffectKind::embossing
                          ? clamped(128 + here[x] - above_[left])
                          : clamped(255 - std::abs(up) - std::abs(here[x] - here[left]));
    }
    above_ = here;
    grey(row, 128, 128);
}

}  // namespace exysim::camera
