// Intrusive doubly linked list: nodes live in the objects, so linking never allocates and never fails.
#pragma once

namespace kernel {

struct ListNode {
    ListNode* prev = nullptr;
    ListNode* next = nullptr;

    bool linked() const { return next != nullptr; }
    void unlink() {
        if (!linked()) return;
        prev->next = next;
        next->prev = prev;
        prev = next = nullptr;
    }
};

/// List of `T` through its base or member node `Node`.
template <class T, ListNode T::*Node>
class List {
public:
    List() { head_.prev = head_.next = &head_; }
    List(const List&) = delete;
    List& operator=(const List&) = delete;

    bool empty() const { return head_.next == &head_; }
    T* front() { return empty() ? nullptr : owner(head_.next); }
    void push_back(T& item) { insert(item.*Node, head_); }
    void push_front(T& item) { insert(item.*Node, *head_.next); }
    /// Puts `item` in front of `where`; a null `where` is the end.
    void insert_before(T* where, T& item) { insert(item.*Node, where ? where->*Node : head_); }
    T* pop_front() {
        T* item = front();
        if (item) (item->*Node).unlink();
        return item;
    }
    static void remove(T& item) { (item.*Node).unlink(); }

    struct Iterator {
        ListNode* at;
        T& operator*() const { return *owner(at); }
        T* operator->() const { return owner(at); }
        Iterator& operator++() {
            at = at->next;
            return *this;
        }
        bool operator!=(const Iterator& o) const { return at != o.at; }
    };
    Iterator begin() { return {head_.next}; }
    Iterator end() { return {&head_}; }

private:
    static void insert(ListNode& node, ListNode& before) {
        node.prev = before.prev;
        node.next = &before;
        before.prev->next = &node;
        before.prev = &node;
    }
    static T* owner(ListNode* node) {
        // Offset of the node in T, by the usual member-pointer arithmetic on a never-dereferenced address.
        alignas(T) static char probe[sizeof(T)];
        T* const t = reinterpret_cast<T*>(probe);
        const auto offset = reinterpret_cast<char*>(&(t->*Node)) - probe;
        return reinterpret_cast<T*>(reinterpret_cast<char*>(node) - offset);
    }
    ListNode head_;
};

}  // namespace kernel
