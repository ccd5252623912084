#include "tests/fuzz/cpu/rules.hpp"

#include <fnmatch.h>

#include <string>

#include "tests/fuzz/cpu/rule_tables.hpp"

namespace exysim::test::oracle {

void Instruction::set(char letter, uint32_t value) {
    const uint32_t field = mask(letter);
    bits_ &= ~field;
    for (uint32_t rest = field; rest != 0; rest &= rest - 1, value >>= 1) {
        if (value & 1) bits_ |= rest & (0u - rest);
    }
}

const Rule* find_rule(std::string_view row_name, bool thumb) {
    const std::string name{row_name};
    for (const auto rules : {simd_rules(), vfp_rules(), thumb ? thumb_rules() : a32_rules()}) {
        for (const Rule& rule : rules) {
            if (fnmatch(rule.names, name.c_str(), 0) == 0) return &rule;
        }
    }
    return nullptr;
}

}  // namespace exysim::test::oracle
