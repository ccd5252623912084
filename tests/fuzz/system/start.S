@ Entry, exception handlers and guarded accesses of the system fuzzer's program.
        .syntax unified
        .arch   armv7-a
        .fpu    vfpv3
        .arm
        .section .text.start, "ax"
        .global _start
_start:
        mrc     p15, 0, r0, c0, c0, 5           @ MPIDR: one core works
        tst     r0, #3
1:      wfine
        bne     1b
        cpsid   if, #0x17
        ldr     sp, =abort_stack
        cpsid   if, #0x13
        ldr     sp, =stack_top
        bl      system_main
2:      b       2b

@ --- handlers while the program itself runs: an access that faults is skipped, a fetch returns to its caller

        .balign 32
        .global guard_vectors
guard_vectors:
        b       .
        b       unexpected
        b       unexpected
        b       guard_prefetch
        b       guard_data
        b       .
        b       unexpected
        b       unexpected
guard_data:
        push    {r0-r3}
        ldr     r0, =fault
        mrc     p15, 0, r1, c5, c0, 0
        mrc     p15, 0, r2, c6, c0, 0
        b       guard_record
guard_prefetch:
        push    {r0-r3}
        ldr     r0, =fault
        mrc     p15, 0, r1, c5, c0, 1
        mrc     p15, 0, r2, c6, c0, 2
        mrs     r3, spsr
        str     r3, [r0, #12]
        str     lr, [r0, #8]
        stm     r0, {r1, r2}
        cps     #0x13
        mov     r3, lr
        cps     #0x17
        mov     lr, r3
        pop     {r0-r3}
        movs    pc, lr
guard_record:
        mrs     r3, spsr
        str     r3, [r0, #12]
        str     lr, [r0, #8]
        stm     r0, {r1, r2}
        pop     {r0-r3}
        subs    pc, lr, #4
unexpected:
        b       fail

@ uint32_t try_*(uint32_t address, uint32_t value): fault.status says whether it happened
        .macro  access name, instruction:vararg
        .global \name
\name:  mov     r2, r0
        \instruction
        bx      lr
        .endm
        access  try_ldr, ldr r0, [r2]
        access  try_ldrh, ldrh r0, [r2]
        access  try_ldrb, ldrb r0, [r2]
        access  try_str, str r1, [r2]
        access  try_strh, strh r1, [r2]
        access  try_strb, strb r1, [r2]
        access  try_ldrt, ldrt r0, [r2]
        access  try_strt, strt r1, [r2]
        .global try_fetch
try_fetch:
        push    {r4, lr}
        blx     r0
        pop     {r4, pc}

@ --- snippets: void run_snippet(const Start*, End*) runs code until its first exception
@ Start: r0-r12, pc, cpsr, lr of supervisor mode. End: r0-r12, lr, spsr, cpsr, vector.
        .global run_snippet
run_snippet:
        push    {r4-r12, lr}
        ldr     r2, =saved
        str     sp, [r2]
        str     r1, [r2, #4]
        ldr     r1, [r0, #52]
        ldr     r2, [r0, #56]
        ldr     lr, [r0, #60]
        push    {r1, r2}
        ldm     r0, {r0-r12}
        rfeia   sp!

        .macro  vector name, offset
snippet_\name:
        str     r0, [sp, #-8]
        mov     r0, #\offset
        b       snippet_end
        .endm
        .balign 32
        .global snippet_vectors
snippet_vectors:
        b       .
        b       snippet_undefined
        b       snippet_svc
        b       snippet_prefetch
        b       snippet_data
        b       .
        b       snippet_irq
        b       snippet_fiq
        vector  undefined, 4
        vector  svc, 8
        vector  prefetch, 12
        vector  data, 16
        vector  irq, 24
        vector  fiq, 28
@ sp = this mode's small stack, [sp, #-8] = r0, r0 = vector offset. FIQ's own r8-r12 are what a FIQ shows.
snippet_end:
        str     r1, [sp, #-4]
        ldr     r1, =saved
        ldr     r1, [r1, #4]
        str     r0, [r1, #64]
        ldr     r0, [sp, #-8]
        str     r0, [r1, #0]
        ldr     r0, [sp, #-4]
        str     r0, [r1, #4]
        add     r0, r1, #8
        stm     r0, {r2-r12}
        str     lr, [r1, #52]
        mrs     r0, spsr
        str     r0, [r1, #56]
        mrs     r0, cpsr
        str     r0, [r1, #60]
        cpsid   if, #0x13
        setend  le
        ldr     r2, =saved
        ldr     sp, [r2]
        pop     {r4-r12, pc}

@ void set_bank(uint32_t mode, uint32_t sp, uint32_t lr, uint32_t spsr): of another mode; system mode has no SPSR
        .global set_bank
set_bank:
        push    {r4, lr}
        mrs     r4, cpsr
        bic     r12, r4, #0x1F
        orr     r12, r12, r0
        msr     cpsr_c, r12
        mov     sp, r1
        mov     lr, r2
        cmp     r0, #0x1F
        msrne   spsr_fsxc, r3
        msr     cpsr_c, r4
        pop     {r4, pc}
@ uint32_t stack_of(uint32_t mode): sp eor lr rotated
        .global stack_of
stack_of:
        mrs     r3, cpsr
        bic     r12, r3, #0x1F
        orr     r12, r12, r0
        msr     cpsr_c, r12
        eor     r0, sp, lr, ror #7
        msr     cpsr_c, r3
        bx      lr

        .global semihosting
semihosting:
        push    {r4, lr}
        svc     0x123456
        pop     {r4, pc}
fail:   ldr     r1, =0x20023
        mov     r0, #0x18
        svc     0x123456
        b       .
        .ltorg

        .bss
        .balign 8
        .space  16384
stack_top:
        .space  512
abort_stack:
        .global fault
fault:  .space 16                               @ status, address, link, psr
saved:  .space 8
