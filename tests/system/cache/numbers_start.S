@ Entry of the measuring program: VFP off, caches and MMU on, one section table that the program changes as it needs.
        .syntax unified
        .arch   armv7-a
        .arm
        .section .text.start, "ax"
        .global _start
_start:
        ldr     sp, =stack_top
        bl      make_tables
        ldr     r0, =table
        orr     r0, r0, #0x48                   @ walks as Linux has them: inner and outer write-back
        mcr     p15, 0, r0, c2, c0, 0           @ TTBR0
        mov     r0, #1
        mcr     p15, 0, r0, c3, c0, 0           @ DACR
        dsb
        isb
        mrc     p15, 0, r0, c1, c0, 0
        ldr     r1, =0x1805
        orr     r0, r0, r1
        mcr     p15, 0, r0, c1, c0, 0           @ MMU, caches, branch prediction
        isb
        bl      measure
        ldr     r1, =0x20026
        mov     r0, #0x18
        svc     0x123456                        @ SYS_EXIT

@ void print(const char*): SYS_WRITE0
        .global print
print:  mov     r1, r0
        mov     r0, #4
        push    {r4, lr}
        svc     0x123456
        pop     {r4, pc}

@ uint32_t chase(uint32_t first, uint32_t count): `count` dependent loads, eight a round; returns where it ends.
        .global chase
        .balign 64
chase:  .rept   8
        ldr     r0, [r0]
        .endr
        subs    r1, r1, #8
        bne     chase
        bx      lr

@ uint32_t load_randomly(uint32_t base, uint32_t mask, uint32_t count): independent loads of lines chosen by a linear
@ congruential generator; `mask` leaves the line number's bits at the top of the product, see the caller.
        .global load_randomly
        .balign 64
load_randomly:
        push    {r4, r5, r6, r7, lr}
        ldr     r4, =1664525
        ldr     r5, =1013904223
        mov     r6, #1
1:      mla     r6, r6, r4, r5
        and     r7, r1, r6, lsr #4
        ldr     r12, [r0, r7]
        subs    r2, r2, #1
        bne     1b
        mov     r0, r6
        pop     {r4, r5, r6, r7, pc}

@ void load_lines(uint32_t from, uint32_t bytes): one word of each line, ascending.
        .global load_lines
        .balign 64
load_lines:
        ldr     r12, [r0], #32
        subs    r1, r1, #32
        bne     load_lines
        bx      lr

@ void store_lines(uint32_t to, uint32_t bytes): the same with stores.
        .global store_lines
        .balign 64
store_lines:
        str     r12, [r0], #32
        subs    r1, r1, #32
        bne     store_lines
        bx      lr

@ void store_words(uint32_t to, uint32_t bytes), void load_words(uint32_t from, uint32_t bytes)
        .global store_words, load_words, copy_words
        .balign 64
store_words:
        push    {r4-r9, lr}
1:      stmia   r0!, {r2-r9}
        subs    r1, r1, #32
        bne     1b
        pop     {r4-r9, pc}
        .balign 64
load_words:
        push    {r4-r9, lr}
1:      ldmia   r0!, {r2-r9}
        subs    r1, r1, #32
        bne     1b
        pop     {r4-r9, pc}
@ void copy_words(uint32_t to, uint32_t from, uint32_t bytes)
        .balign 64
copy_words:
        push    {r4-r10, lr}
1:      ldmia   r1!, {r3-r10}
        stmia   r0!, {r3-r10}
        subs    r2, r2, #32
        bne     1b
        pop     {r4-r10, pc}
        .ltorg

        .bss
        .balign 8
        .space  16384
stack_top:
