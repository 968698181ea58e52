/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Packets that a container sends: the tc ingress hook of its host-side device. */
#pragma once

#include "fast_path.h"

SEC("tc")
int from_endpoint(struct __sk_buff *skb)
{
	struct work *work = current_work();
	struct connection *connection;
	struct tuple *tuple;
	__u32 device;
	bool reply;

	if (!work)
		return TC_ACT_SHOT;
	tuple = &work->packet.tuple;
	if (!parse_fast(skb, &work->packet)) {
		hand_over(skb, work, PROGRAM_SLOW, false);
		goto not_ready;
	}
	if (tuple->family == 4 ? !is_own4(tuple->source.v4) : !is_own6(&tuple->source)) {
		/* slow says why, and knows the sources that are right in neighbour discovery alone. */
		hand_over(skb, work, PROGRAM_SLOW, false);
		goto not_ready;
	}
	switch (fast_path(work, &connection, &reply)) {
	case PROGRAM_COUNT:
		device = connection->ifindex[reply ? 0 : 1];
		if (device)
			return finish_established(EXIT_PEER, device, redirect_into(skb, device));
		return finish_established(EXIT_STACK, 0, TC_ACT_UNSPEC);
	case PROGRAM_TRANSLATE:
		hand_over(skb, work, PROGRAM_TRANSLATE, false);
		goto not_ready;
	default:
		hand_over(skb, work, PROGRAM_NEW_CONNECTION, false);
	}
not_ready:
	count_drop(REASON_NOT_READY);
	return TC_ACT_SHOT;
}
