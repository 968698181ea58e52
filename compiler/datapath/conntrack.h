/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Connections. An entry's age is judged when it is looked up, so an old one admits nothing, whether or not anybody has
 * taken it out of the table.
 */
#pragma once

#include "maps.h"
#include "parse_slow.h"

/* Units of struct connection.seen: 2^30 ns, a shift where seconds would be a division for every packet. */
#define SECONDS(n) ((__u32)((n) * 1000000000ULL >> 30) + 1)

#define LIFETIME_OPENING	SECONDS(60)	/* TCP, SCTP without an answer */
#define LIFETIME_OPEN		SECONDS(21600)
#define LIFETIME_CLOSED		SECONDS(60)	/* both ends have closed */
#define LIFETIME_RESET		SECONDS(10)
#define LIFETIME_UNANSWERED	SECONDS(30)	/* UDP, ICMP and all else */
#define LIFETIME_ANSWERED	SECONDS(180)

/*
 * The clock costs 15 ns, a fourth of a packet of a known connection; jiffies are one load, which the verifier puts in
 * line, but of a unit that is not known here. So a CPU asks the clock when its jiffies have moved.
 */
static __always_inline __u32 now(struct work *work)
{
	__u64 jiffies = bpf_jiffies64();

	if (work->jiffies != jiffies) {
		work->jiffies = jiffies;
		work->time = bpf_ktime_get_coarse_ns() >> 30;
	}
	return work->time;
}

static __always_inline __u8 connection_requester(const struct tuple *tuple, __u32 sender)
{
	return tuple->echo ? 1 + (sender ^ (tuple->echo == ECHO_REPLY)) : 0;
}

/* The tuple's key; returns the sender's index in it. */
static __always_inline __u32 connection_key4(struct connection4_key *key, const struct tuple *tuple)
{
	__u32 sender = tuple->source.v4 > tuple->destination.v4 ||
		       (tuple->source.v4 == tuple->destination.v4 && tuple->source_port > tuple->destination_port);

	key->address[0] = sender ? tuple->destination.v4 : tuple->source.v4;
	key->address[1] = sender ? tuple->source.v4 : tuple->destination.v4;
	key->port[0] = sender ? tuple->destination_port : tuple->source_port;
	key->port[1] = sender ? tuple->source_port : tuple->destination_port;
	key->protocol = tuple->protocol;
	key->requester = connection_requester(tuple, sender);
	key->reserved = 0;
	return sender;
}

static __always_inline __u32 connection_key6(struct connection6_key *key, const struct tuple *tuple)
{
	const struct ip_address *source = &tuple->source, *destination = &tuple->destination;
	struct ip_address *addresses = (struct ip_address *)key->address;
	__u32 sender;

	if (source->halves[0] != destination->halves[0])
		sender = source->halves[0] > destination->halves[0];
	else if (source->halves[1] != destination->halves[1])
		sender = source->halves[1] > destination->halves[1];
	else
		sender = tuple->source_port > tuple->destination_port;
	if (sender) {
		addresses[0] = *destination;
		addresses[1] = *source;
		key->port[0] = tuple->destination_port;
		key->port[1] = tuple->source_port;
	} else {
		addresses[0] = *source;
		addresses[1] = *destination;
		key->port[0] = tuple->source_port;
		key->port[1] = tuple->destination_port;
	}
	key->protocol = tuple->protocol;
	key->requester = connection_requester(tuple, sender);
	key->reserved = 0;
	return sender;
}

/* Puts the tuple's key into work->key4 or key6; returns the sender's index in it. */
static __always_inline __u32 connection_key(struct work *work, const struct tuple *tuple)
{
	return tuple->family == 4 ? connection_key4(&work->key4, tuple) : connection_key6(&work->key6, tuple);
}

/* The entry of work's key. */
static __always_inline struct connection *connection_at_key(struct work *work, __u8 family)
{
	if (NETPOL_IPV4 && family == 4)
		return bpf_map_lookup_elem(&connections4, &work->key4);
	if (NETPOL_IPV6 && family == 6)
		return bpf_map_lookup_elem(&connections6, &work->key6);
	return NULL;
}

static __always_inline bool is_reply(const struct connection *connection, __u32 sender)
{
	return sender != (connection->flags & CONNECTION_INITIATOR_HIGH);
}

static __always_inline __u32 connection_lifetime(const struct connection *connection, __u8 protocol)
{
	bool answered = connection->flags & (CONNECTION_REPLIED | CONNECTION_PICKED_UP);

	if (protocol != IPPROTO_TCP && protocol != IPPROTO_SCTP)
		return answered ? LIFETIME_ANSWERED : LIFETIME_UNANSWERED;
	if (connection->closed & CLOSED_BY_RESET)
		return LIFETIME_RESET;
	if (connection->closed == (CLOSED_BY_INITIATOR | CLOSED_BY_RESPONDER))
		return LIFETIME_CLOSED;
	return answered ? LIFETIME_OPEN : LIFETIME_OPENING;
}

static __always_inline bool connection_lives(const struct connection *connection, __u8 protocol, __u32 time)
{
	return time - connection->seen <= connection_lifetime(connection, protocol);
}

/*
 * A SYN or INIT that begins a connection although there is an entry: from the responder it is one of its own direction
 * and never a reply; from the initiator it is one where the old has ended.
 */
static __always_inline bool opens_anew(const struct connection *connection, __u8 signal, bool reply)
{
	return signal == SIGNAL_OPEN && (reply || connection->closed & CLOSED_BY_RESET ||
		connection->closed == (CLOSED_BY_INITIATOR | CLOSED_BY_RESPONDER));
}

/* Notes a packet of the connection. Writes only what changes: the entry is shared by all CPUs. */
static __always_inline void connection_touch(struct connection *connection, __u8 signal, bool reply, __u32 time)
{
	__u8 closed = 0;

	if (connection->seen != time)
		connection->seen = time;
	if (reply && !(connection->flags & CONNECTION_REPLIED))
		connection->flags |= CONNECTION_REPLIED;
	if (signal == SIGNAL_RESET)
		closed = CLOSED_BY_RESET;
	else if (signal == SIGNAL_CLOSE)
		closed = reply ? CLOSED_BY_RESPONDER : CLOSED_BY_INITIATOR;
	if (closed & ~connection->closed)
		connection->closed |= closed;
}

/* Stores work->fresh for the tuple, whose sender is the initiator. */
static __always_inline bool connection_store(struct work *work, const struct tuple *tuple)
{
	work->fresh.flags &= ~CONNECTION_INITIATOR_HIGH;
	if (connection_key(work, tuple))
		work->fresh.flags |= CONNECTION_INITIATOR_HIGH;
	if (NETPOL_IPV4 && tuple->family == 4)
		return !bpf_map_update_elem(&connections4, &work->key4, &work->fresh, BPF_ANY);
	if (NETPOL_IPV6 && tuple->family == 6)
		return !bpf_map_update_elem(&connections6, &work->key6, &work->fresh, BPF_ANY);
	return false;
}

static __always_inline void connection_forget(struct work *work, const struct tuple *tuple)
{
	connection_key(work, tuple);
	if (NETPOL_IPV4 && tuple->family == 4)
		bpf_map_delete_elem(&connections4, &work->key4);
	else if (NETPOL_IPV6 && tuple->family == 6)
		bpf_map_delete_elem(&connections6, &work->key6);
}
