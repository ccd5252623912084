// Clock and power of a block, as the clock and power controllers leave them.
#pragma once

#include <cstdint>
#include <string>
#include <utility>

#include "models/base/probe.hpp"

namespace exysim {

enum class Supply : uint8_t {
    off,    ///< no power: the block has lost its state
    gated,  ///< no clock: the block keeps its state and does nothing
    on,
};

/// What an access to a block without clock or power comes to.
enum class GatedAccess : uint8_t {
    abort,   ///< a bus error, which a core takes as an external abort
    hang,    ///< it never ends
    ignore,  ///< writes are lost, reads are zero
};

/// An access that will never end.
struct HungAccess {
    std::string block;  ///< by its platform YAML name
    uint32_t offset;    ///< byte offset in the block
    bool is_write;
};

/// A block that clock gates and power domains can stop. Who owns it says so through set_supply().
class Supplied {
public:
    virtual ~Supplied() = default;

    Supply supply() const { return supply_; }
    void set_supply(Supply now) {
        const Supply before = std::exchange(supply_, now);
        if (before != now) supply_changed(before);
    }

    GatedAccess gated_access = GatedAccess::abort;  ///< set before simulation starts
    Probe<HungAccess> hung;

protected:
    virtual void supply_changed(Supply before) = 0;

private:
    Supply supply_ = Supply::on;
};

}  // namespace exysim
