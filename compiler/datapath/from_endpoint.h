/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Packets that a container sends: the tc ingress hook of its host-side device. */
#pragma once

#include "fast_path.h"

static __always_inline int judge_sent(struct __sk_buff *skb, self_t *self)
{
	__u32 device, flags;
	__u32 program = fast_path(skb, self, false, &device, &flags);

	if (program != PROGRAM_NONE)
		return hand_over(skb, self, program, flags, false);
	return deliver_established(skb, device, 0);
}

SEC("tc")
int from_endpoint(struct __sk_buff *skb)
{
	return judge_sent(skb, &endpoint);
}

SEC("tc")
int from_endpoint_provisional(struct __sk_buff *skb)
{
	self_t *self = provisional_self(skb);

	return self ? judge_sent(skb, self) : TC_ACT_SHOT;
}
