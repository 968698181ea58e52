/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Packets that come to a container by the host's stack, from the host, other nodes or outside: the tc egress hook of
 * its host-side device. What from_endpoint redirects into the container never passes here.
 */
#pragma once

#include "fast_path.h"

static __always_inline int judge_received(struct __sk_buff *skb, self_t *self)
{
	__u32 device, flags;
	__u32 program = fast_path(skb, self, true, &device, &flags);

	if (program != PROGRAM_NONE)
		return hand_over(skb, self, program, flags, true);
	return finish_established(EXIT_STACK, 0, 0, TC_ACT_UNSPEC);
}

SEC("tc")
int to_endpoint(struct __sk_buff *skb)
{
	return judge_received(skb, &endpoint);
}

SEC("tc")
int to_endpoint_provisional(struct __sk_buff *skb)
{
	self_t *self = provisional_self(skb);

	return self ? judge_received(skb, self) : TC_ACT_SHOT;
}
