/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * ICMP errors of translated connections: the quoted packet gets the addresses and ports that its sender had given it,
 * the error itself those of the ends, and every checksum follows: the quoted ones, and the error's, which covers them.
 */
#pragma once

#include "nat.h"

/* Replaces `length` (2, 4 or 16) bytes under the ICMP checksum. */
static __always_inline bool quoted_store(struct __sk_buff *skb, __u32 icmp, __u32 offset, const void *old,
					 const void *new, const __u32 length)
{
	if (length == 2) {
		__u16 before, after;

		__builtin_memcpy(&before, old, 2);
		__builtin_memcpy(&after, new, 2);
		if (bpf_l4_csum_replace(skb, icmp + ICMP_CHECKSUM, before, after, 2))
			return false;
	} else {
		__s64 difference = bpf_csum_diff((__be32 *)old, length, (__be32 *)new, length, 0);

		if (bpf_l4_csum_replace(skb, icmp + ICMP_CHECKSUM, 0, difference, 0))
			return false;
	}
	return !bpf_skb_store_bytes(skb, offset, new, length, 0);
}

/* RFC 1624, equation 3, with the difference that bpf_csum_diff gives. */
static __always_inline __u16 checksum_add(__u16 checksum, __u32 difference)
{
	__u64 sum = (__u16)~checksum + (__u64)difference;

	sum = (sum & 0xffff) + (sum >> 16);
	sum = (sum & 0xffff) + (sum >> 16);
	sum = (sum & 0xffff) + (sum >> 16);
	return ~sum;
}

static __always_inline bool quoted_checksum(struct __sk_buff *skb, __u32 icmp, __u32 offset, __u32 difference,
					    const bool zero_is_none)
{
	__u16 before, after;

	if (bpf_skb_load_bytes(skb, offset, &before, 2))
		return true;	/* the quote ends before it */
	if (zero_is_none && !before)
		return true;
	after = checksum_add(before, difference);
	if (zero_is_none && !after)
		after = 0xffff;
	return quoted_store(skb, icmp, offset, &before, &after, 2);
}

/* The part of the tuples that transport checksums cover, in one buffer: both addresses, both ports. */
struct covered {
	__be32 words[9];
};

static __always_inline void cover(struct covered *out, const struct tuple *tuple)
{
	__be16 ports[2] = { tuple->source_port, tuple->destination_port };

	__builtin_memset(out, 0, sizeof(*out));
	if (tuple->family == 4) {
		out->words[0] = tuple->source.v4;
		out->words[4] = tuple->destination.v4;
	} else {
		__builtin_memcpy(out->words, &tuple->source, 16);
		__builtin_memcpy(out->words + 4, &tuple->destination, 16);
	}
	__builtin_memcpy(out->words + 8, ports, 4);
}

static __always_inline bool rewrite_quoted(struct __sk_buff *skb, const struct packet *inner, __u32 icmp,
					   const struct tuple *target)
{
	const struct tuple *tuple = &inner->tuple;
	struct covered before, after;
	__be16 old_ports[2] = { tuple->source_port, tuple->destination_port };
	__be16 new_ports[2] = { target->source_port, target->destination_port };
	__s64 difference;

	cover(&before, tuple);
	cover(&after, target);
	difference = bpf_csum_diff(before.words, sizeof(before), after.words, sizeof(after), 0);

	if (inner->fragment != FRAGMENT_LATER && has_ports(tuple->protocol)) {
		if (tuple->protocol == IPPROTO_UDP &&
		    !quoted_checksum(skb, icmp, inner->transport + UDP_CHECKSUM, difference, true))
			return false;
		if (tuple->protocol == IPPROTO_TCP && inner->transport + TCP_CHECKSUM + 2 <= skb->len &&
		    !quoted_checksum(skb, icmp, inner->transport + TCP_CHECKSUM, difference, false))
			return false;
		if (!quoted_store(skb, icmp, inner->transport, old_ports, new_ports, 4))
			return false;
	}
	if (NETPOL_IPV4 && tuple->family == 4) {
		__be32 old[2] = { tuple->source.v4, tuple->destination.v4 };
		__be32 new[2] = { target->source.v4, target->destination.v4 };

		difference = bpf_csum_diff(old, 8, new, 8, 0);
		return quoted_checksum(skb, icmp, inner->network + IPV4_CHECKSUM, difference, false) &&
		       quoted_store(skb, icmp, source_offset(inner), &old[0], &new[0], 4) &&
		       quoted_store(skb, icmp, destination_offset(inner), &old[1], &new[1], 4);
	}
	if (NETPOL_IPV6 && tuple->family == 6)
		return quoted_store(skb, icmp, source_offset(inner), &tuple->source, &target->source, 16) &&
		       quoted_store(skb, icmp, destination_offset(inner), &tuple->destination, &target->destination,
				    16);
	return false;
}

/*
 * The whole error. Its destination is the quoted packet's source; its source changes only where it is the quoted
 * packet's destination itself, not a router on the way.
 */
static __always_inline bool rewrite_related(struct __sk_buff *skb, struct work *work)
{
	const struct packet *packet = &work->packet;
	const struct tuple *tuple = &packet->tuple, *inner = &work->inner.tuple;
	const struct ip_address *source = &tuple->source;
	__u32 checksum = pseudo_checksum(packet);

	if (same_ip(tuple->family, source, &inner->destination))
		source = &work->target.destination;
	return rewrite_quoted(skb, &work->inner, packet->transport, &work->target) &&
	       rewrite_address(skb, packet, source_offset(packet), &tuple->source, source, checksum) &&
	       rewrite_address(skb, packet, destination_offset(packet), &tuple->destination, &work->target.source,
			       checksum);
}
