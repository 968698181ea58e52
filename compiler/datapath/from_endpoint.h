/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Packets that a container sends: the tc ingress hook of its host-side device. */
#pragma once

#include "fast_path.h"

static __always_inline int judge_sent(struct __sk_buff *skb, self_t *self)
{
	struct work *work = current_work();
	struct connection *connection = NULL;
	__u32 program = PROGRAM_SLOW, device;
	struct tuple *tuple;
	bool reply;
	int code;

	if (!work)
		return TC_ACT_SHOT;
	work->flags = 0;
	tuple = &work->packet.tuple;
	/* Of a source that is not its own slow says so; it knows those that are right in neighbour discovery alone. */
	if (parse_fast(skb, &work->packet) &&
	    (tuple->family == 4 ? is_own4(self, tuple->source.v4) : is_own6(self, &tuple->source)))
		program = fast_path(work, false, &connection, &reply);
	if (!connection)
		return hand_over(skb, work, self, program, false);

	device = connection->ifindex[reply ? 0 : 1];
	code = device ? redirect_into(skb, device) : TC_ACT_UNSPEC;
	return finish_established(device ? EXIT_PEER : EXIT_STACK, device, code);
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
