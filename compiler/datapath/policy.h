/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * What the generated verdicts are asked, and how they answer. The generated source of a bundle defines
 *
 *   __noinline __u64 egress_verdict(struct policy_input *in);
 *   __noinline __u64 ingress_verdict(struct policy_input *in);
 *
 * as global functions: the verifier proves each once, whoever calls it. They are pure: no map, no helper, no packet.
 */
#pragma once

#include <bpf/bpf_helpers.h>

#include "abi.h"

struct policy_input {
	__u64 self[MEMBER_WORDS];		/* sets the judged endpoint is in */
	__u64 peer[MEMBER_WORDS];		/* sets the other end is in */
	__u64 port_names[PORT_NAME_WORDS];	/* names that the receiver gives to (protocol, port) */
	__u32 self_namespace;
	__u32 peer_namespace;			/* 0: not an endpoint */
	__u32 service;				/* the service that translated this connection; 0: none */
	__u16 port;				/* the receiver's port, host order; 0 where the protocol has none */
	__u16 service_port;			/* the service's own port, host order; 0: not translated */
	__u8 protocol;				/* IANA number; ICMPv6 is 58 */
	__u8 family;				/* 4 or 6 */
	__u8 icmp_type;				/* ICMP and ICMPv6 only, else 0 */
	__u8 icmp_code;
};

__u64 egress_verdict(struct policy_input *in);
__u64 ingress_verdict(struct policy_input *in);

/*
 * Generated too: of the connections of an endpoint that is in these sets, one in how many makes an event; 0: none.
 */
static __always_inline __u32 observed_one_in(const __u64 *members);

/* A verdict in one register: rule id in bits 0-31, enum verdict in 32-39, enum reason in 40-47, log in bit 48. */
#define POLICY_VERDICT(verdict, reason, rule, log) \
	((__u64)(rule) | (__u64)(verdict) << 32 | (__u64)(reason) << 40 | (__u64)(log) << 48)

#define POLICY_ALLOW(rule, log)	POLICY_VERDICT(VERDICT_ALLOW, REASON_RULE, rule, log)
#define POLICY_DENY(rule, log)	POLICY_VERDICT(VERDICT_DENY, REASON_RULE, rule, log)
#define POLICY_DEFAULT_DENY	POLICY_VERDICT(VERDICT_DENY, REASON_DEFAULT_DENY, 0, 0)
#define POLICY_NOT_ISOLATED	POLICY_VERDICT(VERDICT_ALLOW, REASON_NOT_ISOLATED, 0, 0)

static __always_inline __u32 policy_rule(__u64 verdict)    { return (__u32)verdict; }
static __always_inline __u8  policy_action(__u64 verdict)  { return verdict >> 32; }
static __always_inline __u8  policy_reason(__u64 verdict)  { return verdict >> 40; }
static __always_inline _Bool policy_logged(__u64 verdict)  { return verdict >> 48 & 1; }

/* Is the end with these memberships in the manifest's set `bit`? */
#define member(members, bit) (((members)[(bit) / 64] >> ((bit) % 64)) & 1)

/* Does the receiver call the port by the manifest's port name `bit`? */
#define named(in, bit) member((in)->port_names, bit)

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

/* Are both ends endpoints of one namespace? */
static __always_inline _Bool same_namespace(const struct policy_input *in)
{
	return in->peer_namespace && in->peer_namespace == in->self_namespace;
}
