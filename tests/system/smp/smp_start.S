@ Entry of the multi-core test program. On our machine secondary cores come from the boot ROM; QEMU starts all cores
@ here, so that those wait in a pen like the ROM's first.
        .syntax unified
        .arch   armv7-a
        .arch_extension mp
        .arm
        .equ    STACK_BYTES, 8192

        .section .text.start, "ax"
        .global _start
_start:
        mrc     p15, 0, r4, c0, c0, 5           @ MPIDR
        ands    r4, r4, #3
        beq     enter
        ldr     r0, =0x10480000                 @ this core's GIC interface (QEMU's smdkc210: 0x8000 apart)
        add     r0, r0, r4, lsl #15
        mov     r1, #0xFF
        str     r1, [r0, #4]
        mov     r1, #1
        str     r1, [r0]
        ldr     r2, =0x10020814                 @ INFORM5
1:      wfi
        ldr     r1, [r2]
        cmp     r1, #0
        beq     1b
        bx      r1

        .global secondary_entry
secondary_entry:
        mrc     p15, 0, r4, c0, c0, 5
        and     r4, r4, #3
enter:  cpsid   if, #0x13
        ldr     r0, =stacks
        add     r1, r4, #1
        mov     r2, #STACK_BYTES
        mla     sp, r1, r2, r0
        ldr     r0, =vectors
        mcr     p15, 0, r0, c12, c0, 0          @ VBAR
        mov     r0, r4
        bl      page_table
        orr     r0, r0, #0x6A                   @ shareable, write-back
        mcr     p15, 0, r0, c2, c0, 0           @ TTBR0
        mov     r0, #0
        mcr     p15, 0, r0, c2, c0, 2           @ TTBCR
        mov     r0, #1
        mcr     p15, 0, r0, c3, c0, 0           @ DACR
        mcr     p15, 0, r0, c8, c7, 0           @ TLBIALL
        mrc     p15, 0, r0, c1, c0, 1
        orr     r0, r0, #0x41                   @ ACTLR: SMP, FW
        mcr     p15, 0, r0, c1, c0, 1
        dsb
        isb
        mrc     p15, 0, r0, c1, c0, 0
        ldr     r1, =0x1805
        orr     r0, r0, r1
        bic     r0, r0, #(1 << 28)              @ no TEX remap
        mcr     p15, 0, r0, c1, c0, 0
        isb
        mov     r0, r4
        bl      core_main
2:      wfi
        b       2b

        .balign 32
vectors:
        b       .
        b       fail
        b       fail
        b       fail
        b       fail
        b       .
        b       irq
        b       .
irq:    sub     lr, lr, #4
        srsdb   sp!, #0x13
        cps     #0x13
        push    {r0-r3, r12, lr}
        and     r1, sp, #4
        sub     sp, sp, r1
        push    {r1, lr}
        bl      handle_irq
        pop     {r1, lr}
        add     sp, sp, r1
        pop     {r0-r3, r12, lr}
        rfeia   sp!
fail:   ldr     r0, =failure
        bl      print
        ldr     r0, =0x20023
        bl      finish

@ uint32_t semihosting: print text, end the run
        .global print
print:  mov     r1, r0
        mov     r0, #4                          @ SYS_WRITE0
        push    {r4, lr}
        svc     0x123456
        pop     {r4, pc}
        .global finish
finish: mov     r1, r0
        mov     r0, #0x18                       @ SYS_EXIT
        svc     0x123456
3:      b       3b
        .ltorg
failure: .asciz "unexpected exception\n"

        .bss
        .balign 8
stacks: .space  4 * STACK_BYTES
