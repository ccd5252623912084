// Memory access of element and structure loads and stores: single elements in their byte order, and whole
// runs of them where the fast path has them in one piece.
#pragma once

#include <algorithm>
#include <array>

#include "models/cpu/simd_vector.hpp"

namespace exysim::cpu::simd {

/// Elements of 64 bits are two words (ARM ARM A8.8.320: MemU[] of four bytes each).
template <class T>
inline constexpr uint32_t kAccessBytes = sizeof(T) < 4 ? sizeof(T) : 4;

/// Host memory of `bytes` at `va`, or nullptr. Elements of type T that are misaligned go one by one, so that
/// SCTLR.A and the memory type have their say.
template <class T>
[[gnu::always_inline]] inline const uint8_t* run_to_read(const Core& core, uint32_t va, uint32_t bytes) {
    if (va % kAccessBytes<T> != 0) return nullptr;
    const uint32_t skew = va % 4;
    const uint8_t* host = core.read_run(va - skew, bytes + skew);
    return host != nullptr ? host + skew : nullptr;
}
template <class T>
[[gnu::always_inline]] inline uint8_t* run_to_write(const Core& core, uint32_t va, uint32_t bytes) {
    if (va % kAccessBytes<T> != 0) return nullptr;
    const uint32_t skew = va % 4;
    uint8_t* host = core.write_run(va - skew, bytes + skew);
    return host != nullptr ? host + skew : nullptr;
}

template <class T>
Loaded<T> load_element(Core& core, uint32_t va) {
    if constexpr (sizeof(T) < 8) {
        return core.load<T>(va);
    } else {
        const Loaded<uint32_t> first = core.load<uint32_t>(va);
        if (!first.ok) return {0, false};
        const Loaded<uint32_t> second = core.load<uint32_t>(va + 4);
        const uint64_t value = first.value | uint64_t{second.value} << 32;
        return {(core.control & psr::kE) != 0 ? std::rotr(value, 32) : value, second.ok};
    }
}
template <class T>
bool store_element(Core& core, uint32_t va, T value) {
    if constexpr (sizeof(T) < 8) {
        return core.store<T>(va, value);
    } else {
        const uint64_t ordered = (core.control & psr::kE) != 0 ? std::rotr(value, 32) : value;
        return core.store<uint32_t>(va, static_cast<uint32_t>(ordered)) &&
               core.store<uint32_t>(va + 4, static_cast<uint32_t>(ordered >> 32));
    }
}

/// Elements one by one, doubleword by doubleword where the fast path has those; false: aborted.
template <class T>
bool load_elements(Core& core, uint32_t va, uint8_t* to, uint32_t bytes) {
    for (uint32_t done = 0; done < bytes; done += 8) {
        if (const uint8_t* host = run_to_read<T>(core, va + done, 8)) {
            std::memcpy(to + done, host, 8);
            continue;
        }
        for (uint32_t i = 0; i < 8; i += sizeof(T)) {
            const Loaded<T> element = load_element<T>(core, va + done + i);
            if (!element.ok) return false;
            std::memcpy(to + done + i, &element.value, sizeof(T));
        }
    }
    return true;
}
template <class T>
bool store_elements(Core& core, uint32_t va, const uint8_t* from, uint32_t bytes) {
    for (uint32_t done = 0; done < bytes; done += 8) {
        if (uint8_t* host = run_to_write<T>(core, va + done, 8)) {
            std::memcpy(host, from + done, 8);
            continue;
        }
        for (uint32_t i = 0; i < 8; i += sizeof(T)) {
            T element;
            std::memcpy(&element, from + done + i, sizeof(T));
            if (!store_element<T>(core, va + done + i, element)) return false;
        }
    }
    return true;
}

/// The alignment an instruction demands, imm[7:0] = bytes - 1; it holds whatever SCTLR.A says. If the address
/// does not have it, an access that must be aligned to so many bytes records the fault, as for exclusives.
inline bool aligned(Core& core, const Op* op, bool write) {
    const uint32_t address = core.r[op->rn], demanded = (op->imm & 0xFF) + 1;
    if (address % demanded == 0) return true;
    return write ? core.store_slow(address, 0, demanded, Core::kExclusive)
                 : core.load_slow(address, demanded, Core::kExclusive).ok;
}

/// Register 15: no write-back; 13: by the bytes transferred; others: by the register.
inline void write_back(Core& core, const Op* op, uint32_t bytes) {
    if (op->rm == 15) return;
    core.r[op->rn] += op->rm == 13 ? bytes : core.r[op->rm];
}

}  // namespace exysim::cpu::simd
