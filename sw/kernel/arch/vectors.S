// Exception entry and return. Every exception saves one TrapFrame (arch/trap.hpp) on the SVC stack of the running
// thread and calls its C++ handler; all return through trap_return.
    .syntax unified
    .arch armv7-a
    .fpu neon

    .macro enter handler, adjust
    .if \adjust
    sub     lr, lr, #\adjust
    .endif
    srsdb   sp!, #0x13
    cps     #0x13
    push    {lr}
    sub     sp, sp, #8
    stm     sp, {sp, lr}^               @ user sp and lr
    push    {r0-r12}
    mov     r4, sp
    mov     r0, sp
    bic     sp, sp, #7                  @ AAPCS: the interrupted code need not have been aligned
    mov     r11, #0
    bl      \handler
    mov     sp, r4
    b       trap_return
    .endm

    .text
entry_undefined:    enter trap_undefined, 0
entry_svc:          enter trap_svc, 0
entry_prefetch:     enter trap_prefetch_abort, 4
entry_data:         enter trap_data_abort, 8
entry_irq:          enter trap_irq, 4
entry_unexpected:   enter trap_unexpected, 0

    .global trap_return
trap_return:
    cpsid   i
    mov     r0, sp
    mov     r4, sp
    bic     sp, sp, #7
    bl      trap_exit                   @ signals and rescheduling when going back to user mode
    mov     sp, r4
    clrex
    pop     {r0-r12}
    ldm     sp, {sp, lr}^
    nop
    add     sp, sp, #8
    pop     {lr}
    rfeia   sp!

// The page mapped at 0xFFFF0000: vectors, then Linux's user helpers at the end.
    .section .rodata
    .balign 4096
    .global vector_page
vector_page:
    ldr     pc, 1f
    ldr     pc, 1f + 4
    ldr     pc, 1f + 8
    ldr     pc, 1f + 12
    ldr     pc, 1f + 16
    ldr     pc, 1f + 20
    ldr     pc, 1f + 24
    ldr     pc, 1f + 28
1:  .word   entry_unexpected, entry_undefined, entry_svc, entry_prefetch
    .word   entry_data, entry_unexpected, entry_irq, entry_unexpected

    .org    vector_page + 0xF60         @ __kuser_cmpxchg64(old*, new*, ptr)
    push    {r4-r7}
    ldrd    r4, r5, [r0]
    ldrd    r6, r7, [r1]
    dmb
2:  ldrexd  r0, r1, [r2]
    eors    r3, r0, r4
    eorseq  r3, r1, r5
    bne     3f
    strexd  r3, r6, r7, [r2]
    teq     r3, #1
    beq     2b
3:  dmb
    rsbs    r0, r3, #0                  @ stored: r0 = 0, C set
    pop     {r4-r7}
    bx      lr
    .org    vector_page + 0xFA0         @ __kuser_memory_barrier
5:  dmb
    bx      lr
    .org    vector_page + 0xFC0         @ __kuser_cmpxchg(old, new, ptr)
    dmb
4:  ldrex   r3, [r2]
    subs    r3, r3, r0
    strexeq r3, r1, [r2]
    teqeq   r3, #1
    beq     4b
    rsbs    r0, r3, #0
    b       5b                          @ eight instructions is all there is
    .org    vector_page + 0xFE0         @ __kuser_get_tls
    mrc     p15, 0, r0, c13, c0, 3
    bx      lr
    .org    vector_page + 0xFFC
    .word   5                           @ __kuser_helper_version
    .section .note.GNU-stack, "", %progbits
