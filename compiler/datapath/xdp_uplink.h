/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Packets of load balancing where an uplink's driver meets them, before there is an skb: the XDP hook. Those in the middle of a connection
 * that `new_uplink` gave to a backend on another node are rewritten, in both directions and by the same entries as in `translate`, and sent
 * back by the device that they came by. All else is left to `from_uplink`, as it is: what begins or ends a connection, what would be
 * refused, answered or judged anew, and what is not understood. So nothing is decided here.
 */
#pragma once

#include "flow.h"
#include "nat.h"
#include "route.h"
#include "service.h"

#if NETPOL_SERVICES

/*
 * A plain packet of TCP or UDP, which neither opens nor closes its connection. As parse_fast, which knows an skb alone: one function for both
 * leaves new_uplink no room on its stack.
 */
static __always_inline bool read_frame(struct xdp_md *xdp, struct packet *packet)
{
	void *data = (void *)(long)xdp->data;
	void *end = (void *)(long)xdp->data_end;
	struct ethhdr *ethernet = data;
	__u32 length = end - data - ETH_HLEN;
	struct tuple *tuple = &packet->tuple;
	void *transport;

	if (data + ETH_HLEN + sizeof(struct iphdr) + 8 > end)
		return false;
	if (NETPOL_IPV4 && ethernet->h_proto == bpf_htons(ETH_P_IP)) {
		struct iphdr *ip = data + ETH_HLEN;

		if (!is_plain_ipv4(ip, length))
			return false;
		tuple->family = 4;
		tuple->protocol = ip->protocol;
		tuple->source.v4 = ip->saddr;
		tuple->destination.v4 = ip->daddr;
		length = bpf_ntohs(ip->tot_len) - sizeof(*ip);
		transport = ip + 1;
	} else if (NETPOL_IPV6 && ethernet->h_proto == bpf_htons(ETH_P_IPV6)) {
		struct ipv6hdr *ip = data + ETH_HLEN;

		if (data + ETH_HLEN + sizeof(*ip) + 8 > end || !is_plain_ipv6(ip, length))
			return false;
		tuple->family = 6;
		tuple->protocol = ip->nexthdr;
		copy_ipv6(&tuple->source, &ip->saddr);
		copy_ipv6(&tuple->destination, &ip->daddr);
		length = bpf_ntohs(ip->payload_len);
		transport = ip + 1;
	} else {
		return false;
	}
	tuple->echo = ECHO_NONE;
	tuple->reserved = 0;
	packet->transport = transport - data;
	packet->transport_length = length;
	packet->signal = SIGNAL_NONE;
	return (tuple->protocol == IPPROTO_TCP || tuple->protocol == IPPROTO_UDP) && parse_fast_transport(packet, transport, end, length) &&
	       packet->signal == SIGNAL_NONE;
}

static __always_inline bool read_forward(const struct place *place, __u32 *epoch, __u32 *seen, const bool is_ipv6)
{
	struct connection_set *set = set_at(place->set, is_ipv6);
	const struct connection *connection;
	__u32 way = place->way;

	if (!set || way >= CONNECTION_WAYS)
		return false;
	connection = key_connection(entry_key(set, way, is_ipv6), is_ipv6);
	*epoch = connection->epoch;
	*seen = connection->seen;
	return is_unchanged(connection, place->version);
}

/*
 * Of the entry that has the packet's own addresses: a forward one is gone from work->found by now, and `struct found` does not keep what
 * nobody else asks, as new_uplink's stack has no room. False: it was written to meanwhile.
 */
static __always_inline bool read_own_entry(const struct work *work, const struct found *found, __u32 *epoch, __u32 *seen)
{
	const struct place *place = &work->place[PLACE_FORWARD];

	if (!found->by_service) {
		*epoch = found->connection->epoch;
		*seen = found->connection->seen;
		return true;
	}
	if (NETPOL_IPV4 && work->packet.tuple.family == 4)
		return read_forward(place, epoch, seen, false);
	return NETPOL_IPV6 && read_forward(place, epoch, seen, true);
}

/*
 * Finds what the packet becomes, into work->target, if `translate` would send it on by route without a word. Its source was looked up
 * since the last verdict: of the forward entry the epoch says so, of the main one CONNECTION_BY_UPLINK too.
 */
static __always_inline bool find_forwarded(struct work *work, struct found *found, __u32 *seen, __u32 time)
{
	const struct state *state = current_state();
	const struct connection *connection;
	struct tuple client;
	__u32 epoch;

	if (!state || !connection_find(work, &work->packet.tuple, found) || !read_own_entry(work, found, &epoch, seen))
		return false;
	connection = found->connection;
	if ((connection->flags & (CONNECTION_TRANSLATED | CONNECTION_MASQUERADED | CONNECTION_BY_UPLINK | CONNECTION_DRAINING)) !=
	    (CONNECTION_TRANSLATED | CONNECTION_MASQUERADED | CONNECTION_BY_UPLINK))
		return false;
	if (epoch != state->epoch || connection->epoch != state->epoch || connection->closed > CLOSED_BY_RESPONDER ||
	    silence(connection, time) > (__s32)LIFETIME_UNANSWERED || found->reply == found->by_service)
		return false;
	if (found->reply) {
		client_view(&client, connection, &work->subject);
		reverse(&work->target, &client);
	} else {
		work->target = work->subject;
	}
	return true;
}

/* Asks the routes as find_hop() does. Only what goes back by the device that it came by, to which the frame was addressed. */
static __always_inline bool find_way_back(struct xdp_md *xdp, const struct work *work, struct bpf_fib_lookup *route)
{
	const struct tuple *target = &work->target;
	void *data = (void *)(long)xdp->data;
	const struct ethhdr *ethernet = data;

	route->ifindex = xdp->ingress_ifindex;
	/* What is too big is told so by `translate`. */
	route->tot_len = work->packet.transport + work->packet.transport_length - ETH_HLEN;
	if (target->family == 4) {
		route->family = FAMILY_IPV4;
		route->ipv4_src = target->source.v4;
		route->ipv4_dst = target->destination.v4;
	} else {
		route->family = FAMILY_IPV6;
		__builtin_memcpy(route->ipv6_src, &target->source, 16);
		__builtin_memcpy(route->ipv6_dst, &target->destination, 16);
	}
	if (bpf_fib_lookup(xdp, route, sizeof(*route), 0) != BPF_FIB_LKUP_RET_SUCCESS || route->ifindex != xdp->ingress_ifindex)
		return false;
	return data + ETH_HLEN <= (void *)(long)xdp->data_end && !__builtin_memcmp(ethernet->h_dest, route->smac, ETH_ALEN);
}

/* As `translate` does, for as long as packets come: once in a unit of time. */
static __always_inline void touch_forwarded(struct work *work, const struct found *found, __u32 seen, __u32 time)
{
	struct connection *connection = found->connection;

	if ((__s32)(time - seen) <= 0 && !(found->reply && !connection->answered))
		return;
	connection_touch(connection, SIGNAL_NONE, found->reply, time);
	load_heard(work, time, false);
	connection_update(work, work->packet.tuple.family, PLACE_FOUND);
	if (found->by_service)
		connection_update(work, work->packet.tuple.family, PLACE_FORWARD);
}

/* Sum of the pseudo header, folded as the kernel leaves it where a checksum is the device's to finish (CHECKSUM_PARTIAL). */
static __always_inline __u16 pseudo_sum(const struct packet *packet)
{
	const struct tuple *tuple = &packet->tuple;
	__u64 sum = bpf_htons(packet->transport_length) + (__u32)bpf_htons(tuple->protocol);
	int i;

	unroll
	for (i = 0; i < 4; i++)
		if (i == 0 || tuple->family == 6)
			sum += (__u64)tuple->source.words[i] + tuple->destination.words[i];
	sum = (__u32)sum + (sum >> 32);
	sum = (sum & 0xffff) + (sum >> 16 & 0xffff) + (sum >> 32);
	sum = (sum & 0xffff) + (sum >> 16);
	return (sum & 0xffff) + (sum >> 16);
}

/*
 * Writes what work->target says, one hop less, and the next hop's frame. False: nothing was written, as there are no hops left or the checksum
 * is the device's to finish: in virtual networks packets come by that never see a wire.
 */
static __always_inline bool rewrite_frame(struct xdp_md *xdp, const struct work *work, const struct bpf_fib_lookup *route)
{
	const struct tuple *tuple = &work->packet.tuple, *target = &work->target;
	const bool is_ipv4 = NETPOL_IPV4 && (!NETPOL_IPV6 || tuple->family == 4), is_udp = tuple->protocol == IPPROTO_UDP;
	__u32 addresses = addresses_difference(tuple, target);
	void *data = (void *)(long)xdp->data;
	void *network = data + ETH_HLEN, *transport = network + (is_ipv4 ? sizeof(struct iphdr) : sizeof(struct ipv6hdr));
	__u16 *ports = transport, *checksum = transport + (is_udp ? UDP_CHECKSUM : TCP_CHECKSUM);
	__u8 *hops = network + (is_ipv4 ? IPV4_HOPS : IPV6_HOPS);
	struct ethhdr *ethernet = data;

	if ((void *)(checksum + 1) > (void *)(long)xdp->data_end || *hops <= 1 || *checksum == pseudo_sum(&work->packet))
		return false;
	/* 0 of UDP: none. */
	if (!is_udp || *checksum) {
		*checksum = checksum_after(*checksum, ends_difference(tuple, target, addresses));
		if (is_udp && !*checksum)
			*checksum = 0xffff;
	}
	ports[0] = target->source_port;
	ports[1] = target->destination_port;
	--*hops;
	if (is_ipv4) {
		struct iphdr *ip = network;

		/* What one hop less changes the word of hops and protocol by. */
		ip->check = checksum_after(checksum_after(ip->check, addresses), (__u16)~bpf_htons(0x0100));
		ip->saddr = target->source.v4;
		ip->daddr = target->destination.v4;
	} else {
		struct ipv6hdr *ip = network;

		__builtin_memcpy(&ip->saddr, &target->source, 16);
		__builtin_memcpy(&ip->daddr, &target->destination, 16);
	}
	__builtin_memcpy(ethernet->h_dest, route->dmac, ETH_ALEN);
	__builtin_memcpy(ethernet->h_source, route->smac, ETH_ALEN);
	return true;
}

static __always_inline void count_sent(__u32 way)
{
	__u64 *count = bpf_map_lookup_elem(&xdp_packets, &way);

	if (count)
		++*count;
}

SEC("xdp")
int xdp_uplink(struct xdp_md *xdp)
{
	struct work *work = current_work();
	struct bpf_fib_lookup route = {};
	struct found found;
	__u32 time, seen;

	if (!work || !read_frame(xdp, &work->packet))
		return XDP_PASS;
	time = now(work);
	if (!find_forwarded(work, &found, &seen, time) || !find_way_back(xdp, work, &route) || !rewrite_frame(xdp, work, &route))
		return XDP_PASS;
	touch_forwarded(work, &found, seen, time);
	count_sent(found.reply ? XDP_TO_CLIENT : XDP_TO_BACKEND);
	return finish_established(EXIT_STRAIGHT, route.ifindex, found.connection->service, XDP_TX);
}

/* What the driver of an uplink runs, and stays. */
SEC("xdp")
int xdp_uplink_stub(struct xdp_md *xdp)
{
	const struct control *current;
	__u32 zero = 0;

	current = bpf_map_lookup_elem(&control, &zero);
	if (current) {
		/* As enter(). */
		if (*(volatile __u32 *)&current->generation & 1) {
			bpf_tail_call(xdp, &xdp_programs, 1);
			barrier();
		} else {
			bpf_tail_call(xdp, &xdp_programs, 0);
		}
	}
	return XDP_PASS;
}

#endif
