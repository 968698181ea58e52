/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Who makes a packet's checksum, as the kernel keeps it in skb->ip_summed and tells no program by itself: the one field of the kernel's own that the
 * datapath reads, and its one relocation by the kernel's BTF.
 */
#pragma once

#include "maps.h"
#include <bpf/bpf_core_read.h>

/* include/linux/skbuff.h */
#define CHECKSUM_NONE		0
#define CHECKSUM_UNNECESSARY	1
#define CHECKSUM_COMPLETE	2
#define CHECKSUM_PARTIAL	3
#define CHECKSUM_UNKNOWN	4	/* before Linux 6.2 */

struct sk_buff___checksum {
	__u8 ip_summed : 2;
} __attribute__((preserve_access_index));

extern void *bpf_cast_to_kern_ctx(void *) __ksym __weak;

static __always_inline __u32 checksum_state(struct __sk_buff *skb)
{
	const struct sk_buff___checksum *kernel;
	__u64 value;

	if (!bpf_cast_to_kern_ctx)
		return CHECKSUM_UNKNOWN;
	kernel = bpf_cast_to_kern_ctx(skb);
	/* Bits of one byte stay in one. BPF_CORE_READ_BITFIELD() leaves a branch for each size, which only the kernel sees to be dead. */
	value = *((const __u8 *)kernel + __builtin_preserve_field_info(kernel->ip_summed, BPF_FIELD_BYTE_OFFSET));
	value <<= __builtin_preserve_field_info(kernel->ip_summed, BPF_FIELD_LSHIFT_U64);
	return value >> __builtin_preserve_field_info(kernel->ip_summed, BPF_FIELD_RSHIFT_U64);
}
