#include "mm/buddy.hpp"

namespace kernel {

namespace {

constexpr uint32_t kNone = ~0U;

constexpr unsigned list_of(MigrateType type) { return static_cast<unsigned>(type); }

}  // namespace

void Buddy::init(Page* pages, uint32_t count, MigrateType* types) {
    pages_ = pages;
    types_ = types;
    count_ = count;
    for (uint32_t i = 0; i < count; ++i) new (&pages_[i]) Page;
    for (uint32_t i = 0; i * kPageblockPages < count; ++i) types_[i] = MigrateType::movable;
}

void Buddy::link(uint32_t index, uint32_t order) {
    const unsigned list = list_of(type_of(index));
    pages_[index].order = static_cast<uint8_t>(order);
    pages_[index].free = true;
    lists_[order][list].push_front(pages_[index]);
    free_ += 1U << order;
    free_by_type_[list] += 1U << order;
    ++blocks_[order][list];
}

void Buddy::unlink(uint32_t index) {
    const unsigned list = list_of(type_of(index));
    const uint32_t order = pages_[index].order;
    pages_[index].free = false;
    pages_[index].node.unlink();
    free_ -= 1U << order;
    free_by_type_[list] -= 1U << order;
    --blocks_[order][list];
}

/// Blocks never grow beyond a pageblock, so all of a block's pages have one type.
void Buddy::release(uint32_t index, uint32_t order) {
    while (order < kMaxOrder) {
        const uint32_t buddy = index ^ (1U << order);
        if (buddy + (1U << order) > count_ || !pages_[buddy].free || pages_[buddy].order != order) break;
        unlink(buddy);
        index = buddy < index ? buddy : index;
        ++order;
    }
    link(index, order);
}

/// Takes a block of at least `order` from the lists of one type and returns the halves that are too much.
Result<uint32_t> Buddy::take_from(uint32_t order, MigrateType type) {
    for (uint32_t have = order; have <= kMaxOrder; ++have) {
        Page* page = lists_[have][list_of(type)].front();
        if (!page) continue;
        const auto index = static_cast<uint32_t>(page - pages_);
        unlink(index);
        while (have > order) {
            --have;
            link(index + (1U << have), have);
        }
        return index;
    }
    return Errno::kNoMem;
}

/// Turns the pageblock with the largest free block of the other kind to `type`: whole blocks change hands
/// first, so that the two kinds mix as little as can be.
bool Buddy::steal(uint32_t order, MigrateType type) {
    const MigrateType from = type == MigrateType::unmovable ? MigrateType::movable : MigrateType::unmovable;
    for (uint32_t have = kMaxOrder + 1; have-- > order;) {
        Page* page = lists_[have][list_of(from)].front();
        if (!page) continue;
        set_type(static_cast<uint32_t>(page - pages_), type);
        return true;
    }
    return false;
}

Result<uint32_t> Buddy::take(uint32_t order, MigrateType type) {
    if (order > kMaxOrder) return Errno::kNoMem;
    const bool movable = type == MigrateType::movable;
    if (movable && free_pages(MigrateType::cma) > free_ / 2) {
        if (auto got = take_from(order, MigrateType::cma)) return got;
    }
    if (auto got = take_from(order, type)) return got;
    if (movable) {
        if (auto got = take_from(order, MigrateType::cma)) return got;
    }
    if (steal(order, type)) return take_from(order, type);
    return Errno::kNoMem;
}

void Buddy::set_type(uint32_t index, MigrateType type) {
    const uint32_t first = index & ~(kPageblockPages - 1);
    const uint32_t end = first + kPageblockPages < count_ ? first + kPageblockPages : count_;
    // Blocks leave the lists under the old type and come back under the new one.
    FreeList moving;
    for (uint32_t i = first; i < end;) {
        if (!pages_[i].free) {
            ++i;
            continue;
        }
        const uint32_t order = pages_[i].order;
        unlink(i);
        moving.push_back(pages_[i]);
        i += 1U << order;
    }
    types_[index >> kPageblockOrder] = type;
    while (Page* page = moving.pop_front()) link(static_cast<uint32_t>(page - pages_), page->order);
}

/// First page of the free block around `index`, or kNone.
uint32_t Buddy::head_of(uint32_t index) const {
    for (uint32_t order = 0; order <= kMaxOrder; ++order) {
        const uint32_t head = index & ~((1U << order) - 1);
        if (pages_[head].free) return pages_[head].order >= order ? head : kNone;
    }
    return kNone;
}

bool Buddy::is_free(uint32_t index) const { return head_of(index) != kNone; }

bool Buddy::take_range(uint32_t first, uint32_t count) {
    const uint32_t end = first + count;
    for (uint32_t i = first; i < end;) {
        const uint32_t head = head_of(i);
        if (head == kNone) return false;
        i = head + (1U << pages_[head].order);
    }
    for (uint32_t i = first; i < end;) {
        const uint32_t head = head_of(i);
        const uint32_t block_end = head + (1U << pages_[head].order);
        unlink(head);
        for (uint32_t before = head; before < first; ++before) release(before, 0);
        for (uint32_t after = end; after < block_end; ++after) release(after, 0);
        i = block_end;
    }
    return true;
}

}  // namespace kernel
