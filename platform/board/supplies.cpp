#include "platform/board/supplies.hpp"

namespace exysim::board {

SupplyTree::SupplyTree(system::Cmu& cmu, system::Pmu& pmu, GatedAccess policy)
    : cmu_{cmu}, pmu_{pmu}, policy_{policy} {
    cmu.gates_changed.attach([this](const system::GatesChanged&) { pass_on(); });
    pmu.domains_changed.attach([this](const system::DomainsChanged&) { pass_on(); });
}

void SupplyTree::add(std::string_view name, Supplied& block) {
    const SupplyRule* rule = supply_rule(name, cmu_.core().chip());
    if (!rule) return;
    block.gated_access = policy_;
    block.hung.attach([this](const HungAccess& access) { hung(access); });
    branches_.push_back({*rule, block});
}

void SupplyTree::switch_off_domains() {
    uint32_t domains = 0;
    for (const Branch& branch : branches_) {
        if (branch.rule.domains != 0) cmu_.close(branch.rule.gate, branch.rule.bits);
        domains |= branch.rule.domains;
    }
    for (uint32_t n = 0; domains >> n != 0; ++n) {
        if (domains >> n & 1) pmu_.switch_off(static_cast<system::Domain>(n));
    }
    pass_on();
}

void SupplyTree::pass_on() {
    for (const Branch& branch : branches_) branch.block.set_supply(supply_of(branch.rule));
    passed_on({});
}

Supply SupplyTree::supply_of(const SupplyRule& rule) const {
    for (uint32_t n = 0; rule.domains >> n != 0; ++n) {
        const bool needed = (rule.domains >> n & 1) != 0;
        if (needed && !pmu_.core().domain_on(static_cast<system::Domain>(n))) return Supply::off;
    }
    return cmu_.core().clocked(rule.gate, rule.bits) ? Supply::on : Supply::gated;
}

}  // namespace exysim::board
