/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * What is attached to a device and stays: it finds the container's program of the generation in charge. The generation
 * is read once a packet, here, and stands in cb[0]; the slot in cb[1].
 */
#pragma once

#include "fast_path.h"

static __always_inline int enter(struct __sk_buff *skb, void *container_programs)
{
	struct control *current;
	__u32 zero = 0;

	current = bpf_map_lookup_elem(&control, &zero);
	if (current) {
		__u32 generation = *(volatile __u32 *)&current->generation;

		skb->cb[0] = generation;
		skb->cb[1] = endpoint.slot;
		/*
		 * Two calls, each with an index that the verifier knows (the slot is a frozen constant): direct jumps,
		 * which the kernel rewrites with the array. A barrier behind one keeps clang from making one of them.
		 */
		if (generation & 1) {
			bpf_tail_call(skb, container_programs, 2 * endpoint.slot + 1);
			barrier();
		} else {
			bpf_tail_call(skb, container_programs, 2 * endpoint.slot);
		}
	}
	return drop_unseen(REASON_NOT_READY);
}

/*
 * Fills a slot that a container has left, and decides as the stub does over one that never had any: taking a program out
 * of an array that stubs jump to directly makes the kernel wait for all processors, another in its place does not.
 */
SEC("tc")
int vacant(struct __sk_buff *skb)
{
	return drop_unseen(REASON_NOT_READY);
}

SEC("tc")
int from_endpoint_stub(struct __sk_buff *skb)
{
	return enter(skb, &from_endpoint_programs);
}

SEC("tc")
int to_endpoint_stub(struct __sk_buff *skb)
{
	return enter(skb, &to_endpoint_programs);
}

/* Holds a TCX link's place while the kernel makes it: judges nothing, as the clsact filter behind it does. */
SEC("tc")
int idle_stub(struct __sk_buff *skb)
{
	return TC_ACT_UNSPEC;
}
