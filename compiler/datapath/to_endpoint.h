/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Packets that come to a container by the host's stack, from the host, other nodes or outside: the tc egress hook of
 * its host-side device. What from_endpoint redirects into the container never passes here.
 */
#pragma once

#include "fast_path.h"

SEC("tc")
int to_endpoint(struct __sk_buff *skb)
{
	struct work *work = current_work();
	struct connection *connection;
	bool reply;

	if (!work)
		return TC_ACT_SHOT;
	if (!parse_fast(skb, &work->packet)) {
		hand_over(skb, work, PROGRAM_SLOW_INGRESS, true);
		goto not_ready;
	}
	switch (fast_path(work, &connection, &reply)) {
	case PROGRAM_COUNT:
		return finish_established(EXIT_STACK, 0, TC_ACT_UNSPEC);
	case PROGRAM_TRANSLATE:
		hand_over(skb, work, PROGRAM_TRANSLATE, true);
		goto not_ready;
	default:
		hand_over(skb, work, PROGRAM_NEW_INGRESS, true);
	}
not_ready:
	count_drop(REASON_NOT_READY);
	return TC_ACT_SHOT;
}
