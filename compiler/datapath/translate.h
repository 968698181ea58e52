/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Packets of translated connections, and ICMP errors about them: rewritten, then delivered. new_connection and slow
 * come here with `target` set (WORK_REWRITE); the container's own programs leave the look-up to this one.
 */
#pragma once

#include "judge.h"
#include "nat_related.h"
#include "route.h"
#include "socket_peers.h"
#include "write_checksum.h"

/*
 * The socket whose datagrams were translated by packet has been led to the same backend since: from now on it is talked to as that, by
 * a connection of its own. Of a stream that would be another connection, while the first may go on.
 */
static __always_inline bool is_led_since(struct __sk_buff *skb, struct work *work, const struct state *state)
{
	if (!NETPOL_SERVICES || work->packet.tuple.protocol != IPPROTO_UDP || work->flags & WORK_INGRESS)
		return false;
	note_sockets(work, state);
	ask_socket(skb, work);
	return work->flags & WORK_AT_SOCKET;
}

/* Finds what the packet becomes. False: the packet needs a verdict, or its reason to drop is in the record. */
static __always_inline bool find_target(struct __sk_buff *skb, struct work *work, struct found *found)
{
	const struct tuple *tuple = &work->packet.tuple;
	const struct state *state = current_state();
	struct connection *connection;
	__u32 time = now(work);
	struct tuple client;

	work->record.reason = REASON_NONE;
	if (!connection_find(work, tuple, found) || !state)
		return false;
	connection = found->connection;
	if (!(connection->flags & CONNECTION_TRANSLATED) || connection->epoch != state->epoch ||
	    !connection_lives(connection, tuple->protocol, time) ||
	    opens_anew(connection, work->packet.signal, found->reply) ||
	    (connection->flags & CONNECTION_DRAINING && !(work->flags & WORK_KEPT)))
		return false;

	client_view(&client, connection, &work->subject);
	if (found->reply) {
		reverse(&work->target, &client);
	} else {
		/* A packet to the backend itself would take the translated connection's place. */
		if (!found->by_service) {
			if (is_led_since(skb, work, state))
				connection_forget(work, &work->subject);
			else
				work->record.reason = REASON_CONNECTION_COLLISION;
			return false;
		}
		work->target = work->subject;
	}
	connection_touch(connection, work->packet.signal, found->reply, time);
	if (work->flags & WORK_UPLINK)
		connection->flags |= CONNECTION_BY_UPLINK;
	if (NETPOL_SERVICES)
		load_heard(work, time, false);
	connection_update(work, tuple->family, PLACE_FOUND);
	/* Renews what the forward entry has of the main one. */
	if (found->by_service)
		connection_update(work, tuple->family, PLACE_FORWARD);
	work->backend = work->subject.destination;
	work->backend_port = work->subject.destination_port;
	work->record.service = connection->service;
	work->record.reason = REASON_ESTABLISHED;
	work->record.ifindex = connection_device(connection, found->reply);
	if (found->reply)
		work->flags |= WORK_REPLY;
	return true;
}

SEC("tc")
int translate(struct __sk_buff *skb)
{
	struct work *work = current_work();
	struct found found;
	bool rewritten, by_route;
	__u32 problem;

	if (!work)
		return TC_ACT_SHOT;
	if (!parse_again(skb, work))
		return refuse(skb, work, VERDICT_DENY, REASON_UNPARSABLE);
	if (!(work->flags & WORK_REWRITE)) {
		if (!find_target(skb, work, &found)) {
			if (work->record.reason)
				return refuse(skb, work, VERDICT_DENY, work->record.reason);
			/* Each with an index of its own, as in hand_over(). */
			if (work->flags & WORK_UPLINK) {
				bpf_tail_call(skb, &programs, PROGRAM_UPLINK);
				barrier();
			} else if (work->flags & WORK_INGRESS) {
				bpf_tail_call(skb, &programs, PROGRAM_NEW_INGRESS);
				barrier();
			} else {
				bpf_tail_call(skb, &programs, PROGRAM_NEW_CONNECTION);
			}
			return refuse(skb, work, VERDICT_DENY, REASON_NOT_READY);
		}
		work->flags |= WORK_REWRITE;
	}
	by_route = work->record.ifindex == DEVICE_BY_ROUTE;
	if (by_route) {
		/* Before it is rewritten: its sender is to know it again. */
		problem = find_hop(skb, work);
		if (problem)
			return refuse(skb, work, problem == REASON_TOO_BIG ? VERDICT_REJECT : VERDICT_DENY, problem);
	}
	rewritten = work->flags & WORK_RELATED ? rewrite_related(skb, work) :
						 rewrite_in_place(skb, &work->packet, &work->target) ||
						 rewrite(skb, &work->packet, &work->target);
	if (!rewritten)
		return refuse(skb, work, VERDICT_DENY, REASON_CHECKSUM);
	return by_route ? send_to_hop(skb, work) : deliver(skb, work, work->record.ifindex);
}
