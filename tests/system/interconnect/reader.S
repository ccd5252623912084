@ Reads 4 MiB, one word a line, again and again, with caches on, and says so before each time at MARK. Sections of 1 MiB
@ map every address to itself; RAM is Normal memory, write-back, the rest strongly ordered.
.equ RAM, 0x40000000
.equ MARK, 0x10000000
.equ TABLE, RAM + 0x4000
.equ TIMES, 3
    .arm
    .global _start
_start:
    ldr r0, =TABLE
    mov r1, #0
1:  mov r2, r1, lsl #20
    orr r2, r2, #0xC00          @ read and write for all
    orr r2, r2, #2              @ a section
    lsr r3, r1, #4
    cmp r3, #0x40               @ 0x400 to 0x40F: RAM
    orreq r2, r2, #0x1000       @ TEX 1, C, B
    orreq r2, r2, #0xC
    str r2, [r0, r1, lsl #2]
    add r1, r1, #1
    cmp r1, #4096
    bne 1b
    mcr p15, 0, r0, c2, c0, 0   @ TTBR0
    mov r3, #0
    mcr p15, 0, r3, c2, c0, 2   @ TTBCR
    mvn r3, #0
    mcr p15, 0, r3, c3, c0, 0   @ all domains: manager
    mcr p15, 0, r3, c8, c7, 0   @ TLBIALL
    dsb
    isb
    mrc p15, 0, r3, c1, c0, 0
    orr r3, r3, #0x1800         @ I, Z
    orr r3, r3, #5              @ C, M
    mcr p15, 0, r3, c1, c0, 0
    isb
    ldr r9, =MARK
    mov r8, #0
phase:
    str r8, [r9]
    dsb
    cmp r8, #TIMES
    beq end
    ldr r0, =RAM + 0x400000
    mov r1, #0x8000             @ four lines each: 4 MiB
2:  ldr r2, [r0]
    ldr r3, [r0, #32]
    ldr r4, [r0, #64]
    ldr r5, [r0, #96]
    add r0, r0, #128
    subs r1, r1, #1
    bne 2b
    add r8, r8, #1
    b phase
end:
    wfi
    b end
    .ltorg
