/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Packets in the middle of a translated connection: the container's program has found what to write. This one writes in
 * place, so the verifier puts an unclone test in front of it, and of it alone.
 */
#pragma once

#include "redirect.h"
#include "write_checksum.h"

/* By helpers, which know what every state leaves to do. */
static __always_inline bool replace_checksum(struct __sk_buff *skb, __u32 offset, __u8 protocol, __u32 address, __be16 old_port,
					     __be16 new_port, const bool is_ipv6)
{
	__u64 flags = checksum_flags(protocol);

	/* Older kernels refuse a flag they do not know before they change anything. */
	if (bpf_l4_csum_replace(skb, offset, 0, address, flags | BPF_F_PSEUDO_HDR | (is_ipv6 ? BPF_F_IPV6 : 0)) &&
	    (!is_ipv6 || bpf_l4_csum_replace(skb, offset, 0, address, flags | BPF_F_PSEUDO_HDR)))
		return false;
	return old_port == new_port || !bpf_l4_csum_replace(skb, offset, old_port, new_port, flags | 2);
}

/*
 * The checksum that the header at `transport` has, over addresses that change by `address` and over one port. In place where it is known who
 * makes it: the helpers take longer than all else that becomes of a packet here.
 */
static __always_inline bool rewrite_checksum(struct __sk_buff *skb, __u32 transport, __u8 protocol, __u32 address,
					     __be16 old_port, __be16 new_port, const bool is_ipv6)
{
	__u32 offset = transport + (protocol == IPPROTO_TCP ? TCP_CHECKSUM : UDP_CHECKSUM);
	__u16 *checksum = (void *)(long)skb->data + offset;
	__u32 state = checksum_state(skb);

	if (state == CHECKSUM_UNKNOWN || (void *)(checksum + 1) > (void *)(long)skb->data_end)
		return replace_checksum(skb, offset, protocol, address, old_port, new_port, is_ipv6);
	write_checksum(skb, checksum, protocol, address, sum_of((__u64)address + (__u16)~old_port + new_port), state, is_ipv6);
	return true;
}

static __always_inline bool rewrite_known4(struct __sk_buff *skb, const struct known_translation *known)
{
	const bool is_source = known->is_source;
	__u32 transport = ETH_HLEN + sizeof(struct iphdr), difference;
	struct iphdr *ip = (void *)(long)skb->data + ETH_HLEN;
	__be16 *ports = (void *)(ip + 1);
	__be32 old;

	if ((void *)(ports + 2) > (void *)(long)skb->data_end)
		return false;
	old = is_source ? ip->saddr : ip->daddr;
	difference = words_difference(&old, &known->address.v4, 1);
	if (!rewrite_checksum(skb, transport, ip->protocol, difference, is_source ? ports[0] : ports[1], known->port,
			      false))
		return false;

	ip = (void *)(long)skb->data + ETH_HLEN;
	ports = (void *)(ip + 1);
	if ((void *)(ports + 2) > (void *)(long)skb->data_end)
		return false;
	ip->check = checksum_after(ip->check, difference);
	if (is_source) {
		ip->saddr = known->address.v4;
		ports[0] = known->port;
	} else {
		ip->daddr = known->address.v4;
		ports[1] = known->port;
	}
	return true;
}

static __always_inline bool rewrite_known6(struct __sk_buff *skb, const struct known_translation *known)
{
	const bool is_source = known->is_source;
	__u32 transport = ETH_HLEN + sizeof(struct ipv6hdr), difference;
	struct ipv6hdr *ip = (void *)(long)skb->data + ETH_HLEN;
	__be16 *ports = (void *)(ip + 1);

	if ((void *)(ports + 2) > (void *)(long)skb->data_end)
		return false;
	difference = words_difference((is_source ? &ip->saddr : &ip->daddr)->s6_addr32, known->address.words, 4);
	if (!rewrite_checksum(skb, transport, ip->nexthdr, difference, is_source ? ports[0] : ports[1], known->port,
			      true))
		return false;

	ip = (void *)(long)skb->data + ETH_HLEN;
	ports = (void *)(ip + 1);
	if ((void *)(ports + 2) > (void *)(long)skb->data_end)
		return false;
	if (is_source) {
		__builtin_memcpy(&ip->saddr, &known->address, 16);
		ports[0] = known->port;
	} else {
		__builtin_memcpy(&ip->daddr, &known->address, 16);
		ports[1] = known->port;
	}
	return true;
}

SEC("tc")
int translate_known(struct __sk_buff *skb)
{
	void *data = (void *)(long)skb->data;
	struct work *work = current_work();
	bool rewritten;

	if (!work || data + ETH_HLEN > (void *)(long)skb->data_end)
		return drop_unseen(REASON_NOT_READY);
	if (NETPOL_IPV4 && ((struct ethhdr *)data)->h_proto == bpf_htons(ETH_P_IP))
		rewritten = rewrite_known4(skb, &work->known);
	else
		rewritten = NETPOL_IPV6 && rewrite_known6(skb, &work->known);
	if (!rewritten)
		return drop_unseen(REASON_CHECKSUM);
	if (work->known.device == DEVICE_RECEIVED)
		return finish_established(EXIT_STACK, 0, work->known.service, TC_ACT_UNSPEC);
	return deliver_established(skb, work->known.device, work->known.service);
}
