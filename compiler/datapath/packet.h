/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* A packet as the programs know it: parsed once, carried from program to program in `work`. */
#pragma once

#include <stdbool.h>

#include "abi.h"
#include "policy.h"

/* For looking at a struct as words. */
typedef __u32 __attribute__((may_alias)) word32;
typedef __u64 __attribute__((may_alias)) word64;

/* IPv4 in the first word, the others are not read then. */
struct ip_address {
	union {
		__u8 bytes[16];
		__be32 v4;
		__u32 words[4];
		__u64 halves[2];
	};
};

/* What makes a connection, seen from the sender of one packet. */
struct tuple {
	struct ip_address source;
	struct ip_address destination;
	__be16 source_port;		/* ICMP echo: the identifier in both */
	__be16 destination_port;
	__u8 family;			/* 4, 6, or 0: no IP */
	__u8 protocol;
	__u8 echo;			/* enum echo */
	__u8 reserved;
};

/* Who asked, in an ICMP echo. */
enum echo {
	ECHO_NONE	= 0,
	ECHO_REQUEST	= 1,
	ECHO_REPLY	= 2,
};

static __always_inline bool same_ip(__u8 family, const struct ip_address *a, const struct ip_address *b)
{
	if (family == 4)
		return a->v4 == b->v4;
	return a->halves[0] == b->halves[0] && a->halves[1] == b->halves[1];
}

static __always_inline void reverse(struct tuple *out, const struct tuple *in)
{
	out->source = in->destination;
	out->destination = in->source;
	out->source_port = in->destination_port;
	out->destination_port = in->source_port;
	out->family = in->family;
	out->protocol = in->protocol;
	out->echo = in->echo ? ECHO_REQUEST + ECHO_REPLY - in->echo : ECHO_NONE;
	out->reserved = 0;
}

/* What a packet does to its connection; the same for TCP and SCTP. */
enum signal {
	SIGNAL_NONE	= 0,
	SIGNAL_OPEN	= 1,	/* SYN without ACK, INIT */
	SIGNAL_CLOSE	= 2,	/* FIN, SHUTDOWN, SHUTDOWN ACK */
	SIGNAL_RESET	= 3,	/* RST, ABORT, SHUTDOWN COMPLETE */
};

enum fragment_place {
	FRAGMENT_NONE	= 0,
	FRAGMENT_FIRST	= 1,
	FRAGMENT_LATER	= 2,
};

struct packet {
	struct tuple tuple;
	__be32 fragment_id;
	__u32 length;			/* of the frame */
	__u16 network;			/* offset of the IP header from the start of the frame */
	__u16 transport;		/* offset of the transport header */
	__u16 transport_length;		/* from there to the end of the packet, by the IP header */
	__u8 signal;			/* enum signal */
	__u8 tcp_flags;
	__u8 icmp_type;
	__u8 icmp_code;
	__u8 fragment;			/* enum fragment_place */
	__u8 reserved;
};

_Static_assert(sizeof(struct packet) % 8 == 0, "packet_begin clears whole words");

#define WORK_INGRESS	1	/* the hook is to_endpoint */
#define WORK_RELATED	2	/* an ICMP error: `inner` is the packet it is about */
#define WORK_REWRITE	4	/* `target` is set: translate needs no look-up */
#define WORK_SAMPLED	8	/* the connection was chosen by `observe { flows … }` */
#define WORK_OBSERVED	16	/* an end's connections are sampled: which packet this is matters */
#define WORK_REPLY	32	/* against the connection's first direction */
#define WORK_UNKNOWN	64	/* the container's own program found no entry of this tuple */
#define WORK_PARSED	128	/* `packet` is this packet; else it is a plain one, for parse_fast */
#define WORK_LIMITED	256	/* a limited rule was asked: the verdict holds for this packet alone */
#define WORK_KEPT	512	/* a backend that drains was found to keep the connection */
#define WORK_AFFINE	1024	/* the service keeps the client on its backend */
#define WORK_AT_SOCKET	2048	/* `peer_of_socket` is set: its backend is the packet's destination */
#define WORK_CHOSEN	4096	/* `peer_of_socket` is set: its service is, and the socket has chosen the backend */
#define WORK_UPLINK	8192	/* beside WORK_INGRESS: the hook is from_uplink */
#define WORK_EXCLUSIVE	16384	/* the entry that is stored takes no other's place */
#define WORK_MORE_ADDRESSES	32768	/* the endpoint has more than one of a family */
#define WORK_SOCKETS	65536	/* sockets of this node may have been led to backends */

/* In place of a device: none is needed, the hook is to_endpoint. */
#define DEVICE_RECEIVED 0xfffffffe

/* Where a packet is met. */
enum hook {
	HOOK_FROM_ENDPOINT,
	HOOK_TO_ENDPOINT,
	HOOK_UPLINK,
};

/* What translate_known is to write, and where the packet goes then. */
struct known_translation {
	struct ip_address address;	/* IPv4 in the first word */
	__u32 device;			/* 0: another node; DEVICE_RECEIVED: the hook is to_endpoint */
	__u32 service;
	__be16 port;
	bool is_source;			/* an answer: the service's address is put in place of the backend's */
	__u8 reserved;
};

/* Where a packet goes that leaves by the routes. */
struct hop {
	__u32 device;
	__u32 family;			/* AF_INET or AF_INET6, of the address */
	struct ip_address address;
	__u32 mtu;			/* REASON_TOO_BIG: what the device takes */
	__u32 reserved;
};

/* Where an entry of the table of connections lies. */
struct place {
	__u32 set;
	__u32 way;
	__u32 version;			/* when it was read */
};

enum {
	PLACE_FOUND	= 0,		/* of work->found */
	PLACE_FORWARD	= 1,		/* of the forward entry that led to it */
	PLACE_KEPT	= 2,		/* of the entry stored last, which the next may not take */
};

struct work {
	__u64 jiffies;			/* these three are all that the fast path touches */
	__u32 time;			/* now(), at `jiffies` */
	__u32 flags;			/* WORK_* */
	struct known_translation known;
	struct packet packet;
	struct packet inner;		/* WORK_RELATED: addresses, ports and offsets of the quoted packet */
	struct tuple subject;		/* the connection's own addresses: after translation, first packet's direction */
	struct tuple target;		/* what the packet's, or the quoted packet's, addresses become */
	__u64 key[sizeof(struct connection6_key) / 8];	/* a connection4_key or connection6_key */
	struct connection fresh;	/* the entry being made */
	struct connection found;	/* a copy of the entry that was read last */
	struct place place[3];		/* PLACE_* */
	struct socket_peer peer_of_socket;
	struct hop hop;
	__u64 scratch;			/* of unfollowed() */
	__u64 dispensable;		/* the entry that is done without most easily, so far: rank, and where the hand was */
	struct policy_input question;
	struct flow_record record;
	__u32 endpoint;			/* whose hook this is; from_uplink: to whom the packet goes, 0: to no container of this node */
	__u32 device;			/* its host-side device; from_uplink: the uplink */
	__u32 generation;
	__u32 peer;			/* endpoint id of the other end; 0: none or unknown */
	__u8 mac[6];			/* the endpoint's; zero: any */
	__be32 own4;			/* to_endpoint, from_uplink: an address of the endpoint, for packets to another */
	struct ip_address own6;
	struct ip_address backend;	/* for the event; zero without service */
	__be16 backend_port;
	__u8 quote[128];		/* the packet as an ICMP answer cites it */
#if NETPOL_TIERS
	struct bucket_key bucket;	/* of the limited rule that is asked */
#endif
};
