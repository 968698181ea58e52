/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * The container's own programs: parse, source check, one look-up, deliver. No policy is in them, nothing is written to
 * the packet (a direct write would put an unclone test before the whole program), and whatever is not plain is handed
 * over to a shared program.
 */
#pragma once

#include "redirect.h"

volatile const struct endpoint_constants endpoint __attribute__((section(".rodata.endpoint"), used));

/* The container whose code this is: frozen constants, or in a provisional program an entry of endpoint_constants. */
typedef const volatile struct endpoint_constants self_t;

/* More addresses a family are right too, but slow finds that out, by `addresses`. */
#define FAST_OWN_ADDRESSES 2

static __always_inline bool is_own4(self_t *self, __be32 address)
{
	int i;

	unroll
	for (i = 0; i < FAST_OWN_ADDRESSES; i++)
		if (i < self->addresses4 && address == self->address4[i])
			return true;
	return false;
}

static __always_inline bool is_own6(self_t *self, const struct ip_address *address)
{
	int i;

	unroll
	for (i = 0; i < FAST_OWN_ADDRESSES; i++) {
		const volatile word64 *own = (const volatile word64 *)self->address6[i];

		if (i < self->addresses6 && address->halves[0] == own[0] && address->halves[1] == own[1])
			return true;
	}
	return false;
}

/* A packet in the middle of its connection, as far as the fast path needs to know it: all in registers. */
struct glance {
	struct connection *connection;	/* NULL: none is known */
	bool is_high;			/* the sender's index in the key */
};

enum sight {
	SIGHT_OTHER,	/* not plain, or from a source that is not the container's: `slow` finds out why */
	SIGHT_SIGNAL,	/* opens or closes its connection */
	SIGHT_PLAIN,
};

/* TCP, UDP, SCTP; eight bytes are in reach. */
static __always_inline enum sight look_at_transport(__u8 protocol, void *transport, void *end, __u32 length)
{
	if (protocol == IPPROTO_TCP) {
		if (transport + sizeof(struct tcphdr) > end || !is_plain_tcp(transport, length))
			return SIGHT_OTHER;
		return tcp_signal(((__u8 *)transport)[13]) ? SIGHT_SIGNAL : SIGHT_PLAIN;
	}
	if (protocol == IPPROTO_UDP)
		return is_plain_udp(transport, length) ? SIGHT_PLAIN : SIGHT_OTHER;
	if (protocol == IPPROTO_SCTP) {
		if (transport + SCTP_HEADER + 4 > end || length < SCTP_HEADER + 4)
			return SIGHT_OTHER;
		return sctp_signal(((__u8 *)transport)[SCTP_HEADER]) ? SIGHT_SIGNAL : SIGHT_PLAIN;
	}
	return SIGHT_OTHER;
}

/* The last words of a key. Whole words: the hash reads words, and the CPU stalls on what was stored in pieces. */
static __always_inline void put_ports_and_protocol(word32 *out, __u32 ports, __u8 protocol, bool is_high)
{
	out[0] = is_high ? ports >> 16 | ports << 16 : ports;
	out[1] = __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__ ? protocol : (__u32)protocol << 24;
}

/* As connection_key. */
static __always_inline enum sight look4(struct __sk_buff *skb, self_t *self, const bool ingress, struct glance *out)
{
	void *data = (void *)(long)skb->data;
	void *end = (void *)(long)skb->data_end;
	struct iphdr *ip = data + ETH_HLEN;
	__u32 source, destination, ports;
	struct connection4_key key;
	__u16 *transport = (void *)(ip + 1);
	enum sight sight;

	if ((void *)(transport + 4) > end || !is_plain_ipv4(ip, skb->len - ETH_HLEN))
		return SIGHT_OTHER;
	source = ip->saddr;
	destination = ip->daddr;
	if (!ingress && !is_own4(self, source))
		return SIGHT_OTHER;
	sight = look_at_transport(ip->protocol, transport, end, bpf_ntohs(ip->tot_len) - sizeof(*ip));
	if (sight != SIGHT_PLAIN)
		return sight;

	ports = *(word32 *)transport;
	out->is_high = source > destination || (source == destination && transport[0] > transport[1]);
	key.address[0] = out->is_high ? destination : source;
	key.address[1] = out->is_high ? source : destination;
	put_ports_and_protocol((word32 *)key.port, ports, ip->protocol, out->is_high);
	out->connection = bpf_map_lookup_elem(&connections4, &key);
	/* Kept apart from that of the other family: of a look-up of one map the kernel makes a direct call. */
	barrier();
	return SIGHT_PLAIN;
}

static __always_inline enum sight look6(struct __sk_buff *skb, self_t *self, const bool ingress, struct glance *out)
{
	void *data = (void *)(long)skb->data;
	void *end = (void *)(long)skb->data_end;
	struct ipv6hdr *ip = data + ETH_HLEN;
	struct ip_address source, destination;
	__u16 *transport = (void *)(ip + 1);
	struct {
		struct ip_address address[2];
		__u32 words[2];
	} key;
	enum sight sight;

	_Static_assert(sizeof(key) == sizeof(struct connection6_key), "the same bytes");
	if ((void *)(transport + 4) > end || !is_plain_ipv6(ip, skb->len - ETH_HLEN))
		return SIGHT_OTHER;
	copy_ipv6(&source, &ip->saddr);
	copy_ipv6(&destination, &ip->daddr);
	if (!ingress && !is_own6(self, &source))
		return SIGHT_OTHER;
	sight = look_at_transport(ip->nexthdr, transport, end, bpf_ntohs(ip->payload_len));
	if (sight != SIGHT_PLAIN)
		return sight;

	if (source.halves[0] != destination.halves[0])
		out->is_high = source.halves[0] > destination.halves[0];
	else if (source.halves[1] != destination.halves[1])
		out->is_high = source.halves[1] > destination.halves[1];
	else
		out->is_high = transport[0] > transport[1];
	key.address[0] = out->is_high ? destination : source;
	key.address[1] = out->is_high ? source : destination;
	put_ports_and_protocol(key.words, *(word32 *)transport, ip->nexthdr, out->is_high);
	out->connection = bpf_map_lookup_elem(&connections6, &key);
	return SIGHT_PLAIN;
}

static __always_inline enum sight look(struct __sk_buff *skb, self_t *self, const bool ingress, struct glance *out)
{
	void *data = (void *)(long)skb->data;
	void *end = (void *)(long)skb->data_end;
	__be16 type;

	/* A tag taken out of the frame: an IP ethertype, but not a frame for this network. */
	if (skb->vlan_present || data + ETH_HLEN > end)
		return SIGHT_OTHER;
	type = ((struct ethhdr *)data)->h_proto;
	if (NETPOL_IPV4 && type == bpf_htons(ETH_P_IP))
		return look4(skb, self, ingress, out);
	if (NETPOL_IPV6 && type == bpf_htons(ETH_P_IPV6))
		return look6(skb, self, ingress, out);
	return SIGHT_OTHER;
}

/* Either the forward entry's copy is of now, or it is an answer. */
static __always_inline bool is_translation_known(const struct connection *connection, bool reply, __u32 time)
{
	if (connection->flags & CONNECTION_BY_TRANSLATE)
		return false;
	return connection->flags & CONNECTION_FORWARD ? !reply && connection->seen == time : reply;
}

static __always_inline void put_translation(struct known_translation *known, const struct connection *connection,
					    bool reply, const bool ingress)
{
	const word64 *address = (const word64 *)connection->translated;

	_Static_assert(offsetof(struct connection, translated) % 8 == 0, "an address in words");
	known->address.halves[0] = address[0];
	known->address.halves[1] = address[1];
	known->device = ingress ? 0 : connection->ifindex[!reply];
	known->service = connection->service;
	known->port = connection->translated_port;
	known->is_source = reply;
}

/*
 * `out`: the live connection that the packet is of. NULL: the shared program that is returned decides, and what it is
 * to know is in `flags`. Whatever is rare goes there: signals, connections that have ended or were silent for long.
 */
static __always_inline __u32 fast_path(struct __sk_buff *skb, self_t *self, const bool ingress, struct connection **out,
				       bool *reply, __u32 *flags)
{
	const __u32 judge = ingress ? PROGRAM_NEW_INGRESS : PROGRAM_NEW_CONNECTION;
	struct glance glance = {};
	struct connection *connection;
	const struct state *state;
	enum sight sight;
	struct work *work;
	__u32 time, other;
	bool translated;

	*out = NULL;
	*flags = 0;
	sight = look(skb, self, ingress, &glance);
	if (sight == SIGHT_OTHER)
		return ingress ? PROGRAM_SLOW_INGRESS : PROGRAM_SLOW;
	if (sight == SIGHT_SIGNAL)
		return judge;
	connection = glance.connection;
	if (!connection) {
		*flags = WORK_UNKNOWN;
		return judge;
	}
	translated = NETPOL_SERVICES && connection->flags & (CONNECTION_FORWARD | CONNECTION_TRANSLATED);
	other = translated ? PROGRAM_TRANSLATE : judge;

	state = current_state();
	work = current_work();
	if (!state || !work || connection->epoch != state->epoch)
		return other;
	/* Before the shortest of all lifetimes but those of connections that have ended, which are not for here. */
	time = now(work);
	if (connection->closed > CLOSED_BY_RESPONDER || time - connection->seen > LIFETIME_UNANSWERED)
		return other;
	*reply = is_reply(connection, glance.is_high);
	if (translated) {
		if (!is_translation_known(connection, *reply, time))
			return PROGRAM_TRANSLATE;
		put_translation(&work->known, connection, *reply, ingress);
		other = PROGRAM_TRANSLATE_KNOWN;
	}
	if (connection->seen != time)
		connection->seen = time;
	if (*reply && !(connection->flags & CONNECTION_REPLIED))
		connection->flags |= CONNECTION_REPLIED;
	if (!translated)
		*out = connection;
	return other;
}

/* Lets a shared program decide the packet, and tells it whose it is. The program parses it anew: it has more to know. */
static __always_inline int hand_over(struct __sk_buff *skb, self_t *self, __u32 program, __u32 flags,
				     const bool ingress)
{
	struct work *work;

	if (NETPOL_SERVICES && program == PROGRAM_TRANSLATE_KNOWN) {
		bpf_tail_call(skb, &programs, PROGRAM_TRANSLATE_KNOWN);
		return drop_unseen(REASON_NOT_READY);
	}
	work = current_work();
	if (!work)
		return TC_ACT_SHOT;
	__builtin_memset(&work->record, 0, sizeof(work->record));
	work->flags = flags | (ingress ? WORK_INGRESS : 0);
	work->endpoint = self->endpoint;
	work->device = self->ifindex;
	work->generation = self->generation;
	work->peer = 0;
	*(word32 *)work->mac = *(const volatile word32 *)self->mac;
	work->mac[4] = self->mac[4];
	work->mac[5] = self->mac[5];
	if (ingress) {
		const volatile word64 *own6 = (const volatile word64 *)self->address6[0];

		work->record.direction = DIRECTION_INGRESS;
		work->own4 = self->address4[0];
		work->own6.halves[0] = own6[0];
		work->own6.halves[1] = own6[1];
	}
	/* Each call with an index of its own, which makes it a direct jump. */
	if (program == PROGRAM_TRANSLATE) {
		bpf_tail_call(skb, &programs, PROGRAM_TRANSLATE);
		barrier();
	} else if (program == (ingress ? PROGRAM_SLOW_INGRESS : PROGRAM_SLOW)) {
		bpf_tail_call(skb, &programs, ingress ? PROGRAM_SLOW_INGRESS : PROGRAM_SLOW);
		barrier();
	} else {
		bpf_tail_call(skb, &programs, ingress ? PROGRAM_NEW_INGRESS : PROGRAM_NEW_CONNECTION);
	}
	count_drop(REASON_NOT_READY);
	return TC_ACT_SHOT;
}

/* In a provisional program: the container of the slot that the stub left in cb[1]. */
static __always_inline self_t *provisional_self(struct __sk_buff *skb)
{
	__u32 slot = skb->cb[1];

	return bpf_map_lookup_elem(&endpoint_constants, &slot);
}
