// Entry from the boot loader: SVC, MMU and caches off, r2 = physical address of the device tree.
// Builds the kernel's first-level table at 0x40004000, turns the MMU on, and calls kernel_main(dtb).
    .syntax unified
    .arch armv7-a
    .fpu neon

    .equ PHYS_BASE,     0x40000000
    .equ KERNEL_TABLE,  0x40004000
    .equ VIRT_BASE,     0xC0000000
    .equ LINEAR_MIB,    512
    .equ SECTION_FLAGS, 0x1140E         @ Normal WBWA shareable, PL1 read/write, domain 0
    .equ TTBR_FLAGS,    0x6A            @ walks inner and outer write-back, shareable
    .equ PRRR,          0xFF0A81A8      @ Linux's TEX remap (cpu-subsystem.md section 3)
    .equ NMRR,          0x40E040E0

    .section .head, "ax"
    .global _start
_start:
    cpsid   if, #0x13
    mov     r9, r2
    mrc     p15, 0, r0, c0, c0, 5       @ only core 0 goes on
    ands    r0, r0, #3
park:
    wfine
    bne     park

    ldr     r0, =KERNEL_TABLE           @ clear the table
    mov     r1, #0
    add     r2, r0, #0x4000
1:  str     r1, [r0], #4
    cmp     r0, r2
    blo     1b

    ldr     r0, =KERNEL_TABLE
    ldr     r1, =(PHYS_BASE | SECTION_FLAGS)
    add     r2, r0, #(PHYS_BASE >> 18)
    str     r1, [r2]                    @ identity, dropped by kernel_main
    add     r2, r0, #(VIRT_BASE >> 18)
    mov     r3, #LINEAR_MIB
2:  str     r1, [r2], #4
    add     r1, r1, #0x100000
    subs    r3, r3, #1
    bne     2b

    mov     r1, #0
    mcr     p15, 0, r1, c8, c7, 0       @ TLBIALL
    mcr     p15, 0, r1, c7, c5, 0       @ ICIALLU
    mcr     p15, 0, r1, c7, c5, 6       @ BPIALL
    mcr     p15, 0, r1, c13, c0, 1      @ CONTEXTIDR = 0
    mov     r1, #1
    mcr     p15, 0, r1, c2, c0, 2       @ TTBCR.N = 1: user below 2 GiB by TTBR0
    orr     r1, r0, #TTBR_FLAGS
    mcr     p15, 0, r1, c2, c0, 0       @ TTBR0: the same table until there is a process (identity)
    mcr     p15, 0, r1, c2, c0, 1       @ TTBR1
    ldr     r1, =PRRR
    mcr     p15, 0, r1, c10, c2, 0
    ldr     r1, =NMRR
    mcr     p15, 0, r1, c10, c2, 1
    mov     r1, #1
    mcr     p15, 0, r1, c3, c0, 0       @ DACR: domain 0 client
    mrc     p15, 0, r1, c1, c0, 1
    orr     r1, r1, #0x41               @ ACTLR.SMP, FW
    mcr     p15, 0, r1, c1, c0, 1
    mov     r1, #(0xF << 20)
    mcr     p15, 0, r1, c1, c0, 2       @ CPACR: cp10, cp11 full access; FPEXC.EN decides
    isb
    mrc     p15, 0, r1, c1, c0, 0
    ldr     r2, =0x10003805             @ TRE, V, I, Z, C, M
    orr     r1, r1, r2
    bic     r1, r1, #2                  @ A = 0
    dsb
    mcr     p15, 0, r1, c1, c0, 0
    isb
    ldr     pc, =3f
3:
    ldr     r0, =__bss_start
    ldr     r1, =__bss_end
    mov     r2, #0
4:  cmp     r0, r1
    strlo   r2, [r0], #4
    blo     4b
    ldr     sp, =boot_stack_top
    mov     r11, #0
    mov     r0, r9
    bl      kernel_main
5:  wfi
    b       5b
    .ltorg

    .section .bss
    .balign 8192
    .global boot_stack
boot_stack:
    .space  8192
    .global boot_stack_top
boot_stack_top:
    .section .note.GNU-stack, "", %progbits
