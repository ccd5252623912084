@ Entry of the bare-metal benchmark programs: flat-mapped cacheable RAM, VFP on, then run() and semihosting exit.
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
        ldr     sp, =stack_top
        ldr     r1, =command_line
        mov     r0, #0x15
        svc     0x123456                        @ SYS_GET_CMDLINE
        ldr     r0, =arguments
        ldrh    r0, [r0]
        ldr     r1, ='l' | '2' << 8
        cmp     r0, r1                          @ "l2": switch the PL310 on, as firmware does
        ldreq   r0, =0x10502100                 @ its CONTROL
        moveq   r1, #1
        streq   r1, [r0]
        ldr     r0, =vectors
        mcr     p15, 0, r0, c12, c0, 0          @ VBAR
        ldr     r0, =page_table                 @ 1 MiB sections, all of them Normal write-back, full access
        ldr     r1, =0x1C0E
        mov     r2, #4096
2:      str     r1, [r0], #4
        add     r1, r1, #0x100000
        subs    r2, r2, #1
        bne     2b
        ldr     r0, =page_table
        mcr     p15, 0, r0, c2, c0, 0           @ TTBR0
        mov     r0, #1
        mcr     p15, 0, r0, c3, c0, 0           @ DACR
        mov     r0, #(0xF << 20)
        mcr     p15, 0, r0, c1, c0, 2           @ CPACR
        dsb
        isb
        mrc     p15, 0, r0, c1, c0, 0
        ldr     r1, =0x1805
        orr     r0, r0, r1
        mcr     p15, 0, r0, c1, c0, 0           @ MMU, caches, branch prediction
        isb
        mov     r0, #(1 << 30)
        vmsr    fpexc, r0
        bl      main_program
        ldr     r1, =0x20026
        mov     r0, #0x18
        svc     0x123456                        @ SYS_EXIT
3:      b       3b

@ void print(const char*): SYS_WRITE0
        .global print
print:  mov     r1, r0
        mov     r0, #4
        push    {r4, lr}
        svc     0x123456
        pop     {r4, pc}

@ uint32_t system_call(uint32_t): an exception and a return, for the exception benchmark.
        .global system_call
system_call:
        push    {r4, lr}
        svc     0
        pop     {r4, pc}

        .balign 32
vectors:
        b       .
        b       fail
        b       handle_svc
        b       fail
        b       fail
        b       .
        b       .
        b       .
handle_svc:
        srsdb   sp!, #0x13
        add     r0, r0, #1
        rfeia   sp!
fail:   ldr     r1, =0x20023
        mov     r0, #0x18
        svc     0x123456
        .ltorg

        .data
        .balign 4
command_line:
        .word   arguments, 256                  @ buffer and size
arguments:
        .space  256

        .bss
        .balign 16384
page_table: .space 16384
        .space  65536
stack_top:
