// FIMC's image effects (CIIMGEFF), on Y'CbCr lines.
#pragma once

#include "models/camera/row.hpp"

namespace exysim::camera {

/// CIIMGEFF.FIN. Sources: the names are the register's; arbitrary and negative say what they do; the others'
/// arithmetic is not documented, Assumed:
///   arbitrary   chroma becomes the register's two values (128 and 128 is black and white)
///   negative    each sample becomes 255 minus itself
///   art_freeze  luma and chroma keep their top three bits, plus half a step
///   embossing   luma is 128 plus the difference to the pixel up and left; chroma 128
///   silhouette  luma is 255 minus the difference to the pixel up plus that to the pixel on the left; chroma
///   128
/// Differences are clamped to 0..255 at the end; outside the picture the nearest pixel counts.
enum class EffectKind : uint8_t { bypass, arbitrary, negative, art_freeze, embossing, silhouette };

struct EffectSetting {
    EffectKind kind = EffectKind::bypass;
    bool after_scaler = true;
    uint8_t cb = 128, cr = 128;
};

class Effect {
public:
    explicit Effect(const EffectSetting& setting) : setting_{setting} {}
    /// The picture's next line, changed in place.
    void apply(Row& row);

private:
    void relief(Row& row);

    EffectSetting setting_;
    std::vector<uint8_t> above_;  // luma of the line before, as it came
};

}  // namespace exysim::camera
