// Records linked in lists and trees: pointer chasing, calls, comparisons, in the spirit of Dhrystone.
#include "program.hpp"

namespace {

struct Record {
    Record* left;
    Record* right;
    uint32_t key;
    int32_t kind;
    char name[16];
};

constexpr uint32_t kRecords = 2048;
Record pool[kRecords];

[[gnu::noinline]] int compare_names(const char* a, const char* b) {
    while (*a && *a == *b) ++a, ++b;
    return *a - *b;
}

[[gnu::noinline]] Record* insert(Record* root, Record* fresh) {
    Record** place = &root;
    while (*place)
        place = compare_names(fresh->name, (*place)->name) < 0 ? &(*place)->left : &(*place)->right;
    *place = fresh;
    return root;
}

[[gnu::noinline]] uint32_t visit(const Record* record, uint32_t depth) {
    if (!record) return depth;
    const uint32_t below = visit(record->left, depth + 1) * 3 + visit(record->right, depth + 1);
    return record->kind > 0 ? below + record->key : below ^ record->key;
}

void fill(Record& record, uint32_t& seed) {
    record.left = record.right = nullptr;
    record.key = next_random(seed);
    record.kind = static_cast<int32_t>(record.key >> 7) % 5 - 2;
    for (int i = 0; i < 15; ++i)
        record.name[i] = static_cast<char>('a' + (next_random(seed) >> 5) % (i < 3 ? 2 : 26));
    record.name[15] = 0;
}

}  // namespace

uint32_t benchmark() {
    uint32_t seed = 7, sum = 0;
    for (int round = 0; round < 250; ++round) {
        Record* root = nullptr;
        for (Record& record : pool) {
            fill(record, seed);
            root = insert(root, &record);
        }
        for (int i = 0; i < 10; ++i) sum = sum * 17 + visit(root, 0);
    }
    return sum;
}
