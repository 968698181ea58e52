/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Packets that a container sends: the tc ingress hook of its host-side device. */
#pragma once

#include "fast_path.h"

SEC("tc")
int from_endpoint(struct __sk_buff *skb)
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
	    (tuple->family == 4 ? is_own4(tuple->source.v4) : is_own6(&tuple->source)))
		program = fast_path(work, false, &connection, &reply);
	if (!connection)
		return hand_over(skb, work, program, false);

	device = connection->ifindex[reply ? 0 : 1];
	code = device ? redirect_into(skb, device) : TC_ACT_UNSPEC;
	return finish_established(device ? EXIT_PEER : EXIT_STACK, device, code);
}
