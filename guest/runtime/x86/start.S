// Entry. The loader's promise: 32-bit protected mode, flat segments, paging off, interrupts off.
// EAX and EBX say who started us: our own loader (block.h) or a multiboot loader.

#define MULTIBOOT_MAGIC 0x1badb002
#define MULTIBOOT_FLAGS 0x00000000

        .section .multiboot, "a"
        .balign 4
        .long MULTIBOOT_MAGIC
        .long MULTIBOOT_FLAGS
        .long -(MULTIBOOT_MAGIC + MULTIBOOT_FLAGS)

        .section .text.start, "ax"
        .globl _start
_start: cli
        cld
        movl $stack_top, %esp
        // Our own descriptors: the loader's table may lie anywhere, and gates need a code selector.
        lgdt gdt_pointer
        ljmp $0x08, $1f
1:      movl $0x10, %ecx
        movl %ecx, %ds
        movl %ecx, %es
        movl %ecx, %fs
        movl %ecx, %gs
        movl %ecx, %ss
        pushl %ebx
        pushl %eax
        call boot
2:      cli
        hlt
        jmp 2b

        .section .rodata, "a"
        .balign 8
gdt:    .quad 0
        .quad 0x00cf9b000000ffff        // 08: code, 4 GiB, accessed
        .quad 0x00cf93000000ffff        // 10: data, 4 GiB, accessed
gdt_pointer:
        .word . - gdt - 1
        .long gdt

        // One stub a vector, each 8 bytes long: push the vector, go to the shared tail.
        .text
        .globl vector_stubs
        .balign 8
vector_stubs:
        vector = 0
        .rept 48
        .balign 8, 0x90
        pushl $vector                   // 2 bytes: vectors stay below 80h
        jmp vector_tail
        vector = vector + 1
        .endr

        // An exception with an error code never returns, so its extra dword does no harm.
vector_tail:
        pushal
        cld
        pushl 32(%esp)
        call interrupt
        addl $4, %esp
        popal
        addl $4, %esp
        iret

        .bss
        .balign 16
        .skip 16384
stack_top:

        .section .note.GNU-stack, "", @progbits
