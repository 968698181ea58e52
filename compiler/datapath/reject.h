/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * The end of every refused packet: it is counted and reported; where the verdict is to reject, its sender is told, by
 * TCP RST or by ICMP administratively prohibited (one that is too big for its way, by how big it may be), made of the
 * packet itself and sent straight back into its namespace; or, where an uplink has brought the packet, by that; or, where
 * the host's stack has, by that stack.
 */
#pragma once

#include "nat.h"
#include "redirect.h"

#define ICMP_ADMINISTRATIVELY_PROHIBITED	13	/* type 3, RFC 1812 */
#define ICMPV6_ADMINISTRATIVELY_PROHIBITED	1	/* type 1, RFC 4443 */
#define ICMP_FRAGMENTATION_NEEDED		4	/* type 3, RFC 1191: the size is in the second half of what follows */
#define ANSWER_HOPS				64

/* How much of the packet an answer quotes: its headers and what fits struct work, in whole 32-bit words. */
#define QUOTE_BYTES 128

static __always_inline __u16 fold(__u64 sum)
{
	sum = (sum & 0xffffffff) + (sum >> 32);
	sum = (sum & 0xffff) + (sum >> 16);
	sum = (sum & 0xffff) + (sum >> 16);
	sum = (sum & 0xffff) + (sum >> 16);
	return ~sum;
}

/* Exchanges the MAC addresses: the answer goes back the way the packet came. */
static __always_inline bool answer_ethernet(struct __sk_buff *skb)
{
	__u8 macs[12], back[12];

	if (bpf_skb_load_bytes(skb, 0, macs, 12))
		return false;
	__builtin_memcpy(back, macs + 6, 6);
	__builtin_memcpy(back + 6, macs, 6);
	return !bpf_skb_store_bytes(skb, 0, back, 12, 0);
}

static __always_inline bool answer_ipv4(struct __sk_buff *skb, const struct tuple *tuple, __u8 protocol, __u32 length)
{
	struct iphdr ip = {
		.version = 4, .ihl = 5, .ttl = ANSWER_HOPS, .protocol = protocol,
		.tot_len = bpf_htons(sizeof(ip) + length),
		.saddr = tuple->destination.v4, .daddr = tuple->source.v4,
	};

	ip.check = fold(bpf_csum_diff(NULL, 0, (__be32 *)&ip, sizeof(ip), 0));
	return !bpf_skb_store_bytes(skb, ETH_HLEN, &ip, sizeof(ip), 0);
}

static __always_inline bool answer_ipv6(struct __sk_buff *skb, const struct tuple *tuple, __u8 protocol, __u32 length)
{
	struct ipv6hdr ip = {
		.version = 6, .nexthdr = protocol, .hop_limit = ANSWER_HOPS, .payload_len = bpf_htons(length),
	};

	__builtin_memcpy(&ip.saddr, &tuple->destination, 16);
	__builtin_memcpy(&ip.daddr, &tuple->source, 16);
	return !bpf_skb_store_bytes(skb, ETH_HLEN, &ip, sizeof(ip), 0);
}

static __always_inline bool answer_ip(struct __sk_buff *skb, const struct tuple *tuple, __u8 protocol, __u32 length)
{
	return tuple->family == 4 ? answer_ipv4(skb, tuple, protocol, length) :
				    answer_ipv6(skb, tuple, protocol, length);
}

/* The sum of the pseudo header of an answer (the same for both directions). */
static __always_inline __s64 pseudo_header(const struct tuple *tuple, __u8 protocol, __u32 length)
{
	__be32 tail[2] = { bpf_htonl(length), bpf_htonl(protocol) };
	__s64 sum = bpf_csum_diff(NULL, 0, tail, sizeof(tail), 0);

	if (tuple->family == 4) {
		__be32 both[2] = { tuple->source.v4, tuple->destination.v4 };

		return bpf_csum_diff(NULL, 0, both, sizeof(both), sum);
	}
	sum = bpf_csum_diff(NULL, 0, (__be32 *)&tuple->source, 16, sum);
	return bpf_csum_diff(NULL, 0, (__be32 *)&tuple->destination, 16, sum);
}

#if NETPOL_TIERS || NETPOL_SERVICES

/*
 * Is the checksum at `field` still to be filled in (CHECKSUM_PARTIAL)? No program is told, but the kernel then keeps the field: it
 * cuts no packet within it (__bpf_skb_min_len of net/core/filter.c). Else what is behind the field's first byte is cut off.
 */
static __always_inline bool is_unfilled(struct __sk_buff *skb, __u32 field)
{
	return bpf_skb_change_tail(skb, field + 1, 0);
}

#endif

/* RFC 9293, 3.10.7.1: the reset for a segment to a connection that does not exist. */
static __always_inline bool answer_tcp(struct __sk_buff *skb, const struct work *work)
{
	const struct packet *packet = &work->packet;
	const struct tuple *tuple = &packet->tuple;
	__u32 network = tuple->family == 4 ? sizeof(struct iphdr) : sizeof(struct ipv6hdr);
	struct tcphdr segment, reset = {
		.source = tuple->destination_port, .dest = tuple->source_port, .doff = sizeof(reset) / 4, .rst = 1,
	};
	__s64 sum;

	if (bpf_skb_load_bytes(skb, packet->transport, &segment, sizeof(segment)))
		return false;
	if (segment.ack) {
		reset.seq = segment.ack_seq;
	} else {
		reset.ack = 1;
		reset.ack_seq = bpf_htonl(bpf_ntohl(segment.seq) + segment.syn + segment.fin +
					  packet->transport_length - segment.doff * 4);
	}
	sum = pseudo_header(tuple, IPPROTO_TCP, sizeof(reset));
#if NETPOL_TIERS || NETPOL_SERVICES
	/* Where the packet came by the host's stack the answer leaves by it: whoever fills in checksums finds what he needs. */
	if (work->flags & WORK_INGRESS && is_unfilled(skb, packet->transport + offsetof(struct tcphdr, check))) {
		if (packet->transport != ETH_HLEN + network)
			return false;
		reset.check = ~fold(sum);
	} else
#endif
		reset.check = fold(bpf_csum_diff(NULL, 0, (__be32 *)&reset, sizeof(reset), sum));
	return !bpf_skb_change_tail(skb, ETH_HLEN + network + sizeof(reset), 0) && answer_ethernet(skb) &&
	       answer_ip(skb, tuple, IPPROTO_TCP, sizeof(reset)) &&
	       !bpf_skb_store_bytes(skb, ETH_HLEN + network, &reset, sizeof(reset), 0);
}

#if NETPOL_TIERS || NETPOL_SERVICES

/*
 * Where the checksum of the UDP datagram or TCP segment that work->quote has a copy of is still to be filled in, it will be, within the
 * answer: the copy gets what it will be, from which the answer's own checksum is made. Else the packet is made whole again.
 */
static __always_inline bool settle_quote(struct __sk_buff *skb, struct work *work, __u32 length)
{
	const struct packet *packet = &work->packet;
	__u32 place = packet->tuple.protocol == IPPROTO_TCP ? offsetof(struct tcphdr, check) : offsetof(struct udphdr, check);
	__u32 field = packet->transport - packet->network + place;
	__s64 sum = bpf_csum_diff(NULL, 0, (__be32 *)work->quote, QUOTE_BYTES, 0);
	__u16 filled;

	if (!is_unfilled(skb, packet->transport + place))
		return !bpf_skb_change_tail(skb, ETH_HLEN + length, 0) && !bpf_skb_store_bytes(skb, ETH_HLEN, work->quote, length, 0);
	if (packet->tuple.family == 6) {
		if (packet->transport != ETH_HLEN + sizeof(struct ipv6hdr))
			return false;
		sum = bpf_csum_diff((__be32 *)work->quote, sizeof(struct ipv6hdr), NULL, 0, sum);
	}
	/* Of an IPv4 header, its checksum among it, the sum is zero. */
	filled = fold(sum);
	if (field > QUOTE_BYTES - sizeof(filled))
		return false;
	*(__u16 *)(work->quote + (field & (QUOTE_BYTES - 2))) = filled ? filled : 0xffff;
	return true;
}

#endif

static __always_inline bool answer_icmp(struct __sk_buff *skb, struct work *work)
{
	const struct packet *packet = &work->packet;
	const struct tuple *tuple = &packet->tuple;
	const bool is_ipv4 = tuple->family == 4;
	__u32 network = is_ipv4 ? sizeof(struct iphdr) : sizeof(struct ipv6hdr);
	__u32 length = packet->transport - packet->network + packet->transport_length;
	struct icmp_header icmp = {
		.type = is_ipv4 ? ICMP_UNREACHABLE : ICMPV6_UNREACHABLE,
		.code = is_ipv4 ? ICMP_ADMINISTRATIVELY_PROHIBITED : ICMPV6_ADMINISTRATIVELY_PROHIBITED,
	};
	__s64 sum;

	if (NETPOL_SERVICES && work->record.reason == REASON_TOO_BIG) {
		icmp.type = is_ipv4 ? ICMP_UNREACHABLE : ICMPV6_TOO_BIG;
		icmp.code = is_ipv4 ? ICMP_FRAGMENTATION_NEEDED : 0;
		icmp.sequence = bpf_htons(work->hop.mtu);
	}
	if (length > QUOTE_BYTES)
		length = QUOTE_BYTES;
	if (length < network)
		return false;
	__builtin_memset(work->quote, 0, QUOTE_BYTES);
	if (bpf_skb_load_bytes(skb, ETH_HLEN, work->quote, length))
		return false;
#if NETPOL_TIERS || NETPOL_SERVICES
	if (work->flags & WORK_INGRESS && (tuple->protocol == IPPROTO_UDP || tuple->protocol == IPPROTO_TCP) && !settle_quote(skb, work, length))
		return false;
#endif
	sum = is_ipv4 ? 0 : pseudo_header(tuple, IPPROTO_ICMPV6, sizeof(icmp) + length);
	sum = bpf_csum_diff(NULL, 0, (__be32 *)&icmp, sizeof(icmp), sum);
	sum = bpf_csum_diff(NULL, 0, (__be32 *)work->quote, QUOTE_BYTES, sum);
	icmp.checksum = fold(sum);

	/* What is cut off may be what an offload was to fill in; then the packet is dropped, and nobody told. */
	return !bpf_skb_change_tail(skb, ETH_HLEN + length, 0) &&
	       !bpf_skb_adjust_room(skb, network + sizeof(icmp), BPF_ADJ_ROOM_MAC, 0) && answer_ethernet(skb) &&
	       answer_ip(skb, tuple, is_ipv4 ? IPPROTO_ICMP : IPPROTO_ICMPV6, sizeof(icmp) + length) &&
	       !bpf_skb_store_bytes(skb, ETH_HLEN + network, &icmp, sizeof(icmp), 0);
}

static __always_inline bool is_multicast(const struct tuple *tuple)
{
	if (tuple->family == 4)
		return (bpf_ntohl(tuple->destination.v4) >> 28) == 0xe || tuple->destination.v4 == 0xffffffff;
	return tuple->destination.bytes[0] == 0xff;
}

/* RFC 1122, 3.2.2 and RFC 4443, 2.4: what is never answered. */
static __always_inline bool may_be_answered(const struct packet *packet)
{
	if (packet->fragment == FRAGMENT_LATER || is_icmp_error(packet) || is_multicast(&packet->tuple))
		return false;
	return !(packet->tuple.protocol == IPPROTO_TCP && packet->tcp_flags & TCP_RST);
}

/* What the host's stack brought is refused so by policy alone. */
static __always_inline bool may_answer_at(__u32 flags)
{
	return NETPOL_TIERS || !(flags & WORK_INGRESS) || (NETPOL_SERVICES && flags & WORK_UPLINK);
}

SEC("tc")
int reject(struct __sk_buff *skb)
{
	struct work *work = current_work();
	bool answered = false;

	if (!work)
		return TC_ACT_SHOT;
	fragment_forget(&work->packet);
	if (work->record.verdict == VERDICT_REJECT && may_answer_at(work->flags) && may_be_answered(&work->packet))
		answered = work->packet.tuple.protocol == IPPROTO_TCP && work->record.reason != REASON_TOO_BIG ? answer_tcp(skb, work) :
													answer_icmp(skb, work);
	if (answered) {
		work->record.ifindex = work->device;
		if (work->flags & WORK_UPLINK)
			return finish(work, EXIT_REJECT, bpf_redirect(work->device, 0));
		if (NETPOL_TIERS && work->flags & WORK_INGRESS) {
			skb->mark = ANSWER_MARK;
			return finish(work, EXIT_REJECT, bpf_redirect(work->device, BPF_F_INGRESS));
		}
		return finish(work, EXIT_REJECT, redirect_into(skb, work->device));
	}
	work->record.ifindex = 0;
	return finish(work, EXIT_DROP, TC_ACT_SHOT);
}
