/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Connections. An entry's age is judged when it is looked up, so an old one admits nothing, whether or not anybody has
 * taken it out of the table.
 */
#pragma once

#include "connection_table.h"
#include "parse_slow.h"

/* Units of struct connection.seen: 2^30 ns, a shift where seconds would be a division for every packet. */
#define SECONDS(n) ((__u32)((n) * 1000000000ULL >> 30) + 1)

#define LIFETIME_OPENING	SECONDS(60)	/* TCP, SCTP without an answer */
#define LIFETIME_OPEN		SECONDS(21600)
#define LIFETIME_CLOSED		SECONDS(60)	/* both ends have closed */
#define LIFETIME_RESET		SECONDS(10)
#define LIFETIME_UNANSWERED	SECONDS(30)	/* UDP, ICMP and all else */
#define LIFETIME_ANSWERED	SECONDS(180)

/* So long an answered connection has its entry for itself, whatever comes; later it gives way where there is no room. */
#define SILENCE_IN_USE		SECONDS(120)

/* In the unit of struct connection.seen. */
static __always_inline __u32 time_now(void)
{
	return bpf_ktime_get_coarse_ns() >> 30;
}

/*
 * The clock costs 15 ns, a fourth of a packet of a known connection; jiffies are one load, which the verifier puts in
 * line, but of a unit that is not known here. So a CPU asks the clock when its jiffies have moved.
 */
static __always_inline __u32 now(struct work *work)
{
	__u64 jiffies = bpf_jiffies64();

	if (work->jiffies != jiffies) {
		work->jiffies = jiffies;
		work->time = time_now();
	}
	return work->time;
}

/* How long the connection has been silent. Another CPU's clock may be one unit ahead. */
static __always_inline __s32 silence(const struct connection *connection, __u32 time)
{
	return time - connection->seen;
}

/* Where a packet to either end is delivered. */
static __always_inline __u32 connection_device(const struct connection *connection, const bool to_initiator)
{
	if (NETPOL_SERVICES && connection->flags & CONNECTION_MASQUERADED)
		return DEVICE_BY_ROUTE;
	return connection->ifindex[to_initiator ? 0 : 1];
}

/* The second address of a masqueraded connection's entry. */
static __always_inline void put_second(struct connection *connection, __u8 family, const struct ip_address *address)
{
	if (family == 4)
		*(word32 *)(connection->translated + 4) = address->v4;
	else
		__builtin_memcpy(connection->second, address, 16);
}

static __always_inline void take_second(struct ip_address *out, const struct connection *connection, __u8 family)
{
	if (family == 4)
		out->v4 = *(const word32 *)(connection->translated + 4);
	else
		__builtin_memcpy(out, connection->second, 16);
}

static __always_inline __u8 connection_requester(const struct tuple *tuple, __u32 sender)
{
	return tuple->echo ? 1 + (sender ^ (tuple->echo == ECHO_REPLY)) : 0;
}

/* The ports of both ends, in the order of the key. */
static __always_inline __u32 tuple_ports(const struct tuple *tuple, __u32 sender)
{
	__be16 first = sender ? tuple->destination_port : tuple->source_port;
	__be16 second = sender ? tuple->source_port : tuple->destination_port;

	return __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__ ? first | (__u32)second << 16 : (__u32)first << 16 | second;
}

/*
 * The tuple's key; returns the sender's index in it. Whole words: the hash reads words, and the CPU stalls on what was
 * stored in pieces.
 */
static __always_inline __u32 connection_key4(__u64 *key, const struct tuple *tuple)
{
	__u32 sender = tuple->source.v4 > tuple->destination.v4 ||
		       (tuple->source.v4 == tuple->destination.v4 && tuple->source_port > tuple->destination_port);

	key[0] = sender ? word_pair(tuple->destination.v4, tuple->source.v4) :
			  word_pair(tuple->source.v4, tuple->destination.v4);
	key[1] = key_tail(tuple_ports(tuple, sender), tuple->protocol, connection_requester(tuple, sender));
	return sender;
}

static __always_inline __u32 connection_key6(__u64 *key, const struct tuple *tuple)
{
	const struct ip_address *source = &tuple->source, *destination = &tuple->destination;
	__u32 sender;

	if (source->halves[0] != destination->halves[0])
		sender = source->halves[0] > destination->halves[0];
	else if (source->halves[1] != destination->halves[1])
		sender = source->halves[1] > destination->halves[1];
	else
		sender = tuple->source_port > tuple->destination_port;
	key[0] = sender ? destination->halves[0] : source->halves[0];
	key[1] = sender ? destination->halves[1] : source->halves[1];
	key[2] = sender ? source->halves[0] : destination->halves[0];
	key[3] = sender ? source->halves[1] : destination->halves[1];
	key[4] = key_tail(tuple_ports(tuple, sender), tuple->protocol, connection_requester(tuple, sender));
	return sender;
}

/* Puts the tuple's key into work; returns the sender's index in it. */
static __always_inline __u32 connection_key(struct work *work, const struct tuple *tuple)
{
	return tuple->family == 4 ? connection_key4(work->key, tuple) : connection_key6(work->key, tuple);
}

static __always_inline bool is_reply(const struct connection *connection, __u32 sender)
{
	return sender != (connection->flags & CONNECTION_INITIATOR_HIGH);
}

/* By both ends, or at once. */
static __always_inline bool has_closed(const struct connection *connection)
{
	return connection->closed >= (CLOSED_BY_INITIATOR | CLOSED_BY_RESPONDER);
}

static __always_inline __s32 connection_lifetime(const struct connection *connection, __u8 protocol)
{
	bool answered = connection->answered || connection->flags & CONNECTION_PICKED_UP;

	if (protocol != IPPROTO_TCP && protocol != IPPROTO_SCTP)
		return answered ? LIFETIME_ANSWERED : LIFETIME_UNANSWERED;
	if (connection->closed & CLOSED_BY_RESET)
		return LIFETIME_RESET;
	if (has_closed(connection))
		return LIFETIME_CLOSED;
	return answered ? LIFETIME_OPEN : LIFETIME_OPENING;
}

static __always_inline bool connection_lives(const struct connection *connection, __u8 protocol, __u32 time)
{
	return silence(connection, time) <= connection_lifetime(connection, protocol);
}

/*
 * A SYN or INIT that begins a connection although there is an entry: from the responder it is one of its own direction
 * and never a reply; from the initiator it is one where the old has ended.
 */
static __always_inline bool opens_anew(const struct connection *connection, __u8 signal, bool reply)
{
	return signal == SIGNAL_OPEN && (reply || has_closed(connection));
}

/* Notes a packet of the connection. */
static __always_inline void connection_touch(struct connection *connection, __u8 signal, bool reply, __u32 time)
{
	__u8 closed = 0;

	connection->seen = time;
	if (reply)
		connection->answered = 1;
	if (signal == SIGNAL_RESET)
		closed = CLOSED_BY_RESET;
	else if (signal == SIGNAL_CLOSE)
		closed = reply ? CLOSED_BY_RESPONDER : CLOSED_BY_INITIATOR;
	connection->closed |= closed;
}

/* How easily the entry is done without where there is no room; 0: not at all. Of one kind, the oldest first. */
#define DISPENSABLE_EXPIRED	(4u << 20)
#define DISPENSABLE_CLOSED	(3u << 20)
#define DISPENSABLE_UNANSWERED	(2u << 20)
#define DISPENSABLE_SILENT	(1u << 20)
#define DISPENSABLE_AGES	((1u << 20) - 1)

static __always_inline __u32 dispensability(struct work *work, const struct connection *connection, __u8 protocol,
					      __u32 time)
{
	__s32 lifetime = unfollowed(work, connection_lifetime(connection, protocol));
	__s32 silent = silence(connection, time);

	if (silent < 0)
		silent = 0;
	if (silent > lifetime) {
		/* The answers, which a forward entry does not see, may keep the connection alive. */
		if (!(connection->flags & CONNECTION_FORWARD))
			return DISPENSABLE_EXPIRED;
		return DISPENSABLE_CLOSED | (silent & DISPENSABLE_AGES);
	}
	if (has_closed(connection))
		return DISPENSABLE_CLOSED | silent;
	if (!connection->answered)
		return DISPENSABLE_UNANSWERED | silent;
	return silent >= (__s32)SILENCE_IN_USE ? DISPENSABLE_SILENT | silent : 0;
}

/* Gives way to one whose home it has: it has ended, or has waited for an answer for a second at least. */
static __always_inline bool is_dispensable_at_home(struct work *work, const __u64 *key, __u32 time, const bool is_ipv6)
{
	const struct connection *connection = key_connection((__u64 *)key, is_ipv6);

	/* Of answers a forward entry learns late. */
	return !(connection->flags & CONNECTION_FORWARD) &&
	       dispensability(work, connection, key_protocol(key, is_ipv6), time) >= (DISPENSABLE_UNANSWERED | 2);
}

static __always_inline __u32 hand_position(__u32 hand)
{
	return TAG_FIRST + (hand >> 2) * TAG_BITS + (hand & 3);
}

/*
 * Under the lock of a full set: the way of an entry that is done without, as a bit of connection_ways. At home, if it can be:
 * there the new one is found soonest. Else the hand goes round, so it comes to the oldest first, and takes the first that has
 * closed or was not answered: of more each is a line to read, and in a flood they are all alike. Where there is none such, the
 * one that was silent for longest. It passes by what is in use, so a flood of first packets takes the places
 * of its own, and by the other entry of a translated connection. 0: every entry is in use.
 */
static __always_inline __u64 make_room(struct work *work, struct connection_set *set, __u32 index, __u64 tags, __u32 time,
				       const bool is_ipv6)
{
	const struct place *kept = &work->place[PLACE_KEPT];
	__u32 i, hand = set->hand, home = unfollowed(work, home_way(tags));

	if (home < CONNECTION_WAYS && (home != kept->way || kept->set != index) &&
	    is_dispensable_at_home(work, entry_key(set, home, is_ipv6), time, is_ipv6))
		return connection_bit(home);
	work->dispensable = 0;
	once_each
	for (i = 0; i < 16; i++) {
		__u32 next = (hand + i) & 15, position = hand_position(next), rank;
		__u32 way = connection_way(1ULL << position);
		__u64 *key, ranked;

		if (way >= CONNECTION_WAYS || (way == kept->way && kept->set == index))
			continue;
		key = entry_key(set, way, is_ipv6);
		rank = unfollowed(work, dispensability(work, key_connection(key, is_ipv6), key_protocol(key, is_ipv6), time));
		if (rank >= DISPENSABLE_EXPIRED) {
			put_tag(set, 1ULL << position, 0);
			put_no_key(key, is_ipv6);
		}
		ranked = (__u64)rank << 8 | next;
		if (rank && ranked > work->dispensable)
			work->dispensable = ranked;
		if (rank >= DISPENSABLE_UNANSWERED)
			break;
	}
	if (!work->dispensable)
		return 0;
	i = work->dispensable & 15;
	set->hand = (i + 1) & 15;
	return 1ULL << hand_position(i);
}

/* Stores work->fresh under work's key. */
static __always_inline bool table_store(struct work *work, __u32 time, const bool is_ipv6)
{
	struct connection *connection;
	struct connection_set *set;
	__u64 tags, bit;
	__u64 *entry;
	__u32 index, way;
	int i;

	index = key_set_index(work->key, is_ipv6, &tags);
	set = set_at(index, is_ipv6);
	if (!set)
		return false;
	bpf_spin_lock(&set->lock);
	bit = way_of_key(set, tags, work->key, is_ipv6);
	if (NETPOL_SERVICES && bit && work->flags & WORK_EXCLUSIVE) {
		bpf_spin_unlock(&set->lock);
		return false;
	}
	if (!bit) {
		__u64 free = connection_ways(set, 0);

		bit = connection_bit(home_way(tags));
		if (!(free & bit))
			bit = free & -free;
	}
	if (!bit)
		bit = make_room(work, set, index, tags, time, is_ipv6);
	bit = unfollowed(work, bit);
	way = connection_way(bit);
	if (!bit || way >= CONNECTION_WAYS) {
		bpf_spin_unlock(&set->lock);
		return false;
	}
	entry = entry_key(set, way, is_ipv6);
	connection = key_connection(entry, is_ipv6);
	work->fresh.version = (connection->version | 1) + 1;
	*(volatile __u32 *)&connection->version = work->fresh.version - 1;
	barrier();
	unroll
	for (i = 0; i < (int)(is_ipv6 ? KEY6_WORDS : KEY4_WORDS); i++)
		entry[i] = work->key[i];
	connection->epoch = work->fresh.epoch;
	unroll
	for (i = 1; i < ENTRY_WORDS(is_ipv6); i++)
		((word64 *)connection)[i] = ((word64 *)&work->fresh)[i];
	barrier();
	*(volatile __u32 *)&connection->version = work->fresh.version;
	barrier();
	put_tag(set, bit, tags & TAG_NUMBERS);
	bpf_spin_unlock(&set->lock);
	work->place[PLACE_KEPT].set = index;
	work->place[PLACE_KEPT].way = way;
	return true;
}

/*
 * What the programs call. Global functions: the verifier follows each once a program, not once for every way on which
 * the program comes to it.
 */
#define TABLE_FUNCTIONS(family, is_used, is_ipv6)					\
	__noinline int connection##family##_read(struct work *work)			\
	{										\
		return is_used && work && table_read(work, is_ipv6);			\
	}										\
	__noinline int connection##family##_store(struct work *work, __u32 time)	\
	{										\
		return is_used && work && table_store(work, time, is_ipv6);		\
	}										\
	__noinline int connection##family##_update(struct work *work, __u32 which)	\
	{										\
		return is_used && work && table_update(work, which, is_ipv6);		\
	}										\
	__noinline int connection##family##_forget(struct work *work)			\
	{										\
		if (is_used && work)							\
			table_forget(work, is_ipv6);					\
		return 0;								\
	}

TABLE_FUNCTIONS(4, NETPOL_IPV4, false)
TABLE_FUNCTIONS(6, NETPOL_IPV6, true)

/* Copies the entry of work's key into work->found. */
static __always_inline bool connection_at_key(struct work *work, __u8 family)
{
	return family == 4 ? connection4_read(work) : connection6_read(work);
}

/* Stores work->fresh for the tuple, whose sender is the initiator. False: no room, and nobody to take it from. */
static __always_inline bool connection_store(struct work *work, const struct tuple *tuple, __u32 time)
{
	work->fresh.flags &= ~CONNECTION_INITIATOR_HIGH;
	if (connection_key(work, tuple))
		work->fresh.flags |= CONNECTION_INITIATOR_HIGH;
	return tuple->family == 4 ? connection4_store(work, time) : connection6_store(work, time);
}

/*
 * Writes work->found back. Nothing is written where another CPU was there meanwhile: it has either done the same, or
 * given the place to another connection, and the next packet finds out.
 */
static __always_inline void connection_update(struct work *work, __u8 family, __u32 which)
{
	if (family == 4)
		connection4_update(work, which);
	else
		connection6_update(work, which);
}

static __always_inline void connection_forget(struct work *work, const struct tuple *tuple)
{
	connection_key(work, tuple);
	if (tuple->family == 4)
		connection4_forget(work);
	else
		connection6_forget(work);
}
