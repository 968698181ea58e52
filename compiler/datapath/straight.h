/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Straight delivery: what a container sends to another node leaves by the device that the node's routes name, past the host's
 * stack and its netfilter. What that stack would do with a packet that it forwards is done here: the route, by the kernel's own
 * tables and rules, the MAC addresses, the TTL, the longest packet. Whatever else it would do is left to it: every doubt ends in the stack.
 *
 * `straight4` and `straight6` say which destinations may; where none may, these programs are in no array, and calls of them
 * come back.
 */
#pragma once

#include "conntrack.h"
#include "flow.h"

#include <linux/if_packet.h>

_Static_assert(ROUTES == 1 << 10 && sizeof(struct route) == 64, "an index is the highest bits of a hash, an entry a cache line");

/* A packet that a router may send on. */
struct departure {
	void *frame;		/* of which the headers are in reach */
	struct ip_address source;
	struct ip_address destination;
	__u32 length;		/* without Ethernet; of what the device cuts into packets, of the longest of these */
	bool is_ipv6;
};

/* Of what is cut into others than TCP segments, the headers to be repeated are not known here. */
static __always_inline __u32 longest_packet(struct __sk_buff *skb, __u8 protocol, const struct tcphdr *tcp, __u32 header, void *end)
{
	if (!skb->gso_size)
		return skb->len - ETH_HLEN;
	if (protocol != IPPROTO_TCP || (void *)(tcp + 1) > end)
		return ~0U;
	return header + tcp->doff * 4 + skb->gso_size;
}

static __always_inline bool look_at_departing4(struct __sk_buff *skb, struct departure *out)
{
	void *end = (void *)(long)skb->data_end;
	struct iphdr *ip = out->frame + ETH_HLEN;

	if ((void *)(ip + 1) > end || *(__u8 *)ip != 0x45 || ip->ttl <= 1)
		return false;
	out->source.v4 = ip->saddr;
	out->destination.v4 = ip->daddr;
	out->length = longest_packet(skb, ip->protocol, (void *)(ip + 1), sizeof(*ip), end);
	return true;
}

/* Hop-by-hop options are every router's to read. */
static __always_inline bool look_at_departing6(struct __sk_buff *skb, struct departure *out)
{
	void *end = (void *)(long)skb->data_end;
	struct ipv6hdr *ip = out->frame + ETH_HLEN;

	if ((void *)(ip + 1) > end || ip->version != 6 || ip->hop_limit <= 1 || ip->nexthdr == IPPROTO_HOPOPTS)
		return false;
	copy_ipv6(&out->source, &ip->saddr);
	copy_ipv6(&out->destination, &ip->daddr);
	out->length = longest_packet(skb, ip->nexthdr, (void *)(ip + 1), sizeof(*ip), end);
	out->is_ipv6 = true;
	return true;
}

/* What is not for this node's MAC address is bridged; a mark may be what routes ask for. */
static __always_inline bool look_at_departing(struct __sk_buff *skb, struct departure *out)
{
	__be16 type;

	out->frame = (void *)(long)skb->data;
	if (skb->pkt_type != PACKET_HOST || skb->mark || out->frame + ETH_HLEN > (void *)(long)skb->data_end)
		return false;
	type = ((struct ethhdr *)out->frame)->h_proto;
	if (NETPOL_IPV4 && type == bpf_htons(ETH_P_IP))
		return look_at_departing4(skb, out);
	return NETPOL_IPV6 && type == bpf_htons(ETH_P_IPV6) && look_at_departing6(skb, out);
}

static __always_inline bool may_go_straight(const struct departure *packet)
{
	const struct straight *straight = NULL;

	if (NETPOL_IPV6 && packet->is_ipv6) {
		struct prefix6_key key = { .length = 128 };

		__builtin_memcpy(key.address, &packet->destination, 16);
		straight = bpf_map_lookup_elem(&straight6, &key);
	} else if (NETPOL_IPV4) {
		struct prefix4_key key = { .length = 32, .address = packet->destination.v4 };

		straight = bpf_map_lookup_elem(&straight4, &key);
	}
	return straight && straight->is_allowed;
}

/*
 * Asks the kernel where it would forward what goes between these two. No port is told: all packets of a pair take one way, also
 * where there are more. All but a route to a known neighbour is the stack's: this node's own addresses, blackholes, tunnels of a
 * route's own, neighbours that have yet to be asked for.
 */
static __always_inline void ask_route(struct __sk_buff *skb, const struct departure *packet, struct route *route, __u32 time,
				      struct bpf_redir_neigh *next)
{
	struct bpf_fib_lookup way = { .ifindex = skb->ifindex, .tot_len = 1 /* answered by the longest there may be */ };

	__builtin_memcpy(route->source, &packet->source, 16);
	__builtin_memcpy(route->destination, &packet->destination, 16);
	route->time = time;
	route->ifindex = 0;
	if (!may_go_straight(packet))
		return;
	if (packet->is_ipv6) {
		way.family = FAMILY_IPV6;
		__builtin_memcpy(way.ipv6_src, &packet->source, 16);
		__builtin_memcpy(way.ipv6_dst, &packet->destination, 16);
	} else {
		way.family = FAMILY_IPV4;
		way.ipv4_src = packet->source.v4;
		way.ipv4_dst = packet->destination.v4;
	}
	if (bpf_fib_lookup(skb, &way, sizeof(way), 0) != BPF_FIB_LKUP_RET_SUCCESS || way.ifindex == skb->ifindex)
		return;
	__builtin_memcpy(route->mac, way.dmac, 6);
	__builtin_memcpy(route->mac + 6, way.smac, 6);
	route->mtu = way.mtu_result;
	route->ifindex = way.ifindex;
	next->nh_family = way.family;
	__builtin_memcpy(next->ipv6_nh, way.ipv6_dst, 16);
}

static __always_inline __u32 route_index(const struct departure *packet)
{
	const __u64 *source = packet->source.halves, *destination = packet->destination.halves;

	return (3 * (source[0] + source[1]) + destination[0] + destination[1]) * 0xd6e8feb86659fd93ULL >> 54;
}

static __always_inline bool is_known(const struct route *route, const struct departure *packet, __u32 time)
{
	const word64 *source = (const word64 *)route->source, *destination = (const word64 *)route->destination;

	return !((source[0] ^ packet->source.halves[0]) | (source[1] ^ packet->source.halves[1]) |
		 (destination[0] ^ packet->destination.halves[0]) | (destination[1] ^ packet->destination.halves[1]) |
		 (route->time ^ time));
}

/* No sum over the whole packet is to be kept (CHECKSUM_COMPLETE): only what a device has received has one. */
static __always_inline void write_headers(const struct departure *packet, const struct route *route)
{
	const word32 *mac = (const word32 *)route->mac;
	word32 *frame = packet->frame;
	int i;

	unroll
	for (i = 0; i < (int)sizeof(route->mac) / 4; i++)
		frame[i] = mac[i];
	if (packet->is_ipv6) {
		((struct ipv6hdr *)(packet->frame + ETH_HLEN))->hop_limit--;
	} else {
		struct iphdr *ip = packet->frame + ETH_HLEN;
		/* RFC 1141: one less in the upper byte of a word. */
		__u32 checksum = ip->check + bpf_htons(0x100);

		ip->ttl--;
		ip->check = checksum + (checksum >= 0xffff);
	}
}

/*
 * What the hook answers; `device` is where the packet goes, 0: to the next program and the stack. The packet that has asked for the
 * route goes by the kernel's table of neighbours, which so learns that the entry is in use, and probes it; those that follow bear
 * the addresses that were answered.
 */
static __always_inline int go_straight(struct __sk_buff *skb, struct work *work, __u32 *device)
{
	struct bpf_redir_neigh next = {};
	struct departure packet = {};
	struct route *route;
	__u32 index, time;
	bool is_asked;

	*device = 0;
	if (!look_at_departing(skb, &packet))
		return TC_ACT_UNSPEC;
	index = route_index(&packet);
	route = bpf_map_lookup_elem(&routes, &index);
	if (!route)
		return TC_ACT_UNSPEC;
	time = now(work);
	is_asked = !is_known(route, &packet, time);
	if (is_asked)
		ask_route(skb, &packet, route, time, &next);
	/* Too long: the stack cuts it or tells the sender. */
	if (!route->ifindex || packet.length > route->mtu)
		return TC_ACT_UNSPEC;
	write_headers(&packet, route);
	*device = route->ifindex;
	return is_asked ? bpf_redirect_neigh(route->ifindex, &next, sizeof(next), 0) : bpf_redirect(route->ifindex, 0);
}

SEC("tc")
int straight(struct __sk_buff *skb)
{
	struct work *work = current_work();
	__u32 device;
	int code;

	if (!work)
		return TC_ACT_SHOT;
	code = go_straight(skb, work, &device);
	work->record.ifindex = device;
	return finish(work, device ? EXIT_STRAIGHT : EXIT_STACK, code);
}

/* The same where the container's program has said all that there is to say about the packet. */
SEC("tc")
int straight_known(struct __sk_buff *skb)
{
	struct work *work = current_work();
	struct flow_record *record;
	__u32 zero = 0, device;
	int code;

	if (!work)
		return TC_ACT_SHOT;
	code = go_straight(skb, work, &device);
	record = bpf_map_lookup_elem(&flow_record, &zero);
	if (device && record) {
		record->exit = EXIT_STRAIGHT;
		record->ifindex = device;
	}
	return code;
}
