#include "models/dram/address_map.hpp"

#include <algorithm>
#include <bit>
#include <sstream>

namespace exysim::dram {

namespace {

std::vector<std::string> fields_of(const std::string& order) {
    std::istringstream in{order};
    std::vector<std::string> all;
    for (std::string word; in >> word;) all.push_back(word);
    return all;
}

uint32_t log2_of(uint64_t power_of_two) { return static_cast<uint32_t>(std::countr_zero(power_of_two)); }

uint32_t bits_of(std::string_view field, const Geometry& g) {
    if (field == "rank") return log2_of(g.ranks);
    if (field == "bank") return log2_of(g.banks);
    if (field == "row") return g.row_bits;
    return log2_of(g.row_bytes());
}

}  // namespace

AddressMap::AddressMap(const Mapping& mapping, const Geometry& geometry) {
    std::vector<std::string> fields = fields_of(mapping.order);
    std::reverse(fields.begin(), fields.end());
    uint32_t shift = 0, column_shift = 0;
    for (const std::string& field : fields) {
        const uint32_t bits = bits_of(field, geometry);
        const Field made{shift, (1U << bits) - 1};
        if (field == "rank") rank_ = made;
        if (field == "bank") bank_ = made;
        if (field == "row") row_ = made;
        if (field == "column") column_shift = shift;
        shift += bits;
    }
    hash_mask_ = mapping.bank_hash ? bank_.mask : 0;
    contiguous_ = column_shift == 0 ? static_cast<uint32_t>(geometry.row_bytes()) : 1;
    if (geometry.channels == 1) return;
    if (mapping.channel_bits.empty()) {
        linear_shift_ = log2_of(geometry.rank_bytes() * geometry.ranks);
        linear_mask_ = geometry.channels - 1;
        linear_rest_ = (uint64_t{1} << linear_shift_) - 1;
        return;
    }
    for (const uint32_t bit : mapping.channel_bits) channel_mask_ |= uint64_t{1} << bit;
    low_mask_ = (uint64_t{1} << std::countr_zero(channel_mask_)) - 1;
    contiguous_ = std::min(contiguous_, static_cast<uint32_t>(low_mask_ + 1));
}

std::vector<Contradiction> contradictions(const Mapping& mapping, const Geometry& g, const Timing& t) {
    std::vector<Contradiction> found;
    std::vector<std::string> fields = fields_of(mapping.order);
    if (!fields.empty() && fields.back() != "column")
        found.push_back({"order", "must end with 'column': a burst lies in consecutive columns"});
    std::sort(fields.begin(), fields.end());
    if (fields != std::vector<std::string>{"bank", "column", "rank", "row"})
        found.push_back({"order", "must name each of rank, row, bank and column once"});
    if (mapping.channel_bits.empty() || g.channels == 1) return found;
    if (g.channels != 2)
        found.push_back(
            {"channel_bits", "interleave two channels; leave them empty for " + std::to_string(g.channels)});
    const uint32_t top = log2_of(std::bit_ceil(g.bytes()));
    const uint32_t burst_bits = log2_of(std::bit_ceil(uint64_t{t.bl} * g.width_bits / 8));
    for (const uint32_t bit : mapping.channel_bits) {
        if (bit >= top)
            found.push_back({"channel_bits", "name bit " + std::to_string(bit) +
                                                 ", but addresses end at bit " + std::to_string(top - 1)});
        if (bit < burst_bits)
            found.push_back(
                {"channel_bits", "name bit " + std::to_string(bit) + ", which lies inside a burst of " +
                                     std::to_string(uint64_t{t.bl} * g.width_bits / 8) + " bytes"});
    }
    return found;
}

}  // namespace exysim::dram
