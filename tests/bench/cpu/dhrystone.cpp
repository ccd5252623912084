// The statement mix of Dhrystone 2.1 (R. Weicker, SIGPLAN Notices 23/8, 1988), written anew: the same
// procedures, the same count and kinds of assignments, comparisons, calls, string and record operations in
// each iteration. DMIPS are iterations a second divided by 1757, the figure of the VAX 11/780.
#include "program.hpp"

namespace {

enum class Ident : int { first, second, third, fourth, fifth };

struct Record {
    Record* next;
    int discriminator;
    Ident ident;
    int number;
    char text[31];
};

constexpr int kIterations = 20'000;
constexpr char kFirst[] = "DHRYSTONE PROGRAM, 1'ST STRING", kSecond[] = "DHRYSTONE PROGRAM, 2'ND STRING",
               kThird[] = "DHRYSTONE PROGRAM, 3'RD STRING", kSome[] = "DHRYSTONE PROGRAM, SOME STRING";

Record records[2];
Record *head, *other;
int global_number;
bool global_flag;
char global_first, global_second;
int row[50], table[50][50];

void copy(char* to, const char (&from)[31]) { __builtin_memcpy(to, from, sizeof from); }

/// Word by word up to the end of the shorter string; both are word-aligned.
[[gnu::noinline]] int compare(const char* a, const char* b) {
    auto* wa = reinterpret_cast<const uint32_t*>(a);
    auto* wb = reinterpret_cast<const uint32_t*>(b);
    while (*wa == *wb) {
        const uint32_t w = *wa;
        if (((w - 0x0101'0101) & ~w & 0x8080'8080) != 0) return 0;
        ++wa, ++wb;
    }
    a = reinterpret_cast<const char*>(wa), b = reinterpret_cast<const char*>(wb);
    while (*a != 0 && *a == *b) ++a, ++b;
    return *a - *b;
}

[[gnu::noinline]] void add_and_store(int first, int second, int* result) { *result = second + (first + 2); }

[[gnu::noinline]] Ident same_letter(char first, char second) {
    const char copy_of_first = first, copied_again = copy_of_first;
    if (copied_again != second) return Ident::first;
    global_first = copy_of_first;
    return Ident::second;
}

[[gnu::noinline]] bool is_third(Ident ident) {
    const Ident local = ident;
    return local == Ident::third;
}

[[gnu::noinline]] bool in_order(const char* first, const char* second) {
    int place = 2;
    char letter = 0;
    while (place <= 2) {
        if (same_letter(first[place], second[place + 1]) == Ident::first) {
            letter = 'A';
            ++place;
        }
    }
    if (letter >= 'W' && letter < 'Z') place = 7;
    if (letter == 'R') return true;
    if (compare(first, second) > 0) {
        place += 7;
        global_number = place;
        return true;
    }
    return false;
}

[[gnu::noinline]] void choose(Ident ident, Ident* result) {
    *result = ident;
    if (!is_third(ident)) *result = Ident::fourth;
    switch (ident) {
        case Ident::first:
            *result = Ident::first;
            break;
        case Ident::second:
            *result = global_number > 100 ? Ident::first : Ident::fourth;
            break;
        case Ident::third:
            *result = Ident::second;
            break;
        case Ident::fourth:
            break;
        case Ident::fifth:
            *result = Ident::third;
    }
}

[[gnu::noinline]] void take_next(Record** result) {
    if (head != nullptr) *result = head->next;
    add_and_store(10, global_number, &head->number);
}

[[gnu::noinline]] void work_on(Record* record) {
    Record* const next = record->next;
    *record->next = *head;
    record->number = 5;
    next->number = record->number;
    next->next = record->next;
    take_next(&next->next);
    if (next->discriminator == 0) {
        next->number = 6;
        choose(record->ident, &next->ident);
        next->next = head->next;
        add_and_store(next->number, 10, &next->number);
    } else {
        *record = *record->next;
    }
}

[[gnu::noinline]] void search(int* number) {
    int local = *number + 10;
    for (bool found = false; !found;) {
        if (global_first == 'A') {
            --local;
            *number = local - global_number;
            found = true;
        }
    }
}

[[gnu::noinline]] void set_flag() {
    const bool local = global_first == 'A';
    global_flag = local | global_flag;
    global_second = 'B';
}

[[gnu::noinline]] void set_letters() {
    global_first = 'A';
    global_flag = false;
}

[[gnu::noinline]] void fill_tables(int* one, int (*two)[50], int first, int second) {
    const int place = first + 5;
    one[place] = second;
    one[place + 1] = one[place];
    one[place + 30] = place;
    for (int i = place; i <= place + 1; ++i) two[place][i] = place;
    two[place][place - 1] += 1;
    two[place + 20][place] = one[place];
    global_number = 5;
}

}  // namespace

// The compiler's division calls it for a zero divisor.
extern "C" int raise(int) {
    for (;;) system_call(0);
}

uint32_t benchmark() {
    alignas(4) char first_text[32], second_text[32];
    other = &records[0];
    head = &records[1];
    *head = {other, 0, Ident::third, 40, {}};
    copy(head->text, kSome);
    copy(first_text, kFirst);
    table[8][7] = 10;
    int one = 0, two = 0, three = 0;
    for (int run = 1; run <= kIterations; ++run) {
        set_letters();
        set_flag();
        one = 2;
        two = 3;
        copy(second_text, kSecond);
        Ident ident = Ident::second;
        global_flag = !in_order(first_text, second_text);
        while (one < two) {
            three = 5 * one - two;
            add_and_store(one, two, &three);
            ++one;
        }
        fill_tables(row, table, one, three);
        work_on(head);
        for (char letter = 'A'; letter <= global_second; ++letter) {
            if (ident == same_letter(letter, 'C')) {
                choose(Ident::first, &ident);
                copy(second_text, kThird);
                two = run;
                global_number = run;
            }
        }
        two = two * one;
        one = two / three;
        two = 7 * (two - three) - one;
        search(&one);
    }
    const int sum = one + 31 * two + 97 * three + global_number + table[8][7] + head->number + row[8];
    return static_cast<uint32_t>(sum) + (global_flag ? 1U << 30 : 0U);
}
