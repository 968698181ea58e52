/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * The container's own programs: parse, source check, one look-up, deliver. No policy is in them, nothing is written to
 * the packet (a direct write would put an unclone test before the whole program), and whatever is not plain is handed
 * over to a shared program.
 */
#pragma once

#include "redirect.h"
#include "touch_filter.h"

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

/* A packet in the middle of its connection, as far as the fast path needs to know it. */
struct glance {
	__u64 key[KEY6_WORDS];
	struct goal goal;		/* all but who sends, and the epoch */
	__u64 hash;			/* of the key */
	__u64 tags;
	__u32 set;			/* index */
	struct connection *connection;	/* NULL: none is known */
	__u32 version;
	bool is_unknown;		/* there is none */
	bool is_high;			/* the sender's index in the key */
	bool is_ipv6;
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

/* Of numbers below 2^63. Without a branch, whose ways the verifier would follow one by one. */
static __always_inline bool is_above(__u64 a, __u64 b)
{
	return (b - a) >> 63;
}

/* Both, before the protocols part: what comes later has no need of the packet, so the verifier follows it once. */
static __always_inline __u32 read_ports(void *transport)
{
	__u32 ports = *(word32 *)transport;

	barrier_var(ports);
	return ports;
}

/*
 * What is read elsewhere too, for where it is not compared: on each way from a comparison the verifier knows the number, and
 * what a pointer is made of may not be known by different numbers, so it would follow the rest once for each.
 */
#define read_again(place) (*(const volatile __typeof__(*(place)) *)(place))

static __always_inline __u16 first_port(__u32 ports)
{
	return __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__ ? ports : ports >> 16;
}

static __always_inline __u16 second_port(__u32 ports)
{
	return __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__ ? ports >> 16 : ports;
}

/* What the key has first of both ends, and what second; also without a branch. */
static __always_inline __u64 lower(__u64 source, __u64 destination, bool is_high)
{
	return source ^ ((source ^ destination) & -(__u64)is_high);
}

static __always_inline __u64 upper(__u64 source, __u64 destination, bool is_high)
{
	return lower(destination, source, is_high);
}

static __always_inline __u32 ports_of_key(__u32 ports, bool is_high)
{
	return lower(ports, ports >> 16 | ports << 16, is_high);
}

/* What the headers say, of either family. */
struct headers {
	struct ip_address source;
	struct ip_address destination;
	void *transport;
	__u32 length;		/* from there to the end of the packet */
	__u8 protocol;
};

static __always_inline bool read_ipv4(struct __sk_buff *skb, self_t *self, const bool ingress, struct headers *out)
{
	struct iphdr *ip = (void *)(long)skb->data + ETH_HLEN;

	if ((void *)(ip + 1) + 8 > (void *)(long)skb->data_end || !is_plain_ipv4(ip, skb->len - ETH_HLEN))
		return false;
	if (!ingress && !is_own4(self, ip->saddr))
		return false;
	out->source.v4 = read_again(&ip->saddr);
	out->destination.v4 = ip->daddr;
	out->protocol = ip->protocol;
	out->transport = ip + 1;
	out->length = bpf_ntohs(ip->tot_len) - sizeof(*ip);
	return true;
}

static __always_inline bool read_ipv6(struct __sk_buff *skb, self_t *self, const bool ingress, struct headers *out)
{
	struct ipv6hdr *ip = (void *)(long)skb->data + ETH_HLEN;

	if ((void *)(ip + 1) + 8 > (void *)(long)skb->data_end || !is_plain_ipv6(ip, skb->len - ETH_HLEN))
		return false;
	copy_ipv6(&out->source, &ip->saddr);
	if (!ingress && !is_own6(self, &out->source))
		return false;
	out->source.halves[0] = read_again((const word64 *)&ip->saddr);
	out->source.halves[1] = read_again((const word64 *)&ip->saddr + 1);
	copy_ipv6(&out->destination, &ip->daddr);
	out->protocol = ip->nexthdr;
	out->transport = ip + 1;
	out->length = bpf_ntohs(ip->payload_len);
	return true;
}

/* As connection_key4. */
static __always_inline void put_key4(struct glance *out, const struct headers *headers, __u32 ports, __u8 protocol)
{
	__u32 source = headers->source.v4, destination = headers->destination.v4;

	out->is_high = is_above((__u64)source << 16 | first_port(ports), (__u64)destination << 16 | second_port(ports));
	out->key[0] = lower(word_pair(source, destination), word_pair(destination, source), out->is_high);
	out->key[1] = key_tail(ports_of_key(ports, out->is_high), protocol, 0);
	out->goal.destination[0] = destination;
	out->hash = connection_hash(out->key, false);
	out->set = set_index(out->hash, &out->tags);
}

/* As connection_key6. */
static __always_inline void put_key6(struct glance *out, const struct headers *headers, __u32 ports, __u8 protocol)
{
	const struct ip_address *source = &headers->source, *destination = &headers->destination;
	__u32 is_high;

	if (source->halves[0] != destination->halves[0])
		is_high = source->halves[0] > destination->halves[0];
	else if (source->halves[1] != destination->halves[1])
		is_high = source->halves[1] > destination->halves[1];
	else
		is_high = first_port(ports) > second_port(ports);
	barrier_var(is_high);
	out->is_high = is_high;
	out->key[0] = lower(source->halves[0], destination->halves[0], is_high);
	out->key[1] = lower(source->halves[1], destination->halves[1], is_high);
	out->key[2] = upper(source->halves[0], destination->halves[0], is_high);
	out->key[3] = upper(source->halves[1], destination->halves[1], is_high);
	out->key[4] = key_tail(ports_of_key(ports, is_high), protocol, 0);
	out->goal.destination[0] = destination->halves[0];
	out->goal.destination[1] = destination->halves[1];
	out->hash = connection_hash(out->key, true);
	out->set = set_index(out->hash, &out->tags);
}

static __always_inline enum sight look(struct __sk_buff *skb, self_t *self, const bool ingress, struct glance *out)
{
	void *data = (void *)(long)skb->data;
	void *end = (void *)(long)skb->data_end;
	struct headers headers = {};
	enum sight sight;
	__u32 ports;
	__be16 type;

	/* A tag taken out of the frame: an IP ethertype, but not a frame for this network. */
	if (skb->vlan_present || data + ETH_HLEN > end)
		return SIGHT_OTHER;
	type = ((struct ethhdr *)data)->h_proto;
	if (NETPOL_IPV4 && type == bpf_htons(ETH_P_IP)) {
		if (!read_ipv4(skb, self, ingress, &headers))
			return SIGHT_OTHER;
	} else if (NETPOL_IPV6 && type == bpf_htons(ETH_P_IPV6)) {
		if (!read_ipv6(skb, self, ingress, &headers))
			return SIGHT_OTHER;
		out->is_ipv6 = true;
	} else {
		return SIGHT_OTHER;
	}

	/* Once for both families. */
	barrier_var(headers.transport);
	if (headers.transport + 8 > end)
		return SIGHT_OTHER;
	ports = read_ports(headers.transport);
	sight = look_at_transport(headers.protocol, headers.transport, end, headers.length);
	if (sight != SIGHT_PLAIN)
		return sight;
	out->goal.traffic = second_port(ports) | headers.protocol << 16 | (out->is_ipv6 ? 6 : 4) << 24;
	if (NETPOL_IPV6 && (!NETPOL_IPV4 || out->is_ipv6))
		put_key6(out, &headers, ports, headers.protocol);
	else
		put_key4(out, &headers, ports, headers.protocol);
	return SIGHT_PLAIN;
}

/*
 * A number below 256, of which the verifier does not know where it comes from: what it knows of a number that moves a
 * pointer it also holds against what the number was made of, back to the packet, and so follows all that comes after for
 * each way on which the key came about.
 */
static __always_inline __u32 unfollowed_byte(__u64 number)
{
	volatile union {
		__u64 word;
		__u8 bytes[8];
	} slot = { .word = number << 8 };

	return slot.bytes[__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__ ? 1 : 6];
}

/*
 * The entry of the glance's key, by one code for both families: at home, where the end of the key tells, or else where a tag
 * does. What is not there after all is left to the shared programs, which look at every way of that tag.
 */
static __always_inline void find(struct glance *glance)
{
	const bool is_ipv6 = NETPOL_IPV6 && (!NETPOL_IPV4 || glance->is_ipv6);
	const int last = (is_ipv6 ? KEY6_WORDS : KEY4_WORDS) - 1;
	__u32 way = unfollowed_byte(home_way(glance->tags));
	struct connection_set *set = set_at(glance->set, is_ipv6);
	struct connection *connection;
	__u64 *entry;

	if (!set || way >= CONNECTION_WAYS)
		return;
	if (entry_key(set, way, is_ipv6)[last] != glance->key[last]) {
		__u64 ways = connection_ways(set, glance->tags);

		glance->is_unknown = !ways;
		if (!ways)
			return;
		way = connection_way(ways & -ways);
	}
	way = unfollowed_byte(way);
	if (way >= CONNECTION_WAYS)
		return;
	entry = entry_key(set, way, is_ipv6);
	connection = key_connection(entry, is_ipv6);
	glance->version = version_before(connection);
	if (same_key(entry, glance->key, is_ipv6))
		glance->connection = connection;
}

/* Either the forward entry's copy is of now, or it is an answer. */
static __always_inline bool is_translation_known(const struct connection *connection, bool reply, __u32 time)
{
	if (connection->flags & CONNECTION_BY_TRANSLATE)
		return false;
	return connection->flags & CONNECTION_FORWARD ? !reply && connection->seen == time : reply;
}

static __always_inline void put_translation(struct known_translation *known, const struct glance *glance, bool reply,
					    const bool ingress)
{
	const struct connection *connection = glance->connection;
	const word64 *address = (const word64 *)connection->translated;

	_Static_assert(offsetof(struct connection, translated) % 8 == 0, "an address in words");
	known->address.halves[0] = address[0];
	if (glance->is_ipv6)
		known->address.halves[1] = address[1];
	known->device = ingress ? DEVICE_RECEIVED : connection->ifindex[!reply];
	known->service = connection->service;
	known->port = connection->translated_port;
	known->is_source = reply;
}

#define PROGRAM_NONE PROGRAM_COUNT

/*
 * PROGRAM_NONE: the packet is of a connection that goes on, to `device`. Else the shared program that is returned decides,
 * and what it is to know is in `flags`. Whatever is rare goes there: signals, connections that have ended or were silent
 * for long, an entry that changes under our eyes.
 */
static __always_inline __u32 fast_path(struct __sk_buff *skb, self_t *self, const bool ingress, __u32 *device, __u32 *flags)
{
	const __u32 judge = ingress ? PROGRAM_NEW_INGRESS : PROGRAM_NEW_CONNECTION;
	struct glance glance = {};
	struct connection *connection;
	const struct state *state;
	bool translated, reply;
	struct touch touch;
	enum sight sight;
	struct work *work;
	__u32 time, other;
	__s32 silent;

	*device = 0;
	*flags = 0;
	sight = look(skb, self, ingress, &glance);
	if (sight == SIGHT_OTHER)
		return ingress ? PROGRAM_SLOW_INGRESS : PROGRAM_SLOW;
	if (sight == SIGHT_SIGNAL)
		return judge;
	state = current_state();
	work = current_work();
	if (!state || !work)
		return judge;
	time = now(work);
	glance.goal.endpoint = self->endpoint;
	glance.goal.epoch = *(volatile __u32 *)&state->epoch;
	if (!ingress) {
		if (!touch_find(&touch, &glance.goal, glance.hash, time))
			return judge;
		if (is_touched(&touch, &glance.goal))
			return PROGRAM_NONE;
	}
	find(&glance);
	connection = glance.connection;
	if (!connection) {
		if (glance.is_unknown)
			*flags = WORK_UNKNOWN;
		return judge;
	}
	translated = NETPOL_SERVICES && connection->flags & (CONNECTION_FORWARD | CONNECTION_TRANSLATED);
	other = translated ? PROGRAM_TRANSLATE : judge;
	/* Before the shortest of all lifetimes but those of connections that have ended, which are not for here. */
	silent = silence(connection, time);
	if (connection->epoch != glance.goal.epoch || connection->closed > CLOSED_BY_RESPONDER ||
	    silent > (__s32)LIFETIME_UNANSWERED)
		return other;
	reply = is_reply(connection, glance.is_high);
	if (translated) {
		if (!is_translation_known(connection, reply, time))
			return PROGRAM_TRANSLATE;
		put_translation(&work->known, &glance, reply, ingress);
	} else if (!ingress) {
		*device = connection->ifindex[!reply];
	}
	if (!is_unchanged(connection, glance.version))
		return other;
	/* Written only when they change: the entry is shared by all CPUs. */
	if (silent)
		connection->seen = time;
	if (reply && !connection->answered)
		connection->answered = 1;
	if (translated)
		return PROGRAM_TRANSLATE_KNOWN;
	/* A goal is reached directly: what is allowed by way of a service is none. */
	if (!ingress && !reply && !*device && connection->answered && !connection->closed &&
	    !(NETPOL_SERVICES && connection->flags & CONNECTION_AT_SOCKET))
		touch_note(&touch, &glance.goal);
	return PROGRAM_NONE;
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
	work->flags = flags | (ingress ? WORK_INGRESS : 0) |
		      (self->addresses4 > 1 || self->addresses6 > 1 ? WORK_MORE_ADDRESSES : 0);
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
