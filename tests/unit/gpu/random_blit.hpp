// Random but meaningful settings of the engine, and one comparison of the model with the reference on them.
#pragma once

#include <cstdint>
#include <map>
#include <random>
#include <string>

namespace exysim::test {

/// The settings of random blit number `seed`, by register offset.
std::map<uint32_t, uint32_t> random_blit(uint64_t seed, bool four);

/// Carries out random blit `seed` with model and reference on the same random memory. Empty if they agree,
/// else what differs and the registers.
std::string compare_random_blit(uint64_t seed);

}  // namespace exysim::test
