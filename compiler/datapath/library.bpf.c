/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * The library as an object of its own, from which bundles are made where there is no clang. It is compiled once for each
 * combination of features (compiler/toolchain/library.sh); sizes of maps that depend on a policy are put in when a
 * bundle is made of it, and so are the verdicts, where these are code.
 */
#define MAX_RULES		1
#define MAX_PREFIXES		1
#define MAX_ADDRESSES		1
#define MAX_PORT_NAMES		1
#define MAX_SERVICES		1
#define MAX_BACKENDS		1
#define MAX_MAGLEV_LINES	1
#define MAX_SERVICE_BACKENDS	1
#define MAX_SERVICE_SOURCES	1
#define MAX_AFFINITIES		1
#define MAX_BACKEND_LOADS	1
#define MAX_CONNECTION_SETS	1
#define MAX_FRAGMENTS		1
#define MAX_VERDICT_PAIRS	1
#define MAX_VERDICT_NODES	1
#define MAX_LIMITS		1
#define MAX_BUCKETS		1
#define EVENT_BYTES		4096

#include <linux/in.h>
#include <linux/in6.h>
#include <linux/types.h>

#include <bpf/bpf_helpers.h>

/* Constants that the maker of the bundle puts in place of these; the verifier folds them as clang folds its own. */
#define BUNDLE_CONSTANT(number)							\
	({									\
		__u64 constant;							\
		asm("%0 = 0x6e6574706f6c000" #number " ll" : "=r"(constant));	\
		constant;							\
	})

#define NETPOL_OBSERVE_DROPS	BUNDLE_CONSTANT(1)
#define SERVICES4_FIRST		((__u32)BUNDLE_CONSTANT(2))
#define SERVICES4_LAST		((__u32)BUNDLE_CONSTANT(3))
#define SERVICES6_FIRST		BUNDLE_CONSTANT(4)
#define SERVICES6_LAST		BUNDLE_CONSTANT(5)
#define CONNECTION_SETS		BUNDLE_CONSTANT(6)
#define NODE_PORTS_FIRST	((__u32)BUNDLE_CONSTANT(7))
#define NODE_PORTS_LAST		((__u32)BUNDLE_CONSTANT(8))

#include "datapath.h"

#if !NETPOL_TABLES

/* There to be replaced; who forgot to has closed the door. */
__weak __noinline __u64 egress_verdict(struct policy_input *in)
{
	barrier_var(in);
	return POLICY_DEFAULT_DENY;
}

__weak __noinline __u64 ingress_verdict(struct policy_input *in)
{
	barrier_var(in);
	return POLICY_DEFAULT_DENY;
}

#endif
