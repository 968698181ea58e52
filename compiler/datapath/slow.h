/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * All that is not plain: ARP and neighbour discovery, extension headers, fragments, ICMP errors, what is malformed or
 * not IP, and sources that are not the sender's own. What turns out to be an ordinary packet goes on as one.
 */
#pragma once

#include "neighbour.h"
#include "redirect.h"

static __always_inline int pass_neighbour(struct __sk_buff *skb, struct work *work)
{
	work->record.reason = REASON_NEIGHBOUR;
	return deliver(skb, work, 0);
}

/* A later fragment goes where its first went, under the same addresses. */
static __always_inline int follow_first(struct __sk_buff *skb, struct work *work)
{
	const struct fragment *first = fragment_first(work);
	struct tuple *target = &work->target;

	if (!first)
		return refuse(skb, work, VERDICT_DENY, REASON_FRAGMENT);
	work->record.reason = REASON_ESTABLISHED;
	work->record.ifindex = first->ifindex;
	work->record.service = first->service;
	*target = work->packet.tuple;
	__builtin_memcpy(&target->source, first->source, 16);
	__builtin_memcpy(&target->destination, first->destination, 16);
	if (NETPOL_SERVICES && !same_tuple(target, &work->packet.tuple)) {
		work->flags |= WORK_REWRITE;
		bpf_tail_call(skb, &programs, PROGRAM_TRANSLATE);
		return refuse(skb, work, VERDICT_DENY, REASON_NOT_READY);
	}
	return deliver(skb, work, first->ifindex);
}

/* Hands over to where verdicts are taken; it knows the connection too, if there is one. */
static __always_inline int judge_first(struct __sk_buff *skb, struct work *work, const enum hook hook)
{
	bpf_tail_call(skb, &programs,
		      hook == HOOK_UPLINK ? PROGRAM_NEW_UPLINK : hook == HOOK_TO_ENDPOINT ? PROGRAM_NEW_INGRESS : PROGRAM_NEW_CONNECTION);
	return refuse(skb, work, VERDICT_DENY, REASON_NOT_READY);
}

/* Reads the packet that an ICMP error quotes; it must have gone the other way. */
static __always_inline bool parse_quote(struct __sk_buff *skb, struct work *work)
{
	const struct packet *packet = &work->packet;
	struct packet *inner = &work->inner;
	enum reason reason = REASON_UNPARSABLE;

	packet_begin(skb, inner);
	inner->network = packet->transport + 8;
	if (NETPOL_IPV4 && packet->tuple.family == 4)
		reason = parse_ipv4(skb, inner, true);
	else if (NETPOL_IPV6 && packet->tuple.family == 6)
		reason = parse_ipv6(skb, inner, true);
	return reason == REASON_NONE && inner->fragment != FRAGMENT_LATER && !is_icmp_error(inner) &&
	       same_ip(packet->tuple.family, &packet->tuple.destination, &inner->tuple.source);
}

/*
 * An ICMP error follows the connection that the quoted packet is of, whoever sent it. One that quotes nothing known, or
 * nothing that can be read, is a packet of its own.
 */
static __always_inline int follow_related(struct __sk_buff *skb, struct work *work, const enum hook hook)
{
	const struct state *state = current_state();
	struct connection *connection;
	struct found found;
	struct tuple client;

	if (!state)
		return refuse(skb, work, VERDICT_DENY, REASON_NOT_READY);
	if (!parse_quote(skb, work) || !connection_find(work, &work->inner.tuple, &found) ||
	    !connection_lives(found.connection, work->inner.tuple.protocol, now(work)))
		return judge_first(skb, work, hook);
	connection = found.connection;
	work->flags |= WORK_RELATED;
	if (connection->epoch != state->epoch) {
		/* Judged anew there, it comes back here. */
		return judge_first(skb, work, hook);
	}

	work->record.reason = REASON_RELATED;
	work->record.service = connection->service;
	/* The error goes to the quoted packet's sender. */
	work->record.ifindex = connection_device(connection, !found.reply);
	if (!found.reply)
		work->flags |= WORK_REPLY;
	if (NETPOL_SERVICES && connection->flags & CONNECTION_TRANSLATED) {
		client_view(&client, connection, &work->subject);
		/* The quoted packet was translated on its way; its sender knows it by the other addresses. */
		if (found.reply)
			reverse(&work->target, &work->subject);
		else
			work->target = client;
		work->flags |= WORK_REWRITE;
		work->backend = work->subject.destination;
		work->backend_port = work->subject.destination_port;
		bpf_tail_call(skb, &programs, PROGRAM_TRANSLATE);
		return refuse(skb, work, VERDICT_DENY, REASON_NOT_READY);
	}
	return deliver(skb, work, work->record.ifindex);
}

static __always_inline int decide_slow(struct __sk_buff *skb, const enum hook hook)
{
	const bool ingress = hook == HOOK_TO_ENDPOINT;
	struct work *work = current_work();
	struct packet *packet;
	enum reason reason;
	bool discovery;

	if (!work)
		return TC_ACT_SHOT;
	packet = &work->packet;
	work->flags = (work->flags & WORK_MORE_ADDRESSES) | WORK_PARSED | (ingress ? WORK_INGRESS : 0);
	reason = parse(skb, packet);
	if (reason == REASON_NEIGHBOUR) {
		if (ingress || arp_is_honest(skb, work))
			return pass_neighbour(skb, work);
		return refuse(skb, work, VERDICT_DENY, REASON_NEIGHBOUR_SPOOFED);
	}
	if (reason != REASON_NONE)
		return refuse(skb, work, VERDICT_DENY, reason);

	discovery = NETPOL_IPV6 && packet->tuple.family == 6 && packet->tuple.protocol == IPPROTO_ICMPV6 &&
		    packet->fragment == FRAGMENT_NONE && (is_neighbour_discovery(packet) || is_listener(packet));
	if (discovery && ingress && is_from_link(skb, packet))
		return pass_neighbour(skb, work);
	if (discovery && !ingress) {
		if (discovery_is_honest(skb, work))
			return pass_neighbour(skb, work);
		return refuse(skb, work, VERDICT_DENY, REASON_NEIGHBOUR_SPOOFED);
	}
	if (!ingress && !is_own(work, packet->tuple.family, &packet->tuple.source))
		return refuse(skb, work, VERDICT_DENY, REASON_SOURCE);

	if (packet->fragment == FRAGMENT_LATER)
		return follow_first(skb, work);
	if (is_icmp_error(packet))
		return follow_related(skb, work, hook);
	return judge_first(skb, work, hook);
}

SEC("tc")
int slow(struct __sk_buff *skb)
{
	return decide_slow(skb, HOOK_FROM_ENDPOINT);
}

SEC("tc")
int slow_ingress(struct __sk_buff *skb)
{
	return decide_slow(skb, HOOK_TO_ENDPOINT);
}
