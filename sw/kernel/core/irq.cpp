#include "core/irq.hpp"

#include "core/list.hpp"
#include "core/lock.hpp"
#include "core/log.hpp"
#include "core/ref.hpp"

namespace kernel {

namespace {

struct Action {
    ListNode node;
    IrqLine line;
    IrqHandler handler = nullptr;
    void* context = nullptr;
    const char* name = "";
    uint64_t count = 0;
};
List<Action, &Action::node> actions;
IrqLock lock;
void (*root)();

Action* find(IrqLine line) {
    for (Action& a : actions) {
        if (a.line.chip == line.chip && a.line.line == line.line) return &a;
    }
    return nullptr;
}

}  // namespace

Result<> request_irq(IrqLine line, IrqHandler handler, void* context, const char* name) {
    auto action = TRY(make<Action>());
    action->line = line;
    action->handler = handler;
    action->context = context;
    action->name = name;
    {
        const IrqGuard guard{lock};
        if (find(line)) return Errno::kBusy;
        actions.push_front(*action.release());
    }
    line.chip->enable(line.line);
    return Ok{};
}

void free_irq(IrqLine line) {
    line.chip->disable(line.line);
    const IrqGuard guard{lock};
    if (Action* a = find(line)) {
        a->node.unlink();
        delete a;
    }
}

bool dispatch_irq(IrqLine line) {
    Action* a = find(line);
    if (!a) {
        line.chip->disable(line.line);
        log_warn("irq: nobody wants line %u", line.line);
        return false;
    }
    ++a->count;
    a->handler(a->context);
    return true;
}

void set_root_irq_handler(void (*handler)()) { root = handler; }
void handle_root_irq() {
    if (root) root();
}

void for_each_irq(void (*visit)(void*, uint32_t, uint64_t, const char*), void* context) {
    for (Action& a : actions) visit(context, a.line.line, a.count, a.name);
}

}  // namespace kernel
