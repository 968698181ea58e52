/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * On to the next hop by the routes of the node, past the host's stack: that takes no packet which comes with an address of its own, as
 * answers of services do that were reached by one, and questions that are masqueraded.
 */
#pragma once

#include "nat.h"
#include "redirect.h"

/* Within the IP header; in IPv4 the protocol follows, and both are one word of the checksum. */
#define IPV4_HOPS	8
#define IPV6_HOPS	7

/*
 * Finds where work->target goes, or the ICMP error that follows it, into work->hop. Answers an enum reason: REASON_NONE, or why it goes
 * nowhere. A global function: its frame has no room beside that of `translate`.
 */
__noinline int find_hop(struct __sk_buff *skb, struct work *work)
{
	struct bpf_fib_lookup route = {};
	const struct tuple *target;
	__s64 answer;
	__u32 mtu = 0;
	__u8 hops;

	if (!NETPOL_SERVICES || !work)
		return REASON_NO_ROUTE;
	target = &work->target;
	route.ifindex = skb->ifindex;
	if (target->family == 4) {
		route.family = FAMILY_IPV4;
		route.ipv4_src = work->flags & WORK_RELATED ? target->destination.v4 : target->source.v4;
		route.ipv4_dst = work->flags & WORK_RELATED ? target->source.v4 : target->destination.v4;
	} else {
		route.family = FAMILY_IPV6;
		__builtin_memcpy(route.ipv6_src, work->flags & WORK_RELATED ? &target->destination : &target->source, 16);
		__builtin_memcpy(route.ipv6_dst, work->flags & WORK_RELATED ? &target->source : &target->destination, 16);
	}
	answer = bpf_fib_lookup(skb, &route, sizeof(route), 0);
	if (answer != BPF_FIB_LKUP_RET_SUCCESS && answer != BPF_FIB_LKUP_RET_NO_NEIGH)
		return REASON_NO_ROUTE;
	if (bpf_skb_load_bytes(skb, work->packet.network + (target->family == 4 ? IPV4_HOPS : IPV6_HOPS), &hops, 1) || hops <= 1)
		return REASON_NO_ROUTE;
	work->hop.device = route.ifindex;
	work->hop.family = route.family;
	if (route.family == FAMILY_IPV4)
		work->hop.address.v4 = route.ipv4_dst;
	else
		__builtin_memcpy(&work->hop.address, route.ipv6_dst, 16);
	if (bpf_check_mtu(skb, route.ifindex, &mtu, 0, skb->gso_size ? BPF_MTU_CHK_SEGS : 0) > 0) {
		work->hop.mtu = mtu;
		return REASON_TOO_BIG;
	}
	return REASON_NONE;
}

/* As a router: one hop less. */
static __always_inline bool take_hop(struct __sk_buff *skb, const struct packet *packet)
{
	__u8 words[2];

	if (packet->tuple.family == 4) {
		__u16 before, after;

		if (bpf_skb_load_bytes(skb, packet->network + IPV4_HOPS, words, 2))
			return false;
		__builtin_memcpy(&before, words, 2);
		words[0]--;
		__builtin_memcpy(&after, words, 2);
		return !bpf_l3_csum_replace(skb, packet->network + IPV4_CHECKSUM, before, after, 2) &&
		       !bpf_skb_store_bytes(skb, packet->network + IPV4_HOPS, words, 1, 0);
	}
	if (bpf_skb_load_bytes(skb, packet->network + IPV6_HOPS, words, 1))
		return false;
	words[0]--;
	return !bpf_skb_store_bytes(skb, packet->network + IPV6_HOPS, words, 1, BPF_F_RECOMPUTE_CSUM);
}

/* Sends the packet, rewritten, to work->hop. Main functions only (tail call). */
static __always_inline int send_to_hop(struct __sk_buff *skb, struct work *work)
{
	struct bpf_redir_neigh next = { .nh_family = work->hop.family };

	/* Later fragments ask for the way themselves. */
	fragment_remember(work);
	if (!take_hop(skb, &work->packet))
		return refuse(skb, work, VERDICT_DENY, REASON_CHECKSUM);
	if (work->hop.family == FAMILY_IPV4)
		next.ipv4_nh = work->hop.address.v4;
	else
		__builtin_memcpy(next.ipv6_nh, &work->hop.address, 16);
	work->record.verdict = VERDICT_ALLOW;
	work->record.ifindex = work->hop.device;
	return finish(work, EXIT_STRAIGHT, bpf_redirect_neigh(work->hop.device, &next, sizeof(next), 0));
}
