/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Packets that come in by an uplink, a device of the node that leads to other nodes or outside: the tc ingress hook. Those to a
 * container of this node are judged here, by the container's ingress policy, and go straight into its namespace; `to_endpoint` never
 * sees them. Everything else is left to the host's stack as it is, understood or not: an uplink is not ours.
 */
#pragma once

#include "fast_path.h"
#include "outside.h"
#include "slow.h"

#define PROGRAM_PASS (PROGRAM_COUNT + 1)

/* Who sends the packet of the glance. */
static __always_inline void put_sender(struct ip_address *out, const struct glance *glance)
{
	if (NETPOL_IPV6 && (!NETPOL_IPV4 || glance->is_ipv6)) {
		out->halves[0] = glance->is_high ? glance->key[2] : glance->key[0];
		out->halves[1] = glance->is_high ? glance->key[3] : glance->key[1];
		return;
	}
	out->v4 = glance->key[0] >> (glance->is_high == (__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__) ? 32 : 0);
}

/* No packet from outside has an address of this node or its containers. */
static __always_inline bool is_of_this_node(const struct address *source)
{
	return source && (source->kind == ADDRESS_HOST || source->ifindex);
}

/* A packet of no known connection that is for a socket of the node, as most are: nothing else need look at it. */
static __always_inline bool is_for_node(const struct glance *glance)
{
	const __u8 family = NETPOL_IPV6 && (!NETPOL_IPV4 || glance->is_ipv6) ? 6 : 4;
	struct ip_address source, destination = {};
	const struct address *entry;

	if (family == 6)
		destination.halves[1] = glance->goal.destination[1];
	destination.halves[0] = glance->goal.destination[0];
	entry = address_find(family, &destination);
	if (!entry || entry->kind != ADDRESS_HOST || may_be_node_port(glance->goal.traffic & 0xffff))
		return false;
	put_sender(&source, glance);
	return !is_of_this_node(address_find(family, &source));
}

/*
 * PROGRAM_NONE: the packet is of a connection that goes on, to `device`. PROGRAM_PASS: it is not for here. Only an entry that says that
 * its other end's packets come by an uplink spares the look-up of the source.
 */
static __always_inline __u32 uplink_path(struct __sk_buff *skb, __u32 *device, __u32 *flags)
{
	struct glance glance = {};
	struct connection *connection;
	const struct state *state;
	bool translated, reply;
	struct work *work;
	__s32 silent;
	__u32 time;

	if (look(skb, NULL, true, &glance) != SIGHT_PLAIN)
		return PROGRAM_UPLINK;
	state = current_state();
	work = current_work();
	if (!state || !work)
		return PROGRAM_PASS;
	time = now(work);
	find(&glance);
	connection = glance.connection;
	if (!connection) {
		if (!glance.is_unknown)
			return PROGRAM_UPLINK;
		*flags = WORK_UNKNOWN;
		return is_for_node(&glance) ? PROGRAM_PASS : PROGRAM_UPLINK;
	}
	silent = silence(connection, time);
	if (connection->epoch != *(const volatile __u32 *)&state->epoch || connection->closed > CLOSED_BY_RESPONDER ||
	    silent > (__s32)LIFETIME_UNANSWERED || !(connection->flags & CONNECTION_BY_UPLINK))
		return PROGRAM_UPLINK;
	translated = NETPOL_SERVICES && connection->flags & (CONNECTION_FORWARD | CONNECTION_TRANSLATED);
	reply = is_reply(connection, glance.is_high);
	if (translated) {
		if (!is_translation_known(connection, reply, time))
			return PROGRAM_TRANSLATE;
		put_translation(&work->known, &glance, reply, false);
	} else {
		*device = connection->ifindex[!reply];
		if (!*device)
			return PROGRAM_UPLINK;
	}
	if (!is_unchanged(connection, glance.version))
		return PROGRAM_UPLINK;
	if (silent)
		connection->seen = time;
	if (reply && !connection->answered)
		connection->answered = 1;
	return translated ? PROGRAM_TRANSLATE_KNOWN : PROGRAM_NONE;
}

SEC("tc")
int from_uplink(struct __sk_buff *skb)
{
	__u32 device = 0, flags = 0, program;
	const struct state *state;
	struct work *work;

	/* Others see what is for many. */
	if (skb->pkt_type != PACKET_HOST)
		return TC_ACT_UNSPEC;
	program = uplink_path(skb, &device, &flags);
	if (program == PROGRAM_NONE)
		return deliver_established(skb, device, 0);
	if (program == PROGRAM_PASS)
		return finish_established(EXIT_STACK, 0, 0, TC_ACT_UNSPEC);
	if (NETPOL_SERVICES && program == PROGRAM_TRANSLATE_KNOWN) {
		bpf_tail_call(skb, &programs, PROGRAM_TRANSLATE_KNOWN);
		return drop_unseen(REASON_NOT_READY);
	}
	work = current_work();
	state = current_state();
	if (!work || !state)
		return TC_ACT_UNSPEC;
	__builtin_memset(&work->record, 0, sizeof(work->record));
	work->record.direction = DIRECTION_INGRESS;
	work->flags = flags | WORK_INGRESS | WORK_UPLINK;
	work->endpoint = 0;
	work->device = skb->ifindex;
	work->generation = state->generation;
	work->peer = 0;
	__builtin_memset(work->mac, 0, sizeof(work->mac));
	/* Each call with an index of its own, as in hand_over(). */
	if (program == PROGRAM_TRANSLATE) {
		bpf_tail_call(skb, &programs, PROGRAM_TRANSLATE);
		barrier();
	} else {
		bpf_tail_call(skb, &programs, PROGRAM_UPLINK);
	}
	return drop_unseen(REASON_NOT_READY);
}

/* Reads the packet, whatever it is; false: nothing that goes to a container. */
static __always_inline bool parse_any(struct __sk_buff *skb, struct work *work)
{
	struct packet *packet = &work->packet;

	work->flags |= WORK_PARSED;
	if (parse_fast(skb, packet))
		return true;
	work->flags &= ~WORK_UNKNOWN;
	return parse(skb, packet) == REASON_NONE &&
	       !(NETPOL_IPV6 && packet->tuple.family == 6 && packet->tuple.protocol == IPPROTO_ICMPV6 &&
		 packet->fragment == FRAGMENT_NONE && (is_neighbour_discovery(packet) || is_listener(packet)));
}

/* As slow, for what comes by an uplink: says to whom the packet goes, and leaves it to where verdicts are taken. */
SEC("tc")
int uplink(struct __sk_buff *skb)
{
	struct work *work = current_work();
	const struct address *source, *destination;
	const struct packet *packet;

	if (!work)
		return TC_ACT_UNSPEC;
	packet = &work->packet;
	work->flags &= WORK_INGRESS | WORK_UPLINK | WORK_UNKNOWN;
	if (!parse_any(skb, work))
		return pass_by(work);
	source = address_find(packet->tuple.family, &packet->tuple.source);
	if (is_of_this_node(source))
		return refuse(skb, work, VERDICT_DENY, REASON_SOURCE);
	destination = address_find(packet->tuple.family, &packet->tuple.destination);
	work->endpoint = destination && destination->ifindex ? destination->endpoint : 0;
	work->own4 = packet->tuple.destination.v4;
	work->own6 = packet->tuple.destination;

	if (packet->fragment == FRAGMENT_LATER) {
		if (!fragment_first(work))
			return pass_by(work);
		return follow_first(skb, work);
	}
	if (is_icmp_error(packet))
		return follow_related(skb, work, HOOK_UPLINK);
	return judge_first(skb, work, HOOK_UPLINK);
}

/* What an uplink runs, and stays. Where no bundle is in charge nobody is cut off: all that goes to containers is judged there. */
SEC("tc")
int from_uplink_stub(struct __sk_buff *skb)
{
	struct control *current;
	__u32 zero = 0;

	current = bpf_map_lookup_elem(&control, &zero);
	if (current) {
		/* As enter(). */
		if (*(volatile __u32 *)&current->generation & 1) {
			bpf_tail_call(skb, &uplink_programs, 1);
			barrier();
		} else {
			bpf_tail_call(skb, &uplink_programs, 0);
		}
	}
	return TC_ACT_UNSPEC;
}
