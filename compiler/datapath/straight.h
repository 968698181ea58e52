/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Straight delivery: what a container sends to another node leaves by the device that the node's routes name, past the host's
 * stack and its netfilter. What that stack would do with a packet that it forwards is done here: the route, by the kernel's own
 * tables and rules, the TTL, the largest packet. Whatever else it would do is left to it: every doubt ends in the stack.
 *
 * `straight4` and `straight6` say which destinations may; where none may, these programs are in no array, and calls of them
 * come back.
 */
#pragma once

#include "conntrack.h"
#include "flow.h"

#include <linux/if_packet.h>

_Static_assert(ROUTES == 1 << 10 && sizeof(struct route) == 64, "an index is the highest bits of a hash, an entry a cache line");

/* The bytes from the TTL to the end of the checksum, as a router leaves them; of IPv6 the hop limit alone. */
struct hops {
	__u8 left;
	__u8 protocol;
	__u16 checksum;
};

/* A packet that a router may send on. */
struct departure {
	struct ip_address source;
	struct ip_address destination;
	__u32 length;		/* without Ethernet; of what the device cuts into packets, of the longest of these */
	struct hops hops;
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

static __always_inline bool look_at_departing4(struct __sk_buff *skb, struct iphdr *ip, void *end, struct departure *out)
{
	__u32 checksum;

	if ((void *)(ip + 1) > end || *(__u8 *)ip != 0x45 || ip->ttl <= 1)
		return false;
	out->source.v4 = ip->saddr;
	out->destination.v4 = ip->daddr;
	out->length = longest_packet(skb, ip->protocol, (void *)(ip + 1), sizeof(*ip), end);
	/* RFC 1141: one less in the upper byte of a word. */
	checksum = ip->check + bpf_htons(0x100);
	out->hops.left = ip->ttl - 1;
	out->hops.protocol = ip->protocol;
	out->hops.checksum = checksum + (checksum >= 0xffff);
	return true;
}

/* Hop-by-hop options are every router's to read. */
static __always_inline bool look_at_departing6(struct __sk_buff *skb, struct ipv6hdr *ip, void *end, struct departure *out)
{
	if ((void *)(ip + 1) > end || ip->version != 6 || ip->hop_limit <= 1 || ip->nexthdr == IPPROTO_HOPOPTS)
		return false;
	copy_ipv6(&out->source, &ip->saddr);
	copy_ipv6(&out->destination, &ip->daddr);
	out->length = longest_packet(skb, ip->nexthdr, (void *)(ip + 1), sizeof(*ip), end);
	out->hops.left = ip->hop_limit - 1;
	out->is_ipv6 = true;
	return true;
}

/* What is not for this node's MAC address is bridged; a mark may be what routes ask for. */
static __always_inline bool look_at_departing(struct __sk_buff *skb, struct departure *out)
{
	void *data = (void *)(long)skb->data, *end = (void *)(long)skb->data_end;
	__be16 type;

	if (skb->pkt_type != PACKET_HOST || skb->mark || skb->vlan_present || data + ETH_HLEN > end)
		return false;
	type = ((struct ethhdr *)data)->h_proto;
	if (NETPOL_IPV4 && type == bpf_htons(ETH_P_IP))
		return look_at_departing4(skb, data + ETH_HLEN, end, out);
	return NETPOL_IPV6 && type == bpf_htons(ETH_P_IPV6) && look_at_departing6(skb, data + ETH_HLEN, end, out);
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
static __always_inline void ask_route(struct __sk_buff *skb, const struct departure *packet, struct route *route, __u32 time)
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
	route->mtu = way.mtu_result;
	route->family = way.family;
	__builtin_memcpy(route->next_hop, way.ipv6_dst, 16);
	route->ifindex = way.ifindex;
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

static __always_inline bool count_hop(struct __sk_buff *skb, const struct departure *packet)
{
	if (packet->is_ipv6)
		return !bpf_skb_store_bytes(skb, ETH_HLEN + offsetof(struct ipv6hdr, hop_limit), &packet->hops, 1, BPF_F_RECOMPUTE_CSUM);
	return !bpf_skb_store_bytes(skb, ETH_HLEN + offsetof(struct iphdr, ttl), &packet->hops, sizeof(packet->hops), 0);
}

/* What the hook answers; `device` is where the packet goes, 0: to the next program and the stack. */
static __always_inline int go_straight(struct __sk_buff *skb, struct work *work, __u32 *device)
{
	struct bpf_redir_neigh next = {};
	struct departure packet = {};
	struct route *route;
	__u32 index, time;

	*device = 0;
	if (!look_at_departing(skb, &packet))
		return TC_ACT_UNSPEC;
	index = route_index(&packet);
	route = bpf_map_lookup_elem(&routes, &index);
	if (!route)
		return TC_ACT_UNSPEC;
	time = now(work);
	if (!is_known(route, &packet, time))
		ask_route(skb, &packet, route, time);
	/* Too long: the stack cuts it or tells the sender. */
	if (!route->ifindex || packet.length > route->mtu || !count_hop(skb, &packet))
		return TC_ACT_UNSPEC;
	*device = route->ifindex;
	next.nh_family = route->family;
	__builtin_memcpy(next.ipv6_nh, route->next_hop, 16);
	return bpf_redirect_neigh(route->ifindex, &next, sizeof(next), 0);
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
