@ A bare-metal program whose accesses a debugger watches: each has a label.
        .syntax unified
        .arm
        .section .text.start, "ax"
        .global _start
        .type   _start, %function
_start:
        ldr     r0, =word
        mov     r1, #5
        ldr     r2, [r0, #16]                   @ neighbours, which nobody watches
        str     r1, [r0, #8]
        str     r1, [r0, #-4]
        .global first_write, first_read, byte_write, multiple_read, exclusive_read, exclusive_write, double_write
first_write:
        str     r1, [r0]
        add     r1, r1, #1
first_read:
        ldr     r3, [r0]
        add     r3, r3, #1
byte_write:
        strb    r3, [r0, #2]
        sub     r4, r0, #4
multiple_read:
        ldm     r4, {r4, r5, r6}
exclusive_read:
        ldrex   r2, [r0]
        add     r2, r2, #1
exclusive_write:
        strex   r7, r2, [r0]
        sub     r4, r0, #4
double_write:
        strd    r8, r9, [r4]
        mov     r0, #0x18                       @ SYS_EXIT
        ldr     r1, =0x20026
        svc     0x123456
        .size   _start, . - _start
        .ltorg

        .data
        .align  5
        .word   0
        .global word
word:   .word   0
        .word   0, 0, 0, 0, 0, 0
