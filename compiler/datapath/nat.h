/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Rewriting of addresses and ports with every checksum they are part of, of any packet. By helpers: they make the packet
 * writable, and know what CHECKSUM_PARTIAL and CHECKSUM_COMPLETE leave to do. A UDP checksum of 0 (none) stays 0.
 * What comes often is rewritten in place (write_checksum.h).
 */
#pragma once

#include "crc32c.h"
#include "parse_slow.h"

#define UDP_CHECKSUM	6
#define ICMP_CHECKSUM	2
#define TCP_CHECKSUM	16
#define SCTP_CHECKSUM	8
#define IPV4_CHECKSUM	10

/* Since Linux 6.16: the sum that a device gave (CHECKSUM_COMPLETE) does not change with an IPv6 address. */
#ifndef BPF_F_IPV6
#define BPF_F_IPV6 (1ULL << 7)
#endif

/* Of words of 32 bits, their one's complement sum. */
static __always_inline __u32 sum_of(__u64 words)
{
	words = (__u32)words + (words >> 32);
	return (__u32)words + (words >> 32);
}

/* One's complement sum of what `count` words change by, in 32 bits. */
static __always_inline __u32 words_difference(const __u32 *before, const __u32 *after, const int count)
{
	__u64 sum = 0;
	int i;

	unroll
	for (i = 0; i < count; i++)
		sum += (__u64)(__u32)~before[i] + after[i];
	return sum_of(sum);
}

/* RFC 1624, equation 3. */
static __always_inline __u16 checksum_after(__u16 checksum, __u32 difference)
{
	__u32 sum = (__u16)~checksum + (difference & 0xffff) + (difference >> 16);

	sum = (sum & 0xffff) + (sum >> 16);
	sum = (sum & 0xffff) + (sum >> 16);
	return ~sum;
}

/* How the checksum over addresses changes. */
static __always_inline __u32 addresses_difference(const struct tuple *before, const struct tuple *after)
{
	__u64 sum;

	if (before->family == 4)
		sum = (__u64)words_difference(before->source.words, after->source.words, 1) +
		      words_difference(before->destination.words, after->destination.words, 1);
	else
		sum = (__u64)words_difference(before->source.words, after->source.words, 4) +
		      words_difference(before->destination.words, after->destination.words, 4);
	return sum_of(sum);
}

/* The same over addresses and ports. */
static __always_inline __u32 ends_difference(const struct tuple *before, const struct tuple *after, __u32 addresses)
{
	__u64 sum = addresses;

	sum += (__u32)(__u16)~before->source_port + (__u16)~before->destination_port + after->source_port + after->destination_port;
	return sum_of(sum);
}

/* The offset of the checksum that covers the pseudo header, or 0. */
static __always_inline __u32 pseudo_checksum(const struct packet *packet)
{
	__u8 protocol = packet->tuple.protocol;

	if (packet->fragment == FRAGMENT_LATER)
		return 0;
	if (protocol == IPPROTO_TCP)
		return packet->transport + TCP_CHECKSUM;
	if (protocol == IPPROTO_UDP)
		return packet->transport + UDP_CHECKSUM;
	return protocol == IPPROTO_ICMPV6 && packet->tuple.family == 6 ? packet->transport + ICMP_CHECKSUM : 0;
}

static __always_inline __u64 checksum_flags(__u8 protocol)
{
	return protocol == IPPROTO_UDP ? BPF_F_MARK_MANGLED_0 : 0;
}

/* Replaces the IP address at `offset`; `checksum` is 0 where no transport checksum covers it. */
static __always_inline bool rewrite_address(struct __sk_buff *skb, const struct packet *packet, __u32 offset,
					    const struct ip_address *old, const struct ip_address *new, __u32 checksum)
{
	__u64 flags = BPF_F_PSEUDO_HDR | checksum_flags(packet->tuple.protocol);

	if (same_ip(packet->tuple.family, old, new))
		return true;
	if (NETPOL_IPV4 && packet->tuple.family == 4) {
		if (checksum && bpf_l4_csum_replace(skb, checksum, old->v4, new->v4, flags | 4))
			return false;
		return !bpf_l3_csum_replace(skb, packet->network + IPV4_CHECKSUM, old->v4, new->v4, 4) &&
		       !bpf_skb_store_bytes(skb, offset, &new->v4, 4, 0);
	}
	if (NETPOL_IPV6 && packet->tuple.family == 6) {
		if (checksum) {
			__s64 difference = bpf_csum_diff((__be32 *)old, 16, (__be32 *)new, 16, 0);

			/* Older kernels refuse a flag they do not know before they change anything. */
			if (bpf_l4_csum_replace(skb, checksum, 0, difference, flags | BPF_F_IPV6) &&
			    bpf_l4_csum_replace(skb, checksum, 0, difference, flags))
				return false;
		}
		return !bpf_skb_store_bytes(skb, offset, new, 16, 0);
	}
	return false;
}

static __always_inline bool rewrite_sctp_ports(struct __sk_buff *skb, const struct packet *packet,
					       const struct tuple *target)
{
	__be16 old[2] = { packet->tuple.source_port, packet->tuple.destination_port };
	__be16 new[2] = { target->source_port, target->destination_port };
	__u32 before, after, checksum;

	/* Its checksum covers the whole datagram, whose length a fragment does not know. */
	if (packet->fragment != FRAGMENT_NONE)
		return false;
	__builtin_memcpy(&before, old, 4);
	__builtin_memcpy(&after, new, 4);
	if (bpf_skb_load_bytes(skb, packet->transport + SCTP_CHECKSUM, &checksum, 4))
		return false;
	/* 0: left to the device (CHECKSUM_PARTIAL). */
	if (checksum) {
		checksum ^= crc32c_change(before ^ after, packet->transport_length);
		if (bpf_skb_store_bytes(skb, packet->transport + SCTP_CHECKSUM, &checksum, 4, 0))
			return false;
	}
	return !bpf_skb_store_bytes(skb, packet->transport, new, 4, 0);
}

static __always_inline bool rewrite_ports(struct __sk_buff *skb, const struct packet *packet,
					  const struct tuple *target)
{
	__u32 checksum = pseudo_checksum(packet);
	__u64 flags = checksum_flags(packet->tuple.protocol) | 2;
	__be16 ports[2] = { target->source_port, target->destination_port };

	if (packet->fragment == FRAGMENT_LATER || !has_ports(packet->tuple.protocol) ||
	    (packet->tuple.source_port == ports[0] && packet->tuple.destination_port == ports[1]))
		return true;
	if (packet->tuple.protocol == IPPROTO_SCTP)
		return rewrite_sctp_ports(skb, packet, target);
	return !bpf_l4_csum_replace(skb, checksum, packet->tuple.source_port, ports[0], flags) &&
	       !bpf_l4_csum_replace(skb, checksum, packet->tuple.destination_port, ports[1], flags) &&
	       !bpf_skb_store_bytes(skb, packet->transport, ports, 4, 0);
}

static __always_inline __u32 source_offset(const struct packet *packet)
{
	return packet->network + (packet->tuple.family == 4 ? offsetof(struct iphdr, saddr) :
							      offsetof(struct ipv6hdr, saddr));
}

static __always_inline __u32 destination_offset(const struct packet *packet)
{
	return packet->network + (packet->tuple.family == 4 ? offsetof(struct iphdr, daddr) :
							      offsetof(struct ipv6hdr, daddr));
}

/* Gives the packet the target's addresses and ports. */
static __always_inline bool rewrite(struct __sk_buff *skb, const struct packet *packet, const struct tuple *target)
{
	const struct tuple *tuple = &packet->tuple;
	__u32 checksum = pseudo_checksum(packet);

	return rewrite_address(skb, packet, source_offset(packet), &tuple->source, &target->source, checksum) &&
	       rewrite_address(skb, packet, destination_offset(packet), &tuple->destination, &target->destination,
			       checksum) &&
	       rewrite_ports(skb, packet, target);
}
