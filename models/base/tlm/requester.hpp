// Which core a register access comes from, for targets that have a copy of their registers for each.
#pragma once

#include <cstdint>
#include <optional>
#include <tlm>

namespace exysim {

/// An extension of the payload: the number of the requesting core, as the Cortex-A9 puts it on its private
/// bus. Masters that are no cores do not set it.
struct Requester : tlm::tlm_extension<Requester> {
    uint32_t core = 0;

    tlm::tlm_extension_base* clone() const override { return new Requester{*this}; }
    void copy_from(const tlm::tlm_extension_base& other) override {
        *this = static_cast<const Requester&>(other);
    }
};

/// Nothing if no core asks.
inline std::optional<uint32_t> requesting_core(const tlm::tlm_generic_payload& tx) {
    const auto* const requester = tx.get_extension<Requester>();
    if (requester == nullptr) return {};
    return requester->core;
}

}  // namespace exysim
