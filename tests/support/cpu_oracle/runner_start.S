@ Entry, exception vectors and the state switch of the CPU case runner.
@ Layouts of Case and Result: case.hpp.
        .syntax unified
        .arch   armv7-a
        .fpu    vfpv3
        .arm
        .equ    CASE_CPSR, 0
        .equ    CASE_FPSCR, 4
        .equ    CASE_R, 16
        .equ    CASE_D, 80
        .equ    CASE_CODE, 336
        .equ    RESULT_LR, 60
        .equ    RESULT_CPSR, 64
        .equ    RESULT_FPSCR, 68
        .equ    RESULT_VECTOR, 72
        .equ    RESULT_DFSR, 76
        .equ    RESULT_D, 96

        .section .text.start, "ax"
        .global _start
_start:
        mrc     p15, 0, r0, c0, c0, 5           @ MPIDR: the first core works, the others sleep
        tst     r0, #3
1:      wfine
        bne     1b
        ldr     sp, =stack_top
        ldr     r0, =vectors
        mcr     p15, 0, r0, c12, c0, 0          @ VBAR
        bl      build_page_table
        mcr     p15, 0, r0, c2, c0, 0           @ TTBR0
        mov     r0, #0
        mcr     p15, 0, r0, c2, c0, 2           @ TTBCR
        mcr     p15, 0, r0, c8, c7, 0           @ TLBIALL
        mov     r0, #1
        mcr     p15, 0, r0, c3, c0, 0           @ DACR: domain 0 is a client
        mov     r0, #(0xF << 20)
        mcr     p15, 0, r0, c1, c0, 2           @ CPACR: full access to cp10 and cp11
        dsb
        isb
        mrc     p15, 0, r0, c1, c0, 0
        ldr     r1, =0x1805                     @ MMU, data cache, branch prediction, instruction cache
        orr     r0, r0, r1
        bic     r0, r0, #2                      @ unaligned accesses allowed
        mcr     p15, 0, r0, c1, c0, 0
        isb
        mov     r0, #(1 << 30)
        vmsr    fpexc, r0
        bl      runner_main
2:      b       2b

@ void run_case(const Case*, Result*): returns when the case's code raises an exception.
        .global run_case
run_case:
        push    {r4-r12, lr}
        ldr     r2, =saved_stack
        str     sp, [r2]
        ldr     r2, =current_result
        str     r1, [r2]
        mov     r2, #0
        mcr     p15, 0, r2, c5, c0, 0
        mcr     p15, 0, r2, c5, c0, 1
        mcr     p15, 0, r2, c6, c0, 0
        mcr     p15, 0, r2, c6, c0, 2
        clrex
        add     r2, r0, #CASE_D
        vldmia  r2!, {d0-d15}
        vldmia  r2, {d16-d31}
        ldr     r2, [r0, #CASE_FPSCR]
        vmsr    fpscr, r2
        ldr     r3, [r0, #CASE_CPSR]
        msr     spsr_fsxc, r3
        add     lr, r0, #CASE_CODE
        add     r0, r0, #CASE_R
        ldmia   r0, {r0-r14}^
        nop
        movs    pc, lr

        .balign 32
        .global vectors
vectors:
        ldr     pc, =handle_reset
        ldr     pc, =handle_undefined
        ldr     pc, =handle_svc
        ldr     pc, =handle_prefetch_abort
        ldr     pc, =handle_data_abort
        nop
        ldr     pc, =handle_irq
        ldr     pc, =handle_fiq
        .ltorg

        .macro  exception name, vector
handle_\name:
        ldr     sp, =current_result
        ldr     sp, [sp]
        stmia   sp, {r0-r14}^
        nop
        mov     r1, #\vector
        b       finish
        .endm
        exception reset, 0
        exception undefined, 4
        exception svc, 8
        exception prefetch_abort, 12
        exception data_abort, 16
        exception irq, 24
        exception fiq, 28

@ In the exception's mode: sp = Result*, lr = its return address, r1 = vector offset.
finish:
        mov     r0, sp
        str     lr, [r0, #RESULT_LR]
        str     r1, [r0, #RESULT_VECTOR]
        mrs     r2, spsr
        str     r2, [r0, #RESULT_CPSR]
        mov     r2, #(1 << 30)
        vmsr    fpexc, r2
        vmrs    r2, fpscr
        str     r2, [r0, #RESULT_FPSCR]
        mrc     p15, 0, r2, c5, c0, 0
        mrc     p15, 0, r3, c6, c0, 0
        mrc     p15, 0, r4, c5, c0, 1
        mrc     p15, 0, r5, c6, c0, 2
        add     r6, r0, #RESULT_DFSR
        stmia   r6, {r2-r5}
        add     r2, r0, #RESULT_D
        vstmia  r2!, {d0-d15}
        vstmia  r2, {d16-d31}
        cps     #0x13
        ldr     r2, =saved_stack
        ldr     sp, [r2]
        pop     {r4-r12, pc}

@ uint32_t semihosting(uint32_t operation, const void* parameters)
        .global semihosting
semihosting:
        push    {r4, lr}
        svc     0x123456
        pop     {r4, pc}
        .ltorg

        .bss
        .balign 8
        .space  4096
stack_top:
saved_stack:    .space 4
current_result: .space 4
