/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Any frame, and any packet that an ICMP error quotes, read by helper: options, extension headers, fragments, headers
 * that are not linear. What it can't read it refuses, with the reason.
 */
#pragma once

#include "parse.h"

#define IPV6_EXTENSION_HEADERS 6	/* a longer chain is not parsed */

static __always_inline bool is_icmp(const struct tuple *tuple)
{
	return tuple->protocol == (tuple->family == 4 ? IPPROTO_ICMP : IPPROTO_ICMPV6);
}

static __always_inline bool is_icmp_error(const struct packet *packet)
{
	__u8 type = packet->icmp_type;

	if (!is_icmp(&packet->tuple))
		return false;
	if (packet->tuple.family == 4)
		return type == ICMP_UNREACHABLE || type == ICMP_SOURCE_QUENCH || type == ICMP_TIME_EXCEEDED ||
		       type == ICMP_PARAMETER_PROBLEM;
	return type >= ICMPV6_UNREACHABLE && type <= ICMPV6_PARAMETER_PROBLEM;
}

static __always_inline bool has_ports(__u8 protocol)
{
	return protocol == IPPROTO_TCP || protocol == IPPROTO_UDP || protocol == IPPROTO_SCTP;
}

/*
 * The transport header at packet->transport. Of a quoted packet only the first eight bytes need be there (RFC 792), and
 * its lengths are those of a packet that was longer.
 */
static __always_inline enum reason parse_transport(struct __sk_buff *skb, struct packet *packet, const bool quoted)
{
	struct tuple *tuple = &packet->tuple;
	__u32 length = packet->transport_length;
	__u8 header[16] = {};
	__u8 minimum = 8;

	if (packet->fragment == FRAGMENT_LATER)
		return REASON_NONE;
	if (!has_ports(tuple->protocol) && !is_icmp(tuple))
		return REASON_NONE;
	if (tuple->protocol == IPPROTO_TCP && !quoted)
		minimum = sizeof(struct tcphdr);
	if (tuple->protocol == IPPROTO_SCTP && !quoted)
		minimum = SCTP_HEADER + 4;
	if (!quoted && length < minimum)
		return REASON_UNPARSABLE;
	if (bpf_skb_load_bytes(skb, packet->transport, header, 8))
		return REASON_UNPARSABLE;

	if (is_icmp(tuple)) {
		packet->icmp_type = header[0];
		packet->icmp_code = header[1];
		tuple->echo = echo_of(tuple->protocol, header[0]);
		if (tuple->echo) {
			__builtin_memcpy(&tuple->source_port, header + 4, 2);
			tuple->destination_port = tuple->source_port;
		}
		return REASON_NONE;
	}

	__builtin_memcpy(&tuple->source_port, header, 2);
	__builtin_memcpy(&tuple->destination_port, header + 2, 2);
	if (quoted)
		return REASON_NONE;
	if (tuple->protocol == IPPROTO_UDP) {
		__u32 datagram = header[4] << 8 | header[5];

		if (datagram < 8 || (datagram > length && packet->fragment == FRAGMENT_NONE))
			return REASON_UNPARSABLE;
		return REASON_NONE;
	}
	if (bpf_skb_load_bytes(skb, packet->transport, header, 16))
		return REASON_UNPARSABLE;
	if (tuple->protocol == IPPROTO_TCP) {
		__u32 words = header[12] >> 4;

		if (words < 5 || words * 4 > length)
			return REASON_UNPARSABLE;
		packet->tcp_flags = header[13];
		packet->signal = tcp_signal(header[13]);
	} else {
		packet->signal = sctp_signal(header[SCTP_HEADER]);
	}
	return REASON_NONE;
}

static __always_inline enum reason parse_ipv4(struct __sk_buff *skb, struct packet *packet, const bool quoted)
{
	__u32 room = skb->len - packet->network;
	struct iphdr ip;
	__u32 header, total, place;

	if (bpf_skb_load_bytes(skb, packet->network, &ip, sizeof(ip)) || ip.version != 4)
		return REASON_UNPARSABLE;
	header = ip.ihl * 4;
	total = bpf_ntohs(ip.tot_len);
	/* A segmentation offload packet beyond 64 KiB (BIG TCP) says 0. */
	if (!total && !quoted && skb->gso_size)
		total = room;
	if (header < sizeof(ip) || header > total || (!quoted && total > room))
		return REASON_UNPARSABLE;

	packet->tuple.family = 4;
	packet->tuple.protocol = ip.protocol;
	packet->tuple.source.v4 = ip.saddr;
	packet->tuple.destination.v4 = ip.daddr;
	packet->transport = packet->network + header;
	packet->transport_length = total - header > 0xffff ? 0xffff : total - header;

	place = bpf_ntohs(ip.frag_off);
	if (place & IPV4_FRAGMENT_OFFSET) {
		packet->fragment = FRAGMENT_LATER;
		/* RFC 1858, 3: the second piece would overwrite the flags of the first. */
		if (ip.protocol == IPPROTO_TCP && (place & IPV4_FRAGMENT_OFFSET) == 1)
			return REASON_UNPARSABLE;
	} else if (place & IPV4_MORE_FRAGMENTS) {
		packet->fragment = FRAGMENT_FIRST;
	}
	packet->fragment_id = ip.id;
	return parse_transport(skb, packet, quoted);
}

static __always_inline enum reason parse_ipv6(struct __sk_buff *skb, struct packet *packet, const bool quoted)
{
	__u32 room = skb->len - packet->network - sizeof(struct ipv6hdr);
	struct ipv6_extension extension;
	__u32 offset, payload, used;
	struct ipv6hdr ip;
	__u8 next;
	int i;

	if (bpf_skb_load_bytes(skb, packet->network, &ip, sizeof(ip)) || ip.version != 6)
		return REASON_UNPARSABLE;
	payload = bpf_ntohs(ip.payload_len);
	if (!payload && !quoted && skb->gso_size)
		payload = room;
	if (!quoted && payload > room)
		return REASON_UNPARSABLE;

	packet->tuple.family = 6;
	__builtin_memcpy(&packet->tuple.source, &ip.saddr, 16);
	__builtin_memcpy(&packet->tuple.destination, &ip.daddr, 16);
	next = ip.nexthdr;
	offset = packet->network + sizeof(ip);

	for (i = 0; i < IPV6_EXTENSION_HEADERS && packet->fragment != FRAGMENT_LATER; i++) {
		if (next != IPPROTO_HOPOPTS && next != IPPROTO_ROUTING && next != IPPROTO_FRAGMENT &&
		    next != IPPROTO_DSTOPTS && next != IPPROTO_AH)
			break;
		if (bpf_skb_load_bytes(skb, offset, &extension, sizeof(extension)))
			return REASON_UNPARSABLE;
		/* RFC 8200, 4.1: hop-by-hop options stand first. */
		if (next == IPPROTO_HOPOPTS && i)
			return REASON_UNPARSABLE;
		/* The destination is not where a source route ends. */
		if (next == IPPROTO_ROUTING && extension.segments_left)
			return REASON_UNPARSABLE;
		if (next == IPPROTO_FRAGMENT) {
			__u32 place = extension.type << 8 | extension.segments_left;

			packet->fragment_id = extension.id;
			if (place >> 3)
				packet->fragment = FRAGMENT_LATER;
			else if (place & 1)
				packet->fragment = FRAGMENT_FIRST;
			offset += 8;
		} else if (next == IPPROTO_AH) {
			offset += (extension.length + 2) * 4;
		} else {
			offset += (extension.length + 1) * 8;
		}
		next = extension.next;
	}
	if (packet->fragment != FRAGMENT_LATER &&
	    (next == IPPROTO_HOPOPTS || next == IPPROTO_ROUTING || next == IPPROTO_FRAGMENT ||
	     next == IPPROTO_DSTOPTS || next == IPPROTO_AH))
		return REASON_UNPARSABLE;

	used = offset - packet->network - sizeof(ip);
	if (!quoted && used > payload)
		return REASON_UNPARSABLE;
	payload = quoted && used > payload ? 0 : payload - used;
	packet->tuple.protocol = next;
	packet->transport = offset;
	packet->transport_length = payload > 0xffff ? 0xffff : payload;
	return parse_transport(skb, packet, quoted);
}

/* REASON_NONE: an IP packet; REASON_NEIGHBOUR: an ARP frame, not yet looked at; else why it drops. */
static __always_inline enum reason parse(struct __sk_buff *skb, struct packet *packet)
{
	__be16 type;

	packet_begin(skb, packet);
	if (skb->vlan_present || bpf_skb_load_bytes(skb, offsetof(struct ethhdr, h_proto), &type, 2))
		return REASON_NOT_IP;
	if (type == bpf_htons(ETH_P_ARP))
		return NETPOL_IPV4 ? REASON_NEIGHBOUR : REASON_FAMILY;
	if (type == bpf_htons(ETH_P_IP))
		return NETPOL_IPV4 ? parse_ipv4(skb, packet, false) : REASON_FAMILY;
	if (type == bpf_htons(ETH_P_IPV6))
		return NETPOL_IPV6 ? parse_ipv6(skb, packet, false) : REASON_FAMILY;
	return REASON_NOT_IP;
}
