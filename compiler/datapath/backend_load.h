/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * How many connections a backend has, for services that choose the one with fewer (abi.h). Connections end without a word, so a
 * count that only went up and down would never come back to zero: each is counted in the window of time in which its client was
 * last heard, and moves on as the client is heard again (decision 30). A connection's packets come by here once in a unit of time.
 */
#pragma once

#include "conntrack.h"

static __always_inline __u32 load_window(bool is_long, __u32 time)
{
	return time >> (is_long ? LOAD_LONG_BITS : LOAD_SHORT_BITS);
}

/* COUNTED_* of the connection if it is heard now. */
static __always_inline __u8 load_place(const struct connection *connection, __u8 protocol, __u32 time)
{
	bool is_long = (protocol == IPPROTO_TCP || protocol == IPPROTO_SCTP) && connection->answered;

	if (has_closed(connection))
		return 0;
	return COUNTED | (is_long ? COUNTED_LONG : 0) | (load_window(is_long, time) & COUNTED_WINDOW);
}

static __always_inline struct backend_load *load_find(__u8 family, const struct ip_address *backend, __be16 port, __u8 protocol,
						      bool makes_it)
{
	struct backend_load nothing = {}, *load = NULL;

	if (NETPOL_IPV4 && family == 4) {
		struct service4_key key = { .address = backend->v4, .port = port, .protocol = protocol };

		load = bpf_map_lookup_elem(&backend_loads4, &key);
		if (!load && makes_it) {
			bpf_map_update_elem(&backend_loads4, &key, &nothing, BPF_NOEXIST);
			load = bpf_map_lookup_elem(&backend_loads4, &key);
		}
	} else if (NETPOL_IPV6 && family == 6) {
		struct service6_key key = { .port = port, .protocol = protocol };

		__builtin_memcpy(key.address, backend, 16);
		load = bpf_map_lookup_elem(&backend_loads6, &key);
		if (!load && makes_it) {
			bpf_map_update_elem(&backend_loads6, &key, &nothing, BPF_NOEXIST);
			load = bpf_map_lookup_elem(&backend_loads6, &key);
		}
	}
	return load;
}

/* Connections to the tuple's destination. */
static __always_inline __u32 load_of(const struct tuple *tuple, __u32 time)
{
	const struct backend_load *load = load_find(tuple->family, &tuple->destination, tuple->destination_port, tuple->protocol, false);
	__u32 sum = 0;
	int i;

	if (!load)
		return 0;
	for (i = 0; i < 2 * LOAD_WINDOWS; i++)
		if (load_window(i >= LOAD_WINDOWS, time) - load->window[i] < LOAD_WINDOWS)
			sum += load->count[i];
	return sum;
}

/* Moves a connection of work->subject from one COUNTED_* to another. */
static __always_inline void load_move(struct work *work, __u8 before, __u8 after, __u32 time)
{
	const struct tuple *subject = &work->subject;
	struct backend_load *load = load_find(subject->family, &subject->destination, subject->destination_port, subject->protocol, after);
	__u32 from = before & (COUNTED_LONG | COUNTED_WINDOW), to = after & (COUNTED_LONG | COUNTED_WINDOW);
	__u32 window = load_window(after & COUNTED_LONG, time);

	if (!load)
		return;
	bpf_spin_lock(&load->lock);
	if (before && load->count[from])
		load->count[from]--;
	if (after) {
		if (load->window[to] != window) {
			load->window[to] = window;
			load->count[to] = 0;
		}
		load->count[to]++;
	}
	bpf_spin_unlock(&load->lock);
}

/* Counts the connection in work->found where it belongs now; `ends`: nowhere. */
__noinline int load_heard(struct work *work, __u32 time, __u32 ends)
{
	struct connection *connection;
	__u8 place;

	if (!NETPOL_SERVICES || !work)
		return 0;
	connection = &work->found;
	if (!connection->counted)
		return 0;
	place = ends ? 0 : load_place(connection, work->subject.protocol, time);
	if (place != connection->counted) {
		load_move(work, connection->counted, place, time);
		connection->counted = place;
	}
	return 0;
}

/* Counts the new connection of work->fresh. */
__noinline int load_begin(struct work *work, __u32 time)
{
	if (!NETPOL_SERVICES || !work)
		return 0;
	work->fresh.counted = load_place(&work->fresh, work->subject.protocol, time);
	load_move(work, 0, work->fresh.counted, time);
	return 0;
}
