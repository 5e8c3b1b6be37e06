// The few integer types that a guest needs.
#ifndef NB_TYPES_H
#define NB_TYPES_H

typedef unsigned char u8;
typedef unsigned short u16;
typedef unsigned int u32;
typedef int i32;
typedef unsigned long long u64;

#endif
