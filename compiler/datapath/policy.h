/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * What the verdicts are asked, and how they answer. Two global functions, which the verifier proves once, whoever calls
 * them:
 *
 *   __noinline __u64 egress_verdict(struct policy_input *in);
 *   __noinline __u64 ingress_verdict(struct policy_input *in);
 *
 * Where NETPOL_TABLES is 1 they are verdict_tables.h; else the bundle's generated code. They read `in` and maps of their
 * own, and touch no packet.
 */
#pragma once

#include <bpf/bpf_helpers.h>

#include "abi.h"

struct policy_input {
	__u32 self;			/* address class of the judged endpoint */
	__u32 peer;			/* address class of the other end; 0: unknown, and nothing is allowed */
	__u32 port_names;		/* class of the names that the receiver gives to (protocol, port); 0: none */
	__u32 service;			/* the service that translated this connection; 0: none */
	__u16 port;			/* the receiver's port, host order; 0 where the protocol has none */
	__u16 service_port;		/* the service's own port, host order; 0: not translated */
	__u8 protocol;			/* IANA number; ICMPv6 is 58 */
	__u8 family;			/* 4 or 6 */
	__u8 icmp_type;			/* ICMP and ICMPv6 only, else 0 */
	__u8 icmp_code;
	__u8 same_namespace;		/* 1: both ends are endpoints of one namespace */
	__u8 isolated;			/* 1: a policy selects the judged endpoint in this direction */
	__u8 half;			/* of verdict_pairs: which is in charge; 0 or 1 */
	__u8 from_host;			/* NETPOL_TIERS, ingress; 1: a socket of the endpoint's own node began it */
	__u32 spent;			/* NETPOL_TIERS: limited rules up to this id have no token left; 0: none was asked */
};

__u64 egress_verdict(struct policy_input *in);
__u64 ingress_verdict(struct policy_input *in);

/*
 * A verdict in one register: rule id in bits 0-31, enum verdict in 32-39, enum reason in 40-47, log in bit 48. Bit 49: the
 * rule allows if its bucket has a token (limit.h); if not, the question is asked again with the rule as `spent`.
 */
#define POLICY_VERDICT(verdict, reason, rule, log) \
	((__u64)(rule) | (__u64)(verdict) << 32 | (__u64)(reason) << 40 | (__u64)(log) << 48)

#define POLICY_ALLOW(rule, log)	POLICY_VERDICT(VERDICT_ALLOW, REASON_RULE, rule, log)
#define POLICY_DENY(rule, log)	POLICY_VERDICT(VERDICT_DENY, REASON_RULE, rule, log)
#define POLICY_REJECT(rule, log)	POLICY_VERDICT(VERDICT_REJECT, REASON_RULE, rule, log)
#define POLICY_LIMITED_BIT	(1ULL << 49)
#define POLICY_LIMITED(rule, log)	(POLICY_ALLOW(rule, log) | POLICY_LIMITED_BIT)
#define POLICY_HOST		POLICY_VERDICT(VERDICT_ALLOW, REASON_HOST, 0, 0)
#define POLICY_LIMIT_SPENT	POLICY_VERDICT(VERDICT_DENY, REASON_LIMIT, 0, 0)
#define POLICY_DEFAULT_DENY	POLICY_VERDICT(VERDICT_DENY, REASON_DEFAULT_DENY, 0, 0)
#define POLICY_NOT_ISOLATED	POLICY_VERDICT(VERDICT_ALLOW, REASON_NOT_ISOLATED, 0, 0)

static __always_inline __u32 policy_rule(__u64 verdict)    { return (__u32)verdict; }
static __always_inline __u8  policy_action(__u64 verdict)  { return verdict >> 32; }
static __always_inline __u8  policy_reason(__u64 verdict)  { return verdict >> 40; }
static __always_inline _Bool policy_logged(__u64 verdict)  { return verdict >> 48 & 1; }
static __always_inline _Bool policy_limited(__u64 verdict) { return verdict >> 49 & 1; }

#if !NETPOL_TABLES && !NETPOL_LIBRARY

/* What generated code knows of a class: bit N is set where the class is in the manifest's set N. */
struct members {
	__u64 word[MEMBER_WORDS];
};

/* Bit N: the manifest's portNames[N]. */
struct port_name_set {
	__u64 word[PORT_NAME_WORDS];
};

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, MAX_CLASSES);
	__type(key, __u32);
	__type(value, struct members);
} class_members __attribute__((section(".maps")));

#if NETPOL_PORT_NAMES
struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, MAX_PORT_NAMES);
	__type(key, __u32);
	__type(value, struct port_name_set);
} port_name_members __attribute__((section(".maps")));
#endif

/* The sets of a class. An id that is in no table has none: the caller denies. */
static __always_inline const struct members *members_of(const __u32 *class)
{
	return bpf_map_lookup_elem(&class_members, class);
}

/* Is the end with these memberships in the manifest's set `bit`? */
#define member(members, bit) (((members)->word[(bit) / 64] >> ((bit) % 64)) & 1)

#if NETPOL_PORT_NAMES
/* Does the receiver call the port by the manifest's port name `bit`? */
static __always_inline _Bool named(const struct policy_input *in, const __u32 bit)
{
	const struct port_name_set *names = bpf_map_lookup_elem(&port_name_members, &in->port_names);

	return names && member(names, bit);
}
#else
static __always_inline _Bool named(const struct policy_input *in, const __u32 bit)
{
	return 0;
}
#endif

/* The mask of `bit` in its own word. */
#define bit(bit) (1ULL << ((bit) % 64))

/*
 * One rule: where the condition holds, `verdict` is the answer. A macro, because all its code has the line of its first
 * word: the verifier's log and bpftool show the rule's own line of source for each of its instructions.
 *
 * The barrier makes each rule read `in` anew. Without it clang keeps the fields in registers, the verifier learns from
 * the rules before, and follows every combination of what they found: 60 rules took 400,000 instructions, 300 took more
 * than a million; so they take a few for each of theirs.
 */
#define decide_if(condition, verdict) \
	do { \
		barrier(); \
		if (condition) \
			return (verdict); \
	} while (0)

/* One rule that leaves its tier: where the condition holds, the answer is found behind `label`. */
#define pass_if(condition, label) \
	do { \
		barrier(); \
		if (condition) \
			goto label; \
	} while (0)

#endif
