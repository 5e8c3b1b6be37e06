// One stub an interrupt line of lines.c, each 16 bytes long: push the line, go to the shared tail.
        .text
        .globl line_stubs
        .balign 16
line_stubs:
        line = 0
        .rept 16
        .balign 16, 0x90
        pushl $line
        jmp line_tail
        line = line + 1
        .endr

line_tail:
        pushal
        cld
        pushl 32(%esp)
        call line_interrupt
        addl $4, %esp
        popal
        addl $4, %esp
        iret

        .section .note.GNU-stack, "", @progbits
