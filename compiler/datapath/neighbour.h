/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* ARP, neighbour discovery and multicast listeners: passed without a verdict, but only in the sender's own name. */
#pragma once

#include "judge.h"

static __always_inline bool is_mac(const struct work *work, const __u8 *mac)
{
	const __u16 *own = (const __u16 *)work->mac, *claimed = (const __u16 *)mac;

	if (!(own[0] | own[1] | own[2]))
		return true;
	return own[0] == claimed[0] && own[1] == claimed[1] && own[2] == claimed[2];
}

/* Is it an address of the endpoint whose hook this is? */
static __always_inline bool is_own(const struct work *work, __u8 family, const struct ip_address *address)
{
	const struct address *entry = address_find(family, address);

	return entry && entry->endpoint && entry->endpoint == work->endpoint;
}

static __always_inline bool is_unspecified(const struct ip_address *address)
{
	return !(address->halves[0] | address->halves[1]);
}

/* The link-local address that the kernel makes of the endpoint's MAC (RFC 4291, appendix A). */
static __always_inline bool is_own_link_local(const struct work *work, const struct ip_address *address)
{
	const __u8 *mac = work->mac, *bytes = address->bytes;
	__u16 any = mac[0] | mac[1] | mac[2] | mac[3] | mac[4] | mac[5];

	if (address->words[0] != bpf_htonl(0xfe800000) || address->words[1])
		return false;
	if (!any)
		return true;
	return bytes[8] == (mac[0] ^ 2) && bytes[9] == mac[1] && bytes[10] == mac[2] && bytes[11] == 0xff &&
	       bytes[12] == 0xfe && bytes[13] == mac[3] && bytes[14] == mac[4] && bytes[15] == mac[5];
}

/* Does this ARP frame speak for nobody but its sender? 0.0.0.0 asks before an address is used (RFC 5227). */
static __always_inline bool arp_is_honest(struct __sk_buff *skb, const struct work *work)
{
	struct ip_address sender;
	struct arp_ipv4 arp;

	if (bpf_skb_load_bytes(skb, ETH_HLEN, &arp, sizeof(arp)) || arp.hardware != bpf_htons(ARP_ETHERNET) ||
	    arp.protocol != bpf_htons(ETH_P_IP) || arp.hardware_length != 6 || arp.protocol_length != 4 ||
	    !is_mac(work, arp.sender_mac))
		return false;
	__builtin_memcpy(&sender.v4, arp.sender, 4);
	if (!sender.v4)
		return arp.operation == bpf_htons(ARP_REQUEST);
	return is_own(work, 4, &sender);
}

static __always_inline bool is_neighbour_discovery(const struct packet *packet)
{
	return packet->icmp_type >= ND_ROUTER_SOLICIT && packet->icmp_type <= ND_REDIRECT;
}

static __always_inline bool is_listener(const struct packet *packet)
{
	return (packet->icmp_type >= MLD_QUERY && packet->icmp_type <= MLD_DONE) || packet->icmp_type == MLD2_REPORT;
}

/* The hop limit that no router leaves: 255 in neighbour discovery, 1 for listeners. */
static __always_inline bool is_from_link(struct __sk_buff *skb, const struct packet *packet)
{
	__u8 hops;

	if (bpf_skb_load_bytes(skb, packet->network + offsetof(struct ipv6hdr, hop_limit), &hops, 1))
		return false;
	return hops == (is_listener(packet) ? 1 : 255);
}

/* Is this neighbour discovery or listener report, sent by the endpoint, about its own addresses alone? */
static __always_inline bool discovery_is_honest(struct __sk_buff *skb, const struct work *work)
{
	const struct packet *packet = &work->packet;
	const struct ip_address *source = &packet->tuple.source;
	struct ip_address target;

	if (!is_from_link(skb, packet))
		return false;
	if (is_listener(packet))
		return packet->icmp_type != MLD_QUERY && (is_unspecified(source) || is_own_link_local(work, source));
	if (packet->icmp_type == ND_ROUTER_ADVERT || packet->icmp_type == ND_REDIRECT)
		return false;
	if (packet->icmp_type == ND_ROUTER_SOLICIT)
		return is_unspecified(source) || is_own_link_local(work, source) || is_own(work, 6, source);

	if (bpf_skb_load_bytes(skb, packet->transport + 8, &target, 16))
		return false;
	if (packet->icmp_type == ND_NEIGHBOUR_SOLICIT && !is_unspecified(source))
		return is_own_link_local(work, source) || is_own(work, 6, source);
	/* Duplicate address detection, and answers: about an address of one's own. */
	return (packet->icmp_type == ND_NEIGHBOUR_SOLICIT || is_own_link_local(work, source) || is_own(work, 6, source)) &&
	       (is_own_link_local(work, &target) || is_own(work, 6, &target));
}
