// Element and structure loads and stores: VLD1-VLD4 and VST1-VST4 in all their forms. Source: ARM DDI 0406C,
// A7.7.
//
// Fields: D and d the first register, n the base, m the write-back register, s the element size, a the
// alignment, i the lane and what else its size leaves room for. Operations: rd, rn, rm as those; rs and imm
// depend on the form.
#include "models/cpu/simd_decode.hpp"
#include "models/cpu/simd_memory.hpp"

namespace exysim::cpu {
namespace {

using namespace simd;

// --- multiple structures: `ways` registers, rs apart, take turns; `repeats` such groups follow each other

struct Zip {
    static constexpr unsigned at(unsigned i, unsigned lanes) { return i / 2 + (i % 2 == 0 ? 0 : lanes / 2); }
};
struct ZipLow {
    static constexpr unsigned at(unsigned i, unsigned lanes) { return i / 2 + (i % 2 == 0 ? 0 : lanes); }
};
struct ZipHigh {
    static constexpr unsigned at(unsigned i, unsigned lanes) { return lanes / 2 + ZipLow::at(i, lanes); }
};

template <class T>
using D = Vector<T, 8>;
template <class T>
using Q = Vector<T, 16>;

template <class Pick, class Result, class V, size_t... i>
Result pick(V a, V b, std::index_sequence<i...>) {
    return __builtin_shufflevector(a, b, Pick::at(i, sizeof...(i))...);
}
template <class T>
D<T> evens(Q<T> q) {
    return pick<EvenLanes, D<T>>(q, q, std::make_index_sequence<8 / sizeof(T)>{});
}
template <class T>
D<T> odds(Q<T> q) {
    return pick<OddLanes, D<T>>(q, q, std::make_index_sequence<8 / sizeof(T)>{});
}
template <class T>
Q<T> zip(D<T> a, D<T> b) {
    return pick<Zip, Q<T>>(a, b, std::make_index_sequence<16 / sizeof(T)>{});
}
template <class V>
V load_vector(const uint8_t* from) {
    V v;
    std::memcpy(&v, from, sizeof v);
    return v;
}

/// Memory order to registers d, d + step, ...: one group.
template <class T, unsigned ways>
[[gnu::always_inline]] inline void take_apart(Core& core, unsigned d, unsigned step, const uint8_t* from) {
    if constexpr (ways == 1) {
        std::memcpy(core.vfp.d.data() + d, from, 8);
    } else if constexpr (ways == 2) {
        const auto q = load_vector<Q<T>>(from);
        write(core, d, evens<T>(q));
        write(core, d + step, odds<T>(q));
    } else if constexpr (ways == 4) {
        const auto low = load_vector<Q<T>>(from), high = load_vector<Q<T>>(from + 16);
        const Q<T> even = shuffle<EvenLanes>(low, high), other = shuffle<OddLanes>(low, high);
        write(core, d, evens<T>(even));
        write(core, d + step, evens<T>(other));
        write(core, d + 2 * step, odds<T>(even));
        write(core, d + 3 * step, odds<T>(other));
    } else {
        for (unsigned way = 0; way < 3; ++way) {
            D<T> v;
            for (unsigned i = 0; i < kLanes<D<T>>; ++i) v[i] = read_host<T>(from + (3 * i + way) * sizeof(T));
            write(core, d + way * step, v);
        }
    }
}

template <class T, unsigned ways>
[[gnu::always_inline]] inline void put_together(const Core& core, unsigned d, unsigned step, uint8_t* to) {
    if constexpr (ways == 1) {
        std::memcpy(to, core.vfp.d.data() + d, 8);
    } else if constexpr (ways == 2) {
        write_host(to, zip<T>(read<D<T>>(core, d), read<D<T>>(core, d + step)));
    } else if constexpr (ways == 4) {
        const Q<T> even = zip<T>(read<D<T>>(core, d), read<D<T>>(core, d + 2 * step));
        const Q<T> other = zip<T>(read<D<T>>(core, d + step), read<D<T>>(core, d + 3 * step));
        write_host(to, shuffle<ZipLow>(even, other));
        write_host(to + 16, shuffle<ZipHigh>(even, other));
    } else {
        for (unsigned way = 0; way < 3; ++way) {
            const auto v = read<D<T>>(core, d + way * step);
            for (unsigned i = 0; i < kLanes<D<T>>; ++i) write_host<T>(to + (3 * i + way) * sizeof(T), v[i]);
        }
    }
}

template <class T, unsigned ways, unsigned repeats>
[[gnu::always_inline]] inline void take_all_apart(Core& core, const Op* op, const uint8_t* from) {
    for (unsigned r = 0; r < repeats; ++r) take_apart<T, ways>(core, op->rd + r, op->rs, from + 8 * ways * r);
}

template <class T, unsigned ways, unsigned repeats>
[[gnu::noinline]] bool load_slowly(Core& core, const Op* op) {
    std::array<uint8_t, 8 * ways * repeats> bytes;
    if (!aligned(core, op, false)) return false;
    if (!load_elements<T>(core, core.r[op->rn], bytes.data(), bytes.size())) return false;
    take_all_apart<T, ways, repeats>(core, op, bytes.data());
    return true;
}
template <class T, unsigned ways, unsigned repeats>
[[gnu::noinline]] bool store_slowly(Core& core, const Op* op) {
    std::array<uint8_t, 8 * ways * repeats> bytes;
    if (!aligned(core, op, true)) return false;
    for (unsigned r = 0; r < repeats; ++r)
        put_together<T, ways>(core, op->rd + r, op->rs, bytes.data() + 8 * ways * r);
    return store_elements<T>(core, core.r[op->rn], bytes.data(), bytes.size());
}

// What the fast path does not have, as handlers of their own: then the ordinary ones need no stack frame.
template <class T, unsigned ways, unsigned repeats>
[[gnu::cold, gnu::noinline]] Op* load_structures_slowly(Core& core, Op* op) {
    if (!load_slowly<T, ways, repeats>(core, op)) return core.abort(op);
    write_back(core, op, 8 * ways * repeats);
    return next(core, op);
}
template <class T, unsigned ways, unsigned repeats>
[[gnu::cold, gnu::noinline]] Op* store_structures_slowly(Core& core, Op* op) {
    if (!store_slowly<T, ways, repeats>(core, op)) return core.abort(op);
    write_back(core, op, 8 * ways * repeats);
    return next(core, op);
}

template <class T, unsigned ways, unsigned repeats>
Op* load_structures(Core& core, Op* op) {
    constexpr uint32_t kBytes = 8 * ways * repeats;
    const uint32_t address = core.r[op->rn];
    const uint8_t* host = (address & op->imm) == 0 ? run_to_read<T>(core, address, kBytes) : nullptr;
    if (host == nullptr) [[unlikely]]
        return load_structures_slowly<T, ways, repeats>(core, op);
    take_all_apart<T, ways, repeats>(core, op, host);
    write_back(core, op, kBytes);
    return next(core, op);
}
template <class T, unsigned ways, unsigned repeats>
Op* store_structures(Core& core, Op* op) {
    constexpr uint32_t kBytes = 8 * ways * repeats;
    const uint32_t address = core.r[op->rn];
    uint8_t* host = (address & op->imm) == 0 ? run_to_write<T>(core, address, kBytes) : nullptr;
    if (host == nullptr) [[unlikely]]
        return store_structures_slowly<T, ways, repeats>(core, op);
    for (unsigned r = 0; r < repeats; ++r)
        put_together<T, ways>(core, op->rd + r, op->rs, host + 8 * ways * r);
    write_back(core, op, kBytes);
    return next(core, op);
}

// --- one lane: element imm[15:8] of `ways` registers rs apart

template <class T, unsigned ways>
[[gnu::noinline]] bool load_one_lane(Core& core, const Op* op) {
    if (!aligned(core, op, false)) return false;
    std::array<T, ways> elements;
    for (unsigned way = 0; way < ways; ++way) {
        const Loaded<T> element = core.load<T>(core.r[op->rn] + way * sizeof(T));
        if (!element.ok) return false;
        elements[way] = element.value;
    }
    auto* const registers = reinterpret_cast<uint8_t*>(core.vfp.d.data());
    for (unsigned way = 0; way < ways; ++way)
        write_host<T>(registers + 8 * (op->rd + way * op->rs) + (op->imm >> 8) * sizeof(T), elements[way]);
    return true;
}
template <class T, unsigned ways>
[[gnu::noinline]] bool store_one_lane(Core& core, const Op* op) {
    if (!aligned(core, op, true)) return false;
    for (unsigned way = 0; way < ways; ++way) {
        const T element = read_element<T>(core, op->rd + way * op->rs, op->imm >> 8);
        if (!core.store<T>(core.r[op->rn] + way * sizeof(T), element)) return false;
    }
    return true;
}

// --- all lanes: VLD1 into rs registers, the others into `ways` registers rs apart

template <class T, unsigned ways>
[[gnu::noinline]] bool load_to_all_lanes(Core& core, const Op* op) {
    if (!aligned(core, op, false)) return false;
    std::array<T, ways> elements;
    for (unsigned way = 0; way < ways; ++way) {
        const Loaded<T> element = core.load<T>(core.r[op->rn] + way * sizeof(T));
        if (!element.ok) return false;
        elements[way] = element.value;
    }
    if constexpr (ways == 1) {
        for (unsigned i = 0; i < op->rs; ++i) write(core, op->rd + i, splat<D<T>>(elements[0]));
    } else {
        for (unsigned way = 0; way < ways; ++way)
            write(core, op->rd + way * op->rs, splat<D<T>>(elements[way]));
    }
    return true;
}

/// A handler of one of the above.
template <bool (*transfer)(Core&, const Op*), unsigned bytes>
Op* elements(Core& core, Op* op) {
    if (!transfer(core, op)) [[unlikely]]
        return core.abort(op);
    write_back(core, op, bytes);
    return next(core, op);
}

// --- decoding

enum class Way { load, store };

/// Emits an element or structure transfer of registers up to `last`; `bytes` of alignment (1: none).
void emit_transfer(Translator& t, const Fields& f, Handler handler, uint32_t last, uint32_t rs,
                   uint32_t alignment, uint32_t lane = 0) {
    if (handler == nullptr) return t.undefined();
    if (last > 31 || f('n') == 15) return t.unpredictable();
    emit(t, handler,
         {vd(f), static_cast<uint8_t>(f('n')), static_cast<uint8_t>(f('m')), static_cast<uint8_t>(rs)},
         (alignment - 1) | lane << 8);
}

template <Way way, class T, unsigned ways, unsigned repeats>
constexpr Handler kStructures =
    way == Way::load ? load_structures<T, ways, repeats> : store_structures<T, ways, repeats>;

/// `widest`: the largest alignment field allowed.
template <Way way, unsigned ways, unsigned repeats, unsigned step, uint32_t widest>
void structures(Translator& t, const Fields& f) {
    static constexpr Handler kHandlers[] = {kStructures<way, uint8_t, ways, repeats>,
                                            kStructures<way, uint16_t, ways, repeats>,
                                            kStructures<way, uint32_t, ways, repeats>,
                                            ways == 1 ? kStructures<way, uint64_t, 1, repeats> : nullptr};
    if (f('a') > widest) return t.undefined();
    const uint32_t last = vd(f) + repeats - 1 + (ways - 1) * step;
    emit_transfer(t, f, at(kHandlers, f('s')), last, step, f('a') == 0 ? 1 : 4U << f('a'));
}

template <Way way, class T, unsigned ways>
constexpr Handler kOneLane = way == Way::load ? elements<load_one_lane<T, ways>, ways * sizeof(T)>
                                              : elements<store_one_lane<T, ways>, ways * sizeof(T)>;

/// What the four bits of a lane form mean. `legal` is false for UNDEFINED.
struct LaneForm {
    uint32_t lane, step, alignment;
    bool legal;
};
LaneForm lane_form(uint32_t ways, uint32_t size, uint32_t bits) {
    const uint32_t low = bits & ((2U << size) - 1);  // below the lane's number
    LaneForm form{bits >> (size + 1), size != 0 && (bits >> size & 1) != 0 ? 2U : 1U, 1, true};
    const uint32_t align =
        low & ((1U << size) - 1) & 3;  // without the step bit; for bytes bit 0 is the alignment
    switch (ways) {
        case 1:
            form.step = 1;
            form.legal = size == 0 ? low == 0 : size == 1 ? low < 2 : low == 0 || low == 3;
            if (low != 0) form.alignment = 1U << size;
            break;
        case 2:
            form.legal = size != 2 || (bits & 2) == 0;
            if ((bits & 1) != 0) form.alignment = 2U << size;
            break;
        case 3:
            form.legal = size == 2 ? align == 0 : (bits & 1) == 0;
            break;
        default:
            form.legal = size != 2 || align != 3;
            if (size == 2) {
                if (align != 0) form.alignment = 4U << align;
            } else if ((bits & 1) != 0) {
                form.alignment = 4U << size;
            }
    }
    return form;
}

template <Way way, unsigned ways>
void one_lane(Translator& t, const Fields& f) {
    static constexpr Handler kHandlers[] = {kOneLane<way, uint8_t, ways>, kOneLane<way, uint16_t, ways>,
                                            kOneLane<way, uint32_t, ways>};
    const LaneForm form = lane_form(ways, f('z'), f('i'));
    if (!form.legal) return t.undefined();
    emit_transfer(t, f, at(kHandlers, f('z')), vd(f) + (ways - 1) * form.step, form.step, form.alignment,
                  form.lane);
}

template <unsigned ways>
void all_lanes(Translator& t, const Fields& f) {
    static constexpr Handler kHandlers[] = {
        elements<load_to_all_lanes<uint8_t, ways>, ways>,
        elements<load_to_all_lanes<uint16_t, ways>, 2 * ways>,
        elements<load_to_all_lanes<uint32_t, ways>, 4 * ways>,
        ways == 4 ? elements<load_to_all_lanes<uint32_t, 4>, 16> : nullptr};
    const uint32_t size = f('s'), step = f('T') + 1;
    const bool with_alignment = f('a') != 0;
    // One byte and three elements have no alignment; size 3 is VLD4.32 aligned to 16 bytes.
    const bool legal =
        !(with_alignment && (ways == 3 || (ways == 1 && size == 0))) && (size != 3 || with_alignment);
    if (!legal) return t.undefined();
    const uint32_t whole = size == 3 ? 16 : ways == 4 && size == 2 ? 8 : ways << size;
    const uint32_t last = vd(f) + (ways == 1 ? step - 1 : (ways - 1) * step);
    emit_transfer(t, f, at(kHandlers, size), last, step, with_alignment ? whole : 1);
}

constexpr auto kLoad = Way::load, kStore = Way::store;

constexpr Row kRows[] = {
    // clang-format off
    {"VST1 (1)",  "111101000D00nnnndddd0111ssaammmm", structures<kStore, 1, 1, 1, 1>, 2},
    {"VST1 (2)",  "111101000D00nnnndddd1010ssaammmm", structures<kStore, 1, 2, 1, 2>, 2},
    {"VST1 (3)",  "111101000D00nnnndddd0110ssaammmm", structures<kStore, 1, 3, 1, 1>, 3},
    {"VST1 (4)",  "111101000D00nnnndddd0010ssaammmm", structures<kStore, 1, 4, 1, 3>, 3},
    {"VST2 (2)",  "111101000D00nnnndddd1000ssaammmm", structures<kStore, 2, 1, 1, 2>, 2},
    {"VST2 (2, every other)", "111101000D00nnnndddd1001ssaammmm", structures<kStore, 2, 1, 2, 2>, 2},
    {"VST2 (4)",  "111101000D00nnnndddd0011ssaammmm", structures<kStore, 2, 2, 2, 3>, 3},
    {"VST3",      "111101000D00nnnndddd0100ssaammmm", structures<kStore, 3, 1, 1, 1>, 4},
    {"VST3 (every other)", "111101000D00nnnndddd0101ssaammmm", structures<kStore, 3, 1, 2, 1>, 4},
    {"VST4",      "111101000D00nnnndddd0000ssaammmm", structures<kStore, 4, 1, 1, 3>, 4},
    {"VST4 (every other)", "111101000D00nnnndddd0001ssaammmm", structures<kStore, 4, 1, 2, 3>, 4},
    {"VLD1 (1)",  "111101000D10nnnndddd0111ssaammmm", structures<kLoad, 1, 1, 1, 1>, 2},
    {"VLD1 (2)",  "111101000D10nnnndddd1010ssaammmm", structures<kLoad, 1, 2, 1, 2>, 2},
    {"VLD1 (3)",  "111101000D10nnnndddd0110ssaammmm", structures<kLoad, 1, 3, 1, 1>, 3},
    {"VLD1 (4)",  "111101000D10nnnndddd0010ssaammmm", structures<kLoad, 1, 4, 1, 3>, 3},
    {"VLD2 (2)",  "111101000D10nnnndddd1000ssaammmm", structures<kLoad, 2, 1, 1, 2>, 2},
    {"VLD2 (2, every other)", "111101000D10nnnndddd1001ssaammmm", structures<kLoad, 2, 1, 2, 2>, 2},
    {"VLD2 (4)",  "111101000D10nnnndddd0011ssaammmm", structures<kLoad, 2, 2, 2, 3>, 3},
    {"VLD3",      "111101000D10nnnndddd0100ssaammmm", structures<kLoad, 3, 1, 1, 1>, 4},
    {"VLD3 (every other)", "111101000D10nnnndddd0101ssaammmm", structures<kLoad, 3, 1, 2, 1>, 4},
    {"VLD4",      "111101000D10nnnndddd0000ssaammmm", structures<kLoad, 4, 1, 1, 3>, 4},
    {"VLD4 (every other)", "111101000D10nnnndddd0001ssaammmm", structures<kLoad, 4, 1, 2, 3>, 4},

    {"VST1 (one lane)", "111101001D00nnnnddddzz00iiiimmmm", one_lane<kStore, 1>, 2},
    {"VST2 (one lane)", "111101001D00nnnnddddzz01iiiimmmm", one_lane<kStore, 2>, 2},
    {"VST3 (one lane)", "111101001D00nnnnddddzz10iiiimmmm", one_lane<kStore, 3>, 2},
    {"VST4 (one lane)", "111101001D00nnnnddddzz11iiiimmmm", one_lane<kStore, 4>, 2},
    {"VLD1 (one lane)", "111101001D10nnnnddddzz00iiiimmmm", one_lane<kLoad, 1>, 2},
    {"VLD2 (one lane)", "111101001D10nnnnddddzz01iiiimmmm", one_lane<kLoad, 2>, 2},
    {"VLD3 (one lane)", "111101001D10nnnnddddzz10iiiimmmm", one_lane<kLoad, 3>, 2},
    {"VLD4 (one lane)", "111101001D10nnnnddddzz11iiiimmmm", one_lane<kLoad, 4>, 2},
    {"VLD1 (all lanes)", "111101001D10nnnndddd1100ssTammmm", all_lanes<1>, 2},
    {"VLD2 (all lanes)", "111101001D10nnnndddd1101ssTammmm", all_lanes<2>, 2},
    {"VLD3 (all lanes)", "111101001D10nnnndddd1110ssTammmm", all_lanes<3>, 2},
    {"VLD4 (all lanes)", "111101001D10nnnndddd1111ssTammmm", all_lanes<4>, 2},
    // clang-format on
};

}  // namespace

std::span<const Row> simd_load_store_rows() { return kRows; }

}  // namespace exysim::cpu
