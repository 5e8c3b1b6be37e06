// Entry of a program of ours under Linux for i386 (System V ABI, Intel386 supplement, "Process
// initialization": argc at ESP, argv behind it), and its way into the kernel.

        .section .text
        .globl _start
_start: xorl %ebp, %ebp
        movl (%esp), %eax
        leal 4(%esp), %ecx
        andl $-16, %esp
        pushl %ecx
        pushl %eax
        call main
        pushl %eax
        call leave

// int kernel(number, a, b, c, d, e, f): int 80h, arguments in EBX, ECX, EDX, ESI, EDI, EBP.
        .globl kernel
kernel: pushl %ebp
        pushl %edi
        pushl %esi
        pushl %ebx
        movl 20(%esp), %eax
        movl 24(%esp), %ebx
        movl 28(%esp), %ecx
        movl 32(%esp), %edx
        movl 36(%esp), %esi
        movl 40(%esp), %edi
        movl 44(%esp), %ebp
        int $0x80
        popl %ebx
        popl %esi
        popl %edi
        popl %ebp
        ret

        .section .note.GNU-stack, "", @progbits
