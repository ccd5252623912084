// Numbers with units as people write them: `720 MiB`, `1.5 GHz`, `60 ms`, `50 %`, `0x4000_0000`.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace exysim::config {

/// What a number counts; decides the suffixes it may carry. Values are kept in the base unit, exactly.
enum class Unit {
    count,        ///< no suffix
    bytes,        ///< B, kB, MB, GB, KiB, MiB, GiB; alone: bytes
    hertz,        ///< Hz, kHz, MHz, GHz; alone: Hz
    nanoseconds,  ///< ns, us, ms, s, min; a suffix is needed unless the number is zero
    percent,      ///< %, needed
    degrees,      ///< deg; alone: degrees
    bandwidth,    ///< B/s, kB/s, MB/s, GB/s, and KiB/s...; needed
};

/// A value in the base unit, or why there is none.
struct Quantity {
    std::optional<uint64_t> value;
    std::string problem;  ///< "'12x' is not a whole number", in one sentence
    std::string hint;     ///< "did you mean 'MiB'?" or empty
};

/// Reads `text` to its end. Decimal with an optional fraction, or hexadecimal with 0x; `_` may group digits.
/// Fractions must come out exact in the base unit (`1.5 us` is 1500 ns, `0.5 ns` is an error).
Quantity parse_quantity(std::string_view text, Unit unit);

/// As parse_quantity(), of the unit that the text's own suffix tells: "12 us", "4 KiB", "50 %"; none is a
/// count.
Quantity parse_measurement(std::string_view text, Unit& unit);

/// The value with the largest suffix that keeps it whole: 536870912 bytes is "512 MiB".
std::string format_quantity(uint64_t value, Unit unit);

/// For messages: "a time such as 60 ms".
std::string_view example_of(Unit unit);

}  // namespace exysim::config
