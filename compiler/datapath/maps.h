/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Every map. What a bundle does not use is only declared, never defined: clang folds the code that names it away, and
 * the object has neither map nor reference.
 */
#pragma once

#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

#include "abi.h"
#include "policy.h"
#include "packet.h"

#define MAP(type_) __uint(type, BPF_MAP_TYPE_##type_)
#define IN_MAPS __attribute__((section(".maps")))

#if NETPOL_IPV4
#define WITH_IPV4
#else
#define WITH_IPV4 extern
#endif

#if NETPOL_IPV6
#define WITH_IPV6
#else
#define WITH_IPV6 extern
#endif

#if NETPOL_SERVICES && NETPOL_IPV4
#define WITH_SERVICES4
#else
#define WITH_SERVICES4 extern
#endif

#if NETPOL_SERVICES && NETPOL_IPV6
#define WITH_SERVICES6
#else
#define WITH_SERVICES6 extern
#endif

#if NETPOL_SERVICES
#define WITH_SERVICES
#else
#define WITH_SERVICES extern
#endif

#if NETPOL_TIERS
#define WITH_TIERS
#else
#define WITH_TIERS extern
#endif

#if NETPOL_PORT_NAMES && !NETPOL_TABLES
#define WITH_PORT_NAMES
#else
#define WITH_PORT_NAMES extern
#endif

/* ---- node maps ---------------------------------------------------------------------------------------------- */

struct {
	MAP(ARRAY);
	__uint(max_entries, 1);
	__uint(map_flags, BPF_F_MMAPABLE);
	__type(key, __u32);
	__type(value, struct control);
} control IN_MAPS;

struct {
	MAP(PROG_ARRAY);
	__uint(max_entries, 2 * MAX_SLOTS);
	__uint(key_size, 4);
	__uint(value_size, 4);
} from_endpoint_programs IN_MAPS, to_endpoint_programs IN_MAPS;

struct {
	MAP(PROG_ARRAY);
	__uint(max_entries, 2);
	__uint(key_size, 4);
	__uint(value_size, 4);
} uplink_programs IN_MAPS;

WITH_SERVICES struct {
	MAP(PROG_ARRAY);
	__uint(max_entries, 2);
	__uint(key_size, 4);
	__uint(value_size, 4);
} xdp_programs IN_MAPS;

WITH_SERVICES struct {
	MAP(PERCPU_ARRAY);
	__uint(max_entries, XDP_WAYS);
	__type(key, __u32);
	__type(value, __u64);
} xdp_packets IN_MAPS;

struct {
	MAP(ARRAY);
	__uint(max_entries, MAX_SLOTS);
	__type(key, __u32);
	__type(value, struct endpoint_constants);
} endpoint_constants IN_MAPS;

struct {
	MAP(PERCPU_ARRAY);
	__uint(max_entries, DROP_REASONS);
	__type(key, __u32);
	__type(value, __u64);
} drop_reasons IN_MAPS;

_Static_assert(REASON_COUNT <= DROP_REASONS, "drop_reasons has an entry for every reason");

struct {
	MAP(RINGBUF);
	__uint(max_entries, EVENT_BYTES);
} events IN_MAPS;

struct {
	MAP(PERCPU_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct flow_record);
} flow_record IN_MAPS;

/* What indexes are computed by. */
#ifndef CONNECTION_SETS
#define CONNECTION_SETS MAX_CONNECTION_SETS
#endif

volatile const struct node_constants node_constants __attribute__((section(".rodata.node"), used));

WITH_IPV4 struct {
	MAP(ARRAY);
	__uint(max_entries, MAX_CONNECTION_SETS);
	__uint(map_flags, BPF_F_MMAPABLE);
	__type(key, __u32);
	__type(value, struct connection4_set);
} connections4 IN_MAPS;

WITH_IPV6 struct {
	MAP(ARRAY);
	__uint(max_entries, MAX_CONNECTION_SETS);
	__uint(map_flags, BPF_F_MMAPABLE);
	__type(key, __u32);
	__type(value, struct connection6_set);
} connections6 IN_MAPS;

WITH_IPV4 struct {
	MAP(LRU_HASH);
	__uint(max_entries, MAX_FRAGMENTS);
	__type(key, struct fragment4_key);
	__type(value, struct fragment);
} fragments4 IN_MAPS;

WITH_IPV6 struct {
	MAP(LRU_HASH);
	__uint(max_entries, MAX_FRAGMENTS);
	__type(key, struct fragment6_key);
	__type(value, struct fragment);
} fragments6 IN_MAPS;

WITH_SERVICES4 struct {
	MAP(PROG_ARRAY);
	__uint(max_entries, 2);
	__uint(key_size, 4);
	__uint(value_size, 4);
} connect4_programs IN_MAPS, sendmsg4_programs IN_MAPS;

/* An IPv6 socket talks IPv4 too. */
WITH_SERVICES struct {
	MAP(PROG_ARRAY);
	__uint(max_entries, 2);
	__uint(key_size, 4);
	__uint(value_size, 4);
} connect6_programs IN_MAPS;

WITH_SERVICES6 struct {
	MAP(PROG_ARRAY);
	__uint(max_entries, 2);
	__uint(key_size, 4);
	__uint(value_size, 4);
} sendmsg6_programs IN_MAPS;

WITH_SERVICES struct {
	MAP(SK_STORAGE);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__type(key, int);
	__type(value, struct socket_peers);
} socket_peers IN_MAPS;

/* ---- generation maps ---------------------------------------------------------------------------------------- */

struct {
	MAP(ARRAY);
	__uint(max_entries, 1);
	__uint(map_flags, BPF_F_MMAPABLE);
	__type(key, __u32);
	__type(value, struct state);
} state IN_MAPS;

WITH_IPV4 struct {
	MAP(HASH);
	__uint(max_entries, MAX_ADDRESSES);
	__type(key, __be32);
	__type(value, struct address);
} addresses4 IN_MAPS;

WITH_IPV6 struct {
	MAP(HASH);
	__uint(max_entries, MAX_ADDRESSES);
	__type(key, struct ip_address);
	__type(value, struct address);
} addresses6 IN_MAPS;

WITH_IPV4 struct {
	MAP(LPM_TRIE);
	__uint(max_entries, MAX_PREFIXES);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__type(key, struct prefix4_key);
	__type(value, struct prefix);
} prefixes4 IN_MAPS;

WITH_IPV6 struct {
	MAP(LPM_TRIE);
	__uint(max_entries, MAX_PREFIXES);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__type(key, struct prefix6_key);
	__type(value, struct prefix);
} prefixes6 IN_MAPS;

WITH_PORT_NAMES struct {
	MAP(HASH);
	__uint(max_entries, MAX_PORT_NAMES);
	__type(key, struct port_name_key);
	__type(value, struct port_names);
} port_names IN_MAPS;

WITH_SERVICES4 struct {
	MAP(HASH);
	__uint(max_entries, MAX_SERVICES);
	__type(key, struct service4_key);
	__type(value, struct service);
} services4 IN_MAPS;

WITH_SERVICES6 struct {
	MAP(HASH);
	__uint(max_entries, MAX_SERVICES);
	__type(key, struct service6_key);
	__type(value, struct service);
} services6 IN_MAPS;

WITH_SERVICES4 struct {
	MAP(LPM_TRIE);
	__uint(max_entries, MAX_SERVICE_SOURCES);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__type(key, struct service_source4_key);
	__type(value, struct service_source);
} service_sources4 IN_MAPS;

WITH_SERVICES6 struct {
	MAP(LPM_TRIE);
	__uint(max_entries, MAX_SERVICE_SOURCES);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__type(key, struct service_source6_key);
	__type(value, struct service_source);
} service_sources6 IN_MAPS;

WITH_SERVICES struct {
	MAP(ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct masquerade);
} masquerade IN_MAPS;

WITH_SERVICES4 struct {
	MAP(HASH);
	__uint(max_entries, MAX_BACKENDS);
	__type(key, struct backend_key);
	__type(value, struct backend4);
} backends4 IN_MAPS;

WITH_SERVICES6 struct {
	MAP(HASH);
	__uint(max_entries, MAX_BACKENDS);
	__type(key, struct backend_key);
	__type(value, struct backend6);
} backends6 IN_MAPS;

WITH_SERVICES4 struct {
	MAP(HASH);
	__uint(max_entries, MAX_SERVICE_BACKENDS);
	__type(key, struct service_backend4_key);
	__type(value, struct service_backend);
} service_backends4 IN_MAPS;

WITH_SERVICES4 struct {
	MAP(LRU_HASH);
	__uint(max_entries, MAX_AFFINITIES);
	__type(key, struct affinity4_key);
	__type(value, struct affinity4);
} affinity4 IN_MAPS;

WITH_SERVICES4 struct {
	MAP(HASH);
	__uint(max_entries, MAX_BACKEND_LOADS);
	__type(key, struct service4_key);
	__type(value, struct backend_load);
} backend_loads4 IN_MAPS;

WITH_SERVICES6 struct {
	MAP(HASH);
	__uint(max_entries, MAX_SERVICE_BACKENDS);
	__type(key, struct service_backend6_key);
	__type(value, struct service_backend);
} service_backends6 IN_MAPS;

WITH_SERVICES6 struct {
	MAP(LRU_HASH);
	__uint(max_entries, MAX_AFFINITIES);
	__type(key, struct affinity6_key);
	__type(value, struct affinity6);
} affinity6 IN_MAPS;

WITH_SERVICES6 struct {
	MAP(HASH);
	__uint(max_entries, MAX_BACKEND_LOADS);
	__type(key, struct service6_key);
	__type(value, struct backend_load);
} backend_loads6 IN_MAPS;

WITH_SERVICES struct {
	MAP(ARRAY);
	__uint(max_entries, MAX_MAGLEV_LINES);
	__uint(map_flags, BPF_F_MMAPABLE);
	__type(key, __u32);
	__type(value, struct maglev_line);
} maglev IN_MAPS;

WITH_SERVICES struct {
	MAP(HASH);
	__uint(max_entries, MAX_SLOTS);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__type(key, __u64);
	__type(value, struct socket_namespace);
} socket_namespaces IN_MAPS;

struct {
	MAP(PERCPU_ARRAY);
	__uint(max_entries, MAX_RULES);
	__type(key, __u32);
	__type(value, struct rule_counter);
} rule_counters IN_MAPS;

WITH_TIERS struct {
	MAP(HASH);
	__uint(max_entries, MAX_LIMITS);
	__type(key, __u32);
	__type(value, struct limit);
} limits IN_MAPS;

WITH_TIERS struct {
	MAP(LRU_HASH);
	__uint(max_entries, MAX_BUCKETS);
	__type(key, struct bucket_key);
	__type(value, __u64);
} limit_buckets IN_MAPS;

struct {
	MAP(PERCPU_ARRAY);
	__uint(max_entries, DENIED_ENTRIES);
	__type(key, __u32);
	__type(value, struct denied);
} denied IN_MAPS;

struct {
	MAP(PERCPU_ARRAY);
	__uint(max_entries, GOALS);
	__type(key, __u32);
	__type(value, struct goal);
} goals IN_MAPS;

struct {
	MAP(ARRAY);
	__uint(max_entries, TOUCHED);
	__type(key, __u32);
	__type(value, struct touched);
} touched IN_MAPS;

WITH_IPV4 struct {
	MAP(LPM_TRIE);
	__uint(max_entries, STRAIGHT_PREFIXES);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__type(key, struct prefix4_key);
	__type(value, struct straight);
} straight4 IN_MAPS;

WITH_IPV6 struct {
	MAP(LPM_TRIE);
	__uint(max_entries, STRAIGHT_PREFIXES);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__type(key, struct prefix6_key);
	__type(value, struct straight);
} straight6 IN_MAPS;

struct {
	MAP(PERCPU_ARRAY);
	__uint(max_entries, ROUTES);
	__type(key, __u32);
	__type(value, struct route);
} routes IN_MAPS;

struct {
	MAP(PROG_ARRAY);
	__uint(max_entries, PROGRAM_COUNT);
	__uint(key_size, 4);
	__uint(value_size, 4);
} programs IN_MAPS;

/* The packet in hand, from hook to finish(): programs run to the end on one CPU, tail calls included. */
struct {
	MAP(PERCPU_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct work);
} work IN_MAPS;

static __always_inline struct work *current_work(void)
{
	__u32 zero = 0;

	return bpf_map_lookup_elem(&work, &zero);
}

static __always_inline const struct state *current_state(void)
{
	__u32 zero = 0;

	return bpf_map_lookup_elem(&state, &zero);
}

/* What a verdict is taken under: both words of one store. */
struct moment {
	__u32 epoch;
	__u32 policy;
};

static __always_inline struct moment current_moment(const struct state *state)
{
	union {
		word64 both;
		struct moment moment;
	} read = { .both = *(const volatile word64 *)&state->epoch };

	_Static_assert(offsetof(struct state, policy) == offsetof(struct state, epoch) + sizeof(state->epoch), "one word");
	return read.moment;
}

/* Epochs count up, and around. */
static __always_inline bool is_after(__u32 epoch, __u32 other)
{
	return (__s32)(epoch - other) > 0;
}
