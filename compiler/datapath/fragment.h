/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Later fragments have no ports: they go where their first fragment went. */
#pragma once

#include "judge.h"

#define LIFETIME_FRAGMENT SECONDS(30)	/* Linux reassembles for 30 s (IPv4) and 60 s (RFC 8200) */

static __always_inline void fragment4_key_of(struct fragment4_key *key, const struct packet *packet)
{
	__builtin_memset(key, 0, sizeof(*key));
	key->source = packet->tuple.source.v4;
	key->destination = packet->tuple.destination.v4;
	key->id = packet->fragment_id;
	key->protocol = packet->tuple.protocol;
}

/* The protocol is no part of an IPv6 datagram's identity: later fragments need not show it (RFC 8200, 4.5). */
static __always_inline void fragment6_key_of(struct fragment6_key *key, const struct packet *packet)
{
	__builtin_memset(key, 0, sizeof(*key));
	__builtin_memcpy(key->source, &packet->tuple.source, 16);
	__builtin_memcpy(key->destination, &packet->tuple.destination, 16);
	key->id = packet->fragment_id;
}

/* Stores what became of a first fragment that is passed on. */
static __always_inline void fragment_remember(struct work *work)
{
	const struct packet *packet = &work->packet;
	const struct tuple *target = work->flags & WORK_REWRITE ? &work->target : &packet->tuple;
	const struct state *state = current_state();
	struct fragment fragment = {};

	if (packet->fragment != FRAGMENT_FIRST || !state)
		return;
	fragment.epoch = state->epoch;
	fragment.seen = now(work);
	fragment.ifindex = work->record.ifindex;
	fragment.service = work->record.service;
	if (NETPOL_IPV4 && packet->tuple.family == 4) {
		struct fragment4_key key;

		fragment4_key_of(&key, packet);
		__builtin_memcpy(fragment.source, &target->source, 4);
		__builtin_memcpy(fragment.destination, &target->destination, 4);
		bpf_map_update_elem(&fragments4, &key, &fragment, BPF_ANY);
	} else if (NETPOL_IPV6 && packet->tuple.family == 6) {
		struct fragment6_key key;

		fragment6_key_of(&key, packet);
		__builtin_memcpy(fragment.source, &target->source, 16);
		__builtin_memcpy(fragment.destination, &target->destination, 16);
		bpf_map_update_elem(&fragments6, &key, &fragment, BPF_ANY);
	}
}

/* A first fragment that is refused takes back what an earlier datagram of the same identity was granted. */
static __always_inline void fragment_forget(const struct packet *packet)
{
	if (packet->fragment != FRAGMENT_FIRST)
		return;
	if (NETPOL_IPV4 && packet->tuple.family == 4) {
		struct fragment4_key key;

		fragment4_key_of(&key, packet);
		bpf_map_delete_elem(&fragments4, &key);
	} else if (NETPOL_IPV6 && packet->tuple.family == 6) {
		struct fragment6_key key;

		fragment6_key_of(&key, packet);
		bpf_map_delete_elem(&fragments6, &key);
	}
}

/* As verdict_stands: what the first fragment was granted still is. An address that has gone has no device. */
static __always_inline bool fragment_stands(const struct fragment *first, __u8 family)
{
	const struct state *state = current_state();
	const struct address *source, *destination;
	struct moment moment;

	if (!state)
		return false;
	moment = current_moment(state);
	if (first->epoch == moment.epoch)
		return true;
	if (is_after(moment.policy, first->epoch))
		return false;
	source = address_find(family, (const struct ip_address *)first->source);
	destination = address_find(family, (const struct ip_address *)first->destination);
	return !(source && is_after(source->epoch, first->epoch)) &&
	       (destination ? !is_after(destination->epoch, first->epoch) : !first->ifindex);
}

/* The first fragment of a later one, or NULL: none was passed on under the present policy. */
static __always_inline const struct fragment *fragment_first(struct work *work)
{
	const struct packet *packet = &work->packet;
	const struct fragment *first = NULL;

	if (NETPOL_IPV4 && packet->tuple.family == 4) {
		struct fragment4_key key;

		fragment4_key_of(&key, packet);
		first = bpf_map_lookup_elem(&fragments4, &key);
	} else if (NETPOL_IPV6 && packet->tuple.family == 6) {
		struct fragment6_key key;

		fragment6_key_of(&key, packet);
		first = bpf_map_lookup_elem(&fragments6, &key);
	}
	if (!first || now(work) - first->seen > LIFETIME_FRAGMENT || !fragment_stands(first, packet->tuple.family))
		return NULL;
	return first;
}
