// memset and memcpy: whole lines by LDM/STM (32 bytes, one write burst each), words, then bytes. Words only where both
// ends are aligned: some of this memory is Strongly-ordered, where nothing else is allowed.
    .syntax unified
    .arch armv7-a
    .text

// void* memset(void* to, int byte, size_t n)
    .global memset
    .type   memset, %function
memset:
    mov     r12, r0
    tst     r12, #3
    bne     4f
    and     r1, r1, #0xFF
    orr     r1, r1, r1, lsl #8
    orr     r1, r1, r1, lsl #16
    cmp     r2, #32
    blo     2f
    push    {r4-r9}
    mov     r3, r1
    mov     r4, r1
    mov     r5, r1
    mov     r6, r1
    mov     r7, r1
    mov     r8, r1
    mov     r9, r1
1:  sub     r2, r2, #32
    stmia   r12!, {r1, r3-r9}
    cmp     r2, #32
    bhs     1b
    pop     {r4-r9}
2:  cmp     r2, #4
    blo     4f
3:  sub     r2, r2, #4
    str     r1, [r12], #4
    cmp     r2, #4
    bhs     3b
4:  cmp     r2, #0
    bxeq    lr
5:  subs    r2, r2, #1
    strb    r1, [r12], #1
    bne     5b
    bx      lr
    .size   memset, . - memset

// void* memcpy(void* to, const void* from, size_t n)
    .global memcpy
    .type   memcpy, %function
memcpy:
    mov     r12, r0
    orr     r3, r0, r1
    tst     r3, #3
    bne     4f
    cmp     r2, #32
    blo     2f
    push    {r4-r10}
1:  sub     r2, r2, #32
    ldmia   r1!, {r3-r10}
    stmia   r12!, {r3-r10}
    cmp     r2, #32
    bhs     1b
    pop     {r4-r10}
2:  cmp     r2, #4
    blo     4f
3:  sub     r2, r2, #4
    ldr     r3, [r1], #4
    str     r3, [r12], #4
    cmp     r2, #4
    bhs     3b
4:  cmp     r2, #0
    bxeq    lr
5:  ldrb    r3, [r1], #1
    subs    r2, r2, #1
    strb    r3, [r12], #1
    bne     5b
    bx      lr
    .size   memcpy, . - memcpy
    .section .note.GNU-stack, "", %progbits
