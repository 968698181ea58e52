/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Rewriting in place, where it is known who makes the packet's checksum. For TCP and UDP behind a header without options or extensions. A
 * program with this in it begins with an unclone test.
 */
#pragma once

#include "checksum_state.h"
#include "nat.h"

/* `addresses` and `ends`: what the addresses change by, and they with the ports. */
static __always_inline void write_checksum(struct __sk_buff *skb, __u16 *checksum, __u8 protocol, __u32 addresses, __u32 ends, __u32 state,
					   const bool is_ipv6)
{
	/* 0 of UDP: none. */
	if (protocol == IPPROTO_UDP && !*checksum)
		return;
	/* The device that has yet to make it is left the sum of the pseudo header, which has no ports. */
	if (state == CHECKSUM_PARTIAL)
		*checksum = ~checksum_after(~*checksum, addresses);
	else
		*checksum = checksum_after(*checksum, ends);
	if (protocol == IPPROTO_UDP && !*checksum)
		*checksum = 0xffff;
	/* What the device summed up changes by the addresses: all else of IPv4 cancels out, and so does all of IPv6. */
	if (!is_ipv6 && state == CHECKSUM_COMPLETE)
		bpf_csum_update(skb, ~addresses);
}

/* Gives the packet the target's addresses and ports. False: nothing was written, as it is no such packet, or nobody says who makes the checksum. */
static __always_inline bool rewrite_in_place(struct __sk_buff *skb, const struct packet *packet, const struct tuple *target)
{
	const struct tuple *tuple = &packet->tuple;
	const bool is_ipv4 = NETPOL_IPV4 && (!NETPOL_IPV6 || tuple->family == 4), is_udp = tuple->protocol == IPPROTO_UDP;
	void *network = (void *)(long)skb->data + ETH_HLEN;
	void *transport = network + (is_ipv4 ? sizeof(struct iphdr) : sizeof(struct ipv6hdr));
	__u16 *ports = transport, *checksum = transport + (is_udp ? UDP_CHECKSUM : TCP_CHECKSUM);
	__u32 addresses, state = checksum_state(skb);

	if (state == CHECKSUM_UNKNOWN || packet->fragment != FRAGMENT_NONE || (tuple->protocol != IPPROTO_TCP && !is_udp) ||
	    packet->network != ETH_HLEN || packet->transport != (is_ipv4 ? ETH_HLEN + sizeof(struct iphdr) : ETH_HLEN + sizeof(struct ipv6hdr)) ||
	    (void *)(checksum + 1) > (void *)(long)skb->data_end)
		return false;
	addresses = addresses_difference(tuple, target);
	write_checksum(skb, checksum, tuple->protocol, addresses, ends_difference(tuple, target, addresses), state, !is_ipv4);
	ports[0] = target->source_port;
	ports[1] = target->destination_port;
	if (is_ipv4) {
		struct iphdr *ip = network;

		ip->check = checksum_after(ip->check, addresses);
		ip->saddr = target->source.v4;
		ip->daddr = target->destination.v4;
	} else {
		struct ipv6hdr *ip = network;

		__builtin_memcpy(&ip->saddr, &target->source, 16);
		__builtin_memcpy(&ip->daddr, &target->destination, 16);
	}
	return true;
}
