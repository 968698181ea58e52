/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Packets that come to a container by the host's stack, from the host, other nodes or outside: the tc egress hook of
 * its host-side device. What from_endpoint redirects into the container never passes here.
 */
#pragma once

#include "fast_path.h"

static __always_inline int judge_received(struct __sk_buff *skb, self_t *self)
{
	struct work *work = current_work();
	struct connection *connection = NULL;
	__u32 program = PROGRAM_SLOW_INGRESS;
	bool reply;

	if (!work)
		return TC_ACT_SHOT;
	work->flags = WORK_INGRESS;
	if (parse_fast(skb, &work->packet))
		program = fast_path(work, true, &connection, &reply);
	if (!connection)
		return hand_over(skb, work, self, program, true);
	return finish_established(EXIT_STACK, 0, TC_ACT_UNSPEC);
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
