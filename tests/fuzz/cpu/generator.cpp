#include "tests/fuzz/cpu/generator.hpp"

#include <algorithm>
#include <array>
#include <cstring>
#include <functional>
#include <numeric>
#include <span>

#include "models/cpu/control_ops.hpp"
#include "models/cpu/translator.hpp"
#include "tests/fuzz/cpu/branches.hpp"
#include "tests/support/cpu_operands.hpp"

namespace exysim::test::oracle {
namespace {

using exysim::cpu::Encoding;
using exysim::cpu::Row;

constexpr size_t kEndBytes = 4;

bool belongs_to(const Encoding& encoding, std::span<const Row> rows) {
    return encoding.row >= rows.data() && encoding.row < rows.data() + rows.size();
}

/// A family of patterns that random bits alone would rarely reach.
uint32_t biased_bits(Random& random) {
    switch (below(random, 4)) {
        case 0:
            return static_cast<uint32_t>(random() & random());
        case 1:
            return static_cast<uint32_t>(random() | random());
        default:
            return static_cast<uint32_t>(random());
    }
}

uint32_t clear_exclusive(bool thumb) { return thumb ? 0xF3BF'8F2F : 0xF57F'F01F; }

/// The load of the size of an exclusive store, from the same address, into the register that will take its
/// status (a pair: into the registers it stores).
uint32_t matching_load(const Instruction& store) {
    struct Form {
        std::string_view name;
        uint32_t a32, t32;
    };
    static constexpr Form kForms[] = {{"STREX", 0xE190'0F9F, 0xE850'0F00},
                                      {"STREXB", 0xE1D0'0F9F, 0xE8D0'0F4F},
                                      {"STREXH", 0xE1F0'0F9F, 0xE8D0'0F5F},
                                      {"STREXD", 0xE1B0'0F9F, 0xE8D0'007F}};
    const Form& form = *std::find_if(std::begin(kForms), std::end(kForms),
                                     [&](const Form& f) { return f.name == store.name(); });
    const uint32_t target = store.name() == "STREXD" ? store('t') : store('d');
    const uint32_t fields = store('n') << 16 | target << 12;
    return store.thumb() ? form.t32 | fields | store('u') << 8 | store('i') : form.a32 | fields;
}

/// Bits that no field and no fixed bit covers: the manual wants zeros there.
uint32_t field_bits(const Encoding& encoding) {
    return std::accumulate(encoding.fields.begin(), encoding.fields.end(), 0u, std::bit_or<>{});
}

enum class Part { integer, vfp, half, simd, simd_memory };

bool belongs_to(const Encoding& encoding, Part part) {
    const bool vfp = belongs_to(encoding, exysim::cpu::vfp_rows());
    const bool memory = belongs_to(encoding, exysim::cpu::simd_load_store_rows());
    const auto tables = exysim::cpu::simd_tables();
    const bool simd =
        std::any_of(tables.begin(), tables.end(), [&](auto rows) { return belongs_to(encoding, rows); });
    switch (part) {
        case Part::integer:
            return !vfp && !simd;
        case Part::vfp:
            return vfp;
        case Part::half:
            return (vfp || simd) && std::strstr(encoding.row->name, "F16") != nullptr;
        case Part::simd:
            return simd && !memory;
        case Part::simd_memory:
            return memory;
    }
    return false;
}

/// The decoder's opinion. Such words are drawn seldom: they end a case early.
bool is_undefined(const Instruction& instruction) {
    std::array<uint8_t, 4> code;
    const uint32_t bits = instruction.bits(),
                   in_memory = instruction.thumb() ? bits << 16 | bits >> 16 : bits;
    std::memcpy(code.data(), &in_memory, sizeof in_memory);
    exysim::cpu::BlockKey key{};
    key.thumb = instruction.thumb();
    exysim::cpu::Translator translator{key, code, code.size(), {}};
    translator.run();
    const auto& ops = translator.draft().ops;
    return std::any_of(ops.begin(), ops.end(), [](const exysim::cpu::Op& op) {
        return op.handler == &exysim::cpu::undefined_instruction;
    });
}

InstructionClass make_class(std::string name, const exysim::cpu::InstructionSet& set, State state,
                            Part part) {
    InstructionClass result{std::move(name), state, {}};
    result.halfwords = set.kind() == exysim::cpu::InstructionSet::Kind::t16;
    result.simd = part != Part::integer && part != Part::vfp;
    result.all_prepared = true;
    for (const Encoding& encoding : set.encodings()) {
        if (!belongs_to(encoding, part)) continue;
        const Rule* rule = find_rule(encoding.row->name, state == State::thumb);
        if (!rule || rule->excluded) continue;
        result.encodings.push_back(&encoding);
        if (rule->preparation == Preparation::none) result.all_prepared = false;
    }
    return result;
}

}  // namespace

std::vector<InstructionClass> instruction_classes() {
    std::vector<InstructionClass> result = {
        make_class("a32", exysim::cpu::a32(), State::a32, Part::integer),
        make_class("t16", exysim::cpu::t16(), State::thumb, Part::integer),
        make_class("t32", exysim::cpu::t32(), State::thumb, Part::integer)};
    constexpr std::pair<Part, const char*> kParts[] = {
        {Part::vfp, "vfp"}, {Part::half, "half"}, {Part::simd, "simd"}, {Part::simd_memory, "simd-memory"}};
    for (const auto& [part, name] : kParts) {
        result.push_back(make_class(std::string{name} + "-a32", exysim::cpu::a32(), State::a32, part));
        result.push_back(make_class(std::string{name} + "-t32", exysim::cpu::t32(), State::thumb, part));
    }
    return result;
}

uint32_t Generator::edge_value() {
    static constexpr uint32_t kEdges[] = {0,           1,           2,           0x7F,        0x80,
                                          0xFF,        0x7FFF,      0x8000,      0xFFFF,      0x10000,
                                          0x7FFF'FFFF, 0x8000'0000, 0x8000'0001, 0xFFFF'FFFE, 0xFFFF'FFFF};
    switch (below(random_, 4)) {
        case 0:
            return kEdges[below(random_, std::size(kEdges))];
        case 1:
            return below(random_, 64);
        default:
            return static_cast<uint32_t>(random_());
    }
}

/// Eight bytes of elements of one type, many of them extremes.
uint64_t Generator::vector_value() {
    using exysim::cpu::vfp::Half;
    using exysim::cpu::vfp::Single;
    exysim::cpu::vfp::test::Operands operands{random_()};
    const auto repeated = [&](unsigned bits, auto element) {
        uint64_t value = 0;
        for (unsigned at = 0; at < 64; at += bits)
            value |= (uint64_t{element()} & (~uint64_t{0} >> (64 - bits))) << at;
        return value;
    };
    const unsigned bits = 8U << below(random_, 4);
    const uint64_t sign = uint64_t{1} << (bits - 1);
    switch (below(random_, 4)) {
        case 0:
            return repeated(16, [&] { return operands.number<Half>(); });
        case 1:
            return repeated(32, [&] { return operands.number<Single>(); });
        case 2:
            return random_();
        default:
            return repeated(bits, [&] {
                const uint64_t near = uint64_t{below(random_, 5)} - 2;
                return one_in(random_, 4) ? random_() : one_in(random_, 2) ? near : sign + near;
            });
    }
}

Case Generator::random_state() {
    exysim::cpu::vfp::test::Operands operands{random_()};
    Case state{};
    state.cpsr = one_in(random_, 2) ? kUserMode : kSystemMode;
    state.cpsr |= static_cast<uint32_t>(random_()) & 0xF80F'0000;  // NZCVQ, GE
    if (class_.state == State::thumb) state.cpsr |= kThumb;
    state.fpscr = operands.fpscr();
    state.scratch_seed = static_cast<uint32_t>(random_());
    for (uint32_t& r : state.r) r = edge_value();
    state.r[13] &= ~3u;
    for (uint64_t& d : state.d) {
        using exysim::cpu::vfp::Double;
        using exysim::cpu::vfp::Single;
        if (class_.simd && !one_in(random_, 4)) {
            d = vector_value();
            continue;
        }
        d = one_in(random_, 2) ? operands.number<Double>()
                               : uint64_t{operands.number<Single>()} << 32 | operands.number<Single>();
    }
    return state;
}

uint32_t Generator::scratch_pointer() {
    const uint32_t centre = kScratchAddress + kScratchBytes / 2;
    return one_in(random_, 64) ? centre + below(random_, 4) : centre;  // now and then misaligned
}

/// Draws a row, then field values until they are legal.
Instruction Generator::draw(const Rule*& rule, bool in_it_block) {
    for (;;) {
        const Encoding& encoding =
            *class_.encodings[below(random_, static_cast<uint32_t>(class_.encodings.size()))];
        const bool thumb = class_.state == State::thumb;
        rule = find_rule(encoding.row->name, thumb);
        if ((in_it_block && !rule->in_it_block) || !one_in(random_, rule->rarity)) continue;
        for (int attempt = 0; attempt < 64; ++attempt) {
            Instruction instruction{encoding, (biased_bits(random_) & field_bits(encoding)) | encoding.value,
                                    thumb};
            if (encoding.conditional) instruction.set('c', one_in(random_, 2) ? 14 : below(random_, 15));
            if (rule->tune) rule->tune(instruction, random_);
            if (rule->allowed && !rule->allowed(instruction)) continue;
            const auto& set = class_.halfwords ? exysim::cpu::t16()
                              : thumb          ? exysim::cpu::t32()
                                               : exysim::cpu::a32();
            if (set.find(instruction.bits()) != &encoding) continue;  // a more special row
            if (class_.simd && !one_in(random_, 32) && is_undefined(instruction)) continue;
            return instruction;
        }
    }
}

void Generator::prepare(Program& program, const Instruction& instruction, const Rule& rule) {
    const auto prepare_base = [&] {
        if (instruction('n') != 15) program.set_register(instruction('n'), scratch_pointer());
    };
    switch (rule.preparation) {
        case Preparation::none:
        case Preparation::branch:
            return;
        case Preparation::base:
            return prepare_base();
        case Preparation::elements: {
            const uint32_t centre = kScratchAddress + kScratchBytes / 2;
            const uint32_t alignment = one_in(random_, 2) ? 31 : (1U << below(random_, 5)) - 1;
            uint32_t address = (centre + below(random_, 64)) & ~alignment;
            // QEMU 7.2 takes 256-bit alignment as 128 bits.
            const bool to_32 = instruction.has('a') && instruction.width('a') == 2 && instruction('a') == 3;
            if (to_32 && address % 16 == 0) address &= ~31U;
            return program.set_register(instruction('n'), address);
        }
        case Preparation::base_sp:
            return program.set_register(13, scratch_pointer() & ~3u);
        case Preparation::base_index:
            program.set_register(instruction('m'), below(random_, 16));
            return prepare_base();
        case Preparation::base_word_index:
            program.set_register(instruction('m'), 4 * below(random_, 4));
            return prepare_base();
        case Preparation::exclusive:
            // Aligned: whether alignment or the monitor is looked at first is IMPLEMENTATION DEFINED.
            program.set_register(instruction('n'), scratch_pointer() & ~7u);
            return program.word(one_in(random_, 4) ? clear_exclusive(instruction.thumb())
                                                   : matching_load(instruction));
        case Preparation::fpscr: {
            exysim::cpu::vfp::test::Operands operands{random_()};
            return program.set_register(instruction('t'), operands.fpscr());
        }
    }
}

void Generator::emit(Program& program, const Instruction& instruction) const {
    if (class_.halfwords) {
        program.t16(instruction.bits());
    } else {
        program.word(instruction.bits());
    }
}

/// One instruction; in Thumb state one in four times an IT block instead. Only the first instruction of an IT
/// block may need preparation, which stands before it.
void Generator::add_step(Program& program) {
    program.begin_step();
    if (class_.state == State::thumb && one_in(random_, 4)) return add_it_block(program);
    const Rule* rule = nullptr;
    const Instruction instruction = draw(rule, false);
    drawn_.push_back(&instruction.row());
    if (rule->preparation == Preparation::branch) return add_branch(program, instruction);
    prepare(program, instruction, *rule);
    emit(program, instruction);
}

void Generator::add_it_block(Program& program) {
    const uint32_t length = class_.all_prepared ? 1 : 1 + below(random_, 4);
    const uint32_t condition = one_in(random_, 8) ? 14 : below(random_, 14);
    // Mask: one bit per further instruction (its condition's lowest bit), then a one.
    uint32_t mask = 8u >> (length - 1);
    for (uint32_t i = 1; i < length; ++i) {
        const bool same = condition == 14 || one_in(random_, 2);  // "else" of AL is UNPREDICTABLE
        mask |= ((condition & 1) ^ (same ? 0 : 1)) << (4 - i);
    }
    const Rule* rule = nullptr;
    const Instruction first = draw(rule, true);
    prepare(program, first, *rule);
    program.t16(0xBF00 | condition << 4 | mask);
    emit(program, first);
    drawn_.push_back(&first.row());
    for (uint32_t i = 1; i < length;) {
        const Instruction other = draw(rule, true);
        if (rule->preparation != Preparation::none) continue;
        emit(program, other);
        drawn_.push_back(&other.row());
        ++i;
    }
}

GeneratedCase Generator::next(size_t steps) {
    GeneratedCase generated{Program{class_.state}, random_state(), {}};
    constexpr size_t kLongestStep = 48;
    while (generated.program.steps() < steps &&
           generated.program.bytes() + kLongestStep + kEndBytes < sizeof(Case::code)) {
        drawn_.clear();
        add_step(generated.program);
        generated.rows.push_back(drawn_);
    }
    generated.state = assemble(generated, generated.program.steps());
    return generated;
}

Case assemble(const GeneratedCase& generated, size_t steps) {
    Program program = generated.program.prefix(steps);
    program.supervisor_call(static_cast<uint32_t>(steps));
    Case result = generated.state;
    std::fill(std::begin(result.code), std::end(result.code), 0);
    std::memcpy(result.code, program.halfwords().data(), program.bytes());
    result.code_bytes = program.bytes();
    return result;
}

}  // namespace exysim::test::oracle
