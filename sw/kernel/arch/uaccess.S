// Copies that may fault. A fault at one of the listed instructions continues at the fix-up, which returns how many
// bytes were not copied. The user forms use LDRT/STRT, so the MMU checks them as user accesses.
    .syntax unified
    .arch armv7-a
    .text

    .macro faulting, fix:req, insn:vararg
9:  \insn
    .pushsection .fixups, "a"
    .word   9b, \fix
    .popsection
    .endm

// uint32_t copy_in(void* to, uint32_t user_from, uint32_t n): returns the bytes left
    .global copy_in
copy_in:
    orr     r3, r0, r1
    tst     r3, #3
    bne     2f
1:  cmp     r2, #4
    blo     2f
    faulting 3f, ldrt r3, [r1], #4
    str     r3, [r0], #4
    sub     r2, r2, #4
    b       1b
2:  cmp     r2, #0
    beq     3f
    faulting 3f, ldrbt r3, [r1], #1
    strb    r3, [r0], #1
    sub     r2, r2, #1
    b       2b
3:  mov     r0, r2
    bx      lr

// uint32_t copy_out(uint32_t user_to, const void* from, uint32_t n): returns the bytes left
    .global copy_out
copy_out:
    orr     r3, r0, r1
    tst     r3, #3
    bne     2f
1:  cmp     r2, #4
    blo     2f
    ldr     r3, [r1], #4
    faulting 3f, strt r3, [r0], #4
    sub     r2, r2, #4
    b       1b
2:  cmp     r2, #0
    beq     3f
    ldrb    r3, [r1], #1
    faulting 3f, strbt r3, [r0], #1
    sub     r2, r2, #1
    b       2b
3:  mov     r0, r2
    bx      lr
    .section .note.GNU-stack, "", %progbits
