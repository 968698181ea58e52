/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * The common frame, read in place: Ethernet, IPv4 without options or IPv6 without extension headers, no fragment, then
 * TCP, UDP, SCTP or ICMP echo, all of it linear. Whatever else it may be, good or bad, is for parse_slow.h.
 */
#pragma once

#include <linux/if_ether.h>
#include <linux/in.h>
#include <linux/ip.h>
#include <linux/ipv6.h>
#include <linux/pkt_cls.h>
#include <linux/tcp.h>
#include <linux/udp.h>
#include <bpf/bpf_endian.h>

#include "packet.h"
#include "protocols.h"

#define unroll _Pragma("clang loop unroll(full)")
#define once_each _Pragma("nounroll")

#define IPV4_MORE_FRAGMENTS	0x2000
#define IPV4_FRAGMENT_OFFSET	0x1fff

#define TCP_FIN	0x01
#define TCP_SYN	0x02
#define TCP_RST	0x04
#define TCP_ACK	0x10

static __always_inline __u8 tcp_signal(__u8 flags)
{
	if (flags & TCP_RST)
		return SIGNAL_RESET;
	if ((flags & (TCP_SYN | TCP_ACK)) == TCP_SYN)
		return SIGNAL_OPEN;
	return flags & TCP_FIN ? SIGNAL_CLOSE : SIGNAL_NONE;
}

static __always_inline __u8 sctp_signal(__u8 chunk)
{
	if (chunk == SCTP_INIT)
		return SIGNAL_OPEN;
	if (chunk == SCTP_ABORT || chunk == SCTP_SHUTDOWN_COMPLETE)
		return SIGNAL_RESET;
	return chunk == SCTP_SHUTDOWN || chunk == SCTP_SHUTDOWN_ACK ? SIGNAL_CLOSE : SIGNAL_NONE;
}

/* ICMP types that ask and answer with an identifier. */
static __always_inline __u8 echo_of(__u8 protocol, __u8 type)
{
	if (protocol == IPPROTO_ICMP)
		return type == ICMP_ECHO_REQUEST ? ECHO_REQUEST : type == ICMP_ECHO_REPLY ? ECHO_REPLY : ECHO_NONE;
	return type == ICMPV6_ECHO_REQUEST ? ECHO_REQUEST : type == ICMPV6_ECHO_REPLY ? ECHO_REPLY : ECHO_NONE;
}

/* Of a header that is in reach, in a frame of which `length` bytes are there from it on. */
static __always_inline bool is_plain_ipv4(const struct iphdr *ip, __u32 length)
{
	__u32 total = bpf_ntohs(ip->tot_len);

	return *(const __u8 *)ip == 0x45 && !(ip->frag_off & bpf_htons(IPV4_MORE_FRAGMENTS | IPV4_FRAGMENT_OFFSET)) &&
	       total >= sizeof(*ip) + 8 && total <= length;
}

static __always_inline bool is_plain_ipv6(const struct ipv6hdr *ip, __u32 length)
{
	__u32 payload = bpf_ntohs(ip->payload_len);

	return ip->version == 6 && payload >= 8 && payload + sizeof(*ip) <= length;
}

static __always_inline bool is_plain_tcp(const struct tcphdr *tcp, __u32 length)
{
	return tcp->doff >= 5 && tcp->doff * 4 <= length;
}

static __always_inline bool is_plain_udp(const struct udphdr *udp, __u32 length)
{
	__u32 datagram = bpf_ntohs(udp->len);

	return datagram >= sizeof(*udp) && datagram <= length;
}

/* Ports, flags and signal of a transport header that begins at `transport` and has `length` bytes. */
static __always_inline bool parse_fast_transport(struct packet *packet, void *transport, void *end, __u32 length)
{
	struct tuple *tuple = &packet->tuple;
	__u16 *ports = transport;

	if (tuple->protocol == IPPROTO_TCP) {
		struct tcphdr *tcp = transport;

		if (transport + sizeof(*tcp) > end || !is_plain_tcp(tcp, length))
			return false;
		packet->tcp_flags = ((__u8 *)tcp)[13];
		packet->signal = tcp_signal(packet->tcp_flags);
	} else if (tuple->protocol == IPPROTO_UDP) {
		if (!is_plain_udp(transport, length))
			return false;
	} else if (tuple->protocol == IPPROTO_SCTP) {
		if (transport + SCTP_HEADER + 4 > end || length < SCTP_HEADER + 4)
			return false;
		packet->signal = sctp_signal(((__u8 *)transport)[SCTP_HEADER]);
	} else if (tuple->protocol == (tuple->family == 4 ? IPPROTO_ICMP : IPPROTO_ICMPV6)) {
		struct icmp_header *icmp = transport;

		tuple->echo = echo_of(tuple->protocol, icmp->type);
		if (!tuple->echo || length < sizeof(*icmp))
			return false;
		packet->icmp_type = icmp->type;
		packet->icmp_code = icmp->code;
		tuple->source_port = icmp->id;
		tuple->destination_port = icmp->id;
		return true;
	} else {
		return false;
	}
	tuple->source_port = ports[0];
	tuple->destination_port = ports[1];
	return true;
}

static __always_inline void packet_begin(struct __sk_buff *skb, struct packet *packet)
{
	word64 *words = (word64 *)packet;
	int i;

	/* All but the addresses. */
	unroll
	for (i = offsetof(struct packet, tuple.source_port) / 8; i < (int)sizeof(*packet) / 8; i++)
		words[i] = 0;
	packet->length = skb->len;
	packet->network = ETH_HLEN;
}

/* In two words: neither aligned in the packet, nor need they be where this runs. */
static __always_inline void copy_ipv6(struct ip_address *out, const struct in6_addr *address)
{
	const word64 *halves = (const word64 *)address;

	out->halves[0] = halves[0];
	out->halves[1] = halves[1];
}

static __always_inline bool parse_fast(struct __sk_buff *skb, struct packet *packet)
{
	void *data = (void *)(long)skb->data;
	void *end = (void *)(long)skb->data_end;
	struct ethhdr *ethernet = data;
	__u32 length = skb->len - ETH_HLEN;
	void *transport;

	packet_begin(skb, packet);
	/* A tag taken out of the frame: an IP ethertype, but not a frame for this network. */
	if (skb->vlan_present || data + ETH_HLEN + sizeof(struct iphdr) + 8 > end)
		return false;

	if (NETPOL_IPV4 && ethernet->h_proto == bpf_htons(ETH_P_IP)) {
		struct iphdr *ip = data + ETH_HLEN;

		if (!is_plain_ipv4(ip, length))
			return false;
		packet->tuple.family = 4;
		packet->tuple.protocol = ip->protocol;
		packet->tuple.source.v4 = ip->saddr;
		packet->tuple.destination.v4 = ip->daddr;
		packet->transport = ETH_HLEN + sizeof(*ip);
		length = bpf_ntohs(ip->tot_len) - sizeof(*ip);
		transport = data + ETH_HLEN + sizeof(*ip);
	} else if (NETPOL_IPV6 && ethernet->h_proto == bpf_htons(ETH_P_IPV6)) {
		struct ipv6hdr *ip = data + ETH_HLEN;

		if (data + ETH_HLEN + sizeof(*ip) + 8 > end || !is_plain_ipv6(ip, length))
			return false;
		packet->tuple.family = 6;
		packet->tuple.protocol = ip->nexthdr;
		copy_ipv6(&packet->tuple.source, &ip->saddr);
		copy_ipv6(&packet->tuple.destination, &ip->daddr);
		packet->transport = ETH_HLEN + sizeof(*ip);
		length = bpf_ntohs(ip->payload_len);
		transport = data + ETH_HLEN + sizeof(*ip);
	} else {
		return false;
	}
	packet->transport_length = length;
	return parse_fast_transport(packet, transport, end, length);
}

/* In a shared program: reads what the container's own program has read, for all who come after. */
static __always_inline bool parse_again(struct __sk_buff *skb, struct work *work)
{
	if (work->flags & WORK_PARSED)
		return true;
	work->flags |= WORK_PARSED;
	return parse_fast(skb, &work->packet);
}
