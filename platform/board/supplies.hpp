// Passes what software writes into the clock and power controllers on to the blocks they supply.
#pragma once

#include <string_view>
#include <vector>

#include "models/base/supply.hpp"
#include "models/system/cmu.hpp"
#include "models/system/pmu.hpp"
#include "platform/board/supply_map.hpp"

namespace exysim::board {

/// Software has written one of the controllers, and the blocks know.
struct SuppliesPassedOn {};

/// Tells each block of its clock and power whenever software has written the controllers.
class SupplyTree {
public:
    /// Both outlive the tree.
    SupplyTree(system::Cmu& cmu, system::Pmu& pmu, GatedAccess policy);

    /// A block without a rule is always on.
    void add(std::string_view name, Supplied& block);
    /// Leaves all blocks added that have a power domain without clock and power; before simulation starts.
    void switch_off_domains();

    Probe<HungAccess> hung;  ///< of any block
    Probe<SuppliesPassedOn> passed_on;

    struct Branch {
        const SupplyRule& rule;
        Supplied& block;
    };
    const std::vector<Branch>& branches() const { return branches_; }

private:
    void pass_on();
    Supply supply_of(const SupplyRule& rule) const;

    system::Cmu& cmu_;
    system::Pmu& pmu_;
    GatedAccess policy_;
    std::vector<Branch> branches_;
};

}  // namespace exysim::board
