// Context switch, first entry of new threads, and user floating-point state.
    .syntax unified
    .arch armv7-a
    .fpu neon
    .text

// void switch_stacks(uint32_t* save_sp, uint32_t load_sp): callee-saved registers live on the stack.
    .global switch_stacks
switch_stacks:
    push    {r4-r11, lr}
    str     sp, [r0]
    mov     sp, r1
    pop     {r4-r11, pc}

// First code of a kernel thread: r4 = function, r5 = argument (planted by the thread's initial stack).
    .global thread_start
thread_start:
    bl      thread_started              @ what the scheduler does after a switch
    mov     r11, #0
    mov     r0, r5
    blx     r4
    bl      thread_finished

// First code of a forked or executed user thread: its TrapFrame is on top of the stack.
    .global user_thread_start
user_thread_start:
    bl      thread_started
    b       trap_return

// void enter_user_mode(TrapFrame&): a kernel thread that has executed a program becomes its first thread.
    .global enter_user_mode
enter_user_mode:
    cpsid   i
    mov     sp, r0
    b       trap_return

// void vfp_save(VfpState*), void vfp_load(const VfpState*): d0-d31, FPSCR. FPEXC.EN must be set.
    .global vfp_save
vfp_save:
    vstmia  r0!, {d0-d15}
    vstmia  r0!, {d16-d31}
    vmrs    r1, fpscr
    str     r1, [r0]
    bx      lr
    .global vfp_load
vfp_load:
    vldmia  r0!, {d0-d15}
    vldmia  r0!, {d16-d31}
    ldr     r1, [r0]
    vmsr    fpscr, r1
    bx      lr
    .global vfp_enable
vfp_enable:
    mov     r0, #(1 << 30)
    vmsr    fpexc, r0
    bx      lr
    .global vfp_disable
vfp_disable:
    mov     r0, #0
    vmsr    fpexc, r0
    bx      lr
    .section .note.GNU-stack, "", %progbits
