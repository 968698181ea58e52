/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * What the compiler makes of sample.netpol, written by hand: the shape of every generated source, and the program that
 * tests/kernel runs where a meaning needs no policy of its own.
 */
#define MEMBER_WORDS		1
#define PORT_NAME_WORDS		1
#define MAX_CLASSES		64

#define NETPOL_IPV4		1
#define NETPOL_IPV6		1
#define NETPOL_SERVICES		1
#define NETPOL_PORT_NAMES	1
#define NETPOL_TABLES		0
#define NETPOL_TIERS		0
#define NETPOL_OBSERVE_DROPS	1

#define MAX_RULES		6
#define MAX_PREFIXES		64
#define MAX_ADDRESSES		64
#define MAX_PORT_NAMES		64
#define MAX_SERVICES		64
#define MAX_BACKENDS		64
#define MAX_MAGLEV_LINES	64
#define MAX_SERVICE_BACKENDS	64
#define MAX_SERVICE_SOURCES	64
#define MAX_AFFINITIES		64
#define MAX_BACKEND_LOADS	64
#define MAX_LIMITS		1
#define MAX_BUCKETS		1
#define MAX_CONNECTION_SETS	547
#define MAX_FRAGMENTS		256
#define SERVICES4_FIRST		0x0a600000u	/* 10.96.0.0/24 */
#define SERVICES4_LAST		0x0a6000ffu
#define SERVICES6_FIRST		0xfd00009600000000ull
#define SERVICES6_LAST		0xfd00009600000000ull
#define NODE_PORTS_FIRST	30000u
#define NODE_PORTS_LAST		30999u
#define EVENT_BYTES		(256 * 1024)

#include "datapath.h"

enum set {
	SET_WEB		= 0,
	SET_API		= 1,
	SET_OUTSIDE	= 2,	/* cidr 192.0.2.0/24, 2001:db8:2::/48 */
	SET_GUEST	= 3,
};

enum port_name {
	PORT_HTTP	= 0,
};

enum service_id {
	SERVICE_CHECKOUT = 1,
};

/* policy api for api { egress { … } } */
__noinline __u64 egress_verdict(struct policy_input *in)
{
	const struct members *self, *peer;

	if (!in || !in->self || !in->peer)
		return POLICY_DEFAULT_DENY;
	self = members_of(&in->self);
	peer = members_of(&in->peer);
	if (!self || !peer)
		return POLICY_DEFAULT_DENY;

	if (member(self, SET_GUEST)) {
		/* deny to web on 22/tcp log */
#line 9 "sample.netpol"
		if (member(peer, SET_WEB) && in->protocol == 6 && in->port == 22)
			return POLICY_DENY(1, 1);
#line 62 "sample.bpf.c"
		/* allow to service checkout on 80/tcp */
#line 10 "sample.netpol"
		if (in->service == SERVICE_CHECKOUT && in->protocol == 6 && in->service_port == 80)
			return POLICY_ALLOW(2, 0);
#line 67 "sample.bpf.c"
		return POLICY_DEFAULT_DENY;
	}
	return POLICY_NOT_ISOLATED;
}

/* policy api for api { ingress { … } } */
__noinline __u64 ingress_verdict(struct policy_input *in)
{
	const struct members *self, *peer;

	if (!in || !in->self || !in->peer)
		return POLICY_DEFAULT_DENY;
	self = members_of(&in->self);
	peer = members_of(&in->peer);
	if (!self || !peer)
		return POLICY_DEFAULT_DENY;

	if (member(self, SET_API)) {
		/* deny from outside on 8000-8099/tcp, 53/udp */
#line 16 "sample.netpol"
		if (member(peer, SET_OUTSIDE) &&
		    ((in->protocol == 6 && in->port >= 8000 && in->port <= 8099) ||
		     (in->protocol == 17 && in->port == 53)))
			return POLICY_DENY(3, 0);
#line 92 "sample.bpf.c"
		/* allow from web | guest on port http, icmp(echo-request), icmpv6(echo-request), sctp, udp log */
#line 17 "sample.netpol"
		if ((member(peer, SET_WEB) || member(peer, SET_GUEST)) &&
		    ((named(in, PORT_HTTP)) ||
		     (in->protocol == 1 && in->icmp_type == 8) ||
		     (in->protocol == 58 && in->icmp_type == 128) ||
		     in->protocol == 132 || in->protocol == 17))
			return POLICY_ALLOW(4, 1);
#line 101 "sample.bpf.c"
		/* allow from pods in same namespace on 9000/tcp */
#line 18 "sample.netpol"
		if (in->same_namespace &&
		    in->protocol == 6 && in->port == 9000)
			return POLICY_ALLOW(5, 0);
#line 107 "sample.bpf.c"
		return POLICY_DEFAULT_DENY;
	}
	return POLICY_NOT_ISOLATED;
}
