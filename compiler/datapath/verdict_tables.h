/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Verdicts from tables: one look-up by the classes of both ends, and a walk of at most three nodes by what the packet
 * is. The loader writes the tables from the bundle's terms (runtime/loader/Verdicts).
 */
#pragma once

#include "maps.h"

#if NETPOL_TABLES

struct {
	MAP(HASH);
	__uint(max_entries, MAX_VERDICT_PAIRS);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__type(key, struct verdict_pair_key);
	__type(value, struct verdict_pair);
} verdict_pairs IN_MAPS;

struct {
	MAP(ARRAY);
	__uint(max_entries, MAX_VERDICT_NODES);
	__type(key, __u32);
	__type(value, struct verdict_node);
} verdict_nodes IN_MAPS;

struct traffic {
	enum traffic_space space;
	__u16 value;		/* what the space is ordered by */
};

static __always_inline struct traffic traffic_of(const struct policy_input *in, __u16 port)
{
	__u16 type_and_code = (__u16)(in->icmp_type << 8 | in->icmp_code);

	switch (in->protocol) {
	case IPPROTO_TCP:
		return (struct traffic){ TRAFFIC_TCP, port };
	case IPPROTO_UDP:
		return (struct traffic){ TRAFFIC_UDP, port };
	case IPPROTO_SCTP:
		return (struct traffic){ TRAFFIC_SCTP, port };
	case IPPROTO_ICMP:
		if (in->family == 4)
			return (struct traffic){ TRAFFIC_ICMP, type_and_code };
		break;
	case IPPROTO_ICMPV6:
		if (in->family == 6)
			return (struct traffic){ TRAFFIC_ICMPV6, type_and_code };
		break;
	}
	return (struct traffic){ in->family == 4 ? TRAFFIC_OTHER4 : TRAFFIC_OTHER6, in->protocol };
}

/* One level down; a verdict, or none, stays as it is. A node that is not there names no rule: the packet is denied. */
static __always_inline __u32 verdict_step(__u32 entry, __u32 index)
{
	const struct verdict_node *node;

	if (!entry || entry & VERDICT_ENTRY_FINAL)
		return entry;
	node = bpf_map_lookup_elem(&verdict_nodes, &entry);
	return node ? node->entry[index % VERDICT_NODE_ENTRIES] : VERDICT_ENTRY_FINAL;
}

static __always_inline __u32 verdict_entry(const struct verdict_pair *pair, __u8 half, const struct traffic *traffic)
{
	__u32 entry = pair->root[half % VERDICT_HALVES][traffic->space % TRAFFIC_SPACES];

	if (entry && !(entry & VERDICT_ENTRY_FINAL))
		entry += traffic->value >> (3 * VERDICT_NODE_BITS);
	entry = verdict_step(entry, traffic->value >> (2 * VERDICT_NODE_BITS));
	entry = verdict_step(entry, traffic->value >> VERDICT_NODE_BITS);
	return verdict_step(entry, traffic->value);
}

/* Of two answers: a deny beats an allow; of the same kind the first rule decides, and it is logged if either is. */
static __always_inline __u32 verdict_join(__u32 a, __u32 b)
{
	if (!a || !b)
		return a | b;
	if ((a ^ b) & VERDICT_ENTRY_DENY)
		return a & VERDICT_ENTRY_DENY ? a : b;
	return ((a & ~VERDICT_ENTRY_LOG) < (b & ~VERDICT_ENTRY_LOG) ? a : b) | ((a | b) & VERDICT_ENTRY_LOG);
}

#if NETPOL_TIERS

/* The first rule of a list of limited ones that is not spent, or what is the answer behind them. */
static __always_inline __u32 unspent_entry(__u32 entry, __u32 spent)
{
	__u32 index = entry & VERDICT_ENTRY_RULE;
	const struct verdict_node *node;
	int i;

	if (!(entry & VERDICT_ENTRY_LIMIT))
		return entry;
	node = bpf_map_lookup_elem(&verdict_nodes, &index);
	if (!node)
		return VERDICT_ENTRY_FINAL;
	once_each
	for (i = 0; i < VERDICT_NODE_ENTRIES; i++) {
		entry = node->entry[i];
		if (!(entry & VERDICT_ENTRY_LIMIT) || (entry & VERDICT_ENTRY_RULE) > spent)
			return entry;
	}
	return VERDICT_ENTRY_FINAL;
}

/* In the order in which rules are asked: what decides at an earlier stage is the answer. */
enum stage {
	STAGE_ADMIN,
	STAGE_DENY,
	STAGE_REJECT,
	STAGE_ALLOW,
	STAGE_LIMITED,
	STAGE_BASELINE,
	STAGE_NONE,
};

static __always_inline enum stage stage_of(__u32 entry)
{
	if (!(entry & VERDICT_ENTRY_RULE))
		return STAGE_NONE;
	if (entry & VERDICT_ENTRY_ADMIN)
		return STAGE_ADMIN;
	if (entry & VERDICT_ENTRY_BASELINE)
		return STAGE_BASELINE;
	if (entry & VERDICT_ENTRY_LIMIT)
		return STAGE_LIMITED;
	if (!(entry & VERDICT_ENTRY_DENY))
		return STAGE_ALLOW;
	return entry & VERDICT_ENTRY_REJECT ? STAGE_REJECT : STAGE_DENY;
}

/* Of two answers: that of the earlier stage. Rules of ordered tiers ask for no service, so those of one are of one table. */
static __always_inline __u32 stage_join(__u32 a, __u32 b)
{
	enum stage first = stage_of(a), second = stage_of(b);
	__u32 log = first == STAGE_LIMITED ? 0 : (a | b) & VERDICT_ENTRY_LOG;

	if (first != second)
		return first < second ? a : b;
	return ((a & VERDICT_ENTRY_RULE) < (b & VERDICT_ENTRY_RULE) ? a : b) | log;
}

static __always_inline __u64 entry_verdict(const struct policy_input *in, __u32 entry, const __u32 direction)
{
	if (direction == VERDICT_PEER_INGRESS && in->from_host && !(entry & VERDICT_ENTRY_ADMIN))
		return POLICY_HOST;
	if (!(entry & VERDICT_ENTRY_RULE) || (entry & VERDICT_ENTRY_BASELINE && in->isolated))
		return in->isolated || entry == VERDICT_ENTRY_FINAL ? POLICY_DEFAULT_DENY : POLICY_NOT_ISOLATED;
	return POLICY_VERDICT(!(entry & VERDICT_ENTRY_DENY) ? VERDICT_ALLOW :
			      entry & VERDICT_ENTRY_REJECT ? VERDICT_REJECT : VERDICT_DENY,
			      REASON_RULE, entry & VERDICT_ENTRY_RULE, !!(entry & VERDICT_ENTRY_LOG)) |
	       (entry & VERDICT_ENTRY_LIMIT ? POLICY_LIMITED_BIT : 0);
}

#else

static __always_inline __u32 unspent_entry(__u32 entry, __u32 spent)
{
	return entry;
}

#define stage_join verdict_join

static __always_inline __u64 entry_verdict(const struct policy_input *in, __u32 entry, const __u32 direction)
{
	if (!(entry & VERDICT_ENTRY_RULE))
		return POLICY_DEFAULT_DENY;
	return POLICY_VERDICT(entry & VERDICT_ENTRY_DENY ? VERDICT_DENY : VERDICT_ALLOW, REASON_RULE,
			      entry & VERDICT_ENTRY_RULE, !!(entry & VERDICT_ENTRY_LOG));
}

#endif

/* Some rule asks for a service: that is in node 0, to which no pair leads. */
static __always_inline bool services_are_asked(void)
{
	__u32 index = 0;
	const struct verdict_node *node = bpf_map_lookup_elem(&verdict_nodes, &index);

	return !node || node->entry[1];
}

static __always_inline __u64 table_verdict(const struct policy_input *in, const __u32 direction)
{
	struct verdict_pair_key key = { .self = in->self };
	struct traffic traffic = traffic_of(in, in->port);
	const struct verdict_pair *pair;
	__u32 entry = 0;

	if (!in->self || !in->peer)
		return POLICY_DEFAULT_DENY;
	if (!NETPOL_TIERS && !in->isolated)
		return POLICY_NOT_ISOLATED;
	key.peer = in->peer << VERDICT_PEER_CLASS_SHIFT | direction | (in->same_namespace ? VERDICT_PEER_SAME_NAMESPACE : 0);
	pair = bpf_map_lookup_elem(&verdict_pairs, &key);
	if (!pair) {
		key.peer = direction;
		pair = bpf_map_lookup_elem(&verdict_pairs, &key);
	}
	if (pair)
		entry = unspent_entry(verdict_entry(pair, in->half, &traffic), in->spent);
	if (NETPOL_SERVICES && in->service && services_are_asked()) {
		traffic = traffic_of(in, in->service_port);
		key.peer = VERDICT_PEER_SERVICE | in->service << VERDICT_PEER_CLASS_SHIFT | direction;
		pair = bpf_map_lookup_elem(&verdict_pairs, &key);
		if (pair)
			entry = stage_join(entry, unspent_entry(verdict_entry(pair, in->half, &traffic), in->spent));
	}
	return entry_verdict(in, entry, direction);
}

__noinline __u64 egress_verdict(struct policy_input *in)
{
	if (!in)
		return POLICY_DEFAULT_DENY;
	return table_verdict(in, 0);
}

__noinline __u64 ingress_verdict(struct policy_input *in)
{
	if (!in)
		return POLICY_DEFAULT_DENY;
	return table_verdict(in, VERDICT_PEER_INGRESS);
}

#endif
