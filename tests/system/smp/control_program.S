@ Vectors and handlers of control_program.cpp. Each handler notes its number in r0's place: caller and handler share
@ registers, because what is tried here includes states in which memory cannot be used as usual.
@   r9  what the handlers saw: a bit for each vector
@   r10 CPSR in the last handler
        .syntax unified
        .arch   armv7-a
        .arch_extension sec
        .arm

@ --- A32 handlers, reached through VBAR or through a copy of high_page at 0xFFFF0000
        .macro note bit
        orr     r9, r9, #1 << \bit
        mrs     r10, cpsr
        .endm
        .balign 32
        .global low_vectors
low_vectors:
        b       .
        b       undefined_seen
        b       call_seen
        b       fetch_seen
        b       data_seen
        b       .
        b       irq_seen
        b       .
undefined_seen: note 1
        movs    pc, lr
call_seen: note 2
        movs    pc, lr
fetch_seen: note 3
        mov     lr, r11                         @ where the caller wants to go on
        movs    pc, lr
data_seen: note 4
        subs    pc, lr, #4
irq_seen: note 6
        sub     lr, lr, #4
        srsdb   sp!, #0x13
        cps     #0x13
        push    {r0-r4, r12, lr}
        mov     r4, sp
        bic     sp, sp, #7
        bl      handle_irq
        mov     sp, r4
        pop     {r0-r4, r12, lr}
        rfeia   sp!

@ A page for 0xFFFF0000: its vectors mark r9's upper half too, so that one knows which page was used.
        .balign 32
        .global high_page, high_page_end
high_page:
        b       .
        ldr     pc, high_undefined
        ldr     pc, high_call
        ldr     pc, high_fetch
        ldr     pc, high_data
        b       .
        ldr     pc, high_irq
        b       .
high_undefined: .word mark_undefined
high_call:      .word mark_call
high_fetch:     .word mark_fetch
high_data:      .word mark_data
high_irq:       .word mark_irq
high_page_end:
        .macro mark name, bit
mark_\name: orr r9, r9, #1 << (16 + \bit)
        b       \name\()_seen
        .endm
        mark    undefined, 1
        mark    call, 2
        mark    fetch, 3
        mark    data, 4
        mark    irq, 6

@ uint32_t raise_all(uint32_t hole): one exception of each kind that can be had from here; returns r9
        .global raise_all
raise_all:
        push    {r4-r11, lr}
        mov     r9, #0
        svc     #1
        udf     #1
        ldr     r1, [r0]                        @ data abort, skipped
        adr     r11, 1f
        bx      r0                              @ prefetch abort, returns to r11
1:      mov     r0, r9
        pop     {r4-r11, pc}

@ uint32_t take_irq(void): takes what is pending
        .global take_irq
take_irq:
        push    {r4-r11, lr}
        mov     r9, #0
        cpsie   i
        isb
        cpsid   i
        mov     r0, r9
        pop     {r4-r11, pc}

@ --- SCTLR.TE: exceptions are taken in Thumb state
        .thumb
        .balign 32
        .global thumb_vectors
thumb_vectors:
        b.w     .
        b.w     thumb_undefined
        b.w     thumb_call
        b.w     .
        b.w     .
        b.w     .
        b.w     .
        b.w     .
thumb_undefined:
        orr     r9, r9, #2
        movs    r0, #0                          @ a 16-bit instruction: this is Thumb
        subs    pc, lr, #0
thumb_call:
        orr     r9, r9, #4
        movs    r0, #0
        subs    pc, lr, #0
        .arm
@ uint32_t raise_two(uint32_t): svc and udf; returns r9, with bit 31 if r0 was not cleared
        .global raise_two
raise_two:
        push    {r4-r11, lr}
        mov     r9, #0
        mov     r0, #1
        svc     #1
        orr     r9, r9, r0, lsl #31
        mov     r0, #1
        udf     #1
        orr     r9, r9, r0, lsl #31
        mov     r0, r9
        pop     {r4-r11, pc}

@ --- SCTLR.EE: exceptions are taken big-endian, tables are read big-endian
        .balign 32
        .global big_vectors
big_vectors:
        b       .
        b       .
        b       big_call
        .rept 5
        b       .
        .endr
big_call:
        mrs     r10, cpsr
        str     r11, [r0]                       @ in the byte order of the handler
        setend  le
        movs    pc, lr
@ void big_endian_call(uint32_t* word, uint32_t value, uint32_t* cpsr)
        .global big_endian_call
big_endian_call:
        push    {r4-r11, lr}
        mov     r11, r1
        svc     #1
        str     r10, [r2]
        pop     {r4-r11, pc}
@ void remap(uint32_t ttbr, uint32_t sctlr): other tables and another SCTLR at once, through the MMU being off
        .global remap
remap:
        mrc     p15, 0, r2, c1, c0, 0
        bic     r2, r2, #1
        mcr     p15, 0, r2, c1, c0, 0
        isb
        mcr     p15, 0, r0, c2, c0, 0           @ TTBR0
        mcr     p15, 0, r0, c8, c7, 0           @ TLBIALL
        dsb
        isb
        mcr     p15, 0, r1, c1, c0, 0
        isb
        bx      lr

@ --- Secure and Non-secure state
        .balign 32
        .global monitor_vectors
monitor_vectors:
        b       .
        b       .
        b       monitor_call
        .rept 5
        b       .
        .endr
@ r4 = 1: into the Non-secure state with other_vectors; 0: back
monitor_call:
        mrs     r10, cpsr
        mcr     p15, 0, r4, c1, c1, 0           @ SCR = NS
        isb
        cmp     r4, #0
        beq     2f
        adr     r5, other_vectors
        mcr     p15, 0, r5, c12, c0, 0          @ VBAR, the Non-secure copy
2:      isb
        movs    pc, lr
        .balign 32
other_vectors:
        b       .
        b       other_undefined
        .rept 6
        b       .
        .endr
other_undefined:
        orr     r8, r8, #4
        movs    pc, lr
@ uint32_t visit_non_secure(uint32_t* monitor_cpsr): 1 VBAR is another, 2 the MMU is off there, 4 SCR is undefined
@ there, 8 monitor mode cannot be entered, 16 back again VBAR is the old one. Memory is not used meanwhile.
        .global visit_non_secure
visit_non_secure:
        push    {r4-r11, lr}
        mov     r8, #0
        mrc     p15, 0, r6, c12, c0, 0
        mov     r4, #1
        smc     #0
        mrc     p15, 0, r7, c12, c0, 0
        cmp     r7, r6
        orrne   r8, r8, #1
        mrc     p15, 0, r7, c1, c0, 0
        tst     r7, #1
        orreq   r8, r8, #2
        mrc     p15, 0, r7, c1, c1, 0           @ SCR
        cps     #0x16
        mrs     r7, cpsr
        and     r7, r7, #0x1F
        cmp     r7, #0x13
        orreq   r8, r8, #8
        mov     r4, #0
        smc     #0
        mrc     p15, 0, r7, c12, c0, 0
        cmp     r7, r6
        orreq   r8, r8, #16
        str     r10, [r0]
        mov     r0, r8
        pop     {r4-r11, pc}
