// Every register block of the machine, made afresh as often as a test likes.
#pragma once

#include <functional>
#include <memory>
#include <string_view>
#include <vector>

#include "models/base/register_bank.hpp"

namespace exysim::test {

/// A new block and the bank inside it; the block lives as long as the pointer.
using MadeBank = std::shared_ptr<RegisterBank>;

struct BlockKind {
    std::string_view name;
    std::function<MadeBank()> make;
};

/// One row a kind of block; the GIC has one for each kind of bank, SysMMU and G2D one for each register set.
const std::vector<BlockKind>& block_kinds();

}  // namespace exysim::test
